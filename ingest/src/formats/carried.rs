//! EDI in another coding: Base64, alone or in a mail, and the quoted-printable text of mails.

use super::{sheet, sniff, x12};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, PartType};
use std::borrow::Cow;

/// Most parts of one mail.
const MOST: usize = 64;

/// How deep mails may lie in mails.
const DEEPEST: usize = 3;

/// EDI that was taken out of its coding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// The EDI; several parts stand behind each other.
    pub(crate) bytes: Vec<u8>,
    /// What carried it, in words for a finding.
    pub(crate) how: &'static str,
    /// Spreadsheets beside it in the same mail, which are not read.
    pub(crate) left: usize,
}

/// Returns whether a submission that begins so may be EDI in another coding, so that all of it is wanted.
pub(crate) fn may_be(head: &[u8]) -> bool {
    in_base64(head) || is_coded_mail(head)
}

/// Returns the EDI of a submission that is whole and carries it in another coding.
pub(crate) fn edi(bytes: &[u8]) -> Option<Carried> {
    if bytes.len() > sheet::MAX_BYTES {
        return None;
    }
    if in_base64(bytes) {
        let text: Vec<u8> = plain(bytes).iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        let bytes = base64_decode(&text).filter(|decoded| is_edi(decoded))?;
        return Some(Carried { bytes, how: "Base64", left: 0 });
    }
    if !is_coded_mail(bytes) {
        return None;
    }
    let mail = MessageParser::default().parse(bytes)?;
    let mut parts = Vec::new();
    gather(&mail, 0, &mut parts);
    // One submission is of one syntax; the reader says of the others that they are none of it.
    let bytes = parts.join(&b'\n');
    let left = mail.attachments().filter(|part| sheet::binary(part.contents()).is_some()).count();
    (!parts.is_empty()).then_some(Carried { bytes, how: "coded parts of a mail", left })
}

/// Returns whether a text is Base64 of EDI, by its beginning.
fn in_base64(bytes: &[u8]) -> bool {
    let text = plain(bytes);
    let coded = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if !text.iter().take(16).all(|b| coded(b) || b.is_ascii_whitespace()) {
        return false;
    }
    // Whole quadruples, so that the end of the look is no end of the coding.
    let head: Vec<u8> = text.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).take(256).collect();
    head.len() >= 16
        && head.iter().all(coded)
        && base64_decode(&head[..head.len() / 4 * 4]).is_some_and(|decoded| is_edi(&decoded))
}

/// Returns a text without what stands before its first letter.
fn plain(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

/// Returns whether a submission is a mail of which some part is coded.
fn is_coded_mail(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(sniff::HEAD)];
    // Nearly all submissions do not even begin with a name and a colon.
    let name = plain(head).iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'-');
    let field = name.is_some_and(|at| at > 0 && plain(head).get(at) == Some(&b':'));
    field && sniff::is_mail(plain(head)) && {
        let lower = head.to_ascii_lowercase();
        let named = |name: &[u8]| memchr::memmem::find(&lower, name).is_some();
        named(b"content-transfer-encoding") && (named(b"base64") || named(b"quoted-printable"))
    }
}

/// Gathers the EDI of a mail and of the mails in it, where it is coded.
fn gather(mail: &Message<'_>, depth: usize, found: &mut Vec<Vec<u8>>) {
    for part in &mail.parts {
        match &part.body {
            PartType::Message(inner) if depth < DEEPEST => gather(inner, depth + 1, found),
            PartType::Multipart(_) | PartType::Message(_) | PartType::Html(_) => {}
            _ if matches!(part.encoding, Encoding::None) => {}
            _ => found.extend(
                raw(mail, part).filter(|bytes| found.len() < MOST && is_edi(bytes)).map(Cow::into_owned),
            ),
        }
    }
}

/// Returns the bytes of a part as the sender had them, whatever the mail says of their characters.
pub(crate) fn raw<'a>(mail: &'a Message<'_>, part: &MessagePart<'_>) -> Option<Cow<'a, [u8]>> {
    let raw = mail.raw_message.get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)?;
    match part.encoding {
        Encoding::None => Some(raw.into()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
        Encoding::Base64 => base64_decode(raw).map(Cow::Owned),
    }
}

/// Returns whether EDI stands in some bytes.
pub(crate) fn is_edi(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(sniff::HEAD)];
    sniff::x12(head)
        || sniff::flat(head)
        || x12::in_lower_case(head)
        || [&b"UNA"[..], b"UNB+", b"UNH+"].iter().any(|s| begins(head, s))
}

/// Returns whether a segment begins in some bytes, not inside a word.
fn begins(bytes: &[u8], segment: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, segment).any(|at| {
        let free = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        free && bytes.get(at + segment.len()).is_some_and(|b| segment != b"UNA" || b.is_ascii_punctuation())
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const EDI: &str = "UNB+UNOC:3+A+B+260905:1430+REF1'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+M\u{e1}laga+9'";

    /// Base64 in lines of 76, as mail programs write it.
    pub(crate) fn base64(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for i in 0..4 {
                let six = (n >> (18 - 6 * i)) & 63;
                text.push(if i > chunk.len() { '=' } else { ALPHABET[six as usize].into() });
            }
        }
        text.as_bytes().chunks(76).map(|l| String::from_utf8_lossy(l).into_owned() + "\r\n").collect()
    }

    fn latin() -> Vec<u8> {
        EDI.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }

    #[test]
    fn base64_alone_is_decoded_byte_for_byte() {
        for before in ["", "\u{feff}", "\r\n  "] {
            let text = format!("{before}{}", base64(&latin()));
            assert!(may_be(&text.as_bytes()[..100]));
            assert_eq!(edi(text.as_bytes()).map(|c| c.bytes), Some(latin()), "{before:?}");
        }
        for other in
            [base64(b"hello, this is no EDI at all"), EDI.to_owned(), "VU5C".to_owned(), String::new()]
        {
            assert_eq!(edi(other.as_bytes()), None, "{other}");
        }
        let broken = format!("{}****", base64(&latin().repeat(9)));
        assert!(may_be(broken.as_bytes()) && edi(broken.as_bytes()).is_none());
    }

    #[test]
    fn coded_parts_of_a_mail_are_taken_and_plain_ones_left() {
        let head = "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n";
        let part = |kind: &str, coding: &str, body: &str| {
            format!("--x\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{body}\r\n")
        };
        let quoted = EDI.replace('=', "=3D").replace('\u{e1}', "=E1").replace("'BGM", "=\r\n'BGM");
        for (kind, coding, body) in [
            ("application/edifact", "base64", base64(&latin())),
            ("text/plain; charset=utf-8", "Base64", base64(&latin())),
            ("text/plain", "quoted-printable", quoted),
        ] {
            let note = part("text/plain", "7bit", "see below");
            let mail = format!("{head}{note}{}--x--\r\n", part(kind, coding, &body));
            assert!(may_be(mail.as_bytes()), "{coding}");
            assert_eq!(edi(mail.as_bytes()).map(|c| c.bytes), Some(latin()), "{kind} {coding}");
        }
        let mail = format!("{head}{}--x--\r\n", part("text/plain", "8bit", EDI));
        assert_eq!(edi(mail.as_bytes()), None, "what stands there as it is needs no decoding");
    }
}
