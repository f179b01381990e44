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
        let used = network.passages().iter().filter(|passage| way.passages.contains(&passage.id));
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
    // Ras Kathib, behind a spit, to Assab: Pub. 151 has 116.
    let kathib = miles(at(14.933, 42.897), at(13.0, 42.758));
    assert!((114.0..122.0).contains(&kathib), "{kathib}");
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

#[test]
fn large_ships_pass_outside_of_islands_and_coasters_inside() {
    let passages = |from: &str, to: &str| sail(node(from), node(to)).passages;
    let uses = |from, to, passage: &str| passages(from, to).iter().any(|id| id == passage);
    for south in ["MY-PKG", "SG-SIN", "AU-SYD", "HK-HKG"] {
        assert!(!uses("CN-YANGSHAN-3", south, "zhoushan"), "{south}");
        assert!(!uses("CN-SHA", south, "zhoushan") && !uses("CN-SHA", south, "daji"), "{south}");
    }
    assert!(uses("CN-YANGSHAN-3", "CN-NGB", "zhoushan") && uses("CN-SHA", "CN-NGB", "zhoushan"));
    let feeder = sail(node("CN-SHA"), node("CN-NGB")).distance_nm();
    assert!((95.0..120.0).contains(&feeder), "{feeder}");
}

#[test]
fn a_canal_is_paid_whole_by_who_joins_it_off_its_mouth() {
    let network = SeaNetwork::embedded();
    // Aburatsu to Montreal: Cabot Strait, unless the lock of Canso saved more than it costs.
    let way = sail(End::At(at(31.583, 131.4)), End::At(at(45.5, -73.55)));
    let lock = network.passages().iter().find(|passage| passage.id == "canso").unwrap();
    let used = way.passages.contains(&lock.id);
    assert!(!used || way.cost >= way.sea_metres() + lock.cost * MILE, "{} {}", way.cost, way.sea_metres());
    // From one side of the lock to the other, without the mouths of the line.
    let inside = sail(End::At(at(45.69, -61.47)), End::At(at(45.625, -61.385)));
    assert_eq!(inside.passages, ["canso"]);
    assert!(inside.distance_nm() < 10.0, "{}", inside.distance_nm());
    assert!(inside.cost >= inside.sea_metres() + lock.cost * MILE, "{}", inside.cost);
}

#[test]
fn a_free_position_beside_a_node_is_not_led_into_its_harbour_and_out_again() {
    // A berth at Los Angeles some cables from the node: the ways of the node lead past it.
    let way = sail(End::At(at(33.75, -118.271)), End::At(at(35.45, 139.65)));
    for leg in &way.legs {
        let mut seen = leg.bends.clone();
        seen.sort_by(|a, b| a.lat.total_cmp(&b.lat).then(a.lon.total_cmp(&b.lon)));
        seen.dedup();
        assert_eq!(seen.len(), leg.bends.len(), "{:?}", leg.bends);
    }
    let sum: f64 = way.legs.iter().map(|leg| leg.metres).sum();
    assert!((4_820.0..4_865.0).contains(&(sum / MILE)), "{}", sum / MILE);
    assert!(way.cost >= way.sea_metres());
}

#[test]
fn a_free_position_is_not_led_to_a_neighbour_and_back() {
    // Wenzhou up the river to Hong Kong, past the berths of Zhuangyuan at the mouth.
    let way = sail(End::At(at(28.029, 120.667)), End::At(at(22.283, 114.167)));
    for three in way.legs.iter().flat_map(|leg| leg.bends.windows(3)).filter(|three| three[0].lat > 27.0) {
        let straight = sphere::metres(three[0], three[2]);
        let along = sphere::metres(three[0], three[1]) + sphere::metres(three[1], three[2]);
        assert!(along < straight * 1.6, "{three:?}");
    }
}

#[test]
fn free_positions_at_harbours_have_the_ways_along_their_own_coast() {
    // NGA Pub. 151. Ways of neighbours, which thinning once left them, were 161, 115, 24, 42 and 328 miles; the next had none,
    // and out of Cadiz behind its spit it was 57.
    for (from, to, miles) in [
        (at(39.62917, 19.90972), at(38.25222, 21.73139), 138.0),
        (at(50.35, -3.57222), at(50.88333, -1.39167), 100.0),
        (at(62.24111, -6.59583), at(62.00556, -6.75833), 16.0),
        (at(34.96611, 33.7325), at(34.69556, 33.18639), 34.0),
        (at(57.05833, 9.93333), at(55.7, 12.60167), 143.0),
        (at(53.99028, -128.81194), at(33.71667, -118.26667), 1391.0),
        (at(36.53333, -6.28333), at(35.95, -5.75), 50.0),
    ] {
        let way = sail(End::At(from), End::At(to));
        let ours = way.distance_nm() + way.land_nm();
        assert!((ours / miles - 1.0).abs() < 0.08, "{from:?} {to:?}: {ours:.1} against {miles}");
    }
}

#[test]
fn ships_that_pass_chengshan_jiao_keep_to_its_lanes() {
    // Qingdao to Weihai: Pub. 151 has 205; inside the zone along the shore it was 194.
    let way = sail(End::At(at(36.092, 120.317)), End::At(at(37.5, 122.142)));
    assert!((197.0..209.0).contains(&way.distance_nm()), "{}", way.distance_nm());
    let off = way.line().into_iter().filter(|at| (37.2..37.4).contains(&at.lat) && at.lon > 122.5);
    let west = off.map(|at| at.lon).fold(f64::INFINITY, f64::min);
    assert!(west > 122.765, "{west}: the inner boundary of the lanes is at 122.765");
}
