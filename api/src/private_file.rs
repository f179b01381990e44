//! Files that only their owner reads: written whole beside their place, synced, renamed into it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file of mode 0600 in place of what was there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    #[cfg(unix)]
    give_to_owner(path, &file);
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// Gives a file to the owner of the folder: root may change the keys of another user's service. Only
/// root can, and nobody else needs to.
#[cfg(unix)]
fn give_to_owner(path: &Path, file: &File) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if let Some(owner) = path.parent().and_then(|folder| fs::metadata(folder).ok()) {
        let _ = fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}
