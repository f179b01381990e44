//! Keeps the ways of some hours around harbours: whoever lies in one may come into the open at any corner there.
//!
//! A greedy spanner: edges by rising cost, each kept unless what is kept already has a way between its ends that costs hardly
//! more and uses no other passages. So between any two of the corners that stay, what is kept costs at most that share more
//! than the edges of the whole network between them.

use super::hands::side_by_side;
use crate::sea::graph::{Graph, NONE};
use crate::sea::heap::Heap;
use crate::sea::sphere::{RADIUS, Unit, dot, unit};
use crate::sea::water::Gates;
use sealane_data::node::Position;

/// Where ships call: the harbours of the World Port Index to a tenth of a degree, latitude and longitude a line.
pub(in crate::sea) const HARBOURS: &str = include_str!("../../../../data/reference/harbours.csv");

/// Corners so near to a harbour stay, in metres.
const BESIDE: f64 = 35_000.0;

/// Edges that cost at most so many metres are looked at: longer ways are made of them, or cross open water that the trees
/// between stretches of coast know.
const LOCAL: u32 = 560_000;

/// By which share a way over others may cost more than an edge that is left out.
const SLACK: f64 = 0.05;

/// Edges that are looked at side by side, against what was kept before them.
const TOGETHER: usize = 4096;
const HAND: usize = 64;

/// Marks corners that stay beside those that marked edges lead to: those around harbours.
pub(super) fn around_harbours(graph: &Graph, corners: u32, used: &[bool]) -> Vec<bool> {
    let mut stays = vec![false; graph.at.len()];
    for (edge, _) in graph.edges.iter().zip(used).filter(|(_, used)| **used) {
        edge.ends.iter().for_each(|end| stays[*end as usize] = true);
    }
    let mut harbours: Vec<Unit> = harbours().map(unit).collect();
    // By the part along the earth's axis, so that few are looked at.
    harbours.sort_by(|a, b| a[2].total_cmp(&b[2]));
    let (far, least) = (BESIDE / RADIUS, libm::cos(BESIDE / RADIUS));
    for (at, stays) in graph.at.iter().zip(&mut stays).take(corners as usize) {
        let first = harbours.partition_point(|harbour| harbour[2] < at[2] - far);
        let near = harbours[first..].iter().take_while(|harbour| harbour[2] <= at[2] + far);
        *stays |= near.into_iter().any(|harbour| dot(*harbour, *at) >= least);
    }
    stays
}

/// Returns the harbours of the table; lines that hold none are left out.
fn harbours() -> impl Iterator<Item = Position> {
    HARBOURS.lines().filter_map(|line| {
        let (lat, lon) = line.split_once(',')?;
        Some(Position { lat: lat.parse().ok()?, lon: lon.parse().ok()? })
    })
}

/// Marks a cheapest way to every corner that stays from what is marked, and what it leads over: no part of it is left alone.
pub(super) fn join(graph: &Graph, shut: Gates, stays: &mut [bool], used: &mut [bool]) {
    let mut costs = vec![NONE; graph.at.len()];
    let mut by = vec![NONE; graph.at.len()];
    let mut open = Heap::default();
    for (edge, _) in graph.edges.iter().zip(used.iter()).filter(|(_, used)| **used) {
        for end in edge.ends {
            if std::mem::replace(&mut costs[end as usize], 0) != 0 {
                open.push(0, end, 0);
            }
        }
    }
    while let Some((at, cost)) = open.pop() {
        if cost > costs[at as usize] {
            continue;
        }
        for way in graph.arcs(at).iter().filter(|way| graph.gates(way) & shut == 0) {
            if cost + way.cost < costs[way.to as usize] {
                (costs[way.to as usize], by[way.to as usize]) = (cost + way.cost, way.edge());
                open.push(cost + way.cost, way.to, cost + way.cost);
            }
        }
    }
    for end in (0..).take(stays.len()).filter(|end| stays[*end as usize]).collect::<Vec<u32>>() {
        let mut at = end;
        while by[at as usize] != NONE && !std::mem::replace(&mut used[by[at as usize] as usize], true) {
            at = graph.other(by[at as usize], at);
            stays[at as usize] = true;
        }
    }
}

