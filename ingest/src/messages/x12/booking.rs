//! Bookings and bills: what 301, 303 and 310 share. One `Booked` for every container, or one without.
//!
//! The ports are the plan; dates of ports of loading and discharge are the ship's calls as planned.
//! `N7` with a number is a container; `Y2` and `Y4` without one only ask for boxes.

use super::super::reader::{Outcome, Reader};
use super::super::{Ignored, why};
use super::parts::{DTM, LX, M7, N1, N7, N9, R4, SE, ST, V1, load};
use super::ports::Ports;
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation, Revision};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

const B1: Tag = Tag::two(b"B1");
const B2A: Tag = Tag::new(b"B2A");
const B3: Tag = Tag::two(b"B3");
const W2: Tag = Tag::two(b"W2");
const Y3: Tag = Tag::two(b"Y3");
const Y4: Tag = Tag::two(b"Y4");
const Y5: Tag = Tag::two(b"Y5");

/// What bookings leave unread.
pub(super) const IGNORED: &[Ignored] = &[
    (Tag::two(b"Y1"), why::TERMS),
    (Tag::two(b"Y2"), "asks for a number of boxes that are not named yet"),
    (Tag::two(b"Y6"), why::CONTACT),
    (Tag::two(b"Y7"), why::HANDLING),
    (Tag::two(b"K1"), why::TEXT),
    (Tag::new(b"NTE"), why::TEXT),
    (Tag::two(b"N2"), why::CONTACT),
    (Tag::two(b"N3"), why::CONTACT),
    (Tag::two(b"N4"), why::CONTACT),
    (Tag::new(b"G61"), why::CONTACT),
    (Tag::new(b"PER"), why::CONTACT),
    (Tag::two(b"G3"), why::MONEY),
    (Tag::two(b"C2"), why::MONEY),
    (Tag::two(b"C3"), why::MONEY),
    (Tag::two(b"L1"), why::MONEY),
    (Tag::two(b"L7"), why::MONEY),
    (Tag::new(b"ITD"), why::MONEY),
    (Tag::two(b"PI"), why::MONEY),
    (Tag::two(b"C8"), why::TERMS),
    (Tag::new(b"C8C"), why::TERMS),
    (Tag::two(b"EA"), why::ATTACHED),
    (Tag::two(b"NA"), why::ATTACHED),
    (Tag::two(b"ED"), why::ATTACHED),
    (Tag::new(b"W09"), why::HANDLING),
    (Tag::two(b"H3"), why::HANDLING),
    (Tag::two(b"H1"), why::GOODS),
    (Tag::two(b"H2"), why::GOODS),
    (Tag::new(b"LH1"), why::GOODS),
    (Tag::new(b"LH2"), why::GOODS),
    (Tag::new(b"LH3"), why::GOODS),
    (Tag::new(b"LH4"), why::GOODS),
    (Tag::new(b"LH6"), why::GOODS),
    (Tag::new(b"LHR"), why::GOODS),
    (Tag::new(b"LHT"), why::GOODS),
    (Tag::new(b"LHE"), why::GOODS),
    (Tag::two(b"L0"), why::GOODS),
    (Tag::two(b"L3"), why::GOODS),
    (Tag::two(b"L4"), why::GOODS),
    (Tag::two(b"L5"), why::GOODS),
    (Tag::two(b"L9"), why::GOODS),
    (Tag::new(b"L11"), why::GOODS),
    (Tag::new(b"QTY"), why::GOODS),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"PWK"), "documents are read from certificates, not from bookings"),
    (Tag::two(b"X1"), "customs are told by their own messages"),
    (Tag::two(b"X2"), "customs are told by their own messages"),
    (Tag::two(b"M0"), why::MONEY),
    (Tag::two(b"M1"), why::MONEY),
    (Tag::two(b"D9"), "names the station of a railway by its own number"),
    (Tag::two(b"R2"), "names the railways of the route"),
    (Tag::new(b"R2A"), "prefers railways for the route"),
    (Tag::two(b"V4"), "the cell on the ship is told by stow plans"),
    (Tag::new(b"N12"), why::GOODS),
    (Tag::new(b"LFH"), why::GOODS),
    (Tag::new(b"LEP"), why::GOODS),
    (Tag::two(b"E1"), why::GOODS),
    (Tag::two(b"E4"), why::GOODS),
    (Tag::two(b"E5"), why::GOODS),
    (Tag::two(b"V9"), "repeats what happened to the booking in another code"),
    (Tag::two(b"LS"), why::STRUCTURE),
    (Tag::two(b"LE"), why::STRUCTURE),
];

