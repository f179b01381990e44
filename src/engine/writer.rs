//! The one writer: takes what waits, commits it together, applies it, and only then answers.

use super::job::{Answer, Done, Job, Task};
use super::profiles::Changed;
use super::queue::Queue;
use super::start::FOLD_STEP;
use super::{Figures, ids, reading};
use sealane_api::{Folded, Shared};
use sealane_data::certificate::{CertificateId, CertificateRecord};
use sealane_data::finding::Finding;
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::submission::{
    CertificateOutcome, CertificateReceipt, NewSubmission, Receipt, Sha256, SubmissionId,
};
use sealane_log::{Earlier, Log, LogError, MAX_OBSERVATIONS, Outcome, Work};
use sealane_origin::Intended;
use std::sync::Arc;

/// The writer's thread: the log, and what is told of every commit.
pub(crate) struct Writer {
    pub(crate) log: Box<dyn Log>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: Arc<Queue<Job>>,
    pub(crate) figures: Figures,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let _closing = Closing(self.queue.clone());
        loop {
            let jobs = self.queue.take();
            if jobs.is_empty() {
                return;
            }
            for group in groups(jobs) {
                self.group(group);
            }
        }
    }

    /// Commits jobs together. One that is too long for a commit is alone and is cut.
    fn group(&mut self, mut jobs: Vec<Job>) {
        let mut works: Vec<Vec<Work>> = Vec::with_capacity(jobs.len());
        for job in &mut jobs {
            match self.work_of(job) {
                Ok(work) => works.push(work),
                Err(answer) => {
                    // Only a job that is alone can be answered before its commit.
                    if let Some(job) = jobs.pop() {
                        job.tell(answer);
                    }
                    return;
                }
            }
        }
        let lengths: Vec<usize> = works.iter().map(Vec::len).collect();
        match self.commit(works.into_iter().flatten().collect()) {
            Ok(outcomes) => tell(jobs, &lengths, outcomes),
            Err(error) => refuse(jobs, &error),
        }
    }

    fn commit(&mut self, work: Vec<Work>) -> Result<Vec<Outcome>, LogError> {
        let mut outcomes = Vec::with_capacity(work.len());
        for part in sealane_log::split(work) {
            let committed = self.log.commit(part)?;
            self.shared.apply(&committed.recorded);
            metrics::counter!("sealane_entries_total").increment(committed.recorded.len() as u64);
            outcomes.extend(committed.outcomes);
        }
        metrics::gauge!("sealane_log_seq").set(self.log.last_seq().unwrap_or_default() as f64);
        Ok(outcomes)
    }

    /// Returns a job's work, or its answer when there is nothing to do.
    fn work_of(&mut self, job: &mut Job) -> Result<Vec<Work>, Answer> {
        match std::mem::replace(&mut job.task, Task::Work(Vec::new())) {
            Task::Work(work) => Ok(work),
            Task::Certificate { new, id, intended, findings } => {
                self.certificate(&new, id, intended.map(|i| *i), findings).map_err(Err)
            }
            Task::Publish { party, certificate } => self.publish(&party, &certificate),
            Task::Profiles { changed, folded } => Err(self.profiles(changed, folded)),
        }
    }

    /// Keeps changed profiles as the operator's decision, then serves the fold that follows from them.
    fn profiles(&mut self, changed: Vec<Changed>, folded: Option<Box<Folded>>) -> Answer {
        let failed = |e: &dyn std::fmt::Display| IntakeError::Storage(e.to_string());
        for change in changed {
            let work = reading::profile(change).map_err(|e| failed(&e))?;
            self.commit(work).map_err(|e| failed(&e))?;
        }
        let Some(mut folded) = folded else { return Ok(Done::Part) };
        loop {
            let batch = self.log.read(folded.seq(), FOLD_STEP).map_err(|e| failed(&e))?;
            if batch.is_empty() {
                break;
            }
            folded.apply(&batch);
        }
        let shared = self.shared.clone();
        self.figures.anew(|| shared.replace(*folded));
        Ok(Done::Part)
    }

    fn certificate(
        &self,
        new: &NewSubmission,
        id: SubmissionId,
        intended: Option<Intended>,
        findings: Vec<Finding>,
    ) -> Result<Vec<Work>, IntakeError> {
        let sha256 = Sha256::of(&new.bytes);
        let opening = reading::opening(new, &id, sha256);
        let mut work = opening.map_err(|e| IntakeError::Storage(e.to_string()))?;
        let (receipt, record) = self.judge(&new.party, intended)?;
        if let Some(record) = record {
            let entry = Entry::Certificate(Box::new(record));
            let (at, party) = (new.received, new.party.clone());
            work.push(Work::Entry { submission: id.clone(), at, party, entry });
        }
        let receipt = Receipt { messages: 1, findings, certificate: Some(receipt), ..Receipt::default() };
        work.push(Work::Finish { submission: id, sha256, length: new.bytes.len() as u64, receipt });
        Ok(work)
    }

    /// Decides whether a certificate is new, known, in conflict or invalid.
    fn judge(
        &self,
        owner: &PartyId,
        intended: Option<Intended>,
    ) -> Result<(CertificateReceipt, Option<CertificateRecord>), IntakeError> {
        let Some(intended) = intended else {
            return Ok((CertificateReceipt { id: "".into(), outcome: CertificateOutcome::Invalid }, None));
        };
        let known = self.shared.read(|_, register| {
            let known = register.by_key(owner, &intended.natural_key)?;
            Some((known.id.0.clone(), known.record.sha256 == intended.sha256))
        });
        if let Some((id, same)) = known {
            let outcome = if same { CertificateOutcome::Same } else { CertificateOutcome::Conflict };
            return Ok((CertificateReceipt { id, outcome }, None));
        }
        let id = ids::certificate().map_err(|e| IntakeError::Storage(e.to_string()))?;
        let receipt = CertificateReceipt { id: id.0.clone(), outcome: CertificateOutcome::Created };
        let Intended { natural_key, sha256, document } = intended;
        Ok((receipt, Some(CertificateRecord { id, natural_key, sha256, document })))
    }

    /// Returns the work of making a certificate public: only its owner and the operator may.
    fn publish(&self, party: &PartyId, certificate: &str) -> Result<Vec<Work>, Answer> {
        let id = CertificateId(certificate.into());
        let (owner, published, submission) = self
            .shared
            .read(|_, register| {
                register.get(&id).map(|c| (c.owner.clone(), c.published, c.submission.clone()))
            })
            .filter(|(owner, ..)| owner == party || party.is_operator())
            .ok_or(Err(IntakeError::NotFound))?;
        if published {
            return Err(Ok(Done::Part));
        }
        let at = jiff::Timestamp::now();
        Ok(vec![Work::Entry { submission, at, party: owner, entry: Entry::Published { certificate: id } }])
    }
}

