//! What a crew types in by hand: where the ship goes, and when it will be there.

use crate::formats::nmea::Millis;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::observation::DeclaredPlace;
use sealane_data::places::{How, Places};
use sealane_data::time::{DeclaredTime, Precision};
use std::sync::{Arc, LazyLock};

static PLACES: LazyLock<Arc<Places>> = LazyLock::new(Places::embedded);

/// An expected arrival in UTC, without its year (type 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eta {
    month: u8,
    day: u8,
    /// 24 when not told.
    hour: u8,
    /// 60 when not told.
    minute: u8,
}

/// Why an expected arrival gave no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtaFault {
    /// It is no day or time.
    NoTime,
    /// It was over when it was sent.
    Past,
}

impl Eta {
    /// Returns what month, day, hour and minute tell; nothing where month and day say that none is told.
    pub fn told([month, day, hour, minute]: [u8; 4]) -> Option<Self> {
        (month != 0 || day != 0).then_some(Self { month, day, hour, minute })
    }

    /// Returns the time of a report sent `at`, in the year that brings it nearest to that.
    ///
    /// An arrival that is over when it is sent is none: crews forget to set it anew.
    pub fn resolve(self, at: Millis) -> Result<DeclaredTime, EtaFault> {
        let sent = Timestamp::from_millisecond(at).map_err(|_| EtaFault::NoTime)?;
        let year = Offset::UTC.to_datetime(sent).year();
        let near = |time: &DateTime| {
            let instant = Offset::UTC.to_timestamp(*time).unwrap_or(Timestamp::MIN);
            instant.duration_since(sent).abs()
        };
        let years = [year - 1, year, year + 1];
        let time = years.iter().filter_map(|year| self.in_year(*year)).min_by_key(near);
        let local = time.ok_or(EtaFault::NoTime)?;
        let precision = if self.hour < 24 { Precision::Minute } else { Precision::Day };
        let declared = DeclaredTime { local, offset_minutes: Some(0), precision };
        let end = match precision {
            // A day without a time is over when the day is.
            Precision::Day => SignedDuration::from_hours(24),
            _ => SignedDuration::ZERO,
        };
        let over = Offset::UTC.to_timestamp(local).is_ok_and(|arrival| arrival + end < sent);
        if over { Err(EtaFault::Past) } else { Ok(declared) }
    }

    fn in_year(self, year: i16) -> Option<DateTime> {
        let small = |v: u8| i8::try_from(v).ok();
        let (hour, minute) = match (self.hour, self.minute) {
            (24, _) => (0, 0),
            (hour, 60) => (hour, 0),
            told => told,
        };
        let time = Time::new(small(hour)?, small(minute)?, 0, 0).ok()?;
        Some(Date::new(year, small(self.month)?, small(self.day)?).ok()?.to_datetime(time))
    }
}

/// Returns the text of a field without filler and needless blanks; nothing where it says nothing.
pub(super) fn words(field: &[u8]) -> Option<Text> {
    let mut text = Text::default();
    for word in field.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(word.iter().map(|b| char::from(*b)));
    }
    let says = text.bytes().any(|b| b.is_ascii_alphanumeric());
    says.then_some(text)
}

/// Returns the place of a typed destination: the last port of a route (`CN SHA>VN CMT`, `CNSHA>>VNCMT`;
/// IMO SN.1/Circ.244), by its name as typed and by its code where it is one.
///
/// Five letters in one word are a code only where it is known, for `TOKYO` is none.
pub fn declared_place(destination: &[u8]) -> Option<DeclaredPlace> {
    let text = words(destination)?;
    // `A<B` is written by who turns the arrow round.
    let leg = match text.split_once('<') {
        Some((last, _)) => last,
        None => text.rsplit('>').find(|leg| leg.bytes().any(|b| b.is_ascii_alphanumeric()))?,
    };
    let name = words(leg.as_bytes()).or_else(|| words(destination))?;
    Some(DeclaredPlace { locode: code(&name), name: Some(name), ..DeclaredPlace::default() })
}

