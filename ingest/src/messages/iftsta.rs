//! IFTSTA: statuses. One observation for every status and container.
//!
//! Shapes: until D.08A a status stands under a consignment (`CNI`, `STS`, then `EQD`); from D.13B on
//! equipment may come first (`EQD`, then its `STS`). Codes: data element 9011 held the numbers of UN
//! Recommendation 24 until D.00B; from D.01B on list 4405 gives them other names, but senders keep
//! sending transport numbers, so a number under category 1 (transport) is always read as one.

mod codes;

use super::group::bare;
use super::parts::{BGM, CNI, CNT, DTM, EQD, LOC, MEA, NAD, RFF, SEL, STS, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use sealane_data::Text;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Few, Observation, Plan};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Iftsta;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"PCI"), why::GOODS),
    (Tag::new(b"GIN"), why::GOODS),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"SGP"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DIM"), why::GOODS),
    (Tag::new(b"EQN"), why::GOODS),
    (Tag::new(b"QTY"), why::GOODS),
    (Tag::new(b"MOA"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"DAM"), why::CONDITION),
    (Tag::new(b"COD"), why::CONDITION),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TPL"), "names the wagon or hold, not the movement"),
    (Tag::new(b"DOC"), "documents are read from certificates, not from statuses"),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EFI"), why::ATTACHED),
    (Tag::new(b"CED"), why::ATTACHED),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// Dates of a status, best first (`DTM` 2005): status change, event, execution, effective, actual
/// arrival, actual departure, delivery; then estimates.
const DATES: &[(&[u8], Classifier)] = &[
    (b"334", Classifier::Actual),
    (b"78", Classifier::Actual),
    (b"203", Classifier::Actual),
    (b"7", Classifier::Actual),
    (b"178", Classifier::Actual),
    (b"186", Classifier::Actual),
    (b"35", Classifier::Actual),
    (b"132", Classifier::Estimated),
    (b"133", Classifier::Estimated),
];

impl MessageFamily for Iftsta {
    fn id(&self) -> &'static str {
        "IFTSTA"
    }

    fn about(&self) -> &'static str {
        "transport statuses of carriers and forwarders: what each status code says, per container"
    }

    fn version(&self) -> u16 {
        3
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let mut track = Track::default();
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = track.segment(m, &s);
            m.count(outcome);
        }
        track.flush(m);
    }
}

/// One status while its group is read.
struct Status {
    at: usize,
    last: usize,
    code: Text,
    transport: bool,
    time: Option<(usize, Classifier, DeclaredTime)>,
    place: Option<Arc<DeclaredPlace>>,
}

/// The statuses of one consignment or container, which share equipment and ship.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of where the reader stands")]
struct Track {
    head: Vec<Reference>,
    consignment: Vec<Reference>,
    own: Vec<Reference>,
    statuses: Vec<Status>,
    equipment: Vec<Equipment>,
    ship: Option<(Arc<VesselRef>, Text)>,
    plan: Plan,
    /// Where the leg of the ship that speaks for the status begins and ends.
    leg: [Option<Arc<DeclaredPlace>>; 2],
    /// Whether the leg at hand is that one.
    of_leg: bool,
    event_place: Option<Arc<DeclaredPlace>>,
    equipment_first: bool,
    in_consignment: bool,
    after_transport: bool,
}

