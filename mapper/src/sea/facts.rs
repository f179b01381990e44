//! What no coastline tells: canals and straits, areas to avoid, rivers, limits (`data/reference/passages.toml`).

use super::sphere::{Unit, cross, dot, normal, unit};
use super::water::place;
use serde::Deserialize;
use thiserror::Error;

/// The shipped facts.
pub(crate) const EMBEDDED: &str = include_str!("../../../data/reference/passages.toml");

/// Why the facts cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FactsError {
    /// The text is not TOML of the expected form.
    #[error("the table of passages has the wrong form: {0}")]
    Form(String),
    /// A position is outside the earth.
    #[error("`{0}` has a position outside the earth")]
    BadPosition(String),
    /// A row does not say where it comes from.
    #[error("`{0}` names no source")]
    NoSource(String),
    /// A passage is one-way, and its anchors do not say in which direction its gates are crossed.
    #[error("`{0}` is one-way, and its two anchors do not lie clearly on both sides of its gates")]
    NoDirection(String),
    /// A line or ring is too short.
    #[error("`{0}` has too few points")]
    TooShort(String),
}

/// Latitude and longitude, as the table writes them.
pub(crate) type LatLon = [f64; 2];

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    pub(crate) passage: Vec<Passage>,
    #[serde(default)]
    pub(crate) avoid: Vec<Avoid>,
    #[serde(default)]
    pub(crate) lane: Vec<Lane>,
    #[serde(default)]
    pub(crate) approach: Vec<Approach>,
    #[serde(default)]
    pub(crate) landfall: Vec<Landfall>,
    #[serde(default)]
    pub(crate) river: Vec<River>,
}

/// A canal, a strait, or a line that ice closes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// What it is asked for by.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Whether it was dug: its line is land on the map.
    #[serde(default)]
    pub canal: bool,
    /// Whether it is shut unless a question opens it.
    #[serde(default)]
    pub shut: bool,
    /// Lines from shore to shore: a way that crosses one uses the passage.
    #[serde(default)]
    pub(crate) gate: Vec<Vec<LatLon>>,
    /// The middle of a canal, or two anchors between which a strait's line is derived.
    #[serde(default)]
    pub(crate) line: Vec<LatLon>,
    /// Cells of the raster that a strait's line is derived on, in metres.
    #[serde(default)]
    pub(crate) cell: Option<f64>,
    /// The largest draught in metres.
    #[serde(default)]
    pub draft: Option<f64>,
    /// The largest length in metres.
    #[serde(default)]
    pub length: Option<f64>,
    /// The largest beam in metres.
    #[serde(default)]
    pub beam: Option<f64>,
    /// What using it costs, as nautical miles of detour that a ship would rather make.
    #[serde(default)]
    pub cost: f64,
    /// From where to where ships pass, if they may pass in one direction only: latitude and longitude of two places, one
    /// on each side of the gates.
    #[serde(default)]
    pub one_way: Option<[[f64; 2]; 2]>,
    /// Where the row comes from.
    pub source: String,
}

impl Passage {
    /// Returns whether the direction of a one-way passage is clear at every piece of its gates; others have none.
    fn told_apart(&self) -> bool {
        let Some(anchors) = self.one_way else { return true };
        let [from, to] = anchors.map(|at| unit(place(at)));
        let clear = |piece: &[LatLon]| {
            let across = normal(cross(unit(place(piece[0])), unit(place(piece[1]))));
            let ahead: Unit = normal(std::array::from_fn(|i| to[i] - from[i]));
            // Thirty degrees and more off the gate.
            dot(across, ahead).abs() > 0.5
        };
        let mut pieces = self.gate.iter().flat_map(|gate| gate.windows(2)).peekable();
        // Anchors in one place lead nowhere: no number is clear.
        pieces.peek().is_some() && pieces.all(clear)
    }
}

/// An area that ships keep out of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Avoid {
    pub(crate) id: String,
    pub(crate) ring: Vec<LatLon>,
    pub(crate) source: String,
}

/// A recommended track near the shore: a mile on it costs a mile, for it is marked and piloted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lane {
    pub(crate) id: String,
    pub(crate) line: Vec<LatLon>,
    /// Cells of the raster that the line is derived on between its points, in metres; without it the points are the line.
    #[serde(default)]
    pub(crate) cell: Option<f64>,
    pub(crate) source: String,
}

