//! Cutting a stream of bytes into platform files, in constant memory.

use super::{DELIMITERS, SYNTAX};
use crate::findings as f;
use crate::flat_findings as flat;
use crate::formats::edifact::{
    CUT, Charset, Cut, Envelope, Index, Interchange, MESSAGE_CAP, MessageHeader, Segment, Syntax, Totals,
    WRAPPED, Window,
};
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use std::ops::ControlFlow;

/// How a file begins.
const HEAD: &[u8] = b"00:";
/// How many bytes tell a head from other text.
const LOOK: usize = 11;

/// Returns whether the head of a submission is a platform file: `00:`, a type in capitals, `:`.
pub fn begins(head: &[u8]) -> bool {
    begins_here(&head[blanks(head)..])
}

/// Returns how many blanks, ends of text and byte order marks come first.
fn blanks(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match &text[at..] {
            [b, ..] if b.is_ascii_whitespace() || matches!(b, 0x1A | 0) => at += 1,
            [0xEF, 0xBB, 0xBF, ..] => at += 3,
            _ => return at,
        }
    }
}

/// Returns whether a platform file begins with the first byte.
fn begins_here(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(HEAD) else { return false };
    let kind = rest.iter().take(7).take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    (3..=6).contains(&kind) && rest.get(kind) == Some(&b':')
}

/// Returns whether a platform file begins anywhere in the head of a submission.
pub fn holds(head: &[u8]) -> bool {
    begins(head)
        || memchr::memmem::find_iter(head, HEAD)
            .any(|at| at > 0 && !head[at - 1].is_ascii_alphanumeric() && begins_here(&head[at..]))
}

/// Cuts bytes that come in any portions, as [`crate::formats::edifact::Cutter`] does.
#[derive(Debug)]
pub struct Cutter {
    pinned: Option<Charset>,
    index: Index,
    in_file: bool,
    /// Whether a letter or digit was skipped last, so that no head can follow.
    glued: bool,
    seen: bool,
    base: u64,
    pos: usize,
    line: u32,
    junk: Option<Place>,
    totals: Totals,
}

