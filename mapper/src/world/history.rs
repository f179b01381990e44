//! The history of a container: everything that was told of it, also what no longer stands, and why.

use super::World;
use super::told::Told;
use crate::fold::facts::{self, Fact, Knowledge as _};
use crate::fold::journeys::Trip;
use crate::fold::revisions;
use crate::fold::route::Chart as _;
use crate::route::{JourneyKey, LedBy, Witness, Witnessed};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::{Classifier, Kind, Revision};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use sealane_data::reference::{Reference, ReferenceKind};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Whether what was told stands, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    Stands,
    /// A later version of its document took its place.
    Replaced,
    /// A later version of its document changed what was said of this container.
    Changed,
    /// Its document was cancelled.
    Cancelled,
    /// It takes back what its document said.
    Cancels,
    /// Its submission was read again and no longer says this.
    Retracted,
}

/// One thing that was told of a container.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// Its log position.
    pub seq: Seq,
    /// The log position of its message.
    pub message: Seq,
    /// Who told it.
    pub party: PartyId,
    /// In which type of message.
    pub family: Text,
    /// What the message does to earlier ones of its document.
    pub revision: Revision,
    /// When the message was written.
    pub written: Option<Timestamp>,
    /// What happened.
    pub kind: Kind,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// When.
    pub at: Option<Timestamp>,
    /// Where.
    pub node: Option<NodeId>,
    /// Whether it stands.
    pub standing: Standing,
    /// The log position of the message that took its place.
    pub by: Option<Seq>,
    /// The journey that it is part of, by its ordinal; nothing where it is in none.
    pub journey: Option<u32>,
}

impl World {
    /// Returns the containers that a reference was ever tied to, also where nothing of that stands.
    pub fn containers_of(&self, reference: &Reference) -> Vec<Text> {
        let containers: BTreeSet<u32> = if reference.kind == ReferenceKind::Container {
            self.containers.known(&reference.value).into_iter().collect()
        } else {
            self.references.known(reference).into_iter().flat_map(|n| self.tied_to(n)).collect()
        };
        containers.into_iter().map(|c| self.containers.value(c).clone()).collect()
    }

    /// Returns the facts of a journey, each with everybody who told of it.
    pub fn witnesses(&self, key: &JourneyKey) -> Vec<Witnessed> {
        let (Some(container), Some(trip)) = (self.containers.known(&key.container), self.trip(key)) else {
            return Vec::new();
        };
        let told = self.tellings(container);
        let all = facts::told_facts(&revisions::standing(&told, self), self);
        let of_trip =
            |fact: &Fact| trip.facts.iter().any(|f| (f.seq, f.kind, f.at) == (fact.seq, fact.kind, fact.at));
        let of_trip = all.into_iter().filter(|(fact, _)| of_trip(fact));
        of_trip.map(|(fact, told)| self.witnessed(&fact, &told)).collect()
    }

    fn witnessed(&self, fact: &Fact, told: &[&Told<'_>]) -> Witnessed {
        let leader = told[0];
        let party = |t: &Told<'_>| self.message(t.message).party;
        let other = told.iter().find(|t| party(t) != party(leader)).or(told.get(1));
        let witness = |t: &&Told<'_>| Witness {
            party: self.parties.id(party(t)).clone(),
            family: self.message(t.message).family.clone(),
            at: t.at,
            precision: t.precision,
            node: t.node.map(|n| self.places().node(n).id.clone()),
            written: self.message(t.message).written,
            believed: t.node.is_some_and(|n| self.believed(party(t), n, t.kind)),
            leads: t.seq == leader.seq,
            contradicts: facts::contradicts(t, leader, party(t) != party(leader)),
            seq: t.seq,
        };
        Witnessed {
            event: self.event(fact),
            node: fact.node.map(|n| self.places().node(n).id.clone()),
            led_by: other.map_or(LedBy::Alone, |other| facts::led_by(leader, other, self)),
            witnesses: told.iter().map(witness).collect(),
        }
    }

