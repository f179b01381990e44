//! Character sets: values are decoded after splitting, by the envelope's or the partner's word.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use sealane_data::Text;

/// The character set of one interchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Charset {
    encoding: &'static Encoding,
    /// Set by the partner's profile, so that nothing is guessed.
    pinned: bool,
    /// Only ASCII was declared.
    ascii: bool,
}

/// How well the bytes of a value fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// As declared.
    Exact,
    /// Other bytes than declared; the text is a guess.
    Guessed,
}

impl Default for Charset {
    fn default() -> Self {
        Self { encoding: WINDOWS_1252, pinned: false, ascii: true }
    }
}

impl Charset {
    /// Returns the set of a syntax identifier (UNB 0001), or nothing if it names none.
    pub fn of_syntax(identifier: &[u8]) -> Option<Self> {
        let label: &str = match identifier.to_ascii_uppercase().as_slice() {
            b"UNOA" | b"UNOB" => return Some(Self::default()),
            b"UNOC" => "iso-8859-1",
            b"UNOD" => "iso-8859-2",
            b"UNOE" => "iso-8859-5",
            b"UNOF" => "iso-8859-7",
            b"UNOG" => "iso-8859-3",
            b"UNOH" => "iso-8859-4",
            b"UNOI" => "iso-8859-6",
            b"UNOJ" => "iso-8859-8",
            b"UNOK" => "iso-8859-9",
            b"UNOW" | b"UNOY" => "utf-8",
            b"KECA" => "euc-kr",
            _ => return None,
        };
        Self::pinned(label).map(|c| Self { pinned: false, ..c })
    }

    /// Returns the set of a WHATWG label, as a partner's profile names it.
    ///
    /// Sets that are not a superset of ASCII (UTF-16, ISO-2022) are refused: segments could not be split.
    pub fn pinned(label: &str) -> Option<Self> {
        let encoding = Encoding::for_label(label.as_bytes())?;
        encoding.is_ascii_compatible().then_some(Self { encoding, pinned: true, ascii: false })
    }

    /// Decodes a value, without its release characters.
    #[inline]
    pub fn text(&self, raw: &[u8], release: u8) -> (Text, Fit) {
        match str::from_utf8(raw) {
            Ok(s) if raw.iter().all(|b| *b < 0x80 && *b != release) => (s.into(), Fit::Exact),
            _ => self.slow_text(raw, release),
        }
    }

    /// Decodes a value that is not plain ASCII or holds a release character.
    #[cold]
    fn slow_text(&self, raw: &[u8], release: u8) -> (Text, Fit) {
        let bytes = unescape(raw, release);
        if bytes.is_ascii() {
            return (String::from_utf8_lossy(&bytes).as_ref().into(), Fit::Exact);
        }
        // Nobody writes Latin text that happens to be sound UTF-8, so it is believed first.
        if !self.pinned
            && let Ok(text) = str::from_utf8(&bytes)
        {
            let fit = if self.encoding == UTF_8 { Fit::Exact } else { Fit::Guessed };
            return (text.into(), fit);
        }
        let (text, malformed) = self.encoding.decode_without_bom_handling(&bytes);
        let fit = if malformed || self.ascii { Fit::Guessed } else { Fit::Exact };
        (text.as_ref().into(), fit)
    }
}

/// Takes release characters out: each lets the next byte stand for itself.
fn unescape(raw: &[u8], release: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(&b) = bytes.next() {
        if b == release && release != 0 {
            out.extend(bytes.next());
        } else {
            out.push(b);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_by_declaration_and_by_profile() {
        let ascii = Charset::of_syntax(b"UNOA").unwrap();
        assert_eq!(ascii.text(b"O?'BRIEN ?+ ??", b'?'), ("O'BRIEN + ?".into(), Fit::Exact));
        assert_eq!(ascii.text("Málaga".as_bytes(), b'?'), ("Málaga".into(), Fit::Guessed));
        let latin = Charset::of_syntax(b"UNOC").unwrap();
        assert_eq!(latin.text(b"M\xE1laga", b'?'), ("Málaga".into(), Fit::Exact));
        let gbk = Charset::pinned("gbk").unwrap();
        assert_eq!(gbk.text(b"\xD1\xF3\xC9\xBD", b'?'), ("洋山".into(), Fit::Exact));
        assert_eq!(Charset::of_syntax(b"IATB"), None);
        assert_eq!(Charset::pinned("utf-16"), None);
    }
}
