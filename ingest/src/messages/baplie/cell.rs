//! One cell of a bay plan, with the boxes in it.

use super::DETAIL;
use crate::findings as f;
use crate::formats::edifact::Segment;
use crate::messages::Ignored;
use crate::messages::group::{Mass, OTHER_PLACES};
use crate::messages::parts::{DTM, EQD, LOC, MEA, RFF, TDT};
use crate::messages::ports::Ports;
use crate::messages::reader::{Outcome, Reader};
use sealane_data::Text;
use sealane_data::observation::{Equipment, Few};
use sealane_data::reference::{Reference, ReferenceKind};

/// One cell with what its group said so far.
pub(super) struct Cell {
    pub(super) at: usize,
    pub(super) stowage: Option<Text>,
    pub(super) ports: Ports,
    pub(super) references: Few<Reference>,
    /// The container; a bundle has more.
    pub(super) boxed: Option<Equipment>,
    pub(super) more: Vec<Equipment>,
    pub(super) mass: Option<(u8, u32)>,
    pub(super) detail: bool,
    /// Whether its cell was named.
    pub(super) placed: bool,
}

impl Cell {
    /// Returns a group that begins at a segment.
    pub(super) fn new(at: usize) -> Self {
        Self {
            at,
            stowage: None,
            ports: Ports::default(),
            references: Few::new(),
            boxed: None,
            more: Vec::new(),
            mass: None,
            detail: false,
            placed: false,
        }
    }

    /// Opens a group with its cell.
    pub(super) fn open(m: &mut Reader<'_>, s: &Segment<'_>) -> Self {
        let mut cell = Self::new(s.at());
        cell.place(m, s);
        cell
    }

    /// Takes the cell, which is brought to seven digits.
    pub(super) fn place(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) {
        self.placed = true;
        // `LOST` is SMDG31's word for a box whose cell nobody knows.
        self.stowage = m.text(s, 2, 1).filter(|cell| cell != "LOST").map(|cell| {
            let digits = cell.bytes().all(|b| b.is_ascii_digit());
            match cell.len() {
                7 if digits => cell,
                6 if digits => format!("0{cell}").into(),
                _ => {
                    m.find(&f::CELL_FORM, s, (2, 1), format!("`{cell}` is no bay, row and tier"));
                    cell
                }
            }
        });
    }

    /// Reads a segment of the group.
    pub(super) fn read(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        match s.tag() {
            LOC => self.location(m, s),
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
                    match &mut self.boxed {
                        Some(_) => self.more.push(equipment),
                        none => *none = Some(equipment),
                    }
                    Outcome::Used
                }
                None => Outcome::Found,
            },
            RFF => match m.reference(s).filter(|r| r.joins() && r.kind != ReferenceKind::Container) {
                Some(reference) => {
                    m.keep(&mut self.references, s, reference);
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
    fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        // Version 1.5 of the guide has ports of loading and discharge as 6 and 12.
        let qualifier = match s.first(1) {
            b"6" => &b"9"[..],
            b"12" => b"11",
            qualifier => qualifier,
        };
        if let Some(port) = self.ports.of(qualifier) {
            port.take(m, s);
            return Outcome::Used;
        }
        let known = matches!(qualifier, b"97" | b"72" | b"74" | b"170") || OTHER_PLACES.contains(&qualifier);
        if known { Outcome::Ignored } else { m.unused(s) }
    }
}
