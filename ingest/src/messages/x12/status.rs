//! Statuses: what 315 and 322 share. One observation for the status, and those of the ports' dates.
//! In 322 one status may name a thousand containers (`N7`), each with what follows it: one observation each.

use super::super::reader::{Outcome, Reader};
use super::super::{Ignored, why};
use super::parts::{DTM, M7, N1, N7, N9, R4, SE, ST, V1, load, unnamed};
use super::ports::{OTHER_DATES, Port, Ports, settle};
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;
use sealane_data::Text;
use sealane_data::container::ContainerNumber;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Few, Kind, Load, Observation};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

const B4: Tag = Tag::two(b"B4");
const Q2: Tag = Tag::two(b"Q2");
const Q5: Tag = Tag::two(b"Q5");
const V4: Tag = Tag::two(b"V4");
const W2: Tag = Tag::two(b"W2");

/// What status messages leave unread.
pub(super) const IGNORED: &[Ignored] = &[
    (Tag::two(b"K1"), why::TEXT),
    (Tag::two(b"X1"), "says the export licence, not the movement"),
    (Tag::two(b"N2"), why::CONTACT),
    (Tag::two(b"N3"), why::CONTACT),
    (Tag::two(b"N4"), why::CONTACT),
    (Tag::new(b"G61"), why::CONTACT),
    (Tag::new(b"PER"), why::CONTACT),
    (Tag::two(b"SG"), "repeats the status in another code"),
    (Tag::two(b"V9"), "repeats the status in another code"),
    (Tag::two(b"G1"), why::GOODS),
    (Tag::two(b"L0"), why::GOODS),
    (Tag::two(b"L5"), why::GOODS),
    (Tag::two(b"H3"), why::HANDLING),
    (Tag::new(b"W09"), why::GOODS),
    (Tag::two(b"H1"), why::GOODS),
    (Tag::two(b"L3"), why::GOODS),
    (Tag::new(b"L11"), why::GOODS),
    (Tag::new(b"GR5"), why::GOODS),
    (Tag::new(b"LH1"), why::GOODS),
    (Tag::new(b"LH2"), why::GOODS),
    (Tag::new(b"LH3"), why::GOODS),
    (Tag::new(b"LH4"), why::GOODS),
    (Tag::new(b"LHT"), why::GOODS),
    (Tag::new(b"LHR"), why::GOODS),
    (Tag::new(b"LFH"), why::GOODS),
    (Tag::new(b"LEP"), why::GOODS),
    (Tag::two(b"Y7"), why::HANDLING),
    (Tag::new(b"ZC1"), "says that an earlier status was wrong; both are kept"),
    (Tag::two(b"NA"), why::ATTACHED),
    (Tag::two(b"F9"), "names the station of a railway by its own number"),
    (Tag::two(b"D9"), "names the station of a railway by its own number"),
    (Tag::two(b"R2"), "names the railways of the route"),
    (Tag::two(b"LH"), why::GOODS),
    (Tag::two(b"LS"), why::STRUCTURE),
    (Tag::two(b"LE"), why::STRUCTURE),
];

/// Statuses (data element 157) that mean something for the map. `AE` is onto a ship, `AP` onto a
/// feeder; trains (`AL`, `UR`) and barges lift too, but over no quay that is counted. Carriers vary:
/// `CR` is a release in the list, and the return of an empty box of some; it is one if the box is empty.
const STATUSES: &[(&str, Kind)] = &[
    ("VA", Kind::VesselArrived),
    ("VD", Kind::VesselDeparted),
    ("AE", Kind::Loaded),
    ("AP", Kind::Loaded),
    ("UV", Kind::Discharged),
    ("I", Kind::GateIn),
    ("R", Kind::GateIn),
    ("RD", Kind::GateIn),
    ("OA", Kind::GateOut),
    ("EE", Kind::GateOut),
    ("AR", Kind::GateIn),
    ("RL", Kind::GateOut),
    ("D", Kind::Delivered),
    ("D1", Kind::Delivered),
    ("CT", Kind::CustomsReleased),
    ("PA", Kind::CustomsHeld),
    ("PB", Kind::CustomsHeld),
];

