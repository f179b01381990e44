//! R12: the certificate was not replaced, cancelled or revoked.

use super::{Case, Ruling};
use sealane_data::certificate::LifecycleState as S;

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
    match life.state {
        S::Replaced => told(Ruling::fail("Another certificate took its place.")),
        S::Cancelled | S::Revoked | S::Rejected => {
            told(Ruling::fail(format!("The certificate is {} and no proof any more.", life.state)))
        }
        S::Denied => told(Ruling::warn("The importing customs gave no preference.")),
        S::Draft | S::Submitted => told(Ruling::warn("The certificate is not issued yet.")),
        S::Unknown => Ruling::open("Where the certificate is in its life is not told."),
        _ => told(Ruling::pass(format!("The certificate stands ({}).", life.state))),
    }
}
