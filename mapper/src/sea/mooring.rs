//! From a position to the network: the last mile, a river, the way out of narrow water, then all corners in sight.

mod seen;

use super::corner::{Corner, Reach, directions};
use super::foot::{foot_on, rounded, turned};
use super::geodesic;
use super::inshore::{Raster, straightened};
use super::shores::{DEGREE, Point, point};
use super::sphere::{Arc, RADIUS, dot, unit};
use super::water::{Gates, Water, flat};
use sealane_data::node::Position;

/// How far from navigable water a position may be, in metres: five nautical miles.
pub(crate) const LAST_MILE: f64 = 5.0 * 1852.0;

/// A position without a corner in sight within so many metres lies in narrow water.
const NEAR: u32 = 15_000;

/// From a position so near to land ways are looked for around it, in metres.
const BY_THE_SHORE: f64 = 3_000.0;
/// Such a way is so far off land, in metres, once it is so long.
const ROOM: f64 = 1_000.0;
const HARBOUR: f64 = 6_000.0;

/// Corners that the raster leads to from narrow water.
const LED: usize = 8;

/// Rasters around a position, finest first: radius and cell in metres.
const RASTERS: [[f64; 2]; 4] = [[3_500.0, 60.0], [12_000.0, 110.0], [36_000.0, 350.0], [110_000.0, 1_000.0]];

/// Mouths of a harbour from which the sea is looked over: the corners that are cheapest to reach.
const MOUTHS: usize = 3;

/// The raster on which ways lead from there to wider water: radius and cell in metres.
const ABROAD: [f64; 2] = [40_000.0, 400.0];

/// A position made fast to the network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mooring {
    /// From the asked position to where the river or the sea begins; the position alone if it is in the water.
    pub(crate) land: Vec<Position>,
    /// From there down a river to the sea; empty without one.
    pub(crate) river: Vec<Position>,
    /// Where the way by sea begins.
    pub(crate) start: Position,
    /// The ways on.
    pub(crate) ties: Vec<Tie>,
}

/// A way from a mooring to a corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tie {
    /// The corner.
    pub(crate) to: u32,
    /// Bends between the start and the corner.
    pub(crate) via: Vec<Position>,
    /// Metres.
    pub(crate) length: u32,
    /// Metres with what is added near shores and for passages.
    pub(crate) cost: u32,
    /// The passages whose gates it crosses.
    pub(crate) gates: Gates,
    /// Whether a way between two nodes uses it with the usual passages.
    pub(crate) trunk: bool,
}

/// What a mooring looks at.
pub(crate) struct Harbour<'h> {
    pub(crate) water: &'h Water,
    pub(crate) corners: &'h [Corner],
    /// Ties are sought to so many corners at most in each sixteenth of the horizon, nearest first.
    pub(crate) most: usize,
}

