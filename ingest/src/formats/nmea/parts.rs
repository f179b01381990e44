//! Messages of several sentences: joined with bounded memory.

use super::sentence::{Sentence, Whole};
use super::tag::{Millis, Tag};

/// Messages that may be open at once; the oldest leaves.
const OPEN: usize = 64;
/// Lines after which an open message is given up.
const AGE: u64 = 2_000;
/// Sentences of a message at most: the field has one digit.
const MOST: usize = 9;

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Its first byte.
    pub byte: u64,
    /// Its length.
    pub len: u32,
    /// Its number from 1.
    pub line: u32,
}

/// One message whose sentences have not all come.
#[derive(Debug, Default)]
struct Open {
    talker: [u8; 2],
    channel: u8,
    sequence: u8,
    total: u8,
    /// Which sentences are here, the first at the lowest bit.
    have: u16,
    group: Option<u32>,
    /// Whether a station told itself, and its name.
    station: Option<Vec<u8>>,
    text: Option<Vec<u8>>,
    at: Option<Millis>,
    /// The sentences as they came: start, payload and end of each in `bytes`.
    places: [[u16; 4]; MOST],
    fill: u8,
    bytes: Vec<u8>,
    /// When it began, counted in lines.
    began: u64,
    spot: Spot,
}

/// What joins sentences by talker, channel, sequence number and station.
#[derive(Debug, Default)]
pub struct Parts {
    open: Vec<Open>,
    line: u64,
    /// Sentences of messages that were given up, and where the first one stands.
    lost: (u64, Spot),
    payload: Vec<u8>,
    raw: Vec<u8>,
    /// The message that was completed last.
    done: Open,
}

impl Parts {
    /// Takes a sentence of a message of several; returns the message when it is whole.
    pub fn take(&mut self, tag: &Tag<'_>, sentence: &Sentence<'_>, spot: Spot) -> Option<Whole<'_>> {
        let at = self.find(tag, sentence).unwrap_or_else(|| self.begin(sentence, spot));
        let open = &mut self.open[at];
        open.add(tag, sentence);
        if open.have.count_ones() < u32::from(open.total) {
            return None;
        }
        let mut done = self.open.swap_remove(at);
        std::mem::swap(&mut self.done, &mut done);
        self.join();
        let done = &self.done;
        Some(Whole {
            payload: &self.payload,
            fill: done.fill,
            raw: &self.raw,
            at: done.at,
            station: done.station.as_deref(),
            text: done.text.as_deref(),
        })
    }

    /// Counts a line, so that what is open gets older.
    pub fn pass_line(&mut self) {
        self.line += 1;
        if self.line.is_multiple_of(AGE / 4) {
            let limit = self.line.saturating_sub(AGE);
            self.give_up(|open| open.began < limit);
        }
    }

    /// Gives up what is still open: nothing follows.
    pub fn close(&mut self) {
        self.give_up(|_| true);
    }

    /// Returns how many sentences were of messages that were given up since this was asked last.
    pub fn take_lost(&mut self) -> (u64, Spot) {
        std::mem::take(&mut self.lost)
    }

    fn give_up(&mut self, old: impl Fn(&Open) -> bool) {
        let lost = &mut self.lost;
        self.open.retain(|open| {
            let old = old(open);
            if old {
                lose(lost, open);
            }
            !old
        });
    }

    fn find(&self, tag: &Tag<'_>, s: &Sentence<'_>) -> Option<usize> {
        self.open.iter().position(|open| {
            let same = (open.talker, open.channel, open.sequence, open.total)
                == (s.talker, s.channel, s.sequence, s.total);
            let group = open.group.zip(tag.group).is_none_or(|(mine, told)| mine == told.id);
            let station = open.station.as_deref().zip(tag.station).is_none_or(|(mine, told)| mine == told);
            same && group && station && !open.contradicts(s)
        })
    }

    fn begin(&mut self, s: &Sentence<'_>, spot: Spot) -> usize {
        if self.open.len() == OPEN {
            let oldest = (0..OPEN).min_by_key(|at| self.open[*at].began).unwrap_or(0);
            lose(&mut self.lost, &self.open.swap_remove(oldest));
        }
        // A message that was complete lends its buffer.
        let mut bytes = std::mem::take(&mut self.done.bytes);
        bytes.clear();
        self.open.push(Open {
            talker: s.talker,
            channel: s.channel,
            sequence: s.sequence,
            total: s.total,
            began: self.line,
            bytes,
            spot,
            ..Open::default()
        });
        self.open.len() - 1
    }

    /// Puts the completed message's sentences in their order.
    fn join(&mut self) {
        self.payload.clear();
        self.raw.clear();
        let done = &self.done;
        for [start, from, to, end] in &done.places[..usize::from(done.total)] {
            let range = |from: &u16, to: &u16| &done.bytes[usize::from(*from)..usize::from(*to)];
            self.payload.extend_from_slice(range(from, to));
            if !self.raw.is_empty() {
                self.raw.extend_from_slice(b"\r\n");
            }
            self.raw.extend_from_slice(range(start, end));
        }
    }
}

