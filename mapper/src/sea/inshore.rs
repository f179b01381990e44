//! Ways through narrow water on a small raster: out of harbours and inlets, along straits.
//!
//! The raster finds a way that keeps its distance from both shores; then corners that are not
//! needed are left out, each remaining piece tested against the exact shore.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "cells of a raster of at most some hundred a side"
)]

use super::shores::{DEGREE, Point, Shores, near};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Cells from land beyond which more room is worth nothing.
const ROOM: u8 = 8;

/// A square of water and land cells.
pub(crate) struct Raster<'s> {
    land: &'s Shores,
    corner: Point,
    /// Degrees in a cell, east and north.
    cell: [f64; 2],
    columns: usize,
    rows: usize,
    /// Cells to the nearest land, 0 on land.
    room: Vec<u8>,
}

/// How cells are reached from their source: cost in sixteenths of a cell, and the cell before.
pub(crate) struct Reached {
    cost: Vec<u32>,
    before: Vec<u32>,
}

const NEVER: u32 = u32::MAX;

impl Reached {
    /// Returns what a cell costs to reach; `u32::MAX` if it is not.
    pub(crate) fn cost(&self, cell: usize) -> u32 {
        self.cost[cell]
    }
}

impl<'s> Raster<'s> {
    /// Draws the land in a box with cells of some metres.
    pub(crate) fn new(land: &'s Shores, west_south: Point, east_north: Point, metres: f64) -> Self {
        let middle = f64::midpoint(west_south[1], east_north[1]);
        let high = metres / DEGREE;
        let cell = [high / libm::cos(middle.to_radians()).max(0.05), high];
        let columns = ((east_north[0] - west_south[0]) / cell[0]).ceil().clamp(1.0, 4000.0) as usize;
        let rows = ((east_north[1] - west_south[1]) / cell[1]).ceil().clamp(1.0, 4000.0) as usize;
        let mut raster =
            Self { land, corner: west_south, cell, columns, rows, room: vec![ROOM; columns * rows] };
        raster.draw();
        raster.spread();
        raster
    }

    /// Draws the land around a point.
    pub(crate) fn around(land: &'s Shores, at: Point, radius: f64, metres: f64) -> Self {
        let high = radius / DEGREE;
        let wide = high / libm::cos(at[1].to_radians()).max(0.05);
        Self::new(land, [at[0] - wide, at[1] - high], [at[0] + wide, at[1] + high], metres)
    }

    /// Returns the middle of a cell.
    pub(crate) fn at(&self, number: usize) -> Point {
        let (column, row) = ((number % self.columns) as f64 + 0.5, (number / self.columns) as f64 + 0.5);
        [self.corner[0] + column * self.cell[0], self.corner[1] + row * self.cell[1]]
    }

    /// Returns the cell that holds a point.
    pub(crate) fn cell(&self, at: Point) -> Option<usize> {
        let middle = [self.corner[0] + self.columns as f64 * self.cell[0] / 2.0, at[1]];
        let at = near(at, middle);
        let [column, row] = [0, 1].map(|i| ((at[i] - self.corner[i]) / self.cell[i]).floor());
        let inside = column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        inside.then(|| row as usize * self.columns + column as usize)
    }

