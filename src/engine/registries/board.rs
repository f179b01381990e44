//! The registries that are connected: their adapters, gates and counts, and who waits for an answer.

use super::asking::not_connected;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::operate::ProfileProblem;
use sealane_data::registry::{RegistryId, Verb};
use sealane_origin::registries::{
    Fault, Gate, HttpRegistry, Open, Outbox, Profile, RegistriesStatus, Registry, RegistryStatus, Waiting,
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
    pub(super) last_fault: Option<Fault>,
    /// Whether it was said of the certificate that the issuer cannot be asked.
    pub(super) fault_is_told: bool,
}

/// What is guarded together.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) stations: BTreeMap<RegistryId, Station>,
    pub(super) tries: HashMap<Text, Try>,
    problems: Vec<ProfileProblem>,
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
        mut problems: Vec<ProfileProblem>,
    ) {
        let mut inner = self.lock();
        let mut before = std::mem::take(&mut inner.stations);
        for profile in profiles {
            if let Some(problem) = profile.doubt() {
                tracing::warn!(registry = %profile.id, problem, "it is not clear whether a registry is only tried out");
                problems.push(ProfileProblem { file: format!("{}.toml", profile.id), problem });
            }
            let station = match before.remove(&profile.id) {
                Some(same) if same.profile == *profile && same.registry.is_some() => same,
                _ => Station::new(profile.clone()),
            };
            inner.stations.insert(profile.id.clone(), station);
        }
        inner.problems = problems;
    }

    /// Returns the profile that is asked about a regime, or why there is none: the named one, else the
    /// first that answers.
    pub(super) fn for_wish(
        &self,
        regime: &str,
        verb: Verb,
        named: Option<&RegistryId>,
    ) -> Result<Profile, String> {
        let inner = self.lock();
        let profiles = inner.stations.values().map(|s| &s.profile).filter(|p| p.covers(regime));
        let known: Vec<&Profile> = profiles.filter(|p| named.is_none_or(|id| p.id == *id)).collect();
        let Some(first) = known.first() else {
            return Err(match named {
                Some(id) => format!("`{id}` is no registry that is connected for `{regime}`"),
                None => not_connected(regime),
            });
        };
        let able = known.iter().filter(|p| p.verbs.contains_key(&verb));
        // One that is only tried out never takes the place of one that answers.
        let chosen = able.min_by_key(|p| p.shadow);
        chosen.map(|p| (*p).clone()).ok_or_else(|| format!("`{}` cannot be asked to {verb}", first.id))
    }

    /// Returns the profiles whose answers are asked for again by policy; of a shadow nothing is shown.
    pub(super) fn reconciling(&self) -> Vec<Profile> {
        let inner = self.lock();
        let all = inner.stations.values().map(|s| &s.profile);
        all.filter(|p| p.connected && !p.shadow && p.reconcile.is_some()).cloned().collect()
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
        last_fault: tried.last_fault.as_ref().map(Fault::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_origin::registries::read_profile;

    fn profile(id: &str, more: &str) -> Profile {
        let text = format!(
            "id = \"{id}\"\nname = \"{id}\"\ninterface = \"private\"\nregimes = [\"RCEP\"]\nconnected = true\nenvironment = \"test\"\n{more}\
             [environments.test]\nbase = \"http://127.0.0.1:9\"\n[answer]\noutcome = \"$.r\"\nconfirmed = [\"YES\"]\n[verbs.verify]\npath = \"/v\"\n"
        );
        read_profile(&text).unwrap()
    }

    #[test]
    fn an_environment_that_is_neither_real_nor_for_trials_by_its_name_has_to_say() {
        let told = |name: &str, trial: &str| {
            let board = Board::default();
            let mut odd = profile("one", "");
            odd.environments = odd.environments.into_values().map(|place| (name.into(), place)).collect();
            odd.environment = name.into();
            if let Some(place) = odd.environments.get_mut(name) {
                place.trial = trial.parse().ok();
            }
            board.take_over([&odd].into_iter(), Vec::new());
            (odd.is_trial(), board.status(&Outbox::default(), Timestamp::UNIX_EPOCH).problems)
        };
        for (name, trial, is_trial) in
            [("production", "", false), ("test", "", true), ("live", "false", false), ("live", "true", true)]
        {
            assert_eq!(told(name, trial), (is_trial, Vec::new()), "{name} {trial}");
        }
        let (is_trial, problems) = told("prod", "");
        assert!(is_trial && problems.len() == 1 && problems[0].file == "one.toml", "{problems:?}");
        assert!(problems[0].problem.contains("`trial = false` in `[environments.prod]`"), "{problems:?}");
    }

    fn chosen(profiles: &[Profile], verb: Verb, named: Option<&str>) -> Result<String, String> {
        let board = Board::default();
        board.take_over(profiles.iter(), Vec::new());
        let named = named.map(|id| RegistryId(id.into()));
        board.for_wish("rcep", verb, named.as_ref()).map(|p| p.id.to_string())
    }

    #[test]
    fn a_shadow_never_takes_the_place_of_one_that_answers() {
        let (shadow, real) = (profile("a-shadow", "shadow = true\n"), profile("b-real", ""));
        let both = [shadow.clone(), real];
        assert_eq!(chosen(&both, Verb::Verify, None).as_deref(), Ok("b-real"));
        assert_eq!(
            chosen(&both, Verb::Verify, Some("a-shadow")).as_deref(),
            Ok("a-shadow"),
            "who names it gets it"
        );
        assert_eq!(chosen(&[shadow], Verb::Verify, None).as_deref(), Ok("a-shadow"));
        assert!(chosen(&both, Verb::Qr, None).unwrap_err().contains("cannot be asked to qr"));
        assert!(chosen(&both, Verb::Verify, Some("moon")).unwrap_err().contains("`moon`"));
        assert!(chosen(&[], Verb::Verify, None).unwrap_err().contains("announced only"));
    }
}
