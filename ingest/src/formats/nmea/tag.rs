//! Tag blocks: `\s:station,c:time,g:1-2-77*hh\` before a sentence (IEC 61162-450, 7.3; NMEA 0183 version 4.10).

use super::{checksum, hex};

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// A number from here on counts milliseconds: as seconds it would be the year 5138.
const MILLIS_FROM: i64 = 100_000_000_000;
/// 2000-01-01 and 2100-01-01 UTC: no AIS is older, and no clock is right that is later.
const CENTURY: std::ops::Range<Millis> = 946_684_800_000..4_102_444_800_000;

/// Returns the instant when it may be one of AIS.
pub fn plausible(at: Millis) -> Option<Millis> {
    CENTURY.contains(&at).then_some(at)
}

/// The group that a sentence is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its number in the group, from 1.
    pub number: u8,
    /// Sentences of the group.
    pub total: u8,
    /// The id of the group.
    pub id: u32,
}

/// What tag blocks before a sentence say, later ones over earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tag<'a> {
    /// When the sentence was received (`c`).
    pub at: Option<Millis>,
    /// Who received it (`s`).
    pub station: Option<&'a [u8]>,
    /// The group it belongs to (`g`).
    pub group: Option<Group>,
    /// A text (`t`).
    pub text: Option<&'a [u8]>,
    /// Whether a block has a wrong checksum or shape, so that it was left unread.
    pub faulty: bool,
    /// Whether a time was no instant of this century.
    pub bad_time: bool,
}

impl<'a> Tag<'a> {
    /// Reads the tag blocks at the start of a line; returns what follows them.
    pub(super) fn read(mut line: &'a [u8]) -> (Self, &'a [u8]) {
        let mut tag = Self::default();
        while let Some(rest) = line.strip_prefix(b"\\") {
            let Some(end) = memchr::memchr(b'\\', rest) else {
                tag.faulty = true;
                break;
            };
            tag.block(&rest[..end]);
            line = &rest[end + 1..];
        }
        (tag, line)
    }

    fn block(&mut self, block: &'a [u8]) {
        let star = memchr::memrchr(b'*', block);
        let sound = star.is_some_and(|at| hex(&block[at + 1..]) == Some(checksum(&block[..at])));
        let Some(fields) = star.map(|at| &block[..at]).filter(|_| sound) else {
            self.faulty = true;
            return;
        };
        for field in fields.split(|b| *b == b',') {
            let [code, b':', value @ ..] = field else { continue };
            match code {
                b'c' => self.time(value),
                b's' if !value.is_empty() => self.station = Some(value),
                b'g' => self.group = group(value),
                b't' => self.text = Some(value),
                _ => {}
            }
        }
    }

    /// Takes a time in seconds or milliseconds.
    pub(super) fn time(&mut self, value: &[u8]) {
        let count = number(value).map(|n| if n < MILLIS_FROM { n * 1000 } else { n });
        self.at = count.and_then(plausible);
        self.bad_time = self.at.is_none();
    }
}

/// Returns what at most 15 decimal digits say.
pub(super) fn number(digits: &[u8]) -> Option<i64> {
    let sound = (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    sound.then(|| digits.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
}

/// Returns the group of `1-2-77`.
fn group(value: &[u8]) -> Option<Group> {
    let mut parts = value.split(|b| *b == b'-').map(number);
    let mut next = || parts.next().flatten();
    let (number, total) = (u8::try_from(next()?).ok()?, u8::try_from(next()?).ok()?);
    Some(Group { number, total, id: u32::try_from(next()?).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(fields: &str) -> String {
        format!("\\{fields}*{:02X}\\", checksum(fields.as_bytes()))
    }

    #[test]
    fn times_are_seconds_or_milliseconds_of_this_century() {
        for (value, at) in [
            ("1700000000", Some(1_700_000_000_000)),
            ("1700000000123", Some(1_700_000_000_123)),
            ("12415440354", None),
            ("17", None),
            ("", None),
            ("-1700000000", None),
        ] {
            let text = tag(&format!("c:{value}"));
            let (read, rest) = Tag::read(text.as_bytes());
            assert_eq!((read.at, read.bad_time, rest), (at, at.is_none(), &b""[..]), "{value}");
        }
    }

    #[test]
    fn blocks_follow_each_other_and_a_wrong_one_is_left_out() {
        let text = format!("{}{}!x", tag("s:A,g:1-2-77,n:5"), tag("t:hello,c:1700000000"));
        let (read, rest) = Tag::read(text.as_bytes());
        assert_eq!(rest, b"!x");
        assert_eq!((read.station, read.text, read.faulty), (Some(&b"A"[..]), Some(&b"hello"[..]), false));
        assert_eq!(read.group, Some(Group { number: 1, total: 2, id: 77 }));
        for wrong in ["\\s:A*00\\!x", "\\s:A\\!x", "\\\\!x"] {
            let (read, rest) = Tag::read(wrong.as_bytes());
            assert_eq!((read.station, read.faulty, rest), (None, true, &b"!x"[..]), "{wrong}");
        }
        let (read, rest) = Tag::read(b"\\s:A*00");
        assert!(read.faulty && rest == b"\\s:A*00");
    }
}
