//! The places of a stream that were read before: the same few ports are named a million times.

use crate::formats::edifact::Delimiters;
use rustc_hash::FxHasher;
use sealane_data::observation::{DeclaredPlace, Plan};
use std::hash::Hasher as _;
use std::sync::Arc;

/// How many sets of places are remembered; a new place takes the older one of its set.
const SETS: usize = 1024;

/// How many plans are remembered; a new one takes the slot of another.
const PLANS: usize = 1024;

/// Longer ones are read anew each time.
const LONGEST: usize = 64;

/// The bytes that named a place, and the place.
type Known = (Box<[u8]>, Arc<DeclaredPlace>);

/// Places by the bytes that named them, for all messages of one stream, and the plans that are made of them.
///
/// Only what was read without a finding is remembered, as every message has its own findings.
#[derive(Debug, Default)]
pub struct KnownPlaces {
    delimiters: Delimiters,
    sets: Vec<[Option<Known>; 2]>,
    plans: Vec<Option<Arc<Plan>>>,
}

impl KnownPlaces {
    /// Forgets everything when a new interchange separates its values in another way.
    pub(super) fn begin(&mut self, delimiters: Delimiters) {
        if delimiters != self.delimiters {
            *self = Self { delimiters, ..Self::default() };
        }
    }

    /// Returns the place that the same bytes named before.
    pub(super) fn get(&self, said: &[u8]) -> Option<Arc<DeclaredPlace>> {
        let known = self.sets.get(set(said))?.iter().flatten();
        known.into_iter().find(|(bytes, _)| **bytes == *said).map(|(_, place)| place.clone())
    }

    /// Remembers a place.
    pub(super) fn keep(&mut self, said: &[u8], place: &Arc<DeclaredPlace>) {
        if said.len() > LONGEST {
            return;
        }
        if self.sets.is_empty() {
            self.sets.resize_with(SETS, Default::default);
        }
        let [newer, older] = &mut self.sets[set(said)];
        *older = newer.replace((said.into(), place.clone()));
    }

    /// Returns a plan as observations have it: the one that was made of the same places before.
    pub(super) fn plan(&mut self, plan: Plan) -> Option<Arc<Plan>> {
        if plan.is_empty() {
            return None;
        }
        if !plan.via.is_empty() {
            return Some(Arc::new(plan));
        }
        if self.plans.is_empty() {
            self.plans.resize_with(PLANS, Default::default);
        }
        let slot = &mut self.plans[slot(&plan)];
        if let Some(known) = slot.as_ref().filter(|known| addresses(known) == addresses(&plan)) {
            return Some(known.clone());
        }
        Some(slot.insert(Arc::new(plan)).clone())
    }
}

/// Returns in which set the bytes' place is kept.
fn set(said: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(said);
    // Below `SETS` whatever the width of a word.
    usize::try_from(hasher.finish() % SETS as u64).unwrap_or(0)
}

/// Returns where the places of a plan lie: the same place of a stream lies at one address while it is held.
fn addresses(plan: &Plan) -> [usize; 4] {
    let places = [&plan.receipt, &plan.load, &plan.discharge, &plan.delivery];
    places.map(|place| place.as_ref().map_or(0, |place| Arc::as_ptr(place).addr()))
}

/// Returns where a plan is kept.
fn slot(plan: &Plan) -> usize {
    let mixed = addresses(plan)
        .into_iter()
        .fold(0usize, |mixed, address| (mixed.rotate_left(5) ^ address).wrapping_mul(0x9E37_79B1));
    (mixed >> 16) % PLANS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again_by_its_bytes_only() {
        let mut known = KnownPlaces::default();
        assert_eq!(known.get(b"CNSHA:139:6"), None);
        let place = Arc::new(DeclaredPlace::locode("CNSHA"));
        known.keep(b"CNSHA:139:6", &place);
        assert!(known.get(b"CNSHA:139:6").is_some_and(|again| Arc::ptr_eq(&again, &place)));
        assert_eq!(known.get(b"CNSHA"), None);
        let long = [b'A'; LONGEST + 1];
        known.keep(&long, &place);
        assert_eq!(known.get(&long), None);
    }

    #[test]
    fn other_delimiters_forget_everything() {
        let mut known = KnownPlaces::default();
        known.keep(b"CNSHA:139:6", &Arc::new(DeclaredPlace::locode("CNSHA")));
        known.begin(Delimiters::default());
        assert!(known.get(b"CNSHA:139:6").is_some());
        known.begin(Delimiters { component: b'*', ..Delimiters::default() });
        assert_eq!(known.get(b"CNSHA:139:6"), None);
    }

    #[test]
    fn memory_has_a_bound() {
        let mut known = KnownPlaces::default();
        for n in 0..10_000 {
            known.keep(n.to_string().as_bytes(), &Arc::new(DeclaredPlace::locode("CNSHA")));
        }
        assert_eq!(known.sets.len(), SETS);
    }

    #[test]
    fn plans_of_the_same_places_are_one() {
        let mut known = KnownPlaces::default();
        let [load, discharge] = ["CNSHA", "MYPKG"].map(|code| Some(Arc::new(DeclaredPlace::locode(code))));
        let plan = Plan { load: load.clone(), discharge: discharge.clone(), ..Plan::default() };
        let (one, again) = (known.plan(plan.clone()).unwrap(), known.plan(plan.clone()).unwrap());
        assert!(Arc::ptr_eq(&one, &again));
        let other = known.plan(Plan { load: discharge, discharge: load, ..Plan::default() }).unwrap();
        assert!(*other != plan && *one == plan);
        assert_eq!(known.plan(Plan::default()), None);
    }
}
