//! Bytes outside messages: what is skipped, and what is said of it.

use super::cutter::{Chunk, Cutter, MESSAGE_CAP, Sink};
use super::delimiters::Delimiters;
use super::window::Cut;
use crate::findings as f;
use crate::formats::sniff;
use sealane_data::finding::{Finding, FindingKind, Place};
use std::ops::ControlFlow;

/// A run of bytes outside any message that becomes one finding.
#[derive(Debug)]
pub(super) struct Junk {
    pub(super) place: Place,
    pub(super) segments: u32,
    pub(super) kind: &'static FindingKind,
}

impl Cutter {
    /// Moves to the next text that can be the start of an interchange or message.
    pub(super) fn skip_junk(&mut self, chunk: Chunk<'_>) {
        let rest = &chunk.bytes[self.pos..];
        let kind = if self.seen { &f::AFTER_END } else { &f::TEXT_BEFORE };
        let len = match next_start(rest, self.d) {
            Some(len) => len,
            None if chunk.last => rest.len(),
            None => rest.len().saturating_sub(8),
        };
        self.extend_junk(chunk.bytes, len, 0, kind);
    }

    /// Adds the next `len` bytes to the run that one finding will name.
    pub(super) fn extend_junk(
        &mut self,
        bytes: &[u8],
        len: usize,
        segments: u32,
        kind: &'static FindingKind,
    ) {
        let place = self.place(bytes, self.pos, 0, "");
        let junk = self.junk.get_or_insert(Junk { place, segments: 0, kind });
        if junk.segments == 0 && segments > 0 && junk.kind.code != f::TOO_LONG.code {
            junk.kind = kind;
        }
        let end = self.base + (self.pos + len) as u64;
        junk.place.len = u32::try_from(end - junk.place.byte).unwrap_or(u32::MAX);
        junk.segments += segments;
        self.totals.skipped += len as u64;
        self.pos += len;
    }

    /// Says what was skipped.
    pub(super) fn flush_junk(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let Some(junk) = self.junk.take() else { return ControlFlow::Continue(()) };
        let message = match junk.kind.code {
            code if code == f::TOO_LONG.code => {
                format!("a message longer than {MESSAGE_CAP} bytes was skipped")
            }
            code if code == f::OUTSIDE.code => {
                format!("{} segments ({} bytes) stand outside any message", junk.segments, junk.place.len)
            }
            _ => format!("{} bytes are no part of an interchange", junk.place.len),
        };
        sink(Cut::Finding(Finding::new(junk.kind, junk.place, message)))
    }

    /// Says what is left to say at the end.
    pub(super) fn finish(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        if self.open.is_some() {
            self.flush_junk(sink)?;
            return self.close_without_trailer(sink);
        }
        if !self.seen && self.junk.as_ref().is_none_or(|j| j.segments == 0) {
            let looks = sniff::looks_like(&self.head);
            let place = Place { line: 1, ..self.junk.take().map_or_else(Place::default, |j| j.place) };
            let finding = if self.totals.skipped == 0 {
                Finding::new(&f::EMPTY, place, "the submission holds no data")
            } else {
                Finding::new(&f::NOT_EDIFACT, place, format!("the submission looks like {looks}"))
            };
            return sink(Cut::Finding(finding));
        }
        if !self.opened && self.junk.is_none() {
            let message = "the submission holds no data behind its service string advice";
            return sink(Cut::Finding(Finding::new(
                &f::EMPTY,
                Place { line: 1, ..Place::default() },
                message,
            )));
        }
        self.flush_junk(sink)
    }
}

/// Whether bytes begin with something like a tag and a separator.
pub(super) fn plausible(rest: &[u8], d: Delimiters) -> bool {
    let mut head = rest.iter().filter(|b| **b >= 0x20);
    let tag = head.by_ref().take(3).filter(|b| b.is_ascii_alphabetic()).count() == 3;
    tag && head.next() == Some(&d.element)
}

/// Returns where the next service segment may begin, after the first byte.
fn next_start(rest: &[u8], d: Delimiters) -> Option<usize> {
    memchr::memmem::find_iter(rest, b"UN").find(|&i| {
        let free = i > 0 && !rest[i - 1].is_ascii_alphanumeric();
        match (rest.get(i + 2), rest.get(i + 3)) {
            (Some(b'A'), Some(sep)) => free && sep.is_ascii_punctuation() && rest.len() >= i + 9,
            (Some(b'B' | b'H' | b'G'), Some(sep)) => free && *sep == d.element,
            _ => false,
        }
    })
}