/// Returns the UN/LOCODE that a text is, or begins with before a terminal (`CNSHA/SGICT`).
fn code(name: &str) -> Option<Text> {
    let bytes = name.as_bytes();
    let is_code = |country: &[u8], place: &[u8]| {
        country.len() == 2
            && place.len() == 3
            && country.iter().all(u8::is_ascii_uppercase)
            && place.iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(b))
    };
    let joined = |country: &[u8], place: &[u8]| -> Text {
        country.iter().chain(place).map(|b| char::from(*b)).collect()
    };
    let ends = |rest: &[u8]| rest.first().is_none_or(|b| !b.is_ascii_alphanumeric());
    if let Some((country, [b' ' | b'-', place @ ..])) = bytes.split_at_checked(2)
        && let Some((place, rest)) = place.split_at_checked(3)
        && is_code(country, place)
        && ends(rest)
    {
        return Some(joined(country, place));
    }
    let (five, rest) = bytes.split_at_checked(5)?;
    let (country, place) = five.split_at(2);
    let text = joined(country, place);
    let known =
        || PLACES.resolve(&DeclaredPlace::locode(&text), None).is_some_and(|r| r.how == How::PortCode);
    (is_code(country, place) && ends(rest) && known()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_year_is_the_nearest_and_the_past_is_none() {
        for (sent, told, said) in [
            ("2026-09-01T00:00:00Z", [9, 5, 14, 20], Ok("2026-09-05T14:20:00")),
            ("2026-12-30T00:00:00Z", [1, 4, 3, 0], Ok("2027-01-04T03:00:00")),
            ("2027-01-02T00:00:00Z", [12, 30, 3, 0], Err(EtaFault::Past)),
            ("2026-09-06T00:00:00Z", [9, 5, 14, 20], Err(EtaFault::Past)),
            ("2026-09-05T20:00:00Z", [9, 5, 24, 60], Ok("2026-09-05T00:00:00")),
            ("2026-09-05T14:20:00Z", [9, 5, 14, 20], Ok("2026-09-05T14:20:00")),
            ("2027-12-01T00:00:00Z", [2, 29, 0, 0], Ok("2028-02-29T00:00:00")),
            ("2026-09-06T00:00:00Z", [2, 30, 14, 20], Err(EtaFault::NoTime)),
            ("2026-09-06T00:00:00Z", [13, 5, 14, 20], Err(EtaFault::NoTime)),
            ("2026-09-06T00:00:00Z", [9, 8, 25, 0], Err(EtaFault::NoTime)),
        ] {
            let resolved = Eta::told(told).unwrap().resolve(at(sent)).map(|t| t.local.to_string());
            assert_eq!(resolved, said.map(str::to_owned), "{sent} {told:?}");
        }
        assert_eq!(Eta::told([0, 0, 24, 60]), None);
    }

    #[test]
    fn destinations_are_codes_where_they_can_be_and_keep_their_text() {
        for (typed, name, code) in [
            ("CN SHA>>VN CMT", "VN CMT", Some("VNCMT")),
            ("CNSHA>VNCMT", "VNCMT", Some("VNCMT")),
            ("VNCMT", "VNCMT", Some("VNCMT")),
            ("CN SHA", "CN SHA", Some("CNSHA")),
            ("SG SIN/PSA", "SG SIN/PSA", Some("SGSIN")),
            ("CNSHA << VNCMT", "CNSHA", Some("CNSHA")),
            ("CNSHA >", "CNSHA", Some("CNSHA")),
            ("SHANGHAI > HAI  PHONG", "HAI PHONG", None),
            ("TOKYO", "TOKYO", None),
            ("BUSAN", "BUSAN", None),
            ("FOR ORDERS", "FOR ORDERS", None),
            ("ZZ AAAA", "ZZ AAAA", None),
        ] {
            let place = declared_place(typed.as_bytes()).unwrap();
            assert_eq!((place.name.as_deref(), place.locode.as_deref()), (Some(name), code), "{typed}");
        }
        for nothing in ["", "   ", ">>", "---", "."] {
            assert_eq!(declared_place(nothing.as_bytes()), None, "{nothing}");
        }
    }
}
