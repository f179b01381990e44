//! How far the shore is, on a raster of one arc-minute: lets most sight tests pass the open sea in few steps.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "cells of a raster of 21600 x 10800"
)]

use super::roughly;
use crate::sea::shores::{Point, Shores};
use crate::sea::sphere::Unit;

/// Cells in a degree.
const FINE: f64 = 60.0;
const COLUMNS: usize = 21_600;
const ROWS: usize = 10_800;
/// Metres in a unit of the field.
const UNIT: f64 = 300.0;
/// The value of cells deep inside land.
const INLAND: u8 = 0;
/// The value of cells that a shore runs through: asks for the exact test.
const SHORE: u8 = 1;
/// From this value on a tile is known well enough: 20 km.
const ROOMY: u8 = 68;

/// The most metres that a field tells: there is at least as much room.
pub(super) const FULL: f64 = (u8::MAX - SHORE) as f64 * UNIT;

/// Cells of a tile side by side: a tile is one line of the processor's cache, and most steps of a trace stay in it.
const TILE: usize = 8;
/// Tiles around the earth.
const TILES: usize = COLUMNS / TILE;

/// Distances to the shore.
pub(super) struct Field {
    /// Cells row by row while they are made, tile by tile then.
    cells: Vec<u8>,
    /// The least value of each tile, `INLAND` if all of it is.
    tiles: Vec<u8>,
}

/// What the field knows of a place.
pub(super) enum Cell {
    /// Land, without a shore in the cell.
    Inland,
    /// Water or a shore, with about as many metres to the nearest shore.
    Metres(f64),
}

impl Field {
    /// Draws the shores and spreads distances from them.
    pub(super) fn new(outlines: &[&Shores]) -> Self {
        let mut cells = vec![255_u8; COLUMNS * ROWS];
        for land in outlines {
            // Two threads draw two halves; each cell depends on the shores alone.
            let (south, north) = cells.split_at_mut(COLUMNS * (ROWS / 2));
            std::thread::scope(|scope| {
                scope.spawn(|| fill(south, 0, land));
                fill(north, ROWS / 2, land);
            });
            for [a, b] in land.segments() {
                let steps = (((a[0] - b[0]).abs().max((a[1] - b[1]).abs())) * FINE * 4.0).ceil().max(1.0);
                for step in 0..=steps as usize {
                    let share = step as f64 / steps;
                    cells[cell([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share])] = SHORE;
                }
            }
        }
        let mut field = Self { cells, tiles: Vec::with_capacity(COLUMNS * ROWS / TILE / TILE) };
        field.spread();
        field.tile();
        field
    }

    /// Puts the cells of each tile side by side.
    fn tile(&mut self) {
        let mut rows = vec![0; COLUMNS * TILE];
        for band in self.cells.chunks_mut(COLUMNS * TILE) {
            rows.copy_from_slice(band);
            for (number, tile) in band.chunks_mut(TILE * TILE).enumerate() {
                for (row, part) in tile.chunks_mut(TILE).enumerate() {
                    let from = row * COLUMNS + number * TILE;
                    part.copy_from_slice(&rows[from..from + TILE]);
                }
                // A tile with land and water has a shore, even if its shore lies on its edge.
                let water = tile.iter().copied().filter(|cell| *cell != INLAND).min();
                let mixed = water.is_some() && tile.contains(&INLAND);
                self.tiles.push(if mixed { SHORE } else { water.unwrap_or(INLAND) });
            }
        }
    }

    /// Returns what is known of a point; the place it looks at is right to a hundred metres.
    pub(super) fn at(&self, at: Unit) -> Cell {
        let [row, column] = raster(at);
        let tile = row / TILE * TILES + column / TILE;
        let mut value = self.tiles[tile];
        // Far from the shore the least of the tile is enough, and it is near in memory.
        if value != INLAND && value < ROOMY {
            value = self.cells[tile * TILE * TILE + row % TILE * TILE + column % TILE];
        }
        match value {
            INLAND => Cell::Inland,
            units => Cell::Metres(f64::from(units - SHORE) * UNIT),
        }
    }

    /// Returns whether all land around a point is inland: no way leads over it.
    pub(super) fn inland(&self, at: Unit) -> bool {
        let [row, column] = raster(at);
        self.tiles[row / TILE * TILES + column / TILE] == INLAND
    }

