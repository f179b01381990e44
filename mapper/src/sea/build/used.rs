//! Leaves out what no shortest way uses: what remains is small, and searched fast.

use super::hands::side_by_side;
use super::{Built, Progress, Stage, graph, hundred_thousandths, with_ties};
use crate::sea::corner::{Corner, Reach};
use crate::sea::facts::{Facts, LatLon, Passage};
use crate::sea::geodesic;
use crate::sea::graph::{Edge, Graph, NONE};
use crate::sea::heap::Heap;
use crate::sea::sphere::{RADIUS, Unit, angle, unit};
use crate::sea::water::{Gates, place};
use sealane_data::node::Position;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// One corner in a cell of so many hundred-thousandths of a degree stands for its stretch of coast: for
/// ways across the world, and for ways of some days.
const CELLS: [i32; 2] = [800_000, 150_000];

/// How far ways of some days go, in metres of cost.
const DAYS: u32 = 400_000;

/// An edge may be left out if a way over a third vertex costs hardly more: by this share.
const DETOUR: f64 = 0.001;

/// Returns the network with the edges that are used between any two nodes or stretches of coast,
/// with all passages open and with each of the great canals shut.
pub(super) fn thinned(built: Built, facts: &Facts, progress: Progress<'_>) -> Built {
    let graph = graph(&built.corners, &built.moorings, &built.edges);
    let sparse = sparse(&graph);
    let all = with_ties(built.corners.len(), &built.moorings, &built.edges);
    let kept_edges: Vec<Edge> =
        all.into_iter().zip(&sparse).filter(|(_, keep)| **keep).map(|(edge, _)| edge).collect();
    let thin = Graph::over(graph.at.clone(), &kept_edges);
    let used: Vec<AtomicBool> = (0..thin.edges.len()).map(|_| AtomicBool::new(false)).collect();
    let jobs = jobs(&built, facts, &thin);
    let all = ends(&built, facts);
    let joined = joined(&thin);
    let jobs: Vec<Job> = jobs.into_iter().filter(|job| joined[job.0 as usize]).collect();
    tracing::info!(vertices = thin.at.len(), edges = thin.edges.len(), trees = jobs.len(), "used");
    let done = AtomicUsize::new(0);
    // Trees with the same passages shut share what they are grown on.
    for same in jobs.chunk_by(|one, next| one.1 == next.1) {
        let open = Open::new(&thin, same.first().map_or(0, |job| job.1));
        side_by_side(same, |_, (from, _, far)| {
            open.mark(*from, *far, &all, &used);
            progress(Stage::Used, done.fetch_add(1, Ordering::Relaxed), jobs.len());
        });
    }
    let mut marks = used.into_iter().map(AtomicBool::into_inner);
    let used: Vec<bool> = sparse.iter().map(|keep| *keep && marks.next().unwrap_or(false)).collect();
    trunk(kept(built, &graph, &used), closures(facts)[0])
}

/// Marks what the ways between nodes use with the usual passages.
fn trunk(mut built: Built, shut: Gates) -> Built {
    let graph = graph(&built.corners, &built.moorings, &built.edges);
    let used: Vec<AtomicBool> = (0..graph.edges.len()).map(|_| AtomicBool::new(false)).collect();
    let first = built.corners.len();
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
    let nodes: Vec<u32> = (first as u32..graph.at.len() as u32).collect();
    let open = Open::new(&graph, shut);
    side_by_side(&nodes, |number, node| open.mark(*node, u32::MAX, &nodes[number..], &used));
    let mut used = used.into_iter().map(AtomicBool::into_inner);
    for edge in &mut built.edges {
        edge.trunk = used.next().unwrap_or(false);
    }
    for tie in built.moorings.iter_mut().flat_map(|mooring| &mut mooring.ties) {
        tie.trunk = used.next().unwrap_or(false);
    }
    built
}

/// Returns the corners and edges of the largest part of the network; lagoons and lakes go, so that nothing is
/// made fast to water that leads nowhere.
#[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
pub(super) fn largest(mut corners: Vec<Corner>, mut edges: Vec<Edge>) -> (Vec<Corner>, Vec<Edge>) {
    let graph = Graph::over(corners.iter().map(|corner| corner.unit).collect(), &edges);
    let joined = joined(&graph);
    let mut number = vec![NONE; corners.len()];
    for (new, old) in (0..corners.len()).filter(|old| joined[*old]).enumerate() {
        number[old] = new as u32;
    }
    edges.retain(|edge| joined[edge.ends[0] as usize]);
    for edge in &mut edges {
        edge.ends = edge.ends.map(|end| number[end as usize]);
    }
    let mut stays = joined.into_iter();
    corners.retain(|_| stays.next().unwrap_or(false));
    (corners, edges)
}

