//! Dates and times as people write them into cells.
//!
//! A date that can be read in two ways is not read: [`Doubt::Order`]. Years above 2400 are Buddhist
//! (Thailand), and nobody else's.

mod tokens;
mod words;

use super::Cell;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time, date};
use sealane_data::sheet::DateOrder;
use sealane_data::time::{DeclaredTime, Precision};
use tokens::{Token, plain, split_offset, tokens};
use words::{FILLERS, HALVES, MARKS, MONTHS};

/// Why a cell gave no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Day, month and year can be told apart only by their order, which nobody said.
    Order,
    /// It is no date.
    Unreadable,
}

/// Reads a date, with its time where it has one.
pub fn read(cell: &Cell, order: Option<DateOrder>, since_1904: bool) -> Result<DeclaredTime, Doubt> {
    match cell {
        Cell::Date(days) => serial(*days, since_1904).ok_or(Doubt::Unreadable),
        // A number that is formatted as one may be digits of a date, or a date that lost its format.
        Cell::Number(n) if n.fract() == 0.0 && *n >= 19_500_101.0 => text(&cell.shown(), order),
        Cell::Number(n) => serial(*n, since_1904).ok_or(Doubt::Unreadable),
        Cell::Text(written) => text(written, order),
        Cell::Bool(_) | Cell::Error(_) => Err(Doubt::Unreadable),
    }
}

/// Reads a time of day.
pub fn clock(cell: &Cell) -> Option<(Time, Precision)> {
    match cell {
        Cell::Date(days) => of_day(days.fract()),
        Cell::Number(n) if (0.0..1.0).contains(n) => of_day(*n),
        Cell::Number(_) | Cell::Text(_) => Parts::read(&cell.shown())?.only_clock(),
        Cell::Bool(_) | Cell::Error(_) => None,
    }
}

/// Returns the order of day and month where a text shows it by a number above 12.
pub fn shown_order(written: &str) -> Option<DateOrder> {
    let parts = Parts::read(written)?;
    match parts.loose.as_slice() {
        [(a, 1 | 2), (b, 1 | 2), (_, 4), ..] if *a > 12 && *b <= 12 => Some(DateOrder::Dmy),
        [(a, 1 | 2), (b, 1 | 2), (_, 4), ..] if *b > 12 && *a <= 12 => Some(DateOrder::Mdy),
        _ => None,
    }
}

/// Reads days since the epoch of a workbook: 1899-12-30 serves for all days after February 1900.
fn serial(days: f64, since_1904: bool) -> Option<DeclaredTime> {
    if !(1.0..=100_000.0).contains(&days) {
        return None;
    }
    let epoch = if since_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    #[expect(clippy::cast_possible_truncation, reason = "in range by the guard")]
    let seconds = (days * 86_400.0).round() as i64;
    let local = epoch.to_datetime(Time::midnight()).checked_add(seconds.seconds()).ok()?;
    let precision = match (local.time() == Time::midnight(), local.second()) {
        (true, _) => Precision::Day,
        (false, 0) => Precision::Minute,
        (false, _) => Precision::Second,
    };
    usual(local.date()).then_some(DeclaredTime { local, offset_minutes: None, precision })
}

fn of_day(fraction: f64) -> Option<(Time, Precision)> {
    #[expect(clippy::cast_possible_truncation, reason = "less than a day of seconds")]
    let seconds = ((fraction * 86_400.0).round() as i64).min(86_399);
    let time = Time::midnight().checked_add(seconds.seconds()).ok()?;
    Some((time, if time.second() == 0 { Precision::Minute } else { Precision::Second }))
}

/// Whether a date is one of a container's life.
fn usual(date: Date) -> bool {
    (1950..2100).contains(&date.year())
}

fn text(written: &str, order: Option<DateOrder>) -> Result<DeclaredTime, Doubt> {
    let parts = Parts::read(written).ok_or(Doubt::Unreadable)?;
    let date = parts.date(order)?;
    let Some((time, precision)) = parts.clock()? else {
        return Ok(DeclaredTime::day(date));
    };
    let mut local = DateTime::from_parts(date, time);
    if parts.end_of_day() {
        local = local.checked_add(1.day()).map_err(|_| Doubt::Unreadable)?;
    }
    Ok(DeclaredTime { local, offset_minutes: parts.offset, precision })
}

/// What a number of a date counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The numbers and words of a date, by what they are.
#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time: [Option<i64>; 3],
    afternoon: Option<bool>,
    offset: Option<i16>,
    /// Whether the month was a name.
    named: bool,
    /// Numbers that nothing explains, with their number of digits.
    loose: Vec<(i64, usize)>,
}