/// Where the cut pieces go; it may stop the reading.
type Sink<'s> = &'s mut dyn FnMut(Cut<'_>) -> ControlFlow<()>;

/// Whether a step got on.
#[derive(PartialEq, Eq)]
enum Step {
    On,
    NeedMore,
}

impl Cutter {
    /// Returns a cutter; the format declares no character set, so only a profile can pin one.
    pub fn new(pinned: Option<Charset>) -> Self {
        Self {
            pinned,
            index: Index::default(),
            in_file: false,
            glued: false,
            seen: false,
            base: 0,
            pos: 0,
            line: 1,
            junk: None,
            totals: Totals::default(),
        }
    }

    /// Returns what became of the bytes so far.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Cuts `bytes` as far as they go and returns how many of them are done with.
    ///
    /// The caller keeps the rest, appends more and calls again; `last` says that nothing follows.
    /// Breaks when the sink breaks.
    pub fn feed(&mut self, bytes: &[u8], last: bool, sink: Sink<'_>) -> ControlFlow<(), usize> {
        loop {
            let step = if self.in_file {
                self.step_file(bytes, last, sink)?
            } else {
                self.step_outside(bytes, last, sink)?
            };
            if step == Step::NeedMore {
                break;
            }
        }
        if last {
            let silent = !self.seen && self.junk.is_none();
            self.flush_junk(sink)?;
            if silent {
                let place = Place { line: 1, ..Place::default() };
                sink(Cut::Finding(Finding::new(&f::EMPTY, place, "the submission holds no data")))?;
            }
        }
        let done = std::mem::take(&mut self.pos);
        self.base += done as u64;
        ControlFlow::Continue(done)
    }

    /// Moves over the next `len` bytes and counts their lines.
    fn pass(&mut self, bytes: &[u8], len: usize) {
        let lines = memchr::memchr_iter(b'\n', &bytes[self.pos..self.pos + len]).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.pos += len;
    }

    /// Finds where the next file begins; what stands before it is blank or junk.
    fn step_outside(&mut self, bytes: &[u8], last: bool, sink: Sink<'_>) -> ControlFlow<(), Step> {
        let rest = &bytes[self.pos..];
        let blank = blanks(rest);
        self.totals.blank += blank as u64;
        self.glued &= blank == 0;
        self.pass(bytes, blank);
        let rest = &bytes[self.pos..];
        if rest.is_empty() || (!last && rest.len() < LOOK) {
            return ControlFlow::Continue(Step::NeedMore);
        }
        if begins_here(rest) && !self.glued {
            self.flush_junk(sink)?;
            (self.in_file, self.seen) = (true, true);
            self.index.clear();
            return ControlFlow::Continue(Step::On);
        }
        let mut heads = memchr::memmem::find_iter(&rest[1..], HEAD).map(|at| at + 1);
        let next = heads.find(|at| !rest[at - 1].is_ascii_alphanumeric() && begins_here(&rest[*at..]));
        let len = next.unwrap_or(if last { rest.len() } else { (rest.len() - LOOK).max(1) });
        self.glued = rest[len - 1].is_ascii_alphanumeric();
        let place = self.place(len);
        let junk = self.junk.get_or_insert(Place { len: 0, ..place });
        junk.len = junk.len.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
        self.totals.skipped += len as u64;
        self.pass(bytes, len);
        ControlFlow::Continue(Step::On)
    }

    /// Reads the open file on, record by record.
    fn step_file(&mut self, bytes: &[u8], last: bool, sink: Sink<'_>) -> ControlFlow<(), Step> {
        let rest = &bytes[self.pos..];
        let over = rest.len() > MESSAGE_CAP;
        let window = &rest[..rest.len().min(MESSAGE_CAP)];
        let len = loop {
            let before = self.index.len();
            self.index.scan(window, last && !over, DELIMITERS, before + 1);
            if self.index.len() > before {
                let (start, id) = self.record(window, before);
                if id == *b"00" && before > 0 {
                    self.index.unread_last();
                    break start;
                }
                if id == *b"99" {
                    break self.index.scanned().min(window.len());
                }
            } else if over {
                self.in_file = false;
                return self.skip_long(bytes, window.len(), sink);
            } else if last {
                self.index.close_cut(window);
                break window.len();
            } else {
                return ControlFlow::Continue(Step::NeedMore);
            }
        };
        (self.in_file, self.glued) = (false, false);
        self.hand_on(bytes, len, sink)?;
        ControlFlow::Continue(Step::On)
    }

    /// Returns where a record begins and its first two characters.
    fn record(&self, window: &[u8], at: usize) -> (usize, [u8; 2]) {
        let Some(s) = self.index.segment(window, at) else { return (0, [0; 2]) };
        let (start, _) = s.range();
        let id = s.tag_bytes();
        (start, *id.first_chunk().filter(|_| id.len() == 2).unwrap_or(&[0; 2]))
    }

    /// Skips a file that is too long to be read whole.
    fn skip_long(&mut self, bytes: &[u8], len: usize, sink: Sink<'_>) -> ControlFlow<(), Step> {
        let message = format!("a file of records longer than {MESSAGE_CAP} bytes was skipped");
        let place = self.place(len);
        self.totals.skipped += len as u64;
        self.pass(bytes, len);
        sink(Cut::Finding(Finding::new(&f::TOO_LONG, place, message)))?;
        ControlFlow::Continue(Step::On)
    }

    /// Hands the file of the next `len` bytes on, as an interchange of one message.
    fn hand_on(&mut self, bytes: &[u8], len: usize, sink: Sink<'_>) -> ControlFlow<()> {
        let window = &bytes[self.pos..self.pos + len];
        let Some(head) = self.index.segment(window, 0) else { return ControlFlow::Continue(()) };
        let charset = self.pinned.or_else(|| charset(window)).unwrap_or_default();
        let envelope = self.envelope(&head, charset);
        let header = MessageHeader {
            kind: charset.text(head.first(1), b'?').0.trim().to_uppercase().into(),
            version: SYNTAX.into(),
            ..MessageHeader::default()
        };
        let findings = self.frame(window);
        let (start, line) = (self.base + self.pos as u64, self.line);
        let place = Place { tag: "00".into(), segment: 1, ..self.place(head.range().1) };
        sink(Cut::Opened(&envelope, &place))?;
        let sound = findings.is_empty();
        sink(Cut::Message(Window {
            bytes: window,
            index: &self.index,
            start,
            line,
            envelope: &envelope,
            delimiters: DELIMITERS,
            wrapped: self.index.wrapped,
            findings,
            syntax: Syntax::Flat,
            header: Some(header),
        }))?;
        self.totals.message += len as u64;
        self.pass(bytes, len);
        let mut interchange = Interchange::default();
        (interchange.envelope, interchange.messages) = (envelope, 1);
        (interchange.trailed, interchange.sound) = (true, sound);
        sink(Cut::Closed(&interchange))
    }

    /// Reads the header record.
    fn envelope(&self, head: &Segment<'_>, charset: Charset) -> Envelope {
        let text = |e| -> Text { charset.text(head.first(e).trim_ascii(), b'?').0 };
        let created = text(6);
        // Twelve digits by the standard; files of before 2000 and after have ten, without the century.
        let date = if created.len() == 10 { 6 } else { created.len().min(8) };
        let (date, time) = created.split_at_checked(date).unwrap_or_default();
        Envelope {
            byte: self.base + self.pos as u64,
            declared: true,
            syntax: SYNTAX.into(),
            sender: (text(4), Text::default()),
            recipient: (text(5), Text::default()),
            prepared: (date.into(), time.into()),
            application: text(2),
            charset,
            charset_known: true,
            ..Envelope::default()
        }
    }

    /// Returns what is wrong with the frame of a file.
    fn frame(&self, window: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let count = self.index.len();
        let mut say = |kind: &FindingKind, at: usize, message: String| {
            let range = self.index.segment(window, at).map_or((0, 0), |s| s.range());
            let lines = memchr::memchr_iter(b'\n', &window[..range.0]).count();
            let place = Place {
                byte: self.base + (self.pos + range.0) as u64,
                len: u32::try_from(range.1 - range.0).unwrap_or(u32::MAX),
                line: self.line.saturating_add(u32::try_from(lines).unwrap_or(0)),
                segment: u32::try_from(at + 1).unwrap_or(u32::MAX),
                ..Place::default()
            };
            findings.push(Finding::new(kind, place, message));
        };
        let odd = |flag: u8| self.index.entries.iter().position(|e| e.flags & flag != 0);
        if let Some(at) = odd(WRAPPED) {
            say(&f::WRAPPED, at, "line breaks stand inside records".into());
        }
        if let Some(at) = odd(CUT) {
            say(&f::CUT, at, "the file ends inside a record".into());
        }
        let last = count.saturating_sub(1);
        match self.index.segment(window, last).filter(|s| s.tag_bytes() == b"99") {
            None => say(&flat::NO_TRAILER, last, format!("the file ends after {count} records without `99`")),
            Some(trailer) => {
                let told = String::from_utf8_lossy(trailer.first(1)).trim().to_owned();
                // Some count the records between header and trailer only.
                if told.parse() != Ok(count) && told.parse() != Ok(count.saturating_sub(2)) {
                    say(&flat::COUNT, last, format!("`{told}` records are counted, {count} are there"));
                }
            }
        }
        findings
    }

    /// Returns the place of the next `len` bytes.
    fn place(&self, len: usize) -> Place {
        Place {
            byte: self.base + self.pos as u64,
            len: u32::try_from(len).unwrap_or(u32::MAX),
            line: self.line,
            ..Place::default()
        }
    }

    /// Says what was skipped.
    fn flush_junk(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let Some(place) = self.junk.take() else { return ControlFlow::Continue(()) };
        let kind = if self.seen { &f::AFTER_END } else { &f::TEXT_BEFORE };
        let message = format!("{} bytes are no part of a file of records", place.len);
        sink(Cut::Finding(Finding::new(kind, place, message)))
    }
}

/// Returns the character set of a file that declares none: UTF-8 where it is sound, else GB 18030.
fn charset(window: &[u8]) -> Option<Charset> {
    let label = if str::from_utf8(window).is_ok() { "utf-8" } else { "gb18030" };
    Charset::pinned(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts in portions and returns kinds, record counts and finding codes.
    fn cut(bytes: &[u8], portion: usize) -> (Vec<(String, usize)>, Vec<String>, Totals) {
        let (mut files, mut codes) = (Vec::new(), Vec::new());
        let mut cutter = Cutter::new(None);
        let mut buffer: Vec<u8> = Vec::new();
        let mut given = 0;
        loop {
            let to = (given + portion).min(bytes.len());
            buffer.extend_from_slice(&bytes[given..to]);
            given = to;
            let done = cutter.feed(&buffer, given == bytes.len(), &mut |cut| {
                match cut {
                    Cut::Message(w) => {
                        codes.extend(w.findings.iter().map(|f| f.code.to_string()));
                        files.push((w.header.unwrap().kind.to_string(), w.index.len()));
                    }
                    Cut::Finding(finding) => codes.push(finding.code.to_string()),
                    Cut::Opened(..) | Cut::Closed(_) => {}
                }
                ControlFlow::Continue(())
            });
            let ControlFlow::Continue(done) = done else { panic!("nobody stops") };
            buffer.drain(..done);
            if given == bytes.len() {
                return (files, codes, cutter.totals());
            }
        }
    }

    const TWO: &[u8] = b"00:IFCSUM:M:9:A:B:202605041200'\r\n10::SHIP?'S:CN'\n99:3'\n00:CTNJJD::9:A:B:0303281126'50:B'99:1'\x1a";

    #[test]
    fn files_are_cut_in_any_portions() {
        let whole = cut(TWO, TWO.len());
        assert_eq!(whole.0, [("IFCSUM".to_owned(), 3), ("CTNJJD".to_owned(), 3)]);
        assert_eq!(whole.1, Vec::<String>::new());
        for portion in 1..TWO.len() {
            assert_eq!(cut(TWO, portion), whole, "{portion}");
        }
        let t = whole.2;
        assert_eq!(t.blank + t.message + t.service + t.skipped, TWO.len() as u64);
    }

    #[test]
    fn broken_frames_are_said_and_the_rest_is_read() {
        let (files, codes, _) = cut(b"hello 00:IFCSUM:'10:X'00:IFCSUM:'99:9'", 1000);
        assert_eq!(files, [("IFCSUM".to_owned(), 2), ("IFCSUM".to_owned(), 2)]);
        assert_eq!(codes, ["EDI-003", "FLAT-001", "FLAT-002"]);
        let (files, codes, _) = cut(b"00:IFCSUM:'10:CU", 5);
        assert_eq!(files, [("IFCSUM".to_owned(), 2)]);
        assert_eq!(codes, ["EDI-017", "FLAT-001"]);
    }

    #[test]
    fn control_characters_separate_nothing() {
        let (files, codes, totals) = cut(b"00:IFCSUM:M\0\0'99:2\0\n'", 1000);
        assert_eq!((files, codes), (vec![("IFCSUM".to_owned(), 2)], vec![]));
        assert_eq!(totals.skipped, 0);
    }

    #[test]
    fn heads_are_told_from_other_texts() {
        assert!(begins(b"\xEF\xBB\xBF\r\n00:IFCSUM:MANIFEST") && begins(b"00:COARRI:"));
        assert!(!begins(b"00:12:30") && !begins(b"UNB+UNOA") && !begins(b"00,COARRI,") && !begins(b"00:"));
    }
}
