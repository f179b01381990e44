//! Credentials by reference: read whenever they are needed, never kept, never shown.

pub use sealane_data::feed::Secret;
use std::io;

/// The longest secret that is read.
const LONGEST: u64 = 16 << 10;

/// Reads a secret; the error names where it should be, never what is there.
pub fn read_secret(secret: &Secret) -> io::Result<String> {
    use io::Read as _;
    let found = match secret {
        Secret::Env(name) => std::env::var(name).map_err(|_| io::Error::from(io::ErrorKind::NotFound)),
        Secret::File(path) => {
            let mut text = String::new();
            std::fs::File::open(path)
                .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
                .map(|_| text.lines().next().unwrap_or_default().trim().to_owned())
        }
    };
    let told = |kind, why: &str| io::Error::new(kind, format!("the secret in {secret:?} {why}"));
    let found = found.map_err(|e| told(e.kind(), "cannot be read"))?;
    if found.is_empty() { Err(told(io::ErrorKind::InvalidData, "is empty")) } else { Ok(found) }
}
