//! Leaves out what no shortest way uses: what remains is small, and searched fast.

use super::hands::side_by_side;
use super::spanned;
use super::trees::{LANES, Open};
use super::{Built, Progress, Stage, graph, hundred_thousandths, with_ties};
use crate::sea::corner::{Corner, Reach};
use crate::sea::facts::{Facts, LatLon, Passage};
use crate::sea::geodesic;
use crate::sea::graph::{Edge, Graph, NONE};
use crate::sea::sphere::{RADIUS, Unit, angle, unit};
use crate::sea::water::{Gates, place};
use rustc_hash::FxHashSet;
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
pub(super) fn thinned(
    built: Built,
    facts: &Facts,
    declared: &[[i32; 2]],
    shoals: &FxHashSet<[i32; 2]>,
    progress: Progress<'_>,
) -> Built {
    let graph = graph(&built.corners, &built.moorings, built.edges.clone());
    let sparse = sparse(&graph);
    let all = with_ties(built.corners.len(), &built.moorings, built.edges.clone());
    let kept_edges: Vec<Edge> =
        all.into_iter().zip(&sparse).filter(|(_, keep)| **keep).map(|(edge, _)| edge).collect();
    let thin = Graph::over(graph.at.clone(), &kept_edges);
    let used: Vec<AtomicBool> = (0..thin.edges.len()).map(|_| AtomicBool::new(false)).collect();
    let all = ends(&built, declared);
    let jobs = jobs(&built, facts, &all, &thin);
    let joined = joined(&thin);
    let mut jobs: Vec<Job> = jobs.into_iter().filter(|job| joined[job.0 as usize]).collect();
    jobs.chunk_by_mut(|one, next| one.1 == next.1 && one.2 == next.2)
        .for_each(|same| same.sort_by_cached_key(|job| (curve(thin.at[job.0 as usize]), job.0)));
    tracing::info!(vertices = thin.at.len(), edges = thin.edges.len(), trees = jobs.len(), "used");
    let done = AtomicUsize::new(0);
    // Trees with the same passages shut share what they are grown on.
    for same in jobs.chunk_by(|one, next| one.1 == next.1 && one.2 == next.2) {
        let open = Open::new(&thin, same.first().map_or(0, |job| job.1));
        let sources: Vec<u32> = same.iter().map(|job| job.0).collect();
        let sources: Vec<&[u32]> = sources.chunks(LANES).collect();
        side_by_side(&sources, |_, sources| {
            open.mark(sources, same[0].2, &all, &used);
            progress(Stage::Used, done.fetch_add(sources.len(), Ordering::Relaxed), jobs.len());
        });
    }
    let mut used: Vec<bool> = used.into_iter().map(AtomicBool::into_inner).collect();
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
    let corners = built.corners.len() as u32;
    let mut stays = spanned::around_harbours(&thin, corners, &used);
    for (stays, corner) in stays.iter_mut().zip(&built.corners) {
        // Whoever is under way meets great capes and shoals, wherever it is.
        *stays |= corner.reach == Reach::Ocean || shoals.contains(&corner.at);
    }
    // With the usual passages where they lead there, with all of them open where not.
    for shut in [closures(facts)[0], 0] {
        spanned::join(&thin, shut, &mut stays, &mut used);
    }
    spanned::mark(&thin, corners, &stays, &mut used);
    let mut marks = used.into_iter();
    let used: Vec<bool> = sparse.iter().map(|keep| *keep && marks.next().unwrap_or(false)).collect();
    trunk(kept(built, &graph, &used), closures(facts)[0])
}

