//! Journeys, calls and ships as they are read.

use super::{Basis, Fixed, JourneyKey, Moment, NoGeometry, ShipLabel, StopEvent};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::{NodeId, Position};
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::partner::PartyId;
use sealane_data::places::How;
use sealane_data::recorded::Seq;
use sealane_data::reference::Reference;
use sealane_data::time::Precision;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One believed event of a journey with its place and ship.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyEvent {
    /// The node, if it could be resolved.
    pub node: Option<NodeId>,
    /// How the node was found.
    pub how: Option<How>,
    /// The event.
    pub event: StopEvent,
    /// The ship.
    pub ship: Option<ShipLabel>,
    /// Full or empty.
    pub load: Load,
    /// The trade.
    pub trade: Option<Trade>,
}

/// One trip of one container.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Which container, and which of its trips.
    pub key: JourneyKey,
    /// The references tied to it, without the container itself.
    pub references: Vec<Reference>,
    /// The parties that told any of its events.
    pub parties: BTreeSet<PartyId>,
    /// Party codes named in messages about it, each with the party that named it.
    pub declared: BTreeSet<(PartyId, Text)>,
    /// Its events: the past by time, then plans.
    pub events: Vec<JourneyEvent>,
    /// The first instant of the past.
    pub first: Option<Timestamp>,
    /// The last instant of the past.
    pub last: Option<Timestamp>,
    /// The last log position that touched it.
    pub seq: Seq,
}

/// One visit of a ship.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Stable for one ship and port while its window stays: `<ship>~<port>~<first day>`.
    pub id: String,
    /// The ship.
    pub ship: ShipLabel,
    /// The port, or the terminal where one was told.
    pub node: NodeId,
    /// The arrival.
    pub arrival: Option<Moment>,
    /// When it was made fast.
    pub berthed: Option<Moment>,
    /// The departure.
    pub departure: Option<Moment>,
    /// The berths it lay at, as its positions tell, by time.
    pub berths: Vec<BerthStay>,
    /// Whether the call was planned and will not take place.
    pub omitted: bool,
    /// How many parties told of it.
    pub witnesses: u16,
    /// Whether a party told something else than the one that leads.
    pub contradicted: bool,
    /// The last log position that touched it.
    pub seq: Seq,
}

/// A stay of a ship at one berth, as its positions tell.
#[derive(Clone, Debug, PartialEq)]
pub struct BerthStay {
    /// The terminal or berth.
    pub node: NodeId,
    /// From when.
    pub from: Timestamp,
    /// When it was last seen there.
    pub until: Timestamp,
}

/// What one party said of one moment of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallWitness {
    /// What happened or should happen.
    pub kind: Kind,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// When.
    pub at: Timestamp,
    /// How fine the time is.
    pub precision: Precision,
    /// Where.
    pub node: NodeId,
    /// Who told it.
    pub source: PartyId,
    /// In which type of message.
    pub told_by: Text,
    /// How it is known.
    pub basis: Basis,
    /// Whether the party is believed for it there.
    pub believed: bool,
    /// Whether it leads among the words of its kind.
    pub leads: bool,
    /// Whether it says something else than the one that leads, or the ship's positions do.
    pub contradicts: bool,
    /// The log position of what was told.
    pub seq: Seq,
}

/// Where a ship is: on its way between two calls, or in port.
#[derive(Clone, Debug, PartialEq)]
pub struct ShipLeg {
    /// The ship.
    pub ship: ShipLabel,
    /// The port of the last call that began.
    pub from: NodeId,
    /// The next port, when the ship has left `from` and the next call is told.
    pub to: Option<NodeId>,
    /// When it reached `from`.
    pub since: Option<Moment>,
    /// When it left `from`.
    pub departure: Option<Moment>,
    /// When it should reach `to`.
    pub arrival: Option<Moment>,
    /// Its newest position.
    pub last: Option<Fixed>,
    /// The line on the water between both, when there is one.
    pub geometry: Option<Result<Arc<Vec<Position>>, NoGeometry>>,
    /// The last log position that touched it.
    pub seq: Seq,
}
