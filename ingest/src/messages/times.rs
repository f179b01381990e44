//! Dates and times of `DTM` (data elements 2380 and 2379).

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use sealane_data::time::{DeclaredTime, Precision};

/// What is doubtful about a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is no value.
    Empty,
    /// The format code is unknown; the value was read by its own form.
    Format,
    /// The value has another form than the format code says.
    Mismatch,
    /// The value is no date.
    Impossible,
    /// The value is a length of time.
    Duration,
    /// The value names a zone that is ambiguous.
    Zone,
}

/// Reads a date by its format code as far as value and code allow.
pub fn read(value: &[u8], format: &[u8]) -> (Option<DeclaredTime>, Option<Doubt>) {
    // Nearly all are minutes, written as they should be.
    if let (Some(twelve), b"203", 12) = (value.first_chunk(), format, value.len())
        && let Some(time) = minute(twelve)
    {
        return (Some(time), None);
    }
    by_form(value, format)
}

/// Reads format 203: year, month, day, hour and minute; nothing that is doubtful in any way.
pub(super) fn minute(digits: &[u8; 12]) -> Option<DeclaredTime> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |at: usize| (digits[at] - b'0') * 10 + (digits[at + 1] - b'0');
    let year = i16::from(two(0)) * 100 + i16::from(two(2));
    let [month, day, hour, minute] = [4, 6, 8, 10].map(|at| two(at).cast_signed());
    let date = Date::new(year, month, day).ok().filter(|_| (1950..2100).contains(&year))?;
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some(DeclaredTime::minute(DateTime::from_parts(date, time)))
}

/// Reads a date in any form.
fn by_form(value: &[u8], format: &[u8]) -> (Option<DeclaredTime>, Option<Doubt>) {
    let value = value.trim_ascii();
    let digits = value.iter().take_while(|b| b.is_ascii_digit()).count();
    if value.is_empty() {
        return (None, Some(Doubt::Empty));
    }
    let (want, two_digit_year): (usize, bool) = match format {
        b"101" => (6, true),
        b"102" | b"718" => (8, false),
        b"103" => return week(value),
        b"201" | b"713" => (10, true),
        b"202" => (12, true),
        b"203" | b"719" | b"205" | b"303" => (12, false),
        b"204" | b"304" => (14, false),
        b"801" | b"802" | b"803" | b"804" | b"805" | b"806" => return (None, Some(Doubt::Duration)),
        _ => (0, false),
    };
    let own_form = !matches!(want, 0) && digits == want && tail_fits(&value[digits..], format);
    // A period without its hyphen is twice as long; its beginning is what counts.
    let period = matches!(format, b"718" | b"719" | b"713") && (digits == want || digits == want * 2);
    let doubt = match want {
        0 => Some(Doubt::Format),
        _ if own_form || period => None,
        _ => Some(Doubt::Mismatch),
    };
    let (len, short_year) =
        if doubt.is_none() { (want, two_digit_year) } else { (digits, digits == 6 || digits == 10) };
    match clock(&value[..len], short_year) {
        Some(mut time) => {
            let (offset, zone_doubt) = offset(&value[digits..], format);
            time.offset_minutes = offset;
            (Some(time), doubt.or(zone_doubt))
        }
        None => (None, Some(Doubt::Impossible)),
    }
}

/// Whether what follows the digits belongs to the format.
fn tail_fits(tail: &[u8], format: &[u8]) -> bool {
    match format {
        b"205" | b"303" | b"304" => true,
        b"718" | b"719" | b"713" => tail.is_empty() || tail[0] == b'-',
        _ => tail.is_empty(),
    }
}

/// Reads the offset or zone behind the digits.
fn offset(tail: &[u8], format: &[u8]) -> (Option<i16>, Option<Doubt>) {
    if !matches!(format, b"205" | b"303" | b"304") || tail.is_empty() {
        return (None, None);
    }
    let number = |d: &[u8]| str::from_utf8(d).ok().and_then(|s| s.parse::<i16>().ok());
    match tail {
        b"Z" | b"UTC" | b"GMT" => (Some(0), None),
        [sign @ (b'+' | b'-'), rest @ ..] if rest.iter().all(u8::is_ascii_digit) => {
            let minutes = match rest.len() {
                1 | 2 => number(rest).map(|h| h * 60),
                4 => number(&rest[..2]).zip(number(&rest[2..])).map(|(h, m)| h * 60 + m),
                _ => None,
            };
            match minutes.filter(|m| *m <= 14 * 60) {
                Some(m) => (Some(if *sign == b'-' { -m } else { m }), None),
                None => (None, Some(Doubt::Mismatch)),
            }
        }
        _ => (None, Some(Doubt::Zone)),
    }
}

