//! Where ships were: positions by time, whatever the order they came in, and not more than memory holds.
//!
//! What is kept is a function of what was told, never of when it came. Of five minutes the first
//! position is kept; a day later, of an hour under way and of four hours at rest the first one and the
//! last one of each place, so that when a ship came and left stays as it was; after 120 days nothing.

use crate::nodes::{By, Spot};
use jiff::Timestamp;
use sealane_data::fix::Fix;
use sealane_data::node::Position;
use sealane_data::places::NodeIx;
use sealane_data::recorded::Seq;
use serde::{Deserialize, Serialize};

/// Of so many seconds one position is kept at most.
const FINE: u32 = 300;
/// Seconds of a day.
const DAY: u32 = 86_400;
/// Seconds in which, after a day, two positions of a ship under way are kept for each place.
const UNDER_WAY: u32 = 3_600;
/// The same for a ship at rest.
const AT_REST: u32 = 4 * 3_600;
/// How long positions are kept, counted back from the ship's newest.
const KEPT: u32 = 120 * DAY;
/// At this many tenths of a knot a ship is at rest: a moored one swings and its receiver wanders.
const REST: u16 = 10;
/// No speed or course was told.
const UNTOLD: u16 = u16::MAX;

/// One position of a ship, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// Seconds since 1970.
    at: u32,
    steps: [i32; 2],
    speed: u16,
    course: u16,
    /// The number of who told it, and in which type of message.
    pub(crate) source: u32,
    node: u16,
    by: Option<By>,
    /// The log position of the last message that tells it, and of the first: a message that is read again
    /// tells the same once more.
    pub(crate) seq: Seq,
    pub(crate) first: Seq,
}

/// What must be alike for one position to stand for another.
type Place = (u16, Option<By>, bool);

impl Point {
    /// Returns a position to keep; nothing before 1970 or after 2106.
    pub(crate) fn new(at: Timestamp, fix: &Fix, spot: Option<Spot>, source: u32, seq: Seq) -> Option<Self> {
        Some(Self {
            at: u32::try_from(at.as_second()).ok()?,
            steps: fix.steps(),
            speed: fix.speed_tenths.unwrap_or(UNTOLD),
            course: fix.course_tenths.unwrap_or(UNTOLD),
            source,
            node: spot.map_or(u16::MAX, |s| s.node.0),
            by: spot.map(|s| s.by),
            seq,
            first: seq,
        })
    }

    /// Returns when it was.
    pub(crate) fn instant(&self) -> Timestamp {
        Timestamp::from_second(self.at.into()).unwrap_or_default()
    }

    /// Returns the seconds since 1970.
    pub(crate) fn second(&self) -> i64 {
        self.at.into()
    }

    /// Returns where it was.
    pub(crate) fn position(&self) -> Position {
        let [lat, lon] = self.steps.map(|steps| f64::from(steps) / 1e6);
        Position { lat, lon }
    }

    /// Returns the node it belongs to, and by what.
    pub(crate) fn spot(&self) -> Option<Spot> {
        self.by.map(|by| Spot { node: NodeIx(self.node), by })
    }

    /// Returns the speed over ground in knots.
    pub(crate) fn knots(&self) -> Option<f64> {
        (self.speed != UNTOLD).then(|| f64::from(self.speed) / 10.0)
    }

    /// Returns the course over ground in degrees.
    pub(crate) fn course(&self) -> Option<f64> {
        (self.course != UNTOLD).then(|| f64::from(self.course) / 10.0)
    }

    /// What decides which of two comes first; equal ones are one position told twice.
    pub(crate) fn order(&self) -> (u32, [i32; 2], u16, u16) {
        (self.at, self.steps, self.speed, self.course)
    }

    fn place(&self) -> Place {
        (self.node, self.by, self.speed <= REST)
    }

    /// The span of time in which, after a day, only the first and the last of a place are kept.
    fn span(&self) -> u32 {
        self.at / if self.speed <= REST { AT_REST } else { UNDER_WAY }
    }
}

