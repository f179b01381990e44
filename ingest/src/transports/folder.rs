//! A watched folder: files are taken from `in/` when they stand still, and go to `done/` or `failed/`.
//!
//! A file is moved after the log has it. A crash in between makes it come again, and the same bytes add
//! nothing: nothing is lost, nothing comes twice.

use super::line::{Line, private};
use jiff::Timestamp;
use sealane_data::feed::Folder;
use sealane_data::finding::{FindingGroup, Severity};
use sealane_data::ports::IntakeError;
use sealane_data::submission::Receipt;
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio_util::sync::CancellationToken;

/// The folders of a watched folder that Sealane makes.
pub const FOLDERS: [&str; 3] = ["in", "done", "failed"];

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// Endings of files that are still being written.
const UNFINISHED: [&str; 6] = ["part", "tmp", "filepart", "crdownload", "new", "swp"];
/// How often files that are old enough go.
const TIDY: Duration = Duration::from_hours(1);

/// A file as it was seen last: while this changes it is still being written.
type Stamp = (u64, u64, i64, i64);

/// Runs a watched folder.
pub(super) async fn run(line: &Line, folder: &Folder, stop: &CancellationToken) {
    let root = folder.path.clone().unwrap_or_else(|| line.home().own.clone());
    let mut seen = BTreeMap::new();
    let mut tidied: Option<std::time::Instant> = None;
    loop {
        let looked = match look(&root, folder, &mut seen, line) {
            Ok(ready) => take(line, &root, &ready, stop).await,
            Err(error) => Err(error),
        };
        match looked {
            Ok(true) => {
                line.health().connected(line.now());
                line.health().well();
            }
            Ok(false) => line.health().connected(line.now()),
            Err(error) => line.health().trouble(format!("`{}`: {error}", root.display())),
        }
        if tidied.is_none_or(|at| at.elapsed() > TIDY) {
            tidied = Some(std::time::Instant::now());
            tidy(&root, folder);
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Makes the folders where they are missing and returns the files that stand still, by name.
pub(super) fn look(
    root: &Path,
    folder: &Folder,
    seen: &mut BTreeMap<PathBuf, (Stamp, SystemTime)>,
    line: &Line,
) -> io::Result<Vec<PathBuf>> {
    FOLDERS.iter().try_for_each(|name| private(&root.join(name)))?;
    answers(root, line)?;
    let now = SystemTime::now();
    let mut found = BTreeMap::new();
    let mut ready = Vec::new();
    for entry in std::fs::read_dir(root.join("in"))? {
        let path = entry?.path();
        let Some(stamp) = stamp(&path) else { continue };
        let since = seen.get(&path).filter(|(before, _)| *before == stamp).map_or(now, |(_, since)| *since);
        if now.duration_since(since).unwrap_or_default() >= folder.settle.unsigned_abs() {
            ready.push(path.clone());
        }
        found.insert(path, (stamp, since));
    }
    *seen = found;
    ready.sort();
    Ok(ready)
}

/// Shows the party's answers beside its files: `out/` leads to `DATA/out/<party>/`.
fn answers(root: &Path, line: &Line) -> io::Result<()> {
    let out = root.join("out");
    if std::fs::symlink_metadata(&out).is_ok() {
        return Ok(());
    }
    let answers = &line.home().out;
    private(answers)?;
    std::os::unix::fs::symlink(std::path::absolute(answers)?, out)
}

/// Returns what tells whether a file changes; nothing for what is no file to take.
fn stamp(path: &Path) -> Option<Stamp> {
    let name = path.file_name()?.to_str()?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if name.starts_with('.') || name.ends_with('~') || UNFINISHED.contains(&ending.as_str()) {
        return None;
    }
    // Links are not followed: they could lead to what the partner may not read.
    let meta = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
}

/// Stores files, one after the other, and puts them away.
pub(super) async fn take(
    line: &Line,
    root: &Path,
    ready: &[PathBuf],
    stop: &CancellationToken,
) -> io::Result<bool> {
    let mut well = true;
    for path in ready {
        let Some(name) = path.file_name().map(|n| n.to_string_lossy().into_owned()) else { continue };
        let Some(before) = stamp(path) else { continue };
        // What cannot be read now, or has gone, holds nobody else up.
        if let Err(error) = std::fs::File::open(path) {
            line.health().trouble(format!("`{name}` cannot be read: {error}"));
            well = false;
            continue;
        }
        line.health().frame(line.now(), usize::try_from(before.1).unwrap_or(usize::MAX));
        let Some(outcome) = line.store_file(path, &name, stop).await else { return Ok(well) };
        if stamp(path) != Some(before) {
            // It was written to meanwhile: what is there now is taken next time.
            continue;
        }
        if let Err(error) = put_away(root, path, &name, &outcome) {
            line.health().trouble(format!("`{name}` was read and cannot be put away: {error}"));
            well = false;
        }
    }
    Ok(well)
}

/// Moves a file to `done/`, or to `failed/` with a text beside it that says why.
fn put_away(root: &Path, path: &Path, name: &str, outcome: &Result<Receipt, IntakeError>) -> io::Result<()> {
    let (folder, why) = match outcome {
        Ok(receipt) if gave_nothing(receipt) => ("failed", Some(explain(receipt))),
        Ok(_) => ("done", None),
        Err(error) => ("failed", Some(format!("{error}\n"))),
    };
    let to = free(&root.join(folder), name);
    if let Some(why) = why {
        let beside = format!("{}.why.txt", to.file_name().unwrap_or_default().to_string_lossy());
        // Never through a link that somebody put there; without room for the reason the file goes all the same.
        let reason =
            std::fs::File::options().write(true).create_new(true).open(root.join(folder).join(beside));
        let _ = reason.and_then(|mut file| io::Write::write_all(&mut file, why.as_bytes()));
    }
    std::fs::rename(path, to)
}

/// Returns whether nothing in a file could be used although it says something.
fn gave_nothing(receipt: &Receipt) -> bool {
    let errors = receipt.groups.iter().any(|g| g.severity == Severity::Error);
    errors && receipt.events + receipt.duplicates == 0 && receipt.tests == 0 && !receipt.held
}

fn explain(receipt: &Receipt) -> String {
    let line = |g: &FindingGroup| format!("{} ({} times): {}\n", g.code, g.count, g.message);
    let findings: String = receipt.groups.iter().map(line).collect();
    format!("submission {}: nothing in it could be used\n{findings}", receipt.id)
}

/// Returns a name that is free in a folder: files of the same name stay beside each other.
fn free(folder: &Path, name: &str) -> PathBuf {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%S%6fZ");
    let plain = folder.join(name);
    if plain.exists() { folder.join(format!("{stamp}-{name}")) } else { plain }
}

/// Takes files away that have been put away long enough.
fn tidy(root: &Path, folder: &Folder) {
    let Some(days) = folder.keep_days else { return };
    let oldest = SystemTime::now() - Duration::from_secs(u64::from(days) * 86_400);
    for name in ["done", "failed"] {
        let Ok(entries) = std::fs::read_dir(root.join(name)) else { continue };
        for entry in entries.flatten() {
            let old = entry.metadata().is_ok_and(|m| m.is_file() && m.modified().is_ok_and(|at| at < oldest));
            if old {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}
