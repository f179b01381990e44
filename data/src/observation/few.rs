//! Short lists that lie where they are told: most containers have no more than two references or seals.

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::slice;
use std::sync::Arc;

/// A list that needs no allocation for two values, and that shares longer ones with its copies: what the
/// head of a message says of each of a million containers is there once.
///
/// It reads as a slice, is written as a sequence, and is made of a `Vec`, an array or an iterator.
#[derive(Clone)]
pub struct Few<T>(Kept<T>);

#[derive(Clone)]
enum Kept<T> {
    None,
    One(T),
    Two([T; 2]),
    Many(Arc<Vec<T>>),
}

impl<T> Few<T> {
    /// Returns an empty list.
    pub const fn new() -> Self {
        Self(Kept::None)
    }
}

impl<T: Clone> Few<T> {
    /// Adds a value at the end; a list that is shared is copied then.
    #[inline]
    pub fn push(&mut self, value: T) {
        if let Kept::None = self.0 {
            self.0 = Kept::One(value);
        } else {
            self.push_behind(value);
        }
    }

    /// Adds a value to a list that has one.
    fn push_behind(&mut self, value: T) {
        self.0 = match std::mem::replace(&mut self.0, Kept::None) {
            Kept::None => Kept::One(value),
            Kept::One(first) => Kept::Two([first, value]),
            Kept::Two([first, second]) => Kept::Many(Arc::new(vec![first, second, value])),
            Kept::Many(mut all) => {
                Arc::make_mut(&mut all).push(value);
                Kept::Many(all)
            }
        };
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Kept::None => &[],
            Kept::One(one) => slice::from_ref(one),
            Kept::Two(two) => two,
            Kept::Many(all) => all,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(list: Vec<T>) -> Self {
        if list.len() > 2 { Self(Kept::Many(Arc::new(list))) } else { list.into_iter().collect() }
    }
}

impl<T, const N: usize> From<[T; N]> for Few<T> {
    fn from(list: [T; N]) -> Self {
        list.into_iter().collect()
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut values = values.into_iter();
        let Some(first) = values.next() else { return Self::new() };
        let Some(second) = values.next() else { return Self(Kept::One(first)) };
        let Some(third) = values.next() else { return Self(Kept::Two([first, second])) };
        Self(Kept::Many(Arc::new([first, second, third].into_iter().chain(values).collect())))
    }
}

impl<T: Clone> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl<T> AsRef<[T]> for Few<T> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: Hash> Hash for Few<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T: Deserialize<'de> + Clone> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

/// Reads a sequence without asking how long it says it is.
struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Clone> Visitor<'de> for List<T> {
    type Value = Few<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Few<T>, A::Error> {
        let mut list = Few::new();
        while let Some(value) = sequence.next_element()? {
            list.push(value);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_vec_that_it_was_made_of() {
        for n in 0..6u32 {
            let vec: Vec<u32> = (0..n).collect();
            let mut pushed = Few::new();
            pushed.extend(vec.iter().copied());
            for few in [Few::from(vec.clone()), vec.iter().copied().collect(), pushed] {
                assert_eq!(*few, *vec);
                let json = serde_json::to_string(&few).unwrap();
                assert_eq!(json, serde_json::to_string(&vec).unwrap());
                assert_eq!(serde_json::from_str::<Few<u32>>(&json).unwrap(), few);
            }
        }
        assert_eq!(Few::from([1, 2]).iter().sum::<i32>(), 3);
    }

    #[test]
    fn copies_of_long_lists_share_them_until_one_grows() {
        let long = Few::from(vec![1, 2, 3]);
        let mut copy = long.clone();
        assert!(std::ptr::eq(&raw const long[0], &raw const copy[0]));
        copy.push(4);
        assert_eq!((long.len(), copy.len()), (3, 4));
    }
}
