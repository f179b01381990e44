//! The host key: made at the first start, and kept for its owner alone.

use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, PrivateKey, key::safe_rng};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

const NAME: &str = "sftp_host_key";

/// Returns the host key of a folder of feeds; it is made where there is none.
pub(super) fn host_key(feeds: &Path) -> io::Result<PrivateKey> {
    let path = feeds.join(NAME);
    if !path.exists() {
        make(feeds, &path)?;
    }
    let meta = std::fs::metadata(&path)?;
    if meta.permissions().mode() & 0o077 != 0 {
        let told = format!("`{}` can be read by others; make it anew or `chmod 600` it", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, told));
    }
    let told = |e| io::Error::new(io::ErrorKind::InvalidData, format!("`{}`: {e}", path.display()));
    let key = PrivateKey::read_openssh_file(&path).map_err(told)?;
    // What partners put into their `known_hosts`.
    let public = key.public_key().to_openssh().map_err(io::Error::other)?;
    std::fs::write(path.with_extension("pub"), public + "\n")?;
    Ok(key)
}

/// Makes a key; if somebody else was faster, theirs holds.
fn make(feeds: &Path, path: &Path) -> io::Result<()> {
    let mut key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).map_err(io::Error::other)?;
    key.set_comment("sealane");
    let text = key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
    let beside = feeds.join(format!(".{NAME}.{}", std::process::id()));
    let written = (|| {
        let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::hard_link(&beside, path)
    })();
    let _ = std::fs::remove_file(&beside);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let first = host_key(home.path()).unwrap();
        let path = home.path().join(NAME);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(host_key(home.path()).unwrap().public_key(), first.public_key());
        let public = std::fs::read_to_string(home.path().join("sftp_host_key.pub")).unwrap();
        assert!(public.starts_with("ssh-ed25519 "), "{public}");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2, "nothing else is left");

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(host_key(home.path()).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "no key").unwrap();
        assert_eq!(host_key(home.path()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
