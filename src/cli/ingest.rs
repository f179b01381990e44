//! `sealane ingest`: files, folders and standard input.

use super::{DataDir, local, print};
use crate::engine::{Engine, Handle, Options};
use crate::{config::Config, telemetry};
use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};
use sealane_data::finding::{Finding, Severity};
use sealane_data::partner::PartyId;
use sealane_data::submission::Receipt;
use serde::{Deserialize, Serialize};
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Ingest {
    #[command(flatten)]
    data: DataDir,
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The party that said it; without it the operator vouches for the files.
    #[arg(long, value_name = "ID", default_value = PartyId::OPERATOR)]
    party: String,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What one run took in.
#[derive(Debug, Default, Serialize)]
struct Summary {
    submissions: u64,
    messages: u64,
    events: u64,
    duplicates: u64,
    findings: Vec<Found>,
}

/// A finding with its file.
#[derive(Debug, Serialize)]
struct Found {
    code: String,
    severity: Severity,
    file: String,
    line: u32,
    segment: u32,
    message: String,
}

/// What the running server is asked to take in.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handover {
    /// An absolute path on this machine.
    pub(crate) path: PathBuf,
    /// The name to keep.
    pub(crate) name: String,
    /// The party.
    pub(crate) party: PartyId,
}

/// Who takes the files in: an engine of our own, or the one that is serving.
enum Taker {
    Own(Box<Engine>),
    Serving,
}

impl Ingest {
    /// Runs the command: 0 when everything was stored, also with findings.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        let party = super::keys::party_id(&self.party)?;
        let scratch = crate::files::scratch("sealane-stdin").context("cannot make a temporary directory")?;
        let files = list(&self.files, &scratch.0)?;
        let taker = self.taker(&config)?;
        let bar = bar(&files);
        let mut summary = Summary::default();
        for (path, name) in &files {
            bar.set_message(name.clone());
            let before = bar.position();
            let receipt = self
                .take(&taker, &party, path, name, &mut |read| bar.set_position(before + read))
                .with_context(|| format!("`{name}` was not acknowledged and stays where it is"))?;
            bar.set_position(before + std::fs::metadata(path).map_or(0, |m| m.len()));
            summary.add(name, receipt);
        }
        bar.finish_and_clear();
        if let Taker::Own(engine) = &taker {
            engine.handle().figures().flush()?;
            engine.handle().tend_all_answers()?;
        }
        if self.json {
            print::line(serde_json::to_string(&summary)?);
        } else {
            summary.show();
        }
        Ok(ExitCode::SUCCESS)
    }

    fn taker(&self, config: &Config) -> Result<Taker> {
        if local::ask(&self.data.path, "GET", "/livez", Vec::new())?.is_some() {
            return Ok(Taker::Serving);
        }
        let options = Options::from(config);
        Ok(Taker::Own(Box::new(Engine::open(&self.data.path, options, &mut |_, _| {})?)))
    }

    fn take(
        &self,
        taker: &Taker,
        party: &PartyId,
        path: &Path,
        name: &str,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Receipt> {
        match taker {
            Taker::Own(engine) => take_own(engine.handle(), party, path, name, progress),
            Taker::Serving => {
                let path = path.canonicalize()?;
                let order = Handover { path, name: name.to_owned(), party: party.clone() };
                let answer =
                    local::ask_ok(&self.data.path, "POST", "/local/ingest", serde_json::to_vec(&order)?)?;
                let answer = answer.context("`serve` stopped before everything was taken in")?;
                Ok(serde_json::from_slice(&answer)?)
            }
        }
    }
}

fn take_own(
    handle: &Handle,
    party: &PartyId,
    path: &Path,
    name: &str,
    progress: &mut dyn FnMut(u64),
) -> Result<Receipt> {
    handle
        .ingest_file(party, path, name, progress)
        .with_context(|| format!("cannot take in `{}`", path.display()))
}

impl Summary {
    fn add(&mut self, file: &str, receipt: Receipt) {
        self.submissions += u64::from(!receipt.replay);
        self.messages += receipt.messages;
        self.events += receipt.events;
        self.duplicates += receipt.duplicates;
        self.findings.extend(receipt.findings.into_iter().map(|finding| Found::new(file, finding)));
    }

    fn show(&self) {
        print::line(format!(
            "{} submissions, {} messages: {} new events, {} duplicates, {} findings",
            self.submissions,
            self.messages,
            self.events,
            self.duplicates,
            self.findings.len()
        ));
        let mut kinds = std::collections::BTreeMap::<(&str, &str), u64>::new();
        for found in &self.findings {
            *kinds.entry((&found.code, found.message.as_str())).or_default() += 1;
        }
        for ((code, message), count) in kinds.iter().take(30) {
            print::line(format!("  {count:>5} x {code}  {message}"));
        }
        if kinds.len() > 30 {
            print::line(format!(
                "  ... and {} more kinds; `sealane check FILE` draws them in place",
                kinds.len() - 30
            ));
        }
    }
}

impl Found {
    fn new(file: &str, finding: Finding) -> Self {
        Self {
            code: finding.code.into(),
            severity: finding.severity,
            file: file.to_owned(),
            line: finding.place.line,
            segment: finding.place.segment,
            message: finding.message,
        }
    }
}

/// Lists files and everything below folders, in the order of their names, each with the name to keep.
///
/// What comes from standard input is kept in `scratch`, for files are read more than once.
pub(crate) fn list(paths: &[PathBuf], scratch: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            files.push((standard_input(scratch)?, "-".to_owned()));
        } else {
            walk(path, &mut files).with_context(|| format!("cannot read `{}`", path.display()))?;
        }
    }
    Ok(files)
}

fn walk(path: &Path, files: &mut Vec<(PathBuf, String)>) -> std::io::Result<()> {
    if !std::fs::metadata(path)?.is_dir() {
        files.push((path.to_owned(), path.display().to_string()));
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    entries.retain(|e| !e.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')));
    entries.sort();
    entries.iter().try_for_each(|entry| walk(entry, files))
}

/// What a person pipes in is no flood: a bound keeps a mistake from filling the disk.
const MAX_INPUT: u64 = 4 << 30;

/// Puts standard input into a file of its own.
fn standard_input(scratch: &Path) -> Result<PathBuf> {
    let path = scratch.join("input");
    let mut file = std::fs::File::create(&path)?;
    let mut input = std::io::stdin().lock().take(MAX_INPUT + 1);
    let read = std::io::copy(&mut input, &mut file).context("cannot read standard input")?;
    anyhow::ensure!(read <= MAX_INPUT, "standard input is longer than 4 GiB; give the file's name instead");
    Ok(path)
}

fn bar(files: &[(PathBuf, String)]) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let total = files.iter().filter_map(|(p, _)| std::fs::metadata(p).ok()).map(|m| m.len()).sum();
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
