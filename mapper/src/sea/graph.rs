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

/// Costs of edges through no passage are lengths and so many parts of them more: a small number is written in a byte.
const PARTS: f64 = 512.0;

/// Returns what a length costs that is dearer by some parts.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "20 million metres, three times as dear"
)]
pub(crate) fn dearer(length: u32, parts: u32) -> u32 {
    ((f64::from(length) * (1.0 + f64::from(parts) / PARTS)).round() as u32).max(1)
}

/// Returns by how many parts a cost is dearer than a length, about.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cost is no less than a length"
)]
pub(crate) fn share(length: u32, cost: u32) -> u32 {
    ((f64::from(cost) / f64::from(length.max(1)) - 1.0) * PARTS).round().clamp(0.0, 1e6) as u32
}

/// An edge as a graph keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) ends: [u32; 2],
    /// The number of its set of passages, and the marks.
    set: u32,
}

/// Marks of a span in the bits that no number of a set reaches.
const CANAL: u32 = 1 << 31;
const TRUNK: u32 = 1 << 30;

impl Span {
    /// Returns whether it is a dug canal.
    pub(crate) fn canal(&self) -> bool {
        self.set & CANAL != 0
    }

    /// Returns whether a way between two nodes uses it with the usual passages.
    pub(crate) fn trunk(&self) -> bool {
        self.set & TRUNK != 0
    }
}

/// An edge as seen from one of its ends, all that a search needs side by side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way {
    pub(crate) to: u32,
    pub(crate) cost: u32,
    /// The number of the edge, and whether it uses passages.
    edge: u32,
}

/// Marks a way that uses passages in a bit that no number of an edge reaches.
const GATED: u32 = 1 << 31;

impl Way {
    /// Returns the number of the edge.
    #[inline]
    pub(crate) fn edge(&self) -> u32 {
        self.edge & !GATED
    }
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
            let Edge { ends, canal, trunk, .. } = *edge;
            let gated = if edge.gates == 0 { 0 } else { GATED };
            let marks = if canal { CANAL } else { 0 } | if trunk { TRUNK } else { 0 };
            spans.push(Span { ends, set: set | marks });
            for (from, to) in [(edge.ends[0], edge.ends[1]), (edge.ends[1], edge.ends[0])] {
                arcs[next[from as usize] as usize] = Way { to, cost: edge.cost, edge: number | gated };
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
        if way.edge & GATED == 0 { 0 } else { self.passed(way.edge()) }
    }

    /// Returns the passages that an edge uses, one bit each.
    pub(crate) fn passed(&self, edge: u32) -> Gates {
        self.sets[(self.edges[edge as usize].set & !(CANAL | TRUNK)) as usize]
    }

    /// Returns what an edge costs: the ways from its ends know it.
    pub(crate) fn cost(&self, edge: u32) -> u32 {
        let ways = self.arcs(self.edges[edge as usize].ends[0]);
        ways.iter().find(|way| way.edge() == edge).map_or(0, |way| way.cost)
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

    /// Returns whether a search may take a way from a vertex.
    #[inline]
    fn led(&self, at: u32, way: &Way, rules: &Rules<'_>) -> bool {
        let gates = self.gates(way);
        gates & rules.shut == 0 && (gates & rules.one_way == 0 || !(rules.against)(at, way.to))
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
                if reached < tree.cost[way.to as usize] && self.led(at, way, rules) {
                    tree.cost[way.to as usize] = reached;
                    tree.by[way.to as usize] = way.edge();
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
