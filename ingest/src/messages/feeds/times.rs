//! Dates and times as documents write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use sealane_data::time::{DeclaredTime, Precision};

/// Years that a feed can speak of.
const YEARS: std::ops::Range<i16> = 2000..2080;

/// What is doubtful about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It has no form that is known.
    Form,
    /// There is no such day or hour.
    Impossible,
    /// No feed can speak of that year.
    Year,
}

/// The forms of dates of a family.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forms<'f> {
    /// Whether `9/5/2026 2:20 PM` is read, the month first.
    pub us: bool,
    /// Other forms, as in `strptime`.
    pub own: &'f [String],
}

/// Reads a time.
pub(super) fn read(text: &str, forms: Forms<'_>) -> Result<DeclaredTime, Doubt> {
    let text = text.trim();
    let by_own = forms.own.iter().find_map(|form| own(text, form));
    let time = match by_own.or_else(|| iso(text)) {
        Some(time) => time,
        None if forms.us => us(text).unwrap_or(Err(Doubt::Form)),
        None => Err(Doubt::Form),
    }?;
    if YEARS.contains(&time.local.year()) { Ok(time) } else { Err(Doubt::Year) }
}

/// Reads a form of `strptime`.
fn own(text: &str, form: &str) -> Option<Result<DeclaredTime, Doubt>> {
    let parts = strtime::parse(form, text).ok()?;
    let offset = parts.offset().and_then(|o| i16::try_from(o.seconds() / 60).ok());
    if parts.hour().is_none() {
        return Some(parts.to_date().map(DeclaredTime::day).map_err(|_| Doubt::Impossible));
    }
    let precision = if parts.second().is_some() { Precision::Second } else { Precision::Minute };
    let made = |local| DeclaredTime { local, offset_minutes: offset, precision };
    Some(parts.to_datetime().map(made).map_err(|_| Doubt::Impossible))
}

/// Reads ISO 8601: `2026-09-05T14:20:00+08:00` with fewer parts, a blank for the `T`, or without signs.
fn iso(text: &str) -> Option<Result<DeclaredTime, Doubt>> {
    let bytes = text.as_bytes();
    let extended = bytes.get(4) == Some(&b'-');
    let (date, rest) = text.split_at_checked(if extended { 10 } else { 8 })?;
    let number = |from: usize, to: usize| digits(date.get(from..to)?);
    let (year, month, day) = if extended {
        (bytes.get(7) == Some(&b'-')).then_some(())?;
        (number(0, 4)?, number(5, 7)?, number(8, 10)?)
    } else {
        (number(0, 4)?, number(4, 6)?, number(6, 8)?)
    };
    let rest = rest.strip_prefix(['T', 't', ' ']).unwrap_or(rest);
    let Ok(date) = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?) else {
        return Some(Err(Doubt::Impossible));
    };
    if rest.is_empty() {
        return Some(Ok(DeclaredTime::day(date)));
    }
    let end = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let (time, precision) = clock_reading(clock)?;
    let Some(time) = time else { return Some(Err(Doubt::Impossible)) };
    let offset_minutes = offset(zone.trim())?;
    Some(Ok(DeclaredTime { local: DateTime::from_parts(date, time), offset_minutes, precision }))
}

/// Reads `14:20`, `14:20:00`, `14:20:00.123`, `1420` or `142000`; no time when there is no such hour.
fn clock_reading(text: &str) -> Option<(Option<Time>, Precision)> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    fraction.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    let parts: Vec<i16> = if whole.contains(':') {
        whole.split(':').map(digits).collect::<Option<_>>()?
    } else {
        whole.as_bytes().chunks(2).map(|two| digits(str::from_utf8(two).ok()?)).collect::<Option<_>>()?
    };
    let precision = match parts.len() {
        2 => Precision::Minute,
        3 => Precision::Second,
        _ => return None,
    };
    let part = |at: usize| i8::try_from(parts.get(at).copied().unwrap_or(0)).unwrap_or(i8::MAX);
    Some((Time::new(part(0), part(1), part(2), 0).ok(), precision))
}

