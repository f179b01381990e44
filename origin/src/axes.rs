//! What is said of a certificate: three axes that are never merged, and the client's claims.

use crate::disclosure::Profile;
use crate::life::{is_by_hand, is_by_link};
use jiff::Timestamp;
use sealane_data::certificate::{LifecycleState, VerificationReceipt, VerificationState};
use serde_json::Value;

/// Returns whether a word is a lifecycle state.
pub(crate) fn is_state(word: &str) -> bool {
    LifecycleState::of_word(word).is_some()
}

/// Where a certificate is in its life, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// The state; `unknown` when none or an unknown one is claimed.
    pub state: &'static str,
    /// Who says so: `claimed` by the one who sent it, `recorded` here since, or `not_told`.
    pub source: &'static str,
}

/// Whether the issuer was asked about a certificate, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The state as a stable word.
    pub state: &'static str,
    /// The state for people.
    pub text: &'static str,
    /// The answer that the state is from; none if nobody asked.
    pub receipt: Option<VerificationReceipt>,
    /// When the issuer's system could last not be asked, if that was after the answer.
    pub failed_at: Option<Timestamp>,
}

/// Whether the observed movement agrees with a certificate. Origin is never called proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The state as a stable word.
    pub state: &'static str,
    /// The state for people.
    pub text: &'static str,
}

/// What a document says about itself, kept as sent and never shown as ours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Its `uid`.
    pub uid: Option<Value>,
    /// Its `lifecycle`.
    pub lifecycle: Option<Value>,
    /// Its `verification`.
    pub verification: Option<Value>,
}

impl Claims {
    /// Returns a document's claims.
    pub(crate) fn of(document: &Value) -> Self {
        let claim = |name: &str| document.get(name).filter(|v| !v.is_null()).cloned();
        Self { uid: claim("uid"), lifecycle: claim("lifecycle"), verification: claim("verification") }
    }
}

/// Returns the state that a document claims for itself; nothing if it claims none.
pub(crate) fn claimed(document: &Value) -> Option<LifecycleState> {
    let word = document.pointer("/lifecycle/state").and_then(Value::as_str)?;
    Some(LifecycleState::of_word(word.trim()).unwrap_or_default())
}

impl Lifecycle {
    /// Returns the state that a document claims for itself.
    pub(crate) fn claimed(document: &Value) -> Self {
        let state = claimed(document);
        let source = if state.is_some() { "claimed" } else { "not_told" };
        Self { state: state.unwrap_or_default().word(), source }
    }
}

impl Verification {
    /// Nobody has asked the issuer.
    pub const NOT_CHECKED: Self = Self {
        state: "not_checked",
        text: "not yet checked with the issuer",
        receipt: None,
        failed_at: None,
    };

    /// Returns the state of an answer.
    pub(crate) fn answered(receipt: VerificationReceipt) -> Self {
        let (state, text) = word(receipt.outcome);
        let (state, text) = match (is_by_link(&receipt), is_by_hand(&receipt)) {
            (true, _) => (REPORTED, by_a_link(receipt.outcome)),
            (_, true) => (state, by_a_person(receipt.outcome).unwrap_or(text)),
            _ if receipt.trial => (state, in_a_trial(receipt.outcome).unwrap_or(text)),
            _ => (state, text),
        };
        Self { state, text, receipt: Some(receipt), failed_at: None }
    }

    /// The issuer confirmed it, and that was too long ago.
    const STALE: (&'static str, &'static str) =
        ("stale", "was confirmed by the issuer; that answer is no longer fresh");

    /// Takes note that a confirmation is no longer fresh.
    pub(crate) fn lapse(&mut self, fresh_until: Timestamp) {
        if self.confirmed_until().is_some_and(|until| until <= fresh_until) {
            (self.state, self.text) = self.stale();
        }
    }

    fn stale(&self) -> (&'static str, &'static str) {
        let by_hand = self.receipt.as_ref().is_some_and(is_by_hand);
        let text = match (self.state == REPORTED, by_hand) {
            (true, _) => "somebody reported what the issuer's page said; that is too long ago",
            (_, true) => "a person saw it confirmed on the issuer's page; that is too long ago",
            _ => Self::STALE.1,
        };
        (Self::STALE.0, text)
    }

