//! Files that hold one list, such as keys: JSON, mode 0600, written whole and renamed into place.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// No installation has this many: 4 MiB are more than ten thousand.
const MAX_BYTES: u64 = 4 << 20;

/// What tells one state of the file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    inode: u64,
}

/// Why a list could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// The file could not be read or written.
    #[error("file `{path}` could not be used: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        cause: io::Error,
    },
    /// The file is larger than 4 MiB or is not in our form.
    #[error("file `{path}` is not a list of {name}: {cause}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What the list is called.
        name: &'static str,
        /// The cause.
        cause: String,
    },
}

/// A file that holds a list under its name, beside the version of its form.
pub(crate) struct ListFile<T> {
    path: PathBuf,
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> ListFile<T> {
    pub(crate) fn new(path: &Path, name: &'static str) -> Self {
        Self { path: path.to_owned(), name, of: PhantomData }
    }

    /// Returns the state of the file; nothing when there is none.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        let meta = fs::metadata(&self.path).ok()?;
        Some(Stamp { modified: meta.modified().ok(), len: meta.len(), inode: inode(&meta) })
    }

    /// Reads the whole list; a missing file has an empty one.
    pub(crate) fn read(&self) -> Result<Vec<T>, ListError> {
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
        let mut document: Value = serde_json::from_str(&text).map_err(|e| self.form(&e))?;
        let known = |members: &serde_json::Map<String, Value>| {
            members.len() == 2 && members.contains_key(self.name) && members.contains_key("version")
        };
        if !document.as_object().is_some_and(known) {
            return Err(self.form(&"it has other members"));
        }
        if document["version"] != 1 {
            return Err(self.form(&"its version is not 1"));
        }
        serde_json::from_value(document[self.name].take()).map_err(|e| self.form(&e))
    }

    /// Changes the list; other processes wait until it is done.
    pub(crate) fn edit(&self, edit: impl FnOnce(&mut Vec<T>)) -> Result<Vec<T>, ListError> {
        let lock = OpenOptions::new().create(true).append(true).open(self.path.with_extension("lock"));
        let lock = lock.map_err(|e| self.io(e))?;
        lock.lock().map_err(|e| self.io(e))?;
        let mut list = self.read()?;
        edit(&mut list);
        let mut document = json!({ "version": 1 });
        document[self.name] = serde_json::to_value(&list).map_err(|e| self.form(&e))?;
        let text = serde_json::to_string_pretty(&document).map_err(|e| self.form(&e))?;
        crate::private_file::replace(&self.path, text.as_bytes()).map_err(|e| self.io(e))?;
        Ok(list)
    }

    fn io(&self, cause: io::Error) -> ListError {
        ListError::Io { path: self.path.clone(), cause }
    }

    fn form(&self, cause: &impl ToString) -> ListError {
        ListError::Form { path: self.path.clone(), name: self.name, cause: cause.to_string() }
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
