//! The network as a graph, and shortest ways through it.

use super::corner::Corner;
use super::heap::Heap;
use super::mooring::Mooring;
use super::sphere::{RADIUS, Unit, angle, unit};
use super::water::Gates;

/// A way between two vertices: corners by number, then moorings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The lower number first.
    pub(crate) ends: [u32; 2],
    /// Metres on the ellipsoid.
    pub(crate) length: u32,
    /// Metres with what ships rather avoid.
    pub(crate) cost: u32,
    /// The passages it uses, one bit each.
    pub(crate) gates: Gates,
    /// Whether it is a dug canal.
    pub(crate) canal: bool,
    /// Whether a way between two nodes uses it with the usual passages.
    pub(crate) trunk: bool,
}

/// An edge as a graph keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) ends: [u32; 2],
    pub(crate) cost: u32,
    /// The number of its set of passages.
    set: u32,
    pub(crate) canal: bool,
    pub(crate) trunk: bool,
}

/// An edge as seen from one of its ends, all that a search needs side by side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way {
    pub(crate) to: u32,
    pub(crate) cost: u32,
    pub(crate) edge: u32,
    /// The number of its set of passages.
    set: u32,
}

/// Neighbours of every vertex.
#[derive(Debug)]
pub(crate) struct Graph {
    starts: Vec<u32>,
    arcs: Vec<Way>,
    /// The sets of passages that edges use: few different ones, none first.
    sets: Vec<Gates>,
    pub(crate) edges: Vec<Span>,
    /// Where the vertices are.
    pub(crate) at: Vec<Unit>,
}

/// What a search may use.
pub(crate) struct Rules<'r> {
    /// Passages that are shut.
    pub(crate) shut: Gates,
    /// Passages that may be crossed in one direction only.
    pub(crate) one_way: Gates,
    /// Whether an edge from one vertex to another crosses one of those against its direction; asked for edges through
    /// them only.
    pub(crate) against: &'r dyn Fn(u32, u32) -> bool,
}

/// No vertex.
pub(crate) const NONE: u32 = u32::MAX;

/// A tree of shortest ways.
struct Tree {
    cost: Vec<u32>,
    /// The edge by which each vertex is reached.
    by: Vec<u32>,
}

impl Graph {
    /// Joins corners and moorings; the edges between corners come first.
    pub(crate) fn new(corners: &[Corner], moorings: &[Mooring], edges: &[Edge]) -> Self {
        let mut at: Vec<Unit> = corners.iter().map(|corner| corner.unit).collect();
        at.extend(moorings.iter().map(|mooring| unit(mooring.start)));
        Self::over(at, edges)
    }

    /// Joins vertices.
    pub(crate) fn over(at: Vec<Unit>, edges: &[Edge]) -> Self {
        let mut starts = vec![0_u32; at.len() + 1];
        for edge in edges {
            edge.ends.iter().for_each(|end| starts[*end as usize + 1] += 1);
        }
        for vertex in 0..at.len() {
            starts[vertex + 1] += starts[vertex];
        }
        let mut next = starts.clone();
        let mut arcs = vec![Way::default(); starts[at.len()] as usize];
        let mut sets: Vec<Gates> = edges.iter().map(|edge| edge.gates).chain([0]).collect();
        sets.sort_unstable();
        sets.dedup();
        sets.shrink_to_fit();
        let mut spans = Vec::with_capacity(edges.len());
        for (number, edge) in (0..).zip(edges) {
            #[expect(clippy::cast_possible_truncation, reason = "no more sets than edges")]
            let set = sets.partition_point(|gates| *gates < edge.gates) as u32;
            let Edge { ends, cost, canal, trunk, .. } = *edge;
            spans.push(Span { ends, cost, set, canal, trunk });
            for (from, to) in [(edge.ends[0], edge.ends[1]), (edge.ends[1], edge.ends[0])] {
                arcs[next[from as usize] as usize] = Way { to, cost: edge.cost, edge: number, set };
                next[from as usize] += 1;
            }
        }
        Self { starts, arcs, sets, edges: spans, at }
    }

