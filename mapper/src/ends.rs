//! What a person or a program writes for an end of a way: a node, or a position whose numbers say what they are.
//!
//! Two bare numbers are never a position: nobody can tell `1.26,103.8` from `103.8,1.26` where both
//! are within 90 degrees, and a swapped pair is a place on the other side of the earth.

use crate::sea::{End, SeaError, SeaNetwork};
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Pick, Places};
use thiserror::Error;

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meant {
    /// A node of the table.
    Node(NodeIx),
    /// A position.
    At(Position),
}

/// Why a text is no end.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EndError {
    /// No node is known by it.
    #[error(
        "node `{0}` is unknown; try a name, a UN/LOCODE, an SMDG code, or a position as `lat=1.26,lon=103.8`"
    )]
    Unknown(String),
    /// Several nodes may be meant.
    #[error("`{text}` may mean several nodes")]
    Several {
        /// What was written.
        text: String,
        /// What it may mean, best first.
        candidates: Vec<NodeIx>,
    },
    /// It looks like a position, and does not say which number is which or is none on the earth.
    #[error("{0}")]
    Position(String),
}

/// Returns what a text means: a node by id, code or name, or a position as `lat=1.26,lon=103.8` (in either
/// order) or `1.26N,103.8E`.
///
/// # Errors
///
/// If it is neither, or may be several nodes; one sentence that says what to write.
pub fn read(places: &Places, text: &str) -> Result<Meant, EndError> {
    let text = text.trim();
    if let Some(position) = position(text) {
        return position.map(Meant::At).map_err(EndError::Position);
    }
    match places.pick(text) {
        Pick::One(node) => Ok(Meant::Node(node)),
        Pick::Nothing => Err(EndError::Unknown(text.to_owned())),
        Pick::Several(candidates) => Err(EndError::Several { text: text.to_owned(), candidates }),
    }
}

/// Returns the end that the network is asked for.
///
/// The table may place a node elsewhere than the one the network was built with.
pub fn end(network: &SeaNetwork, places: &Places, meant: Meant) -> End {
    match meant {
        Meant::At(at) => End::At(at),
        Meant::Node(ix) => {
            let node = places.node(ix);
            if network.knows(&node.id, node.position) {
                End::Node(node.id.clone())
            } else {
                End::At(node.position)
            }
        }
    }
}

/// Returns whether a position that lies too far from the water would lie at it with its numbers swapped.
pub fn looks_swapped(network: &SeaNetwork, at: Position) -> bool {
    let swapped = Position { lat: at.lon, lon: at.lat };
    if swapped.lat.abs() > 90.0 {
        return false;
    }
    let there = End::At(swapped);
    let query = crate::sea::Query::new(there.clone(), there);
    !matches!(network.sail(&query), Err(SeaError::TooFar(_) | SeaError::BadPosition(_)))
}

