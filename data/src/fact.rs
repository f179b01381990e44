//! Facts: what we believe, computed in the fold from observations.

use crate::Text;
use crate::container::Teu;
use crate::node::NodeId;
use crate::observation::{Kind, Load, Trade};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How sure a stop, a leg or a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// We filled a gap.
    Inferred,
    /// Somebody plans or estimates it.
    Planned,
    /// Somebody says it happened.
    Reported,
    /// A party that is authoritative for the node and kind says it happened.
    Observed,
}

/// A lift between ship and quay that we believe, as the lake stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuayMove {
    /// The terminal, or the port where no terminal was named.
    pub node: NodeId,
    /// The instant.
    pub at: Timestamp,
    /// `Loaded` or `Discharged`.
    pub kind: Kind,
    /// The container, canonical.
    pub container: Text,
    /// The size-type code as found; absent when not sent.
    pub size_type: Option<Text>,
    /// TEU of the box; absent when the size is unknown.
    pub teu: Option<Teu>,
    /// Full or empty.
    pub load: Load,
    /// The trade; restows are excluded from throughput.
    pub trade: Option<Trade>,
    /// The ship: IMO number, else call sign, else name.
    pub vessel: Option<Text>,
    /// How sure: only `Observed` moves are in the default scope.
    pub certainty: Certainty,
    /// How many parties said so.
    pub witnesses: u16,
}
