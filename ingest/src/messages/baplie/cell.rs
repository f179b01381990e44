//! One cell of a bay plan, with the boxes in it.

use super::DETAIL;
use crate::findings as f;
use crate::formats::edifact::{Code, Segment, codes};
use crate::messages::Ignored;
use crate::messages::group::{Mass, OTHER_PLACES, taken};
use crate::messages::parts::{DTM, EQD, MEA, RFF, TDT};
use crate::messages::ports::{DISCHARGE, LOAD, Ports};
use crate::messages::reader::{Outcome, Reader, copy};
use crate::messages::usual::{self, Lead};
use sealane_data::observation::{Classifier, Equipment, Kind, Observation};
use sealane_data::reference::ReferenceKind;

/// Places of a cell that are known and say nothing the map needs, beside those of any group.
const OTHER: [Code; 4] = codes([b"97", b"72", b"74", b"170"]);

/// Ports of loading and discharge in version 1.5 of the guide.
const OLD_LOAD: Code = Code::new(b"6");
const OLD_DISCHARGE: Code = Code::new(b"12");

/// One cell with what its group said so far.
pub(super) struct Cell {
    pub(super) at: usize,
    /// What will be said of the container, which is its equipment.
    pub(super) said: Observation,
    pub(super) ports: Ports,
    /// The others of a bundle.
    pub(super) more: Vec<Equipment>,
    pub(super) mass: Option<(u8, u32)>,
    detail: bool,
    /// Whether its cell was named.
    pub(super) placed: bool,
}

impl Cell {
    /// Returns a cell that nothing opened yet.
    pub(super) fn new() -> Self {
        Self {
            at: 0,
            said: Observation::new(Kind::OnBoard, Classifier::Actual),
            ports: Ports::default(),
            more: Vec::new(),
            mass: None,
            detail: false,
            placed: false,
        }
    }

    /// Begins a group at a segment; what it said before was taken.
    pub(super) fn begin(&mut self, at: usize) {
        (self.at, self.ports, self.mass) = (at, Ports::default(), None);
        (self.detail, self.placed) = (false, false);
    }

    /// Takes what was said of the container.
    pub(super) fn take(&mut self) -> Observation {
        taken(&mut self.said)
    }

    /// Takes the cell, which is brought to seven digits.
    pub(super) fn place(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, lead: &Lead<'_>) {
        self.placed = true;
        if let Some(cell) = usual::cell(lead) {
            self.said.stowage = Some(copy(cell));
            return;
        }
        let Some(cell) = m.text(s, 2, 1) else { return };
        let digits = cell.bytes().all(|b| b.is_ascii_digit());
        self.said.stowage = match cell.len() {
            7 if digits => Some(cell),
            6 if digits => Some(format!("0{cell}").into()),
            // SMDG31's word for a box whose cell nobody knows.
            4 if cell == "LOST" => None,
            _ => {
                m.find(&f::CELL_FORM, s, (2, 1), format!("`{cell}` is no bay, row and tier"));
                Some(cell)
            }
        };
    }

    /// Reads a segment of the group.
    pub(super) fn read(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        match s.tag() {
            MEA if self.detail => Outcome::Ignored,
            MEA => match m.read_mass(s) {
                Mass::Kilograms(rank, kg) => {
                    if self.mass.is_none_or(|(best, _)| rank > best) {
                        self.mass = Some((rank, kg));
                    }
                    Outcome::Used
                }
                Mass::Wrong => Outcome::Found,
                Mass::Other => Outcome::Ignored,
            },
            EQD => match m.read_equipment(s) {
                Some(equipment) => {
                    match &mut self.said.equipment {
                        Some(_) => self.more.push(equipment),
                        none => *none = Some(equipment),
                    }
                    Outcome::Used
                }
                None => Outcome::Found,
            },
            RFF if filler(m, s) => Outcome::Ignored,
            RFF => match m.reference(s).filter(|r| r.joins() && r.kind != ReferenceKind::Container) {
                Some(reference) => {
                    m.keep(&mut self.said.references, s, reference);
                    Outcome::Used
                }
                None => Outcome::Ignored,
            },
            // Of the carriage after discharge, and of the reefer's temperature.
            TDT | DTM => Outcome::Ignored,
            tag => {
                self.detail |= DETAIL.contains(&tag);
                m.other(s, ignored)
            }
        }
    }

    /// Takes the planned ports of the box.
    pub(super) fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, lead: &Lead<'_>) -> Outcome {
        let code = match lead.code {
            OLD_LOAD => LOAD,
            OLD_DISCHARGE => DISCHARGE,
            code => code,
        };
        if let Some(port) = self.ports.of(code) {
            port.take(m, s, lead);
            return Outcome::Used;
        }
        let known = OTHER.contains(&code) || OTHER_PLACES.contains(&code);
        if known { Outcome::Ignored } else { m.unused(s) }
    }
}

/// Whether a reference is too short to join anything, as the `1` is that the guide makes mandatory.
fn filler(m: &Reader<'_>, s: &Segment<'_>) -> bool {
    let value = || s.fields().value(1, 2);
    m.lead(s).rest.is_some_and(|rest| rest.len() < 5) || (value().len() < 4 && value().is_ascii())
}
