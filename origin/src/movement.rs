//! The movement that a certificate is compared with: the events of its journeys, where each was,
//! who told it, and which seals and masses the sources named.

mod passage;

pub use passage::{Handling, Hop, Lift};

use crate::binding::Bound;
use jiff::Timestamp;
use jiff::civil::Date;
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::node::NodeId;
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::partner::PartyId;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::route::{JourneyKey, ShipLabel};
use sealane_mapper::world::{Standing, Witnessed, World};
use std::collections::{BTreeMap, BTreeSet};

/// Where something was, as far as rules ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The node.
    pub node: NodeId,
    /// Its port.
    pub port: NodeId,
    /// The country of both.
    pub country: Text,
}

/// One event of a journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// When.
    pub at: Option<Timestamp>,
    /// On which day at the place.
    pub day: Option<Date>,
    /// Where.
    pub spot: Option<Spot>,
    /// How sure.
    pub certainty: Certainty,
    /// Who told it.
    pub parties: Vec<PartyId>,
    /// The ship.
    pub ship: Option<ShipLabel>,
    /// Of a load: when the ship left, by the day at the place.
    pub departed: Option<(Timestamp, Date, Classifier)>,
    /// Full or empty.
    pub load: Load,
    /// The trade.
    pub trade: Option<Trade>,
    /// The log position of the leading observation.
    pub seq: Seq,
}

impl Event {
    /// Returns whether it happened.
    pub fn is_past(&self) -> bool {
        self.classifier == Classifier::Actual
    }

    fn port(&self) -> Option<&NodeId> {
        self.spot.as_ref().map(|s| &s.port)
    }
}

/// Seals and mass as one observation named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoTold {
    /// The seals as found.
    pub seals: Vec<Text>,
    /// Verified gross mass, else gross mass, in kilograms.
    pub gross_kg: Option<u32>,
}

/// What the sources named beside events, by log position: read from the messages that
/// [`sources`] asks for.
#[derive(Clone, Debug, Default)]
pub struct Cargo(BTreeMap<Seq, CargoTold>);

impl Cargo {
    /// Returns what some messages of the log named.
    pub fn read<'a>(messages: impl IntoIterator<Item = &'a Recorded>) -> Self {
        let mut told = BTreeMap::new();
        for recorded in messages {
            let Entry::Message(message) = &recorded.entry else { continue };
            for (seq, said) in (recorded.seq..).zip(&message.observations) {
                let Some(e) = &said.equipment else { continue };
                if !e.seals.is_empty() || e.gross_kg.is_some() {
                    told.insert(seq, CargoTold { seals: e.seals.to_vec(), gross_kg: e.gross_kg });
                }
            }
        }
        Self(told)
    }

    /// Adds what other messages named.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(seq, told)| (*seq, told.clone())));
    }

    /// Returns whether nothing was named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Seals or a mass with who named them, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// What was named.
    pub cargo: CargoTold,
    /// Beside which event.
    pub kind: Kind,
    /// Who.
    pub party: PartyId,
    /// When that event was.
    pub at: Option<Timestamp>,
    /// Where.
    pub spot: Option<Spot>,
    /// The log position.
    pub seq: Seq,
}

/// One journey of one container.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// The journey.
    pub key: JourneyKey,
    /// Its references.
    pub references: Vec<Reference>,
    /// Its events in the order of the journey.
    pub events: Vec<Event>,
    /// Seals and masses, by time.
    pub named: Vec<Named>,
    /// Where it was planned to be loaded.
    pub planned_load: Vec<Spot>,
    /// Where it was planned to be discharged at last.
    pub planned_discharge: Vec<Spot>,
    /// Where it was planned to be delivered.
    pub planned_delivery: Vec<Spot>,
}

/// Every journey that a certificate is tied to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Movement {
    /// The journeys by container.
    pub trips: Vec<Trip>,
}

