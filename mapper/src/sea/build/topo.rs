//! Natural Earth's land out of the `TopoJSON` of the npm package `world-atlas`.
//!
//! Its traps: rings over the 180th meridian jump by a whole turn, Antarctica has no closing line at
//! the pole, and canals are land.

use super::BuildError;
use crate::sea::rings::{Grid, Ring};
use serde::Deserialize;

#[derive(Deserialize)]
struct Topology {
    transform: Transform,
    objects: Objects,
    arcs: Vec<Vec<[i64; 2]>>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Objects {
    land: Collection,
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Geometry {
    Polygon { arcs: Vec<Vec<i64>> },
    MultiPolygon { arcs: Vec<Vec<Vec<i64>>> },
}

/// Reads the rings of `land-10m.json`.
pub(super) fn read(json: &[u8]) -> Result<(Grid, Vec<Ring>), BuildError> {
    let topology: Topology = serde_json::from_slice(json)
        .map_err(|e| BuildError::Land(format!("it is not the expected `TopoJSON`: {e}")))?;
    let grid = Grid { scale: topology.transform.scale, origin: topology.transform.translate };
    let arcs: Vec<Vec<[i64; 2]>> = topology.arcs.iter().map(|arc| absolute(arc)).collect();
    let mut rings = Vec::new();
    for geometry in topology.objects.land.geometries {
        let polygons = match geometry {
            Geometry::Polygon { arcs } => vec![arcs],
            Geometry::MultiPolygon { arcs } => arcs,
        };
        for numbers in polygons.into_iter().flatten() {
            rings.push(ring(&numbers, &arcs, &grid)?);
        }
    }
    rings.retain(|ring: &Ring| ring.len() > 3);
    Ok((grid, rings))
}

/// Adds up the steps of an arc.
fn absolute(arc: &[[i64; 2]]) -> Vec<[i64; 2]> {
    let mut at = [0, 0];
    arc.iter()
        .map(|step| {
            at = [at[0] + step[0], at[1] + step[1]];
            at
        })
        .collect()
}

/// Joins arcs to a ring that runs on over the 180th meridian; a ring around a pole is led over it.
#[expect(clippy::cast_possible_truncation, reason = "a turn is 99,999 units")]
fn ring(numbers: &[i64], arcs: &[Vec<[i64; 2]>], grid: &Grid) -> Result<Ring, BuildError> {
    let turn = (360.0 / grid.scale[0]).round() as i64;
    let mut ring: Ring = Vec::new();
    for number in numbers {
        let at = usize::try_from(if *number < 0 { !number } else { *number }).unwrap_or(usize::MAX);
        let arc = arcs.get(at).ok_or_else(|| BuildError::Land(format!("arc {number} is missing")))?;
        let forth: Vec<[i64; 2]> =
            if *number < 0 { arc.iter().rev().copied().collect() } else { arc.clone() };
        for mut point in forth {
            if let Some(last) = ring.last() {
                point[0] -= ((point[0] - last[0]) as f64 / turn as f64).round() as i64 * turn;
                if point == *last {
                    continue;
                }
            }
            ring.push(point);
        }
    }
    if let (Some(first), Some(last)) = (ring.first().copied(), ring.last().copied())
        && first != last
    {
        let pole = ((-90.0 - grid.origin[1]) / grid.scale[1]).floor() as i64;
        if last[0] != first[0] {
            ring.extend([[last[0], pole], [first[0], pole]]);
        }
        ring.push(first);
    }
    Ok(ring)
}
