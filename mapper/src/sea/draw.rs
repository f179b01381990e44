//! Ways as a picture: an SVG of land and lines in Mercator's projection, for people who want to look.

#![expect(clippy::cast_possible_truncation, reason = "degrees and pixels in small units")]

use super::land::Ring;
use super::network::SeaNetwork;
use super::sailing::{LegKind, Sailing, SeaLeg};
use super::shores::{Point, Segment};
use rustc_hash::FxHashMap;
use sealane_data::node::Position;
use std::fmt::Write;

/// The longer side of a picture in pixels.
const SIDE: f64 = 960.0;
/// Room around the ways, as a share of the longer side.
const ROOM: f64 = 0.08;
/// Coasts leave their true line by at most so many pixels.
const FINE: f64 = 0.85;
/// Mercator's projection ends here, in degrees.
const HIGHEST: f64 = 84.0;
/// Colours of ways, in turn.
const COLOURS: [&str; 4] = ["#0b62c4", "#c2410c", "#15803d", "#7c3aed"];

/// A way with the name that is written beside it.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'d> {
    /// The name for the reader; may be empty.
    pub name: &'d str,
    /// The way.
    pub way: &'d Sailing,
}

/// Returns an SVG of ways over the land that they were looked up on, with a title for who cannot see it; `view` is west, south, east and
/// north in degrees, else all of the ways is shown. East may be greater than 180.
pub fn svg(network: &SeaNetwork, title: &str, ways: &[Drawn<'_>], view: Option<[f64; 4]>) -> String {
    let lines: Vec<Vec<(LegKind, Vec<Point>)>> =
        ways.iter().map(|drawn| unwrapped(&drawn.way.legs)).collect();
    let frame = Frame::new(view.unwrap_or_else(|| around(lines.iter().flatten().flat_map(|leg| &leg.1))));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\
         <title>{}</title><rect width=\"100%\" height=\"100%\" fill=\"#dbe9f4\"/>",
        frame.size[0],
        frame.size[1],
        escaped(title)
    );
    out += &graticule(&frame);
    out += &format!(
        "<path d=\"{}\" fill=\"#e9e4d4\" fill-rule=\"evenodd\" stroke=\"#8d8872\" stroke-width=\".5\"/>",
        land(network, &frame)
    );
    for (number, (drawn, legs)) in ways.iter().zip(&lines).enumerate() {
        out += &way(&frame, legs, COLOURS[number % COLOURS.len()]);
        let told = if drawn.name.is_empty() { String::new() } else { format!("{}: ", drawn.name) };
        let _ = write!(
            out,
            "<text x=\"10\" y=\"{}\" fill=\"{}\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\">{}{:.0} nm</text>",
            20 + 17 * number,
            COLOURS[number % COLOURS.len()],
            escaped(&told),
            drawn.way.distance_nm()
        );
    }
    out + "</svg>\n"
}

/// What is shown, and at which scale.
struct Frame {
    /// West, south, east, north in degrees.
    edges: [f64; 4],
    /// Pixels for a degree of longitude.
    scale: f64,
    /// Width and height in pixels.
    size: [f64; 2],
}

impl Frame {
    fn new([west, south, east, north]: [f64; 4]) -> Self {
        let (south, north) = (south.max(-HIGHEST), north.min(HIGHEST));
        let wide = (east - west).clamp(1e-3, 360.0);
        let high = (mercator(north) - mercator(south)).max(1e-3);
        let scale = SIDE / wide.max(high);
        Self { edges: [west, south, west + wide, north], scale, size: [wide * scale, high * scale] }
    }

    fn pixel(&self, [lon, lat]: Point) -> Point {
        [(lon - self.edges[0]) * self.scale, (mercator(self.edges[3]) - mercator(lat)) * self.scale]
    }
}

