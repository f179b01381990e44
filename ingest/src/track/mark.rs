//! What the tracker writes into the tag block of a line that it keeps, so that reading it needs no memory.
//!
//! The text parameter `t` is at most 15 characters: why the line is kept, the track (0, or 1 and 2 where two stations
//! use one MMSI), whose time it has (`s` the source's, `r` the receipt), and the ship's IMO number where its
//! static report told one: `turn0s9074729`.

use crate::formats::nmea::{Millis, checksum};
use std::io::Write as _;

/// Why a point is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The first one of its ship or track.
    First,
    /// The ship turned.
    Turn,
    /// The ship came into an area or left it.
    Area,
    /// The last one is long enough ago, or far enough away.
    Time,
    /// What ship it is and where it goes.
    Ship,
}

const WORDS: [(Why, &str); 5] = [
    (Why::First, "first"),
    (Why::Turn, "turn"),
    (Why::Area, "area"),
    (Why::Time, "time"),
    (Why::Ship, "ship"),
];

/// Why a line is kept and what was known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) why: Why,
    pub(crate) track: u8,
    /// Whether the time is that of the receipt.
    pub(crate) receipt: bool,
    /// 0 when not known.
    pub(crate) imo: u32,
}

impl Mark {
    /// Reads a mark.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let (why, rest) =
            WORDS.iter().find_map(|(why, word)| Some((*why, text.strip_prefix(word.as_bytes())?)))?;
        let (track, receipt, imo) = match rest {
            [track @ b'0'..=b'2', clock @ (b'r' | b's'), imo @ ..] => (track - b'0', *clock == b'r', imo),
            _ => return None,
        };
        let digits = imo.is_empty() || (imo.len() == 7 && imo.iter().all(u8::is_ascii_digit));
        let imo = imo.iter().fold(0, |n, d| n * 10 + u32::from(d.wrapping_sub(b'0')));
        digits.then_some(Self { why, track, receipt, imo })
    }

    /// Writes it behind a buffer.
    pub(super) fn write(self, to: &mut Vec<u8>) {
        let word = WORDS.iter().find(|(why, _)| *why == self.why).map_or("time", |(_, word)| word);
        let clock = if self.receipt { 'r' } else { 's' };
        let _ = write!(to, "{word}{}{clock}", self.track);
        if self.imo != 0 {
            let _ = write!(to, "{:07}", self.imo);
        }
    }

    /// Writes a whole tag block: station, time, mark.
    pub(super) fn stamp(self, station: &[u8], at: Millis, to: &mut Vec<u8>) {
        to.push(b'\\');
        let start = to.len();
        let told = station.iter().filter(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)).take(15);
        to.extend_from_slice(b"s:");
        to.extend(told);
        if to.len() == start + 2 {
            to.truncate(start);
        } else {
            to.push(b',');
        }
        let (seconds, millis) = (at.div_euclid(1000), at.rem_euclid(1000));
        let _ = if millis == 0 { write!(to, "c:{seconds},t:") } else { write!(to, "c:{at},t:") };
        self.write(to);
        let sum = checksum(&to[start..]);
        let _ = write!(to, "*{sum:02X}\\");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_written() {
        for (why, word) in WORDS {
            for (track, receipt, imo) in
                [(0, false, 0), (2, true, 9_074_729), (1, true, 0), (0, false, 1_234_567)]
            {
                let mark = Mark { why, track, receipt, imo };
                let mut text = Vec::new();
                mark.write(&mut text);
                assert!(text.len() <= 15 && text.starts_with(word.as_bytes()));
                assert_eq!(Mark::read(&text), Some(mark));
            }
        }
        for wrong in ["", "turn", "turn3s", "turn0x", "turn0s12", "turn0s123456x", "hello0s"] {
            assert_eq!(Mark::read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn stamps_hold_only_what_a_tag_block_may() {
        let mark = Mark { why: Why::Turn, track: 0, receipt: false, imo: 0 };
        let mut text = Vec::new();
        mark.stamp(b"Ba,d\\*\xFF one", 1_700_000_000_000, &mut text);
        assert_eq!(String::from_utf8(text.clone()).unwrap(), r"\s:Badone,c:1700000000,t:turn0s*25\");
        text.clear();
        mark.stamp(b"*", 1_700_000_000_250, &mut text);
        assert!(text.starts_with(b"\\c:1700000000250,t:turn0s*"));
    }
}
