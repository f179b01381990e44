//! The lock file of a data directory: one writer at a time.

use crate::error::{LogError, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// The right to write to a data directory, held until it is dropped or the process ends.
///
/// The operating system holds the lock, so a killed process leaves none behind; the file only says
/// who has it.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock of an existing data directory, or says which process has it.
    pub fn take(directory: &Path) -> Result<Self> {
        let path = directory.join("lock");
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(LogError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LogError::Locked { pid: holder(&mut file), path: directory.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(LogError::Io { path, source }),
        }
        write_pid(&mut file).map_err(LogError::io(&path))?;
        Ok(Self { _file: file })
    }
}

/// Who has the lock of a data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A process, with its number when the file says so.
    Process(Option<u32>),
}

impl Holder {
    /// Says who has the lock, without taking it from anybody.
    pub fn of(directory: &Path) -> Result<Self> {
        let path = directory.join("lock");
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::Nobody),
            Err(e) => return Err(LogError::io(&path)(e)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Self::Nobody),
            Err(TryLockError::WouldBlock) => Ok(Self::Process(holder(&mut file))),
            Err(TryLockError::Error(source)) => Err(LogError::Io { path, source }),
        }
    }
}

/// Reads who has the lock; nothing when the holder has not written its number yet.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_lock_says_who_has_the_first() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataLock::take(directory.path()).unwrap();
        match DataLock::take(directory.path()) {
            Err(LogError::Locked { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        let me = Holder::Process(Some(std::process::id()));
        assert_eq!(Holder::of(directory.path()).unwrap(), me);
        drop(first);
        assert_eq!(Holder::of(directory.path()).unwrap(), Holder::Nobody);
        DataLock::take(directory.path()).unwrap();
    }

    #[test]
    fn what_a_dead_process_left_does_not_matter() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("lock"), "99999999999 and more text than a number has").unwrap();
        let _lock = DataLock::take(directory.path()).unwrap();
        let text = std::fs::read_to_string(directory.path().join("lock")).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
    }
}
