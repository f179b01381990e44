//! Containers, bookings and journeys: what truly happens, before anybody reports it.

use super::Settings;
use super::dialects::FORWARDERS;
use super::fleet::Fleet;
use super::ids;
use super::ports::SITES;
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute, start_of};
use sealane_data::observation::Kind;

/// A size: ISO 6346:1995 code, the 1984 code some terminals still send, TEU in hundredths, tare in kg.
pub(super) struct Size {
    pub(super) iso: &'static str,
    pub(super) old: &'static str,
    pub(super) teu: i64,
    pub(super) tare: i64,
}

/// The sizes with their TEU, written down here and not computed.
pub(super) const SIZES: [Size; 6] = [
    Size { iso: "22G1", old: "2200", teu: 100, tare: 2250 },
    Size { iso: "45G1", old: "4510", teu: 200, tare: 3900 },
    Size { iso: "42G1", old: "4300", teu: 200, tare: 3750 },
    Size { iso: "L5G1", old: "9510", teu: 225, tare: 4800 },
    Size { iso: "22R1", old: "2230", teu: 100, tare: 3100 },
    Size { iso: "45R1", old: "4530", teu: 200, tare: 4600 },
];

/// A container.
pub(super) struct Container {
    pub(super) number: String,
    /// Index into `SIZES`.
    pub(super) size: usize,
    /// Whether anybody ever tells its size.
    pub(super) size_told: bool,
}

/// A booking.
pub(super) struct Booking {
    pub(super) number: String,
    /// The master bill of lading; empty containers have none.
    pub(super) bl: Option<String>,
    pub(super) carrier: usize,
    pub(super) forwarder: usize,
    /// Which of a country's two exporters.
    pub(super) exporter: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) journeys: Vec<usize>,
}

impl Booking {
    /// Returns the forwarder's house bill of lading.
    pub(super) fn house_bl(&self) -> String {
        format!("SFW{}-{}", self.forwarder + 1, self.number)
    }
}

/// One sea leg: loaded at one call and discharged at a later one of the same ship.
#[derive(Clone, Copy)]
pub(super) struct Leg {
    pub(super) load: usize,
    pub(super) discharge: usize,
}

/// One thing that happened to a container.
#[derive(Clone, Copy)]
pub(super) struct Event {
    pub(super) kind: Kind,
    pub(super) at: Minute,
    pub(super) site: usize,
    /// The ship's call, for quay moves.
    pub(super) call: Option<usize>,
    pub(super) laden: bool,
    /// The trade as EDIFACT 8249 says it: 2 export, 3 import, 6 transshipment.
    pub(super) trade: u8,
}

/// One trip of one container.
pub(super) struct Journey {
    pub(super) container: usize,
    pub(super) booking: usize,
    pub(super) laden: bool,
    pub(super) legs: Vec<Leg>,
    /// In order of time; none after the end of the simulated time.
    pub(super) events: Vec<Event>,
    pub(super) weight: i64,
}

/// A container taken off a ship and put back on it to get at others: no throughput.
pub(super) struct Restow {
    pub(super) journey: usize,
    pub(super) call: usize,
    pub(super) off: Minute,
    pub(super) on: Minute,
}

/// The whole simulated world.
pub(super) struct World {
    pub(super) start: Minute,
    pub(super) end: Minute,
    pub(super) fleet: Fleet,
    pub(super) containers: Vec<Container>,
    pub(super) bookings: Vec<Booking>,
    pub(super) journeys: Vec<Journey>,
    pub(super) restows: Vec<Restow>,
}

/// Prefixes of booking numbers and bills of lading, by carrier.
const BOOKING_PREFIX: [&str; 3] = ["60", "ZZB", "C7Q"];
const BL_PREFIX: [&str; 3] = ["ZZAU", "ZZBM", "ZZCSIM"];
/// Where containers start; the three focus ports weigh more.
const HOMES: [usize; 26] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 1, 2, 3, 4, 5, 6, 7, 1];
/// Sizes as often as they occur.
const SIZE_MIX: [usize; 10] = [0, 0, 0, 1, 1, 1, 2, 3, 4, 5];

