//! Answers that partners fetch: written to `DATA/out/<party>/`, gone when fetched, overdue when left.
//!
//! The log says which answers nobody has yet; what became of each is seen in the folder and goes back
//! into the log. An answer may be written twice when the machine stops in between, and is never lost.

use super::Handle;
use super::job::Task;
use crate::files;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::answer::{AnswerState, AnswerStatus, AnswerStep, AnswerWay, FETCH_WITHIN};
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Receipt, Source, SubmissionId, SubmissionSummary};
use sealane_log::{LogReader as _, SqliteReader, Work};
use std::path::{Path, PathBuf};

/// The folder of the answers, in the data directory.
pub(crate) const FOLDER: &str = "out";

/// Answers that are looked at in one go.
const AT_ONCE: usize = 500;

/// Returns how the answer to what came this way goes back.
pub(crate) fn way(source: &Source) -> AnswerWay {
    match source.transport.as_str() {
        // Nobody waits for what the simulator is told.
        "http" | "simulator" => AnswerWay::Reply,
        _ => AnswerWay::Folder,
    }
}

/// Returns the work that says an answer is due, where one is.
pub(crate) fn due(id: &SubmissionId, receipt: &Receipt, way: AnswerWay, at: Timestamp) -> Option<Work> {
    let step = AnswerStep::Due(way);
    receipt.acknowledgement.as_ref().map(|_| Work::Answer { submission: id.clone(), at, step })
}

/// Where a round of looking goes on.
#[derive(Debug, Default)]
pub(crate) struct Round {
    after: Option<Text>,
}

impl Handle {
    /// Looks at some answers that nobody has yet: writes what is due, and notes what was taken or left.
    pub(crate) fn tend_answers(&self, round: &mut Round) -> Result<()> {
        let log = SqliteReader::open(&self.data)?;
        let waiting = log.unfetched(round.after.as_deref(), AT_ONCE)?;
        round.after = waiting.last().filter(|_| waiting.len() == AT_ONCE).map(|s| s.id.clone());
        let mut steps = Vec::new();
        for summary in &waiting {
            steps.extend(self.step(summary, Timestamp::now())?);
        }
        self.take_steps(steps)
    }

    /// Looks at all answers that nobody has yet.
    pub(crate) fn tend_all_answers(&self) -> Result<()> {
        let mut round = Round::default();
        loop {
            self.tend_answers(&mut round)?;
            if round.after.is_none() {
                return Ok(());
            }
        }
    }

    /// Notes that a partner has its answer by another way, and takes the file away.
    pub(crate) fn fetched(&self, summary: &SubmissionSummary) -> Result<()> {
        if summary.answer.as_ref().is_none_or(|a| a.status == AnswerStatus::Fetched) {
            return Ok(());
        }
        let step = (SubmissionId(summary.id.clone()), AnswerStep::Fetched);
        self.take_steps(vec![step])?;
        match std::fs::remove_file(self.place(summary)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn step(
        &self,
        summary: &SubmissionSummary,
        now: Timestamp,
    ) -> Result<Option<(SubmissionId, AnswerStep)>> {
        let (Some(state), Some(text)) = (&summary.answer, &summary.receipt.acknowledgement) else {
            return Ok(None);
        };
        let path = self.place(summary);
        let step = match state.status {
            AnswerStatus::Due => {
                write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
                AnswerStep::Written
            }
            _ if !path.try_exists().with_context(|| format!("cannot look at `{}`", path.display()))? => {
                AnswerStep::Fetched
            }
            _ if self.is_late(summary, state, now) => AnswerStep::Overdue,
            _ => return Ok(None),
        };
        Ok(Some((SubmissionId(summary.id.clone()), step)))
    }

    /// The operator's own files wait for nobody.
    fn is_late(&self, summary: &SubmissionSummary, state: &AnswerState, now: Timestamp) -> bool {
        let within = self.partner(&summary.party, summary.received).fetch_within.unwrap_or(FETCH_WITHIN);
        let late = !summary.party.is_operator() && state.is_late(now, within);
        if late {
            tracing::warn!(party = %summary.party, submission = %summary.id, "an answer was not fetched in time");
        }
        late
    }

    fn take_steps(&self, steps: Vec<(SubmissionId, AnswerStep)>) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        let at = Timestamp::now();
        let work = steps.into_iter().map(|(submission, step)| Work::Answer { submission, at, step });
        match self.ask_blocking(Task::Work(work.collect())) {
            // The writer has other things to do, or no room: the next round says it again.
            Ok(_) | Err(IntakeError::Busy | IntakeError::NoRoom(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn place(&self, summary: &SubmissionSummary) -> PathBuf {
        let folder = self.data.join(FOLDER).join(summary.party.0.as_str());
        let x12 = summary.receipt.acknowledgement.as_ref().is_some_and(|text| text.starts_with("ISA"));
        let name = |ending: &str| folder.join(format!("{}.{ending}", summary.id));
        // What was written before answers in X12 had an ending of their own still lies there.
        if x12 && !name("edi").exists() { name("x12") } else { name("edi") }
    }
}

/// Writes an answer whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        files::make_private(folder)?;
    }
    Ok(files::write_private(path, text.as_bytes())?)
}
