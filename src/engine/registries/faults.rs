//! That a registry cannot be asked is said at once, and not only when the deadline is over: whoever looks at a
//! certificate must not read that an answer is on its way.

use super::follows::{Came, verified};
use crate::engine::Handle;
use sealane_data::certificate::LifecycleState;
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, Told, Verb};
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
            let inner = self.registries.lock();
            let verifies = |o: &&Open| o.ask.verb == Verb::Verify && !o.ask.shadow && o.waits.is_none();
            let open = register.outbox().all_open().filter(verifies);
            let failing = open.filter_map(|open| {
                let tried = inner.tries.get(&open.ask.key).filter(|t| !t.fault_is_told)?;
                let shut = tried.why.filter(|why| SHUT.contains(why)).map(str::to_owned);
                Some((open.ask.clone(), tried.last_fault.clone().or(shut)?))
            });
            failing.collect()
        })
    }

    fn unavailable(&self, ask: &RegistryAsk, why: &str) -> Entry {
        let told = Told::Failed { fault: "unavailable".into(), detail: why.to_owned() };
        verified(ask, &told, &Came::nothing(self.clock.now(), LifecycleState::default()))
    }
}
