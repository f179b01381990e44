//! Watching the partners' files: a change holds at once, and what it decides is folded anew.

use super::Handle;
use super::answers::Round;
use super::folder::Changed;
use super::job::Task;
use super::profiles::Profiles;
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
/// How soon it is looked at again when a change could not be taken in, as on a full disk.
const AGAIN: Duration = Duration::from_secs(5);

/// Looks until the other end of `stop` goes away.
pub(crate) fn watch(handle: &Handle, stop: &Receiver<()>) {
    let mut round = Round::default();
    let mut told = String::new();
    let mut wait = EVERY;
    while matches!(stop.recv_timeout(wait), Err(RecvTimeoutError::Timeout)) {
        wait = EVERY;
        tend(handle, &mut round, &mut told);
        if let Err(error) = handle.reload() {
            tracing::error!(error = format!("{error:#}"), "changed profiles could not be taken in yet");
            wait = AGAIN;
        }
    }
}

/// Looks at the answers; what goes wrong is told once, not at every look.
fn tend(handle: &Handle, round: &mut Round, told: &mut String) {
    let error = handle.tend_answers(round).err().map(|e| format!("{e:#}")).unwrap_or_default();
    if !error.is_empty() && error != *told {
        tracing::error!(error, "answers could not be looked after");
    }
    *told = error;
}

impl Handle {
    /// Takes in what has changed in the folder of profiles; returns whether anything has. What could
    /// not be kept in the log does not hold either, and is tried again at the next look.
    pub(crate) fn reload(&self) -> Result<bool> {
        let mut profiles = self.profiles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (held, partners) = (profiles.clone(), self.partners.load_full());
        self.take_in_changes(&mut profiles).inspect_err(|_| {
            *profiles = held;
            self.partners.store(partners);
        })
    }

    fn take_in_changes(&self, profiles: &mut Profiles) -> Result<bool> {
        let places = self.shared.read(|world, _| world.places().clone());
        let (moved, changed) = profiles.refresh(&places);
        if !moved {
            return Ok(false);
        }
        self.room.check(0)?;
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

fn note(changed: &[Changed<Partner>]) {
    for Changed { file, held: partner, .. } in changed {
        tracing::info!(file, party = %partner.id, mode = ?partner.mode, "partner file taken in");
    }
}

fn fold_alike(before: &[Partner], now: &[Partner]) -> bool {
    let known = |p: &Partner, among: &[Partner]| among.iter().any(|other| other.folds_like(p));
    before.iter().all(|p| known(p, now)) && now.iter().all(|p| known(p, before))
}
