//! What can be asked of the network, and why there may be no answer.

use sealane_data::node::{NodeId, Position};
use thiserror::Error;

/// One end of a way.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// A node of the table.
    Node(NodeId),
    /// Any position.
    At(Position),
}

/// What a ship measures, in metres; what is absent fits everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vessel {
    /// The draught.
    pub draft: Option<f64>,
    /// The length over all.
    pub length: Option<f64>,
    /// The beam.
    pub beam: Option<f64>,
}

/// A question: from where to where, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Where the way begins.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// What it touches on its way, in order.
    pub via: Vec<End>,
    /// Ids of passages that it must not use.
    pub avoid: Vec<String>,
    /// Ids of passages that are shut by default (ice) and may be used.
    pub open: Vec<String>,
    /// The ship.
    pub vessel: Vessel,
}

impl Query {
    /// Returns the question for the usual way between two ends.
    pub fn new(from: End, to: End) -> Self {
        Self { from, to, via: Vec::new(), avoid: Vec::new(), open: Vec::new(), vessel: Vessel::default() }
    }
}

/// Why there is no way.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SeaError {
    /// The network does not know the node.
    #[error("node `{0}` is unknown to the sea network")]
    UnknownNode(NodeId),
    /// The network does not know the passage.
    #[error("passage `{0}` is unknown to the sea network")]
    UnknownPassage(String),
    /// The position is outside the earth.
    #[error("latitude {lat} and longitude {lon} are no position on the earth", lat = .0.lat, lon = .0.lon)]
    BadPosition(Position),
    /// No navigable water is within five nautical miles, and no known river.
    #[error("no navigable water within 5 nm of latitude {lat:.4}, longitude {lon:.4}", lat = .0.lat, lon = .0.lon)]
    TooFar(Position),
    /// Both ends are at the water, and no way joins them: what is shut or too small lies between.
    #[error("no way by sea joins the two ends with these passages")]
    NoRoute,
}
