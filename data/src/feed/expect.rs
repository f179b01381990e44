//! When data is expected, and since when it is missing.

use crate::Text;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// Days that are looked through for a time at which data was due: then it is missing anyway.
const DAYS: usize = 400;

/// The hours of a day in which data is expected, such as `06:00-22:00`; over midnight as `22:00-06:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from: Time,
    to: Time,
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no span of hours such as `06:00-22:00`");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let read = |part: &str| Time::strptime("%H:%M", part.trim()).map_err(|_| wrong());
        Ok(Self { from: read(from)?, to: read(to)? })
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        format!("{}-{}", hours.from.strftime("%H:%M"), hours.to.strftime("%H:%M"))
    }
}

/// How often data is expected, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Data comes at least this often in the hours in which it is expected.
    pub every: SignedDuration,
    /// The IANA zone of hours and days; UTC by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Text>,
    /// The hours of a day; all of them by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Days of the week without data, such as `sunday`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Text>,
    /// Days without data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Date>,
}

impl Expectation {
    /// Returns the instant at which data is missing if none comes after `last`: when so much of the
    /// time in which it is expected has passed; nothing when that is never.
    pub fn due(&self, last: Timestamp) -> Option<Timestamp> {
        let zone = self.zone();
        let mut left = self.every;
        // A night that began the day before may still go on.
        let mut day = zone.to_datetime(last).date().yesterday().ok()?;
        for _ in 0..DAYS {
            if let Some((from, to)) = self.open(day, &zone) {
                let from = from.max(last);
                let open = to.duration_since(from);
                if open.is_positive() {
                    if open >= left {
                        return from.checked_add(left).ok();
                    }
                    left -= open;
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// Returns the zone of hours and days.
    pub(super) fn zone(&self) -> TimeZone {
        self.zone.as_ref().and_then(|z| TimeZone::get(z).ok()).unwrap_or(TimeZone::UTC)
    }

    /// Returns when data is expected that begins on a day.
    fn open(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let closed = self.closed.iter().any(|d| weekday(d) == Some(day.weekday()));
        if closed || self.holidays.contains(&day) {
            return None;
        }
        let midnight = Time::midnight();
        let hours = self.hours.unwrap_or(Hours { from: midnight, to: midnight });
        let ends = if hours.to > hours.from { day } else { day.checked_add(1.day()).ok()? };
        let at = |day: Date, time: Time| zone.to_timestamp(day.to_datetime(time)).ok();
        Some((at(day, hours.from)?, at(ends, hours.to)?))
    }
}

/// Returns a day of the week by its English name, also by its first three letters.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let days = [
        ("monday", Monday),
        ("tuesday", Tuesday),
        ("wednesday", Wednesday),
        ("thursday", Thursday),
        ("friday", Friday),
        ("saturday", Saturday),
        ("sunday", Sunday),
    ];
    let name = name.to_ascii_lowercase();
    days.into_iter().find(|(full, _)| name == *full || full.get(..3) == Some(&name)).map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn expectation(text: &str) -> Expectation {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn without_hours_time_simply_passes() {
        let every = expectation("every = \"15m\"");
        assert_eq!(every.due(at("2026-03-01T23:50:00Z")), Some(at("2026-03-02T00:05:00Z")));
    }

    #[test]
    fn nights_weekends_and_holidays_are_not_missed() {
        let e = expectation(
            "every = \"2h\"\nzone = \"Asia/Ho_Chi_Minh\"\nhours = \"06:00-22:00\"\nclosed = [\"sun\"]\nholidays = [\"2026-04-30\"]",
        );
        // Wednesday 21:00 there; Thursday is a holiday: an hour on Wednesday and one on Friday.
        assert_eq!(e.due(at("2026-04-29T14:00:00Z")), Some(at("2026-05-01T00:00:00Z")));
        // Saturday 21:00; the next hour is on Monday.
        assert_eq!(e.due(at("2026-05-02T14:00:00Z")), Some(at("2026-05-04T00:00:00Z")));
        let night = expectation("every = \"1h\"\nhours = \"22:00-04:00\"");
        assert_eq!(night.due(at("2026-05-02T03:30:00Z")), Some(at("2026-05-02T22:30:00Z")));
    }

    #[test]
    fn who_is_always_closed_is_never_missed_and_wrong_hours_are_told() {
        let days = "closed = [\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"]";
        assert_eq!(expectation(&format!("every = \"1h\"\n{days}")).due(at("2026-05-02T03:30:00Z")), None);
        let wrong = toml::from_str::<Expectation>("every = \"1h\"\nhours = \"6-22h\"").unwrap_err();
        assert!(wrong.to_string().contains("06:00-22:00"), "{wrong}");
    }
}
