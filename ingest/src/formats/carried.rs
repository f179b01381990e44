//! EDI in another coding: Base64, alone or in a mail, and the quoted-printable text of mails.

use super::{sheet, sniff, x12};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
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
    /// What else could be read in the same mail, and is not.
    pub(crate) left: usize,
}

/// Returns whether a submission that begins so may be EDI in another coding, so that all of it is wanted.
pub(crate) fn may_be(head: &[u8]) -> bool {
    in_base64(head) || is_coded_mail(head)
}

/// Returns the EDI of a submission that is whole and carries it in another coding. `readable` says whether there is
/// something to read in the bytes of a part that are no EDI.
pub(crate) fn edi(bytes: &[u8], readable: &dyn Fn(&[u8]) -> bool) -> Option<Carried> {
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
    let mut found = Found::default();
    found.gather(&mail, 0, readable);
    // One submission is of one syntax; the reader says of the others that they are none of it.
    let bytes = found.parts.join(&b'\n');
    let apart = found.coded || (found.lost && !bytes.is_empty());
    apart.then_some(Carried { bytes, how: "coded parts of a mail", left: found.left })
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

/// What was found in a mail.
#[derive(Default)]
struct Found {
    /// The EDI of each part.
    parts: Vec<Vec<u8>>,
    /// Whether some of it was coded; if not, the mail is read as it stands.
    coded: bool,
    /// Whether a part could not be decoded; read as it stands, the mail would hide that.
    lost: bool,
    /// Parts that could be read and are not.
    left: usize,
}

impl Found {
    /// Gathers the EDI of a mail and of the mails in it, coded or not.
    fn gather(&mut self, mail: &Message<'_>, depth: usize, readable: &dyn Fn(&[u8]) -> bool) {
        for part in &mail.parts {
            match &part.body {
                PartType::Message(inner) if depth < DEEPEST => self.gather(inner, depth + 1, readable),
                PartType::Message(_) => self.left += 1,
                PartType::Multipart(_) | PartType::Html(_) => {}
                // The mail's own text in another form, which its coding spoiled.
                PartType::Text(_) if part.is_encoding_problem && part.is_content_type("text", "html") => {}
                _ => self.take(raw(mail, part), part, readable),
            }
        }
    }

    fn take(
        &mut self,
        bytes: Option<Cow<'_, [u8]>>,
        part: &MessagePart<'_>,
        readable: &dyn Fn(&[u8]) -> bool,
    ) {
        // What cannot be decoded may have been anything.
        let lost = bytes.is_none() || part.is_encoding_problem;
        let bytes = bytes.unwrap_or_default();
        if lost && !is_edi(&bytes) {
            let empty = part.contents().trim_ascii().is_empty();
            self.lost |= !empty;
            self.left += usize::from(!empty);
        } else if !is_edi(&bytes) {
            self.left += usize::from(readable(&bytes));
        } else if self.parts.len() < MOST {
            self.coded |= !matches!(part.encoding, Encoding::None);
            self.parts.push(bytes.into_owned());
        } else {
            self.left += 1;
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

    fn edi(bytes: &[u8]) -> Option<Carried> {
        super::edi(bytes, &|bytes| bytes.starts_with(b"PK\x03\x04"))
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

    /// A mail of parts, each in lines.
    fn mail(parts: &[String]) -> String {
        let head = "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n";
        format!("{head}{}--x--\r\n", parts.concat())
    }

    fn part(kind: &str, coding: &str, body: &str) -> String {
        format!("--x\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{body}\r\n")
    }

    #[test]
    fn coded_parts_of_a_mail_are_taken() {
        let quoted = EDI.replace('=', "=3D").replace('\u{e1}', "=E1").replace("'BGM", "=\r\n'BGM");
        for (kind, coding, body) in [
            ("application/edifact", "base64", base64(&latin())),
            ("text/plain; charset=utf-8", "Base64", base64(&latin())),
            ("text/plain", "quoted-printable", quoted),
        ] {
            let note = part("text/plain", "7bit", "see below");
            let mail = mail(&[note, part(kind, coding, &body)]);
            assert!(may_be(mail.as_bytes()), "{coding}");
            assert_eq!(edi(mail.as_bytes()).map(|c| c.bytes), Some(latin()), "{kind} {coding}");
        }
        let mail = mail(&[part("text/plain", "8bit", EDI)]);
        assert_eq!(edi(mail.as_bytes()), None, "what stands there as it is needs no decoding");
    }

    #[test]
    fn nothing_beside_coded_parts_is_lost() {
        let coded = || part("application/edifact", "base64", &base64(&latin()));
        let plain = part("application/edifact", "7bit", EDI);
        let read = edi(mail(&[plain, coded()]).as_bytes()).unwrap();
        assert_eq!((memchr::memmem::find_iter(&read.bytes, b"UNB+").count(), read.left), (2, 0));

        let many: Vec<_> = (0..MOST + 3).map(|_| coded()).collect();
        let read = edi(mail(&many).as_bytes()).unwrap();
        assert_eq!((memchr::memmem::find_iter(&read.bytes, b"UNB+").count(), read.left), (MOST, 3));

        let book =
            part("application/octet-stream", "base64", &base64(b"PK\x03\x04 and what a workbook holds"));
        let deep = (0..=DEEPEST).fold(mail(&[coded()]), |inner, n| {
            let inner = inner
                .replace("boundary=\"x\"", &format!("boundary=\"x{n}\""))
                .replace("--x\r", &format!("--x{n}\r"));
            mail(&[part("message/rfc822", "8bit", &inner.replace("--x--", &format!("--x{n}--")))])
        });
        let read = edi(mail(&[coded(), book, part("message/rfc822", "8bit", &deep)]).as_bytes()).unwrap();
        assert_eq!(read.left, 2, "a workbook, and a mail in too many mails");
    }

    #[test]
    fn a_coded_part_that_cannot_be_decoded_is_counted() {
        let good = || part("application/edifact", "base64", &base64(&latin()));
        let broken = base64(&latin()).replacen('Q', "*", 1);
        let both = |body: &str, kind: &str, coding: &str| {
            let read = edi(mail(&[good(), part(kind, coding, body)]).as_bytes()).unwrap();
            (memchr::memmem::find_iter(&read.bytes, b"UNB+").count(), read.left)
        };
        for kind in ["application/edifact", "text/plain", "application/octet-stream"] {
            assert_eq!(both(&broken, kind, "base64"), (1, 1), "{kind}");
        }
        let quoted = EDI.replace('\u{e1}', "=ZZ");
        assert_eq!(both(&quoted, "application/edifact", "quoted-printable"), (1, 1));
        assert_eq!(both("<p>=ZZ</p>", "text/html", "quoted-printable"), (1, 0), "the mail's own text");
        assert_eq!(both("", "application/edifact", "base64"), (1, 0), "nothing was in it");
    }
}
