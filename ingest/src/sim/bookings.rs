//! IFTMBC, IFTMIN and IFTMCS of laden bookings: the carrier confirms, the forwarder instructs with its
//! house bill, the carrier writes the master bill.

use super::Draft;
use super::carriers::round10;
use super::dialects::{CARRIERS, Carrier, FORWARDERS, Forwarder, OFFICE, Shape};
use super::edi::{Envelope, Message, put};
use super::ports::SITES;
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute, dtm203, unb};
use super::world::{Booking, Journey, Leg, World};
use sealane_data::observation::Kind;

/// Writes all three messages of every laden booking, as far as it got.
pub(super) fn write(world: &World, seed: u64, drafts: &mut Vec<Draft>) {
    let mut rng = Rng::new(seed, "bookings");
    for (ix, booking) in world.bookings.iter().enumerate() {
        let before = rng.between(DAY, 4 * DAY);
        let (Some(bl), Some(first)) = (&booking.bl, begun(world, booking)) else { continue };
        let paper = Paper { world, ix, booking, bl, carrier: &CARRIERS[booking.carrier] };
        let at = (first - before).max(world.start + 30);
        paper.draft(at, "IFTMBC", paper.confirmation(at), drafts);
        if let Some(at) = instructed(world, ix) {
            paper.instruct(at, drafts);
        }
        if let Some(at) = sailed(world, booking) {
            paper.draft(at, "IFTMCS", paper.bill(at), drafts);
        }
    }
}

/// Returns when the first thing happens to a booking.
fn begun(world: &World, booking: &Booking) -> Option<Minute> {
    journeys(world, booking).filter_map(|j| j.events.first().map(|e| e.at)).min()
}

/// Returns when the forwarder instructs: two hours after the last container came through the gate.
pub(super) fn instructed(world: &World, ix: usize) -> Option<Minute> {
    let booking = &world.bookings[ix];
    booking.bl.as_ref()?;
    let gated = |j: &Journey| j.events.iter().find(|e| e.kind == Kind::GateIn && e.laden).map(|e| e.at);
    let all: Option<Vec<Minute>> = journeys(world, booking).map(gated).collect();
    all?.into_iter().max().map(|last| last + 2 * HOUR)
}

/// Returns when the bill is written: five hours after the ship left with every container.
fn sailed(world: &World, booking: &Booking) -> Option<Minute> {
    let loaded = |j: &Journey| j.events.iter().any(|e| e.kind == Kind::Loaded);
    let left = world.fleet.calls[legs(world, booking).first()?.load].departure;
    (journeys(world, booking).all(loaded) && left <= world.end).then_some(left + 5 * HOUR)
}

fn journeys<'a>(world: &'a World, booking: &'a Booking) -> impl Iterator<Item = &'a Journey> {
    booking.journeys.iter().map(|j| &world.journeys[*j])
}

fn legs<'a>(world: &'a World, booking: &'a Booking) -> &'a [Leg] {
    booking.journeys.first().map_or(&[], |j| &world.journeys[*j].legs)
}

/// The papers of one booking.
struct Paper<'a> {
    world: &'a World,
    ix: usize,
    booking: &'a Booking,
    bl: &'a str,
    carrier: &'static Carrier,
}

