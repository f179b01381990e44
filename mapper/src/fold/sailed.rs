//! The way that a ship sailed on a leg, as its positions tell, and the way that is left.
//!
//! Positions that follow each other within six hours are drawn as they were told, without those that a
//! straight piece says as well. Longer gaps, and long steps that would lead over land, are filled by the
//! sea network and marked as inferred. What lies ahead is planned from the last position.

use crate::along::Along;
use crate::areas::from_line;
use crate::route::Piece;
use crate::sea::SeaLines;
use crate::sea::sphere::metres;
use crate::world::tracks::Point;
use jiff::Timestamp;
use sealane_data::fact::Certainty;
use sealane_data::node::Position;
use sealane_data::partner::PartyId;
use sealane_data::places::NodeIx;
use std::collections::BTreeMap;

/// Longer steps between two positions, in seconds, are gaps that the network fills.
const GAP: i64 = 6 * 3_600;
/// Shorter steps, in metres, are drawn as told even where the coast of the map says land: the ship was there.
const SHORT: f64 = 3.0 * 1852.0;
/// Metres that a position may be off a straight piece that leaves it out.
const STRAIGHT: f64 = 100.0;
/// Pieces of the drawn track are no longer than this, in metres.
const LONGEST: f64 = 50_000.0;
/// A way round that is longer than the step by this factor, and by as many metres, was not sailed.
const DETOUR: (f64, f64) = (2.5, 40_000.0);
/// Metres in a nautical mile.
const MILE: f64 = 1852.0;

/// A leg whose goods are on board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    pub(crate) from: NodeIx,
    pub(crate) to: NodeIx,
    /// When the ship left, or the goods were lifted on.
    pub(crate) since: Timestamp,
    /// When it arrived, if it did.
    pub(crate) until: Option<Timestamp>,
}

/// What the drawing must know.
pub(crate) trait Waters {
    /// Returns the way by sea from one place to another.
    fn way(&self, from: Place, to: Place) -> Option<Vec<Position>>;
    /// Returns whether a straight piece touches land.
    fn touches_land(&self, from: Position, to: Position) -> bool;
    /// Returns a node's port.
    fn port_of(&self, node: NodeIx) -> NodeIx;
    /// Returns where a node is.
    fn position(&self, node: NodeIx) -> Position;
    /// Returns who told a position, and whether that party is believed for it.
    fn teller(&self, point: &Point) -> (&PartyId, bool);
}

/// An end of a way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Node(NodeIx),
    At(Position),
}

/// A leg as far as positions tell it.
#[derive(Clone, Debug)]
pub(crate) struct Sailed {
    pub(crate) pieces: Vec<Piece>,
    /// All pieces as one line.
    pub(crate) line: Vec<Position>,
    /// Metres that lie behind, and that are left.
    pub(crate) done: f64,
    pub(crate) left: f64,
    /// Metres from the last position to the planned line, and whether that is off the route.
    pub(crate) off: f64,
    pub(crate) off_route: bool,
    /// The last position of the leg and its instant.
    pub(crate) last: (Timestamp, Position),
}

/// Returns a leg as far as positions tell it; nothing where none was told since the ship left.
pub(crate) fn sailed(
    all: &[Point],
    way: &Way,
    planned: Option<&[Position]>,
    sea: &dyn Waters,
) -> Option<Sailed> {
    let points = of_leg(all, way, sea);
    let (first, last) = (points.first()?, points.last()?);
    let mut pieces = Vec::new();
    let head = joined(Place::Node(way.from), Place::At(first.position()), sea);
    pieces.push(filled(head, Some(way.since), Some(first.instant())));
    tell(points, &mut pieces, sea);
    if let Some(until) = way.until {
        let tail = joined(Place::At(last.position()), Place::Node(way.to), sea);
        pieces.push(filled(tail, Some(last.instant()), Some(until)));
    } else {
        let line = sea.way(Place::At(last.position()), Place::Node(way.to))?;
        pieces.push(Piece { certainty: Certainty::Planned, ..filled(line, None, None) });
    }
    pieces.retain(|p| length(&p.line) > 0.0);
    let ahead = |p: &&Piece| p.certainty == Certainty::Planned;
    let left = pieces.iter().filter(ahead).map(|p| length(&p.line)).sum();
    let mut line: Vec<Position> = pieces.iter().flat_map(|p| p.line.iter().copied()).collect();
    line.dedup();
    let along = planned.and_then(|line| Along::of(line, last.position(), 0.0));
    Some(Sailed {
        done: length(&line) - left,
        left,
        off: along.map_or(0.0, |a| a.off),
        off_route: way.until.is_none() && along.is_some_and(|a| a.is_off()),
        last: (last.instant(), last.position()),
        pieces,
        line,
    })
}

