//! Rings of land in whole units of a grid, as the artefact keeps them.

use super::{land, shores};

/// A closed ring in grid units: its last point is its first.
pub(crate) type Ring = Vec<[i64; 2]>;

/// The grid that the source was rounded to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    /// Degrees in a unit, east and north.
    pub(crate) scale: [f64; 2],
    /// The degrees of unit zero.
    pub(crate) origin: [f64; 2],
}

impl Grid {
    /// Returns rings in degrees, rounded as outlines are.
    pub(crate) fn degrees(&self, rings: &[Ring]) -> Vec<land::Ring> {
        let point = |p: &[i64; 2]| {
            let along = |i: usize| shores::rounded(self.origin[i] + p[i] as f64 * self.scale[i]);
            [along(0), along(1).max(-90.0)]
        };
        rings.iter().map(|ring| ring.iter().map(point).collect()).collect()
    }
}
