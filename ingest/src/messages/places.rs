//! The places of a stream that were read before: the same few ports are named a million times.

use crate::formats::edifact::Delimiters;
use rustc_hash::FxHasher;
use sealane_data::observation::DeclaredPlace;
use std::hash::Hasher as _;
use std::sync::Arc;

/// How many places are remembered; a new one takes the slot of another.
const SLOTS: usize = 256;

/// Longer ones are read anew each time.
const LONGEST: usize = 64;

/// The bytes that named a place, and the place.
type Known = (Box<[u8]>, Arc<DeclaredPlace>);

/// Places by the bytes that named them, for all messages of one stream.
///
/// Only what was read without a finding is remembered, as every message has its own findings.
#[derive(Debug, Default)]
pub struct KnownPlaces {
    delimiters: Delimiters,
    slots: Vec<Option<Known>>,
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
        let (bytes, place) = self.slots.get(slot(said))?.as_ref()?;
        (**bytes == *said).then(|| place.clone())
    }

    /// Remembers a place.
    pub(super) fn keep(&mut self, said: &[u8], place: &Arc<DeclaredPlace>) {
        if said.len() > LONGEST {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        self.slots[slot(said)] = Some((said.into(), place.clone()));
    }
}

/// Returns where the bytes' place is kept.
fn slot(said: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(said);
    // Below `SLOTS` whatever the width of a word.
    usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or(0)
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
        assert_eq!(known.slots.len(), SLOTS);
    }
}
