//! 324: stow plans. One `on_board` for every container, with its cell: never a move.

use super::super::reader::{Outcome, Reader};
use super::super::{Ignored, MessageFamily, why};
use super::parts::{DTM, M7, N1, N7, N9, R4, SE, ST, V1, load};
use super::ports::Ports;
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct S324;

const ED: Tag = Tag::two(b"ED");
const V4: Tag = Tag::two(b"V4");

const IGNORED: &[Ignored] = &[
    (Tag::two(b"K1"), why::TEXT),
    (Tag::two(b"NA"), why::ATTACHED),
    (Tag::new(b"W09"), why::HANDLING),
    (Tag::two(b"H3"), why::HANDLING),
    (Tag::two(b"H1"), why::GOODS),
    (Tag::two(b"H2"), why::GOODS),
    (Tag::two(b"LS"), why::STRUCTURE),
    (Tag::two(b"LE"), why::STRUCTURE),
];

impl MessageFamily for S324 {
    fn id(&self) -> &'static str {
        "324"
    }

    fn about(&self) -> &'static str {
        "stow plans of ships: the containers on board with their cells and ports"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let mut stow = Stow::default();
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = stow.segment(m, &s);
            m.count(outcome);
        }
        stow.flush(m);
        stow.calls(m);
    }
}

/// One container on board.
struct Slot {
    at: usize,
    last: usize,
    equipment: Option<Equipment>,
    cell: Option<Text>,
    ports: Ports,
    references: Few<Reference>,
}

/// A stow plan while it is read.
#[derive(Default)]
struct Stow {
    ship: Option<Arc<VesselRef>>,
    ports: Ports,
    slot: Option<Slot>,
}

impl Stow {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if let (Some(slot), true) = (&mut self.slot, s.tag() != SE) {
            slot.last = s.at();
        }
        match (s.tag(), &mut self.slot) {
            (ST | SE, _) => Outcome::Used,
            (V1, _) => {
                self.ship = Some(m.x12_v1(s));
                Outcome::Used
            }
            (N7, _) => self.open(m, s),
            (R4, Some(slot)) => slot.ports.port(m, s),
            (R4, None) => self.ports.port(m, s),
            (DTM, None) => self.ports.date(m, s),
            (V4, Some(slot)) => {
                slot.cell = m.text(s, 1, 1);
                Outcome::Used
            }
            (ED, Some(slot)) => {
                if let Some(equipment) = &mut slot.equipment {
                    equipment.load = load(s.first(3));
                }
                Outcome::Used
            }
            (M7, Some(slot)) => m.x12_seals(s, slot.equipment.as_mut()),
            (N9, Some(slot)) => match m.x12_reference(s) {
                Some(reference)
                    if reference.kind != ReferenceKind::Container && slot.references.len() < 100 =>
                {
                    slot.references.push(reference);
                    Outcome::Used
                }
                _ => Outcome::Ignored,
            },
            (N9, None) => Outcome::Ignored,
            (N1, _) => m.x12_party(s),
            _ => m.other(s, IGNORED),
        }
    }

    /// Begins a container.
    fn open(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.flush(m);
        let equipment = m.x12_equipment(s);
        let outcome = if equipment.is_some() { Outcome::Used } else { Outcome::Found };
        let (ports, references) = (Ports::default(), Few::new());
        self.slot = Some(Slot { at: s.at(), last: s.at(), equipment, cell: None, ports, references });
        outcome
    }

    /// Makes the observation of the container at hand.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let Some(slot) = self.slot.take() else { return };
        let (Some(equipment), Some(s)) = (slot.equipment, m.segment(slot.at)) else { return };
        if slot.cell.is_none() {
            m.find(&x::CELL, &s, (0, 0), "the container has no `V4` with its cell");
        }
        let plan = slot.ports.plan(m);
        m.observations.push(Observation {
            place: self.ports.place(&[b"5", b"L"]),
            equipment: Some(equipment),
            vessel: self.ship.clone().filter(|ship| !ship.is_empty()),
            references: slot.references,
            plan,
            stowage: slot.cell,
            span: m.span(&s, slot.last),
            time: m.written,
            ..Observation::new(Kind::OnBoard, Classifier::Actual)
        });
    }

    /// Makes the calls of the ports of the voyage.
    fn calls(&self, m: &mut Reader<'_>) {
        if self.ship.as_ref().is_none_or(|ship| ship.is_anonymous())
            && let Some(s) = m.segment(0)
        {
            m.find(&x::NO_SHIP, &s, (0, 0), "the stow plan names no ship");
            return;
        }
        self.ports.calls(m, self.ship.as_ref(), false);
    }
}
