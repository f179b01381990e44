//! Erasing raw bytes: on order, and by age through the same one writer.

use super::Handle;
use super::job::{Done, Job, Task};
use super::pulse::{Pulse, Stop};
use jiff::{SignedDuration, Timestamp};
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Erasure, SubmissionId};
use sealane_log::{LogReader, Work};
use std::sync::PoisonError;
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
        let kept = self.shared.read(|_, register| register.answer_files().clone());
        if let Some(id) = ids.iter().find(|id| kept.contains(id)) {
            let why = format!("`{id}` is the file of an exporter's answer, which is never erased");
            return Err(IntakeError::Refused(why));
        }
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

/// Erases what is older than it may be, at the start and once a day. Without an age nothing is erased, and
/// only erased bytes are tidied away.
pub(crate) fn keep_house(handle: Handle, raw_days: Option<u32>) -> std::io::Result<Pulse> {
    Pulse::start("sealane-keeper", move |stop| match keep(&handle, raw_days, stop) {
        Ok(true) => DAY,
        Ok(false) => SOON,
        Err(error) => {
            tracing::warn!(%error, "old submissions could not be erased; trying again soon");
            SOON
        }
    })
}

/// Erases what is too old, batch after batch; returns whether everything is gone from the files.
fn keep(handle: &Handle, raw_days: Option<u32>, stop: &Stop) -> Result<bool, IntakeError> {
    let Some(days) = raw_days else { return handle.tidy(false) };
    let erasure = Erasure {
        by: "retention".into(),
        reason: format!("raw bytes are kept for {days} days (`[retention] raw_days`)"),
    };
    let mut erased = 0;
    while !stop.within(Duration::ZERO) {
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let before = Timestamp::now().saturating_sub(age).unwrap_or(Timestamp::MIN);
        // Files of exporters' answers stay, however old they are.
        let kept = handle.shared.read(|_, register| register.answer_files().clone());
        let mut old = handle.reader(|log| log.kept_before(before, BATCH + kept.len()))?;
        old.retain(|id| !kept.contains(id));
        old.truncate(BATCH);
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
