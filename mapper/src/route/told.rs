//! What was published, who witnessed, and how free time and passings are known.

use super::StopEvent;
use jiff::Timestamp;
use jiff::civil::Date;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::PartyId;
use sealane_data::prediction::Prediction;
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use serde::{Deserialize, Serialize};

/// A prediction that was published, with its place in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// The log position.
    pub seq: Seq,
    /// When it was made.
    pub made: Timestamp,
    /// What was predicted.
    pub prediction: Prediction,
}

/// How far published arrivals were from what happened, for those made some time before the arrival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HorizonError {
    /// Made at most so many hours before the arrival, and more than those of the row before; nothing for
    /// all that were made earlier.
    pub hours: Option<u32>,
    /// How many.
    pub count: u64,
    /// The mean size of the error in minutes.
    pub mean: f64,
    /// The median size in minutes.
    pub median: f64,
    /// The size in minutes that nine of ten do not exceed.
    pub ninth: f64,
    /// The mean error in minutes: above nothing where ships came earlier than predicted.
    pub bias: f64,
    /// Which share of the arrivals lay in the interval that was given.
    pub within: f64,
}

/// Why a telling leads over the others of its fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedBy {
    /// Nobody else told of it.
    Alone,
    /// Its party is believed for the node and kind.
    Authority,
    /// Its time is finer.
    Precision,
    /// Its message was written last.
    Written,
    /// Its time is the later one.
    LaterTime,
    /// All else is equal: the smaller party id.
    Name,
}

/// What one party said of a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// Who.
    pub party: PartyId,
    /// In which type of message.
    pub family: Text,
    /// When it happened or should happen.
    pub at: Option<Timestamp>,
    /// How fine the time is.
    pub precision: Precision,
    /// Where.
    pub node: Option<NodeId>,
    /// When the message was written.
    pub written: Option<Timestamp>,
    /// Whether the party is believed for it there.
    pub believed: bool,
    /// Whether it leads.
    pub leads: bool,
    /// Whether it says something else than the one that leads.
    pub contradicts: bool,
    /// The log position.
    pub seq: Seq,
}

/// A fact with everybody who told of it, the one that leads first.
#[derive(Clone, Debug, PartialEq)]
pub struct Witnessed {
    /// What is believed.
    pub event: StopEvent,
    /// Where.
    pub node: Option<NodeId>,
    /// Why its leader leads.
    pub led_by: LedBy,
    /// Who told of it.
    pub witnesses: Vec<Witness>,
}

/// What a last free day stands on.
#[derive(Clone, Debug, PartialEq)]
pub enum FreeTimeBasis {
    /// It was told.
    Told {
        /// Who told it.
        source: PartyId,
        /// In which type of message.
        told_by: Text,
        /// The log position.
        seq: Seq,
    },
    /// It was reckoned from the free days of a carrier.
    Reckoned {
        /// From which event on they are counted.
        from: Kind,
        /// When that was.
        at: Timestamp,
        /// How many days.
        days: u16,
        /// Whose days.
        carrier: PartyId,
    },
}

/// Until when a container costs no storage.
#[derive(Clone, Debug, PartialEq)]
pub struct FreeTime {
    /// Where it stands.
    pub node: NodeId,
    /// The last free day, in the node's zone.
    pub day: Date,
    /// What it stands on.
    pub basis: FreeTimeBasis,
}

/// A way of a ship through the area of a node without a stop there.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// The node.
    pub node: NodeId,
    /// When it came into the area.
    pub entered: Timestamp,
    /// When it left the area.
    pub left: Timestamp,
}
