//! Ways of free positions that the network does not hold: straight to the other end, or by a node beside them.

use super::{Fast, SeaNetwork};
use crate::sea::corner::directions;
use crate::sea::geodesic;
use crate::sea::inshore::Raster;
use crate::sea::mooring::{LAST_MILE, Mooring, Tie};
use crate::sea::sailing::{LegKind, Sailing, SeaLeg};
use crate::sea::sphere::{Arc as GreatCircle, RADIUS, dot, metres, normal, position, unit};
use crate::sea::water::{Gates, flat};
use sealane_data::node::Position;

/// Corners beside an end from which the other end is looked for, how far off they are at most, and how far from each other at
/// least, in metres: those within a harbour see its quays only.
const MOUTHS: usize = 4;
const MOUTH: u32 = 60_000;
const APART: f64 = 4_000.0;

/// Nodes so near that a free position is tied to them, in metres.
const BESIDE: f64 = 40_000.0;

/// The raster on which the water of a node is looked at for a position beside it: radius and cell in metres.
const AROUND: [f64; 2] = [12_000.0, 110.0];

/// Places around an end that is hidden from a near one, as behind a spit: how many, how far off, in metres, and how near
/// the other must be.
const ASIDE: u8 = 8;
const OFF: f64 = 4_000.0;
const NEAR: f64 = 400_000.0;

/// Bends in which a loop or zigzag is looked for, how long it is at most, in metres, and how much longer than straight.
const LOOP: usize = 16;
const SHORT: f64 = 150_000.0;
const MUCH: f64 = 1.25;

/// A way that no corner between its ends bends.
pub(super) struct Direct {
    pub(super) cost: f64,
    pub(super) gates: Gates,
    pub(super) bends: Vec<Position>,
}

impl SeaNetwork {
    /// Returns ties to the nodes in sight: all ways of theirs were kept, a free position finds some of them only.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some miles")]
    pub(super) fn beside(&self, at: Position) -> Vec<Tie> {
        let (here, least) = (unit(at), libm::cos(BESIDE / RADIUS));
        let near = self.joined().filter(|(vertex, _)| dot(self.graph.at[*vertex as usize], here) > least);
        let tie = |(to, node): (u32, &Mooring)| {
            let there = unit(node.start);
            let factor = self.water.trace(&GreatCircle::new(here, there))?;
            let (length, gates) = (geodesic::metres(at, node.start), self.water.gates(here, there));
            let cost = ((length * factor + self.water.toll(gates)).round() as u32).max(1);
            Some(Tie { to, via: Vec::new(), length: length.round() as u32, cost, gates, trunk: false })
        };
        near.filter_map(tie).collect()
    }

    /// Returns the nodes that the network joins, by ties of their own or by those of a neighbour, with their vertices.
    fn joined(&self) -> impl Iterator<Item = (u32, &Mooring)> {
        let nodes = (self.first()..).zip(&self.moorings);
        nodes.filter(|(vertex, _)| !self.graph.arcs(*vertex).is_empty())
    }

    /// Returns the mooring of a position from which nothing is in sight that was kept: that of the nearest node
    /// no farther than a last mile, on the same water.
    pub(super) fn as_a_neighbour(&self, at: Position) -> Option<Mooring> {
        let away = self.joined().map(|(to, node)| (geodesic::metres(at, node.start), to, node));
        let mut near: Vec<_> = away.filter(|(metres, ..)| *metres <= LAST_MILE).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let same = |node: &Mooring| node.land.first() == Some(&at) || self.same_water(at, node.start);
        let (_, to, node) = near.into_iter().find(|(.., node)| same(node))?;
        let land = if node.land.first() == Some(&at) { node.land.clone() } else { vec![at, node.start] };
        let ties = vec![Tie { to, via: Vec::new(), length: 0, cost: 1, gates: 0, trunk: false }];
        let river = if land == node.land { node.river.clone() } else { Vec::new() };
        Some(Mooring { land, river, start: node.start, ties })
    }

