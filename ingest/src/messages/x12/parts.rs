//! Segments that mean the same in every transaction set: times, places, ships, containers, references.

use super::super::parts::identify;
use super::super::reader::{Outcome, Reader};
use super::super::times;
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType};
use sealane_data::observation::{DeclaredPlace, Equipment, Few, Load};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::{DeclaredTime, Precision};
use sealane_data::vessel::{CarrierCode, VesselRef};
use std::sync::Arc;

pub(super) const ST: Tag = Tag::two(b"ST");
pub(super) const SE: Tag = Tag::two(b"SE");
pub(super) const DTM: Tag = Tag::new(b"DTM");
pub(super) const LX: Tag = Tag::two(b"LX");
pub(super) const M7: Tag = Tag::two(b"M7");
pub(super) const N1: Tag = Tag::two(b"N1");
pub(super) const N7: Tag = Tag::two(b"N7");
pub(super) const N9: Tag = Tag::two(b"N9");
pub(super) const R4: Tag = Tag::two(b"R4");
pub(super) const V1: Tag = Tag::two(b"V1");

/// What the qualifiers of `N9` (data element 128) mean to us; all others are kept as `Other`.
const REFERENCES: &[(&[u8], ReferenceKind)] = &[
    (b"BN", ReferenceKind::Booking),
    (b"BM", ReferenceKind::MasterBl),
    (b"MB", ReferenceKind::MasterBl),
    (b"SI", ReferenceKind::Shipment),
    (b"IV", ReferenceKind::Invoice),
    (b"EQ", ReferenceKind::Container),
    (b"OC", ReferenceKind::Container),
];

/// Parties of a booking (data element 98): carrier, shipper, consignee, notify parties, forwarder.
const PARTY_ROLES: &[&[u8]] = &[b"CA", b"SH", b"CN", b"N1", b"N2", b"FW", b"EX", b"IM", b"BK"];

/// Time codes (data element 623) that are one offset, in hours. Codes of zones with summer time
/// (`ET`, `CT` ...) tell no offset and are local time, as is `LT`.
const OFFSETS: &[(&[u8], i16)] = &[
    (b"UT", 0),
    (b"GM", 0),
    (b"AD", -3),
    (b"AS", -4),
    (b"ED", -4),
    (b"ES", -5),
    (b"CD", -5),
    (b"CS", -6),
    (b"MD", -6),
    (b"MS", -7),
    (b"PD", -7),
    (b"PS", -8),
    (b"HS", -10),
];

/// Time codes that are local time.
const LOCAL: &[&[u8]] = &[b"", b"LT", b"ET", b"CT", b"MT", b"PT", b"AT", b"HT", b"TT", b"NT"];

