//! Ports and terminals (`R4`) with their dates (`DTM`): the plan, and the calls of the ship.

use super::super::reader::{Outcome, Reader};
use crate::formats::edifact::Segment;
use crate::x12_findings as x;
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Plan};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// What a date (data element 374) says: which event, if it names one, and how sure it is.
const DATES: &[(&[u8], Option<Kind>, Classifier)] = &[
    (b"139", None, Classifier::Estimated),
    (b"140", None, Classifier::Actual),
    (b"369", Some(Kind::VesselDeparted), Classifier::Estimated),
    (b"370", Some(Kind::VesselDeparted), Classifier::Actual),
    (b"371", Some(Kind::VesselArrived), Classifier::Estimated),
    (b"372", Some(Kind::VesselArrived), Classifier::Actual),
];

/// Dates that are known and are no call: delivery (002, 017, 035, 063, 064), shipping and pick-up (010,
/// 011, 037, 038, 118), ports of entry (055, 056), periods (193, 194), cut-off (649), schedule (830).
pub(super) const OTHER_DATES: &[&[u8]] = &[
    b"002", b"017", b"035", b"063", b"064", b"010", b"011", b"037", b"038", b"118", b"055", b"056", b"193",
    b"194", b"649", b"830",
];

/// How many observations before it a call is compared with.
const COMPARED: usize = 64;

/// A date of a port.
#[derive(Clone)]
struct Dated {
    at: usize,
    kind: Kind,
    classifier: Classifier,
    time: DeclaredTime,
}

/// A port or terminal.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) at: usize,
    /// What happens there (data element 115).
    pub(super) function: Vec<u8>,
    pub(super) place: Option<Arc<DeclaredPlace>>,
    dates: Vec<Dated>,
}

/// The ports of a message in their order.
#[derive(Clone, Default)]
pub(super) struct Ports {
    pub(super) all: Vec<Port>,
}

impl Port {
    /// Forgets the dates, which were told.
    pub(super) fn forget_dates(&mut self) {
        self.dates.clear();
    }
}

impl Ports {
    /// Takes a port.
    pub(super) fn port(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let mut place = m.x12_place(s, (2, 3, 4));
        if let Some(terminal) = m.text(s, 6, 1) {
            Arc::make_mut(place.get_or_insert_default()).facility = Some(terminal);
        }
        self.all.push(Port { at: s.at(), function: s.first(1).to_vec(), place, dates: Vec::new() });
        Outcome::Used
    }

    /// Takes a date of the port at hand.
    pub(super) fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let meaning = DATES.iter().find(|(q, ..)| *q == s.first(1));
        let (Some((_, kind, classifier)), Some(port)) = (meaning, self.all.last_mut()) else {
            return if OTHER_DATES.contains(&s.first(1)) { Outcome::Ignored } else { m.x12_unused(s) };
        };
        // Dates of other places, such as a delivery inland, are no ship's.
        let Some(kind) = event(&port.function, *kind) else { return Outcome::Ignored };
        let Some(time) = m.x12_time(s, (2, 3, 4)) else { return Outcome::Found };
        port.dates.push(Dated { at: s.at(), kind, classifier: *classifier, time });
        Outcome::Used
    }

    /// Returns the first place of any of these functions.
    pub(super) fn place(&self, functions: &[&[u8]]) -> Option<Arc<DeclaredPlace>> {
        let of = |f: &&[u8]| self.all.iter().find(|p| p.function == **f && p.place.is_some());
        functions.iter().find_map(of).and_then(|p| p.place.clone())
    }

    /// Returns the whole route: operational places before those of the bill of lading (`J`, `K`).
    pub(super) fn plan(&self, m: &mut Reader<'_>) -> Option<Arc<Plan>> {
        let mut via = Vec::new();
        for port in self.all.iter().filter(|p| p.function == b"T") {
            if let (Some(place), Some(s)) = (port.place.clone(), m.segment(port.at)) {
                m.keep(&mut via, &s, place);
            }
        }
        let plan = Plan {
            receipt: self.place(&[b"R", b"A", b"O", b"6"]),
            load: self.place(&[b"L", b"J"]),
            via,
            discharge: self.place(&[b"D", b"1", b"K"]),
            delivery: self.place(&[b"E", b"M", b"7", b"U"]),
        };
        plan.said()
    }

    /// Makes the observations of the ship's calls. `planned` says that nothing here is more than a plan.
    ///
    /// A date without an event is the departure from a port of loading or the arrival at a port of
    /// discharge. Where the goods change ships, nobody can tell which ship a date is of.
    pub(super) fn calls(&self, m: &mut Reader<'_>, ship: Option<&Arc<VesselRef>>, planned: bool) {
        let calls: Vec<(&Port, &Dated)> =
            self.all.iter().flat_map(|p| p.dates.iter().map(move |d| (p, d))).collect();
        let Some((first, _)) = calls.first() else { return };
        let Some(s) = m.segment(first.at) else { return };
        let Some(ship) = ship.filter(|ship| !ship.is_anonymous()) else {
            m.find(&x::NO_SHIP, &s, (0, 0), "the dates of ports are no ship's calls, for none is named");
            return;
        };
        if self.all.iter().any(|p| p.function == b"T") {
            m.find(&x::LEGS_UNCLEAR, &s, (0, 0), "the goods change ships, so these dates are no one ship's");
            return;
        }
        for (port, date) in calls {
            let Some(s) = m.segment(date.at) else { continue };
            let classifier = settle(m, &s, date.classifier, &date.time, planned);
            call(m, (ship, port), (date.kind, classifier), (&s, date.time));
        }
    }
}

