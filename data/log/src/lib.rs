//! The durable log: what the outside said or decided, in one order, synced to disk before it is answered.
//!
//! One row holds one *message*: its observations as one block, one key that is unique per party, and
//! a range of sequence numbers. Raw bytes are kept in compressed chunks of 1 MiB. [`SqliteLog`] is the
//! implementation for one machine; every other one passes the same tests (module `contract`).
//!
//! Only one thread writes ([`Log::commit`]); any number of others read through [`Log::reader`].

mod block;
mod chunk;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod error;
mod lock;
#[cfg(any(test, feature = "contract"))]
pub mod sample;
mod sqlite;
mod work;

pub use block::{EncodedMessage, Stored};
pub use chunk::{CHUNK, CompressedChunk};
pub use error::{FINDINGS, INTERRUPTED, LogError, REFERENCE_REUSED, Result, SENT_BEFORE};
pub use lock::{DataLock, Holder};
pub use sqlite::{Copied, SqliteLog, SqliteReader, copy};
pub use work::{Again, Appended, Committed, Earlier, MAX_OBSERVATIONS, Outcome, Refused, Work, split};

use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Recorded, Seq};
use sealane_data::submission::{Content, Sha256, SubmissionId, SubmissionSummary};
use std::io::Write;

/// Bytes that [`LogReader::raw`] returns at most; longer submissions are streamed.
pub const RAW_CAP: u64 = 64 << 20;

/// Lines of the inbox that [`LogReader::submissions`] returns at most.
pub const PAGE_CAP: usize = 1_000;

/// Reading the log. A reader sees a commit as soon as it has returned, and never half of one.
pub trait LogReader: Send {
    /// Returns the last sequence number in use; 0 when the log is empty.
    fn last_seq(&self) -> Result<Seq>;

    /// Looks for a finished submission of the same party with the same bytes or idempotency key, that holds
    /// the same and, where only bytes are kept, came by the same transport and still has them.
    fn earlier(
        &self,
        party: &PartyId,
        holds: (Content, &str),
        sha256: &Sha256,
        key: Option<&str>,
    ) -> Result<Earlier>;

    /// Returns whether something was noted when messages had keys of the older kind.
    fn has_older_keys(&self) -> Result<bool>;

    /// Returns whether the reference of one of these interchanges was noted when messages had keys of the
    /// older kind: only [`InterchangeMark::older`] tells then whether it is the same interchange.
    ///
    /// [`InterchangeMark::older`]: sealane_data::submission::InterchangeMark::older
    fn noted_of_old(&self, party: &PartyId, interchanges: &[[u8; 16]]) -> Result<bool>;

    /// Returns how many bytes the files of a party's answers take; what was erased takes none.
    fn bytes_of_answer_files(&self, party: &PartyId) -> Result<u64>;

    /// Returns entries that begin after `after`, in order and still encoded.
    ///
    /// Stops before the sum of their widths passes `max_observations`, but returns at least one
    /// entry where there is one. Decoding can then be spread over threads.
    fn stored(&self, after: Seq, max_observations: usize) -> Result<Vec<Stored>>;

    /// Returns entries that begin after `after`, in order; see [`LogReader::stored`].
    fn read(&self, after: Seq, max_observations: usize) -> Result<Vec<Recorded>> {
        self.stored(after, max_observations)?.into_iter().map(Stored::decode).collect()
    }

    /// Returns finished and interrupted submissions, newest first, of one party or of all.
    ///
    /// `before` is the id of the last line of the page before; one that is not the party's own is
    /// [`LogError::UnknownSubmission`]. A page has at most [`PAGE_CAP`] lines.
    fn submissions(
        &self,
        party: Option<&PartyId>,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<SubmissionSummary>>;

    /// Returns one finished or interrupted submission.
    fn submission(&self, id: &str) -> Result<Option<SubmissionSummary>>;

    /// Returns up to `limit` submissions that were received before an instant and still have their bytes.
    fn kept_before(&self, before: Timestamp, limit: usize) -> Result<Vec<SubmissionId>>;

    /// Returns submissions whose answers nobody has fetched yet, oldest first, after the one with this id.
    fn unfetched(&self, after: Option<&str>, limit: usize) -> Result<Vec<SubmissionSummary>>;

    /// Returns the submissions that some entries came in, by their first sequence numbers; what is no
    /// entry's is left out.
    fn came_in(&self, entries: &[Seq]) -> Result<Vec<(Seq, SubmissionId)>>;

    /// Returns every entry that is no message, in order: certificates and decisions.
    fn decisions(&self) -> Result<Vec<Recorded>> {
        self.decided(0, usize::MAX)
    }

    /// Returns at most so many entries that are no message and come after `after`, in order.
    fn decided(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>>;

    /// Returns the submission that the entry with a sequence number came in; nothing where there is none.
    fn told_at(&self, seq: Seq) -> Result<Option<SubmissionId>>;

    /// Returns the messages of some submissions that stand: those that no re-reading retracted.
    fn standing(&self, submissions: &[SubmissionId]) -> Result<Vec<Recorded>>;

    /// Returns a submission's bytes; more than [`RAW_CAP`] are [`LogError::TooLarge`], and bytes that
    /// were removed are [`LogError::Erased`].
    fn raw(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let Some(summary) = self.submission(id)? else { return Ok(None) };
        if summary.bytes > RAW_CAP {
            return Err(LogError::TooLarge { what: "submission", bytes: summary.bytes, cap: RAW_CAP });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(summary.bytes).unwrap_or(0));
        Ok(self.raw_to(id, &mut bytes)?.map(|_| bytes))
    }

    /// Writes a submission's bytes and returns how many they were.
    ///
    /// No read transaction is held while `to` is slow. Bytes that no longer have their SHA-256 are
    /// [`LogError::Corrupt`], told after the last byte.
    fn raw_to(&self, id: &str, to: &mut dyn Write) -> Result<Option<u64>>;
}

/// The durable log: one writer.
pub trait Log: LogReader {
    /// Does all the work in one transaction, synced to disk before it returns, or none of it.
    ///
    /// Takes at most [`MAX_OBSERVATIONS`] observations, or one longer message; see [`split`]. What is
    /// refused is given back. After [`LogError::Full`] the log can be used on; after
    /// [`LogError::Disk`] it must be [reopened](Log::reopen).
    fn try_commit(&mut self, work: Vec<Work>) -> std::result::Result<Committed, Box<Refused>>;

    /// Does all the work or none of it; see [`Log::try_commit`].
    fn commit(&mut self, work: Vec<Work>) -> Result<Committed> {
        self.try_commit(work).map_err(|refused| refused.error)
    }

    /// Opens the log anew after [`LogError::Disk`], and keeps the right to write.
    ///
    /// Whether the commit that failed is durable is known only then: read on from the last entry you
    /// know. Submissions that were open are interrupted.
    fn reopen(&mut self) -> Result<()>;

    /// Makes erased bytes unreadable also in what the files no longer use.
    ///
    /// Returns whether it could: a reader that holds on to an old state puts it off.
    fn scrub(&mut self) -> Result<bool>;

    /// Gives the room of erased bytes back to the disk when that is worth the work; returns whether it did.
    ///
    /// Takes as long as copying the log, and as much room.
    fn reclaim(&mut self) -> Result<bool>;

    /// Opens an independent reader for another thread.
    fn reader(&self) -> Result<Box<dyn LogReader>>;
}
