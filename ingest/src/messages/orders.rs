//! Orders and permissions: what COPRAR, COPARN, COREOR, COHAOR and COPINO share.
//!
//! What is ordered is *planned*, never done: CODECO and COARRI tell what was. One planned move for
//! every `EQD` with a number; boxes that are only asked for make one booking without a container.
//! - **What**: the document code by the message's own table. The numbers of D.95B (11, 12, 43, 45)
//!   mean other papers in later directories (126, 129, 118, 121), so each table knows both, and
//!   none of them is read outside its message.
//! - **Where**: the terminal or depot that the move's row names, best first.
//! - **When**: the box's own date, else the truck's, else the ship's call. The time of writing is
//!   no time of a move.

use super::group::Group;
use super::listing::{self, Listing, end_of_group};
use super::parts::{DTM, GID, LOC, NAD, RFF, TDT};
use super::places::SharedPlace;
use super::reader::{Outcome, Reader};
use super::{Ignored, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use crate::message_findings as of;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation, Plan, Span, Trade};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// What an order asks for: document codes, the move, and where it is to happen, best first.
pub(super) type Order = (&'static [&'static str], Kind, &'static [&'static [u8]]);

/// What differs between the messages that order.
pub(super) struct Guide {
    /// What the document codes ask for.
    pub(super) orders: &'static [Order],
    /// What every other code asks for, where the message itself says it.
    pub(super) otherwise: Option<Order>,
    /// Whether the direction follows the box's trade where no code says it: export comes in.
    pub(super) by_trade: bool,
    /// Whether dates of the head are the ship's call at the port of the order.
    pub(super) calls: bool,
}

/// Where a truck takes a box or brings it.
pub(super) const IN: &[&[u8]] = &[b"165", b"99", b"9"];
/// Where a truck gets a box.
pub(super) const OUT: &[&[u8]] = &[b"165", b"98", b"11"];

/// What orders leave unread.
pub(super) const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"SGP"), "the container that holds the goods is named by `EQD`"),
    (Tag::new(b"PIA"), why::GOODS),
    (Tag::new(b"PCI"), why::GOODS),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"ATT"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DOC"), why::GOODS),
    (Tag::new(b"SEL"), "the seal of a box that is only asked for"),
    (Tag::new(b"DIM"), "overwide or overhigh cargo does not change the movement"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"GOR"), "customs are told by their own messages"),
    (Tag::new(b"DAM"), why::CONDITION),
    (Tag::new(b"COD"), why::CONDITION),
    (Tag::new(b"PCD"), why::CONDITION),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"MOA"), why::MONEY),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EQN"), "asks for a number of boxes that are not named yet"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// Dates on which a truck is wanted (`DTM` 2005), best first: pick-up, collection, delivery.
const WANTED: &[&[u8]] = &[b"200", b"234", b"2", b"17", b"69", b"10", b"64", b"63"];

/// Dates that are known and no move's: expiry (36), validity (206, 273, 719), weighing (798), cut-offs
/// (180, 407, 408), latest and earliest call (184, 392, 395, 400), dates of papers (4, 171, 182, 310).
const OTHER_DATES: &[&[u8]] = &[
    b"36", b"206", b"273", b"719", b"798", b"180", b"407", b"408", b"184", b"392", b"395", b"400", b"4",
    b"171", b"182", b"310", b"201", b"235", b"242", b"194",
];

/// Places of the head that repeat the ship's voyage or name an inland point.
const OTHER_PLACES: &[&[u8]] = &[
    b"5", b"8", b"60", b"61", b"13", b"76", b"94", b"92", b"125", b"152", b"153", b"164", b"175", b"20",
    b"1", b"18", b"14", b"147", b"80", b"197", b"57", b"87",
];

/// What dates of the head say of the ship's call.
const CALLS: &[(&[u8], Kind, Classifier)] = &[
    (b"132", Kind::VesselArrived, Classifier::Planned),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"133", Kind::VesselDeparted, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
];

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>, guide: &'static Guide) {
    listing::read(m, &mut Orders::new(guide));
}

/// Whose places, dates and references the head speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Message,
    Ship,
    Truck,
    Party,
    /// Goods, or boxes that are only asked for.
    Other,
}

/// An order while it is read.
struct Orders {
    guide: &'static Guide,
    bgm: usize,
    order: Option<Order>,
    of: Of,
    ship: Arc<VesselRef>,
    places: Vec<(Text, SharedPlace)>,
    calls: Vec<(Kind, Classifier, DeclaredTime, Span)>,
    truck: Option<DeclaredTime>,
    references: Few<Reference>,
    head_closed: bool,
    /// Of the container at hand: its ship, its depots and when it is wanted.
    own_ship: Option<Arc<VesselRef>>,
    own_places: Vec<(Text, SharedPlace)>,
    own_time: Option<(usize, DeclaredTime)>,
    asked: usize,
    numbered: bool,
}