impl World {
    /// Lets everything happen.
    pub(super) fn run(settings: &Settings) -> Self {
        let start = start_of(settings.start);
        let end = start + i64::from(settings.days) * DAY;
        let fleet = Fleet::sail(settings.seed, start, end);
        let mut world = Self {
            start,
            end,
            fleet,
            containers: Vec::new(),
            bookings: Vec::new(),
            journeys: Vec::new(),
            restows: Vec::new(),
        };
        let mut rng = Rng::new(settings.seed, "containers");
        let wanted = usize::try_from(settings.containers).unwrap_or(0);
        while world.containers.len() < wanted {
            let group = [1, 1, 1, 2, 2, 3][rng.index(6)].min(wanted - world.containers.len());
            world.first_booking(&mut rng, group);
        }
        world.restow(&mut Rng::new(settings.seed, "restows"));
        world.forget_the_future();
        world
    }

    /// Makes some containers that share their first booking, and lets each go on by itself.
    fn first_booking(&mut self, rng: &mut Rng, group: usize) {
        let home = HOMES[rng.index(HOMES.len())];
        let latest = (self.end - self.start) * 7 / 10;
        let base = self.start + rng.between(HOUR, latest.max(2 * HOUR));
        let members: Vec<usize> = (0..group).map(|_| self.container(rng)).collect();
        let picked_up = rng.chance(900);
        let ready = self.ship_laden(rng, &members, home, base, picked_up);
        for (container, (site, free)) in members.into_iter().zip(ready) {
            self.go_on(rng, container, site, free);
        }
    }

    fn container(&mut self, rng: &mut Rng) -> usize {
        let ix = self.containers.len();
        let (size, size_told) = (rng.pick(&SIZE_MIX), !rng.chance(6));
        self.containers.push(Container { number: ids::container(ix), size, size_told });
        ix
    }

    /// Uses a container again, laden or moved empty to where it is wanted, up to two times.
    fn go_on(&mut self, rng: &mut Rng, container: usize, mut site: usize, mut free: Minute) {
        for _ in 0..2 {
            if free > self.end - DAY {
                return;
            }
            let base = free + rng.between(6 * HOUR, 4 * DAY);
            let lot = rng.between(0, 99);
            let after = match lot {
                0..=54 => self.ship_laden(rng, &[container], site, base, true),
                55..=74 => self.ship_empty(rng, container, site, base),
                _ => return,
            };
            let Some((next_site, next_free)) = after.into_iter().next() else { return };
            (site, free) = (next_site, next_free);
        }
    }

    /// Ships laden containers on one booking; returns where and when each is free again.
    fn ship_laden(
        &mut self,
        rng: &mut Rng,
        members: &[usize],
        from: usize,
        base: Minute,
        picked_up: bool,
    ) -> Vec<(usize, Minute)> {
        let pickups: Vec<Minute> = members.iter().map(|_| base + rng.between(0, 90)).collect();
        let gate_ins: Vec<Minute> = pickups.iter().map(|p| p + rng.between(6 * HOUR, 3 * DAY)).collect();
        let ready = gate_ins.iter().max().copied().unwrap_or(base) + 6 * HOUR;
        let legs = self.route(rng, from, ready, 180);
        let Some(last) = legs.last() else { return Vec::new() };
        let to = self.fleet.calls[last.discharge].site;
        let booking = self.book(rng, &legs, from, to, true);
        let times = pickups.into_iter().zip(gate_ins);
        members
            .iter()
            .zip(times)
            .map(|(container, (pickup, gate_in))| {
                let mut events = Vec::with_capacity(8);
                let gate = |kind, at, site, laden, trade| Event { kind, at, site, call: None, laden, trade };
                if picked_up {
                    events.push(gate(Kind::GateOut, pickup, from, false, 2));
                }
                events.push(gate(Kind::GateIn, gate_in, from, true, 2));
                let discharged = self.quay_moves(rng, &legs, true, &mut events);
                let out = discharged + rng.between(8 * HOUR, 5 * DAY);
                let back = out + rng.between(8 * HOUR, 4 * DAY);
                events.push(gate(Kind::GateOut, out, to, true, 3));
                events.push(gate(Kind::GateIn, back, to, false, 3));
                self.travel(rng, booking, *container, &legs, events);
                (to, back + HOUR)
            })
            .collect()
    }

