//! Small files that must be whole and, some of them, private.

use std::fs::OpenOptions;
use std::io::{Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Makes a directory, and those above it, that only its owner can enter; one that is there stays as it is.
pub fn make_private(path: &Path) -> Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a new directory with a random name, for its owner only, among the temporary files.
pub fn scratch(prefix: &str) -> Result<Scratch> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)?;
    let path = std::env::temp_dir().join(format!("{prefix}-{:016x}", u64::from_be_bytes(random)));
    std::fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(Scratch(path))
}

/// A temporary directory that goes away with its owner.
#[derive(Debug)]
pub struct Scratch(pub PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes a file that only its owner can read: beside its place first, synced, then renamed.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
