//! Bookings: what IFTMIN, IFTMBC and IFTMCS share. One `Booked` for every container, or one without.
//!
//! Read are the routing, references and equipment; parties only by their codes, goods not at all.
//! - **Routing**: the ports of the contract (`LOC` in the head) go before those of the legs (`TDT`
//!   groups). Legs at sea give ports of loading and discharge, and the ports between them where the
//!   goods change ships; land legs before and after give receipt and delivery. Dates of legs at sea
//!   are the ship's calls as *planned*, so any estimate of a schedule goes before them; only 178 and
//!   186 are actual.
//! - **References**: those of the head are every container's; those of goods (`GID`) go to the
//!   containers that hold them (`SGP`). `BH` is a house bill, `MB` a master bill, and `BM` beside an
//!   `MB` the house bill. A certificate of origin (`DOC+861`, 864, 865) is a reference too.
//! - **Equipment**: `EQD` with a number; without one it only asks for boxes of a size.

mod told;

use super::group::{Mass, bare};
use super::papers::{Named, tell_apart};
use super::parts::{BGM, CNT, DOC, DTM, EQD, GID, LOC, MEA, NAD, RFF, SEL, SGP, TDT};
use super::reader::{Outcome, Reader};
use super::route::{Leg, Routing};
use super::{Ignored, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use sealane_data::observation::Equipment;
use sealane_data::reference::ReferenceKind;

/// What bookings leave unread; the same in every message of the family.
pub(super) const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"TOD"), why::TERMS),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"SCC"), why::TERMS),
    (Tag::new(b"CUX"), why::MONEY),
    (Tag::new(b"MOA"), why::MONEY),
    (Tag::new(b"CPI"), why::MONEY),
    (Tag::new(b"TCC"), why::MONEY),
    (Tag::new(b"PRI"), why::MONEY),
    (Tag::new(b"GOR"), "customs are told by their own messages"),
    (Tag::new(b"PCD"), why::GOODS),
    (Tag::new(b"QTY"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"PIA"), why::GOODS),
    (Tag::new(b"PCI"), why::GOODS),
    (Tag::new(b"GIN"), why::GOODS),
    (Tag::new(b"DIM"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"SEQ"), why::GOODS),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TPL"), "names the wagon or hold, not the movement"),
    (Tag::new(b"EQN"), "asks for a number of boxes that are not named yet"),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EFI"), why::ATTACHED),
    (Tag::new(b"CED"), why::ATTACHED),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// Head segments whose own places and dates follow them.
const ASIDE: [Tag; 4] = [Tag::new(b"TOD"), Tag::new(b"GOR"), Tag::new(b"CPI"), Tag::new(b"TCC")];

/// Dates of the contract that are known and move nothing: wishes for collection and delivery (2, 10,
/// 11, 17, 63, 64, 69, 200, 201, 234, 235, 392), validity (7, 36, 194, 206), dates of references and
/// documents (4, 150, 171, 182), estimates that the legs repeat (132, 133).
const OTHER_DATES: &[&[u8]] = &[
    b"2", b"10", b"11", b"17", b"63", b"64", b"69", b"200", b"201", b"234", b"235", b"392", b"7", b"36",
    b"194", b"206", b"4", b"150", b"171", b"182", b"132", b"133",
];

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>) {
    let mut booking = Booking::default();
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = booking.segment(m, &s);
        m.count(outcome);
    }
    booking.close(m);
}

/// Where in the message the reader is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Head,
    /// Behind a head segment whose places and dates are its own.
    Aside,
    Leg,
    Party,
    Goods,
    Box,
}

/// One item of goods: its references and the containers that hold it.
#[derive(Default)]
struct Goods {
    references: Vec<Named>,
    boxes: Vec<(usize, Equipment)>,
}

/// One container.
struct Boxed {
    at: usize,
    last: usize,
    equipment: Equipment,
    references: Vec<Named>,
    mass: u8,
}

/// A booking while it is read.
#[derive(Default)]
struct Booking {
    bgm: Option<usize>,
    refused: bool,
    section: Section,
    routing: Routing,
    references: Vec<Named>,
    goods: Vec<Goods>,
    boxes: Vec<Boxed>,
    /// Whether the equipment at hand has no number.
    unnumbered: bool,
    asked: usize,
    count: Option<usize>,
}

