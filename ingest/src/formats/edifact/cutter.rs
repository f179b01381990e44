//! Cutting a stream of bytes into interchanges and messages, in constant memory.

use super::charset::Charset;
use super::clean::Unwrapped;
use super::delimiters::{Advice, Delimiters};
use super::index::{self, BY_LINE, CUT, Index, Stop, WRAPPED};
use super::junk::{Junk, plausible};
use super::segment::{self, Segment, Tag};
use super::terminator;
use super::trailer::Interchange;
use super::window::{Cut, Syntax, Totals, Window};
use crate::findings as f;
use sealane_data::finding::{Finding, Place};
use std::ops::ControlFlow;

/// The longest message that is read, in bytes.
pub const MESSAGE_CAP: usize = 64 << 20;
/// The longest segment outside messages that is waited for, in bytes.
const SEGMENT_CAP: usize = 1 << 20;
/// How many bytes must be there before a segment outside messages is looked at.
const LOOK: usize = 4096;

/// Cuts bytes that come in any portions. See [`Cutter::feed`].
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the stream so far")]
pub struct Cutter {
    pinned: Option<Charset>,
    pub(super) d: Delimiters,
    pub(super) index: Index,
    in_message: bool,
    pub(super) open: Option<Interchange>,
    pub(super) base: u64,
    pub(super) pos: usize,
    line: u32,
    line_at: usize,
    pub(super) head: Vec<u8>,
    pub(super) seen: bool,
    /// Whether an interchange or message ever began.
    pub(super) opened: bool,
    pub(super) junk: Option<Junk>,
    pub(super) totals: Totals,
    /// Whether a terminator of several bytes was said.
    terminator_said: bool,
    scratch: Unwrapped,
}

/// Where the cut pieces go; it may stop the reading.
pub(super) type Sink<'s> = &'s mut dyn FnMut(Cut<'_>) -> ControlFlow<()>;

/// The bytes at hand, and whether more will come.
#[derive(Clone, Copy)]
pub(super) struct Chunk<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) last: bool,
}

/// Whether a step got on.
#[derive(PartialEq, Eq)]
enum Step {
    On,
    NeedMore,
}

