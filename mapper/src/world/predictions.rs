//! Predictions: reckoned when the engine asks, published through the log, and compared with what happened.

use super::World;
use super::apply::Touched;
use super::tracks::Point;
use crate::along::Along;
use crate::eta::{Evidence, Made, Reckoned, Told, reckon, usual};
use crate::fold::calls::{CallWord, Visit};
use crate::fold::route::Chart;
use crate::fold::sailed::{Place, Waters};
use crate::route::{Basis, HorizonError, Published};
use crate::sea::SeaLines;
use crate::sea::sphere::metres;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use sealane_data::observation::{Classifier, Kind};
use sealane_data::places::NodeIx;
use sealane_data::prediction::{Predicted, Prediction};
use sealane_data::recorded::Recorded;
use std::ops::Range;
use std::sync::Arc;

/// Stops ahead of one ship that are predicted at most.
const STOPS: usize = 5;
/// A call that was told and passed longer ago than this without the ship is not waited for any more.
const WAITED: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Hours of positions that a speed is made of.
const SPEED_OVER: i64 = 24;
/// Hours under way that a speed needs.
const SPEED_NEEDS: f64 = 2.0;
/// Slower steps, in knots, are stops; faster ones are slips of a receiver.
const SAILING: Range<f64> = 3.0..35.0;
/// Hours that a ship stays in a port where nobody told how long.
const PORT_STAY: f64 = 24.0;
/// Predictions of a stop are kept so long, counted back from the newest.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 120);
/// Boxes planned for a port longer ago than this are no reason to expect the ship there.
const BOUND: SignedDuration = SignedDuration::from_hours(24 * 60);
/// A voyage is no longer than this.
const VOYAGE: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Ends of the horizons that errors are told by, in hours before the arrival; the last has none.
const HORIZONS: [u32; 7] = [6, 12, 24, 72, 168, 336, u32::MAX];

/// How long ships took from one port to another, in hours.
#[derive(Debug, Default)]
pub struct Voyages(FxHashMap<(NodeIx, NodeIx), Vec<f64>>);

/// What the reckoning of one ship's stops goes by.
struct Under<'a> {
    /// The last visit that has begun.
    last: Option<&'a Visit>,
    points: Vec<Point>,
    knots: Option<([f64; 3], f64)>,
    now: Timestamp,
}

impl World {
    /// Reckons when ships should reach their next stops, at an instant. Every stop is there, also where
    /// nothing has changed since it was last published.
    pub fn reckoned(&self, now: Timestamp) -> Vec<Prediction> {
        let mut voyages = Voyages::default();
        self.add_voyages(0..usize::MAX, &mut voyages);
        self.ships_at(0..usize::MAX).flat_map(|ship| self.reckoned_of(ship, &voyages, now)).collect()
    }

    /// Returns how many ships there are: predictions may be asked for by parts of them.
    pub fn ship_count(&self) -> usize {
        self.ships.all().len()
    }

    fn ships_at(&self, part: Range<usize>) -> impl Iterator<Item = u32> {
        self.ships.all().iter().skip(part.start).take(part.len()).copied()
    }

    /// Returns the predictions that are to be published at an instant: those of [`World::reckoned`] that
    /// differ from the last that was published of the stop by a quarter of an hour or more, and the end of
    /// those that nothing is known of any more.
    pub fn predictions(&self, now: Timestamp) -> Vec<Prediction> {
        let mut voyages = Voyages::default();
        self.add_voyages(0..usize::MAX, &mut voyages);
        self.predictions_of(0..usize::MAX, &voyages, now)
    }

    /// As [`World::predictions`], of the ships at some places in the order of ships.
    pub fn predictions_of(&self, part: Range<usize>, voyages: &Voyages, now: Timestamp) -> Vec<Prediction> {
        let news = |p: &Prediction| match self.prediction(&p.ship, &p.node.0) {
            Some(before) => p.differs(&before.prediction),
            None => p.eta.is_some() || p.overdue_since.is_some(),
        };
        self.ships_at(part).flat_map(|ship| self.reckoned_of(ship, voyages, now)).filter(news).collect()
    }

