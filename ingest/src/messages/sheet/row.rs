//! What one row of a list says.

mod values;

use super::layout::Layout;
use super::{place, words};
use crate::formats::sheet::{Cell, Row, Sheet, column};
use crate::sheet_findings as f;
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Few, Kind, Observation, Plan, Span};
use sealane_data::partner::{Partner, clock_zone};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::sheet::{SheetField, SheetProfile};
use sealane_data::submission::Sha256;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::collections::HashSet;
use std::sync::Arc;

/// The rows of one list, with what its profile says.
pub(super) struct Rows<'a> {
    /// The attachment; empty for the submission itself.
    pub(super) file: &'a str,
    sheet: &'a str,
    since_1904: bool,
    partner: &'a Partner,
    profile: &'a SheetProfile,
    /// Columns by what they hold, in order.
    columns: Vec<(u32, SheetField)>,
    zone: Option<TimeZone>,
    heading: u32,
    /// Calls that rows before have said: every container of a ship repeats them.
    calls: HashSet<Observation>,
}

/// What a row said.
pub(super) struct Told {
    /// Stands for the content of the row.
    pub(super) key: Sha256,
    /// The row's document.
    pub(super) document: Text,
    /// What it said.
    pub(super) observations: Vec<Observation>,
    /// What was wrong in it.
    pub(super) findings: Vec<Finding>,
}

/// A movement that a row tells, without its time.
struct Movement {
    kind: Kind,
    status: Option<Text>,
    time: Option<DeclaredTime>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        file: &'a str,
        sheet: &'a Sheet,
        since_1904: bool,
        partner: &'a Partner,
        profile: &'a SheetProfile,
        layout: &Layout,
    ) -> Self {
        let mut columns: Vec<(u32, SheetField)> =
            profile.columns.iter().filter_map(|(letters, field)| Some((column(letters)?, *field))).collect();
        columns.sort_unstable();
        // The partner's clock stands above: a correction gives it one for a while.
        let clock = partner.clock.as_deref().and_then(clock_zone);
        let zone = clock.or_else(|| profile.zone.as_deref().and_then(|zone| TimeZone::get(zone).ok()));
        let (sheet, heading) = (sheet.name.as_str(), layout.row);
        Self { file, sheet, since_1904, partner, profile, columns, zone, heading, calls: HashSet::new() }
    }

    /// Returns what of the profile cannot be used.
    pub(super) fn unfit(&self) -> Vec<Finding> {
        let at = place(self.file, self.sheet, self.heading, 0);
        let mut findings = Vec::new();
        for letters in self.profile.columns.keys().filter(|l| column(l).is_none()) {
            let message = format!("`{letters}` is no column; write its letters, such as `B`");
            findings.push(Finding::new(&f::PROFILE, at.clone(), message));
        }
        if let Some(zone) = self.profile.zone.as_deref().filter(|_| self.zone.is_none()) {
            let message = format!("the zone `{zone}` is unknown; the zone of the place is used");
            findings.push(Finding::new(&f::PROFILE, at.clone(), message));
        }
        let timed = self.has(SheetField::EventTime) || self.has(SheetField::EventDate);
        if timed && !self.has(SheetField::Event) && self.profile.kind.is_none() {
            let message = "neither a column nor the layout says what happened at the times of the list";
            findings.push(Finding::new(&f::NO_KIND, at, message));
        }
        findings
    }

    fn has(&self, field: SheetField) -> bool {
        self.columns.iter().any(|(_, f)| *f == field)
    }

    /// Returns why a row is none of the list's: a total, or a line of text across it.
    pub(super) fn no_entry(&self, row: &Row) -> Option<&'static str> {
        let (_, first) = row.cells.first()?;
        let mapped = self.columns.iter().filter(|(c, _)| row.cell(*c).is_some()).count();
        if mapped == 0 {
            return Some("empty in every column that is read");
        }
        if words::is_total(&first.shown())
            || row.cells.iter().take(4).any(|(_, c)| matches!(c, Cell::Text(t) if words::is_total(t)))
        {
            return Some("a total");
        }
        // A line across the list is merged or stands in one cell; a container alone is an entry.
        let alone = row.cells.len() == 1 && self.columns.len() > 2;
        let container =
            self.cell(row, SheetField::Container).is_some_and(|(_, c)| values::is_container(&c.shown()));
        (alone && !container).then_some("text across the list")
    }

    /// Returns the first cell that holds a field.
    fn cell<'r>(&self, row: &'r Row, field: SheetField) -> Option<(u32, &'r Cell)> {
        let mut columns = self.columns.iter().filter(|(_, f)| *f == field);
        columns.find_map(|(column, _)| row.cell(*column).map(|cell| (*column, cell)))
    }

    /// Reads a row.
    pub(super) fn read(&mut self, row: &Row) -> Told {
        let mut reader = Reader { rows: self, row, findings: Vec::new() };
        let observations = reader.observations();
        let (document, key) = (reader.text(SheetField::Document).unwrap_or_default(), reader.key());
        let findings = reader.findings;
        // A call is said once a list: the same ship at the same time carries every container in it.
        let observations =
            observations.into_iter().filter(|o| !o.kind.is_call() || self.calls.insert(bare(o))).collect();
        Told { key, document, observations, findings }
    }
}

