//! Trees of cheapest ways, eight side by side: most of the time of a tree is waiting for memory, and trees of neighbours
//! wait for the same.

use crate::sea::graph::{Graph, NONE};
use crate::sea::heap::Heap;
use crate::sea::water::Gates;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many trees grow side by side.
pub(super) const LANES: usize = 8;

/// What a vertex costs to reach from each of the sources.
type Costs = [i32; LANES];

/// More than any way costs; an arc more still fits.
const NEVER: i32 = i32::MAX / 2;

/// A graph with some passages shut, only as much of it as trees need.
pub(super) struct Open<'g> {
    graph: &'g Graph,
    starts: Vec<u32>,
    /// Neighbours and costs.
    arcs: Vec<(u32, i32)>,
    /// The edge of each arc.
    edges: Vec<u32>,
}

impl<'g> Open<'g> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "some million arcs of 20 million metres at most"
    )]
    pub(super) fn new(graph: &'g Graph, shut: Gates) -> Self {
        let (mut starts, mut arcs, mut edges) = (vec![0], Vec::new(), Vec::new());
        for vertex in (0..).take(graph.at.len()) {
            for way in graph.arcs(vertex).iter().filter(|way| graph.gates(way) & shut == 0) {
                arcs.push((way.to, way.cost as i32));
                edges.push(way.edge());
            }
            starts.push(arcs.len() as u32);
        }
        Self { graph, starts, arcs, edges }
    }

    fn arcs(&self, vertex: u32) -> std::ops::Range<usize> {
        self.starts[vertex as usize] as usize..self.starts[vertex as usize + 1] as usize
    }

    /// Marks the edges of all cheapest ways from some vertices to others, up to a cost.
    pub(super) fn mark(&self, sources: &[u32], far: u32, ends: &[u32], used: &[AtomicBool]) {
        for sources in sources.chunks(LANES) {
            let costs = self.grow(sources, far);
            let mut passed = vec![0_u8; self.graph.at.len()];
            for lane in 0..sources.len() {
                for end in ends {
                    self.mark_way(*end, lane, &costs, &mut passed, used);
                }
            }
        }
    }

    /// Marks the way of one tree to a vertex, as far as it is not marked.
    fn mark_way(&self, end: u32, lane: usize, costs: &[Costs], passed: &mut [u8], used: &[AtomicBool]) {
        let mut at = end;
        let cost = |vertex: u32| costs[vertex as usize][lane];
        while (1..NEVER).contains(&cost(at)) && passed[at as usize] >> lane & 1 == 0 {
            passed[at as usize] |= 1 << lane;
            // Whoever gave a vertex its cost is found again by it; beyond the limit of a tree another may give a better one.
            let before = |number: &usize| {
                let (from, more) = self.arcs[*number];
                cost(from) + more <= cost(at)
            };
            let Some(number) = self.arcs(at).find(before) else { return };
            used[self.edges[number] as usize].store(true, Ordering::Relaxed);
            at = self.arcs[number].0;
        }
    }

    /// Returns what every vertex costs to reach from each source; beyond a cost the figures are too high.
    ///
    /// Vertices leave the queue by the least of their costs that are new. One that gets a better cost later comes again,
    /// which happens among the sources only.
    #[expect(clippy::cast_sign_loss, reason = "no negative costs")]
    fn grow(&self, sources: &[u32], far: u32) -> Vec<Costs> {
        let mut costs = vec![[NEVER; LANES]; self.graph.at.len()];
        // The least new cost of each vertex that waits.
        let mut waits = vec![NONE; self.graph.at.len()];
        let mut open = Heap::default();
        for (lane, source) in sources.iter().enumerate() {
            costs[*source as usize][lane] = 0;
            waits[*source as usize] = 0;
            open.push(0, *source, 0);
        }
        while let Some((at, cost)) = open.pop() {
            if cost != waits[at as usize] {
                continue;
            }
            if cost > far {
                break;
            }
            waits[at as usize] = NONE;
            let from = costs[at as usize];
            for (to, more) in &self.arcs[self.arcs(at)] {
                let there = &mut costs[*to as usize];
                let mut better = false;
                for (slot, cost) in there.iter().zip(from) {
                    better |= cost + more < *slot;
                }
                if !better {
                    continue;
                }
                let mut least = NEVER;
                for (slot, cost) in there.iter_mut().zip(from) {
                    if cost + more < *slot {
                        *slot = cost + more;
                        least = least.min(*slot);
                    }
                }
                if (least as u32) < waits[*to as usize] {
                    waits[*to as usize] = least as u32;
                    open.push(least as u32, *to, least as u32);
                }
            }
        }
        costs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sea::graph::Edge;
    use crate::sea::sphere::unit;
    use proptest::prelude::*;
    use sealane_data::node::Position;

    /// Returns what each vertex costs to reach from one, the slow way.
    fn plain(count: usize, edges: &[Edge], from: u32) -> Vec<u32> {
        let mut costs = vec![u32::MAX; count];
        costs[from as usize] = 0;
        for _ in 0..count {
            for edge in edges {
                let [a, b] = edge.ends.map(|end| end as usize);
                for (from, to) in [(a, b), (b, a)] {
                    costs[to] = costs[to].min(costs[from].saturating_add(edge.cost));
                }
            }
        }
        costs
    }

    proptest! {
        #[test]
        fn trees_side_by_side_cost_what_single_ones_do(
            rows in prop::collection::vec((0..40_u32, 0..40_u32, 1..1000_u32), 1..200),
            sources in prop::collection::vec(0..40_u32, 1..20),
        ) {
            let edge = |(a, b, cost): &(u32, u32, u32)| Edge {
                ends: [*a.min(b), *a.max(b)], length: *cost, cost: *cost, gates: 0, canal: false, trunk: false,
            };
            let edges: Vec<Edge> = rows.iter().filter(|row| row.0 != row.1).map(edge).collect();
            let at = vec![unit(Position { lat: 0.0, lon: 0.0 }); 40];
            let graph = Graph::over(at, &edges);
            let open = Open::new(&graph, 0);
            let used: Vec<AtomicBool> = edges.iter().map(|_| AtomicBool::new(false)).collect();
            let ends: Vec<u32> = (0..40).collect();
            open.mark(&sources, u32::MAX, &ends, &used);
            let marked: Vec<Edge> =
                edges.iter().zip(&used).filter(|(_, used)| used.load(Ordering::Relaxed)).map(|(e, _)| *e).collect();
            for source in sources {
                // What is marked holds a cheapest way to everything that can be reached.
                prop_assert_eq!(plain(40, &marked, source), plain(40, &edges, source));
            }
        }
    }
}
