//! Small files that must be whole and, some of them, private.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, fchown, lchown};
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
///
/// The name beside is random and new, so that nobody who may write there can have a link wait for us.
/// The file belongs to the folder's owner, also when root writes it.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write_private_by(path, |mut file| file.write_all(bytes))
}

/// As [`write_private`], for what is not held in memory as a whole.
pub fn write_private_by(path: &Path, fill_in: impl FnOnce(&File) -> Result<()>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{:016x}.new", u64::from_be_bytes(random)));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written =
        fill_in(&file).and_then(|()| keep(&file, folder)).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Gives a new file to the folder's owner and syncs it.
fn keep(file: &File, folder: &Path) -> Result<()> {
    let owner = std::fs::metadata(folder)?;
    if file.metadata()?.uid() != owner.uid() && is_root() {
        fchown(file, Some(owner.uid()), Some(owner.gid()))?;
    }
    file.sync_all()
}

/// Whether this process may give files away.
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Gives what root has made in a directory to the directory's owner: a service of that user must be
/// able to go on after an administrator's command.
pub fn hand_over(data: &Path) -> Result<()> {
    let owner = std::fs::metadata(data)?;
    if owner.uid() == 0 || !is_root() {
        return Ok(());
    }
    give(data, &owner, DEPTH)
}

/// Folders inside folders that are looked into.
const DEPTH: usize = 12;

fn give(folder: &Path, owner: &Metadata, depth: usize) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // What is gone meanwhile needs no owner.
        let Ok(found) = entry.metadata() else { continue };
        if found.uid() == 0 {
            let _ = lchown(entry.path(), Some(owner.uid()), Some(owner.gid()));
        }
        if found.is_dir() && depth > 0 {
            give(&entry.path(), owner, depth - 1)?;
        }
    }
    Ok(())
}
