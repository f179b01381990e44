//! The routing of a booking: its ports, and the ships' calls of its legs.

use super::reader::{Outcome, Reader};
use crate::findings as f;
use crate::formats::edifact::Segment;
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Plan};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// What dates of a leg say of the ship's call.
const CALLS: &[(&[u8], Kind, Classifier)] = &[
    (b"133", Kind::VesselDeparted, Classifier::Planned),
    (b"136", Kind::VesselDeparted, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
    (b"132", Kind::VesselArrived, Classifier::Planned),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
];

/// Closing times (180, 200, 201, 407, 408) and pick-up or delivery at a place (2, 10, 17, 64, 110,
/// 234, 252).
const OTHER_DATES: &[&[u8]] =
    &[b"180", b"200", b"201", b"407", b"408", b"2", b"10", b"17", b"64", b"110", b"234", b"252"];

/// Places of a contract or leg that are known and no part of the route: terms (1, 18, 57, 73, 91,
/// 197), optional and earlier ports (64, 68, 76, 92, 94), depots (98, 99), country of origin (27, 30).
const OTHER_PLACES: &[&[u8]] = &[
    b"1", b"18", b"57", b"73", b"91", b"197", b"64", b"68", b"76", b"92", b"94", b"98", b"99", b"27", b"30",
];

/// A date of a call, with its port where that stands before it.
struct Date {
    at: usize,
    kind: Kind,
    classifier: Classifier,
    time: DeclaredTime,
    place: Option<Arc<DeclaredPlace>>,
}

/// One `TDT` with its places and dates.
pub(super) struct Leg {
    at: usize,
    pub(super) ship: Arc<VesselRef>,
    sea: bool,
    load: Option<Arc<DeclaredPlace>>,
    discharge: Option<Arc<DeclaredPlace>>,
    /// The place whose dates follow.
    last: Option<Arc<DeclaredPlace>>,
    dates: Vec<Date>,
}

impl Leg {
    /// Opens a leg. It goes by sea if its mode (8067, also in the two digits of old) says so, or says
    /// nothing while the leg is the main carriage or names a ship.
    pub(super) fn open(m: &mut Reader<'_>, s: &Segment<'_>) -> Self {
        let ship = m.read_ship(s);
        let sea = match s.first(3) {
            b"1" | b"10" => true,
            b"" => matches!(s.first(1), b"20" | b"") || !ship.is_anonymous(),
            _ => false,
        };
        Self { at: s.at(), ship, sea, load: None, discharge: None, last: None, dates: Vec::new() }
    }

    /// Takes a date of the leg.
    pub(super) fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some((_, kind, classifier)) = CALLS.iter().find(|(q, ..)| *q == s.first(1)) else {
            return if OTHER_DATES.contains(&s.first(1)) { Outcome::Ignored } else { m.unused(s) };
        };
        if !self.sea {
            // Trucks and trains make no call.
            return Outcome::Ignored;
        }
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        let place = self.last.clone();
        self.dates.push(Date { at: s.at(), kind: *kind, classifier: *classifier, time, place });
        Outcome::Used
    }
}

/// The places of the contract and the legs.
#[derive(Default)]
pub(super) struct Routing {
    plan: Plan,
    pub(super) legs: Vec<Leg>,
}

impl Routing {
    /// Takes a place of the contract, or of the leg at hand.
    pub(super) fn place(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, of_leg: bool) -> Outcome {
        let place = m.read_place(s);
        let leg = self.legs.last_mut().filter(|_| of_leg);
        let slot = match (s.first(1), leg) {
            (b"9" | b"5", Some(leg)) => leg.turn(place.clone(), |leg| &mut leg.load),
            (b"11" | b"8" | b"60" | b"61", Some(leg)) => leg.turn(place.clone(), |leg| &mut leg.discharge),
            (b"9", None) => &mut self.plan.load,
            (b"11", None) => &mut self.plan.discharge,
            (b"88" | b"10", _) => &mut self.plan.receipt,
            (b"7" | b"83" | b"8", _) => &mut self.plan.delivery,
            (b"13", leg) => {
                if let Some(leg) = leg {
                    leg.last.clone_from(&place);
                }
                if let Some(place) = place {
                    m.keep(&mut self.plan.via, s, place);
                }
                return Outcome::Used;
            }
            (other, _) if OTHER_PLACES.contains(&other) => return Outcome::Ignored,
            _ => return m.unused(s),
        };
        if slot.is_none() {
            *slot = place;
        }
        Outcome::Used
    }