/// Says for every edge whether it stays: no two shorter ones through the same gates do as well.
fn sparse(graph: &Graph) -> Vec<bool> {
    let mut keep = vec![true; graph.edges.len()];
    let mut reach: Vec<(u32, Gates)> = vec![(u32::MAX, 0); graph.at.len()];
    for from in 0..graph.at.len() {
        #[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
        let from = from as u32;
        for way in graph.arcs(from) {
            reach[way.to as usize] = (way.cost, graph.gates(way));
        }
        for way in
            graph.arcs(from).iter().filter(|way| way.to > from && !graph.edges[way.edge as usize].canal)
        {
            let most = (f64::from(way.cost) * (1.0 + DETOUR)).round();
            let detour = graph.arcs(way.to).iter().any(|on| {
                let (cost, gates) = reach[on.to as usize];
                cost < way.cost
                    && on.cost < way.cost
                    && f64::from(cost) + f64::from(on.cost) <= most
                    && gates | graph.gates(on) == graph.gates(way)
            });
            keep[way.edge as usize] = !detour;
        }
        for way in graph.arcs(from) {
            reach[way.to as usize] = (u32::MAX, 0);
        }
    }
    keep
}

/// Says for every vertex whether it belongs to the largest part of the graph: the others are lagoons and lakes.
fn joined(graph: &Graph) -> Vec<bool> {
    let mut part = vec![NONE; graph.at.len()];
    let mut sizes = Vec::new();
    for from in (0..).take(part.len()) {
        if part[from as usize] != NONE {
            continue;
        }
        let number = sizes.len();
        let (mut open, mut size) = (vec![from], 0_usize);
        #[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
        let mark = number as u32;
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut part[at as usize], mark) != mark {
                size += 1;
                open.extend(graph.arcs(at).iter().map(|way| way.to).filter(|to| part[*to as usize] == NONE));
            }
        }
        sizes.push(size);
    }
    let largest = (0..).zip(&sizes).max_by_key(|(_, size)| **size).map_or(0, |(number, _)| number);
    part.into_iter().map(|number| number == largest).collect()
}

/// A tree to grow: from where, with which passages shut, how far.
type Job = (u32, Gates, u32);

/// Returns the trees to grow, the large ones first.
fn jobs(built: &Built, facts: &Facts, graph: &Graph) -> Vec<Job> {
    let world = stretches(built, &first_of_cells(built), CELLS[0]);
    let closures = closures(facts);
    let mut jobs: Vec<Job> = world.iter().map(|end| (*end, closures[0], u32::MAX)).collect();
    for shut in &closures[1..] {
        // Other closures change few ways: some sources show them.
        jobs.extend(world.iter().step_by(8).map(|end| (*end, *shut, u32::MAX)));
    }
    let around = ends(built, facts);
    for (bit, passage) in facts.passage.iter().enumerate().filter(|(_, p)| p.shut) {
        let shut = closures[0] & !(1_u128 << bit);
        // A line over an ocean changes ways across the world, a strait those of its coasts.
        if passage.gate.iter().any(|gate| long(gate)) {
            jobs.extend(world.iter().step_by(24).map(|end| (*end, shut, u32::MAX)));
        } else {
            let beside = around.iter().filter(|end| beside(passage, graph.at[**end as usize]));
            jobs.extend(beside.map(|end| (*end, shut, DAYS)));
        }
    }
    jobs.extend(around.into_iter().map(|end| (end, closures[0], DAYS)));
    jobs
}

/// A gate longer than this shuts an ocean, in metres.
const OCEAN: f64 = 800_000.0;
/// Ways around a strait are looked for from so far, in metres.
const BESIDE: f64 = 150_000.0;

fn long(gate: &[LatLon]) -> bool {
    gate.windows(2).map(|pair| geodesic::metres(place(pair[0]), place(pair[1]))).sum::<f64>() > OCEAN
}

/// Returns whether a vertex lies near the gates of a passage.
fn beside(passage: &Passage, at: Unit) -> bool {
    let mut points = passage.gate.iter().flatten().chain(&passage.line);
    points.any(|point| angle(unit(place(*point)), at) * RADIUS < BESIDE)
}

/// Returns sets of passages to shut: what is shut by default, and one great passage more.
fn closures(facts: &Facts) -> Vec<Gates> {
    let bit = |id: &str| facts.passage.iter().position(|p| p.id == id).map_or(0, |number| 1_u128 << number);
    let shut =
        (0..).zip(&facts.passage).filter(|(_, p)| p.shut).map(|(n, _)| 1_u128 << n).fold(0, |a, b| a | b);
    [0, bit("suez"), bit("panama"), bit("malacca")].map(|more| shut | more).to_vec()
}

/// Returns one node of each neighbourhood: far from home the ways of its neighbours are its ways.
#[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
fn first_of_cells(built: &Built) -> Vec<u32> {
    let mut cells = rustc_hash::FxHashSet::default();
    let nodes = (built.corners.len() as u32..).zip(&built.moorings);
    let place = |at: Position| hundred_thousandths(at).map(|part| part.div_euclid(CELLS[1]));
    let fresh = nodes.filter(|(_, mooring)| !mooring.ties.is_empty() && cells.insert(place(mooring.start)));
    fresh.map(|(number, _)| number).collect()
}