/// Returns the log positions of the messages that told of the journeys and still stand, for
/// [`Cargo::read`] and for the evidence pack.
pub fn sources(bound: &[Bound], world: &World) -> BTreeSet<Seq> {
    let mut messages = BTreeSet::new();
    for tie in bound {
        let history = world.history(&tie.journey.container);
        let of_it = history.iter().filter(|t| t.journey == Some(tie.journey.ordinal));
        messages.extend(of_it.filter(|t| t.standing == Standing::Stands).map(|t| t.message));
    }
    messages
}

impl Movement {
    /// Returns the movement of some journeys.
    pub fn of(bound: &[Bound], world: &World, cargo: &Cargo) -> Self {
        let trips = bound.iter().filter_map(|tie| trip(&tie.journey, world, cargo));
        Self { trips: trips.collect() }
    }

    /// Returns whether no journey is known.
    pub fn is_empty(&self) -> bool {
        self.trips.is_empty()
    }

    /// Returns the references of a kind, with the containers whose journeys carry them.
    pub fn references(&self, kind: ReferenceKind) -> BTreeMap<&Text, Vec<&Text>> {
        let mut found: BTreeMap<&Text, Vec<&Text>> = BTreeMap::new();
        for trip in &self.trips {
            for reference in trip.references.iter().filter(|r| r.kind == kind) {
                found.entry(&reference.value).or_default().push(&trip.key.container);
            }
        }
        found
    }
}

fn trip(key: &JourneyKey, world: &World, cargo: &Cargo) -> Option<Trip> {
    let custody = world.custody(key)?;
    let places = world.places();
    let spots = |nodes: &BTreeSet<NodeId>| nodes.iter().filter_map(|n| spot(n, places)).collect();
    Some(Trip {
        key: key.clone(),
        references: custody.references,
        events: custody.events.iter().map(|w| event(w, places)).collect(),
        named: if cargo.is_empty() { Vec::new() } else { named(key, world, cargo) },
        planned_load: spots(&custody.planned_load),
        planned_discharge: spots(&custody.planned_discharge),
        planned_delivery: spots(&custody.planned_delivery),
    })
}

fn spot(node: &NodeId, places: &Places) -> Option<Spot> {
    let ix = places.find(&node.0)?;
    let port = &places.node(places.port_of(ix)).id;
    Some(Spot { node: node.clone(), port: port.clone(), country: places.node(ix).country.clone() })
}

fn event(told: &Witnessed, places: &Places) -> Event {
    let e = &told.event;
    let ix: Option<NodeIx> = e.node.as_ref().and_then(|n| places.find(&n.0));
    let day = |at: Timestamp| ix.map(|ix| at.to_zoned(places.zone(ix).clone()).date());
    Event {
        kind: e.event.kind,
        classifier: e.event.classifier,
        at: e.event.at,
        day: e.event.at.and_then(day),
        spot: e.node.as_ref().and_then(|node| spot(node, places)),
        certainty: e.event.certainty,
        parties: told.parties.clone(),
        ship: e.ship.clone(),
        departed: told.departure.and_then(|m| Some((m.at, day(m.at)?, m.classifier))),
        load: e.load,
        trade: e.trade,
        seq: e.event.seq,
    }
}

fn named(key: &JourneyKey, world: &World, cargo: &Cargo) -> Vec<Named> {
    let places = world.places();
    let history = world.history(&key.container);
    let standing = history
        .into_iter()
        .filter(|t| t.standing == Standing::Stands && t.journey == Some(key.ordinal))
        .filter_map(|t| Some((cargo.0.get(&t.seq)?, t)));
    let mut named: Vec<Named> = standing
        .map(|(cargo, t)| Named {
            cargo: cargo.clone(),
            kind: t.kind,
            party: t.party,
            at: t.at,
            spot: t.node.as_ref().and_then(|node| spot(node, places)),
            seq: t.seq,
        })
        .collect();
    named.sort_by_key(|n| (n.at.is_none(), n.at, n.seq));
    named
}