    /// Moves one empty container to another port.
    fn ship_empty(
        &mut self,
        rng: &mut Rng,
        container: usize,
        from: usize,
        base: Minute,
    ) -> Vec<(usize, Minute)> {
        let legs = self.route(rng, from, base, 0);
        let Some(last) = legs.last() else { return Vec::new() };
        let to = self.fleet.calls[last.discharge].site;
        let booking = self.book(rng, &legs, from, to, false);
        let mut events = Vec::with_capacity(2);
        let discharged = self.quay_moves(rng, &legs, false, &mut events);
        self.travel(rng, booking, container, &legs, events);
        vec![(to, discharged + HOUR)]
    }

    fn travel(&mut self, rng: &mut Rng, booking: usize, container: usize, legs: &[Leg], events: Vec<Event>) {
        let laden = self.bookings[booking].bl.is_some();
        let cargo = if laden { rng.between(4000, 21_000) } else { 0 };
        let weight = SIZES[self.containers[container].size].tare + cargo;
        self.bookings[booking].journeys.push(self.journeys.len());
        self.journeys.push(Journey { container, booking, laden, legs: legs.to_vec(), events, weight });
    }

    fn book(&mut self, rng: &mut Rng, legs: &[Leg], from: usize, to: usize, laden: bool) -> usize {
        let ix = self.bookings.len();
        let carrier = legs.first().map_or(0, |leg| self.fleet.service(leg.load).carrier);
        let digits = ids::eight_digits(ix);
        let bl = laden.then(|| format!("{}{digits}", BL_PREFIX[carrier]));
        let number = format!("{}{digits}", BOOKING_PREFIX[carrier]);
        let (forwarder, exporter) = (rng.index(FORWARDERS.len()), rng.index(2));
        self.bookings.push(Booking {
            number,
            bl,
            carrier,
            forwarder,
            exporter,
            from,
            to,
            journeys: Vec::new(),
        });
        ix
    }

    /// Appends loading and discharge of every leg; returns when the last discharge was.
    fn quay_moves(&self, rng: &mut Rng, legs: &[Leg], laden: bool, events: &mut Vec<Event>) -> Minute {
        let mut at = 0;
        for (n, leg) in legs.iter().enumerate() {
            let (on, off) = (&self.fleet.calls[leg.load], &self.fleet.calls[leg.discharge]);
            let loaded = rng.between(on.arrival + (on.departure - on.arrival) * 55 / 100, on.departure - 30);
            let trade = if n == 0 { 2 } else { 6 };
            let call = Some(leg.load);
            events.push(Event { kind: Kind::Loaded, at: loaded, site: on.site, call, laden, trade });
            at = rng.between(off.arrival + 40, off.arrival + (off.departure - off.arrival) * 45 / 100);
            let trade = if n + 1 == legs.len() { 3 } else { 6 };
            let call = Some(leg.discharge);
            events.push(Event { kind: Kind::Discharged, at, site: off.site, call, laden, trade });
        }
        at
    }

    /// Finds ships from a site: one leg, or two with a change of ships; nothing if no ship comes.
    fn route(&self, rng: &mut Rng, from: usize, ready: Minute, changes_per_mille: i64) -> Vec<Leg> {
        let Some(first) = self.leg(rng, from, ready, None, 4) else { return Vec::new() };
        if !rng.chance(changes_per_mille) {
            return vec![first];
        }
        let hub = &self.fleet.calls[first.discharge];
        let service = self.fleet.ships[self.fleet.calls[first.load].ship].service;
        let second = self.leg(rng, hub.site, hub.departure + 6 * HOUR, Some((service, from)), 3);
        [Some(first), second].into_iter().flatten().collect()
    }

