//! What the rules found about each certificate: made when somebody asks, kept until something touches it.

use super::{Shared, Slot};
use crate::views::expected;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{CertificateEvent, CertificateId};
use sealane_data::feed::FeedsStatus;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_mapper::World;
use sealane_mapper::coverage::Coverage;
use sealane_origin::disclosure::{Profile, Untold};
use sealane_origin::rules::{self, Ruling, SiteText};
use sealane_origin::{
    Assessment, Cargo, Case, Certificate, Consistency, Movement, Papers, Register, assess, movement,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads messages of the log by their positions: seals and masses are read there, not kept in memory.
pub type Messages = Box<dyn Fn(&BTreeSet<Seq>) -> Vec<Recorded> + Send + Sync>;

/// What only the house knows: what time it is, and how its feeds are.
pub struct Lookout {
    /// Returns what time it is: the system's, or a simulator's.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Returns how every feed is.
    pub feeds: Box<dyn Fn() -> FeedsStatus + Send + Sync>,
}

/// How long after it happened a feed may still tell something.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// How soon a feed is looked for again that would have told of what is missing.
const FEEDS_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// How often the world may move on while messages are read before it is judged as it is.
const TRIES: usize = 3;

/// Messages whose seals and masses are kept from their commit on.
const RECENT: usize = 2_000;
/// A batch of more messages is bulk: nobody waits for it.
const BULK: usize = 64;

/// Seals and masses of the messages that came in last, by position.
#[derive(Default)]
pub(super) struct Recent(Mutex<BTreeMap<Seq, Cargo>>);

impl Recent {
    pub(super) fn add(&self, batch: &[Recorded]) {
        if batch.len() > BULK {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for recorded in batch.iter().filter(|r| matches!(r.entry, Entry::Message(_))) {
            kept.insert(recorded.seq, Cargo::read([recorded]));
            if kept.len() > RECENT {
                kept.pop_first();
            }
        }
    }

    /// Returns what some messages named; nothing if one of them is not at hand.
    fn get(&self, wanted: &BTreeSet<Seq>) -> Option<Cargo> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = Cargo::default();
        for seq in wanted {
            all.extend(kept.get(seq)?);
        }
        Some(all)
    }
}

/// What the rules found about a certificate.
#[derive(Debug)]
pub(crate) struct Judged {
    /// Without what strangers hold: for its owner, and for everybody who reads what its owner gave out.
    own: Arc<Assessment>,
    /// With the other holders of its number: for the operator and authorities.
    full: Arc<Assessment>,
    /// What its exporter was not told of, for readers of either.
    untold: Untold,
    untold_of_full: Untold,
    /// The digest of its binding.
    pub(crate) binding: String,
    /// The messages that told its movement.
    pub(crate) sources: BTreeSet<Seq>,
    /// When it is to be judged again, by the passing of time alone.
    again: Option<Timestamp>,
}

impl Judged {
    /// Returns what the operator and authorities read.
    pub(crate) fn full(&self) -> &Arc<Assessment> {
        &self.full
    }

    /// Returns what a profile reads of.
    pub(crate) fn of(&self, profile: Profile) -> &Arc<Assessment> {
        if profile == Profile::Authority { &self.full } else { &self.own }
    }

    /// Returns what is withheld from a profile, as the exporter was not told of it.
    pub(crate) fn withheld(&self, profile: Profile) -> &Untold {
        if profile == Profile::Authority { &self.untold_of_full } else { &self.untold }
    }

    /// Returns the axis as a profile may read it.
    pub(crate) fn axis(&self, profile: Profile) -> Consistency {
        self.withheld(profile).axis(profile, self.of(profile))
    }

    /// Returns the findings that the exporter was not told of.
    pub(crate) fn untold<'a>(&'a self, certificate: &'a Certificate) -> impl Iterator<Item = &'a Ruling> {
        self.own.found().filter(|finding| !certificate.exporter_knows(finding))
    }
}

impl Shared {
    /// Says where the messages of the log are read.
    pub fn read_messages_with(&self, messages: Messages) {
        // Whoever opens a log says so once.
        let _ = self.messages.set(messages);
    }

    /// Says where the time and the state of the feeds are known.
    pub fn look_out_with(&self, lookout: Lookout) {
        let _ = self.lookout.set(lookout);
    }

    /// Returns what time it is here.
    pub(crate) fn now(&self) -> Timestamp {
        self.lookout.get().map_or_else(Timestamp::now, |l| (l.now)())
    }

    /// Judges a certificate beside the threads that answer requests, so that who asks for it afterwards does
    /// not wait for the log.
    pub(crate) async fn ready(self: &Arc<Self>, id: &CertificateId) {
        let fresh = |judged: Arc<Judged>| judged.again.is_none_or(|at| at > self.now());
        if self.slot(id).is_none_or(|slot| slot.judged.load_full().is_some_and(fresh)) {
            return;
        }
        let (shared, id) = (self.clone(), id.clone());
        // Whoever asks next judges it again if this failed.
        let _ = tokio::task::spawn_blocking(move || drop(shared.judged(&id))).await;
    }

    /// Returns what the rules found about a certificate. It may read the log: call [`Self::ready`] first
    /// where nobody may wait.
    pub(crate) fn judged(&self, id: &CertificateId) -> Option<Arc<Judged>> {
        let slot = self.slot(id)?;
        let now = self.now();
        for left in (0..TRIES).rev() {
            let kept = slot.judged.load_full();
            let before = kept.as_ref().map(|j| j.own.state);
            let over = kept.as_ref().is_some_and(|j| j.again.is_some_and(|at| at <= now));
            if let Some(judged) = kept.filter(|_| !over) {
                return Some(judged);
            }
            let wanted = self.read(|world, register| {
                register.get(id).map(|c| movement::sources(&register.bound(c, world), world))
            })?;
            let cargo = self.cargo(&slot, &wanted);
            let feeds = self.lookout.get().map(|l| expected::coverage(&(l.feeds)())).unwrap_or_default();
            let world = self.world();
            let register = self.register();
            let judged = judge(register.get(id)?, (&world, &register), &cargo, (&feeds, now));
            // What has come in between is not read yet: its seals would be missed.
            if judged.sources == wanted || left == 0 {
                let judged = Arc::new(judged);
                slot.judged.store(Some(judged.clone()));
                if over {
                    // Documents say what was found before.
                    slot.documents.iter().for_each(|d| d.store(None));
                    if before != Some(judged.own.state) {
                        // The passing of time is news as well.
                        self.news.add(&BTreeSet::from([id.clone()]));
                    }
                }
                return Some(judged);
            }
        }
        None
    }

    /// Returns the seals and masses of some messages; no lock is held while they are read. What just came in is
    /// at hand: the writer, which makes documents anew for who listens, has nothing to read.
    fn cargo(&self, slot: &Slot, wanted: &BTreeSet<Seq>) -> Arc<Cargo> {
        let kept = slot.cargo.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (of, mut cargo) = kept.filter(|(of, _)| of.is_subset(wanted)).unwrap_or_default();
        let fresh: BTreeSet<Seq> = wanted.difference(&of).copied().collect();
        if fresh.is_empty() {
            return cargo;
        }
        let added = self.recent.get(&fresh).unwrap_or_else(|| {
            let messages = self.messages.get().map(|read| read(&fresh)).unwrap_or_default();
            Cargo::read(&messages)
        });
        Arc::make_mut(&mut cargo).extend(&added);
        *slot.cargo.lock().unwrap_or_else(PoisonError::into_inner) = Some((wanted.clone(), cargo.clone()));
        cargo
    }

    /// Returns the events that exporters were told of findings which they had their days to look at, and of which
    /// they begin now. The days run from when it was noted first that something so bad was found, and never anew:
    /// whoever says the same in other words does not begin them again.
    pub fn overdue_findings(&self, before: Timestamp) -> Vec<CertificateEvent> {
        let ids: Vec<CertificateId> =
            self.read(|_, register| register.owned_by(None).iter().map(|c| c.id.clone()).collect());
        let mut due = Vec::new();
        for id in ids {
            let Some(judged) = self.judged(&id) else { continue };
            self.read(|_, register| {
                let Some(certificate) = register.get(&id) else { return };
                for finding in judged.untold(certificate) {
                    let noted =
                        finding.result.gravity().and_then(|g| certificate.found_since(finding.rule, g));
                    if noted.is_some_and(|first| first <= before) {
                        due.push(sealane_origin::told(certificate, finding));
                    } else {
                        due.extend(sealane_origin::found(certificate, finding));
                    }
                }
            });
        }
        due
    }
}

fn judge(
    certificate: &Certificate,
    (world, register): (&World, &Register),
    cargo: &Cargo,
    (feeds, now): (&Coverage, Timestamp),
) -> Judged {
    let again = Cell::new(None::<Timestamp>);
    // What a feed would have told by now; what it may still tell is looked at again when it is late.
    let covered = |node: &NodeId, kind: Kind, from: Timestamp, until: Timestamp| {
        let told_by = until.checked_add(LATE).unwrap_or(Timestamp::MAX);
        if told_by > now {
            again.set(Some(again.get().map_or(told_by, |at| at.min(told_by))));
            return false;
        }
        let ix = world.places().find(&node.0);
        let is = ix.is_some_and(|ix| feeds.covers(world.places(), (ix, kind), from, told_by).is_some());
        if !is && let Ok(soon) = now.checked_add(FEEDS_EVERY) {
            // A feed may be there soon that has been whole since.
            again.set(Some(again.get().map_or(soon, |at| at.min(soon))));
        }
        is
    };
    let graph = register.binding(certificate, world);
    let bound = graph.bound();
    let movement = Movement::of(&bound, world, cargo);
    let (papers, sites) = (Papers::of(certificate), SiteText::all_of(certificate));
    let uses = register.other_uses(certificate, world);
    let entry = register.entry_state(certificate, None);
    let with = |uses| {
        Arc::new(assess(&Case {
            certificate,
            movement: &movement,
            papers: &papers,
            conflicts: &graph.conflicts,
            entry,
            uses,
            sites: &sites,
            places: world.places(),
            covered: &covered,
        }))
    };
    let own = with(&[]);
    let full = if uses.is_empty() { own.clone() } else { with(&uses) };
    let mut untold = Untold::of(certificate, &own);
    // That another party entered the number is told to nobody else before a person decided.
    if own.found().any(rules::is_of_entry) {
        untold.extend(["R14"]);
    }
    // A use twice over is, at once: no second party can hide it behind what it was not told itself.
    let twice = |of: &Assessment| of.found().find(|f| f.rule == "R14").map(|f| f.result);
    let mut untold_of_full = untold.clone();
    if twice(&full) > twice(&own) {
        untold_of_full.leave_out("R14");
    }
    let sources = movement::sources(&bound, world);
    Judged { own, full, untold, untold_of_full, binding: graph.digest(), sources, again: again.get() }
}
