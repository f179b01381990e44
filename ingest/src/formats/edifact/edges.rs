//! Where segments begin and end that are not written as they should be.

use super::delimiters::Delimiters;
use super::index::{AHEAD, WRAPPED};
use super::segment::Tag;

/// Tags after which a line break is believed to be a missing terminator.
const COMMON: &[&[u8; 3]] = &[
    b"UNB", b"UNG", b"UNH", b"UNT", b"UNE", b"UNZ", b"BGM", b"DTM", b"LOC", b"RFF", b"TDT", b"NAD", b"EQD",
    b"CNT", b"STS", b"CNI", b"MEA", b"SEL", b"FTX", b"TMD", b"GID", b"CTA", b"COM", b"DIM", b"DGS", b"TMP",
    b"HAN", b"EQA", b"EQN", b"TSR",
];

/// Whether a line begins with a known tag and a separator.
pub(super) fn segment_follows(line: &[u8], d: Delimiters) -> bool {
    let line = line[..line.len().min(AHEAD - 4)].trim_ascii_start();
    matches!(line.first_chunk::<4>(), Some([a, b, c, sep]) if *sep == d.element && COMMON.contains(&&[*a, *b, *c]))
}

/// Takes blanks and control characters off both ends of a segment.
pub(super) fn trim(bytes: &[u8], mut start: usize, mut end: usize, flags: &mut u8) -> (usize, usize) {
    let blank = |b: u8| b <= 0x20 || b == 0x7F;
    while start < end && blank(bytes[start]) {
        start += 1;
    }
    if bytes[start..end].starts_with(b"\xEF\xBB\xBF") {
        start += 3;
    }
    while end > start && bytes[end - 1] < 0x20 {
        end -= 1;
    }
    if !bytes[start..end].iter().any(|b| *b < 0x20) {
        *flags &= !WRAPPED;
    }
    (start, end)
}

/// Reads a tag through line breaks inside it and without blanks behind it.
pub(super) fn unwrapped_tag(bytes: &[u8]) -> Tag {
    let mut three = [0u8; 3];
    let mut n = 0;
    for &b in bytes.trim_ascii_end().iter().filter(|b| **b >= 0x20) {
        if n == 3 {
            return Tag::NONE;
        }
        three[n] = b;
        n += 1;
    }
    Tag::read(&three[..n])
}
