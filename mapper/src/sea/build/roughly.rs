//! Sines and positions that are right to some metres, in a tenth of the time, and the same on every machine.
//!
//! For the raster only: it is as coarse as a mile, and near the shore the exact test decides.

use crate::sea::sphere::Unit;
use std::f64::consts::{FRAC_PI_2, PI};

/// Returns sine and cosine of an angle from 0 to half a turn, right to 1e-7.
pub(super) fn sine_cosine(angle: f64) -> [f64; 2] {
    let y = angle - FRAC_PI_2;
    let s = y * y;
    let even = 1.0
        + s * (-1.0 / 2.0
            + s * (1.0 / 24.0
                + s * (-1.0 / 720.0 + s * (1.0 / 40_320.0 + s * (-1.0 / 3_628_800.0 + s / 479_001_600.0)))));
    let odd = y
        * (1.0
            + s * (-1.0 / 6.0
                + s * (1.0 / 120.0 + s * (-1.0 / 5_040.0 + s * (1.0 / 362_880.0 - s / 39_916_800.0)))));
    // The cosine is an even function, the sine an odd one: a quarter of a turn swaps them.
    [even, -odd]
}

/// Returns latitude and longitude in degrees, right to 100 m.
pub(super) fn position([x, y, z]: Unit) -> [f64; 2] {
    let around = (x * x + y * y).sqrt();
    [turn(z, around).to_degrees(), turn(y, x).to_degrees()]
}

/// Returns the angle of a direction in the plane, -half a turn to half a turn.
fn turn(y: f64, x: f64) -> f64 {
    let (small, large) = (x.abs().min(y.abs()), x.abs().max(y.abs()));
    let a = small / large.max(1e-300);
    let s = a * a;
    let mut angle = a
        * (0.999_977_26
            + s * (-0.332_623_47
                + s * (0.193_543_46 + s * (-0.116_432_87 + s * (0.052_653_32 - s * 0.011_721_20)))));
    if y.abs() > x.abs() {
        angle = FRAC_PI_2 - angle;
    }
    if x < 0.0 {
        angle = PI - angle;
    }
    if y < 0.0 { -angle } else { angle }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sea::sphere;
    use sealane_data::node::Position;

    #[test]
    fn rough_is_right_to_some_metres() {
        for step in 0..=1000 {
            let angle = PI * f64::from(step) / 1000.0;
            let [sine, cosine] = sine_cosine(angle);
            assert!(
                (sine - libm::sin(angle)).abs() < 1e-7 && (cosine - libm::cos(angle)).abs() < 1e-7,
                "{angle}"
            );
        }
        for lat in -90..=90 {
            for lon in -179..=180 {
                let exact = Position { lat: f64::from(lat), lon: f64::from(lon) };
                let [lat, lon] = position(sphere::unit(exact));
                assert!((lat - exact.lat).abs() < 1e-3, "{exact:?}: {lat}");
                let apart = (lon - exact.lon).abs();
                assert!(apart.min(360.0 - apart) < 1e-3 || exact.lat.abs() > 89.9, "{exact:?}: {lon}");
            }
        }
    }
}
