//! IFTSAI schedules and IFTSTA statuses as the simulated carriers write them.

use super::Draft;
use super::dialects::{CARRIERS, Carrier, OFFICE, Shape};
use super::edi::{Envelope, Message, put};
use super::feeds::{self, Dialect, Dialects, Post};
use super::fleet::sailing;
use super::ports::SITES;
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute, dtm203, unb};
use super::world::{Event, World};
use sealane_data::observation::Kind;
use std::collections::BTreeMap;

/// Hours between status reports.
const BATCH: Minute = 6 * HOUR;

/// Writes everything all carriers send.
pub(super) fn write(world: &World, seed: u64, dialects: Dialects, drafts: &mut Vec<Draft>) {
    for (ix, carrier) in CARRIERS.iter().enumerate() {
        let rng = Rng::new(seed, carrier.party);
        let dcsa = feeds::of(dialects, carrier.party) == Dialect::Dcsa;
        let mut desk = Desk { world, ix, carrier, rng, documents: 0, dcsa, drafts };
        desk.schedules();
        desk.statuses();
    }
}

/// One call in a schedule: place qualifier, call, and times with their qualifiers.
struct Line {
    qualifier: u8,
    call: usize,
    times: Vec<(u16, Minute)>,
}

struct Desk<'a> {
    world: &'a World,
    ix: usize,
    carrier: &'static Carrier,
    rng: Rng,
    documents: usize,
    /// Whether it pushes DCSA events instead of EDIFACT.
    dcsa: bool,
    drafts: &'a mut Vec<Draft>,
}

