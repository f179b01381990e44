//! Distances between positions of AIS.

use crate::messages::ais::STEPS;

/// A place in 1/600,000 of a degree: north, east.
pub(super) type At = (i32, i32);

/// The mean radius of the Earth in nautical miles.
const RADIUS: f64 = 3440.065;
/// Up to so many steps, a plane is as good as a sphere: a quarter of a degree.
const NEAR: i32 = STEPS / 4;

/// Returns the distance of two positions in degrees (latitude, longitude), in nautical miles.
pub fn nautical_miles(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = ((b.0 - a.0).to_radians() / 2.0, (b.1 - a.1).to_radians() / 2.0);
    let cosines = libm::cos(a.0.to_radians()) * libm::cos(b.0.to_radians());
    let half = libm::sin(north).powi(2) + cosines * libm::sin(east).powi(2);
    2.0 * RADIUS * libm::asin(half.clamp(0.0, 1.0).sqrt())
}

/// Returns the distance of two places in nautical miles.
pub(super) fn between(a: At, b: At) -> f64 {
    let degrees = |steps: i32| f64::from(steps) / f64::from(STEPS);
    let (north, east) = (b.0 - a.0, b.1 - a.1);
    if north == 0 && east == 0 {
        return 0.0;
    }
    let polar = a.0.abs() > 80 * STEPS;
    if north.abs() > NEAR || east.abs() > NEAR || polar {
        return nautical_miles((degrees(a.0), degrees(a.1)), (degrees(b.0), degrees(b.1)));
    }
    // One minute of latitude is a nautical mile on this sphere.
    let mile = RADIUS.to_radians();
    let wide = libm::cos(degrees(a.0 + north / 2).to_radians());
    let (y, x) = (degrees(north) * mile, degrees(east) * mile * wide);
    (y * y + x * x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_and_spheres_agree() {
        for (a, b) in
            [((30.6, 122.0), (30.7, 122.2)), ((-70.0, 10.0), (-70.2, 10.2)), ((1.2, 103.9), (1.2, 103.91))]
        {
            #[expect(clippy::cast_possible_truncation, reason = "small")]
            let at = |p: (f64, f64)| ((p.0 * f64::from(STEPS)) as i32, (p.1 * f64::from(STEPS)) as i32);
            let (plane, sphere) = (between(at(a), at(b)), nautical_miles(a, b));
            assert!((plane / sphere - 1.0).abs() < 1e-3, "{plane} {sphere}");
        }
        let wrap = between((0, 180 * STEPS - 600), (0, -180 * STEPS + 600));
        assert!((wrap - 0.12).abs() < 0.001, "{wrap}");
        // Yangshan to Cai Mep in a straight line over the ball.
        let far = nautical_miles((30.62, 122.06), (10.53, 107.03));
        assert!((1_450.0..1_480.0).contains(&far), "{far}");
    }
}
