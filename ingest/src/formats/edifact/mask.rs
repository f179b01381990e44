//! Finding service characters many bytes at a time.

use super::delimiters::Delimiters;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 64;

/// What stands where in one block: one bit a byte, the first byte being the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Separators of elements and components.
    pub(super) separators: u64,
    /// Terminators, release characters and control characters that separate nothing.
    pub(super) stops: u64,
}

/// Returns what stands where in a block.
///
/// Written so that the compiler compares many bytes at once; the multiplications gather eight
/// bytes of 0 or 1 into eight bits.
#[inline]
pub(super) fn masks(block: &[u8; BLOCK], d: Delimiters) -> Masks {
    let mut separators = [0u8; BLOCK];
    let mut stops = [0u8; BLOCK];
    for ((separator, stop), &b) in separators.iter_mut().zip(&mut stops).zip(block) {
        // No component separator is written as 0.
        *separator = u8::from(b == d.element) | (u8::from(b == d.component) & u8::from(b != 0));
        *stop = u8::from(b == d.terminator) | u8::from(b == d.release) | u8::from(b < 0x20);
    }
    let separators = gather(&separators);
    Masks { separators, stops: gather(&stops) & !separators }
}

/// Gathers bytes of 0 or 1 into bits.
#[inline]
fn gather(hits: &[u8; BLOCK]) -> u64 {
    let mut mask = 0u64;
    for (i, eight) in hits.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

/// Returns fewer than 64 bytes as a block, blanks behind them.
pub(super) fn padded(tail: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block[..tail.len()].copy_from_slice(tail);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the bits mean, byte by byte.
    fn one_by_one(block: &[u8; BLOCK], d: Delimiters) -> Masks {
        let mut masks = Masks::default();
        for (i, &b) in block.iter().enumerate() {
            if b == d.element || (b == d.component && b != 0) {
                masks.separators |= 1 << i;
            } else if b == d.terminator || b == d.release || b < 0x20 {
                masks.stops |= 1 << i;
            }
        }
        masks
    }

    fn delimiters() -> impl Strategy<Value = Delimiters> {
        let other = (prop::sample::select(b"\x1D*|+\n".to_vec()), prop::sample::select(b"\0\x1F>:".to_vec()));
        other.prop_map(|(element, component)| Delimiters { element, component, ..Delimiters::default() })
    }

    proptest! {
        #[test]
        fn bits_are_bytes(block: [u8; 32], often in prop::collection::vec(
            prop::sample::select(b"+:'?\n\0\x1D*|>A1".to_vec()), 32), d in delimiters())
        {
            let block: [u8; BLOCK] = [&block[..], &often].concat().try_into().unwrap();
            prop_assert_eq!(masks(&block, d), one_by_one(&block, d));
            prop_assert_eq!(masks(&block, Delimiters::default()), one_by_one(&block, Delimiters::default()));
        }
    }
}
