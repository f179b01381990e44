//! Ways over the sea between known nodes, along authored waypoints.
//!
//! The ways are drawn by us (`data/reference/waypoints.toml`): every link is a great circle that a
//! test holds clear of land. Nodes without a way have no geometry rather than a guessed line.

mod dense;
pub(crate) mod sphere;
mod ways;

pub use ways::WaysError;

use crate::route::NoGeometry;
use rustc_hash::FxHashMap;
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Places};
use sphere::metres;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use ways::Ways;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;

/// Lines kept: all pairs of some sixty nodes; beyond that the cache starts anew.
const KEPT: usize = 4096;

static EMBEDDED: LazyLock<Arc<SeaWays>> = LazyLock::new(|| {
    let text = include_str!("../../data/reference/waypoints.toml");
    Arc::new(SeaWays::parse(text, &Places::embedded()).expect("a test checks the shipped ways"))
});

/// A line on the water, or why there is none.
type Line = Result<Arc<Vec<Position>>, NoGeometry>;

/// The network of authored ways, with the lines asked for so far.
#[derive(Debug)]
pub struct SeaWays {
    ways: Ways,
    /// By table version and the two ends, the lower index first.
    lines: Mutex<FxHashMap<(u64, NodeIx, NodeIx), Line>>,
}

impl SeaWays {
    /// Returns the network shipped with the engine.
    pub fn embedded() -> Arc<Self> {
        Arc::clone(&EMBEDDED)
    }

    /// Reads a network in the form of `data/reference/waypoints.toml` whose ends are nodes of `places`.
    ///
    /// # Errors
    ///
    /// If the text is not that form, or a way names neither a node nor a waypoint.
    pub fn parse(text: &str, places: &Places) -> Result<Self, WaysError> {
        Ok(Self { ways: Ways::parse(text, places)?, lines: Mutex::default() })
    }

    /// Returns the line from one node to another: it starts and ends exactly at their positions.
    ///
    /// Pieces are great circles cut so that a straight line in longitude and latitude stays within
    /// 250 m of them, none longer than 50 km. The way back is the same line reversed. Longitudes
    /// are in -180..=180; see [`crate::geojson`] for lines over the 180th meridian.
    ///
    /// # Errors
    ///
    /// [`NoGeometry::NoSeaRoute`] if no authored way joins the two, or if they are one node.
    pub fn path(&self, places: &Places, from: NodeIx, to: NodeIx) -> Result<Arc<Vec<Position>>, NoGeometry> {
        let there = self.remembered(places, from.min(to), from.max(to))?;
        if from <= to {
            return Ok(there);
        }
        // Keyed the other way round in the cache too: readers share one line per direction.
        self.remember((places.version(), from, to), || Ok(Arc::new(there.iter().rev().copied().collect())))
    }

    /// Returns the length of a line in nautical miles.
    pub fn length_nm(line: &[Position]) -> f64 {
        line.windows(2).map(|pair| metres(pair[0], pair[1])).sum::<f64>() / MILE
    }

    /// Returns the distance between two nodes along the authored ways in nautical miles.
    ///
    /// # Errors
    ///
    /// As [`SeaWays::path`].
    pub fn distance_nm(&self, places: &Places, from: NodeIx, to: NodeIx) -> Result<f64, NoGeometry> {
        self.path(places, from, to).map(|line| Self::length_nm(&line))
    }

    fn remembered(&self, places: &Places, from: NodeIx, to: NodeIx) -> Line {
        self.remember((places.version(), from, to), || self.draw(places, from, to))
    }

    fn remember(&self, key: (u64, NodeIx, NodeIx), draw: impl FnOnce() -> Line) -> Line {
        if let Some(line) = self.lines.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return line.clone();
        }
        let line = draw();
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= KEPT {
            lines.clear();
        }
        lines.insert(key, line.clone());
        line
    }

    fn draw(&self, places: &Places, from: NodeIx, to: NodeIx) -> Line {
        let ends = [places.node(from), places.node(to)];
        let mut corners = self.ways.shortest(&ends[0].id, &ends[1].id).ok_or(NoGeometry::NoSeaRoute)?;
        // The table asked for may place a node elsewhere than the one the ways were read with.
        if let [first, .., last] = corners.as_mut_slice() {
            (*first, *last) = (ends[0].position, ends[1].position);
        }
        Ok(Arc::new(dense::line(&corners)))
    }
}

#[cfg(test)]
mod land;
#[cfg(test)]
mod tests;
