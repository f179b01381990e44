//! Every passage that can be named does something: it is used when it is open, and not when it is shut.

use super::*;
use crate::sea::facts::Facts;
use crate::sea::sphere::{RADIUS, cross, normal, position, unit};

/// Metres from a gate at which both sides are looked at.
const OFF: [f64; 7] = [2_000.0, 4_000.0, 8_000.0, 15_000.0, 30_000.0, 80_000.0, 250_000.0];
/// Where along a piece of a gate.
const ALONG: [f64; 7] = [0.5, 0.3, 0.7, 0.15, 0.85, 0.05, 0.95];

/// Returns places on both sides of a passage.
fn sides(passage: &Passage) -> Vec<[Position; 2]> {
    let place = |[lat, lon]: [f64; 2]| at(lat, lon);
    let mut pairs = Vec::new();
    if let (true, Some(first), Some(last)) = (passage.canal, passage.line.first(), passage.line.last()) {
        pairs.push([place(*first), place(*last)]);
    }
    for pair in passage.gate.iter().flat_map(|gate| gate.windows(2)) {
        let (a, b) = (unit(place(pair[0])), unit(place(pair[1])));
        let across = normal(cross(a, b));
        for share in ALONG {
            let middle = normal(std::array::from_fn(|i| a[i] * (1.0 - share) + b[i] * share));
            for metres in OFF {
                let side = |sign: f64| {
                    let off = sign * metres / RADIUS;
                    position(normal(std::array::from_fn(|i| middle[i] + across[i] * off)))
                };
                pairs.push([side(1.0), side(-1.0)]);
            }
        }
    }
    pairs
}

#[test]
fn every_passage_can_be_used_and_shut() {
    let (network, facts) = (SeaNetwork::embedded(), Facts::parse(build::facts()).unwrap());
    let mut idle = Vec::new();
    for passage in &facts.passage {
        let used = sides(passage).into_iter().find_map(|[from, to]| {
            let mut query = Query::new(End::At(from), End::At(to));
            query.open = vec![passage.id.clone()];
            let way = network.sail(&query).ok().filter(|way| way.passages.contains(&passage.id))?;
            Some((query, way))
        });
        let Some((mut query, open)) = used else {
            idle.push(passage.id.clone());
            continue;
        };
        query.open.clear();
        query.avoid = vec![passage.id.clone()];
        match network.sail(&query) {
            Ok(shut) => {
                assert!(!shut.passages.contains(&passage.id), "{}", passage.id);
                assert!(shut.cost >= open.cost, "{}: {} {}", passage.id, shut.cost, open.cost);
            }
            Err(error) => assert_eq!(error, SeaError::NoRoute, "{}", passage.id),
        }
    }
    // Natural Earth draws the Limfjord too narrow for a way through it: opening it changes nothing.
    assert_eq!(idle, ["limfjord"]);
}

#[test]
fn the_northeast_passage_opens_the_north() {
    let network = SeaNetwork::embedded();
    let mut query = Query::new(node("JP-YOK"), node("NL-RTM"));
    let shut = network.sail(&query).unwrap();
    query.open = vec!["northeast".into()];
    let open = network.sail(&query).unwrap();
    assert!(open.passages.iter().any(|id| id == "northeast"), "{:?}", open.passages);
    assert!(open.passages.iter().any(|id| id == "bering"), "{:?}", open.passages);
    // About 7,300 nm by the north against 11,100 through Suez.
    assert!(open.distance_nm() < shut.distance_nm() * 0.75, "{} {}", open.distance_nm(), shut.distance_nm());
}
