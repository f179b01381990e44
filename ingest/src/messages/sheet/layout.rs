//! Layouts: where the heading is, what its columns are taken for, and the profile that confirms it.

use super::headings;
use super::words::fold;
use crate::formats::sheet::dates::{self, Doubt, shown_order};
use crate::formats::sheet::{Cell, Row, Sheet, a1, letters};
use sealane_data::Text;
use sealane_data::sheet::{DateOrder, SheetField, SheetGuess, SheetProfile};
use sealane_data::submission::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Rows among which the heading is looked for.
const HEAD: usize = 40;

/// Rows whose dates are looked at for their order.
const SAMPLE: usize = 500;

/// One column under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its number from 0.
    pub at: u32,
    /// Its heading, with that of its group.
    pub heading: String,
    /// What it is taken for.
    pub guess: Option<SheetField>,
    /// The column before it that seems to hold the same.
    pub twice: Option<u32>,
}

/// The layout of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The row of the heading, from 0; the list begins below it.
    pub row: u32,
    /// 16 hexadecimal digits that stand for all headings and their columns.
    pub fingerprint: Text,
    /// The columns with headings.
    pub columns: Vec<Column>,
}

/// Columns without which a list tells nothing of a movement.
const ANCHORS: [SheetField; 6] = [
    SheetField::Container,
    SheetField::Booking,
    SheetField::HouseBl,
    SheetField::MasterBl,
    SheetField::Vessel,
    SheetField::VesselVoyage,
];

impl Layout {
    /// Finds the layout of a sheet: a confirmed one, else the row with most headings that are known.
    pub fn find(sheet: &Sheet, confirmed: &[SheetProfile]) -> Option<Self> {
        let mut best: Option<(usize, Self)> = None;
        for row in sheet.rows.iter().take(HEAD) {
            let layout = Self::of(sheet, row);
            if confirmed.iter().any(|p| p.layout == layout.fingerprint) {
                return Some(layout);
            }
            let known = layout.columns.iter().filter(|c| c.guess.is_some()).count();
            let anchored = layout.columns.iter().any(|c| c.guess.is_some_and(|f| ANCHORS.contains(&f)));
            if known > 1 && anchored && best.as_ref().is_none_or(|(most, _)| known > *most) {
                best = Some((known, layout));
            }
        }
        best.map(|(_, layout)| layout)
    }

    /// Reads a row as a heading.
    fn of(sheet: &Sheet, row: &Row) -> Self {
        let mut columns: Vec<Column> = headings(sheet, row)
            .into_iter()
            .map(|(at, heading)| Column { at, guess: headings::field(&heading), heading, twice: None })
            .collect();
        whole_times(&mut columns);
        for i in 1..columns.len() {
            let (before, rest) = columns.split_at_mut(i);
            let same = before.iter().find(|c| c.guess.is_some() && c.guess == rest[0].guess);
            rest[0].twice = same.map(|c| c.at);
        }
        let told = columns.iter().fold(String::new(), |mut told, c| {
            let _ = writeln!(told, "{}\t{}", letters(c.at), fold(&c.heading));
            told
        });
        let fingerprint = Sha256::of(told.as_bytes()).hex().chars().take(16).collect();
        Self { row: row.at, fingerprint, columns }
    }

    /// Returns whether a row below repeats the heading, as printed lists do on every page.
    pub fn is_repeated(&self, sheet: &Sheet, row: &Row) -> bool {
        let first = self.columns.first().and_then(|c| Some((row.cell(c.at)?.shown(), &c.heading)));
        first.is_some_and(|(shown, heading)| heading.ends_with(&shown))
            && Self::of(sheet, row).columns.iter().filter(|c| self.columns.contains(c)).count() * 2
                > self.columns.len()
    }

    /// Returns the order of day and month that the dates of the list show, where they agree, and the
    /// first date that can be read in two ways without it.
    fn dates(&self, sheet: &Sheet) -> (Option<DateOrder>, Option<String>) {
        let (mut shown, mut doubtful) = (BTreeSet::new(), None);
        let dates = self.columns.iter().filter(|c| c.guess.is_some_and(is_date));
        let columns: Vec<u32> = dates.map(|c| c.at).collect();
        for row in sheet.rows.iter().filter(|r| r.at > self.row).take(SAMPLE) {
            for (column, cell) in columns.iter().filter_map(|c| Some((*c, row.cell(*c)?))) {
                let Cell::Text(text) = cell else { continue };
                shown.extend(shown_order(text).map(|order| order == DateOrder::Dmy));
                if doubtful.is_none() && dates::read(cell, None, false) == Err(Doubt::Order) {
                    doubtful = Some(format!("`{}` in {}", text.trim(), a1(row.at, column)));
                }
            }
        }
        match (shown.len(), shown.first()) {
            (1, Some(true)) => (Some(DateOrder::Dmy), None),
            (1, Some(false)) => (Some(DateOrder::Mdy), None),
            _ => (None, doubtful),
        }
    }

