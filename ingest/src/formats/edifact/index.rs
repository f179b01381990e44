//! The structural pass: one scan over the bytes makes an index of segments and separators.

use super::delimiters::Delimiters;

/// How far the scan looks ahead to tell a missing terminator from a wrapped line.
pub(super) const AHEAD: usize = 64;

/// Marks a separator position as one between components.
const COMPONENT: u32 = 1 << 31;

/// A segment tag: three upper-case characters in one number, or [`Tag::NONE`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(u32);

impl Tag {
    /// What has no proper tag.
    pub const NONE: Self = Self(0);

    /// Returns the tag of three upper-case characters.
    pub const fn new(three: &[u8; 3]) -> Self {
        Self(((three[0] as u32) << 16) | ((three[1] as u32) << 8) | three[2] as u32)
    }

    /// Reads a tag; lower case becomes upper case.
    pub fn read(bytes: &[u8]) -> Self {
        match bytes {
            [a, b, c]
                if a.is_ascii_alphabetic() && b.is_ascii_alphanumeric() && c.is_ascii_alphanumeric() =>
            {
                Self::new(&[a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()])
            }
            _ => Self::NONE,
        }
    }

    /// Returns whether this is a tag of the envelope, with which a message or interchange begins or ends.
    fn ends_a_message(self) -> bool {
        matches!(self, UNA | UNB | UNG | UNH | UNT | UNE | UNZ)
    }
}

/// Service segment tags (ISO 9735-1).
pub(super) const UNA: Tag = Tag::new(b"UNA");
/// Interchange header.
pub(super) const UNB: Tag = Tag::new(b"UNB");
/// Group header.
pub(super) const UNG: Tag = Tag::new(b"UNG");
/// Message header.
pub const UNH: Tag = Tag::new(b"UNH");
/// Message trailer.
pub const UNT: Tag = Tag::new(b"UNT");
/// Group trailer.
pub(super) const UNE: Tag = Tag::new(b"UNE");
/// Interchange trailer.
pub(super) const UNZ: Tag = Tag::new(b"UNZ");

/// Where one segment lies, by offsets from the start of its window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// First byte of the tag.
    pub(super) start: u32,
    /// The terminator's position, or the end of the bytes.
    pub(super) end: u32,
    /// First of its separators in the list of all.
    marks: u32,
    /// Its tag.
    tag: Tag,
    /// What the scan noticed.
    pub(super) flags: u8,
}

impl Entry {
    /// Its tag.
    pub(super) fn tag(&self) -> Tag {
        self.tag
    }
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(&self.0.to_be_bytes()[1..]))
    }
}

/// The segment has line breaks or other control characters inside.
pub(super) const WRAPPED: u8 = 1;
/// The segment was ended by a line end instead of its terminator.
pub(super) const BY_LINE: u8 = 2;
/// The segment was ended by the end of the bytes.
pub(super) const CUT: u8 = 4;

/// The index of one window: segments, and the separators in them.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) entries: Vec<Entry>,
    marks: Vec<u32>,
    /// Terminators without a segment.
    pub(super) strays: u32,
    /// Whether any segment has line breaks inside.
    pub(super) wrapped: bool,
    scan: Scan,
}

/// Where the scan stands inside a segment that has not ended yet.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    /// Next byte to look at.
    pos: usize,
    /// First byte of the open segment.
    start: usize,
    /// First mark of the open segment.
    marks: usize,
    /// The position after a release character.
    released: usize,
    /// What was noticed in the open segment.
    flags: u8,
}