/// What the actions of a booking (data element 558) do to what it said before: accepted,
/// conditionally, counter-proposed, new, split; changed, ship changed; cancelled, deleted.
const ACTIONS: &[(&str, Revision)] = &[
    ("", Revision::Original),
    ("A", Revision::Original),
    ("B", Revision::Original),
    ("C", Revision::Original),
    ("N", Revision::Original),
    ("S", Revision::Original),
    ("U", Revision::Replace),
    ("V", Revision::Replace),
    ("D", Revision::Cancel),
    ("R", Revision::Cancel),
];

/// A booking that was declined.
const DECLINED: &str = "E";

/// One container.
struct Boxed {
    at: usize,
    last: usize,
    equipment: Equipment,
}

/// A booking while it is read.
#[derive(Default)]
struct Booking {
    begun: Option<usize>,
    refused: bool,
    ports: Ports,
    ship: Option<Arc<VesselRef>>,
    /// The segment that names another ship.
    another: Option<usize>,
    sailing: [Option<(usize, DeclaredTime)>; 2],
    references: Few<Reference>,
    boxes: Vec<Boxed>,
    unnumbered: bool,
}

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>) {
    let mut booking = Booking::default();
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = booking.segment(m, &s);
        m.count(outcome);
    }
    booking.close(m);
}

