//! One submission of documents: who reads each, and what is kept of it.

use super::decode::decode;
use super::mapped::{Compiled, SHIPPED};
use super::record::Draft;
use super::unread::Unread;
use super::{FEEDS, Feed, Reading};
use crate::feed_findings as f;
use crate::formats::tree::{Document, Fault, FaultKind, Form, MAX_BYTES, Node};
use crate::formats::{json, xml};
use crate::reading::{Item, ReadContext};
use crate::{json_findings, xml_findings};
use jiff::tz::TimeZone;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::partner::clock_zone;
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::submission::Sha256;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// What takes the items of a reading.
type Sink<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// Reads a submission of documents.
pub(crate) fn read(
    bytes: &[u8],
    form: Form,
    cx: ReadContext<'_>,
    profile: u64,
    sink: Sink<'_>,
) -> ControlFlow<()> {
    // Places are told in the bytes as they came: behind a byte order mark, and never beyond the end.
    let base = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let end = bytes.len() as u64;
    let sink: Sink<'_> = &mut |item| sink(fitted(item, base, end));
    let mut session = Session::new(cx, profile);
    session.unfit(sink)?;
    walk(bytes, form, cx.partner.charset.as_deref(), &mut |piece| match piece {
        Piece::Finding(finding) => sink(Item::Finding(finding)),
        Piece::Root(root) => session.document(root, form, sink),
    })?;
    session.end(sink)
}

/// Returns an item with places that lie in a submission of so many bytes.
fn fitted(mut item: Item, base: u64, end: u64) -> Item {
    let fit = |place: &mut Place| {
        if place.line > 0 {
            place.byte = (place.byte + base).min(end);
        }
        let left = u32::try_from(end - place.byte.min(end)).unwrap_or(u32::MAX);
        place.len = place.len.min(left);
    };
    match &mut item {
        Item::Finding(finding) => fit(&mut finding.place),
        Item::Message(message) => {
            for finding in &mut message.findings {
                fit(&mut finding.place);
            }
            for said in &mut message.observations {
                said.span.start = (said.span.start + base).min(end);
            }
        }
        Item::Interchange(_) => {}
    }
    item
}

/// A piece of a submission.
pub(super) enum Piece<'d> {
    /// What is wrong with its form.
    Finding(Finding),
    /// A document.
    Root(&'d Node),
}

/// Hands on the documents of a submission and what is wrong with their form.
pub(super) fn walk(
    bytes: &[u8],
    form: Form,
    charset: Option<&str>,
    each: &mut dyn FnMut(Piece<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if bytes.len() > MAX_BYTES {
        let kind = if form == Form::Json { &json_findings::TOO_LARGE } else { &xml_findings::TOO_LARGE };
        let message = format!("the submission has more than {MAX_BYTES} bytes");
        return each(Piece::Finding(Finding::new(kind, Place::default(), message)));
    }
    let (text, misfit) = decode(bytes, form, charset);
    if let Some(name) = misfit {
        let kind = if form == Form::Json { &json_findings::CHARSET } else { &xml_findings::CHARSET };
        let message = format!("some bytes do not fit the character set {name}");
        each(Piece::Finding(Finding::new(kind, Place::default(), message)))?;
    }
    let mut hand_on = |document: Document| {
        for fault in document.faults {
            each(Piece::Finding(form_finding(form, fault)))?;
        }
        document.root.as_ref().map_or(ControlFlow::Continue(()), |root| each(Piece::Root(root)))
    };
    match form {
        Form::Json => json::documents(&text).try_for_each(hand_on),
        Form::Xml => hand_on(xml::document(&text)),
    }
}

/// Returns the finding about a fault of the form.
fn form_finding(form: Form, fault: Fault) -> Finding {
    let kind: &FindingKind = match (form, fault.kind) {
        (Form::Json, FaultKind::TooDeep) => &json_findings::TOO_DEEP,
        (Form::Json, FaultKind::TooMany) => &json_findings::TOO_MANY,
        (Form::Json, FaultKind::Twice) => &json_findings::TWICE,
        (Form::Json, _) => &json_findings::BROKEN,
        (Form::Xml, FaultKind::TooDeep) => &xml_findings::TOO_DEEP,
        (Form::Xml, FaultKind::TooMany) => &xml_findings::TOO_MANY,
        (Form::Xml, FaultKind::Definition) => &xml_findings::DEFINITION,
        (Form::Xml, FaultKind::Entity) => &xml_findings::ENTITY,
        (Form::Xml, _) => &xml_findings::BROKEN,
    };
    let place = Place { byte: u64::from(fault.byte), len: 1, line: fault.line, ..Place::default() };
    Finding::new(kind, place, fault.message)
}

/// Who reads a document.
enum Reader<'a> {
    Feed(&'static dyn Feed),
    Mapping(&'a Compiled<'a>),
}

/// One submission while it is read.
pub(super) struct Session<'a> {
    cx: ReadContext<'a>,
    profile: u64,
    clock: Option<TimeZone>,
    ordinal: u32,
    own: Vec<Compiled<'a>>,
    /// Fields that nobody reads, by family.
    unread: BTreeMap<String, Unread>,
}

