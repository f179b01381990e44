//! What was folded and not touched since: readers share it, and it is dropped when its ship is told of.

use crate::fold::calls::Visit;
use crate::fold::sailed::{Sailed, Way};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Legs that are kept of all ships: beyond that the cache starts anew.
const LEGS: usize = 20_000;

/// What is kept of ships.
#[derive(Default)]
struct Kept {
    visits: FxHashMap<u32, Arc<Vec<Visit>>>,
    legs: FxHashMap<u32, FxHashMap<Way, Option<Arc<Sailed>>>>,
    count: usize,
}

/// What was folded of ships, by ship.
#[derive(Default)]
pub(super) struct Cache(Mutex<Kept>);

impl Cache {
    /// Returns a ship's visits, folding them if they are not kept.
    pub(super) fn visits(&self, ship: u32, fold: impl FnOnce() -> Vec<Visit>) -> Arc<Vec<Visit>> {
        if let Some(visits) = self.kept().visits.get(&ship) {
            return visits.clone();
        }
        let visits = Arc::new(fold());
        self.kept().visits.insert(ship, visits.clone());
        visits
    }

    /// Returns a leg of a ship, folding it if it is not kept.
    pub(super) fn leg(
        &self,
        ship: u32,
        way: &Way,
        fold: impl FnOnce() -> Option<Sailed>,
    ) -> Option<Arc<Sailed>> {
        if let Some(leg) = self.kept().legs.get(&ship).and_then(|legs| legs.get(way)) {
            return leg.clone();
        }
        let leg = fold().map(Arc::new);
        let mut kept = self.kept();
        if kept.count >= LEGS {
            (kept.legs, kept.count) = (FxHashMap::default(), 0);
        }
        kept.count += 1;
        kept.legs.entry(ship).or_default().insert(*way, leg.clone());
        leg
    }

    /// Drops what is kept of a ship.
    pub(super) fn forget(&mut self, ship: u32) {
        let kept = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.visits.remove(&ship);
        kept.count -= kept.legs.remove(&ship).map_or(0, |legs| legs.len());
    }

    /// Drops everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
