//! The land in a picture: Natural Earth at 1:110 million, without borders or names.

use super::frame::{Frame, HEIGHT, WIDTH};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Rings of longitude and latitude; the file's head says where they come from.
static RINGS: LazyLock<Vec<Vec<[f64; 2]>>> = LazyLock::new(|| {
    let lines = include_str!("../land110.txt").lines().filter(|l| !l.starts_with('#'));
    lines.map(ring).collect()
});

/// Reads one ring: steps in twentieths of a degree.
fn ring(line: &str) -> Vec<[f64; 2]> {
    let steps: Vec<i32> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
    let (mut x, mut y) = (0, 0);
    let pairs = steps.chunks_exact(2).map(|step| {
        (x, y) = (x + step[0], y + step[1]);
        [f64::from(x) / 20.0, f64::from(y) / 20.0]
    });
    pairs.collect()
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
    let points: Vec<[f64; 2]> = ring.iter().map(|[lon, lat]| frame.place_as([lon + turn, *lat])).collect();
    let seen = |i: usize, low: f64, high: f64| points.iter().any(|p| p[i] > low) && points.iter().any(|p| p[i] < high);
    if !seen(0, 0.0, WIDTH) || !seen(1, 0.0, HEIGHT) {
        return;
    }
    let mut last = [i64::MAX; 2];
    for (i, point) in points.iter().enumerate() {
        // Far outside, where it was does not matter, only on which side.
        let at = [point[0].clamp(-WIDTH, 2.0 * WIDTH), point[1].clamp(-HEIGHT, 2.0 * HEIGHT)].map(pixel);
        if at != last {
            let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, at[0], at[1]);
        }
        last = at;
    }
    d.push('Z');
}

fn pixel(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a few thousand just above")]
    let whole = value.round() as i64;
    whole
}
