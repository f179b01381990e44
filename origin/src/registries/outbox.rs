//! The outbox: what registries are to be asked, folded from the log.
//!
//! A request is open from the entry that keeps it to the entry that settles it. Whoever was killed
//! between the two finds it open again and calls again under the same idempotency key.

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::registry::{RegistryAsk, RegistryId, RegistryTold, Told, Trigger, Verb};
use sealane_data::submission::Sha256;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of whom: the same question has the same idempotency key in each round.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// About which certificate: two parties may have entered the same document.
    pub certificate: &'a CertificateId,
    /// SHA-256 of the certificate as it is asked about, hexadecimal.
    pub version: &'a str,
    /// What.
    pub verb: Verb,
    /// Whom.
    pub registry: &'a RegistryId,
}

impl Asking<'_> {
    /// Returns the idempotency key of a request: a digest of the certificate's id and version, verb and
    /// registry, and from the second time on of how often that was asked before.
    pub fn key(&self, round: u32) -> Text {
        let Self { certificate, version, verb, registry } = self;
        digest(format!("{certificate}\n{version}\n{verb}\n{registry}"), round)
    }
}

fn digest(mut text: String, round: u32) -> Text {
    if round > 0 {
        text.push_str(&format!("\n{round}"));
    }
    Sha256::of(text.as_bytes()).hex().into()
}

fn asking(ask: &RegistryAsk) -> Asking<'_> {
    Asking { certificate: &ask.certificate, version: &ask.version, verb: ask.verb, registry: &ask.registry }
}

/// Returns the key under which the rounds of a request are counted. Older logs hold keys without the
/// certificate's id: they are counted as they were.
fn counted(ask: &RegistryAsk) -> Text {
    let old = |round| digest(format!("{}\n{}\n{}", ask.version, ask.verb, ask.registry), round);
    if ask.key == old(ask.round) { old(0) } else { asking(ask).key(0) }
}

/// A request that is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The request.
    pub ask: RegistryAsk,
    /// When it was kept.
    pub at: Timestamp,
    /// The handle and the instant at which it is asked again, once the registry said that it will answer.
    pub waits: Option<(Text, Timestamp)>,
}

/// A request that is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The request.
    pub ask: RegistryAsk,
    /// When it was kept.
    pub at: Timestamp,
    /// What came of it.
    pub told: RegistryTold,
}

/// Why and since when a registry is switched off.
type Off = (Timestamp, String);

/// The outbox.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    open: BTreeMap<Text, Open>,
    settled: FxHashMap<CertificateId, Vec<Settled>>,
    rounds: FxHashMap<Text, u32>,
    off: BTreeMap<RegistryId, Off>,
    /// When confirmations stop being fresh.
    lapses: BTreeSet<(Timestamp, CertificateId)>,
    lapse_of: FxHashMap<CertificateId, Timestamp>,
    /// What was asked again by policy within the last hour of the log.
    reconciled: Vec<(Timestamp, RegistryId)>,
}

impl Outbox {
    /// Takes in one entry of the log; returns the certificate that it is about.
    ///
    /// A receipt of a request that is not open has no effect: it was settled before.
    pub fn apply(&mut self, recorded: &Recorded) -> Option<CertificateId> {
        match &recorded.entry {
            Entry::RegistryAsked(ask) => {
                let fresh = !self.open.contains_key(&ask.key) && self.round(ask) == ask.round;
                if !fresh {
                    return None;
                }
                if ask.trigger == Trigger::Reconciliation {
                    let hour = recorded.at.checked_sub(SignedDuration::from_hours(1));
                    self.reconciled.retain(|(at, _)| hour.as_ref().is_ok_and(|hour| at > hour));
                    self.reconciled.push((recorded.at, ask.registry.clone()));
                }
                let open = Open { ask: (**ask).clone(), at: recorded.at, waits: None };
                self.open.insert(ask.key.clone(), open);
                Some(ask.certificate.clone())
            }
            Entry::RegistryTold(told) => self.told(told),
            Entry::RegistrySwitched(switch) => {
                if switch.on {
                    self.off.remove(&switch.registry);
                } else {
                    let off = (recorded.at, switch.reason.clone());
                    self.off.insert(switch.registry.clone(), off);
                }
                None
            }
            _ => None,
        }
    }

    fn told(&mut self, told: &RegistryTold) -> Option<CertificateId> {
        let open = self.open.get_mut(&told.key)?;
        if let Told::Waits { handle, again } = &told.told {
            open.waits = Some((handle.clone(), *again));
            return Some(open.ask.certificate.clone());
        }
        let Open { ask, at, .. } = self.open.remove(&told.key)?;
        *self.rounds.entry(counted(&ask)).or_default() += 1;
        let certificate = ask.certificate.clone();
        let settled = Settled { ask, at, told: told.clone() };
        self.settled.entry(certificate.clone()).or_default().push(settled);
        Some(certificate)
    }

    fn round(&self, ask: &RegistryAsk) -> u32 {
        self.rounds.get(&counted(ask)).copied().unwrap_or_default()
    }