/// The positions of one identity of a ship, by time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Track {
    points: Vec<Point>,
    /// Before this second they are thinned out.
    settled: u32,
    /// Before this second they are forgotten.
    forgotten: u32,
}

impl Track {
    /// Returns all positions, by time.
    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Files a position; returns whether anything changed. `leads` says which of two sources is named
    /// where both told the same.
    pub(crate) fn add(&mut self, point: Point, leads: impl Fn(u32, u32) -> bool) -> bool {
        if point.at < self.forgotten {
            return false;
        }
        let at = self.points.partition_point(|p| p.order() < point.order());
        match self.points.get_mut(at).filter(|p| p.order() == point.order()) {
            Some(same) if same.source != point.source && leads(point.source, same.source) => *same = point,
            Some(same) if same.source == point.source => {
                let known = (same.first, same.seq);
                (same.first, same.seq) = (same.first.min(point.first), same.seq.max(point.seq));
                return known != (same.first, same.seq);
            }
            Some(_) => return false,
            None => {
                self.points.insert(at, point);
                let start = point.at - point.at % FINE;
                self.thin(start, start + FINE, |p, before| before.iter().any(|b| b.place() == p.place()));
                if point.at < self.settled {
                    let start = point.at - point.at % DAY;
                    self.settle(start, start + DAY);
                }
            }
        }
        self.age();
        true
    }

    /// Thins out and forgets what has become old.
    fn age(&mut self) {
        let Some(newest) = self.points.last().map(|p| p.at) else { return };
        let settled = newest.saturating_sub(DAY) / DAY * DAY;
        if settled > self.settled {
            self.settle(self.settled, settled);
            self.settled = settled;
        }
        let forgotten = newest.saturating_sub(KEPT) / DAY * DAY;
        if forgotten > self.forgotten {
            self.forgotten = forgotten;
            self.points.drain(..self.points.partition_point(|p| p.at < forgotten));
        }
    }

    /// Keeps the first and the last position of each place in each span of time.
    fn settle(&mut self, from: u32, to: u32) {
        let alike = |a: &Point, b: &Point| (a.span(), a.place()) == (b.span(), b.place());
        let low = self.points.partition_point(|p| p.at < from);
        let high = self.points.partition_point(|p| p.at < to);
        let all: Vec<Point> = self.points[low..high].to_vec();
        // Spans are short: alike ones are at most some fifty positions away.
        let kept = all.iter().enumerate().filter(|(i, p)| {
            let near = |q: &&Point| q.at.abs_diff(p.at) <= AT_REST;
            let before = all[..*i].iter().rev().take_while(near).any(|q| alike(p, q));
            let after = all[i + 1..].iter().take_while(near).any(|q| alike(p, q));
            !(before && after)
        });
        let kept: Vec<Point> = kept.map(|(_, p)| *p).collect();
        self.points.splice(low..high, kept);
    }

    /// Leaves out what one before it in a span of time stands for.
    fn thin(&mut self, from: u32, to: u32, stood_for: impl Fn(&Point, &[Point]) -> bool) {
        let low = self.points.partition_point(|p| p.at < from);
        let high = self.points.partition_point(|p| p.at < to);
        let mut kept: Vec<Point> = Vec::with_capacity(high - low);
        for point in &self.points[low..high] {
            if !stood_for(point, &kept) {
                kept.push(*point);
            }
        }
        if kept.len() < high - low {
            self.points.splice(low..high, kept);
        }
    }
}

/// Returns the positions of several identities of one ship in one order.
pub(crate) fn joined<'a>(tracks: impl Iterator<Item = &'a Track>) -> Vec<Point> {
    let mut tracks: Vec<&Track> = tracks.filter(|t| !t.points.is_empty()).collect();
    if let [only] = tracks.as_slice() {
        return only.points.clone();
    }
    tracks.sort_by_key(|t| t.points.len());
    let mut all: Vec<Point> = tracks.iter().flat_map(|t| &t.points).copied().collect();
    all.sort_by_key(Point::order);
    all.dedup_by_key(|p| p.order());
    all
}

#[cfg(test)]
mod tests;
