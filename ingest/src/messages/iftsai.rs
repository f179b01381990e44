//! IFTSAI: schedules. Every date of every port of a voyage is one call observation.
//!
//! | `DTM` 2005 | kind | classifier |
//! |---|---|---|
//! | 132 | arrived | estimated |
//! | 133 | departed | estimated |
//! | 178 | arrived | actual |
//! | 186 | departed | actual |
//! | 232 | arrived | planned |
//! | 189 | departed | planned |
//! | 136 | departed | estimated |
//!
//! The port is the `LOC` before the dates, whatever its qualifier: 9 and 11 this port, 94 an earlier
//! port, 152 and 61 the next, 153 a port of call, 5 and 8 first and last. The ship is the `TDT` that
//! the places stand under, completed by its `RFF+VM` and `RFF+VON`.

use super::parts::{BGM, DTM, LOC, NAD, RFF, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Span};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;

/// The family.
pub(super) struct Iftsai;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"GIS"), "general indicators do not change the schedule"),
    (Tag::new(b"GEI"), "general indicators do not change the schedule"),
    (Tag::new(b"EQD"), "capacity of the service, no container"),
    (Tag::new(b"EQN"), "capacity of the service, no container"),
    (Tag::new(b"TPL"), "capacity of the service, no container"),
    (Tag::new(b"QTY"), "capacity of the service, no container"),
    (Tag::new(b"CNT"), "capacity of the service, no container"),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"DIM"), why::GOODS),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TSR"), why::TERMS),
];

/// What dates say of a call; the table of the module's documentation.
const CALLS: &[(&[u8], Kind, Classifier)] = &[
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
    (b"136", Kind::VesselDeparted, Classifier::Estimated),
];

/// Dates of a schedule that are known and are no call: closing times (180, 200, 201), validity (7,
/// 36, 157, 273).
const OTHER_DATES: &[&[u8]] = &[b"180", b"200", b"201", b"7", b"36", b"157", b"273"];

impl MessageFamily for Iftsai {
    fn id(&self) -> &'static str {
        "IFTSAI"
    }

    fn about(&self) -> &'static str {
        "schedules and port rotations: planned, estimated and actual arrivals and departures of ships"
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
        schedule.close_port(m);
        schedule.flush(m);
    }
}

/// A date of a port of call.
struct Call {
    kind: Kind,
    classifier: Classifier,
    time: DeclaredTime,
    place: Option<DeclaredPlace>,
    span: Span,
}

/// A schedule while it is read.
#[derive(Default)]
struct Schedule {
    ship: Option<VesselRef>,
    calls: Vec<Call>,
    port: Option<(usize, Option<DeclaredPlace>, bool)>,
    aside: bool,
}

impl Schedule {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => m.read_bgm(s),
            TDT => {
                self.close_port(m);
                if self.ship.is_some() {
                    self.flush(m);
                }
                self.ship = Some(m.read_ship(s));
                Outcome::Used
            }
            RFF => {
                let of_ship = self.ship.as_mut().is_some_and(|ship| m.read_ship_reference(s, ship));
                if of_ship { Outcome::Used } else { Outcome::Ignored }
            }
            LOC if self.aside => Outcome::Ignored,
            LOC => {
                self.close_port(m);
                self.port = Some((s.at(), m.read_place(s), false));
                Outcome::Used
            }
            DTM => self.date(m, s),
            NAD => {
                // Places behind a party are its own.
                self.close_port(m);
                self.aside = true;
                m.read_nad(s)
            }
            _ => m.other(s, IGNORED),
        }
    }

    /// Reads a date of the port at hand, or of the message.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let call = CALLS.iter().find(|(q, ..)| *q == s.first(1));
        let (Some((_, kind, classifier)), Some((at, place, timed))) = (call, &mut self.port) else {
            return if OTHER_DATES.contains(&s.first(1)) { Outcome::Ignored } else { m.unused(s) };
        };
        *timed = true;
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        let from = m.segment(*at).unwrap_or(*s);
        let span = m.span(&from, s.at());
        self.calls.push(Call { kind: *kind, classifier: *classifier, time, place: place.clone(), span });
        Outcome::Used
    }

    /// Says that the port at hand had no date.
    fn close_port(&mut self, m: &mut Reader<'_>) {
        if let Some((at, _, false)) = self.port.take()
            && let Some(s) = m.segment(at)
        {
            let code = String::from_utf8_lossy(s.first(2)).into_owned();
            m.find(&f::CALL_WITHOUT_TIME, &s, (2, 1), format!("port `{code}` has no time"));
        }
    }

    /// Makes the observations of the ship at hand.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let ship = self.ship.take().unwrap_or_default();
        if ship.is_anonymous()
            && !self.calls.is_empty()
            && let Some(s) = m.segment(0)
        {
            m.find(&f::NO_SHIP, &s, (0, 0), "the schedule names no ship");
        }
        for call in std::mem::take(&mut self.calls) {
            m.observations.push(Observation {
                time: Some(call.time),
                place: call.place,
                vessel: (ship != VesselRef::default()).then(|| ship.clone()),
                span: call.span,
                ..Observation::new(call.kind, call.classifier)
            });
        }
    }
}
