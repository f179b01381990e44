//! The earth as a sphere: unit vectors, great circles, distances.
//!
//! Longitudes need no care here: there is no 180th meridian on unit vectors.

use sealane_data::node::Position;

/// The mean radius in metres (IUGG R1).
pub(crate) const RADIUS: f64 = 6_371_008.8;

/// A point on the sphere.
pub(crate) type Unit = [f64; 3];

/// Returns the point of a position.
pub(crate) fn unit(at: Position) -> Unit {
    let (lat, lon) = (at.lat.to_radians(), at.lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// Returns the position of a point; longitude in -180..=180.
pub(crate) fn position([x, y, z]: Unit) -> Position {
    Position { lat: z.atan2(x.hypot(y)).to_degrees(), lon: y.atan2(x).to_degrees() }
}

/// Returns the cross product: the pole of the great circle through two points.
pub(crate) fn cross(a: Unit, b: Unit) -> Unit {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Returns the scalar product.
pub(crate) fn dot(a: Unit, b: Unit) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Returns the angle between two points in radians; exact for near points too.
pub(crate) fn angle(a: Unit, b: Unit) -> f64 {
    let c = cross(a, b);
    dot(c, c).sqrt().atan2(dot(a, b))
}

/// Returns the distance in metres.
pub(crate) fn metres(a: Position, b: Position) -> f64 {
    angle(unit(a), unit(b)) * RADIUS
}

/// Returns the point at `share` (0 to 1) of the great circle from `a` to `b`.
pub(crate) fn between(a: Unit, b: Unit, share: f64) -> Unit {
    let whole = angle(a, b);
    if whole < 1e-12 {
        return a;
    }
    let (from, to) = (((1.0 - share) * whole).sin() / whole.sin(), (share * whole).sin() / whole.sin());
    std::array::from_fn(|i| a[i] * from + b[i] * to)
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
        let middle = position(between(unit(at(40.0, -170.0)), unit(at(40.0, 170.0)), 0.5));
        assert!(middle.lat > 40.2 && (middle.lon.abs() - 180.0).abs() < 1e-9, "{middle:?}");
    }
}
