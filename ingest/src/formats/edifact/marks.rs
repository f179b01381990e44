//! The separators of a window: two bits for every byte, which all segments share.

/// How many bytes the bits of one word stand for.
pub(super) const WORD: usize = 64;

/// Where separators stand in 64 bytes: those of elements and those of components, the first byte being the
/// lowest bit of both.
pub(super) type Word = [u64; 2];

/// Where the separators of elements are in a [`Word`].
pub(super) const ELEMENTS: usize = 0;
/// Where the separators of components are in a [`Word`].
pub(super) const COMPONENTS: usize = 1;

/// The bits of a window, written from its beginning to its end.
///
/// There is always a word more than what was written, so that 64 bytes from any of them can be read from two.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<Word>);

impl Marks {
    /// Returns the words.
    #[inline]
    pub(super) fn words(&self) -> &[Word] {
        &self.0
    }

    /// Writes what stands in the 64 bytes from `at` on; what was written from there on is forgotten.
    #[inline]
    pub(super) fn write(&mut self, at: usize, bits: Word) {
        let (word, shift) = (at / WORD, at % WORD);
        if self.0.len() < word + 3 {
            self.0.resize((word + 3).next_power_of_two(), Word::default());
        }
        let Some([low, high]) = self.0.get_mut(word..).and_then(<[Word]>::first_chunk_mut) else { return };
        let kept = (1u64 << shift) - 1;
        for kind in [ELEMENTS, COMPONENTS] {
            low[kind] = (low[kind] & kept) | (bits[kind] << shift);
            high[kind] = bits[kind] >> 1 >> (WORD - 1 - shift);
        }
    }

    /// Adds separators of elements, which come in order, in bytes that hold no others.
    pub(super) fn add(&mut self, (start, end): (usize, usize), separators: impl Iterator<Item = usize>) {
        for at in (start..end).step_by(WORD).chain([end]) {
            self.write(at, Word::default());
        }
        for at in separators {
            self.0[at / WORD][ELEMENTS] |= 1 << (at % WORD);
        }
    }
}

/// Returns what stands in up to 64 bytes from `start` on.
#[inline]
pub(super) fn head(words: &[Word], start: usize, len: usize) -> Word {
    let (word, shift) = (start / WORD, start % WORD);
    let Some([low, high]) = words.get(word..).and_then(<[Word]>::first_chunk) else {
        return Word::default();
    };
    let own = if len < WORD { (1 << len) - 1 } else { !0 };
    [ELEMENTS, COMPONENTS].map(|kind| ((low[kind] >> shift) | (high[kind] << 1 << (WORD - 1 - shift))) & own)
}

/// Returns the first separator in a range of bytes, of the kinds that `pick` takes from a word.
pub(super) fn first(
    words: &[Word],
    (start, end): (usize, usize),
    pick: impl Fn(&Word) -> u64,
) -> Option<usize> {
    let mut at = start;
    while at < end {
        let left = pick(words.get(at / WORD)?) >> (at % WORD);
        if left != 0 {
            return Some(at + left.trailing_zeros() as usize).filter(|at| *at < end);
        }
        at = (at / WORD + 1) * WORD;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_at_any_place() {
        let mut marks = Marks::default();
        let mut at = 0;
        for len in (1..=WORD).chain([7, WORD, 3]).cycle().take(1000) {
            marks.write(at, [1 | 1 << (len - 1), 2]);
            let own = if len < WORD { (1 << len) - 1 } else { !0 };
            assert_eq!(head(marks.words(), at, len), [1 | 1 << (len - 1), 2 & own], "{at} {len}");
            assert_eq!(first(marks.words(), (at, at + len), |w| w[ELEMENTS]), Some(at));
            at += len;
        }
    }

    #[test]
    fn writing_forgets_what_stood_behind() {
        let mut marks = Marks::default();
        marks.write(0, [!0, !0]);
        marks.write(3, [0b100, 0]);
        assert_eq!(head(marks.words(), 0, WORD), [0b10_0111, 0b111]);
        marks.add((1, 200), [5, 64, 199].into_iter());
        let all = |from| first(marks.words(), (from, 300), |w| w[ELEMENTS] | w[COMPONENTS]);
        assert_eq!([0, 1, 6, 65, 200].map(all), [Some(0), Some(5), Some(64), Some(199), None]);
    }
}
