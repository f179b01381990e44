//! Headers and trailers: what an interchange, a group and a message say about themselves.

use super::cutter::{Cutter, Sink};
use super::envelope::{Envelope, MessageFault, MessageHeader};
use super::index::{BY_LINE, CUT, WRAPPED};
use super::segment::UNT;
use super::window::Cut;
use crate::findings as f;
use crate::formats::x12::Receipt;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

/// How many message references and faults are remembered of one interchange.
const REMEMBERED: usize = 200_000;

/// An interchange while it is read, and when it is over.
#[derive(Debug, Default)]
pub struct Interchange {
    /// Its header.
    pub envelope: Envelope,
    /// Messages so far.
    pub messages: u64,
    /// Groups so far.
    pub groups: u64,
    /// Whether its trailer came.
    pub trailed: bool,
    /// Whether its trailer counted and named it rightly.
    pub sound: bool,
    /// What a syntax acknowledgement says about single messages.
    pub faults: Vec<MessageFault>,
    /// Whether any message is something else than an acknowledgement.
    pub worth_an_answer: bool,
    /// What the answer to an X12 interchange says; nothing for EDIFACT.
    pub x12: Option<Box<Receipt>>,
    /// Where its header stands.
    header: Place,
    group: Option<(Text, u64)>,
    references: HashSet<u64>,
}

/// What is said of an interchange that gives nothing for this reason.
const NO_MESSAGE: &str = "no message that could be read stands in the interchange";

impl Cutter {
    /// Begins an interchange that has no header.
    pub(super) fn open_implied(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let charset = self.pinned().unwrap_or_default();
        let envelope = Envelope {
            byte: self.base + self.pos as u64,
            charset,
            charset_known: true,
            ..Envelope::default()
        };
        let header = self.place(bytes, self.pos, 3, "UNH");
        sink(Cut::Opened(&envelope, &header))?;
        self.opened = true;
        self.open = Some(Interchange { envelope, header, ..Interchange::default() });
        self.say(bytes, &f::NO_UNB, "UNH", "the message has no interchange header before it", sink)
    }

    /// Begins an interchange with the `UNB` that was just scanned.
    pub(super) fn open_interchange(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        if self.open.is_some() {
            self.close_without_trailer(sink)?;
        }
        let (byte, pinned) = (self.base + self.pos as u64, self.pinned());
        let Some(envelope) = self.with_last(bytes, |s, d| Envelope::read(s, d.release, byte, pinned)) else {
            return ControlFlow::Continue(());
        };
        let (start, end) = self.last_range();
        let header = self.place(bytes, self.pos + start, end - start, "UNB");
        sink(Cut::Opened(&envelope, &header))?;
        if envelope.sender.0.is_empty() || envelope.recipient.0.is_empty() || envelope.reference.is_empty() {
            let message = "the interchange header lacks its sender, recipient or reference";
            self.say(bytes, &f::UNB_INCOMPLETE, "UNB", message, sink)?;
        } else if envelope.reference_tells_nothing() {
            let message = format!("the interchange reference `{}` looks like a constant", envelope.reference);
            self.say(bytes, &f::CONSTANT_REFERENCE, "UNB", message, sink)?;
        }
        if !envelope.charset_known {
            let message = format!("the syntax identifier `{}` names no known character set", envelope.syntax);
            self.say(bytes, &f::CHARSET_UNKNOWN, "UNB", message, sink)?;
        }
        if envelope.test {
            self.say(bytes, &f::TEST, "UNB", "the interchange is marked as a test", sink)?;
        }
        self.opened = true;
        self.open = Some(Interchange { envelope, header, ..Interchange::default() });
        ControlFlow::Continue(())
    }

    /// Begins a group.
    pub(super) fn open_group(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let reference = self.last_value(bytes, 5);
        let Some(open) = &mut self.open else { return ControlFlow::Continue(()) };
        open.groups += 1;
        let before = open.group.replace((reference, open.messages));
        if before.is_some() {
            return self.say(bytes, &f::NO_UNE, "UNG", "the group before this one has no trailer", sink);
        }
        ControlFlow::Continue(())
    }

