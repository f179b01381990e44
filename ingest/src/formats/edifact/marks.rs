//! The separators of a window: one flat list of positions that all segments share.

use super::segment::COMPONENT;

/// How many separators one block of bytes can have, and so how much room is kept behind the list.
const BLOCK: usize = 64;

/// Positions of separators in their order; those between components have their highest bit set.
///
/// The list is longer than what is used of it, so that a block writes without asking for room each time.
#[derive(Debug, Default)]
pub(super) struct Marks {
    list: Vec<u32>,
    used: usize,
}

impl Marks {
    /// Returns how many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// Forgets all from the `used`th on.
    #[inline]
    pub(super) fn truncate(&mut self, used: usize) {
        self.used = self.used.min(used);
    }

    /// Returns one of them.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<u32> {
        self.list[..self.used].get(at).copied()
    }

    /// Returns those from one to before another.
    #[inline]
    pub(super) fn slice(&self, from: usize, to: usize) -> &[u32] {
        &self.list[from..to]
    }

    /// Adds one separator of elements.
    pub(super) fn push(&mut self, mark: u32) {
        self.make_room();
        self.list[self.used] = mark;
        self.used += 1;
    }

    /// Makes room for one block.
    #[inline]
    pub(super) fn make_room(&mut self) {
        // One block may be written in parts, and each looks at a whole block of room.
        if self.list.len() < self.used + 2 * BLOCK {
            self.list.resize((self.used + 2 * BLOCK).next_power_of_two(), 0);
        }
    }

    /// Adds the separators of a block that begins at `base`, one bit each; the block has room.
    #[inline]
    pub(super) fn push_bits(&mut self, base: u32, mut separators: u64, block: &[u8; BLOCK], component: u8) {
        let Some(out) = self.list.get_mut(self.used..).and_then(<[u32]>::first_chunk_mut::<BLOCK>) else {
            return;
        };
        let mut n = 0;
        while separators != 0 {
            let bit = separators.trailing_zeros();
            let between = u32::from(block[bit as usize % BLOCK] == component) * COMPONENT;
            out[n % BLOCK] = base.wrapping_add(bit) | between;
            separators &= separators - 1;
            n += 1;
        }
        self.used += n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_in_parts_is_written_whole() {
        let mut marks = Marks::default();
        for base in (0..4096).step_by(BLOCK) {
            marks.make_room();
            for bit in 0..BLOCK {
                marks.push_bits(base, 1 << bit, &[b'+'; BLOCK], b':');
            }
        }
        assert!(marks.slice(0, marks.len()).iter().copied().eq(0..4096));
    }

    #[test]
    fn bits_become_positions() {
        let mut marks = Marks::default();
        let mut block = [b' '; BLOCK];
        (block[0], block[5], block[63]) = (b'+', b':', b'+');
        for base in [0, 64] {
            marks.make_room();
            marks.push_bits(base, 1 | 1 << 5 | 1 << 63, &block, b':');
        }
        assert_eq!(marks.slice(0, 3), [0, 0x5 | COMPONENT, 0x3F]);
        assert_eq!(marks.slice(3, marks.len()), [0x40, 0x45 | COMPONENT, 0x7F]);
        marks.truncate(4);
        marks.push(70);
        assert_eq!((marks.get(4), marks.get(5)), (Some(70), None));
    }
}
