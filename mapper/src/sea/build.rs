//! Builds the network: land and facts in, one artefact out. The same input gives the same bytes.

mod corners;
mod field;
mod hands;
mod lines;
mod ranked;
mod roughly;
mod sight;
mod sources;
mod spanned;
mod stages;
mod topo;
mod trees;
mod used;

use super::corner::{Corner, Reach};
use super::facts::Facts;
use super::geodesic;
use super::graph::{Edge, Graph, dearer, share};
use super::mooring::{Harbour, Mooring};
use super::ranks::Ranking;
use super::rings::{Grid, Ring};
use super::sphere::{Arc, RADIUS, unit};
use super::water::{Water, closed};
use field::Field;
use rustc_hash::FxHashSet;
use sealane_data::node::{NodeId, Position};
use sealane_data::places::Places;
use sha2::{Digest, Sha256};
use sight::Chart;
pub use stages::{BuildError, Progress, Stage};

/// A network before it is written.
pub(crate) struct Built {
    pub(crate) grid: Grid,
    pub(crate) rings: Vec<Ring>,
    pub(crate) corners: Vec<Corner>,
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) moorings: Vec<Mooring>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) ranking: Ranking,
}

/// Builds the network from the land of `world-atlas`, the table of passages, and all nodes, and leaves out what is unused if
/// it is to be thin.
pub(crate) fn build(
    land: &[u8],
    facts: &str,
    places: &Places,
    thin: bool,
    progress: Progress<'_>,
) -> Result<Built, BuildError> {
    progress(Stage::Land, 0, 3);
    let (grid, rings) = topo::read(land)?;
    let facts = Facts::parse(facts)?;
    if facts.passage.len() > 128 {
        return Err(BuildError::TooMany(facts.passage.len()));
    }
    let degrees = grid.degrees(&rings);
    let water = Water::new(&degrees, &facts);
    progress(Stage::Land, 1, 3);
    let field = Field::new(&[&water.land, &water.avoid]);
    progress(Stage::Land, 3, 3);
    let avoid: Vec<_> = facts.avoid.iter().map(|area| closed(&area.ring)).collect();
    let shape = super::land::over(&degrees);
    let corners = corners::corners(&shape, &avoid, &water.land, &|done| {
        progress(Stage::Corners, done, 3 * shape.len());
    });
    let chains = lines::chains(&facts, &water)?;
    let corners = with_declared(corners, &facts, &chains);
    let chart = Chart { land: &water.land, avoid: &water.avoid, field: &field, calm: &water.calm };
    let whole = corners.len();
    let count = |reach: Reach| corners.iter().filter(|c| c.reach == reach).count();
    tracing::info!(
        narrow = count(Reach::Narrow),
        strait = count(Reach::Strait),
        coast = count(Reach::Coast),
        ocean = count(Reach::Ocean),
        "corners"
    );
    let shoals: FxHashSet<[i32; 2]> = corners::around(&avoid, &water.land);
    let links = sight::links(&corners, &chart, &|done| progress(Stage::Sight, done, whole));
    let links: Vec<&[sight::Link]> = links.chunks(4096).collect();
    let some = |_, links: &&[sight::Link]| -> Vec<Edge> {
        links.iter().map(|link| edge(link, &corners, &water, &shoals)).collect()
    };
    let mut edges: Vec<Edge> = hands::side_by_side(&links, some).into_iter().flatten().collect();
    edges.extend(lines::edges(&chains, &corners, &facts, &water));
    for edge in &mut edges {
        charge(edge, &water);
    }
    edges.sort_by_key(|edge| (edge.ends, edge.cost));
    edges.dedup_by_key(|edge| edge.ends);
    let (corners, mut edges) = used::largest(corners, edges);
    let (nodes, mut moorings) = moor(places, &corners, &water, progress);
    approach(&nodes, &mut moorings, &corners, &chains);
    edges.extend(neighbours(&moorings, corners.len(), &water));
    edges.extend(mouths(&moorings, &corners, &chart, &water));
    edges.sort_by_key(|edge| (edge.ends, edge.cost));
    edges.dedup_by_key(|edge| edge.ends);
    for edge in edges.iter_mut().filter(|edge| edge.gates == 0) {
        edge.cost = dearer(edge.length, share(edge.length, edge.cost));
    }
    let whole = Built { grid, rings, corners, nodes, moorings, edges, ranking: Ranking::default() };
    let declared: Vec<[i32; 2]> = chains.iter().flat_map(|chain| &chain.points).copied().collect();
    if !thin {
        return Ok(whole);
    }
    let mut thinned = used::thinned(whole, &facts, &declared, &shoals, progress);
    thinned.ranking = ranked::ranking(&graph(&thinned.corners, &thinned.moorings, thinned.edges.clone()));
    Ok(thinned)
}

