//! Ways between nodes and beside them: by rank and by search, what passages cost, how near free positions come.

use super::*;
use crate::sea::sailing::MILE;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_way_by_rank_costs_what_a_search_finds(a in any_node(), b in any_node()) {
        prop_assume!(a != b);
        let network = SeaNetwork::embedded();
        let way = network.sail_nodes(&a, &b).unwrap();
        let searched = network.searched(&a, &b).unwrap();
        prop_assert!((way.cost - searched as f64).abs() < 0.5, "{} {}", way.cost, searched);
    }

    #[test]
    fn passages_cost_wherever_they_are_crossed(a in any_node(), b in any_node(), free in any::<[bool; 2]>()) {
        prop_assume!(a != b);
        let (network, places) = (SeaNetwork::embedded(), Places::embedded());
        let end = |id: &NodeId, free: bool| {
            if free { End::At(places.node(places.find(&id.0).unwrap()).position) } else { End::Node(id.clone()) }
        };
        let way = network.sail(&Query::new(end(&a, free[0]), end(&b, free[1]))).unwrap();
        // A canal's cost lies along its line, which may be joined off its mouth; only straits are charged whole.
        let straits = network.passages().iter().filter(|passage| !passage.canal);
        let used = straits.filter(|passage| way.passages.contains(&passage.id));
        let toll: f64 = used.map(|passage| passage.cost * MILE).sum();
        // Costs are whole metres, edge by edge.
        let edges = way.legs.iter().map(|leg| leg.bends.len()).sum::<usize>() as f64;
        prop_assert!(way.cost + edges >= way.sea_metres() + toll, "{} {} {toll}", way.cost, way.sea_metres());
    }

    #[test]
    fn a_free_position_at_a_node_sails_about_as_far(a in any_node(), b in any_node()) {
        prop_assume!(a != b);
        let (network, places) = (SeaNetwork::embedded(), Places::embedded());
        let at = places.node(places.find(&a.0).unwrap()).position;
        let by_node = network.sail_nodes(&a, &b).unwrap();
        let free = network.sail(&Query::new(End::At(at), End::Node(b))).unwrap();
        prop_assert!(free.cost <= by_node.cost * 1.02 + 20_000.0, "{} {}", free.cost, by_node.cost);
    }
}

#[test]
fn sounds_behind_islands_are_joined_with_the_sea() {
    let miles = |from: Position, to: Position| sail(End::At(from), End::At(to)).distance_nm();
    // Bridgeport in Long Island Sound to Halifax, through The Race.
    let bridgeport = miles(at(41.1717, -73.18), at(44.65, -63.57));
    assert!((480.0..620.0).contains(&bridgeport), "{bridgeport}");
    // Honolulu to San Francisco around Makapuu: Pub. 151 has 2091.
    let honolulu = miles(at(21.308, -157.871), at(37.808, -122.4));
    assert!((2060.0..2120.0).contains(&honolulu), "{honolulu}");
    // Mokpo to Qingdao, west between Haui and Jindo: Pub. 151 has 336.
    let mokpo = miles(at(34.783, 126.383), at(36.092, 120.317));
    assert!((310.0..365.0).contains(&mokpo), "{mokpo}");
}

#[test]
fn shallow_ways_and_narrows_are_left_to_who_asks_for_them() {
    let ways = [
        (node("ID-KDI"), node("ID-MAK"), "tiworo"),
        (node("CN-TAO"), node("CN-SHA"), "beigang"),
        (node("AU-DRW"), End::At(at(-13.9, 136.4)), "clarence"),
        (node("AU-DRW"), End::At(at(-13.9, 136.4)), "wessel"),
    ];
    for (from, to, passage) in ways {
        let way = sail(from, to);
        assert!(!way.passages.iter().any(|id| id == passage), "{:?}", way.passages);
    }
}
