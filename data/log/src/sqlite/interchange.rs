//! Interchanges by their control references: which were here before, and which share a reference.

use super::write::Writer;
use crate::error::{Doing as _, REFERENCE_REUSED, Result, SENT_BEFORE};
use crate::work::Outcome;
use rusqlite::{Connection, OptionalExtension as _, params};
use sealane_data::finding::Finding;
use sealane_data::partner::PartyId;
use sealane_data::submission::{InterchangeMark, SubmissionId};

/// Interchanges of one submission that are said to have been here before, one by one.
const SAID: usize = 100;

/// Returns whether there are submissions from before messages had the keys of today.
pub(super) fn has_older_keys(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM rekeyed WHERE submission > 0)";
    connection.query_row(sql, [], |r| r.get(0)).doing("looking for older keys")
}

/// Returns whether one of some interchanges has a reference that was noted with a content of the older kind.
pub(super) fn noted_of_old(connection: &Connection, party: &PartyId, keys: &[[u8; 16]]) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM interchange i JOIN party p ON p.row = i.party \
         WHERE p.name = ?1 AND i.key = ?2 AND i.submission <= (SELECT submission FROM rekeyed))";
    let doing = "looking for an interchange";
    let mut statement = connection.prepare_cached(sql).doing(doing)?;
    for key in keys {
        if statement.query_row(params![party.0.as_str(), key], |r| r.get(0)).doing(doing)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Writer<'_> {
    /// Notes an interchange; says that it, or another one with its reference, was here before.
    pub(super) fn interchange(
        &mut self,
        submission: &SubmissionId,
        party: &PartyId,
        mark: &InterchangeMark,
    ) -> Result<Outcome> {
        let doing = "noting an interchange";
        let InterchangeMark { key, content, older, reference, place } = mark;
        let (party, row) = (self.party(party)?, self.opened(submission)?.row);
        // A content of the older kind that differs says nothing to who has none of that kind.
        let sql = "SELECT s.id, i.content = ?3 OR i.content IS ?4 AS same FROM interchange i \
             JOIN submission s ON s.row = i.submission WHERE i.party = ?1 AND i.key = ?2 \
             AND (same OR ?4 IS NOT NULL OR i.submission > (SELECT submission FROM rekeyed)) \
             ORDER BY same DESC, i.submission LIMIT 1";
        let earlier: Option<(String, bool)> = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.query_row(params![party, key, content, older], |r| Ok((r.get(0)?, r.get(1)?))).optional()
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