/// Returns corners sorted, with the points of lines and the landfalls among them.
fn with_declared(mut corners: Vec<Corner>, facts: &Facts, chains: &[lines::Chain]) -> Vec<Corner> {
    for chain in chains {
        let points = chain.points.iter().enumerate();
        corners.extend(points.map(|(number, at)| Corner::new(*at, None, 64, chain.reach(number))));
    }
    corners.extend(facts.landfall.iter().map(|landfall| {
        Corner::new(hundred_thousandths(super::water::place(landfall.at)), None, 64, Reach::Ocean)
    }));
    corners.sort_by_key(|corner| (corner.at, std::cmp::Reverse(corner.reach)));
    corners.dedup_by_key(|corner| corner.at);
    corners
}

/// Returns the edge of a link. The field does not tell shores from areas to avoid: where a way may run along
/// such an area, its cost is looked up by the shores alone.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 million metres at most")]
fn edge(link: &sight::Link, corners: &[Corner], water: &Water, shoals: &FxHashSet<[i32; 2]>) -> Edge {
    let [from, to] = link.ends.map(|end| &corners[end as usize]);
    let gates = water.gates(from.unit, to.unit);
    let mut cost = link.cost;
    if shoals.contains(&from.at) || shoals.contains(&to.at) {
        let factor = water.trace(&Arc::new(from.unit, to.unit));
        cost = factor.map_or(cost, |factor| (f64::from(link.length) * factor).round() as u32);
    }
    Edge { ends: link.ends, length: link.length, cost: cost.max(1), gates, canal: false, trunk: false }
}

/// Adds what the passages of an edge cost.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred miles")]
fn charge(edge: &mut Edge, water: &Water) {
    edge.cost += water.toll(edge.gates).round() as u32;
}

/// Makes all nodes fast.
fn moor(
    places: &Places,
    corners: &[Corner],
    water: &Water,
    progress: Progress<'_>,
) -> (Vec<NodeId>, Vec<Mooring>) {
    let harbour = Harbour { water, corners, most: 24 };
    let all: Vec<(NodeId, Position)> =
        places.all().map(|(_, node)| (node.id.clone(), node.position)).collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let one = |_, (id, at): &(NodeId, Position)| {
        progress(Stage::Nodes, done.fetch_add(1, std::sync::atomic::Ordering::Relaxed), all.len());
        // A node without water stays known, without ties.
        let ashore = || Mooring { land: vec![*at], river: Vec::new(), start: *at, ties: Vec::new() };
        (id.clone(), harbour.moor(*at).unwrap_or_else(ashore))
    };
    hands::side_by_side(&all, one).into_iter().unzip()
}

/// Leaves the nodes of an approach the ties to its points only, if they have any: their ways lead over it.
fn approach(nodes: &[NodeId], moorings: &mut [Mooring], corners: &[Corner], chains: &[lines::Chain]) {
    for (node, mooring) in nodes.iter().zip(moorings) {
        let mine: FxHashSet<[i32; 2]> = chains
            .iter()
            .filter(|chain| chain.nodes.contains(node))
            .flat_map(|chain| &chain.points)
            .copied()
            .collect();
        let on = |tie: &super::mooring::Tie| mine.contains(&corners[tie.to as usize].at);
        if mooring.ties.iter().any(on) {
            mooring.ties.retain(on);
        }
    }
}

/// Nodes nearer to each other than this are joined directly where they see each other, in metres.
const NEIGHBOURS: f64 = 500_000.0;

/// Returns the edges between nodes that see each other.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "500 km and some thousand nodes")]
fn neighbours(moorings: &[Mooring], first: usize, water: &Water) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (number, one) in moorings.iter().enumerate() {
        for (more, other) in moorings.iter().enumerate().skip(number + 1) {
            let (from, to) = (unit(one.start), unit(other.start));
            let arc = Arc::new(from, to);
            if arc.whole * RADIUS > NEIGHBOURS || one.ties.is_empty() || other.ties.is_empty() {
                continue;
            }
            let Some(factor) = water.trace(&arc) else { continue };
            let length = geodesic::metres(one.start, other.start);
            let gates = water.gates(from, to);
            edges.push(Edge {
                ends: [(first + number) as u32, (first + more) as u32],
                length: length.round() as u32,
                // Nodes up the same river begin in one place: no edge is free, or trees could not tell ways by costs.
                cost: ((length * factor + water.toll(gates)).round() as u32).max(1),
                gates,
                canal: false,
                trunk: false,
            });
        }
    }
    edges
}

/// Corners beside a node that its ways come into the open at, and how far off they are at most, in metres.
const MOUTHS: usize = 2;
const MOUTH: u32 = 60_000;
/// Mouths of harbours are joined up to this distance, in metres.
const ABROAD: f64 = 3_000_000.0;

