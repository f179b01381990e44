//! Codes: short values in one number each, so that one look tells which of many it is.

/// How many bytes a code has at most.
const LONGEST: usize = 7;

/// A value of at most seven bytes: the bytes from the lowest on, their count in the highest. No value is
/// [`Code::NONE`]; a longer one equals no code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Code(u64);

impl Code {
    /// No value.
    pub const NONE: Self = Self(0);

    /// What is too long for a code.
    const LONG: Self = Self(u64::MAX);

    /// Returns the code of a value.
    pub const fn new(value: &[u8]) -> Self {
        if value.len() > LONGEST {
            return Self::LONG;
        }
        let (mut bits, mut at) = (0, 0);
        while at < value.len() {
            bits |= (value[at] as u64) << (8 * at);
            at += 1;
        }
        Self(bits | (value.len() as u64) << 56)
    }

    /// Returns the code of the first of four bytes, one to three of them.
    #[inline]
    pub(crate) fn short(four: [u8; 4], len: usize) -> Self {
        let bits = u64::from(u32::from_le_bytes(four)) & ((1 << (8 * len)) - 1);
        Self(bits | (len as u64) << 56)
    }

    /// Reads the code of the value that stands in `bytes` from `start` to `end`.
    #[expect(
        clippy::inline_always,
        reason = "this is done for every segment and is short but at the end of the bytes"
    )]
    #[inline(always)]
    pub(super) fn read(bytes: &[u8], (start, end): (usize, usize)) -> Self {
        let len = end.wrapping_sub(start);
        match bytes.get(start..).and_then(<[u8]>::first_chunk::<8>) {
            Some(eight) if len <= LONGEST => {
                let bits = u64::from_le_bytes(*eight) & ((1 << (8 * len)) - 1);
                Self(bits | (len as u64) << 56)
            }
            _ => Self::at_end(bytes, (start, end)),
        }
    }

    /// Reads a long value, or one at the end of the bytes.
    #[cold]
    #[inline(never)]
    fn at_end(bytes: &[u8], (start, end): (usize, usize)) -> Self {
        Self::new(bytes.get(start..end).unwrap_or_default())
    }
}

/// Returns the codes of a list of values.
pub(crate) const fn codes<const N: usize>(values: [&[u8]; N]) -> [Code; N] {
    let (mut codes, mut at) = ([Code::NONE; N], 0);
    while at < N {
        codes[at] = Code::new(values[at]);
        at += 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_is_its_bytes(bytes in prop::collection::vec(any::<u8>(), 0..24), start in 0..24usize, len in 0..12usize) {
            let (start, end) = (start.min(bytes.len()), (start + len).min(bytes.len()));
            prop_assert_eq!(Code::read(&bytes, (start, end)), Code::new(&bytes[start..end]));
        }

        #[test]
        fn other_bytes_are_other_codes(a in prop::collection::vec(0..3u8, 0..=LONGEST), b in prop::collection::vec(0..3u8, 0..=LONGEST)) {
            prop_assert_eq!(Code::new(&a) == Code::new(&b), a == b);
        }
    }

    #[test]
    fn nothing_and_too_much_are_told() {
        assert_eq!(Code::new(b""), Code::NONE);
        assert_eq!(Code::new(b"12345678"), Code::new(b"87654321"), "both are none");
        assert!(Code::new(b"1234567") != Code::new(b"12345678"));
    }
}