impl Desk<'_> {
    fn schedules(&mut self) {
        let fleet = &self.world.fleet;
        for call in 0..fleet.calls.len() {
            if fleet.service(call).carrier != self.ix || fleet.calls[call].arrival < self.world.start {
                continue;
            }
            self.plan(call);
            if self.world.reports(call) {
                self.arrived(call);
                if fleet.calls[call].departure <= self.world.end {
                    self.departed(call);
                }
            }
        }
    }

    /// Sends the plan of a round trip nine days before its first call that is reported.
    fn plan(&mut self, call: usize) {
        let fleet = &self.world.fleet;
        let c = &fleet.calls[call];
        let same = |other: usize| {
            let o = &fleet.calls[other];
            o.ship == c.ship && o.round == c.round && o.arrival >= self.world.start
        };
        let at = (c.planned_arrival - 9 * DAY).max(self.world.start + self.rng.between(5, 50));
        if at > self.world.end || call > 0 && same(call - 1) {
            return;
        }
        let calls = (call..fleet.calls.len()).take_while(|other| same(*other));
        let line = |call: usize| {
            let c = &fleet.calls[call];
            let times = vec![(232, c.planned_arrival), (189, c.planned_departure)];
            Line { qualifier: self.carrier.calls.2, call, times }
        };
        let lines: Vec<Line> = calls.map(line).collect();
        self.schedule(at, call, &lines);
    }

    fn arrived(&mut self, call: usize) {
        let c = &self.world.fleet.calls[call];
        let at = c.arrival + self.rng.between(15, 80);
        let leaves = round10(c.departure + self.rng.between(-90, 90)).max(at);
        let times = vec![(178, c.arrival), (133, leaves)];
        self.schedule(at, call, &[Line { qualifier: self.carrier.calls.1, call, times }]);
    }

    /// Sends the departure with estimates for the next calls, and half-way a better estimate.
    fn departed(&mut self, call: usize) {
        let fleet = &self.world.fleet;
        let (c, service) = (&fleet.calls[call], fleet.service(call));
        let at = c.departure + self.rng.between(15, 80);
        let times = vec![(178, c.arrival), (186, c.departure)];
        let mut lines = vec![Line { qualifier: self.carrier.calls.0, call, times }];
        let late = (c.departure - c.planned_departure).max(0);
        let mut ahead = fleet.next(call);
        for n in 0..3 {
            let Some(next) = ahead else { break };
            let o = &fleet.calls[next];
            let by_speed = c.departure + sailing(service, c.site, o.site);
            let arrival =
                if n == 0 { by_speed.max(o.planned_arrival - 2 * HOUR) } else { o.planned_arrival + late };
            let times = vec![(132, round10(arrival)), (133, round10(arrival + service_stay(o)))];
            lines.push(Line { qualifier: self.carrier.calls.2, call: next, times });
            ahead = fleet.next(next);
        }
        self.schedule(at, call, &lines);
        if let Some(next) = fleet.next(call) {
            let o = &fleet.calls[next];
            let half = at + (o.arrival - c.departure) / 2;
            if half < self.world.end && o.arrival - c.departure > DAY {
                let better = round10(o.arrival + self.rng.between(-100, 100));
                let times = vec![(132, better)];
                self.schedule(half, call, &[Line { qualifier: self.carrier.calls.2, call: next, times }]);
            }
        }
    }

    fn schedule(&mut self, at: Minute, call: usize, lines: &[Line]) {
        let carrier = self.carrier;
        let fleet = &self.world.fleet;
        let ship = &fleet.ships[fleet.calls[call].ship];
        let document = self.document();
        if self.dcsa {
            let mut post = Post::new(self.world, carrier, at, self.documents);
            for line in lines {
                for (qualifier, time) in &line.times {
                    post.time(line.call, *qualifier, *time);
                }
            }
            return self.push(at, post);
        }
        let mut m = Message::open(&document, &format!("IFTSAI:{}", carrier.schedule), carrier.newline);
        put!(m, "BGM+99+{document}+9");
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
        let other = if carrier.by_imo { &ship.call_sign } else { &ship.imo };
        let flat = carrier.shape == Shape::Flat95;
        if flat {
            put!(m, "RFF+VM:{other}");
        }
        self.transport(&mut m, call);
        if !flat {
            put!(m, "RFF+VM:{other}");
        }
        for line in lines {
            let site = fleet.calls[line.call].site;
            put!(m, "LOC+{}+{}", line.qualifier, self.carrier.place(site));
            for (qualifier, time) in &line.times {
                put!(m, "DTM+{qualifier}:{}:203", dtm203(*time, SITES[site].port().offset));
            }
        }
        put!(m, "NAD+CA+{}:{}", carrier.code, carrier.list);
        self.draft(at, "IFTSAI", vec![m]);
    }

    fn transport(&self, m: &mut Message, call: usize) {
        let (carrier, fleet) = (self.carrier, &self.world.fleet);
        let ship = &fleet.ships[fleet.calls[call].ship];
        let id = carrier.ship(ship);
        put!(m, "TDT+20+{}+1++{}:{}+++{id}", fleet.voyage(call), carrier.code, carrier.list);
    }

    /// Sends the statuses of containers, one message a booking and batch.
    fn statuses(&mut self) {
        let mut batches: BTreeMap<(Minute, usize), Vec<(usize, Event)>> = BTreeMap::new();
        for (ix, j) in self.world.journeys.iter().enumerate() {
            if self.world.bookings[j.booking].carrier == self.ix && j.laden {
                for e in j.events.iter().filter(|e| e.call.is_some()) {
                    batches.entry((e.at / BATCH, j.booking)).or_default().push((ix, *e));
                }
            }
        }
        let mut batches = batches.into_iter().peekable();
        while let Some(((window, booking), events)) = batches.next() {
            let at = (window + 1) * BATCH + self.rng.between(30, 120);
            if self.dcsa {
                self.document();
                let mut post = Post::new(self.world, self.carrier, at, self.documents);
                for (journey, event) in &events {
                    post.movement(*journey, event);
                }
                while let Some((_, events)) = batches.next_if(|((other, _), _)| *other == window) {
                    for (journey, event) in &events {
                        post.movement(*journey, event);
                    }
                }
                self.push(at, post);
                continue;
            }
            let mut messages = vec![self.status(at, booking, &events)];
            while let Some(((_, booking), events)) = batches.next_if(|((other, _), _)| *other == window) {
                messages.push(self.status(at, booking, &events));
            }
            self.draft(at, "IFTSTA", messages);
        }
    }

    fn status(&mut self, at: Minute, booking: usize, events: &[(usize, Event)]) -> Message {
        let document = self.document();
        let carrier = self.carrier;
        let b = &self.world.bookings[booking];
        let mut m = Message::open(&document, &format!("IFTSTA:{}", carrier.status), carrier.newline);
        put!(m, "BGM+23+{document}+9");
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
        put!(m, "NAD+CA+{}:{}", carrier.code, carrier.list);
        put!(m, "NAD+FW+SIM-FORWARDER-{}:160:ZZZ", b.forwarder + 1);
        let country = SITES[b.from].port().country;
        put!(m, "NAD+CZ+SIM-EXPORTER-{country}-{}:160:ZZZ", b.exporter + 1);
        let bl = b.bl.as_deref().unwrap_or_default();
        put!(m, "RFF+BM:{bl}");
        put!(m, "RFF+BN:{}", b.number);
        put!(m, "CNI+1+{bl}");
        for (journey, event) in events {
            self.one_status(&mut m, *journey, event);
        }
        m
    }

    fn one_status(&self, m: &mut Message, journey: usize, event: &Event) {
        let (carrier, world) = (self.carrier, self.world);
        let j = &world.journeys[journey];
        let b = &world.bookings[j.booking];
        put!(m, "STS+1+{}", if event.kind == Kind::Loaded { 48 } else { 29 });
        put!(m, "RFF+BN:{}", b.number);
        put!(m, "RFF+BM:{}", b.bl.as_deref().unwrap_or_default());
        let offset = SITES[event.site].port().offset;
        put!(m, "DTM+{}:{}:203", carrier.status_time, dtm203(event.at, offset));
        put!(m, "LOC+175+{}", self.carrier.place(event.site));
        if let Some(call) = event.call {
            self.transport(m, call);
            if carrier.shape == Shape::Group00 && event.kind == Kind::Loaded {
                self.onward(m, j, event);
            }
        }
        let size = world.size(j.container).map_or(String::new(), |s| format!("{}:102:5", s.iso));
        put!(m, "EQD+CN+{}+{size}+++5", world.containers[j.container].number);
    }

    /// Tells where the ship will discharge the container, and when by the plan.
    fn onward(&self, m: &mut Message, journey: &super::world::Journey, event: &Event) {
        if let Some(leg) = journey.legs.iter().find(|leg| Some(leg.load) == event.call) {
            let c = &self.world.fleet.calls[leg.discharge];
            put!(m, "LOC+11+{}", self.carrier.place(c.site));
            put!(m, "DTM+132:{}:203", dtm203(round10(c.planned_arrival), SITES[c.site].port().offset));
        }
    }

    fn document(&mut self) -> String {
        self.documents += 1;
        format!("{}{:07}", self.carrier.code, self.documents)
    }

    fn push(&mut self, at: Minute, post: Post<'_>) {
        let (sender, bytes) = (self.carrier.party.to_owned(), post.body());
        self.drafts.push(Draft { at, sender, stem: "DCSA-TNT", bytes, pinned: true });
    }

    fn draft(&mut self, at: Minute, stem: &'static str, messages: Vec<Message>) {
        let c = self.carrier;
        let (sender, recipient) = (c.unb, "SIMCLIENTS:ZZZ");
        let envelope = Envelope { sender, recipient, syntax: c.syntax, una: c.una, newline: c.newline };
        let bytes = envelope.wrap(&unb(at, OFFICE), &format!("{}{}", c.code, self.documents), messages);
        self.drafts.push(Draft { at, sender: c.party.to_owned(), stem, bytes, pinned: true });
    }
}

pub(super) fn round10(at: Minute) -> Minute {
    at / 10 * 10
}

fn service_stay(call: &super::fleet::Call) -> Minute {
    call.planned_departure - call.planned_arrival
}
