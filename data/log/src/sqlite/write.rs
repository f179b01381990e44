//! Writing: the work of one transaction, and what the writer remembers between them.

use super::read::{self, MESSAGE, TAGGED, content_code, int, unsigned};
use crate::block::{EncodedMessage, encode};
use crate::chunk::CompressedChunk;
use crate::error::{Doing as _, INTERRUPTED, LogError, Result};
use crate::work::{Appended, Earlier, Outcome, Places, Work};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use sealane_data::finding::{Finding, FindingGroup, Place};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Seq};
use sealane_data::submission::{Content, Erasure, Receipt, Sha256, Source, SubmissionId};
use std::collections::{HashMap, HashSet};

/// The longest idempotency key.
const KEY_BYTES: usize = 255;

/// What the writer remembers between commits.
#[derive(Debug)]
pub(super) struct State {
    last: Seq,
    open: HashMap<SubmissionId, Open>,
    parties: HashMap<PartyId, i64>,
    new_parties: Vec<PartyId>,
}

/// A submission between `Begin` and `Finish`.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) row: i64,
    chunks: u32,
    length: u64,
    events: u64,
    duplicates: u64,
    /// What the log itself found.
    pub(super) findings: Vec<Finding>,
}

/// What a failed commit puts back.
pub(super) struct Mark {
    last: Seq,
    open: HashMap<SubmissionId, Open>,
}

impl State {
    pub(super) fn load(connection: &Connection) -> Result<Self> {
        let doing = "reading the parties";
        let mut statement = connection.prepare("SELECT name, row FROM party").doing(doing)?;
        let rows = statement
            .query_map([], |r| Ok((PartyId(r.get::<_, String>(0)?.into()), r.get(1)?)))
            .doing(doing)?;
        let parties = rows.collect::<rusqlite::Result<_>>().doing(doing)?;
        let last = read::last_seq(connection)?;
        Ok(Self { last, open: HashMap::new(), parties, new_parties: Vec::new() })
    }

    pub(super) fn last_seq(&self) -> Seq {
        self.last
    }

    /// Remembers what is now, at the beginning of a commit.
    pub(super) fn mark(&mut self) -> Mark {
        self.new_parties.clear();
        Mark { last: self.last, open: self.open.clone() }
    }

    /// Forgets what a failed commit did.
    pub(super) fn restore(&mut self, mark: Mark) {
        self.last = mark.last;
        self.open = mark.open;
        for party in self.new_parties.drain(..) {
            self.parties.remove(&party);
        }
    }
}

/// Marks every submission as interrupted that a process left open; returns how many.
pub(super) fn interrupt(connection: &mut Connection) -> Result<usize> {
    let doing = "marking interrupted submissions";
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).doing(doing)?;
    let sql = "SELECT s.row, s.id, \
           (SELECT coalesce(sum(c.length), 0) FROM raw c WHERE c.submission = s.row), \
           (SELECT count(*) FROM entry e WHERE e.seq > s.after_seq AND e.submission = s.row AND e.kind = 1), \
           (SELECT coalesce(sum(e.observations), 0) FROM entry e \
             WHERE e.seq > s.after_seq AND e.submission = s.row) \
         FROM submission s WHERE s.state = 0";
    let left: Vec<(i64, String, i64, i64, i64)> = tx
        .prepare(sql)
        .and_then(|mut s| {
            let rows = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
            rows.collect()
        })
        .doing(doing)?;
    for (row, id, length, messages, events) in &left {
        let finding = Finding::new(&INTERRUPTED, Place::default(), "reading stopped before the end");
        let receipt = Receipt {
            id: id.as_str().into(),
            messages: unsigned(*messages),
            events: unsigned(*events),
            findings: vec![finding],
            ..Receipt::default()
        };
        let sql = "UPDATE submission SET state = 2, length = ?2, receipt = ?3 WHERE row = ?1";
        tx.execute(sql, params![row, length, encode(&receipt)?]).doing(doing)?;
    }
    tx.commit().doing(doing)?;
    Ok(left.len())
}

