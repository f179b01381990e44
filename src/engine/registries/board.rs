//! The registries that are connected: their adapters, gates and counts, and who waits for an answer.

use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::registry::RegistryId;
use sealane_origin::registries::{
    Fault, Gate, HttpRegistry, Open, Outbox, Profile, ProfileProblem, RegistriesStatus, Registry,
    RegistryStatus, Waiting,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// Requests that the status lists.
const LISTED: usize = 1000;

/// A connected registry.
pub(super) struct Station {
    pub(super) profile: Profile,
    /// None while its adapter cannot be made, such as without its certificate file.
    pub(super) registry: Option<Arc<dyn Registry>>,
    pub(super) gate: Gate,
    pub(super) answered: u64,
    pub(super) faults: u64,
    pub(super) last_fault: Option<String>,
}

/// What this process knows of an open request.
#[derive(Clone, Debug, Default)]
pub(super) struct Try {
    pub(super) attempts: u32,
    pub(super) under_way: bool,
    pub(super) next: Option<Timestamp>,
    pub(super) why: Option<&'static str>,
    pub(super) last_fault: Option<String>,
}

/// What is guarded together.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) stations: BTreeMap<RegistryId, Station>,
    pub(super) tries: HashMap<Text, Try>,
    problems: BTreeMap<String, Vec<ProfileProblem>>,
}

/// The registries that are connected.
pub(crate) struct Board {
    inner: Mutex<Inner>,
    /// Tells the worker that there is something to do.
    pub(super) wake: Notify,
    /// Raised whenever something came of a request.
    pub(super) settled: watch::Sender<u64>,
    /// Held while a request is looked for and kept, so that the same is not asked for twice.
    pub(super) asking: tokio::sync::Mutex<()>,
    /// Held while what came of a request is looked at and kept, so that it is settled once.
    pub(super) settling: tokio::sync::Mutex<()>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            inner: Mutex::default(),
            wake: Notify::new(),
            settled: watch::Sender::new(0),
            asking: tokio::sync::Mutex::default(),
            settling: tokio::sync::Mutex::default(),
        }
    }
}

impl Board {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the profiles as they are now; what did not change keeps its gate and its counts.
    pub(super) fn take_over<'a>(
        &self,
        profiles: impl Iterator<Item = &'a Profile>,
        problems: BTreeMap<String, Vec<ProfileProblem>>,
    ) {
        let mut inner = self.lock();
        let mut before = std::mem::take(&mut inner.stations);
        for profile in profiles {
            let station = match before.remove(&profile.id) {
                Some(same) if same.profile == *profile && same.registry.is_some() => same,
                _ => Station::new(profile.clone()),
            };
            inner.stations.insert(profile.id.clone(), station);
        }
        inner.problems = problems;
    }

    /// Returns the profile that is asked about a regime.
    pub(super) fn for_regime(&self, regime: &str) -> Option<Profile> {
        let inner = self.lock();
        let mut profiles = inner.stations.values().map(|s| &s.profile).filter(|p| p.covers(regime));
        // One that is only tried out never takes the place of one that answers.
        let first = profiles.next()?;
        Some(if first.shadow { profiles.find(|p| !p.shadow).unwrap_or(first) } else { first }.clone())
    }

    /// Returns the profile of a registry.
    pub(super) fn profile(&self, id: &RegistryId) -> Option<Profile> {
        self.lock().stations.get(id).map(|s| s.profile.clone())
    }

    /// Tells everybody who waits that something came of a request.
    pub(super) fn tell_settled(&self) {
        self.settled.send_modify(|count| *count += 1);
    }

    pub(super) fn status(&self, outbox: &Outbox, now: Timestamp) -> RegistriesStatus {
        let inner = self.lock();
        let mut open: Vec<&Open> = outbox.all_open().collect();
        open.sort_by(|a, b| (a.at, &a.ask.key).cmp(&(b.at, &b.ask.key)));
        let registries = inner.stations.values().map(|s| {
            let waiting = open.iter().filter(|o| o.ask.registry == s.profile.id).count();
            s.status(outbox, waiting, now)
        });
        RegistriesStatus {
            registries: registries.collect(),
            problems: inner.problems.clone(),
            outbox: open.iter().take(LISTED).map(|o| waiting(o, inner.tries.get(&o.ask.key))).collect(),
        }
    }
}

impl Station {
    fn new(profile: Profile) -> Self {
        let made = if profile.connected { HttpRegistry::shared(profile.clone()).map(Some) } else { Ok(None) };
        let (registry, fault) = match made {
            Ok(registry) => (registry, None),
            Err(fault) => {
                tracing::error!(registry = %profile.id, %fault, "registry cannot be asked");
                (None, Some(fault))
            }
        };
        Self {
            gate: Gate::new(&profile),
            registry,
            answered: 0,
            faults: 0,
            last_fault: fault.as_ref().map(Fault::to_string),
            profile,
        }
    }

    fn status(&self, outbox: &Outbox, waiting: usize, now: Timestamp) -> RegistryStatus {
        let profile = &self.profile;
        RegistryStatus {
            id: profile.id.clone(),
            name: profile.name.clone(),
            interface: profile.interface,
            connected: profile.connected,
            shadow: profile.shadow,
            environment: profile.environment.clone(),
            auth: profile.auth.word(),
            regimes: profile.regimes.clone(),
            verbs: profile.verbs.keys().copied().collect(),
            breaker: self.gate.breaker(now),
            under_way: self.gate.under_way(),
            waiting,
            rests_until: self.gate.rests_until(now),
            switched_off: outbox.off(&profile.id).map(|(at, why)| (at, why.to_owned())),
            answered: self.answered,
            faults: self.faults,
            last_fault: self.last_fault.clone(),
        }
    }
}

fn waiting(open: &Open, tried: Option<&Try>) -> Waiting {
    let tried = tried.cloned().unwrap_or_default();
    let pending = open.waits.as_ref().map(|(_, at)| *at);
    let ask = &open.ask;
    Waiting {
        key: ask.key.clone(),
        registry: ask.registry.clone(),
        verb: ask.verb,
        certificate: ask.certificate.clone(),
        trigger: ask.trigger,
        since: open.at,
        until: ask.until,
        attempts: tried.attempts,
        next: tried.next.or(pending),
        why: tried.why.or(pending.map(|_| "pending")),
        last_fault: tried.last_fault,
    }
}
