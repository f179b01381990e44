//! Frames of aisstream.io: AIS messages that somebody else took apart, as JSON.

use super::{Eta, Message, Name, Position, STEPS, Static, place};
use crate::formats::nmea::{Millis, plausible};
use jiff::Timestamp;
use serde::Deserialize;

/// The types of messages by aisstream.io's names, with their numbers.
pub const NAMES: &[(&str, u8)] = &[
    ("PositionReport", 1),
    ("BaseStationReport", 4),
    ("ShipStaticData", 5),
    ("AddressedBinaryMessage", 6),
    ("BinaryAcknowledge", 7),
    ("BinaryBroadcastMessage", 8),
    ("StandardSearchAndRescueAircraftReport", 9),
    ("CoordinatedUTCInquiry", 10),
    ("AddressedSafetyMessage", 12),
    ("SafetyBroadcastMessage", 14),
    ("Interrogation", 15),
    ("AssignedModeCommand", 16),
    ("GnssBroadcastBinaryMessage", 17),
    ("StandardClassBPositionReport", 18),
    ("ExtendedClassBPositionReport", 19),
    ("DataLinkManagementMessage", 20),
    ("AidsToNavigationReport", 21),
    ("ChannelManagement", 22),
    ("GroupAssignmentCommand", 23),
    ("StaticDataReport", 24),
    ("SingleSlotBinaryMessage", 25),
    ("MultiSlotBinaryMessage", 26),
    ("LongRangeAisBroadcastMessage", 27),
];

/// One frame, as far as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Frame {
    message_type: String,
    #[serde(default)]
    meta_data: Meta,
    #[serde(default)]
    message: serde_json::Map<String, serde_json::Value>,
    /// What our tracker wrote when it kept the frame.
    #[serde(default)]
    pub(crate) sealane: Option<Kept>,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(rename = "MMSI", default)]
    mmsi: Option<u32>,
    #[serde(rename = "ShipName", default)]
    ship_name: Option<String>,
    #[serde(default)]
    time_utc: Option<String>,
}

/// What our tracker writes into a frame that it keeps.
#[derive(Debug, Deserialize)]
pub(crate) struct Kept {
    /// The same mark that sentences have in their tag block.
    pub(crate) mark: String,
    /// The receipt, where the frame has no time.
    #[serde(default)]
    pub(crate) at: Option<Millis>,
}