impl<'a> Session<'a> {
    pub(super) fn new(cx: ReadContext<'a>, profile: u64) -> Self {
        let own = cx.partner.mappings.iter().filter_map(Compiled::new).collect();
        let clock = cx.partner.clock.as_deref().and_then(clock_zone);
        Self { cx, profile, clock, ordinal: 0, own, unread: BTreeMap::new() }
    }

    /// Says which mappings of the partner cannot be used.
    pub(super) fn unfit(&self, sink: Sink<'_>) -> ControlFlow<()> {
        for problem in self.cx.partner.mappings.iter().flat_map(sealane_data::mapping::Mapping::problems) {
            sink(Item::Finding(Finding::new(&f::MAPPING, Place::default(), problem)))?;
        }
        ControlFlow::Continue(())
    }

    /// Returns the partner's own mappings that can be used, which the session then no longer asks.
    pub(super) fn take_own(&mut self) -> Vec<Compiled<'a>> {
        std::mem::take(&mut self.own)
    }

    /// Returns the fields that nobody read, with their counts and first places.
    pub(super) fn unread(&self) -> Vec<(String, u64, Place)> {
        let unknown = self.unread.values().flat_map(Unread::unknown);
        unknown.map(|(path, count, first)| (path.to_owned(), count, first.clone())).collect()
    }

    fn document(&mut self, root: &Node, form: Form, sink: Sink<'_>) -> ControlFlow<()> {
        let own = std::mem::take(&mut self.own);
        let mapped = own.iter().find(|m| m.reads(form) && m.claims(root)).map(Reader::Mapping);
        let reader = mapped
            .or_else(|| FEEDS.iter().find(|feed| feed.claims(root)).map(|feed| Reader::Feed(*feed)))
            .or_else(|| SHIPPED.iter().find(|m| m.reads(form) && m.claims(root)).map(Reader::Mapping));
        let done = match reader {
            Some(Reader::Feed(feed)) => self.by_feed(root, feed, sink),
            Some(Reader::Mapping(mapping)) => self.by_mapping(root, mapping, sink),
            // Of a document that broke off it was said where.
            None if root.cut => ControlFlow::Continue(()),
            None => {
                let message = format!("the document is of no kind that is known: it holds {}", shape(root));
                sink(Item::Finding(Finding::new(&f::UNKNOWN, root.place(root), message)))
            }
        };
        self.own = own;
        done
    }

    fn by_feed(&mut self, root: &Node, feed: &'static dyn Feed, sink: Sink<'_>) -> ControlFlow<()> {
        let mut reading = Reading::new(root, self.cx.partner);
        feed.read(&mut reading);
        let unread = self.unread.entry(feed.id().to_owned()).or_default();
        let mut last: Option<&Node> = None;
        for (node, _) in &reading.drafts {
            if !last.is_some_and(|last| std::ptr::eq(last, *node)) {
                unread.note(root, node, &|path| feed.knows(path));
            }
            last = Some(node);
        }
        let parser = format!("feed/{}", feed.id());
        self.hand_on(reading, (&parser, feed.version()), sink)
    }

    pub(super) fn by_mapping(
        &mut self,
        root: &Node,
        mapping: &Compiled<'_>,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let mut reading = Reading::new(root, self.cx.partner);
        mapping.read(&mut reading);
        let unread = self.unread.entry(mapping.source.id.to_string()).or_default();
        unread.note(root, root, &|path| mapping.knows(path));
        let parser = format!("mapping/{}", mapping.source.id);
        self.hand_on(reading, (&parser, mapping.source.version), sink)
    }

    /// Hands on what one document told.
    fn hand_on(&mut self, reading: Reading<'_>, parser: (&str, u16), sink: Sink<'_>) -> ControlFlow<()> {
        let root = reading.root;
        let nothing = reading.drafts.is_empty() && reading.findings.is_empty();
        reading.findings.into_iter().try_for_each(|finding| sink(Item::Finding(finding)))?;
        if nothing {
            let message = "the document holds nothing that is read";
            sink(Item::Finding(Finding::new(&f::NO_RECORD, root.place(root), message)))?;
        }
        for (node, draft) in reading.drafts {
            let record = self.record(node, draft, parser);
            sink(Item::Message(record))?;
        }
        ControlFlow::Continue(())
    }

    fn record(&mut self, node: &Node, draft: Draft, (parser, version): (&str, u16)) -> MessageRecord {
        self.ordinal += 1;
        let test = self.cx.partner.test;
        let mut key: [u8; 16] = key(node, &draft);
        if test {
            for byte in &mut key {
                *byte = !*byte;
            }
        }
        let mut record = MessageRecord {
            ordinal: self.ordinal,
            family: draft.family,
            document: draft.document,
            revision: draft.revision,
            written: draft.written,
            parties: draft.parties.into_iter().collect(),
            key,
            reading: ReadingVersion { parser: parser.into(), version, profile: self.profile },
            test,
            mode: self.cx.partner.mode,
            observations: draft.observations,
            findings: draft.findings,
        };
        for observation in &mut record.observations {
            observation.span.segment = self.ordinal;
        }
        for finding in &mut record.findings {
            finding.place.segment = self.ordinal;
        }
        if let Some(clock) = &self.clock {
            let times = record.observations.iter_mut().filter_map(|o| o.time.as_mut());
            times.chain(&mut record.written).for_each(|time| time.set_clock(clock));
        }
        record
    }

    /// Says which fields nobody read.
    pub(super) fn end(&self, sink: Sink<'_>) -> ControlFlow<()> {
        let findings = self.unread.iter().flat_map(|(name, unread)| unread.findings(name));
        findings.into_iter().try_for_each(|finding| sink(Item::Finding(finding)))
    }
}

/// Returns what a record is known by again: its content, its type, and what its document adds to it.
fn key(node: &Node, draft: &Draft) -> [u8; 16] {
    let content = draft.content.unwrap_or_else(|| node.digest());
    let whole = [draft.family.as_bytes(), b"\0", draft.salt.as_bytes(), b"\0", content.as_slice()].concat();
    Sha256::of(&whole).0.first_chunk().copied().unwrap_or_default()
}

/// Names the first members of a document, for a sentence.
fn shape(root: &Node) -> String {
    let members =
        if root.is_map() { root.members() } else { root.items().first().map_or(&[][..], Node::members) };
    let clean = |name: &str| name.chars().take(30).filter(|c| *c != '`').collect::<String>();
    let names: Vec<String> = members.iter().take(5).map(|(name, _)| format!("`{}`", clean(name))).collect();
    if names.is_empty() { "no members".to_owned() } else { names.join(", ") }
}
