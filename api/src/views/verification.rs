//! What an issuer was asked about a certificate, as it is served.

use super::plain;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{SiteAsk, VerificationReceipt, VerificationState};
use sealane_data::registry::Told;
use sealane_origin::registries::{CheckPage, Open, REGIMES, Regime, Settled, check_pages};
use sealane_origin::{Certificate, Noted, Register, Verification, local_check};
use serde_json::{Value, json};

/// Returns the axis: state, code, times; instants only, so that it never ages by itself.
///
/// Where the issuer could last not be asked, it says what our own check of the form found: apart, and never
/// in place of a verdict.
pub(crate) fn axis(certificate: &Certificate, verification: &Verification) -> Value {
    let receipt = verification.receipt.as_ref();
    let mut axis = json!({ "state": verification.state, "text": verification.text });
    if let Some(receipt) = receipt {
        axis["gateway"] = json!(receipt.gateway);
        axis["outcome"] = json!(receipt.outcome);
        axis["code"] = json!(receipt.code);
        axis["checked_at"] = json!(receipt.checked_at);
        axis["fresh_until"] = json!(receipt.fresh_until);
        let certified =
            certificate.boxes.regime == "USMCA" && receipt.outcome == VerificationState::Confirmed;
        if let Some(code) = receipt.code.as_ref().filter(|_| certified) {
            // The regime's own word for what its recognised parties answer.
            axis["e_cert_id"] = json!(code);
        }
        if receipt.trial {
            axis["environment"] = json!("sandbox");
        }
    }
    if let Some(failed) = verification.failed_at {
        axis["failed_at"] = json!(failed);
    }
    if verification.failed_at.is_some() || verification.state == "unavailable" {
        let local = local_check(&certificate.record.document);
        axis["local"] = json!({ "state": local.state, "text": local.text });
    }
    axis
}

/// The newest inquiries and orders of sites that stand beside a verdict.
const SHOWN_ASKS: usize = 20;

/// Returns the inquiries and orders of sites that named a certificate, newest first: for its owner only.
pub(crate) fn asks(certificate: &Certificate) -> Value {
    let line = |(noted, ask): (&Noted, &SiteAsk)| json!({ "trigger": ask.trigger, "reference": ask.reference, "at": noted.at, "basis": "asserted" });
    certificate.asks().rev().take(SHOWN_ASKS).map(line).collect()
}

/// Whether an answer may be relied on at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It is within its time.
    Fresh,
    /// It was, and may still be given under that name.
    Stale,
    /// There is none, or none that may be given.
    None,
}

impl Freshness {
    /// Returns the freshness of a receipt; `grace` is for how long a stale one may still be given.
    pub(crate) fn of(receipt: Option<&VerificationReceipt>, now: Timestamp, grace: SignedDuration) -> Self {
        let until = receipt.filter(|r| r.outcome.is_verdict()).map(|r| r.fresh_until.unwrap_or(r.checked_at));
        match until {
            Some(until) if now <= until => Self::Fresh,
            Some(until) if until.checked_add(grace).is_ok_and(|end| now <= end) => Self::Stale,
            _ => Self::None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::None => "none",
        }
    }
}

/// Returns the axis as it is at an instant, with its freshness.
///
/// A confirmation that is not fresh is never one, and an answer that is too old is not given at all.
pub(crate) fn at(certificate: &Certificate, now: Timestamp, grace: SignedDuration) -> Value {
    let told = certificate.verification().shown_at(now);
    let freshness = Freshness::of(told.receipt.as_ref(), now, grace);
    let verdict = told.receipt.as_ref().is_some_and(|r| r.outcome.is_verdict());
    let mut axis = if verdict && freshness == Freshness::None {
        json!({ "state": "stale", "text": "the issuer's last answer is too old to be given" })
    } else {
        axis(certificate, &told)
    };
    if freshness == Freshness::Stale && axis["state"] != "stale" {
        axis["text"] = json!("the issuer's last answer is no longer fresh");
    }
    axis["freshness"] = json!(freshness.word());
    axis["as_of"] = json!(now);
    axis
}

