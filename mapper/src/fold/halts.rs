//! Halts: where a ship stopped, and when it came into a port and left it, by its positions.
//!
//! A halt begins with a position and lasts while the ship stays within some hundred metres of it; at a
//! quay it lasts until the ship is 600 m off the berth line, although 300 m make one come to it. One
//! position outside is a slip of the receiver, two are a departure. Only what was seen counts as
//! stopping: a gap of more than six hours adds nothing, so a hole in coverage invents no stop.

use crate::areas::{apart, between};
use crate::nodes::{By, NodeIndex, Spot, from_berth};
use crate::world::tracks::Point;
use jiff::{SignedDuration, Timestamp};
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Places};
use std::collections::BTreeMap;

/// Metres that a ship at rest stays within: at anchor it swings round.
const SWING: f64 = 900.0;
/// Metres that a ship moves at least when it shifts to another berth.
const SHIFT: f64 = 250.0;
/// Metres from a berth line that end a stay at it; 300 begin one.
const OFF_BERTH: f64 = 600.0;
/// Longer steps between two positions are gaps: nothing is known of what lies between.
const GAP: i64 = 6 * 3_600;
/// After a longer gap at one place it is another stay.
const LONG_GAP: i64 = 24 * 3_600;
/// Steps up to this tell when an edge was crossed.
const STEP: i64 = 3 * 3_600;
/// Knots above which a last position outside needs no second one.
const SAILS: f64 = 3.0;
/// Seconds away from a port after which a ship that comes back makes another call.
const AWAY: i64 = 12 * 3_600;

/// One stop of a ship.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Halt {
    pub(crate) spot: Spot,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// Its first and last position.
    first: usize,
    last: usize,
}

impl Halt {
    /// Returns its first position.
    pub(crate) fn first(&self) -> usize {
        self.first
    }
}

/// An instant that was read off positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) at: Timestamp,
    /// Whether positions on both sides of it are near: else it may have been hours before.
    pub(crate) sharp: bool,
    /// The position that tells it.
    pub(crate) by: usize,
}

/// A ship's stay in a port with at least one stop.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PortStay {
    pub(crate) port: NodeIx,
    pub(crate) arrived: Seen,
    pub(crate) halts: Vec<Halt>,
    /// When it left its last stop; nothing while it has not left the port.
    pub(crate) left: Option<Seen>,
    /// When it was last seen there.
    pub(crate) until: Timestamp,
}

/// A way through a node's area without a stop there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Transit {
    pub(crate) node: NodeIx,
    pub(crate) entered: Timestamp,
    pub(crate) left: Timestamp,
}

/// Returns the seconds that a ship must be seen at rest for a stop there.
fn dwell(by: By) -> i64 {
    match by {
        By::Area | By::BerthLine => 20 * 60,
        By::Anchorage | By::PortArea => 60 * 60,
        // Ships drift and wait off ports that they do not call at.
        By::NearPort => 3 * 3_600,
    }
}

/// What is read from positions by time.
pub(crate) struct Watch<'a> {
    pub(crate) points: &'a [Point],
    pub(crate) index: &'a NodeIndex,
    pub(crate) places: &'a Places,
}

