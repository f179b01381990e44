//! Lists of consignments: what CUSCAR, IFCSUM and DESADV share. They are papers, never movements.
//!
//! One `Booked` for every consignment (`CNI`) and container that holds its goods (`SGP`); a
//! consignment without containers makes one without, if it names a bill or booking. Containers
//! (`EQD`) that no consignment names have the references of the head alone. The ship's call is told
//! by the head's transport, as *planned*; legs of single consignments are not read.

mod told;

use super::group::{Mass, bare};
use super::papers::Named;
use super::parts::{BGM, CNI, DOC, DTM, EQD, GID, LOC, MEA, NAD, RFF, SEL, SGP, TDT};
use super::reader::{Outcome, Reader};
use super::route::{Leg, Routing};
use super::{Ignored, why};
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use sealane_data::Text;
use sealane_data::observation::Equipment;
use sealane_data::reference::{Reference, ReferenceKind};
use std::collections::HashSet;

/// What lists of consignments leave unread.
pub(super) const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"CNT"), "sums of goods and packages move nothing"),
    (Tag::new(b"GIS"), "customs are told by CUSRES"),
    (Tag::new(b"GEI"), "customs are told by CUSRES"),
    (Tag::new(b"GOR"), "customs are told by CUSRES"),
    (Tag::new(b"CST"), why::GOODS),
    (Tag::new(b"PAC"), why::GOODS),
    (Tag::new(b"PCI"), why::GOODS),
    (Tag::new(b"PIA"), why::GOODS),
    (Tag::new(b"IMD"), why::GOODS),
    (Tag::new(b"LIN"), why::GOODS),
    (Tag::new(b"CPS"), why::GOODS),
    (Tag::new(b"GIN"), why::GOODS),
    (Tag::new(b"GIR"), why::GOODS),
    (Tag::new(b"QTY"), why::GOODS),
    (Tag::new(b"QVR"), why::GOODS),
    (Tag::new(b"ALI"), why::GOODS),
    (Tag::new(b"DLM"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"DIM"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"PCD"), why::GOODS),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TPL"), "names the wagon or hold, not the movement"),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"TOD"), why::TERMS),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"SCC"), why::TERMS),
    (Tag::new(b"CPI"), why::MONEY),
    (Tag::new(b"MOA"), why::MONEY),
    (Tag::new(b"CUX"), why::MONEY),
    (Tag::new(b"TCC"), why::MONEY),
    (Tag::new(b"PRI"), why::MONEY),
    (Tag::new(b"ICD"), why::MONEY),
    (Tag::new(b"AUT"), "proves who wrote the message, which the door does"),
    (Tag::new(b"EQN"), "asks for a number of boxes that are not named yet"),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EFI"), why::ATTACHED),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// Segments behind which references, dates and places are of goods.
const GOODS: [Tag; 3] = [Tag::new(b"CPS"), Tag::new(b"PAC"), Tag::new(b"LIN")];

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>) {
    let mut list = List::default();
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = list.segment(m, &s);
        m.count(outcome);
    }
    list.close(m);
}

/// Where in the message the reader is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Head,
    Leg,
    Party,
    Consignment,
    /// Goods, parties and legs of one consignment.
    Detail,
    Box,
}

/// One consignment.
#[derive(Default)]
struct Consignment {
    at: usize,
    last: usize,
    references: Vec<Named>,
    routing: Routing,
    boxes: Vec<Equipment>,
    /// The numbers of its containers.
    held: HashSet<Text>,
    /// Whether its bill was named.
    billed: bool,
}

/// One container with the segment that named it.
struct Boxed {
    at: usize,
    last: usize,
    equipment: Equipment,
    references: Vec<Reference>,
    mass: u8,
}

/// A list while it is read.
#[derive(Default)]
struct List {
    bgm: Option<usize>,
    section: Section,
    routing: Routing,
    references: Vec<Named>,
    consignments: Vec<Consignment>,
    boxes: Vec<Boxed>,
    /// Numbers of equipment that is no container.
    others: HashSet<Vec<u8>>,
    /// Whether the equipment at hand is a container.
    boxed: bool,
}