impl Reader<'_> {
    /// Reads a date (data element 373) with its time (337) and time code (623); 0 names no element.
    pub(super) fn x12_time(
        &mut self,
        s: &Segment<'_>,
        (date, time, code): (u16, u16, u16),
    ) -> Option<DeclaredTime> {
        let day = self.text(s, date, 1)?;
        let clock = if time > 0 { self.text(s, time, 1).unwrap_or_default() } else { "".into() };
        // Tenths and hundredths of seconds are not kept.
        let clock = clock.get(..clock.len().min(6)).unwrap_or_default();
        let format: &[u8] = match (day.len(), clock.len()) {
            (8, 0) => b"102",
            (8, 4) => b"203",
            (8, 6) => b"204",
            (6, 0) => b"101",
            (6, 4) => b"201",
            (6, 6) => b"202",
            _ => b"",
        };
        let (found, doubt) = times::read(format!("{day}{clock}").as_bytes(), format);
        let Some(mut found) = found.filter(|_| doubt.is_none()) else {
            let shown = if clock.is_empty() { day.to_string() } else { format!("{day} {clock}") };
            self.find(&x::DATE, s, (date, 1), format!("`{shown}` is no date and time"));
            return None;
        };
        if code > 0 && found.precision != Precision::Day {
            found.offset_minutes = self.x12_offset(s, code);
        }
        Some(found)
    }

    /// Reads a time code as minutes east of UTC.
    fn x12_offset(&mut self, s: &Segment<'_>, at: u16) -> Option<i16> {
        let code = s.first(at).trim_ascii();
        if let Some((_, hours)) = OFFSETS.iter().find(|(c, _)| *c == code) {
            return Some(hours * 60);
        }
        // 01 to 12 are hours east of UTC, 13 to 24 are 12 to 1 hours west.
        let number = str::from_utf8(code).ok().and_then(|c| c.parse::<i16>().ok());
        match number {
            Some(n @ 1..=12) if code.len() == 2 => return Some(n * 60),
            Some(n @ 13..=24) => return Some((n - 25) * 60),
            _ => {}
        }
        if !LOCAL.contains(&code) {
            let message = format!("the time code `{}` is taken as local time", String::from_utf8_lossy(code));
            self.find(&x::TIME_CODE, s, (at, 1), message);
        }
        None
    }

    /// Returns whether a time lies after the interchange was written, a day and all zones allowed.
    pub(super) fn x12_future(&self, time: &DeclaredTime) -> bool {
        let written = times::read(self.envelope.prepared.0.as_bytes(), b"101").0;
        let day = written.and_then(|w| w.local.date().tomorrow().ok());
        day.is_some_and(|day| time.local.date() > day)
    }

    /// Reads a code (data element 310) by its list (309), with a name. Only UN/LOCODEs (`UN`) and port
    /// codes that say nothing of a list are codes here; of others the name is taken.
    pub(super) fn x12_place(
        &mut self,
        s: &Segment<'_>,
        (list, at, name): (u16, u16, u16),
    ) -> Option<Arc<DeclaredPlace>> {
        let (found, named) = (self.text(s, at, 1), if name > 0 { self.text(s, name, 1) } else { None });
        let mut place = DeclaredPlace { name: named, ..DeclaredPlace::default() };
        match (s.first(list), found) {
            (b"UN" | b"", Some(code)) => place.locode = Some(code),
            (b"CI", Some(city)) => {
                place.name.get_or_insert(city);
            }
            (other, Some(code)) => {
                let list = String::from_utf8_lossy(other).into_owned();
                self.find_once(&x::PLACE_LIST, s, (at, 1), || format!("`{code}` is a code of list `{list}`"));
                place.name.get_or_insert(code);
            }
            _ => {}
        }
        (place != DeclaredPlace::default()).then(|| Arc::new(place))
    }

    /// Reads `N9`: a reference; constants are kept and said.
    pub(super) fn x12_reference(&mut self, s: &Segment<'_>) -> Option<Reference> {
        let value = self.text(s, 2, 1)?;
        let qualifier = s.first(1);
        let kind = REFERENCES.iter().find(|(q, _)| *q == qualifier).map(|(_, kind)| *kind);
        let Some(kind) = kind else {
            let named = format!("{}:{value}", String::from_utf8_lossy(qualifier));
            return Some(Reference::new(ReferenceKind::Other, &named));
        };
        let reference = Reference::new(kind, &value);
        if !reference.joins() {
            self.find(&f::CONSTANT_VALUE, s, (2, 1), format!("the reference `{value}` looks like a filler"));
        }
        Some(reference)
    }

    /// Reads `N1`; only codes of parties of the booking are kept, never names.
    pub(super) fn x12_party(&mut self, s: &Segment<'_>) -> Outcome {
        match self.text(s, 4, 1).filter(|_| PARTY_ROLES.contains(&s.first(1))) {
            Some(code) => {
                if self.parties.len() < 100 && !self.parties.contains(&code) {
                    self.parties.push(code);
                }
                Outcome::Used
            }
            None => Outcome::Ignored,
        }
    }

    /// Reads `V1`: a ship and its voyage.
    pub(super) fn x12_v1(&mut self, s: &Segment<'_>) -> Arc<VesselRef> {
        let mut ship = self.x12_ship(s, (1, 8, 2, 4));
        let carrier = self.text(s, 5, 1);
        Arc::make_mut(&mut ship).carrier = carrier.map(|code| CarrierCode { code, list: "SCAC".into() });
        ship
    }

    /// Reads a ship from the elements of its code (597), the code's list (897), name and voyage.
    pub(super) fn x12_ship(
        &mut self,
        s: &Segment<'_>,
        (code, list, name, voyage): (u16, u16, u16, u16),
    ) -> Arc<VesselRef> {
        let mut ship = VesselRef {
            voyage: self.text(s, voyage, 1),
            name: self.text(s, name, 1),
            ..VesselRef::default()
        };
        if let Some(id) = self.text(s, code, 1) {
            identify(&mut ship, &id, s.first(list) == b"C");
        }
        if ship.imo.as_ref().is_some_and(|imo| imo.status() == CheckStatus::DigitWrong) {
            self.find(&f::SHIP_NUMBER, s, (code, 1), "the check digit of the ship's number is wrong");
        }
        Arc::new(ship)
    }

    /// Reads a container from the elements of its initial, number and check digit; nothing where
    /// there is none.
    pub(super) fn x12_container(
        &mut self,
        s: &Segment<'_>,
        (initial, number, digit): (u16, u16, u16),
    ) -> Option<ContainerNumber> {
        let letters = self.text(s, initial, 1).unwrap_or_default();
        let figures = self.text(s, number, 1)?;
        let digit = self.text(s, digit, 1).filter(|d| d.len() == 1 && figures.len() < 7).unwrap_or_default();
        let text = if letters.is_empty() || figures.starts_with(letters.as_str()) {
            format!("{figures}{digit}")
        } else {
            // Initial and number stand apart, and numbers may lack their zeros.
            format!("{letters}{figures:0>6}{digit}")
        };
        let found = ContainerNumber::read(&text);
        match found.status() {
            CheckStatus::DigitWrong => {
                self.find(
                    &f::CONTAINER_DIGIT,
                    s,
                    (number, 1),
                    format!("the check digit of `{text}` is wrong"),
                );
            }
            CheckStatus::WrongShape => {
                self.find(&f::CONTAINER_SHAPE, s, (number, 1), format!("`{text}` is no container number"));
            }
            CheckStatus::Valid | CheckStatus::DigitMissing => {}
        }
        Some(found)
    }

    /// Reads a size-type code (data element 24).
    pub(super) fn x12_size(&mut self, s: &Segment<'_>, at: u16) -> Option<SizeType> {
        let code = self.text(s, at, 1)?;
        let size = SizeType::read(&code);
        if size.teu().is_none() {
            self.find(&f::SIZE_TYPE, s, (at, 1), format!("the size-type `{code}` says no length"));
        }
        Some(size)
    }

    /// Reads `N7`: a container with size and mass; nothing for equipment that is none.
    pub(super) fn x12_equipment(&mut self, s: &Segment<'_>) -> Option<Equipment> {
        // CN is a container, CC one on a chassis, CZ a refrigerated one (data element 40).
        if !matches!(s.first(11), b"" | b"CN" | b"CC" | b"CZ" | b"CL" | b"CW" | b"CX" | b"RC") {
            let message =
                format!("equipment of type `{}` is no container", String::from_utf8_lossy(s.first(11)));
            self.find(&f::NOT_A_CONTAINER, s, (11, 1), message);
            return None;
        }
        let Some(number) = self.x12_container(s, (1, 2, 18)) else {
            self.find(&x::NO_CONTAINER, s, (2, 1), "the equipment has no number");
            return None;
        };
        let mut equipment = unnamed(number);
        equipment.size_type = self.x12_size(s, 22);
        equipment.gross_kg = self.x12_mass(s);
        Some(equipment)
    }

    /// Reads the gross mass of `N7`; without a unit it tells none.
    fn x12_mass(&mut self, s: &Segment<'_>) -> Option<u32> {
        if s.first(4) != b"G" {
            return None;
        }
        let unit = match s.first(17) {
            b"K" => 1.0,
            b"L" => 0.453_592_37,
            _ => return None,
        };
        let raw = self.text(s, 3, 1)?;
        match raw.parse::<f64>().map(|n| (n * unit).round()) {
            Ok(0.0) => {
                let message =
                    || "a mass of 0 says nothing and was left out, here and in all that follow".into();
                self.find_once(&f::MASS_ZERO, s, (3, 1), message);
                None
            }
            Ok(kg) if (0.0..=1_000_000.0).contains(&kg) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range by the guard"
                )]
                Some(kg as u32)
            }
            _ => {
                self.find(&f::NUMBER, s, (3, 1), format!("`{raw}` is no mass"));
                None
            }
        }
    }

    /// Takes the seal numbers of `M7`.
    pub(super) fn x12_seals(&mut self, s: &Segment<'_>, equipment: Option<&mut Equipment>) -> Outcome {
        let Some(equipment) = equipment else { return Outcome::Ignored };
        for at in 1..=4 {
            if let Some(seal) = self.text(s, at, 1).filter(|_| equipment.seals.len() < 20) {
                equipment.seals.push(seal);
            }
        }
        Outcome::Used
    }

    /// Says that a qualifier is not used, once per qualifier and message.
    pub(super) fn x12_unused(&mut self, s: &Segment<'_>) -> Outcome {
        let (tag, qualifier) = (String::from_utf8_lossy(s.tag_bytes()), String::from_utf8_lossy(s.first(1)));
        let message = format!("`{tag}*{qualifier}` is not used for {}", self.header.kind);
        if !self.findings.iter().any(|other| other.message == message) {
            self.find(&x::QUALIFIER, s, (1, 1), message);
        }
        Outcome::Found
    }
}

/// A container of which only the number is known.
pub(super) fn unnamed(number: ContainerNumber) -> Equipment {
    Equipment { number, size_type: None, load: Load::Unknown, trade: None, seals: Few::new(), gross_kg: None }
}

/// Reads a load status (data element 578): loaded or empty.
pub(super) fn load(code: &[u8]) -> Load {
    match code {
        b"L" => Load::Laden,
        b"E" => Load::Empty,
        _ => Load::Unknown,
    }
}
