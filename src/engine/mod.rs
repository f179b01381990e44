//! The engine: one writer behind a queue, and everything that reads beside it.

mod answers;
mod bulk;
mod certificates;
mod erase;
pub(crate) mod feeds;
mod figures;
mod folder;
mod ids;
mod job;
mod layouts;
mod operate;
mod profiles;
mod pulse;
mod queue;
mod reading;
pub(crate) mod registries;
mod reread;
mod room;
mod snapshot;
pub(crate) mod stamps;
mod start;
mod watch;
pub(crate) mod webhooks;
mod writer;

pub(crate) use answers::FOLDER as ANSWERS;
pub use bulk::Progress;
pub use figures::Figures;
pub(crate) use profiles::partner_files;
pub use room::{Disk, Reserve};
pub(crate) use snapshot::FILE as SNAPSHOT;
pub use snapshot::Worth;
pub use start::{Options, Starting};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use job::{Done, Job, Task};
use profiles::Profiles;
use queue::Queue;
use sealane_api::Shared;
use sealane_data::answer::AnswerWay;
use sealane_data::partner::{Mode, Partner, PartyId};
use sealane_data::ports::{Intake, IntakeError, Pending};
use sealane_data::recorded::Seq;
use sealane_data::submission::{
    CertificateOutcome, Content, MarkedSheet, NewSubmission, Receipt, Source, SubmissionId, SubmissionSummary,
};
use sealane_ingest::transports::Clock;
use sealane_log::{LogError, LogReader};
use sealane_origin::paper::{ANSWER_FILE, PAPER};
use sealane_origin::room_for_file;
use std::collections::HashMap;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Submissions that are read at once.
pub(crate) const READING: usize = 4;
/// Workbooks that are marked at once.
pub(crate) const MARKING: usize = 2;

/// A running engine. Dropping it finishes what waits and releases the data directory.
pub struct Engine {
    handle: Handle,
    /// What is done again and again.
    pulses: Vec<pulse::Pulse>,
    saver: Arc<Mutex<snapshot::Saver>>,
    writer: Option<JoinHandle<()>>,
    /// Dropping the first ends the second.
    watcher: Option<(Sender<()>, JoinHandle<()>)>,
}

/// What the doors and the CLI hold of an engine.
#[derive(Clone)]
pub struct Handle {
    queue: Arc<Queue<Job>>,
    shared: Arc<Shared>,
    figures: Figures,
    partners: Arc<ArcSwap<Vec<Partner>>>,
    readers: Arc<Mutex<Box<dyn LogReader>>>,
    /// Where the log holds messages from before they had the keys of today.
    older: Option<Arc<Mutex<Box<dyn LogReader>>>>,
    /// What is read at once: spreadsheets take memory and time that their bytes do not show.
    reading: Arc<Semaphore>,
    /// Workbooks that are marked at once.
    marking: Arc<Semaphore>,
    /// Held by whoever writes into a partner's file.
    edits: Arc<Mutex<()>>,
    room: Arc<room::Room>,
    profiles: Arc<Mutex<Profiles>>,
    /// The feeds that run.
    board: Arc<feeds::Board>,
    /// What time it is for the feeds.
    clock: Clock,
    /// The registries that are asked.
    registries: Arc<registries::Board>,
    /// The data directory.
    data: Arc<Path>,
}

impl Engine {
    /// Returns what the doors and the CLI hold.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.pulses.clear();
        if let Some((stop, watcher)) = self.watcher.take() {
            drop(stop);
            let _ = watcher.join();
        }
        self.handle.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has already said so; there is nothing left to finish.
            let _ = writer.join();
        }
        self.saver.lock().unwrap_or_else(PoisonError::into_inner).stop();
    }
}

impl Handle {
    /// Returns what is served.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Returns the figures of this engine.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Returns the profiles of the partners.
    pub fn partners(&self) -> Arc<ArcSwap<Vec<Partner>>> {
        self.partners.clone()
    }

    /// Returns the profile that holds for what a party sent at an instant.
    fn partner(&self, party: &PartyId, received: Timestamp) -> Partner {
        let partners = self.partners.load();
        let known = partners.iter().find(|p| p.id == *party);
        let unknown = || if party.is_operator() { Partner::operator() } else { Partner::new(party.clone()) };
        known.map_or_else(unknown, |p| p.as_of(received).into_owned())
    }

    /// Hands a task to the writer and waits for its answer on a thread that may block.
    fn ask_blocking(&self, task: Task) -> Result<Done, IntakeError> {
        let (job, answer) = Job::new(task);
        self.queue.push(job).map_err(|_| IntakeError::Busy)?;
        answer.blocking_recv().map_err(|_| IntakeError::Storage("the writer has stopped".to_owned()))?
    }