/// Marks the edges between corners that stay for which no way over marked ones stands.
pub(super) fn mark(graph: &Graph, corners: u32, stays: &[bool], used: &mut [bool]) {
    let mut kept = Kept::new(graph, used);
    let wanted = |number: &u32| {
        let edge = &graph.edges[*number as usize];
        edge.ends.iter().all(|end| *end < corners && stays[*end as usize])
            && !used[*number as usize]
            && graph.cost(*number) <= LOCAL
    };
    let all = 0..u32::try_from(graph.edges.len()).unwrap_or(NONE);
    let mut left: Vec<u32> = all.filter(wanted).collect();
    left.sort_by_cached_key(|number| (graph.cost(*number), *number));
    let mut search = Search::new(graph.at.len());
    for together in left.chunks(TOGETHER) {
        let hands: Vec<&[u32]> = together.chunks(HAND).collect();
        let stands = side_by_side(&hands, |_, some| {
            let mut search = Search::new(graph.at.len());
            some.iter().map(|number| search.stands(&kept, graph, *number)).collect::<Vec<bool>>()
        });
        for (number, stands) in together.iter().zip(stands.into_iter().flatten()) {
            // What was kept a moment ago may stand for it by now: the outcome is that of one after the other.
            if !stands && !search.stands(&kept, graph, *number) {
                kept.push(graph, *number);
                used[*number as usize] = true;
            }
        }
    }
}

/// What is kept so far: neighbours of every vertex, with cost and passages.
struct Kept(Vec<Vec<(u32, u32, Gates)>>);

impl Kept {
    fn new(graph: &Graph, used: &[bool]) -> Self {
        let mut kept = Self(vec![Vec::new(); graph.at.len()]);
        for (number, _) in (0..).zip(used).filter(|(_, used)| **used) {
            kept.push(graph, number);
        }
        kept
    }

    fn push(&mut self, graph: &Graph, number: u32) {
        let ([a, b], cost, gates) =
            (graph.edges[number as usize].ends, graph.cost(number), graph.passed(number));
        self.0[a as usize].push((b, cost, gates));
        self.0[b as usize].push((a, cost, gates));
    }
}

/// A search with its memory.
struct Search {
    costs: Vec<u32>,
    reached: Vec<u32>,
}

impl Search {
    fn new(count: usize) -> Self {
        Self { costs: vec![NONE; count], reached: Vec::new() }
    }

