//! From bytes to a reading: the one way in for small and large submissions.

use crate::answers::contrl;
use crate::findings as f;
use crate::formats::edifact::{
    Charset, Cut, Cutter, Envelope, Interchange, MessageFault, MessageHeader, Totals, Unwrapped, Window,
};
use crate::formats::sheet::{Format, MAX_BYTES};
use crate::formats::sniff;
use crate::messages::sheet::{self, headings};
use crate::messages::{self, Reader, times};
use crate::sheet_findings;
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::finding::{Finding, Place};
use sealane_data::partner::{Acknowledge, Partner, clock_zone};
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::submission::Sha256;
use sealane_data::time::DeclaredTime;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// Who sent the bytes and what is asked back.
#[derive(Clone, Copy, Debug)]
pub struct ReadContext<'a> {
    /// The sender's profile.
    pub partner: &'a Partner,
    /// Whether the request itself asks for an acknowledgement.
    pub wants_ack: bool,
}

/// What a submission said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The messages in their order.
    pub messages: Vec<MessageRecord>,
    /// What is wrong or doubtful outside messages.
    pub findings: Vec<Finding>,
    /// The interchanges in their order.
    pub interchanges: Vec<InterchangeSummary>,
    /// The answer in the sender's own format, when one is due.
    pub acknowledgement: Option<String>,
}

/// One interchange after reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterchangeSummary {
    /// What its header said.
    pub envelope: Envelope,
    /// How many messages it held.
    pub messages: u64,
    /// Whether its trailer came and told the truth.
    pub sound: bool,
    /// What a syntax acknowledgement says about single messages.
    pub faults: Vec<MessageFault>,
    /// Whether it held anything but acknowledgements.
    pub worth_an_answer: bool,
}

/// What a streamed reading hands on, in the order of the bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A message.
    Message(MessageRecord),
    /// Something wrong or doubtful outside messages.
    Finding(Finding),
    /// An interchange is over.
    Interchange(InterchangeSummary),
}

/// Reads a submission that is whole in memory.
pub fn read(bytes: &[u8], cx: ReadContext<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut sink = |item| {
        match item {
            Item::Message(message) => reading.messages.push(message),
            Item::Finding(finding) => reading.findings.push(finding),
            Item::Interchange(interchange) => reading.interchanges.push(interchange),
        }
        ControlFlow::Continue(())
    };
    let _ = match table_format(bytes) {
        Some(format) => sheet::read(bytes, format, cx, profile_hash(cx.partner), &mut sink),
        None => Session::new(cx).feed(bytes, true, &mut sink).map_continue(|_| ()),
    };
    reading.acknowledgement = acknowledgement(&reading.interchanges, cx);
    reading
}

/// Returns the format of a submission that holds cells.
pub(crate) fn table_format(bytes: &[u8]) -> Option<Format> {
    sniff::table(bytes, &headings::is_known)
}

/// How many bytes a stream is read in.
const PORTION: usize = sniff::HEAD;

/// Reads a submission of any length in constant memory, for spreadsheets a bounded one, and hands
/// every item to `sink`, which may stop the reading. Returns what became of the bytes.
///
/// Fails only when `input` does.
pub fn read_stream(
    mut input: impl Read,
    cx: ReadContext<'_>,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> io::Result<Totals> {
    let mut session = Session::new(cx);
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * PORTION);
    input.by_ref().take(PORTION as u64).read_to_end(&mut buffer)?;
    if sniff::may_be_table(&buffer, &headings::is_known) {
        // A workbook is read from its end: all of it is wanted, up to the bound.
        let rest = (MAX_BYTES + 1).saturating_sub(buffer.len());
        input.by_ref().take(rest as u64).read_to_end(&mut buffer)?;
        if let Some(totals) = read_table(&buffer, cx, sink) {
            return Ok(totals);
        }
    }
    if let ControlFlow::Continue(done) = session.feed(&buffer, false, sink) {
        buffer.drain(..done);
    } else {
        return Ok(session.cutter.totals());
    }
    loop {
        // A message that is not complete yet makes the portions grow, so that copying stays linear.
        let portion = PORTION.max(buffer.len());
        let read = input.by_ref().take(portion as u64).read_to_end(&mut buffer)?;
        match session.feed(&buffer, read == 0, sink) {
            ControlFlow::Continue(done) => drop(buffer.drain(..done)),
            ControlFlow::Break(()) => break,
        }
        if read == 0 {
            break;
        }
    }
    Ok(session.cutter.totals())
}

