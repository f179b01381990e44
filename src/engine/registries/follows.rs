//! What follows for a certificate from what a registry said.

use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{
    CertificateAct, CertificateEvent, CertificateId, LifecycleState, VerificationReceipt, VerificationState,
};
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, RegistryTold, Told, Verb};
use serde_json::{Map, Value};

/// How an answer came in.
pub(super) struct Came<'a> {
    /// When.
    pub(super) at: Timestamp,
    /// After how many calls of this process.
    pub(super) attempts: u32,
    /// SHA-256 of the exchange or of what was pushed.
    pub(super) digest: Option<&'a str>,
    /// Whether the archive has it.
    pub(super) archived: bool,
    /// For how long such answers are fresh.
    pub(super) fresh: SignedDuration,
    /// Whether it is from an environment for trials.
    pub(super) trial: bool,
    /// Where the certificate is in its life.
    pub(super) life: LifecycleState,
}

impl Came<'_> {
    /// Nothing came: nobody was asked yet, or nobody can be.
    pub(super) fn nothing(at: Timestamp, life: LifecycleState) -> Self {
        let fresh = SignedDuration::ZERO;
        Self { at, attempts: 0, digest: None, archived: false, fresh, trial: false, life }
    }
}

/// Returns an event of a certificate.
pub(super) fn event(
    id: &CertificateId,
    source: Option<&str>,
    reason: impl Into<String>,
    act: CertificateAct,
) -> Entry {
    Entry::CertificateEvent(Box::new(CertificateEvent {
        certificate: id.clone(),
        source_sha256: source.unwrap_or_default().to_owned(),
        reason: reason.into(),
        act,
    }))
}

/// Returns the event that says where a certificate came in its life; nothing where that cannot follow.
pub(super) fn moved(
    ask: &RegistryAsk,
    (from, to): (LifecycleState, LifecycleState),
    source: Option<&str>,
) -> Option<Entry> {
    from.follow(to).ok()?;
    let reason = format!("{} at the registry `{}`", ask.verb, ask.registry);
    Some(event(&ask.certificate, source, reason, CertificateAct::Moved { to, by: None }))
}

/// Returns what a receipt says about the certificate; a fault says only that nobody could be asked.
pub(super) fn receipt(ask: &RegistryAsk, told: &Told, came: &Came<'_>) -> VerificationReceipt {
    let (outcome, code, valid_until) = match told {
        Told::Answered { outcome, code, valid_until, .. } => (*outcome, code.clone(), *valid_until),
        Told::Waits { .. } => (VerificationState::Pending, None, None),
        Told::Failed { .. } => (VerificationState::Unavailable, None, None),
    };
    let until = came.at.checked_add(came.fresh).unwrap_or(came.at);
    let until = valid_until.map_or(until, |valid| valid.min(until));
    VerificationReceipt {
        gateway: ask.registry.0.clone(),
        outcome,
        code,
        checked_at: came.at,
        fresh_until: outcome.is_verdict().then_some(until),
        evidence_sha256: came.digest.map(str::to_owned),
        trial: came.trial && outcome.is_verdict(),
    }
}

/// Returns the event that says what was learned of a certificate from its issuer.
pub(super) fn verified(ask: &RegistryAsk, told: &Told, came: &Came<'_>) -> Entry {
    let reason = match told {
        Told::Answered { reasons, .. } => reasons.join("; "),
        _ => String::new(),
    };
    let act = CertificateAct::Verified(receipt(ask, told, came));
    event(&ask.certificate, came.digest, reason, act)
}

/// Returns what follows from an answer for the certificate itself: only a verification says whether it
/// stands, and only an application moves it in its life. From what a shadow is told nothing follows.
fn consequence(ask: &RegistryAsk, told: &Told, came: &Came<'_>) -> Option<Entry> {
    if ask.shadow {
        return None;
    }
    match (ask.verb, told) {
        (Verb::Verify, Told::Waits { .. }) => Some(verified(ask, told, came)),
        _ if !told.settles() => None,
        (Verb::Verify, _) => Some(verified(ask, told, came)),
        (Verb::Issue, Told::Answered { outcome: VerificationState::Confirmed, .. }) => {
            moved(ask, (came.life, LifecycleState::Issued), came.digest)
        }
        (Verb::Issue, Told::Answered { outcome: VerificationState::Refuted, .. }) => {
            moved(ask, (came.life, LifecycleState::Rejected), came.digest)
        }
        _ => None,
    }
}