/// Why the scan stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
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
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.marks.clear();
        self.strays = 0;
        self.wrapped = false;
        self.scan = Scan { released: usize::MAX, ..Scan::default() };
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
    pub fn segment<'a>(&'a self, bytes: &'a [u8], i: usize) -> Option<Segment<'a>> {
        let entry = self.entries.get(i)?;
        let last = self.entries.get(i + 1).map_or(self.marks.len(), |e| e.marks as usize);
        Some(Segment { bytes, entry: *entry, marks: &self.marks[entry.marks as usize..last], at: i })
    }

    /// How far the scan got.
    pub(super) fn scanned(&self) -> usize {
        self.scan.pos
    }

    /// First byte of the open segment.
    pub(super) fn open_start(&self) -> usize {
        self.scan.start
    }

    /// Takes the last entry back, so that its bytes can be read as something else.
    pub(super) fn unread_last(&mut self) -> Option<Entry> {
        let entry = self.entries.pop()?;
        self.marks.truncate(entry.marks as usize);
        Some(entry)
    }

    /// Goes on scanning `bytes` until a service segment ends, `enough` segments are read or the bytes end.
    ///
    /// Unless these are the `last` bytes, the scan keeps [`AHEAD`] bytes back to look ahead into.
    pub(super) fn scan(&mut self, bytes: &[u8], last: bool, d: &Delimiters, enough: usize) -> Stop {
        let limit = if last { bytes.len() } else { bytes.len().saturating_sub(AHEAD) };
        while self.scan.pos < limit {
            let base = self.scan.pos;
            let (mut mask, next) = match bytes[base..limit].first_chunk::<64>() {
                Some(block) => (mask(block, d), base + 64),
                None => (tail_mask(&bytes[base..limit], d), limit),
            };
            while mask != 0 {
                let at = base + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if let Some(stop) = self.hit(bytes, at, d, enough) {
                    self.scan.pos = at + 1;
                    return stop;
                }
            }
            self.scan.pos = next;
        }
        if self.scan.start < bytes.len() { Stop::Open } else { Stop::End }
    }

    /// Deals with one byte that is a service or control character.
    #[inline]
    fn hit(&mut self, bytes: &[u8], at: usize, d: &Delimiters, enough: usize) -> Option<Stop> {
        let byte = bytes[at];
        if at == self.scan.released {
            // A line break between a release character and its character changes nothing.
            if byte < 0x20 {
                self.scan.released = at + 1;
                self.scan.flags |= WRAPPED;
            }
            return None;
        }
        if byte == d.element {
            self.marks.push(small(at));
        } else if byte == d.component {
            self.marks.push(small(at) | COMPONENT);
        } else if byte == d.terminator {
            return self.close(bytes, at, enough);
        } else if byte == d.release && d.release != 0 {
            self.scan.released = at + 1;
        } else if at == self.scan.start {
            self.scan.start = at + 1;
        } else if byte == b'\n' && segment_follows(&bytes[at + 1..], d) && !self.blank(bytes, at) {
            self.scan.flags |= BY_LINE;
            return self.close(bytes, at, enough);
        } else {
            self.scan.flags |= WRAPPED;
        }
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
    #[inline]
    fn close(&mut self, bytes: &[u8], end: usize, enough: usize) -> Option<Stop> {
        let start = self.scan.start;
        let mut flags = self.scan.flags;
        let first_mark = self.scan.marks;
        self.scan.start = end + 1;
        self.scan.marks = self.marks.len();
        self.scan.flags = 0;
        let tag_end = self.marks.get(first_mark).map_or(end, |m| (m & !COMPONENT) as usize);
        let (mut start, mut end) = (start, end);
        let plain = tag_end.wrapping_sub(start) == 3 && flags == 0;
        let mut tag = if plain { Tag::read(&bytes[start..tag_end]) } else { Tag::NONE };
        if tag == Tag::NONE {
            (start, end) = trim(bytes, start, end, &mut flags);
            if start >= end {
                self.strays += u32::from(bytes.get(self.scan.start - 1).is_some_and(|b| *b >= 0x20));
                self.marks.truncate(first_mark);
                self.scan.marks = first_mark;
                return None;
            }
            tag = unwrapped_tag(&bytes[start..tag_end.clamp(start, end)]);
        }
        self.wrapped |= flags & WRAPPED != 0;
        self.entries.push(Entry {
            start: small(start),
            end: small(end),
            marks: small(first_mark),
            tag,
            flags,
        });
        if tag.ends_a_message() {
            return Some(Stop::Service(tag));
        }
        (self.entries.len() >= enough).then_some(Stop::Enough)
    }

    /// Ends the open segment at the end of the bytes, as the last one of a cut file.
    pub(super) fn close_cut(&mut self, bytes: &[u8]) -> Option<Stop> {
        let before = self.entries.len();
        self.scan.flags |= CUT;
        let stop = self.close(bytes, bytes.len(), usize::MAX);
        if self.entries.len() == before {
            return None;
        }
        stop.or(Some(Stop::Enough))
    }
}

/// Offsets stay under the cap of one message, which is far below 2^31.
#[inline]
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX >> 1)
}

