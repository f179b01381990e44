//! Tags and segments: what the index hands out.

use super::code::Code;
use super::index::{Entry, RELEASED};
use super::marks::{self, COMPONENTS, ELEMENTS, WORD, Word};

/// A segment tag: three upper-case characters (in X12 also two) in one number, or [`Tag::NONE`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(u32);

impl Tag {
    /// What has no proper tag.
    pub const NONE: Self = Self(0);

    /// Returns the tag of three upper-case characters.
    pub const fn new(three: &[u8; 3]) -> Self {
        Self(((three[0] as u32) << 16) | ((three[1] as u32) << 8) | three[2] as u32)
    }

    /// Returns the tag of two upper-case characters, as X12 has them.
    pub const fn two(two: &[u8; 2]) -> Self {
        Self(((two[0] as u32) << 16) | ((two[1] as u32) << 8))
    }

    /// Reads a tag of X12: two or three characters; lower case becomes upper case.
    pub(in crate::formats) fn read_x12(bytes: &[u8]) -> Self {
        match bytes {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphanumeric() => {
                Self::two(&[a.to_ascii_uppercase(), b.to_ascii_uppercase()])
            }
            _ => Self::read(bytes),
        }
    }

    /// Reads three letters in upper case, as all standard tags are, in the lower bytes of a number; all others are none.
    #[inline]
    pub(super) fn letters(three: u32) -> Self {
        let tag = Self(three);
        // The highest bit of each byte: not below `A`, not above `Z`, and no other than ASCII.
        let (from_a, above_z) = (tag.0 + 0x003F_3F3F, tag.0 + 0x0025_2525);
        if from_a & !above_z & !tag.0 & 0x0080_8080 == 0x0080_8080 { tag } else { Self::NONE }
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
    pub(super) fn ends_a_message(self) -> bool {
        // Nearly all segments are told by their first two characters.
        self.0 >> 8 == UNH.0 >> 8 && matches!(self, UNA | UNB | UNG | UNH | UNT | UNE | UNZ)
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

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.0.to_be_bytes();
        write!(f, "{}", String::from_utf8_lossy(&bytes[1..]).trim_end_matches('\0'))
    }
}

/// One segment, borrowed. Elements count from 1, as in the directories; so do components.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    bytes: &'a [u8],
    entry: Entry,
    /// The separators of the window.
    words: &'a [Word],
    at: usize,
    qualifier: Option<&'a [u8]>,
}

/// The values of a segment for who asks for several: where they are separated is looked up once.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'s, 'a> {
    segment: &'s Segment<'a>,
    /// Where its first 64 bytes separate elements: few segments have more.
    elements: u64,
    /// Where they separate elements or components.
    all: u64,
}

impl<'a> Segment<'a> {
    /// Returns a segment of a window, with its separators, and with what its first element means where that is
    /// not what it says.
    #[inline]
    pub(super) fn new(
        bytes: &'a [u8],
        entry: Entry,
        words: &'a [Word],
        at: usize,
        qualifier: Option<&'a [u8]>,
    ) -> Self {
        Self { bytes, entry, words, at, qualifier }
    }

    /// Returns the tag.
    pub fn tag(&self) -> Tag {
        self.entry.tag()
    }

    /// Returns the tag as it was written.
    pub fn tag_bytes(&self) -> &'a [u8] {
        let (start, end) = self.range();
        let end = marks::first(self.words, (start, end), |w| w[ELEMENTS] | w[COMPONENTS]).unwrap_or(end);
        &self.bytes[start..end.max(start)]
    }

    /// Returns its place in the window, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Returns whether a release character stands in it.
    pub fn has_release(&self) -> bool {
        self.entry.flags & RELEASED != 0
    }

    /// Returns whether nothing is odd about it: no release character, no line break, and its own qualifier.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.entry.flags == 0 && self.qualifier.is_none()
    }

    /// Returns where it lies in its window, without the terminator.
    pub fn range(&self) -> (usize, usize) {
        (self.entry.start as usize, self.entry.end as usize)
    }

    /// Returns the values.
    #[expect(clippy::inline_always, reason = "what it returns is to stay in registers")]
    #[inline(always)]
    pub fn fields(&self) -> Fields<'_, 'a> {
        let (start, end) = self.range();
        let [elements, components] = marks::head(self.words, start, end.saturating_sub(start));
        Fields { segment: self, elements, all: elements | components }
    }

    /// Returns what the first component of the first element is, or means by the partner's profile.
    #[inline]
    pub fn code(&self) -> Code {
        self.fields().code(1, 1)
    }

    /// Returns where the value of a component lies in the window.
    #[inline]
    pub fn value_range(&self, element: u16, component: u16) -> Option<(usize, usize)> {
        self.fields().range(element, component)
    }

    /// Returns where a value lies in a segment of more than 64 bytes.
    #[cold]
    #[inline(never)]
    fn far_range(&self, element: u16, component: u16) -> Option<(usize, usize)> {
        if element == 0 {
            return None;
        }
        let (mut value, end) = self.range();
        let next = |kind: usize, from: usize, to: usize| marks::first(self.words, (from, to), |w| w[kind]);
        for _ in 0..element {
            value = next(ELEMENTS, value, end)? + 1;
        }
        let to = next(ELEMENTS, value, end).unwrap_or(end);
        for _ in 1..component {
            value = next(COMPONENTS, value, to)? + 1;
        }
        Some((value, next(COMPONENTS, value, to).unwrap_or(to)))
    }

    /// Returns the raw bytes of a component, release characters included; empty where there is none.
    #[inline]
    pub fn value(&self, element: u16, component: u16) -> &'a [u8] {
        self.value_range(element, component).map_or(&[], |(start, end)| &self.bytes[start..end])
    }

    /// Returns the raw bytes of the first component of an element.
    #[inline]
    pub fn first(&self, element: u16) -> &'a [u8] {
        self.qualifier.filter(|_| element == 1).unwrap_or_else(|| self.value(element, 1))
    }

    /// Returns whether the element has any component with a value.
    pub fn has(&self, element: u16) -> bool {
        (1..=5).any(|c| !self.value(element, c).is_empty())
    }
}