    fn reckoned_of(&self, ship: u32, voyages: &Voyages, now: Timestamp) -> Vec<Prediction> {
        let visits = Chart::visits(self, ship);
        let begun = |v: &&Visit| v.past().any(|m| m.at <= now);
        let last = visits.iter().rev().find(begun);
        let ahead = self.ahead(ship, &visits, last, now);
        if ahead.is_empty() {
            return Vec::new();
        }
        let points = self.points(ship, None);
        let knots = speed(&points);
        let under = Under { last, points, knots, now };
        let mut found = Vec::new();
        let mut before: Option<(NodeIx, Timestamp)> = None;
        for (node, visit) in ahead {
            let reckoned = self.stop(&under, before, node, visit, voyages);
            before = reckoned.arrival.map(|[eta, ..]| (node, leaves(visit, eta)));
            found.push(self.told_as(ship, node, reckoned, now));
        }
        found
    }

    fn told_as(&self, ship: u32, node: NodeIx, reckoned: Reckoned, now: Timestamp) -> Prediction {
        let empty = Prediction::none(self.ships.key(ship), self.node_id(self.places.port_of(node)), now);
        let [eta, earliest, latest] = match reckoned.arrival {
            Some(arrival) => arrival.map(Some),
            None => [None; 3],
        };
        let valid_until = reckoned.valid_until.unwrap_or(now);
        let (grounds, overdue_since) = (reckoned.grounds, reckoned.overdue_since);
        Prediction { eta, earliest, latest, grounds, overdue_since, valid_until, ..empty }
    }