    /// Marks the cells whose middles are on land: along each row, from shore to shore.
    fn draw(&mut self) {
        let high = [self.columns, self.rows];
        let far: Point = std::array::from_fn(|i| self.corner[i] + high[i] as f64 * self.cell[i]);
        let mut crossed: Vec<Vec<f64>> = vec![Vec::new(); self.rows];
        let row = |lat: f64| ((lat - self.corner[1]) / self.cell[1] - 0.5).clamp(-1.0, self.rows as f64);
        for [a, b] in self.land.within(self.corner, far) {
            let [a, b] = [a, b].map(|end| [end[0] - turns(a[0], far[0]), end[1]]);
            let (low, high) = (row(a[1].min(b[1])).ceil() as usize, row(a[1].max(b[1])).floor() as i64);
            for number in low as i64..=high.min(self.rows as i64 - 1) {
                let lat = self.corner[1] + (number as f64 + 0.5) * self.cell[1];
                if (a[1] > lat) != (b[1] > lat) {
                    crossed[number as usize].push(a[0] + (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]));
                }
            }
        }
        for (number, mut shores) in crossed.into_iter().enumerate() {
            shores.sort_unstable_by(f64::total_cmp);
            let first = self.at(number * self.columns);
            let mut shores = shores.into_iter().skip_while(|lon| *lon <= first[0]).peekable();
            let mut dry = self.land.holds(first);
            for column in 0..self.columns {
                let lon = first[0] + column as f64 * self.cell[0];
                while shores.next_if(|shore| *shore < lon).is_some() {
                    dry = !dry;
                }
                if dry {
                    self.room[number * self.columns + column] = 0;
                }
            }
        }
    }

    /// Spreads how many cells off the land each cell is, forth and back.
    fn spread(&mut self) {
        let count = self.room.len();
        for step in 0..2 * count {
            let number = if step < count { step } else { 2 * count - 1 - step };
            if self.room[number] > 1 {
                let least = self.neighbours(number).map(|(next, _)| self.room[next]).min();
                self.room[number] = self.room[number].min(least.unwrap_or(ROOM) + 1);
            }
        }
    }

    fn neighbours(&self, number: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        const STEPS: [(i32, i32, u32); 8] = [
            (-1, -1, 23),
            (0, -1, 16),
            (1, -1, 23),
            (-1, 0, 16),
            (1, 0, 16),
            (-1, 1, 23),
            (0, 1, 16),
            (1, 1, 23),
        ];
        let (column, row) = ((number % self.columns) as i32, (number / self.columns) as i32);
        STEPS.iter().filter_map(move |(dx, dy, length)| {
            let (x, y) = (column + dx, row + dy);
            let inside = x >= 0 && y >= 0 && x < self.columns as i32 && y < self.rows as i32;
            inside.then(|| (y as usize * self.columns + x as usize, *length))
        })
    }

    /// Spreads from water cells over all water that is joined with them.
    pub(crate) fn spread_from(&self, sources: &[usize]) -> Reached {
        let count = self.room.len();
        let mut reached = Reached { cost: vec![NEVER; count], before: vec![NEVER; count] };
        let mut open = BinaryHeap::new();
        for source in sources {
            reached.cost[*source] = 0;
            open.push(Reverse((0, *source)));
        }
        while let Some(Reverse((cost, at))) = open.pop() {
            if cost > reached.cost[at] {
                continue;
            }
            for (next, length) in self.neighbours(at) {
                let room = self.room[next];
                // Little room makes a cell up to three times as long.
                let cost = cost + length * (8 + 16 / u32::from(room.max(1))) / 8;
                if room == 0 || cost >= reached.cost[next] {
                    continue;
                }
                let tight = room < 3 || self.room[at] < 3;
                if tight && self.land.hit(self.at(at), self.at(next)) {
                    continue;
                }
                reached.cost[next] = cost;
                reached.before[next] = at as u32;
                open.push(Reverse((cost, next)));
            }
        }
        reached
    }

    /// Returns the reached cell nearest to a point, up to a distance in metres; a free line is not asked for.
    pub(crate) fn nearest(&self, reached: &Reached, at: Point, limit: f64) -> Option<usize> {
        self.nearest_of(|number| reached.cost[number] != NEVER, at, limit)
    }

    /// Returns the water cell nearest to a point, up to a distance in metres.
    pub(crate) fn nearest_wet(&self, at: Point, limit: f64) -> Option<usize> {
        self.nearest_of(|number| self.wet(number), at, limit)
    }

    fn nearest_of(&self, wanted: impl Fn(usize) -> bool, at: Point, limit: f64) -> Option<usize> {
        let squared = |number: usize| {
            let there = near(self.at(number), at);
            let [x, y] = [(there[0] - at[0]) / self.cell[0], (there[1] - at[1]) / self.cell[1]];
            x * x + y * y
        };
        let limit = limit / (self.cell[1] * DEGREE);
        let found = (0..self.room.len()).filter(|number| wanted(*number));
        let nearest = found.map(|number| (squared(number), number)).min_by(|a, b| a.0.total_cmp(&b.0))?;
        (nearest.0 <= limit * limit).then_some(nearest.1)
    }

    /// Returns the cells from one to the source that it was reached from.
    pub(crate) fn way(&self, reached: &Reached, from: usize) -> Vec<Point> {
        let mut way = vec![self.at(from)];
        let mut at = from;
        while reached.before[at] != NEVER {
            at = reached.before[at] as usize;
            way.push(self.at(at));
        }
        way
    }

    /// Returns whether a cell is water.
    pub(crate) fn wet(&self, number: usize) -> bool {
        self.room[number] > 0
    }
}

/// Returns the whole turns that a longitude is away from another, in degrees.
fn turns(lon: f64, other: f64) -> f64 {
    ((lon - other) / 360.0).round() * 360.0
}

/// Leaves out the points of a way that are not needed to stay off the shore by some metres where the way did.
pub(crate) fn straightened(way: &[Point], land: &Shores, metres: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = way.first().copied().into_iter().collect();
    let mut from = 0;
    while from + 1 < way.len() {
        let free =
            |to: usize| to == from + 1 || !land.hit(way[from], way[to]) && roomy(way, from, to, land, metres);
        let mut to = from + 1;
        let mut jump = 1;
        while from + jump < way.len() && free(from + jump) {
            to = from + jump;
            jump *= 2;
        }
        while to + 1 < way.len() && to < from + jump && free(to + 1) {
            to += 1;
        }
        kept.push(way[to]);
        from = to;
    }
    kept
}

/// Returns whether a short cut stays as clear as asked for, or as the way was.
fn roomy(way: &[Point], from: usize, to: usize, land: &Shores, metres: f64) -> bool {
    let least = way[from..=to].iter().map(|at| land.clearance(*at, metres)).fold(metres, f64::min) * 0.7;
    let (a, b) = (way[from], way[to]);
    let count = (to - from).min(24);
    (1..count).all(|n| {
        let share = n as f64 / count as f64;
        land.clearance([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share], metres) >= least
    })
}
