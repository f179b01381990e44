//! Time in whole minutes since 1970 UTC, and how feeds write it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// Minutes since 1970-01-01T00:00Z.
pub(super) type Minute = i64;

/// One hour.
pub(super) const HOUR: Minute = 60;
/// One day.
pub(super) const DAY: Minute = 24 * HOUR;

/// Returns the first minute of a day in UTC.
pub(super) fn start_of(date: Date) -> Minute {
    Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).map_or(0, Timestamp::as_second)
        / 60
}

/// Returns the instant.
pub(super) fn instant(at: Minute) -> Timestamp {
    Timestamp::from_second(at * 60).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns the clock reading at a place this many hours east of UTC.
pub(super) fn local(at: Minute, offset: i64) -> DateTime {
    Offset::UTC.to_datetime(instant(at + offset * HOUR))
}

/// Returns the local reading as EDIFACT format 203, `CCYYMMDDHHMM`.
pub(super) fn dtm203(at: Minute, offset: i64) -> String {
    let t = local(at, offset);
    format!("{:04}{:02}{:02}{:02}{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())
}

/// Returns the local reading as the date and time of a syntax 1-3 interchange header, `YYMMDD:HHMM`.
pub(super) fn unb(at: Minute, offset: i64) -> String {
    let t = local(at, offset);
    format!("{:02}{:02}{:02}:{:02}{:02}", t.year() % 100, t.month(), t.day(), t.hour(), t.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_local() {
        let at = start_of(jiff::civil::date(2026, 8, 31)) + 23 * HOUR + 5;
        assert_eq!(instant(at).to_string(), "2026-08-31T23:05:00Z");
        assert_eq!((dtm203(at, 8).as_str(), unb(at, -1).as_str()), ("202609010705", "260831:2205"));
    }
}