    /// Returns the ports that a ship should come to next: the calls that were told and have not begun, else
    /// the one that most lately boxes on board were told to go to.
    fn ahead<'a>(
        &self,
        ship: u32,
        visits: &'a [Visit],
        last: Option<&Visit>,
        now: Timestamp,
    ) -> Vec<(NodeIx, Option<&'a Visit>)> {
        let since = last.and_then(Visit::end);
        let open = |v: &&Visit| {
            let begun = v.past().next().is_some() || v.omitted;
            let told = v.arrival.map(|m| m.at);
            let waited = told.is_some_and(|at| now.duration_since(at) <= WAITED);
            !begun && waited && since.is_none_or(|since| told > Some(since))
        };
        let told: Vec<_> = visits.iter().filter(open).take(STOPS).map(|v| (v.node, Some(v))).collect();
        if !told.is_empty() {
            return told;
        }
        let members = self.ships.members(ship).iter();
        let bound = members.filter_map(|m| self.bound.get(m)).flatten();
        let fresh = bound.filter(|(port, at)| {
            let been =
                last.is_some_and(|v| v.port == **port) || since.is_some_and(|since| **at < since - WAITED);
            !been && now.duration_since(**at) <= BOUND
        });
        let next = fresh.max_by_key(|(port, at)| (**at, **port)).filter(|_| last.is_some());
        next.map(|(port, _)| (*port, None)).into_iter().collect()
    }

    fn stop(
        &self,
        under: &Under<'_>,
        before: Option<(NodeIx, Timestamp)>,
        node: NodeIx,
        visit: Option<&Visit>,
        voyages: &Voyages,
    ) -> Reckoned {
        let from = before.map(|(node, _)| node).or(under.last.map(|v| v.port));
        let pair = from.map(|from| (self.places.port_of(from), self.places.port_of(node)));
        let left = under.last.and_then(|v| v.departure);
        let left = left.filter(|m| m.classifier == Classifier::Actual && m.at <= under.now);
        let departed = before.map(|(_, leaves)| leaves).or(left.map(|m| m.at));
        let evidence = Evidence {
            told: visit.and_then(|v| self.told_arrival(v)),
            made: self.made(under, before, node),
            departed,
            voyages: pair.and_then(|pair| voyages.0.get(&pair)).cloned().unwrap_or_default(),
        };
        reckon(&evidence, under.now)
    }

    /// Returns the arrival that leads among those told of a call that is ahead.
    fn told_arrival(&self, visit: &Visit) -> Option<Told> {
        let arrives = |w: &&CallWord| matches!(w.kind, Kind::VesselArrived | Kind::Berthed) && w.leads;
        let at = visit.arrival?.at;
        let word = visit.words.iter().filter(arrives).find(|w| w.at == at)?;
        let source = self.parties.id(word.party).clone();
        Some(Told { at, source, declared: word.basis == Basis::Declared })
    }

    /// Returns the progress of a ship towards a node: from where it is, or from a stop before it.
    fn made(&self, under: &Under<'_>, before: Option<(NodeIx, Timestamp)>, node: NodeIx) -> Option<Made> {
        let (knots, hours) = under.knots?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hours of a day")]
        let hours = hours.round() as u32;
        if let Some((from, leaves)) = before {
            let line = self.sea.path(&self.places, from, node).ok()?;
            // What lies before the stop is in its own arrival: here the time runs from when it is left.
            let left = SeaLines::length_nm(&line) * 1852.0;
            let ahead = leaves.duration_since(under.now).as_secs_f64() / 3_600.0 * 1852.0 * knots[1];
            return Some(Made { seen: under.now, left: left + ahead.max(0.0), knots, hours });
        }
        let last = under.points.last()?;
        let in_port = under.last.filter(|v| v.departure.is_none_or(|d| d.classifier != Classifier::Actual));
        if in_port.is_some_and(|v| last.spot().is_some_and(|s| self.places.port_of(s.node) == v.port)) {
            return None;
        }
        let left = self.left(under, last, node)?;
        Some(Made { seen: last.instant(), left, knots, hours })
    }

    /// Returns the metres by sea from a ship's last position to a node: along the line from the last port
    /// where it is on that, else by a way of its own.
    fn left(&self, under: &Under<'_>, last: &Point, node: NodeIx) -> Option<f64> {
        let line = under.last.and_then(|v| self.sea.path(&self.places, v.node, node).ok());
        let along = line.and_then(|line| Along::of(&line, last.position(), 0.0));
        if let Some(along) = along.filter(|a| !a.is_off()) {
            return Some(along.left);
        }
        let way = self.way(Place::At(last.position()), Place::Node(node))?;
        Some(SeaLines::length_nm(&way) * 1852.0)
    }

    /// Adds how long the ships at some places in the order of ships took from port to port.
    pub fn add_voyages(&self, part: Range<usize>, voyages: &mut Voyages) {
        for ship in self.ships_at(part) {
            for pair in Chart::visits(self, ship).windows(2) {
                let actual =
                    |m: Option<crate::route::Moment>| m.filter(|m| m.classifier == Classifier::Actual);
                let (Some(left), Some(came)) = (actual(pair[0].departure), actual(pair[1].arrival)) else {
                    continue;
                };
                let took = came.at.duration_since(left.at);
                if took.is_positive() && took <= VOYAGE {
                    let hours = took.as_secs_f64() / 3_600.0;
                    voyages.0.entry((pair[0].port, pair[1].port)).or_default().push(hours);
                }
            }
        }
    }

    /// Files what was published.
    pub(super) fn publish(&mut self, recorded: &Recorded, told: &Predicted, touched: &mut Touched) {
        for stop in &told.stops {
            let Some(node) = self.places.find(&stop.node.0) else { continue };
            let node = self.places.port_of(node);
            let published =
                Arc::new(Published { seq: recorded.seq, made: told.made, prediction: stop.clone() });
            let stops = self.published.entry((stop.ship.clone(), node)).or_default();
            let at = stops.partition_point(|p| (p.made, p.seq) < (told.made, recorded.seq));
            stops.insert(at, published);
            let newest = stops.last().map_or(told.made, |p| p.made);
            let old = stops.partition_point(|p| newest.duration_since(p.made) > KEPT);
            stops.drain(..old);
            touched.ships.extend(self.ships.by_key(&stop.ship));
        }
    }

    /// Returns everything that was published of a ship's arrival at a port, oldest first.
    pub fn published(&self, ship: &str, node: &str) -> Vec<Arc<Published>> {
        let Some(node) = self.places.find(node).map(|n| self.places.port_of(n)) else { return Vec::new() };
        let keys: Vec<_> = match self.ships.by_key(ship) {
            Some(ship) => self.ships.members(ship).iter().map(|m| self.ships.spelled(*m)).collect(),
            None => vec![ship],
        };
        let all = keys.into_iter().filter_map(|key| self.published.get(&(key.into(), node)));
        let mut all: Vec<Arc<Published>> = all.flatten().cloned().collect();
        all.sort_by_key(|p| (p.made, p.seq));
        all
    }

    /// Returns what was last published of a ship's arrival at a port.
    pub fn prediction(&self, ship: &str, node: &str) -> Option<Arc<Published>> {
        self.published(ship, node).pop()
    }

    /// Returns how far published arrivals were from what happened, by how long before the arrival they
    /// were made.
    ///
    /// A prediction belongs to the call of the ship at the port whose arrival, told or expected, lies nearest
    /// to it among those after it was made.
    pub fn prediction_errors(&self) -> Vec<HorizonError> {
        let mut errors: Vec<Vec<(f64, bool)>> = vec![Vec::new(); HORIZONS.len()];
        for ((key, port), stops) in &self.published {
            let Some(ship) = self.ships.by_key(key) else { continue };
            let visits = Chart::visits(self, ship);
            let arrivals = visits.iter().filter(|v| v.port == *port && !v.omitted);
            let arrivals: Vec<_> = arrivals.filter_map(|v| v.arrival).collect();
            for published in stops {
                let Some(eta) = published.prediction.eta else { continue };
                let after = arrivals.iter().filter(|m| m.at > published.made);
                let nearest = after.min_by_key(|m| m.at.duration_since(eta).abs());
                let Some(came) = nearest.filter(|m| m.classifier == Classifier::Actual) else { continue };
                // So far apart they are two calls, of which nobody told the other one yet.
                if came.at.duration_since(eta).abs() > WAITED {
                    continue;
                }
                let came = &came.at;
                let ahead = came.duration_since(published.made).as_secs_f64() / 3_600.0;
                let bucket = HORIZONS.iter().position(|end| ahead <= f64::from(*end)).unwrap_or(0);
                let within = published.prediction.earliest <= Some(*came)
                    && published.prediction.latest.is_some_and(|late| *came <= late);
                errors[bucket].push((eta.duration_since(*came).as_secs_f64() / 60.0, within));
            }
        }
        HORIZONS.into_iter().zip(errors).filter_map(|(end, errors)| horizon(end, errors)).collect()
    }
}

