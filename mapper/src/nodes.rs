//! From a position to a node: area, then berth line, then the nearest port.

use crate::areas::{Areas, Bounds, Boxed, Cells, boxes, from_line};
use crate::sea::sphere::{RADIUS, Unit, unit};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use sealane_data::node::{Node, NodeKind, Position};
use sealane_data::places::{How, NodeIx, Places};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How far from a berth line a ship still lies at it, in metres: a beam, a moored barge and the
/// 150 m that approximate lines are good for.
const AT_BERTH: f64 = 300.0;

/// How far from a port's point a position still belongs to it, in metres.
const NEAR_PORT: f64 = 20_000.0;

/// By what a position belongs to a node, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum By {
    /// It lies in the area of a terminal or berth.
    Area,
    /// It lies within 300 m of a berth line.
    BerthLine,
    /// It lies in the area of an anchorage.
    Anchorage,
    /// It lies in a port's area.
    PortArea,
    /// It lies within 20 km of a port's point, and of no nearer port's.
    NearPort,
}

/// What a position belongs to, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    /// The node.
    pub node: NodeIx,
    /// By what.
    pub by: By,
}

impl Spot {
    /// Returns whether a ship there lies at a quay.
    pub fn at_quay(self) -> bool {
        matches!(self.by, By::Area | By::BerthLine)
    }

    /// Returns whether it is known by an area or a berth line, rather than as the nearest port.
    pub fn is_firm(self) -> bool {
        self.by != By::NearPort
    }
}

/// A stay of a straight piece in the area of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// The node.
    pub node: NodeIx,
    /// Where the piece enters the area, as a share from 0 (its start) to 1.
    pub enters: f64,
    /// Where it leaves the area.
    pub leaves: f64,
}

/// The index over areas, berth lines and port points.
#[derive(Debug)]
pub struct NodeIndex {
    places: Arc<Places>,
    areas: Areas,
    /// The node of each area.
    of_area: Vec<NodeIx>,
    berths: RTree<Boxed>,
    near_berths: Cells,
    /// Ports as points on the unit sphere, where near is near: in degrees the nearest is often another one.
    ports: RTree<GeomWithData<Unit, NodeIx>>,
}

impl NodeIndex {
    /// Builds the index over all nodes.
    pub fn new(places: Arc<Places>) -> Self {
        let with_area = || places.all().filter(|(_, node)| !node.area.is_empty());
        let areas = Areas::new(with_area().map(|(_, node)| node.area.as_slice()));
        let of_area = with_area().map(|(ix, _)| ix).collect();
        let lines = places.all().flat_map(|(ix, node)| {
            boxes(&node.berth_line, AT_BERTH).map(move |line| Boxed::new(line, ix.0.into()))
        });
        let lines: Vec<Boxed> = lines.collect();
        let ports = places.all().filter(|(_, node)| node.kind == NodeKind::Port);
        let ports = ports.map(|(ix, node)| GeomWithData::new(unit(node.position), ix)).collect();
        let bounds: Vec<Bounds> =
            lines.iter().map(|line| [line.geom().lower(), line.geom().upper()]).collect();
        let near_berths = Cells::new(&bounds);
        let (berths, ports) = (RTree::bulk_load(lines), RTree::bulk_load(ports));
        Self { places, areas, of_area, berths, near_berths, ports }
    }

    /// Returns the node a position belongs to; see [`NodeIndex::spot`].
    pub fn locate(&self, at: Position) -> Option<(NodeIx, How)> {
        Some((self.spot(at)?.node, How::Position))
    }

    /// Returns the node a position belongs to, and by what.
    ///
    /// First the area of a terminal or berth that holds it, where several do the one with the nearest
    /// berth line; then the nearest berth line within 300 m; then an anchorage; then a port's area; then
    /// the nearest port within 20 km. Nothing else is a guess worth making.
    pub fn spot(&self, at: Position) -> Option<Spot> {
        if !(at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0) {
            return None;
        }
        let (mut quays, mut others) = (Vec::new(), Vec::new());
        self.areas.holding(at, |number| {
            let ix = self.of_area[number as usize];
            match self.places.node(ix).kind {
                NodeKind::Port => others.push(Spot { node: ix, by: By::PortArea }),
                NodeKind::Anchorage => others.push(Spot { node: ix, by: By::Anchorage }),
                _ => quays.push(ix),
            }
        });
        let spot = |by| move |node| Spot { node, by };
        self.nearest_of(quays.into_iter(), at, f64::INFINITY)
            .map(spot(By::Area))
            .or_else(|| self.at_berth(at).map(spot(By::BerthLine)))
            .or_else(|| others.into_iter().min_by_key(|s| (s.by, s.node)))
            .or_else(|| self.near_port(at).map(spot(By::NearPort)))
    }

    /// Returns the areas that a straight piece between two positions touches, whether or not an end lies
    /// in them, by where it enters them.
    pub fn crossings(&self, from: Position, to: Position) -> Vec<Crossing> {
        let mut found = Vec::new();
        self.areas.crossed(from, to, |number, stays| {
            let node = self.of_area[number as usize];
            found.extend(stays.iter().map(|[enters, leaves]| Crossing {
                node,
                enters: *enters,
                leaves: *leaves,
            }));
        });
        found.sort_by(|a, b| a.enters.total_cmp(&b.enters).then(a.node.cmp(&b.node)));
        found
    }

    fn at_berth(&self, at: Position) -> Option<NodeIx> {
        let point = [at.lon, at.lat];
        if !self.near_berths.near(point) {
            return None;
        }
        let near = self.berths.locate_in_envelope_intersecting(&AABB::from_point(point));
        let nodes = near.map(|line| NodeIx(u16::try_from(line.data).unwrap_or(u16::MAX)));
        self.nearest_of(nodes, at, AT_BERTH)
    }

    fn near_port(&self, at: Position) -> Option<NodeIx> {
        let here = unit(at);
        let port = self.ports.nearest_neighbor(&here)?;
        let chord = NEAR_PORT / RADIUS;
        let apart: f64 = port.geom().iter().zip(&here).map(|(a, b)| (a - b) * (a - b)).sum();
        (apart <= chord * chord).then_some(port.data)
    }

    /// Returns the node whose berth line is nearest and not farther than `limit` metres; a berth before
    /// its terminal, for its line is a part of the terminal's.
    fn nearest_of(&self, nodes: impl Iterator<Item = NodeIx>, at: Position, limit: f64) -> Option<NodeIx> {
        let apart = nodes.map(|ix| (from_berth(self.places.node(ix), at), ix));
        let rank = |metres: f64, ix: NodeIx| {
            (metres.round(), self.places.node(ix).kind != NodeKind::Berth, metres, ix)
        };
        let nearest = apart.filter(|(metres, _)| *metres <= limit).min_by(|a, b| {
            let (a, b) = (rank(a.0, a.1), rank(b.0, b.1));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3))
        })?;
        Some(nearest.1)
    }
}

/// Returns the metres from a node's berth line, or from its position where it has none.
pub(crate) fn from_berth(node: &Node, at: Position) -> f64 {
    if node.berth_line.is_empty() { from_line(&[node.position], at) } else { from_line(&node.berth_line, at) }
}

#[cfg(test)]
mod tests;
