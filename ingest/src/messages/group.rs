//! The equipment group that messages share: one `EQD` and what follows it.

pub(super) use super::mass::Mass;
use super::parts::{DTM, LOC, MEA, NAD, RFF, SEL, TDT};
use super::ports::Ports;
use super::reader::{Outcome, Reader, copy};
use super::{Ignored, times, usual};
use crate::findings as kinds;
use crate::formats::edifact::{Code, Segment, Tag, codes};
use sealane_data::Text;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType};
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Load, Observation, Trade};
use sealane_data::reference::Reference;
use sealane_data::time::DeclaredTime;

/// Segments after which measures and dates speak of something else than the box.
const DETAIL: [Tag; 3] = [Tag::new(b"DGS"), Tag::new(b"DAM"), Tag::new(b"EQA")];

/// Qualifiers of dates in an equipment group that are known and are not the time of the move.
const OTHER_DATES: [Code; 18] = codes([
    b"132", b"133", b"178", b"186", b"137", b"798", b"WAT", b"36", b"63", b"64", b"180", b"200", b"201",
    b"234", b"400", b"392", b"ZEL", b"ATR",
]);

/// Places of an equipment group that are known and say nothing the map needs: stowage (147),
/// original port of loading (76), next port of discharge (152), transshipment ports (13, 98, 99,
/// 10), place of acceptance and options (1, 5, 8, 64, 68, 33, 57, 175, 80, 92, 94, 150, 163).
pub(super) const OTHER_PLACES: [Code; 28] = codes([
    b"147", b"76", b"152", b"13", b"98", b"99", b"10", b"1", b"5", b"8", b"64", b"68", b"33", b"57", b"175",
    b"80", b"92", b"94", b"150", b"163", b"14", b"18", b"19", b"20", b"21", b"61", b"65", b"84",
]);

/// Where a container is.
const STANDS: Code = Code::new(b"165");

/// One container with what its group said so far.
#[derive(Debug)]
pub(super) struct Group {
    /// The segment that opened it.
    pub(super) at: usize,
    /// What will be said of the container; it has no equipment where that is no container.
    pub(super) said: Observation,
    /// The best time so far and its rank, 0 being best.
    pub(super) time: Option<(usize, DeclaredTime)>,
    pub(super) ports: Ports,
    mass: u8,
    on_carriage: bool,
    detail: bool,
}

impl Group {
    /// Returns a group that nothing opened yet.
    pub(super) fn new() -> Self {
        Self {
            at: 0,
            said: Observation::new(Kind::Status, Classifier::Actual),
            time: None,
            ports: Ports::default(),
            mass: 0,
            on_carriage: false,
            detail: false,
        }
    }

    /// Opens the group with `EQD`; what it said before was taken.
    pub(super) fn open(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) {
        self.at = s.at();
        self.said.equipment = m.read_equipment(s);
        (self.time, self.ports, self.mass) = (None, Ports::default(), 0);
        (self.on_carriage, self.detail) = (false, false);
    }

    /// Takes what was said of the container.
    pub(super) fn take(&mut self) -> Observation {
        taken(&mut self.said)
    }