/// The two numbers of a text that means a position; nothing for other texts.
fn position(text: &str) -> Option<Result<Position, String>> {
    let parts: Vec<&str> = text.split([',', ';', ' ']).filter(|part| !part.is_empty()).collect();
    let named: Option<Vec<(Axis, f64)>> = parts.iter().map(|part| named(part)).collect();
    match (parts.as_slice(), named.as_deref()) {
        (_, Some([(Axis::Lat, lat), (Axis::Lon, lon)] | [(Axis::Lon, lon), (Axis::Lat, lat)])) => {
            Some(checked(*lat, *lon))
        }
        (_, Some([_, ..])) => {
            Some(Err(format!("`{text}` needs one latitude and one longitude, as `lat=1.26,lon=103.8`")))
        }
        ([first, second], None) => Some(Err(bare(first.parse().ok()?, second.parse().ok()?))),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Axis {
    Lat,
    Lon,
}

/// Reads `lat=1.26` or `1.26N`.
fn named(part: &str) -> Option<(Axis, f64)> {
    if let Some((name, value)) = part.split_once('=') {
        let axis = match name.to_ascii_lowercase().as_str() {
            "lat" | "latitude" => Axis::Lat,
            "lon" | "lng" | "longitude" => Axis::Lon,
            _ => return None,
        };
        return Some((axis, value.parse().ok()?));
    }
    let (number, letter) = part.split_at_checked(part.len().checked_sub(1)?)?;
    let value: f64 = number.parse().ok().filter(|value: &f64| *value >= 0.0)?;
    match letter {
        "N" | "n" => Some((Axis::Lat, value)),
        "S" | "s" => Some((Axis::Lat, -value)),
        "E" | "e" => Some((Axis::Lon, value)),
        "W" | "w" => Some((Axis::Lon, -value)),
        _ => None,
    }
}

fn checked(lat: f64, lon: f64) -> Result<Position, String> {
    match (lat.abs() <= 90.0, lon.abs() <= 360.0) {
        (true, true) => Ok(Position { lat, lon }),
        (false, _) if lat.abs() <= 360.0 && lon.abs() <= 90.0 => Err(format!(
            "latitude {lat} is beyond 90 degrees; if the two were swapped, write `lat={lon},lon={lat}`"
        )),
        _ => Err(format!("latitude {lat} and longitude {lon} are no position on the earth")),
    }
}

/// What to say to two numbers without names.
fn bare(first: f64, second: f64) -> String {
    let written = if first.abs() > 90.0 && second.abs() <= 90.0 {
        format!("it looks like longitude first: write `lat={second},lon={first}`")
    } else if second.abs() > 90.0 && first.abs() <= 90.0 {
        format!("it looks like latitude first: write `lat={first},lon={second}`")
    } else {
        "write `lat=...,lon=...`".to_owned()
    };
    format!("`{first},{second}` does not say which number is the latitude; {written}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Result<Meant, EndError> {
        read(&Places::embedded(), text)
    }

    #[test]
    fn positions_are_named_in_any_order() {
        let singapore = Ok(Meant::At(Position { lat: 1.26, lon: 103.8 }));
        for text in ["lat=1.26,lon=103.8", "lon=103.8, lat=1.26", "1.26N,103.8E", "LAT=1.26 LNG=103.8"] {
            assert_eq!(asked(text), singapore, "{text}");
        }
        assert_eq!(asked("33.7S 118.2w"), Ok(Meant::At(Position { lat: -33.7, lon: -118.2 })));
    }

    #[test]
    fn bare_and_swapped_numbers_are_told_what_to_write() {
        for (text, help) in [
            ("1.26,103.8", "write `lat=1.26,lon=103.8`"),
            ("103.8,1.26", "write `lat=1.26,lon=103.8`"),
            ("12.5, 43.2", "write `lat=...,lon=...`"),
            ("lat=103.8,lon=1.26", "write `lat=1.26,lon=103.8`"),
            ("lat=1,lat=2", "one latitude and one longitude"),
            ("lat=1", "one latitude and one longitude"),
            ("lat=nan,lon=5", "no position"),
            ("lat=400,lon=5", "no position"),
        ] {
            let said = asked(text).unwrap_err().to_string();
            assert!(said.contains(help), "{text}: {said}");
        }
    }

    #[test]
    fn nodes_are_found_as_everywhere() {
        let places = Places::embedded();
        let Ok(Meant::Node(ix)) = asked("SGICT") else { panic!("a terminal") };
        assert_eq!(&*places.node(ix).id.0, "CN-YANGSHAN-3");
        assert!(matches!(asked("yang"), Err(EndError::Several { candidates, .. }) if candidates.len() > 1));
        assert!(matches!(asked("Atlantis"), Err(EndError::Unknown(_))));
    }

    #[test]
    fn a_swapped_position_ashore_is_recognised() {
        let network = SeaNetwork::embedded();
        let ashore = |lat: f64, lon: f64| {
            let at = Position { lat, lon };
            let query = crate::sea::Query::new(End::At(at), End::At(at));
            assert_eq!(network.sail(&query), Err(SeaError::TooFar(at)));
            looks_swapped(&network, at)
        };
        assert!(ashore(15.0, 36.0), "in the Sudan; swapped, off Sicily");
        assert!(!ashore(20.0, 51.0), "in Arabia; swapped, in Poland");
        assert!(!ashore(51.0, 120.0), "in Siberia; swapped, beyond the pole");
    }
}
