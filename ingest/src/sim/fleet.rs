//! Services, ships and their calls, planned and as they came.

use super::ids;
use super::ports::{SITES, distance};
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute};

/// A weekly service: one ship a week leaves the first port.
pub(super) struct Service {
    /// Index into the carriers.
    pub(super) carrier: usize,
    /// Planned speed in tenths of a knot.
    pub(super) knots10: i64,
    /// Round trip in weeks, which is also the number of ships.
    pub(super) weeks: i64,
    /// Sites in order of call.
    pub(super) rotation: &'static [usize],
}

/// The services. Site numbers are those of `ports::SITES`.
pub(super) const SERVICES: [Service; 7] = [
    Service { carrier: 0, knots10: 155, weeks: 3, rotation: &[1, 15, 9, 3, 8, 6] },
    Service { carrier: 0, knots10: 150, weeks: 4, rotation: &[2, 10, 11, 16, 6, 8] },
    Service { carrier: 1, knots10: 165, weeks: 3, rotation: &[0, 4, 12, 8, 13] },
    Service { carrier: 1, knots10: 150, weeks: 4, rotation: &[10, 1, 16, 14, 5, 7, 8] },
    Service { carrier: 2, knots10: 145, weeks: 3, rotation: &[15, 2, 9, 3, 12] },
    Service { carrier: 2, knots10: 140, weeks: 3, rotation: &[6, 13, 8, 3, 14] },
    Service { carrier: 2, knots10: 140, weeks: 4, rotation: &[11, 1, 5, 6, 9] },
];

/// Names of ships; every ship's name begins with `SYNTHETIC`.
const NAMES: [&str; 24] = [
    "ALBATROSS",
    "BRAMBLING",
    "CORMORANT",
    "DUNLIN",
    "EGRET",
    "FULMAR",
    "GANNET",
    "HERON",
    "IBIS",
    "JACANA",
    "KITTIWAKE",
    "LAPWING",
    "MERGANSER",
    "NODDY",
    "OSPREY",
    "PETREL",
    "QUAIL",
    "RAZORBILL",
    "SKUA",
    "TERN",
    "UMBRETTE",
    "VANELLUS",
    "WHIMBREL",
    "XENUS",
];

/// A ship.
pub(super) struct Ship {
    pub(super) name: String,
    pub(super) imo: String,
    pub(super) call_sign: String,
    pub(super) service: usize,
}

/// A call of a ship at a site.
pub(super) struct Call {
    pub(super) ship: usize,
    pub(super) site: usize,
    /// Round trips of the ship before this one.
    pub(super) round: i64,
    pub(super) planned_arrival: Minute,
    pub(super) planned_departure: Minute,
    pub(super) arrival: Minute,
    pub(super) departure: Minute,
}

/// All ships with their calls.
pub(super) struct Fleet {
    pub(super) ships: Vec<Ship>,
    /// Calls, ship by ship in order of time.
    pub(super) calls: Vec<Call>,
    /// Calls at every site in order of arrival.
    pub(super) at_site: Vec<Vec<usize>>,
}

impl Fleet {
    /// Sails all ships from before `start` until well after `end`.
    pub(super) fn sail(seed: u64, start: Minute, end: Minute) -> Self {
        let mut rng = Rng::new(seed, "fleet");
        let (mut ships, mut calls) = (Vec::new(), Vec::new());
        for (service, s) in SERVICES.iter().enumerate() {
            let first = start - s.weeks * 7 * DAY + rng.between(0, 6 * 24) * HOUR;
            for week in 0..s.weeks {
                let ship = ships.len();
                let (name, imo) = (format!("SYNTHETIC {}", NAMES[ship % NAMES.len()]), ids::imo(ship));
                ships.push(Ship { name, imo, call_sign: ids::call_sign(ship), service });
                sail_one(&mut rng, &mut calls, ship, s, first + week * 7 * DAY, end + 60 * DAY);
            }
        }
        let mut at_site = vec![Vec::new(); SITES.len()];
        for (ix, call) in calls.iter().enumerate() {
            at_site[call.site].push(ix);
        }
        for list in &mut at_site {
            list.sort_by_key(|ix| (calls[*ix].arrival, *ix));
        }
        Self { ships, calls, at_site }
    }

