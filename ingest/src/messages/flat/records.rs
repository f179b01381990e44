//! Records that mean the same in every file.

use crate::flat_findings as flat;
use crate::formats::edifact::{Segment, Tag};
use crate::messages::group::bare;
use crate::messages::parts::identify;
use crate::messages::reader::{Outcome, Reader};
use crate::messages::{Ignored, times};
use sealane_data::container::{CheckStatus, SizeType};
use sealane_data::observation::{DeclaredPlace, Equipment, Load, Revision};
use sealane_data::vessel::VesselRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Records of a file that nothing was made of, by their two digits: how many, and the first.
#[derive(Debug, Default)]
pub(super) struct Unread(BTreeMap<[u8; 2], (usize, usize)>);

/// Returns the two digits that a record begins with.
pub(super) fn id(s: &Segment<'_>) -> Option<[u8; 2]> {
    let id: [u8; 2] = s.tag_bytes().try_into().ok()?;
    id.iter().all(u8::is_ascii_digit).then_some(id)
}

impl Reader<'_> {
    /// Reads record `00`: what the file does to earlier ones, and when it was made.
    pub(super) fn flat_head(&mut self, s: &Segment<'_>) -> Outcome {
        self.code = self.text(s, 2, 1).unwrap_or_default();
        self.revision = match s.first(3).trim_ascii() {
            b"9" | b"2" | b"" => Revision::Original,
            b"3" => Revision::Cancel,
            b"4" => Revision::Replace,
            other => {
                let message = format!("function `{}` is unknown", String::from_utf8_lossy(other));
                self.find(&flat::FUNCTION, s, (3, 1), message);
                Revision::Original
            }
        };
        let created = s.first(6).trim_ascii();
        // The standard has twelve digits; old files leave out the century.
        let format: &[u8] = if created.len() == 10 { b"201" } else { b"203" };
        let (time, doubt) = times::read(created, format);
        if doubt.is_some() && !created.is_empty() {
            let message = format!("`{}` is no time", String::from_utf8_lossy(created));
            self.find(&flat::CREATED, s, (6, 1), message);
        }
        self.written = time;
        Outcome::Used
    }

    /// Reads a ship from its code, name and voyage, by their fields; 0 where there is no such field.
    pub(super) fn flat_ship(&mut self, s: &Segment<'_>, [code, name, voyage]: [u16; 3]) -> Arc<VesselRef> {
        let voyage = if voyage == 0 { None } else { self.text(s, voyage, 1) };
        let mut ship = VesselRef { name: self.text(s, name, 1), voyage, ..VesselRef::default() };
        if let Some(code) = self.text(s, code, 1) {
            identify(&mut ship, &code, true);
        }
        Arc::new(ship)
    }

    /// Reads a place from its code and the name behind it.
    pub(super) fn flat_place(&mut self, s: &Segment<'_>, code: u16) -> Option<Arc<DeclaredPlace>> {
        let place = DeclaredPlace {
            locode: self.text(s, code, 1),
            name: self.text(s, code + 1, 1),
            ..DeclaredPlace::default()
        };
        (place != DeclaredPlace::default()).then(|| Arc::new(place))
    }

    /// Reads a container from its number, seal, size-type and status, which stand in this order.
    pub(super) fn flat_container(&mut self, s: &Segment<'_>, first: u16) -> Option<Equipment> {
        let Some(number) = self.text(s, first, 1) else {
            self.find(&flat::NO_CONTAINER, s, (first, 1), "the record names no container");
            return None;
        };
        let mut equipment = bare(&number);
        let found = &crate::findings::CONTAINER_DIGIT;
        match equipment.number.status() {
            CheckStatus::DigitWrong => {
                self.find(found, s, (first, 1), format!("the check digit of `{number}` is wrong"));
            }
            CheckStatus::WrongShape => {
                let kind = &crate::findings::CONTAINER_SHAPE;
                self.find(kind, s, (first, 1), format!("`{number}` is no container number"));
            }
            CheckStatus::Valid | CheckStatus::DigitMissing => {}
        }
        equipment.seals.extend(self.text(s, first + 1, 1));
        equipment.size_type = self.text(s, first + 2, 1).map(|code| SizeType::read(&code));
        // F is full, L less than a container load, E empty.
        equipment.load = match s.first(first + 3).trim_ascii() {
            b"E" => Load::Empty,
            b"F" | b"L" => Load::Laden,
            _ => Load::Unknown,
        };
        Some(equipment)
    }
}

impl Unread {
    /// Deals with a record that the file has no use for.
    pub(super) fn other(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        let Some(id) = id(s) else {
            let shown: String = String::from_utf8_lossy(s.tag_bytes()).chars().take(20).collect();
            m.find(&flat::BAD_RECORD, s, (0, 0), format!("`{shown}` is no record number"));
            return Outcome::Found;
        };
        if ignored.iter().any(|(tag, _)| *tag == Tag::two(&id)) {
            return Outcome::Ignored;
        }
        self.0.entry(id).or_insert((0, s.at())).0 += 1;
        Outcome::Found
    }

    /// Says once for each kind of record how many were kept unread.
    pub(super) fn say(self, m: &mut Reader<'_>) {
        for (id, (count, first)) in self.0 {
            let Some(s) = m.segment(first) else { continue };
            let message = format!("{count} records `{}` were kept unread", String::from_utf8_lossy(&id));
            m.find(&flat::UNKNOWN_RECORD, &s, (0, 0), message);
        }
    }
}
