//! What bytes look like: X12, tables, and what is neither EDI nor a table.

use super::sheet::{self, Format, Known};
use super::tree::Form;
use super::{flat as records, nmea, x12};

/// How much of a submission decides what it is.
pub const HEAD: usize = 256 << 10;

/// Returns the format of a submission that holds cells, by its head: EDI under any name stays EDI.
///
/// A workbook is told by its first bytes and a part in it, so `whole` must hold all of it; a mail by
/// its header; a text by a delimiter and two headings that are `known`, or by even rows.
pub fn table(whole: &[u8], known: Known<'_>) -> Option<Format> {
    if let Some(format) = sheet::binary(whole) {
        return Some(format);
    }
    let head = &whole[..whole.len().min(HEAD)];
    if holds_edifact(whole)
        || x12(head)
        || flat(head)
        || ais(head)
        || !matches!(looks_like(head), PLAIN | "UTF-16 text")
    {
        return None;
    }
    if is_mail(head) {
        return Some(Format::Mail);
    }
    sheet::guess_text(cut(head, whole), None, known).is_table(known).then_some(Format::Text)
}

/// Returns whether the head of a stream may be one of a table, so that all of it is wanted.
pub fn may_be_table(head: &[u8], known: Known<'_>) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") || table(head, known).is_some()
}

/// Leaves out the last line of a head, which may end inside a character.
fn cut<'a>(head: &'a [u8], whole: &[u8]) -> &'a [u8] {
    let end = if head.len() < whole.len() { memchr::memrchr(b'\n', head) } else { None };
    &head[..end.unwrap_or(head.len())]
}

/// Returns whether the head of a submission is X12: it begins with a group or transaction set, or an
/// interchange header stands in it before any EDIFACT.
pub fn x12(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if x12::Separators::bare(text).is_some() {
        return true;
    }
    memchr::memmem::find_iter(head, b"ISA")
        .find(|at| (*at == 0 || !head[at - 1].is_ascii_alphanumeric()) && x12::begins(&head[*at..]))
        .is_some_and(|at| !holds_edifact(&head[..at]))
}

/// Returns whether the head of a submission is a platform file of records, behind any other text.
pub fn flat(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    records::holds(head) && (records::begins(head) || !holds_edifact(head))
}

/// Returns whether the head of a submission holds AIS: sentences behind comments and other lines, or
/// frames of aisstream.io.
pub fn ais(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    ais_begins(head) || (!holds_edifact(head) && nmea::holds(head))
}

/// Returns whether the head of a submission begins with AIS: then nothing in its payloads makes it anything
/// else, for they may spell `UNA` as well as `ISA`.
pub fn ais_begins(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len()).min(1024)];
    (matches!(line, [b'!' | b'\\', ..]) && nmea::holds(line)) || ais_frames(head)
}

/// Returns whether the head of a submission is JSON frames of aisstream.io.
pub fn ais_frames(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let first = &text[..text.len().min(4096)];
    let names = |name: &[u8]| memchr::memmem::find(first, name).is_some();
    text.starts_with(b"{") && names(b"\"MessageType\"") && names(b"\"MetaData\"")
}

/// Returns whether a service segment begins anywhere.
fn holds_edifact(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"UN").any(|at| {
        let free = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        free && match bytes[at + 2..] {
            [b'A', a, b, ..] => a.is_ascii_punctuation() && b.is_ascii_punctuation(),
            [b'B' | b'H' | b'G', sep, ..] => sep == b'+',
            _ => false,
        }
    })
}

/// Header fields of a mail; two of them make one.
const MAIL_FIELDS: [&str; 10] = [
    "from",
    "to",
    "date",
    "subject",
    "mime-version",
    "received",
    "message-id",
    "content-type",
    "return-path",
    "delivered-to",
];

/// Returns whether a text begins with the header of a mail (RFC 5322).
pub(super) fn is_mail(head: &[u8]) -> bool {
    let mut found = 0;
    for line in head.split(|b| *b == b'\n').take(60) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else { break };
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            break;
        }
        found += usize::from(MAIL_FIELDS.contains(&name.as_str()));
    }
    found > 1
}

