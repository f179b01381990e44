//! The structural pass: one scan over the bytes makes an index of segments and separators.

pub(in crate::formats) use super::entry::{BY_LINE, CUT, Entry, RELEASED, WRAPPED};

use super::delimiters::Delimiters;
use super::edges::{segment_follows, trim, unwrapped_tag};
use super::marks::{self, COMPONENTS, ELEMENTS, Marks};
use super::mask::{BLOCK, Masks, Wanted, padded};
use super::segment::{Segment, Tag};

/// How far the scan looks ahead to tell a missing terminator from a wrapped line.
pub(super) const AHEAD: usize = 64;

/// The index of one window: segments, and the separators in them.
#[derive(Debug, Default)]
pub struct Index {
    pub(in crate::formats) entries: Vec<Entry>,
    marks: Marks,
    /// Terminators without a segment.
    pub(in crate::formats) strays: u32,
    /// Whether any segment does not begin with three upper-case characters right where it should.
    pub(crate) unusual: bool,
    /// Whether any segment has line breaks inside.
    pub(in crate::formats) wrapped: bool,
    scan: Scan,
}

/// Where the scan stands inside a segment that has not ended yet.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    /// Next byte to look at.
    pos: usize,
    /// First byte of the open segment.
    start: usize,
    /// The position after a release character.
    released: usize,
    /// What was noticed in the open segment.
    flags: u8,
}

/// Why the scan stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Stop {
    /// The last entry is a service segment.
    Service(Tag),
    /// The bytes are at an end and no segment is open.
    End,
    /// The bytes are at an end inside a segment.
    Open,
    /// As many segments as asked for were read.
    Enough,
}

impl Index {
    /// Forgets everything but the memory.
    pub(in crate::formats) fn clear(&mut self) {
        self.entries.clear();
        self.strays = 0;
        self.unusual = false;
        self.wrapped = false;
        self.scan = Scan { released: usize::MAX, ..Scan::default() };
    }

    /// Adds a segment of X12 that was cut before; its elements are split here, components are not.
    pub(in crate::formats) fn push_x12(
        &mut self,
        bytes: &[u8],
        (start, end): (usize, usize),
        element: u8,
        flags: u8,
    ) {
        let separators = memchr::memchr_iter(element, &bytes[start..end]).map(|at| start + at);
        self.marks.add((start, end), separators);
        let tag_end = self.first_separator(start, end);
        let mut tag = Tag::read_x12(&bytes[start..tag_end]);
        if tag == Tag::NONE && flags & WRAPPED != 0 {
            let plain: Vec<u8> = bytes[start..tag_end].iter().copied().filter(|b| *b >= 0x20).collect();
            tag = Tag::read_x12(&plain);
        }
        self.wrapped |= flags & WRAPPED != 0;
        self.unusual = true;
        self.entries.push(Entry { start: small(start), end: small(end), tag, flags });
    }

    /// Returns where the first separator of a segment stands, else its end.
    fn first_separator(&self, start: usize, end: usize) -> usize {
        marks::first(self.marks.words(), (start, end), |w| w[ELEMENTS] | w[COMPONENTS]).unwrap_or(end)
    }

    /// Returns the tag of the last segment.
    pub(in crate::formats) fn last_tag(&self) -> Tag {
        self.entries.last().map_or(Tag::NONE, Entry::tag)
    }

    /// Takes the last segment back.
    pub(in crate::formats) fn pop_x12(&mut self) {
        self.unread_last();
    }

    /// Returns how many segments there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no segment.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns segment `i` of the window `bytes` that this index was made of.
    #[inline]
    pub fn segment<'a>(&'a self, bytes: &'a [u8], i: usize) -> Option<Segment<'a>> {
        self.segment_meaning(bytes, i, None)
    }