/// Returns a request that waits.
pub(crate) fn open(certificate: &Certificate, open: &Open) -> Value {
    json!({
        "key": open.ask.key,
        "registry": open.ask.registry,
        "verb": open.ask.verb,
        "trigger": open.ask.trigger,
        "state": "pending",
        "since": open.at,
        "until": open.ask.until,
        "asks_again_at": plain(&open.waits.as_ref().map(|(_, at)| *at)),
        "shadow": open.ask.shadow,
        "poll": poll(certificate, &open.ask.key),
    })
}

/// Returns what came of a request: a verdict, or the fault because of which there is none.
pub(crate) fn settled(settled: &Settled) -> Value {
    let told = &settled.told;
    let mut view = json!({
        "key": told.key,
        "registry": told.registry,
        "verb": settled.ask.verb,
        "trigger": settled.ask.trigger,
        "since": settled.at,
        "at": told.at,
        "attempts": told.attempts,
        "shadow": told.shadow,
        "exchange_sha256": told.exchange,
    });
    match &told.told {
        Told::Answered { outcome, code, valid_until, reasons, fields } => {
            view["state"] = json!("answered");
            view["outcome"] = json!(outcome);
            view["code"] = json!(code);
            view["valid_until"] = json!(valid_until);
            view["reasons"] = json!(reasons);
            if !fields.is_empty() {
                view["fields"] = json!(fields);
            }
        }
        Told::Failed { fault, detail } => {
            view["state"] = json!("fault");
            view["fault"] = json!(fault);
            view["detail"] = json!(detail);
        }
        Told::Waits { .. } => view["state"] = json!("pending"),
    }
    view
}

/// Leaves out what went wrong inside: it may name files and addresses of the operator.
pub(crate) fn without_details(mut view: Value) -> Value {
    match &mut view {
        Value::Object(fields) => {
            fields.remove("detail");
            // What a registry gave is nobody's inside.
            let ours = fields.iter_mut().filter(|(name, _)| *name != "fields");
            ours.for_each(|(_, value)| *value = without_details(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_details(item.take())),
        _ => {}
    }
    view
}

/// Returns the address at which a request can be followed.
pub(crate) fn poll(certificate: &Certificate, key: &str) -> String {
    format!("/v1/certificates/{}/verifications/{key}", certificate.id)
}

/// Returns everything about a certificate's verification, for who sees all of it.
pub(crate) fn whole(certificate: &Certificate, register: &Register, now: Timestamp) -> Value {
    let outbox = register.outbox();
    let waiting: Vec<Value> = outbox.open_of(&certificate.id).map(|o| open(certificate, o)).collect();
    let history: Vec<Value> = outbox.settled(&certificate.id).iter().rev().map(settled).collect();
    json!({
        "verification": at(certificate, now, SignedDuration::MAX),
        "open": waiting,
        "history": history,
        "claims": certificate.claims().verification,
        "asked_for": asks(certificate),
        "check_yourself": pages(certificate),
    })
}

/// Returns the issuers' pages on which a certificate can be checked, and its numbers.
pub(crate) fn pages(certificate: &Certificate) -> Vec<Value> {
    let document = &certificate.record.document;
    let number = document["number"].clone();
    check_pages(document).into_iter().map(|p| with_number(p, &number)).collect()
}

fn with_number(page: &CheckPage, number: &Value) -> Value {
    let mut view = self::page(page);
    view["certificate_number"] = number.clone();
    view
}

/// Returns an issuer's page.
pub(crate) fn page(page: &CheckPage) -> Value {
    json!({
        "id": page.id,
        "issuer": page.issuer,
        "address": page.address,
        "country": page.country,
        "regimes": page.regimes,
        "numbers": page.numbers,
        "note": page.note,
    })
}

/// Returns a regime; `connected` are those that the operator has connected.
pub(crate) fn regime(regime: &Regime, connected: bool) -> Value {
    json!({
        "id": regime.id,
        "name": regime.name,
        "interface": regime.interface,
        "announced": regime.announced,
        "effective": regime.effective,
        "asks": regime.asks,
        "published": regime.published,
        "not_published": regime.not_published,
        "connected": connected,
        "note": "announced only: no specification is published, so nothing here claims to comply with it; the embedded profile is our own guess and speaks with the sandbox",
    })
}

/// Returns every regime.
pub(crate) fn regimes(connected: impl Fn(&str) -> bool) -> Vec<Value> {
    REGIMES.iter().map(|r| regime(r, connected(r.id))).collect()
}