    /// Spreads distances forth and back over the raster; east and west join.
    fn spread(&mut self) {
        for row in 0..ROWS {
            self.spread_row(row, row.checked_sub(1));
        }
        for row in (0..ROWS).rev() {
            self.spread_row(row, Some(row + 1).filter(|next| *next < ROWS));
        }
    }

    fn spread_row(&mut self, row: usize, other: Option<usize>) {
        let lat = (row as f64 + 0.5) / FINE - 90.0;
        let high = 1853.0 / UNIT;
        let wide = high * libm::cos(lat.to_radians());
        let across = (high * high + wide * wide).sqrt();
        // Rounded down: a distance may be too small by a little, never too large by much.
        let [high, wide, across] = [high, wide.max(0.5), across].map(|units| (units as u8).max(1));
        if let Some(other) = other {
            self.spread_over(row, other, high, across);
        }
        for turn in 0..2 {
            for step in 0..COLUMNS {
                let column = if turn == 0 { step } else { COLUMNS - 1 - step };
                let before =
                    if turn == 0 { (column + COLUMNS - 1) % COLUMNS } else { (column + 1) % COLUMNS };
                let at = row * COLUMNS + column;
                let best = self.cells[row * COLUMNS + before].max(SHORE).saturating_add(wide);
                self.cells[at] = self.cells[at].min(best);
            }
        }
    }
}

impl Field {
    /// Spreads distances from one row to a row beside it. Land and shores stay: they are less than all that comes.
    fn spread_over(&mut self, row: usize, other: usize, high: u8, across: u8) {
        let (low, top) = self.cells.split_at_mut(row.max(other) * COLUMNS);
        let (low, top) = (&mut low[row.min(other) * COLUMNS..][..COLUMNS], &mut top[..COLUMNS]);
        let (here, there) = if row < other { (low, &*top) } else { (top, &*low) };
        let far = |cell: u8, more: u8| cell.max(SHORE).saturating_add(more);
        for (cell, beside) in here.iter_mut().zip(there) {
            *cell = (*cell).min(far(*beside, high));
        }
        for (cell, beside) in here.iter_mut().zip(&there[1..]) {
            *cell = (*cell).min(far(*beside, across));
        }
        // East and west join.
        here[COLUMNS - 1] = here[COLUMNS - 1].min(far(there[0], across));
        for (cell, beside) in here[1..].iter_mut().zip(there) {
            *cell = (*cell).min(far(*beside, across));
        }
        here[0] = here[0].min(far(there[COLUMNS - 1], across));
    }
}

/// Marks the inside of land in rows from `first` on.
fn fill(cells: &mut [u8], first: usize, land: &Shores) {
    const BUCKET: usize = 15;
    for (number, row) in cells.chunks_mut(COLUMNS).enumerate() {
        let lat = ((first + number) as f64 + 0.5) / FINE - 90.0;
        for (column, part) in row.chunks_mut(BUCKET).enumerate() {
            let lon = |cell: usize| ((column * BUCKET + cell) as f64 + 0.5) / FINE - 180.0;
            // Most buckets have no shore: their fifteen cells are one thing.
            match land.whole([lon(0), lat]) {
                Some(true) => part.fill(INLAND),
                Some(false) => {}
                None => part
                    .iter_mut()
                    .enumerate()
                    .filter(|(cell, _)| land.holds([lon(*cell), lat]))
                    .for_each(|(_, c)| *c = INLAND),
            }
        }
    }
}

/// Returns row and column of a point.
fn raster(at: Unit) -> [usize; 2] {
    let [lat, lon] = roughly::position(at);
    let row = ((lat + 90.0) * FINE) as usize;
    let column = ((lon + 180.0) * FINE) as usize;
    [row.min(ROWS - 1), column.min(COLUMNS - 1)]
}

fn cell(at: Point) -> usize {
    let column = ((at[0] + 180.0) * FINE).floor() as i64;
    let row = (((at[1] + 90.0) * FINE).floor() as i64).clamp(0, ROWS as i64 - 1);
    row as usize * COLUMNS + column.rem_euclid(COLUMNS as i64) as usize
}
