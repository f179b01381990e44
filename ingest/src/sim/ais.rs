//! AIS as ships and receivers send it: position and voyage reports in NMEA sentences, with tag blocks.
//!
//! Written from ITU-R M.1371-5 and IEC 61162-1 and sharing nothing with the reader, so that it is an oracle.

use super::ids;
use super::ports::SITES;
use super::truth::Truth;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A ship as its AIS knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AisShip {
    /// The MMSI.
    pub mmsi: u32,
    /// The IMO number.
    pub imo: u32,
    /// The call sign, at most 7 characters.
    pub call_sign: String,
    /// The name, at most 20 characters.
    pub name: String,
    /// The destination as typed, at most 20 characters.
    pub destination: String,
    /// When it is expected there, in UTC.
    pub eta: Option<Timestamp>,
    /// Tenths of a metre.
    pub draught: u8,
}

/// Where a ship is at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AisPoint {
    /// When.
    pub at: Timestamp,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Knots over ground.
    pub speed: f64,
    /// Degrees over ground, clockwise from north.
    pub course: f64,
}

/// Lines that a receiver sends at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AisFrame {
    /// When they are sent.
    pub at: Timestamp,
    /// The lines, each with its end.
    pub bytes: Vec<u8>,
}

/// One voyage between two calls of a ship, or its stay at one when both nodes are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AisVoyage {
    /// The ship's IMO number.
    pub imo: String,
    /// The node that it leaves.
    pub from: String,
    /// The node that it goes to.
    pub to: String,
    /// When it leaves.
    pub departure: Timestamp,
    /// When it arrives.
    pub arrival: Timestamp,
}

/// Bits of a message, highest first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn number(mut self, value: i64, width: u32) -> Self {
        self.0.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    /// Six bits a character; what is no character of AIS becomes `?`.
    fn text(self, text: &str, characters: usize) -> Self {
        let mut bytes = text.bytes().map(|b| b.to_ascii_uppercase());
        (0..characters).fold(self, |bits, _| {
            let six = match bytes.next() {
                None => 0,
                Some(b @ b'@'..=b'_') => b - b'@',
                Some(b @ b' '..=b'?') => b,
                Some(_) => b'?',
            };
            bits.number(i64::from(six), 6)
        })
    }

    /// Returns the payload and its bits of filling.
    fn armoured(mut self) -> (String, usize) {
        let fill = (6 - self.0.len() % 6) % 6;
        self.0.extend(std::iter::repeat_n(false, fill));
        let six = self.0.chunks(6).map(|six| six.iter().fold(0_u8, |n, bit| n << 1 | u8::from(*bit)));
        (six.map(|v| char::from(if v < 40 { v + 48 } else { v + 56 })).collect(), fill)
    }
}