impl Track {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let outcome = match s.tag() {
            UNH => Outcome::Used,
            UNT => return Outcome::Used,
            BGM => m.read_bgm(s),
            CNI => self.consignment(m, s),
            STS => self.status(m, s),
            EQD => self.box_named(m, s),
            TDT => {
                let mode = m.text(s, 3, 1).unwrap_or_default();
                let ship = m.read_ship(s);
                // The main carriage speaks for the status where several legs are named.
                self.of_leg = self.ship.is_none() || s.first(1) == b"20";
                if self.of_leg {
                    self.ship = Some((ship, mode));
                    self.leg = Default::default();
                }
                self.after_transport = true;
                Outcome::Used
            }
            RFF => self.reference(m, s),
            DTM => self.date(m, s),
            LOC => self.location(m, s),
            NAD => m.read_nad(s),
            SEL => match (m.text(s, 1, 1), self.equipment.last_mut()) {
                (Some(seal), Some(equipment)) if equipment.seals.len() < 20 => {
                    equipment.seals.push(seal);
                    Outcome::Used
                }
                _ => Outcome::Ignored,
            },
            MEA | CNT => Outcome::Ignored,
            _ => m.other(s, IGNORED),
        };
        if let Some(status) = self.statuses.last_mut() {
            status.last = s.at();
        }
        outcome
    }

    /// Begins a consignment. Its number is kept but joins nothing: guides put anything there.
    fn consignment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.flush(m);
        self.equipment_first = false;
        self.in_consignment = true;
        self.equipment.clear();
        self.consignment.clear();
        self.plan = Plan::default();
        self.event_place = None;
        if let Some(number) = m.text(s, 2, 1) {
            self.consignment.push(Reference::new(ReferenceKind::Other, &format!("CNI:{number}")));
        }
        Outcome::Used
    }

    /// Begins a status.
    fn status(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if !self.equipment_first {
            self.flush(m);
            self.equipment.clear();
        }
        self.after_transport = false;
        let code = m.text(s, 2, 1).or_else(|| m.text(s, 1, 2)).unwrap_or_default();
        let transport = matches!(s.first(1), b"1" | b"");
        self.statuses.push(Status { at: s.at(), last: s.at(), code, transport, time: None, place: None });
        Outcome::Used
    }

    /// Takes a container: of the status before it, or of the statuses that follow.
    fn box_named(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if !self.in_consignment || self.equipment_first {
            self.flush(m);
            self.equipment.clear();
            self.plan = Plan::default();
            self.equipment_first = true;
        }
        self.after_transport = false;
        match m.read_equipment(s) {
            Some(equipment) => {
                self.equipment.push(equipment);
                Outcome::Used
            }
            None => Outcome::Found,
        }
    }

    /// Takes a reference: of the message, of the consignment, or of the status or container.
    fn reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if let Some((ship, _)) = &mut self.ship
            && m.read_ship_reference(s, ship)
        {
            return Outcome::Used;
        }
        let Some(reference) = m.read_reference(s) else { return Outcome::Ignored };
        if !self.statuses.is_empty() || self.equipment_first {
            m.keep(&mut self.own, s, reference);
        } else if self.in_consignment {
            m.keep(&mut self.consignment, s, reference);
        } else {
            m.keep(&mut self.head, s, reference);
        }
        Outcome::Used
    }

    /// Takes the best date of the status at hand.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let Some(status) = self.statuses.last_mut().filter(|_| !self.after_transport) else {
            // Dates of a leg are the schedule's business.
            return Outcome::Ignored;
        };
        let Some(rank) = DATES.iter().position(|(q, _)| *q == s.first(1)) else { return m.unused(s) };
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        if status.time.is_none_or(|(best, ..)| rank < best) {
            status.time = Some((rank, DATES[rank].1, time));
        }
        Outcome::Used
    }

    /// Takes where the status happened, or a port of the plan.
    fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(place) = m.read_place(s) else { return Outcome::Ignored };
        match s.first(1) {
            b"9" => drop(self.plan.load.get_or_insert_with(|| place.clone())),
            b"11" => drop(self.plan.discharge.get_or_insert_with(|| place.clone())),
            b"7" | b"83" => drop(self.plan.delivery.get_or_insert_with(|| place.clone())),
            b"88" => drop(self.plan.receipt.get_or_insert_with(|| place.clone())),
            _ => {}
        }
        if self.after_transport {
            match s.first(1) {
                b"9" if self.of_leg => self.leg[0] = Some(place),
                b"11" if self.of_leg => self.leg[1] = Some(place),
                _ => {}
            }
            return Outcome::Used;
        }
        match self.statuses.last_mut() {
            Some(status) => drop(status.place.get_or_insert(place)),
            None if matches!(s.first(1), b"14" | b"18" | b"165" | b"175") => self.event_place = Some(place),
            None if matches!(s.first(1), b"9" | b"11" | b"7" | b"83" | b"88") => {}
            None => return Outcome::Ignored,
        }
        Outcome::Used
    }

    /// Makes the observations of the statuses at hand.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let statuses = std::mem::take(&mut self.statuses);
        // Where equipment comes first, one place may follow all its statuses.
        let shared_place = statuses.iter().find_map(|x| x.place.clone()).or_else(|| self.event_place.clone());
        let shared_time = statuses.iter().find_map(|x| x.time);
        let mut references = Vec::new();
        let shared = self.head.len() + self.consignment.len();
        if let Some(s) = statuses.first().and_then(|status| m.segment(status.at))
            && m.repeats(&s, shared)
        {
            references.extend(self.head.iter().chain(&self.consignment).cloned());
        }
        references.append(&mut self.own);
        for status in &statuses {
            let place =
                status.place.clone().or_else(|| shared_place.clone()).or_else(|| self.end_of_leg(status));
            self.observe(m, status, status.time.or(shared_time), place.as_ref(), &references);
        }
        if !statuses.is_empty() {
            self.ship = None;
            self.leg = Default::default();
            self.after_transport = false;
        }
    }

    /// Makes the observations of one status: one per container, or one without.
    fn observe(
        &self,
        m: &mut Reader<'_>,
        status: &Status,
        time: Option<(usize, Classifier, DeclaredTime)>,
        place: Option<&Arc<DeclaredPlace>>,
        references: &[Reference],
    ) {
        let Some(s) = m.segment(status.at) else { return };
        m.check_when_and_where(&s, time.is_some(), place.is_some());
        let mut containers: Vec<Option<Equipment>> = self.equipment.iter().cloned().map(Some).collect();
        if containers.is_empty() {
            let named = references.iter().rev().find(|r| r.kind == ReferenceKind::Container);
            if named.is_none() {
                m.find(&f::NO_EQUIPMENT, &s, (0, 0), "the status names no container");
            }
            containers.push(named.map(|r| bare(&r.value)));
        }
        let kind = self.kind_of(m, &s, status, containers[0].is_some());
        let kept: Few<Reference> =
            references.iter().filter(|r| r.kind != ReferenceKind::Container).cloned().collect();
        let plan = self.plan.clone().said();
        for equipment in containers {
            m.observations.push(Observation {
                time: time.map(|(.., time)| time),
                place: place.cloned(),
                equipment,
                vessel: self.sea_ship(),
                references: kept.clone(),
                plan: plan.clone(),
                status: (!status.code.is_empty()).then(|| status.code.clone()),
                span: m.span(&s, status.last),
                ..Observation::new(kind, time.map_or(Classifier::Actual, |(_, classifier, _)| classifier))
            });
        }
    }
}