/// Returns the entries that keep what came of a request: the receipt, then what follows from it.
pub(super) fn entries(ask: &RegistryAsk, told: Told, came: &Came<'_>) -> Vec<Entry> {
    let follows = consequence(ask, &told, came);
    let kept = RegistryTold {
        key: ask.key.clone(),
        registry: ask.registry.clone(),
        certificate: ask.certificate.clone(),
        attempts: came.attempts,
        shadow: ask.shadow,
        at: came.at,
        exchange: came.digest.filter(|_| came.archived).map(str::to_owned),
        told,
    };
    std::iter::once(Entry::RegistryTold(Box::new(kept))).chain(follows).collect()
}

/// The longest that an answer's further fields may be to be kept in the log.
const LONGEST: usize = 64 << 10;

/// Returns an answer's further fields as the log keeps them: what is too long stays in the archive.
pub(super) fn kept(fields: &Map<String, Value>) -> Map<String, Value> {
    let short = |value: &Value| value.to_string().len() <= LONGEST;
    fields
        .iter()
        .filter(|(_, value)| short(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::partner::PartyId;
    use sealane_data::registry::{RegistryId, Trigger};

    fn ask(verb: Verb, shadow: bool) -> RegistryAsk {
        RegistryAsk {
            key: "k".into(),
            registry: RegistryId("r".into()),
            verb,
            certificate: CertificateId("eco_1".into()),
            version: String::new(),
            round: 0,
            trigger: Trigger::Asked,
            by: PartyId::operator(),
            shadow,
            until: Timestamp::MAX,
        }
    }

    fn came(life: LifecycleState) -> Came<'static> {
        let at = "2026-11-20T08:00:00Z".parse().unwrap();
        let fresh = SignedDuration::from_hours(24);
        Came { at, attempts: 1, digest: None, archived: true, fresh, trial: false, life }
    }

    fn answered(outcome: VerificationState) -> Told {
        Told::Answered { outcome, code: None, valid_until: None, reasons: Vec::new(), fields: Map::new() }
    }

    /// The act that follows, as a word.
    fn follows(verb: Verb, shadow: bool, outcome: VerificationState, life: LifecycleState) -> String {
        let kept = entries(&ask(verb, shadow), answered(outcome), &came(life));
        let act = kept.get(1).map(|e| serde_json::to_value(e).unwrap()["act"].clone());
        act.map(|a| format!("{} {}", a["act"].as_str().unwrap(), a["to"].as_str().unwrap_or_default()))
            .unwrap_or_default()
    }

    #[test]
    fn only_a_verification_verifies_and_only_an_application_moves() {
        use LifecycleState as L;
        use VerificationState as V;
        assert_eq!(follows(Verb::Verify, false, V::Confirmed, L::Issued), "verified ");
        assert_eq!(follows(Verb::Verify, true, V::Confirmed, L::Issued), "", "a shadow");
        assert_eq!(follows(Verb::Issue, false, V::Confirmed, L::Submitted), "moved issued");
        assert_eq!(follows(Verb::Issue, false, V::Refuted, L::Submitted), "moved rejected");
        assert_eq!(follows(Verb::Issue, false, V::Confirmed, L::Revoked), "", "nothing follows a revocation");
        assert_eq!(follows(Verb::Issue, false, V::Inconclusive, L::Submitted), "");
        for verb in [Verb::Push, Verb::Retrieve, Verb::Display, Verb::Subscribe, Verb::Qr] {
            assert_eq!(follows(verb, false, V::Confirmed, L::Issued), "", "{verb}");
        }
    }
}
