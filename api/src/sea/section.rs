//! The way between two ends, drawn once: its legs with their lines as encoded bytes, kept in a bounded cache.

use super::question::Antimeridian;
use sealane_data::node::Position;
use sealane_mapper::geojson::{bbox, line_geometry, unwrapped_geometry};
use sealane_mapper::passages;
use sealane_mapper::sea::{LegKind, Query, Sailing, SeaLeg, SeaNetwork};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of lines in each of the two generations of the cache.
const GENERATION: usize = 8 << 20;
/// What is kept of a section beside its lines, about.
const BESIDE: usize = 512;

/// One leg, drawn.
#[derive(Debug)]
pub(super) struct DrawnLeg {
    pub(super) kind: LegKind,
    pub(super) metres: f64,
    /// Its GeoJSON geometry.
    pub(super) geometry: Box<[u8]>,
}

/// A way between two ends, drawn.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) legs: Vec<DrawnLeg>,
    /// Ids of passages with metres from the start, in order of travel.
    pub(super) passages: Vec<(String, f64)>,
    /// Metres with what ships rather avoid.
    pub(super) cost: f64,
    /// The box around it: west, south, east, north.
    pub(super) bbox: Option<[f64; 4]>,
    /// The way itself, for pictures.
    pub(super) way: Sailing,
}

impl Section {
    /// Draws a way.
    pub(super) fn draw(
        network: &SeaNetwork,
        sailing: &Sailing,
        zoom: Option<u8>,
        antimeridian: Antimeridian,
    ) -> Self {
        let lines: Vec<Vec<Position>> = sailing.legs.iter().map(|leg| line(network, leg, zoom)).collect();
        let legs = sailing.legs.iter().zip(&lines).map(|(leg, line)| DrawnLeg {
            kind: leg.kind,
            metres: leg.metres,
            geometry: encoded(line, antimeridian),
        });
        let used = passages::in_order(network, sailing);
        Self {
            legs: legs.collect(),
            passages: used.into_iter().map(|used| (used.passage.id.clone(), used.at)).collect(),
            cost: sailing.cost,
            bbox: bbox(lines.iter().map(Vec::as_slice)),
            way: sailing.clone(),
        }
    }

    /// Returns the metres of everything that is travelled on.
    pub(super) fn metres(&self) -> f64 {
        self.legs.iter().map(|leg| leg.metres).sum()
    }

    fn size(&self) -> usize {
        let bends: usize = self.way.legs.iter().map(|leg| size_of_val(leg.bends.as_slice())).sum();
        let drawn =
            self.legs.iter().map(|leg| leg.geometry.len() + size_of::<DrawnLeg>() + size_of::<SeaLeg>());
        BESIDE + bends + drawn.sum::<usize>()
    }
}

fn line(network: &SeaNetwork, leg: &SeaLeg, zoom: Option<u8>) -> Vec<Position> {
    match zoom {
        None => leg.line(),
        Some(zoom) => {
            let alone = Sailing { legs: vec![leg.clone()], passages: Vec::new(), cost: 0.0 };
            network.line_at_zoom(&alone, zoom)
        }
    }
}

/// A geometry always has JSON.
fn encoded(line: &[Position], antimeridian: Antimeridian) -> Box<[u8]> {
    let geometry = match antimeridian {
        Antimeridian::Split => line_geometry(line),
        Antimeridian::Unwrap => unwrapped_geometry(line),
    };
    serde_json::to_vec(&geometry).unwrap_or_else(|_| b"null".to_vec()).into()
}

/// Returns the text under which a section is kept: everything that decides it.
pub(super) fn key(query: &Query, zoom: Option<u8>, antimeridian: Antimeridian) -> String {
    let Query { from, to, avoid, open, vessel, .. } = query;
    format!("{from:?} {to:?} {avoid:?} {open:?} {vessel:?} {zoom:?} {antimeridian:?}")
}

/// Sections asked for lately: two generations, of which the older one goes when the younger is full.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<String, Arc<Section>>,
    old: HashMap<String, Arc<Section>>,
    /// Bytes of the young ones.
    bytes: usize,
}

impl Kept {
    pub(super) fn get(&self, key: &str) -> Option<Arc<Section>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(section) = all.young.get(key) {
            return Some(section.clone());
        }
        let section = all.old.remove(key)?;
        all.put(key.to_owned(), section.clone());
        Some(section)
    }

    pub(super) fn put(&self, key: String, section: Arc<Section>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, section);
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let all = self.0.lock().unwrap();
        all.young.values().chain(all.old.values()).map(|section| section.size()).sum()
    }
}

impl Generations {
    fn put(&mut self, key: String, section: Arc<Section>) {
        let size = section.size() + key.len();
        if self.bytes + size > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(key, section);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_asked_again() {
        let kept = Kept::default();
        let section = |n: usize| {
            let leg = DrawnLeg { kind: LegKind::Sea, metres: 1.0, geometry: vec![0; 100_000].into() };
            let way = Sailing { legs: Vec::new(), passages: Vec::new(), cost: 0.0 };
            Arc::new(Section { legs: vec![leg], passages: Vec::new(), cost: n as f64, bbox: None, way })
        };
        for n in 0..1_000 {
            kept.put(n.to_string(), section(n));
            assert_eq!(kept.get("0").map(|s| s.cost), Some(0.0), "asked for all the time");
            assert!(kept.bytes() <= 2 * GENERATION + 200_000);
        }
        assert!(kept.get("1").is_none() && kept.get("999").is_some());
    }
}
