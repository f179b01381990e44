//! Nodes: ports, terminals, berths and the codes they are known by.

use crate::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A node's id. Ids are ours (`CN-YANGSHAN-3`); codes are attributes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub Text);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A port: the whole of its terminals.
    Port,
    /// A terminal.
    Terminal,
    /// A berth.
    Berth,
    /// An anchorage.
    Anchorage,
    /// A container depot.
    Depot,
    /// An inland point.
    Inland,
}

/// A position in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Latitude, north positive.
    pub lat: f64,
    /// Longitude, east positive.
    pub lon: f64,
}

/// The code list a node's code comes from, or why it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeList {
    /// UN/LOCODE in force.
    Unlocode,
    /// A UN/LOCODE that was deleted but still travels.
    UnlocodeDeleted,
    /// A code of another place that senders use for this node.
    UsedInFeeds,
    /// SMDG terminal code.
    Smdg,
    /// BIC facility code.
    Bic,
    /// A carrier's or terminal's own code.
    Own,
}

/// How far a code can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In force in its list.
    Current,
    /// Deleted from its list.
    Deleted,
    /// A code of another place, or of no list, that senders use.
    UsedInFeeds,
    /// A company's own.
    Own,
}

impl CodeList {
    /// Returns how far a code of this list can be trusted.
    pub fn standing(self) -> Standing {
        match self {
            Self::Unlocode | Self::Smdg | Self::Bic => Standing::Current,
            Self::UnlocodeDeleted => Standing::Deleted,
            Self::UsedInFeeds => Standing::UsedInFeeds,
            Self::Own => Standing::Own,
        }
    }
}

/// One code a node is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeCode {
    /// The list.
    pub list: CodeList,
    /// The code.
    pub code: Text,
    /// Who carries the code for this node; empty where the node's own source says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What a reader should know of it, such as the place it really belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A place where goods or ships stop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Our id.
    pub id: NodeId,
    /// What it is.
    pub kind: NodeKind,
    /// The name for people.
    pub name: String,
    /// The node it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<NodeId>,
    /// ISO 3166-1 alpha-2 country.
    pub country: Text,
    /// The IANA time zone.
    pub zone: String,
    /// The river that ships or barges come up to it by; none for a port at the sea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub river: Option<String>,
    /// Whether a map of the world names it: a hub among ports.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hub: bool,
    /// Where it is drawn and where sea legs end: at the quay for terminals.
    pub position: Position,
    /// Every code it is known by.
    pub codes: Vec<NodeCode>,
    /// Other names, upper case.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The outline as a closed ring, counter-clockwise; empty where unknown.
    #[serde(default)]
    pub area: Vec<Position>,
    /// The berth line; empty where unknown.
    #[serde(default)]
    pub berth_line: Vec<Position>,
    /// Whether area and berth line are approximate.
    #[serde(default)]
    pub approximate: bool,
    /// Where the row comes from.
    pub source: String,
}
