//! The earth as a sphere: unit vectors, great circles, distances.
//!
//! Longitudes need no care here: there is no 180th meridian on unit vectors. Sines come from `libm`,
//! which gives the same bits on every machine: they decide bytes that are committed.

use sealane_data::node::Position;

/// The mean radius in metres (IUGG R1).
pub(crate) const RADIUS: f64 = 6_371_008.8;

/// A point on the sphere.
pub(crate) type Unit = [f64; 3];

/// Returns the point of a position.
pub(crate) fn unit(at: Position) -> Unit {
    let (lat, lon) = (at.lat.to_radians(), at.lon.to_radians());
    let around = libm::cos(lat);
    [around * libm::cos(lon), around * libm::sin(lon), libm::sin(lat)]
}

/// Returns the position of a point; longitude in -180..=180.
pub(crate) fn position([x, y, z]: Unit) -> Position {
    let around = (x * x + y * y).sqrt();
    Position { lat: libm::atan2(z, around).to_degrees(), lon: libm::atan2(y, x).to_degrees() }
}

/// Returns the cross product: the pole of the great circle through two points.
pub(crate) fn cross(a: Unit, b: Unit) -> Unit {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Returns the scalar product.
pub(crate) fn dot(a: Unit, b: Unit) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Returns a vector of length one in the same direction.
pub(crate) fn normal(a: Unit) -> Unit {
    let length = dot(a, a).sqrt();
    a.map(|part| part / length)
}

/// Returns the angle between two points in radians; exact for near points too.
pub(crate) fn angle(a: Unit, b: Unit) -> f64 {
    let c = cross(a, b);
    libm::atan2(dot(c, c).sqrt(), dot(a, b))
}

/// Returns the distance in metres.
pub(crate) fn metres(a: Position, b: Position) -> f64 {
    angle(unit(a), unit(b)) * RADIUS
}

/// A great circle from one point to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    from: Unit,
    /// The direction at the start.
    ahead: Unit,
    /// The angle between the ends in radians.
    pub(crate) whole: f64,
}

impl Arc {
    /// Returns the shorter great circle; between opposite points, one of them.
    pub(crate) fn new(from: Unit, to: Unit) -> Self {
        let along = dot(from, to);
        let ahead: Unit = std::array::from_fn(|i| to[i] - from[i] * along);
        let sine = dot(ahead, ahead).sqrt();
        if sine < 1e-13 {
            let other = if from[2].abs() < 0.9 { [0.0, 0.0, 1.0] } else { [1.0, 0.0, 0.0] };
            let whole = if along > 0.0 { 0.0 } else { std::f64::consts::PI };
            return Self { from, ahead: normal(cross(from, other)), whole };
        }
        Self { from, ahead: ahead.map(|part| part / sine), whole: angle(from, to) }
    }

    /// Returns the point some radians from the start.
    pub(crate) fn at(&self, radians: f64) -> Unit {
        self.turned([libm::sin(radians), libm::cos(radians)])
    }

    /// Returns the point at an angle from the start that is given by its sine and cosine.
    pub(crate) fn turned(&self, [sine, cosine]: [f64; 2]) -> Unit {
        std::array::from_fn(|i| self.from[i] * cosine + self.ahead[i] * sine)
    }

    /// Returns the tangent of the highest latitude on the arc, north or south.
    pub(crate) fn steepest(&self) -> f64 {
        let end = self.at(self.whole);
        let sine = libm::sin(self.whole);
        let climb = [self.ahead[2], (end[2] * libm::cos(self.whole) - self.from[2]) / sine.max(1e-15)];
        let mut high = self.from[2].abs().max(end[2].abs());
        if climb[0] * climb[1] < 0.0 {
            high = (self.from[2] * self.from[2] + self.ahead[2] * self.ahead[2]).sqrt();
        }
        let high = high.min(0.9962);
        high / (1.0 - high * high).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(lat: f64, lon: f64) -> Position {
        Position { lat, lon }
    }

    #[test]
    fn a_degree_of_the_equator_is_sixty_miles() {
        let miles = metres(at(0.0, 179.5), at(0.0, -179.5)) / 1852.0;
        assert!((miles - 60.04).abs() < 0.01, "{miles}");
    }

    #[test]
    fn the_middle_of_a_great_circle_is_north_of_the_parallel() {
        let arc = Arc::new(unit(at(40.0, -170.0)), unit(at(40.0, 170.0)));
        let middle = position(arc.at(arc.whole / 2.0));
        assert!(middle.lat > 40.2 && (middle.lon.abs() - 180.0).abs() < 1e-9, "{middle:?}");
        assert!((libm::atan(arc.steepest()).to_degrees() - middle.lat).abs() < 1e-6);
    }

    #[test]
    fn opposite_points_have_a_way() {
        let arc = Arc::new(unit(at(0.0, 10.0)), unit(at(0.0, -170.0)));
        assert!((arc.whole - std::f64::consts::PI).abs() < 1e-12);
        let middle = arc.at(arc.whole / 2.0);
        assert!((dot(middle, middle) - 1.0).abs() < 1e-12);
    }
}
