//! Routes as readers see them: stops and legs, each with certainty, source and instant.

mod calls;
mod told;

pub use calls::*;
pub use told::*;

use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::node::{NodeId, Position};
use sealane_data::observation::{Classifier, Kind};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use std::sync::Arc;

/// One journey of one container: the container and the journey's ordinal in its history, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JourneyKey {
    /// The container, canonical.
    pub container: Text,
    /// The journey's ordinal; it may shift when older news arrives.
    pub ordinal: u32,
}

/// Why a stop is on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The sea journey starts here (port of loading).
    Load,
    /// The container changes ships here.
    Transshipment,
    /// The sea journey ends here (port of discharge).
    Discharge,
    /// Before loading or after discharge: depot, inland point, place of delivery.
    Inland,
}

/// One believed event at a stop.
#[derive(Clone, Debug, PartialEq)]
pub struct StopEvent {
    /// What happened or should happen.
    pub kind: Kind,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// When; absent if nobody gave a usable time.
    pub at: Option<Timestamp>,
    /// How fine the time is.
    pub precision: Precision,
    /// How sure.
    pub certainty: Certainty,
    /// The party that leads.
    pub source: PartyId,
    /// The message family that told it, such as `COARRI`.
    pub told_by: Text,
    /// How many parties said so.
    pub witnesses: u16,
    /// Whether other parties said something else.
    pub contradicted: bool,
    /// The log position of the leading observation.
    pub seq: Seq,
}

/// A stay at a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Stable inside the route: `stop-<n>`.
    pub id: String,
    /// Since when nothing has been heard of the node from a feed that covers it.
    pub stale_since: Option<Timestamp>,
    /// The node.
    pub node: NodeId,
    /// Why it is on the way.
    pub role: Role,
    /// What happened there, by time.
    pub events: Vec<StopEvent>,
    /// The surest of its events.
    pub certainty: Certainty,
    /// The containers that stop here, canonical.
    pub containers: Vec<Text>,
}

/// How goods move on a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LegMode {
    /// By ship.
    Sea,
    /// By truck, rail or barge inland, or not known.
    Land,
}

/// How a moment of a call is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// A party told it in a message.
    #[default]
    Told,
    /// It was read off the ship's positions.
    Seen,
    /// The ship's crew typed it into its AIS set.
    Declared,
}

/// A moment on a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// How sure.
    pub certainty: Certainty,
    /// How it is known.
    pub basis: Basis,
}

/// A ship for people and for joining.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShipLabel {
    /// IMO number, else call sign, else MMSI, else name: what joins.
    pub key: Text,
    /// The IMO number.
    pub imo: Option<Text>,
    /// The name.
    pub name: Option<Text>,
    /// The voyage as written.
    pub voyage: Option<Text>,
}

/// Why a leg has no geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoGeometry {
    /// No way by sea joins these two nodes.
    NoSeaRoute,
    /// The way over land was not told and is not guessed.
    LandNotTold,
    /// One end is not a known node.
    UnknownEnd,
}

impl NoGeometry {
    /// Returns the reason as a stable word and a sentence.
    pub fn reason(self) -> (&'static str, &'static str) {
        match self {
            Self::NoSeaRoute => ("no_sea_route", "No sea route between these two nodes is known yet."),
            Self::LandNotTold => ("land_not_told", "The way over land was not told and is not guessed."),
            Self::UnknownEnd => ("unknown_end", "One end of this leg is not a known node."),
        }
    }
}

