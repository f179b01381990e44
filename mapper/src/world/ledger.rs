//! Append-only storage in chunks: what was filed stays where it is, and growing copies nothing.

const BITS: u32 = 16;
const CHUNK: usize = 1 << BITS;

/// A numbered list that only grows.
pub(crate) struct Ledger<T> {
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Ledger<T> {
    /// Returns how many values it holds: the number of the next one.
    pub(crate) fn len(&self) -> u32 {
        let last = self.chunks.last().map_or(0, Vec::len);
        let whole = self.chunks.len().saturating_sub(1) << BITS;
        u32::try_from(whole + last).expect("fewer than 2^32 values fit in memory")
    }

    /// Adds a value and returns its number.
    pub(crate) fn push(&mut self, value: T) -> u32 {
        let number = self.len();
        if let Some(chunk) = self.chunks.last_mut().filter(|c| c.len() < CHUNK) {
            chunk.push(value);
        } else {
            let mut chunk = Vec::with_capacity(CHUNK);
            chunk.push(value);
            self.chunks.push(chunk);
        }
        number
    }

    /// Returns the value of a number that `push` gave.
    pub(crate) fn get(&self, number: u32) -> &T {
        let number = number as usize;
        &self.chunks[number >> BITS][number & (CHUNK - 1)]
    }

    /// Returns the value of a number that `push` gave, for changing it.
    pub(crate) fn get_mut(&mut self, number: u32) -> &mut T {
        let number = number as usize;
        &mut self.chunks[number >> BITS][number & (CHUNK - 1)]
    }
}

/// Lists of numbers, each stored once behind its length; the empty list has no storage.
#[derive(Default)]
pub(crate) struct Lists {
    chunks: Vec<Vec<u32>>,
    last: Option<Listed>,
}

/// A list in [`Lists`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed(u32);

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
