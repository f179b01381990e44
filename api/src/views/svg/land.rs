//! The land in a picture: Natural Earth at 1:110 million, without borders or names.

use super::frame::{Frame, HEIGHT, WIDTH};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Rings of longitude and latitude; the file's head says where they come from.
static RINGS: LazyLock<Vec<Vec<[f64; 2]>>> = LazyLock::new(|| {
    let lines = include_str!("../land110.txt").lines().filter(|l| !l.starts_with('#'));
    lines.map(ring).collect()
});

/// Reads one ring: steps in twentieths of a degree. A step over the 180th meridian is taken the
/// short way, so that the ring stays in one piece there.
fn ring(line: &str) -> Vec<[f64; 2]> {
    let steps: Vec<i32> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
    let (mut x, mut y) = (0, 0);
    let pairs = steps.chunks_exact(2).map(|step| {
        (x, y) = (x + short(step[0]), y + step[1]);
        [f64::from(x) / 20.0, f64::from(y) / 20.0]
    });
    pairs.collect()
}

/// Returns a step of less than half the way around the world.
fn short(step: i32) -> i32 {
    const AROUND: i32 = 360 * 20;
    (step + AROUND / 2).rem_euclid(AROUND) - AROUND / 2
}

/// Returns the land that is seen in a frame as path data, rings on either side of the 180th
/// meridian too.
pub(super) fn path(frame: &Frame) -> String {
    let mut d = String::new();
    for ring in RINGS.iter() {
        for turn in [-360.0, 0.0, 360.0] {
            draw(&mut d, ring, turn, frame);
        }
    }
    d
}

fn draw(d: &mut String, ring: &[[f64; 2]], turn: f64, frame: &Frame) {
    let (west, east) = (frame.west - turn, frame.east - turn);
    if !ring.iter().any(|p| p[0] >= west) || !ring.iter().any(|p| p[0] <= east) {
        return;
    }
    let mut points: Vec<[f64; 2]> =
        ring.iter().map(|[lon, lat]| frame.place_as([lon + turn, *lat])).collect();
    for (axis, edge, keep_above) in
        [(0, -MARGIN, true), (0, WIDTH + MARGIN, false), (1, -MARGIN, true), (1, HEIGHT + MARGIN, false)]
    {
        points = cut(&points, axis, edge, keep_above);
    }
    write(d, &points);
}

/// What is drawn beyond the edges, so that the coast's line along them is not seen.
const MARGIN: f64 = 4.0;

/// Cuts a ring at one edge (Sutherland and Hodgman): what is beyond it runs along it.
fn cut(ring: &[[f64; 2]], axis: usize, edge: f64, keep_above: bool) -> Vec<[f64; 2]> {
    let inside = |p: &[f64; 2]| if keep_above { p[axis] >= edge } else { p[axis] <= edge };
    let mut kept = Vec::with_capacity(ring.len());
    for (i, to) in ring.iter().enumerate() {
        let from = &ring[(i + ring.len() - 1) % ring.len()];
        if inside(from) != inside(to) {
            let part = (edge - from[axis]) / (to[axis] - from[axis]);
            let other = 1 - axis;
            let mut crossing = [edge; 2];
            crossing[other] = from[other] + part * (to[other] - from[other]);
            kept.push(crossing);
        }
        if inside(to) {
            kept.push(*to);
        }
    }
    kept
}

/// Writes a ring in whole units, each step from the point before it.
fn write(d: &mut String, ring: &[[f64; 2]]) {
    let mut points = ring.iter().map(|p| p.map(pixel));
    let Some(mut last) = points.next() else { return };
    let _ = write!(d, "M{} {}l", last[0], last[1]);
    for at in points {
        let step = [at[0] - last[0], at[1] - last[1]];
        if step != [0, 0] {
            let _ = write!(d, "{} {} ", step[0], step[1]);
            last = at;
        }
    }
    d.push('z');
}

fn pixel(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "cut to the picture's size")]
    let whole = value.round() as i64;
    whole
}
