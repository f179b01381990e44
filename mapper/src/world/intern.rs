//! Small integers for texts that come again and again.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::Hash;

/// Keeps each distinct value once and gives it a number.
#[derive(Clone, Debug)]
pub(crate) struct Interner<T>(IndexSet<T, FxBuildHasher>);

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self(IndexSet::default())
    }
}

/// Only the values are written: their places are their numbers.
impl<T: Serialize> Serialize for Interner<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(&self.0)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash> Deserialize<'de> for Interner<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = Vec::<T>::deserialize(from)?;
        let count = values.len();
        let kept: IndexSet<T, FxBuildHasher> = values.into_iter().collect();
        let alike = || serde::de::Error::custom("a value is there twice");
        (kept.len() == count).then_some(Self(kept)).ok_or_else(alike)
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    /// Returns the value's number, giving it one if it is new.
    pub(crate) fn number(&mut self, value: &T) -> u32 {
        let at = self.0.get_index_of(value).unwrap_or_else(|| self.0.insert_full(value.clone()).0);
        u32::try_from(at).expect("fewer than 2^32 distinct values fit in memory")
    }

    /// Returns the number of a value that is known.
    pub(crate) fn known<Q>(&self, value: &Q) -> Option<u32>
    where
        T: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get_index_of(value).and_then(|at| u32::try_from(at).ok())
    }

    /// Returns the value of a number that this interner gave.
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.0[number as usize]
    }
}
