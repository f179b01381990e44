//! What AIS messages say (ITU-R M.1371-5, annex 8): places of ships, and what their crews typed in.

mod frame;
mod told;
mod voyage;

pub use frame::{Frame, NAMES as FRAME_NAMES};
pub(crate) use told::{Identity, at, position, voyage as static_data};
pub use voyage::{Eta, EtaFault, declared_place};

use crate::formats::nmea::{Bits, Millis};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Version of the reading, raised when its output changes.
pub const VERSION: u16 = 1;

/// Steps of a degree: AIS tells ten-thousandths of a minute.
pub const STEPS: i32 = 600_000;

/// A name as AIS carries it: 20 characters, blanks at the end.
pub type Name = [u8; 20];

/// What a ship reports of its place (types 1, 2, 3, 18, 19 and 27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Who.
    pub mmsi: u32,
    /// North and east in 1/600,000 of a degree; nothing where it tells none that can be.
    pub place: Option<(i32, i32)>,
    /// Tenths of a knot over ground.
    pub speed: Option<u16>,
    /// Tenths of a degree over ground.
    pub course: Option<u16>,
    /// The second of the minute in which it was fixed; 60 and more when not told.
    pub second: u8,
    /// The navigational status as the crew set it, 0 to 14.
    pub status: Option<u8>,
    /// The name, where this report has one (type 19, aisstream.io).
    pub name: Option<Name>,
}

/// What the crew typed in about ship and voyage (types 5 and 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Static {
    /// Who.
    pub mmsi: u32,
    /// The IMO number; 0 when not told.
    pub imo: u32,
    /// The call sign, blank when not told.
    pub call_sign: [u8; 7],
    /// The name, blank when not told.
    pub name: Name,
    /// The destination as typed, blank when not told.
    pub destination: Name,
    /// When it is expected there.
    pub eta: Option<Eta>,
}

impl Static {
    /// Returns what says nothing of a ship.
    pub(crate) fn of(mmsi: u32) -> Self {
        Self { mmsi, imo: 0, call_sign: [b' '; 7], name: [b' '; 20], destination: [b' '; 20], eta: None }
    }
}

/// What one message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// Where a ship is.
    Position(Position),
    /// What ship it is, and where it goes.
    Static(Static),
    /// What the clock of a base station shows (type 4); nothing where it shows none.
    Clock(Option<Millis>),
    /// A type that is known and left unread; [`UNREAD`] says why.
    Unread(u8),
    /// Too short for its type.
    Short,
}

/// Types that are known and left unread, with the reason. A type that is in no list is unknown.
pub const UNREAD: &[(u8, &str)] = &[
    (6, "binary data for one station"),
    (7, "confirms binary data"),
    (8, "binary data for all"),
    (9, "an aircraft in search and rescue is no ship"),
    (10, "asks for the time"),
    (11, "answers with the time"),
    (12, "safety text for one station"),
    (13, "confirms a safety text"),
    (14, "safety text for all"),
    (15, "asks for reports"),
    (16, "tells stations how often to report"),
    (17, "corrections for satellite navigation"),
    (20, "manages the radio link"),
    (21, "an aid to navigation is no ship"),
    (22, "manages the channels"),
    (23, "tells groups of stations how to report"),
    (25, "binary data in one slot"),
    (26, "binary data with radio state"),
];

/// Returns why a type is left unread.
pub fn unread(kind: u8) -> &'static str {
    match kind {
        4 => "the clock of a base station, of no use where every frame has its time",
        _ => UNREAD.iter().find(|(k, _)| *k == kind).map_or("no such type is known", |(_, why)| why),
    }
}

/// Reads one message.
pub fn read(bits: &Bits) -> Message {
    #[expect(clippy::cast_possible_truncation, reason = "six bits")]
    let kind = bits.unsigned(0, 6) as u8;
    let long = |enough: usize| bits.len() >= enough;
    match kind {
        1..=3 if long(143) => Message::Position(class_a(bits)),
        // Some devices leave out spare bits at the end.
        5 if long(420) => Message::Static(ship(bits)),
        4 if long(78) => Message::Clock(clock(bits)),
        18 if long(139) => Message::Position(class_b(bits)),
        19 if long(263) => Message::Position(Position { name: Some(bits.text(143)), ..class_b(bits) }),
        24 if long(160) => part(bits),
        27 if long(94) => Message::Position(long_range(bits)),
        1..=5 | 18 | 19 | 24 | 27 => Message::Short,
        _ if bits.is_empty() => Message::Short,
        _ => Message::Unread(kind),
    }
}