/// Closes the queue when the writer ends, also by a panic: nobody may wait for an answer for ever.
struct Closing(Arc<Queue<Job>>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
        // What still waits is dropped, which tells each sender that the writer has stopped.
        while !self.0.take().is_empty() {}
    }
}

/// Puts jobs into commits, in order.
fn groups(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut groups: Vec<Vec<Job>> = Vec::new();
    let mut room = 0;
    for job in jobs {
        let size = job.observations();
        let joins = !job.alone() && size <= room && groups.last().is_some_and(|g| !g[0].alone());
        if joins {
            room -= size;
        } else {
            groups.push(Vec::new());
            room = MAX_OBSERVATIONS.saturating_sub(size);
        }
        if let Some(group) = groups.last_mut() {
            group.push(job);
        }
    }
    groups
}

fn tell(jobs: Vec<Job>, lengths: &[usize], outcomes: Vec<Outcome>) {
    let mut outcomes = outcomes.into_iter();
    for (job, length) in jobs.into_iter().zip(lengths) {
        let answer = answer(outcomes.by_ref().take(*length));
        job.tell(answer);
    }
}

fn answer(outcomes: impl Iterator<Item = Outcome>) -> Answer {
    let mut answer = Ok(Done::Part);
    // All outcomes are taken, for the iterator is shared with the jobs that follow.
    for outcome in outcomes {
        match outcome {
            Outcome::Finished(receipt) => answer = Ok(Done::Receipt(receipt)),
            Outcome::Earlier(Earlier::Replay(earlier)) => {
                answer = Ok(Done::Receipt(Box::new(super::replayed(earlier.receipt))));
            }
            Outcome::Earlier(_) => answer = Err(IntakeError::KeyReused),
            _ => {}
        }
    }
    answer
}

fn refuse(jobs: Vec<Job>, error: &LogError) {
    tracing::error!(error = %error, jobs = jobs.len(), "commit failed; nothing of it was acknowledged");
    for job in jobs {
        job.tell(Err(IntakeError::Storage(error.to_string())));
    }
}