impl Orders {
    fn new(guide: &'static Guide) -> Self {
        Self {
            guide,
            bgm: 0,
            order: None,
            of: Of::Message,
            ship: Arc::default(),
            places: Vec::new(),
            calls: Vec::new(),
            truck: None,
            references: Few::new(),
            head_closed: false,
            own_ship: None,
            own_places: Vec::new(),
            own_time: None,
            asked: 0,
            numbered: false,
        }
    }
}

impl Listing for Orders {
    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.bgm = s.at();
        let outcome = m.read_bgm(s);
        let listed = self.guide.orders.iter().find(|(codes, ..)| codes.contains(&m.code.as_str()));
        self.order = listed.copied().or(self.guide.otherwise);
        if self.order.is_none() && !self.guide.by_trade {
            let message = format!("document code `{}` does not say what {} orders", m.code, m.header.kind);
            m.find(&f::DOCUMENT_CODE, s, (1, 1), message);
        }
        outcome
    }

    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            GID => {
                self.of = Of::Other;
                Outcome::Ignored
            }
            NAD => {
                if self.of != Of::Other {
                    self.of = Of::Party;
                }
                m.read_nad(s)
            }
            TDT | LOC | DTM | RFF if self.of == Of::Other => Outcome::Ignored,
            TDT if matches!(s.first(1), b"20" | b"") => {
                self.of = Of::Ship;
                self.ship = m.read_ship(s);
                Outcome::Used
            }
            TDT => {
                self.of = Of::Truck;
                Outcome::Ignored
            }
            LOC => self.head_place(m, s),
            DTM => self.head_date(m, s),
            RFF => self.head_reference(m, s),
            _ => m.other(s, IGNORED),
        }
    }

    fn asks(&mut self, _: &mut Reader<'_>, s: &Segment<'_>) -> bool {
        let container = matches!(s.first(1), b"CN" | b"");
        let unnumbered = container && s.value(2, 1).trim_ascii().is_empty();
        self.asked += usize::from(unnumbered);
        self.of = if unnumbered { Of::Other } else { self.of };
        unnumbered
    }

    fn inside(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Option<Outcome> {
        match (s.tag(), s.first(1)) {
            (TDT, b"20") => self.own_ship = Some(m.read_ship(s)),
            (LOC, b"98" | b"99") => {
                let place = m.read_place(s)?;
                self.own_places.push((Text::from(if s.first(1) == b"98" { "98" } else { "99" }), place));
            }
            (DTM, qualifier) => {
                let Some(rank) = WANTED.iter().position(|q| *q == qualifier) else {
                    return OTHER_DATES.contains(&qualifier).then_some(Outcome::Ignored);
                };
                let Some(time) = m.read_time(s) else { return Some(Outcome::Found) };
                if self.own_time.is_none_or(|(best, _)| rank < best) {
                    self.own_time = Some((rank, time));
                }
            }
            _ => return None,
        }
        Some(Outcome::Used)
    }

    /// Makes the observations of the ship's call once its port is known.
    fn close_head(&mut self, m: &mut Reader<'_>) {
        if std::mem::replace(&mut self.head_closed, true) || self.ship.is_anonymous() {
            return;
        }
        let place = self.order.and_then(|(_, _, at)| self.place_of(m, at, None));
        for (kind, classifier, time, span) in &self.calls {
            m.observations.push(Observation {
                time: Some(*time),
                place: place.clone(),
                vessel: Some(self.ship.clone()),
                span: *span,
                ..Observation::new(*kind, *classifier)
            });
        }
    }

    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, group: &mut Group) {
        self.numbered = true;
        let (_, kind, at) = self.order_for(m, opened, group.said.equipment.as_ref());
        let place = self.place_of(m, at, Some(group));
        m.check_when_and_where(opened, true, place.is_some() || kind == Kind::Status);
        let own_time = group.time.map(|(_, time)| time).or(self.own_time.take().map(|(_, time)| time));
        let ship = self.own_ship.take().unwrap_or_else(|| self.ship.clone());
        let said = &mut group.said;
        (said.kind, said.classifier) = (kind, Classifier::Planned);
        said.references = m.behind(opened, &self.references, std::mem::take(&mut said.references));
        said.plan = group.ports.plan(m);
        said.time = own_time.or(self.truck).or_else(|| self.time_of_call(kind));
        said.place = place;
        said.vessel = (!ship.is_empty()).then_some(ship);
        said.status = (kind == Kind::Status).then(|| m.code.clone());
        self.own_places.clear();
    }

    /// Makes one booking of the boxes that are only asked for.
    fn close(&mut self, m: &mut Reader<'_>) {
        let Some(s) = m.segment(self.bgm) else { return };
        if self.asked > 0 {
            let message = format!("{} groups ask for boxes that have no number yet", self.asked);
            m.find(&of::BOXES_ASKED, &s, (0, 0), message);
        }
        let joins = self.references.iter().any(|r| r.kind != ReferenceKind::Other && r.joins());
        if self.numbered || !joins {
            return;
        }
        let head = |q: &str| self.places.iter().find(|(k, _)| k == q).map(|(_, p)| p.clone());
        let plan = Plan { load: head("9"), discharge: head("11"), delivery: head("7"), ..Plan::default() };
        m.observations.push(Observation {
            time: m.written,
            vessel: (!self.ship.is_empty()).then(|| self.ship.clone()),
            references: self.references.clone(),
            plan: plan.said(),
            span: m.span(&s, end_of_group(m, m.len())),
            ..Observation::new(Kind::Booked, Classifier::Actual)
        });
    }
}