fn checksum(text: &str) -> u8 {
    text.bytes().fold(0, |sum, b| sum ^ b)
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates, speeds and courses are small")]
fn scaled(value: f64, by: f64) -> i64 {
    (value * by).round() as i64
}

/// Characters of a payload in one sentence: 82 characters are a sentence's most (IEC 61162-1).
const PAYLOAD: usize = 56;

/// Writes a message as sentences; `station` adds a tag block with the receiver and its time.
fn sentences(bits: Bits, channel: char, sequence: u8, at: Timestamp, station: Option<&str>) -> Vec<u8> {
    let (payload, fill) = bits.armoured();
    let pieces: Vec<&[u8]> = payload.as_bytes().chunks(PAYLOAD).collect();
    let mut lines = String::new();
    for (n, piece) in pieces.iter().enumerate() {
        if let Some(station) = station {
            let group = match pieces.len() {
                1 => String::new(),
                total => format!("g:{}-{total}-{},", n + 1, at.as_second() % 100_000),
            };
            let tag = format!("{group}s:{station},c:{}", at.as_second());
            let _ = write!(lines, "\\{tag}*{:02X}\\", checksum(&tag));
        }
        let sequence = if pieces.len() == 1 { String::new() } else { (sequence % 10).to_string() };
        let fill = if n + 1 == pieces.len() { fill } else { 0 };
        let piece: String = piece.iter().map(|b| char::from(*b)).collect();
        let body = format!("AIVDM,{},{},{sequence},{channel},{piece},{fill}", pieces.len(), n + 1);
        let _ = write!(lines, "!{body}*{:02X}\r\n", checksum(&body));
    }
    lines.into_bytes()
}

/// Writes a position report of class A (type 1) as one sentence.
///
/// A ship that makes less than half a knot says that it is moored.
pub fn ais_position(mmsi: u32, point: &AisPoint, station: Option<&str>) -> Vec<u8> {
    let moored = point.speed < 0.5;
    let second = point.at.as_second().rem_euclid(60);
    let course = scaled(point.course.rem_euclid(360.0), 10.0) % 3600;
    let bits = Bits::default()
        .number(1, 6)
        .number(0, 2)
        .number(i64::from(mmsi), 30)
        .number(if moored { 5 } else { 0 }, 4)
        .number(-128, 8)
        .number(scaled(point.speed, 10.0).clamp(0, 1022), 10)
        .number(1, 1)
        .number(scaled(point.longitude, 600_000.0), 28)
        .number(scaled(point.latitude, 600_000.0), 27)
        .number(course, 12)
        .number(course / 10, 9)
        .number(second, 6)
        .number(0, 2)
        .number(0, 3)
        .number(0, 1)
        .number(second * 37 % 524_288, 19);
    let channel = if second % 2 == 0 { 'A' } else { 'B' };
    sentences(bits, channel, 0, point.at, station)
}

/// Writes static and voyage data (type 5) as two sentences.
pub fn ais_static(ship: &AisShip, at: Timestamp, sequence: u8, station: Option<&str>) -> Vec<u8> {
    let eta: Option<DateTime> = ship.eta.map(|eta| Offset::UTC.to_datetime(eta));
    let part = |of: fn(&DateTime) -> i8, none: i64| eta.as_ref().map_or(none, |t| i64::from(of(t)));
    let bits = Bits::default()
        .number(5, 6)
        .number(0, 2)
        .number(i64::from(ship.mmsi), 30)
        .number(2, 2)
        .number(i64::from(ship.imo), 30)
        .text(&ship.call_sign, 7)
        .text(&ship.name, 20)
        .number(71, 8)
        .number(200, 9)
        .number(100, 9)
        .number(20, 6)
        .number(20, 6)
        .number(1, 4)
        .number(part(|t| t.month(), 0), 4)
        .number(part(|t| t.day(), 0), 5)
        .number(part(|t| t.hour(), 24), 5)
        .number(part(|t| t.minute(), 60), 6)
        .number(i64::from(ship.draught), 8)
        .text(&ship.destination, 20)
        .number(0, 2);
    sentences(bits, 'A', sequence, at, station)
}

/// Returns the MMSI of the `n`th ship: no country has the digits 799.
fn mmsi(n: usize) -> u32 {
    799_000_000 + u32::try_from(n).unwrap_or(0)
}

/// Returns the ships of a simulated world by IMO number, as their AIS knows them.
pub fn ais_ships(truth: &Truth) -> BTreeMap<String, AisShip> {
    let names: BTreeMap<&str, &str> =
        truth.calls.iter().map(|c| (c.ship_imo.as_str(), c.ship.as_str())).collect();
    // The world has some two dozen ships, whose numbers and call signs go by their order.
    let order: BTreeMap<String, usize> = (0..64).map(|n| (ids::imo(n), n)).collect();
    let ship = |(imo, name): (&str, &str)| {
        let n = *order.get(imo)?;
        let ship = AisShip {
            mmsi: mmsi(n),
            imo: imo.parse().ok()?,
            call_sign: ids::call_sign(n),
            name: name.to_owned(),
            destination: String::new(),
            eta: None,
            draught: 120,
        };
        Some((imo.to_owned(), ship))
    };
    names.into_iter().filter_map(ship).collect()
}

/// Writes the AIS of all ships of a simulated world from `from` until `until`, in the order of time.
///
/// `every` is the time between two position reports of a ship; twelve of them lie between two voyage
/// reports, whose destination and arrival are what the crew of the truth would type. `place` says where a
/// ship is at an instant of a voyage or stay: it knows the sea; nothing means that nobody receives the ship.
pub fn ais_feed(
    truth: &Truth,
    span: (Timestamp, Timestamp),
    every: SignedDuration,
    station: &str,
    place: &dyn Fn(&AisVoyage, Timestamp) -> Option<AisPoint>,
) -> Vec<AisFrame> {
    let every = every.max(SignedDuration::from_secs(1));
    let ships = ais_ships(truth);
    let mut frames = Vec::new();
    for (n, (imo, ship)) in ships.iter().enumerate() {
        let voyages = voyages(truth, imo);
        // Ships do not send in the same second.
        let mut at =
            span.0 + SignedDuration::from_secs(i64::try_from(n).unwrap_or(0) % every.as_secs().max(1));
        for turn in 0_u64.. {
            if at >= span.1 {
                break;
            }
            if let Some(voyage) = voyages.iter().find(|v| v.departure <= at && at < v.arrival)
                && let Some(point) = place(voyage, at)
            {
                let point = AisPoint { at, ..point };
                let mut bytes = Vec::new();
                if turn % 12 == 0 {
                    let sequence = u8::try_from(turn / 12 % 10).unwrap_or(0);
                    bytes = ais_static(&typed(ship, voyage), at, sequence, Some(station));
                }
                bytes.extend(ais_position(ship.mmsi, &point, Some(station)));
                frames.push(AisFrame { at, bytes });
            }
            at += every;
        }
    }
    frames.sort_by_key(|frame| frame.at);
    frames
}

/// Returns a ship with what its crew typed in for a voyage: nothing new while it lies at a quay.
fn typed(ship: &AisShip, voyage: &AisVoyage) -> AisShip {
    // As SN.1/Circ.244 asks: country and place apart.
    let port = |node: &str| {
        let code = SITES.iter().find(|s| s.node == node).map_or("", |s| s.port().codes[1]);
        code.split_at_checked(2).map_or_else(String::new, |(country, place)| format!("{country} {place}"))
    };
    if voyage.from == voyage.to {
        return AisShip { destination: port(&voyage.to), ..ship.clone() };
    }
    let destination = format!("{}>{}", port(&voyage.from), port(&voyage.to));
    AisShip { destination, eta: Some(voyage.arrival), ..ship.clone() }
}

/// Returns the voyages and stays of a ship, as far as the truth knows both ends.
fn voyages(truth: &Truth, imo: &str) -> Vec<AisVoyage> {
    let mut calls: Vec<_> = truth.calls.iter().filter(|c| c.ship_imo == imo).collect();
    calls.sort_by_key(|c| c.arrival);
    let voyage = |from: &str, to: &str, departure, arrival| AisVoyage {
        imo: imo.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        departure,
        arrival,
    };
    let mut voyages = Vec::new();
    for (n, call) in calls.iter().enumerate() {
        let Some(departure) = call.departure else { continue };
        voyages.push(voyage(&call.node, &call.node, call.arrival, departure));
        if let Some(next) = calls.get(n + 1) {
            voyages.push(voyage(&call.node, &next.node, departure, next.arrival));
        }
    }
    voyages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_as_long_as_they_may_be_and_sound() {
        let at: Timestamp = "2026-09-05T14:20:07Z".parse().unwrap();
        let ship = AisShip {
            mmsi: 799_000_001,
            imo: 4_001_374,
            call_sign: "QAAY1".into(),
            name: "SYNTHETIC ALBATROSS".into(),
            destination: "CN SHA>VN CMT".into(),
            eta: Some(at),
            draught: 120,
        };
        let point = AisPoint { at, latitude: -1.5, longitude: -170.25, speed: 14.3, course: 359.96 };
        let mut all = ais_static(&ship, at, 13, None);
        all.extend(ais_position(ship.mmsi, &point, None));
        let text = String::from_utf8(all).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        for line in &lines {
            let (body, sum) = line.trim_start_matches('!').split_once('*').unwrap();
            assert!(line.len() <= 80 && format!("{:02X}", checksum(body)) == sum, "{line}");
        }
        assert!(lines[0].starts_with("!AIVDM,2,1,3,A,5") && lines[2].starts_with("!AIVDM,1,1,,B,1"));
    }
}
