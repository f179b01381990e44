//! How much room there is on the open sea, by buckets of a quarter degree: most of a long way is looked at in few steps.

use super::shores::{Point, Shores, point};
use super::sphere::{Arc, RADIUS};

/// Buckets in a degree.
const FINE: f64 = 4.0;
/// Buckets around the earth.
const COLUMNS: usize = 1440;
/// Buckets from pole to pole.
const ROWS: usize = 720;
/// Metres in a unit of room.
const UNIT: f64 = 10_000.0;
/// Units from bucket to bucket northward, rounded down.
const HIGH: u8 = 2;
/// Where an arc is looked at first.
const EIGHTHS: [f64; 7] = [0.5, 0.25, 0.75, 0.125, 0.875, 0.375, 0.625];

/// Room from everywhere to the nearest outline, never too much.
#[derive(Debug)]
pub(crate) struct Calm {
    /// Units from anywhere in a bucket to the next outline.
    room: Vec<u8>,
    /// Whether a bucket is land without a shore.
    inland: Vec<bool>,
}

impl Calm {
    /// Measures the room between land and areas to avoid.
    pub(crate) fn new(land: &Shores, avoid: &Shores) -> Self {
        let middle = |number: usize| -> Point {
            let (row, column) = (number / COLUMNS, number % COLUMNS);
            [(column as f64 + 0.5) / FINE - 180.0, (row as f64 + 0.5) / FINE - 90.0]
        };
        let inland: Vec<bool> = (0..COLUMNS * ROWS).map(|n| land.whole(middle(n)) == Some(true)).collect();
        let free = |n: usize| land.whole(middle(n)).is_some() && avoid.whole(middle(n)).is_some();
        let mut calm =
            Self { room: (0..COLUMNS * ROWS).map(|n| if free(n) { u8::MAX } else { 0 }).collect(), inland };
        for row in 0..ROWS {
            calm.spread(row, row.checked_sub(1));
        }
        for row in (0..ROWS).rev() {
            calm.spread(row, Some(row + 1).filter(|next| *next < ROWS));
        }
        // From the middle of one bucket to that of the next: the two halves may hold nothing.
        calm.room.iter_mut().for_each(|room| *room = room.saturating_sub(HIGH + 1));
        calm
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    fn spread(&mut self, row: usize, other: Option<usize>) {
        // The edge of the row that is nearer to a pole is shorter.
        let lat = ((row as f64 + 0.5) / FINE - 90.0).abs() + 0.5 / FINE;
        let wide = (libm::cos(lat.min(90.0).to_radians()) * 27_790.0 / UNIT).floor().max(0.0) as u16;
        let cell = |row: usize, column: usize| row * COLUMNS + column % COLUMNS;
        if let Some(other) = other {
            for column in 0..COLUMNS {
                let beside = [COLUMNS - 1, 0, 1].map(|by| u16::from(self.room[cell(other, column + by)]));
                let best = beside.into_iter().min().unwrap_or(0) + u16::from(HIGH);
                let here = &mut self.room[row * COLUMNS + column];
                *here = (*here).min(best.min(255) as u8);
            }
        }
        for turn in [1, COLUMNS - 1] {
            for step in 0..2 * COLUMNS {
                let column = (step * turn) % COLUMNS;
                let best = u16::from(self.room[cell(row, column + COLUMNS - turn)]) + wide;
                let here = &mut self.room[row * COLUMNS + column];
                *here = (*here).min(best.min(255) as u8);
            }
        }
    }

    /// Returns metres around a point without an outline, 0 if little is known.
    pub(crate) fn room(&self, at: Point) -> f64 {
        f64::from(self.room[bucket(at)]) * UNIT
    }

    /// Returns whether one of a few points along an arc is well inland: most long arcs over land end here.
    pub(crate) fn over_land(&self, arc: &Arc) -> bool {
        arc.whole * RADIUS > 200_000.0
            && EIGHTHS.iter().any(|share| self.inland[bucket(point(arc.at(arc.whole * share)))])
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1439")]
fn bucket([lon, lat]: Point) -> usize {
    let column = ((lon + 180.0).rem_euclid(360.0) * FINE) as usize;
    let row = ((lat + 90.0) * FINE).max(0.0) as usize;
    row.min(ROWS - 1) * COLUMNS + column.min(COLUMNS - 1)
}
