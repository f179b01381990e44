//! The usual forms of segments that lists of containers repeat a million times: read as the guides write them,
//! without looking for separators. What has any other form is read by its separators.
//!
//! All functions take a whole segment with the standard's own separators and no release characters.

use super::mass::{GROSS, Mass, VERIFIED, rank, whole};
use crate::formats::edifact::Code;

/// What a segment begins with: its qualifier, and the rest from the separator behind it on where that is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lead<'s> {
    pub(super) code: Code,
    pub(super) rest: Option<&'s str>,
}

impl<'s> Lead<'s> {
    /// Reads a qualifier of one to three characters.
    #[inline]
    pub(super) fn read(segment: &'s str) -> Option<Self> {
        let [b'+', four @ ..] = *segment.as_bytes().get(3..)?.first_chunk::<5>()? else { return None };
        let separates = |at: usize| matches!(four[at], b'+' | b':');
        let len = (1..4).find(|at| separates(*at)).filter(|_| !separates(0))?;
        Some(Self { code: Code::short(four, len), rest: segment.get(4 + len..) })
    }

    /// Returns all that stands behind the first element, where that is only the qualifier.
    #[inline]
    pub(super) fn behind(&self) -> Option<&'s str> {
        self.rest?.strip_prefix('+')
    }
}

/// Returns the twelve digits of a date to the minute that says so (format 203), behind its qualifier.
#[inline]
pub(super) fn minute(rest: &str) -> Option<&[u8; 12]> {
    let ([b':', digits @ ..], b":203") = rest.as_bytes().split_at_checked(13)? else { return None };
    digits.first_chunk()
}

/// Returns a value of eight to sixteen characters without blanks around it that nothing follows, as references are.
#[inline]
pub(super) fn value(rest: &str) -> Option<&str> {
    let value = rest.strip_prefix(':')?;
    let (first, last) = (value.as_bytes().first_chunk::<8>()?, value.as_bytes().last_chunk::<8>()?);
    let free = first[0] > b' ' && last[7] > b' ';
    (free && value.len() <= 16 && !separated(*first) && !separated(*last)).then_some(value)
}

/// Whether a separator is among eight characters of ASCII.
#[inline]
fn separated(eight: [u8; 8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let bits = u64::from_le_bytes(eight);
    let has = |byte: u8| {
        let other = bits ^ (ONES * u64::from(byte));
        other.wrapping_sub(ONES) & !other & (ONES << 7)
    };
    has(b'+') | has(b':') != 0
}

/// Returns a mass in whole kilograms, or that the container's own is told.
#[inline]
pub(super) fn mass(segment: &str) -> Option<Mass> {
    let said = segment.as_bytes();
    let (what, kilograms) = if let Some(rest) = said.strip_prefix(b"MEA+AAE+VGM+KGM:") {
        (VERIFIED, rest)
    } else if let Some(rest) = said.strip_prefix(b"MEA+VGM++KGM:") {
        (VERIFIED, rest)
    } else if let Some(rest) = said.strip_prefix(b"MEA+AAE+G+KGM:") {
        (GROSS, rest)
    } else if said.starts_with(b"MEA+AAE+T+") {
        return Some(Mass::Other);
    } else {
        return None;
    };
    Some(Mass::Kilograms(rank(Code::NONE, what)?, whole(kilograms)?))
}

/// A container as nearly all are named: a number and a size-type of the lengths that these have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Container<'s> {
    pub(super) number: &'s str,
    pub(super) size_type: &'s str,
    pub(super) trade: Code,
    pub(super) load: Code,
}

/// Reads a container with size-type, trade and load; the trade may be left out, and the list of the size-type too.
#[inline]
pub(super) fn container(segment: &str) -> Option<Container<'_>> {
    let bytes = segment.as_bytes();
    if !bytes.starts_with(b"EQD+CN+") || bytes.get(18) != Some(&b'+') {
        return None;
    }
    let (number, size_type, rest) = (segment.get(7..18)?, segment.get(19..23)?, bytes.get(23..)?);
    let (trade, load) = match rest.strip_prefix(b":102:5").unwrap_or(rest) {
        [b'+', b'+', b'+', load @ (b'4' | b'5')] => (Code::NONE, load),
        [b'+', b'+', trade @ b'1'..=b'9', b'+', load @ (b'4' | b'5')] => (Code::new(&[*trade]), load),
        _ => return None,
    };
    let free = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    (free(number) && free(size_type)).then_some(Container {
        number,
        size_type,
        trade,
        load: Code::new(&[*load]),
    })
}

/// Returns a cell of seven digits behind its qualifier.
#[inline]
pub(super) fn cell<'s>(lead: &Lead<'s>) -> Option<&'s str> {
    let said = lead.behind()?;
    let ends = matches!(said.as_bytes().get(7), None | Some(b':' | b'+'));
    said.get(..7).filter(|cell| ends && cell.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
#[path = "usual_tests.rs"]
mod tests;