/// Returns a call without its place in the list.
fn bare(call: &Observation) -> Observation {
    Observation { span: Span::default(), ..call.clone() }
}

/// One row while it is read.
struct Reader<'a, 'r> {
    rows: &'a Rows<'a>,
    row: &'r Row,
    findings: Vec<Finding>,
}

impl Reader<'_, '_> {
    fn place(&self, column: u32) -> Place {
        let place = place(self.rows.file, self.rows.sheet, self.row.at, column);
        Place { segment: self.row.at.saturating_add(1), ..place }
    }

    fn find(&mut self, kind: &FindingKind, column: u32, message: impl Into<String>) {
        let finding = Finding::new(kind, self.place(column), message);
        self.findings.push(finding);
    }

    /// Returns where a finding about the whole row stands: at the field, else at the first column.
    fn column_of(&self, field: SheetField) -> u32 {
        let found = self.rows.columns.iter().find(|(_, f)| *f == field).or(self.rows.columns.first());
        found.map_or(0, |(column, _)| *column)
    }

    /// Returns a cell, but for errors of the spreadsheet, which are said.
    fn cell(&mut self, field: SheetField) -> Option<(u32, Cell)> {
        let (column, cell) = self.rows.cell(self.row, field)?;
        if let Cell::Error(error) = cell {
            let message = format!("the cell of {} holds the error `{error}`", field.about());
            self.find(&f::CELL_ERROR, column, message);
            return None;
        }
        Some((column, cell.clone()))
    }

    fn text(&mut self, field: SheetField) -> Option<Text> {
        let (_, cell) = self.cell(field)?;
        let shown: Text = cell.shown().into();
        let filler = matches!(
            shown.as_str(),
            "-" | "--" | "/" | "N/A" | "n/a" | "NA" | "nil" | "NIL" | "TBA" | "tba" | "无" | "無"
        );
        (!shown.is_empty() && !filler).then_some(shown)
    }

    /// Returns the hash of what the row says in the columns that are read.
    fn key(&self) -> Sha256 {
        let mut content = self.rows.profile.layout.to_string();
        for (column, _) in &self.rows.columns {
            content.push('\u{1F}');
            content += &self.row.cell(*column).map(Cell::shown).unwrap_or_default();
        }
        Sha256::of(content.as_bytes())
    }

    fn observations(&mut self) -> Vec<Observation> {
        let (vessel, references) = (self.vessel(), Few::from(self.references()));
        let plan = Plan {
            load: self.port(SheetField::LoadPort),
            discharge: self.port(SheetField::DischargePort),
            delivery: self.port(SheetField::Delivery),
            ..Plan::default()
        };
        let mut told = self.calls(&plan, vessel.as_ref());
        let movements = self.movements();
        // A list of shipments tells no movement: the row is the booking.
        let booked = movements.is_none();
        let movements =
            movements.unwrap_or_else(|| vec![Movement { kind: Kind::Booked, status: None, time: None }]);
        let equipment = self.equipment(!booked);
        let (here, here_column) = (self.here(), self.column_of(SheetField::Place));
        if here.is_none() && !booked && !movements.is_empty() && self.rows.partner.default_node.is_none() {
            self.find(&f::NO_PLACE, here_column, "the row names no place");
        }
        let span = Span { segment: self.row.at.saturating_add(1), ..Span::default() };
        for movement in movements {
            let base = Observation {
                time: movement.time,
                place: if booked { plan.load.clone() } else { here.clone() },
                vessel: vessel.clone(),
                references: references.clone(),
                plan: plan.clone().said(),
                status: movement.status,
                ..Observation::new(movement.kind, Classifier::Actual)
            };
            if equipment.is_empty() && booked && !references.is_empty() {
                told.push(base);
                continue;
            }
            let each = |e: &Equipment| Observation { equipment: Some(e.clone()), ..base.clone() };
            told.extend(equipment.iter().map(each));
        }
        for o in &mut told {
            o.span = span;
        }
        told
    }

