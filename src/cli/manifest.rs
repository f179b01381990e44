//! What a backup holds: the manifest, the files it names, and how they are copied.

use anyhow::{Context as _, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sealane_data::recorded::Seq;
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal as _, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

/// The manifest's name in a backup.
pub(crate) const FILE: &str = "manifest.json";
/// The folder of answers, in the data directory.
const OUT: &str = crate::engine::ANSWERS;
/// The cache that a start begins from.
const SNAPSHOT: &str = crate::engine::SNAPSHOT;
/// Raised when a backup has another form.
pub(crate) const FORMAT: u32 = 1;
/// A manifest is not longer than this: a hundred thousand files and more.
const MAX_BYTES: u64 = 64 << 20;

/// What a backup holds. It is written last: a backup without one is not complete.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The form of the backup.
    pub(crate) format: u32,
    /// The version of the program that made it.
    pub(crate) program: String,
    /// The schema of the log.
    pub(crate) schema: u32,
    /// The log's last sequence number.
    pub(crate) seq: Seq,
    /// Everything that was acknowledged before is in it.
    pub(crate) began: jiff::Timestamp,
    /// Every file, in the order of the paths.
    pub(crate) files: Vec<Listed>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    /// Its path in the data directory, with `/`.
    pub(crate) path: String,
    /// Its length.
    pub(crate) bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub(crate) sha256: String,
}

impl Manifest {
    /// Reads a manifest and refuses one that this program cannot restore.
    pub(crate) fn read(from: impl Read) -> Result<Self> {
        let mut text = String::new();
        from.take(MAX_BYTES).read_to_string(&mut text).context("cannot read the manifest")?;
        let any: serde_json::Value = serde_json::from_str(&text).context("the manifest is no JSON")?;
        let format = any["format"].as_u64().unwrap_or_default();
        ensure!(
            format == u64::from(FORMAT),
            "the backup has form {format}, this program restores {FORMAT}: use a newer program"
        );
        let manifest: Self = serde_json::from_value(any).context("the manifest is not one of ours")?;
        let known = sealane_log::SqliteLog::SCHEMA;
        ensure!(
            manifest.schema <= known,
            "the backup's log has schema {}, this program reads {known}: use a newer program",
            manifest.schema
        );
        for file in &manifest.files {
            safe(&file.path)?;
        }
        Ok(manifest)
    }

    /// Returns the length of all files together.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.bytes).sum()
    }
}

/// Refuses a path that would lead out of the directory it is put into.
fn safe(path: &str) -> Result<()> {
    let plain = !path.is_empty() && Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
    ensure!(plain, "path `{path}` in the manifest leads out of the data directory");
    Ok(())
}

/// Files that belong to a running process and mean nothing elsewhere.
fn is_transient(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|e| e.to_str());
    name.starts_with(sealane_log::SqliteLog::FILE)
        || matches!(ending, Some("lock" | "sock" | "new" | "tmp"))
        || name == "lock"
}

/// Folders inside folders that are looked into.
const DEPTH: usize = 12;

/// Lists the files of a data directory that a backup copies as they are, the lake's manifest first.
///
/// The log is not among them: it is copied by its own means, and last, so that no other file knows of
/// more than it.
pub(crate) fn list(data: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    walk(data, "", DEPTH, &mut found).with_context(|| format!("cannot list `{}`", data.display()))?;
    found.sort();
    found.sort_by_key(|path| path != "lake/manifest.json");
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("the name of `{}` is not UTF-8", entry.path().display());
        };
        if is_transient(&name) {
            continue;
        }
        // Answers and the snapshot are not copied: they are made of the log again after a restore.
        if prefix.is_empty() && (name == OUT || name == SNAPSHOT) {
            continue;
        }
        let Ok(metadata) = std::fs::metadata(entry.path()) else { continue };
        let path = format!("{prefix}{name}");
        if metadata.is_file() {
            found.push(path);
        } else if metadata.is_dir() && depth > 0 {
            match walk(&entry.path(), &format!("{path}/"), depth - 1, found) {
                Err(e) if is_gone(&e) => {}
                other => other?,
            }
        }
    }
    Ok(())
}

/// Whether something was removed while we looked: a lake does that with empty partitions.
pub(crate) fn is_gone(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound)
}

/// Copies bytes into a new private file below a folder, synced, and returns what a manifest says of them.
pub(crate) fn put(from: impl Read, folder: &Path, path: &str, told: &mut dyn FnMut(u64)) -> Result<Listed> {
    let to = folder.join(path);
    if let Some(parent) = to.parent() {
        crate::files::make_private(parent).with_context(|| format!("cannot make `{}`", parent.display()))?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&to);
    let mut file = file.with_context(|| format!("cannot make `{}`", to.display()))?;
    let listed =
        pour(from, &mut file, path, told).with_context(|| format!("cannot write `{}`", to.display()))?;
    file.sync_all()?;
    Ok(listed)
}

/// Returns what a manifest says of a file that is there already.
pub(crate) fn describe(folder: &Path, path: &str) -> Result<Listed> {
    pour(File::open(folder.join(path))?, &mut std::io::sink(), path, &mut |_| {})
}

fn pour(mut from: impl Read, to: &mut impl Write, path: &str, told: &mut dyn FnMut(u64)) -> Result<Listed> {
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0_u8; 1 << 18];
    let mut bytes = 0;
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
        bytes += n as u64;
        told(n as u64);
    }
    Ok(Listed { path: path.to_owned(), bytes, sha256: Sha256(hasher.finalize().into()).hex() })
}

/// Syncs the names in a folder.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Whether a path names an archive and not a folder.
pub(crate) fn is_archive(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().ends_with(".tar.zst"))
}

/// Returns whether a folder has nothing in it; what a file system puts into its own root does not count.
pub(crate) fn is_empty(folder: &Path) -> std::io::Result<bool> {
    let names = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.file_name()));
    let names = names.collect::<std::io::Result<Vec<_>>>()?;
    Ok(names.iter().all(|n| n == "lost+found"))
}

/// Returns a bar over bytes on a terminal, and nothing visible elsewhere.
pub(crate) fn bar(total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Removes a folder of half-done work unless it is kept.
pub(crate) struct Half(pub(crate) Option<PathBuf>);

impl Half {
    /// Lets the folder stay.
    pub(crate) fn keep(mut self) {
        self.0.take();
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_refused() {
        for (path, ok) in
            [("lake/a.parquet", true), ("../x", false), ("/etc/x", false), ("a/../../x", false), ("", false)]
        {
            assert_eq!(safe(path).is_ok(), ok, "{path}");
        }
    }

    #[test]
    fn what_belongs_to_a_process_is_left_out_and_the_lakes_manifest_is_first() {
        let home = tempfile::tempdir().unwrap();
        for path in [
            "lock",
            "keys.lock",
            "sealane.sock",
            "log.sqlite3",
            "log.sqlite3-wal",
            "keys.new",
            "keys.json",
            "lake/moves/x.parquet.tmp",
            "lake/moves/x.parquet",
            "lake/manifest.json",
            "partners/a.toml",
        ] {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let expected = ["lake/manifest.json", "keys.json", "lake/moves/x.parquet", "partners/a.toml"];
        assert_eq!(list(home.path()).unwrap(), expected);
    }

    #[test]
    fn a_manifest_of_the_future_is_refused() {
        let future = br#"{"format": 2, "moon": true}"#;
        assert!(Manifest::read(&future[..]).unwrap_err().to_string().contains("use a newer program"));
    }
}