impl Parts {
    fn read(written: &str) -> Option<Self> {
        let (plain, offset) = split_offset(&plain(written));
        let tokens = tokens(&plain)?;
        let mut parts = Self { offset, ..Self::default() };
        let mut at = 0;
        while at < tokens.len() {
            at += parts.take(&tokens[at..])?;
        }
        // `05/09/2026 14.20`: behind a whole date, numbers are a time.
        let date = if parts.month.is_some() { 2 } else { 3 };
        if (date + 2..=date + 3).contains(&parts.loose.len()) && parts.time == [None; 3] {
            for (slot, (n, _)) in parts.time.iter_mut().zip(parts.loose.drain(date..)) {
                *slot = Some(n);
            }
        }
        (parts.loose.len() <= 3).then_some(parts)
    }

    /// Takes what stands first; returns how many tokens that was.
    fn take(&mut self, tokens: &[Token]) -> Option<usize> {
        match tokens {
            [
                Token::Number(h, 1 | 2),
                Token::Sign(':'),
                Token::Number(m, 2),
                Token::Sign(':'),
                Token::Number(s, 2),
                ..,
            ] => {
                self.time = [Some(*h), Some(*m), Some(*s)];
                // A fraction of a second is as good as none.
                let fraction = matches!(tokens[5..], [Token::Sign('.'), Token::Number(..), ..]);
                Some(if fraction { 7 } else { 5 })
            }
            [Token::Number(h, 1 | 2), Token::Sign(':'), Token::Number(m, 2), ..] => {
                self.time = [Some(*h), Some(*m), None];
                Some(3)
            }
            [Token::Number(n, digits), Token::Word(word), rest @ ..] => {
                let Some((_, mark)) = MARKS.iter().find(|(w, _)| w == word) else {
                    self.loose.push((*n, *digits));
                    return Some(1);
                };
                self.mark(*mark, *n);
                // `14h20` has no word behind its minutes.
                if let ("h" | "giờ", [Token::Number(m, 2), ..]) = (word.as_str(), rest) {
                    self.time[1] = Some(*m);
                    return Some(3);
                }
                Some(2)
            }
            [Token::Number(n, digits), ..] => {
                self.digits(*n, *digits);
                Some(1)
            }
            [Token::Word(word), rest @ ..] => self.word(word, rest),
            [Token::Sign('.' | '/' | '-' | ',' | '(' | ')' | '\''), ..] => Some(1),
            _ => None,
        }
    }

    /// Takes digits that may be a whole date.
    fn digits(&mut self, n: i64, digits: usize) {
        let (date, clock) = match digits {
            8 => (n, None),
            12 => (n / 10_000, Some((n % 10_000) * 100)),
            14 => (n / 1_000_000, Some(n % 1_000_000)),
            _ => return self.loose.push((n, digits)),
        };
        (self.year, self.month, self.day) = (Some(date / 10_000), Some(date / 100 % 100), Some(date % 100));
        if let Some(clock) = clock {
            self.time = [Some(clock / 10_000), Some(clock / 100 % 100), Some(clock % 100)];
        }
    }

    fn mark(&mut self, mark: Mark, n: i64) {
        let slot = match mark {
            Mark::Year => &mut self.year,
            Mark::Month => &mut self.month,
            Mark::Day => &mut self.day,
            Mark::Hour => &mut self.time[0],
            Mark::Minute => &mut self.time[1],
            Mark::Second => &mut self.time[2],
        };
        *slot = Some(n);
    }

    fn word(&mut self, word: &str, rest: &[Token]) -> Option<usize> {
        let first = match rest {
            [Token::Number(n, _), ..] => Some(*n),
            _ => None,
        };
        let era =
            [("令和", 2018), ("平成", 1988)].iter().find(|(era, _)| *era == word).map(|(_, before)| *before);
        if let (Some(before), Some(n), [_, Token::Word(year), ..]) = (era, first, rest)
            && year == "年"
        {
            self.year = Some(before + n);
            return Some(3);
        }
        if let (true, Some(n)) = (word == "tháng", first) {
            self.month = Some(n);
            return Some(2);
        }
        if let Some((_, afternoon)) = HALVES.iter().find(|(w, _)| *w == word) {
            self.afternoon = Some(*afternoon);
        } else if word == "z" || word == "utc" || word == "gmt" {
            self.offset = Some(0);
        } else if FILLERS.contains(&word) {
        } else {
            let month = MONTHS.iter().find(|(begin, _)| word.starts_with(begin)).map(|(_, n)| *n)?;
            self.month = Some(month);
            self.named = true;
        }
        Some(1)
    }

