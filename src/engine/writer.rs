//! The one writer: takes what waits, commits it together, applies it, and only then answers.

use super::folder::Changed;
use super::job::{Answer, Done, Job, Task};
use super::queue::Queue;
use super::room::Room;
use super::start::FOLD_STEP;
use super::{Figures, ids, reading};
use sealane_api::{Folded, Shared};
use sealane_data::certificate::{CertificateEvent, CertificateId, CertificateRecord};
use sealane_data::finding::Finding;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::submission::{
    CertificateOutcome, CertificateReceipt, NewSubmission, Receipt, Sha256, SubmissionId,
};
use sealane_log::{Earlier, Log, LogError, MAX_OBSERVATIONS, Outcome, Refused, Work};
use sealane_origin::{Intended, Refusal};
use std::sync::Arc;

/// The writer's thread: the log, and what is told of every commit.
pub(crate) struct Writer {
    pub(crate) log: Box<dyn Log>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: Arc<Queue<Job>>,
    pub(crate) room: Arc<Room>,
    /// Whether the disk failed: the log is reopened before it is used again.
    pub(crate) broken: bool,
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
            Err(refused) if jobs.len() > 1 && !self.broken => self.one_by_one(jobs, &lengths, refused.work),
            Err(refused) => refuse(jobs, &refused.error),
        }
    }

    /// Commits jobs of a group that was refused each for itself: only the bad one is refused then.
    fn one_by_one(&mut self, jobs: Vec<Job>, lengths: &[usize], work: Vec<Work>) {
        let mut work = work.into_iter();
        for (job, length) in jobs.into_iter().zip(lengths) {
            match self.commit(work.by_ref().take(*length).collect()) {
                Ok(outcomes) => job.tell(answer(outcomes.into_iter())),
                Err(refused) => refuse(vec![job], &refused.error),
            }
        }
    }

    /// Opens the log anew after the disk failed, and applies what turned out to be durable after all.
    fn mend(&mut self) -> Result<(), LogError> {
        self.log.reopen()?;
        let mut known = self.shared.seq();
        loop {
            let found = self.log.read(known, MAX_OBSERVATIONS)?;
            let Some(last) = found.last() else { break };
            known = last.last_seq();
            self.shared.apply(&found);
        }
        self.broken = false;
        tracing::warn!(log.seq = known, "the log was opened anew after the disk had failed");
        Ok(())
    }

    fn commit(&mut self, work: Vec<Work>) -> Result<Vec<Outcome>, Box<Refused>> {
        if self.broken
            && let Err(error) = self.mend()
        {
            return Err(Box::new(Refused { error, work }));
        }
        let mut outcomes = Vec::with_capacity(work.len());
        for part in sealane_log::split(work) {
            let committed = self.log.try_commit(part).inspect_err(|refused| {
                self.broken = matches!(refused.error, LogError::Disk { .. } | LogError::Poisoned);
            })?;
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
            Task::Note { party, event } => self.note(&party, *event),
            Task::Publish { party, certificate } => self.publish(&party, &certificate),
            Task::Tidy { reclaim } => Err(self.tidy(reclaim)),
            Task::Profiles { changed, folded } => Err(self.profiles(changed, folded)),
        }
    }

    /// Removes erased bytes from the files; their room is given back only while there is room to do it.
    fn tidy(&mut self, reclaim: bool) -> Answer {
        let stored = |e: LogError| Err(storage(&e));
        if reclaim && self.room.has_room_for_a_copy() {
            match self.log.reclaim() {
                Ok(true) => tracing::info!("the room of erased bytes was given back to the disk"),
                Ok(false) => {}
                Err(error) => return stored(error),
            }
        }
        self.log.scrub().map(Done::Tidied).or_else(stored)
    }

    /// Keeps changed profiles as the operator's decision, then serves the fold that follows from them.
    fn profiles(&mut self, changed: Vec<Changed<Partner>>, folded: Option<Box<Folded>>) -> Answer {
        let failed = |e: &dyn std::fmt::Display| IntakeError::Storage(e.to_string());
        for change in changed {
            let work = reading::profile(change).map_err(|e| failed(&e))?;
            self.commit(work).map_err(|refused| storage(&refused.error))?;
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

    /// Returns the work of what is said about a certificate, if it may be said and adds something.
    fn note(&self, party: &PartyId, event: CertificateEvent) -> Result<Vec<Work>, Answer> {
        let at = jiff::Timestamp::now();
        let id = event.certificate.clone();
        let (admitted, submission) = self.shared.read(|_, register| {
            let submission = register.get(&id).map(|c| c.submission.clone());
            (sealane_origin::admit(register, party, event, at), submission)
        });
        let refused = |refusal: Refusal| match refusal {
            Refusal::NotFound => IntakeError::NotFound,
            other => IntakeError::Refused(other.to_string()),
        };
        match (admitted.map_err(|refusal| Err(refused(refusal)))?, submission) {
            (Some(event), Some(submission)) => {
                let entry = Entry::CertificateEvent(Box::new(event));
                Ok(vec![Work::Entry { submission, at, party: party.clone(), entry }])
            }
            _ => Err(Ok(Done::Part)),
        }
    }

    /// Returns the work of making a certificate public: only its owner and the operator may.
    fn publish(&self, party: &PartyId, certificate: &str) -> Result<Vec<Work>, Answer> {
        let id = CertificateId(certificate.into());
        let (owner, published, submission) = self
            .shared
            .read(|_, register| {
                register.get(&id).map(|c| (c.owner.clone(), c.published.is_some(), c.submission.clone()))
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
        job.tell(Err(storage(error)));
    }
}

/// Returns how a sender is told of the log's error.
fn storage(error: &LogError) -> IntakeError {
    match error {
        LogError::Full { .. } => IntakeError::NoRoom(error.to_string()),
        LogError::Erased { .. } | LogError::Overtaken(_) => IntakeError::Refused(error.to_string()),
        other => IntakeError::Storage(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::places::Places;
    use sealane_data::submission::{Content, Source};
    use sealane_log::SqliteLog;

    fn writer(data: &std::path::Path) -> Writer {
        let world = sealane_mapper::World::new(Places::embedded(), &[]);
        let shared = Arc::new(Shared::new(world, [7; 32], "test".to_owned()));
        let lake = sealane_lake::Lake::open(&data.join("lake"), "test").unwrap();
        Writer {
            log: Box::new(SqliteLog::open(data).unwrap()),
            figures: Figures::new(shared.clone(), Arc::new(lake), 0),
            shared,
            queue: Arc::new(Queue::new(8, 8)),
            room: Room::new(data, super::super::Reserve::NONE, 1 << 20),
            broken: false,
        }
    }

    fn work(id: &str) -> Vec<Work> {
        let new = NewSubmission {
            party: PartyId("hall".into()),
            source: Source { transport: "test".into(), name: String::new() },
            content: Content::Feed,
            received: "2026-09-05T09:00:00Z".parse().unwrap(),
            idempotency_key: None,
            bytes: id.as_bytes().to_vec(),
            wants_acknowledgement: false,
            wants_workbook: false,
        };
        let partner = Partner::new(new.party.clone());
        reading::prepare(&new, &SubmissionId(id.into()), &partner).unwrap()
    }

    #[test]
    fn a_bad_job_is_refused_alone() {
        let data = tempfile::tempdir().unwrap();
        let mut writer = writer(data.path());
        let mut bad = work("sub_bad");
        bad.remove(0);
        let (jobs, answers): (Vec<_>, Vec<_>) =
            [work("sub_1"), bad, work("sub_2")].into_iter().map(|w| Job::new(Task::Work(w))).unzip();
        writer.group(jobs);
        let answers: Vec<Answer> = answers.into_iter().map(|a| a.blocking_recv().unwrap()).collect();
        for (answer, id) in [(&answers[0], "sub_1"), (&answers[2], "sub_2")] {
            assert!(matches!(answer, Ok(Done::Receipt(receipt)) if receipt.id == id), "{answer:?}");
        }
        assert!(matches!(answers[1], Err(IntakeError::Storage(_))), "{:?}", answers[1]);
        assert_eq!(writer.log.submissions(None, None, 9).unwrap().len(), 2);
    }
}