    /// Returns how often the same was asked and settled.
    pub fn next_round(&self, asking: &Asking<'_>) -> u32 {
        self.rounds.get(&asking.key(0)).copied().unwrap_or_default()
    }

    /// Returns how often a registry was asked again by policy since an instant, an hour ago at the earliest.
    pub fn reconciled_since(&self, registry: &RegistryId, since: Timestamp) -> usize {
        self.reconciled.iter().filter(|(at, of)| *at > since && of == registry).count()
    }

    /// Returns the open request of a key.
    pub fn open(&self, key: &str) -> Option<&Open> {
        self.open.get(key)
    }

    /// Returns every open request.
    pub fn all_open(&self) -> impl Iterator<Item = &Open> {
        self.open.values()
    }

    /// Returns the open requests about a certificate.
    pub fn open_of<'a>(&'a self, certificate: &'a CertificateId) -> impl Iterator<Item = &'a Open> {
        self.open.values().filter(move |o| o.ask.certificate == *certificate)
    }

    /// Returns what came of requests about a certificate, oldest first.
    pub fn settled(&self, certificate: &CertificateId) -> &[Settled] {
        self.settled.get(certificate).map_or(&[], Vec::as_slice)
    }

    /// Returns the last answer to a verb about a version of a certificate, if the registry gave one.
    pub fn last_answer(
        &self,
        certificate: &CertificateId,
        version: &str,
        verb: Verb,
        registry: &RegistryId,
    ) -> Option<&Settled> {
        let same =
            |s: &&Settled| s.ask.verb == verb && s.ask.registry == *registry && s.ask.version == version;
        let answered = |s: &&Settled| matches!(s.told.told, Told::Answered { .. });
        self.settled(certificate).iter().rev().find(|s| same(s) && answered(s))
    }

    /// Returns what came of the request of a key.
    pub fn settled_by_key(&self, key: &str) -> Option<&Settled> {
        self.settled.values().flatten().find(|s| s.ask.key == key)
    }

    /// Returns since when and why a registry is switched off.
    pub fn off(&self, registry: &RegistryId) -> Option<(Timestamp, &str)> {
        self.off.get(registry).map(|(at, why)| (*at, why.as_str()))
    }

    /// Notes until when a confirmation is fresh; nothing where there is none.
    pub(crate) fn fresh(&mut self, certificate: &CertificateId, until: Option<Timestamp>) {
        if let Some(before) = self.lapse_of.remove(certificate) {
            self.lapses.remove(&(before, certificate.clone()));
        }
        if let Some(until) = until {
            self.lapse_of.insert(certificate.clone(), until);
            self.lapses.insert((until, certificate.clone()));
        }
    }

    /// Returns the certificates whose confirmation is no longer fresh at an instant, and since when.
    pub fn lapsed(&self, now: Timestamp) -> Vec<(CertificateId, Timestamp)> {
        self.lapses.iter().take_while(|(at, _)| *at < now).map(|(at, id)| (id.clone(), *at)).collect()
    }

