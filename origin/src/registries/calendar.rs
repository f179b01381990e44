//! The maintenance calendar: when a registry is known to rest.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;

/// A time in which a registry is not called: every week, or once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Window {
    /// Every week on these days, from one local time to another (past midnight if that is earlier).
    Weekly(Weekly),
    /// From one instant to another.
    Once(Once),
}

/// A weekly window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weekly {
    /// `mon` to `sun`; the day on which it begins. None is every day.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Local time.
    pub from: Time,
    /// Local time.
    pub to: Time,
    /// IANA zone, such as `Asia/Shanghai`.
    pub zone: String,
}

/// A window that does not come again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Once {
    /// Its first instant.
    pub starts: Timestamp,
    /// The instant after its last.
    pub ends: Timestamp,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

impl Window {
    /// Returns the end of the window, if an instant is in it.
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once(once) => (once.starts <= now && now < once.ends).then_some(once.ends),
            Self::Weekly(weekly) => weekly.rests_until(now),
        }
    }

    /// Returns what is wrong with it.
    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::Once(once) if once.starts >= once.ends => Some("ends before it starts".to_owned()),
            Self::Weekly(weekly) if TimeZone::get(&weekly.zone).is_err() => {
                Some(format!("`{}` is no time zone", weekly.zone))
            }
            _ => None,
        }
    }
}

impl Weekly {
    fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.zone).ok()?;
        let today = zone.to_datetime(now).date();
        // A window that began yesterday may reach past midnight.
        [today.yesterday().ok()?, today].into_iter().find_map(|day| {
            if !self.days.is_empty() && !self.days.iter().any(|d| d.weekday() == day.weekday()) {
                return None;
            }
            let last = if self.to <= self.from { day.checked_add(1.day()).ok()? } else { day };
            let from = zone.to_timestamp(day.to_datetime(self.from)).ok()?;
            let to = zone.to_timestamp(last.to_datetime(self.to)).ok()?;
            (from <= now && now < to).then_some(to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Held {
        maintenance: Vec<Window>,
    }

    fn windows(text: &str) -> Vec<Window> {
        toml::from_str::<Held>(text).unwrap().maintenance
    }

    #[test]
    fn a_weekly_window_follows_the_local_clock_and_passes_midnight() {
        let windows = windows(
            "[[maintenance]]\ndays = [\"sat\"]\nfrom = \"22:00\"\nto = \"04:00\"\nzone = \"Asia/Shanghai\"\n",
        );
        let until = |at: &str| windows[0].rests_until(at.parse().unwrap());
        // 2026-11-21 is a Saturday; Shanghai is eight hours ahead.
        assert_eq!(until("2026-11-21T13:59:59Z"), None);
        assert_eq!(until("2026-11-21T14:00:00Z"), Some("2026-11-21T20:00:00Z".parse().unwrap()));
        assert_eq!(until("2026-11-21T19:59:59Z"), Some("2026-11-21T20:00:00Z".parse().unwrap()));
        assert_eq!(until("2026-11-21T20:00:00Z"), None);
        assert_eq!(until("2026-11-22T15:00:00Z"), None, "Sunday is free");
    }

    #[test]
    fn a_window_that_comes_once_and_what_is_wrong_with_others() {
        let windows = windows(
            "[[maintenance]]\nstarts = \"2026-11-21T00:00:00Z\"\nends = \"2026-11-21T06:00:00Z\"\n\
             [[maintenance]]\nfrom = \"22:00\"\nto = \"23:00\"\nzone = \"Mars/Base\"\n",
        );
        assert!(windows[0].rests_until("2026-11-21T05:00:00Z".parse().unwrap()).is_some());
        assert_eq!(windows[0].problem(), None);
        assert!(windows[1].problem().unwrap().contains("Mars/Base"));
        assert_eq!(windows[1].rests_until("2026-11-21T22:30:00Z".parse().unwrap()), None);
    }
}