fn length(line: &[Position]) -> f64 {
    SeaLines::length_nm(line) * MILE
}

/// Returns the positions of a leg: from the last one in the first port to the first one in the second.
fn of_leg<'a>(all: &'a [Point], way: &Way, sea: &dyn Waters) -> &'a [Point] {
    let from = all.partition_point(|p| p.instant() < way.since);
    let to = way.until.map_or(all.len(), |until| all.partition_point(|p| p.instant() <= until));
    let points = &all[from.min(to)..to];
    let at = |p: &Point, node| p.spot().is_some_and(|s| sea.port_of(s.node) == sea.port_of(node));
    let leaves = points.iter().take_while(|p| at(p, way.from)).count();
    if leaves == points.len() {
        // It has not left yet, or nobody saw it leave.
        return &[];
    }
    let points = &points[leaves.saturating_sub(1)..];
    let came =
        if way.until.is_some() { points.iter().rev().take_while(|p| at(p, way.to)).count() } else { 0 };
    &points[..points.len() - came.saturating_sub(1)]
}

/// Tells positions as pieces: observed where they follow each other, inferred over gaps.
fn tell(points: &[Point], pieces: &mut Vec<Piece>, sea: &dyn Waters) {
    let mut from = 0;
    for next in 1..=points.len() {
        let gap = points.get(next).is_some_and(|p| is_gap(&points[next - 1], p, sea));
        if !gap && next < points.len() {
            continue;
        }
        pieces.push(observed(&points[from..next], sea));
        if let Some(after) = points.get(next) {
            let before = &points[next - 1];
            let line = joined(Place::At(before.position()), Place::At(after.position()), sea);
            pieces.push(filled(line, Some(before.instant()), Some(after.instant())));
        }
        from = next;
    }
}

fn is_gap(a: &Point, b: &Point, sea: &dyn Waters) -> bool {
    let (from, to) = (a.position(), b.position());
    b.second() - a.second() > GAP || (metres(from, to) > SHORT && sea.touches_land(from, to))
}

fn filled(line: Vec<Position>, since: Option<Timestamp>, until: Option<Timestamp>) -> Piece {
    Piece { certainty: Certainty::Inferred, line, since, until, source: None }
}

/// Returns the way between two places that nobody saw: by the network unless that goes far round.
fn joined(from: Place, to: Place, sea: &dyn Waters) -> Vec<Position> {
    let at = |place| match place {
        Place::Node(node) => sea.position(node),
        Place::At(at) => at,
    };
    let straight = metres(at(from), at(to));
    if straight <= SHORT && !sea.touches_land(at(from), at(to)) {
        return vec![at(from), at(to)];
    }
    let sensible = |line: &Vec<Position>| length(line) <= straight * DETOUR.0 + DETOUR.1;
    sea.way(from, to).filter(sensible).unwrap_or_else(|| vec![at(from), at(to)])
}

/// Returns positions that follow each other as one piece.
fn observed(points: &[Point], sea: &dyn Waters) -> Piece {
    let mut tellers: BTreeMap<&PartyId, usize> = BTreeMap::new();
    let mut believed = true;
    for (party, is) in points.iter().map(|p| sea.teller(p)) {
        *tellers.entry(party).or_default() += 1;
        believed &= is;
    }
    let most = tellers.iter().max_by_key(|(party, n)| (**n, std::cmp::Reverse(**party)));
    Piece {
        certainty: if believed { Certainty::Observed } else { Certainty::Reported },
        line: simplified(points, sea),
        since: points.first().map(Point::instant),
        until: points.last().map(Point::instant),
        source: most.map(|(party, _)| (*party).clone()),
    }
}

/// Leaves out positions that a straight piece says as well; never where that piece would touch land.
fn simplified(points: &[Point], sea: &dyn Waters) -> Vec<Position> {
    let all: Vec<Position> = points.iter().map(Point::position).collect();
    let mut line: Vec<Position> = all.first().copied().into_iter().collect();
    let mut from = 0;
    while from + 1 < all.len() {
        let mut to = from + 1;
        while to + 1 < all.len() && is_straight(&all[from..=to + 1], sea) {
            to += 1;
        }
        line.push(all[to]);
        from = to;
    }
    line
}

fn is_straight(points: &[Position], sea: &dyn Waters) -> bool {
    let [from, between @ .., to] = points else { return true };
    let chord = [*from, *to];
    metres(*from, *to) <= LONGEST
        && between.iter().all(|p| from_line(&chord, *p) <= STRAIGHT)
        && !sea.touches_land(*from, *to)
}