    /// Returns the first ship at sea.
    pub(super) fn ship(&self) -> Option<Arc<VesselRef>> {
        self.legs.iter().find(|l| l.sea && !l.ship.is_anonymous()).map(|l| l.ship.clone())
    }

    /// Returns the whole route: what the contract leaves open is filled from the legs.
    pub(super) fn plan(&self, m: &mut Reader<'_>) -> Plan {
        let mut plan = self.plan.clone();
        let sea: Vec<&Leg> = self.legs.iter().filter(|l| l.sea).collect();
        let first = self.legs.iter().position(|l| l.sea).unwrap_or(self.legs.len());
        let (before, after) = self.legs.split_at(first);
        fill(&mut plan.load, sea.iter().find_map(|l| l.load.as_ref()));
        fill(&mut plan.discharge, sea.iter().rev().find_map(|l| l.discharge.as_ref()));
        fill(&mut plan.receipt, before.iter().find_map(|l| l.load.as_ref()));
        fill(&mut plan.delivery, after.iter().rev().find(|l| !l.sea).and_then(|l| l.discharge.as_ref()));
        let mut all: Vec<(usize, Arc<DeclaredPlace>)> = Vec::new();
        all.extend(std::mem::take(&mut plan.via).into_iter().map(|place| (0, place)));
        all.extend(sea.iter().skip(1).filter_map(|l| Some((l.at, l.load.clone()?))));
        all.extend(sea.iter().rev().skip(1).rev().filter_map(|l| Some((l.at, l.discharge.clone()?))));
        let ends = [plan.load.clone(), plan.discharge.clone()];
        for (at, place) in all {
            let same = |o: &Arc<DeclaredPlace>| o.locode == place.locode && o.locode.is_some() || *o == place;
            if plan.via.iter().chain(ends.iter().flatten()).any(same) {
                continue;
            }
            if let Some(s) = m.segment(at) {
                m.keep(&mut plan.via, &s, place);
            }
        }
        plan
    }

    /// Makes the observations of the ships' calls.
    pub(super) fn observe(self, m: &mut Reader<'_>) {
        for leg in self.legs.into_iter().filter(|l| !l.dates.is_empty()) {
            if leg.ship.is_anonymous() {
                if let Some(s) = m.segment(leg.at) {
                    m.find(
                        &f::NO_SHIP,
                        &s,
                        (0, 0),
                        "the leg names no ship, so its dates are no ship's calls",
                    );
                }
                continue;
            }
            for date in leg.dates {
                let Some(s) = m.segment(date.at) else { continue };
                let port = if date.kind == Kind::VesselDeparted { &leg.load } else { &leg.discharge };
                let place = date.place.or_else(|| port.clone());
                m.check_when_and_where(&s, true, place.is_some());
                m.observations.push(Observation {
                    time: Some(date.time),
                    place,
                    vessel: Some(leg.ship.clone()),
                    span: m.span(&s, s.at()),
                    ..Observation::new(date.kind, date.classifier)
                });
            }
        }
    }
}

impl Leg {
    /// Makes a place the one whose dates follow, and returns where it is kept.
    fn turn(
        &mut self,
        place: Option<Arc<DeclaredPlace>>,
        slot: fn(&mut Self) -> &mut Option<Arc<DeclaredPlace>>,
    ) -> &mut Option<Arc<DeclaredPlace>> {
        self.last = place;
        slot(self)
    }
}

/// Fills what is open.
fn fill(slot: &mut Option<Arc<DeclaredPlace>>, with: Option<&Arc<DeclaredPlace>>) {
    if slot.is_none() {
        *slot = with.cloned();
    }
}