impl<'a> Fields<'_, 'a> {
    /// Returns where the value of a component lies in the window.
    #[expect(clippy::inline_always, reason = "which value is asked for is known when this is compiled")]
    #[inline(always)]
    pub fn range(&self, element: u16, component: u16) -> Option<(usize, usize)> {
        let (start, end) = self.segment.range();
        if end >= start + WORD {
            return self.segment.far_range(element, component);
        }
        let mut elements = self.elements;
        for _ in 1..element {
            elements &= elements.wrapping_sub(1);
        }
        if elements == 0 || element == 0 {
            // The tag has no components.
            return None;
        }
        // The separator before the value, and then the one behind it.
        let mut before = elements & elements.wrapping_neg();
        for _ in 1..component {
            before = after(self.all, before);
            if before == 0 || before & elements != 0 {
                return None;
            }
        }
        // Where nothing separates any more, the segment ends before the last bit.
        let to = (after(self.all, before) | 1 << (WORD - 1)).trailing_zeros() as usize;
        Some((start + before.trailing_zeros() as usize + 1, (start + to).min(end)))
    }

    /// Returns the raw bytes of a component, release characters included; empty where there is none.
    #[expect(clippy::inline_always, reason = "which value is asked for is known when this is compiled")]
    #[inline(always)]
    pub fn value(&self, element: u16, component: u16) -> &'a [u8] {
        self.range(element, component).map_or(&[], |(start, end)| &self.segment.bytes[start..end])
    }

    /// Returns the code that a component is; the first is what it means by the partner's profile.
    #[expect(clippy::inline_always, reason = "which value is asked for is known when this is compiled")]
    #[inline(always)]
    pub fn code(&self, element: u16, component: u16) -> Code {
        if let (Some(meant), 1, 1) = (self.segment.qualifier, element, component) {
            return Code::new(meant);
        }
        match self.range(element, component) {
            Some(range) => Code::read(self.segment.bytes, range),
            None => Code::NONE,
        }
    }

    /// Returns what the segment says from an element on.
    #[expect(clippy::inline_always, reason = "which element is asked for is known when this is compiled")]
    #[inline(always)]
    pub fn from(&self, element: u16) -> Option<&'a [u8]> {
        let start = self.range(element, 1)?.0;
        self.segment.bytes.get(start..self.segment.entry.end as usize)
    }
}

/// Returns the lowest bit above another, 0 where there is none.
#[inline]
fn after(bits: u64, bit: u64) -> u64 {
    let above = bits & !(bit | bit.wrapping_sub(1));
    above & above.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::super::delimiters::Delimiters;
    use super::super::index::{Index, Stop};
    use proptest::prelude::*;

    /// Where a value lies, byte by byte.
    fn one_by_one(segment: &[u8], element: usize, component: usize) -> Option<&[u8]> {
        let split = |bytes: &'_ [u8], by: u8| -> Vec<(usize, usize)> {
            let (mut parts, mut start, mut released) = (Vec::new(), 0, false);
            for (at, byte) in bytes.iter().enumerate() {
                if released {
                    released = false;
                } else if *byte == b'?' {
                    released = true;
                } else if *byte == by {
                    parts.push((start, at));
                    start = at + 1;
                }
            }
            parts.push((start, bytes.len()));
            parts
        };
        let (from, to) = *split(segment, b'+').get(element)?;
        let said = &segment[from..to];
        let (from, to) = *split(said, b':').get(component - 1)?;
        Some(&said[from..to])
    }

    proptest! {
        #[test]
        fn values_lie_where_their_separators_say(
            segments in prop::collection::vec("[A-Z]{3}[+:]([+:A-C ]|[?][?+:'A]){0,90}", 1..8),
        ) {
            let text: String = segments.iter().map(|s| format!("{s}'")).collect();
            let mut index = Index::default();
            index.clear();
            while index.scan(text.as_bytes(), true, Delimiters::default(), usize::MAX) != Stop::End {}
            prop_assert_eq!(index.len(), segments.len());
            for (at, said) in segments.iter().enumerate() {
                let segment = index.segment(text.as_bytes(), at).unwrap();
                for element in 1..30u16 {
                    for component in 1..12u16 {
                        let expected = one_by_one(said.as_bytes(), element.into(), component.into());
                        let found = segment.value_range(element, component);
                        let found = found.map(|(from, to)| &text.as_bytes()[from..to]);
                        prop_assert_eq!(found, expected, "{} {} {}", said, element, component);
                    }
                }
            }
        }
    }
}
