//! What a commit is asked to do, and what it answers.

use crate::block::EncodedMessage;
use crate::chunk::CompressedChunk;
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Recorded, Reread, Seq};
use sealane_data::submission::{Content, Receipt, Sha256, Source, SubmissionId, SubmissionSummary};

/// Observations that one commit takes at most, unless it has a single longer message.
pub const MAX_OBSERVATIONS: usize = 5_000;

/// One piece of work for a commit.
///
/// A submission's pieces come in this order: `Begin`, then chunks, messages and entries as they are
/// ready, then `Finish`; all in one commit, or spread over several.
#[derive(Debug)]
pub enum Work {
    /// Opens a submission. Outcome: `Done`, or `Earlier` and the submission is left out.
    Begin {
        /// Its new id.
        id: SubmissionId,
        /// Who sent it.
        party: PartyId,
        /// How it came.
        source: Source,
        /// What it holds.
        content: Content,
        /// When it came.
        received: Timestamp,
        /// The sender's key for a safe retry, at most 255 bytes.
        idempotency_key: Option<String>,
        /// Its digest when it is known already: then a replay or a reused key is noticed inside the
        /// transaction, however close together two equal submissions come.
        sha256: Option<Sha256>,
    },
    /// Keeps raw bytes. Outcome: `Done`.
    Chunk {
        /// An open submission.
        submission: SubmissionId,
        /// Its number, from 0 without gaps.
        index: u32,
        /// The bytes.
        bytes: CompressedChunk,
    },
    /// Appends a message unless the party has sent it before. Outcome: `Message`.
    Message {
        /// An open submission.
        submission: SubmissionId,
        /// When it was received.
        at: Timestamp,
        /// Who said it.
        party: PartyId,
        /// The message.
        message: EncodedMessage,
    },
    /// Appends an entry that is no message. Outcome: `Entry`.
    Entry {
        /// A submission, open or not: a decision belongs to the submission that it is about.
        submission: SubmissionId,
        /// When it was received.
        at: Timestamp,
        /// Who said it.
        party: PartyId,
        /// The entry.
        entry: Entry,
    },
    /// Replaces the reading of submissions. Outcome: `Entry`, the place of the re-reading, whose
    /// `appended` the log has filled in. It may hold more observations than a commit else may.
    Reread {
        /// What stands no longer, what stands again, and the receipts.
        reread: Box<Reread>,
        /// When it is done.
        at: Timestamp,
        /// The messages of the new reading.
        messages: Vec<Again>,
    },
    /// Closes a submission. Outcome: `Finished`.
    Finish {
        /// An open submission.
        submission: SubmissionId,
        /// Digest of the whole.
        sha256: Sha256,
        /// Length of the whole: the sum of its chunks.
        length: u64,
        /// The answer; `id`, `events` and `duplicates` are filled in by the log.
        receipt: Receipt,
    },
}

impl Work {
    /// Returns how many observations the work appends at most.
    pub fn observations(&self) -> usize {
        match self {
            Self::Message { message, .. } => message.record().observations.len(),
            _ => 0,
        }
    }

    /// Returns the submission it belongs to; a re-reading is filed under its first one.
    pub fn submission(&self) -> &SubmissionId {
        static NONE: SubmissionId = SubmissionId(sealane_data::Text::const_new(""));
        match self {
            Self::Reread { reread, .. } => reread.submissions.first().map_or(&NONE, |s| &s.id),
            Self::Begin { id, .. } => id,
            Self::Chunk { submission, .. }
            | Self::Message { submission, .. }
            | Self::Entry { submission, .. }
            | Self::Finish { submission, .. } => submission,
        }
    }
}

/// A message that was read again.
#[derive(Debug)]
pub struct Again {
    /// The submission it is in.
    pub submission: SubmissionId,
    /// Who said it.
    pub party: PartyId,
    /// The message.
    pub message: EncodedMessage,
}

/// What a commit did.
#[derive(Debug, Default, PartialEq)]
pub struct Committed {
    /// One outcome for each piece of work, in the same order.
    pub outcomes: Vec<Outcome>,
    /// What is new in the log, in order, ready to be applied.
    pub recorded: Vec<Recorded>,
}

/// What became of one piece of work.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// It was done; there is nothing to say about it.
    Done,
    /// The submission was here before; the rest of its work in this commit is `Skipped`.
    Earlier(Earlier),
    /// It belonged to a submission that was here before.
    Skipped,
    /// What became of a message.
    Message(Appended),
    /// The entry's place in the log.
    Entry {
        /// Its sequence number.
        seq: Seq,
    },
    /// The submission is complete; this is its receipt with all counts.
    Finished(Box<Receipt>),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is new.
    New {
        /// Its first sequence number.
        seq: Seq,
        /// How many observations it has.
        observations: u64,
    },
    /// The party had sent it before.
    Duplicate {
        /// How many observations it has.
        observations: u64,
    },
}

/// Whether a submission was here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// No.
    None,
    /// Yes, with the same bytes: this was answered then.
    Replay(Box<SubmissionSummary>),
    /// The idempotency key was used with other bytes.
    KeyReused,
}

/// Cuts work into commits of at most [`MAX_OBSERVATIONS`] observations, in the same order.
///
/// A single message with more of them gets a commit with no other message.
pub fn split(work: Vec<Work>) -> Vec<Vec<Work>> {
    let mut commits = Vec::new();
    let mut commit: Vec<Work> = Vec::new();
    let mut observations = 0;
    for piece in work {
        if observations > 0
            && observations + piece.observations() > MAX_OBSERVATIONS
            && piece.observations() > 0
        {
            commits.push(std::mem::take(&mut commit));
            observations = 0;
        }
        observations += piece.observations();
        commit.push(piece);
    }
    if !commit.is_empty() {
        commits.push(commit);
    }
    commits
}

/// Returns the sum of observations when it is more than one commit may have.
pub(crate) fn too_many(work: &[Work]) -> Option<usize> {
    let counts = || work.iter().map(Work::observations);
    let sum: usize = counts().sum();
    (sum > MAX_OBSERVATIONS && counts().filter(|n| *n > 0).count() > 1).then_some(sum)
}