    /// Returns the guess, for somebody to confirm; `placed` says that the profile names a place already.
    pub fn guess(&self, spot: String, sheet: &Sheet, placed: bool) -> SheetGuess {
        let (dates, doubtful) = self.dates(sheet);
        let read = self.columns.iter().filter(|c| c.twice.is_none());
        let columns: BTreeMap<Text, SheetField> =
            read.filter_map(|c| Some((letters(c.at).into(), c.guess?))).collect();
        let has = |fields: &[SheetField]| columns.values().any(|f| fields.contains(f));
        let mut wants = Vec::new();
        wants.extend(doubtful.map(|cell| {
            format!("set `dates` to `dmy`, `mdy` or `ymd`: the date {cell} can be read in two ways")
        }));
        if has(&[SheetField::EventTime, SheetField::EventDate]) && !has(&[SheetField::Event]) {
            wants.push("set `kind`, such as `gate_in`: no column says what happened at its times".to_owned());
        }
        if !placed && !has(&[SheetField::Place, SheetField::Terminal]) && has(MOVES) {
            wants.push("set `place`, such as `VNVUT`: no column says where it happened".to_owned());
        }
        let layout = SheetProfile {
            layout: self.fingerprint.clone(),
            name: sheet.name.clone(),
            dates,
            zone: None,
            kind: None,
            place: None,
            codes: BTreeMap::new(),
            columns,
        };
        let headings = self.columns.iter().map(|c| (letters(c.at).into(), c.heading.clone())).collect();
        SheetGuess { sheet: spot, layout, headings, wants }
    }
}

/// Fields of a movement, which happens somewhere.
const MOVES: &[SheetField] = &[
    SheetField::Event,
    SheetField::EventTime,
    SheetField::EventDate,
    SheetField::GateInTime,
    SheetField::GateInDate,
    SheetField::GateOutTime,
    SheetField::GateOutDate,
];

/// Whether a field holds dates.
pub(super) fn is_date(field: SheetField) -> bool {
    use SheetField as F;
    matches!(
        field,
        F::EventTime
            | F::EventDate
            | F::GateInTime
            | F::GateInDate
            | F::GateOutTime
            | F::GateOutDate
            | F::Etd
            | F::Eta
            | F::Atd
            | F::Ata
    )
}

/// A column of times of day without one of dates holds both.
fn whole_times(columns: &mut [Column]) {
    use SheetField as F;
    for (date, clock, whole) in [
        (F::EventDate, F::EventClock, F::EventTime),
        (F::GateInDate, F::GateInClock, F::GateInTime),
        (F::GateOutDate, F::GateOutClock, F::GateOutTime),
    ] {
        // `Gate in` beside `Gate in time` is the date of it.
        let has = |columns: &[Column], f: F| columns.iter().any(|c| c.guess == Some(f));
        let (dates, clocks, wholes) = (has(columns, date), has(columns, clock), has(columns, whole));
        let change = match (dates, clocks, wholes) {
            (false, true, true) => (whole, date),
            (false, true, false) => (clock, whole),
            _ => continue,
        };
        for column in columns.iter_mut().filter(|c| c.guess == Some(change.0)) {
            column.guess = Some(change.1);
        }
    }
}

/// Returns the headings of a row by column: merged ones from where they stand, groups before them.
fn headings(sheet: &Sheet, row: &Row) -> Vec<(u32, String)> {
    let at = |row: u32, column: u32| sheet.row(row).and_then(|r| r.cell(column)).map(Cell::shown);
    let near: Vec<_> =
        sheet.merged.iter().filter(|a| a.rows.0 <= row.at && a.rows.1.saturating_add(1) >= row.at).collect();
    let mut columns: Vec<u32> = row.cells.iter().map(|(column, _)| *column).collect();
    for area in near.iter().filter(|a| a.rows.1 >= row.at) {
        columns.push(area.columns.0);
    }
    columns.sort_unstable();
    columns.dedup();
    let mut found = Vec::new();
    for column in columns {
        let merged = near.iter().find(|a| a.holds(row.at, column) && a.rows.0 < row.at);
        let own =
            merged.map_or_else(|| at(row.at, column), |a| at(a.rows.0, a.columns.0)).unwrap_or_default();
        let above = row.at.checked_sub(1).filter(|_| merged.is_none()).and_then(|above| {
            let area = near.iter().find(|a| a.holds(above, column) && a.columns.0 < a.columns.1)?;
            at(area.rows.0, area.columns.0)
        });
        let group = above.filter(|text| {
            matches!(headings::field(text), Some(SheetField::GateInTime | SheetField::GateOutTime))
        });
        let heading = match group {
            Some(group) if !own.is_empty() => format!("{group} / {own}"),
            _ => own,
        };
        if !heading.is_empty() {
            found.push((column, heading));
        }
    }
    found
}