impl Orders {
    /// Keeps a place of the head by its qualifier.
    fn head_place(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let qualifier = s.first(1);
        let known: &[&[u8]] = &[b"165", b"98", b"99", b"88", b"9", b"11", b"7", b"83"];
        // A barge's call is where it takes boxes and brings them; a ship's repeats its voyage.
        let call = qualifier == b"153" && self.of == Of::Truck;
        if !known.contains(&qualifier) && !call {
            return if OTHER_PLACES.contains(&qualifier) { Outcome::Ignored } else { m.unused(s) };
        }
        let Some(place) = m.read_place(s) else { return Outcome::Ignored };
        self.places.push((String::from_utf8_lossy(qualifier).as_ref().into(), place));
        Outcome::Used
    }

    /// Takes a date of the ship's call, of the truck's visit, or of the message.
    fn head_date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let qualifier = s.first(1);
        let truck = matches!(qualifier, b"132" | b"133" | b"7" | b"203") || WANTED.contains(&qualifier);
        match (self.of, CALLS.iter().find(|(q, ..)| *q == qualifier)) {
            (Of::Truck, _) if truck => {
                self.truck = self.truck.or(m.read_time(s));
                if self.truck.is_some() { Outcome::Used } else { Outcome::Found }
            }
            (Of::Ship, Some((_, kind, classifier))) if self.guide.calls => {
                let Some(time) = m.read_time(s) else { return Outcome::Found };
                self.calls.push((*kind, *classifier, time, m.span(s, s.at())));
                Outcome::Used
            }
            (Of::Ship | Of::Truck | Of::Party, _) => Outcome::Ignored,
            _ if truck || OTHER_DATES.contains(&qualifier) => Outcome::Ignored,
            _ => m.unused(s),
        }
    }

    /// Takes a reference of the whole order.
    fn head_reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if self.of == Of::Ship && m.read_ship_reference(s, &mut self.ship) {
            return Outcome::Used;
        }
        match m.read_reference(s) {
            // Constants and own numbers of a truck or party join nothing.
            Some(r) if self.of == Of::Message || r.kind != ReferenceKind::Other => {
                m.keep(&mut self.references, s, r);
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Used
    }

    /// Returns what is ordered for a box; a message without a direction has it by the box's trade.
    fn order_for(&self, m: &mut Reader<'_>, opened: &Segment<'_>, equipment: Option<&Equipment>) -> Order {
        const VISIT: &[&[u8]] = &[b"88", b"165", b"98", b"99", b"9", b"11", b"153"];
        let by_trade = match equipment.and_then(|e| e.trade).filter(|_| self.guide.by_trade) {
            Some(Trade::Export) => Some(Kind::GateIn),
            Some(Trade::Import) => Some(Kind::GateOut),
            _ => None,
        };
        if let Some(order) = self.order {
            return order;
        }
        if by_trade.is_none() && self.guide.by_trade {
            m.find(&of::DIRECTION_UNSAID, opened, (5, 1), "neither code nor trade says in or out");
        }
        (&[], by_trade.unwrap_or(Kind::Status), VISIT)
    }

    /// Returns the first place of a kind: the container's or the head's, whichever names the terminal.
    fn place_of(&self, m: &mut Reader<'_>, at: &[&[u8]], group: Option<&Group>) -> Option<SharedPlace> {
        at.iter().find_map(|q| {
            let own = match *q {
                b"165" => group.and_then(|g| g.said.place.clone()),
                b"9" => group.and_then(|g| g.ports.load.place(m)),
                b"11" => group.and_then(|g| g.ports.discharge.place(m)),
                _ => find(&self.own_places, q).filter(|_| group.is_some()).cloned(),
            };
            let both = [own, find(&self.places, q).cloned()];
            let terminal = both.iter().flatten().find(|p| p.facility.is_some()).cloned();
            terminal.or_else(|| both.into_iter().flatten().next())
        })
    }

    /// Returns the time of the ship's call that a quay move is planned for.
    fn time_of_call(&self, kind: Kind) -> Option<DeclaredTime> {
        let end = if kind == Kind::Loaded { Kind::VesselDeparted } else { Kind::VesselArrived };
        let calls = || self.calls.iter().filter(|_| kind.is_quay_move());
        let found = calls().find(|(k, ..)| *k == end).or_else(|| calls().next());
        found.map(|(_, _, time, _)| *time)
    }
}

/// Returns the first place with a qualifier.
fn find<'a>(places: &'a [(Text, SharedPlace)], qualifier: &[u8]) -> Option<&'a SharedPlace> {
    places.iter().find(|(q, _)| q.as_bytes() == qualifier).map(|(_, place)| place)
}