/// Bits of the service and control characters in 64 bytes.
///
/// Written so that the compiler compares many bytes at once; the multiplication gathers eight
/// bytes of 0 or 1 into eight bits.
#[inline]
fn mask(block: &[u8; 64], d: &Delimiters) -> u64 {
    let mut hits = [0u8; 64];
    for (hit, &b) in hits.iter_mut().zip(block) {
        *hit = u8::from(b == d.element)
            | u8::from(b == d.component)
            | u8::from(b == d.terminator)
            | u8::from(b == d.release)
            | u8::from(b < 0x20);
    }
    let mut mask = 0u64;
    for (i, eight) in hits.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

/// The same for fewer than 64 bytes.
fn tail_mask(tail: &[u8], d: &Delimiters) -> u64 {
    let mut block = [b' '; 64];
    block[..tail.len()].copy_from_slice(tail);
    mask(&block, d) & ((1u64 << tail.len()) - 1)
}

/// Tags after which a line break is believed to be a missing terminator.
const COMMON: &[&[u8; 3]] = &[
    b"UNB", b"UNG", b"UNH", b"UNT", b"UNE", b"UNZ", b"BGM", b"DTM", b"LOC", b"RFF", b"TDT", b"NAD", b"EQD",
    b"CNT", b"STS", b"CNI", b"MEA", b"SEL", b"FTX", b"TMD", b"GID", b"CTA", b"COM", b"DIM", b"DGS", b"TMP",
    b"HAN", b"EQA", b"EQN", b"TSR",
];

/// Whether a line begins with a known tag and a separator.
fn segment_follows(line: &[u8], d: &Delimiters) -> bool {
    let line = line[..line.len().min(AHEAD - 4)].trim_ascii_start();
    matches!(line.first_chunk::<4>(), Some([a, b, c, sep]) if *sep == d.element && COMMON.contains(&&[*a, *b, *c]))
}

/// Takes blanks and control characters off both ends of a segment.
fn trim(bytes: &[u8], mut start: usize, mut end: usize, flags: &mut u8) -> (usize, usize) {
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

/// Reads a tag through line breaks inside it.
fn unwrapped_tag(bytes: &[u8]) -> Tag {
    let mut three = [0u8; 3];
    let mut n = 0;
    for &b in bytes.iter().filter(|b| **b >= 0x20) {
        if n == 3 {
            return Tag::NONE;
        }
        three[n] = b;
        n += 1;
    }
    Tag::read(&three[..n])
}

/// One segment, borrowed. Elements count from 1, as in the directories; so do components.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    bytes: &'a [u8],
    entry: Entry,
    marks: &'a [u32],
    at: usize,
}

impl<'a> Segment<'a> {
    /// Returns the tag.
    pub fn tag(&self) -> Tag {
        self.entry.tag
    }

    /// Returns the tag as it was written.
    pub fn tag_bytes(&self) -> &'a [u8] {
        let end = self.marks.first().map_or(self.entry.end, |m| m & !COMPONENT);
        &self.bytes[self.entry.start as usize..end.max(self.entry.start) as usize]
    }

    /// Returns its place in the window, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Returns where it lies in its window, without the terminator.
    pub fn range(&self) -> (usize, usize) {
        (self.entry.start as usize, self.entry.end as usize)
    }

    /// Returns where the value of a component lies in the window.
    pub fn value_range(&self, element: u16, component: u16) -> Option<(usize, usize)> {
        let mut i = 0;
        let mut seen = 0;
        for mark in self.marks {
            seen += u16::from(mark & COMPONENT == 0);
            if seen == element {
                break;
            }
            i += 1;
        }
        for _ in 1..component {
            i += 1;
            if self.marks.get(i)? & COMPONENT == 0 {
                return None;
            }
        }
        let start = (self.marks.get(i)? & !COMPONENT) + 1;
        let end = self.marks.get(i + 1).map_or(self.entry.end, |m| m & !COMPONENT);
        Some((start as usize, end.max(start) as usize))
    }

    /// Returns the raw bytes of a component, release characters included; empty where there is none.
    #[inline]
    pub fn value(&self, element: u16, component: u16) -> &'a [u8] {
        self.value_range(element, component).map_or(&[], |(start, end)| &self.bytes[start..end])
    }

    /// Returns the raw bytes of the first component of an element.
    #[inline]
    pub fn first(&self, element: u16) -> &'a [u8] {
        self.value(element, 1)
    }

    /// Returns whether the element has any component with a value.
    pub fn has(&self, element: u16) -> bool {
        (1..=5).any(|c| !self.value(element, c).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(bytes: &[u8]) -> Index {
        let mut index = Index::default();
        index.clear();
        while let Stop::Service(_) | Stop::Enough =
            index.scan(bytes, true, &Delimiters::default(), usize::MAX)
        {}
        index
    }

    #[test]
    fn elements_and_components() {
        let bytes = b"LOC+9+TRKMX:139:6+VTE:TER:ZZZ'DTM+203:201602030913:203'";
        let index = scan(bytes);
        let loc = index.segment(bytes, 0).unwrap();
        assert_eq!(loc.tag(), Tag::new(b"LOC"));
        assert_eq!((loc.first(1), loc.first(2), loc.value(2, 3)), (&b"9"[..], &b"TRKMX"[..], &b"6"[..]));
        assert_eq!((loc.value(3, 2), loc.value(3, 4), loc.first(4)), (&b"TER"[..], &b""[..], &b""[..]));
        assert_eq!(index.segment(bytes, 1).unwrap().value(1, 3), b"203");
    }

    #[test]
    fn releases_wraps_and_line_ends() {
        let bytes = b"FTX+AAA+++O?'BRIEN ?+ SONS'\r\n\tNA\nD+MS+A'\nEQD+CN+X\nRFF+BN:1''  \x1a";
        let index = scan(bytes);
        let tags: Vec<_> = (0..index.len()).map(|i| index.segment(bytes, i).unwrap().tag()).collect();
        assert_eq!(tags, [b"FTX", b"NAD", b"EQD", b"RFF"].map(Tag::new));
        assert_eq!(index.segment(bytes, 0).unwrap().first(4), b"O?'BRIEN ?+ SONS");
        assert!(index.wrapped && index.strays == 1);
        assert_eq!(index.entries[2].flags, BY_LINE);
    }
}
