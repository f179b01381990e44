//! From windows to records: who reads a message, and what is kept of it.

use super::policy::Judged;
use super::sense;
use super::summary::short;
use crate::answers::aperak::Told;
use crate::answers::syntax;
use crate::findings as f;
use crate::formats::edifact::{Envelope, REPETITION, Syntax, Unwrapped, Window};
use crate::formats::{flat, x12};
use crate::messages::{self, KnownPlaces, Reader, times};
use crate::x12_findings as x;
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::finding::{Finding, Place};
use sealane_data::partner::{OnError, Partner};
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::submission::Sha256;
use sealane_data::time::DeclaredTime;
use xxhash_rust::xxh3::xxh3_128;

/// What turns windows into records.
pub(super) struct Meaning<'a> {
    pub(super) partner: &'a Partner,
    pub(super) profile: u64,
    /// The clock that the profile gives all times.
    pub(super) clock: Option<TimeZone>,
    pub(super) ordinal: u32,
    pub(super) scratch: Unwrapped,
    /// The places that the stream named so far.
    pub(super) places: KnownPlaces,
}

impl Meaning<'_> {
    /// Says that an interchange names a sender that the partner does not send as.
    pub(super) fn stranger(&self, envelope: &Envelope, header: &Place) -> Option<Finding> {
        let (id, qualifier) = &envelope.sender;
        if id.is_empty() || self.partner.sends_as(id, qualifier) {
            // A header without a sender was said by itself.
            return None;
        }
        let (element, component) = match envelope.syntax.as_str() {
            "X12" => (6, None),
            flat::SYNTAX => (4, None),
            _ => (2, Some(1)),
        };
        let place = Place { element: Some(element), component, ..header.clone() };
        let message = format!("`{id}` is none of the identifications of partner `{}`", self.partner.id);
        Some(Finding::new(&f::SENDER_UNKNOWN, place, message))
    }

    /// Reads one window into a record.
    pub(super) fn record(&mut self, mut window: Window<'_>) -> (MessageRecord, Judged) {
        self.ordinal += 1;
        let test = window.envelope.test || self.partner.test;
        let key = key(window.bytes, test);
        let frame = std::mem::take(&mut window.findings);
        let header = window.header.take().unwrap_or_default();
        let (raised, repeats) = (in_lower_case(&window), repeats(&window));
        let unwrapped = (window.wrapped || raised || repeats).then(|| {
            if window.syntax == Syntax::X12 {
                x12::unwrap(&mut self.scratch, &window);
            } else if repeats {
                self.scratch.fill_first(window.bytes, window.index, window.delimiters);
            } else {
                self.scratch.fill(window.bytes, window.index, window.delimiters);
            }
            if raised {
                self.scratch.raise();
            }
            &self.scratch
        });
        let mut reader = Reader::new(&window, unwrapped, &header, self.partner, &mut self.places);
        reader.findings = frame;
        let reading = match window.syntax {
            Syntax::Edifact => understand(&mut reader, self.profile),
            Syntax::X12 => understand_x12(&mut reader, self.profile),
            Syntax::Flat => understand_flat(&mut reader, self.profile),
        };
        reader.findings.extend(sense::too_early(&reader.observations));
        if self.partner.aperak {
            reader.findings.extend(sense::unknown_places(&reader.observations, self.partner));
        }
        let judged = judge(self.partner, &reader, window.syntax);
        reader.close_findings();
        if let Some(clock) = &self.clock {
            let times = reader.observations.iter_mut().filter_map(|o| o.time.as_mut());
            times.chain(&mut reader.written).for_each(|time| time.set_clock(clock));
        }
        let record = MessageRecord {
            ordinal: self.ordinal,
            family: header.family(),
            document: reader.document,
            revision: reader.revision,
            written: reader.written.or_else(|| prepared(window.envelope)),
            parties: reader.parties,
            key,
            reading,
            test,
            mode: self.partner.mode,
            observations: reader.observations,
            findings: reader.findings,
        };
        (record, judged)
    }
}

/// Returns what a message is known by again: 128 bits that no two messages have by chance. They only tell a party's
/// own repeats, so nobody gains by two of one key, and what proves bytes is the SHA-256 of their submission. That
/// one would be a fifth of all reading here, and most of it where the processor has no instructions for it.
///
/// A test is another message than the real one with the same bytes: the trial of a file must not make it a repeat.
pub(super) fn key(bytes: &[u8], test: bool) -> [u8; 16] {
    marked(xxh3_128(bytes).to_be_bytes(), test)
}

/// Returns what a message was known by before, for logs that hold such keys.
pub(super) fn older_key(bytes: &[u8], test: bool) -> [u8; 16] {
    marked(short(Sha256::of(bytes)), test)
}

fn marked(mut key: [u8; 16], test: bool) -> [u8; 16] {
    if test {
        for byte in &mut key {
            *byte = !*byte;
        }
    }
    key
}

