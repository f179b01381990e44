//! What a commit is asked to do, and what it answers.

use crate::block::EncodedMessage;
use crate::chunk::CompressedChunk;
use crate::error::LogError;
use jiff::Timestamp;
use sealane_data::answer::AnswerStep;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Recorded, Reread, Seq};
use sealane_data::submission::{
    Content, Erasure, InterchangeMark, Receipt, Sha256, Source, SubmissionId, SubmissionSummary,
};

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
    /// Notes an interchange by its control reference and content. Outcome: `Done`; that it was here
    /// before, or that its reference was, is said in the receipt.
    Interchange {
        /// An open submission.
        submission: SubmissionId,
        /// Who sent it.
        party: PartyId,
        /// What it is known by.
        mark: InterchangeMark,
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
    /// Removes the raw bytes of a closed submission. Outcome: `Entry`, or `Done` if they are gone already.
    ///
    /// [`Log::scrub`](crate::Log::scrub) afterwards removes them from what the file no longer uses.
    Erase {
        /// A submission that is not open.
        submission: SubmissionId,
        /// When.
        at: Timestamp,
        /// On whose behalf.
        party: PartyId,
        /// By whom and why.
        erasure: Erasure,
    },
    /// Replaces the reading of submissions. Outcome: `Entry`, the place of the re-reading, whose
    /// `appended` the log has filled in. It may hold more observations than a commit else may. What
    /// was erased cannot be read again, but a re-reading of it can be taken back.
    Reread {
        /// What stands no longer, what stands again, and the receipts.
        reread: Box<Reread>,
        /// When it is done.
        at: Timestamp,
        /// The messages of the new reading.
        messages: Vec<Again>,
    },
    /// Takes a step of an answer; one that was taken before changes nothing. Outcome: `Done`.
    Answer {
        /// The submission that is answered.
        submission: SubmissionId,
        /// When.
        at: Timestamp,
        /// The step.
        step: AnswerStep,
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
            | Self::Interchange { submission, .. }
            | Self::Entry { submission, .. }
            | Self::Erase { submission, .. }
            | Self::Answer { submission, .. }
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

/// Where the messages of each re-reading are; nothing for those that the party had sent elsewhere.
pub(crate) type Places = Vec<Vec<Option<Seq>>>;

/// What a commit did.
#[derive(Debug, PartialEq)]
pub struct Committed {
    /// One outcome for each piece of work, in the same order.
    pub outcomes: Vec<Outcome>,
    /// What is new in the log, in order, ready to be applied.
    pub recorded: Vec<Recorded>,
}

impl Committed {
    /// Puts outcomes and their work together, once the commit is durable; `again` says for each
    /// re-reading where its messages are.
    pub(crate) fn new(work: Vec<Work>, outcomes: Vec<Outcome>, again: Places) -> Self {
        let mut again = again.into_iter();
        let mut recorded = Vec::new();
        for (work, outcome) in work.into_iter().zip(&outcomes) {
            let seq = match outcome {
                Outcome::Message(Appended::New { seq, .. }) | Outcome::Entry { seq } => *seq,
                _ => continue,
            };
            if let Work::Reread { reread, at, messages } = work {
                read_again(
                    *reread,
                    at,
                    messages.into_iter().zip(again.next().unwrap_or_default()),
                    seq,
                    &mut recorded,
                );
            } else {
                recorded.extend(said(work, seq));
            }
        }
        Self { outcomes, recorded }
    }
}

/// Returns what a piece of work added to the log at a place.
fn said(work: Work, seq: Seq) -> Option<Recorded> {
    let (submission, at, party, entry) = match work {
        Work::Message { submission, at, party, message } => {
            (submission, at, party, Entry::Message(message.into_record()))
        }
        Work::Entry { submission, at, party, entry } => (submission, at, party, entry),
        Work::Erase { submission, at, party, erasure } => (submission, at, party, Entry::Erased(erasure)),
        Work::Begin { .. }
        | Work::Chunk { .. }
        | Work::Interchange { .. }
        | Work::Reread { .. }
        | Work::Answer { .. }
        | Work::Finish { .. } => return None,
    };
    Some(Recorded { seq, at, party, submission, entry })
}

/// Adds the new messages of a re-reading, and then the re-reading itself.
fn read_again(
    mut reread: Reread,
    at: Timestamp,
    messages: impl Iterator<Item = (Again, Option<Seq>)>,
    seq: Seq,
    recorded: &mut Vec<Recorded>,
) {
    let submission = reread.submissions.first().map(|s| s.id.clone());
    for (again, seq) in messages {
        let Some(seq) = seq else { continue };
        reread.appended.push(seq);
        let Again { submission, party, message } = again;
        recorded.push(Recorded { seq, at, party, submission, entry: Entry::Message(message.into_record()) });
    }
    if let Some(submission) = submission {
        let entry = Entry::Reread(Box::new(reread));
        recorded.push(Recorded { seq, at, party: PartyId::operator(), submission, entry });
    }
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

/// A commit that was refused, with its work: nothing of it was kept.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: LogError,
    /// The work, to be tried again in parts.
    pub work: Vec<Work>,
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