fn mmsi(bits: &Bits) -> u32 {
    bits.unsigned(8, 30)
}

/// Returns a place on Earth from steps of a degree: 91 north, 181 east and 0, 0 say that there is none.
pub(crate) fn place(north: i32, east: i32) -> Option<(i32, i32)> {
    let real = north.abs() <= 90 * STEPS && east.abs() <= 180 * STEPS && (north, east) != (0, 0);
    real.then_some((north, east))
}

/// Returns a number unless it is the one that says that there is none, or beyond.
fn below(value: u32, none: u16) -> Option<u16> {
    u16::try_from(value).ok().filter(|v| *v < none)
}

fn small(bits: &Bits, at: usize, len: usize) -> u8 {
    u8::try_from(bits.unsigned(at, len)).unwrap_or(u8::MAX)
}

fn class_a(bits: &Bits) -> Position {
    Position {
        mmsi: mmsi(bits),
        place: place(bits.signed(89, 27), bits.signed(61, 28)),
        speed: below(bits.unsigned(50, 10), 1023),
        course: below(bits.unsigned(116, 12), 3600),
        second: small(bits, 137, 6),
        status: Some(small(bits, 38, 4)).filter(|s| *s < 15),
        name: None,
    }
}

fn class_b(bits: &Bits) -> Position {
    Position {
        mmsi: mmsi(bits),
        place: place(bits.signed(85, 27), bits.signed(57, 28)),
        speed: below(bits.unsigned(46, 10), 1023),
        course: below(bits.unsigned(112, 12), 3600),
        second: small(bits, 133, 6),
        status: None,
        name: None,
    }
}

/// Reads type 27, which tells tenths of a minute, knots and degrees.
fn long_range(bits: &Bits) -> Position {
    Position {
        mmsi: mmsi(bits),
        place: place(bits.signed(62, 17) * 1000, bits.signed(44, 18) * 1000),
        speed: below(bits.unsigned(79, 6), 63).map(|v| v * 10),
        course: below(bits.unsigned(85, 9), 360).map(|v| v * 10),
        second: 60,
        status: Some(small(bits, 40, 4)).filter(|s| *s < 15),
        name: None,
    }
}

fn ship(bits: &Bits) -> Static {
    Static {
        mmsi: mmsi(bits),
        imo: bits.unsigned(40, 30),
        call_sign: bits.text(70),
        name: bits.text(112),
        destination: bits.text(302),
        eta: Eta::told([small(bits, 274, 4), small(bits, 278, 5), small(bits, 283, 5), small(bits, 288, 6)]),
    }
}

/// Reads type 24, part A with the name or part B with the call sign.
fn part(bits: &Bits) -> Message {
    let told = Static::of(mmsi(bits));
    match bits.unsigned(38, 2) {
        0 => Message::Static(Static { name: bits.text(40), ..told }),
        1 => Message::Static(Static { call_sign: bits.text(90), ..told }),
        _ => Message::Unread(24),
    }
}

fn clock(bits: &Bits) -> Option<Millis> {
    let year = i16::try_from(bits.unsigned(38, 14)).ok()?;
    let field = |at, len| i8::try_from(bits.unsigned(at, len)).ok();
    let (month, day) = (field(52, 4)?, field(56, 5)?);
    let civil = DateTime::new(year, month, day, field(61, 5)?, field(66, 6)?, field(72, 6)?, 0).ok()?;
    crate::formats::nmea::plausible(Offset::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_or_left_unread_with_a_reason() {
        let mut bits = Bits::default();
        for kind in 1..=27_u8 {
            let mut payload = [b'0'; 71];
            payload[0] = if kind < 40 { 48 + kind } else { 56 + kind };
            assert!(bits.fill(&payload, 2));
            let message = read(&bits);
            let listed = UNREAD.iter().any(|(k, _)| *k == kind);
            assert_eq!(message == Message::Unread(kind), listed, "{kind}");
            assert!(bits.fill(&payload[..1], 0));
            assert_eq!(read(&bits) == Message::Short, !listed, "{kind}");
        }
        assert_eq!(unread(40), "no such type is known");
    }

    #[test]
    fn impossible_places_are_none() {
        for (north, east) in [(91, 181), (91, 10), (10, 181), (0, 0), (-91, 0), (0, -181)] {
            assert_eq!(place(north * STEPS, east * STEPS), None, "{north} {east}");
        }
        assert_eq!(place(90 * STEPS, -180 * STEPS), Some((90 * STEPS, -180 * STEPS)));
    }
}
