//! What the doors ask of the registries.

use super::archive::Archive;
use super::{deadline, pushed, receipt, verified};
use crate::engine::Handle;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::certificate::{CertificateId, VerificationReceipt};
use sealane_data::partner::PartyId;
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, RegistryId, RegistrySwitch, Told, Trigger, Verb};
use sealane_origin::registries::{
    CHECK_PAGES, MANUAL_DAYS, ManualCheck, Profile, RegistriesStatus, RegistryDesk, Requested,
    RequestedState, SwitchOrder, When, idempotency_key,
};
use sealane_origin::{BY_HAND, is_by_hand};
use std::collections::BTreeMap;
use tokio::time::{Instant, timeout_at};

/// How far a clock elsewhere may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What is known of a certificate that is to be verified.
struct Subject {
    regime: String,
    version: String,
    /// The last verdict.
    verdict: Option<VerificationReceipt>,
}

impl RegistryDesk for Handle {
    fn status(&self) -> RegistriesStatus {
        self.shared.read(|_, register| self.registries.status(register.outbox(), Timestamp::now()))
    }

    fn request(
        &self,
        certificate: CertificateId,
        by: PartyId,
        trigger: Trigger,
        patience: SignedDuration,
    ) -> Pending<'_, Result<Requested, IntakeError>> {
        Box::pin(self.have_verified(certificate, by, trigger, patience))
    }

    fn switch(&self, registry: RegistryId, order: SwitchOrder) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            self.registries.profile(&registry).ok_or(IntakeError::NotFound)?;
            let switch = RegistrySwitch { registry, on: order.on, reason: order.reason };
            tracing::warn!(registry = %switch.registry, on = switch.on, switch.reason, "registry is switched");
            self.keep(vec![Entry::RegistrySwitched(switch)]).await?;
            self.registries.wake.notify_one();
            Ok(())
        })
    }

    fn record(
        &self,
        certificate: CertificateId,
        by: PartyId,
        check: ManualCheck,
    ) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let receipt = manual(check, Timestamp::now()).map_err(IntakeError::Refused)?;
            let source = receipt.evidence_sha256.clone();
            let reason = format!("recorded by `{by}`, who looked at the issuer's page");
            self.keep(vec![verified(&certificate, source.as_deref(), reason, receipt)]).await
        })
    }

    fn pushed(
        &self,
        registry: RegistryId,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let profile = self.registries.profile(&registry).ok_or(IntakeError::NotFound)?;
            if !pushed::is_signed(&profile, &headers, &body) {
                return Err(IntakeError::NotFound);
            }
            self.take_pushed(&profile, &body).await
        })
    }

    fn exchange(&self, sha256: String) -> Pending<'_, Result<String, IntakeError>> {
        let folder = self.data.join("registries");
        Box::pin(async move {
            if !folder.join("archive.key").exists() {
                return Err(IntakeError::NotFound);
            }
            let find = move || Archive::open(&folder)?.find(&sha256);
            let found = tokio::task::spawn_blocking(find).await;
            let found = found.map_err(|e| IntakeError::Storage(e.to_string()))?;
            found.map_err(|e| IntakeError::Storage(format!("{e:#}")))?.ok_or(IntakeError::NotFound)
        })
    }
}

impl Handle {
    fn subject(&self, id: &CertificateId) -> Option<Subject> {
        self.shared.read(|_, register| {
            let certificate = register.get(id)?;
            let receipt = certificate.verification().receipt;
            Some(Subject {
                regime: certificate.record.document["regime"].as_str().unwrap_or_default().to_owned(),
                version: certificate.record.sha256.clone(),
                verdict: receipt.filter(|r| r.outcome.is_verdict()),
            })
        })
    }

    async fn have_verified(
        &self,
        id: CertificateId,
        by: PartyId,
        trigger: Trigger,
        patience: SignedDuration,
    ) -> Result<Requested, IntakeError> {
        let subject = self.subject(&id).ok_or(IntakeError::NotFound)?;
        let now = Timestamp::now();
        let fresh = subject.verdict.as_ref().filter(|r| r.fresh_until.is_some_and(|until| now <= until));
        let Some(profile) = self.registries.for_regime(&subject.regime) else {
            return without_registry(&subject.regime, fresh);
        };
        let told = |key, state| {
            let stale_if_error = profile.cache.stale_if_error;
            Requested { registry: profile.id.clone(), key, state, stale_if_error }
        };
        // What a person saw is no reason not to ask the registry itself.
        if fresh.is_some_and(|r| !is_by_hand(r)) {
            return Ok(told(None, RequestedState::Fresh));
        }
        let mut settled = self.registries.settled.subscribe();
        let key = self.enqueue(&id, &subject, &profile, (by, trigger), now).await?;
        self.registries.wake.notify_one();
        let until = Instant::now() + patience.unsigned_abs();
        loop {
            if !self.shared.read(|_, register| register.outbox().open(&key).is_some()) {
                return Ok(told(Some(key), RequestedState::Settled));
            }
            if !matches!(timeout_at(until, settled.changed()).await, Ok(Ok(()))) {
                return Ok(told(Some(key), RequestedState::Waits));
            }
        }
    }

