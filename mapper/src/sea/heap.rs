//! A queue for searches: what leaves it never falls, so it sorts by the highest bit that changed (a radix heap).

/// Vertices by rising keys.
#[derive(Debug)]
pub(crate) struct Heap {
    /// Entries whose key differs from the last one taken at this bit first; the first list holds equal keys.
    lists: [Vec<Entry>; 33],
    /// Which lists hold something, one bit each.
    filled: u64,
    last: u32,
}

/// Key, vertex, cost.
type Entry = (u32, u32, u32);

impl Default for Heap {
    fn default() -> Self {
        Self { lists: std::array::from_fn(|_| Vec::new()), filled: 0, last: 0 }
    }
}

impl Heap {
    /// Puts a vertex in; a key below the last one taken counts as that one.
    #[inline]
    pub(crate) fn push(&mut self, key: u32, vertex: u32, cost: u32) {
        let key = key.max(self.last);
        let list = (32 - (key ^ self.last).leading_zeros()) as usize;
        self.filled |= 1 << list;
        self.lists[list].push((key, vertex, cost));
    }

    /// Takes the vertex with the least key, and its cost.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<(u32, u32)> {
        if self.filled & 1 == 0 {
            self.refill()?;
        }
        let (_, vertex, cost) = self.lists[0].pop()?;
        if self.lists[0].is_empty() {
            self.filled &= !1;
        }
        Some((vertex, cost))
    }

    /// Spreads the lowest list over those below it.
    fn refill(&mut self) -> Option<()> {
        if self.filled == 0 {
            return None;
        }
        let lowest = self.filled.trailing_zeros() as usize;
        let mut entries = std::mem::take(&mut self.lists[lowest]);
        self.filled &= !(1 << lowest);
        self.last = entries.iter().map(|entry| entry.0).min()?;
        for (key, vertex, cost) in entries.drain(..) {
            self.push(key, vertex, cost);
        }
        // Its room is used again.
        self.lists[lowest] = entries;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_leave_in_order(steps in prop::collection::vec((0..1000_u32, 1..4_usize), 1..200)) {
            let (mut heap, mut sorted, mut last) = (Heap::default(), std::collections::BinaryHeap::new(), 0);
            for (more, taken) in steps {
                heap.push(last + more, last + more, last + more);
                sorted.push(std::cmp::Reverse(last + more));
                for _ in 0..taken - 1 {
                    let expected = sorted.pop().map(|key| key.0);
                    prop_assert_eq!(heap.pop(), expected.map(|key| (key, key)));
                    last = expected.unwrap_or(last);
                }
            }
        }
    }
}
