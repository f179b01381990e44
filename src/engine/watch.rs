//! Watching the partners' files: a change holds at once, and what it decides is folded anew.

use super::Handle;
use super::job::Task;
use super::profiles::Changed;
use super::start::FOLD_STEP;
use anyhow::Result;
use sealane_api::Folded;
use sealane_data::partner::Partner;
use sealane_log::{LogReader as _, SqliteReader};
use sealane_mapper::World;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_millis(400);

/// Looks until the other end of `stop` goes away.
pub(crate) fn watch(handle: &Handle, stop: &Receiver<()>) {
    while matches!(stop.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
        if let Err(error) = handle.reload() {
            tracing::error!(error = format!("{error:#}"), "changed profiles could not be taken in");
        }
    }
}

impl Handle {
    /// Takes in what has changed in the folder of profiles; returns whether anything has.
    pub(crate) fn reload(&self) -> Result<bool> {
        let mut profiles = self.profiles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let places = self.shared.read(|world, _| world.places().clone());
        let (moved, changed) = profiles.refresh(&places);
        if !moved {
            return Ok(false);
        }
        let (before, now) = (self.partners.load_full(), profiles.partners());
        let folded = if fold_alike(&before, &now) { None } else { Some(Box::new(self.fold_with(&now)?)) };
        self.partners.store(std::sync::Arc::new(now));
        note(&changed);
        // Kept under the lock: two changes must not overtake each other.
        self.ask_blocking(Task::Profiles { changed, folded })?;
        Ok(true)
    }

    /// Folds the log as it is now over other profiles, beside what is served.
    fn fold_with(&self, partners: &[Partner]) -> Result<Folded> {
        let places = self.shared.read(|world, _| world.places().clone());
        let mut folded = Folded::new(World::new(places, partners));
        let log = SqliteReader::open(&self.data)?;
        loop {
            let batch = log.read(folded.seq(), FOLD_STEP)?;
            if batch.is_empty() {
                return Ok(folded);
            }
            folded.apply(&batch);
        }
    }
}

fn note(changed: &[Changed]) {
    for Changed { file, partner, .. } in changed {
        tracing::info!(file, party = %partner.id, mode = ?partner.mode, "partner file taken in");
    }
}

fn fold_alike(before: &[Partner], now: &[Partner]) -> bool {
    let known = |p: &Partner, among: &[Partner]| among.iter().any(|other| other.folds_like(p));
    before.iter().all(|p| known(p, now)) && now.iter().all(|p| known(p, before))
}