    /// Reads a segment of the group.
    pub(super) fn read(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        match s.tag() {
            RFF => match m.read_reference(s) {
                Some(reference) => {
                    self.said.references.push(reference);
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
        let lead = m.lead(s);
        let Some(rank) = m.dialect.move_times.iter().position(|q| *q == lead.code) else {
            if OTHER_DATES.contains(&lead.code) {
                return Outcome::Ignored;
            }
            return m.unused(s);
        };
        if self.on_carriage && self.time.is_some() {
            return Outcome::Ignored;
        }
        if let Some(time) =
            lead.rest.and_then(usual::minute).and_then(times::minute).or_else(|| m.read_time(s))
            && self.time.is_none_or(|(best, _)| rank < best)
        {
            self.time = Some((rank, time));
        }
        Outcome::Used
    }

    /// Takes where the box is and where it goes.
    fn read_location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let lead = m.lead(s);
        if let Some(port) = self.ports.of(lead.code) {
            port.take(m, s, &lead);
        } else if lead.code == STANDS {
            if self.said.place.is_none() {
                self.said.place = m.read_place(s);
            }
        } else if OTHER_PLACES.contains(&lead.code) {
            return Outcome::Ignored;
        } else {
            return m.unused(s);
        }
        Outcome::Used
    }

    /// Takes the verified gross mass, else the gross mass (`MEA`).
    fn take_mass(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (m.read_mass(s), &mut self.said.equipment) {
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
        match (m.text(s, 1, 1), &mut self.said.equipment) {
            (Some(seal), Some(equipment)) if equipment.seals.len() < 20 => {
                equipment.seals.push(seal);
                Outcome::Used
            }
            _ => Outcome::Ignored,
        }
    }
}

/// Takes all that an observation owns. The rest is written anew for the next container, so it need not be cleared.
pub(super) fn taken(said: &mut Observation) -> Observation {
    Observation {
        kind: said.kind,
        classifier: said.classifier,
        time: said.time,
        place: said.place.take(),
        equipment: said.equipment.take(),
        vessel: said.vessel.take(),
        references: std::mem::take(&mut said.references),
        plan: said.plan.take(),
        fix: said.fix.take(),
        status: said.status.take(),
        stowage: said.stowage.take(),
        span: said.span,
    }
}

/// Returns what a code means.
fn meaning<T: Copy>(meanings: &[(Code, T)], code: Code) -> Option<T> {
    meanings.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
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

/// Containers among equipment (data element 8053).
const CONTAINER: Code = Code::new(b"CN");

/// What loads (8169) and trades (8249) mean.
const LOADS: [(Code, Load); 2] = [(Code::new(b"4"), Load::Empty), (Code::new(b"5"), Load::Laden)];
const TRADES: [(Code, Trade); 9] = [
    (Code::new(b"2"), Trade::Export),
    (Code::new(b"3"), Trade::Import),
    (Code::new(b"6"), Trade::Transshipment),
    (Code::new(b"4"), Trade::RemainOnBoard),
    (Code::new(b"5"), Trade::Restow),
    (Code::new(b"1"), Trade::Domestic),
    (Code::new(b"9"), Trade::Domestic),
    (Code::new(b"14"), Trade::Restow),
    (Code::new(b"17"), Trade::Transshipment),
];

impl Reader<'_> {
    /// Reads `EQD`: a container with size, load and trade; nothing for other equipment.
    pub(super) fn read_equipment(&mut self, s: &Segment<'_>) -> Option<Equipment> {
        let Some(said) = self.usual(s).and_then(usual::container) else { return self.any_equipment(s) };
        let number = self.numbered(s, (2, 1), copy(said.number));
        let size_type = self.sized(s, Some(SizeType::of(copy(said.size_type))));
        Some(Equipment {
            number,
            size_type,
            load: meaning(&LOADS, said.load).unwrap_or_default(),
            trade: meaning(&TRADES, said.trade),
            seals: Few::new(),
            gross_kg: None,
        })
    }

    /// Reads a container in any form.
    pub(super) fn any_equipment(&mut self, s: &Segment<'_>) -> Option<Equipment> {
        let f = s.fields();
        if !matches!(f.code(1, 1), CONTAINER | Code::NONE) {
            let message =
                format!("equipment of type `{}` is no container", String::from_utf8_lossy(s.first(1)));
            self.find(&kinds::NOT_A_CONTAINER, s, (1, 1), message);
            return None;
        }
        let text = self.text_of(s, &f, (2, 1)).unwrap_or_default();
        let number = self.numbered(s, (2, 1), text);
        let size_type = self.text_of(s, &f, (3, 1)).map(SizeType::of);
        let size_type = self.sized(s, size_type);
        let load = meaning(&LOADS, f.code(6, 1)).unwrap_or_default();
        let trade = meaning(&TRADES, f.code(5, 1));
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

    /// Says of a size-type that it says no length.
    #[inline]
    fn sized(&mut self, s: &Segment<'_>, size_type: Option<SizeType>) -> Option<SizeType> {
        if size_type.as_ref().and_then(SizeType::teu).is_none() {
            let shown = size_type.as_ref().map_or("", SizeType::as_found);
            self.find(&kinds::SIZE_TYPE, s, (3, 1), format!("the size-type `{shown}` says no length"));
        }
        size_type
    }

    /// Makes a text a container number and says what is wrong with it.
    #[inline]
    fn numbered(&mut self, s: &Segment<'_>, at: (u16, u16), text: Text) -> ContainerNumber {
        let number = ContainerNumber::of(text);
        if !number.joins() {
            self.say_number(s, at, &number);
        }
        number
    }

    /// Says what is wrong with a container number.
    #[cold]
    fn say_number(&mut self, s: &Segment<'_>, at: (u16, u16), number: &ContainerNumber) {
        let text = number.as_found();
        match number.status() {
            CheckStatus::Valid | CheckStatus::DigitMissing => {}
            _ if text.is_empty() => self.find(&kinds::NO_CONTAINER, s, at, "the container has no number"),
            CheckStatus::DigitWrong => {
                self.find(&kinds::CONTAINER_DIGIT, s, at, format!("the check digit of `{text}` is wrong"));
            }
            CheckStatus::WrongShape => {
                self.find(&kinds::CONTAINER_SHAPE, s, at, format!("`{text}` is no container number"));
            }
        }
    }

    /// Says that a group has no time or place, unless the profile knows a place for it.
    pub(super) fn check_when_and_where(&mut self, s: &Segment<'_>, time: bool, place: bool) {
        if !time {
            self.find(&kinds::NO_TIME, s, (0, 0), "the event has no usable time");
        }
        if !place && self.partner.default_node.is_none() {
            self.find(&kinds::NO_PLACE, s, (0, 0), "the event names no place");
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
            self.find(&kinds::COUNT_DIFFERS, s, (1, 2), message);
        }
        Outcome::Used
    }
}