    /// Keeps a request, or joins the same one that is open; returns its key.
    async fn enqueue(
        &self,
        id: &CertificateId,
        subject: &Subject,
        profile: &Profile,
        (by, trigger): (PartyId, Trigger),
        now: Timestamp,
    ) -> Result<Text, IntakeError> {
        let _one = self.registries.asking.lock().await;
        let (open, round) = self.shared.read(|_, register| {
            let outbox = register.outbox();
            let open =
                outbox.open_of(id).find(|o| o.ask.registry == profile.id && o.ask.verb == Verb::Verify);
            (open.map(|o| o.ask.key.clone()), outbox.next_round(&subject.version, Verb::Verify, &profile.id))
        });
        if let Some(key) = open {
            return Ok(key);
        }
        let key = idempotency_key(&subject.version, Verb::Verify, &profile.id, round);
        let ask = RegistryAsk {
            key: key.clone(),
            registry: profile.id.clone(),
            verb: Verb::Verify,
            certificate: id.clone(),
            version: subject.version.clone(),
            round,
            trigger,
            by,
            shadow: profile.shadow,
            until: deadline(profile, now),
        };
        let asks = subject.verdict.is_none() && !profile.shadow;
        let pending = asks.then(|| {
            let waits = Told::Waits { handle: "".into(), again: now };
            let receipt = receipt(&ask, &waits, now, None, profile.cache.fresh);
            verified(id, None, String::new(), receipt)
        });
        let entries = std::iter::once(Entry::RegistryAsked(Box::new(ask))).chain(pending).collect();
        self.keep(entries).await?;
        Ok(key)
    }

    /// Has a certificate verified without anybody asking, where a profile wants that.
    ///
    /// Returns whether that is done with: asked for, not wanted, or refused for good.
    pub(super) async fn want(&self, id: &CertificateId, when: When) -> bool {
        let wants =
            |s: &Subject| self.registries.for_regime(&s.regime).is_some_and(|p| p.when.contains(&when));
        if !self.subject(id).is_some_and(|s| wants(&s)) {
            return true;
        }
        let by = PartyId::operator();
        let asked = self.have_verified(id.clone(), by, when.trigger(), SignedDuration::ZERO).await;
        let Err(error) = asked else { return true };
        tracing::warn!(certificate = %id, %error, "a verification that is due cannot be asked for yet");
        matches!(error, IntakeError::Refused(_) | IntakeError::NotFound)
    }
}

/// Answers where no registry is connected: with what is fresh, as from a person, else not at all.
fn without_registry(regime: &str, fresh: Option<&VerificationReceipt>) -> Result<Requested, IntakeError> {
    let Some(receipt) = fresh else {
        let why = format!("no registry is connected for `{regime}`; check at the issuer yourself");
        return Err(IntakeError::Refused(why));
    };
    let registry = RegistryId(receipt.gateway.clone());
    let (state, stale_if_error) = (RequestedState::Fresh, SignedDuration::ZERO);
    Ok(Requested { registry, key: None, state, stale_if_error })
}

/// Returns the receipt of what a person saw, or why it is none.
fn manual(check: ManualCheck, now: Timestamp) -> Result<VerificationReceipt, String> {
    if !CHECK_PAGES.iter().any(|page| page.id == check.page) {
        return Err(format!("`{}` is no page of an issuer: `/v1/regimes` lists them", check.page));
    }
    if !check.outcome.is_verdict() {
        return Err("`outcome` is `confirmed`, `refuted` or `inconclusive`".to_owned());
    }
    let hash = check.file_sha256.to_ascii_lowercase();
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("`file_sha256` is the SHA-256 of what was seen, 64 hexadecimal digits".to_owned());
    }
    if check.code.as_ref().is_some_and(|code| code.is_empty() || code.len() > 200) {
        return Err("`code` has 1 to 200 characters".to_owned());
    }
    if check.checked_at > now.checked_add(AHEAD).unwrap_or(now) {
        return Err("`checked_at` is in the future".to_owned());
    }
    // A clock that goes ahead is no claim on the future.
    let check = ManualCheck { checked_at: check.checked_at.min(now), ..check };
    let fresh_until = check.checked_at.checked_add(SignedDuration::from_hours(24 * MANUAL_DAYS)).ok();
    Ok(VerificationReceipt {
        gateway: format!("{BY_HAND}{}", check.page).into(),
        outcome: check.outcome,
        code: check.code,
        checked_at: check.checked_at,
        fresh_until,
        evidence_sha256: Some(hash),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::certificate::VerificationState;

    #[test]
    fn a_manual_check_is_fresh_for_thirty_days_and_what_is_no_verdict_is_none() {
        let now: Timestamp = "2026-09-06T02:00:00Z".parse().unwrap();
        let check = ManualCheck {
            page: "gacc".into(),
            outcome: VerificationState::Confirmed,
            code: Some("V-1".into()),
            checked_at: now,
            file_sha256: "AB".repeat(32),
        };
        let receipt = manual(check.clone(), now).unwrap();
        assert_eq!(receipt.gateway, "manual:gacc");
        assert_eq!(receipt.fresh_until, Some("2026-10-06T02:00:00Z".parse().unwrap()));
        assert_eq!(receipt.evidence_sha256, Some("ab".repeat(32)));
        let future = now.checked_add(SignedDuration::from_hours(1)).unwrap();
        for (wrong, told) in [
            (ManualCheck { page: "moon".into(), ..check.clone() }, "no page"),
            (ManualCheck { outcome: VerificationState::Unavailable, ..check.clone() }, "`outcome`"),
            (ManualCheck { file_sha256: "ab".into(), ..check.clone() }, "`file_sha256`"),
            (ManualCheck { checked_at: future, ..check.clone() }, "future"),
            (ManualCheck { code: Some("".into()), ..check }, "`code`"),
        ] {
            assert!(manual(wrong, now).unwrap_err().contains(told), "{told}");
        }
    }
}
