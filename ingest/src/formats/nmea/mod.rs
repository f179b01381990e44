//! NMEA 0183 text with AIS in it: lines, tag blocks, sentences, messages of several sentences, six-bit payloads.
//!
//! Written from IEC 61162-1 and 61162-450 (tag blocks) and ITU-R M.1371-5, as far as public documents tell them.
//! Everything works on borrowed bytes; only a message of several sentences is copied.

mod bits;
mod parts;
mod sentence;
mod tag;

pub use bits::{Bits, CAP as PAYLOAD_CAP};
pub use parts::{Parts, Spot};
pub use sentence::{Fault, Line, Sentence, Whole};
pub use tag::{Group, Millis, Tag, plausible};

/// How long a line may be: a sentence has 82 characters, a tag block 80, and loggers write something before.
pub const LINE_CAP: usize = 1024;

/// Lines that are looked at to tell what a text is.
const LOOK: usize = 200;

/// Returns whether the head of a submission holds AIS sentences behind comments and other lines.
pub fn holds(head: &[u8]) -> bool {
    // Most texts are no AIS, and this is told in no time.
    if [b"VDM,", b"VDO,"].iter().all(|form| memchr::memmem::find(head, *form).is_none()) {
        return false;
    }
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    head.split(|b| *b == b'\n').take(LOOK).any(|line| {
        let line = &line[..line.len().min(LINE_CAP)];
        matches!(Line::read(line), Line::Ais(..) | Line::Faulty(Fault::Checksum | Fault::Shape))
    })
}

/// Returns the exclusive or of bytes, the checksum of sentences and tag blocks.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, b| sum ^ b)
}

/// Returns what one or two hexadecimal digits say.
fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    match digits {
        [low] => digit(*low),
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}
