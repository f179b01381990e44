//! `sealane restore`: a data directory of a backup, once every hash has been checked.

use super::manifest::{self, Half, Listed, Manifest};
use super::{DataDir, print};
use anyhow::{Context as _, Result, bail, ensure};
use indicatif::ProgressBar;
use sealane_data::answer::AnswerStep;
use sealane_data::submission::SubmissionId;
use sealane_log::{DataLock, Log as _, LogReader as _, PAGE_CAP, SqliteLog, SqliteReader, Work};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    data: DataDir,
    /// What `backup` made: a folder, or a file that ends in `.tar.zst`.
    #[arg(long, value_name = "DIR|FILE.tar.zst")]
    from: PathBuf,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Where files wait in the data directory until all of them have been checked.
const WAITING: &str = ".restoring";

impl Restore {
    /// Runs the command. A data directory that has anything in it is left alone.
    pub(crate) fn run(self) -> Result<()> {
        let data = &self.data.path;
        let there = data.exists();
        let empty = !there || manifest::is_empty(data)?;
        ensure!(empty, "`{}` is not empty: restore into a new data directory", data.display());
        crate::files::make_private(data).with_context(|| format!("cannot make `{}`", data.display()))?;
        let half = Half((!there).then(|| data.clone()));
        let restored = self.fill(data);
        if restored.is_err() {
            let _ = std::fs::remove_file(data.join("lock"));
        }
        let manifest = restored?;
        half.keep();
        if self.json {
            print::line(serde_json::json!({
                "seq": manifest.seq, "files": manifest.files.len(), "bytes": manifest.bytes(),
                "began": manifest.began, "program": manifest.program,
            }));
        } else {
            let Manifest { program, seq, began, files, .. } = &manifest;
            let files = files.len();
            print::line(format!("{files} files, log up to {seq}, as of {began} (sealane {program})"));
            print::note("what was erased after that moment has to be erased again");
        }
        Ok(())
    }

    fn fill(&self, data: &Path) -> Result<Manifest> {
        // Nobody starts to serve what is not complete.
        let _lock = DataLock::take(data)?;
        let waiting = data.join(WAITING);
        let _half = Half(Some(waiting.clone()));
        crate::files::make_private(&waiting)?;
        let manifest = if self.from.is_dir() { self.copy(&waiting)? } else { self.unpack(&waiting)? };
        check_log(&waiting, &manifest)?;
        answer_again(&waiting, &manifest)?;
        for entry in std::fs::read_dir(&waiting)? {
            let entry = entry?;
            std::fs::rename(entry.path(), data.join(entry.file_name()))?;
        }
        manifest::sync_folder(data)?;
        Ok(manifest)
    }

    fn copy(&self, to: &Path) -> Result<Manifest> {
        let file = File::open(self.from.join(manifest::FILE));
        let file = file.with_context(|| {
            format!("`{}` has no manifest: it is no complete backup", self.from.display())
        })?;
        let manifest = Manifest::read(file)?;
        let bar = manifest::bar(manifest.bytes());
        for listed in &manifest.files {
            let from = File::open(self.from.join(&listed.path));
            let from = from.with_context(|| format!("`{}` is missing from the backup", listed.path))?;
            check(listed, &put(from, listed, to, &bar)?)?;
        }
        bar.finish_and_clear();
        Ok(manifest)
    }

    fn unpack(&self, to: &Path) -> Result<Manifest> {
        let file =
            File::open(&self.from).with_context(|| format!("cannot open `{}`", self.from.display()))?;
        let mut tar = tar::Archive::new(zstd::Decoder::new(BufReader::new(file))?);
        let mut entries = tar.entries()?;
        let first = entries.next().context("the archive is empty")??;
        ensure!(
            *first.path_bytes() == *manifest::FILE.as_bytes(),
            "the archive does not begin with a manifest"
        );
        let manifest = Manifest::read(first)?;
        let mut missing: BTreeMap<&str, &Listed> =
            manifest.files.iter().map(|f| (f.path.as_str(), f)).collect();
        let bar = manifest::bar(manifest.bytes());
        for entry in entries {
            let entry = entry.context("the archive is cut short")?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let listed = missing.remove(path.as_str());
            let Some(listed) = listed.filter(|_| entry.header().entry_type().is_file()) else {
                bail!("`{path}` of the archive is not in its manifest");
            };
            check(listed, &put(entry, listed, to, &bar)?)?;
        }
        if let Some(path) = missing.keys().next() {
            bail!("`{path}` is missing from the backup");
        }
        bar.finish_and_clear();
        Ok(manifest)
    }
}

/// Copies a file, one byte more than it may have at most.
fn put(from: impl std::io::Read, listed: &Listed, to: &Path, bar: &ProgressBar) -> Result<Listed> {
    bar.set_message(listed.path.clone());
    manifest::put(from.take(listed.bytes + 1), to, &listed.path, &mut |n| bar.inc(n))
}

fn check(listed: &Listed, found: &Listed) -> Result<()> {
    ensure!(
        listed == found,
        "`{}` is not what was backed up: {} bytes with SHA-256 {}, not {} with {}",
        listed.path,
        found.bytes,
        found.sha256,
        listed.bytes,
        listed.sha256
    );
    Ok(())
}

/// Opens the log, which must be sound and end where the manifest says.
fn check_log(folder: &Path, manifest: &Manifest) -> Result<()> {
    ensure!(folder.join(SqliteLog::FILE).exists(), "the backup has no log");
    if manifest.schema != SqliteLog::SCHEMA {
        // An older one is brought up to date when it is opened for writing; its hash was right.
        return Ok(());
    }
    let log = SqliteReader::open(folder)?;
    let seq = log.last_seq()?;
    ensure!(seq == manifest.seq, "the log ends at {seq}, the manifest says {}", manifest.seq);
    let complaints = log.complaints(false)?;
    ensure!(complaints.is_empty(), "the log is damaged: {}", complaints.join("; "));
    Ok(())
}

/// The first schema whose logs know what became of answers.
const ANSWERS_SINCE: u32 = 2;

/// Answers lay in a folder that no backup holds: those that nobody had yet are due again.
fn answer_again(folder: &Path, manifest: &Manifest) -> Result<()> {
    let current = manifest.schema == SqliteLog::SCHEMA;
    if manifest.schema < ANSWERS_SINCE
        || (current && SqliteReader::open(folder)?.unfetched(None, 1)?.is_empty())
    {
        return Ok(());
    }
    // An older one is brought up to date here.
    let mut log = SqliteLog::open(folder)?;
    let mut after = None;
    loop {
        let waiting = log.unfetched(after.as_deref(), PAGE_CAP)?;
        let Some(last) = waiting.last() else { break };
        after = Some(last.id.to_string());
        let (at, step) = (jiff::Timestamp::now(), AnswerStep::Again);
        let ids = waiting.iter().map(|s| SubmissionId(s.id.clone()));
        log.commit(ids.map(|submission| Work::Answer { submission, at, step }).collect())?;
    }
    drop(log);
    // It was ours alone, and the data directory has one already.
    Ok(std::fs::remove_file(folder.join("lock"))?)
}