    /// Returns neighbours and edges of a vertex.
    #[inline]
    pub(crate) fn arcs(&self, vertex: u32) -> &[Way] {
        &self.arcs[self.starts[vertex as usize] as usize..self.starts[vertex as usize + 1] as usize]
    }

    /// Returns the passages that a way uses, one bit each.
    pub(crate) fn gates(&self, way: &Way) -> Gates {
        self.sets[way.set as usize]
    }

    /// Returns the passages that an edge uses, one bit each.
    pub(crate) fn passed(&self, edge: u32) -> Gates {
        self.sets[self.edges[edge as usize].set as usize]
    }

    /// Returns the other end of an edge.
    pub(crate) fn other(&self, edge: u32, end: u32) -> u32 {
        let ends = self.edges[edge as usize].ends;
        if ends[0] == end { ends[1] } else { ends[0] }
    }

    /// Returns the edges of the cheapest way from any source to any target with what each costs by itself,
    /// the vertex it starts at, and the whole cost (A*).
    pub(crate) fn way(
        &self,
        sources: &[(u32, u32)],
        targets: &[(u32, u32)],
        goal: Unit,
        rules: &Rules<'_>,
    ) -> Option<(u64, u32, Vec<u32>)> {
        let mut best: (u64, u32) = (u64::MAX, NONE);
        let mut ends = targets.to_vec();
        ends.sort_unstable();
        let tree = self.spread(sources, rules, Some(goal), &mut |vertex, cost| {
            if u64::from(cost) > best.0 {
                return true;
            }
            let from = ends.partition_point(|end| end.0 < vertex);
            for (_, rest) in ends[from..].iter().take_while(|end| end.0 == vertex) {
                best = best.min((u64::from(cost) + u64::from(*rest), vertex));
            }
            false
        });
        // The search runs until nothing nearer can be left; see `spread`.
        if best.1 == NONE {
            return None;
        }
        let mut edges = Vec::new();
        let mut at = best.1;
        while tree.by[at as usize] != NONE {
            edges.push(tree.by[at as usize]);
            at = self.other(tree.by[at as usize], at);
        }
        edges.reverse();
        Some((best.0, at, edges))
    }

    fn spread(
        &self,
        sources: &[(u32, u32)],
        rules: &Rules<'_>,
        goal: Option<Unit>,
        settled: &mut dyn FnMut(u32, u32) -> bool,
    ) -> Tree {
        let count = self.at.len();
        let mut tree = Tree { cost: vec![u32::MAX; count], by: vec![NONE; count] };
        let mut open = Heap::default();
        let barred: Vec<bool> = self.sets.iter().map(|gates| gates & rules.shut != 0).collect();
        let led: Vec<bool> = self.sets.iter().map(|gates| gates & rules.one_way != 0).collect();
        let ahead = |vertex: u32| goal.map_or(0, |goal| lower(self.at[vertex as usize], goal));
        for (vertex, cost) in sources {
            if *cost < tree.cost[*vertex as usize] {
                tree.cost[*vertex as usize] = *cost;
                open.push(cost + ahead(*vertex), *vertex, *cost);
            }
        }
        while let Some((at, cost)) = open.pop() {
            if cost > tree.cost[at as usize] {
                continue;
            }
            if settled(at, cost) {
                break;
            }
            for way in self.arcs(at) {
                let reached = cost + way.cost;
                if reached < tree.cost[way.to as usize]
                    && !barred[way.set as usize]
                    && !(led[way.set as usize] && (rules.against)(at, way.to))
                {
                    tree.cost[way.to as usize] = reached;
                    tree.by[way.to as usize] = way.edge;
                    open.push(reached + ahead(way.to), way.to, reached);
                }
            }
        }
        tree
    }
}

/// Returns metres that no way between two points is shorter than: the ellipsoid is at most so much smaller.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 million metres at most")]
fn lower(a: Unit, b: Unit) -> u32 {
    (angle(a, b) * RADIUS * 0.994) as u32
}