impl List {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if s.tag() != UNT {
            match (self.section, self.consignments.last_mut(), self.boxes.last_mut()) {
                (Section::Box, _, Some(boxed)) if self.boxed && s.tag() != CNI => boxed.last = s.at(),
                (Section::Consignment | Section::Detail, Some(c), _) if s.tag() != CNI => c.last = s.at(),
                _ => {}
            }
        }
        let single = matches!(self.section, Section::Consignment | Section::Detail);
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                self.bgm = Some(s.at());
                let outcome = m.read_bgm(s);
                self.references.extend(Named::bill(s.at(), &m.code, &m.document));
                outcome
            }
            CNI => self.begin(m, s),
            TDT if single => self.detail(),
            TDT => {
                self.section = Section::Leg;
                self.routing.legs.push(Leg::open(m, s));
                Outcome::Used
            }
            NAD => {
                self.section = match self.section {
                    Section::Consignment | Section::Detail => Section::Detail,
                    Section::Box => Section::Box,
                    _ => Section::Party,
                };
                m.read_nad(s)
            }
            GID => self.detail(),
            SGP => self.split(m, s),
            EQD => self.equipment(m, s),
            DTM => self.date(m, s),
            LOC => self.location(m, s),
            RFF => self.reference(m, s),
            DOC => self.document(m, s),
            MEA => self.measure(m, s),
            SEL => self.seal(m, s),
            tag => {
                let goods = GOODS.contains(&tag);
                if goods && self.section != Section::Consignment {
                    self.section = Section::Detail;
                }
                m.other(s, IGNORED)
            }
        }
    }

    /// Leaves what follows to one consignment's detail.
    fn detail(&mut self) -> Outcome {
        self.section = Section::Detail;
        Outcome::Ignored
    }

    /// Begins a consignment; its number joins nothing, for guides put anything there.
    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.section = Section::Consignment;
        let mut consignment = Consignment { at: s.at(), last: s.at(), ..Consignment::default() };
        if let Some(number) = m.text(s, 2, 1) {
            let reference = Reference::new(ReferenceKind::Other, &format!("CNI:{number}"));
            consignment.references.push(Named::new(s.at(), reference, b""));
        }
        self.consignments.push(consignment);
        Outcome::Used
    }

    /// Takes the container that holds goods of a consignment.
    fn split(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let (Some(number), Some(consignment)) = (m.text(s, 1, 1), self.consignments.last_mut()) else {
            return Outcome::Ignored;
        };
        if self.others.contains(number.as_bytes()) {
            return Outcome::Ignored;
        }
        let held = bare(&number);
        if consignment.held.insert(held.number.canonical().into()) {
            consignment.boxes.push(held);
        }
        Outcome::Used
    }

    /// Takes a container.
    fn equipment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.section = Section::Box;
        let number = s.value(2, 1).trim_ascii();
        self.boxed = false;
        if number.is_empty() {
            return Outcome::Ignored;
        }
        let Some(equipment) = m.read_equipment(s) else {
            self.others.insert(number.to_vec());
            return Outcome::Found;
        };
        self.boxed = true;
        self.boxes.push(Boxed { at: s.at(), last: s.at(), equipment, references: Vec::new(), mass: 0 });
        Outcome::Used
    }

    /// Takes a date of the ship's call, or of the message.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (self.section, self.routing.legs.last_mut()) {
            (Section::Head, _) if m.written.is_none() && m.read_written(s) => Outcome::Used,
            (Section::Leg, Some(leg)) => leg.date(m, s),
            // Of goods, parties and papers: despatch and delivery at a door move no container.
            _ => Outcome::Ignored,
        }
    }

    /// Takes a port of the ship's call or of a consignment.
    fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (self.section, self.consignments.last_mut()) {
            (Section::Head, _) => self.routing.place(m, s, false),
            (Section::Leg, _) => self.routing.place(m, s, true),
            (Section::Consignment, Some(c)) => c.routing.place(m, s, false),
            _ => Outcome::Ignored,
        }
    }

    /// Takes a reference: of the message, of a consignment or of a container.
    fn reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if let (Section::Leg, Some(leg)) = (self.section, self.routing.legs.last_mut())
            && m.read_ship_reference(s, &mut leg.ship)
        {
            return Outcome::Used;
        }
        self.turn_to_next_bill(s);
        let detail = matches!(self.section, Section::Detail | Section::Party);
        let reference = m.read_reference(s).filter(|r| !detail || r.kind != ReferenceKind::Other);
        let Some(reference) = reference else { return Outcome::Ignored };
        if self.section == Section::Box {
            match self.boxes.last_mut().filter(|_| self.boxed) {
                Some(boxed) => m.keep(&mut boxed.references, s, reference),
                None => return Outcome::Ignored,
            }
            return Outcome::Used;
        }
        self.home(m, s, Named::new(s.at(), reference, s.value(1, 1)));
        Outcome::Used
    }

    /// Opens the next consignment where CUSCAR lists several bills, each with its goods, under one `CNI`.
    fn turn_to_next_bill(&mut self, s: &Segment<'_>) {
        let single = matches!(self.section, Section::Consignment | Section::Detail);
        let Some(open) = self.consignments.last_mut().filter(|_| single && s.value(1, 1) == b"BM") else {
            return;
        };
        if open.billed && self.section == Section::Detail {
            open.last = s.at().saturating_sub(1);
            self.section = Section::Consignment;
            let next = Consignment { at: s.at(), last: s.at(), billed: true, ..Consignment::default() };
            self.consignments.push(next);
        } else {
            open.billed = true;
        }
    }

    /// Takes a certificate of origin; other documents are known and left.
    fn document(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(certificate) = Named::certificate(m, s) else { return Outcome::Ignored };
        self.home(m, s, certificate);
        Outcome::Used
    }

    /// Puts a reference to its consignment, or to the message.
    fn home(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, named: Named) {
        let single = matches!(self.section, Section::Consignment | Section::Detail);
        match self.consignments.last_mut().filter(|_| single) {
            Some(consignment) => m.keep(&mut consignment.references, s, named),
            None => m.keep(&mut self.references, s, named),
        }
    }

    /// Takes the mass of a container.
    fn measure(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let at_box = self.section == Section::Box && self.boxed;
        let Some(boxed) = self.boxes.last_mut().filter(|_| at_box) else { return Outcome::Ignored };
        match m.read_mass(s) {
            Mass::Kilograms(rank, kg) => {
                if rank > boxed.mass {
                    (boxed.mass, boxed.equipment.gross_kg) = (rank, Some(kg));
                }
                Outcome::Used
            }
            Mass::Wrong => Outcome::Found,
            Mass::Other => Outcome::Ignored,
        }
    }

    /// Takes a seal of a container.
    fn seal(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let at_box = self.section == Section::Box && self.boxed;
        match (m.text(s, 1, 1), self.boxes.last_mut()) {
            (Some(seal), Some(boxed)) if at_box && boxed.equipment.seals.len() < 20 => {
                boxed.equipment.seals.push(seal);
                Outcome::Used
            }
            _ => Outcome::Ignored,
        }
    }
}
