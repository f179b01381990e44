//! No way by sea touches land: held against the land as other code reads it.

use super::oracle::{Land, point};
use super::*;
use crate::sea::sailing::LegKind;
use crate::sea::sphere::metres;
use sealane_data::node::{Node, NodeKind};
use std::collections::HashSet;

/// The container ports that the simulator and the focus ports need ways between.
const PORTS: [&str; 15] = [
    "CN-YANGSHAN",
    "CN-SHA",
    "VN-CAIMEP",
    "MY-PKG",
    "SG-SIN",
    "HK-HKG",
    "KR-PUS",
    "JP-YOK",
    "TH-LCH",
    "ID-JKT",
    "PH-MNL",
    "CN-NGB",
    "TW-KHH",
    "AU-SYD",
    "NZ-AKL",
];

/// Returns the ports and the focus terminals.
fn ends(places: &Places) -> Vec<Node> {
    let ports = PORTS.into_iter().map(|id| places.find(id).unwrap()).map(|ix| places.node(ix).clone());
    let terminals = places.all().filter(|(_, node)| node.kind == NodeKind::Terminal);
    ports.chain(terminals.map(|(_, node)| node.clone())).collect()
}

#[test]
fn no_way_by_sea_touches_land() {
    let (places, network, land) = (Places::embedded(), SeaNetwork::embedded(), Land::read());
    let ends = ends(&places);
    let (mut seen, mut bad) = (HashSet::new(), Vec::new());
    for from in &ends {
        for to in ends.iter().filter(|to| to.id != from.id) {
            let way = network.sail_nodes(&from.id, &to.id).unwrap();
            let last_mile = way.land_nm();
            assert!(last_mile < 10.0, "{} {}: {last_mile} nm ashore", from.id, to.id);
            for leg in way.legs.iter().filter(|leg| leg.kind == LegKind::Sea) {
                for pair in leg.line().windows(2) {
                    assert!(metres(pair[0], pair[1]) < 50_001.0);
                    let key = [pair[0].lat, pair[0].lon, pair[1].lat, pair[1].lon].map(f64::to_bits);
                    if seen.insert(key) {
                        bad.extend(land.hits(point(pair[0]), point(pair[1])).first().copied());
                    }
                }
            }
        }
    }
    assert!(seen.len() > 1000, "{}", seen.len());
    assert_eq!(bad, Vec::<[f64; 2]>::new());
}

#[test]
fn the_network_and_the_oracle_mean_the_same_land() {
    let (network, land) = (SeaNetwork::embedded(), Land::read());
    let mut seed = 7_u64;
    let mut next = |low: f64, high: f64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((seed >> 33) as f64 / f64::from(u32::MAX >> 1))
    };
    let (mut dry, mut differ) = (0, Vec::new());
    for _ in 0..3000 {
        let at = at(next(-44.0, 49.0), next(91.0, 179.0));
        let held = land.holds(point(at));
        dry += u32::from(held);
        // The extract for tests is rounded to 11 m.
        if network.is_land(at) != held {
            differ.push(at);
        }
    }
    assert!(dry > 500 && differ.len() <= 2, "{dry} on land, these differ: {differ:?}");
    for (lat, lon) in [
        (31.0, 121.0),
        (3.1, 101.7),
        (10.55, 107.08),
        (30.625, 122.08),
        (51.5, -100.0),
        (-75.0, 0.0),
        (68.0, 180.0),
    ] {
        assert!(network.is_land(at(lat, lon)), "{lat} {lon}");
    }
    for (lat, lon) in [
        (30.6, 122.3),
        (2.95, 101.1),
        (10.57, 107.023),
        (-20.0, 157.0),
        (41.0, 51.0),
        (0.0, 180.0),
        (0.0, -180.0),
    ] {
        assert!(!network.is_land(at(lat, lon)), "{lat} {lon}");
    }
}

#[test]
fn land_never_begins_without_a_shore() {
    let network = SeaNetwork::embedded();
    let mut bad = Vec::new();
    for row in 0..680 {
        for column in 0..1440 {
            let here = at(-84.9 + f64::from(row) / 4.0, -179.9 + f64::from(column) / 4.0);
            for there in [at(here.lat + 0.25, here.lon), at(here.lat, here.lon + 0.25)] {
                if network.is_land(here) != network.is_land(there) && !network.touches_land(here, there) {
                    bad.push(here);
                }
            }
        }
    }
    assert_eq!(bad, Vec::<Position>::new());
}

#[test]
fn focus_terminals_stand_at_the_waters_edge() {
    let (places, land) = (Places::embedded(), Land::read());
    for (_, node) in places.all().filter(|(_, node)| !node.berth_line.is_empty()) {
        for at in &node.berth_line {
            let metres = land.to_shore(point(*at));
            assert!(metres < 150.0, "{}: {metres} m from the shore", node.id);
        }
        assert!(land.to_shore(point(node.position)) < 150.0, "{}", node.id);
        assert!(!land.holds(point(node.position)), "{}: the ship's place is on land", node.id);
        let [seaward, landward] = [60.0, -60.0].map(|metres| beside(&node.berth_line, metres));
        assert!(!land.holds(seaward), "{}: no water before the berth", node.id);
        assert!(land.holds(landward), "{}: no land behind the berth", node.id);
    }
}

/// Returns the point some metres to the left of the middle of a line.
fn beside(line: &[Position], metres: f64) -> [f64; 2] {
    let pair = [line[0], line[line.len() - 1]];
    let half = |a: f64, b: f64| f64::midpoint(a, b);
    let middle = match line.len() {
        2 => [half(pair[0].lon, pair[1].lon), half(pair[0].lat, pair[1].lat)],
        _ => point(line[1]),
    };
    let shrink = pair[0].lat.to_radians().cos();
    let (dx, dy) = ((pair[1].lon - pair[0].lon) * shrink, pair[1].lat - pair[0].lat);
    let degrees = metres / 111_195.0 / dx.hypot(dy);
    [middle[0] - dy * degrees / shrink, middle[1] + dx * degrees]
}
