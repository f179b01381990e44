//! Cutting a stream of bytes into interchanges and transaction sets, in constant memory.

use super::frame::Opened;
use super::isa::{self, Isa};
use super::pieces::{self, Next, Piece};
use super::separators::{LOOK, Separators};
use crate::findings as f;
use crate::formats::edifact::{
    Charset, Cut, Delimiters, Index, MESSAGE_CAP, Syntax, Tag, Totals, Unwrapped, Window,
};
use crate::x12_findings as x;
use sealane_data::finding::{Finding, FindingKind, Place};
use std::ops::ControlFlow;

/// How many skipped bytes are kept, so that a header that begins in them is seen.
const KEPT: usize = 17;
/// The longest segment outside transaction sets that is waited for, in bytes.
const SEGMENT_CAP: usize = 1 << 20;

pub(super) const GS: Tag = Tag::two(b"GS");
pub(super) const GE: Tag = Tag::two(b"GE");
pub(super) const ST: Tag = Tag::two(b"ST");
pub(super) const SE: Tag = Tag::two(b"SE");
pub(super) const IEA: Tag = Tag::new(b"IEA");
pub(super) const TA1: Tag = Tag::new(b"TA1");
/// Segments of the envelope that ask for or tell of services in transit (X12.5).
const SERVICES: [Tag; 3] = [Tag::new(b"ISB"), Tag::new(b"ISE"), Tag::new(b"TA3")];