fn lose(lost: &mut (u64, Spot), open: &Open) {
    if lost.0 == 0 {
        lost.1 = open.spot;
    }
    lost.0 += u64::from(open.have.count_ones());
}

impl Open {
    /// Returns whether a sentence of the same number and another content is here already.
    fn contradicts(&self, s: &Sentence<'_>) -> bool {
        let [_, from, to, _] = self.places[usize::from(s.number - 1) % MOST];
        let here = self.have & 1 << (s.number - 1) != 0;
        here && self.bytes[usize::from(from)..usize::from(to)] != *s.payload
    }

    fn add(&mut self, tag: &Tag<'_>, s: &Sentence<'_>) {
        self.at = self.at.or(tag.at);
        self.group = self.group.or(tag.group.map(|g| g.id));
        let keep = |mine: &mut Option<Vec<u8>>, told: Option<&[u8]>| {
            if mine.is_none() {
                *mine = told.map(<[u8]>::to_vec);
            }
        };
        keep(&mut self.station, tag.station);
        keep(&mut self.text, tag.text);
        let bit = 1 << (s.number - 1);
        if self.have & bit != 0 {
            return;
        }
        let offset = |of: &[u8]| u16::try_from(of.as_ptr().addr() - s.raw.as_ptr().addr()).unwrap_or(0);
        let start = u16::try_from(self.bytes.len()).unwrap_or(u16::MAX);
        let from = start + offset(s.payload);
        let length = |of: &[u8]| u16::try_from(of.len()).unwrap_or(0);
        self.bytes.extend_from_slice(s.raw);
        self.places[usize::from(s.number - 1)] =
            [start, from, from + length(s.payload), start + length(s.raw)];
        self.have |= bit;
        if s.number == s.total {
            self.fill = s.fill;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Line, checksum};
    use super::*;

    fn line(tag: &str, body: &str) -> String {
        let tag = if tag.is_empty() {
            String::new()
        } else {
            format!("\\{tag}*{:02X}\\", checksum(tag.as_bytes()))
        };
        format!("{tag}{body}*{:02X}", checksum(&body.as_bytes()[1..]))
    }

    fn take(parts: &mut Parts, line: &str) -> Option<(String, u8)> {
        parts.pass_line();
        let Line::Ais(tag, sentence) = Line::read(line.as_bytes()) else { panic!("{line}") };
        let whole = parts.take(&tag, &sentence, Spot::default())?;
        Some((String::from_utf8(whole.payload.to_vec()).unwrap(), whole.fill))
    }

    #[test]
    fn parts_join_in_any_order_and_by_station() {
        let mut parts = Parts::default();
        let (a, b) = ("!AIVDM,2,1,3,A,55abc,0", "!AIVDM,2,2,3,A,880,2");
        assert_eq!(take(&mut parts, &line("s:X,c:1700000000", a)), None);
        assert_eq!(take(&mut parts, &line("s:Y", b)), None, "another station's");
        assert_eq!(take(&mut parts, &line("s:X", b)), Some(("55abc880".into(), 2)));
        assert_eq!(take(&mut parts, &line("s:Y", a)), Some(("55abc880".into(), 2)), "the second first");
        assert_eq!(take(&mut parts, &line("", b)), None);
        assert_eq!(take(&mut parts, &line("", b)), None, "the same once more");
        assert_eq!(take(&mut parts, &line("", "!AIVDM,2,2,3,A,990,2")), None, "another message");
        assert_eq!(take(&mut parts, &line("", a)), Some(("55abc880".into(), 2)));
        parts.close();
        assert_eq!(parts.take_lost().0, 1);
    }

    #[test]
    fn memory_and_age_are_bounded() {
        let mut parts = Parts::default();
        for n in 0..1_000 {
            let body = format!("!AIVDM,2,1,{},A,{n},0", n % 10);
            assert_eq!(take(&mut parts, &line(&format!("s:{n}"), &body)), None);
        }
        assert_eq!((parts.open.len(), parts.take_lost().0), (OPEN, 1_000 - OPEN as u64));
        (0..2 * AGE).for_each(|_| parts.pass_line());
        assert_eq!((parts.open.len(), parts.take_lost().0), (0, OPEN as u64));
    }
}
