//! Having registries asked: who may be asked what, what is fresh, and what goes into the outbox.

use super::deadline;
use super::follows::{Came, moved, verified};
use crate::engine::Handle;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::certificate::{CertificateId, LifecycleState, VerificationReceipt};
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, RegistryId, Told, Trigger, Verb};
use sealane_origin::is_by_hand;
use sealane_origin::registries::{Asking, Profile, Requested, RequestedState, When, Wish, announced};
use tokio::time::{Instant, timeout_at};

/// What is known of a certificate that a registry is to be asked about.
struct Subject {
    regime: String,
    version: String,
    life: LifecycleState,
    /// The last verdict.
    verdict: Option<VerificationReceipt>,
}

/// States that end a certificate: nothing is applied for, handed over or asked again after them.
pub(super) const ENDED: &[LifecycleState] = &[
    LifecycleState::Rejected,
    LifecycleState::Cancelled,
    LifecycleState::Replaced,
    LifecycleState::Revoked,
    LifecycleState::Expired,
];

impl Subject {
    /// Says why a verb makes no sense about it.
    fn refuses(&self, verb: Verb, profile: &Profile) -> Option<String> {
        let reachable = profile.push.as_ref().is_some_and(|p| !p.reached_at.is_empty());
        let open =
            matches!(self.life, LifecycleState::Draft | LifecycleState::Submitted | LifecycleState::Unknown);
        match verb {
            _ if verb.acts() && ENDED.contains(&self.life) => {
                Some(format!("a certificate that is {} is past that", self.life))
            }
            Verb::Issue if !open => {
                Some(format!("it is not applied for a certificate that is {}", self.life))
            }
            Verb::Subscribe if !reachable => Some(format!(
                "nothing that `{}` tells could reach us: its profile names no `reached_at` under `[push]`",
                profile.id
            )),
            _ => None,
        }
    }
}

impl Handle {
    fn subject(&self, id: &CertificateId) -> Option<Subject> {
        self.shared.read(|_, register| {
            let certificate = register.get(id)?;
            let life = certificate.life(None);
            Some(Subject {
                regime: certificate.record.document["regime"].as_str().unwrap_or_default().to_owned(),
                version: certificate.record.sha256.clone(),
                life: life.state,
                verdict: life.verification.receipt.filter(|r| r.outcome.is_verdict()),
            })
        })
    }

    /// Has a registry asked, unless what is there answers the wish.
    pub(super) async fn have_asked(&self, id: CertificateId, wish: Wish) -> Result<Requested, IntakeError> {
        let subject = self.subject(&id).ok_or(IntakeError::NotFound)?;
        let now = self.clock.now();
        let fresh = subject.verdict.as_ref().filter(|r| r.fresh_until.is_some_and(|until| now <= until));
        let profile = match self.registries.for_wish(&subject.regime, wish.verb, wish.registry.as_ref()) {
            Ok(profile) => profile,
            Err(why) if wish.verb == Verb::Verify => return without_registry(&why, fresh),
            Err(why) => return Err(IntakeError::Refused(why)),
        };
        let told = |key, state| {
            let stale_if_error = profile.cache.stale_if_error;
            Requested { registry: profile.id.clone(), key, state, stale_if_error }
        };
        let wanted_anew = wish.trigger == Trigger::Reconciliation;
        // What a person saw is no reason not to ask the registry itself.
        if wish.verb == Verb::Verify && !wanted_anew && fresh.is_some_and(|r| !is_by_hand(r)) {
            return Ok(told(None, RequestedState::Fresh));
        }
        if let Some(key) = self.done(&id, &subject, &profile, wish.verb, now) {
            return Ok(told(Some(key), RequestedState::Fresh));
        }
        // What came of it before is given also where it could not be asked for any more.
        if let Some(why) = subject.refuses(wish.verb, &profile) {
            return Err(IntakeError::Refused(why));
        }
        let mut settled = self.registries.settled.subscribe();
        let key = self.enqueue(&id, &subject, &profile, &wish).await?;
        self.registries.wake.notify_one();
        let patience = wish.patience.unsigned_abs();
        let end = Instant::now() + patience;
        loop {
            if self.shared.read(|_, register| register.outbox().open(&key).is_none()) {
                return Ok(told(Some(key), RequestedState::Settled));
            }
            let waited = timeout_at(end, settled.changed()).await;
            if !matches!(waited, Ok(Ok(()))) {
                return Ok(told(Some(key), RequestedState::Waits));
            }
        }
    }

