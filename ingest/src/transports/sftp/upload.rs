//! An upload: hidden until it is closed, gone if it never is.

use super::room::Room;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

/// An upload.
pub(super) struct Upload {
    room: Arc<Room>,
    file: Arc<File>,
    hidden: PathBuf,
    name: String,
    length: u64,
    /// Whether something of it could not be written.
    broken: bool,
    named: bool,
}

impl Upload {
    /// Begins one.
    pub(super) fn begin(room: Arc<Room>, name: String) -> io::Result<Self> {
        let (hidden, file) = room.begin()?;
        Ok(Self { room, file: Arc::new(file), hidden, name, length: 0, broken: false, named: false })
    }

    /// Returns its length so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Writes a part of it.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let written = self.put(at, bytes);
        self.broken |= written.is_err();
        written
    }

    fn put(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let end = at.checked_add(bytes.len() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        if end > self.length {
            self.room.grow(self.length, end)?;
            self.length = end;
        }
        self.file.write_all_at(bytes, at)
    }

    /// Ends it: it is synced and gets its name. Returns the names that were asked for and given, and the
    /// length; an upload of which something could not be written is no file.
    pub(super) fn close(mut self) -> io::Result<(String, String, u64)> {
        if self.broken {
            return Err(io::Error::other("a part of the file could not be written: nothing of it is kept"));
        }
        self.file.sync_all()?;
        let given = self.room.name(&self.hidden, &self.name)?;
        self.named = true;
        Ok((std::mem::take(&mut self.name), given, self.length))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.named {
            let _ = std::fs::remove_file(&self.hidden);
        }
        self.room.ended(self.length, self.named);
    }
}
