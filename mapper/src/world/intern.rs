//! Small integers for texts that come again and again.

use rustc_hash::FxHashMap;
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