impl Watch<'_> {
    fn port(&self, at: usize) -> Option<NodeIx> {
        self.points[at].spot().map(|s| self.places.port_of(s.node))
    }

    fn seconds(&self, from: usize, to: usize) -> i64 {
        self.points[to].second() - self.points[from].second()
    }

    /// Returns a ship's stays in ports, by time.
    pub(crate) fn stays(&self) -> Vec<PortStay> {
        let halts = self.halts();
        let mut stays: Vec<Vec<Halt>> = Vec::new();
        for halt in halts {
            let port = self.places.port_of(halt.spot.node);
            match stays.last_mut().filter(|stay| self.goes_on(stay, port, &halt)) {
                Some(stay) => stay.push(halt),
                None => stays.push(vec![halt]),
            }
        }
        stays.into_iter().filter_map(|halts| self.stay(halts)).collect()
    }

    /// Whether a halt is part of the stay of the one before it: the same port, and not long away between.
    fn goes_on(&self, stay: &[Halt], port: NodeIx, halt: &Halt) -> bool {
        let Some(before) = stay.last() else { return false };
        let away = (before.last..halt.first).filter(|i| {
            self.port(*i) != Some(port)
                || self.port(i + 1) != Some(port)
                || self.seconds(*i, i + 1) > LONG_GAP
        });
        let away: i64 = away.map(|i| self.seconds(i, i + 1)).sum();
        self.places.port_of(before.spot.node) == port && away <= AWAY
    }

    fn stay(&self, halts: Vec<Halt>) -> Option<PortStay> {
        let (first, last) = (halts.first()?, halts.last()?);
        let port = self.places.port_of(first.spot.node);
        let arrived = self.arrival(first, port);
        let (left, until) = self.departure(last, port);
        Some(PortStay { port, arrived, halts, left, until })
    }

    /// When the ship came into the port's areas before its first stop; where the port has none, when it stopped.
    fn arrival(&self, first: &Halt, port: NodeIx) -> Seen {
        let stopped = |sharp| Seen { at: first.from, sharp, by: first.first };
        if !first.spot.is_firm() {
            return stopped(first.first > 0 && self.seconds(first.first - 1, first.first) <= STEP);
        }
        let mut entry = first.first;
        let inside =
            |i: usize| self.points[i].spot().is_some_and(Spot::is_firm) && self.port(i) == Some(port);
        while entry > 0 && inside(entry - 1) && self.seconds(entry - 1, entry) <= GAP {
            entry -= 1;
        }
        match entry.checked_sub(1).filter(|before| self.seconds(*before, entry) <= STEP) {
            Some(before) => Seen { at: self.crossed(before, entry, port), sharp: true, by: entry },
            None => Seen { at: self.points[entry].instant(), sharp: false, by: entry },
        }
    }

    /// When on the way between two positions the ship came into a port's areas.
    fn crossed(&self, outside: usize, inside: usize, port: NodeIx) -> Timestamp {
        let (a, b) = (&self.points[outside], &self.points[inside]);
        let within = |at: Position| {
            self.index.spot(at).is_some_and(|s| s.is_firm() && self.places.port_of(s.node) == port)
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..16 {
            let middle = f64::midpoint(low, high);
            if within(between(a.position(), b.position(), middle)) { high = middle } else { low = middle }
        }
        part(a, b, high)
    }

    /// When the ship left its last stop, once it is seen to have left the port, and when it was last there.
    fn departure(&self, last: &Halt, port: NodeIx) -> (Option<Seen>, Timestamp) {
        let n = self.points.len();
        let out = |i: usize| self.port(i) != Some(port);
        let sails = |i: usize| self.points[i].knots().is_some_and(|k| k >= SAILS);
        let gone = (last.last + 1..n).find(|i| out(*i) && (sails(*i) || (i + 1 < n && out(i + 1))));
        let there = gone.map_or(n, |gone| gone) - 1;
        let left = gone.map(|_| Seen {
            at: last.until,
            sharp: self.seconds(last.last, last.last + 1) <= STEP,
            by: last.last,
        });
        (left, self.points[there.max(last.last)].instant())
    }

    fn halts(&self) -> Vec<Halt> {
        let (mut found, mut from) = (Vec::new(), 0);
        while from < self.points.len() {
            let rest = self.rest(from);
            from = match self.halt(&rest) {
                Some(halt) => {
                    found.push(halt);
                    rest.last().map_or(from, |last| *last) + 1
                }
                // Nothing that drifts off every port can be a stop: each position is looked at once.
                None if rest.iter().all(|i| self.points[*i].spot().is_none()) => {
                    rest.last().map_or(from, |last| *last) + 1
                }
                None => from + 1,
            };
        }
        found
    }

    /// Returns the positions that a ship rests at from one on, without slips of the receiver.
    fn rest(&self, from: usize) -> Vec<usize> {
        let mut rest = vec![from];
        let mut quay = self.quay(from);
        for next in from + 1..self.points.len() {
            let last = *rest.last().unwrap_or(&from);
            if self.seconds(last, next) > LONG_GAP {
                break;
            }
            if self.remains(from, quay, next) {
                quay = quay.or(self.quay(next));
                rest.push(next);
            } else if self.has_left(from, quay, next) {
                break;
            }
        }
        rest
    }

    fn quay(&self, at: usize) -> Option<NodeIx> {
        self.points[at].spot().filter(|s| s.at_quay()).map(|s| s.node)
    }

    /// Whether a ship that rests since a position, at a quay or not, still does so at another one.
    fn remains(&self, since: usize, quay: Option<NodeIx>, at: usize) -> bool {
        let here = self.points[at].position();
        let moved = apart(self.points[since].position(), here);
        let there = self.quay(at);
        let shifted = there.is_some() && there != quay && moved > SHIFT;
        let off = quay.is_some_and(|q| there != Some(q) && from_berth(self.places.node(q), here) > OFF_BERTH);
        moved <= SWING && !shifted && !off
    }

    /// Whether a position outside is more than a slip: the next one is outside too, or the ship sails.
    fn has_left(&self, since: usize, quay: Option<NodeIx>, at: usize) -> bool {
        let sails = || self.points[at].knots().is_some_and(|k| k >= SAILS);
        match self.points.get(at + 1) {
            Some(_) => !self.remains(since, quay, at + 1),
            None => sails(),
        }
    }

    /// Returns the halt that positions at rest make; nothing where the ship was not seen to stop.
    fn halt(&self, rest: &[usize]) -> Option<Halt> {
        let (first, last) = (*rest.first()?, *rest.last()?);
        let spot = self.of(rest)?;
        let steps = rest.windows(2).map(|pair| self.seconds(pair[0], pair[1]));
        let seen: i64 = steps.filter(|step| *step <= GAP).sum();
        let (from, until) = (self.points[first].instant(), self.points[last].instant());
        (seen >= dwell(spot.by)).then_some(Halt { spot, from, until, first, last })
    }

    /// Returns what positions at rest belong to: a quay if one does, else what most of them say.
    fn of(&self, rest: &[usize]) -> Option<Spot> {
        let mut counts: BTreeMap<Spot, usize> = BTreeMap::new();
        for spot in rest.iter().filter_map(|i| self.points[*i].spot()) {
            *counts.entry(spot).or_default() += 1;
        }
        let most = |quay: bool| {
            let fit = counts.iter().filter(|(s, _)| s.at_quay() == quay);
            fit.max_by_key(|(s, n)| (**n, std::cmp::Reverse(**s))).map(|(s, _)| *s)
        };
        most(true).or_else(|| most(false))
    }

    /// Returns the ways through areas without a stop, also where no position lies in the area.
    pub(crate) fn transits(&self) -> Vec<Transit> {
        let halts = self.halts();
        let mut found: Vec<Transit> = Vec::new();
        for (a, b) in self.points.iter().zip(self.points.iter().skip(1)) {
            if b.second() - a.second() > STEP {
                continue;
            }
            for crossing in self.index.crossings(a.position(), b.position()) {
                let (entered, left) = (part(a, b, crossing.enters), part(a, b, crossing.leaves));
                // A piece that begins where the last one ended goes on with it.
                let on = |t: &&mut Transit| {
                    t.node == crossing.node
                        && entered.duration_since(t.left).abs() <= SignedDuration::from_secs(1)
                };
                match found.iter_mut().rev().find(on) {
                    Some(transit) => transit.left = left,
                    None => found.push(Transit { node: crossing.node, entered, left }),
                }
            }
        }
        found.retain(|t| {
            !halts.iter().any(|h| {
                let node = self.places.within(h.spot.node, t.node);
                node && h.from <= t.left && h.until >= t.entered
            })
        });
        found
    }

    /// Returns where the ship was at an instant, if positions on both sides are near it.
    pub(crate) fn at(&self, instant: Timestamp) -> Option<Position> {
        let second = instant.as_second();
        let after = self.points.partition_point(|p| p.second() < second);
        let (a, b) = (self.points.get(after.checked_sub(1)?)?, self.points.get(after)?);
        let step = b.second() - a.second();
        let share = (second - a.second()) as f64 / step.max(1) as f64;
        (step <= STEP).then(|| between(a.position(), b.position(), share))
    }
}

/// Returns the instant a share of the way from one position to another.
#[expect(clippy::cast_possible_truncation, reason = "a share of a few hours")]
fn part(a: &Point, b: &Point, share: f64) -> Timestamp {
    let ahead = ((b.second() - a.second()) as f64 * share).round() as i64;
    a.instant().checked_add(SignedDuration::from_secs(ahead)).unwrap_or(a.instant())
}

#[cfg(test)]
mod tests;