/// Reads `Z`, `+08:00`, `+0800` or `+08`; nothing stands for no offset.
#[expect(clippy::option_option, reason = "an offset that cannot be read is not the same as none")]
fn offset(text: &str) -> Option<Option<i16>> {
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(Some(0));
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let rest = rest.replace(':', "");
    let minutes = match rest.len() {
        2 => digits(&rest)? * 60,
        4 => digits(rest.get(..2)?)? * 60 + digits(rest.get(2..)?)?,
        _ => return None,
    };
    (minutes <= 14 * 60).then_some(Some(sign * minutes))
}

/// Reads `9/5/2026`, `09/05/2026 14:20:00` or `9/5/2026 2:20 PM`.
fn us(text: &str) -> Option<Result<DeclaredTime, Doubt>> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, ""));
    let mut parts = date.split('/').map(digits);
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(())?;
    let Ok(date) = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?) else {
        return Some(Err(Doubt::Impossible));
    };
    if clock.trim().is_empty() {
        return Some(Ok(DeclaredTime::day(date)));
    }
    let upper = clock.trim().to_ascii_uppercase();
    let half =
        upper.strip_suffix("AM").map(|c| (c, false)).or_else(|| upper.strip_suffix("PM").map(|c| (c, true)));
    let (clock, pm) = half.map_or((upper.as_str(), None), |(clock, pm)| (clock, Some(pm)));
    let (time, precision) = clock_reading(clock.trim())?;
    let hour = |time: Time| match pm {
        Some(pm) if (1..=12).contains(&time.hour()) => {
            Time::new(time.hour() % 12 + if pm { 12 } else { 0 }, time.minute(), time.second(), 0).ok()
        }
        Some(_) => None,
        None => Some(time),
    };
    let Some(time) = time.and_then(hour) else { return Some(Err(Doubt::Impossible)) };
    Some(Ok(DeclaredTime { local: DateTime::from_parts(date, time), offset_minutes: None, precision }))
}

/// Reads one to four digits and nothing else.
fn digits(text: &str) -> Option<i16> {
    let fits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, us: bool) -> String {
        match read(text, Forms { us, own: &["%d.%m.%Y %H:%M".to_owned()] }) {
            Ok(t) => format!("{} {:?} {:?}", t.local, t.offset_minutes, t.precision),
            Err(doubt) => format!("{doubt:?}"),
        }
    }

    #[test]
    fn forms_of_times() {
        for (text, us, read) in [
            ("2026-09-05T14:20:00+08:30", false, "2026-09-05T14:20:00 Some(510) Second"),
            ("2026-09-05T14:20:00.123Z", false, "2026-09-05T14:20:00 Some(0) Second"),
            ("2026-09-05 14:20", false, "2026-09-05T14:20:00 None Minute"),
            ("20260905T1420-0330", false, "2026-09-05T14:20:00 Some(-210) Minute"),
            ("202609051420", false, "2026-09-05T14:20:00 None Minute"),
            ("2026-09-05", false, "2026-09-05T00:00:00 None Day"),
            ("05.09.2026 14:20", false, "2026-09-05T14:20:00 None Minute"),
            ("09/05/2026 14:20:00", true, "2026-09-05T14:20:00 None Second"),
            ("9/5/2026 2:20 PM", true, "2026-09-05T14:20:00 None Minute"),
            ("9/5/2026 12:20 am", true, "2026-09-05T00:20:00 None Minute"),
            ("9/5/2026", true, "2026-09-05T00:00:00 None Day"),
            ("9/5/2026", false, "Form"),
            ("2019/11/12 07:41:00 +08:30", false, "Form"),
            ("2021 01 01 14:12:56", false, "Form"),
            ("2026-02-30T10:00:00Z", false, "Impossible"),
            ("2026-02-03T25:00:00Z", false, "Impossible"),
            ("13/05/2026 10:00", true, "Impossible"),
            ("9/5/2026 13:20 PM", true, "Impossible"),
            ("1999-01-01T14:12:56Z", false, "Year"),
            ("2099-01-01T14:12:56Z", false, "Year"),
            ("2026-09-05T14:20:00+99:00", false, "Form"),
            ("", true, "Form"),
            ("éééééééééééé", true, "Form"),
        ] {
            assert_eq!(shown(text, us), read, "{text}");
        }
    }
}
