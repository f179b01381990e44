//! Cutting bytes into segments.

use super::isa;
use super::separators::Separators;
use crate::formats::edifact::{BY_LINE, CUT, MESSAGE_CAP, WRAPPED};

/// How many bytes must be there before a segment is looked at.
const AHEAD: usize = 16;
/// The longest tag with the separator behind it.
const TAG: usize = 4;

/// One segment that was cut, by places in the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: usize,
    /// Without its terminator.
    pub(super) end: usize,
    /// Behind its terminator.
    pub(super) after: usize,
    /// What was odd about it.
    pub(super) flags: u8,
    /// Terminators before it that end nothing.
    pub(super) strays: u32,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A segment.
    Piece(Piece),
    /// The header of another interchange, which may have other separators.
    Header(usize),
    /// A segment that has not ended; more bytes will come.
    More,
    /// Nothing but blanks.
    End,
}

/// Cuts the next segment at or behind `from`; `last` says that no more bytes will come.
pub(super) fn next(bytes: &[u8], from: usize, d: Separators, last: bool) -> Next {
    let (mut start, mut strays) = (from, 0);
    loop {
        start += blanks(&bytes[start..], d);
        if start >= bytes.len() {
            return Next::End;
        }
        let t = d.terminator.as_bytes();
        if !bytes[start..].starts_with(t) {
            break;
        }
        start += t.len();
        strays += 1;
    }
    if !last && bytes.len() - start < AHEAD {
        return Next::More;
    }
    if isa::begins(&bytes[start..]) {
        return Next::Header(start);
    }
    let body = binary(&bytes[start..], d).map_or(start, |len| start + len);
    if body > start {
        let (end, after, flags) = match d.terminator.find(bytes, body.min(bytes.len())) {
            Some(at) => (at, at + d.terminator.as_bytes().len(), 0),
            None if last => (bytes.len(), bytes.len(), CUT),
            None => return Next::More,
        };
        return Next::Piece(Piece { start, end, after, flags, strays });
    }
    let Some((end, after, mut flags)) = ending(bytes, start, d, last) else { return Next::More };
    let kept = bytes[start..end].iter().rposition(|b| *b >= 0x20 || *b == d.element).map_or(0, |at| at + 1);
    let wrapped = memchr::memchr2(b'\n', b'\r', &bytes[start..start + kept]).is_some() && d.element >= 0x20;
    flags |= if wrapped { WRAPPED } else { 0 };
    Next::Piece(Piece { start, end: start + kept, after, flags, strays })
}

/// How many blanks, control characters and byte order marks begin the text.
pub(super) fn blanks(text: &[u8], d: Separators) -> usize {
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        if b <= 0x20 && b != d.element {
            at += 1;
        } else if text[at..].starts_with(b"\xEF\xBB\xBF") {
            at += 3;
        } else {
            break;
        }
    }
    at
}

/// Returns the length of a segment up to the end of its binary data (`BIN`, `BDS`), which may hold
/// any bytes, terminators too.
fn binary(text: &[u8], d: Separators) -> Option<usize> {
    let mut parts = text.get(..40.min(text.len()))?.split(|b| *b == d.element);
    let (mut head, skipped) = match parts.next()? {
        b"BIN" => (4, 0),
        b"BDS" => (4, 1),
        _ => return None,
    };
    for _ in 0..skipped {
        head += parts.next()?.len() + 1;
    }
    let number = parts.next()?;
    parts.next()?;
    let len: usize = str::from_utf8(number).ok()?.parse().ok()?;
    (len < MESSAGE_CAP).then_some(head + number.len() + 1 + len)
}

/// Tags before which a line end is believed to be a lost terminator.
const COMMON: &[&[u8]] = &[
    b"GS", b"ST", b"SE", b"GE", b"IEA", b"TA1", b"B1", b"B2A", b"B3", b"B4", b"N1", b"N3", b"N4", b"N7",
    b"N9", b"Q2", b"Q5", b"R4", b"DTM", b"V1", b"V9", b"W2", b"M7", b"Y2", b"Y3", b"Y4", b"LX", b"L0", b"L5",
    b"AK1", b"AK9",
];