impl Ports {
    /// Makes the observations of the ship's calls, each once where container after container names them.
    pub(super) fn calls_once(&self, m: &mut Reader<'_>, ship: Option<&Arc<VesselRef>>) {
        let before = m.observations.len();
        self.calls(m, ship, false);
        for call in m.observations.split_off(before) {
            let same = |o: &Observation| {
                (o.kind, o.time, &o.place, &o.vessel) == (call.kind, call.time, &call.place, &call.vessel)
            };
            let told = m.observations.iter().rev().take(COMPARED).any(|o| o.equipment.is_none() && same(o));
            if !told {
                m.observations.push(call);
            }
        }
    }
}

/// Tells which call a date is, by the port's function and the event that the date names, if any.
fn event(function: &[u8], named: Option<Kind>) -> Option<Kind> {
    match function {
        b"L" | b"J" => named.or(Some(Kind::VesselDeparted)),
        b"D" | b"K" | b"1" => named.or(Some(Kind::VesselArrived)),
        _ => None,
    }
}

/// Adds the observation of one call.
pub(super) fn call(
    m: &mut Reader<'_>,
    (ship, port): (&Arc<VesselRef>, &Port),
    (kind, classifier): (Kind, Classifier),
    (s, time): (&Segment<'_>, DeclaredTime),
) {
    m.x12_check(s, true, port.place.is_some());
    let span = m.segment(port.at).map_or_else(|| m.span(s, s.at()), |from| m.span(&from, s.at()));
    m.observations.push(Observation {
        time: Some(time),
        place: port.place.clone(),
        vessel: Some(ship.clone()),
        span,
        ..Observation::new(kind, classifier)
    });
}

/// Tells how sure a time is: what lies after the message was written has not happened yet.
pub(super) fn settle(
    m: &mut Reader<'_>,
    s: &Segment<'_>,
    said: Classifier,
    time: &DeclaredTime,
    planned: bool,
) -> Classifier {
    let early = said == Classifier::Actual && m.x12_future(time);
    if early {
        m.find(&x::EARLY, s, (0, 0), "a time that is called actual lies after the interchange was written");
    }
    match said {
        Classifier::Actual if !early => Classifier::Actual,
        _ if planned => Classifier::Planned,
        _ => Classifier::Estimated,
    }
}

impl Reader<'_> {
    /// Says that an event has no time or place, unless the profile knows a place for it.
    pub(super) fn x12_check(&mut self, s: &Segment<'_>, time: bool, place: bool) {
        if !time {
            self.find(&x::NO_TIME, s, (0, 0), "the event has no usable time");
        }
        if !place && self.partner.default_node.is_none() {
            self.find(&x::NO_PLACE, s, (0, 0), "the event names no place");
        }
    }
}
