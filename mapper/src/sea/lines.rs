//! Lines between nodes as documents draw them, kept for the next reader.

use super::network::SeaNetwork;
use super::query::{End, Query};
use super::sailing::MILE;
use super::sphere::metres;
use crate::route::NoGeometry;
use rustc_hash::FxHashMap;
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Places};
use std::sync::{Arc, Mutex, PoisonError};

/// Lines kept: beyond that the cache starts anew.
const KEPT: usize = 4096;

/// A line on the water, or why there is none.
type Line = Result<Arc<Vec<Position>>, NoGeometry>;

/// The network with the lines asked for so far.
#[derive(Debug)]
pub struct SeaLines {
    network: Arc<SeaNetwork>,
    /// By table version and the two ends.
    lines: Mutex<FxHashMap<(u64, NodeIx, NodeIx), Line>>,
}

impl SeaLines {
    /// Draws lines of a network.
    pub fn new(network: Arc<SeaNetwork>) -> Self {
        Self { network, lines: Mutex::default() }
    }

    /// Returns the line from one node to another: it starts and ends exactly at their positions.
    ///
    /// Pieces are great circles cut so that a straight line in longitude and latitude stays within
    /// 250 m of them, none longer than 50 km. The way back is the same line reversed, but where a one-way passage
    /// is shut to it. Longitudes
    /// are in -180..=180; see [`crate::geojson`] for lines over the 180th meridian.
    ///
    /// # Errors
    ///
    /// [`NoGeometry::NoSeaRoute`] if no way joins the two, or if they are one node.
    pub fn path(&self, places: &Places, from: NodeIx, to: NodeIx) -> Result<Arc<Vec<Position>>, NoGeometry> {
        // Where a passage is one-way, the way back may be another.
        let (low, high) = if self.network.is_two_way() { (from.min(to), from.max(to)) } else { (from, to) };
        let there = self.remember((places.version(), low, high), || self.draw(places, low, high))?;
        if from == low {
            return Ok(there);
        }
        // Keyed the other way round in the cache too: readers share one line per direction.
        self.remember((places.version(), from, to), || Ok(Arc::new(there.iter().rev().copied().collect())))
    }

    /// Returns the length of a line in nautical miles on the sphere.
    pub fn length_nm(line: &[Position]) -> f64 {
        line.windows(2).map(|pair| metres(pair[0], pair[1])).sum::<f64>() / MILE
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
        if from == to {
            return Err(NoGeometry::NoSeaRoute);
        }
        // The table asked for may place a node elsewhere than the one the network was built with.
        let end = |ix: NodeIx| {
            let node = places.node(ix);
            if self.network.knows(&node.id, node.position) {
                End::Node(node.id.clone())
            } else {
                End::At(node.position)
            }
        };
        let sailing =
            self.network.sail(&Query::new(end(from), end(to))).map_err(|_| NoGeometry::NoSeaRoute)?;
        Ok(Arc::new(sailing.line()))
    }
}
