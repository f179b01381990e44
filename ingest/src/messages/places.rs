//! The places of a stream that were read before: the same few ports are named a million times.

use crate::formats::edifact::Delimiters;
use sealane_data::observation::{DeclaredPlace, Plan};
use std::sync::Arc;

/// A place as observations have it.
pub(super) type SharedPlace = Arc<DeclaredPlace>;

/// How many sets of places are remembered; a new place takes the older one of its set.
const SETS: usize = 1024;

/// How many plans are remembered; a new one takes the slot of another.
const PLANS: usize = 1024;

/// Longer ones are read anew each time. With this a known place and its bytes fill one line of the cache.
const LONGEST: usize = 47;

/// A place and the bytes that named it.
#[derive(Debug)]
struct Known {
    place: Option<Arc<DeclaredPlace>>,
    /// A number that no other place of the stream has.
    number: u32,
    len: u8,
    bytes: [u8; LONGEST],
}

impl Default for Known {
    fn default() -> Self {
        Self { place: None, number: 0, len: 0, bytes: [0; LONGEST] }
    }
}

/// A place that the stream knows: its number, which is never 0, and where it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle {
    pub(super) number: u32,
    set: usize,
}

/// Which known place each port of a plan is (0 is none), and the plan.
type KnownPlan = ([u32; 4], Option<Arc<Plan>>);

/// Places by the bytes that named them, for all messages of one stream, and the plans that are made of them.
///
/// Only what was read without a finding is remembered, as every message has its own findings.
#[derive(Debug, Default)]
pub struct KnownPlaces {
    delimiters: Delimiters,
    numbered: u32,
    sets: Vec<[Known; 2]>,
    plans: Vec<KnownPlan>,
}

impl KnownPlaces {
    /// Forgets everything when a new interchange separates its values in another way.
    pub(super) fn begin(&mut self, delimiters: Delimiters) {
        if delimiters != self.delimiters {
            *self = Self { delimiters, numbered: self.numbered, ..Self::default() };
        }
    }

    /// Returns what is known by these bytes, and where it is kept.
    #[inline]
    fn find(&self, said: &[u8]) -> Option<(usize, &Known)> {
        let set = set(said);
        let known = self.sets.get(set)?.iter().find(|known| {
            usize::from(known.len) == said.len() && known.bytes.get(..said.len()).is_some_and(|b| b == said)
        })?;
        Some((set, known))
    }

    /// Returns the place that the same bytes named before.
    pub(super) fn get(&self, said: &[u8]) -> Option<Arc<DeclaredPlace>> {
        self.find(said)?.1.place.clone()
    }

    /// Returns the place that the same bytes named before, without counting it.
    #[inline]
    pub(super) fn handle(&self, said: &[u8]) -> Option<Handle> {
        let (set, known) = self.find(said)?;
        (known.number > 0).then_some(Handle { number: known.number, set })
    }

    /// Returns a place by what was returned for it, if it was not forgotten since.
    pub(super) fn place(&self, handle: Handle) -> Option<Arc<DeclaredPlace>> {
        let known = self.sets.get(handle.set)?;
        known.iter().find(|known| known.number == handle.number)?.place.clone()
    }

    /// Remembers a place.
    pub(super) fn keep(&mut self, said: &[u8], place: &Arc<DeclaredPlace>) {
        let (Ok(len), Some(number)) = (u8::try_from(said.len()), self.numbered.checked_add(1)) else {
            return;
        };
        let mut known = Known { place: Some(place.clone()), number, len, ..Known::default() };
        let Some(bytes) = known.bytes.get_mut(..said.len()) else { return };
        bytes.copy_from_slice(said);
        self.numbered = number;
        if self.sets.is_empty() {
            self.sets.resize_with(SETS, Default::default);
        }
        let [newer, older] = &mut self.sets[set(said)];
        *older = std::mem::replace(newer, known);
    }

    /// Returns the plan whose ports are the known places of these numbers.
    #[inline]
    pub(super) fn plan(&self, ports: [u32; 4]) -> Option<Arc<Plan>> {
        let (known, plan) = self.plans.get(slot(ports))?;
        plan.as_ref().filter(|_| *known == ports).cloned()
    }

    /// Remembers the plan whose ports are the known places of these numbers, once they come again: most do so
    /// soon or never, and to count a plan up and down costs more than to make it twice.
    pub(super) fn keep_plan(&mut self, ports: [u32; 4], plan: &Arc<Plan>) {
        if self.plans.is_empty() {
            self.plans.resize_with(PLANS, Default::default);
        }
        let (known, kept) = &mut self.plans[slot(ports)];
        *kept = (*known == ports).then(|| plan.clone());
        *known = ports;
    }
}

/// Returns where the plan of numbered places is kept.
#[inline]
fn slot(ports: [u32; 4]) -> usize {
    let mixed = ports.into_iter().fold(0u32, |mixed, n| (mixed.rotate_left(9) ^ n).wrapping_mul(0x9E37_79B1));
    (mixed >> 16) as usize % PLANS
}

/// Returns in which set the bytes' place is kept.
#[inline]
fn set(said: &[u8]) -> usize {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix =
        |mixed: u64, eight: [u8; 8]| (mixed.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(ODD);
    let mixed = match said.last_chunk() {
        Some(last) => said.as_chunks().0.iter().copied().chain([*last]).fold(0, mix),
        None => said.iter().fold(0, |mixed, byte| mix(mixed, [*byte; 8])),
    };
    // The high bits are mixed best; there are as many as `SETS` needs.
    usize::try_from(mixed >> 32).unwrap_or(0) % SETS
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
        assert!(
            known.get(b"").is_none() && known.handle(b"").is_none(),
            "an empty place of the table is none"
        );
    }

    #[test]
    fn a_place_that_was_forgotten_comes_back_with_another_number() {
        let mut known = KnownPlaces::default();
        let place = Arc::new(DeclaredPlace::locode("CNSHA"));
        known.keep(b"CNSHA", &place);
        let (first, plan) = (known.handle(b"CNSHA").unwrap(), Arc::new(Plan::default()));
        assert!(known.place(first).is_some_and(|known| Arc::ptr_eq(&known, &place)));
        known.keep_plan([first.number, 0, 0, 0], &plan);
        assert_eq!(known.plan([first.number, 0, 0, 0]), None, "once is not kept");
        known.keep_plan([first.number, 0, 0, 0], &plan);
        assert!(known.plan([first.number, 0, 0, 0]).is_some());
        known.begin(Delimiters { component: b'*', ..Delimiters::default() });
        known.keep(b"CNSHA", &place);
        let again = known.handle(b"CNSHA").unwrap().number;
        assert!(first.number != again && known.place(first).is_none());
        assert_eq!(known.plan([again, 0, 0, 0]), None);
        known.keep_plan([again, 0, 0, 0], &plan);
        known.keep_plan([again, 0, 0, 0], &plan);
        assert!(known.plan([again, 0, 0, 0]).is_some_and(|known| Arc::ptr_eq(&known, &plan)));
        assert_eq!(known.plan([0, again, 0, 0]), None);
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
}
