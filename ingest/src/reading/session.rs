//! A reading on its way: which cutter takes the bytes, and what becomes of what it cuts.

use super::meaning::Meaning;
use super::policy::Policy;
use super::summary::{InterchangeSummary, short};
use super::{Item, ReadContext, ais, profile_hash};
use crate::findings as f;
use crate::formats::edifact::{Charset, Cut, Cutter, Totals, Unwrapped};
use crate::formats::{flat, sniff, x12};
use crate::messages::KnownPlaces;
use crate::x12_findings as xf;
use sealane_data::finding::{Finding, Place};
use sealane_data::partner::clock_zone;
use sealane_data::submission::Sha256;
use sha2::{Digest as _, Sha256 as Digest};
use std::ops::ControlFlow;

/// One reading on its way.
pub(super) struct Session<'a> {
    cx: ReadContext<'a>,
    pub(super) cutter: Cutting,
    meaning: Meaning<'a>,
    /// What is said before anything else.
    first: Vec<Finding>,
    /// Whether all is in lower case and is read in upper case.
    pub(super) lower: bool,
    /// Where the header of the open interchange stands.
    header: Place,
    /// Digests of the messages of the open interchange.
    content: Digest,
    /// What the profile makes of its faults.
    policy: Policy,
}

/// What cuts the bytes.
pub(super) enum Cutting {
    Edifact(Box<Cutter>),
    X12(Box<x12::Cutter>),
    Flat(Box<flat::Cutter>),
    Ais(Box<ais::Stream>),
}

impl Cutting {
    /// Returns what became of the bytes so far.
    pub(super) fn totals(&self) -> Totals {
        match self {
            Self::Edifact(cutter) => cutter.totals(),
            Self::X12(cutter) => cutter.totals(),
            Self::Flat(cutter) => cutter.totals(),
            Self::Ais(stream) => stream.totals(),
        }
    }

    /// Hands on what it cuts out of bytes; positions have nothing to be cut.
    pub(super) fn cut(
        &mut self,
        bytes: &[u8],
        last: bool,
        cuts: &mut dyn FnMut(Cut<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<(), usize> {
        match self {
            Self::Edifact(cutter) => cutter.feed(bytes, last, cuts),
            Self::X12(cutter) => cutter.feed(bytes, last, cuts),
            Self::Flat(cutter) => cutter.feed(bytes, last, cuts),
            Self::Ais(_) => ControlFlow::Continue(bytes.len()),
        }
    }
}

impl<'a> Session<'a> {
    /// Returns a session for a submission that begins with `head`.
    pub(super) fn new(cx: ReadContext<'a>, head: &[u8]) -> Self {
        let label = cx.partner.charset.as_deref();
        let pinned = label.and_then(Charset::pinned);
        let mut first = Vec::new();
        first.extend(label.filter(|_| pinned.is_none()).map(|label| {
            let message = format!("the profile's character set `{label}` is unknown or no superset of ASCII");
            Finding::new(&f::CHARSET_UNKNOWN, Place::default(), message)
        }));
        let lower = x12::in_lower_case(head);
        if lower {
            let message = "the whole interchange is in lower case; it is read in upper case";
            let place = Place { line: 1, len: 3, tag: "isa".into(), ..Place::default() };
            first.push(Finding::new(&xf::LOWER_CASE, place, message));
        }
        let meaning = Meaning {
            partner: cx.partner,
            profile: profile_hash(cx.partner),
            clock: cx.partner.clock.as_deref().and_then(clock_zone),
            ordinal: 0,
            scratch: Unwrapped::default(),
            places: KnownPlaces::default(),
        };
        let cutter = if sniff::ais_begins(head) {
            Cutting::Ais(Box::new(ais::Stream::new(cx.partner, profile_hash(cx.partner), head)))
        } else if lower || sniff::x12(head) {
            Cutting::X12(Box::new(x12::Cutter::new(pinned)))
        } else if sniff::flat(head) {
            Cutting::Flat(Box::new(flat::Cutter::new(pinned)))
        } else if sniff::ais(head) {
            Cutting::Ais(Box::new(ais::Stream::new(cx.partner, profile_hash(cx.partner), head)))
        } else {
            Cutting::Edifact(Box::new(Cutter::new(pinned)))
        };
        Self {
            cx,
            cutter,
            meaning,
            first,
            lower,
            header: Place::default(),
            content: Digest::default(),
            policy: Policy::of(cx.partner),
        }
    }

    /// Brings bytes to upper case where all is in lower case.
    pub(super) fn raise(&self, bytes: &mut [u8]) {
        if self.lower {
            bytes.make_ascii_uppercase();
        }
    }

    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        last: bool,
        sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
    ) -> ControlFlow<(), usize> {
        debug_assert_eq!(self.cx.partner.id, self.meaning.partner.id);
        for finding in self.first.drain(..) {
            sink(Item::Finding(finding))?;
        }
        if let Cutting::Ais(stream) = &mut self.cutter {
            return stream.feed(bytes, last, sink);
        }
        let Self { cutter, meaning, header, content, policy, .. } = self;
        let mut cuts = |cut: Cut<'_>| match cut {
            Cut::Opened(envelope, place) => {
                header.clone_from(place);
                *content = Digest::default();
                match meaning.stranger(envelope, place) {
                    Some(finding) => sink(Item::Finding(finding)),
                    None => ControlFlow::Continue(()),
                }
            }
            Cut::Message(window) => {
                let (message, judged) = meaning.record(window);
                content.update(message.key);
                policy.message(message, judged, sink)
            }
            Cut::Closed(interchange) => {
                let content = short(Sha256(std::mem::take(content).finalize().into()));
                let header = std::mem::take(header);
                let summary = InterchangeSummary { header, content, ..InterchangeSummary::of(interchange) };
                policy.close(interchange, summary, sink)
            }
            Cut::Finding(finding) => policy.finding(finding, sink),
        };
        cutter.cut(bytes, last, &mut cuts)
    }
}

#[cfg(test)]
mod tests {
    use crate::reading::{ReadContext, read};
    use sealane_data::partner::{Partner, PartyId};

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
