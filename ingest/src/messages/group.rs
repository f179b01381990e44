//! The equipment group that messages share: one `EQD` and what follows it.

use super::Ignored;
use super::parts::{DTM, LOC, MEA, NAD, RFF, SEL, TDT};
use super::ports::Ports;
use super::reader::{Outcome, Reader};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use sealane_data::Text;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType};
use sealane_data::observation::{DeclaredPlace, Equipment, Few, Load, Trade};
use sealane_data::reference::Reference;
use sealane_data::time::DeclaredTime;
use std::sync::Arc;

/// Segments after which measures and dates speak of something else than the box.
const DETAIL: [Tag; 3] = [Tag::new(b"DGS"), Tag::new(b"DAM"), Tag::new(b"EQA")];

/// Qualifiers of dates in an equipment group that are known and are not the time of the move.
const OTHER_DATES: &[&[u8]] = &[
    b"132", b"133", b"178", b"186", b"137", b"798", b"WAT", b"36", b"63", b"64", b"180", b"200", b"201",
    b"234", b"400", b"392", b"ZEL", b"ATR",
];

/// Places of an equipment group that are known and say nothing the map needs: stowage (147),
/// original port of loading (76), next port of discharge (152), transshipment ports (13, 98, 99,
/// 10), place of acceptance and options (1, 5, 8, 64, 68, 33, 57, 175, 80, 92, 94, 150, 163).
pub(super) const OTHER_PLACES: &[&[u8]] = &[
    b"147", b"76", b"152", b"13", b"98", b"99", b"10", b"1", b"5", b"8", b"64", b"68", b"33", b"57", b"175",
    b"80", b"92", b"94", b"150", b"163", b"14", b"18", b"19", b"20", b"21", b"61", b"65", b"84",
];

/// One container with what its group said so far.
#[derive(Debug)]
pub(super) struct Group {
    /// The segment that opened it.
    pub(super) at: usize,
    /// Nothing for equipment that is no container.
    pub(super) equipment: Option<Equipment>,
    /// The best time so far and its rank, 0 being best.
    pub(super) time: Option<(usize, DeclaredTime)>,
    /// Where the container is (`LOC+165`).
    pub(super) place: Option<Arc<DeclaredPlace>>,
    pub(super) ports: Ports,
    pub(super) references: Few<Reference>,
    mass: u8,
    on_carriage: bool,
    detail: bool,
}

impl Group {
    /// Opens a group with `EQD`.
    pub(super) fn open(m: &mut Reader<'_>, s: &Segment<'_>) -> Self {
        Self {
            at: s.at(),
            equipment: m.read_equipment(s),
            time: None,
            place: None,
            ports: Ports::default(),
            references: Few::new(),
            mass: 0,
            on_carriage: false,
            detail: false,
        }
    }

    /// Reads a segment of the group.
    pub(super) fn read(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        match s.tag() {
            RFF => match m.read_reference(s) {
                Some(reference) => {
                    self.references.push(reference);
                    Outcome::Used
                }
                None => Outcome::Ignored,
            },
            DTM => self.read_date(m, s),
            LOC => self.read_location(m, s),
            MEA if !self.detail => self.take_mass(m, s),
            MEA => Outcome::Ignored,
            SEL => self.read_seal(m, s),
            NAD => m.read_nad(s),
            TDT => {
                self.on_carriage = true;
                Outcome::Ignored
            }
            tag => {
                self.detail |= DETAIL.contains(&tag);
                m.other(s, ignored)
            }
        }
    }

    /// Takes the best date of the move by the dialect's order.
    fn read_date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let qualifier = s.first(1);
        let Some(rank) = m.dialect.move_times.iter().position(|q| *q == qualifier) else {
            if OTHER_DATES.contains(&qualifier) {
                return Outcome::Ignored;
            }
            return m.unused(s);
        };
        if self.on_carriage && self.time.is_some() {
            return Outcome::Ignored;
        }
        if let Some(time) = m.read_time(s)
            && self.time.is_none_or(|(best, _)| rank < best)
        {
            self.time = Some((rank, time));
        }
        Outcome::Used
    }

    /// Takes where the box is and where it goes.
    fn read_location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let qualifier = s.first(1);
        if let Some(port) = self.ports.of(qualifier) {
            port.take(m, s);
        } else if qualifier == b"165" {
            if self.place.is_none() {
                self.place = m.read_place(s);
            }
        } else if OTHER_PLACES.contains(&qualifier) {
            return Outcome::Ignored;
        } else {
            return m.unused(s);
        }
        Outcome::Used
    }

    /// Takes the verified gross mass, else the gross mass (`MEA`).
    fn take_mass(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (m.read_mass(s), &mut self.equipment) {
            (Mass::Kilograms(rank, kg), Some(equipment)) => {
                if rank > self.mass {
                    self.mass = rank;
                    equipment.gross_kg = Some(kg);
                }
                Outcome::Used
            }
            (Mass::Wrong, _) => Outcome::Found,
            _ => Outcome::Ignored,
        }
    }

    /// Takes a seal number.
    fn read_seal(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (m.text(s, 1, 1), &mut self.equipment) {
            (Some(seal), Some(equipment)) if equipment.seals.len() < 20 => {
                equipment.seals.push(seal);
                Outcome::Used
            }
            _ => Outcome::Ignored,
        }
    }
}

/// A container of which only the number is known.
pub(super) fn bare(number: &str) -> Equipment {
    Equipment {
        number: ContainerNumber::read(number),
        size_type: None,
        load: Load::Unknown,
        trade: None,
        seals: Few::new(),
        gross_kg: None,
    }
}