    /// Ends a group and compares.
    pub(super) fn close_group(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let (count, reference) = (self.last_value(bytes, 1), self.last_value(bytes, 2));
        let Some(open) = &mut self.open else { return ControlFlow::Continue(()) };
        let Some((begun, before)) = open.group.take() else {
            return self.say(bytes, &f::NO_UNE, "UNE", "there is a group trailer but no group", sink);
        };
        let here = open.messages - before;
        if count.parse() == Ok(here) && begun == reference {
            return ControlFlow::Continue(());
        }
        let message = format!("the group `{begun}` of {here} messages ends as `{reference}` with {count}");
        self.say(bytes, &f::UNE_MISMATCH, "UNE", message, sink)
    }

    /// Ends the interchange by its trailer and compares.
    pub(super) fn close_interchange(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let (count, reference) = (self.last_value(bytes, 1), self.last_value(bytes, 2));
        let Some(mut open) = self.open.take() else { return ControlFlow::Continue(()) };
        open.trailed = true;
        if open.group.is_some() {
            self.say(bytes, &f::NO_UNE, "UNZ", "the last group has no trailer", sink)?;
        }
        let declared: Option<u64> = count.parse().ok();
        let counted = declared == Some(open.messages) || (open.groups > 0 && declared == Some(open.groups));
        let named = reference == open.envelope.reference || !open.envelope.declared;
        open.sound = counted && named;
        if open.messages == 0 {
            self.say(bytes, &f::NO_MESSAGE, "UNZ", NO_MESSAGE, sink)?;
        }
        if !counted {
            let here = if open.groups > 0 { open.groups } else { open.messages };
            let message = format!("the trailer counts `{count}`, there are {here}");
            self.say(bytes, &f::UNZ_COUNT, "UNZ", message, sink)?;
        }
        if !named {
            let message = format!("the trailer says `{reference}`, the header `{}`", open.envelope.reference);
            self.say(bytes, &f::UNZ_REFERENCE, "UNZ", message, sink)?;
        }
        sink(Cut::Closed(&open))
    }

    /// Ends the interchange where no trailer came.
    pub(super) fn close_without_trailer(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let Some(open) = self.open.take() else { return ControlFlow::Continue(()) };
        if open.envelope.declared {
            let message = format!("the interchange `{}` has no trailer", open.envelope.reference);
            sink(Cut::Finding(Finding::new(&f::NO_UNZ, open.header.clone(), message)))?;
            if open.messages == 0 {
                sink(Cut::Finding(Finding::new(&f::NO_MESSAGE, open.header.clone(), NO_MESSAGE)))?;
            }
        }
        sink(Cut::Closed(&open))
    }

    /// Compares a message's frame with its content; `len` bytes from here are the message.
    pub(super) fn frame_findings(&mut self, bytes: &[u8], len: usize) -> (Vec<Finding>, MessageHeader) {
        let mut findings = self.shape_findings(bytes);
        let release = self.d.release;
        let charset = self.open.as_ref().map(|o| o.envelope.charset).unwrap_or_default();
        let header =
            self.with_first(bytes, |s| MessageHeader::read(s, &charset, release)).unwrap_or_default();
        let trailer = self
            .with_last(bytes, |s, d| {
                let value = |e| -> Text { charset.text(s.first(e), d.release).0.trim().into() };
                (s.tag() == UNT).then(|| (value(1), value(2)))
            })
            .flatten();
        let (found, error) = compare(&header.reference, trailer, self.index.len());
        for (kind, message) in found {
            let (start, end) = self.last_range();
            let place = if kind.code == f::NO_UNT.code {
                self.header_place(bytes)
            } else {
                let len = end.saturating_sub(start).min(len);
                Place {
                    segment: ordinal(self.index.len()),
                    ..self.place(bytes, self.pos + start, len, "UNT")
                }
            };
            findings.push(Finding::new(kind, place, message));
        }
        self.remember(bytes, &header, error, &mut findings);
        (findings, header)
    }

    /// Where the open message's header stands.
    fn header_place(&self, bytes: &[u8]) -> Place {
        Place { segment: 1, ..self.place(bytes, self.pos, 3, "UNH") }
    }

