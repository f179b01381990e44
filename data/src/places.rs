//! Code tables: from the codes and names sources declare to a node and its zone.
//!
//! A UN/LOCODE is never turned into a point: `CNYSN` is a county 1,153 km from Yangshan, and
//! `CNSHA`, which most senders write for the seaport, is an airport in the list. Nodes are ours,
//! codes are attributes, and every answer says how it was found.

mod error;
mod explain;
mod keys;
mod pick;
mod ports;
mod resolve;
mod table;

pub use error::PlacesError;
pub use explain::{Candidate, Explanation};
pub use pick::Pick;

use crate::Text;
use crate::node::{Node, NodeId};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use table::Table;

/// The texts that nodes are read from.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'t> {
    /// Nodes with shapes, and what shared codes mean alone: `data/reference/nodes.toml`.
    pub nodes: &'t str,
    /// Ports, one row each: `data/reference/ports.csv`.
    pub ports: &'t str,
    /// The codes of those ports, one row each: `data/reference/port-codes.csv`.
    pub codes: &'t str,
}

impl Tables<'static> {
    /// The tables shipped with the engine.
    pub const SHIPPED: Self = Self {
        nodes: include_str!("../reference/nodes.toml"),
        ports: include_str!("../reference/ports.csv"),
        codes: include_str!("../reference/port-codes.csv"),
    };
}

/// The nodes shipped with the engine.
static EMBEDDED: LazyLock<Arc<Places>> =
    LazyLock::new(|| Arc::new(Places::read(Tables::SHIPPED).expect("a test checks the shipped tables")));

/// A node's place in its table; another table version may number differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeIx(pub u16);

/// How a place was resolved to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The declared facility code names one node only.
    FacilityCode,
    /// The port code and the terminal's code or name agree.
    PortAndTerminal,
    /// The port code alone.
    PortCode,
    /// A name.
    Alias,
    /// A code of the partner's own profile.
    PartnerAlias,
    /// Nothing was declared, and the partner's profile says which node is meant.
    PartnerDefault,
    /// A position: area, then berth line, then the nearest port.
    Position,
}

/// A resolved place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resolution {
    /// The node.
    pub node: NodeIx,
    /// How it was found.
    pub how: How,
}

/// The nodes with the indexes over their codes and names.
#[derive(Debug)]
pub struct Places {
    nodes: Vec<Node>,
    zones: Vec<TimeZone>,
    /// The port of every node: itself where it has none above it.
    ports: Vec<NodeIx>,
    ids: HashMap<NodeId, NodeIx>,
    /// Codes that stand where a port is told.
    port_codes: HashMap<Text, Vec<NodeIx>>,
    /// What a port code means when nothing else is told; absent where it then means nothing.
    alone: HashMap<Text, NodeIx>,
    /// Codes that need a terminal beside them, with the names that do not count as one.
    barred: HashMap<Text, Vec<Text>>,
    /// Why a shared or barred code means what it means alone.
    reasons: HashMap<Text, String>,
    /// Codes that stand where a terminal is told.
    facilities: HashMap<Text, Vec<NodeIx>>,
    /// Names and aliases.
    names: HashMap<Text, NodeIx>,
    version: u64,
}

impl Places {
    /// Returns the table shipped with the engine.
    pub fn embedded() -> Arc<Self> {
        Arc::clone(&EMBEDDED)
    }

    /// Reads a table in the form of `data/reference/nodes.toml`, without the tables of ports.
    ///
    /// # Errors
    ///
    /// If the text is not that form, or if rows contradict each other.
    pub fn parse(text: &str) -> Result<Self, PlacesError> {
        Table::parse(text)?.index(digest(&[text]))
    }

    /// Reads the three tables.
    ///
    /// # Errors
    ///
    /// If a text is not of its form, or if rows contradict each other.
    pub fn read(tables: Tables<'_>) -> Result<Self, PlacesError> {
        let mut table = Table::parse(tables.nodes)?;
        table.extend(ports::read(tables.ports, tables.codes)?);
        table.index(digest(&[tables.nodes, tables.ports, tables.codes]))
    }

    /// Returns the number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Iterates over all nodes in table order.
    pub fn all(&self) -> impl Iterator<Item = (NodeIx, &Node)> {
        (0..).map(NodeIx).zip(&self.nodes)
    }

    /// Returns a node; `ix` comes from this table.
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[usize::from(ix.0)]
    }

    /// Returns a node's time zone; `ix` comes from this table.
    pub fn zone(&self, ix: NodeIx) -> &TimeZone {
        &self.zones[usize::from(ix.0)]
    }

    /// Returns the node with this id of ours.
    pub fn find(&self, id: &str) -> Option<NodeIx> {
        self.ids.get(&NodeId(id.into())).copied()
    }

    /// Returns the port a node belongs to: itself where nothing is above it.
    pub fn port_of(&self, ix: NodeIx) -> NodeIx {
        self.ports[usize::from(ix.0)]
    }

    /// Returns whether a node is another one or lies below it.
    pub fn within(&self, node: NodeIx, ancestor: NodeIx) -> bool {
        let mut at = Some(node);
        while let Some(ix) = at {
            if ix == ancestor {
                return true;
            }
            at = self.parent(ix);
        }
        false
    }

    /// Returns whether two nodes may be one place told twice: one lies within the other, or their
    /// ports share a port code, as `CNSHA` is Shanghai and Yangshan.
    ///
    /// For setting a plan (`CNSHA`) against what happened (at a Yangshan terminal).
    pub fn may_be_same(&self, a: NodeIx, b: NodeIx) -> bool {
        let (pa, pb) = (self.port_of(a), self.port_of(b));
        let both = |holders: &Vec<NodeIx>| {
            holders.iter().any(|at| self.port_of(*at) == pa)
                && holders.iter().any(|at| self.port_of(*at) == pb)
        };
        let shared = pa != pb && (a == pa || b == pb) && self.port_codes.values().any(both);
        self.within(a, b) || self.within(b, a) || shared
    }

    /// Returns a hash of the tables' texts: resolutions of equal versions are equal.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn parent(&self, ix: NodeIx) -> Option<NodeIx> {
        self.node(ix).parent.as_ref().and_then(|id| self.ids.get(id)).copied()
    }
}

/// Returns the first eight bytes of the texts' SHA-256; each text ends where the next begins.
fn digest(texts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod ports_tests;
#[cfg(test)]
mod tests;