/// Reads digits as a clock reading: 6, 8, 10, 12 or 14 of them.
fn clock(digits: &[u8], short_year: bool) -> Option<DeclaredTime> {
    let number = |from: usize, to: usize| -> Option<i16> {
        let digits = digits.get(from..to)?.iter();
        digits.copied().try_fold(0i16, |n, b| {
            n.checked_mul(10)?.checked_add(i16::from(b.checked_sub(b'0').filter(|d| *d < 10)?))
        })
    };
    let (year, at) = if short_year {
        let two = number(0, 2)?;
        (if two < 70 { 2000 + two } else { 1900 + two }, 2)
    } else {
        (number(0, 4)?, 4)
    };
    let part = |i: usize| number(at + 2 * i, at + 2 * i + 2).and_then(|n| i8::try_from(n).ok());
    let date = Date::new(year, part(0)?, part(1)?).ok().filter(|_| (1950..2100).contains(&year))?;
    let precision = match digits.len() - at {
        4 => return Some(DeclaredTime::day(date)),
        8 => Precision::Minute,
        10 => Precision::Second,
        _ => return None,
    };
    let (hour, minute, second) = (part(2)?, part(3)?, part(4).unwrap_or(0));
    // Some write midnight at the end of a day as 24:00.
    let (date, hour) = if (hour, minute, second) == (24, 0, 0) {
        (date.checked_add(1.day()).ok()?, 0)
    } else {
        (date, hour)
    };
    let time = Time::new(hour, minute, second, 0).ok()?;
    Some(DeclaredTime { local: DateTime::from_parts(date, time), offset_minutes: None, precision })
}

/// Reads format 103: two digits of the year, two of the week, one of the day.
fn week(value: &[u8]) -> (Option<DeclaredTime>, Option<Doubt>) {
    let [y1, y2, w1, w2, d] = value else {
        return clock(value, value.len() == 6)
            .map_or((None, Some(Doubt::Impossible)), |t| (Some(t), Some(Doubt::Mismatch)));
    };
    let digit = |b: &u8| b.is_ascii_digit().then(|| (b - b'0').cast_signed());
    let date = || {
        let year = i16::from(digit(y1)?) * 10 + i16::from(digit(y2)?);
        let day = Weekday::from_monday_one_offset(digit(d)?).ok()?;
        ISOWeekDate::new(2000 + year, digit(w1)? * 10 + digit(w2)?, day).ok()
    };
    match date() {
        Some(week) => (Some(DeclaredTime::day(week.date())), None),
        None => (None, Some(Doubt::Impossible)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_format() {
        for (value, format, local, doubt) in [
            ("201602030913", "203", Some("2016-02-03T09:13:00"), None),
            ("20160203", "102", Some("2016-02-03T00:00:00"), None),
            ("160203", "101", Some("2016-02-03T00:00:00"), None),
            ("26061", "103", Some("2026-02-02T00:00:00"), None),
            ("1602030913", "201", Some("2016-02-03T09:13:00"), None),
            ("160203091355", "202", Some("2016-02-03T09:13:55"), None),
            ("20160203091355", "204", Some("2016-02-03T09:13:55"), None),
            ("201602030913+0800", "205", Some("2016-02-03T09:13:00"), None),
            ("201602030913UTC", "303", Some("2016-02-03T09:13:00"), None),
            ("201602030913CST", "303", Some("2016-02-03T09:13:00"), Some(Doubt::Zone)),
            ("20160203-20160205", "718", Some("2016-02-03T00:00:00"), None),
            ("2016020320160205", "718", Some("2016-02-03T00:00:00"), None),
            ("201602030913201602031013", "719", Some("2016-02-03T09:13:00"), None),
            ("20160203", "203", Some("2016-02-03T00:00:00"), Some(Doubt::Mismatch)),
            ("20160203091355", "203", Some("2016-02-03T09:13:55"), Some(Doubt::Mismatch)),
            ("20160203", "204", Some("2016-02-03T00:00:00"), Some(Doubt::Mismatch)),
            ("201602032400", "203", Some("2016-02-04T00:00:00"), None),
            ("20020148", "102", None, Some(Doubt::Impossible)),
            ("12", "805", None, Some(Doubt::Duration)),
            ("", "203", None, Some(Doubt::Empty)),
            ("20160203", "", Some("2016-02-03T00:00:00"), Some(Doubt::Format)),
        ] {
            let (time, found) = read(value.as_bytes(), format.as_bytes());
            assert_eq!(
                (time.map(|t| t.local.to_string()).as_deref(), found),
                (local, doubt),
                "{value} {format}"
            );
        }
        assert_eq!(read(b"201602030913-0330", b"205").0.unwrap().offset_minutes, Some(-210));
    }

    proptest! {
        #[test]
        fn minutes_are_read_as_before(value in "(19|20)[0-9][0-9][01][0-9][0-3][0-9][0-2][0-9][0-6][0-9]") {
            prop_assert_eq!(read(value.as_bytes(), b"203"), by_form(value.as_bytes(), b"203"));
        }

        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..30), format in "[0-9]{0,3}") {
            read(&value, format.as_bytes());
        }
    }
}