/// Returns when a ship should leave a stop that it should reach at an instant.
#[expect(clippy::cast_possible_truncation, reason = "hours of a stay")]
fn leaves(visit: Option<&Visit>, eta: Timestamp) -> Timestamp {
    let planned = visit.and_then(|v| Some((v.arrival?.at, v.departure?.at)));
    let stay = planned.map(|(from, to)| to.duration_since(from)).filter(SignedDuration::is_positive);
    let stay = stay.unwrap_or(SignedDuration::from_mins((PORT_STAY * 60.0) as i64));
    eta.checked_add(stay).unwrap_or(eta)
}

/// Returns the speeds that a ship makes under way, and how many hours of positions they stand on.
fn speed(points: &[Point]) -> Option<([f64; 3], f64)> {
    let newest = points.last()?.second();
    let from = points.partition_point(|p| p.second() < newest - SPEED_OVER * 3_600);
    let steps = points[from..].windows(2).map(|pair| {
        let hours = (pair[1].second() - pair[0].second()) as f64 / 3_600.0;
        (metres(pair[0].position(), pair[1].position()) / 1852.0 / hours, hours)
    });
    let mut speeds: Vec<(f64, f64)> = steps.filter(|(knots, _)| SAILING.contains(knots)).collect();
    let hours: f64 = speeds.iter().map(|(_, hours)| hours).sum();
    (hours >= SPEED_NEEDS).then(|| usual(&mut speeds)).flatten().map(|knots| (knots, hours))
}

fn horizon(end: u32, errors: Vec<(f64, bool)>) -> Option<HorizonError> {
    let count = errors.len();
    if count == 0 {
        return None;
    }
    let within = errors.iter().filter(|(_, within)| *within).count() as f64 / count as f64;
    let bias = errors.iter().map(|(error, _)| error).sum::<f64>() / count as f64;
    let mut sizes: Vec<f64> = errors.into_iter().map(|(error, _)| error.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    Some(HorizonError {
        hours: (end != u32::MAX).then_some(end),
        count: count as u64,
        mean: sizes.iter().sum::<f64>() / count as f64,
        median: sizes[count / 2],
        ninth: sizes[(count * 9 / 10).min(count - 1)],
        bias,
        within,
    })
}
