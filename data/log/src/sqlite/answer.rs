//! Answers: what became of each.

use super::read::{instant, time};
use super::write::{Writer, nanoseconds};
use crate::error::{Doing as _, LogError, Result};
use crate::work::Outcome;
use jiff::Timestamp;
use rusqlite::{Row, params};
use sealane_data::answer::{AnswerState, AnswerStep, AnswerWay};
use sealane_data::submission::SubmissionId;

const REPLY: i64 = 1;
const FOLDER: i64 = 2;

impl Writer<'_> {
    /// Takes one step of an answer; a step that was taken before changes nothing.
    pub(super) fn answer(
        &self,
        submission: &SubmissionId,
        at: Timestamp,
        step: AnswerStep,
    ) -> Result<Outcome> {
        let row = self.known(submission)?;
        let at = nanoseconds(at, submission)?;
        let sql = match step {
            AnswerStep::Due(AnswerWay::Reply) => {
                "INSERT INTO answer (submission, way, due, written, fetched) VALUES (?1, 1, ?2, ?2, ?2) ON CONFLICT DO NOTHING"
            }
            AnswerStep::Due(AnswerWay::Folder) => {
                "INSERT INTO answer (submission, way, due) VALUES (?1, 2, ?2) ON CONFLICT DO NOTHING"
            }
            AnswerStep::Written => "UPDATE answer SET written = ?2 WHERE submission = ?1 AND written IS NULL",
            AnswerStep::Overdue => "UPDATE answer SET overdue = ?2 WHERE submission = ?1 AND overdue IS NULL",
            AnswerStep::Again => {
                "UPDATE answer SET written = NULL, overdue = NULL \
                 WHERE submission = ?1 AND fetched IS NULL AND due <= ?2"
            }
            AnswerStep::Repeat => {
                "INSERT INTO answer (submission, way, due) VALUES (?1, 2, ?2) ON CONFLICT (submission) \
                 DO UPDATE SET way = 2, due = ?2, written = NULL, overdue = NULL, fetched = NULL \
                 WHERE fetched IS NOT NULL"
            }
            AnswerStep::Fetched => "UPDATE answer SET fetched = ?2 WHERE submission = ?1 AND fetched IS NULL",
        };
        self.tx
            .prepare_cached(sql)
            .and_then(|mut s| s.execute(params![row, at]))
            .doing("taking a step of an answer")?;
        Ok(Outcome::Done)
    }
}

/// Returns the answer of a line of the inbox, from five columns: way, due, written, overdue, fetched.
pub(super) fn state(row: &Row<'_>, first: usize) -> Result<Option<AnswerState>> {
    let doing = "reading an answer";
    let Some(way) = row.get::<_, Option<i64>>(first).doing(doing)? else { return Ok(None) };
    let way = match way {
        REPLY => AnswerWay::Reply,
        FOLDER => AnswerWay::Folder,
        way => return Err(LogError::corrupt(doing, format!("way {way} is unknown"))),
    };
    let due = time(row.get(first + 1).doing(doing)?)?;
    let steps = [instant(row, first + 2)?, instant(row, first + 3)?, instant(row, first + 4)?];
    Ok(Some(AnswerState::new(way, due, steps)))
}
