//! The keys that documents are signed with: a file of mode 0600 in the data directory.
//!
//! One key signs, the next one is announced already, and old ones stay in the served set, so that what
//! they signed still verifies. The file is read again whenever it changes: `sealane keys rotate` works
//! beside a running `serve`.

use crate::private_file;
use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::{SignedDuration, Timestamp};
use sealane_origin::trust::{KeyRing, Retired, SigningKey};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Days for which an old key is served: longer than proofs of origin are valid.
const SERVED_DAYS: i64 = 400;

/// The file's own form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// The secret of the key that signs, base64url.
    current: String,
    /// The secret of the key that signs after the next rotation.
    next: String,
    /// The public halves of the keys that signed before.
    #[serde(default)]
    retired: Vec<Retired>,
}

/// Why signing keys could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("signing keys in `{path}` could not be used: {cause}")]
pub struct SigningError {
    path: PathBuf,
    cause: String,
}

/// The signing keys of one installation.
pub struct Signing {
    path: PathBuf,
    domain: String,
    ring: ArcSwap<KeyRing>,
    read: Mutex<Option<SystemTime>>,
}

impl Signing {
    /// Opens the keys in a file, making them at the first start; documents are signed for a domain.
    pub fn open(path: impl AsRef<Path>, domain: &str) -> Result<Self, SigningError> {
        let path = path.as_ref().to_owned();
        if !path.exists() {
            let file =
                File { version: 1, current: secret(&path)?, next: secret(&path)?, retired: Vec::new() };
            write(&path, &file)?;
        }
        let ring = ring(&path, &read(&path)?, domain)?;
        let seen = Mutex::new(modified(&path));
        Ok(Self { path, domain: domain.to_owned(), ring: ArcSwap::from_pointee(ring), read: seen })
    }

    /// Returns the keys as the file has them now; one that cannot be read leaves those known before.
    pub fn ring(&self) -> Arc<KeyRing> {
        let now = modified(&self.path);
        let mut seen = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen != now {
            *seen = now;
            match read(&self.path).and_then(|file| ring(&self.path, &file, &self.domain)) {
                Ok(ring) => self.ring.store(Arc::new(ring)),
                Err(error) => tracing::error!(%error, "the signing keys known before go on"),
            }
        }
        self.ring.load_full()
    }

    /// Lets the announced key sign from now on and announces a new one; returns the key's id.
    pub fn rotate(&self, now: Timestamp) -> Result<String, SigningError> {
        let file = read(&self.path)?;
        let old = key(&self.path, &file.current)?;
        let until = now + SignedDuration::from_hours(24 * SERVED_DAYS);
        let mut retired = file.retired;
        retired.retain(|r| now <= r.until);
        retired.push(Retired { jwk: old.public().clone(), until });
        let fresh = File { version: 1, current: file.next, next: secret(&self.path)?, retired };
        write(&self.path, &fresh)?;
        let ring = ring(&self.path, &fresh, &self.domain)?;
        let kid = ring.current().kid().to_owned();
        self.ring.store(Arc::new(ring));
        Ok(kid)
    }
}

fn failed(path: &Path, cause: &impl ToString) -> SigningError {
    SigningError { path: path.to_owned(), cause: cause.to_string() }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn read(path: &Path) -> Result<File, SigningError> {
    let text = std::fs::read_to_string(path).map_err(|e| failed(path, &e))?;
    // The parser's own words could quote a secret.
    let file: File = serde_json::from_str(&text).map_err(|_| failed(path, &"it is not in our form"))?;
    if file.version == 1 { Ok(file) } else { Err(failed(path, &"its version is not 1")) }
}

fn write(path: &Path, file: &File) -> Result<(), SigningError> {
    let text = serde_json::to_string_pretty(file).map_err(|e| failed(path, &e))?;
    private_file::replace(path, text.as_bytes()).map_err(|e| failed(path, &e))
}

/// Draws the secret of a new key; the few bytes that are none are drawn again.
fn secret(path: &Path) -> Result<String, SigningError> {
    loop {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|e| failed(path, &e))?;
        if SigningKey::from_bytes(&bytes).is_ok() {
            return Ok(BASE64URL.encode(bytes));
        }
    }
}

fn key(path: &Path, secret: &str) -> Result<SigningKey, SigningError> {
    let bytes = BASE64URL.decode(secret).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
    let bytes = bytes.ok_or_else(|| failed(path, &"a secret has not 32 bytes"))?;
    SigningKey::from_bytes(&bytes).map_err(|e| failed(path, &e))
}

fn ring(path: &Path, file: &File, domain: &str) -> Result<KeyRing, SigningError> {
    let mut ring = KeyRing::new(domain, key(path, &file.current)?, file.retired.clone());
    ring.announce(key(path, &file.next)?);
    Ok(ring)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_kept_private_and_rotated_also_by_another_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.json");
        let serving = Signing::open(&path, "maps.example").unwrap();
        let first = serving.ring().current().kid().to_owned();
        assert_eq!(Signing::open(&path, "maps.example").unwrap().ring().current().kid(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let now = Timestamp::now();
        let announced = serving.ring().jwks(now).keys[1].kid.clone();
        let told = Signing::open(&path, "maps.example").unwrap().rotate(now).unwrap();
        assert_eq!(told, announced, "the announced key signs");
        let ring = serving.ring();
        assert_eq!(ring.current().kid(), announced, "seen without a restart");
        let served: Vec<String> = ring.jwks(now).keys.into_iter().map(|k| k.kid).collect();
        assert!(served.contains(&first) && served.len() == 3, "{served:?}");
    }

    #[test]
    fn a_broken_file_is_refused_without_its_secret_and_leaves_the_known_keys() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.json");
        let serving = Signing::open(&path, "maps.example").unwrap();
        let kid = serving.ring().current().kid().to_owned();
        std::fs::write(&path, r#"{"version":1,"current":"c2VjcmV0","next":7}"#).unwrap();
        let Err(error) = Signing::open(&path, "maps.example") else { panic!("a broken file was taken") };
        assert!(!error.to_string().contains("c2VjcmV0"), "{error}");
        assert_eq!(serving.ring().current().kid(), kid);
    }
}