pub(super) fn misuse(rule: &'static str, submission: &SubmissionId) -> LogError {
    LogError::Misuse { rule, submission: submission.to_string() }
}

/// Returns an instant as the database keeps it.
pub(super) fn nanoseconds(at: Timestamp, submission: &SubmissionId) -> Result<i64> {
    i64::try_from(at.as_nanosecond())
        .map_err(|_| misuse("a record must be received between the years 1678 and 2262", submission))
}

/// Does the work of one transaction.
pub(super) struct Writer<'a> {
    pub(super) tx: &'a Transaction<'a>,
    state: &'a mut State,
    skipped: HashSet<SubmissionId>,
    /// For each re-reading, where its messages are; nothing for those that were there.
    pub(super) again: Places,
}

/// The columns that every entry has.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) submission: &'a SubmissionId,
    pub(super) row: i64,
    pub(super) at: Timestamp,
    pub(super) party: &'a PartyId,
}

impl<'a> Writer<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, state: &'a mut State) -> Self {
        Self { tx, state, skipped: HashSet::new(), again: Vec::new() }
    }

    /// Returns where the messages of each re-reading are.
    pub(super) fn finish(self) -> Places {
        self.again
    }

    /// Does one piece of work and says what became of it.
    pub(super) fn apply(&mut self, work: &Work) -> Result<Outcome> {
        if self.skipped.contains(work.submission()) {
            return Ok(Outcome::Skipped);
        }
        match work {
            Work::Begin { .. } => self.begin(work),
            Work::Chunk { submission, index, bytes } => self.chunk(submission, *index, bytes),
            Work::Message { submission, at, party, message } => {
                let row = self.opened(submission)?.row;
                self.message(Head { submission, row, at: *at, party }, message)
            }
            Work::Interchange { submission, party, mark } => self.interchange(submission, party, mark),
            Work::Entry { submission, at, party, entry } => {
                let row = self.known(submission)?;
                let seq = self.entry(Head { submission, row, at: *at, party }, entry)?;
                Ok(Outcome::Entry { seq })
            }
            Work::Erase { submission, at, party, erasure } => {
                let row = self.known(submission)?;
                self.erase(Head { submission, row, at: *at, party }, erasure)
            }
            Work::Answer { submission, at, step } => self.answer(submission, *at, *step),
            Work::Reread { reread, at, messages } => self.reread(reread, *at, messages),
            Work::Finish { submission, sha256, length, receipt } => {
                self.close(submission, *sha256, *length, receipt.clone())
            }
        }
    }

    fn begin(&mut self, work: &Work) -> Result<Outcome> {
        let Work::Begin { id, party, source, content, received, idempotency_key, sha256 } = work else {
            return Ok(Outcome::Done);
        };
        let key = idempotency_key.as_deref();
        if key.is_some_and(|k| k.len() > KEY_BYTES) {
            return Err(misuse("an idempotency key has at most 255 bytes", id));
        }
        if let Some(sha256) = sha256 {
            let earlier = read::earlier(self.tx, party, (*content, &source.transport), sha256, key)?;
            if earlier != Earlier::None {
                self.skipped.insert(id.clone());
                return Ok(Outcome::Earlier(earlier));
            }
        }
        if self.row_of(id)?.is_some() {
            return Err(misuse("a submission's id must be new", id));
        }
        let row = self.insert_submission(id, party, source, (*content, *received, key))?;
        let open = Open { row, chunks: 0, length: 0, events: 0, duplicates: 0, findings: Vec::new() };
        self.state.open.insert(id.clone(), open);
        Ok(Outcome::Done)
    }

    fn insert_submission(
        &mut self,
        id: &SubmissionId,
        party: &PartyId,
        source: &Source,
        (content, received, key): (Content, Timestamp, Option<&str>),
    ) -> Result<i64> {
        let doing = "beginning a submission";
        let party = self.party(party)?;
        let sql = "INSERT INTO submission (id, party, transport, name, content, received, idempotency_key, \
             after_seq, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)";
        let received = nanoseconds(received, id)?;
        let (id, transport, after) = (id.0.as_str(), source.transport.as_str(), int(self.state.last));
        self.tx
            .prepare_cached(sql)
            .and_then(|mut s| {
                let content = content_code(content, transport);
                s.insert(params![id, party, transport, source.name, content, received, key, after])
            })
            .doing(doing)
    }

    fn chunk(&mut self, submission: &SubmissionId, index: u32, chunk: &CompressedChunk) -> Result<Outcome> {
        let open = self.opened(submission)?;
        if index != open.chunks {
            return Err(misuse("chunks are numbered from 0 without gaps", submission));
        }
        open.chunks += 1;
        open.length += u64::from(chunk.length());
        let row = open.row;
        let sql = "INSERT INTO raw (submission, number, length, bytes) VALUES (?1, ?2, ?3, ?4)";
        self.tx
            .prepare_cached(sql)
            .and_then(|mut s| s.execute(params![row, index, chunk.length(), chunk.as_stored()]))
            .doing("storing raw bytes")?;
        Ok(Outcome::Done)
    }

    fn message(&mut self, head: Head<'_>, message: &EncodedMessage) -> Result<Outcome> {
        let observations = message.record().observations.len() as u64;
        let seq = self.said(head, message)?;
        let open = self.opened(head.submission)?;
        let Some(seq) = seq else {
            open.duplicates += observations;
            return Ok(Outcome::Message(Appended::Duplicate { observations }));
        };
        open.events += observations;
        Ok(Outcome::Message(Appended::New { seq, observations }))
    }

    /// Appends a message unless the party has sent it before, by its key of today or by that of the older kind.
    pub(super) fn said(&mut self, head: Head<'_>, message: &EncodedMessage) -> Result<Option<Seq>> {
        if let Some(older) = message.older()
            && self.stands(head.party, older)?
        {
            return Ok(None);
        }
        let record = message.record();
        self.append(head, MESSAGE, record.observations.len() as u64, Some(&record.key), message.block())
    }

    fn stands(&mut self, party: &PartyId, key: &[u8; 16]) -> Result<bool> {
        let party = self.party(party)?;
        self.tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE party = ?1 AND key = ?2)")
            .and_then(|mut s| s.query_row(params![party, key.as_slice()], |r| r.get(0)))
            .doing("looking for a message")
    }

    fn entry(&mut self, head: Head<'_>, entry: &Entry) -> Result<Seq> {
        match entry {
            Entry::Message(_) => return Err(misuse("a message is `Work::Message`", head.submission)),
            Entry::Erased(_) => return Err(misuse("an erasure is `Work::Erase`", head.submission)),
            Entry::Reread(_) => return Err(misuse("a re-reading is `Work::Reread`", head.submission)),
            _ => {}
        }
        self.tagged(head, entry)
    }

    pub(super) fn tagged(&mut self, head: Head<'_>, entry: &Entry) -> Result<Seq> {
        let block = encode(entry)?;
        let seq = self.append(head, TAGGED, 0, None, &block)?;
        seq.ok_or_else(|| misuse("an entry without a key cannot be a duplicate", head.submission))
    }

    /// Overwrites the raw bytes in place and appends who did it and why.
    fn erase(&mut self, head: Head<'_>, erasure: &Erasure) -> Result<Outcome> {
        if self.state.open.contains_key(head.submission) {
            return Err(misuse("a submission that is open cannot be erased", head.submission));
        }
        let doing = "erasing raw bytes";
        let sql = "SELECT erased IS NOT NULL FROM submission WHERE row = ?1";
        if self.tx.query_row(sql, [head.row], |r| r.get(0)).doing(doing)? {
            return Ok(Outcome::Done);
        }
        let seq = self.tagged(head, &Entry::Erased(erasure.clone()))?;
        let overwrite = "UPDATE raw SET bytes = zeroblob(length(bytes)) WHERE submission = ?1";
        self.tx.execute(overwrite, [head.row]).doing(doing)?;
        let note = "UPDATE submission SET erased = ?2 WHERE row = ?1";
        self.tx.execute(note, params![head.row, int(seq)]).doing(doing)?;
        Ok(Outcome::Entry { seq })
    }

    /// Appends a row and returns its first sequence number; nothing when the party sent it before.
    pub(super) fn append(
        &mut self,
        head: Head<'_>,
        kind: i64,
        observations: u64,
        key: Option<&[u8; 16]>,
        block: &[u8],
    ) -> Result<Option<Seq>> {
        let sql = "INSERT INTO entry (seq, observations, submission, at, party, kind, key, block) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (party, key) WHERE key IS NOT NULL DO NOTHING";
        let seq = self.state.last + 1;
        let party = self.party(head.party)?;
        let at = nanoseconds(head.at, head.submission)?;
        let key = key.map(<[u8; 16]>::as_slice);
        let added = self
            .tx
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.execute(params![int(seq), int(observations), head.row, at, party, kind, key, block])
            })
            .doing("appending an entry")?;
        if added == 0 {
            return Ok(None);
        }
        self.state.last += observations.max(1);
        Ok(Some(seq))
    }

    fn close(
        &mut self,
        id: &SubmissionId,
        sha256: Sha256,
        length: u64,
        mut receipt: Receipt,
    ) -> Result<Outcome> {
        let open = self.opened(id)?.clone();
        if open.length != length {
            return Err(misuse("a submission is as long as its chunks together", id));
        }
        receipt.id.clone_from(&id.0);
        receipt.events = open.events;
        receipt.duplicates = open.duplicates;
        for finding in open.findings {
            FindingGroup::add(&mut receipt.groups, "", &finding);
            receipt.findings.push(finding);
        }
        let block = encode(&receipt)?;
        let sql = "UPDATE submission SET state = 1, length = ?2, sha256 = ?3, receipt = ?4 WHERE row = ?1";
        self.tx
            .prepare_cached(sql)
            .and_then(|mut s| s.execute(params![open.row, int(length), sha256.0, block]))
            .doing("finishing a submission")?;
        self.state.open.remove(id);
        Ok(Outcome::Finished(Box::new(receipt)))
    }

    pub(super) fn opened(&mut self, id: &SubmissionId) -> Result<&mut Open> {
        self.state.open.get_mut(id).ok_or_else(|| misuse("the submission must be open", id))
    }

    /// Returns the row of a submission, open or not.
    pub(super) fn known(&self, id: &SubmissionId) -> Result<i64> {
        match self.state.open.get(id) {
            Some(open) => Ok(open.row),
            None => self.row_of(id)?.ok_or_else(|| misuse("the submission must be in the log", id)),
        }
    }

    fn row_of(&self, id: &SubmissionId) -> Result<Option<i64>> {
        self.tx
            .prepare_cached("SELECT row FROM submission WHERE id = ?1")
            .and_then(|mut s| s.query_row(params![id.0.as_str()], |r| r.get(0)).optional())
            .doing("looking for a submission")
    }

    /// Returns the number of a party, which gets one when it is new.
    pub(super) fn party(&mut self, party: &PartyId) -> Result<i64> {
        if let Some(row) = self.state.parties.get(party) {
            return Ok(*row);
        }
        let row = self
            .tx
            .prepare_cached("INSERT INTO party (name) VALUES (?1)")
            .and_then(|mut s| s.insert(params![party.0.as_str()]))
            .doing("adding a party")?;
        self.state.parties.insert(party.clone(), row);
        self.state.new_parties.push(party.clone());
        Ok(row)
    }
}
