//! Positions of ships on their way to the log: cleaned, and thinned to the points of tracks.

use jiff::Timestamp;
use sealane_data::fix::Fix;
use sealane_data::node::Position;
use sealane_ingest::track::{Settings, Tracker};
use sealane_ingest::transports::{Positions, Thinner};
use sealane_mapper::nodes::NodeIndex;
use std::sync::Arc;

/// What cleans and thins the positions of one feed.
struct Thin {
    tracker: Tracker,
    nodes: Arc<NodeIndex>,
    /// Written where a sentence names no station.
    station: String,
}

/// Returns what a feed of positions needs; points lie closer together inside the areas of nodes.
pub(super) fn of(feed: &str, nodes: Arc<NodeIndex>) -> Positions {
    let thin = Thin { tracker: Tracker::new(Settings::default()), nodes, station: feed.to_owned() };
    Positions { ship_of, thinner: Box::new(thin) }
}

impl Thinner for Thin {
    fn frame(&mut self, at: Timestamp, frame: &[u8], kept: &mut Vec<u8>) {
        let nodes = &self.nodes;
        let area = |fix: &Fix| {
            let at = Position { lat: fix.latitude(), lon: fix.longitude() };
            nodes.locate(at).map(|(node, _)| u32::from(node.0))
        };
        kept.extend_from_slice(self.tracker.take(frame, &self.station, at, &area));
    }

    fn left_out(&self) -> Vec<(&'static str, u64)> {
        self.tracker.tally().told().map(|(reason, count, _)| (reason.word(), count)).collect()
    }
}

/// Tells the ship that a sentence of AIS or a frame of aisstream.io speaks of; nothing for the later parts
/// of a message and for what is neither.
fn ship_of(frame: &[u8]) -> Option<u64> {
    let text = frame.trim_ascii();
    if text.starts_with(b"{") {
        let at = memchr::memmem::find(text, b"\"MMSI\"")? + 6;
        let digits =
            text.get(at..)?.iter().skip_while(|b| !b.is_ascii_digit()).take_while(|b| b.is_ascii_digit());
        return Some(digits.take(10).fold(0, |number, digit| number * 10 + u64::from(digit - b'0')));
    }
    let sentence = text.get(memchr::memchr(b'!', text)?..)?;
    let mut fields = sentence.split(|b| *b == b',');
    let part = fields.nth(2)?;
    let payload = fields.nth(2).filter(|_| part == b"1")?;
    // Type and repeat indicator take 8 bits, the MMSI the next 30 (ITU-R M.1371-5, annex 8).
    let bits = payload.get(..7)?.iter().fold(0_u64, |bits, b| bits << 6 | u64::from(sixbit(*b)));
    Some(bits >> 4 & 0x3FFF_FFFF)
}

/// Returns the six bits of an armoured character.
fn sixbit(character: u8) -> u8 {
    let value = character.wrapping_sub(48);
    (if value > 40 { value.wrapping_sub(8) } else { value }) & 0x3F
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ship_of_a_frame_is_its_mmsi() {
        let at = Timestamp::UNIX_EPOCH;
        let point =
            sealane_ingest::sim::AisPoint { at, latitude: 1.0, longitude: 103.0, speed: 12.0, course: 90.0 };
        for mmsi in [563_012_345, 799_000_001, 1] {
            let sentence = sealane_ingest::sim::ais_position(mmsi, &point, None);
            assert_eq!(ship_of(&sentence), Some(u64::from(mmsi)));
            let tagged = sealane_ingest::sim::ais_position(mmsi, &point, Some("yangshan"));
            assert_eq!(ship_of(&tagged), Some(u64::from(mmsi)));
        }
        let json = b"{\"MessageType\":\"PositionReport\",\"MetaData\":{\"MMSI\":259000420,\"x\":1}}";
        assert_eq!(ship_of(json), Some(259_000_420));
        for other in ["", "$GPGGA,1,2,3", "!AIVDM,2,2,1,A,55,0*00", "!AIVDM,1,1,,A,1,0*00", "{}"] {
            assert_eq!(ship_of(other.as_bytes()), None, "{other}");
        }
    }
}