/// A report of any type: every field may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    #[serde(rename = "UserID")]
    user: Option<u32>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    sog: Option<f64>,
    cog: Option<f64>,
    timestamp: Option<u8>,
    navigational_status: Option<u8>,
    name: Option<String>,
    imo_number: Option<u32>,
    call_sign: Option<String>,
    destination: Option<String>,
    eta: Option<Arrival>,
    report_a: Option<Report>,
    report_b: Option<Report>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Arrival {
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Report {
    valid: Option<bool>,
    name: Option<String>,
    call_sign: Option<String>,
}

impl Frame {
    /// Returns when aisstream.io received the message; nothing where it does not say so.
    pub fn at(&self) -> Option<Millis> {
        let text = self.meta_data.time_utc.as_deref()?.trim();
        let stamp = text.parse::<Timestamp>().ok().or_else(|| go_time(text))?;
        plausible(stamp.as_millisecond())
    }

    /// Returns whether a time is told, readable or not.
    pub fn tells_time(&self) -> bool {
        self.meta_data.time_utc.is_some()
    }

    /// Returns what the message says; nothing when its report is absent or cannot be read.
    pub fn read(&self) -> Option<Message> {
        let kind = NAMES.iter().find(|(name, _)| *name == self.message_type).map_or(0, |(_, kind)| *kind);
        if !matches!(kind, 1 | 5 | 18 | 19 | 24 | 27) {
            return Some(Message::Unread(kind));
        }
        let body = Body::deserialize(self.message.get(&self.message_type)?).ok()?;
        let mmsi = body.user.or(self.meta_data.mmsi)?;
        Some(match kind {
            5 | 24 => Message::Static(body.ship(mmsi)),
            _ => Message::Position(body.position(mmsi, self.meta_data.ship_name.as_deref())),
        })
    }
}

/// Reads `2024-07-30 06:17:43.375540658 +0000 UTC`, as Go prints times.
fn go_time(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ');
    let (day, time, offset) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = offset.split_at_checked(3)?;
    format!("{day}T{time}{hours}:{minutes}").parse().ok()
}

impl Body {
    fn position(self, mmsi: u32, ship: Option<&str>) -> Position {
        let steps = |degrees: Option<f64>| {
            #[expect(clippy::cast_possible_truncation, reason = "at most 181 degrees, and floats saturate")]
            degrees.map(|d| (d * f64::from(STEPS)).round() as i32)
        };
        let tenths = |value: Option<f64>, none: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and the value that says that there is none"
            )]
            value.filter(|v| (0.0..none).contains(v)).map(|v| (v * 10.0).round() as u16)
        };
        let name = self.name.as_deref().or(ship).map(field);
        Position {
            mmsi,
            place: steps(self.latitude).zip(steps(self.longitude)).and_then(|(n, e)| place(n, e)),
            speed: tenths(self.sog, 102.25),
            course: tenths(self.cog, 359.95),
            second: self.timestamp.unwrap_or(60),
            status: self.navigational_status.filter(|s| *s < 15),
            name: name.filter(|name: &Name| *name != [b' '; 20]),
        }
    }

    fn ship(self, mmsi: u32) -> Static {
        let valid = |report: Option<Report>| report.filter(|r| r.valid != Some(false)).unwrap_or_default();
        let (a, b) = (valid(self.report_a), valid(self.report_b));
        let name = self.name.or(a.name).unwrap_or_default();
        let call_sign = self.call_sign.or(b.call_sign).unwrap_or_default();
        Static {
            mmsi,
            imo: self.imo_number.unwrap_or(0),
            call_sign: field(&call_sign),
            name: field(&name),
            destination: field(&self.destination.unwrap_or_default()),
            eta: self.eta.and_then(|e| Eta::told([e.month, e.day, e.hour, e.minute])),
        }
    }
}

/// Returns a text as AIS would carry it: capitals, blanks at the end, and nothing from `@` on.
fn field<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    let bytes = text.bytes().take_while(|b| *b != b'@').map(|b| b.to_ascii_uppercase());
    for (to, from) in field.iter_mut().zip(bytes) {
        *to = if (b' '..b'`').contains(&from) { from } else { b'?' };
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_go_prints_them() {
        for (text, at) in [
            ("2024-07-30 06:17:43.375540658 +0000 UTC", Some(1_722_320_263_375)),
            ("2024-07-30 06:17:43 +0000 UTC", Some(1_722_320_263_000)),
            ("2024-07-30 14:17:43.1 +0800 CST", Some(1_722_320_263_100)),
            ("2024-07-30T06:17:43Z", Some(1_722_320_263_000)),
            ("2424-07-30T06:17:43Z", None),
            ("yesterday", None),
        ] {
            let frame: Frame = serde_json::from_value(
                serde_json::json!({"MessageType": "X", "MetaData": {"time_utc": text}}),
            )
            .unwrap();
            assert_eq!(frame.at(), at, "{text}");
        }
    }

    #[test]
    fn every_name_is_read_or_left_unread_with_a_reason() {
        for (name, kind) in NAMES {
            let text =
                format!(r#"{{"MessageType":"{name}","MetaData":{{"MMSI":1}},"Message":{{"{name}":{{}}}}}}"#);
            let frame: Frame = serde_json::from_str(&text).unwrap();
            let listed = super::super::UNREAD.iter().any(|(k, _)| k == kind) || *kind == 4;
            assert_eq!(frame.read() == Some(Message::Unread(*kind)), listed, "{name}");
        }
    }
}
