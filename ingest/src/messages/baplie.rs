//! BAPLIE: the bay plan. One `OnBoard` for every container that stands in a cell.
//!
//! A bay plan never tells of a quay move, or TEU would count twice, and what its head says of the
//! ship's call is left to schedules. A container's group begins with its cell (`LOC+147`): in
//! D.95B (SMDG20 to SMDG22) everything is said of the cell and the `EQD` comes last, in D.13B
//! (SMDG31) it is said of the `EQD`. Some planners write each `EQD` before its cell. The box is on
//! board when the ship leaves the sender's port (`LOC+5`): `DTM+186` and 136 are that departure, 133
//! an estimate of it; a plan without either stands, as an estimate, at the time it was written.
//! `RFF+BM:1` is a mandatory filler.

mod cell;

use super::listing::end_of_group;
use super::parts::{BGM, DTM, EQD, HAN, LOC, RFF, TDT};
use super::reader::{Outcome, Reader};
use super::usual::Lead;
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Code, Segment, Tag, UNH, UNT};
use crate::message_findings as mf;
use cell::Cell;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Kind, Observation, Trade};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Baplie;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"NAD"), "the operator of one box is no party to all boxes of the ship"),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"ATT"), why::GOODS),
    (Tag::new(b"DIM"), "overwide or overhigh cargo does not change where the box stands"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"CNT"), "counts the containers of one cell"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// When the boxes are on board by the head's dates, best first.
const WHEN: &[(&[u8], Classifier)] =
    &[(b"186", Classifier::Actual), (b"136", Classifier::Actual), (b"133", Classifier::Estimated)];

/// Dates of the ship's call that schedules tell better.
const CALL_DATES: &[&[u8]] = &[b"132", b"178", b"232", b"189"];

/// The cell of a container (data element 3227).
const STOWAGE: Code = Code::new(b"147");

/// Segments after which a mass is no longer the box's.
const DETAIL: [Tag; 2] = [Tag::new(b"DGS"), Tag::new(b"EQA")];

impl MessageFamily for Baplie {
    fn id(&self) -> &'static str {
        "BAPLIE"
    }

    fn about(&self) -> &'static str {
        "bay plans: which containers are on board a ship and in which cell, with their ports"
    }

    fn version(&self) -> u16 {
        5
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        read(m, &GUIDE);
    }
}

/// What differs between the messages that list cells of a ship.
pub(super) struct Guide {
    /// The segments that are known and left unread.
    pub(super) ignored: &'static [Ignored],
    /// When the boxes are on board, or to be moved, by the head's dates, best first.
    pub(super) when: &'static [(&'static [u8], Classifier)],
    /// What handling codes (`HAN`) before the cells order; none where the plan only tells.
    pub(super) handling: &'static [(&'static [u8], Kind, Option<Trade>)],
}

static GUIDE: Guide = Guide { ignored: IGNORED, when: WHEN, handling: &[] };

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>, guide: &'static Guide) {
    let mut plan = Bayplan::new(guide);
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = plan.segment(m, &s);
        m.count(outcome);
    }
    plan.flush(m, m.len());
    if !plan.begun {
        m.say_not_begun("number to replace it by");
    }
}

/// A bay plan while it is read.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the plan so far")]
struct Bayplan {
    guide: &'static Guide,
    /// What is ordered for the cells to come.
    order: Option<(Kind, Option<Trade>)>,
    begun: bool,
    transport: usize,
    ship: Arc<VesselRef>,
    here: Option<Arc<DeclaredPlace>>,
    /// Whether the head speaks of the next port, whose dates are none of these boxes'.
    ahead: bool,
    when: Option<(usize, Classifier, DeclaredTime)>,
    /// When the ship comes, where moves are ordered: what is discharged goes then.
    arrival: Option<DeclaredTime>,
    head_closed: bool,
    /// Whether a box stands before its cell, once a box was seen.
    box_first: Option<bool>,
    cell: Cell,
    /// Whether the cell is being read.
    open: bool,
}

