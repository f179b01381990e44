//! Small integers for texts that come again and again.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::Hash;

/// Keeps each distinct value once and gives it a number.
#[derive(Clone, Debug)]
pub(crate) struct Interner<T> {
    values: Vec<T>,
    numbers: FxHashMap<T, u32>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { values: Vec::new(), numbers: FxHashMap::default() }
    }
}

/// Only the values are written: their places are their numbers.
impl<T: Serialize> Serialize for Interner<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(to)
    }
}

impl<'de, T: Deserialize<'de> + Clone + Eq + Hash> Deserialize<'de> for Interner<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = Vec::<T>::deserialize(from)?;
        let mut numbers = FxHashMap::with_capacity_and_hasher(values.len(), Default::default());
        numbers.extend((0_u32..).zip(&values).map(|(n, value)| (value.clone(), n)));
        Ok(Self { values, numbers })
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    /// Returns the value's number, giving it one if it is new.
    pub(crate) fn number(&mut self, value: &T) -> u32 {
        if let Some(n) = self.numbers.get(value) {
            return *n;
        }
        let n = u32::try_from(self.values.len()).expect("fewer than 2^32 distinct values fit in memory");
        self.values.push(value.clone());
        self.numbers.insert(value.clone(), n);
        n
    }

    /// Returns the values alone, for a snapshot: it is written, and asked nothing.
    pub(crate) fn kept(&self) -> Self {
        Self { values: self.values.clone(), numbers: FxHashMap::default() }
    }

    /// Returns the number of a value that is known.
    pub(crate) fn known<Q>(&self, value: &Q) -> Option<u32>
    where
        T: std::borrow::Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.numbers.get(value).copied()
    }

    /// Returns the value of a number that this interner gave.
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.values[number as usize]
    }
}
