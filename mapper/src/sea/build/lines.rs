//! The lines of canals and of tracks that their authorities define, as declared, and of straits and approaches, derived:
//! the way with the most room from anchor to anchor.

use super::{BuildError, hundred_thousandths};
use crate::sea::corner::{Corner, Reach};
use crate::sea::facts::{Facts, LatLon};
use crate::sea::geodesic;
use crate::sea::graph::Edge;
use crate::sea::inshore::{Raster, straightened};
use crate::sea::shores::{Point, near};
use crate::sea::sphere::{Arc, unit};
use crate::sea::water::{Water, flat, place};
use sealane_data::node::{NodeId, Position};

/// The line of a passage, or a recommended track.
pub(super) struct Chain {
    /// The number of the passage.
    passage: Option<usize>,
    /// The nodes whose ways lead over an approach.
    pub(super) nodes: Vec<NodeId>,
    /// Its points in hundred-thousandths of a degree.
    pub(super) points: Vec<[i32; 2]>,
}

impl Chain {
    /// Returns how far its points are joined: tracks are entered from the coasts around, an approach at its ends.
    pub(super) fn reach(&self, number: usize) -> Reach {
        let inner = !self.nodes.is_empty() && number > 0;
        if self.passage.is_some() || inner { Reach::Narrow } else { Reach::Strait }
    }
}

/// Returns the lines of all passages that have one.
pub(super) fn chains(facts: &Facts, water: &Water) -> Result<Vec<Chain>, BuildError> {
    let mut chains = Vec::new();
    for (number, passage) in facts.passage.iter().enumerate().filter(|(_, p)| !p.line.is_empty()) {
        let line: Vec<Position> = if passage.canal {
            passage.line.iter().copied().map(place).collect()
        } else {
            derived(&passage.id, &passage.line, passage.cell.unwrap_or(250.0), water)?
        };
        let points: Vec<[i32; 2]> = line.into_iter().map(hundred_thousandths).collect();
        if !passage.canal {
            dry(&points, &passage.id, water)?;
        } else if crossings(&points, number, water) != 1 {
            return Err(BuildError::NotAcross(passage.id.clone()));
        }
        chains.push(Chain { passage: Some(number), nodes: Vec::new(), points });
    }
    for lane in &facts.lane {
        let line = match lane.cell {
            Some(cell) => derived(&lane.id, &lane.line, cell, water)?,
            None => lane.line.iter().copied().map(place).collect(),
        };
        let points: Vec<[i32; 2]> = line.into_iter().map(hundred_thousandths).collect();
        dry(&points, &lane.id, water)?;
        chains.push(Chain { passage: None, nodes: Vec::new(), points });
    }
    for approach in &facts.approach {
        let line = derived(&approach.id, &approach.line, approach.cell, water)?;
        let points: Vec<[i32; 2]> = line.into_iter().map(hundred_thousandths).collect();
        dry(&points, &approach.id, water)?;
        let nodes = approach.nodes.iter().map(|id| NodeId(id.as_str().into())).collect();
        chains.push(Chain { passage: None, nodes, points });
    }
    ashore(facts, water)?;
    Ok(chains)
}

/// Refuses gates that end farther from the shore than they are carried on: ways would lead around them.
fn ashore(facts: &Facts, water: &Water) -> Result<(), BuildError> {
    for passage in &facts.passage {
        for end in passage.gate.iter().flat_map(|gate| [gate.first(), gate.last()]).flatten() {
            if water.carried_on(place(*end)).is_none() && end[0].abs() < 89.0 {
                return Err(BuildError::Adrift(passage.id.clone()));
            }
        }
    }
    Ok(())
}

fn spot(at: [i32; 2]) -> Position {
    place(at.map(|part| f64::from(part) / 1e5))
}

/// Returns how often a line crosses the gates of a passage.
fn crossings(points: &[[i32; 2]], number: usize, water: &Water) -> usize {
    let across =
        |pair: &&[[i32; 2]]| water.gates(unit(spot(pair[0])), unit(spot(pair[1]))) >> number & 1 == 1;
    points.windows(2).filter(across).count()
}

/// Refuses a line that touches land and is no canal.
fn dry(points: &[[i32; 2]], id: &str, water: &Water) -> Result<(), BuildError> {
    for pair in points.windows(2) {
        if water.land.hit_arc(&Arc::new(unit(spot(pair[0])), unit(spot(pair[1])))) {
            let at = spot(pair[0]);
            return Err(BuildError::OverLand(id.to_owned(), format!("{:.3} {:.3}", at.lat, at.lon)));
        }
    }
    Ok(())
}

