//! The frame of a picture: which part of the world it shows, and where a position falls in it.

use serde_json::Value;
use std::fmt::Write as _;

/// The size of a picture in its own units.
pub(super) const WIDTH: f64 = 800.0;
pub(super) const HEIGHT: f64 = 450.0;

/// Beyond this latitude Mercator's projection runs away.
const MAX_LAT: f64 = 80.0;

/// The smallest width of what is shown, in degrees: a terminal alone is shown with its region.
const MIN_SPAN: f64 = 8.0;

/// A part of the world in Mercator's projection.
pub(super) struct Frame {
    /// Longitude at the left edge.
    pub(super) west: f64,
    /// Longitude at the right edge; above 180 beyond the 180th meridian.
    pub(super) east: f64,
    top: f64,
    scale: f64,
}

impl Frame {
    /// Returns the frame that shows all features, with some room around them.
    pub(super) fn around(features: &[&Value]) -> Self {
        let mut points: Vec<[f64; 2]> = Vec::new();
        for feature in features {
            points.extend(position(&feature["geometry"]["coordinates"]));
            points.extend(lines(&feature["geometry"]).into_iter().flatten());
        }
        if points.is_empty() {
            points = vec![[-170.0, -50.0], [190.0, 70.0]];
        }
        let start = narrowest_start(&points);
        let lons = points.iter().map(|p| turned(p[0], start));
        let (west, east) = range(lons);
        let (south, north) = range(points.iter().map(|p| mercator(p[1])));
        let (dx, dy) = ((east - west).max(MIN_SPAN), (north - south).max(MIN_SPAN * HEIGHT / WIDTH));
        let scale = (WIDTH * 0.8 / dx).min(HEIGHT * 0.76 / dy);
        let (cx, cy) = (f64::midpoint(west, east), f64::midpoint(south, north));
        let half = WIDTH / 2.0 / scale;
        Self { west: cx - half, east: cx + half, top: cy + HEIGHT / 2.0 / scale, scale }
    }

    /// Returns where a position falls.
    pub(super) fn place(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        self.place_as([turned(lon, self.west), lat])
    }

    /// Returns where a position falls whose longitude is already counted from the frame's edge.
    pub(super) fn place_as(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        [(lon - self.west) * self.scale, (self.top - mercator(lat)) * self.scale]
    }

    /// Returns a line as path data.
    pub(super) fn path(&self, line: &[[f64; 2]]) -> String {
        let mut d = String::new();
        let mut last = [f64::NAN; 2];
        for (i, at) in line.iter().enumerate() {
            let at = self.place(*at);
            let far = (at[0] - last[0]).abs() + (at[1] - last[1]).abs();
            // Steps that nobody can see are left out, but never the end.
            if i > 0 && far < 1.0 && i + 1 < line.len() {
                continue;
            }
            let _ = write!(d, "{}{:.1} {:.1}", if i == 0 { 'M' } else { 'L' }, at[0], at[1]);
            last = at;
        }
        d
    }
}

/// Returns the latitude in Mercator's projection, in degrees of longitude.
fn mercator(lat: f64) -> f64 {
    let lat = lat.clamp(-MAX_LAT, MAX_LAT).to_radians();
    (lat / 2.0 + std::f64::consts::FRAC_PI_4).tan().ln().to_degrees()
}

/// Returns a longitude counted eastwards from `start`.
fn turned(lon: f64, start: f64) -> f64 {
    start + (lon - start).rem_euclid(360.0)
}

/// Returns the western end of the narrowest span that holds all points: it begins after the widest gap.
fn narrowest_start(points: &[[f64; 2]]) -> f64 {
    let mut lons: Vec<f64> = points.iter().map(|p| p[0]).collect();
    lons.sort_by(f64::total_cmp);
    let before = lons.last().map(|last| last - 360.0);
    let gaps = before.iter().chain(&lons).zip(&lons).map(|(a, b)| (b - a, *b));
    gaps.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |(_, start)| start)
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Reads `[lon, lat]`.
pub(super) fn position(value: &Value) -> Option<[f64; 2]> {
    Some([value.get(0)?.as_f64()?, value.get(1)?.as_f64()?])
}

/// Returns the lines of a `LineString` or `MultiLineString`; nothing for anything else.
pub(super) fn lines(geometry: &Value) -> Vec<Vec<[f64; 2]>> {
    let line = |v: &Value| v.as_array().into_iter().flatten().filter_map(position).collect::<Vec<_>>();
    let coordinates = &geometry["coordinates"];
    match geometry["type"].as_str() {
        Some("LineString") => vec![line(coordinates)],
        Some("MultiLineString") => coordinates.as_array().into_iter().flatten().map(line).collect(),
        _ => Vec::new(),
    }
}
