//! What was told of the containers, by log position: rules name observations by these numbers.

use crate::movement::{Event, Movement, Named, Spot, Trip};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::{Classifier, Kind};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use serde::Serialize;
use std::collections::BTreeMap;

/// One observation of a container: what happened, or what was read off it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observed {
    /// The log position, as rules name it.
    pub seq: Seq,
    /// The container.
    pub container: Text,
    /// What happened.
    pub kind: Kind,
    /// Plan, estimate or past; nothing for what only names seals or a mass beside an event of another source.
    pub classifier: Option<Classifier>,
    /// When.
    pub at: Option<Timestamp>,
    /// Where.
    pub node: Option<NodeId>,
    /// The country of it.
    pub country: Option<Text>,
    /// The ship.
    pub ship: Option<Text>,
    /// Who told it.
    pub told_by: Vec<PartyId>,
    /// The seals as found.
    pub seals: Vec<Text>,
    /// The mass in kilograms.
    pub gross_kg: Option<u32>,
}

/// Returns everything that was told of a movement, by log position.
pub(super) fn observed(movement: &Movement) -> Vec<Observed> {
    let mut all: BTreeMap<(Seq, &Text), Observed> = BTreeMap::new();
    for trip in &movement.trips {
        let container = &trip.key.container;
        for event in &trip.events {
            all.insert((event.seq, container), of_event(trip, event));
        }
        for named in &trip.named {
            let entry = all.entry((named.seq, container)).or_insert_with(|| of_named(trip, named));
            entry.seals.clone_from(&named.cargo.seals);
            entry.gross_kg = named.cargo.gross_kg;
        }
    }
    all.into_values().collect()
}

fn of_event(trip: &Trip, event: &Event) -> Observed {
    let ship = event.ship.as_ref();
    Observed {
        classifier: Some(event.classifier),
        ship: ship.map(|s| s.name.clone().unwrap_or_else(|| s.key.clone())),
        told_by: event.parties.clone(),
        ..at(trip, (event.seq, event.kind), event.at, event.spot.as_ref())
    }
}

fn of_named(trip: &Trip, named: &Named) -> Observed {
    let told_by = vec![named.party.clone()];
    Observed { told_by, ..at(trip, (named.seq, named.kind), named.at, named.spot.as_ref()) }
}

fn at(trip: &Trip, (seq, kind): (Seq, Kind), at: Option<Timestamp>, spot: Option<&Spot>) -> Observed {
    Observed {
        seq,
        container: trip.key.container.clone(),
        kind,
        classifier: None,
        at,
        node: spot.map(|s| s.node.clone()),
        country: spot.map(|s| s.country.clone()),
        ship: None,
        told_by: Vec::new(),
        seals: Vec::new(),
        gross_kg: None,
    }
}