/// The way between two stops.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    /// Stable inside the route: `leg-<n>`.
    pub id: String,
    /// Since when nothing has been heard of ships at sea, where goods are under way.
    pub stale_since: Option<Timestamp>,
    /// Index of the stop it starts at.
    pub from: usize,
    /// Index of the stop it ends at.
    pub to: usize,
    /// How the goods move.
    pub mode: LegMode,
    /// The ship.
    pub ship: Option<ShipLabel>,
    /// When it left the first stop.
    pub departure: Option<Moment>,
    /// When it reached or should reach the second.
    pub arrival: Option<Moment>,
    /// How sure the leg is: `Observed` only when both ends are.
    pub certainty: Certainty,
    /// The line on the water, densified great circles, or the reason for its absence. As far as the ship's
    /// positions tell, it is the way that was sailed.
    pub geometry: Result<Vec<Position>, NoGeometry>,
    /// The line in pieces that are known in different ways, in travel order; empty where no position tells
    /// anything of it and the whole line is planned or inferred.
    pub pieces: Vec<Piece>,
    /// The planned line between both stops where `geometry` is the way that was sailed: for readers who may
    /// not know where the ship is.
    pub plan: Option<Vec<Position>>,
    /// What was last published of the arrival, of a leg that is under way; it holds instants, and may be
    /// shown as ahead until its `valid_until`.
    pub expected: Option<Arc<Published>>,
    /// How far the goods are on the line; only for a leg by sea that has a line and has begun.
    pub progress: Option<Progress>,
    /// The containers on it, canonical.
    pub containers: Vec<Text>,
}

/// A piece of a leg's line that is known in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How sure: `Observed` or `Reported` where positions tell it, `Inferred` where a gap between them was
    /// filled by the sea network, `Planned` for the way that is left.
    pub certainty: Certainty,
    /// The line, with both of its ends.
    pub line: Vec<Position>,
    /// When the ship was at its start; nothing of what is ahead.
    pub since: Option<Timestamp>,
    /// When the ship was at its end; nothing of what is ahead.
    pub until: Option<Timestamp>,
    /// Whose positions tell it; nothing for what the sea network gave.
    pub source: Option<PartyId>,
}

/// A position of a ship as somebody reported it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub position: Position,
    /// The speed over ground in knots.
    pub knots: Option<f64>,
    /// The course over ground in degrees from true north.
    pub course: Option<f64>,
    /// The node that the position belongs to.
    pub node: Option<NodeId>,
    /// Who reported it.
    pub source: PartyId,
    /// In which type of message.
    pub told_by: Text,
    /// `Observed` where its source is believed for positions there, else `Reported`.
    pub certainty: Certainty,
    /// The log position of its message.
    pub seq: Seq,
}

/// A ship whose positions are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Vessel {
    /// The ship.
    pub ship: ShipLabel,
    /// Its newest position.
    pub last: Fixed,
}

/// Where a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LegState {
    /// The goods are at the first stop, and nobody told that they left.
    Ahead,
    /// They left and have not arrived, as far as anybody told.
    UnderWay,
    /// They arrived.
    Done,
}

/// Where the ship was last known to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// The node.
    pub node: NodeId,
    /// When it came or left there.
    pub moment: Moment,
}

/// How far the goods are on a leg's line, by the last that was told of their ship.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Where the leg stands.
    pub state: LegState,
    /// What it is reckoned from; nothing if the departure was not told, or a position was given.
    pub fix: Option<Fix>,
    /// The position it is reckoned from: the ship's newest, or the one that whoever asks gave.
    pub position: Option<Position>,
    /// When the ship was at that position; nothing for one that whoever asks gave.
    pub seen: Option<Timestamp>,
    /// Metres of the line that lie behind.
    pub done: f64,
    /// Metres still to go: along the line, or on the way from where the ship is when that is off it.
    pub left: f64,
    /// Metres from the fix to the line.
    pub off: f64,
    /// Whether the fix is off the route.
    pub off_route: bool,
    /// The way on from a fix that is off the route.
    pub onward: Option<Vec<Position>>,
}

/// Stops and legs of a shipment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// The stops in travel order.
    pub stops: Vec<Stop>,
    /// The legs in travel order.
    pub legs: Vec<Leg>,
    /// The last log position that touched it.
    pub seq: Seq,
}

impl Route {
    /// Returns the legs by sea whose end the goods have not reached, as far as anybody told.
    pub fn open_legs(&self) -> impl Iterator<Item = &Leg> {
        let reached = |stop: &Stop| stop.events.iter().any(|e| e.classifier == Classifier::Actual);
        let open = move |leg: &&Leg| {
            let arrived = leg.progress.as_ref().is_some_and(|p| p.state == LegState::Done);
            leg.mode == LegMode::Sea && !arrived && !self.stops.get(leg.to).is_some_and(reached)
        };
        self.legs.iter().filter(open)
    }
}