    /// Returns a segment whose first element means something else than it says.
    #[expect(
        clippy::inline_always,
        reason = "a segment is made once for each and must not go through memory"
    )]
    #[inline(always)]
    pub(crate) fn segment_meaning<'a>(
        &'a self,
        bytes: &'a [u8],
        i: usize,
        meant: Option<&'a [u8]>,
    ) -> Option<Segment<'a>> {
        let entry = self.entries.get(i)?;
        Some(Segment::new(bytes, *entry, self.marks.words(), i, meant))
    }

    /// Returns the tag of segment `i`.
    pub(crate) fn tag_of(&self, i: usize) -> Option<Tag> {
        self.entries.get(i).map(Entry::tag)
    }

    /// Returns where segment `i` ends in its window.
    pub(crate) fn end_of(&self, i: usize) -> Option<usize> {
        self.entries.get(i).map(|entry| entry.end as usize)
    }

    /// How far the scan got.
    pub(in crate::formats) fn scanned(&self) -> usize {
        self.scan.pos
    }

    /// First byte of the open segment.
    pub(super) fn open_start(&self) -> usize {
        self.scan.start
    }

    /// Takes the last entry back, so that its bytes can be read as something else.
    pub(in crate::formats) fn unread_last(&mut self) -> Option<Entry> {
        self.entries.pop()
    }

    /// Goes on scanning `bytes` until a service segment ends, `enough` segments are read or the bytes end.
    ///
    /// Unless these are the `last` bytes, the scan keeps [`AHEAD`] bytes back to look ahead into.
    pub(in crate::formats) fn scan(
        &mut self,
        bytes: &[u8],
        last: bool,
        d: Delimiters,
        enough: usize,
    ) -> Stop {
        let wanted = Wanted::of(d);
        let limit = if last { bytes.len() } else { bytes.len().saturating_sub(AHEAD) };
        while self.scan.pos < limit {
            let rest = &bytes[self.scan.pos..limit];
            let stop = if let Some(block) = rest.first_chunk::<BLOCK>() {
                self.block(bytes, block, wanted.masks(block), d, enough)
            } else {
                let (block, own) = (padded(rest), (1u64 << rest.len()) - 1);
                self.block(bytes, &block, wanted.masks(&block).only(own), d, enough)
            };
            if let Some(stop) = stop {
                return stop;
            }
            self.scan.pos += rest.len().min(BLOCK);
        }
        if self.scan.start < bytes.len() { Stop::Open } else { Stop::End }
    }

    /// Deals with the service and control characters of one block at the scan's position; only a stop moves that.
    #[inline]
    fn block(
        &mut self,
        bytes: &[u8],
        block: &[u8; BLOCK],
        mut found: Masks,
        d: Delimiters,
        enough: usize,
    ) -> Option<Stop> {
        let base = self.scan.pos;
        if self.scan.released == base {
            self.release(block, &mut found);
        }
        self.marks.write(base, found.separators);
        while found.stops != 0 {
            let bit = found.stops.trailing_zeros() as usize % BLOCK;
            found.stops &= found.stops - 1;
            let (at, byte) = (base + bit, block[bit]);
            let stop = if byte == d.terminator {
                self.close(bytes, at, d, enough)
            } else {
                let stop;
                (stop, found) = self.other_stop(bytes, block, (at, byte), found, (d, enough));
                stop
            };
            if stop.is_some() {
                self.scan.pos = at + 1;
                return stop;
            }
        }
        None
    }

    /// Deals with a release or control character, and returns what is left of the block.
    #[inline(never)]
    fn other_stop(
        &mut self,
        bytes: &[u8],
        block: &[u8; BLOCK],
        (at, byte): (usize, u8),
        mut found: Masks,
        (d, enough): (Delimiters, usize),
    ) -> (Option<Stop>, Masks) {
        if byte == d.release && d.release != 0 {
            self.scan.released = at + 1;
            self.scan.flags |= RELEASED;
            self.release(block, &mut found);
            self.marks.write(self.scan.pos, found.separators);
        } else if at == self.scan.start {
            self.scan.start = at + 1;
        } else {
            return (self.control(bytes, at, d, enough), found);
        }
        (None, found)
    }

    /// Takes the character behind a release character out of what was found in the block.
    #[cold]
    #[inline(never)]
    fn release(&mut self, block: &[u8; BLOCK], found: &mut Masks) {
        while let Some(byte) = block.get(self.scan.released - self.scan.pos) {
            *found = found.only(!(1u64 << (self.scan.released - self.scan.pos)));
            // A line break between a release character and its character changes nothing.
            if *byte >= 0x20 {
                break;
            }
            self.scan.flags |= WRAPPED;
            self.scan.released += 1;
        }
    }

    /// Deals with a control character inside a segment.
    #[cold]
    #[inline(never)]
    fn control(&mut self, bytes: &[u8], at: usize, d: Delimiters, enough: usize) -> Option<Stop> {
        if bytes[at] == b'\n' && segment_follows(&bytes[at + 1..], d) && !self.blank(bytes, at) {
            self.scan.flags |= BY_LINE;
            return self.close(bytes, at, d, enough);
        }
        self.scan.flags |= WRAPPED;
        None
    }

    /// Whether the open segment holds nothing but blanks before `at`.
    fn blank(&mut self, bytes: &[u8], at: usize) -> bool {
        let blank = bytes[self.scan.start..at].iter().all(|b| b.is_ascii_whitespace() || *b < 0x20);
        if blank {
            self.scan.start = at + 1;
            self.scan.flags = 0;
        }
        blank
    }

    /// Ends the open segment at `end`; its successor begins behind it.
    #[expect(
        clippy::inline_always,
        reason = "this is done for every segment and is short where nothing is odd"
    )]
    #[inline(always)]
    fn close(&mut self, bytes: &[u8], end: usize, d: Delimiters, enough: usize) -> Option<Stop> {
        let Scan { start, flags, .. } = self.scan;
        // What stands behind a letter is not released: no letter is a release character.
        let four =
            bytes.get(start..).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_be_bytes(*four));
        let [.., next] = four.to_be_bytes();
        let whole = end == start + 3 || (d.separates(next) && end > start + 3);
        let tag = if whole && flags & !RELEASED == 0 { Tag::letters(four >> 8) } else { Tag::NONE };
        if tag == Tag::NONE {
            return self.close_unusual(bytes, end, enough);
        }
        self.open_next(end);
        self.add((start, end), tag, flags, enough)
    }

    /// Lets the next segment begin behind `end`.
    #[inline]
    fn open_next(&mut self, end: usize) {
        self.scan.start = end + 1;
        self.scan.flags = 0;
    }

    /// Adds a segment to the index, and says whether the scan stops with it.
    #[inline]
    fn add(&mut self, (start, end): (usize, usize), tag: Tag, flags: u8, enough: usize) -> Option<Stop> {
        self.entries.push(Entry { start: small(start), end: small(end), tag, flags });
        if tag.ends_a_message() {
            return Some(Stop::Service(tag));
        }
        (self.entries.len() >= enough).then_some(Stop::Enough)
    }

    /// Ends a segment that has blanks around it, control characters inside, or no tag in upper case.
    #[cold]
    #[inline(never)]
    fn close_unusual(&mut self, bytes: &[u8], end: usize, enough: usize) -> Option<Stop> {
        // A cut file is closed at its end more than once: what follows it is empty.
        let start = self.scan.start.min(end);
        let mut flags = self.scan.flags;
        let tag_end = self.first_separator(start, end);
        self.open_next(end);
        let (mut start, mut end) = (start, end);
        let plain = tag_end.wrapping_sub(start) == 3 && flags & !RELEASED == 0;
        let mut tag = if plain { Tag::read(&bytes[start..tag_end]) } else { Tag::NONE };
        if tag == Tag::NONE {
            (start, end) = trim(bytes, start, end, &mut flags);
            if start >= end {
                self.strays += u32::from(bytes.get(self.scan.start - 1).is_some_and(|b| *b >= 0x20));
                return None;
            }
            tag = unwrapped_tag(&bytes[start..tag_end.clamp(start, end)]);
        }
        self.wrapped |= flags & WRAPPED != 0;
        self.unusual = true;
        self.add((start, end), tag, flags, enough)
    }

    /// Reads all of some bytes with the standard's separators.
    #[cfg(test)]
    pub(crate) fn read_all(&mut self, bytes: &[u8]) {
        self.clear();
        while let Stop::Service(_) | Stop::Enough = self.scan(bytes, true, Delimiters::default(), usize::MAX)
        {
        }
    }

    /// Ends the open segment at the end of the bytes, as the last one of a cut file.
    pub(in crate::formats) fn close_cut(&mut self, bytes: &[u8]) -> Option<Stop> {
        let before = self.entries.len();
        self.scan.flags |= CUT;
        let stop = self.close_unusual(bytes, bytes.len(), usize::MAX);
        if self.entries.len() == before {
            return None;
        }
        stop.or(Some(Stop::Enough))
    }
}

/// Offsets stay under the cap of one message, which is far below 2^31.
#[expect(clippy::cast_possible_truncation, reason = "bounded as said, and this is done for every segment")]
#[inline]
fn small(offset: usize) -> u32 {
    debug_assert!(offset < 1 << 31);
    offset as u32
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
