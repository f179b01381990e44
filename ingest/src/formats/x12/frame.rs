//! Headers and trailers: what an interchange, a group and a transaction set say about themselves.

use super::cutter::{Cutter, SE, Sink};
use super::isa::Isa;
use super::pieces::Piece;
use super::receipt::{GroupReceipt, REMEMBERED, Receipt, SetReceipt};
use crate::findings as f;
use crate::formats::edifact::{BY_LINE, CUT, Cut, Envelope, Interchange, MessageHeader, WRAPPED};
use crate::x12_findings as x;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

/// How many control numbers of one interchange are known again.
const KNOWN: usize = 200_000;

/// Transaction sets that are acknowledgements and are not acknowledged.
const ACKNOWLEDGEMENTS: [&str; 2] = ["997", "999"];

/// An interchange while it is read.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub(super) interchange: Interchange,
    /// Where its header stands.
    header: Place,
    receipt: Receipt,
    group: Option<GroupReceipt>,
    groupless: bool,
    references: HashSet<u64>,
}

impl Cutter {
    /// Begins an interchange that has no header.
    pub(super) fn open_implied(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let envelope = Envelope {
            byte: self.here(),
            syntax: "X12".into(),
            charset: self.pinned.unwrap_or_default(),
            charset_known: true,
            ..Envelope::default()
        };
        let header = self.place(bytes, 0, 2, "");
        sink(Cut::Opened(&envelope, &header))?;
        let mut opened = Opened { header: header.clone(), groupless: true, ..Opened::default() };
        opened.interchange.envelope = envelope;
        self.open = Some(opened);
        sink(Cut::Finding(Finding::new(&x::NO_ISA, header, "there is no interchange header before this")))
    }

    /// Begins an interchange with its header.
    pub(super) fn open_interchange(&mut self, bytes: &[u8], isa: &Isa, sink: Sink<'_>) -> ControlFlow<()> {
        self.close_without_trailer(sink)?;
        self.d = Some(isa.d);
        let charset = self.pinned.unwrap_or_default();
        let text = |n: usize| -> Text { charset.text(isa.element(n), 0).0.trim().into() };
        let envelope = Envelope {
            byte: self.here(),
            declared: true,
            syntax: "X12".into(),
            version: text(12),
            sender: (text(6), text(5)),
            recipient: (text(8), text(7)),
            prepared: (text(9), text(10)),
            reference: text(13),
            application: Text::default(),
            acknowledge: matches!(text(14).as_str(), "1" | "3"),
            test: text(15).eq_ignore_ascii_case("T"),
            charset,
            charset_known: true,
        };
        let header = self.place(bytes, 0, isa.len, "ISA");
        sink(Cut::Opened(&envelope, &header))?;
        let usage = text(15);
        let receipt =
            Receipt { asked: text(14), version: text(12), note: "000".into(), ..Receipt::default() };
        Self::say_header(isa, &envelope, &usage, &header, sink)?;
        let mut opened = Opened { header, receipt, ..Opened::default() };
        opened.interchange.envelope = envelope;
        self.open = Some(opened);
        ControlFlow::Continue(())
    }

    /// Says what is odd about an interchange header.
    fn say_header(
        isa: &Isa,
        envelope: &Envelope,
        usage: &str,
        header: &Place,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let mut say = |kind: &FindingKind, element: u16, message: String| {
            let element = (element > 0).then_some(element);
            sink(Cut::Finding(Finding::new(kind, Place { element, ..header.clone() }, message)))
        };
        if !isa.fixed {
            say(&x::ISA_WIDTH, 0, "the elements of the header have not their fixed widths".into())?;
        }
        if isa.d.terminator.as_bytes().len() > 1 {
            let shown = String::from_utf8_lossy(isa.d.terminator.as_bytes()).into_owned();
            say(&x::TERMINATOR, 0, format!("the terminator is `{shown}`"))?;
        }
        let reference = &envelope.reference;
        if envelope.sender.0.is_empty() || envelope.recipient.0.is_empty() || reference.is_empty() {
            say(&x::ISA_INCOMPLETE, 0, "the header lacks its sender, recipient or control number".into())?;
        } else if reference.trim_start_matches('0').len() < 2 {
            say(
                &f::CONSTANT_REFERENCE,
                13,
                format!("the control number `{reference}` looks like a constant"),
            )?;
        }
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let (date, time) = &envelope.prepared;
        if !(date.len() == 6 && time.len() == 4 && digits(date) && digits(time)) {
            say(&x::ENVELOPE_DATE, 9, format!("`{date}` and `{time}` are no date and time"))?;
        }
        match usage {
            "T" | "t" => say(&x::TEST, 15, "the interchange is marked as a test".into()),
            "P" | "p" | "I" => ControlFlow::Continue(()),
            other => say(&x::USAGE, 15, format!("the usage `{other}` is unknown")),
        }
    }

