//! Re-readings: old messages give up their keys, new ones take them, receipts change; all in one commit.

use super::read::{MESSAGE, TAGGED, int};
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
    pub(super) fn reread(
        &mut self,
        mut reread: Reread,
        at: Timestamp,
        messages: Vec<Again>,
    ) -> Result<Outcome> {
        let Some(first) = reread.submissions.first().map(|s| s.id.clone()) else {
            return Err(misuse("a re-reading names submissions", &SubmissionId("".into())));
        };
        for seq in &reread.retracted {
            self.retract(*seq, &first)?;
        }
        for seq in &reread.restored {
            self.restore(*seq, &first)?;
        }
        for message in messages {
            reread.appended.extend(self.again(at, message)?);
        }
        for submission in &reread.submissions {
            self.answer_anew(submission)?;
        }
        let head = Head { row: self.known(&first)?, submission: first, at, party: PartyId::operator() };
        let entry = Entry::Reread(Box::new(reread));
        let block = encode(&entry)?;
        let Some(seq) = self.append(&head, TAGGED, 0, None, &block)? else {
            return Err(misuse("an entry without a key cannot be a duplicate", &head.submission));
        };
        self.record(head, seq, entry);
        Ok(Outcome::Entry { seq })
    }

    /// Takes a message's key away: it stands no longer, and the same bytes may be read anew.
    fn retract(&mut self, seq: Seq, about: &SubmissionId) -> Result<()> {
        let sql = "UPDATE entry SET key = NULL WHERE seq = ?1 AND kind = ?2 AND key IS NOT NULL";
        let changed = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| s.execute(params![int(seq), MESSAGE]))
            .doing("retracting a message")?;
        if changed == 1 { Ok(()) } else { Err(misuse("only a message that stands is retracted", about)) }
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
        let block = block.ok_or_else(|| misuse("only a retracted message is restored", about))?;
        let message: MessageRecord = decode(&block)?;
        self.tx
            .prepare_cached("UPDATE OR IGNORE entry SET key = ?2 WHERE seq = ?1")
            .and_then(|mut s| s.execute(params![int(seq), message.key]))
            .doing(doing)?;
        Ok(())
    }

    fn again(&mut self, at: Timestamp, again: Again) -> Result<Option<Seq>> {
        let Again { submission, party, message } = again;
        let observations = message.record().observations.len() as u64;
        let head = Head { row: self.known(&submission)?, submission, at, party };
        let seq = self.append(&head, MESSAGE, observations, Some(&message.record().key), message.block())?;
        if let Some(seq) = seq {
            self.record(head, seq, Entry::Message(message.into_record()));
        }
        Ok(seq)
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