    /// Returns until when the confirmation or report that is shown is fresh; nothing if none is shown.
    pub fn confirmed_until(&self) -> Option<Timestamp> {
        let shown = [REPORTED, word(VerificationState::Confirmed).0].contains(&self.state);
        // An answer whose end nobody told is fresh at its own instant only.
        self.receipt.as_ref().filter(|_| shown).map(|r| r.fresh_until.unwrap_or(r.checked_at))
    }

    /// Returns it as it is to be shown at an instant: a confirmation that is no longer fresh is none.
    #[must_use]
    pub fn shown_at(mut self, now: Timestamp) -> Self {
        if self.confirmed_until().is_some_and(|until| until < now) {
            (self.state, self.text) = self.stale();
        }
        self
    }

    /// Returns whether the issuer confirmed it and the answer is fresh at an instant.
    ///
    /// Only then may anything be shown in green.
    pub fn is_confirmed_at(&self, now: Timestamp) -> bool {
        let fresh = |r: &VerificationReceipt| {
            let confirmed = r.outcome == VerificationState::Confirmed && !is_by_link(r) && !r.trial;
            confirmed && r.fresh_until.is_some_and(|until| now <= until)
        };
        self.receipt.as_ref().is_some_and(fresh)
    }
}

/// The state of what somebody reports who holds a link of the owner's: never that of a verdict.
const REPORTED: &str = "reported";

/// Returns the sentence of what somebody with a link reports of the issuer's page.
fn by_a_link(state: VerificationState) -> &'static str {
    match state {
        VerificationState::Confirmed => {
            "somebody with the exporter's link reports that the issuer's page confirms it"
        }
        VerificationState::Refuted => {
            "somebody with the exporter's link reports that the issuer's page does not confirm it as it stands"
        }
        _ => "somebody with the exporter's link reports that the issuer's page says neither yes nor no",
    }
}

/// Returns the sentence of what a person saw on the issuer's page.
fn by_a_person(state: VerificationState) -> Option<&'static str> {
    match state {
        VerificationState::Confirmed => Some("a person looked at the issuer's page: confirmed"),
        VerificationState::Refuted => {
            Some("a person looked at the issuer's page: not confirmed as it stands")
        }
        VerificationState::Inconclusive => Some("a person looked at the issuer's page: neither yes nor no"),
        _ => None,
    }
}

/// Returns the sentence of what an environment for trials answered.
fn in_a_trial(state: VerificationState) -> Option<&'static str> {
    match state {
        VerificationState::Confirmed => Some("a trial: confirmed by a test system, not by the issuer"),
        VerificationState::Refuted => Some("a trial: refuted by a test system, not by the issuer"),
        VerificationState::Inconclusive => Some("a trial: a test system answered neither yes nor no"),
        _ => None,
    }
}

/// Returns a state's word and sentence.
fn word(state: VerificationState) -> (&'static str, &'static str) {
    match state {
        VerificationState::Unverified => ("not_checked", "not yet checked with the issuer"),
        VerificationState::Pending => ("pending", "a check with the issuer is under way"),
        VerificationState::Confirmed => ("confirmed", "checked with the issuer: confirmed"),
        VerificationState::Refuted => ("refuted", "checked with the issuer: not confirmed as it stands"),
        VerificationState::Inconclusive => ("inconclusive", "the issuer answered neither yes nor no"),
        VerificationState::Unavailable => ("unavailable", "the issuer's system could not be asked"),
    }
}

impl Consistency {
    /// No rule has compared the movement with the certificate.
    pub const NOT_ASSESSED: Self = Self { state: "not_assessed", text: "movement not yet compared" };
    /// What was found at an instant in the past.
    pub const NOT_KEPT: Self =
        Self { state: "not_assessed", text: "what the comparison found then was not kept" };
    /// Nothing that could be compared was told.
    pub const NOT_ASSESSABLE: Self =
        Self { state: "not_assessable", text: "movement cannot be compared yet" };
    /// Every rule that could look agrees.
    pub const CONSISTENT: Self = Self { state: "consistent", text: "movement agrees" };
    /// Nothing contradicts, but a person should look.
    pub const WARNINGS: Self = Self { state: "warnings", text: "movement agrees, with remarks" };
    /// The movement contradicts the certificate.
    pub const CONFLICT: Self = Self { state: "conflict", text: "movement does not agree" };
    /// What those read who may not read which rule it was.
    pub const UNDER_REVIEW: Self = Self { state: "under_review", text: "under review" };

