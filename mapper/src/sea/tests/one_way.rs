//! Passages that ships may pass in one direction only. No passage of the shipped table is one: the tests give it some.
//! The way back of a network without them is the same way (`tests.rs`); with them, only what is told here holds.

use super::*;
use crate::sea::facts::{Facts, FactsError};
use std::sync::LazyLock;

/// Returns the shipped table with a passage that leads from one place to another only.
fn table(id: &str, from: [f64; 2], to: [f64; 2]) -> String {
    let head = format!("id = \"{id}\"\n");
    assert_eq!(build::facts().matches(&head).count(), 1, "{id}");
    build::facts().replace(&head, &format!("{head}one_way = [{from:?}, {to:?}]\n"))
}

/// Returns the shipped network with another table.
fn network(passages: &str) -> SeaNetwork {
    SeaNetwork::read(include_bytes!("../../../../data/reference/sea-network.bin"), passages).unwrap()
}

/// Southward only.
static SUEZ: LazyLock<SeaNetwork> = LazyLock::new(|| network(&table("suez", [31.4, 32.35], [29.9, 32.55])));

#[test]
fn a_one_way_passage_is_open_ahead_and_shut_against_its_direction() {
    let cases = [
        ("suez", [31.4, 32.35], [29.9, 32.55], "NL-RTM", "MY-PKG"),
        ("malacca", [2.5, 101.5], [1.2, 103.8], "LK-CMB", "SG-SIN"),
        ("dover", [51.5, 2.0], [50.5, 0.8], "NL-RTM", "US-NYC"),
        ("kiel", [53.9, 9.0], [54.4, 10.2], "DE-HAM", "PL-GDN"),
    ];
    let usual = SeaNetwork::embedded();
    for (id, from, to, start, end) in cases {
        let led = network(&table(id, from, to));
        let same = |one: f64, other: f64| assert!((one - other).abs() < 0.5, "{id}: {one} {other}");
        let ask = |network: &SeaNetwork, from: End, to: End, avoid: &[&str]| {
            let mut query = Query::new(from, to);
            query.avoid = avoid.iter().map(|id| (*id).to_owned()).collect();
            network.sail(&query).unwrap()
        };
        // Ahead nothing changes: what the ranks find is the answer.
        let ahead = ask(&led, node(start), node(end), &[]);
        assert_eq!(ahead, ask(&usual, node(start), node(end), &[]), "{id}");
        assert!(ahead.passages.iter().any(|used| used == id), "{id}: {:?}", ahead.passages);
        // Against it the passage is as shut: the answer is that of a search without it.
        let back = ask(&led, node(end), node(start), &[]);
        assert!(!back.passages.iter().any(|used| used == id), "{id}: {:?}", back.passages);
        same(back.cost, ask(&usual, node(end), node(start), &[id]).cost);
        assert!(back.cost > ahead.cost, "{id}");
        // The same where the ranks are not asked, for another passage is shut or an end is a free position.
        same(ask(&led, node(start), node(end), &["bering"]).cost, ahead.cost);
        same(ask(&led, node(end), node(start), &["bering"]).cost, back.cost);
        let places = Places::embedded();
        let free = |id: &str| End::At(places.node(places.find(id).unwrap()).position);
        let ahead = ask(&led, free(start), free(end), &[]);
        assert_eq!(ahead, ask(&usual, free(start), free(end), &[]), "{id}");
        let back = ask(&led, free(end), free(start), &[]);
        assert!(!back.passages.iter().any(|used| used == id), "{id}: {:?}", back.passages);
        same(back.cost, ask(&usual, free(end), free(start), &[id]).cost);
    }
}

#[test]
fn who_begins_beside_a_gate_crosses_it_in_its_direction_only() {
    // Both ends in sight of each other, some miles north and south of the gate of Dover.
    let led = network(&table("dover", [51.5, 2.0], [50.5, 0.8]));
    let (north, south) = (End::At(at(51.10, 1.60)), End::At(at(50.90, 1.30)));
    let ahead = led.sail(&Query::new(north.clone(), south.clone())).unwrap();
    assert_eq!(ahead.passages, ["dover"]);
    assert!(ahead.distance_nm() < 25.0, "{}", ahead.distance_nm());
    let back = led.sail(&Query::new(south, north)).unwrap();
    // Around Great Britain.
    assert!(!back.passages.contains(&"dover".to_owned()), "{:?}", back.passages);
    assert!(back.distance_nm() > 1_000.0, "{}", back.distance_nm());
}

#[test]
fn a_direction_that_says_nothing_is_refused() {
    let error = |text: &str| Facts::parse(text).map(|_| ()).unwrap_err();
    // Along the gate, nowhere, and off the earth.
    assert_eq!(error(&table("suez", [30.4, 32.2], [30.4, 32.5])), FactsError::NoDirection("suez".into()));
    assert_eq!(error(&table("suez", [30.4, 32.2], [30.4, 32.2])), FactsError::NoDirection("suez".into()));
    assert_eq!(error(&table("suez", [91.0, 32.2], [30.4, 32.5])), FactsError::BadPosition("suez".into()));
    assert!(Facts::parse(&table("suez", [31.4, 32.35], [29.9, 32.55])).is_ok());
    assert!(SeaNetwork::embedded().passages().iter().all(|passage| passage.one_way.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn one_way_ways_cost_no_less_and_calls_make_none_cheaper(a in any_node(), b in any_node(), c in any_node()) {
        prop_assume!(a != b && b != c && a != c);
        let cost = |from: &NodeId, to: &NodeId| SUEZ.sail_nodes(from, to).unwrap().cost;
        prop_assert!(cost(&a, &b) >= SeaNetwork::embedded().sail_nodes(&a, &b).unwrap().cost);
        prop_assert!(cost(&a, &c) <= cost(&a, &b) + cost(&b, &c));
        let way = SUEZ.sail_nodes(&a, &b).unwrap();
        for leg in &way.legs {
            prop_assert_eq!(SUEZ.water().against(&leg.bends), 0);
        }
    }
}

#[test]
fn lines_of_documents_keep_to_the_direction_too() {
    let places = Places::embedded();
    let [start, end] = ["NL-RTM", "MY-PKG"].map(|id| places.find(id).unwrap());
    let south = |line: &[Position]| line.iter().any(|at| at.lat < -30.0);
    for reversed in [false, true] {
        let lines = SeaLines::new(Arc::new(network(&table("suez", [31.4, 32.35], [29.9, 32.55]))));
        // Whoever asks first must not settle the line of who asks the other way.
        let ask = |back: bool| {
            let (from, to) = if back { (end, start) } else { (start, end) };
            south(&lines.path(&places, from, to).unwrap())
        };
        assert_eq!(
            [ask(reversed), ask(!reversed)],
            [reversed, !reversed],
            "round the Cape only on the way back"
        );
    }
}