/// Finds the way with the most room from anchor to anchor.
fn derived(id: &str, anchors: &[LatLon], cell: f64, water: &Water) -> Result<Vec<Position>, BuildError> {
    let none = || BuildError::NoLine(id.to_owned());
    let anchors: Vec<Point> = anchors.iter().map(|at| flat(place(*at))).collect();
    let mut line: Vec<Point> = Vec::new();
    for pair in anchors.windows(2) {
        let (a, b) = (pair[0], near(pair[1], pair[0]));
        let wider = 0.2;
        let low = [a[0].min(b[0]) - wider, a[1].min(b[1]) - wider];
        let high = [a[0].max(b[0]) + wider, a[1].max(b[1]) + wider];
        let raster = Raster::new(&water.land, low, high, cell);
        let start = raster.cell(b).filter(|cell| raster.wet(*cell)).ok_or_else(none)?;
        let reached = raster.spread_from(&[start]);
        let end = raster.nearest(&reached, a, 3.0 * cell).ok_or_else(none)?;
        let mut piece = straightened(&raster.way(&reached, end), &water.land, 6.0 * cell);
        // The raster knows anchors by their cells.
        let last = piece.len() - 1;
        for (number, anchor) in [(0, a), (last, b)] {
            if !water.land.holds(anchor) {
                piece[number] = anchor;
            }
        }
        line.extend(piece);
    }
    let mut line: Vec<Position> = line.into_iter().map(|at| Position { lat: at[1], lon: at[0] }).collect();
    line.dedup();
    Ok(line)
}

/// Returns the edges along the lines, without what their gates cost.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred kilometres")]
pub(super) fn edges(chains: &[Chain], corners: &[Corner], facts: &Facts, water: &Water) -> Vec<Edge> {
    let number = |at: [i32; 2]| corners.partition_point(|corner| corner.at < at) as u32;
    let mut edges = Vec::new();
    for chain in chains {
        let passage = chain.passage.map(|number| &facts.passage[number]);
        for pair in chain.points.windows(2).filter(|pair| pair[0] != pair[1]) {
            let ends = [number(pair[0]), number(pair[1])];
            let length = geodesic::metres(spot(pair[0]), spot(pair[1]));
            let (from, to) = (unit(spot(pair[0])), unit(spot(pair[1])));
            let canal = passage.is_some_and(|passage| passage.canal);
            // A mile on a canal or a track costs a mile.
            let traced = (passage.is_some() && !canal).then(|| water.trace(&Arc::new(from, to)));
            let cost = length * traced.flatten().unwrap_or(1.0);
            edges.push(Edge {
                ends: [ends[0].min(ends[1]), ends[0].max(ends[1])],
                length: length.round() as u32,
                cost: (cost.round() as u32).max(1),
                gates: water.gates(from, to),
                canal,
                trunk: false,
            });
        }
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sea::facts::EMBEDDED;

    /// The table with the gate of Suez elsewhere.
    fn table(gate: &str) -> Facts {
        let whole = "gate = [[[30.40, 32.20], [30.40, 32.55]]]";
        assert_eq!(EMBEDDED.matches(whole).count(), 1);
        Facts::parse(&EMBEDDED.replace(whole, gate)).unwrap()
    }

    #[test]
    fn a_canal_without_a_gate_across_it_is_refused() {
        for gate in
            ["", "gate = [[[30.40, 33.20], [30.40, 33.55]]]", "gate = [[[31.40, 32.30], [30.00, 32.30]]]"]
        {
            let mut facts = table(gate);
            facts.passage.retain(|passage| passage.canal);
            let found = chains(&facts, &Water::new(&[], &facts)).map(|_| ()).unwrap_err();
            assert_eq!(found, BuildError::NotAcross("suez".into()), "{gate}");
        }
    }

    #[test]
    fn who_passes_a_canal_crosses_its_gate_once() {
        let facts = Facts::parse(EMBEDDED).unwrap();
        let water = Water::new(&[], &facts);
        let canals = facts.passage.iter().enumerate().filter(|(_, passage)| passage.canal);
        for (number, canal) in canals {
            let points: Vec<_> = canal.line.iter().map(|at| hundred_thousandths(place(*at))).collect();
            assert_eq!(crossings(&points, number, &water), 1, "{}", canal.id);
        }
    }
}
