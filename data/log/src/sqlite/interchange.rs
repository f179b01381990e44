//! Interchanges by their control references: which were here before, and which share a reference.

use super::write::Writer;
use crate::error::{Doing as _, REFERENCE_REUSED, Result, SENT_BEFORE};
use crate::work::Outcome;
use rusqlite::{OptionalExtension as _, params};
use sealane_data::finding::Finding;
use sealane_data::partner::PartyId;
use sealane_data::submission::{InterchangeMark, SubmissionId};

/// Interchanges of one submission that are said to have been here before, one by one.
const SAID: usize = 100;

impl Writer<'_> {
    /// Notes an interchange; says that it, or another one with its reference, was here before.
    pub(super) fn interchange(
        &mut self,
        submission: &SubmissionId,
        party: &PartyId,
        mark: &InterchangeMark,
    ) -> Result<Outcome> {
        let doing = "noting an interchange";
        let InterchangeMark { key, content, reference, place } = mark;
        let (party, row) = (self.party(party)?, self.opened(submission)?.row);
        let sql = "SELECT s.id, i.content = ?3 FROM interchange i JOIN submission s ON s.row = i.submission \
             WHERE i.party = ?1 AND i.key = ?2 ORDER BY i.content = ?3 DESC, i.submission LIMIT 1";
        let earlier: Option<(String, bool)> = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.query_row(params![party, key, content], |r| Ok((r.get(0)?, r.get(1)?))).optional()
            })
            .doing(doing)?;
        self.tx
            .prepare_cached(
                "INSERT INTO interchange (party, key, content, submission) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO NOTHING",
            )
            .and_then(|mut s| s.execute(params![party, key, content, row]))
            .doing(doing)?;
        let findings = &mut self.opened(submission)?.findings;
        let Some((before, same)) = earlier.filter(|_| findings.len() < SAID) else {
            return Ok(Outcome::Done);
        };
        let (kind, message) = if same {
            (&SENT_BEFORE, format!("interchange `{reference}` came before in `{before}`"))
        } else {
            (
                &REFERENCE_REUSED,
                format!("`{reference}` named another interchange in `{before}`; both were read"),
            )
        };
        findings.push(Finding::new(kind, place.clone(), message));
        Ok(Outcome::Done)
    }
}
