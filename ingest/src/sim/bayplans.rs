//! BAPLIE and VESDEP as the simulated terminals write them when a ship has left, and CALINF as the
//! carriers announce calls to them.

use super::Draft;
use super::carriers::round10;
use super::dialects::{CARRIERS, OFFICE, Shape, TERMINALS, Terminal};
use super::edi::{Envelope, Message, put};
use super::ports::SITES;
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute, dtm203, unb};
use super::world::World;
use std::collections::BTreeMap;

/// Journeys on board when a ship leaves a call, with their leg: by call.
type OnBoard = BTreeMap<usize, Vec<(usize, usize)>>;

/// Writes the bay plan of every departure, departure reports of some and announcements of others.
pub(super) fn write(world: &World, seed: u64, drafts: &mut Vec<Draft>) {
    let on_board = on_board(world);
    let mut rng = Rng::new(seed, "bay plans");
    for call in 0..world.fleet.calls.len() {
        let c = &world.fleet.calls[call];
        let at = c.departure + rng.between(10, 55);
        if !world.reports(call) {
            continue;
        }
        if call.is_multiple_of(4) {
            announce(world, call, drafts);
        }
        if c.departure > world.end {
            continue;
        }
        let desk = Desk { world, terminal: &TERMINALS[c.site], call, at };
        if let Some(boxes) = on_board.get(&call) {
            drafts.push(desk.draft("BAPLIE", false, desk.bay_plan(boxes)));
        }
        if call.is_multiple_of(3) {
            drafts.push(desk.draft("VESDEP", true, desk.departure()));
        }
    }
}

/// Finds who is on board when: from the call of loading to the one before discharge.
fn on_board(world: &World) -> OnBoard {
    let mut on_board = OnBoard::new();
    for (journey, j) in world.journeys.iter().enumerate() {
        for (leg, l) in j.legs.iter().enumerate() {
            for call in l.load..l.discharge {
                on_board.entry(call).or_default().push((journey, leg));
            }
        }
    }
    on_board
}

/// A terminal after one departure.
struct Desk<'a> {
    world: &'a World,
    terminal: &'static Terminal,
    call: usize,
    at: Minute,
}

impl Desk<'_> {
    fn dtm(&self, at: Minute) -> String {
        dtm203(at, SITES[self.terminal.site].port().offset)
    }

    fn document(&self, kind: &str) -> String {
        format!("{kind}{:06}", self.call)
    }

    /// Writes the bay plan: in the guide of 2.2 with verified masses, or in that of 2.0 without.
    fn bay_plan(&self, boxes: &[(usize, usize)]) -> Message {
        let (t, world) = (self.terminal, self.world);
        let later = t.shape == Shape::Group00;
        let document = self.document("BAY");
        let guide = if later { "SMDG22" } else { "SMDG20" };
        let mut m = Message::open(&document, &format!("BAPLIE:D:95B:UN:{guide}"), t.newline);
        put!(m, "BGM++{document}+9");
        let written = unb(self.at, SITES[t.site].port().offset).replace(':', "");
        put!(m, "DTM+137:{written}:201");
        self.transport(&mut m, "");
        put!(m, "LOC+5+{}", t.place);
        if let Some(next) = world.fleet.next(self.call) {
            put!(m, "LOC+61+{}:139:6", self.port(world.fleet.calls[next].site));
        }
        let c = &world.fleet.calls[self.call];
        put!(m, "DTM+178:{}:203", self.dtm(c.arrival));
        put!(m, "DTM+{}:{}:203", if later { 186 } else { 136 }, self.dtm(c.departure));
        put!(m, "RFF+VON:{}", world.fleet.voyage(self.call));
        for (journey, leg) in boxes {
            self.cell(&mut m, *journey, *leg);
        }
        m
    }

    /// Writes one cell; the container comes last.
    fn cell(&self, m: &mut Message, journey: usize, leg: usize) {
        let (t, world) = (self.terminal, self.world);
        let later = t.shape == Shape::Group00;
        let j = &world.journeys[journey];
        let leg = &j.legs[leg];
        let (bay, row, tier) = (journey % 38 * 2 + 1, journey % 17, 2 + journey % 9 * 2);
        put!(m, "LOC+147+{bay:03}{row:02}{tier:02}::5");
        if later {
            put!(m, "MEA+VGM++KGM:{}", j.weight);
        } else {
            put!(m, "MEA+WT++KGM:{}", j.weight);
        }
        let called = |call: usize| world.fleet.calls[call].site;
        put!(m, "LOC+9+{}:139:6", self.port(called(leg.load)));
        put!(m, "LOC+11+{}:139:6", self.port(called(leg.discharge)));
        let to = world.bookings[j.booking].to;
        if to != called(leg.discharge) {
            put!(m, "LOC+83+{}:139:6", self.port(to));
        }
        put!(m, "RFF+BM:1");
        let number = &world.containers[j.container].number;
        let size = match world.size(j.container) {
            Some(size) if t.old_sizes => size.old,
            Some(size) => size.iso,
            None => "",
        };
        put!(m, "EQD+CN+{number}+{size}+++{}", if j.laden { 5 } else { 4 });
        put!(m, "NAD+CA+{}:172:20", CARRIERS[world.bookings[j.booking].carrier].code);
        if size.ends_with("R1") && j.laden && later {
            put!(m, "FTX+AAA+++KEEP FROZEN");
        }
    }

    /// Writes the departure: in D.95B without any place, later with what is expected next.
    fn departure(&self) -> Message {
        let (t, fleet) = (self.terminal, &self.world.fleet);
        let later = t.shape == Shape::Group00;
        let document = self.document("DEP");
        let directory = if later { "D:00B:UN" } else { "D:95B:UN" };
        let mut m = Message::open(&document, &format!("VESDEP:{directory}"), t.newline);
        let c = &fleet.calls[self.call];
        put!(m, "BGM+124+{document}+9");
        if later {
            put!(m, "DTM+137:{}:203", self.dtm(self.at));
        }
        put!(m, "NAD+MS+{}", t.unb.split(':').next().unwrap_or_default());
        self.transport(&mut m, "1");
        if later {
            put!(m, "LOC+5+{}", t.place);
        }
        put!(m, "DTM+178:{}:203", self.dtm(c.arrival));
        put!(m, "DTM+{}:{}:203", if later { 186 } else { 136 }, self.dtm(c.departure));
        if let Some(next) = fleet.next(self.call).filter(|_| later) {
            let o = &fleet.calls[next];
            let late = (c.departure - c.planned_departure).max(0);
            put!(m, "LOC+61+{}:139:6", self.port(o.site));
            let offset = SITES[o.site].port().offset;
            put!(m, "DTM+132:{}:203", dtm203(round10(o.planned_arrival + late), offset));
        }
        put!(m, "QTY+118:{}", self.call % 700);
        m
    }

    fn transport(&self, m: &mut Message, mode: &str) {
        let (t, fleet) = (self.terminal, &self.world.fleet);
        let ship = &fleet.ships[fleet.calls[self.call].ship];
        let carrier = CARRIERS[fleet.service(self.call).carrier].code;
        let voyage = fleet.voyage(self.call);
        let id = if t.by_imo {
            format!("{}:146::{}", ship.imo, ship.name)
        } else {
            format!("{}:103:ZZZ:{}", ship.call_sign, ship.name)
        };
        put!(m, "TDT+20+{voyage}+{mode}++{carrier}:172:20+++{id}");
    }

    fn port(&self, site: usize) -> &'static str {
        SITES[site].port().codes[self.terminal.ports]
    }

    fn draft(&self, stem: &'static str, pinned: bool, message: Message) -> Draft {
        let t = self.terminal;
        let recipient = "SIMLINES:ZZZ";
        let envelope =
            Envelope { sender: t.unb, recipient, syntax: t.syntax, una: t.una, newline: t.newline };
        let offset = SITES[t.site].port().offset;
        let control = self.document(stem.get(..1).unwrap_or_default());
        let bytes = envelope.wrap(&unb(self.at, offset), &control, vec![message]);
        Draft { at: self.at, sender: t.party.to_owned(), stem, bytes, pinned }
    }
}

