//! From a position to a node: area, then berth line, then the nearest port.

use crate::sea::sphere::{RADIUS, Unit, unit};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use sealane_data::node::{Node, NodeKind, Position};
use sealane_data::places::{How, NodeIx, Places};
use std::sync::Arc;

/// How far from a berth line a ship still lies at it, in metres: a beam, a moored barge and the
/// 150 m that approximate lines are good for.
const AT_BERTH: f64 = 300.0;

/// How far from a port's point a position still belongs to it, in metres.
const NEAR_PORT: f64 = 20_000.0;

/// Metres in a degree of latitude on the sphere.
const DEGREE: f64 = RADIUS * std::f64::consts::PI / 180.0;

/// A box in degrees around something of a node.
type Boxed = GeomWithData<Rectangle<[f64; 2]>, NodeIx>;

/// The index over areas, berth lines and port points.
#[derive(Debug)]
pub struct NodeIndex {
    places: Arc<Places>,
    areas: RTree<Boxed>,
    berths: RTree<Boxed>,
    /// Ports as points on the unit sphere, where near is near: in degrees the nearest is often another one.
    ports: RTree<GeomWithData<Unit, NodeIx>>,
}

impl NodeIndex {
    /// Builds the index over all nodes.
    pub fn new(places: Arc<Places>) -> Self {
        let (mut areas, mut berths, mut ports) = (Vec::new(), Vec::new(), Vec::new());
        for (ix, node) in places.all() {
            areas.extend(boxes(&node.area, 0.0).map(|area| Boxed::new(area, ix)));
            berths.extend(boxes(&node.berth_line, AT_BERTH).map(|line| Boxed::new(line, ix)));
            if node.kind == NodeKind::Port {
                ports.push(GeomWithData::new(unit(node.position), ix));
            }
        }
        let (areas, berths) = (RTree::bulk_load(areas), RTree::bulk_load(berths));
        Self { areas, berths, ports: RTree::bulk_load(ports), places }
    }

    /// Returns the node a position belongs to.
    ///
    /// First the area of a terminal or berth that holds it, where several do the one with the nearest
    /// berth line; then the nearest berth line within 300 m; then a port's area; then the nearest port
    /// within 20 km. Nothing else is a guess worth making.
    pub fn locate(&self, at: Position) -> Option<(NodeIx, How)> {
        if !(at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0) {
            return None;
        }
        let here = self.areas_at(at);
        let parts = here.iter().copied().filter(|ix| self.places.node(*ix).kind != NodeKind::Port);
        let found = self
            .nearest_of(parts, at, f64::INFINITY)
            .or_else(|| self.at_berth(at))
            .or_else(|| here.first().copied())
            .or_else(|| self.near_port(at))?;
        Some((found, How::Position))
    }

    fn areas_at(&self, at: Position) -> Vec<NodeIx> {
        let candidates = self.areas.locate_all_at_point(&[at.lon, at.lat]);
        let mut found: Vec<_> =
            candidates.map(|area| area.data).filter(|ix| contains(&self.places.node(*ix).area, at)).collect();
        found.sort_unstable();
        found
    }

    fn at_berth(&self, at: Position) -> Option<NodeIx> {
        let near = self.berths.locate_in_envelope_intersecting(&AABB::from_point([at.lon, at.lat]));
        self.nearest_of(near.map(|line| line.data), at, AT_BERTH)
    }

    fn near_port(&self, at: Position) -> Option<NodeIx> {
        let here = unit(at);
        let port = self.ports.nearest_neighbor(&here)?;
        let chord = NEAR_PORT / RADIUS;
        let apart: f64 = port.geom().iter().zip(&here).map(|(a, b)| (a - b) * (a - b)).sum();
        (apart <= chord * chord).then_some(port.data)
    }

    /// Returns the node whose berth line is nearest and not farther than `limit` metres.
    fn nearest_of(&self, nodes: impl Iterator<Item = NodeIx>, at: Position, limit: f64) -> Option<NodeIx> {
        let apart = nodes.map(|ix| (from_berth(self.places.node(ix), at), ix));
        let nearest = apart.filter(|(metres, _)| *metres <= limit).min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(nearest.1)
    }
}

/// Returns the box around a line, widened by metres; two boxes where it lies over the 180th meridian.
fn boxes(line: &[Position], wider: f64) -> impl Iterator<Item = Rectangle<[f64; 2]>> {
    let start = line.first().copied();
    let around = start.map(|start| {
        let steps = line.iter().map(|p| [start.lon + turn(p.lon - start.lon), p.lat]);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for step in steps {
            low = [low[0].min(step[0]), low[1].min(step[1])];
            high = [high[0].max(step[0]), high[1].max(step[1])];
        }
        let lat = wider / DEGREE;
        let lon = lat / low[1].abs().max(high[1].abs()).min(89.0).to_radians().cos();
        ([low[0] - lon, low[1] - lat], [high[0] + lon, high[1] + lat])
    });
    around.into_iter().flat_map(|(low, high)| {
        let shifts = [-360.0, 0.0, 360.0].into_iter();
        let reached = shifts.filter(move |shift| low[0] + shift <= 180.0 && high[0] + shift >= -180.0);
        reached
            .map(move |shift| Rectangle::from_corners([low[0] + shift, low[1]], [high[0] + shift, high[1]]))
    })
}

/// Returns a difference of longitudes in -180..=180.
fn turn(lon: f64) -> f64 {
    lon - (lon / 360.0).round() * 360.0
}

/// Returns a position as metres east and north of another; good for some tens of kilometres.
fn offset(from: Position, to: Position) -> [f64; 2] {
    let shrink = from.lat.to_radians().cos();
    [turn(to.lon - from.lon) * DEGREE * shrink, (to.lat - from.lat) * DEGREE]
}

/// Returns whether a closed ring holds a position (even-odd rule).
fn contains(ring: &[Position], at: Position) -> bool {
    let mut inside = false;
    for pair in ring.windows(2) {
        let ([ax, ay], [bx, by]) = (offset(at, pair[0]), offset(at, pair[1]));
        if (ay > 0.0) != (by > 0.0) && ax + (bx - ax) * ay / (ay - by) > 0.0 {
            inside = !inside;
        }
    }
    inside
}

/// Returns the metres from a node's berth line, or from its position where it has none.
fn from_berth(node: &Node, at: Position) -> f64 {
    let line = if node.berth_line.len() < 2 { [node.position; 2].to_vec() } else { node.berth_line.clone() };
    let pieces = line.windows(2).map(|pair| from_piece(offset(at, pair[0]), offset(at, pair[1])));
    pieces.fold(f64::INFINITY, f64::min)
}

/// Returns the distance from the origin to a straight piece.
fn from_piece(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (-(a[0] * dx + a[1] * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + share * dx).hypot(a[1] + share * dy)
}

#[cfg(test)]
mod tests;