    /// Returns the service of a call.
    pub(super) fn service(&self, call: usize) -> &'static Service {
        &SERVICES[self.ships[self.calls[call].ship].service]
    }

    /// Returns the voyage number of a call.
    pub(super) fn voyage(&self, call: usize) -> String {
        let Call { ship, round, .. } = self.calls[call];
        let number = 100 + 20 * i64::try_from(ship).unwrap_or(0) + round;
        format!("{number:03}{}", ["E", "W", "S"][self.service(call).carrier % 3])
    }

    /// Returns the next call of the same ship.
    pub(super) fn next(&self, call: usize) -> Option<usize> {
        let ship = self.calls[call].ship;
        self.calls.get(call + 1).filter(|c| c.ship == ship).map(|_| call + 1)
    }
}

/// Returns the planned sailing time in minutes.
pub(super) fn sailing(service: &Service, from: usize, to: usize) -> Minute {
    distance(from, to) * 600 / service.knots10
}

/// Returns the planned stay in port: what the round trip leaves over, shared equally.
pub(super) fn stay(service: &Service) -> Minute {
    let r = service.rotation;
    let sea: Minute = r.iter().zip(r.iter().cycle().skip(1)).map(|(a, b)| sailing(service, *a, *b)).sum();
    (service.weeks * 7 * DAY - sea) / i64::try_from(r.len()).unwrap_or(1)
}

fn sail_one(rng: &mut Rng, calls: &mut Vec<Call>, ship: usize, s: &Service, first: Minute, until: Minute) {
    let stay = stay(s);
    let mut planned = first;
    let mut before: Option<(usize, Minute, Minute)> = None;
    for leg in 0_usize.. {
        let site = s.rotation[leg % s.rotation.len()];
        let round = i64::try_from(leg / s.rotation.len()).unwrap_or(0);
        let (planned_arrival, planned_departure) = (planned, planned + stay);
        let arrival = match before {
            None => planned_arrival,
            Some((from, departed, late)) => {
                let earliest = planned_arrival - 3 * HOUR;
                (departed + actual_sailing(rng, sailing(s, from, site), late)).max(earliest)
            }
        };
        let departure = (arrival + 14 * HOUR).max(planned_departure + rng.between(-60, 120));
        calls.push(Call { ship, site, round, planned_arrival, planned_departure, arrival, departure });
        if planned > until {
            return;
        }
        before = Some((site, departure, (departure - planned_departure).max(0)));
        planned = planned_departure + sailing(s, site, s.rotation[(leg + 1) % s.rotation.len()]);
    }
}

/// Weather holds one leg in ten up; a late ship makes up for it by at most a tenth of the leg.
fn actual_sailing(rng: &mut Rng, planned: Minute, late: Minute) -> Minute {
    let weather = if rng.chance(100) { rng.between(4 * HOUR, 30 * HOUR) } else { 0 };
    let slower = rng.between(0, planned * 4 / 100);
    planned + weather + slower - late.min(planned / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_plausible() {
        for s in &SERVICES {
            assert!((140..=180).contains(&s.knots10));
            assert!((24 * HOUR..=45 * HOUR).contains(&stay(s)), "{}", stay(s) / HOUR);
        }
        assert_eq!(SERVICES.iter().map(|s| s.weeks).sum::<i64>(), 24);
    }

    #[test]
    fn ships_are_never_at_two_places() {
        let fleet = Fleet::sail(7, 0, 91 * DAY);
        assert_eq!(fleet.ships.len(), NAMES.len());
        for pair in fleet.calls.windows(2).filter(|p| p[0].ship == p[1].ship) {
            assert!(pair[0].arrival + 14 * HOUR <= pair[0].departure);
            let hours = (pair[1].arrival - pair[0].departure).max(1);
            let knots10 = distance(pair[0].site, pair[1].site) * 600 / hours;
            assert!(knots10 <= 185, "{knots10}");
        }
    }
}