/// Reads a whole number of up to six digits.
fn whole(digits: &[u8]) -> Option<u32> {
    let sound = !digits.is_empty() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_digit);
    sound.then(|| digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0')))
}

/// What a `MEA` says of a box's mass.
pub(super) enum Mass {
    /// How good it is (3 verified, 2 gross, 1 other) and whole kilograms.
    Kilograms(u8, u32),
    /// A value that is no mass; it was said.
    Wrong,
    /// Another measure, or no value.
    Other,
}

impl Reader<'_> {
    /// Reads a mass: verified (`VGM`), gross (`G`, `AET`) or as the guide for bay plans has it (`WT`).
    pub(super) fn read_mass(&mut self, s: &Segment<'_>) -> Mass {
        let rank = match (s.first(1), s.first(2)) {
            (b"VGM", _) | (_, b"VGM") => 3,
            (_, b"G" | b"AET") => 2,
            (b"WT", b"") | (_, b"EGW") => 1,
            _ => return Mass::Other,
        };
        let unit = match s.value(3, 1) {
            b"LBR" => 0.453_592_37,
            b"TNE" => 1000.0,
            _ => match whole(s.value(3, 2)) {
                // Nearly all are whole kilograms.
                Some(kg) => return Mass::Kilograms(rank, kg),
                None => 1.0,
            },
        };
        let Some(raw) = self.text(s, 3, 2) else { return Mass::Other };
        let number = raw.replace(',', ".").trim().parse();
        match number.map(|n: f64| (n * unit).round()) {
            Ok(kg) if (0.0..=1_000_000.0).contains(&kg) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range by the guard"
                )]
                Mass::Kilograms(rank, kg as u32)
            }
            _ => {
                self.find(&f::NUMBER, s, (3, 2), format!("`{raw}` is no mass"));
                Mass::Wrong
            }
        }
    }

    /// Reads `EQD`: a container with size, load and trade; nothing for other equipment.
    pub(super) fn read_equipment(&mut self, s: &Segment<'_>) -> Option<Equipment> {
        if !matches!(s.first(1), b"CN" | b"") {
            let message =
                format!("equipment of type `{}` is no container", String::from_utf8_lossy(s.first(1)));
            self.find(&f::NOT_A_CONTAINER, s, (1, 1), message);
            return None;
        }
        let number = self.container(s, (2, 1));
        let size_type = self.text(s, 3, 1).map(SizeType::of);
        if size_type.as_ref().and_then(SizeType::teu).is_none() {
            let shown = size_type.as_ref().map_or("", SizeType::as_found);
            self.find(&f::SIZE_TYPE, s, (3, 1), format!("the size-type `{shown}` says no length"));
        }
        let load = match s.first(6) {
            b"4" => Load::Empty,
            b"5" => Load::Laden,
            _ => Load::Unknown,
        };
        let trade = match s.first(5) {
            b"1" | b"9" => Some(Trade::Domestic),
            b"2" => Some(Trade::Export),
            b"3" => Some(Trade::Import),
            b"4" => Some(Trade::RemainOnBoard),
            b"5" | b"14" => Some(Trade::Restow),
            b"6" | b"17" => Some(Trade::Transshipment),
            _ => None,
        };
        Some(Equipment { number, size_type, load, trade, seals: Few::new(), gross_kg: None })
    }

    /// Returns a container's references behind those of its message's head, mostly none. A container without
    /// its own shares those of the head.
    pub(super) fn behind(
        &mut self,
        s: &Segment<'_>,
        head: &Few<Reference>,
        own: Few<Reference>,
    ) -> Few<Reference> {
        if own.is_empty() {
            head.clone()
        } else if !head.is_empty() && self.repeats(s, head.len()) {
            head.iter().chain(&own).cloned().collect()
        } else {
            own
        }
    }

    /// Reads a container number and says what is wrong with it.
    pub(super) fn container(&mut self, s: &Segment<'_>, at: (u16, u16)) -> ContainerNumber {
        let text: Text = self.text(s, at.0, at.1).unwrap_or_default();
        let number = ContainerNumber::of(text);
        let text = number.as_found();
        match number.status() {
            CheckStatus::Valid | CheckStatus::DigitMissing => {}
            _ if text.is_empty() => self.find(&f::NO_CONTAINER, s, at, "the container has no number"),
            CheckStatus::DigitWrong => {
                self.find(&f::CONTAINER_DIGIT, s, at, format!("the check digit of `{text}` is wrong"));
            }
            CheckStatus::WrongShape => {
                self.find(&f::CONTAINER_SHAPE, s, at, format!("`{text}` is no container number"));
            }
        }
        number
    }

    /// Says that a group has no time or place, unless the profile knows a place for it.
    pub(super) fn check_when_and_where(&mut self, s: &Segment<'_>, time: bool, place: bool) {
        if !time {
            self.find(&f::NO_TIME, s, (0, 0), "the event has no usable time");
        }
        if !place && self.partner.default_node.is_none() {
            self.find(&f::NO_PLACE, s, (0, 0), "the event names no place");
        }
    }

    /// Compares `CNT+16` with the containers that were listed.
    pub(super) fn check_count(&mut self, s: &Segment<'_>, listed: usize) -> Outcome {
        if s.value(1, 1) != b"16" {
            return Outcome::Ignored;
        }
        let declared = self.text(s, 1, 2).unwrap_or_default();
        if declared.parse() != Ok(listed) {
            let message = format!("`{declared}` containers are counted, {listed} are listed");
            self.find(&f::COUNT_DIFFERS, s, (1, 2), message);
        }
        Outcome::Used
    }
}
