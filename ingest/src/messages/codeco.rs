//! CODECO: gate moves. One `GateIn` or `GateOut` for every `EQD`.
//!
//! The direction is the document code: 34 is in, 36 is out in every directory (later ones give the
//! numbers other names; senders keep them). Shapes: in D.95B dates stand flat behind `TDT`, from
//! D.99B on inside place groups; the equipment group is SG5, SG7, SG9 or SG10. It is told by `EQD`.
//! Where a sender names the gate (`LOC+165`) or the time of the move once in the head, it is that of
//! every container that names none of its own.

use super::group::Group;
use super::listing::{self, Listing};
use super::parts::{DTM, LOC, NAD, RFF, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use sealane_data::observation::{DeclaredPlace, Few, Kind};
use sealane_data::reference::Reference;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Codeco;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"LOC"), "places of the ship's call repeat what others report"),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"PIA"), why::GOODS),
    (Tag::new(b"SGP"), why::GOODS),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"ATT"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DIM"), "overwide or overhigh cargo does not change the movement"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"DAM"), why::CONDITION),
    (Tag::new(b"COD"), why::CONDITION),
    (Tag::new(b"PCD"), why::CONDITION),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EQN"), why::ATTACHED),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

impl MessageFamily for Codeco {
    fn id(&self) -> &'static str {
        "CODECO"
    }

    fn about(&self) -> &'static str {
        "gate-in and gate-out reports of terminals and depots: one gate move per container"
    }

    fn version(&self) -> u16 {
        4
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        listing::read(m, &mut Gate::default());
    }
}

/// A gate report while it is read.
#[derive(Default)]
struct Gate {
    kind: Option<Kind>,
    ship: Option<Arc<VesselRef>>,
    /// The gate of all containers.
    place: Option<Arc<DeclaredPlace>>,
    /// The time of all containers and its rank, 0 being best.
    time: Option<(usize, DeclaredTime)>,
    references: Few<Reference>,
}

impl Listing for Gate {
    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let outcome = m.read_bgm(s);
        self.kind = Some(direction(m, s));
        outcome
    }

    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            DTM if m.read_written(s) => Outcome::Used,
            TDT if s.first(1) == b"20" => {
                self.ship = Some(m.read_ship(s));
                Outcome::Used
            }
            DTM => self.head_date(m, s),
            LOC if s.first(1) == b"165" => {
                self.place = m.read_place(s);
                Outcome::Used
            }
            // Other carriages are the truck's.
            TDT => Outcome::Ignored,
            RFF => {
                let mut ship = self.ship.take().unwrap_or_default();
                let of_ship = m.read_ship_reference(s, &mut ship);
                self.ship = (!ship.is_empty()).then_some(ship);
                if !of_ship && let Some(reference) = m.read_reference(s) {
                    m.keep(&mut self.references, s, reference);
                }
                Outcome::Used
            }
            NAD => m.read_nad(s),
            _ => m.other(s, IGNORED),
        }
    }

    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, group: &mut Group) {
        let (kind, said) = (self.kind.unwrap_or(Kind::Status), &mut group.said);
        said.kind = kind;
        said.time = group.time.or(self.time).map(|(_, time)| time);
        if said.place.is_none() {
            said.place.clone_from(&self.place);
        }
        m.check_when_and_where(opened, said.time.is_some(), said.place.is_some());
        said.references = m.behind(opened, &self.references, std::mem::take(&mut said.references));
        said.plan = group.ports.plan(m);
        said.vessel.clone_from(&self.ship);
        said.status = (kind == Kind::Status).then(|| m.code.clone());
    }
}

impl Gate {
    /// Takes the best time of the move; other dates are the ship's and repeat what others report.
    fn head_date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(rank) = m.dialect.move_times.iter().position(|q| *q == s.code()) else {
            return Outcome::Ignored;
        };
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        if self.time.is_none_or(|(best, _)| rank < best) {
            self.time = Some((rank, time));
        }
        Outcome::Used
    }
}

/// Tells in from out.
fn direction(m: &mut Reader<'_>, s: &Segment<'_>) -> Kind {
    match m.code.as_str() {
        "34" => Kind::GateIn,
        "36" => Kind::GateOut,
        code => {
            let message = format!("document code `{code}` is neither 34 (gate in) nor 36 (gate out)");
            m.find(&f::DOCUMENT_CODE, s, (1, 1), message);
            Kind::Status
        }
    }
}
