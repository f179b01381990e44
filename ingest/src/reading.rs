//! From bytes to a reading: the one way in for small and large submissions.

mod ais;
mod carried;
mod meaning;
mod older;
mod policy;
mod sense;
mod session;
mod summary;

use crate::answers::aperak;
use crate::answers::{contrl, x12 as answer};
use crate::formats::carried as coded;
use crate::formats::edifact::Totals;
use crate::formats::sheet::{Format, MAX_BYTES};
use crate::formats::sniff;
use crate::messages::feeds;
use crate::messages::sheet::{self, headings};
use crate::sheet_findings;
pub use older::Older;
use sealane_data::finding::{Finding, Place};
use sealane_data::partner::{Acknowledge, Partner};
use sealane_data::recorded::MessageRecord;
use sealane_data::submission::Sha256;
use session::Session;
use std::io::{self, Read};
use std::ops::ControlFlow;
pub use summary::InterchangeSummary;

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
    /// The answer that would have been given if the request had asked, where none is due.
    pub unasked: Option<String>,
}

/// What a streamed reading hands on, in the order of the bytes.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "an interchange comes once for many messages")]
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
    if let Some(carried) = coded::edi(bytes, &is_readable) {
        let _ = carried::read(&carried, cx, &mut sink);
    } else if read_document(bytes, cx, &mut sink).is_none() {
        let _ = match table_format(bytes) {
            Some(format) => sheet::read(bytes, format, cx, profile_hash(cx.partner), &mut sink),
            None => carried::read_edi(bytes, cx, &mut sink),
        };
    }
    (reading.acknowledgement, reading.unasked) = answers(&reading.interchanges, cx);
    reading
}

/// Reads a submission of JSON or XML, or a table that a mapping of the partner reads; nothing for any other.
fn read_document(
    bytes: &[u8],
    cx: ReadContext<'_>,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> Option<Totals> {
    let totals = Totals { message: bytes.len() as u64, ..Totals::default() };
    if let Some(form) = sniff::document(bytes) {
        let _ = feeds::read(bytes, form, cx, profile_hash(cx.partner), sink);
        return Some(totals);
    }
    if cx.partner.mappings.is_empty() {
        return None;
    }
    feeds::mapped::read_tables(bytes, cx, profile_hash(cx.partner), sink).map(|_| totals)
}

/// Returns the format of a submission that holds cells.
pub(crate) fn table_format(bytes: &[u8]) -> Option<Format> {
    sniff::table(bytes, &headings::is_known)
}

/// Returns whether there is something in the bytes that may be read: EDI, a table, JSON or XML. Pictures,
/// documents, signatures and plain texts that gateways add are not.
pub(crate) fn is_readable(bytes: &[u8]) -> bool {
    let looks = sniff::looks_like(&bytes[..bytes.len().min(sniff::HEAD)]);
    crate::formats::sheet::binary(bytes).is_some()
        || coded::is_edi(bytes)
        || matches!(looks, "JSON" | "XML or HTML" | "AIS sentences")
        || table_format(bytes).is_some()
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
    let mut buffer: Vec<u8> = Vec::with_capacity(2 * PORTION);
    input.by_ref().take(PORTION as u64).read_to_end(&mut buffer)?;
    // What another coding carries is read whole, up to the bound.
    if coded::may_be(&buffer) {
        let rest = (MAX_BYTES + 1).saturating_sub(buffer.len());
        input.by_ref().take(rest as u64).read_to_end(&mut buffer)?;
        if let Some(carried) = coded::edi(&buffer, &is_readable) {
            let _ = carried::read(&carried, cx, sink);
            return Ok(Totals { message: buffer.len() as u64, ..Totals::default() });
        }
    }
    // Documents and mapped tables are read whole, up to the bound.
    if sniff::document(&buffer).is_some() || !cx.partner.mappings.is_empty() {
        let rest = (MAX_BYTES + 1).saturating_sub(buffer.len());
        input.by_ref().take(rest as u64).read_to_end(&mut buffer)?;
        if let Some(totals) = read_document(&buffer, cx, sink) {
            return Ok(totals);
        }
    }
    if sniff::may_be_table(&buffer, &headings::is_known) {
        // A workbook is read from its end: all of it is wanted, up to the bound.
        let rest = (MAX_BYTES + 1).saturating_sub(buffer.len());
        input.by_ref().take(rest as u64).read_to_end(&mut buffer)?;
        if let Some(totals) = read_table(&buffer, cx, sink) {
            return Ok(totals);
        }
    }
    let mut session = Session::new(cx, &buffer);
    session.raise(&mut buffer);
    if let ControlFlow::Continue(done) = session.feed(&buffer, false, sink) {
        buffer.drain(..done);
    } else {
        return Ok(session.cutter.totals());
    }
    loop {
        // A message that is not complete yet makes the portions grow, so that copying stays linear.
        let (portion, before) = (PORTION.max(buffer.len()), buffer.len());
        let read = input.by_ref().take(portion as u64).read_to_end(&mut buffer)?;
        session.raise(&mut buffer[before..]);
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

/// Returns the acknowledgement of interchanges: the one that is due, or else the one that a request
/// would get that asks.
pub fn answers(interchanges: &[InterchangeSummary], cx: ReadContext<'_>) -> (Option<String>, Option<String>) {
    let due = acknowledgement(interchanges, cx);
    // What is due without being asked for may still be less than what who asks would get.
    let asked = ReadContext { wants_ack: true, ..cx };
    let unasked = if cx.wants_ack { None } else { acknowledgement(interchanges, asked) };
    let unasked = unasked.filter(|text| due.as_ref() != Some(text));
    (due, unasked)
}

/// Returns the acknowledgement of interchanges, if one is due.
///
/// An interchange is answered when it asks (UNB 0031, ISA14), when the request asks, or when the
/// profile says always; never when the profile says never. Acknowledgements are not acknowledged.
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
        match &interchange.x12 {
            _ if !(due && answerable) => {}
            Some(receipt) => {
                let groups = cx.wants_ack || cx.partner.acknowledge == Acknowledge::Always;
                answers.push_str(&answer::write(interchange, receipt, groups));
            }
            None => {
                answers.push_str(&contrl::write(interchange, cx.partner.contrl).unwrap_or_default());
            }
        }
        // By the profile alone, and not about what was rejected already.
        if interchange.envelope.declared && interchange.rejected.is_none() {
            answers.push_str(&aperak::write(&interchange.envelope, &interchange.told).unwrap_or_default());
        }
    }
    (!answers.is_empty()).then_some(answers)
}

/// Returns the hash of a profile, so that a reading knows under which it was made.
fn profile_hash(partner: &Partner) -> u64 {
    let json = serde_json::to_vec(partner).unwrap_or_default();
    Sha256::of(&json).0.first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight))
}
