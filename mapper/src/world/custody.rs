//! A journey for whoever checks papers against it: who told each event, when the ship then left,
//! and what was planned.

use super::World;
use crate::fold::calls::Visit;
use crate::fold::facts::Fact;
use crate::fold::route::{Chart, calls_at};
use crate::route::{JourneyEvent, JourneyKey, Moment};
use jiff::SignedDuration;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::PartyId;
use std::collections::BTreeSet;

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
    /// Its events in the order of the journey.
    pub events: Vec<Witnessed>,
    /// Where it was planned to be loaded.
    pub planned_load: BTreeSet<NodeId>,
    /// Where it was planned to be discharged at last.
    pub planned_discharge: BTreeSet<NodeId>,
    /// Where it was planned to be delivered.
    pub planned_delivery: BTreeSet<NodeId>,
}

/// A load may be told a while after its ship left.
const AROUND: SignedDuration = SignedDuration::from_hours(48);

impl World {
    /// Returns who told what of a journey.
    pub fn custody(&self, key: &JourneyKey) -> Option<Custody> {
        let container = self.containers.known(&Text::from(key.container.as_str()))?;
        let trip = self.trips(container).into_iter().nth((key.ordinal as usize).checked_sub(1)?)?;
        let planned = |of: fn(&Fact) -> Option<sealane_data::places::NodeIx>| {
            trip.facts.iter().filter_map(of).map(|node| self.node_id(node)).collect()
        };
        Some(Custody {
            events: trip.facts.iter().map(|fact| self.witnessed(fact)).collect(),
            planned_load: planned(|f| f.plan.load),
            planned_discharge: planned(|f| f.plan.discharge),
            planned_delivery: planned(|f| f.plan.delivery),
        })
    }

    fn witnessed(&self, fact: &Fact) -> Witnessed {
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
        let here = Chart::visits(self, ship).into_iter().filter(|visit| calls_at(visit, node, self));
        let nearest =
            here.filter_map(|visit| Some((near(&visit)?, visit))).min_by_key(|(outside, _)| *outside);
        nearest.and_then(|(_, visit)| visit.departure)
    }
}