    /// Returns the key of an answer that is there: what a registry did is not done again, and what it
    /// gave is not fetched again while it is fresh. Of verifications their own axis decides.
    fn done(
        &self,
        id: &CertificateId,
        subject: &Subject,
        profile: &Profile,
        verb: Verb,
        now: Timestamp,
    ) -> Option<Text> {
        if verb == Verb::Verify {
            return None;
        }
        self.shared.read(|_, register| {
            let last = register.outbox().last_answer(id, &subject.version, verb, &profile.id)?;
            let Told::Answered { outcome, valid_until, .. } = &last.told.told else { return None };
            let until = last.told.at.checked_add(profile.cache.fresh).unwrap_or(last.told.at);
            let until = valid_until.map_or(until, |valid| valid.min(until));
            let confirmed = *outcome == sealane_data::certificate::VerificationState::Confirmed;
            let holds = if verb.acts() { confirmed } else { now <= until };
            (holds && last.ask.shadow == profile.shadow).then(|| last.ask.key.clone())
        })
    }

    /// Keeps a request, or joins the same one that is open; returns its key.
    async fn enqueue(
        &self,
        id: &CertificateId,
        subject: &Subject,
        profile: &Profile,
        wish: &Wish,
    ) -> Result<Text, IntakeError> {
        let _one = self.registries.asking.lock().await;
        let verb = wish.verb;
        let asking = Asking { certificate: id, version: &subject.version, verb, registry: &profile.id };
        let (open, round) = self.shared.read(|_, register| {
            let outbox = register.outbox();
            let open = outbox.open_of(id).find(|o| o.ask.registry == profile.id && o.ask.verb == verb);
            (open.map(|o| o.ask.key.clone()), outbox.next_round(&asking))
        });
        if let Some(key) = open {
            return Ok(key);
        }
        let key = asking.key(round);
        let ask = RegistryAsk {
            key: key.clone(),
            registry: profile.id.clone(),
            verb,
            certificate: id.clone(),
            version: subject.version.clone(),
            round,
            trigger: wish.trigger,
            by: wish.by.clone(),
            shadow: profile.shadow,
            until: deadline(profile, Timestamp::now()),
        };
        let waits = Told::Waits { handle: "".into(), again: ask.until };
        let came = Came::nothing(self.clock.now(), subject.life);
        let shown = match verb {
            _ if profile.shadow => None,
            Verb::Verify if subject.verdict.is_none() => Some(verified(&ask, &waits, &came)),
            Verb::Issue => moved(&ask, (subject.life, LifecycleState::Submitted), None),
            _ => None,
        };
        let entries = std::iter::once(Entry::RegistryAsked(Box::new(ask))).chain(shown).collect();
        self.keep(entries).await?;
        Ok(key)
    }

    /// Has a certificate verified without anybody asking, where a profile wants that.
    ///
    /// Returns whether that is done with: asked for, not wanted, or refused for good.
    pub(super) async fn want(&self, id: &CertificateId, when: When) -> bool {
        let wants = |s: &Subject| {
            let profile = self.registries.for_wish(&s.regime, Verb::Verify, None);
            profile.is_ok_and(|p| p.when.contains(&when))
        };
        if !self.subject(id).is_some_and(|s| wants(&s)) {
            return true;
        }
        let wish = Wish::verify(PartyId::operator(), when.trigger(), SignedDuration::ZERO);
        let Err(error) = self.have_asked(id.clone(), wish).await else { return true };
        tracing::warn!(certificate = %id, %error, "a verification that is due cannot be asked for yet");
        matches!(error, IntakeError::Refused(_) | IntakeError::NotFound)
    }
}

/// Answers where no registry is connected: with what is fresh, as from a person, else not at all.
fn without_registry(why: &str, fresh: Option<&VerificationReceipt>) -> Result<Requested, IntakeError> {
    let Some(receipt) = fresh else {
        return Err(IntakeError::Refused(format!("{why}; check at the issuer yourself")));
    };
    let registry = RegistryId(receipt.gateway.clone());
    let (state, stale_if_error) = (RequestedState::Fresh, SignedDuration::ZERO);
    Ok(Requested { registry, key: None, state, stale_if_error })
}

/// Says why nobody can be asked about certificates of a regime: what was only announced is called that.
pub(super) fn not_connected(regime: &str) -> String {
    let names: Vec<&str> = announced(regime).map(|r| r.name).collect();
    if names.is_empty() {
        return format!("no registry is connected for `{regime}`");
    }
    let verb = if names.len() == 1 { "is announced only" } else { "are announced only" };
    let names = names.join(" and ");
    format!(
        "no registry is connected for `{regime}`: {names} {verb}, no specification is published, and nothing is sent until the operator connects a profile"
    )
}