/// Announces a call three days ahead: the old directory puts all ports before all dates.
fn announce(world: &World, call: usize, drafts: &mut Vec<Draft>) {
    let fleet = &world.fleet;
    let c = &fleet.calls[call];
    let carrier = &CARRIERS[fleet.service(call).carrier];
    let at = (c.planned_arrival - 3 * DAY).max(world.start + HOUR);
    let document = format!("CAL{call:06}");
    let flat = carrier.shape == Shape::Flat95;
    let directory = if flat { "D:95B:UN" } else { "D:99B:UN" };
    let mut m = Message::open(&document, &format!("CALINF:{directory}"), carrier.newline);
    put!(m, "BGM+96+{document}+9");
    if !flat {
        put!(m, "DTM+137:{}:203", dtm203(at, OFFICE));
    }
    put!(m, "NAD+MS+{}:{}", carrier.code, carrier.list);
    let id = carrier.ship(&fleet.ships[c.ship]);
    put!(m, "TDT+20+{}+1++{}:{}+++{id}", fleet.voyage(call), carrier.code, carrier.list);
    let (mut places, mut dates) = (Vec::new(), Vec::new());
    let dtm = |qualifier: u8, at: Minute, site: usize| {
        format!("DTM+{qualifier}:{}:203", dtm203(round10(at), SITES[site].port().offset))
    };
    if let Some(before) = call.checked_sub(1).map(|b| &fleet.calls[b]).filter(|b| b.ship == c.ship)
        && before.arrival >= world.start
    {
        places.push(format!("LOC+5+{}", carrier.place(before.site)));
        dates.push(vec![dtm(136, before.planned_departure, before.site)]);
    }
    places.push(format!("LOC+153+{}", carrier.place(c.site)));
    dates.push(vec![dtm(132, c.planned_arrival, c.site), dtm(133, c.planned_departure, c.site)]);
    if flat {
        places.iter().chain(dates.iter().flatten()).for_each(|text| put!(m, "{text}"));
    } else {
        let mixed = places.iter().zip(&dates).flat_map(|(p, d)| std::iter::once(p).chain(d));
        mixed.for_each(|text| put!(m, "{text}"));
    }
    let (sender, recipient) = (carrier.unb, "SIMPORTS:ZZZ");
    let envelope =
        Envelope { sender, recipient, syntax: carrier.syntax, una: carrier.una, newline: carrier.newline };
    let bytes = envelope.wrap(&unb(at, OFFICE), &document, vec![m]);
    drafts.push(Draft { at, sender: carrier.party.to_owned(), stem: "CALINF", bytes, pinned: true });
}