impl Paper<'_> {
    fn open(&self, kind: &str, document: &str) -> Message {
        let directory = if self.carrier.shape == Shape::Flat95 { "D:95B:UN" } else { "D:00B:UN" };
        Message::open(document, &format!("{kind}:{directory}"), self.carrier.newline)
    }

    /// Writes the confirmation: route by plan, and how many boxes of each size.
    fn confirmation(&self, at: Minute) -> Message {
        let document = format!("{}C{:07}", self.carrier.code, self.ix);
        let mut m = self.open("IFTMBC", &document);
        put!(m, "BGM+770+{document}+6+AP");
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
        put!(m, "TSR+30+2");
        put!(m, "RFF+BN:{}", self.booking.number);
        for leg in legs(self.world, self.booking) {
            self.leg(&mut m, leg, true);
        }
        self.parties(&mut m);
        put!(m, "GID+1");
        for j in journeys(self.world, self.booking) {
            let size = self.world.size(j.container).map_or("", |s| s.iso);
            put!(m, "EQD+CN++{size}:102:5");
            put!(m, "EQN+1");
        }
        m
    }

    /// Writes the bill of lading: both ends of the contract, the first ship, and the containers.
    fn bill(&self, at: Minute) -> Message {
        let document = format!("{}B{:07}", self.carrier.code, self.ix);
        let mut m = self.open("IFTMCS", &document);
        put!(m, "BGM+705+{}+9", self.bl);
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
        put!(m, "LOC+9+{}", self.carrier.place(self.booking.from));
        put!(m, "LOC+11+{}", self.carrier.place(self.booking.to));
        put!(m, "RFF+BN:{}", self.booking.number);
        put!(m, "CPI+4++P");
        if let Some(leg) = legs(self.world, self.booking).first() {
            self.leg(&mut m, leg, false);
        }
        self.parties(&mut m);
        put!(m, "GID+1+{}:CT", 40 * self.booking.journeys.len());
        put!(m, "FTX+AAA+++SYNTHETIC CARGO");
        for j in journeys(self.world, self.booking) {
            put!(m, "SGP+{}", self.world.containers[j.container].number);
        }
        self.boxes(&mut m);
        m
    }

    /// Writes a leg by plan, or with its actual departure.
    fn leg(&self, m: &mut Message, leg: &Leg, planned: bool) {
        let (carrier, fleet) = (self.carrier, &self.world.fleet);
        let (on, off) = (&fleet.calls[leg.load], &fleet.calls[leg.discharge]);
        let id = carrier.ship(&fleet.ships[on.ship]);
        put!(m, "TDT+20+{}+1++{}:{}+++{id}", fleet.voyage(leg.load), carrier.code, carrier.list);
        let dtm = |at: Minute, site: usize| dtm203(at, SITES[site].port().offset);
        put!(m, "LOC+9+{}", carrier.place(on.site));
        if planned {
            put!(m, "DTM+133:{}:203", dtm(round10(on.planned_departure), on.site));
            put!(m, "DTM+180:{}:203", dtm(round10(on.planned_arrival - DAY), on.site));
        } else {
            put!(m, "DTM+186:{}:203", dtm(on.departure, on.site));
        }
        put!(m, "LOC+11+{}", carrier.place(off.site));
        if planned {
            put!(m, "DTM+132:{}:203", dtm(round10(off.planned_arrival), off.site));
        }
    }

    fn parties(&self, m: &mut Message) {
        put!(m, "NAD+CA+{}:{}", self.carrier.code, self.carrier.list);
        put!(m, "NAD+FW+SIM-FORWARDER-{}:160:ZZZ", self.booking.forwarder + 1);
        let country = SITES[self.booking.from].port().country;
        put!(m, "NAD+CZ+SIM-EXPORTER-{country}-{}:160:ZZZ", self.booking.exporter + 1);
    }

    fn boxes(&self, m: &mut Message) {
        for j in journeys(self.world, self.booking) {
            let number = &self.world.containers[j.container].number;
            let size = self.world.size(j.container).map_or(String::new(), |s| format!("{}:102:5", s.iso));
            put!(m, "EQD+CN+{number}+{size}+2++5");
        }
    }

    /// Sends the forwarder's instruction, with its house bill at the head or with the goods.
    fn instruct(&self, at: Minute, drafts: &mut Vec<Draft>) {
        let f = &FORWARDERS[self.booking.forwarder];
        let document = format!("SI{:07}", self.ix);
        let mut m = Message::open(&document, &format!("IFTMIN:{}", f.instruction), f.newline);
        put!(m, "BGM+340+{document}+9");
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
        put!(m, "LOC+9+{}:139:6", SITES[self.booking.from].port().codes[0]);
        put!(m, "LOC+11+{}:139:6", SITES[self.booking.to].port().codes[0]);
        put!(m, "RFF+BN:{}", self.booking.number);
        if !f.splits {
            put!(m, "RFF+{}:{}", f.house, self.booking.house_bl());
        }
        put!(m, "NAD+FW+SIM-FORWARDER-{}:160:ZZZ", self.booking.forwarder + 1);
        put!(m, "GID+1+{}:CT", 40 * self.booking.journeys.len());
        put!(m, "MEA+AAE+G+KGM:{}", journeys(self.world, self.booking).map(|j| j.weight).sum::<i64>());
        if f.splits {
            put!(m, "RFF+{}:{}", f.house, self.booking.house_bl());
            for j in journeys(self.world, self.booking) {
                put!(m, "SGP+{}", self.world.containers[j.container].number);
            }
        }
        self.boxes(&mut m);
        drafts.push(instruction(f, at, &document, m));
    }

    fn draft(&self, at: Minute, stem: &'static str, message: Message, drafts: &mut Vec<Draft>) {
        let c = self.carrier;
        let (sender, recipient) = (c.unb, "SIMCLIENTS:ZZZ");
        let envelope = Envelope { sender, recipient, syntax: c.syntax, una: c.una, newline: c.newline };
        let control = format!("{}{:07}", stem.get(5..).unwrap_or_default(), self.ix);
        let bytes = envelope.wrap(&unb(at, OFFICE), &control, vec![message]);
        drafts.push(Draft { at, sender: c.party.to_owned(), stem, bytes, pinned: true });
    }
}

fn instruction(f: &Forwarder, at: Minute, document: &str, message: Message) -> Draft {
    let recipient = "SIMLINES:ZZZ";
    let envelope = Envelope { sender: f.unb, recipient, syntax: f.syntax, una: false, newline: f.newline };
    let bytes = envelope.wrap(&unb(at, OFFICE), document, vec![message]);
    Draft { at, sender: f.party.to_owned(), stem: "IFTMIN", bytes, pinned: true }
}
