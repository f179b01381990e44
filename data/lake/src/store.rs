//! Files that are replaced whole: a reader or a crash sees the old one or the new one.

use crate::LakeError;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A written and synced file that does not have its name yet.
pub(crate) struct Staged {
    temporary: PathBuf,
    path: PathBuf,
}

/// Writes a file under a temporary name beside `path`.
///
/// The name is always the same, so what a crash leaves behind is written over the next time; it
/// does not end in `.parquet`, so no reader's pattern takes it for data.
pub(crate) fn stage(
    path: PathBuf,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), LakeError>,
) -> Result<Staged, LakeError> {
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(|e| LakeError::io(folder, e))?;
    }
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let at = |e| LakeError::io(&temporary, e);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(&temporary).map_err(at)?);
    write(&mut out)?;
    out.flush().map_err(at)?;
    out.get_ref().sync_all().map_err(at)?;
    Ok(Staged { temporary, path })
}

impl Staged {
    /// Gives the file its name, durably.
    pub(crate) fn publish(self) -> Result<(), LakeError> {
        fs::rename(&self.temporary, &self.path).map_err(|e| LakeError::io(&self.path, e))?;
        self.path.parent().map_or(Ok(()), sync_folder).map_err(|e| LakeError::io(&self.path, e))
    }
}

/// Removes a folder of one partition, and the folder above it when nothing else is in that.
pub(crate) fn remove_partition(folder: &Path) -> Result<(), LakeError> {
    absent_is_fine(fs::remove_dir_all(folder)).map_err(|e| LakeError::io(folder, e))?;
    let Some(node) = folder.parent() else { return Ok(()) };
    if fs::remove_dir(node).is_ok() {
        return Ok(());
    }
    absent_is_fine(sync_folder(node)).map_err(|e| LakeError::io(node, e))
}

/// Removes a folder with everything in it.
pub(crate) fn remove_all(folder: &Path) -> Result<(), LakeError> {
    absent_is_fine(fs::remove_dir_all(folder)).map_err(|e| LakeError::io(folder, e))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes a folder and those above it; each new name is synced in the folder that holds it.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty());
    above.map_or(Ok(()), make_folder)?;
    match fs::create_dir(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    sync_folder(above.unwrap_or(Path::new(".")))
}

/// Syncs the names in a folder; systems that cannot open folders keep them by themselves.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