/// Whether all of a message was brought to lower case, codes too; letters beyond ASCII would suffer from
/// being brought back.
fn in_lower_case(window: &Window<'_>) -> bool {
    let tag = |at: usize| window.index.segment(window.bytes, at).map_or(&[][..], |s| s.tag_bytes());
    let lower = |at: usize| !tag(at).is_empty() && tag(at).iter().all(|b| !b.is_ascii_uppercase());
    window.syntax == Syntax::Edifact && lower(0) && lower(1) && window.bytes.is_ascii()
}

/// Whether elements may be repeated, and the character for that occurs.
fn repeats(window: &Window<'_>) -> bool {
    let d = window.delimiters;
    let free = ![d.component, d.element, d.release, d.terminator].contains(&REPETITION);
    window.syntax == Syntax::Edifact
        && window.envelope.version == "4"
        && free
        && memchr::memchr(REPETITION, window.bytes).is_some()
}

/// Judges an EDIFACT message as the profile wants it; never an acknowledgement.
fn judge(partner: &Partner, reader: &Reader<'_>, syntax: Syntax) -> Judged {
    let header = reader.header;
    if syntax != Syntax::Edifact || matches!(header.kind.as_str(), "CONTRL" | "APERAK") {
        return Judged::default();
    }
    let rejects = partner.on_error == OnError::Reject;
    let verdict = rejects.then(|| syntax::judge(reader, header, &reader.findings)).flatten();
    let told = (partner.aperak && verdict.is_none())
        .then(|| Told::of(header, &reader.document, &reader.findings))
        .flatten();
    Judged { verdict, told }
}

/// Lets the family of the message read it, or says that none does.
fn understand(reader: &mut Reader<'_>, profile: u64) -> ReadingVersion {
    let Some(unh) = reader.segment(0) else { return ReadingVersion::default() };
    reader.say_lower_case();
    reader.say_repetitions();
    let header = reader.header;
    if header.glued {
        let message = format!("the association code `{}` stands outside its component", header.association);
        reader.find(&f::ASSOCIATION_GLUED, &unh, (3, 1), message);
    }
    if let Some(family) = messages::family(&header.kind) {
        family.read(reader);
        let parser = format!("edifact/{}", family.id().to_ascii_lowercase());
        return ReadingVersion { parser: parser.into(), version: family.version(), profile };
    }
    if header.kind.is_empty() {
        reader.find(&f::NO_TYPE, &unh, (2, 1), "the message header names no message type");
    } else {
        let message = format!("message type {} is not read yet", header.kind);
        reader.find(&f::NOT_READ_YET, &unh, (2, 1), message);
    }
    ReadingVersion { parser: Text::const_new("edifact"), version: 1, profile }
}

/// Lets the family of the transaction set read it, or says that none does.
fn understand_x12(reader: &mut Reader<'_>, profile: u64) -> ReadingVersion {
    let Some(st) = reader.segment(0) else { return ReadingVersion::default() };
    reader.say_lower_case();
    let header = reader.header;
    if let Some(family) = messages::x12::family(&header.kind) {
        family.read(reader);
        let parser = format!("x12/{}", family.id().to_ascii_lowercase());
        return ReadingVersion { parser: parser.into(), version: family.version(), profile };
    }
    if header.kind.is_empty() {
        reader.find(&x::NO_TYPE, &st, (1, 1), "the transaction set header names no type");
    } else {
        let message = format!("transaction set {} is not read yet", header.kind);
        reader.find(&f::NOT_READ_YET, &st, (1, 1), message);
    }
    ReadingVersion { parser: Text::const_new("x12"), version: 1, profile }
}

/// Lets the family of the file read it, or says that none does.
fn understand_flat(reader: &mut Reader<'_>, profile: u64) -> ReadingVersion {
    let header = reader.header;
    if let Some(family) = messages::flat::family(&header.kind) {
        family.read(reader);
        let parser = format!("flat/{}", family.id().to_ascii_lowercase());
        return ReadingVersion { parser: parser.into(), version: family.version(), profile };
    }
    if let Some(head) = reader.segment(0) {
        let message = format!("the fields of {} files are not published, so nothing was read", header.kind);
        reader.find(&f::NOT_READ_YET, &head, (1, 1), message);
    }
    ReadingVersion { parser: Text::const_new("flat"), version: 1, profile }
}

/// Returns the preparation time of the interchange (UNB 0017 and 0019, ISA09 and ISA10).
fn prepared(envelope: &Envelope) -> Option<DeclaredTime> {
    let (date, time) = &envelope.prepared;
    let digits = format!("{date}{time}");
    let format: &[u8] = match digits.len() {
        6 => b"101",
        8 => b"102",
        10 => b"201",
        12 if date.len() == 6 => b"202",
        12 => b"203",
        14 => b"204",
        _ => return None,
    };
    times::read(digits.as_bytes(), format).0
}