/// Returns the edges between the mouths of harbours that see each other: points in narrow water are joined to their
/// surroundings only, and a way from mouth to mouth bends nowhere.
fn mouths(moorings: &[Mooring], corners: &[Corner], chart: &Chart<'_>, water: &Water) -> Vec<Edge> {
    let mut found: Vec<u32> = Vec::new();
    for mooring in moorings {
        let mut near: Vec<_> = mooring.ties.iter().filter(|tie| tie.length < MOUTH).collect();
        near.sort_by_key(|tie| (tie.cost, tie.to));
        found.extend(near.into_iter().take(MOUTHS).map(|tie| tie.to));
    }
    found.sort_unstable();
    found.dedup();
    let least = libm::cos(ABROAD / RADIUS);
    let mut edges = Vec::new();
    for (number, from) in found.iter().enumerate() {
        for to in &found[number + 1..] {
            let [one, other] = [from, to].map(|end| &corners[*end as usize]);
            let near = super::sphere::dot(one.unit, other.unit);
            let known = near >= one.reach.least(other.reach);
            if near < least || known || !one.useful(other.unit, near) || !other.useful(one.unit, near) {
                continue;
            }
            if let Some(link) = sight::link(one, other, chart) {
                let link = sight::Link { ends: [*from, *to], ..link };
                let mut edge = edge(&link, corners, water, &FxHashSet::default());
                charge(&mut edge, water);
                edges.push(edge);
            }
        }
    }
    edges
}

/// Returns the point that a canal or strait is led through.
pub(crate) fn hundred_thousandths(at: Position) -> [i32; 2] {
    corners::rounded([at.lon, at.lat])
}

/// Returns the graph of corners and moorings.
pub(crate) fn graph(corners: &[Corner], moorings: &[Mooring], edges: Vec<Edge>) -> Graph {
    Graph::new(corners, moorings, &with_ties(corners.len(), moorings, edges))
}

/// Returns edges and after them the ties of all nodes, as edges.
fn with_ties(corners: usize, moorings: &[Mooring], mut edges: Vec<Edge>) -> Vec<Edge> {
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
    let first = corners as u32;
    edges.reserve_exact(moorings.iter().map(|mooring| mooring.ties.len()).sum());
    for (number, mooring) in (first..).zip(moorings) {
        edges.extend(mooring.ties.iter().map(|tie| Edge {
            ends: [tie.to, number],
            length: tie.length,
            cost: tie.cost,
            gates: tie.gates,
            canal: false,
            trunk: tie.trunk,
        }));
    }
    edges
}

/// SHA-256 of `land-10m.json` in the npm package `world-atlas` 2.0.2: no other land is built from.
pub const LAND_SHA256: &str = "9b9f584709c119d63fbadf484ce425260497697b7166be7a2fe360e8c0b171a8";

/// Returns the SHA-256 of all that decides the artefact: land, facts, nodes, detail and the builder itself.
pub fn input_hash(facts: &str, places: &Places) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(LAND_SHA256).chain_update(facts);
    for line in sources::lines() {
        hash.update(line);
    }
    for (_, text) in super::land::DETAIL {
        hash.update(text);
    }
    hash.update(super::land::RIVER);
    hash.update(spanned::HARBOURS);
    for (_, node) in places.all() {
        hash.update(node.id.0.as_bytes());
        hash.update(node.position.lat.to_bits().to_le_bytes());
        hash.update(node.position.lon.to_bits().to_le_bytes());
    }
    hash.finalize().into()
}

/// Returns the facts shipped with the engine.
pub fn facts() -> &'static str {
    super::facts::EMBEDDED
}

/// Builds the network from `land-10m.json`, the facts and all nodes, and returns the artefact.
///
/// # Errors
///
/// If the land is another one, the facts are wrong, or a derived line touches land.
pub fn artefact(
    land: &[u8],
    facts: &str,
    places: &Places,
    progress: Progress<'_>,
) -> Result<Vec<u8>, BuildError> {
    written(land, facts, places, true, progress)
}

/// Builds the network with everything that is left out of the artefact, to measure what that costs: large, without ranks, and
/// slow.
///
/// # Errors
///
/// As [`artefact`].
pub fn whole(
    land: &[u8],
    facts: &str,
    places: &Places,
    progress: Progress<'_>,
) -> Result<Vec<u8>, BuildError> {
    written(land, facts, places, false, progress)
}

fn written(
    land: &[u8],
    facts: &str,
    places: &Places,
    thin: bool,
    progress: Progress<'_>,
) -> Result<Vec<u8>, BuildError> {
    let found: String = Sha256::digest(land).iter().map(|byte| format!("{byte:02x}")).collect();
    if found != LAND_SHA256 {
        return Err(BuildError::Land(format!("its SHA-256 is {found}, not that of world-atlas 2.0.2")));
    }
    let built = build(land, facts, places, thin, progress)?;
    Ok(super::artefact::write(&super::artefact::Parts {
        input: input_hash(facts, places),
        grid: built.grid,
        rings: built.rings,
        corners: built.corners,
        edges: built.edges,
        nodes: built.nodes,
        moorings: built.moorings,
        ranking: built.ranking,
    }))
}
