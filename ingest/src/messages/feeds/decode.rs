//! From bytes to the text of a document.

use crate::formats::tree::Form;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far into a document its declaration of a character set is looked for.
const DECLARED: usize = 200;

/// Returns the text, and the name of the character set if some bytes do not fit it.
///
/// A byte order mark says the character set, else zeros between letters do, else the partner's
/// profile, else the XML declaration; all else is UTF-8.
pub(super) fn decode<'b>(
    bytes: &'b [u8],
    form: Form,
    pinned: Option<&str>,
) -> (Cow<'b, str>, Option<&'static str>) {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let zeros = || match bytes {
        [0, b, ..] if *b != 0 => Some(UTF_16BE),
        [b, 0, ..] if *b != 0 => Some(UTF_16LE),
        _ => None,
    };
    let label = |label: &str| Encoding::for_label(label.trim().as_bytes());
    let own = || declared(bytes).and_then(label).filter(|_| form == Form::Xml);
    // A declaration that is itself read as ASCII cannot be one of UTF-16.
    let own = || own().filter(|e| !e.name().starts_with("UTF-16"));
    let encoding = marked.or_else(zeros).or_else(|| pinned.and_then(label)).or_else(own).unwrap_or(UTF_8);
    let (text, _, wrong) = encoding.decode(bytes);
    (text, wrong.then(|| encoding.name()))
}

/// Returns the character set that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(DECLARED)];
    let end = memchr::memmem::find(head, b"?>")?;
    let at = memchr::memmem::find(&head[..end], b"encoding")?;
    let rest = head[at + 8..end].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let label = rest.split(|b| b == quote).next()?;
    str::from_utf8(label).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_are_told() {
        let text = |bytes: &[u8], form, pinned| {
            let (text, wrong) = decode(bytes, form, pinned);
            (text.into_owned(), wrong)
        };
        let gbk = b"<?xml version='1.0' encoding = \"GBK\"?><a>\xC9\xCF</a>";
        assert!(text(gbk, Form::Xml, None).0.ends_with("<a>上</a>"));
        assert_eq!(text(b"\xEF\xBB\xBF{}", Form::Json, Some("GBK")), ("{}".to_owned(), None));
        assert_eq!(text(b"{\0}\0", Form::Json, None), ("{}".to_owned(), None));
        assert_eq!(text(b"\0{\0}", Form::Json, None), ("{}".to_owned(), None));
        assert_eq!(text(b"[\"\xE9\"]", Form::Json, Some("windows-1252")).0, "[\"é\"]");
        assert_eq!(text(b"[\"\xE9\"]", Form::Json, None).1, Some("UTF-8"));
    }
}