    /// Returns when the next confirmation stops being fresh.
    pub fn next_lapse(&self) -> Option<Timestamp> {
        self.lapses.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sealane_data::certificate::VerificationState;
    use sealane_data::partner::PartyId;
    use sealane_data::submission::SubmissionId;

    fn recorded(seq: u64, entry: Entry) -> Recorded {
        let at = Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
        Recorded { seq, at, party: PartyId::operator(), submission: SubmissionId("s".into()), entry }
    }

    fn ask(version: &str, round: u32) -> RegistryAsk {
        ask_about("eco_1", version, round)
    }

    fn ask_about(id: &str, version: &str, round: u32) -> RegistryAsk {
        let (certificate, registry) = (CertificateId(id.into()), RegistryId("r".into()));
        RegistryAsk {
            key: Asking { certificate: &certificate, version, verb: Verb::Verify, registry: &registry }
                .key(round),
            registry,
            verb: Verb::Verify,
            certificate,
            version: version.to_owned(),
            round,
            trigger: Trigger::Asked,
            by: PartyId::operator(),
            shadow: false,
            until: Timestamp::MAX,
        }
    }

    fn told(ask: &RegistryAsk, told: Told) -> Entry {
        Entry::RegistryTold(Box::new(RegistryTold {
            key: ask.key.clone(),
            registry: ask.registry.clone(),
            certificate: ask.certificate.clone(),
            attempts: 1,
            shadow: false,
            at: Timestamp::UNIX_EPOCH,
            exchange: None,
            told,
        }))
    }

    fn confirmed() -> Told {
        Told::Answered {
            outcome: VerificationState::Confirmed,
            code: None,
            valid_until: None,
            reasons: Vec::new(),
            fields: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_request_is_open_until_it_is_settled_once() {
        let mut outbox = Outbox::default();
        let first = ask("v1", 0);
        assert!(outbox.apply(&recorded(1, Entry::RegistryAsked(Box::new(first.clone())))).is_some());
        assert!(
            outbox.apply(&recorded(2, Entry::RegistryAsked(Box::new(first.clone())))).is_none(),
            "single flight"
        );
        let waits = Told::Waits { handle: "h".into(), again: Timestamp::from_second(9).unwrap() };
        outbox.apply(&recorded(3, told(&first, waits)));
        assert_eq!(outbox.open(&first.key).unwrap().waits.as_ref().unwrap().0, "h");
        assert!(outbox.apply(&recorded(4, told(&first, confirmed()))).is_some());
        assert!(
            outbox.apply(&recorded(5, told(&first, confirmed()))).is_none(),
            "a second receipt has no effect"
        );
        assert_eq!((outbox.all_open().count(), outbox.settled(&first.certificate).len()), (0, 1));
        assert!(
            outbox.apply(&recorded(6, Entry::RegistryAsked(Box::new(first)))).is_none(),
            "a settled key stays settled"
        );
        let again = ask("v1", 1);
        assert!(
            outbox.apply(&recorded(7, Entry::RegistryAsked(Box::new(again)))).is_some(),
            "the next round is another key"
        );
    }

    #[test]
    fn keys_differ_by_certificate_version_verb_registry_and_round() {
        let (a, b) = (RegistryId("a".into()), RegistryId("b".into()));
        let (one, two) = (CertificateId("eco_1".into()), CertificateId("eco_2".into()));
        let first = Asking { certificate: &one, version: "v", verb: Verb::Verify, registry: &a };
        let keys = [
            first.key(0),
            Asking { certificate: &two, ..first }.key(0),
            Asking { version: "w", ..first }.key(0),
            Asking { verb: Verb::Push, ..first }.key(0),
            Asking { registry: &b, ..first }.key(0),
            first.key(1),
        ];
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        // Logs and registries know it: it must not change from version to version.
        let digest = "94cba36f9db1d746421c855c80584dd33acf9704859cd14e9991c446755a5475";
        assert_eq!(first.key(0), digest, "SHA-256 of `eco_1`, `v`, `verify`, `a`, a line each");
    }

    #[test]
    fn an_answer_is_of_the_certificate_that_was_asked_about() {
        // Two parties entered the same document: one version, two certificates.
        let mut outbox = Outbox::default();
        let (mine, theirs) = (ask_about("eco_1", "v", 0), ask_about("eco_2", "v", 0));
        for (seq, asked) in [(1, &mine), (2, &theirs)] {
            let touched = outbox.apply(&recorded(seq, Entry::RegistryAsked(Box::new(asked.clone()))));
            assert_eq!(touched.as_ref(), Some(&asked.certificate));
        }
        assert_eq!(outbox.apply(&recorded(3, told(&theirs, confirmed()))), Some(theirs.certificate.clone()));
        assert_eq!(outbox.settled(&mine.certificate).len(), 0);
        assert_eq!(outbox.settled(&theirs.certificate).len(), 1);
        assert_eq!(outbox.all_open().map(|o| &o.ask.certificate).collect::<Vec<_>>(), [&mine.certificate]);
        assert_eq!(outbox.next_round(&asking(&mine)), 0, "rounds are counted for each");
        assert_eq!(outbox.next_round(&asking(&theirs)), 1);
    }

    #[test]
    fn requests_of_older_logs_keep_their_keys() {
        let mut outbox = Outbox::default();
        let old = RegistryAsk { key: Sha256::of(b"v\nverify\nr").hex().into(), ..ask("v", 0) };
        assert!(outbox.apply(&recorded(1, Entry::RegistryAsked(Box::new(old.clone())))).is_some());
        assert!(outbox.apply(&recorded(2, told(&old, confirmed()))).is_some());
        let again = RegistryAsk { key: Sha256::of(b"v\nverify\nr\n1").hex().into(), ..ask("v", 1) };
        assert!(outbox.apply(&recorded(3, Entry::RegistryAsked(Box::new(again.clone())))).is_some());
        assert!(outbox.apply(&recorded(4, told(&again, confirmed()))).is_some());
        assert_eq!(outbox.settled(&old.certificate).len(), 2);
        let new = ask("v", 0);
        assert!(
            outbox.apply(&recorded(5, Entry::RegistryAsked(Box::new(new)))).is_some(),
            "under its new key"
        );
    }

    proptest! {
        /// However often entries are kept twice, as a killed process may: each round settles once.
        #[test]
        fn repeats_have_no_effect(steps in prop::collection::vec((any::<bool>(), 0_u32..4, 1_usize..4), 0..60)) {
            let mut outbox = Outbox::default();
            let (mut seq, mut expected, mut open) = (0, 0_usize, None);
            for (asks, round, times) in steps {
                let request = ask("v", round);
                for _ in 0..times {
                    seq += 1;
                    if asks {
                        outbox.apply(&recorded(seq, Entry::RegistryAsked(Box::new(request.clone()))));
                    } else {
                        outbox.apply(&recorded(seq, told(&request, confirmed())));
                    }
                }
                if asks && open.is_none() && usize::try_from(round).unwrap() == expected { open = Some(round); }
                if !asks && open == Some(round) { expected += 1; open = None; }
                prop_assert_eq!(outbox.all_open().count(), usize::from(open.is_some()));
                prop_assert_eq!(outbox.settled(&request.certificate).len(), expected);
            }
        }
    }
}