/// Statuses of trains and their ramps, as 322 has them: arrived and departed.
const BY_RAIL: &[(&str, Kind)] = &[("A", Kind::GateIn), ("P", Kind::GateOut)];

/// Statuses that are known and are no event on the map: lifts of trains, trucks and barges, moves in
/// the yard, free time, availability, notices, releases.
const OTHERS: &[&str] = &["AL", "AM", "AO", "UR", "TM", "NF", "AV", "NT", "CR", "AF", "X1"];

/// A status while its message is read.
#[derive(Clone, Default)]
struct Track {
    status: Option<Status>,
    /// What was said before the first `N7`, which all of them share.
    shared: Option<Box<Track>>,
    /// The status of the container before, where statuses stand behind their containers.
    earlier: Option<Status>,
    cell: Option<Text>,
    ship: Option<Arc<VesselRef>>,
    ports: Ports,
    equipment: Option<Equipment>,
    /// Whether only references (`N9`) name the container; all that they name are told of.
    by_reference: bool,
    more: Vec<Equipment>,
    load: Load,
    references: Few<Reference>,
    seals: Vec<Text>,
    arrival: Option<(usize, DeclaredTime)>,
}

/// What `B4` or `Q5` says.
#[derive(Clone)]
struct Status {
    at: usize,
    code: Text,
    time: Option<DeclaredTime>,
    place: Option<Arc<DeclaredPlace>>,
}

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>) {
    let mut track = Track::default();
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = track.segment(m, &s);
        m.count(outcome);
    }
    track.close(m);
}

