//! Lines between anchors: approaches of the focus ports, straits, and gates from shore to shore.

use super::*;
use crate::sea::facts::Facts;
use crate::sea::sphere::metres;

/// Returns how far a line passes from a place, in metres; its bends are asked and points between them.
fn off(way: &Sailing, place: Position) -> f64 {
    let line = way.line();
    let pieces = line.windows(2).flat_map(|pair| {
        (0..=50).map(move |step| {
            let share = f64::from(step) / 50.0;
            let part = |a: f64, b: f64| a + (b - a) * share;
            at(part(pair[0].lat, pair[1].lat), part(pair[0].lon, pair[1].lon))
        })
    });
    pieces.map(|near| metres(near, place)).fold(f64::INFINITY, f64::min)
}

#[test]
fn ways_of_focus_nodes_lead_over_their_approaches() {
    let facts = Facts::parse(build::facts()).unwrap();
    assert!(facts.approach.len() >= 4);
    for node_id in facts.approach.iter().flat_map(|approach| &approach.nodes) {
        let mine: Vec<_> = facts.approach.iter().filter(|a| a.nodes.contains(node_id)).collect();
        for far in ["US-LAX", "NL-RTM", "AU-SYD"] {
            let way = sail(node(node_id), node(far));
            // All anchors but the outermost, from which a way may turn before it is reached, of one approach, as far in as
            // the node lies: those between the node and the sea.
            let start = way.line()[0];
            let follows = |line: &[[f64; 2]]| {
                let anchors = line.iter().map(|[lat, lon]| at(*lat, *lon));
                let passed = anchors.filter(|anchor| off(&way, *anchor) < 700.0).count();
                passed >= 2 || metres(at(line[0][0], line[0][1]), start) < 3_000.0
            };
            assert!(mine.iter().any(|approach| follows(&approach.line)), "{node_id} {far}: {:?}", way.legs);
        }
    }
}

#[test]
fn gates_reach_the_shore() {
    let (network, facts) = (SeaNetwork::embedded(), Facts::parse(build::facts()).unwrap());
    let water = network.water();
    for passage in &facts.passage {
        for end in passage.gate.iter().flat_map(|gate| [gate.first(), gate.last()]).flatten() {
            let end = at(end[0], end[1]);
            let Some(ashore) = water.carried_on(end) else {
                assert!(end.lat.abs() > 89.0, "{}: {end:?}", passage.id);
                continue;
            };
            let on = [ashore.lon, ashore.lat];
            let held =
                water.land.holds(on) || water.avoid.holds(on) || water.land.clearance(on, 1_000.0) < 25.0;
            assert!(held, "{}: {end:?} {ashore:?}", passage.id);
        }
    }
}
