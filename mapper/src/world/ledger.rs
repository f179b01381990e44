//! Append-only storage in chunks: what was filed stays where it is, and growing copies little.

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::sync::Arc;

const BITS: u32 = 16;
const CHUNK: usize = 1 << BITS;

/// A numbered list that only grows. A copy shares the chunks that are full.
#[derive(Clone)]
pub(crate) struct Ledger<T> {
    full: Vec<Arc<[T]>>,
    open: Vec<T>,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self { full: Vec::new(), open: Vec::new() }
    }
}

impl<T> Ledger<T> {
    /// Returns how many values it holds: the number of the next one.
    pub(crate) fn len(&self) -> u32 {
        let whole = self.full.len() << BITS;
        u32::try_from(whole + self.open.len()).expect("fewer than 2^32 values fit in memory")
    }

    /// Adds a value and returns its number.
    pub(crate) fn push(&mut self, value: T) -> u32 {
        let number = self.len();
        if self.open.capacity() == 0 {
            self.open.reserve_exact(CHUNK);
        }
        self.open.push(value);
        if self.open.len() == CHUNK {
            self.full.push(std::mem::take(&mut self.open).into());
        }
        number
    }

    /// Returns the value of a number that `push` gave.
    pub(crate) fn get(&self, number: u32) -> &T {
        let (chunk, at) = (number as usize >> BITS, number as usize & (CHUNK - 1));
        self.full.get(chunk).map_or_else(|| &self.open[at], |full| &full[at])
    }

    /// Returns its chunks: those that are full, and the last one.
    pub(crate) fn chunks(&self) -> impl ExactSizeIterator<Item = &[T]> {
        let chunks: Vec<&[T]> = self.full.iter().map(|c| &**c).chain([self.open.as_slice()]).collect();
        chunks.into_iter()
    }
}

impl<T: Clone> Ledger<T> {
    /// Returns the value of a number that `push` gave, for changing it.
    pub(crate) fn get_mut(&mut self, number: u32) -> &mut T {
        let (chunk, at) = (number as usize >> BITS, number as usize & (CHUNK - 1));
        match self.full.get_mut(chunk) {
            Some(full) => &mut Arc::make_mut(full)[at],
            None => &mut self.open[at],
        }
    }
}

impl<T: Serialize> Serialize for Ledger<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let chunks = self.chunks();
        let mut to = to.serialize_seq(Some(chunks.len()))?;
        chunks.into_iter().try_for_each(|chunk| to.serialize_element(chunk))?;
        to.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ledger<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        gather(from, |chunk: Vec<T>| Ok::<_, &str>(chunk))
    }
}

/// Reads a ledger whose chunks are written in some other form.
pub(crate) fn gather<'de, D: Deserializer<'de>, C: Deserialize<'de>, T, E: std::fmt::Display>(
    from: D,
    open: impl Fn(C) -> Result<Vec<T>, E>,
) -> Result<Ledger<T>, D::Error> {
    from.deserialize_seq(Chunks(open, PhantomData::<C>))
}

struct Chunks<F, C>(F, PhantomData<C>);

impl<'de, F: Fn(C) -> Result<Vec<T>, E>, C: Deserialize<'de>, T, E: std::fmt::Display> Visitor<'de>
    for Chunks<F, C>
{
    type Value = Ledger<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the chunks of a ledger")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut chunks: A) -> Result<Ledger<T>, A::Error> {
        let mut ledger = Ledger::default();
        while let Some(chunk) = chunks.next_element()? {
            for value in (self.0)(chunk).map_err(serde::de::Error::custom)? {
                ledger.push(value);
            }
        }
        Ok(ledger)
    }
}

/// Lists of numbers, each stored once behind its length; the empty list has no storage.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Lists {
    chunks: Vec<Vec<u32>>,
    last: Option<Listed>,
}

/// A list in [`Lists`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed(pub(super) u32);

impl Listed {
    /// The empty list.
    pub(crate) const EMPTY: Self = Self(u32::MAX);
}

impl Lists {
    /// Keeps a list. The same list twice in a row, as in messages whose header names them, is kept once.
    pub(crate) fn keep(&mut self, list: &[u32]) -> Listed {
        if list.is_empty() {
            return Listed::EMPTY;
        }
        if let Some(last) = self.last.filter(|last| self.get(*last) == list) {
            return last;
        }
        let full = |c: &Vec<u32>| c.capacity() - c.len() <= list.len();
        if self.chunks.last().is_none_or(full) {
            self.chunks.push(Vec::with_capacity(CHUNK.max(list.len() + 1)));
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        let at =
            u32::try_from((number << BITS) | chunk.len()).expect("fewer than 2^32 numbers fit in memory");
        chunk.push(u32::try_from(list.len()).expect("a list of one observation fits in memory"));
        chunk.extend_from_slice(list);
        self.last = Some(Listed(at));
        Listed(at)
    }

    /// Returns a list that `keep` kept.
    pub(crate) fn get(&self, at: Listed) -> &[u32] {
        if at == Listed::EMPTY {
            return &[];
        }
        let from = &self.chunks[at.0 as usize >> BITS][at.0 as usize & (CHUNK - 1)..];
        &from[1..=from[0] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_numbers_over_chunks() {
        let mut ledger = Ledger::default();
        for n in 0..u32::try_from(CHUNK).unwrap() * 2 + 3 {
            assert_eq!((ledger.len(), ledger.push(n)), (n, n));
        }
        *ledger.get_mut(70_000) = 7;
        assert_eq!((*ledger.get(69_999), *ledger.get(70_000), *ledger.get(131_072)), (69_999, 7, 131_072));
    }

    #[test]
    fn lists_of_any_length_come_back() {
        let mut lists = Lists::default();
        let all: Vec<Vec<u32>> =
            [0, 1, 3, 40_000, 30_000, 200_000, 2, 65_536].map(|n| (0..n).collect()).into();
        let kept: Vec<Listed> = all.iter().map(|l| lists.keep(l)).collect();
        for (list, at) in all.iter().zip(kept) {
            assert_eq!(lists.get(at), list);
        }
        assert_eq!(lists.keep(&all[7]), lists.keep(&all[7]));
    }
}