/// Reads a spreadsheet that is whole, or says that it is too long; nothing when it is none.
fn read_table(
    bytes: &[u8],
    cx: ReadContext<'_>,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Option<Totals> {
    let totals = Totals { message: bytes.len() as u64, ..Totals::default() };
    if bytes.len() > MAX_BYTES && bytes.starts_with(b"PK\x03\x04") {
        let message = format!("the workbook has more than {MAX_BYTES} bytes");
        let _ = sink(Item::Finding(Finding::new(&sheet_findings::TOO_LARGE, Place::default(), message)));
        return Some(totals);
    }
    let format = table_format(bytes)?;
    let _ = sheet::read(bytes, format, cx, profile_hash(cx.partner), sink);
    Some(totals)
}

/// Returns the acknowledgement of interchanges, if one is due.
///
/// An interchange is answered when it asks (UNB 0031), when the request asks, or when the profile
/// says always; never when the profile says never. Acknowledgements are not acknowledged.
pub fn acknowledgement(interchanges: &[InterchangeSummary], cx: ReadContext<'_>) -> Option<String> {
    let mut answers = String::new();
    for interchange in interchanges {
        let due = match cx.partner.acknowledge {
            Acknowledge::Always => true,
            Acknowledge::OnRequest => cx.wants_ack || interchange.envelope.acknowledge,
            Acknowledge::Never => false,
        };
        let answerable =
            interchange.envelope.declared && (interchange.worth_an_answer || interchange.messages == 0);
        if due && answerable {
            answers.push_str(&contrl::write(interchange).unwrap_or_default());
        }
    }
    (!answers.is_empty()).then_some(answers)
}

/// One reading on its way.
struct Session<'a> {
    cx: ReadContext<'a>,
    cutter: Cutter,
    meaning: Meaning<'a>,
    bad_charset: Option<Finding>,
}

/// What turns windows into records.
struct Meaning<'a> {
    partner: &'a Partner,
    profile: u64,
    /// The clock that the profile gives all times.
    clock: Option<TimeZone>,
    ordinal: u32,
    scratch: Unwrapped,
}

impl<'a> Session<'a> {
    fn new(cx: ReadContext<'a>) -> Self {
        let label = cx.partner.charset.as_deref();
        let pinned = label.and_then(Charset::pinned);
        let bad_charset = label.filter(|_| pinned.is_none()).map(|label| {
            let message = format!("the profile's character set `{label}` is unknown or no superset of ASCII");
            Finding::new(&f::CHARSET_UNKNOWN, Place::default(), message)
        });
        let meaning = Meaning {
            partner: cx.partner,
            profile: profile_hash(cx.partner),
            clock: cx.partner.clock.as_deref().and_then(clock_zone),
            ordinal: 0,
            scratch: Unwrapped::default(),
        };
        Self { cx, cutter: Cutter::new(pinned), meaning, bad_charset }
    }

    fn feed(
        &mut self,
        bytes: &[u8],
        last: bool,
        sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
    ) -> ControlFlow<(), usize> {
        debug_assert_eq!(self.cx.partner.id, self.meaning.partner.id);
        if let Some(finding) = self.bad_charset.take() {
            sink(Item::Finding(finding))?;
        }
        let meaning = &mut self.meaning;
        self.cutter.feed(bytes, last, &mut |cut| match cut {
            Cut::Opened(envelope, place) => match meaning.stranger(envelope, place) {
                Some(finding) => sink(Item::Finding(finding)),
                None => ControlFlow::Continue(()),
            },
            Cut::Message(window) => sink(Item::Message(meaning.record(window))),
            Cut::Closed(interchange) => sink(Item::Interchange(summary(interchange))),
            Cut::Finding(finding) => sink(Item::Finding(finding)),
        })
    }
}

