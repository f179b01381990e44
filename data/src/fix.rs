//! Positions as receivers and carriers report them.

use serde::{Deserialize, Serialize};

/// How many steps a degree has: 10^-6 of a degree is 0.11 m of latitude.
const STEPS: f64 = 1e6;

/// One reported position (WGS 84), quantised once, so that equal reports are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fix {
    /// Degrees north in steps of 10^-6.
    latitude: i32,
    /// Degrees east in steps of 10^-6.
    longitude: i32,
    /// Speed over ground in tenths of a knot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_tenths: Option<u16>,
    /// Course over ground in tenths of a degree, clockwise from true north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course_tenths: Option<u16>,
}

impl Fix {
    /// Returns a position from degrees; nothing for what is no place on Earth, such as AIS'
    /// 91 north or 181 east for "not available" (ITU-R M.1371-5, table 48).
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
        let steps = |degrees: f64| (degrees * STEPS).round() as i32;
        on_earth.then(|| Self {
            latitude: steps(latitude),
            longitude: steps(longitude),
            speed_tenths: None,
            course_tenths: None,
        })
    }

    /// Returns degrees north and east in steps of 10^-6: equal reports have equal steps.
    pub fn steps(&self) -> [i32; 2] {
        [self.latitude, self.longitude]
    }

    /// Returns degrees north.
    pub fn latitude(&self) -> f64 {
        f64::from(self.latitude) / STEPS
    }

    /// Returns degrees east.
    pub fn longitude(&self) -> f64 {
        f64::from(self.longitude) / STEPS
    }

    /// Returns the speed over ground in knots.
    pub fn speed_knots(&self) -> Option<f64> {
        self.speed_tenths.map(|tenths| f64::from(tenths) / 10.0)
    }

    /// Returns the course over ground in degrees, clockwise from true north.
    pub fn course_degrees(&self) -> Option<f64> {
        self.course_tenths.map(|tenths| f64::from(tenths) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_place_is_no_fix() {
        for (latitude, longitude) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Fix::new(latitude, longitude), None, "{latitude} {longitude}");
        }
        let fix = Fix::new(-10.539_812, 180.0).unwrap();
        assert!((fix.latitude() + 10.539_812).abs() < 1e-9 && (fix.longitude() - 180.0).abs() < 1e-9);
    }
}