/// Returns the vertices between which ways are looked for: all nodes, one corner of each stretch of coast, and the
/// corners of recommended tracks: what is declared is kept.
#[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
fn ends(built: &Built, facts: &Facts) -> Vec<u32> {
    let first = built.corners.len() as u32;
    let mut known: Vec<u32> = (first..first + built.moorings.len() as u32).collect();
    let tracks = facts.lane.iter().flat_map(|lane| &lane.line).map(|at| hundred_thousandths(place(*at)));
    known.extend(tracks.filter_map(|at| {
        built.corners.binary_search_by_key(&at, |corner| corner.at).ok().map(|number| number as u32)
    }));
    stretches(built, &known, CELLS[1])
}

/// Returns some vertices, and one corner of each stretch of coast.
fn stretches(built: &Built, known: &[u32], cell: i32) -> Vec<u32> {
    let mut ends = known.to_vec();
    let mut cells = rustc_hash::FxHashSet::default();
    for reach in [Reach::Narrow, Reach::Coast, Reach::Strait] {
        for (number, corner) in (0..).zip(&built.corners) {
            let place = corner.at.map(|part| part.div_euclid(cell));
            if corner.reach == reach && cells.insert((place, reach == Reach::Narrow)) {
                ends.push(number);
            }
        }
    }
    ends
}

/// A graph with some passages shut, only as much of it as trees need: most of the time of a tree is reading arcs.
struct Open<'g> {
    graph: &'g Graph,
    starts: Vec<u32>,
    /// Neighbours and costs.
    arcs: Vec<[u32; 2]>,
    /// The edge of each arc.
    edges: Vec<u32>,
}

impl<'g> Open<'g> {
    #[expect(clippy::cast_possible_truncation, reason = "some million arcs")]
    fn new(graph: &'g Graph, shut: Gates) -> Self {
        let (mut starts, mut arcs, mut edges) = (vec![0], Vec::new(), Vec::new());
        for vertex in (0..).take(graph.at.len()) {
            for way in graph.arcs(vertex).iter().filter(|way| graph.gates(way) & shut == 0) {
                arcs.push([way.to, way.cost]);
                edges.push(way.edge);
            }
            starts.push(arcs.len() as u32);
        }
        Self { graph, starts, arcs, edges }
    }

    /// Marks the edges of all cheapest ways from one vertex to others, up to a cost.
    fn mark(&self, from: u32, far: u32, ends: &[u32], used: &[AtomicBool]) {
        let by = self.tree(from, far);
        let mut passed = vec![false; self.graph.at.len()];
        for end in ends {
            let mut at = *end;
            while by[at as usize] != NONE && !std::mem::replace(&mut passed[at as usize], true) {
                let edge = self.edges[by[at as usize] as usize];
                used[edge as usize].store(true, Ordering::Relaxed);
                at = self.graph.other(edge, at);
            }
        }
    }

    /// Returns the arc by which each vertex is reached (Dijkstra).
    #[expect(clippy::cast_possible_truncation, reason = "some million arcs")]
    fn tree(&self, from: u32, far: u32) -> Vec<u32> {
        let count = self.graph.at.len();
        let (mut costs, mut by) = (vec![u32::MAX; count], vec![NONE; count]);
        let mut open = Heap::default();
        costs[from as usize] = 0;
        open.push(0, from, 0);
        while let Some((at, cost)) = open.pop() {
            if cost > costs[at as usize] {
                continue;
            }
            if cost > far {
                break;
            }
            let first = self.starts[at as usize];
            let mine = first as usize..self.starts[at as usize + 1] as usize;
            for (number, [to, more]) in self.arcs[mine].iter().enumerate() {
                let whole = cost + more;
                if whole < costs[*to as usize] {
                    costs[*to as usize] = whole;
                    by[*to as usize] = first + number as u32;
                    open.push(whole, *to, whole);
                }
            }
        }
        by
    }
}

/// Returns what is used, renumbered.
fn kept(mut built: Built, graph: &Graph, used: &[bool]) -> Built {
    let first = built.corners.len();
    let mut number = vec![NONE; graph.at.len()];
    for (edge, _) in graph.edges.iter().zip(used).filter(|(edge, used)| **used || edge.canal) {
        edge.ends.iter().for_each(|end| number[*end as usize] = 0);
    }
    let mut next = 0;
    for (old, slot) in number.iter_mut().enumerate() {
        // Nodes stay, used or not.
        if *slot == 0 || old >= first {
            *slot = next;
            next += 1;
        }
    }
    let new = |old: u32| number[old as usize];
    let mut at = built.edges.len();
    for mooring in &mut built.moorings {
        mooring.ties.retain_mut(|tie| {
            at += 1;
            tie.to = new(tie.to);
            used[at - 1]
        });
    }
    let edges = built.edges.iter().zip(used).filter(|(edge, used)| **used || edge.canal);
    built.edges = edges.map(|(edge, _)| Edge { ends: edge.ends.map(new), ..*edge }).collect();
    let mut old = number.iter();
    built.corners.retain(|_| old.next().is_some_and(|slot| *slot != NONE));
    built
}