    /// Takes one of the next `choice` calls at a site and a later call of the same ship.
    ///
    /// `not` names the service to leave and the site not to return to.
    fn leg(
        &self,
        rng: &mut Rng,
        from: usize,
        ready: Minute,
        not: Option<(usize, usize)>,
        choice: usize,
    ) -> Option<Leg> {
        let fleet = &self.fleet;
        let list = &fleet.at_site[from];
        let first = list.partition_point(|c| fleet.calls[*c].arrival < ready);
        let other =
            |c: &&usize| not.is_none_or(|(service, _)| fleet.ships[fleet.calls[**c].ship].service != service);
        let next: Vec<usize> = list[first..].iter().filter(other).take(choice).copied().collect();
        let load = *next.get(rng.index(next.len()))?;
        let port = |site: usize| SITES[site].port;
        let mut later = Vec::new();
        let mut at = load;
        for _ in 1..fleet.service(load).rotation.len() {
            at = fleet.next(at)?;
            let site = fleet.calls[at].site;
            let back = not.is_some_and(|(_, origin)| port(origin) == port(site));
            if port(site) != port(from) && !back {
                later.push(at);
            }
        }
        let discharge = *later.get(rng.index(later.len()))?;
        Some(Leg { load, discharge })
    }

    /// Lifts a few containers off and back on at a call between their loading and discharge.
    fn restow(&mut self, rng: &mut Rng) {
        for (journey, j) in self.journeys.iter().enumerate() {
            for leg in &j.legs {
                if leg.discharge < leg.load + 2 || !rng.chance(25) {
                    continue;
                }
                let call = leg.load + 1 + rng.index(leg.discharge - leg.load - 1);
                let c = &self.fleet.calls[call];
                let stay = c.departure - c.arrival;
                let off = c.arrival + stay / 10 + rng.between(0, 60);
                let on = c.arrival + stay * 7 / 10 + rng.between(0, 60);
                if on <= self.end {
                    self.restows.push(Restow { journey, call, off, on });
                }
            }
        }
    }

    /// Drops what would happen after the end, so that feeds and truth know the same.
    fn forget_the_future(&mut self) {
        for journey in &mut self.journeys {
            let end = self.end;
            journey.events.retain(|e| e.at <= end);
        }
    }

    /// Returns the size-type code of a container, where it is told.
    pub(super) fn size(&self, container: usize) -> Option<&'static Size> {
        let c = &self.containers[container];
        c.size_told.then(|| &SIZES[c.size])
    }

    /// Returns whether a call lies within the simulated time, so that somebody reports it.
    pub(super) fn reports(&self, call: usize) -> bool {
        let c = &self.fleet.calls[call];
        c.arrival >= self.start && c.arrival <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::fleet::SERVICES;

    #[test]
    fn every_site_has_ships_and_cargo() {
        let world = World::run(&Settings::quarter(3));
        assert!(SERVICES.iter().flat_map(|s| s.rotation).all(|s| *s < SITES.len()));
        for (site, s) in SITES.iter().enumerate() {
            let moves =
                world.journeys.iter().flat_map(|j| &j.events).filter(|e| e.site == site && e.call.is_some());
            assert!(moves.count() > 100, "{}", s.node);
        }
        assert!(world.restows.len() > 20);
    }

    #[test]
    fn journeys_of_one_container_follow_each_other() {
        let world = World::run(&Settings::demo(5));
        let mut last = vec![0; world.containers.len()];
        let mut reused = 0;
        for j in &world.journeys {
            reused += i32::from(last[j.container] > 0);
            for e in &j.events {
                assert!(e.at > last[j.container], "{}", world.containers[j.container].number);
                last[j.container] = e.at;
            }
        }
        assert!(reused > 20, "{reused}");
    }
}
