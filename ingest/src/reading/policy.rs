//! What a partner's profile makes of faults: messages that are rejected, and what APERAK tells.
//!
//! Where the profile rejects, an interchange is held back until its trailer is known, for that may reject
//! all of it. Memory bounds that: once more than `HELD` observations, findings and messages are held, all
//! are handed on, each message is decided by itself from there on, and the trailer rejects no more.
//! What is rejected is read and kept as a shadow: its bytes and its observations are there, and reach no map.
//! Where nothing is rejected, nothing is held back.

use super::{InterchangeSummary, Item};
use crate::answers::aperak::Told;
use crate::answers::syntax::Verdict;
use crate::findings as f;
use crate::formats::edifact::Interchange;
use crate::message_findings as m;
use crate::x12_findings as x;
use sealane_data::finding::{Finding, Place};
use sealane_data::partner::{Mode, OnError, Partner};
use sealane_data::recorded::MessageRecord;
use std::ops::ControlFlow;

/// Messages whose faults an acknowledgement names at most.
const NAMED: usize = 999;

/// Observations, findings and messages of one interchange that are held back at most.
const HELD: usize = 200_000;

/// Findings about an interchange's trailer, with the codes that reject the interchange.
const TRAILER: &[(&str, &str)] =
    &[(f::UNZ_REFERENCE.code, "28"), (f::UNZ_COUNT.code, "29"), (f::NO_UNZ.code, "13")];

/// Findings about a transaction set's frame that reject it.
const SETS: &[&str] = &[x::NO_SE.code, x::SE_COUNT.code, x::SE_REFERENCE.code, f::DUPLICATE_REFERENCE.code];

/// What a message was found to be, beside its record.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What is wrong with its form, where the profile rejects.
    pub(super) verdict: Option<Verdict>,
    /// What is wrong with what it says, where the profile wants to hear it.
    pub(super) told: Option<Told>,
}

/// The faults of the open interchange, and its messages where they are held back.
#[derive(Debug, Default)]
pub(super) struct Policy {
    rejects: bool,
    held: Vec<(MessageRecord, bool)>,
    /// How much is held.
    weight: usize,
    /// Whether it became too much, so that the trailer rejects nothing.
    apart: bool,
    verdicts: Vec<Verdict>,
    told: Vec<Told>,
    trailer: Option<&'static str>,
}

/// Where items go.
type Sink<'s> = &'s mut dyn FnMut(Item) -> ControlFlow<()>;

impl Policy {
    /// Returns the policy of a partner.
    pub(super) fn of(partner: &Partner) -> Self {
        Self { rejects: partner.on_error == OnError::Reject, ..Self::default() }
    }

    /// Takes a finding outside messages.
    pub(super) fn finding(&mut self, finding: Finding, sink: Sink<'_>) -> ControlFlow<()> {
        let trailer = TRAILER.iter().find(|(code, _)| *code == finding.code).map(|(_, error)| *error);
        self.trailer = self.trailer.or(trailer);
        sink(Item::Finding(finding))
    }

    /// Takes a message: hands it on, or holds it back.
    pub(super) fn message(
        &mut self,
        message: MessageRecord,
        judged: Judged,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        if self.told.len() < NAMED {
            self.told.extend(judged.told);
        }
        if !self.rejects {
            return sink(Item::Message(message));
        }
        let of_set = message.findings.iter().any(|found| SETS.contains(&found.code.as_str()));
        let bad = judged.verdict.is_some() || of_set;
        if self.verdicts.len() < NAMED {
            self.verdicts.extend(judged.verdict);
        }
        self.weight += 1 + message.observations.len() + message.findings.len();
        self.held.push((message, bad));
        if self.weight <= HELD && !self.apart {
            return ControlFlow::Continue(());
        }
        self.apart = true;
        self.hand_on(false, sink)
    }

    /// Hands on what is held back, rejected as a whole or message by message.
    fn hand_on(&mut self, whole: bool, sink: Sink<'_>) -> ControlFlow<()> {
        self.weight = 0;
        for (mut message, bad) in std::mem::take(&mut self.held) {
            if bad || whole {
                set_aside(&mut message);
            }
            sink(Item::Message(message))?;
        }
        ControlFlow::Continue(())
    }

    /// Rejects the groups of X12 whose own frame is wrong, with all their transaction sets.
    fn reject_groups(&mut self, summary: &mut InterchangeSummary) {
        let groups = summary.x12.iter_mut().flat_map(|receipt| &mut receipt.groups);
        for group in groups.filter(|group| !group.errors.is_empty()) {
            group.rejected = true;
            let (before, sets) = (usize::try_from(group.before), usize::try_from(group.received));
            let sets = self.held.iter_mut().skip(before.unwrap_or(usize::MAX)).take(sets.unwrap_or(0));
            sets.for_each(|(_, bad)| *bad = true);
        }
    }

    /// Ends the interchange: hands on what was held back, and then the interchange with its faults.
    pub(super) fn close(
        &mut self,
        interchange: &Interchange,
        mut summary: InterchangeSummary,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let note = interchange.x12.as_ref().is_some_and(|receipt| receipt.note != "000");
        let trailer = self.trailer.take().filter(|_| interchange.x12.is_none());
        let whole = if note { Some("000") } else { trailer };
        let apart = std::mem::take(&mut self.apart);
        let rejected = whole.filter(|_| self.rejects && interchange.envelope.declared && !apart);
        if self.rejects && !apart {
            self.reject_groups(&mut summary);
        }
        self.hand_on(rejected.is_some(), sink)?;
        let (verdicts, told) = (std::mem::take(&mut self.verdicts), std::mem::take(&mut self.told));
        let rejects = self.rejects;
        sink(Item::Interchange(InterchangeSummary { rejects, rejected, verdicts, told, ..summary }))
    }
}

/// Keeps a rejected message from the map, and says so.
fn set_aside(message: &mut MessageRecord) {
    if message.mode == Mode::Live {
        message.mode = Mode::Shadow;
    }
    // What was rejected for its frame alone comes again with the same bytes, and must not be a repeat then.
    for byte in &mut message.key {
        *byte ^= 0xA5;
    }
    let place = message.findings.first().map(|found| found.place.clone());
    let place = place.unwrap_or_else(|| Place { segment: 1, ..Place::default() });
    let said = format!("message {} was rejected and is on no map", message.ordinal);
    message.findings.push(Finding::new(&m::REJECTED_HERE, place, said));
}