    /// Reads and stores one submission; the future ends when it is durable and applied.
    async fn take_in(&self, new: NewSubmission) -> Result<Receipt, IntakeError> {
        let _waiting = self.room.enter(new.bytes.len())?;
        self.room.check(new.bytes.len() as u64)?;
        self.check_files(&new).await?;
        let partner = self.partner(&new.party, new.received);
        let id = ids::submission(new.received).map_err(|e| IntakeError::Storage(e.to_string()))?;
        let (asks, received) = (new.wants_acknowledgement, new.received);
        let original = new.wants_workbook.then(|| (new.bytes.clone(), partner.clone()));
        let posted = (new.source.transport == "http" && new.content == Content::Feed)
            .then(|| ((new.party.clone(), new.source.name.clone()), new.bytes.len()));
        let permit = permit(&self.reading).await?;
        let older = self.older.clone();
        let read = move || match new.content {
            Content::Feed if partner.mode == Mode::Held => reading::hold(&new, &id).map(Task::Work),
            Content::Feed => reading::prepare(&new, &id, &partner)
                .and_then(|work| match &older {
                    Some(log) => reading::with_older_keys(work, (&new, &partner), log),
                    None => Ok(work),
                })
                .map(Task::Work),
            Content::Certificate if [PAPER, ANSWER_FILE].contains(&new.source.transport.as_str()) => {
                reading::keep(&new, &id).map(Task::Work)
            }
            Content::Certificate => {
                let (intended, findings) = sealane_origin::read(&new.bytes);
                Ok(Task::Certificate { new: Box::new(new), id, intended: intended.map(Box::new), findings })
            }
            Content::Profile | Content::Event => {
                Err(LogError::Encode("profiles and events are the engine's own".to_owned()))
            }
        };
        // The permit is given back when the reading ends, also when nobody waits for it any more.
        let task = tokio::task::spawn_blocking(move || (read(), permit).0);
        let task = task.await.map_err(|e| IntakeError::Storage(format!("reading stopped: {e}")))?;
        let task = task.map_err(|e| IntakeError::Storage(e.to_string()))?;
        match self.ask(task).await? {
            Done::Receipt(mut receipt) => {
                if let Some((who, length)) = &posted {
                    self.board.heard(who, received, *length, &receipt);
                }
                if asks && receipt.replay && receipt.acknowledgement.is_none() {
                    self.answer_now(&mut receipt, received).await?;
                }
                Ok(self.with_workbook(*receipt, original).await)
            }
            Done::Part | Done::Tidied(_) => {
                Err(IntakeError::Storage("submission ended without a receipt".to_owned()))
            }
        }
    }

    /// Refuses a file of an answer that would take its party beyond what is kept of it: such files stay for ever.
    async fn check_files(&self, new: &NewSubmission) -> Result<(), IntakeError> {
        if new.source.transport != ANSWER_FILE || new.party.is_operator() {
            return Ok(());
        }
        let party = new.party.clone();
        let kept = self.read_log(move |log| log.bytes_of_answer_files(&party)).await?;
        let room = room_for_file(kept, new.bytes.len() as u64);
        room.map_err(|refusal| IntakeError::Refused(refusal.to_string()))
    }

    /// Answers who sends the same bytes again and asks only now, as it would have been answered then.
    async fn answer_now(&self, receipt: &mut Receipt, at: Timestamp) -> Result<(), IntakeError> {
        receipt.acknowledgement = receipt.take_answer();
        let due = answers::due(&SubmissionId(receipt.id.clone()), receipt, AnswerWay::Reply, at);
        match due {
            Some(work) => self.ask(Task::Work(vec![work])).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Adds the sender's spreadsheet with its bad cells marked, where it asked for it and sent one.
    async fn with_workbook(&self, receipt: Receipt, original: Option<(Vec<u8>, Partner)>) -> Receipt {
        let Some((bytes, partner)) = original else { return receipt };
        let Ok(permit) = permit(&self.marking).await else { return receipt };
        let mark = move || (layouts::marked(&bytes, &partner, true), permit).0;
        let marked = tokio::task::spawn_blocking(mark).await.ok().flatten();
        Receipt { workbook: marked.map(|m| m.bytes), ..receipt }
    }

    async fn ask(&self, task: Task) -> Result<Done, IntakeError> {
        let (job, answer) = Job::new(task);
        self.queue.push(job).map_err(|_| IntakeError::Busy)?;
        answer.await.map_err(|_| IntakeError::Storage("the writer has stopped".to_owned()))?
    }

    /// Runs a read of the log on a thread that may block.
    async fn read_log<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn LogReader) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, IntakeError> {
        let readers = self.readers.clone();
        let read = move || read(readers.lock().unwrap_or_else(PoisonError::into_inner).as_ref());
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(LogError::UnknownSubmission { .. })) => Err(IntakeError::NotFound),
            Ok(Err(error)) => Err(IntakeError::Storage(error.to_string())),
            Err(error) => Err(IntakeError::Storage(error.to_string())),
        }
    }
}

