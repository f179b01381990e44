//! Months in UTC: the second half of a partition's name.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar month in UTC, written `2026-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Returns a month, or nothing when the calendar has no such month.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok().map(Self::from)
    }

    /// Returns the UTC month of an instant.
    pub fn of(at: Timestamp) -> Self {
        TimeZone::UTC.to_datetime(at).date().into()
    }

    /// Returns the year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the number of the month, 1 to 12.
    pub fn month(self) -> i8 {
        self.month
    }

    /// Returns every month from this one to `last`, both included.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |m| m.next()).take_while(move |m| *m <= last)
    }

    fn next(self) -> Option<Self> {
        if self.month == 12 {
            Self::new(self.year.checked_add(1)?, 1)
        } else {
            Self::new(self.year, self.month + 1)
        }
    }
}

impl From<Date> for Month {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.rsplit_once('-').and_then(|(y, m)| Some((y.parse().ok()?, m.parse().ok()?)));
        parts
            .and_then(|(year, month)| Self::new(year, month))
            .ok_or_else(|| format!("`{text}` is not a month"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_written_and_counted() {
        let month = |text: &str| Month::try_from(text.to_owned());
        assert_eq!(month("2026-09").unwrap(), Month::new(2026, 9).unwrap());
        assert_eq!(Month::of("2026-12-31T23:59:59Z".parse().unwrap()).to_string(), "2026-12");
        for bad in ["", "2026", "2026-13", "2026-00", "-", "99999-01", "2026-9x"] {
            assert!(month(bad).is_err(), "{bad}");
        }
        let names: Vec<_> =
            month("2025-11").unwrap().through(month("2026-02").unwrap()).map(|m| m.to_string()).collect();
        assert_eq!(names, ["2025-11", "2025-12", "2026-01", "2026-02"]);
        assert_eq!(month("9999-12").unwrap().through(month("9999-12").unwrap()).count(), 1);
        assert_eq!(month("2026-02").unwrap().through(month("2026-01").unwrap()).count(), 0);
    }
}
