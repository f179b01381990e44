//! The sea network: node to node with path, any position to a node, and a kept way written as GeoJSON.
//!
//! Land under all ways, accuracy and memory are measured by `mapper/examples/sea_measure.rs`.

use crate::table::{print, verdict};
use sealane_api::sea::{Charts, Question};
use sealane_data::node::{NodeId, Position};
use sealane_data::places::Places;
use sealane_mapper::sea::{End, Query, SeaNetwork};
use std::time::Instant;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

/// Measures and prints one table.
pub(crate) fn run() {
    let network = SeaNetwork::embedded();
    let nodes: Vec<NodeId> = Places::embedded().all().map(|(_, node)| node.id.clone()).collect();
    let mut dice = Dice(1);
    // Each node's first question is in the first round: it climbs its ranks then.
    let mut round = || -> Vec<(f64, bool)> {
        let ask = |_| {
            let [a, b] = [0, 1].map(|_| &nodes[dice.below(nodes.len())]);
            micros(|| network.sail_nodes(a, b).is_ok())
        };
        (0..20_000).map(ask).collect()
    };
    let (first, named) = (round(), round());
    let mut free = Vec::new();
    while free.len() < 500 {
        let (lat, lon) = (dice.below(1100) as f64 / 10.0 - 50.0, dice.below(3600) as f64 / 10.0 - 180.0);
        let to = nodes[dice.below(nodes.len())].clone();
        let query = Query::new(End::At(Position { lat, lon }), End::Node(to));
        let (took, found) = micros(|| network.sail(&query).is_ok());
        if found {
            free.push((took, found));
        }
    }
    let row = |name: &str, times: Vec<(f64, bool)>, bars: [f64; 2]| {
        let mut times: Vec<f64> = times.into_iter().map(|(took, _)| took).collect();
        times.sort_by(f64::total_cmp);
        let [half, most] = [times[times.len() / 2], times[times.len() * 99 / 100]];
        let met = verdict(half <= bars[0] && most <= bars[1]);
        [
            name.to_owned(),
            format!("{half:.1}"),
            format!("{most:.1}"),
            format!("{} / {}", bars[0], bars[1]),
            met,
        ]
    };
    let rows = [
        row("node to node, first questions among them", first, [30.0, 200.0]),
        row("node to node", named, [30.0, 200.0]),
        row("any position to a node", free, [5000.0, f64::INFINITY]),
        row("a kept way as GeoJSON", kept(), [f64::INFINITY, f64::INFINITY]),
    ];
    print("Sea routes with path, microseconds", ["what", "p50", "p99", "bar", "verdict"], &rows);
}

/// Writes ways whose legs are kept as encoded bytes; 2.7 us for 250 points is what others reach with such a cache.
fn kept() -> Vec<(f64, bool)> {
    let (charts, places) = (Charts::default(), Places::embedded());
    let question =
        |from: &str, to: &str| Question { from: from.to_owned(), to: to.to_owned(), ..Question::default() };
    let pairs =
        [("CN-YANGSHAN-3", "NL-RTM"), ("VN-CAIMEP", "US-LAX"), ("MY-PKG", "JP-YOK"), ("KR-PUS", "NZ-AKL")];
    let answers = pairs.map(|(from, to)| charts.answer(&places, &question(from, to)));
    let mut times = Vec::new();
    for _ in 0..2_000 {
        for answer in answers.iter().flatten() {
            times.push(micros(|| !answer.geojson().is_empty()));
        }
    }
    times
}

/// Returns the microseconds that something takes, and what it says.
fn micros(what: impl FnOnce() -> bool) -> (f64, bool) {
    let started = Instant::now();
    let said = std::hint::black_box(what());
    (started.elapsed().as_secs_f64() * 1e6, said)
}
