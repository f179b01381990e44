//! A place where ways may bend, and how far it is joined with others.

use super::sphere::{RADIUS, Unit, dot, unit};
use sealane_data::node::Position;

/// Up to where a point is joined with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// In narrow water: to its surroundings.
    Narrow,
    /// In a sound or between islands: to the coasts around.
    Strait,
    /// Off a coast.
    Coast,
    /// Off a great cape: across oceans.
    Ocean,
}

impl Reach {
    /// Returns the metres up to which two corners are joined.
    pub(crate) fn metres(self, other: Self) -> f64 {
        match (self.min(other), self.max(other)) {
            (Self::Ocean, _) => 16_000_000.0,
            (Self::Coast, Self::Ocean) => 2_500_000.0,
            (Self::Coast, _) => 1_200_000.0,
            (Self::Strait, Self::Strait) => 350_000.0,
            (Self::Strait, _) => 700_000.0,
            (Self::Narrow, Self::Narrow) => 60_000.0,
            (Self::Narrow, _) => 100_000.0,
        }
    }

    /// Returns the cosine of the angle up to which two corners are joined.
    pub(crate) fn least(self, other: Self) -> f64 {
        libm::cos((self.metres(other) / RADIUS).min(3.0))
    }
}

/// Harbours so near lie within the round that a corner was set off from, not beyond it: cosines of 100 km for those off
/// great capes, of 30 km for those off coasts. Of 15 km in narrow water: one neighbour lies some miles off, another does not.
const BESIDE: [f64; 3] = [0.999_876_8, 0.999_988_9, 0.999_997_23];

/// A place where ways may bend.
#[derive(Clone, Debug)]
pub(crate) struct Corner {
    /// Where, in hundred-thousandths of a degree: latitude and longitude.
    pub(crate) at: [i32; 2],
    /// The same on the sphere.
    pub(crate) unit: Unit,
    /// The bearing away from the land it goes around in 256ths of a turn; none if ways may bend either way.
    pub(crate) out: Option<u8>,
    /// The angle by which a useful way may leave the line across that direction, in 256ths of a turn.
    pub(crate) slack: u8,
    /// How far it is joined.
    pub(crate) reach: Reach,
    /// The direction of `out` in space; there are many corners, so what needs no more digits has no more.
    away: [f32; 3],
    /// The sine of `slack`.
    sine: f32,
}

impl Corner {
    /// Makes a corner.
    pub(crate) fn new(at: [i32; 2], out: Option<u8>, slack: u8, reach: Reach) -> Self {
        let place = Position { lat: f64::from(at[0]) / 1e5, lon: f64::from(at[1]) / 1e5 };
        let turn = |part: u8| f64::from(part) / 256.0 * std::f64::consts::TAU;
        let bearing = turn(out.unwrap_or(0));
        let away = direction(place, [libm::sin(bearing), libm::cos(bearing)]);
        #[expect(clippy::cast_possible_truncation, reason = "six digits do")]
        let (away, sine) = (away.map(|part| part as f32), libm::sin(turn(slack.min(64))) as f32);
        Self { at, unit: unit(place), out, slack, reach, away, sine }
    }

    /// Returns its position in degrees.
    pub(crate) fn position(&self) -> Position {
        Position { lat: f64::from(self.at[0]) / 1e5, lon: f64::from(self.at[1]) / 1e5 }
    }

    /// Returns the direction away from the land it goes around.
    pub(crate) fn away(&self) -> Unit {
        self.away.map(f64::from)
    }

    /// Returns whether a shortest way may come to it from a point: along its coast, not away from it.
    pub(crate) fn useful(&self, other: Unit, cosine: f64) -> bool {
        let beside = match self.reach {
            Reach::Ocean => cosine > BESIDE[0],
            Reach::Coast => cosine > BESIDE[1],
            Reach::Strait | Reach::Narrow => cosine > BESIDE[2],
        };
        if self.out.is_none() || beside {
            return true;
        }
        let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
        dot(self.away(), other).abs() <= f64::from(self.sine) * sine
    }
}

/// Returns a direction given as east and north as a vector in space.
fn direction(at: Position, [east, north]: [f64; 2]) -> Unit {
    let (to_east, to_north) = directions(at);
    std::array::from_fn(|i| to_east[i] * east + to_north[i] * north)
}

/// Returns east and north at a position as vectors in space.
pub(crate) fn directions(at: Position) -> (Unit, Unit) {
    let (lat, lon) = (at.lat.to_radians(), at.lon.to_radians());
    let to_east = [-libm::sin(lon), libm::cos(lon), 0.0];
    let to_north = [-libm::sin(lat) * libm::cos(lon), -libm::sin(lat) * libm::sin(lon), libm::cos(lat)];
    (to_east, to_north)
}
