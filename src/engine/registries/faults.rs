//! That a registry cannot be asked is said at once, and not only when the deadline is over: whoever looks at a
//! certificate must not read that an answer is on its way.

use super::follows::{Came, verified};
use crate::engine::Handle;
use sealane_data::certificate::{CertificateAct, LifecycleState, VerificationState};
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, Told, Verb};
use sealane_origin::Noted;
use sealane_origin::registries::Open;

/// Why a request waits where its registry cannot be asked at all.
const SHUT: &[&str] = &["breaker", "maintenance", "switched_off", "not_connected"];

impl Handle {
    /// Says of certificates whose verification waits that the issuer cannot be asked, once for each request.
    pub(super) async fn tell_faults(&self) {
        if self.failing().is_empty() {
            return;
        }
        // Looked at again with the door shut: what was answered meanwhile is not said to fail after it.
        let _one = self.registries.settling.lock().await;
        let failing = self.failing();
        if failing.is_empty() {
            return;
        }
        let entries = failing.iter().map(|(ask, why)| self.unavailable(ask, why)).collect();
        if let Err(error) = self.keep(entries).await {
            return tracing::warn!(%error, "it cannot be kept yet that a registry cannot be asked");
        }
        let mut inner = self.registries.lock();
        for (ask, _) in failing {
            if let Some(tried) = inner.tries.get_mut(&ask.key) {
                tried.fault_is_told = true;
            }
        }
    }

    /// Returns the verifications that fail and of which nobody was told, with the reasons.
    fn failing(&self) -> Vec<(RegistryAsk, String)> {
        self.shared.read(|_, register| {
            let mut inner = self.registries.lock();
            let verifies = |o: &&Open| o.ask.verb == Verb::Verify && !o.ask.shadow && o.waits.is_none();
            let open = register.outbox().all_open().filter(verifies);
            let failing = open.filter_map(|open| {
                let tried = inner.tries.get_mut(&open.ask.key).filter(|t| !t.fault_is_told)?;
                let shut = tried.why.filter(|why| SHUT.contains(why)).map(str::to_owned);
                let why = tried.last_fault.as_ref().map(ToString::to_string).or(shut)?;
                // The process before this one may have said so.
                let certificate = register.get(&open.ask.certificate);
                tried.fault_is_told = certificate.is_some_and(|c| is_told(&mut c.noted(None), open));
                (!tried.fault_is_told).then(|| (open.ask.clone(), why))
            });
            failing.collect()
        })
    }

    fn unavailable(&self, ask: &RegistryAsk, why: &str) -> Entry {
        let told = Told::Failed { fault: "unavailable".into(), detail: why.to_owned() };
        verified(ask, &told, &Came::nothing(self.clock.now(), LifecycleState::default()))
    }
}

/// Whether it was said since a request was kept that its registry cannot be asked.
fn is_told(noted: &mut dyn Iterator<Item = &Noted>, open: &Open) -> bool {
    noted.filter(|n| n.at >= open.at).any(|n| match &n.event.act {
        CertificateAct::Verified(receipt) => {
            receipt.outcome == VerificationState::Unavailable && receipt.gateway == open.ask.registry.0
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use sealane_data::certificate::CertificateId;
    use sealane_data::partner::PartyId;
    use sealane_data::registry::{RegistryId, Trigger};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn open(registry: &str) -> Open {
        let ask = RegistryAsk {
            key: "k".into(),
            registry: RegistryId(registry.into()),
            verb: Verb::Verify,
            certificate: CertificateId("eco_1".into()),
            version: String::new(),
            round: 0,
            trigger: Trigger::Asked,
            by: PartyId::operator(),
            shadow: false,
            until: Timestamp::MAX,
        };
        Open { ask, at: at(100), waits: None }
    }

    #[test]
    fn a_fault_is_told_once_for_each_request_also_by_the_next_process() {
        let fault = |registry: &str, second: i64| {
            let told = Told::Failed { fault: "unavailable".into(), detail: String::new() };
            let came = Came::nothing(at(second), LifecycleState::default());
            let Entry::CertificateEvent(event) = verified(&open(registry).ask, &told, &came) else {
                panic!("it is said of the certificate")
            };
            Noted { seq: 1, at: at(second), party: PartyId::operator(), event: *event }
        };
        let said = |noted: &[Noted]| is_told(&mut noted.iter(), &open("one"));
        assert!(!said(&[]));
        assert!(said(&[fault("one", 100)]) && said(&[fault("two", 100), fault("one", 200)]));
        assert!(!said(&[fault("one", 99)]), "of an earlier request");
        assert!(!said(&[fault("two", 200)]), "of another registry");
    }
}