/// Where the cut pieces go; it may stop the reading.
pub(super) type Sink<'s> = &'s mut dyn FnMut(Cut<'_>) -> ControlFlow<()>;

/// Cuts bytes that come in any portions, as [`crate::formats::edifact::Cutter`] does.
#[derive(Debug, Default)]
pub struct Cutter {
    pub(super) pinned: Option<Charset>,
    pub(super) d: Option<Separators>,
    pub(super) index: Index,
    /// Where the next segment of the open transaction set is looked for, from its start.
    next: usize,
    in_set: bool,
    pub(super) open: Option<Opened>,
    base: u64,
    pub(super) pos: usize,
    line: u32,
    line_at: usize,
    seen: bool,
    junk: Option<(Place, u32, &'static FindingKind)>,
    /// What is said of the text that is skipped until the next interchange.
    skipping: Option<&'static FindingKind>,
    totals: Totals,
}

/// The bytes at hand, and whether more will come.
#[derive(Clone, Copy)]
struct Chunk<'b> {
    bytes: &'b [u8],
    last: bool,
}

/// Whether a step got on.
#[derive(PartialEq, Eq)]
enum Step {
    On,
    NeedMore,
}

impl Cutter {
    /// Returns a cutter; X12 declares no character set, so only a profile can pin one.
    pub fn new(pinned: Option<Charset>) -> Self {
        Self { pinned, line: 1, ..Self::default() }
    }

    /// Returns what became of the bytes so far.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Cuts `bytes` as far as they go and returns how many of them are done with.
    ///
    /// The caller keeps the rest, appends more and calls again; `last` says that nothing follows.
    /// Breaks when the sink breaks.
    pub fn feed(
        &mut self,
        bytes: &[u8],
        last: bool,
        sink: &mut dyn FnMut(Cut<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<(), usize> {
        let chunk = Chunk { bytes, last };
        loop {
            let step =
                if self.in_set { self.step_set(chunk, sink)? } else { self.step_outside(chunk, sink)? };
            if step == Step::NeedMore {
                break;
            }
        }
        if last {
            self.finish(sink)?;
        }
        let done = self.pos;
        self.line = self.line_of(bytes, done);
        self.line_at = 0;
        self.base += done as u64;
        self.pos = 0;
        ControlFlow::Continue(done)
    }

    /// Returns the line of a byte; counts from the last line that was asked for.
    fn line_of(&self, bytes: &[u8], at: usize) -> u32 {
        let lines = |from: usize, to: usize| {
            u32::try_from(memchr::memchr_iter(b'\n', &bytes[from..to.min(bytes.len())]).count())
                .unwrap_or(u32::MAX)
        };
        if at >= self.line_at {
            self.line.saturating_add(lines(self.line_at, at))
        } else {
            self.line.saturating_sub(lines(at, self.line_at))
        }
    }

    /// Counts lines from where the cutter stands from now on, so that each byte is counted once.
    fn mark(&mut self, bytes: &[u8]) {
        self.line = self.line_of(bytes, self.pos);
        self.line_at = self.pos;
    }

    /// Returns a place of the bytes at hand; `start` counts from where the cutter stands.
    pub(super) fn place(&self, bytes: &[u8], start: usize, len: usize, tag: &str) -> Place {
        let start = (self.pos + start).min(bytes.len());
        Place {
            byte: self.base + start as u64,
            len: u32::try_from(len.min(bytes.len() - start)).unwrap_or(u32::MAX),
            line: self.line_of(bytes, start),
            tag: tag.into(),
            ..Place::default()
        }
    }

    /// Returns where the cutter stands, from the start of the submission.
    pub(super) fn here(&self) -> u64 {
        self.base + self.pos as u64
    }

    /// Reads one segment or one stretch of blanks or junk outside transaction sets.
    fn step_outside(&mut self, chunk: Chunk<'_>, sink: Sink<'_>) -> ControlFlow<(), Step> {
        self.mark(chunk.bytes);
        if let Some(kind) = self.skipping {
            let rest = chunk.bytes.len() - self.pos;
            if rest == 0 || (!chunk.last && rest <= KEPT) {
                return ControlFlow::Continue(Step::NeedMore);
            }
            self.skip_junk(chunk, kind);
            return ControlFlow::Continue(Step::On);
        }
        self.skip_blanks(chunk.bytes);
        let rest = &chunk.bytes[self.pos..];
        if rest.is_empty() || (!chunk.last && rest.len() < LOOK) {
            return ControlFlow::Continue(Step::NeedMore);
        }
        if isa::begins(rest) {
            match Isa::read(rest) {
                Some(isa) => self.begin(chunk.bytes, &isa, sink)?,
                None => self.skip_junk(chunk, &x::ISA_BROKEN),
            }
            return ControlFlow::Continue(Step::On);
        }
        if self.open.is_none() {
            let Some(d) = Separators::bare(rest) else {
                self.skip_junk(chunk, if self.seen { &x::AFTER_END } else { &f::TEXT_BEFORE });
                return ControlFlow::Continue(Step::On);
            };
            self.d = Some(d);
        }
        let Some(d) = self.d else {
            self.skip_junk(chunk, &x::AFTER_END);
            return ControlFlow::Continue(Step::On);
        };
        match pieces::next(rest, 0, d, chunk.last) {
            Next::Piece(piece) => self.outside(chunk, piece, sink)?,
            Next::More if rest.len() < SEGMENT_CAP => return ControlFlow::Continue(Step::NeedMore),
            Next::End => self.pass(chunk.bytes, rest.len(), 0, &x::OUTSIDE),
            // Terminators that end nothing stand before the header.
            Next::Header(start) => self.pass(chunk.bytes, start.max(1), 0, &x::OUTSIDE),
            Next::More => self.skip_junk(chunk, &x::OUTSIDE),
        }
        ControlFlow::Continue(Step::On)
    }

    /// Begins an interchange with its header.
    fn begin(&mut self, bytes: &[u8], isa: &Isa, sink: Sink<'_>) -> ControlFlow<()> {
        self.seen = true;
        self.flush_junk(sink)?;
        self.open_interchange(bytes, isa, sink)?;
        self.serve(bytes, isa.len);
        ControlFlow::Continue(())
    }

    /// Counts the next `len` bytes as part of the envelope.
    fn serve(&mut self, bytes: &[u8], len: usize) {
        let len = len.min(bytes.len() - self.pos);
        self.totals.service += len as u64;
        self.pos += len;
    }

    /// Deals with the one segment that was cut outside transaction sets.
    fn outside(&mut self, chunk: Chunk<'_>, piece: Piece, sink: Sink<'_>) -> ControlFlow<()> {
        let bytes = chunk.bytes;
        let d = self.d.unwrap_or(Separators {
            element: b'*',
            component: None,
            terminator: super::Terminator::TILDE,
        });
        self.index.clear();
        self.next = 0;
        self.index.push_x12(&bytes[self.pos..], (piece.start, piece.end), d.element, piece.flags);
        let tag = self.index.last_tag();
        let within = self.open.is_some();
        let known =
            matches!(tag, GS | ST) || (within && (matches!(tag, GE | IEA | TA1) || SERVICES.contains(&tag)));
        if !known {
            self.pass(bytes, piece.after, 1, &x::OUTSIDE);
            return ControlFlow::Continue(());
        }
        self.seen = true;
        self.flush_junk(sink)?;
        if piece.strays > 0 {
            let message = format!("{} terminators stand alone", piece.strays);
            let place = self.place(bytes, 0, piece.start, "");
            sink(Cut::Finding(Finding::new(&f::STRAY_TERMINATOR, place, message)))?;
        }
        if !within {
            self.open_implied(bytes, sink)?;
        }
        match tag {
            ST => {
                self.in_set = true;
                self.index.clear();
                return self.enter_set(bytes, piece, sink);
            }
            TA1 => {
                self.note_acknowledgement();
                return self.hand_on(bytes, piece.after, true, sink);
            }
            GS => self.open_group(bytes, sink)?,
            GE => self.close_group(bytes, sink)?,
            IEA => self.close_interchange(bytes, sink)?,
            _ => {}
        }
        self.serve(bytes, piece.after);
        ControlFlow::Continue(())
    }

    /// Reads the open transaction set on.
    fn step_set(&mut self, chunk: Chunk<'_>, sink: Sink<'_>) -> ControlFlow<(), Step> {
        let rest = &chunk.bytes[self.pos..];
        let Some(d) = self.d else { return ControlFlow::Continue(Step::NeedMore) };
        let over = rest.len() > MESSAGE_CAP;
        let window = &rest[..rest.len().min(MESSAGE_CAP)];
        let len = loop {
            match pieces::next(window, self.next, d, chunk.last && !over) {
                Next::Piece(piece) => {
                    self.index.push_x12(window, (piece.start, piece.end), d.element, piece.flags);
                    let tag = self.index.last_tag();
                    if matches!(tag, GS | GE | IEA) || (tag == ST && self.index.len() > 1) {
                        self.index.pop_x12();
                        break piece.start;
                    }
                    if self.index.len() > 1 {
                        self.index.strays += piece.strays;
                    }
                    self.next = piece.after;
                    if tag == SE {
                        break piece.after;
                    }
                }
                Next::Header(start) => break start,
                Next::More | Next::End if over => {
                    let len = self.next.max(1).min(rest.len());
                    self.in_set = false;
                    self.pass(chunk.bytes, len, 0, &f::TOO_LONG);
                    return ControlFlow::Continue(Step::On);
                }
                Next::End if chunk.last => break rest.len(),
                Next::More | Next::End => return ControlFlow::Continue(Step::NeedMore),
            }
        };
        self.in_set = false;
        self.hand_on(chunk.bytes, len, false, sink)?;
        ControlFlow::Continue(Step::On)
    }

    /// Hands the transaction set or lone segment of the next `len` bytes on.
    fn hand_on(&mut self, bytes: &[u8], len: usize, single: bool, sink: Sink<'_>) -> ControlFlow<()> {
        let len = len.min(bytes.len() - self.pos);
        self.mark(bytes);
        let (header, findings) =
            if single { (self.lone_header(), Vec::new()) } else { self.close_set(bytes, len) };
        let (Some(open), Some(d)) = (&self.open, self.d) else { return ControlFlow::Continue(()) };
        let delimiters = Delimiters {
            component: d.component.unwrap_or(0),
            element: d.element,
            release: 0,
            terminator: d.terminator.as_bytes()[0],
        };
        let (start, line) = (self.base + self.pos as u64, self.line);
        let window = &bytes[self.pos..self.pos + len];
        self.totals.message += len as u64;
        self.pos += len;
        sink(Cut::Message(Window {
            bytes: window,
            index: &self.index,
            start,
            line,
            envelope: &open.interchange.envelope,
            delimiters,
            wrapped: self.index.wrapped,
            findings,
            syntax: Syntax::X12,
            header: Some(header),
        }))
    }

    /// Moves over blanks, control characters and byte order marks.
    fn skip_blanks(&mut self, bytes: &[u8]) {
        let none = Separators { element: 0, component: None, terminator: super::Terminator::TILDE };
        let blank = pieces::blanks(&bytes[self.pos..], none);
        self.totals.blank += blank as u64;
        self.pos += blank;
    }

    /// Moves to the next text that can be the start of an interchange.
    fn skip_junk(&mut self, chunk: Chunk<'_>, kind: &'static FindingKind) {
        let rest = &chunk.bytes[self.pos..];
        let found = memchr::memmem::find_iter(rest, b"ISA")
            .find(|at| *at > 0 && !rest[at - 1].is_ascii_alphanumeric() && isa::begins(&rest[*at..]));
        let len = match found {
            Some(at) => at,
            None if chunk.last => rest.len(),
            None => rest.len().saturating_sub(KEPT),
        };
        self.skipping = (found.is_none() && !chunk.last).then_some(kind);
        self.pass(chunk.bytes, len, 0, kind);
    }

    /// Adds the next `len` bytes to the run that one finding will name.
    fn pass(&mut self, bytes: &[u8], len: usize, segments: u32, kind: &'static FindingKind) {
        let len = len.min(bytes.len() - self.pos);
        let place = self.place(bytes, 0, 0, "");
        let (place, count, of) = self.junk.get_or_insert((place, 0, kind));
        if *count == 0 && segments > 0 && of.code != f::TOO_LONG.code {
            *of = kind;
        }
        let end = self.base + (self.pos + len) as u64;
        place.len = u32::try_from(end - place.byte).unwrap_or(u32::MAX);
        *count += segments;
        self.totals.skipped += len as u64;
        self.pos += len;
    }

    /// Says what was skipped.
    fn flush_junk(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let Some((place, segments, kind)) = self.junk.take() else { return ControlFlow::Continue(()) };
        let message = match kind.code {
            code if code == f::TOO_LONG.code => {
                format!("a transaction set longer than {MESSAGE_CAP} bytes was skipped")
            }
            code if code == x::ISA_BROKEN.code => "the separators of `ISA` cannot be told".into(),
            code if code == x::OUTSIDE.code => {
                format!("{segments} segments ({} bytes) stand outside any transaction set", place.len)
            }
            _ => format!("{} bytes are no part of an interchange", place.len),
        };
        sink(Cut::Finding(Finding::new(kind, place, message)))
    }

    /// Says what is left to say at the end.
    fn finish(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let silent = !self.seen && self.junk.is_none();
        self.flush_junk(sink)?;
        if silent {
            let place = Place { line: 1, ..Place::default() };
            sink(Cut::Finding(Finding::new(&f::EMPTY, place, "the submission holds no data")))?;
        }
        self.close_without_trailer(sink)
    }
}

/// Fills `clean` with the segments of a window without the line breaks inside them.
pub fn unwrap(clean: &mut Unwrapped, window: &Window<'_>) {
    let flags: Vec<u8> = window.index.entries.iter().map(|e| e.flags).collect();
    let segments = clean.clean(window.bytes, window.index, window.delimiters.terminator);
    clean.index.clear();
    for (range, flags) in segments.into_iter().zip(flags) {
        clean.index.push_x12(&clean.bytes, range, window.delimiters.element, flags);
    }
}