/// A fairway from the sea to the berths of some nodes: a mile on it costs a mile, and their ways lead over it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approach {
    pub(crate) id: String,
    /// The nodes whose ways lead over it, or over another that names them.
    pub(crate) nodes: Vec<String>,
    /// Places that it leads through, from the sea inward; between them it is derived.
    pub(crate) line: Vec<LatLon>,
    /// Cells of the raster that it is derived on, in metres.
    pub(crate) cell: f64,
    pub(crate) source: String,
}

/// A place off a harbour from which ways lead across oceans.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Landfall {
    pub(crate) id: String,
    pub(crate) at: LatLon,
    pub(crate) source: String,
}

/// A river that sea ships or barges go up: its length is told apart and not counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct River {
    pub(crate) id: String,
    pub(crate) name: String,
    /// From the sea upward.
    pub(crate) line: Vec<LatLon>,
    pub(crate) source: String,
}

impl Facts {
    /// Reads the table.
    pub(crate) fn parse(text: &str) -> Result<Self, FactsError> {
        let facts: Self = toml::from_str(text).map_err(|e| FactsError::Form(e.to_string()))?;
        let lines =
            facts.passage.iter().flat_map(|p| p.gate.iter().chain([&p.line]).map(|line| (&p.id, line)));
        let lines = lines.map(|(id, line)| (id, line.as_slice()));
        let directions =
            facts.passage.iter().filter_map(|p| p.one_way.as_ref().map(|way| (&p.id, way.as_slice())));
        let lines = lines.chain(directions);
        let lines = lines.chain(facts.avoid.iter().map(|a| (&a.id, a.ring.as_slice())));
        let lines = lines.chain(facts.lane.iter().map(|l| (&l.id, l.line.as_slice())));
        let lines = lines.chain(facts.approach.iter().map(|a| (&a.id, a.line.as_slice())));
        let lines = lines.chain(facts.river.iter().map(|r| (&r.id, r.line.as_slice())));
        if let Some(off) = facts.landfall.iter().find(|l| !(l.at[0].abs() <= 90.0 && l.at[1].abs() <= 180.0))
        {
            return Err(FactsError::BadPosition(off.id.clone()));
        }
        for (id, line) in lines {
            if line.iter().any(|[lat, lon]| !(lat.abs() <= 90.0 && lon.abs() <= 180.0)) {
                return Err(FactsError::BadPosition(id.clone()));
            }
            if line.len() == 1 {
                return Err(FactsError::TooShort(id.clone()));
            }
        }
        let sources = facts.passage.iter().map(|p| (&p.id, &p.source));
        let sources = sources.chain(facts.avoid.iter().map(|a| (&a.id, &a.source)));
        let sources = sources.chain(facts.lane.iter().map(|l| (&l.id, &l.source)));
        let sources = sources.chain(facts.approach.iter().map(|a| (&a.id, &a.source)));
        let sources = sources.chain(facts.landfall.iter().map(|l| (&l.id, &l.source)));
        let mut sources = sources.chain(facts.river.iter().map(|r| (&r.name, &r.source)));
        if let Some((id, _)) = sources.find(|(_, source)| source.is_empty()) {
            return Err(FactsError::NoSource(id.clone()));
        }
        if let Some(short) = facts.avoid.iter().find(|a| a.ring.len() < 3) {
            return Err(FactsError::TooShort(short.id.clone()));
        }
        if let Some(astray) = facts.passage.iter().find(|p| !p.told_apart()) {
            return Err(FactsError::NoDirection(astray.id.clone()));
        }
        Ok(facts)
    }
}

/// From here on a ship does not care how far the shore is, in metres: ten miles.
pub(crate) const FREE: f64 = 18_520.0;
/// How much more a mile costs right at the shore.
const NEAR: f64 = 0.3;

/// Returns what a mile costs so many metres from the shore: ships keep off where there is room.
pub(crate) fn clearance_factor(metres: f64) -> f64 {
    let share = (1.0 - metres / FREE).max(0.0);
    1.0 + NEAR * share * share
}
