//! From positions to areas: 100,000 polygons, one core, against the tree alone and a look at every box.

use crate::areas_made;
use crate::table;
use sealane_data::node::Position;
use sealane_mapper::areas::Areas;
use std::time::Instant;

const POINTS: usize = 1_000_000;
const ROUNDS: usize = 5;
/// Positions a second through the tree, and with the bitmap in front of it.
const BARS: [f64; 2] = [1_500_000.0, 2_000_000.0];

pub(crate) fn run() {
    let rings = areas_made::rings();
    let positions = areas_made::positions(POINTS);
    let started = Instant::now();
    let areas = Areas::new(rings.iter().map(Vec::as_slice));
    let built = started.elapsed();
    let tree = best(&positions, |at, found| areas.holding_unfiltered(at, |_| *found += 1));
    let whole = best(&positions, |at, found| areas.holding(at, |_| *found += 1));
    assert_eq!(tree.1, whole.1, "both find the same");
    // One in a thousand: a look at every box takes a millisecond.
    let few: Vec<Position> = positions.iter().step_by(1_000).copied().collect();
    let boxes: Vec<[f64; 4]> = rings.iter().map(|ring| bounds(ring)).collect();
    let slow = best(&few, |at, found| {
        for (ring, [west, south, east, north]) in rings.iter().zip(&boxes) {
            if (*west..=*east).contains(&at.lon) && (*south..=*north).contains(&at.lat) && holds(ring, at) {
                *found += 1;
            }
        }
    });
    let row = |name: &str, (rate, found): (f64, u64), bar: Option<f64>| {
        let met = bar.map_or("-".to_owned(), |bar| table::verdict(rate >= bar));
        [
            name.to_owned(),
            table::whole(rate),
            format!("{:.2}", rate / slow.0),
            table::whole(found as f64),
            met,
        ]
    };
    let rows = [
        row("every box, then the ring", slow, None),
        row("rstar, then the ring; bar 1,500,000", tree, Some(BARS[0])),
        row("bitmap, rstar, then the ring; bar 2,000,000", whole, Some(BARS[1])),
    ];
    let title = format!(
        "positions: 1,000,000 positions in {} polygons, one core; the index took {} ms",
        table::whole(rings.len() as f64),
        built.as_millis()
    );
    table::print(&title, ["way", "positions/s", "of every box", "found", "bar"], &rows);
}

/// Returns the positions a second of the best round, and what was found.
fn best(positions: &[Position], mut look: impl FnMut(Position, &mut u64)) -> (f64, u64) {
    let mut best = (0.0, 0);
    for _ in 0..ROUNDS {
        let (started, mut found) = (on_core(), 0);
        for at in positions {
            look(*at, &mut found);
        }
        let rate = positions.len() as f64 / (on_core() - started).max(1e-9);
        best = (rate.max(best.0), found);
    }
    best
}

/// Returns the seconds that this thread has been on a core: who else uses the machine counts less.
fn on_core() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

fn bounds(ring: &[Position]) -> [f64; 4] {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    ring.iter().fold(none, |[west, south, east, north], at| {
        [west.min(at.lon), south.min(at.lat), east.max(at.lon), north.max(at.lat)]
    })
}

fn holds(ring: &[Position], at: Position) -> bool {
    let crosses = |pair: &&[Position]| {
        let (a, b) = (pair[0], pair[1]);
        (a.lat > at.lat) != (b.lat > at.lat)
            && at.lon < (b.lon - a.lon) * (at.lat - a.lat) / (b.lat - a.lat) + a.lon
    };
    ring.windows(2).filter(crosses).count() % 2 == 1
}
