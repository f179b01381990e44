//! `sealane reread` and `sealane undo`: reading again what partners sent, and taking that back.

use super::{DataDir, local, print};
use crate::engine::{Engine, Options};
use crate::{config::Config, telemetry};
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use sealane_data::operate::{RereadOrder, RereadReport};
use sealane_data::submission::SubmissionId;
use serde_json::json;

/// Arguments of `reread`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command are independent of each other")]
pub(crate) struct Reread {
    #[command(flatten)]
    data: DataDir,
    /// Whose submissions; without it those of all parties.
    #[arg(long, value_name = "ID")]
    party: Option<String>,
    /// Received from this instant on, such as `2026-09-05T00:00:00Z`.
    #[arg(long, value_name = "INSTANT")]
    from: Option<Timestamp>,
    /// Received before this instant.
    #[arg(long, value_name = "INSTANT")]
    until: Option<Timestamp>,
    /// Only what is held.
    #[arg(long)]
    held: bool,
    /// Shows what would change; this is the default.
    #[arg(long, conflicts_with = "apply")]
    dry_run: bool,
    /// Does it: the old reading stands no longer, the new one does; `undo` takes it back.
    #[arg(long)]
    apply: bool,
    /// Why, for the history.
    #[arg(long, default_value = "", value_name = "TEXT")]
    why: String,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
    /// Only these submissions.
    #[arg(value_name = "SUBMISSION")]
    submissions: Vec<String>,
}

/// Arguments of `undo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    data: DataDir,
    /// The re-reading, as `reread --apply` named it; without it the last one that holds.
    #[arg(value_name = "REREADING")]
    id: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

impl Reread {
    /// Runs the command, beside a running `serve` or alone.
    pub(crate) fn run(self) -> Result<()> {
        let party = self.party.as_deref().map(super::keys::party_id).transpose()?;
        let order = RereadOrder {
            party,
            from: self.from,
            until: self.until,
            submissions: self.submissions.iter().map(|id| SubmissionId(id.as_str().into())).collect(),
            held: self.held,
            why: self.why.clone(),
            apply: self.apply,
        };
        let body = serde_json::to_vec(&order)?;
        let report = match local::ask_ok(&self.data.path, "POST", "/v1/rereads", body)? {
            Some(answer) => serde_json::from_slice(&answer)?,
            None => alone(&self.data)?.handle().reread_blocking(&order)?,
        };
        show(&report, self.json)
    }
}

impl Undo {
    /// Runs the command, beside a running `serve` or alone.
    pub(crate) fn run(self) -> Result<()> {
        let body = serde_json::to_vec(&json!({ "id": self.id }))?;
        let report = match local::ask_ok(&self.data.path, "POST", "/v1/rereads/undo", body)? {
            Some(answer) => serde_json::from_slice(&answer)?,
            None => alone(&self.data)?.handle().undo_blocking(self.id.as_deref())?,
        };
        show(&report, self.json)
    }
}

/// Opens the engine of a data directory that nothing serves.
pub(super) fn alone(data: &DataDir) -> Result<Engine> {
    anyhow::ensure!(data.path.is_dir(), "there is no data directory `{}`", data.path.display());
    let config = Config::load(Some(&data.path))?;
    telemetry::start(&config);
    let options = Options::from(&config);
    Engine::open(&data.path, options, &mut |_, _| {}).context("cannot open the data directory")
}

/// Prints what a re-reading changes.
pub(super) fn show(report: &RereadReport, json: bool) -> Result<()> {
    if json {
        print::line(serde_json::to_string(report)?);
        return Ok(());
    }
    let would = if report.applied { "" } else { " would be" };
    print::line(format!(
        "{} submissions: {} messages{would} replaced, {} added, {} gone; {} say the same",
        report.submissions, report.replaced, report.added, report.gone, report.unchanged
    ));
    for skipped in &report.skipped {
        print::note(format!("{} cannot be read again: {}", skipped.submission, skipped.told));
    }
    for d in report.differences.iter().take(20) {
        print::line(format!("  {} message {}", d.submission, d.message));
        print::line(format!("    - {}", d.before));
        print::line(format!("    + {}", d.after));
    }
    for certificate in report.certificates.iter().take(20) {
        print::line(format!("  route of {certificate} may change"));
    }
    match (&report.id, report.applied) {
        (Some(id), _) => print::line(format!("done as {id}; `sealane undo {id}` takes it back")),
        (None, true) => print::line("nothing had to be changed"),
        (None, false) => print::line("nothing was changed; `--apply` does it"),
    }
    Ok(())
}
