//! The authored network: waypoints, links, shortest ways.

use super::sphere::metres;
use rustc_hash::FxHashMap;
use sealane_data::node::{NodeId, Position};
use sealane_data::places::Places;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use thiserror::Error;

/// Why a network cannot be used.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum WaysError {
    /// The text is not TOML of the expected form.
    #[error("the table of waypoints has the wrong form: {0}")]
    Form(String),
    /// A way names something that is neither a node nor a waypoint.
    #[error("`{0}` is neither a node nor a waypoint")]
    Unknown(String),
    /// A waypoint is outside the earth.
    #[error("waypoint `{0}` is outside the earth")]
    BadPosition(String),
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Latitude and longitude by name.
    point: BTreeMap<String, [f64; 2]>,
    way: Vec<Way>,
}

/// A chain of links.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Way {
    /// Names of waypoints and ids of nodes; each is joined with the next.
    along: Vec<String>,
}

/// A link to another vertex with its length in whole metres: sums are exact, so ways are symmetric.
type Link = (usize, u64);

/// The network with vertices by number.
#[derive(Debug, Default)]
pub(super) struct Ways {
    at: Vec<Position>,
    links: Vec<Vec<Link>>,
    nodes: FxHashMap<NodeId, usize>,
}

impl Ways {
    pub(super) fn parse(text: &str, places: &Places) -> Result<Self, WaysError> {
        let table: Table = toml::from_str(text).map_err(|e| WaysError::Form(e.to_string()))?;
        let mut ways = Self::default();
        let mut numbers = FxHashMap::default();
        for (name, [lat, lon]) in &table.point {
            if !(lat.abs() <= 90.0 && lon.abs() <= 180.0) {
                return Err(WaysError::BadPosition(name.clone()));
            }
            numbers.insert(name.clone(), ways.add(Position { lat: *lat, lon: *lon }));
        }
        for way in &table.way {
            let mut before = None;
            for name in &way.along {
                let number = match numbers.get(name) {
                    Some(number) => *number,
                    None => ways.node(name, places)?,
                };
                if let Some(before) = before.replace(number) {
                    ways.join(before, number);
                }
            }
        }
        Ok(ways)
    }

    fn add(&mut self, at: Position) -> usize {
        self.at.push(at);
        self.links.push(Vec::new());
        self.at.len() - 1
    }

    fn node(&mut self, id: &str, places: &Places) -> Result<usize, WaysError> {
        let node = places.find(id).ok_or_else(|| WaysError::Unknown(id.to_owned()))?;
        let node = places.node(node);
        if let Some(number) = self.nodes.get(&node.id) {
            return Ok(*number);
        }
        let number = self.add(node.position);
        self.nodes.insert(node.id.clone(), number);
        Ok(number)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 20 million metres")]
    fn join(&mut self, a: usize, b: usize) {
        let length = metres(self.at[a], self.at[b]).round() as u64;
        for (from, to) in [(a, b), (b, a)] {
            if !self.links[from].iter().any(|(there, _)| *there == to) {
                self.links[from].push((to, length));
            }
        }
    }

    /// Returns the corners of the shortest way (Dijkstra); `None` if there is none or both ends are one.
    ///
    /// A way never runs through a third node: its berth is no thoroughfare.
    pub(super) fn shortest(&self, from: &NodeId, to: &NodeId) -> Option<Vec<Position>> {
        let (start, end) = (*self.nodes.get(from)?, *self.nodes.get(to)?);
        if start == end {
            return None;
        }
        let before = self.tree(start, end);
        let mut corners = vec![end];
        while *corners.last()? != start {
            corners.push(before.get(corners.last()?)?.1);
        }
        Some(corners.iter().rev().map(|number| self.at[*number]).collect())
    }

    /// Returns for every vertex nearer than `end` its distance and the vertex before it.
    fn tree(&self, start: usize, end: usize) -> FxHashMap<usize, (u64, usize)> {
        let first_node = self.at.len() - self.nodes.len();
        let mut best = FxHashMap::from_iter([(start, (0, start))]);
        let mut open = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((length, at))) = open.pop() {
            if at == end {
                break;
            }
            let stale = best.get(&at).is_some_and(|(known, _)| *known < length);
            if stale || (at >= first_node && at != start) {
                continue;
            }
            for (next, link) in &self.links[at] {
                let reached = length + link;
                if best.get(next).is_none_or(|(known, _)| reached < *known) {
                    best.insert(*next, (reached, at));
                    open.push(Reverse((reached, *next)));
                }
            }
        }
        best
    }
}