    /// Returns everything that was told of a container, in the order of arrival.
    pub fn history(&self, container: &str) -> Vec<Telling> {
        let Some(container) = self.containers.known(&Text::from(container)) else { return Vec::new() };
        let told = self.tellings(container);
        let stand: HashSet<Seq> = revisions::standing(&told, self).iter().map(|t| t.seq).collect();
        let trips = self.trips(container);
        let led: HashMap<Seq, u32> =
            (1..).zip(&trips).flat_map(|(n, trip)| trip.facts.iter().map(move |f| (f.seq, n))).collect();
        let spans = spans(&trips);
        let mut all: Vec<Telling> = told
            .iter()
            .map(|t| {
                let note = self.messages.get(t.message);
                let (standing, by) = self.standing_of(t.message, stand.contains(&t.seq));
                // The trip whose fact it leads; by its time only where no other trip is under way then, for
                // what is said of the next customer's trip is not the reader's.
                let within = |at: Timestamp| {
                    let mut around = spans.iter().filter(|(_, from, to)| (*from..=*to).contains(&at));
                    around.next().filter(|_| around.next().is_none()).map(|(ordinal, ..)| *ordinal)
                };
                let by_time = || t.at.or(note.written).and_then(within);
                Telling {
                    seq: t.seq,
                    message: note.seq,
                    party: self.parties.id(note.party).clone(),
                    family: note.family.clone(),
                    revision: note.revision,
                    written: note.written,
                    kind: t.kind,
                    classifier: t.classifier,
                    at: t.at,
                    node: t.node.map(|n| self.places().node(n).id.clone()),
                    standing,
                    by,
                    journey: led.get(&t.seq).copied().or_else(by_time),
                }
            })
            .collect();
        // What was replaced is part of the journey of what took its place, however wrong its time was.
        let mut homes: HashMap<Seq, u32> = HashMap::new();
        for (message, journey) in all.iter().filter_map(|t| Some((t.message, t.journey?))) {
            homes.entry(message).or_insert(journey);
        }
        for telling in all.iter_mut().filter(|t| t.journey.is_none()) {
            telling.journey = telling.by.and_then(|by| homes.get(&by).copied());
        }
        all
    }

    /// Returns whether what a message told stands, and which message took its place.
    fn standing_of(&self, message: u32, stands: bool) -> (Standing, Option<Seq>) {
        let note = self.message(message);
        if stands {
            return (Standing::Stands, None);
        }
        if note.retracted {
            return (Standing::Retracted, None);
        }
        if note.revision == Revision::Cancel {
            return (Standing::Cancels, None);
        }
        let leader = note.document.get().and_then(|d| self.documents[d as usize].leader.get());
        let leader = leader.filter(|_| note.superseded).map(|l| self.messages.get(l));
        match leader {
            Some(leader) if leader.revision == Revision::Cancel => (Standing::Cancelled, Some(leader.seq)),
            Some(leader) => (Standing::Replaced, Some(leader.seq)),
            None => (Standing::Changed, None),
        }
    }
}

/// Returns from when to when each journey of a container goes: a day more at both ends, but never
/// into the journey beside it.
fn spans(trips: &[Trip]) -> Vec<(u32, Timestamp, Timestamp)> {
    let day = jiff::SignedDuration::from_hours(24);
    let instants = |trip: &Trip| {
        let mut at: Vec<Timestamp> = trip.facts.iter().filter_map(|f| f.at).collect();
        at.sort();
        at.first().copied().zip(at.last().copied())
    };
    let bare: Vec<(u32, Timestamp, Timestamp)> =
        (1..).zip(trips).filter_map(|(n, trip)| instants(trip).map(|(a, b)| (n, a, b))).collect();
    let wide = |(n, from, to): &(u32, Timestamp, Timestamp)| {
        let others = || bare.iter().filter(|(other, ..)| other != n);
        let before = others().map(|(.., end)| *end).filter(|end| end < from).max();
        let after = others().map(|(_, start, _)| *start).filter(|start| start > to).min();
        let earliest = from.checked_sub(day).unwrap_or(*from);
        let latest = to.checked_add(day).unwrap_or(*to);
        let nanosecond = jiff::SignedDuration::from_nanos(1);
        let bound =
            |at: Option<Timestamp>, step: jiff::SignedDuration| at.and_then(|a| a.checked_add(step).ok());
        let from = bound(before, nanosecond).map_or(earliest, |b| b.max(earliest));
        let to = bound(after, -nanosecond).map_or(latest, |a| a.min(latest));
        (*n, from, to)
    };
    bare.iter().map(wide).collect()
}
