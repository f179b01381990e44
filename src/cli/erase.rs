//! `sealane erase`: the raw bytes of submissions are removed at once.

use super::{DataDir, local, print};
use crate::engine::{Engine, Options};
use crate::{config::Config, telemetry};
use anyhow::{Context as _, Result};
use sealane_data::submission::{Erasure, SubmissionId};
use serde::{Deserialize, Serialize};
use std::os::unix::fs::MetadataExt as _;

/// Arguments of `erase`.
#[derive(Debug, clap::Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    data: DataDir,
    /// The submissions, as the inbox names them: `sub_...`.
    #[arg(required = true, value_name = "SUBMISSION")]
    submissions: Vec<String>,
    /// Why: it stays in the log and is shown in the inbox, so do not name the person.
    #[arg(long)]
    reason: String,
    /// Who erases; without it, the user of this machine.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What the running server is asked to erase.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// Which submissions.
    pub(crate) submissions: Vec<SubmissionId>,
    /// By whom and why.
    pub(crate) erasure: Erasure,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Submissions whose bytes are erased now.
    pub(crate) erased: usize,
    /// Whether the bytes are gone from the files too; otherwise a long reader holds them up for a moment.
    pub(crate) gone: bool,
}

impl Erase {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        anyhow::ensure!(!self.reason.trim().is_empty(), "`--reason` is empty: say why");
        let mut submissions: Vec<SubmissionId> =
            self.submissions.iter().map(|id| SubmissionId(id.as_str().into())).collect();
        submissions.sort();
        submissions.dedup();
        let by = self.by.clone().or_else(user).context("`--by` is missing, and the user has no name")?;
        let erasure = Erasure { by: by.into(), reason: self.reason.trim().to_owned() };
        let outcome = self.order(&config, &Order { submissions, erasure })?;
        if self.json {
            print::line(serde_json::to_string(&outcome)?);
            return Ok(());
        }
        print::line(format!("the bytes of {} submissions are erased", outcome.erased));
        if !outcome.gone {
            print::note(
                "a reader still holds the old file state; the bytes leave the files within a minute of its end",
            );
        }
        print::note(
            "backups made before still hold these bytes, and a certificate's own document stays in the log",
        );
        Ok(())
    }

    /// Hands over to a running `serve`, or writes itself.
    fn order(&self, config: &Config, order: &Order) -> Result<Outcome> {
        let body = serde_json::to_vec(order)?;
        if let Some(answer) = local::ask_ok(&self.data.path, "POST", "/local/erase", body)? {
            return Ok(serde_json::from_slice(&answer)?);
        }
        anyhow::ensure!(self.data.path.exists(), "there is no data directory `{}`", self.data.path.display());
        let engine = Engine::open(&self.data.path, Options::from(config), &mut |_, _| {})?;
        let gone = engine.handle().erase(&order.submissions, &order.erasure)?;
        Ok(Outcome { erased: order.submissions.len(), gone })
    }
}

/// Returns the name of who runs the command, also behind `sudo`.
fn user() -> Option<String> {
    let name = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|v| std::env::var(v).ok());
    // Jobs of a machine have a number at least.
    let number = || std::fs::metadata("/proc/self").ok().map(|own| format!("uid {}", own.uid()));
    name.filter(|n| !n.is_empty()).or_else(number)
}
