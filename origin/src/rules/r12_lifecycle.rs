//! R12: the certificate was not replaced, cancelled, revoked, or refuted by its issuer.

use super::{Case, Ruling};
use crate::life::{Life, is_by_link};
use sealane_data::certificate::{LifecycleState as S, VerificationReceipt, VerificationState};

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let life = case.certificate.life(None);
    let by = life.replaced_by.as_ref().map(ToString::to_string);
    let told = |ruling: Ruling| {
        let ruling = ruling.with("state", &life.state).with("source", &life.lifecycle.source);
        match &by {
            Some(by) => ruling.with("replaced_by", &by),
            None => ruling,
        }
    };
    let said = issuer(&life);
    match life.state {
        S::Replaced => told(Ruling::fail("Another certificate took its place.")),
        S::Cancelled | S::Revoked | S::Rejected => {
            told(Ruling::fail(format!("The certificate is {} and no proof any more.", life.state)))
        }
        _ if said.is_some_and(|r| r.outcome == VerificationState::Refuted) => {
            told(Ruling::fail("Its issuer was asked and does not confirm the certificate as it stands here."))
                .with("verification", "refuted")
        }
        S::Denied => told(Ruling::warn("The importing customs gave no preference.")),
        S::Draft | S::Submitted => told(Ruling::warn("The certificate is not issued yet.")),
        S::Unknown => Ruling::open("Where the certificate is in its life is not told."),
        _ => told(Ruling::pass(stands(&life, said))),
    }
}

/// Returns what the issuer itself said last. What somebody with a link reports, or a test system, is no verdict.
fn issuer(life: &Life) -> Option<&VerificationReceipt> {
    life.verification.receipt.as_ref().filter(|r| !is_by_link(r) && !r.trial)
}

/// Says who says that a certificate stands.
fn stands(life: &Life, said: Option<&VerificationReceipt>) -> String {
    let whose = match life.lifecycle.source {
        "claimed" => ", as its sender claims",
        _ => " by what was recorded here",
    };
    let confirmed = said.filter(|r| r.outcome == VerificationState::Confirmed);
    match confirmed.map(|r| r.checked_at.strftime("%Y-%m-%d")) {
        Some(day) => {
            format!("The certificate is {}{whose}; its issuer confirmed it on {day} (UTC).", life.state)
        }
        None => format!("The certificate is {}{whose}; nothing was told against it.", life.state),
    }
}
