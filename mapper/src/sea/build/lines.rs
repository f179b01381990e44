//! The lines of canals and recommended tracks, as declared, and of narrow straits, derived: the way with the most room
//! between two anchors.

use super::{BuildError, hundred_thousandths};
use crate::sea::corner::{Corner, Reach};
use crate::sea::facts::{Facts, Passage};
use crate::sea::geodesic;
use crate::sea::graph::Edge;
use crate::sea::inshore::{Raster, straightened};
use crate::sea::shores::{Point, near};
use crate::sea::sphere::{Arc, unit};
use crate::sea::water::{Water, flat, place};
use sealane_data::node::Position;

/// The line of a passage, or a recommended track.
pub(super) struct Chain {
    /// The number of the passage.
    passage: Option<usize>,
    /// Its points in hundred-thousandths of a degree.
    pub(super) points: Vec<[i32; 2]>,
}

impl Chain {
    /// Returns how far its points are joined: tracks are entered from the coasts around.
    pub(super) fn reach(&self) -> Reach {
        if self.passage.is_some() { Reach::Narrow } else { Reach::Strait }
    }
}

/// Returns the lines of all passages that have one.
pub(super) fn chains(facts: &Facts, water: &Water) -> Result<Vec<Chain>, BuildError> {
    let mut chains = Vec::new();
    for (number, passage) in facts.passage.iter().enumerate().filter(|(_, p)| !p.line.is_empty()) {
        let line: Vec<Position> = if passage.canal {
            passage.line.iter().copied().map(place).collect()
        } else {
            derived(passage, water)?
        };
        let points: Vec<[i32; 2]> = line.into_iter().map(hundred_thousandths).collect();
        if !passage.canal {
            dry(&points, &passage.id, water)?;
        }
        chains.push(Chain { passage: Some(number), points });
    }
    for lane in &facts.lane {
        let points: Vec<[i32; 2]> = lane.line.iter().map(|at| hundred_thousandths(place(*at))).collect();
        dry(&points, &lane.id, water)?;
        chains.push(Chain { passage: None, points });
    }
    Ok(chains)
}

fn spot(at: [i32; 2]) -> Position {
    place(at.map(|part| f64::from(part) / 1e5))
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
fn derived(passage: &Passage, water: &Water) -> Result<Vec<Position>, BuildError> {
    let none = || BuildError::NoLine(passage.id.clone());
    let cell = passage.cell.unwrap_or(250.0);
    let anchors: Vec<Point> = passage.line.iter().map(|at| flat(place(*at))).collect();
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
        line.extend(straightened(&raster.way(&reached, end), &water.land, 6.0 * cell));
    }
    Ok(line.into_iter().map(|at| Position { lat: at[1], lon: at[0] }).collect())
}

/// Returns the edges along the lines.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred kilometres")]
pub(super) fn edges(chains: &[Chain], corners: &[Corner], facts: &Facts, water: &Water) -> Vec<Edge> {
    let number = |at: [i32; 2]| corners.partition_point(|corner| corner.at < at) as u32;
    let mut edges = Vec::new();
    for chain in chains {
        let passage = chain.passage.map(|number| (number, &facts.passage[number]));
        let pieces = chain.points.len().saturating_sub(1).max(1) as f64;
        for pair in chain.points.windows(2).filter(|pair| pair[0] != pair[1]) {
            let ends = [number(pair[0]), number(pair[1])];
            let length = geodesic::metres(spot(pair[0]), spot(pair[1]));
            let (from, to) = (unit(spot(pair[0])), unit(spot(pair[1])));
            let (mut cost, mut gates) = (length, water.gates(from, to));
            match passage {
                Some((number, passage)) if passage.canal => {
                    cost += passage.cost * 1852.0 / pieces;
                    gates = 1_u128 << number;
                }
                Some(_) => cost *= water.trace(&Arc::new(from, to)).unwrap_or(1.0),
                None => {}
            }
            edges.push(Edge {
                ends: [ends[0].min(ends[1]), ends[0].max(ends[1])],
                length: length.round() as u32,
                cost: (cost.round() as u32).max(1),
                gates,
                canal: passage.is_some_and(|(_, passage)| passage.canal),
                trunk: false,
            });
        }
    }
    edges
}
