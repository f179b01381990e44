//! Secrets: read whenever they are needed, so that a changed one holds at the next connect.

use sealane_data::feed::{Given, Secret};
use std::io;

/// The longest secret that is read.
const LONGEST: u64 = 16 << 10;

/// Reads a secret; the error names where it should be, never what is there.
pub fn read(secret: &Secret) -> io::Result<String> {
    let found = match secret {
        Secret::Env(name) => std::env::var(name).map_err(|_| io::Error::from(io::ErrorKind::NotFound)),
        Secret::File(path) => {
            use io::Read as _;
            let mut text = String::new();
            std::fs::File::open(path)
                .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
                .map(|_| text.lines().next().unwrap_or_default().trim().to_owned())
        }
    };
    let found =
        found.map_err(|e| io::Error::new(e.kind(), format!("the secret in {secret:?} cannot be read")))?;
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("the secret in {secret:?} is empty")));
    }
    Ok(found)
}

/// Returns the header in which we say who we are.
pub(super) fn header(given: &Given) -> io::Result<(&str, String)> {
    Ok((given.header.as_str(), format!("{}{}", given.prefix, read(&given.secret)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_file_is_the_secret_and_errors_do_not_tell_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("token");
        std::fs::write(&path, "s3cret\nsecond line\n").unwrap();
        assert_eq!(read(&Secret::File(path.clone())).unwrap(), "s3cret");
        std::fs::write(&path, "\n").unwrap();
        assert!(read(&Secret::File(path)).unwrap_err().to_string().contains("is empty"));
        let error = read(&Secret::Env("SEALANE_NO_SUCH_SECRET".to_owned())).unwrap_err();
        assert!(error.to_string().contains("SEALANE_NO_SUCH_SECRET"), "{error}");
    }
}