    /// Returns the date, by the order where it needs one.
    fn date(&self, order: Option<DateOrder>) -> Result<Date, Doubt> {
        let (year, month, day) = match (self.year, self.month, self.day, self.loose.as_slice()) {
            (Some(y), Some(m), Some(d), []) => (y, m, d),
            (None, Some(m), Some(d), [(y, 4)]) => (*y, m, d),
            (None, Some(m), None, [(d, 1 | 2), (y, 4)] | [(y, 4), (d, 1 | 2)]) => (*y, m, *d),
            (None, Some(m), None, [(d, 1 | 2), (y, 2)]) if self.named && order.is_some() => (2000 + y, m, *d),
            (None, Some(_), None, [(_, 1 | 2), (_, 2)]) if self.named => return Err(Doubt::Order),
            (None, None, None, [a, b, c]) => by_order(*a, *b, *c, order)?,
            _ => return Err(Doubt::Unreadable),
        };
        // The Buddhist era is 543 years ahead.
        let year = if (2400..2700).contains(&year) { year - 543 } else { year };
        let part = |n: i64| i8::try_from(n).map_err(|_| Doubt::Unreadable);
        let year = i16::try_from(year).map_err(|_| Doubt::Unreadable)?;
        let date = Date::new(year, part(month)?, part(day)?).map_err(|_| Doubt::Unreadable)?;
        if usual(date) { Ok(date) } else { Err(Doubt::Unreadable) }
    }

    /// Returns the time of day, where there is one.
    fn clock(&self) -> Result<Option<(Time, Precision)>, Doubt> {
        let [Some(hour), minute, second] = self.time else {
            let none = self.time == [None; 3] && self.afternoon.is_none();
            return if none { Ok(None) } else { Err(Doubt::Unreadable) };
        };
        let hour = match self.afternoon {
            Some(_) if !(1..24).contains(&hour) => return Err(Doubt::Unreadable),
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ if self.end_of_day() => 0,
            _ => hour,
        };
        let part = |n: i64| i8::try_from(n).map_err(|_| Doubt::Unreadable);
        let (minute, second) = (part(minute.unwrap_or(0))?, part(second.unwrap_or(0))?);
        let time = Time::new(part(hour)?, minute, second, 0).map_err(|_| Doubt::Unreadable)?;
        Ok(Some((time, if second == 0 { Precision::Minute } else { Precision::Second })))
    }

    /// Whether midnight is written as the end of its day, `24:00`.
    fn end_of_day(&self) -> bool {
        self.time[0] == Some(24) && self.time[1].unwrap_or(0) == 0 && self.time[2].unwrap_or(0) == 0
    }

    /// Returns the time of day of a cell that should hold nothing else.
    fn only_clock(mut self) -> Option<(Time, Precision)> {
        if self.time == [None; 3] {
            self.time = match self.loose.as_slice() {
                [(n, 3 | 4)] => [Some(n / 100), Some(n % 100), None],
                [(h, 1 | 2), (m, 2)] => [Some(*h), Some(*m), None],
                [(h, 1 | 2), (m, 2), (s, 2)] => [Some(*h), Some(*m), Some(*s)],
                _ => return None,
            };
        }
        // `24:00` in a column of its own is midnight, but of which day nobody knows.
        if self.end_of_day() { None } else { self.clock().ok()? }
    }
}

/// Orders three numbers of a date.
fn by_order(
    (a, a_len): (i64, usize),
    (b, _): (i64, usize),
    (c, c_len): (i64, usize),
    order: Option<DateOrder>,
) -> Result<(i64, i64, i64), Doubt> {
    if a_len == 4 {
        return Ok((a, b, c));
    }
    if a_len > 2 || !matches!(c_len, 1 | 2 | 4) {
        return Err(Doubt::Unreadable);
    }
    let full = c_len == 4;
    let century = |y: i64| if full { y } else { 2000 + y };
    match order {
        Some(DateOrder::Dmy) => Ok((century(c), b, a)),
        Some(DateOrder::Mdy) => Ok((century(c), a, b)),
        Some(DateOrder::Ymd) if !full => Ok((2000 + a, b, c)),
        None if full && a > 12 && b <= 12 => Ok((c, b, a)),
        None if full && b > 12 && a <= 12 => Ok((c, a, b)),
        None if full && a == b => Ok((c, a, b)),
        _ => Err(Doubt::Order),
    }
}

#[cfg(test)]
mod tests;
