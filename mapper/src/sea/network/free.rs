//! Ways of free positions that the network does not hold: straight to the other end, or by a node beside them.

use super::{Fast, SeaNetwork};
use crate::sea::geodesic;
use crate::sea::mooring::{Mooring, Tie};
use crate::sea::sphere::{Arc as GreatCircle, RADIUS, dot, unit};
use crate::sea::water::Gates;
use sealane_data::node::Position;

/// Corners beside an end from which the other end is looked for, and how far off they are at most, in metres.
const MOUTHS: usize = 2;
const MOUTH: u32 = 60_000;

/// Nodes so near that a free position is tied to them, in metres.
const BESIDE: f64 = 40_000.0;

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
        let nodes = (self.first()..).zip(&self.moorings).filter(|(_, node)| !node.ties.is_empty());
        let near = nodes.filter(|(vertex, _)| dot(self.graph.at[*vertex as usize], here) > least);
        let tie = |(to, node): (u32, &Mooring)| {
            let there = unit(node.start);
            let factor = self.water.trace(&GreatCircle::new(here, there))?;
            let (length, gates) = (geodesic::metres(at, node.start), self.water.gates(here, there));
            let cost = ((length * factor + self.water.toll(gates)).round() as u32).max(1);
            Some(Tie { to, via: Vec::new(), length: length.round() as u32, cost, gates, trunk: false })
        };
        near.filter_map(tie).collect()
    }

    /// Returns the cheapest way without corners of the network between: from one end, or one of the mouths of its
    /// harbour, straight to the other.
    pub(super) fn direct(&self, from: &Fast<'_>, to: &Fast<'_>, shut: Gates) -> Option<Direct> {
        let mut best: Option<Direct> = None;
        let (mouths, others) = (self.mouths(&from.mooring, shut), self.mouths(&to.mooring, shut));
        for (one, before) in &mouths {
            for (other, after) in &others {
                let (a, b) = (unit(*one), unit(*other));
                let crossed = self.water.gates(a, b);
                let ways_out = || [before, after].into_iter().flatten();
                let gates = ways_out().fold(crossed, |gates, tie| gates | tie.gates);
                let tied = ways_out().map(|tie| f64::from(tie.cost)).sum::<f64>() + self.water.toll(crossed);
                let length = geodesic::metres(*one, *other);
                if gates & shut != 0 || best.as_ref().is_some_and(|best| best.cost <= tied + length) {
                    continue;
                }
                let Some(factor) = self.water.trace(&GreatCircle::new(a, b)) else { continue };
                let cost = tied + length * factor;
                if best.as_ref().is_none_or(|best| cost < best.cost) {
                    let out = before
                        .iter()
                        .flat_map(|tie| [from.mooring.start].into_iter().chain(tie.via.iter().copied()));
                    let back =
                        after.iter().flat_map(|tie| tie.via.iter().rev().copied().chain([to.mooring.start]));
                    let bends = out.chain([*one, *other]).chain(back).collect();
                    best = Some(Direct { cost, gates, bends });
                }
            }
        }
        best
    }

    /// Returns where a way from a mooring may come into the open: its start, and the corners nearest to it.
    fn mouths<'m>(&self, mooring: &'m Mooring, shut: Gates) -> Vec<(Position, Option<&'m Tie>)> {
        let mut near: Vec<&Tie> =
            mooring.ties.iter().filter(|tie| tie.length < MOUTH && tie.gates & shut == 0).collect();
        near.sort_by_key(|tie| (tie.cost, tie.to));
        let tied = near.into_iter().take(MOUTHS).map(|tie| (self.place(tie.to), Some(tie)));
        [(mooring.start, None)].into_iter().chain(tied).collect()
    }
}