impl Cutter {
    /// Returns a cutter; a pinned character set goes before the declared ones.
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
        if self.base == 0 && self.head.len() < 512 {
            self.head = bytes[..bytes.len().min(512)].to_vec();
        }
        let chunk = Chunk { bytes, last };
        loop {
            let step = if self.in_message {
                self.step_message(chunk, sink)?
            } else {
                self.step_outside(chunk, sink)?
            };
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
    pub(super) fn line_of(&self, bytes: &[u8], at: usize) -> u32 {
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

    /// Returns a place of the bytes at hand.
    pub(super) fn place(&self, bytes: &[u8], start: usize, len: usize, tag: &str) -> Place {
        Place {
            byte: self.base + start as u64,
            len: u32::try_from(len).unwrap_or(u32::MAX),
            line: self.line_of(bytes, start),
            tag: tag.into(),
            ..Place::default()
        }
    }

    /// Reads one segment or one stretch of blanks or junk outside messages.
    fn step_outside(&mut self, chunk: Chunk<'_>, sink: Sink<'_>) -> ControlFlow<(), Step> {
        self.mark(chunk.bytes);
        self.skip_blanks(chunk.bytes);
        let rest = &chunk.bytes[self.pos..];
        if rest.is_empty() || (!chunk.last && rest.len() < LOOK) {
            return ControlFlow::Continue(Step::NeedMore);
        }
        if let Some(advice) = Advice::read(rest) {
            return self.advise(chunk.bytes, advice, sink);
        }
        if self.open.is_none() && !plausible(rest, self.d) {
            self.skip_junk(chunk);
            return ControlFlow::Continue(Step::On);
        }
        if self.open.is_none() && self.other_terminator(chunk.bytes, sink)? {
            return ControlFlow::Continue(Step::On);
        }
        let rest = &chunk.bytes[self.pos..];
        self.index.clear();
        let stop = match self.index.scan(rest, chunk.last, self.d, 1) {
            Stop::Open | Stop::End if !chunk.last && rest.len() < SEGMENT_CAP => {
                return ControlFlow::Continue(Step::NeedMore);
            }
            Stop::Open | Stop::End if !chunk.last => {
                self.skip_junk(chunk);
                return ControlFlow::Continue(Step::On);
            }
            Stop::Open | Stop::End => self.index.close_cut(rest),
            stop => Some(stop),
        };
        self.outside(chunk, stop, sink)?;
        ControlFlow::Continue(Step::On)
    }

    /// Deals with the one segment that was scanned outside messages.
    fn outside(&mut self, chunk: Chunk<'_>, stop: Option<Stop>, sink: Sink<'_>) -> ControlFlow<()> {
        let rest = &chunk.bytes[self.pos..];
        let Some(entry) = self.index.entries.last().copied() else {
            let skipped = self.index.scanned().max(1).min(rest.len());
            self.extend_junk(chunk.bytes, skipped, 0, &f::OUTSIDE);
            return ControlFlow::Continue(());
        };
        let len = (entry.end as usize + 1).min(rest.len());
        let tag = if let Some(Stop::Service(tag)) = stop { tag } else { Tag::NONE };
        let opens = matches!(tag, segment::UNB | segment::UNH | segment::UNG);
        if opens && entry.flags & BY_LINE != 0 && self.by_lines(chunk, rest, sink)? {
            return ControlFlow::Continue(());
        }
        if opens || (self.open.is_some() && matches!(tag, segment::UNE | segment::UNZ)) {
            self.seen = true;
            self.flush_junk(sink)?;
        }
        match tag {
            segment::UNH => {
                self.in_message = true;
                if self.open.is_none() {
                    self.open_implied(chunk.bytes, sink)?;
                }
                return ControlFlow::Continue(());
            }
            segment::UNB => self.open_interchange(chunk.bytes, sink)?,
            segment::UNG if self.open.is_some() => self.open_group(chunk.bytes, sink)?,
            segment::UNE if self.open.is_some() => self.close_group(chunk.bytes, sink)?,
            segment::UNZ if self.open.is_some() => self.close_interchange(chunk.bytes, sink)?,
            _ => {
                self.extend_junk(chunk.bytes, len, 1, &f::OUTSIDE);
                return ControlFlow::Continue(());
            }
        }
        self.totals.service += len as u64;
        self.pos += len;
        ControlFlow::Continue(())
    }

    /// Reads the open message on.
    fn step_message(&mut self, chunk: Chunk<'_>, sink: Sink<'_>) -> ControlFlow<(), Step> {
        let rest = &chunk.bytes[self.pos..];
        let cap = MESSAGE_CAP + index::AHEAD;
        let (window, over) = if rest.len() > cap { (&rest[..cap], true) } else { (rest, false) };
        let stop = self.index.scan(window, chunk.last && !over, self.d, usize::MAX);
        let len = match stop {
            Stop::Service(segment::UNT) => self.index.entries.last().map_or(0, |e| e.end as usize + 1),
            Stop::Service(_) => self.index.unread_last().map_or(0, |e| e.start as usize),
            _ if over => {
                let len = self.index.open_start().max(1).min(rest.len());
                self.in_message = false;
                self.extend_junk(chunk.bytes, len, 0, &f::TOO_LONG);
                return ControlFlow::Continue(Step::On);
            }
            _ if !chunk.last => return ControlFlow::Continue(Step::NeedMore),
            _ => {
                // The last segment may be a trailer that only lacks its terminator.
                self.index.close_cut(rest);
                rest.len()
            }
        };
        let len = len.min(rest.len());
        self.close_message(chunk.bytes, len, sink)?;
        self.in_message = false;
        self.totals.message += len as u64;
        self.pos += len;
        ControlFlow::Continue(Step::On)
    }

    /// Hands the message of the next `len` bytes on.
    fn close_message(&mut self, bytes: &[u8], len: usize, sink: Sink<'_>) -> ControlFlow<()> {
        self.mark(bytes);
        let (findings, header) = self.frame_findings(bytes, len);
        let Some(open) = &self.open else { return ControlFlow::Continue(()) };
        sink(Cut::Message(Window {
            bytes: &bytes[self.pos..self.pos + len],
            index: &self.index,
            start: self.base + self.pos as u64,
            line: self.line,
            envelope: &open.envelope,
            delimiters: self.d,
            wrapped: self.index.wrapped,
            findings,
            syntax: Syntax::Edifact,
            header: Some(header),
        }))
    }

    /// Moves over blanks, control characters and byte order marks.
    fn skip_blanks(&mut self, bytes: &[u8]) {
        let start = self.pos;
        while let Some(&b) = bytes.get(self.pos) {
            if b <= 0x20 {
                self.pos += 1;
            } else if bytes[self.pos..].starts_with(b"\xEF\xBB\xBF") {
                self.pos += 3;
            } else {
                break;
            }
        }
        self.totals.blank += (self.pos - start) as u64;
    }

    /// Obeys a service string advice.
    fn advise(&mut self, bytes: &[u8], advice: Advice, sink: Sink<'_>) -> ControlFlow<(), Step> {
        self.seen = true;
        self.flush_junk(sink)?;
        if self.open.is_some() {
            self.close_without_trailer(sink)?;
        }
        self.d = advice.delimiters;
        let place = self.place(bytes, self.pos, advice.len, "UNA");
        let written =
            String::from_utf8_lossy(&bytes[self.pos..(self.pos + advice.len).min(bytes.len())]).into_owned();
        if !advice.whole {
            let message =
                format!("`{written}` has seven characters; the release character is taken to be `?`");
            sink(Cut::Finding(Finding::new(&f::UNA_LENGTH, place.clone(), message)))?;
        }
        if !advice.usable {
            let message =
                format!("`{written}` names separators that cannot be used; the standard ones are used");
            sink(Cut::Finding(Finding::new(&f::UNA_UNUSABLE, place, message)))?;
        }
        let len = advice.len.min(bytes.len() - self.pos);
        self.totals.service += len as u64;
        self.pos += len;
        ControlFlow::Continue(Step::On)
    }

    /// Looks for what ends the segments of an interchange whose header has no terminator anywhere near. One
    /// byte is taken for it; more cannot be. Returns whether the terminator changed.
    fn other_terminator(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<(), bool> {
        let rest = &bytes[self.pos..];
        let near = &rest[..rest.len().min(LOOK)];
        let header = near.get(..3).is_some_and(|tag| Tag::read(tag) == segment::UNB);
        if !header || memchr::memchr(self.d.terminator, near).is_some() {
            return ControlFlow::Continue(false);
        }
        let Some(found) = terminator::guess(near, self.d) else { return ControlFlow::Continue(false) };
        let place = self.place(bytes, self.pos + found.at, found.len, "UNB");
        let said =
            if found.len == 1 { "is read as the terminator" } else { "cannot be read as a terminator" };
        let message = format!("{} stands where segments end and {said}", found.name);
        if found.len > 1 && std::mem::replace(&mut self.terminator_said, true) {
            return ControlFlow::Continue(false);
        }
        sink(Cut::Finding(Finding::new(&f::OTHER_TERMINATOR, place, message)))?;
        if found.len == 1 {
            self.d.terminator = found.byte;
        }
        ControlFlow::Continue(found.len == 1)
    }

    /// Deals with a header that a line end closed: says so, and changes to line ends as terminators
    /// if the proper terminator is nowhere near. Returns whether the segment must be scanned again.
    fn by_lines(&mut self, chunk: Chunk<'_>, rest: &[u8], sink: Sink<'_>) -> ControlFlow<(), bool> {
        let near = &rest[..rest.len().min(LOOK)];
        let again = memchr::memchr(self.d.terminator, near).is_none();
        let header = self.index.entries.last().is_some_and(|e| e.tag() != segment::UNH);
        if again || header {
            let place = self.place(chunk.bytes, self.pos, 3, "");
            let message = if again {
                "no segment has a terminator; line ends are read as terminators"
            } else {
                "a header segment has no terminator; its line end is read as one"
            };
            sink(Cut::Finding(Finding::new(&f::LINE_ENDS, place, message)))?;
        }
        if again {
            self.d.terminator = b'\n';
        }
        ControlFlow::Continue(again)
    }

    /// Runs `act` on the last scanned segment, without line breaks inside.
    pub(super) fn with_last<T>(
        &mut self,
        bytes: &[u8],
        act: impl FnOnce(&Segment<'_>, Delimiters) -> T,
    ) -> Option<T> {
        let rest = &bytes[self.pos..];
        if self.index.entries.last()?.flags & (WRAPPED | BY_LINE | CUT) != 0 {
            self.scratch.fill(rest, &self.index, self.d);
            let at = self.scratch.index.len().checked_sub(1)?;
            return self.scratch.index.segment(&self.scratch.bytes, at).map(|s| act(&s, self.d));
        }
        self.index.segment(rest, self.index.len() - 1).map(|s| act(&s, self.d))
    }

    /// Runs `act` on the first segment of the open message, without line breaks inside.
    pub(super) fn with_first<T>(&mut self, bytes: &[u8], act: impl FnOnce(&Segment<'_>) -> T) -> Option<T> {
        let rest = &bytes[self.pos..];
        if self.index.entries.first()?.flags & WRAPPED != 0 {
            self.scratch.fill(rest, &self.index, self.d);
            return self.scratch.index.segment(&self.scratch.bytes, 0).map(|s| act(&s));
        }
        self.index.segment(rest, 0).map(|s| act(&s))
    }

    /// The partner's character set.
    pub(super) fn pinned(&self) -> Option<Charset> {
        self.pinned
    }
}
