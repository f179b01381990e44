//! Finding service characters many bytes at a time.

use super::delimiters::Delimiters;
use super::marks::{WORD, Word};
use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = WORD;

/// What stands where in one block: one bit a byte, the first byte being the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Separators of elements, and those of components.
    pub(super) separators: Word,
    /// Terminators, release characters and control characters that separate nothing.
    pub(super) stops: u64,
}

/// What is looked for, sixteen times each.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    element: u8x16,
    component: u8x16,
    terminator: u8x16,
    release: u8x16,
}

impl Masks {
    /// Returns those of the places that `own` has a bit for.
    #[inline]
    pub(super) fn only(self, own: u64) -> Self {
        let [elements, components] = self.separators;
        Self { separators: [elements & own, components & own], stops: self.stops & own }
    }
}

impl Wanted {
    /// Returns what is looked for with these service characters.
    #[inline]
    pub(super) fn of(d: Delimiters) -> Self {
        Self {
            element: u8x16::splat(d.element),
            // No component separator is written as 0; a second element separator finds nothing more.
            component: u8x16::splat(if d.component == 0 { d.element } else { d.component }),
            terminator: u8x16::splat(d.terminator),
            release: u8x16::splat(d.release),
        }
    }

    /// Returns what stands where in a block.
    #[inline]
    pub(super) fn masks(&self, block: &[u8; BLOCK]) -> Masks {
        let control = u8x16::splat(0x1F);
        let (mut elements, mut components, mut stops) = (0, 0, 0);
        for (i, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*sixteen);
            let service = bytes.simd_eq(self.terminator) | bytes.simd_eq(self.release);
            let stop = service | bytes.min(control).simd_eq(bytes);
            elements |= u64::from(bytes.simd_eq(self.element).to_bitmask()) << (16 * i);
            components |= u64::from(bytes.simd_eq(self.component).to_bitmask()) << (16 * i);
            stops |= u64::from(stop.to_bitmask()) << (16 * i);
        }
        Masks { separators: [elements, components & !elements], stops: stops & !(elements | components) }
    }
}

/// Returns fewer than 64 bytes as a block, blanks behind them.
pub(super) fn padded(tail: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block[..tail.len()].copy_from_slice(tail);
    block
}

#[cfg(test)]
mod tests {
    use super::super::marks::{COMPONENTS, ELEMENTS};
    use super::*;
    use proptest::prelude::*;

    /// What the bits mean, byte by byte.
    fn one_by_one(block: &[u8; BLOCK], d: Delimiters) -> Masks {
        let mut masks = Masks::default();
        for (i, &b) in block.iter().enumerate() {
            if b == d.element {
                masks.separators[ELEMENTS] |= 1 << i;
            } else if b == d.component && b != 0 {
                masks.separators[COMPONENTS] |= 1 << i;
            } else if b == d.terminator || b == d.release || b < 0x20 {
                masks.stops |= 1 << i;
            }
        }
        masks
    }

    fn delimiters() -> impl Strategy<Value = Delimiters> {
        let other = (prop::sample::select(b"\x1D*|+\n".to_vec()), prop::sample::select(b"\0\x1F>:".to_vec()));
        other.prop_map(|(element, component)| Delimiters { component, element, ..Delimiters::default() })
    }

    proptest! {
        #[test]
        fn bits_are_bytes(block: [u8; 32], often in prop::collection::vec(
            prop::sample::select(b"+:'?\n\0\x1D*|>A1".to_vec()), 32), d in delimiters())
        {
            let block: [u8; BLOCK] = [&block[..], &often].concat().try_into().unwrap();
            prop_assert_eq!(Wanted::of(d).masks(&block), one_by_one(&block, d));
            prop_assert_eq!(Wanted::of(Delimiters::default()).masks(&block), one_by_one(&block, Delimiters::default()));
        }
    }
}
