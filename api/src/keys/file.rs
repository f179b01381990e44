//! The key file: JSON, mode 0600, written whole and renamed into place.

use super::{Key, KeysError};
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// No installation has this many keys: 4 MiB are more than ten thousand.
const MAX_BYTES: u64 = 4 << 20;

/// What tells one state of the file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    inode: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    keys: Vec<Key>,
}

pub(super) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Returns the state of the file; nothing when there is none.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let meta = fs::metadata(&self.path).ok()?;
        Some(Stamp { modified: meta.modified().ok(), len: meta.len(), inode: inode(&meta) })
    }

    /// Reads every key; a missing file has none.
    pub(super) fn read(&self) -> Result<Vec<Key>, KeysError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(self.io(e)),
        };
        let mut text = String::new();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|e| self.io(e))?;
        if text.len() as u64 > MAX_BYTES {
            return Err(self.form(&"it is larger than 4 MiB"));
        }
        let document: Document = serde_json::from_str(&text).map_err(|e| self.form(&e))?;
        if document.version == 1 { Ok(document.keys) } else { Err(self.form(&"its version is not 1")) }
    }

    /// Changes the keys; other processes wait until it is done.
    pub(super) fn edit(&self, edit: impl FnOnce(&mut Vec<Key>)) -> Result<Vec<Key>, KeysError> {
        let lock = OpenOptions::new().create(true).append(true).open(self.path.with_extension("lock"));
        let lock = lock.map_err(|e| self.io(e))?;
        lock.lock().map_err(|e| self.io(e))?;
        let mut keys = self.read()?;
        edit(&mut keys);
        let document = Document { version: 1, keys };
        let text = serde_json::to_string_pretty(&document).map_err(|e| self.form(&e))?;
        crate::private_file::replace(&self.path, text.as_bytes()).map_err(|e| self.io(e))?;
        Ok(document.keys)
    }

    fn io(&self, cause: io::Error) -> KeysError {
        KeysError::Io { path: self.path.clone(), cause }
    }

    fn form(&self, cause: &impl ToString) -> KeysError {
        KeysError::Form { path: self.path.clone(), cause: cause.to_string() }
    }
}

#[cfg(unix)]
fn inode(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn inode(_meta: &fs::Metadata) -> u64 {
    0
}

/// Reads a digest from its hexadecimal form.
pub(super) fn digest(hex: &str) -> Option<Sha256> {
    let bytes = hex.as_bytes();
    let mut digest = [0; 32];
    if bytes.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Sha256(digest))
}