/// Marks what the ways between nodes use with the usual passages.
fn trunk(mut built: Built, shut: Gates) -> Built {
    let graph = graph(&built.corners, &built.moorings, built.edges.clone());
    let used: Vec<AtomicBool> = (0..graph.edges.len()).map(|_| AtomicBool::new(false)).collect();
    let first = built.corners.len();
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
    let nodes: Vec<u32> = (first as u32..graph.at.len() as u32).collect();
    let open = Open::new(&graph, shut);
    let mut sources = nodes.clone();
    beside_each_other(&mut sources, &graph);
    let sources: Vec<&[u32]> = sources.chunks(LANES).collect();
    side_by_side(&sources, |_, sources| open.mark(sources, u32::MAX, &nodes, &used));
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
            graph.arcs(from).iter().filter(|way| way.to > from && !graph.edges[way.edge() as usize].canal())
        {
            let most = (f64::from(way.cost) * (1.0 + DETOUR)).round();
            let detour = graph.arcs(way.to).iter().any(|on| {
                let (cost, gates) = reach[on.to as usize];
                cost < way.cost
                    && on.cost < way.cost
                    && f64::from(cost) + f64::from(on.cost) <= most
                    && gates | graph.gates(on) == graph.gates(way)
            });
            keep[way.edge() as usize] = !detour;
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

/// Sorts vertices so that those side by side in the list are so on the earth.
fn beside_each_other(vertices: &mut [u32], graph: &Graph) {
    vertices.sort_by_cached_key(|vertex| (curve(graph.at[*vertex as usize]), *vertex));
}

/// Returns how far along a curve that fills space a point lies: the bits of its coordinates one after the other.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "eight bits")]
fn curve(at: Unit) -> u32 {
    let parts = at.map(|part| ((part + 1.0) * 127.5) as u32);
    (0..8).rev().fold(0, |sum, bit| parts.iter().fold(sum, |sum, part| sum << 1 | part >> bit & 1))
}

/// A tree to grow: from where, with which passages shut, how far.
type Job = (u32, Gates, u32);

/// Returns the trees to grow, the large ones first.
fn jobs(built: &Built, facts: &Facts, around: &[u32], graph: &Graph) -> Vec<Job> {
    let world = stretches(built, &first_of_cells(built), CELLS[0]);
    let closures = closures(facts);
    let mut jobs: Vec<Job> = world.iter().map(|end| (*end, closures[0], u32::MAX)).collect();
    for shut in &closures[1..] {
        // Other closures change few ways: some sources show them.
        jobs.extend(world.iter().step_by(8).map(|end| (*end, *shut, u32::MAX)));
    }
    let other = |p: &Passage| p.shut || p.one_way.is_some();
    for (bit, passage) in facts.passage.iter().enumerate().filter(|(_, p)| other(p)) {
        // What is shut is opened; what is one-way is shut for those who come from the other side.
        let shut = closures[0] ^ 1_u128 << bit;
        // A line over an ocean changes ways across the world, a strait those of its coasts.
        if passage.gate.iter().any(|gate| long(gate)) {
            jobs.extend(world.iter().step_by(24).map(|end| (*end, shut, u32::MAX)));
        } else {
            let beside = around.iter().filter(|end| beside(passage, graph.at[**end as usize]));
            jobs.extend(beside.map(|end| (*end, shut, DAYS)));
        }
    }
    jobs.extend(around.iter().map(|end| (*end, closures[0], DAYS)));
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
    let mut cells = FxHashSet::default();
    let nodes = (built.corners.len() as u32..).zip(&built.moorings);
    let place = |at: Position| hundred_thousandths(at).map(|part| part.div_euclid(CELLS[1]));
    let fresh = nodes.filter(|(_, mooring)| !mooring.ties.is_empty() && cells.insert(place(mooring.start)));
    fresh.map(|(number, _)| number).collect()
}

/// Returns the vertices between which ways are looked for: all nodes, one corner of each stretch of coast, and the
/// corners of straits, tracks and approaches: what is declared is kept.
#[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
fn ends(built: &Built, declared: &[[i32; 2]]) -> Vec<u32> {
    let first = built.corners.len() as u32;
    let mut known: Vec<u32> = (first..first + built.moorings.len() as u32).collect();
    known.extend(declared.iter().filter_map(|at| {
        built.corners.binary_search_by_key(at, |corner| corner.at).ok().map(|number| number as u32)
    }));
    stretches(built, &known, CELLS[1])
}

/// Returns some vertices, and one corner of each stretch of coast.
fn stretches(built: &Built, known: &[u32], cell: i32) -> Vec<u32> {
    let mut ends = known.to_vec();
    let mut cells = FxHashSet::default();
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

/// Returns what is used, renumbered.
fn kept(mut built: Built, graph: &Graph, used: &[bool]) -> Built {
    let first = built.corners.len();
    let mut number = vec![NONE; graph.at.len()];
    for (edge, _) in graph.edges.iter().zip(used).filter(|(edge, used)| **used || edge.canal()) {
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