    /// Returns whether the water nearest to a position leads to a place some miles off: there is no isthmus between.
    fn same_water(&self, at: Position, place: Position) -> bool {
        let raster = Raster::around(&self.water.land, flat(place), AROUND[0], AROUND[1]);
        let ends = [place, at].map(|end| raster.nearest_wet(flat(end), LAST_MILE));
        let [Some(from), Some(to)] = ends else { return false };
        raster.spread_from(&[from]).cost(to) != u32::MAX
    }

    /// Returns the cheapest way without corners of the network between: from one end, one of the mouths of its harbour
    /// or a place beside it, straight to the other.
    pub(super) fn direct(&self, from: &Fast<'_>, to: &Fast<'_>, shut: Gates) -> Option<Direct> {
        let [start, end] = [&from.mooring, &to.mooring].map(|mooring| unit(mooring.start));
        let line = GreatCircle::new(start, end);
        let hidden = line.whole * RADIUS < NEAR && self.water.trace(&line).is_none();
        let mut best: Option<Direct> = None;
        let [mouths, others] = [from, to].map(|end| self.mouths(&end.mooring, shut, hidden));
        for one in &mouths {
            for other in others.iter().filter(|other| !(one.aside && other.aside)) {
                let (a, b) = (unit(one.at), unit(other.at));
                let crossed = self.water.gates(a, b);
                let gates = one.gates | crossed | other.gates;
                let tied = one.cost + other.cost + self.water.toll(crossed);
                let length = geodesic::metres(one.at, other.at);
                if gates & shut != 0 || best.as_ref().is_some_and(|best| best.cost <= tied + length) {
                    continue;
                }
                let Some(factor) = self.water.trace(&GreatCircle::new(a, b)) else { continue };
                let cost = tied + length * factor;
                if best.as_ref().is_none_or(|best| cost < best.cost) {
                    let back = other.bends.iter().rev();
                    let bends: Vec<Position> =
                        one.bends.iter().chain([&one.at, &other.at]).chain(back).copied().collect();
                    if gates & self.water.one_way == 0 || self.water.against(&bends) == 0 {
                        best = Some(Direct { cost, gates, bends });
                    }
                }
            }
        }
        best
    }

    /// Cuts loops and zigzags out of a way by sea: a free position may be tied to a node beside it, whose ways lead past
    /// it, or to a neighbour's ways.
    pub(super) fn cut_loops(&self, sailing: &mut Sailing) {
        for leg in sailing.legs.iter_mut().filter(|leg| leg.kind == LegKind::Sea) {
            let mut bends: Vec<Position> = Vec::with_capacity(leg.bends.len());
            for bend in &leg.bends {
                let from = bends.len().saturating_sub(LOOP);
                if let Some(first) = (from..bends.len()).find(|first| self.zigzag(&bends[*first..], *bend)) {
                    bends.truncate(first + 1);
                }
                if bends.last() != Some(bend) {
                    bends.push(*bend);
                }
            }
            if (2..leg.bends.len()).contains(&bends.len()) {
                let cut = SeaLeg::new(LegKind::Sea, bends);
                sailing.cost -= leg.metres - cut.metres;
                *leg = cut;
            }
        }
    }

    /// Returns whether a short line and the way on from its end to another place are much longer than the straight way,
    /// which is open. What was used stays told: lines over gates are left alone.
    fn zigzag(&self, line: &[Position], next: Position) -> bool {
        let pieces = || line.iter().zip(line[1..].iter().chain([&next]));
        let along: f64 = pieces().map(|(a, b)| metres(*a, *b)).sum();
        let (from, to) = (unit(line[0]), unit(next));
        let arc = GreatCircle::new(from, to);
        let straight = arc.whole * RADIUS;
        if line.len() < 2 || along > SHORT || along < straight * MUCH {
            return false;
        }
        let crossed = |gates, (a, b): (&Position, &Position)| gates | self.water.gates(unit(*a), unit(*b));
        let open = || self.water.trace(&arc).is_some_and(|factor| straight * factor < along);
        pieces().fold(self.water.gates(from, to), crossed) == 0 && (line[0] == next || open())
    }