    /// Returns whether what is kept has a way between the ends of an edge that costs hardly more.
    fn stands(&mut self, kept: &Kept, graph: &Graph, number: u32) -> bool {
        let found = self.found(kept, graph, number);
        for vertex in self.reached.drain(..) {
            self.costs[vertex as usize] = NONE;
        }
        found
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred kilometres")]
    fn found(&mut self, kept: &Kept, graph: &Graph, number: u32) -> bool {
        let ([from, to], other) = (graph.edges[number as usize].ends, !graph.passed(number));
        let most = (f64::from(graph.cost(number)) * (1.0 + SLACK)) as u32;
        let ahead = |vertex: u32| chord(graph.at[vertex as usize], graph.at[to as usize]);
        let mut open = Heap::default();
        self.reach(from, 0);
        open.push(ahead(from), from, 0);
        while let Some((at, cost)) = open.pop() {
            if cost > self.costs[at as usize] {
                continue;
            }
            for (next, more, gates) in &kept.0[at as usize] {
                let there = cost + more;
                let whole = there + ahead(*next);
                if whole > most || there >= self.costs[*next as usize] || gates & other != 0 {
                    continue;
                }
                if *next == to {
                    return true;
                }
                self.reach(*next, there);
                open.push(whole, *next, there);
            }
        }
        false
    }

    fn reach(&mut self, vertex: u32, cost: u32) {
        if self.costs[vertex as usize] == NONE {
            self.reached.push(vertex);
        }
        self.costs[vertex as usize] = cost;
    }
}

/// Returns metres that no way between two points is shorter than: the ellipsoid is at most so much smaller.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "13 million metres at most")]
fn chord(a: Unit, b: Unit) -> u32 {
    ((2.0 - 2.0 * dot(a, b)).max(0.0).sqrt() * RADIUS * 0.994) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sea::geodesic;
    use crate::sea::graph::Edge;
    use proptest::prelude::*;

    /// Returns what each vertex costs to reach from one through some passages only, the slow way.
    fn plain(count: usize, edges: &[Edge], from: u32, through: Gates) -> Vec<u32> {
        let mut costs = vec![u32::MAX; count];
        costs[from as usize] = 0;
        for _ in 0..count {
            for edge in edges.iter().filter(|edge| edge.gates & !through == 0) {
                let [a, b] = edge.ends.map(|end| end as usize);
                for (from, to) in [(a, b), (b, a)] {
                    costs[to] = costs[to].min(costs[from].saturating_add(edge.cost));
                }
            }
        }
        costs
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred kilometres")]
    fn metres(length: f64) -> u32 {
        (length.round() as u32).max(1)
    }

    proptest! {
        #[test]
        fn no_way_between_what_stays_costs_more_than_the_share(
            at in prop::collection::vec((-100..100_i32, -100..100_i32), 30),
            rows in prop::collection::vec((0..30_u32, 0..30_u32, 1.0..1.3_f64, 0..3_u32), 1..250),
        ) {
            let place = |at: &(i32, i32)| Position { lat: f64::from(at.0) / 100.0, lon: f64::from(at.1) / 100.0 };
            let places: Vec<Position> = at.iter().map(place).collect();
            let edge = |(a, b, factor, passage): &(u32, u32, f64, u32)| {
                let length = geodesic::metres(places[*a as usize], places[*b as usize]);
                Edge {
                    ends: [*a.min(b), *a.max(b)],
                    length: metres(length),
                    cost: metres(length * factor),
                    gates: Gates::from(*passage),
                    canal: false,
                    trunk: false,
                }
            };
            let edges: Vec<Edge> = rows.iter().filter(|row| row.0 != row.1).map(edge).collect();
            let graph = Graph::over(places.iter().map(|at| unit(*at)).collect(), &edges);
            let mut used = vec![false; edges.len()];
            mark(&graph, 30, &[true; 30], &mut used);
            let kept: Vec<Edge> = edges.iter().zip(&used).filter(|(_, used)| **used).map(|(e, _)| *e).collect();
            for through in [0, 1, 2, 3] {
                for from in 0..30 {
                    let [best, ours] = [&edges, &kept].map(|edges| plain(30, edges, from, through));
                    for (best, ours) in best.iter().zip(ours) {
                        prop_assert!(f64::from(ours) <= f64::from(*best) * (1.0 + SLACK) + 1.0, "{ours} for {best}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_part_that_stays_is_left_alone() {
        // Of six in a row the first two are used; the last stays, and the only way there leads over the others.
        let edge = |from: u32, gates| Edge {
            ends: [from, from + 1],
            length: 1000,
            cost: 1000,
            gates,
            canal: false,
            trunk: false,
        };
        let edges = [edge(0, 0), edge(1, 0), edge(2, 0), edge(3, 1), edge(4, 0)];
        let at = (0..6).map(|number| unit(Position { lat: 0.0, lon: f64::from(number) * 0.009 }));
        let graph = Graph::over(at.collect(), &edges);
        let mut used = vec![true, false, false, false, false];
        let mut stays = vec![true, true, false, false, false, true];
        join(&graph, 1, &mut stays, &mut used);
        assert_eq!(used, [true, false, false, false, false], "the usual passages do not lead there");
        join(&graph, 0, &mut stays, &mut used);
        assert_eq!((used, stays), (vec![true; 5], vec![true; 6]));
    }

    #[test]
    fn every_line_of_the_table_is_a_harbour_on_the_earth() {
        assert_eq!(harbours().count(), HARBOURS.lines().count());
        assert!(harbours().all(|at| at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0));
    }
}
