//! What the writer is asked to do, and whom it tells.

use super::folder::Changed;
use sealane_api::Folded;
use sealane_data::certificate::CertificateEvent;
use sealane_data::finding::Finding;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::ports::IntakeError;
use sealane_data::submission::{NewSubmission, Receipt, SubmissionId};
use sealane_log::Work;
use sealane_origin::Intended;
use tokio::sync::oneshot;

/// What a job came to.
#[derive(Debug)]
pub(crate) enum Done {
    /// A submission is complete, or was here before.
    Receipt(Box<Receipt>),
    /// A part of a submission is durable and applied.
    Part,
    /// Whether erased bytes are gone from the files.
    Tidied(bool),
}

/// The answer of a job.
pub(crate) type Answer = Result<Done, IntakeError>;

/// What is to be done.
pub(crate) enum Task {
    /// Work that was prepared outside the writer.
    Work(Vec<Work>),
    /// A certificate: whether it is new is known only in its turn.
    Certificate {
        /// The submission.
        new: Box<NewSubmission>,
        /// Its id.
        id: SubmissionId,
        /// The certificate, unless it has errors.
        intended: Option<Box<Intended>>,
        /// What was found in it.
        findings: Vec<Finding>,
    },
    /// Erased bytes are removed from the files.
    Tidy {
        /// Whether their room is given back, when that is worth it.
        reclaim: bool,
    },
    /// Profiles have changed: they are kept in the log, and another fold takes the place of the
    /// served one where they decide about it.
    Profiles {
        /// The files that hold something new.
        changed: Vec<Changed<Partner>>,
        /// The log folded over the new profiles.
        folded: Option<Box<Folded>>,
    },
    /// Something is said or decided about a certificate.
    Note {
        /// By whom.
        party: PartyId,
        /// What.
        event: Box<CertificateEvent>,
    },
    /// A certificate is made public.
    Publish {
        /// By whom.
        party: PartyId,
        /// Which one.
        certificate: String,
    },
}

/// A task and whom to tell.
pub(crate) struct Job {
    pub(crate) task: Task,
    pub(crate) reply: oneshot::Sender<Answer>,
}

impl Job {
    /// Returns a job and where its answer arrives.
    pub(crate) fn new(task: Task) -> (Self, oneshot::Receiver<Answer>) {
        let (reply, answer) = oneshot::channel();
        (Self { task, reply }, answer)
    }

    /// Tells the answer; a caller that has gone away does not matter.
    pub(crate) fn tell(self, answer: Answer) {
        let _ = self.reply.send(answer);
    }

    /// Returns whether it must be alone in its commit: its turn decides what it writes.
    pub(crate) fn alone(&self) -> bool {
        match &self.task {
            // A re-reading may be refused, which must not take others with it.
            Task::Work(work) => work.iter().any(|w| matches!(w, Work::Reread { .. })),
            _ => true,
        }
    }

    /// Returns how many observations it may append.
    pub(crate) fn observations(&self) -> usize {
        match &self.task {
            Task::Work(work) => work.iter().map(Work::observations).sum(),
            _ => 0,
        }
    }
}