impl Bayplan {
    fn new(guide: &'static Guide) -> Self {
        Self {
            guide,
            order: None,
            begun: false,
            transport: 0,
            ship: Arc::default(),
            here: None,
            ahead: false,
            when: None,
            arrival: None,
            head_closed: false,
            box_first: None,
            cell: Cell::new(),
            open: false,
        }
    }

    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                self.begun = true;
                m.read_bgm(s)
            }
            EQD if self.boxes_first(m) => {
                self.begin(m, s);
                self.cell.read(m, s, self.guide.ignored)
            }
            LOC => {
                let lead = m.lead(s);
                match lead.code {
                    STOWAGE => self.place(m, s, &lead),
                    _ if self.open => self.cell.location(m, s, &lead),
                    _ => self.head(m, s),
                }
            }
            HAN if !self.guide.handling.is_empty() => self.handling(m, s),
            _ if self.open => self.cell.read(m, s, self.guide.ignored),
            _ => self.head(m, s),
        }
    }

    /// Takes the cell of a box, which normally is said before the box.
    fn place(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, lead: &Lead<'_>) -> Outcome {
        if self.box_first != Some(true) || !self.open || self.cell.placed {
            self.begin(m, s);
        }
        self.cell.place(m, s, lead);
        Outcome::Used
    }

    /// Ends the open cell and begins another.
    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) {
        self.flush(m, s.at());
        self.close_head(m);
        self.cell.begin(s.at());
        self.open = true;
    }

    /// Whether boxes stand before their cells: so where the first box does, and a cell is the last of both; and
    /// where no cell is named at all.
    fn boxes_first(&mut self, m: &Reader<'_>) -> bool {
        let head = !self.open && !self.head_closed;
        *self.box_first.get_or_insert_with(|| {
            let cell = |at: &usize| m.segment(*at).is_some_and(|s| s.tag() == LOC && s.code() == STOWAGE);
            let last_cell = (0..m.len()).rev().find(cell);
            let last_box = (0..m.len()).rev().find(|at| m.tag(*at) == Some(EQD));
            head && last_cell.is_none_or(|at| last_box < Some(at))
        })
    }

    /// Reads a segment before the first cell.
    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            DTM => self.head_date(m, s),
            LOC => match s.first(1) {
                b"5" => {
                    self.here = m.read_place(s);
                    self.ahead = false;
                    Outcome::Used
                }
                b"61" | b"152" | b"153" | b"94" => {
                    // Only later directories put dates into the group of their port.
                    self.ahead = m.dialect.directory >= (2013, b'B');
                    Outcome::Ignored
                }
                _ => m.unused(s),
            },
            TDT => {
                self.transport = s.at();
                self.ship = m.read_ship(s);
                Outcome::Used
            }
            RFF => {
                let of_ship = m.read_ship_reference(s, &mut self.ship);
                if of_ship { Outcome::Used } else { Outcome::Ignored }
            }
            _ => m.other(s, self.guide.ignored),
        }
    }

    /// Takes what is to be done with the cells to come; handling of single boxes is no move.
    fn handling(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let order = self.guide.handling.iter().find(|(code, ..)| *code == s.first(1));
        // From D.21A on `HAN` also stands behind a box and handles it alone.
        if order.is_none() && self.open && m.dialect.directory >= (2021, b'A') {
            return Outcome::Ignored;
        }
        self.flush(m, s.at());
        self.order = order.map(|(_, kind, trade)| (*kind, *trade));
        if self.order.is_none() {
            let code = String::from_utf8_lossy(s.first(1)).into_owned();
            m.find(&mf::HANDLING_UNKNOWN, s, (1, 1), format!("handling `{code}` orders no move"));
            return Outcome::Found;
        }
        Outcome::Used
    }

    /// Takes the best date of the departure.
    fn head_date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let when = self.guide.when;
        let Some(rank) = when.iter().position(|(q, _)| *q == s.first(1)).filter(|_| !self.ahead) else {
            let known = self.ahead || CALL_DATES.contains(&s.first(1));
            return if known { Outcome::Ignored } else { m.unused(s) };
        };
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        if matches!(s.first(1), b"132" | b"178" | b"232") {
            self.arrival = self.arrival.or(Some(time));
        }
        if self.when.is_none_or(|(best, ..)| rank < best) {
            self.when = Some((rank, when[rank].1, time));
        }
        Outcome::Used
    }

    /// Says once what the head lacks for all its boxes.
    fn close_head(&mut self, m: &mut Reader<'_>) {
        if std::mem::replace(&mut self.head_closed, true) {
            return;
        }
        let Some(s) = m.segment(self.transport) else { return };
        if self.ship.is_anonymous() {
            m.find(&f::NO_SHIP, &s, (0, 0), "the bay plan names no ship, so its boxes are on board of none");
        }
        let orders = !self.guide.handling.is_empty();
        m.check_when_and_where(&s, orders || self.when.is_some() || m.written.is_some(), self.here.is_some());
    }

    /// Makes the observations of the open cell, which ends before segment `to`.
    fn flush(&mut self, m: &mut Reader<'_>, to: usize) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let cell = &mut self.cell;
        let Some(s) = m.segment(cell.at) else { return };
        if cell.said.equipment.is_none() {
            m.find(&f::CELL_EMPTY, &s, (2, 1), "the cell names no container");
            cell.take();
            return;
        }
        let orders = !self.guide.handling.is_empty();
        let (classifier, time) = match self.when {
            Some((_, classifier, time)) => (classifier, Some(time)),
            // When a move is to be made is not when the order was written.
            None if orders => (Classifier::Planned, None),
            None => (Classifier::Estimated, m.written),
        };
        let (kind, trade) = match self.order {
            Some(order) => order,
            None if orders => (Kind::Status, None),
            None => (Kind::OnBoard, None),
        };
        let said = &mut cell.said;
        (said.kind, said.classifier) = (kind, classifier);
        said.time = if kind == Kind::Discharged { self.arrival.or(time) } else { time };
        (said.plan, said.span) = (cell.ports.plan(m), m.span(&s, end_of_group(m, to)));
        said.place.clone_from(&self.here);
        said.vessel = (!self.ship.is_empty()).then(|| self.ship.clone());
        self.tell(m, trade);
    }

    /// Makes the observations of the boxes of a cell.
    fn tell(&mut self, m: &mut Reader<'_>, trade: Option<Trade>) {
        // Of a bundle only the whole mass is told.
        let mass = self.cell.mass.map(|(_, kg)| kg).filter(|_| self.cell.more.is_empty());
        let complete = |equipment: &mut Equipment| {
            equipment.gross_kg = mass;
            equipment.trade = trade.or(equipment.trade);
        };
        self.cell.said.equipment.iter_mut().for_each(complete);
        let first = m.observations.len();
        m.observations.push(self.cell.take());
        for mut equipment in self.cell.more.drain(..) {
            complete(&mut equipment);
            let said = m.observations.get(first).cloned();
            m.observations.extend(said.map(|said| Observation { equipment: Some(equipment), ..said }));
        }
    }
}
