//! Erasing raw bytes: on order, and by age through the same one writer.

use super::job::{Done, Job, Task};
use super::{Engine, Handle};
use jiff::{SignedDuration, Timestamp};
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Erasure, SubmissionId};
use sealane_log::{LogReader, Work};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Submissions that one commit erases at most: what interactive work waits for.
const BATCH: usize = 50;
/// How often old submissions are looked for.
const DAY: Duration = Duration::from_hours(24);
/// How soon scrubbing is tried again that a reader put off.
const SOON: Duration = Duration::from_mins(1);

impl Handle {
    /// Erases the raw bytes of submissions for the operator, durably; what was read from them stays.
    ///
    /// Returns whether they are gone from the files too: a long reader (a backup) can put that off, and
    /// then it is done soon after. Blocks.
    pub fn erase(&self, ids: &[SubmissionId], erasure: &Erasure) -> Result<bool, IntakeError> {
        for id in ids {
            let found = self.reader(|log| log.submission(&id.0))?;
            found.ok_or(IntakeError::NotFound)?;
        }
        let at = Timestamp::now();
        let work = |id: &SubmissionId| Work::Erase {
            submission: id.clone(),
            at,
            party: PartyId::operator(),
            erasure: erasure.clone(),
        };
        for batch in ids.chunks(BATCH) {
            self.wait_for(Task::Work(batch.iter().map(work).collect()))?;
        }
        self.tidy(false)
    }

    /// Removes erased bytes from the files, and gives their room back when that is asked for and worth it.
    fn tidy(&self, reclaim: bool) -> Result<bool, IntakeError> {
        Ok(matches!(self.wait_for(Task::Tidy { reclaim })?, Done::Tidied(true)))
    }

    fn reader<T>(
        &self,
        read: impl FnOnce(&dyn LogReader) -> Result<T, sealane_log::LogError>,
    ) -> Result<T, IntakeError> {
        let reader = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        read(reader.as_ref()).map_err(|e| IntakeError::Storage(e.to_string()))
    }

    fn wait_for(&self, task: Task) -> Result<Done, IntakeError> {
        let (job, answer) = Job::new(task);
        self.queue.push_bulk(job).map_err(|_| IntakeError::Busy)?;
        answer.blocking_recv().map_err(|_| IntakeError::Storage("the writer has stopped".to_owned()))?
    }
}

/// Erases what is older than it may be, at the start and once a day, as long as the engine runs.
pub(crate) struct Keeper {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts keeping house. Without an age nothing is erased, and only erased bytes are tidied away.
    pub(crate) fn start(handle: Handle, raw_days: Option<u32>) -> std::io::Result<Self> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new().name("sealane-keeper".to_owned()).spawn(move || {
            let mut wait = Duration::ZERO;
            while !pause(&stopped, wait) {
                wait = match keep(&handle, raw_days, &stopped) {
                    Ok(true) => DAY,
                    Ok(false) => SOON,
                    Err(error) => {
                        tracing::warn!(%error, "old submissions could not be erased; trying again soon");
                        SOON
                    }
                };
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits; returns whether the engine stops.
fn pause(stop: &(Mutex<bool>, Condvar), wait: Duration) -> bool {
    let guard = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = stop.1.wait_timeout_while(guard, wait, |stop| !*stop);
    *waited.unwrap_or_else(PoisonError::into_inner).0
}

/// Erases what is too old, batch after batch; returns whether everything is gone from the files.
fn keep(handle: &Handle, raw_days: Option<u32>, stop: &(Mutex<bool>, Condvar)) -> Result<bool, IntakeError> {
    let Some(days) = raw_days else { return handle.tidy(false) };
    let erasure = Erasure {
        by: "retention".into(),
        reason: format!("raw bytes are kept for {days} days (`[retention] raw_days`)"),
    };
    let mut erased = 0;
    while !pause(stop, Duration::ZERO) {
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let before = Timestamp::now().saturating_sub(age).unwrap_or(Timestamp::MIN);
        let old = handle.reader(|log| log.kept_before(before, BATCH))?;
        if old.is_empty() {
            break;
        }
        handle.erase(&old, &erasure)?;
        erased += old.len();
    }
    if erased > 0 {
        tracing::info!(submissions = erased, days, "raw bytes were erased for their age");
    }
    handle.tidy(true)
}

impl Engine {
    /// Stops keeping house, before the writer stops.
    pub(crate) fn stop_keeping(&mut self) {
        self.keeper.take();
    }
}