/// Returns whether a submission is of JSON or XML documents, by its first characters; EDI in them stays EDI,
/// and a page for people is none.
pub fn document(bytes: &[u8]) -> Option<Form> {
    let head = &bytes[..bytes.len().min(HEAD)];
    // Zeros and byte order marks of UTF-16 and UTF-8 are left out; the decoder looks at them again.
    let text: Vec<u8> = head
        .iter()
        .copied()
        .filter(|b| !matches!(b, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF | 0x1E))
        .skip_while(u8::is_ascii_whitespace)
        .take(512)
        .collect();
    let form = match text.as_slice() {
        [b'{' | b'[', ..] => Form::Json,
        [b'<', b'?' | b'!', ..] => Form::Xml,
        [b'<', name, ..] if name.is_ascii_alphabetic() || *name == b'_' => Form::Xml,
        _ => return None,
    };
    let lower = text.to_ascii_lowercase();
    let page = lower.starts_with(b"<html") || lower.starts_with(b"<!doctype html");
    let other = ais_frames(head) || holds_edifact(head) || x12(head) || (form == Form::Xml && page);
    (!other).then_some(form)
}

/// What a text looks like that is nothing else.
const PLAIN: &str = "text without an EDIFACT service segment";

/// Returns what the head of a submission looks like, in words for a finding.
pub fn looks_like(head: &[u8]) -> &'static str {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text = head.trim_ascii_start();
    match text {
        [] => "nothing but blanks",
        [b'<', ..] => "XML or HTML",
        [b'{' | b'[', ..] => "JSON",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3 | 5, ..] => "a ZIP archive or an office document",
        [0x1F, 0x8B, ..] => "gzip-compressed data",
        [b'!', b'A', b'I' | b'B', ..] | [b'\\', b's' | b'g', b':', ..] => "AIS sentences",
        [b'0', b'0', b':' | b',', ..] => "a flat file of records",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "UTF-16 text",
        // `UN` and `ISA` in EBCDIC, and what their beginnings become in Base64.
        [0xE4, 0xD5, 0xC1 | 0xC2 | 0xC8, ..] | [0xC9, 0xE2, 0xC1, ..] => "EDI in EBCDIC",
        [b'V', b'U', b'5', b'B' | b'C' | b'I', ..] | [b'S', b'V', b'N', b'B', ..] => "EDI in Base64",
        _ if binary(text) => "binary data",
        _ => PLAIN,
    }
}

/// Whether more than a tenth of the bytes are control characters that no text has.
fn binary(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|b| **b < 9 || (14..32).contains(*b) || **b == 127).count();
    odd * 10 > bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x12_is_told_by_its_first_header() {
        for text in ["ISA*00*     ", "\u{feff}\r\nGS|QO|A|", "ST*315*1~", "From: a\nTo: b\n\nISA*00**00*"] {
            assert!(x12(text.as_bytes()), "{text}");
            assert_eq!(table(text.as_bytes(), &|_| false), None, "{text}");
        }
        for text in ["UNB+UNOA:2+A'FTX+ISA*00*x'", "STATUS,ISA", "ST,COUNT,A", "GS", "VISA*00*a", ""] {
            assert!(!x12(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn ais_is_told_behind_other_lines_and_is_no_table() {
        let sentence = "!AIVDM,1,1,,A,16:=?;0P00`SstvFnFbeGH6L088h,0*44";
        for text in [
            sentence.to_owned(),
            format!("\u{feff}{sentence}"),
            format!("# log\r\n$GPGGA,1,2*00\r\n\\s:A*32\\{sentence}\r\n"),
            "\r\n {\"MessageType\":\"X\",\"MetaData\":{}}".to_owned(),
        ] {
            assert!(ais(text.as_bytes()), "{text}");
            assert_eq!(table(text.repeat(3).as_bytes(), &|_| true), None, "{text}");
        }
        for text in
            ["UNB+UNOA:2+A'\n!AIVDM,1,1,,A,16,0*44", "AIVDM,1,1", "!AIABK,1", "{\"MessageType\":1}", ""]
        {
            assert!(!ais(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn names_what_it_sees() {
        for (bytes, word) in [
            (&b"\xEF\xBB\xBF <?xml version='1.0'?>"[..], "XML or HTML"),
            (b" [{\"a\":1}]", "JSON"),
            (b"PK\x03\x04", "a ZIP archive or an office document"),
            (b"\x00\x01\x02\x03", "binary data"),
            (b"   ", "nothing but blanks"),
            (b"\xE4\xD5\xC2\x4E\xE4\xD5\xD6\xC1", "EDI in EBCDIC"),
            (b"VU5CK1VOT0E6Mg==", "EDI in Base64"),
            (b"hello", "text without an EDIFACT service segment"),
        ] {
            assert_eq!(looks_like(bytes), word);
        }
    }
}
