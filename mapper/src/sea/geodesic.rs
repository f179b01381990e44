//! Lengths on the ellipsoid of WGS 84 (Vincenty's inverse formula), the same bits on every machine.

use super::sphere::metres as on_sphere;
use sealane_data::node::Position;

/// The semi-major axis in metres.
const A: f64 = 6_378_137.0;
/// The flattening.
const F: f64 = 1.0 / 298.257_223_563;
/// The semi-minor axis in metres.
const B: f64 = A * (1.0 - F);

/// Returns the length of the geodesic in metres; within a millimetre, but for nearly opposite points,
/// where the sphere's answer stands in: no sea leg is that long.
pub(crate) fn metres(from: Position, to: Position) -> f64 {
    let reduced = |lat: f64| {
        let t = (1.0 - F) * libm::tan(lat.to_radians());
        let cosine = 1.0 / (1.0 + t * t).sqrt();
        [t * cosine, cosine]
    };
    let ([s1, c1], [s2, c2]) = (reduced(from.lat), reduced(to.lat));
    let apart = (to.lon - from.lon).to_radians();
    let mut lambda = apart;
    for _ in 0..60 {
        let (sin_l, cos_l) = (libm::sin(lambda), libm::cos(lambda));
        let (x, y) = (c2 * sin_l, c1 * s2 - s1 * c2 * cos_l);
        let sine = (x * x + y * y).sqrt();
        if sine < 1e-15 {
            return 0.0;
        }
        let cosine = s1 * s2 + c1 * c2 * cos_l;
        let sigma = libm::atan2(sine, cosine);
        let alpha = c1 * c2 * sin_l / sine;
        let squared = 1.0 - alpha * alpha;
        let middle = if squared > 1e-15 { cosine - 2.0 * s1 * s2 / squared } else { 0.0 };
        let c = F / 16.0 * squared * (4.0 + F * (4.0 - 3.0 * squared));
        let before = lambda;
        let turned = middle + c * cosine * (2.0 * middle * middle - 1.0);
        lambda = apart + (1.0 - c) * F * alpha * (sigma + c * sine * turned);
        if (lambda - before).abs() < 1e-12 {
            return along(squared, sine, cosine, sigma, middle);
        }
    }
    on_sphere(from, to)
}

/// Returns the length of an arc that is found.
fn along(squared: f64, sine: f64, cosine: f64, sigma: f64, middle: f64) -> f64 {
    let u = squared * (A * A - B * B) / (B * B);
    let big_a = 1.0 + u / 16_384.0 * (4096.0 + u * (u * (320.0 - 175.0 * u) - 768.0));
    let big_b = u / 1024.0 * (256.0 + u * (u * (74.0 - 47.0 * u) - 128.0));
    let doubled = 2.0 * middle * middle - 1.0;
    let far = big_b / 6.0 * middle * (4.0 * sine * sine - 3.0) * (4.0 * middle * middle - 3.0);
    B * big_a * (sigma - big_b * sine * (middle + big_b / 4.0 * (cosine * doubled - far)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Geodesic, Point};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_are_those_of_karney(
            lat in -80.0..80.0_f64, lon in -180.0..180.0_f64, to in -80.0..80.0_f64, turn in -150.0..150.0_f64
        ) {
            let ends = [Position { lat, lon }, Position { lat: to, lon: lon + turn }];
            let [from, to] = ends.map(|p| Point::new(p.lon, p.lat));
            let exact = Geodesic.distance(from, to);
            prop_assert!((metres(ends[0], ends[1]) - exact).abs() < 0.01);
        }
    }
}