impl Booking {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            ST | SE => Outcome::Used,
            B1 => self.b1(m, s),
            B2A => {
                m.revision = match s.first(1) {
                    b"01" | b"03" => Revision::Cancel,
                    b"05" => Revision::Replace,
                    b"04" => Revision::Change,
                    _ => Revision::Original,
                };
                Outcome::Used
            }
            B3 => self.b3(m, s),
            Y3 => self.y3(m, s),
            Y4 | Y5 => self.numbered(m, s),
            N9 => match m.x12_reference(s) {
                Some(reference) => self.refer(m, s, reference),
                None => Outcome::Ignored,
            },
            N1 => m.x12_party(s),
            R4 => self.ports.port(m, s),
            DTM => self.ports.date(m, s),
            V1 => {
                let ship = m.x12_v1(s);
                if self.ship.as_ref().is_some_and(|first| *first != ship) {
                    self.another = self.another.or(Some(s.at()));
                }
                self.ship.get_or_insert(ship);
                Outcome::Used
            }
            LX => Outcome::Ignored,
            N7 => self.boxed(m, s),
            W2 => {
                if let Some(last) = self.boxes.last_mut() {
                    last.equipment.load = load(s.first(5));
                    last.last = s.at();
                }
                Outcome::Used
            }
            M7 => {
                let last = self.boxes.last_mut().filter(|_| !self.unnumbered);
                m.x12_seals(s, last.map(|last| &mut last.equipment))
            }
            _ => m.other(s, IGNORED),
        }
    }

    /// Reads `B1`: number and action.
    fn b1(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.begun = Some(s.at());
        m.document = m.text(s, 2, 1).unwrap_or_default();
        m.written = m.x12_time(s, (3, 0, 0)).or(m.written);
        let action = m.text(s, 4, 1).unwrap_or_default().to_uppercase();
        let known = ACTIONS.iter().find(|(code, _)| *code == action);
        m.revision = known.map_or(Revision::Original, |(_, revision)| *revision);
        self.refused = action == DECLINED;
        if known.is_none() && !self.refused {
            m.find(&x::ACTION, s, (4, 1), format!("the action `{action}` is taken as an original"));
        }
        if m.header.kind == "303" {
            m.revision = Revision::Cancel;
        }
        Outcome::Used
    }

    /// Reads `B3`: the number of the bill.
    fn b3(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.begun = Some(s.at());
        let bill = m.text(s, 3, 1).or_else(|| m.text(s, 2, 1));
        m.document = bill.unwrap_or_default();
        m.written = m.x12_time(s, (6, 0, 0)).or(m.written);
        Outcome::Used
    }

    /// Reads `Y3`: booking number, departure from the port of loading, arrival at that of discharge.
    fn y3(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.sailing = [3, 4].map(|at| m.x12_time(s, (at, 0, 0)).map(|time| (s.at(), time)));
        self.numbered(m, s)
    }

    /// Takes the booking number of `Y3`, `Y4` or `Y5`.
    fn numbered(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match m.text(s, 1, 1) {
            Some(number) => self.refer(m, s, Reference::new(ReferenceKind::Booking, &number)),
            None => Outcome::Ignored,
        }
    }

    /// Keeps a reference; one that names a container is no reference of the booking.
    fn refer(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, reference: Reference) -> Outcome {
        let own = reference.kind != ReferenceKind::Container;
        if own && !self.references.contains(&reference) {
            m.keep(&mut self.references, s, reference);
        }
        Outcome::Used
    }

    /// Takes a container.
    fn boxed(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let equipment = m.x12_equipment(s);
        self.unnumbered = equipment.is_none();
        let Some(equipment) = equipment else { return Outcome::Found };
        self.boxes.push(Boxed { at: s.at(), last: s.at(), equipment });
        Outcome::Used
    }

    /// Makes the observations.
    fn close(mut self, m: &mut Reader<'_>) {
        let Some(s) = m.segment(self.begun.unwrap_or(0)) else { return };
        if self.begun.is_none() {
            m.find(&x::NO_BEGINNING, &s, (0, 0), "the booking has no `B1` or `B3` and so no number");
        }
        self.name_itself(m);
        if self.refused {
            m.find(&f::BOOKING_REFUSED, &s, (4, 1), "the booking was refused, so nothing was booked");
            return;
        }
        let plan = self.ports.plan(m);
        let vessel = self.ship.clone().filter(|ship| !ship.is_empty());
        if self.boxes.is_empty() && self.references.is_empty() && plan.is_none() {
            m.find(&x::BOOKING_EMPTY, &s, (0, 0), "the booking names nothing that could be booked");
            return;
        }
        // A cancellation says the same: its revision takes it back with all that was said before.
        let one = |equipment, span| Observation {
            equipment,
            vessel: vessel.clone(),
            references: self.references.clone(),
            plan: plan.clone(),
            span,
            ..Observation::new(Kind::Booked, Classifier::Actual)
        };
        if self.boxes.is_empty() {
            m.observations.push(one(None, m.span(&s, s.at())));
        }
        for boxed in &self.boxes {
            let Some(from) = m.segment(boxed.at) else { continue };
            m.observations.push(one(Some(boxed.equipment.clone()), m.span(&from, boxed.last)));
        }
        if let Some(s) = self.another.and_then(|at| m.segment(at)) {
            let message = "another ship is named, so nobody can tell of which one the dates are";
            m.find(&x::LEGS_UNCLEAR, &s, (0, 0), message);
        } else if m.revision != Revision::Cancel {
            self.ports.calls(m, self.ship.as_ref(), true);
            self.sailings(m);
        }
    }

    /// Gives a booking or bill without a reference of its kind the number it begins with.
    fn name_itself(&mut self, m: &Reader<'_>) {
        let kind = if m.header.kind == "310" { ReferenceKind::MasterBl } else { ReferenceKind::Booking };
        if !m.document.is_empty() && !self.references.iter().any(|r| r.kind == kind) {
            self.references.push(Reference::new(kind, &m.document));
        }
    }

    /// Makes the planned calls that only `Y3` tells, where the goods stay on one ship.
    fn sailings(&self, m: &mut Reader<'_>) {
        let Some(ship) = self.ship.as_ref().filter(|ship| !ship.is_anonymous()) else { return };
        if self.ports.all.iter().any(|p| p.function == b"T") {
            return;
        }
        let ends: [(Kind, &[u8]); 2] = [(Kind::VesselDeparted, b"L"), (Kind::VesselArrived, b"D")];
        for (sailing, (kind, function)) in self.sailing.iter().zip(ends) {
            let Some((at, time)) = sailing else { continue };
            let place = self.ports.place(&[function]);
            let told = m.observations.iter().any(|o| o.kind == kind && o.place == place);
            let (Some(s), false, true) = (m.segment(*at), told, place.is_some()) else { continue };
            m.observations.push(Observation {
                time: Some(*time),
                place,
                vessel: Some(ship.clone()),
                span: m.span(&s, *at),
                ..Observation::new(kind, Classifier::Planned)
            });
        }
    }
}