    /// Begins a group.
    pub(super) fn open_group(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let value = |n| self.value(bytes, n);
        let mut group = GroupReceipt {
            functional: value(1),
            parties: (value(2), value(3)),
            control: value(6),
            version: value(8).to_uppercase(),
            ..GroupReceipt::default()
        };
        if self.open.as_ref().is_some_and(|open| open.group.is_some()) {
            self.say(bytes, &x::NO_GE, "GS", "the group before this one has no trailer", sink)?;
            self.end_group(Some("3"));
        }
        let Some(open) = &mut self.open else { return ControlFlow::Continue(()) };
        open.interchange.groups += 1;
        group.before = open.interchange.messages;
        let mut hasher = DefaultHasher::new();
        ("GS", &group.functional, &group.control).hash(&mut hasher);
        let again = open.references.len() < KNOWN && !open.references.insert(hasher.finish());
        let message =
            again.then(|| format!("the control number `{}` was used by a group before", group.control));
        group.errors.extend(again.then_some("19"));
        open.group = Some(group);
        message.map_or(ControlFlow::Continue(()), |message| {
            self.say(bytes, &f::DUPLICATE_REFERENCE, "GS", message, sink)
        })
    }

    /// Ends a group by its trailer and compares.
    pub(super) fn close_group(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let (count, control) = (self.value(bytes, 1), self.value(bytes, 2));
        let Some(group) = self.open.as_mut().and_then(|open| open.group.as_mut()) else {
            return self.say(bytes, &x::NO_GE, "GE", "there is a group trailer but no group", sink);
        };
        group.included.clone_from(&count);
        let mut found: Vec<(&FindingKind, &'static str, String)> = Vec::new();
        if !same_number(&control, &group.control) {
            let message = format!("the trailer says `{control}`, the header `{}`", group.control);
            found.push((&x::GE_REFERENCE, "4", message));
        }
        if count.parse() != Ok(group.received) {
            let message =
                format!("the trailer counts `{count}` transaction sets, there are {}", group.received);
            found.push((&x::GE_COUNT, "5", message));
        }
        group.errors.extend(found.iter().map(|(_, code, _)| *code));
        self.end_group(None);
        for (kind, _, message) in found {
            self.say(bytes, kind, "GE", message, sink)?;
        }
        ControlFlow::Continue(())
    }

    /// Puts the open group away, with an error that ended it.
    fn end_group(&mut self, error: Option<&'static str>) {
        let Some(open) = &mut self.open else { return };
        let Some(mut group) = open.group.take() else { return };
        group.errors.extend(error);
        if group.functional != "FA" && open.receipt.groups.len() < REMEMBERED {
            open.receipt.groups.push(group);
        }
    }

    /// Ends the interchange by its trailer and compares.
    pub(super) fn close_interchange(&mut self, bytes: &[u8], sink: Sink<'_>) -> ControlFlow<()> {
        let (count, control) = (self.value(bytes, 1), self.value(bytes, 2));
        if self.open.as_ref().is_some_and(|open| open.group.is_some()) {
            self.say(bytes, &x::NO_GE, "IEA", "the last group has no trailer", sink)?;
            self.end_group(Some("3"));
        }
        let Some(mut open) = self.open.take() else { return ControlFlow::Continue(()) };
        let groups = open.interchange.groups;
        let counted = count.parse() == Ok(groups);
        let declared = open.interchange.envelope.declared;
        let named = !declared || same_number(&control, &open.interchange.envelope.reference);
        open.interchange.trailed = true;
        open.interchange.sound = counted && named;
        if !counted {
            open.receipt.note = "021".into();
            let message = format!("the trailer counts `{count}` groups, there are {groups}");
            self.say(bytes, &x::IEA_COUNT, "IEA", message, sink)?;
        }
        if !named {
            open.receipt.note = "001".into();
            let own = &open.interchange.envelope.reference;
            self.say(
                bytes,
                &x::IEA_REFERENCE,
                "IEA",
                format!("the trailer says `{control}`, the header `{own}`"),
                sink,
            )?;
        }
        open.interchange.x12 = Some(Box::new(open.receipt));
        sink(Cut::Closed(&open.interchange))
    }

    /// Ends the interchange where no trailer came.
    pub(super) fn close_without_trailer(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        if self.open.as_ref().is_some_and(|open| open.group.is_some()) {
            self.end_group(Some("3"));
        }
        let Some(mut open) = self.open.take() else { return ControlFlow::Continue(()) };
        if open.interchange.envelope.declared {
            let message = format!("the interchange `{}` has no trailer", open.interchange.envelope.reference);
            sink(Cut::Finding(Finding::new(&x::NO_IEA, open.header.clone(), message)))?;
        }
        open.receipt.note = "023".into();
        open.interchange.x12 = Some(Box::new(open.receipt));
        sink(Cut::Closed(&open.interchange))
    }

    /// Says that a transaction set stands outside a group, once.
    pub(super) fn enter_set(&mut self, bytes: &[u8], piece: Piece, sink: Sink<'_>) -> ControlFlow<()> {
        let place = self.place(bytes, piece.start, 2, "ST");
        let Some(open) = &mut self.open else { return ControlFlow::Continue(()) };
        if open.group.is_some() || open.groupless {
            return ControlFlow::Continue(());
        }
        open.groupless = true;
        sink(Cut::Finding(Finding::new(
            &x::NO_GS,
            place,
            "the transaction set has no group header before it",
        )))
    }

    /// Counts a segment `TA1`, which stands for itself.
    pub(super) fn note_acknowledgement(&mut self) {
        if let Some(open) = &mut self.open {
            open.interchange.messages += 1;
        }
    }

    /// Returns the header of a segment that stands for itself.
    pub(super) fn lone_header(&self) -> MessageHeader {
        MessageHeader { kind: "TA1".into(), version: self.version(), ..MessageHeader::default() }
    }

    /// The version of the group at hand, or of the interchange's controls.
    fn version(&self) -> Text {
        let Some(open) = &self.open else { return Text::default() };
        let group = open.group.as_ref().map(|g| g.version.clone()).filter(|v| !v.is_empty());
        group.unwrap_or_else(|| open.interchange.envelope.version.clone())
    }

    /// Compares a transaction set's frame with its content; `len` bytes from here are the set.
    pub(super) fn close_set(&mut self, bytes: &[u8], len: usize) -> (MessageHeader, Vec<Finding>) {
        let mut findings = self.shape_findings(bytes);
        let first = |n| self.value_of(bytes, 0, n);
        let (kind, control, convention) = (first(1), first(2), first(3));
        let closed = self.index.last_tag() == SE;
        let trailer = closed.then(|| (self.value(bytes, 1), self.value(bytes, 2)));
        let (start, end) = self.last_range();
        let segment = u32::try_from(self.index.len()).unwrap_or(u32::MAX);
        let tail = Place { segment, ..self.place(bytes, start, end.saturating_sub(start).min(len), "SE") };
        let head = Place { segment: 1, ..self.place(bytes, 0, 2, "ST") };
        let mut errors = Vec::new();
        for (kind, error, message) in compare(&control, trailer, self.index.len()) {
            let place = if kind.code == x::NO_SE.code { head.clone() } else { tail.clone() };
            findings.push(Finding::new(kind, place, message));
            errors.push(error);
        }
        let version = self.version();
        let header = MessageHeader {
            reference: control.clone(),
            kind: kind.to_uppercase(),
            version: if version.is_empty() { convention.clone() } else { version },
            ..MessageHeader::default()
        };
        self.remember(SetReceipt { kind, control, convention, errors }, head, &mut findings);
        (header, findings)
    }

    /// Notes a transaction set: counts it, knows its control number again.
    fn remember(&mut self, mut set: SetReceipt, head: Place, findings: &mut Vec<Finding>) {
        let Some(open) = &mut self.open else { return };
        open.interchange.messages += 1;
        open.interchange.worth_an_answer |= !ACKNOWLEDGEMENTS.contains(&set.kind.as_str());
        let groups = open.interchange.groups;
        let mut hasher = DefaultHasher::new();
        (groups, &set.control).hash(&mut hasher);
        if open.references.len() < KNOWN && !open.references.insert(hasher.finish()) {
            let message = format!("the control number `{}` was used before in this group", set.control);
            findings.push(Finding::new(&f::DUPLICATE_REFERENCE, head, message));
            set.errors.push("23");
        }
        let full = open.receipt.sets >= REMEMBERED;
        let Some(group) = &mut open.group else { return };
        group.received += 1;
        if !full {
            open.receipt.sets += 1;
            group.sets.push(set);
        }
    }

    /// What is odd about how the segments of the set were written.
    fn shape_findings(&self, bytes: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut say = |flag: u8, kind: &FindingKind, words: &str| {
            let mut odd = self.index.entries.iter().enumerate().filter(|(_, e)| e.flags & flag != 0);
            if let Some((i, entry)) = odd.next() {
                let (start, end) = (entry.start as usize, entry.end as usize);
                let segment = u32::try_from(i + 1).unwrap_or(u32::MAX);
                let place = Place { segment, ..self.place(bytes, start, end.saturating_sub(start), "") };
                findings.push(Finding::new(kind, place, format!("{} {words}", odd.count() + 1)));
            }
        };
        say(WRAPPED, &x::WRAPPED, "segments have line breaks inside, the first here");
        say(BY_LINE, &f::LINE_ENDS, "segments end with the line instead of a terminator, the first here");
        say(CUT, &f::CUT, "segment is cut by the end of the file");
        if self.index.strays > 0 {
            let message = format!("{} terminators stand alone", self.index.strays);
            findings.push(Finding::new(&f::STRAY_TERMINATOR, self.place(bytes, 0, 2, "ST"), message));
        }
        findings
    }

    /// Hands on a finding about the segment at hand.
    fn say(
        &self,
        bytes: &[u8],
        kind: &FindingKind,
        tag: &str,
        message: impl Into<String>,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let (start, end) = self.last_range();
        sink(Cut::Finding(Finding::new(kind, self.place(bytes, start, end - start, tag), message)))
    }

    /// Where the last segment lies, from here.
    fn last_range(&self) -> (usize, usize) {
        self.index.entries.last().map_or((0, 0), |e| (e.start as usize, e.end.max(e.start) as usize))
    }

    /// An element of the last segment.
    fn value(&self, bytes: &[u8], element: u16) -> Text {
        self.value_of(bytes, self.index.len().saturating_sub(1), element)
    }

    /// An element of a segment, without line breaks.
    fn value_of(&self, bytes: &[u8], segment: usize, element: u16) -> Text {
        let Some(s) = self.index.segment(&bytes[self.pos..], segment) else { return Text::default() };
        let charset = self.open.as_ref().map(|o| o.interchange.envelope.charset).unwrap_or_default();
        let plain: Vec<u8> =
            s.first(element).iter().copied().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
        charset.text(&plain, 0).0.trim().into()
    }
}

/// Whether two control numbers are the same, leading zeros aside.
fn same_number(a: &str, b: &str) -> bool {
    a == b || (!a.is_empty() && !b.is_empty() && a.trim_start_matches('0') == b.trim_start_matches('0'))
}

/// What is wrong with a trailer, with the error code (data element 718) for it.
type Compared = Vec<(&'static FindingKind, &'static str, String)>;

/// Compares a trailer with the header's control number and the number of segments.
fn compare(control: &str, trailer: Option<(Text, Text)>, here: usize) -> Compared {
    let Some((count, repeated)) = trailer else {
        return vec![(&x::NO_SE, "2", format!("the transaction set `{control}` has no trailer"))];
    };
    let mut found: Compared = Vec::new();
    if repeated != control {
        found.push((&x::SE_REFERENCE, "3", format!("the trailer says `{repeated}`, the header `{control}`")));
    }
    if count.parse() != Ok(here) {
        found.push((&x::SE_COUNT, "4", format!("the trailer counts `{count}` segments, there are {here}")));
    }
    found
}