    /// Returns where a way from a mooring may come into the open: its start, the corners nearest to it, and if the
    /// other end is hidden, places around it.
    fn mouths(&self, mooring: &Mooring, shut: Gates, hidden: bool) -> Vec<Mouth> {
        let start = mooring.start;
        let mut near: Vec<&Tie> =
            mooring.ties.iter().filter(|tie| tie.length < MOUTH && tie.gates & shut == 0).collect();
        near.sort_by_key(|tie| (tie.cost, tie.to));
        let mut mouths: Vec<&Tie> = Vec::new();
        for tie in near {
            let apart = |other: &&Tie| metres(self.place(tie.to), self.place(other.to)) >= APART;
            if mouths.len() < MOUTHS && mouths.iter().all(apart) {
                mouths.push(tie);
            }
        }
        let tied = mouths.into_iter().map(|tie| Mouth {
            at: self.place(tie.to),
            cost: f64::from(tie.cost),
            gates: tie.gates,
            bends: [start].into_iter().chain(tie.via.iter().copied()).collect(),
            aside: false,
        });
        let here = Mouth { at: start, cost: 0.0, gates: 0, bends: Vec::new(), aside: false };
        let asides = (0..ASIDE).filter(|_| hidden).filter_map(|number| self.aside(start, number));
        [here].into_iter().chain(tied).chain(asides).collect()
    }

    /// Returns the place some miles off in one of the directions around, if it is seen.
    fn aside(&self, start: Position, number: u8) -> Option<Mouth> {
        let bearing = std::f64::consts::TAU * f64::from(number) / f64::from(ASIDE);
        let (sine, cosine) = (libm::sin(bearing), libm::cos(bearing));
        let (here, (east, north)) = (unit(start), directions(start));
        let off: [f64; 3] =
            std::array::from_fn(|i| here[i] + (east[i] * sine + north[i] * cosine) * OFF / RADIUS);
        let at = position(normal(off));
        let (gates, there) = (self.water.gates(here, unit(at)), GreatCircle::new(here, unit(at)));
        let cost = geodesic::metres(start, at) * self.water.trace(&there)? + self.water.toll(gates);
        Some(Mouth { at, cost, gates, bends: vec![start], aside: true })
    }
}

/// Where a way from a mooring comes into the open.
struct Mouth {
    at: Position,
    /// The way there: what it costs, the passages it uses, its bends from the start on.
    cost: f64,
    gates: Gates,
    bends: Vec<Position>,
    /// Whether it is a place beside the start.
    aside: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the nodes that neighbours alone join, with their vertices.
    fn joined(network: &SeaNetwork) -> Vec<(u32, Position)> {
        let all = (network.first()..).zip(&network.moorings);
        let joined =
            all.filter(|(vertex, node)| node.ties.is_empty() && !network.graph.arcs(*vertex).is_empty());
        joined.map(|(vertex, node)| (vertex, node.start)).collect()
    }

    #[test]
    fn a_ship_beside_a_node_that_neighbours_alone_join_is_tied_to_it() {
        let network = SeaNetwork::embedded();
        let nodes = joined(&network);
        assert!(!nodes.is_empty());
        for (vertex, start) in nodes {
            assert!(network.beside(start).iter().any(|tie| tie.to == vertex), "{start:?}");
        }
    }

    #[test]
    fn beyond_an_isthmus_is_other_water() {
        let network = SeaNetwork::embedded();
        let number = network.by_node[&sealane_data::node::NodeId("NZ-AKL".into())];
        let auckland = network.moorings[number as usize].start;
        // The Waitemata on one side of Auckland, the Manukau six miles off on the other.
        let [waitemata, manukau] =
            [(-36.83, 174.80), (-36.940, 174.75)].map(|(lat, lon)| Position { lat, lon });
        assert!(!network.is_land(waitemata) && !network.is_land(manukau));
        assert_eq!(network.as_a_neighbour(waitemata).map(|mooring| mooring.start), Some(auckland));
        assert!(network.same_water(waitemata, auckland) && !network.same_water(manukau, auckland));
    }
}
