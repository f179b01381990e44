//! The passages of a way in the order of travel, and other ways than the best.

use crate::along::Along;
use crate::sea::{Passage, Query, Sailing, SeaNetwork};
use sealane_data::node::Position;

/// A passage that a way uses.
#[derive(Clone, Debug)]
pub struct Used<'n> {
    /// The passage.
    pub passage: &'n Passage,
    /// Metres from the start of the way to the passage's middle.
    pub at: f64,
}

/// Returns the passages of a way as it comes to them.
pub fn in_order<'n>(network: &'n SeaNetwork, sailing: &Sailing) -> Vec<Used<'n>> {
    let line: Vec<Position> = sailing.legs.iter().flat_map(|leg| leg.bends.iter().copied()).collect();
    let used = network.passages().iter().filter(|passage| sailing.passages.contains(&passage.id));
    let place = |passage: &Passage| {
        let lines = passage.gate.iter().chain(std::iter::once(&passage.line));
        let middles = lines.filter_map(|line| middle(line)).filter_map(|at| Along::of(&line, at, 0.0));
        // A passage may have several gates; the way goes through the one it is nearest to.
        middles.min_by(|a, b| a.off.total_cmp(&b.off)).map_or(0.0, |along| along.done)
    };
    let mut used: Vec<Used<'n>> = used.map(|passage| Used { passage, at: place(passage) }).collect();
    used.sort_by(|a, b| a.at.total_cmp(&b.at));
    used
}

fn middle(line: &[[f64; 2]]) -> Option<Position> {
    match line {
        [] => None,
        [a, b] => {
            // A gate may cross the 180th meridian.
            let turn = ((a[1] - b[1]) / 360.0).round() * 360.0;
            Some(Position { lat: f64::midpoint(a[0], b[0]), lon: f64::midpoint(a[1], b[1] + turn) })
        }
        line => line.get(line.len() / 2).map(|[lat, lon]| Position { lat: *lat, lon: *lon }),
    }
}

/// A way that is not the best one.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The passages it does without that the best way would take.
    pub without: Vec<String>,
    /// The way.
    pub sailing: Sailing,
}

/// How much dearer than the best an alternative may be: who would go round the world twice?
const DEARER: f64 = 2.5;

/// Returns other ways that a question allows, cheapest first: each does without a passage that the best
/// way, or one of these, uses.
pub fn alternatives(network: &SeaNetwork, query: &Query, best: &Sailing, most: usize) -> Vec<Alternative> {
    let mut found: Vec<Alternative> = Vec::new();
    let mut asked: Vec<Vec<String>> = Vec::new();
    let mut ahead = vec![(Vec::new(), best.passages.clone())];
    // Two passages given up at most: more would only find ways that nobody sails.
    while let Some((without, uses)) = ahead.pop() {
        for id in uses {
            let mut without: Vec<String> = without.clone();
            without.push(id);
            without.sort();
            if asked.contains(&without) || most == 0 {
                continue;
            }
            asked.push(without.clone());
            let mut other = query.clone();
            other.avoid.extend(without.iter().cloned());
            let Ok(sailing) = network.sail(&other) else { continue };
            let new = best.passages != sailing.passages
                && !found.iter().any(|known| known.sailing.passages == sailing.passages);
            if sailing.cost <= best.cost * DEARER && new {
                if without.len() < 2 && found.len() < most {
                    ahead.push((without.clone(), sailing.passages.clone()));
                }
                found.push(Alternative { without, sailing });
            }
        }
    }
    found.sort_by(|a, b| a.sailing.cost.total_cmp(&b.sailing.cost));
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sea::End;

    fn node(id: &str) -> End {
        End::Node(sealane_data::node::NodeId(id.into()))
    }

    #[test]
    fn passages_come_as_a_ship_comes_to_them() {
        let network = SeaNetwork::embedded();
        let ids = |from: &str, to: &str| {
            let way = network.sail(&Query::new(node(from), node(to))).unwrap();
            in_order(&network, &way).iter().map(|used| used.passage.id.clone()).collect::<Vec<_>>()
        };
        let west = ids("CN-YANGSHAN-3", "NL-RTM");
        let place =
            |id: &str| west.iter().position(|known| known == id).unwrap_or_else(|| panic!("{id}: {west:?}"));
        let order = ["malacca", "bab-el-mandeb", "suez", "gibraltar", "dover"].map(place);
        assert!(order.is_sorted(), "{west:?}");
        let east: Vec<String> = ids("NL-RTM", "CN-YANGSHAN-3").into_iter().rev().collect();
        assert_eq!(east, west);
    }

    #[test]
    fn nobody_goes_over_the_pole_unless_the_ice_is_opened() {
        let network = SeaNetwork::embedded();
        let ice = ["northeast", "northwest"];
        let mut query = Query::new(node("JP-YOK"), node("NL-RTM"));
        let usual = network.sail(&query).unwrap();
        assert!(usual.legs.iter().flat_map(|leg| &leg.bends).all(|at| at.lat < 75.0), "{:?}", usual.passages);
        query.open = ice.map(ToOwned::to_owned).to_vec();
        let opened = network.sail(&query).unwrap();
        assert!(opened.cost <= usual.cost, "what may be used more never costs more");
    }

    #[test]
    fn alternatives_are_other_ways_and_dearer() {
        let network = SeaNetwork::embedded();
        let query = Query::new(node("MY-WESTPORTS"), node("NL-RTM"));
        let best = network.sail(&query).unwrap();
        let others = alternatives(&network, &query, &best, 3);
        assert!(!others.is_empty() && others.len() <= 3);
        for pair in others.windows(2) {
            assert!(pair[0].sailing.cost <= pair[1].sailing.cost);
        }
        for other in &others {
            assert!(other.sailing.cost >= best.cost && other.sailing.passages != best.passages);
            assert!(
                other.without.iter().all(|id| !other.sailing.passages.contains(id)),
                "{:?}",
                other.without
            );
        }
        assert!(others.iter().any(|other| other.without.contains(&"suez".to_owned())), "round the Cape");
    }
}