/// Returns how far north Mercator draws a latitude, in degrees of longitude.
fn mercator(lat: f64) -> f64 {
    libm::log(libm::tan((45.0 + lat.clamp(-HIGHEST, HIGHEST) / 2.0).to_radians())).to_degrees()
}

/// Returns legs as lines whose longitudes run on over the 180th meridian.
fn unwrapped(legs: &[SeaLeg]) -> Vec<(LegKind, Vec<Point>)> {
    let mut before: Option<f64> = None;
    let mut point = |at: Position| {
        let lon = before.map_or(at.lon, |last| at.lon - ((at.lon - last) / 360.0).round() * 360.0);
        before = Some(lon);
        [lon, at.lat]
    };
    legs.iter().map(|leg| (leg.kind, leg.line().into_iter().map(&mut point).collect())).collect()
}

/// Returns a box around points, with room.
fn around<'p>(points: impl Iterator<Item = &'p Point>) -> [f64; 4] {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let [west, south, east, north] = points.fold(start, |[west, south, east, north], [lon, lat]| {
        [west.min(*lon), south.min(*lat), east.max(*lon), north.max(*lat)]
    });
    if west > east {
        return [-180.0, -60.0, 180.0, 75.0];
    }
    let wide = (east - west).max(north - south).max(0.05);
    // A thin box would hide where it is.
    let more = |span: f64| wide.mul_add(ROOM, ((wide * 0.4 - span) / 2.0).max(0.0));
    let (across, along) = (more(east - west), more(north - south));
    [west - across, (south - along).max(-HIGHEST), east + across, (north + along).min(HIGHEST)]
}

/// Returns meridians and parallels.
fn graticule(frame: &Frame) -> String {
    let [west, south, east, north] = frame.edges;
    let steps = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0];
    let step = steps.into_iter().find(|step| (east - west).max(north - south) / step <= 8.0).unwrap_or(30.0);
    let mut path = String::new();
    let mut lon = (west / step).ceil() * step;
    while lon <= east {
        let _ = write!(path, "M{:.0} 0V{:.0}", frame.pixel([lon, 0.0])[0], frame.size[1]);
        lon += step;
    }
    let mut lat = (south / step).ceil() * step;
    while lat <= north {
        let _ = write!(path, "M0 {:.0}H{:.0}", frame.pixel([0.0, lat])[1], frame.size[0]);
        lat += step;
    }
    format!("<path d=\"{path}\" fill=\"none\" stroke=\"#b6cbdd\" stroke-width=\".6\"/>")
}

/// Returns the land in a frame as path data.
fn land(network: &SeaNetwork, frame: &Frame) -> String {
    let mut path = String::new();
    for ring in rings(&network.outlines()) {
        for turn in [-360.0, 0.0, 360.0] {
            let moved: Ring = ring.iter().map(|[lon, lat]| [lon + turn, *lat]).collect();
            let cut = clipped(moved, &frame.edges);
            let drawn = thinned(&cut.iter().map(|at| frame.pixel(*at)).collect::<Vec<_>>());
            if drawn.len() > 2 {
                path += &data(&drawn);
                path.push('Z');
            }
        }
    }
    path
}

/// Joins segments to closed rings whose longitudes run on.
fn rings(segments: &[Segment]) -> Vec<Ring> {
    let key = |at: Point| [(at[0] + 540.0).rem_euclid(360.0), at[1]].map(|part| (part * 1e7).round() as i64);
    let mut at: FxHashMap<[i64; 2], Vec<usize>> = FxHashMap::default();
    for (number, segment) in segments.iter().enumerate() {
        for end in segment {
            at.entry(key(*end)).or_default().push(number);
        }
    }
    let mut used = vec![false; segments.len()];
    let mut rings = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        let mut ring = vec![segment[0]];
        let mut next = Some(number);
        while let Some(number) = next.filter(|number| !used[*number]) {
            used[number] = true;
            let last = ring[ring.len() - 1];
            let [a, b] = segments[number];
            let to = if key(a) == key(last) { b } else { a };
            ring.push([to[0] - ((to[0] - last[0]) / 360.0).round() * 360.0, to[1]]);
            next = at.get(&key(to)).and_then(|all| all.iter().copied().find(|number| !used[*number]));
        }
        if ring.len() > 3 {
            rings.push(ring);
        }
    }
    rings
}

