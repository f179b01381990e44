//! The archive of exchanges with registries: one sealed file a day (AES-256-GCM), found by digest.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sealane_data::submission::Sha256;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The digest's length in the file, hexadecimal.
const DIGEST: usize = 64;
/// The longest record that is read back.
const LONGEST: u32 = 8 << 20;

/// The archive.
pub(super) struct Archive {
    folder: PathBuf,
    key: LessSafeKey,
}

impl Archive {
    /// Opens the archive below `DATA/registries/`; its key is made at the first start.
    pub(super) fn open(registries: &Path) -> Result<Self> {
        let (folder, path) = (registries.join("archive"), registries.join("archive.key"));
        crate::files::make_private(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let mut key = [0_u8; 32];
        if path.exists() {
            let mut file = File::open(&path)?;
            file.read_exact(&mut key).with_context(|| format!("`{}` is cut short", path.display()))?;
        } else {
            getrandom::fill(&mut key)?;
            crate::files::write_private(&path, &key)?;
        }
        let key = UnboundKey::new(&AES_256_GCM, &key)
            .map_err(|_| anyhow::anyhow!("the archive's key is not usable"))?;
        let archive = Self { folder, key: LessSafeKey::new(key) };
        archive.mend()?;
        Ok(archive)
    }

    /// Keeps an exchange, synced; returns its digest.
    pub(super) fn keep(&self, at: Timestamp, record: &str) -> Result<String> {
        let digest = Sha256::of(record.as_bytes()).hex();
        let mut nonce = [0_u8; NONCE_LEN];
        getrandom::fill(&mut nonce)?;
        let mut sealed = record.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(digest.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| anyhow::anyhow!("an exchange cannot be sealed"))?;
        let length = u32::try_from(sealed.len()).context("an exchange is too long")?;
        let mut row = Vec::with_capacity(sealed.len() + 4 + DIGEST + NONCE_LEN);
        row.extend(length.to_be_bytes());
        row.extend(digest.as_bytes());
        row.extend(nonce);
        row.extend(sealed);
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let path = self.folder.join(format!("{day}.sealed"));
        let mut file = File::options().append(true).create(true).mode(0o600).open(path)?;
        let before = file.metadata()?.len();
        if let Err(error) = file.write_all(&row).and_then(|()| file.sync_data()) {
            // Half a row would hide what follows it.
            file.set_len(before)?;
            return Err(error.into());
        }
        Ok(digest)
    }

    /// Cuts the newest file after its last whole row: a kill may have left half of one.
    fn mend(&self) -> Result<()> {
        let files = std::fs::read_dir(&self.folder)?.filter_map(|e| Some(e.ok()?.path()));
        let Some(newest) = files.max() else { return Ok(()) };
        let mut file = File::options().read(true).write(true).open(&newest)?;
        let mut whole = 0;
        while let Some((.., sealed)) = row(&mut file) {
            whole += (4 + DIGEST + NONCE_LEN + sealed.len()) as u64;
        }
        if whole < file.metadata()?.len() {
            tracing::warn!(file = %newest.display(), whole, "half a row at the end of the archive is cut off");
            file.set_len(whole)?;
        }
        Ok(())
    }

    /// Returns an exchange by its digest, the newest days first. A row that was cut off by a kill ends its file.
    pub(super) fn find(&self, digest: &str) -> Result<Option<String>> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&self.folder)?.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        for path in files.iter().rev() {
            let mut file = File::open(path)?;
            while let Some((found, nonce, mut sealed)) = row(&mut file) {
                if found != digest.as_bytes() {
                    continue;
                }
                let nonce = Nonce::assume_unique_for_key(nonce);
                let opened = self.key.open_in_place(nonce, Aad::from(digest.as_bytes()), &mut sealed);
                let opened =
                    opened.map_err(|_| anyhow::anyhow!("an exchange in `{}` was altered", path.display()))?;
                return Ok(Some(String::from_utf8_lossy(opened).into_owned()));
            }
        }
        Ok(None)
    }
}

fn row(file: &mut File) -> Option<([u8; DIGEST], [u8; NONCE_LEN], Vec<u8>)> {
    let (mut length, mut digest, mut nonce) = ([0; 4], [0; DIGEST], [0; NONCE_LEN]);
    file.read_exact(&mut length).ok()?;
    file.read_exact(&mut digest).ok()?;
    file.read_exact(&mut nonce).ok()?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return None;
    }
    let mut sealed = vec![0; usize::try_from(length).ok()?];
    file.read_exact(&mut sealed).ok()?;
    Some((digest, nonce, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exchanges_are_sealed_found_by_digest_and_altered_ones_told() {
        let home = tempfile::tempdir().unwrap();
        let archive = Archive::open(home.path()).unwrap();
        let at: Timestamp = "2026-09-06T02:00:00Z".parse().unwrap();
        let first = archive.keep(at, "POST /verify\nNUMBER-1").unwrap();
        let second = archive.keep(at, "POST /verify\nNUMBER-2").unwrap();
        assert_eq!(archive.find(&second).unwrap().unwrap(), "POST /verify\nNUMBER-2");
        let path = home.path().join("archive/2026-09-06.sealed");
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"NUMBER"), "nothing is readable in the file");
        drop(archive);
        let archive = Archive::open(home.path()).unwrap();
        assert!(archive.find(&first).unwrap().is_some(), "the key is the same at the next start");
        assert_eq!(archive.find(&"0".repeat(64)).unwrap(), None);
        let middle = bytes.len() - 20;
        bytes[middle] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(archive.find(&second).unwrap_err().to_string().contains("altered"));
        std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        assert!(archive.find(&first).unwrap().is_some() && archive.find(&second).unwrap().is_none());
        // The next start cuts the half row off: what comes after it is found.
        let archive = Archive::open(home.path()).unwrap();
        let third = archive.keep(at, "POST /verify\nNUMBER-3").unwrap();
        assert!(archive.find(&first).unwrap().is_some() && archive.find(&third).unwrap().is_some());
    }
}