impl Meaning<'_> {
    /// Says that an interchange names a sender that the partner does not send as.
    fn stranger(&self, envelope: &Envelope, header: &Place) -> Option<Finding> {
        let (id, qualifier) = &envelope.sender;
        if id.is_empty() || self.partner.sends_as(id, qualifier) {
            // A header without a sender was said by itself.
            return None;
        }
        let place = Place { element: Some(2), component: Some(1), ..header.clone() };
        let message = format!("`{id}` is none of the identifications of partner `{}`", self.partner.id);
        Some(Finding::new(&f::SENDER_UNKNOWN, place, message))
    }

    /// Reads one window into a record.
    fn record(&mut self, mut window: Window<'_>) -> MessageRecord {
        self.ordinal += 1;
        let key = Sha256::of(window.bytes).0;
        let frame = std::mem::take(&mut window.findings);
        let unwrapped = window.wrapped.then(|| {
            self.scratch.fill(window.bytes, window.index, window.delimiters);
            &self.scratch
        });
        let first = match unwrapped {
            Some(u) => u.index.segment(&u.bytes, 0),
            None => window.index.segment(window.bytes, 0),
        };
        let header = first
            .map(|s| MessageHeader::read(&s, &window.envelope.charset, window.delimiters.release))
            .unwrap_or_default();
        let mut reader = Reader::new(&window, unwrapped, &header, self.partner);
        reader.findings = frame;
        let reading = understand(&mut reader, self.profile);
        reader.close_findings();
        if let Some(clock) = &self.clock {
            let times = reader.observations.iter_mut().filter_map(|o| o.time.as_mut());
            times.chain(&mut reader.written).for_each(|time| time.set_clock(clock));
        }
        MessageRecord {
            ordinal: self.ordinal,
            family: header.family(),
            document: reader.document,
            revision: reader.revision,
            written: reader.written.or_else(|| prepared(window.envelope)),
            parties: reader.parties,
            key: key.first_chunk().copied().unwrap_or_default(),
            reading,
            test: window.envelope.test || self.partner.test,
            mode: self.partner.mode,
            observations: reader.observations,
            findings: reader.findings,
        }
    }
}

/// Lets the family of the message read it, or says that none does.
fn understand(reader: &mut Reader<'_>, profile: u64) -> ReadingVersion {
    let Some(unh) = reader.segment(0) else { return ReadingVersion::default() };
    reader.say_lower_case();
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

/// Returns the preparation time of the interchange (UNB 0017 and 0019).
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

/// Returns what is kept of an interchange.
fn summary(interchange: &Interchange) -> InterchangeSummary {
    InterchangeSummary {
        envelope: interchange.envelope.clone(),
        messages: interchange.messages,
        sound: interchange.trailed && interchange.sound,
        faults: interchange.faults.clone(),
        worth_an_answer: interchange.worth_an_answer,
    }
}

/// Returns the hash of a profile, so that a reading knows under which it was made.
fn profile_hash(partner: &Partner) -> u64 {
    let json = serde_json::to_vec(partner).unwrap_or_default();
    Sha256::of(&json).0.first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::partner::PartyId;

    #[test]
    fn a_foreign_sender_is_said_and_the_rest_is_read() {
        let message = "UNH+7+CODECO:D:95B:UN:ITG14'BGM+34+X+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6'UNT+6+7'";
        let found = |ids: &[&str], unb: &str| {
            let edi_ids = ids.iter().map(|id| (*id).into()).collect();
            let partner = Partner { edi_ids, ..Partner::new(PartyId("p".into())) };
            let text = format!("\n{unb}{message}UNZ+1+REF1'");
            let reading = read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false });
            assert_eq!(reading.messages[0].observations.len(), 1);
            let mine = reading.findings.into_iter().filter(|f| f.code == "EDI-062");
            mine.map(|f| (f.place.line, f.place.element, f.message)).collect::<Vec<_>>()
        };
        let unb = "UNB+UNOA:2+SIMA:ZZ+B+260905:1430+REF1'";
        assert_eq!(found(&[], unb), []);
        assert_eq!(found(&["OTHER", "SIMA:ZZ"], unb), []);
        let message = "`SIMA` is none of the identifications of partner `p`".to_owned();
        assert_eq!(found(&["OTHER", "SIMA:14"], unb), [(2, Some(2), message)]);
        assert_eq!(found(&["OTHER"], ""), [], "no header, no sender");
        assert_eq!(found(&["OTHER"], "UNB+UNOA:2++B+260905:1430+REF1'"), [], "said by EDI-007");
    }
}
