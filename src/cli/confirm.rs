//! `sealane confirm`: the guessed layouts of a partner's spreadsheet become its profile.

use super::reread::{alone, show};
use super::{DataDir, Usage, local, print};
use anyhow::{Context as _, Result};
use sealane_data::operate::RereadReport;
use sealane_data::sheet::{SheetGuess, SheetGuesses, SheetOrder, SheetProfile};
use serde::de::DeserializeOwned;

/// Arguments of `confirm`.
#[derive(Debug, clap::Args)]
pub(crate) struct Confirm {
    #[command(flatten)]
    data: DataDir,
    /// Shows the layouts and what would change; changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Only the layout with this fingerprint.
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// The order of a date where it does not show it: `dmy`, `mdy` or `ymd`.
    #[arg(long, value_name = "ORDER")]
    dates: Option<String>,
    /// The IANA zone of its times; without one, the zone of the place.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// What happened, where no column says it, such as `gate_in`.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// The code of the place, where no column says it.
    #[arg(long, value_name = "CODE")]
    place: Option<String>,
    /// What a column holds, such as `B=container`; `B=` leaves it unread.
    #[arg(long = "column", value_name = "COLUMN=FIELD")]
    columns: Vec<String>,
    /// A word of its own in the column of events, such as `XUAT=gate_out`.
    #[arg(long = "code", value_name = "WORD=KIND")]
    codes: Vec<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
    /// The submission whose layouts are confirmed.
    #[arg(value_name = "SUBMISSION")]
    submission: String,
}

impl Confirm {
    /// Runs the command, beside a running `serve` or alone.
    pub(crate) fn run(self) -> Result<()> {
        let sent: String =
            self.submission.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
        let path = format!("/v1/submissions/{sent}/layouts");
        let running = local::ask_ok(&self.data.path, "GET", &path, Vec::new())?;
        let engine = if running.is_some() { None } else { Some(alone(&self.data)?) };
        let waiting: SheetGuesses = match (&running, &engine) {
            (Some(answer), _) => serde_json::from_slice(answer)?,
            (None, Some(engine)) => engine.handle().layouts_blocking(&self.submission)?,
            (None, None) => anyhow::bail!("the running `serve` did not answer"),
        };
        let order = self.order(waiting.layouts)?;
        let report: RereadReport = if let Some(engine) = &engine {
            engine.handle().confirm_blocking(&self.submission, order)?
        } else {
            let answer = local::ask_ok(&self.data.path, "POST", &path, serde_json::to_vec(&order)?)?;
            serde_json::from_slice(&answer.context("the running `serve` has stopped")?)?
        };
        show(&report, self.json)
    }

    /// Returns the order, and shows the layouts as they shall be.
    fn order(&self, guesses: Vec<SheetGuess>) -> Result<SheetOrder> {
        let mut sheets = Vec::new();
        let wanted = |g: &SheetGuess| self.layout.as_ref().is_none_or(|l| g.layout.layout == *l);
        for mut guess in guesses.into_iter().filter(wanted) {
            self.correct(&mut guess.layout)?;
            if !self.json {
                print::line(guess.layout.table(&guess.headings));
            }
            sheets.push(guess.layout);
        }
        anyhow::ensure!(!sheets.is_empty(), "no such layout of the submission waits to be confirmed");
        Ok(SheetOrder { sheets, apply: !self.dry_run })
    }

    /// Changes a layout as the arguments say.
    fn correct(&self, layout: &mut SheetProfile) -> Result<()> {
        if let Some(order) = &self.dates {
            layout.dates = Some(word("dates", order)?);
        }
        if let Some(kind) = &self.kind {
            layout.kind = Some(word("kind", kind)?);
        }
        layout.zone = self.zone.clone().or_else(|| layout.zone.take());
        layout.place = self.place.as_deref().map(Into::into).or_else(|| layout.place.take());
        for (letters, field) in pairs(&self.columns)? {
            if field.is_empty() {
                layout.columns.remove(letters);
            } else {
                layout.columns.insert(letters.into(), word("column", field)?);
            }
        }
        for (code, kind) in pairs(&self.codes)? {
            layout.codes.insert(code.into(), word("code", kind)?);
        }
        Ok(())
    }
}

/// Parts arguments of the form `A=B`.
fn pairs(arguments: &[String]) -> Result<Vec<(&str, &str)>> {
    let part = |a: &'_ str| Usage(format!("`{a}` has no `=`"));
    arguments.iter().map(|a| Ok(a.split_once('=').ok_or_else(|| part(a))?)).collect()
}

/// Reads a word as profiles write it.
fn word<T: DeserializeOwned>(option: &str, word: &str) -> Result<T> {
    let value = serde_json::Value::String(word.to_owned());
    Ok(serde_json::from_value(value).map_err(|e| Usage(format!("`--{option}`: {e}")))?)
}