    /// Returns the state of a word, as sites are told it.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        let all = [
            Self::NOT_ASSESSED,
            Self::NOT_ASSESSABLE,
            Self::CONSISTENT,
            Self::WARNINGS,
            Self::CONFLICT,
            Self::UNDER_REVIEW,
        ];
        all.into_iter().find(|known| known.state == word)
    }

    /// Returns what a profile may read.
    ///
    /// The exporter is told first: until then, remarks and conflicts read "under review" for
    /// everybody else, and for the public they always do.
    #[must_use]
    pub fn shown_to(self, profile: Profile, exporter_told: bool) -> Self {
        let open = profile == Profile::Internal || (exporter_told && profile.reads_rules());
        if open || !matches!(self, Self::WARNINGS | Self::CONFLICT) { self } else { Self::UNDER_REVIEW }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claimed_state_is_named_a_claim() {
        let of = |document| {
            let told = Lifecycle::claimed(&document);
            (told.state, told.source)
        };
        assert_eq!(of(json!({"lifecycle": {"state": "issued"}})), ("issued", "claimed"));
        assert_eq!(of(json!({"lifecycle": {"state": "verified by customs"}})), ("unknown", "claimed"));
        assert_eq!(of(json!({})), ("unknown", "not_told"));
    }

    #[test]
    fn the_public_never_reads_which_rule_and_the_exporter_reads_it_first() {
        use Profile::{Authority, Buyer, Internal, Partner, Public};
        for (profile, told, state) in [
            (Public, true, "under_review"),
            (Partner, true, "under_review"),
            (Buyer, false, "under_review"),
            (Buyer, true, "conflict"),
            (Authority, true, "conflict"),
            (Internal, false, "conflict"),
        ] {
            assert_eq!(Consistency::CONFLICT.shown_to(profile, told).state, state, "{profile:?} {told}");
            assert_eq!(Consistency::CONSISTENT.shown_to(profile, told), Consistency::CONSISTENT);
        }
    }

    #[test]
    fn a_confirmation_that_is_no_longer_fresh_reads_stale_and_nothing_else_does() {
        let receipt = |outcome| VerificationReceipt {
            gateway: "manual:gacc".into(),
            outcome,
            code: None,
            checked_at: "2026-09-06T02:00:00Z".parse().unwrap(),
            fresh_until: Some("2026-09-07T02:00:00Z".parse().unwrap()),
            evidence_sha256: None,
            trial: false,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let told = Verification::answered(receipt(VerificationState::Confirmed));
        assert_eq!(told.text, "a person looked at the issuer's page: confirmed");
        assert_eq!(told.clone().shown_at(at("2026-09-07T02:00:00Z")).state, "confirmed");
        assert_eq!(told.clone().shown_at(at("2026-09-07T02:00:01Z")).state, "stale");
        let mut lapsed = told.clone();
        lapsed.lapse(at("2026-09-06T00:00:00Z"));
        assert_eq!(lapsed.state, "confirmed", "an earlier answer's end is not this one's");
        lapsed.lapse(at("2026-09-07T02:00:00Z"));
        assert_eq!((lapsed.state, lapsed.confirmed_until()), ("stale", None));
        let refuted = Verification::answered(receipt(VerificationState::Refuted));
        assert_eq!(refuted.shown_at(at("2027-01-01T00:00:00Z")).state, "refuted");
    }

    #[test]
    fn only_a_fresh_confirmation_is_one() {
        let receipt = VerificationReceipt {
            gateway: "sandbox".into(),
            outcome: VerificationState::Confirmed,
            code: Some("V-1".into()),
            checked_at: "2026-09-06T02:00:00Z".parse().unwrap(),
            fresh_until: Some("2026-09-07T02:00:00Z".parse().unwrap()),
            evidence_sha256: None,
            trial: false,
        };
        let at = |text: &str| text.parse().unwrap();
        let told = Verification::answered(receipt.clone());
        assert!(told.is_confirmed_at(at("2026-09-07T02:00:00Z")));
        assert!(!told.is_confirmed_at(at("2026-09-07T02:00:01Z")), "never green when stale");
        let refuted = VerificationReceipt { outcome: VerificationState::Refuted, ..receipt };
        assert!(!Verification::answered(refuted).is_confirmed_at(at("2026-09-06T03:00:00Z")));
        assert!(!Verification::NOT_CHECKED.is_confirmed_at(at("2026-09-06T03:00:00Z")));
    }
}