    /// Notes a message of the interchange: counts it, knows its reference again.
    fn remember(
        &mut self,
        bytes: &[u8],
        header: &MessageHeader,
        error: Option<&'static str>,
        findings: &mut Vec<Finding>,
    ) {
        let Some(open) = &mut self.open else { return };
        open.messages += 1;
        open.worth_an_answer |= header.kind != "CONTRL";
        let mut hasher = DefaultHasher::new();
        header.reference.hash(&mut hasher);
        let mut duplicate = false;
        if open.references.len() < REMEMBERED {
            duplicate = !open.references.insert(hasher.finish());
        }
        let fault = error.map(|e| (e, "UNT")).or(duplicate.then_some(("26", "UNH")));
        if let Some((error, segment)) = fault
            && open.faults.len() < REMEMBERED
        {
            open.faults.push(MessageFault { header: header.clone(), error, segment });
        }
        if duplicate {
            let message = format!("the reference `{}` was used before in this interchange", header.reference);
            findings.push(Finding::new(&f::DUPLICATE_REFERENCE, self.header_place(bytes), message));
        }
    }

    /// What is odd about how the segments of the window were written.
    fn shape_findings(&self, bytes: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let flagged =
            |flag: u8| self.index.entries.iter().enumerate().filter(move |(_, e)| e.flags & flag != 0);
        let mut say = |flag: u8, kind: &FindingKind, words: &str| {
            if let Some((i, entry)) = flagged(flag).next() {
                let n = flagged(flag).count();
                let (start, end) = (entry.start as usize, entry.end as usize);
                let place = Place {
                    segment: ordinal(i + 1),
                    ..self.place(bytes, self.pos + start, end.saturating_sub(start), "")
                };
                findings.push(Finding::new(kind, place, format!("{n} {words}")));
            }
        };
        if self.index.wrapped {
            say(WRAPPED, &f::WRAPPED, "segments have line breaks inside, the first here");
        }
        if self.d.terminator != b'\n' && self.index.unusual {
            say(BY_LINE, &f::LINE_ENDS, "segments end with the line instead of a terminator, the first here");
        }
        if self.index.entries.last().is_some_and(|e| e.flags & CUT != 0) {
            say(CUT, &f::CUT, "segment is cut by the end of the file");
        }
        if self.index.strays > 0 {
            let message = format!("{} terminators stand alone", self.index.strays);
            findings.push(Finding::new(&f::STRAY_TERMINATOR, self.place(bytes, self.pos, 3, "UNH"), message));
        }
        findings
    }

    /// Hands on a finding about the segment at hand.
    fn say(
        &mut self,
        bytes: &[u8],
        kind: &FindingKind,
        tag: &str,
        message: impl Into<String>,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let (start, end) = self.last_range();
        let (at, len) =
            if self.pos + start <= bytes.len() { (self.pos + start, end - start) } else { (self.pos, 0) };
        sink(Cut::Finding(Finding::new(kind, self.place(bytes, at, len, tag), message)))
    }

    /// Where the last scanned segment lies, from here.
    fn last_range(&self) -> (usize, usize) {
        self.index
            .entries
            .last()
            .map_or((0, 0), |e| (e.start as usize, (e.end as usize).max(e.start as usize)))
    }

    /// The first component of an element of the segment at hand.
    fn last_value(&mut self, bytes: &[u8], element: u16) -> Text {
        let charset = self.open.as_ref().map(|o| o.envelope.charset).unwrap_or_default();
        self.with_last(bytes, |s, d| charset.text(s.first(element), d.release).0.trim().into())
            .unwrap_or_default()
    }
}

/// Segment ordinals fit, for a message is shorter than 2^32 bytes.
fn ordinal(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What is wrong with a message trailer, and the error code (data element 0085) for it.
type Compared = (Vec<(&'static FindingKind, String)>, Option<&'static str>);

/// Compares a message trailer with the header's reference and the number of segments.
fn compare(reference: &str, trailer: Option<(Text, Text)>, here: usize) -> Compared {
    let Some((count, repeated)) = trailer else {
        return (vec![(&f::NO_UNT, format!("the message `{reference}` has no trailer"))], Some("13"));
    };
    let counted = |text: &str| text.parse::<usize>().ok() == Some(here);
    if counted(&repeated) && count == reference && !counted(&count) {
        return (vec![(&f::UNT_SWAPPED, format!("the trailer says `{count}` before `{repeated}`"))], None);
    }
    let mut found: Vec<(&'static FindingKind, String)> = Vec::new();
    let mut error = None;
    if repeated != reference {
        found.push((&f::UNT_REFERENCE, format!("the trailer says `{repeated}`, the header `{reference}`")));
        error = Some("28");
    }
    if !counted(&count) {
        found.push((&f::UNT_COUNT, format!("the trailer counts `{count}` segments, there are {here}")));
        error = Some("29");
    }
    (found, error)
}
