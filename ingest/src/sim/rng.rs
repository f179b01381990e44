//! A small generator of pseudo-random numbers, the same on every machine.

/// `SplitMix64` (Steele, Lea and Flood 2014): 64 bits of state, no dependency, no platform difference.
pub(super) struct Rng(u64);

impl Rng {
    /// Returns the generator of one purpose, so that adding draws to one leaves the others alone.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let hash = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut rng = Self(seed ^ hash);
        rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number from `low` to `high`, both included; `low` when the range is empty.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % width).unwrap_or(0)
    }

    /// Returns an index below `len`; 0 when `len` is 0.
    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.next() % (len.max(1) as u64)).unwrap_or(0)
    }

    /// Returns one of the items.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, items: &[T; N]) -> T {
        items[self.index(N)]
    }

    /// Returns whether something with this many chances in a thousand happens.
    pub(super) fn chance(&mut self, per_mille: i64) -> bool {
        self.between(0, 999) < per_mille
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_never_change() {
        let mut rng = Rng(0);
        assert_eq!(rng.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(rng.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn ranges_hold_and_purposes_differ() {
        let (mut a, mut b) = (Rng::new(1, "a"), Rng::new(1, "b"));
        assert_ne!(a.next(), b.next());
        for _ in 0..1000 {
            assert!((-3..=4).contains(&a.between(-3, 4)));
            assert!(a.index(7) < 7);
        }
        assert_eq!((a.between(5, 4), a.index(0)), (5, 0));
    }
}