/// Returns where the segment at `start` ends, where the next may begin, and what was odd about it;
/// nothing where more bytes must come.
///
/// A line end before a common tag ends a segment too. Every byte is looked at once: blanks behind a
/// line end are passed over as one.
fn ending(bytes: &[u8], start: usize, d: Separators, last: bool) -> Option<(usize, usize, u8)> {
    let t = d.terminator.as_bytes();
    let mut at = start;
    loop {
        let found = if d.terminator.is_line_end() {
            memchr::memchr(t[0], &bytes[at..])
        } else {
            memchr::memchr2(t[0], b'\n', &bytes[at..])
        };
        let Some(hit) = found.map(|found| at + found) else {
            return last.then_some((bytes.len(), bytes.len(), CUT));
        };
        if bytes[hit..].starts_with(t) {
            return Some((hit, hit + t.len(), 0));
        }
        at = hit + 1;
        if bytes[hit] == b'\n' {
            let blank = |b: &&u8| b.is_ascii_whitespace() && **b != t[0];
            at += bytes[at..].iter().take_while(blank).count();
            let line = &bytes[at..bytes.len().min(at + TAG)];
            if !last && line.len() < TAG {
                return None;
            }
            let tag = line.iter().position(|b| *b == d.element);
            if tag.is_some_and(|len| COMMON.contains(&&line[..len])) {
                return Some((hit, hit + 1, BY_LINE));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::separators::Terminator;
    use super::*;

    const D: Separators = Separators { element: b'*', component: Some(b'>'), terminator: Terminator::TILDE };

    fn all(text: &[u8]) -> Vec<(String, u8, u32)> {
        let (mut from, mut found) = (0, Vec::new());
        while let Next::Piece(p) = next(text, from, D, true) {
            found.push((String::from_utf8_lossy(&text[p.start..p.end]).into_owned(), p.flags, p.strays));
            from = p.after;
        }
        found
    }

    #[test]
    fn segments_in_every_shape() {
        let text = b" \r\nST*315*1~\r\nN9*BM*A\nB~~B4*X\nN9*BN*1~SE*3*1";
        let expected = [
            ("ST*315*1", 0, 0),
            ("N9*BM*A\nB", WRAPPED, 0),
            ("B4*X", BY_LINE, 1),
            ("N9*BN*1", 0, 0),
            ("SE*3*1", CUT, 0),
        ];
        assert_eq!(all(text), expected.map(|(t, f, s)| (t.to_owned(), f, s)));
    }

    #[test]
    fn floods_of_line_ends_are_looked_at_once() {
        let flood = "\n".repeat(4_000_000);
        let text = format!("N9*BM*A{flood}~N9*BM*B{flood}N1*X~");
        let found = all(text.as_bytes());
        assert_eq!(found.iter().map(|(_, flags, _)| *flags).collect::<Vec<_>>(), [0, BY_LINE, 0]);
        let lines = "N9*BM*A\n".repeat(1_000_000);
        assert_eq!(all(lines.as_bytes()).len(), 1_000_000);
    }

    #[test]
    fn a_line_end_waits_for_the_tag_behind_it() {
        assert_eq!(next(b"N9*BM*ABCDEFGHIJ\nN1", 0, D, false), Next::More);
        let piece = Piece { start: 0, end: 16, after: 17, flags: BY_LINE, strays: 0 };
        assert_eq!(next(b"N9*BM*ABCDEFGHIJ\nN1*X", 0, D, false), Next::Piece(piece));
    }

    #[test]
    fn binary_data_may_hold_terminators() {
        assert_eq!(all(b"BIN*5*a~b~c~SE*1~").len(), 2);
        assert_eq!(all(b"BDS*ASC*5*a~\nb~~SE*1~").len(), 2);
        assert_eq!(all(b"BIN*x*a~SE*1~").len(), 2);
        assert_eq!(next(b"BIN*900*a~SE*1~", 0, D, false), Next::More);
    }
}