impl Booking {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if let (Section::Box, Some(last)) = (self.section, self.boxes.last_mut()) {
            last.last = s.at();
        }
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => self.begin(m, s),
            DTM => self.date(m, s),
            LOC => self.location(m, s),
            RFF => self.reference(m, s),
            DOC => self.document(m, s),
            TDT => {
                self.section = Section::Leg;
                self.routing.legs.push(Leg::open(m, s));
                Outcome::Used
            }
            NAD => {
                // Parties of goods and boxes stand inside their groups.
                if matches!(self.section, Section::Head | Section::Aside | Section::Leg) {
                    self.section = Section::Party;
                }
                m.read_nad(s)
            }
            GID => {
                self.section = Section::Goods;
                self.goods.push(Goods::default());
                Outcome::Ignored
            }
            SGP => self.split(m, s),
            EQD => self.equipment(m, s),
            MEA => self.measure(m, s),
            SEL => self.seal(m, s),
            CNT => {
                if s.value(1, 1) == b"16" {
                    self.count = Some(s.at());
                }
                Outcome::Ignored
            }
            tag => {
                if matches!(self.section, Section::Head | Section::Aside) && ASIDE.contains(&tag) {
                    self.section = Section::Aside;
                }
                m.other(s, IGNORED)
            }
        }
    }

    /// Reads `BGM`; a bill of lading's number is a reference, a refusal books nothing.
    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.bgm = Some(s.at());
        if s.first(3) == b"27" || s.first(4) == b"RE" {
            self.refused = true;
            m.code = m.text(s, 1, 1).unwrap_or_default();
            m.document = m.text(s, 2, 1).unwrap_or_default();
            m.find(&f::BOOKING_REFUSED, s, (0, 0), "the booking was refused; nothing was booked");
            return Outcome::Found;
        }
        let outcome = m.read_bgm(s);
        self.references.extend(Named::bill(s.at(), &m.code, &m.document));
        outcome
    }

    /// Takes a date of a leg, or of the message.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match (self.section, self.routing.legs.last_mut()) {
            (Section::Head, _) if m.written.is_none() && m.read_written(s) => Outcome::Used,
            (Section::Head, _) if OTHER_DATES.contains(&s.first(1)) || s.first(1) == b"137" => {
                Outcome::Ignored
            }
            (Section::Head, _) => m.unused(s),
            (Section::Leg, Some(leg)) => leg.date(m, s),
            // Of a party, a document, an item of goods: none of them moves anything.
            _ => Outcome::Ignored,
        }
    }

    /// Takes a place of the contract or of a leg.
    fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match self.section {
            Section::Head => self.routing.place(m, s, false),
            Section::Leg => self.routing.place(m, s, true),
            _ => Outcome::Ignored,
        }
    }

    /// Takes a reference: of the booking, of goods or of a container.
    fn reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if let (Section::Leg, Some(leg)) = (self.section, self.routing.legs.last_mut())
            && m.read_ship_reference(s, &mut leg.ship)
        {
            return Outcome::Used;
        }
        let own = matches!(self.section, Section::Leg | Section::Party);
        let Some(reference) = m.read_reference(s).filter(|r| !own || r.kind != ReferenceKind::Other) else {
            return Outcome::Ignored;
        };
        self.home(m, s, Named::new(s.at(), reference, s.value(1, 1)));
        Outcome::Used
    }

    /// Takes a certificate of origin; other documents are known and left.
    fn document(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(certificate) = Named::certificate(m, s) else { return Outcome::Ignored };
        self.home(m, s, certificate);
        Outcome::Used
    }

    /// Puts a reference where it belongs.
    fn home(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, named: Named) {
        let home = match self.section {
            Section::Goods => self.goods.last_mut().map(|g| &mut g.references),
            Section::Box => self.boxes.last_mut().map(|b| &mut b.references),
            _ => None,
        };
        m.keep(home.unwrap_or(&mut self.references), s, named);
    }

    /// Takes the container that holds goods.
    fn split(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let (Some(number), Some(goods)) = (m.text(s, 1, 1), self.goods.last_mut()) else {
            return Outcome::Ignored;
        };
        goods.boxes.push((s.at(), bare(&number)));
        Outcome::Used
    }

    /// Takes a container; without a number it only asks for boxes of a size.
    fn equipment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.section = Section::Box;
        self.unnumbered = s.value(2, 1).trim_ascii().is_empty();
        if self.unnumbered {
            self.asked += 1;
            return Outcome::Ignored;
        }
        let Some(equipment) = m.read_equipment(s) else {
            self.unnumbered = true;
            return Outcome::Found;
        };
        let references = Vec::new();
        self.boxes.push(Boxed { at: s.at(), last: s.at(), equipment, references, mass: 0 });
        Outcome::Used
    }

    /// Takes the mass of a container.
    fn measure(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(boxed) = self.boxes.last_mut().filter(|_| self.section == Section::Box && !self.unnumbered)
        else {
            return Outcome::Ignored;
        };
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
        match (m.text(s, 1, 1), self.boxes.last_mut()) {
            (Some(seal), Some(boxed)) if !self.unnumbered && boxed.equipment.seals.len() < 20 => {
                boxed.equipment.seals.push(seal);
                Outcome::Used
            }
            _ => Outcome::Ignored,
        }
    }

    /// Makes the observations.
    fn close(mut self, m: &mut Reader<'_>) {
        if self.bgm.is_none() {
            m.say_not_begun("number to replace it by");
        }
        self.check_count(m);
        let of_goods = self.goods.iter_mut().flat_map(|g| &mut g.references);
        let of_boxes = self.boxes.iter_mut().flat_map(|b| &mut b.references);
        tell_apart(m, self.references.iter_mut().chain(of_goods).chain(of_boxes).collect());
        let plan = self.routing.plan(m);
        if !self.refused {
            self.observe(m, &plan);
        }
        self.routing.observe(m);
    }

    /// Compares `CNT+16` with the containers where all of them have numbers.
    fn check_count(&self, m: &mut Reader<'_>) {
        if let Some(s) = self.count.and_then(|at| m.segment(at))
            && self.asked == 0
            && !self.boxes.is_empty()
        {
            m.check_count(&s, self.boxes.len());
        }
    }
}
