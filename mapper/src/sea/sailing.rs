//! A way as it is answered: legs by sea, canal, river and land, each told apart.

use super::dense;
use super::geodesic;
use sealane_data::node::Position;

/// Metres in a nautical mile.
pub(crate) const MILE: f64 = 1852.0;

/// What a leg goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LegKind {
    /// Open or coastal water: never over land.
    Sea,
    /// A dug canal, along its declared line.
    Canal,
    /// A river or inner harbour, along its declared line; not counted as sea.
    River,
    /// The last mile ashore, straight; not counted as sea.
    Land,
}

/// A part of a way that is of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct SeaLeg {
    /// What it goes over.
    pub kind: LegKind,
    /// Where it bends; two positions at least. Between them it follows great circles.
    pub bends: Vec<Position>,
    /// Its length on the ellipsoid in metres.
    pub metres: f64,
}

impl SeaLeg {
    pub(crate) fn new(kind: LegKind, bends: Vec<Position>) -> Self {
        let metres = bends.windows(2).map(|pair| geodesic::metres(pair[0], pair[1])).sum();
        Self { kind, bends, metres }
    }

    /// Returns the leg as positions that a straight line in longitude and latitude may join.
    pub fn line(&self) -> Vec<Position> {
        dense::line(&self.bends)
    }
}

/// The answer: a way from one end to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Sailing {
    /// The legs in travel order; each begins where the one before ends.
    pub legs: Vec<SeaLeg>,
    /// Ids of the passages used, in the order of the table.
    pub passages: Vec<String>,
    /// What the way costs, in metres: the sea distance and what ships rather avoid. The network
    /// looks for the least of this, so this is what obeys the triangle inequality and only grows when
    /// passages are shut.
    pub cost: f64,
}

impl Sailing {
    fn sum(&self, wanted: impl Fn(LegKind) -> bool) -> f64 {
        self.legs
            .iter()
            .filter(|leg| wanted(leg.kind))
            .map(|leg| leg.metres)
            .fold(0.0, |sum, metres| sum + metres)
    }

    /// Returns the metres by sea and canal.
    pub fn sea_metres(&self) -> f64 {
        self.sum(|kind| matches!(kind, LegKind::Sea | LegKind::Canal))
    }

    /// Returns the nautical miles by sea and canal.
    pub fn distance_nm(&self) -> f64 {
        self.sea_metres() / MILE
    }

    /// Returns the kilometres by sea and canal.
    pub fn distance_km(&self) -> f64 {
        self.sea_metres() / 1000.0
    }

    /// Returns the nautical miles on rivers.
    pub fn river_nm(&self) -> f64 {
        self.sum(|kind| kind == LegKind::River) / MILE
    }

    /// Returns the nautical miles ashore.
    pub fn land_nm(&self) -> f64 {
        self.sum(|kind| kind == LegKind::Land) / MILE
    }

    /// Returns the hours that the way by sea, canal and river takes at a speed in knots.
    pub fn hours(&self, knots: f64) -> f64 {
        (self.distance_nm() + self.river_nm()) / knots
    }

    /// Returns the whole way as positions that straight lines may join; its ends are exactly those asked for.
    pub fn line(&self) -> Vec<Position> {
        let mut line: Vec<Position> = Vec::new();
        for leg in &self.legs {
            let part = leg.line();
            let skip = usize::from(line.last() == part.first());
            line.extend(part.into_iter().skip(skip));
        }
        line
    }

    /// Appends a leg that goes anywhere, joined with the last one of its kind.
    pub(crate) fn push(&mut self, kind: LegKind, bends: &[Position]) {
        if bends.len() < 2 {
            return;
        }
        match self.legs.last_mut().filter(|leg| leg.kind == kind) {
            Some(leg) => {
                let more = SeaLeg::new(kind, bends.to_vec());
                leg.bends.extend(&more.bends[1..]);
                leg.metres += more.metres;
            }
            None => self.legs.push(SeaLeg::new(kind, bends.to_vec())),
        }
    }

    /// Appends another way that begins where this one ends.
    pub fn join(&mut self, other: Self) {
        for leg in &other.legs {
            self.push(leg.kind, &leg.bends);
        }
        self.cost += other.cost;
        self.passages.extend(other.passages);
    }
}