    /// Returns the movements of the row; nothing for a list that has no columns for any.
    fn movements(&mut self) -> Option<Vec<Movement>> {
        use SheetField as F;
        let gate_in = self.rows.has(F::GateInTime) || self.rows.has(F::GateInDate);
        let gate_out = self.rows.has(F::GateOutTime) || self.rows.has(F::GateOutDate);
        let timed = self.rows.has(F::EventTime) || self.rows.has(F::EventDate);
        let event = self.rows.has(F::Event) || (timed && self.rows.profile.kind.is_some());
        if !gate_in && !gate_out && !event && !timed {
            return None;
        }
        let mut movements = Vec::new();
        let gate = |kind, time| Movement { kind, status: None, time: Some(time) };
        let time = gate_in.then(|| self.time(F::GateInTime, F::GateInDate, F::GateInClock)).flatten();
        movements.extend(time.map(|t| gate(Kind::GateIn, t)));
        let time = gate_out.then(|| self.time(F::GateOutTime, F::GateOutDate, F::GateOutClock)).flatten();
        movements.extend(time.map(|t| gate(Kind::GateOut, t)));
        if event || timed {
            movements.push(self.event());
        } else if movements.is_empty() && self.findings.is_empty() {
            let column = self.column_of(if gate_in { F::GateInTime } else { F::GateOutTime });
            self.find(&f::NO_TIME, column, "the row has no time of its movement");
        }
        Some(movements)
    }

    /// Reads the movement that a column of events, or the layout, names.
    fn event(&mut self) -> Movement {
        use SheetField as F;
        let before = self.findings.len();
        let time = self.time(F::EventTime, F::EventDate, F::EventClock);
        let (kind, status) = match self.text(F::Event) {
            Some(word) => {
                if let Some(kind) = self.meaning(&word) {
                    (kind, None)
                } else {
                    let column = self.column_of(F::Event);
                    self.find(&f::EVENT, column, format!("the event `{word}` has no known meaning"));
                    (Kind::Status, Some(word))
                }
            }
            None => (self.rows.profile.kind.unwrap_or(Kind::Status), None),
        };
        if time.is_none() && self.findings.len() == before {
            let column =
                self.column_of(if self.rows.has(F::EventTime) { F::EventTime } else { F::EventDate });
            self.find(&f::NO_TIME, column, "the row has no time of its movement");
        }
        Movement { kind, status, time }
    }

    /// Returns what a word of the event column means: the partner's own meaning first.
    fn meaning(&self, word: &str) -> Option<Kind> {
        let own = self.rows.profile.codes.iter().find(|(code, _)| words::fold(code) == words::fold(word));
        own.map(|(_, kind)| *kind).or_else(|| words::event(word))
    }

    /// Returns the calls of the ship at the ports of the plan.
    fn calls(&mut self, plan: &Plan, vessel: Option<&Arc<VesselRef>>) -> Vec<Observation> {
        use SheetField as F;
        let mut calls = Vec::new();
        for (field, kind, classifier, port) in [
            (F::Etd, Kind::VesselDeparted, Classifier::Estimated, &plan.load),
            (F::Eta, Kind::VesselArrived, Classifier::Estimated, &plan.discharge),
            (F::Atd, Kind::VesselDeparted, Classifier::Actual, &plan.load),
            (F::Ata, Kind::VesselArrived, Classifier::Actual, &plan.discharge),
        ] {
            let time = self.time(field, field, field);
            if let (Some(vessel), Some(time), Some(port)) = (vessel, time, port) {
                calls.push(Observation {
                    time: Some(time),
                    place: Some(port.clone()),
                    vessel: Some(vessel.clone()),
                    ..Observation::new(kind, classifier)
                });
            }
        }
        calls
    }

    fn references(&mut self) -> Vec<Reference> {
        use SheetField as F;
        let mut references = Vec::new();
        for (field, kind) in [
            (F::Booking, ReferenceKind::Booking),
            (F::MasterBl, ReferenceKind::MasterBl),
            (F::HouseBl, ReferenceKind::HouseBl),
            (F::Shipment, ReferenceKind::Shipment),
            (F::Invoice, ReferenceKind::Invoice),
        ] {
            let Some(text) = self.text(field) else { continue };
            for part in text.split(['\n', ';', ',']).map(str::trim).filter(|p| !p.is_empty()).take(20) {
                let reference = Reference::new(kind, part);
                if !reference.joins() {
                    let column = self.column_of(field);
                    self.find(
                        &f::CONSTANT_VALUE,
                        column,
                        format!("the reference `{part}` looks like a filler"),
                    );
                }
                references.push(reference);
            }
        }
        references
    }

    /// Returns where the row's movements happened.
    fn here(&mut self) -> Option<Arc<DeclaredPlace>> {
        let mut shared = self.port(SheetField::Place).unwrap_or_default();
        let here = Arc::make_mut(&mut shared);
        if let Some(terminal) = self.text(SheetField::Terminal) {
            if terminal.is_ascii() && !terminal.contains(' ') && terminal.len() <= 10 {
                here.facility = Some(terminal);
            } else if here.name.is_none() {
                here.name = Some(terminal);
            }
        }
        if *here == DeclaredPlace::default() {
            return self.rows.profile.place.as_deref().map(values::place);
        }
        Some(shared)
    }

    fn port(&mut self, field: SheetField) -> Option<Arc<DeclaredPlace>> {
        self.text(field).map(|text| values::place(&text))
    }
}
