//! 323: schedules of ships. Every date of every port is one call, as estimated or actual.
//!
//! A date says its event by its qualifier (369 to 372); a plain estimate or fact (139, 140) by the
//! event (`V9`) that follows its port. An event with a date of its own is a call by itself, planned.

use super::super::reader::{Outcome, Reader};
use super::super::{Ignored, MessageFamily, why};
use super::parts::{DTM, R4, SE, ST, V1};
use super::ports::{OTHER_DATES, Port, Ports, call, settle};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;
use sealane_data::observation::{Classifier, Kind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct S323;

const V9: Tag = Tag::two(b"V9");

const IGNORED: &[Ignored] = &[
    (Tag::two(b"K1"), why::TEXT),
    (Tag::two(b"N9"), "names the schedule, not a call"),
    (Tag::two(b"LS"), why::STRUCTURE),
    (Tag::two(b"LE"), why::STRUCTURE),
];

/// Events of a ship (data element 304).
const EVENTS: &[(&str, Kind)] =
    &[("ARR", Kind::VesselArrived), ("DEP", Kind::VesselDeparted), ("BER", Kind::Berthed)];

/// Dates with the event that they name, if any.
const DATES: &[(&[u8], Option<Kind>, Classifier)] = &[
    (b"139", None, Classifier::Estimated),
    (b"140", None, Classifier::Actual),
    (b"369", Some(Kind::VesselDeparted), Classifier::Estimated),
    (b"370", Some(Kind::VesselDeparted), Classifier::Actual),
    (b"371", Some(Kind::VesselArrived), Classifier::Estimated),
    (b"372", Some(Kind::VesselArrived), Classifier::Actual),
];

impl MessageFamily for S323 {
    fn id(&self) -> &'static str {
        "323"
    }

    fn about(&self) -> &'static str {
        "schedules of ships: arrivals and departures at every port, as estimated and actual"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let mut schedule = Schedule::default();
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = schedule.segment(m, &s);
            m.count(outcome);
        }
        schedule.close(m);
    }
}

/// A date of the port at hand.
struct Dated {
    at: usize,
    kind: Option<Kind>,
    classifier: Classifier,
    time: DeclaredTime,
}

/// A schedule while it is read.
#[derive(Default)]
struct Schedule {
    ship: Option<Arc<VesselRef>>,
    ports: Ports,
    dates: Vec<Dated>,
    /// The events of the port at hand, in their order.
    events: Vec<Kind>,
    /// Whether the port at hand gave a call by its event.
    told: bool,
}

impl Schedule {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            ST | SE => Outcome::Used,
            V1 => {
                self.flush(m);
                self.ship = Some(m.x12_v1(s));
                Outcome::Used
            }
            R4 => {
                self.flush(m);
                self.ports.port(m, s)
            }
            DTM => self.date(m, s),
            V9 => self.event(m, s),
            _ => m.other(s, IGNORED),
        }
    }

    /// Takes a date of the port at hand.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let meaning = DATES.iter().find(|(q, ..)| *q == s.first(1));
        let (Some((_, kind, classifier)), false) = (meaning, self.ports.all.is_empty()) else {
            return if OTHER_DATES.contains(&s.first(1)) { Outcome::Ignored } else { m.x12_unused(s) };
        };
        let Some(time) = m.x12_time(s, (2, 3, 4)) else { return Outcome::Found };
        self.dates.push(Dated { at: s.at(), kind: *kind, classifier: *classifier, time });
        Outcome::Used
    }

    /// Takes an event; with a date of its own it is a call that is planned.
    fn event(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let code = m.text(s, 1, 1).unwrap_or_default().to_uppercase();
        let Some((_, kind)) = EVENTS.iter().find(|(c, _)| *c == code) else {
            m.find(&x::CALL, s, (1, 1), format!("the event `{code}` is no call"));
            return Outcome::Found;
        };
        self.events.push(*kind);
        let time = m.x12_time(s, (3, 4, 13));
        if let (Some(time), Some(ship), Some(port)) = (time, self.named(), self.ports.all.last()) {
            call(m, (&ship, port), (*kind, Classifier::Planned), (s, time));
            self.told = true;
        }
        Outcome::Used
    }

    /// Returns the ship, if its calls can be told from others.
    fn named(&self) -> Option<Arc<VesselRef>> {
        self.ship.clone().filter(|ship| !ship.is_anonymous())
    }

    /// Makes the calls of the port at hand.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let (dates, events) = (std::mem::take(&mut self.dates), std::mem::take(&mut self.events));
        let told = std::mem::take(&mut self.told);
        let Some(port) = self.ports.all.last() else { return };
        let undated = dates.is_empty() && !told;
        if undated && let Some(s) = m.segment(port.at) {
            let code = String::from_utf8_lossy(s.first(3)).into_owned();
            m.find(&f::CALL_WITHOUT_TIME, &s, (3, 1), format!("port `{code}` has no time"));
        }
        let Some(ship) = self.named() else { return };
        let mut plain = 0;
        for date in &dates {
            let Some(s) = m.segment(date.at) else { continue };
            let kind = date.kind.or_else(|| {
                plain += 1;
                by_order(port, &events, plain - 1)
            });
            let Some(kind) = kind else {
                m.find(&x::CALL, &s, (1, 1), "nothing says whether the ship arrives or departs then");
                continue;
            };
            let classifier = settle(m, &s, date.classifier, &date.time, false);
            call(m, (&ship, port), (kind, classifier), (&s, date.time));
        }
    }

    /// Makes the last calls, and says that no ship is named.
    fn close(mut self, m: &mut Reader<'_>) {
        self.flush(m);
        let Some(s) = m.segment(0) else { return };
        if self.named().is_none() {
            m.find(
                &x::NO_SHIP,
                &s,
                (0, 0),
                "the schedule names no ship, so its calls cannot be told from others",
            );
        }
    }
}

/// Tells the event of a date that names none: that of the same order, else by the port's function.
fn by_order(port: &Port, events: &[Kind], at: usize) -> Option<Kind> {
    let function = match port.function.as_slice() {
        b"L" => Some(Kind::VesselDeparted),
        b"D" => Some(Kind::VesselArrived),
        _ => None,
    };
    events.get(at).copied().or(function.filter(|_| events.is_empty()))
}
