//! The six-bit payload of a message, unpacked once and then read field by field.

/// Characters of a payload at most: five slots carry 1,008 bits (ITU-R M.1371-5, annex 2, 3.1), rounded up.
pub const CAP: usize = 176;
const BYTES: usize = CAP * 6 / 8;

/// What each character stands for (IEC 61162-1, table of six-bit field conversion); 0xFF for what is none.
const SIX: [u8; 256] = {
    let mut table = [0xFF; 256];
    let mut c: u8 = 48;
    while c < 120 {
        if c < 88 {
            table[c as usize] = c - 48;
        } else if c >= 96 {
            table[c as usize] = c - 56;
        }
        c += 1;
    }
    table
};

/// The bits of one message; made once, filled for every message.
#[derive(Clone, Debug)]
pub struct Bits {
    /// Bits, the first one highest, with room for an eight-byte read at the end.
    bytes: [u8; BYTES + 8],
    len: usize,
}

impl Default for Bits {
    fn default() -> Self {
        Self { bytes: [0; BYTES + 8], len: 0 }
    }
}

impl Bits {
    /// Takes a payload whose last `fill` bits mean nothing; says whether it is one.
    pub fn fill(&mut self, payload: &[u8], fill: u8) -> bool {
        self.len = 0;
        if payload.len() > CAP || fill > 5 || payload.is_empty() {
            return false;
        }
        let mut seen = 0;
        let mut six = |b: u8| {
            let value = SIX[usize::from(b)];
            seen |= value;
            u32::from(value & 0x3F)
        };
        let whole = payload.chunks_exact(4);
        let rest = whole.remainder();
        for (four, three) in whole.zip(self.bytes.chunks_exact_mut(3)) {
            let word = six(four[0]) << 18 | six(four[1]) << 12 | six(four[2]) << 6 | six(four[3]);
            three.copy_from_slice(&word.to_be_bytes()[1..]);
        }
        let word = rest.iter().zip([18, 12, 6]).fold(0, |word, (b, shift)| word | six(*b) << shift);
        let at = payload.len() / 4 * 3;
        self.bytes[at..at + 3].copy_from_slice(&word.to_be_bytes()[1..]);
        if seen & 0xC0 != 0 {
            return false;
        }
        self.len = payload.len() * 6 - usize::from(fill);
        true
    }

    /// Returns how many bits there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns an unsigned field of at most 32 bits; 0 where it is not all there.
    pub fn unsigned(&self, at: usize, len: usize) -> u32 {
        if len == 0 || len > 32 || at + len > self.len {
            return 0;
        }
        let eight = self.bytes[at / 8..].first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight));
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
        let field = (eight << (at % 8) >> (64 - len)) as u32;
        field
    }

    /// Returns a signed field (two's complement) of at most 32 bits.
    pub fn signed(&self, at: usize, len: usize) -> i32 {
        let unused = 32_usize.saturating_sub(len).min(31);
        (self.unsigned(at, len) << unused).cast_signed() >> unused
    }

    /// Returns a text of `N` six-bit characters, `@` and what follows it as blanks.
    pub fn text<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut text = [b' '; N];
        for (i, c) in text.iter_mut().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "six bits")]
            let six = self.unsigned(at + i * 6, 6) as u8;
            match six {
                0 => break,
                1..32 => *c = six + 64,
                _ => *c = six,
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_any_length_stand_where_they_were_put() {
        let mut bits = Bits::default();
        // 000001 000000 111111 111000 101010 100000
        assert!(bits.fill(b"10wpbP", 0));
        assert_eq!(bits.len(), 36);
        assert_eq!((bits.unsigned(0, 6), bits.unsigned(5, 8), bits.unsigned(12, 6)), (1, 0x81, 63));
        assert_eq!((bits.signed(12, 6), bits.signed(18, 6), bits.signed(0, 6)), (-1, -8, 1));
        assert_eq!(bits.unsigned(30, 7), 0, "not all there");
        assert_eq!(bits.unsigned(0, 32), 0b0000_0100_0000_1111_1111_1000_1010_1010);
    }

    #[test]
    fn what_is_no_payload_is_refused() {
        let mut bits = Bits::default();
        for (payload, fill) in [(&b""[..], 0), (b"1X1", 0), (b"1\xFF", 0), (b"11", 6), (&[b'0'; CAP + 1], 0)]
        {
            assert!(!bits.fill(payload, fill) && bits.is_empty(), "{payload:?}");
        }
        assert!(bits.fill(&[b'w'; CAP], 5));
        assert_eq!((bits.len(), bits.unsigned(CAP * 6 - 37, 32)), (CAP * 6 - 5, u32::MAX));
    }

    #[test]
    fn texts_end_at_their_filler() {
        let mut bits = Bits::default();
        assert!(bits.fill(b"1Dp<p0>", 0));
        assert_eq!(&bits.text::<7>(0), b"AT8L8  ");
    }
}
