//! Times as declared, and how they become instants.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// How fine a declared time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Only the day was given.
    Day,
    /// Hours and minutes were given.
    Minute,
    /// Seconds were given.
    Second,
}

/// A time exactly as a source declared it: a local clock reading, with its offset if it gave one.
///
/// EDIFACT times carry no zone (`DTM` format 203 is local time); the zone of the resolved node
/// turns them into an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeclaredTime {
    /// The clock reading.
    pub local: DateTime,
    /// Minutes east of UTC, when the source gave them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_minutes: Option<i16>,
    /// How fine the reading is.
    pub precision: Precision,
}

impl DeclaredTime {
    /// Returns a reading to the minute without an offset.
    #[inline]
    pub fn minute(local: DateTime) -> Self {
        Self { local, offset_minutes: None, precision: Precision::Minute }
    }

    /// Returns the start of a day without an offset.
    pub fn day(date: civil::Date) -> Self {
        Self {
            local: date.to_datetime(civil::Time::midnight()),
            offset_minutes: None,
            precision: Precision::Day,
        }
    }

    /// Notes the offset that a clock had then, unless the source gave one or told only the day.
    pub fn set_clock(&mut self, clock: &TimeZone) {
        if self.offset_minutes.is_none() && self.precision != Precision::Day {
            let offset = clock.to_timestamp(self.local).map(|at| clock.to_offset(at));
            self.offset_minutes = offset.ok().and_then(|o| i16::try_from(o.seconds() / 60).ok());
        }
    }

    /// Returns the instant, by the declared offset or else by `zone`.
    ///
    /// A reading inside a gap or a fold of the zone takes jiff's "compatible" choice (RFC 5545);
    /// a reading outside the range of timestamps is clamped to it.
    pub fn instant(&self, zone: &TimeZone) -> Timestamp {
        let by_offset = self.offset_minutes.and_then(|m| Offset::from_seconds(i32::from(m) * 60).ok());
        match by_offset {
            Some(offset) => offset.to_timestamp(self.local).unwrap_or(Timestamp::MAX),
            None => zone.to_timestamp(self.local).unwrap_or(Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_applies_only_without_an_offset() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let mut time = DeclaredTime::minute(civil::date(2026, 9, 5).at(14, 20, 0, 0));
        assert_eq!(time.instant(&zone).to_string(), "2026-09-05T06:20:00Z");
        time.offset_minutes = Some(7 * 60);
        assert_eq!(time.instant(&zone).to_string(), "2026-09-05T07:20:00Z");
    }
}
