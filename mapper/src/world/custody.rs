//! A journey for whoever checks papers against it: who told each event, when the ship then left,
//! and what was planned.

use super::World;
use crate::fold::calls::Visit;
use crate::fold::facts::Fact;
use crate::fold::journeys::Trip;
use crate::fold::route::{Chart, calls_at};
use crate::route::{Journey, JourneyEvent, JourneyKey, Moment};
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::PartyId;
use sealane_data::reference::Reference;
use std::collections::{BTreeMap, BTreeSet};

/// One believed event of a journey, with all who told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Witnessed {
    /// The event.
    pub event: JourneyEvent,
    /// The parties that told it, by id.
    pub parties: Vec<PartyId>,
    /// Of a load: when the ship left that port.
    pub departure: Option<Moment>,
}

/// What is known of a journey beside its route.
#[derive(Clone, Debug, PartialEq)]
pub struct Custody {
    /// Its references, without the container itself.
    pub references: Vec<Reference>,
    /// Its events in the order of the journey.
    pub events: Vec<Witnessed>,
    /// Where it was planned to be loaded.
    pub planned_load: BTreeSet<NodeId>,
    /// Where it was planned to be discharged at last.
    pub planned_discharge: BTreeSet<NodeId>,
    /// Where it was planned to be delivered.
    pub planned_delivery: BTreeSet<NodeId>,
}

/// A journey as one reading folds it: what several questions are answered from.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// The journey.
    pub journey: Journey,
    /// The last instant of all its events, plans too.
    pub until: Option<Timestamp>,
    /// Who tied each of its references to it.
    pub ties: BTreeMap<Reference, Vec<PartyId>>,
}

/// A load may be told a while after its ship left.
const AROUND: SignedDuration = SignedDuration::from_hours(48);

impl World {
    /// Returns every journey of a container, oldest first, folded once.
    pub fn folded(&self, container: &str) -> Vec<Folded> {
        let Some(container) = self.containers.known(&Text::from(container)) else { return Vec::new() };
        let trips = self.trips(container);
        trips.iter().enumerate().map(|(n, trip)| self.fold_of(self.key(container, n), trip)).collect()
    }

    fn fold_of(&self, key: JourneyKey, trip: &Trip) -> Folded {
        let mut ties: BTreeMap<Reference, BTreeSet<PartyId>> = BTreeMap::new();
        for (party, reference) in trip.facts.iter().flat_map(|f| f.tied.iter()) {
            let tellers = ties.entry(self.references.value(*reference).clone()).or_default();
            tellers.insert(self.parties.id(*party).clone());
        }
        Folded {
            journey: self.journey_of(key, trip),
            until: trip.facts.iter().filter_map(|f| f.at).max(),
            ties: ties.into_iter().map(|(r, parties)| (r, parties.into_iter().collect())).collect(),
        }
    }

    /// Returns who told what of a journey.
    pub fn custody(&self, key: &JourneyKey) -> Option<Custody> {
        let container = self.containers.known(&Text::from(key.container.as_str()))?;
        let trip = self.trips(container).into_iter().nth((key.ordinal as usize).checked_sub(1)?)?;
        let planned = |of: fn(&Fact) -> Option<sealane_data::places::NodeIx>| {
            trip.facts.iter().filter_map(of).map(|node| self.node_id(node)).collect()
        };
        let references: BTreeSet<u32> =
            trip.facts.iter().flat_map(|f| f.references.iter().copied()).collect();
        Some(Custody {
            references: references.into_iter().map(|r| self.references.value(r).clone()).collect(),
            events: trip.facts.iter().map(|fact| self.in_custody(fact)).collect(),
            planned_load: planned(|f| f.plan.load),
            planned_discharge: planned(|f| f.plan.discharge),
            planned_delivery: planned(|f| f.plan.delivery),
        })
    }

    fn in_custody(&self, fact: &Fact) -> Witnessed {
        let mut parties: Vec<PartyId> = fact.parties.iter().map(|p| self.parties.id(*p).clone()).collect();
        parties.sort();
        Witnessed {
            parties,
            event: JourneyEvent {
                node: fact.node.map(|node| self.node_id(node)),
                how: fact.how,
                event: self.event(fact),
                ship: fact.ship.map(|ship| self.ship(ship, fact.voyage)),
                load: fact.load,
                trade: fact.trade,
            },
            departure: if fact.kind == Kind::Loaded { self.departure(fact) } else { None },
        }
    }

    /// Returns when the ship of a load left the port of it.
    fn departure(&self, fact: &Fact) -> Option<Moment> {
        let (node, ship, at) = (fact.node?, fact.ship?, fact.at?);
        let near = |visit: &Visit| {
            let (start, end) = (visit.start()?, visit.end()?);
            let outside = start.duration_since(at).max(at.duration_since(end)).max(SignedDuration::ZERO);
            (outside <= AROUND).then_some(outside)
        };
        let visits = Chart::visits(self, ship);
        let here = visits.iter().filter(|visit| calls_at(visit, node, self));
        let nearest =
            here.filter_map(|visit| Some((near(visit)?, visit))).min_by_key(|(outside, _)| *outside);
        nearest.and_then(|(_, visit)| visit.departure)
    }
}
