//! What an adapter has to get right against the sandbox: the magic numbers, and every verb.

use super::port::Fault;
use super::port::{FaultKind, Outcome, Reply};
use sealane_data::registry::Verb;

/// What an adapter has to make of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It stands, with a code.
    Confirmed,
    /// It does not, with a reason.
    Refuted,
    /// It waits, and asking again confirms it.
    PendingThenConfirmed,
    /// A fault of this kind.
    Fault(FaultKind),
}

/// One case of the conformance report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is asked.
    pub verb: Verb,
    /// The end of the certificate's number.
    pub ending: &'static str,
    /// What has to come of it.
    pub expected: Expected,
    /// What it shows.
    pub about: &'static str,
}

const fn case(verb: Verb, ending: &'static str, expected: Expected, about: &'static str) -> Case {
    Case { verb, ending, expected, about }
}

/// Every case.
pub const CASES: &[Case] = &[
    case(Verb::Verify, "00", Expected::Confirmed, "a certificate that stands"),
    case(Verb::Verify, "01", Expected::Refuted, "a certificate that was not issued so"),
    case(Verb::Verify, "02", Expected::PendingThenConfirmed, "an answer that comes later"),
    case(Verb::Verify, "10", Expected::Fault(FaultKind::Limited), "asked too often (429)"),
    case(Verb::Verify, "11", Expected::Fault(FaultKind::Unavailable), "a system that is down (503)"),
    case(Verb::Verify, "12", Expected::Fault(FaultKind::Timeout), "no answer in time"),
    case(Verb::Verify, "13", Expected::Fault(FaultKind::Contract), "an answer that is cut off"),
    case(Verb::Verify, "20", Expected::Confirmed, "a certificate that is revoked later"),
    case(Verb::Issue, "00", Expected::Confirmed, "an application that is accepted"),
    case(Verb::Push, "00", Expected::Confirmed, "a certificate that is handed over"),
    case(Verb::Retrieve, "00", Expected::Confirmed, "the certified certificate"),
    case(Verb::Display, "00", Expected::Confirmed, "what a page shows"),
    case(Verb::Subscribe, "00", Expected::Confirmed, "being told of changes"),
    case(Verb::Qr, "00", Expected::Confirmed, "the text of the QR code"),
];

impl Expected {
    /// Returns whether a result is as it has to be, as far as one call shows.
    pub fn is(self, result: &Result<Reply, Fault>) -> bool {
        match (self, result) {
            (Self::Confirmed, Ok(reply)) => reply.outcome == Outcome::Confirmed && reply.code.is_some(),
            (Self::Refuted, Ok(reply)) => {
                matches!(&reply.outcome, Outcome::Refuted { reasons } if !reasons.is_empty())
            }
            (Self::PendingThenConfirmed, Ok(reply)) => matches!(reply.outcome, Outcome::Pending { .. }),
            (Self::Fault(kind), Err(fault)) => fault.kind == kind,
            _ => false,
        }
    }
}