impl Track {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            ST | SE => Outcome::Used,
            B4 => self.b4(m, s),
            Q5 => self.q5(m, s),
            Q2 => {
                self.ship = Some(m.x12_ship(s, (1, 12, 13, 9)));
                Outcome::Used
            }
            V1 => {
                self.ship = Some(m.x12_v1(s));
                Outcome::Used
            }
            N7 => self.named(m, s),
            V4 => {
                self.cell = m.text(s, 1, 1);
                Outcome::Used
            }
            W2 => {
                self.load = load(s.first(5));
                self.also(m, s)
            }
            N9 => self.reference(m, s),
            M7 => m.x12_seals(s, self.equipment.as_mut()),
            N1 => m.x12_party(s),
            R4 => self.ports.port(m, s),
            DTM if self.ports.all.is_empty() => self.date(m, s),
            DTM => self.ports.date(m, s),
            _ => m.other(s, IGNORED),
        }
    }

    /// Reads `B4`: status, time, place and container in one segment.
    fn b4(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.end(m, s.at());
        let time = m.x12_time(s, (4, 5, 0));
        let mut place = m.x12_place(s, (12, 11, 0));
        if let (None, Some(code)) = (&place, m.text(s, 6, 1)) {
            place = Some(Arc::new(DeclaredPlace { name: Some(code), ..DeclaredPlace::default() }));
        }
        if let Some(number) = m.x12_container(s, (7, 8, 13)) {
            let mut equipment = unnamed(number);
            equipment.size_type = m.x12_size(s, 10);
            self.equipment = Some(equipment);
        }
        self.load = load(s.first(9));
        self.begin(m, s, (3, time, place))
    }

    /// Reads `Q5`: status, time and place, sometimes the container.
    fn q5(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.end(m, s.at());
        let time = m.x12_time(s, (2, 3, 4));
        let name = m.text(s, 6, 1);
        let place = name.map(|name| Arc::new(DeclaredPlace { name: Some(name), ..DeclaredPlace::default() }));
        if let Some(number) = m.x12_container(s, (9, 10, 0)) {
            self.equipment = Some(unnamed(number));
        }
        self.begin(m, s, (1, time, place))
    }

    /// Begins a status.
    fn begin(
        &mut self,
        m: &mut Reader<'_>,
        s: &Segment<'_>,
        (element, time, place): (u16, Option<DeclaredTime>, Option<Arc<DeclaredPlace>>),
    ) -> Outcome {
        let code = m.text(s, element, 1).unwrap_or_default();
        if code.is_empty() {
            m.find(&x::NO_STATUS, s, (element, 1), "the message names no status");
        }
        self.status = Some(Status { at: s.at(), code: code.to_uppercase(), time, place });
        Outcome::Used
    }

    /// Takes the container of `N7`: the first one, or another one of the same status.
    fn named(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(equipment) = m.x12_equipment(s) else { return Outcome::Found };
        match self.shared.take() {
            Some(shared) if self.status.is_some() || self.earlier.is_some() => self.another(m, s, shared),
            shared => self.shared = shared.or_else(|| Some(Box::new(self.before()))),
        }
        if let Some(before) = self.equipment.replace(equipment) {
            self.compare(m, s, &before.number);
        }
        Outcome::Used
    }

    /// Returns what all containers of the status share: what was said before the first of them. The calls of
    /// its ports are told once.
    fn before(&self) -> Self {
        let mut before = Self { equipment: None, more: Vec::new(), ..self.clone() };
        before.ports.all.iter_mut().for_each(Port::forget_dates);
        before
    }

    /// Ends the container at hand, and begins another one of the same status.
    fn another(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, shared: Box<Self>) {
        let earlier = self.status.clone().or_else(|| self.earlier.clone());
        self.flush(m, s.at());
        *self = if m.repeats(s, shared.references.len() + shared.ports.all.len()) {
            (*shared).clone()
        } else {
            Self { status: shared.status.clone(), ship: shared.ship.clone(), ..Self::default() }
        };
        self.shared = Some(shared);
        self.earlier = earlier.filter(|_| self.status.is_none());
        for status in [&mut self.status, &mut self.earlier].into_iter().flatten() {
            status.at = s.at();
        }
    }

    /// Compares the container of `W2`, or takes it where there is none yet.
    fn also(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match m.x12_container(s, (1, 2, 13)) {
            Some(number) if self.equipment.is_some() => self.compare(m, s, &number),
            Some(number) => self.equipment = Some(unnamed(number)),
            None => {}
        }
        Outcome::Used
    }

    /// Says that another container is named; numbers without a check digit are the same as with it.
    fn compare(&self, m: &mut Reader<'_>, s: &Segment<'_>, other: &ContainerNumber) {
        let Some(own) = self.equipment.as_ref().map(|e| &e.number) else { return };
        let (a, b) = (own.canonical(), other.canonical());
        if !a.starts_with(b) && !b.starts_with(a) {
            m.find(&x::OTHER_CONTAINER, s, (0, 0), format!("`{b}` is named beside `{a}`"));
        }
    }

    /// Takes a reference; containers are compared, seals are the container's.
    fn reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if s.first(1) == b"SN" {
            self.seals.extend(m.text(s, 2, 1));
            return Outcome::Used;
        }
        let Some(reference) = m.x12_reference(s) else { return Outcome::Ignored };
        if reference.kind == ReferenceKind::Container {
            let number = ContainerNumber::read(&reference.value);
            match &self.equipment {
                None => (self.equipment, self.by_reference) = (Some(unnamed(number)), true),
                Some(first) if self.by_reference && first.number != number => {
                    self.more.push(unnamed(number));
                }
                Some(_) => self.compare(m, s, &number),
            }
        } else if self.references.len() < 100 {
            self.references.push(reference);
        }
        Outcome::Used
    }

    /// Takes a date before any port: when the container is expected at the end of its ride (371).
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if s.first(1) != b"371" {
            return if OTHER_DATES.contains(&s.first(1)) { Outcome::Ignored } else { m.x12_unused(s) };
        }
        let Some(time) = m.x12_time(s, (2, 3, 4)) else { return Outcome::Found };
        self.arrival = Some((s.at(), time));
        Outcome::Used
    }

    /// Makes the observations of the message.
    fn close(&mut self, m: &mut Reader<'_>) {
        if self.status.is_none()
            && self.earlier.is_none()
            && let Some(s) = m.segment(0)
        {
            m.find(&x::NO_BEGINNING, &s, (0, 0), "the message has no `B4` or `Q5` and so no status");
        }
        self.flush(m, m.len().saturating_sub(1));
    }

    /// Ends the status at hand before another one; a container without one yet is that of the next.
    fn end(&mut self, m: &mut Reader<'_>, to: usize) {
        if self.status.is_some() {
            self.flush(m, to);
        }
    }

    /// Makes the observations of the status at hand, which ends before segment `to`.
    fn flush(&mut self, m: &mut Reader<'_>, to: usize) {
        let mut track = std::mem::take(self);
        let Some(status) = track.status.take().or_else(|| track.earlier.take()) else { return };
        let Some(s) = m.segment(status.at) else { return };
        let place = track.ports.place(&[b"5"]).or(status.place);
        m.x12_check(&s, status.time.is_some(), place.is_some());
        let mut equipment = track.equipment;
        match &mut equipment {
            Some(equipment) => {
                equipment.load = track.load;
                // Nobody can tell which seal is on which of several.
                let seals = if track.more.is_empty() { track.seals } else { Vec::new() };
                equipment.seals.extend(seals.into_iter().take(20));
            }
            None => m.find(&x::NO_CONTAINER, &s, (0, 0), "the status names no container"),
        }
        let kind = kind_of(m, &s, &status.code, track.load);
        let classifier =
            status.time.map_or(Classifier::Actual, |time| settle(m, &s, Classifier::Actual, &time, false));
        let plan = track.ports.plan(m);
        let vessel = track.ship.clone().filter(|ship| !ship.is_empty());
        let last = to.saturating_sub(1).max(status.at);
        let said = Observation {
            time: status.time,
            place,
            equipment: equipment.clone(),
            vessel,
            references: track.references.clone(),
            plan: plan.clone(),
            status: (!status.code.is_empty()).then_some(status.code),
            stowage: track.cell,
            span: m.span(&s, last),
            ..Observation::new(kind, classifier)
        };
        let more = track.more.into_iter().map(|equipment| Equipment { load: track.load, ..equipment });
        let more: Vec<_> = more.map(|e| Observation { equipment: Some(e), ..said.clone() }).collect();
        m.observations.push(said);
        m.observations.extend(more);
        if let (Some((at, time)), Some(end)) = (track.arrival, track.ports.place(&[b"7", b"E"]))
            && let Some(s) = m.segment(at)
        {
            m.observations.push(Observation {
                time: Some(time),
                place: Some(end),
                equipment,
                references: track.references,
                plan,
                span: m.span(&s, at),
                ..Observation::new(Kind::GateIn, Classifier::Estimated)
            });
        }
        track.ports.calls_once(m, track.ship.as_ref());
    }
}

/// Tells what a status code means.
fn kind_of(m: &mut Reader<'_>, s: &Segment<'_>, code: &str, load: Load) -> Kind {
    let by_rail: &[(&str, Kind)] = if m.header.kind == "322" { BY_RAIL } else { &[] };
    if let Some((_, kind)) = STATUSES.iter().chain(by_rail).find(|(c, _)| *c == code) {
        return *kind;
    }
    if code == "CR" && load == Load::Empty {
        return Kind::GateIn;
    }
    if !OTHERS.contains(&code) && !code.is_empty() {
        let message = format!("status `{code}` is kept without a meaning");
        if !m.findings.iter().any(|found| found.message == message) {
            m.find(&x::STATUS, s, (0, 0), message);
        }
    }
    Kind::Status
}
