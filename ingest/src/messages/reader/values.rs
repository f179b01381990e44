//! Values of segments: where they lie, their characters, and the usual ones in one piece.

use super::Reader;
use crate::findings as f;
use crate::formats::edifact::{Fields, Fit, Segment};
use crate::messages::usual::Lead;
use sealane_data::Text;

impl<'a> Reader<'a> {
    /// Returns a value without blanks around it, decoded; nothing where it is empty.
    pub fn text(&mut self, s: &Segment<'_>, element: u16, component: u16) -> Option<Text> {
        self.text_in(s, s.value_range(element, component)?, (element, component))
    }

    /// Returns a value of a segment whose fields are at hand; see [`Reader::text`].
    #[expect(clippy::inline_always, reason = "where the value lies is known when this is compiled")]
    #[inline(always)]
    pub(in crate::messages) fn text_of(
        &mut self,
        s: &Segment<'_>,
        f: &Fields<'_, '_>,
        at: (u16, u16),
    ) -> Option<Text> {
        self.text_in(s, f.range(at.0, at.1)?, at)
    }

    /// Returns the value that lies in a range of the window.
    fn text_in(&mut self, s: &Segment<'_>, (start, end): (usize, usize), at: (u16, u16)) -> Option<Text> {
        let plain = self.plain.filter(|_| !s.has_release());
        let Some(text) = plain.and_then(|plain| plain.get(start..end)) else { return self.decoded(s, at) };
        let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last()) else {
            return None;
        };
        if *first > b' ' && *last > b' ' {
            return Some(copy(text));
        }
        let text = text.trim_ascii();
        (!text.is_empty()).then(|| text.into())
    }

    /// Returns a segment that is written as nearly all are: ASCII, with the standard's own separators, and no
    /// release character among them.
    #[inline]
    pub(in crate::messages) fn usual(&self, s: &Segment<'_>) -> Option<&'a str> {
        let (start, end) = s.range();
        self.standard.filter(|_| s.is_plain())?.get(start..end)
    }

    /// Returns what a segment begins with.
    #[inline]
    pub(in crate::messages) fn lead(&self, s: &Segment<'_>) -> Lead<'a> {
        let usual = self.usual(s).and_then(Lead::read);
        usual.unwrap_or_else(|| Lead { code: s.code(), rest: None })
    }

    /// Decodes a value that has release characters or other than ASCII around it.
    fn decoded(&mut self, s: &Segment<'_>, (element, component): (u16, u16)) -> Option<Text> {
        let raw = s.value(element, component).trim_ascii();
        if raw.is_empty() {
            return None;
        }
        let (text, fit) = self.envelope.charset.text(raw, self.release);
        if fit == Fit::Guessed {
            self.find_once(&f::CHARSET_MISMATCH, s, (element, component), || {
                format!("`{text}` does not fit the declared character set")
            });
        }
        Some(text)
    }
}

/// Copies a text. Numbers of containers, bookings and seals, cells and size-types have lengths that are known when
/// this is compiled, and then no call is needed for it.
pub(in crate::messages) fn copy(text: &str) -> Text {
    match text.len() {
        4 => fixed::<4>(text),
        7 => fixed::<7>(text),
        9 => fixed::<9>(text),
        10 => fixed::<10>(text),
        11 => fixed::<11>(text),
        12 => fixed::<12>(text),
        14 => fixed::<14>(text),
        _ => text.into(),
    }
}

/// Copies a text of a length.
#[inline]
fn fixed<const N: usize>(text: &str) -> Text {
    text.get(..N).map_or_else(Text::default, Text::new)
}