impl Harbour<'_> {
    /// Makes a position fast; none if no navigable water is within five miles.
    pub(crate) fn moor(&self, at: Position) -> Option<Mooring> {
        self.fastened(at).map(Self::cheapest)
    }

    fn fastened(&self, at: Position) -> Option<Mooring> {
        let wet = !self.water.land.holds(flat(at));
        let river = self.river(at);
        if !wet
            && let Some((metres, land, down)) = &river
            && *metres
                <= self.water.land.nearest(flat(at), LAST_MILE).map_or(f64::INFINITY, |(m, _)| m).max(1_500.0)
            && let Some(mooring) = self.by_river(land, down)
        {
            return Some(mooring);
        }
        let by_sea = if wet {
            self.ties(at)
        } else {
            self.rastered(at, true).map(|mooring| (mooring.start, mooring.ties))
        };
        if let Some((start, ties)) = by_sea {
            let land = if start == at { vec![at] } else { vec![at, start] };
            return Some(Mooring { land, river: Vec::new(), start, ties });
        }
        river.and_then(|(_, land, down)| self.by_river(&land, &down))
    }

    /// Returns the ties of a position in the water, and where they begin.
    fn ties(&self, at: Position) -> Option<(Position, Vec<Tie>)> {
        let mut ties = self.in_sight(at);
        let open = ties.iter().any(|tie| tie.length < NEAR)
            || self.water.land.nearest(flat(at), f64::from(NEAR)).is_none();
        if !open && let Some(mooring) = self.rastered(at, false) {
            // Through the mouth of a harbour a far coast may be seen, but not the way along the near one.
            ties.extend(mooring.ties);
        }
        if open && self.water.land.nearest(flat(at), BY_THE_SHORE).is_some() {
            // A spit or a bulge of the coast hides corners that are at hand around it.
            ties.extend(self.abroad(at).into_iter().filter(|tie| self.roomy(at, tie)));
        }
        if ties.is_empty() {
            // Water that leads nowhere, as a lagoon, is left over land like a quay.
            return self.rastered(at, true).map(|mooring| (mooring.start, mooring.ties));
        }
        Some((at, ties))
    }

    /// Returns whether a tie leads over wide water, once it has left the harbour: among islands only the pilot knows the way.
    fn roomy(&self, at: Position, tie: &Tie) -> bool {
        let bends: Vec<Position> = [at]
            .into_iter()
            .chain(tie.via.iter().copied())
            .chain([self.corners[tie.to as usize].position()])
            .collect();
        let mut behind = 0.0;
        bends.windows(2).all(|pair| {
            let arc = Arc::new(unit(pair[0]), unit(pair[1]));
            let whole = arc.whole * RADIUS;
            let mut along = (HARBOUR - behind).max(0.0);
            behind += whole;
            while along < whole {
                let here = point(arc.at(along / RADIUS));
                if self.water.land.nearest(here, ROOM).is_some() {
                    return false;
                }
                along += ROOM;
            }
            true
        })
    }

    /// Returns ties with the cheapest to each corner only.
    fn cheapest(mut mooring: Mooring) -> Mooring {
        mooring.ties.sort_by_key(|tie| (tie.to, tie.cost));
        mooring.ties.dedup_by_key(|tie| tie.to);
        mooring
    }

    /// Returns the nearest river within five miles: metres to it, the way there, the way down it.
    fn river(&self, at: Position) -> Option<(f64, Vec<Position>, Vec<Position>)> {
        let feet = self.water.rivers.iter().filter_map(|line| foot_on(line, at).map(|foot| (foot, line)));
        let ((metres, after, foot), line) = feet.min_by(|a, b| a.0.0.total_cmp(&b.0.0))?;
        let down = std::iter::once(foot).chain(line[..after].iter().rev().copied());
        (metres <= LAST_MILE).then(|| (metres, vec![at, foot], down.collect()))
    }

    fn by_river(&self, land: &[Position], down: &[Position]) -> Option<Mooring> {
        let sea = down.last().copied().filter(|sea| !self.water.land.holds(flat(*sea)))?;
        let (start, ties) = self.ties(sea)?;
        let mut river = down.to_vec();
        if start != sea {
            river.push(start);
        }
        Some(Mooring { land: land.to_vec(), river, start, ties })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 million metres at most")]
    fn tie(&self, at: Position, number: usize) -> Option<Tie> {
        let (corner, from) = (&self.corners[number], unit(at));
        let factor = self.water.trace(&Arc::new(from, corner.unit))?;
        let length = geodesic::metres(at, corner.position());
        let gates = self.water.gates(from, corner.unit);
        let cost = (length * factor + self.water.toll(gates)).round() as u32;
        Some(Tie {
            to: number as u32,
            via: Vec::new(),
            length: length.round() as u32,
            cost: cost.max(1),
            gates,
            trunk: false,
        })
    }

    /// Makes fast a position in narrow water, or one ashore: over the nearest water that leads to corners, and
    /// from the mouth of the harbour on to all that is seen from there.
    fn rastered(&self, at: Position, ashore: bool) -> Option<Mooring> {
        let led = |[radius, cell]: [f64; 2]| self.led(at, ashore, radius, cell);
        let mut mooring = RASTERS.into_iter().find_map(led)?;
        let mut near: Vec<Tie> = mooring.ties.clone();
        near.sort_by_key(|tie| tie.cost);
        if let Some(first) = near.first() {
            let mouth = self.corners[first.to as usize].position();
            mooring.ties.extend(self.onward(first, self.abroad(mouth)));
        }
        for tie in near.iter().take(MOUTHS) {
            let mouth = self.corners[tie.to as usize].position();
            mooring.ties.extend(self.onward(tie, self.in_sight(mouth)));
        }
        if ashore {
            mooring.ties.extend(self.in_sight(mooring.start));
        }
        Some(mooring)
    }

    /// Returns the ways that lead on from the end of another.
    fn onward(&self, first: &Tie, more: Vec<Tie>) -> Vec<Tie> {
        let mouth = self.corners[first.to as usize].position();
        let joined = |tie: Tie| Tie {
            to: tie.to,
            via: first.via.iter().copied().chain([mouth]).chain(tie.via).collect(),
            length: first.length + tie.length,
            cost: first.cost + tie.cost,
            gates: first.gates | tie.gates,
            trunk: false,
        };
        more.into_iter().filter(|tie| tie.to != first.to).map(joined).collect()
    }

    /// Returns the ways from the mouth of a harbour to points in wider water, one in each direction: a harbour among
    /// islands has more than one way out.
    fn abroad(&self, mouth: Position) -> Vec<Tie> {
        let here = flat(mouth);
        let raster = Raster::around(&self.water.land, here, ABROAD[0], ABROAD[1]);
        let Some(from) = raster.cell(here).filter(|cell| raster.wet(*cell)) else { return Vec::new() };
        if self.water.land.hit(here, raster.at(from)) {
            return Vec::new();
        }
        let (cells, numbers) = self.inside(&raster, mouth, ABROAD[0]);
        let reached = raster.spread_from(&[from]);
        let wide = cells.iter().zip(&numbers).filter(|(_, n)| self.corners[**n].reach > Reach::Narrow);
        let mut ends: Vec<(u32, usize, usize)> =
            wide.map(|(cell, number)| (reached.cost(*cell), *cell, *number)).collect();
        ends.retain(|(cost, ..)| *cost != u32::MAX);
        ends.sort_unstable();
        let mut taken = [false; 8];
        ends.retain(|(_, _, number)| {
            let there = self.corners[*number].position();
            let (east, north) = directions(mouth);
            let to = unit(there);
            let turn = libm::atan2(dot(to, east), dot(to, north)) / std::f64::consts::TAU + 0.5;
            !std::mem::replace(&mut taken[part(turn, 8)], true)
        });
        let ways = ends.into_iter().map(|(_, cell, number)| {
            let mut way = raster.way(&reached, cell);
            way.reverse();
            (number, way)
        });
        self.fast(mouth, false, ways, ABROAD[1]).map(|mooring| mooring.ties).unwrap_or_default()
    }

    /// Makes a position fast to the corners of one raster.
    fn led(&self, at: Position, ashore: bool, radius: f64, cell: f64) -> Option<Mooring> {
        let here = flat(at);
        let raster = Raster::around(&self.water.land, here, radius, cell);
        let (cells, numbers) = self.inside(&raster, at, radius);
        if cells.is_empty() {
            return None;
        }
        let reached = raster.spread_from(&cells);
        let from = raster.nearest(&reached, here, LAST_MILE.min(radius))?;
        if !ashore && self.water.land.hit(here, raster.at(from)) {
            // The cell beside a position in the water must not be behind a spit.
            return None;
        }
        let reached = raster.spread_from(&[from]);
        let mut ends: Vec<(u32, usize)> =
            cells.iter().zip(&numbers).map(|(cell, number)| (reached.cost(*cell), *number)).collect();
        ends.sort_unstable();
        ends.retain(|(cost, _)| *cost != u32::MAX);
        let ways = ends.iter().take(LED).map(|(_, number)| {
            let end = cells[numbers.iter().position(|n| n == number).unwrap_or(0)];
            let mut way = raster.way(&reached, end);
            way.reverse();
            (*number, way)
        });
        self.fast(at, ashore, ways, cell)
    }

    /// Returns the water cells of a raster that corners lie in or beside, and their corners.
    fn inside(&self, raster: &Raster<'_>, at: Position, radius: f64) -> (Vec<usize>, Vec<usize>) {
        let (mut cells, mut numbers) = (Vec::new(), Vec::new());
        let high = radius / DEGREE * 1.1;
        for (number, corner) in self.corners.iter().enumerate() {
            if (f64::from(corner.at[0]) / 1e5 - at.lat).abs() > high {
                continue;
            }
            let there = flat(corner.position());
            let Some(cell) = raster.cell(there).filter(|cell| raster.wet(*cell)) else { continue };
            if !self.water.land.hit(there, raster.at(cell)) && !cells.contains(&cell) {
                cells.push(cell);
                numbers.push(number);
            }
        }
        (cells, numbers)
    }

    /// Returns a mooring along ways over a raster, which all begin in one cell.
    fn fast(
        &self,
        at: Position,
        ashore: bool,
        ways: impl Iterator<Item = (usize, Vec<Point>)>,
        cell: f64,
    ) -> Option<Mooring> {
        let position = |p: &Point| Position { lat: rounded(p[1]), lon: rounded(turned(p[0])) };
        let mut start = at;
        let mut ties = Vec::new();
        for (corner, mut way) in ways {
            if ashore {
                start = position(&way[0]);
            } else {
                way.insert(0, flat(at));
            }
            way.push(flat(self.corners[corner].position()));
            let bends = straightened(&way, &self.water.land, 4.0 * cell);
            let mut whole: Vec<Position> = bends.iter().map(position).collect();
            let last = whole.len() - 1;
            (whole[0], whole[last]) = (start, self.corners[corner].position());
            ties.extend(self.tie_along(&whole, corner));
        }
        if ties.is_empty() {
            return None;
        }
        let land = if ashore { vec![at, start] } else { vec![at] };
        Some(Mooring { land, river: Vec::new(), start, ties })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred kilometres")]
    fn tie_along(&self, whole: &[Position], corner: usize) -> Option<Tie> {
        let (mut length, mut cost, mut gates) = (0.0, 0.0, 0);
        for pair in whole.windows(2) {
            let (from, to) = (unit(pair[0]), unit(pair[1]));
            let metres = geodesic::metres(pair[0], pair[1]);
            length += metres;
            cost += metres * self.water.trace(&Arc::new(from, to))?;
            let crossed = self.water.gates(from, to);
            cost += self.water.toll(crossed);
            gates |= crossed;
        }
        Some(Tie {
            to: corner as u32,
            via: whole[1..whole.len() - 1].to_vec(),
            length: length.round() as u32,
            cost: (cost.round() as u32).max(1),
            gates,
            trunk: false,
        })
    }
}

/// Returns which of some equal parts of a turn a share of it falls in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 359")]
fn part(turn: f64, count: usize) -> usize {
    ((turn * count as f64) as usize).min(count - 1)
}
