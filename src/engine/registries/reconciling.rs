//! Asking again by policy: a registry may change its mind and tell nobody.
//!
//! What was answered long ago is asked again, the oldest first, whether it is fresh or not; also where the
//! registry could not be asked. How much an hour is the profile's budget, and counted in the log.

use super::asking::ENDED;
use crate::engine::Handle;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::CertificateId;
use sealane_data::partner::PartyId;
use sealane_data::registry::{Trigger, Verb};
use sealane_origin::Certificate;
use sealane_origin::registries::{Profile, Wish};
use std::time::{Duration, Instant};

/// How often it is looked for old answers.
const EVERY: Duration = Duration::from_mins(1);
/// Certificates that are looked at under one lock.
const AT_ONCE: usize = 500;

/// When it was last looked.
#[derive(Default)]
pub(super) struct Reconciliation {
    looked: Option<Instant>,
}

impl Reconciliation {
    /// Asks again for what is too old, where a profile wants that and it is time to look.
    pub(super) async fn look(&mut self, handle: &Handle) {
        let profiles = handle.registries.reconciling();
        let shortest =
            profiles.iter().filter_map(|p| p.reconcile.as_ref()).map(|r| r.every.unsigned_abs()).min();
        let Some(shortest) = shortest else { return };
        if self.looked.is_some_and(|at| at.elapsed() < EVERY.min(shortest / 2)) {
            return;
        }
        self.looked = Some(Instant::now());
        for profile in profiles {
            handle.reconcile(&profile).await;
        }
    }
}

impl Handle {
    async fn reconcile(&self, profile: &Profile) {
        let Some(policy) = &profile.reconcile else { return };
        let hour_ago = Timestamp::now().checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
        let asked = self.shared.read(|_, r| r.outbox().reconciled_since(&profile.id, hour_ago));
        let budget = usize::try_from(policy.per_hour).unwrap_or(usize::MAX).saturating_sub(asked);
        let before = self.clock.now().checked_sub(policy.every).unwrap_or(Timestamp::MIN);
        for id in self.older_than(profile, before).into_iter().take(budget) {
            let mut wish = Wish::verify(PartyId::operator(), Trigger::Reconciliation, SignedDuration::ZERO);
            wish.registry = Some(profile.id.clone());
            if let Err(error) = self.have_asked(id.clone(), wish).await {
                tracing::warn!(certificate = %id, %error, "an old answer cannot be asked for again yet");
            }
        }
    }

    /// Returns the certificates whose last answer from a registry is older than an instant, the oldest first.
    fn older_than(&self, profile: &Profile, before: Timestamp) -> Vec<CertificateId> {
        let all: Vec<CertificateId> = self.shared.read(|_, r| r.all().map(|c| c.id.clone()).collect());
        let mut old: Vec<(Timestamp, CertificateId)> = Vec::new();
        for some in all.chunks(AT_ONCE) {
            self.shared.read(|_, register| {
                for id in some {
                    let waits = || register.outbox().open_of(id).any(|o| o.ask.verb == Verb::Verify);
                    let Some(at) = register.get(id).and_then(|c| last_asked(c, profile)) else { continue };
                    if at <= before && !waits() {
                        old.push((at, id.clone()));
                    }
                }
            });
        }
        old.sort();
        old.into_iter().map(|(_, id)| id).collect()
    }
}

/// Returns when a registry was last asked about a certificate that still is one; nothing where nobody wanted it.
fn last_asked(certificate: &Certificate, profile: &Profile) -> Option<Timestamp> {
    let regime = certificate.record.document["regime"].as_str().unwrap_or_default();
    if !profile.covers(regime) {
        return None;
    }
    let life = certificate.life(None);
    let receipt = life.verification.receipt.filter(|r| r.gateway == profile.id.0)?;
    let at = life.verification.failed_at.map_or(receipt.checked_at, |failed| failed.max(receipt.checked_at));
    (!ENDED.contains(&life.state)).then_some(at)
}