impl Intake for Handle {
    fn submit(&self, submission: NewSubmission) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(self.take_in(submission))
    }

    fn submit_file(
        &self,
        party: PartyId,
        path: PathBuf,
        source: Source,
    ) -> Pending<'_, Result<Receipt, IntakeError>> {
        let handle = self.clone();
        Box::pin(async move {
            let read = move || {
                // A partner may write where this lies: what is a link by now leads elsewhere.
                let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
                let file =
                    std::fs::File::options().read(true).custom_flags(flags.bits().cast_signed()).open(&path);
                let gone = |e: std::io::Error| IntakeError::Refused(format!("the file cannot be read: {e}"));
                handle.ingest(&party, file.map_err(gone)?, source, &mut |_| {})
            };
            tokio::task::spawn_blocking(read).await.map_err(|e| IntakeError::Storage(e.to_string()))?
        })
    }

    fn publish(&self, party: PartyId, certificate: String) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            self.room.check(0)?;
            self.ask(Task::Publish { party, certificate }).await.map(|_| ())
        })
    }

    fn submissions(
        &self,
        party: Option<PartyId>,
        before: Option<String>,
        limit: usize,
    ) -> Pending<'_, Result<Vec<SubmissionSummary>, IntakeError>> {
        Box::pin(self.read_log(move |log| log.submissions(party.as_ref(), before.as_deref(), limit)))
    }

    fn submission(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<(SubmissionSummary, Vec<u8>), IntakeError>> {
        Box::pin(async move {
            let found = self.read_log(move |log| {
                let summary = log.submission(&id)?.filter(|s| party.as_ref().is_none_or(|p| s.party == *p));
                let Some(summary) = summary else { return Ok(None) };
                if summary.erased.is_some() {
                    return Ok(Some((summary, Vec::new())));
                }
                Ok(log.raw(&id)?.map(|raw| (summary, raw)))
            });
            found.await?.ok_or(IntakeError::NotFound)
        })
    }

    fn summary(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<SubmissionSummary, IntakeError>> {
        Box::pin(async move {
            let found = self.read_log(move |log| log.submission(&id)).await?;
            found.filter(|s| party.is_none_or(|p| s.party == p)).ok_or(IntakeError::NotFound)
        })
    }

    fn came_in(&self, messages: Vec<Seq>) -> Pending<'_, Result<HashMap<Seq, SubmissionId>, IntakeError>> {
        Box::pin(async move {
            let found = self.read_log(move |log| log.came_in(&messages)).await?;
            Ok(found.into_iter().collect())
        })
    }

    fn answer_fetched(&self, submission: SubmissionSummary) -> Pending<'_, Result<(), IntakeError>> {
        let handle = self.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || handle.fetched(&submission)).await;
            let done = done.map_err(|e| IntakeError::Storage(e.to_string()))?;
            done.map_err(|e| IntakeError::Storage(format!("{e:#}")))
        })
    }

    fn marked(
        &self,
        party: Option<PartyId>,
        id: String,
        xlsx: bool,
    ) -> Pending<'_, Result<(SubmissionSummary, MarkedSheet), IntakeError>> {
        Box::pin(async move {
            // Who asks while others are served may ask again; a queue would outlive those who wait in it.
            let marking = self.marking.clone().try_acquire_owned().map_err(|_| IntakeError::Busy)?;
            let (summary, bytes) = self.submission(party, id).await?;
            if let Some(erased) = &summary.erased {
                return Err(IntakeError::Refused(format!("the bytes were {erased}")));
            }
            let handle = self.clone();
            let mark = move || {
                let _marking = marking;
                let marked = handle.marked_blocking(&summary, &bytes, xlsx);
                marked.map(|marked| (summary, marked)).ok_or(IntakeError::NotFound)
            };
            tokio::task::spawn_blocking(mark).await.map_err(|e| IntakeError::Storage(e.to_string()))?
        })
    }
}

/// Waits for a permit.
async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, IntakeError> {
    of.clone().acquire_owned().await.map_err(|_| IntakeError::Busy)
}

/// Returns an earlier receipt as the answer to the same bytes sent again.
///
/// Nothing was added, so all its events are the sender's own repeats.
fn replayed(mut receipt: Receipt) -> Receipt {
    receipt.duplicates += receipt.events;
    receipt.events = 0;
    receipt.replay = true;
    if let Some(certificate) =
        receipt.certificate.as_mut().filter(|c| c.outcome == CertificateOutcome::Created)
    {
        certificate.outcome = CertificateOutcome::Same;
    }
    receipt
}