/// Cuts a ring to a box, side by side (Sutherland and Hodgman).
fn clipped(mut ring: Ring, edges: &[f64; 4]) -> Ring {
    let outside =
        |ring: &Ring, axis: usize, edge: f64, sign: f64| ring.iter().all(|p| (p[axis] - edge) * sign < 0.0);
    for (axis, edge, sign) in
        [(0, edges[0], 1.0), (1, edges[1], 1.0), (0, edges[2], -1.0), (1, edges[3], -1.0)]
    {
        if ring.is_empty() || outside(&ring, axis, edge, sign) {
            return Ring::new();
        }
        let within = |p: &Point| (p[axis] - edge) * sign >= 0.0;
        let mut kept = Ring::new();
        for (number, to) in ring.iter().enumerate() {
            let from = &ring[(number + ring.len() - 1) % ring.len()];
            if within(from) != within(to) {
                let share = (edge - from[axis]) / (to[axis] - from[axis]);
                kept.push(std::array::from_fn(|i| from[i] + (to[i] - from[i]) * share));
            }
            if within(to) {
                kept.push(*to);
            }
        }
        ring = kept;
    }
    ring
}

/// Leaves out points of a line that a reader cannot see.
fn thinned(line: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for (number, at) in line.iter().enumerate() {
        let far = |other: &Point| (at[0] - other[0]).abs().max((at[1] - other[1]).abs());
        if number + 1 == line.len() || kept.last().is_none_or(|last| far(last) >= 2.0 * FINE) {
            kept.push(*at);
        }
    }
    kept
}

/// Returns points as path data, tenths of a pixel.
fn data(points: &[Point]) -> String {
    let mut out = String::new();
    let mut before = [0_i64; 2];
    for (number, at) in points.iter().enumerate() {
        let tenths = at.map(|part| (part * 10.0).round() as i64);
        let step = [tenths[0] - before[0], tenths[1] - before[1]];
        let letter = ["M", "l"][usize::from(number > 0)];
        let _ = write!(out, "{letter}{} {}", tenth(step[0]), tenth(step[1]));
        before = tenths;
    }
    out
}

fn tenth(tenths: i64) -> String {
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{:.1}", tenths as f64 / 10.0) }
}

/// Returns the lines of a way and dots at its ends.
fn way(frame: &Frame, legs: &[(LegKind, Vec<Point>)], colour: &str) -> String {
    let middle = f64::midpoint(frame.edges[0], frame.edges[2]);
    let mean = legs.iter().flat_map(|leg| &leg.1).map(|at| at[0]).sum::<f64>()
        / legs.iter().map(|leg| leg.1.len()).sum::<usize>().max(1) as f64;
    let turn = ((middle - mean) / 360.0).round() * 360.0;
    let place = |at: &Point| frame.pixel([at[0] + turn, at[1]]);
    let mut out = String::new();
    for (kind, line) in legs {
        let points = thinned(&line.iter().map(place).collect::<Vec<_>>());
        let dash = match kind {
            LegKind::Sea => "",
            LegKind::Canal => " stroke-dasharray=\"6 3\"",
            LegKind::River => " stroke-dasharray=\"3 3\"",
            LegKind::Land => " stroke-dasharray=\"1 3\"",
        };
        let _ = write!(
            out,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"{dash}/>",
            data(&points)
        );
    }
    let ends = legs
        .first()
        .and_then(|leg| leg.1.first())
        .into_iter()
        .chain(legs.last().and_then(|leg| leg.1.last()));
    for [x, y] in ends.map(place) {
        let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
    }
    out
}

/// Returns text that may stand in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
