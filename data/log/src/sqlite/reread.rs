//! Re-readings: old messages give up their keys, new ones take them, receipts change; all in one commit.

use super::read::{MESSAGE, int, submission};
use super::write::{Head, Writer, misuse};
use crate::block::{decode, encode};
use crate::error::{Doing as _, LogError, Result};
use crate::work::{Again, Outcome};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, MessageRecord, Reread, RereadSubmission, Seq};
use sealane_data::submission::SubmissionId;

impl Writer<'_> {
    pub(super) fn reread(&mut self, reread: &Reread, at: Timestamp, messages: &[Again]) -> Result<Outcome> {
        let Some(first) = reread.submissions.first().map(|s| s.id.clone()) else {
            return Err(misuse("a re-reading names submissions", &SubmissionId("".into())));
        };
        if reread.undoes.is_none() {
            self.still_has_bytes(&reread.submissions)?;
        }
        for seq in &reread.retracted {
            self.retract(*seq, &first)?;
        }
        for seq in &reread.restored {
            self.restore(*seq, &first)?;
        }
        let again: Vec<Option<Seq>> =
            messages.iter().map(|message| self.again(at, message)).collect::<Result<_>>()?;
        for submission in &reread.submissions {
            self.answer_anew(submission)?;
        }
        let party = PartyId::operator();
        let head = Head { row: self.known(&first)?, submission: &first, at, party: &party };
        let mut reread = reread.clone();
        reread.appended.extend(again.iter().flatten());
        let seq = self.tagged(head, &Entry::Reread(Box::new(reread)))?;
        self.again.push(again);
        Ok(Outcome::Entry { seq })
    }

    /// Refuses to read again what was erased meanwhile; taking a re-reading back needs no bytes.
    fn still_has_bytes(&self, submissions: &[RereadSubmission]) -> Result<()> {
        for RereadSubmission { id, .. } in submissions {
            if let Some(erased) = submission(self.tx, &id.0)?.and_then(|s| s.erased) {
                return Err(LogError::Erased { submission: id.to_string(), erased });
            }
        }
        Ok(())
    }

    /// Takes a message's key away: it stands no longer, and the same bytes may be read anew.
    fn retract(&mut self, seq: Seq, about: &SubmissionId) -> Result<()> {
        let sql = "UPDATE entry SET key = NULL WHERE seq = ?1 AND kind = ?2 AND key IS NOT NULL";
        let changed = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| s.execute(params![int(seq), MESSAGE]))
            .doing("retracting a message")?;
        if changed == 1 { Ok(()) } else { Err(LogError::Overtaken(about.to_string())) }
    }

    /// Gives a message its key back, unless the party has sent it again meanwhile.
    fn restore(&mut self, seq: Seq, about: &SubmissionId) -> Result<()> {
        let doing = "restoring a message";
        let sql = "SELECT block FROM entry WHERE seq = ?1 AND kind = ?2 AND key IS NULL";
        let block: Option<Vec<u8>> = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row(params![int(seq), MESSAGE], |r| r.get(0)).optional())
            .doing(doing)?;
        let block = block.ok_or_else(|| LogError::Overtaken(about.to_string()))?;
        let message: MessageRecord = decode(&block)?;
        self.tx
            .prepare_cached("UPDATE OR IGNORE entry SET key = ?2 WHERE seq = ?1")
            .and_then(|mut s| s.execute(params![int(seq), message.key]))
            .doing(doing)?;
        Ok(())
    }

    fn again(&mut self, at: Timestamp, again: &Again) -> Result<Option<Seq>> {
        let Again { submission, party, message } = again;
        let head = Head { row: self.known(submission)?, submission, at, party };
        self.said(head, message)
    }

    fn answer_anew(&mut self, submission: &RereadSubmission) -> Result<()> {
        let block = encode(&submission.after)?;
        let changed = self
            .tx
            .prepare_cached("UPDATE submission SET receipt = ?2 WHERE id = ?1 AND state <> 0")
            .and_then(|mut s| s.execute(params![submission.id.0.as_str(), block]))
            .doing("changing a receipt")?;
        if changed == 1 { Ok(()) } else { Err(LogError::UnknownSubmission(submission.id.to_string())) }
    }
}
