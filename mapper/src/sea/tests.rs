mod approaches;
mod gates;
mod land;
mod one_way;
mod oracle;
mod room;
mod ways;

use super::*;
use crate::route::NoGeometry;
use proptest::prelude::*;
use sealane_data::node::{NodeId, Position};
use sealane_data::places::Places;
use std::sync::Arc;

fn at(lat: f64, lon: f64) -> Position {
    Position { lat, lon }
}

fn node(id: &str) -> End {
    End::Node(NodeId(id.into()))
}

fn sail(from: End, to: End) -> Sailing {
    SeaNetwork::embedded().sail(&Query::new(from, to)).unwrap()
}

#[test]
fn the_artefact_was_built_from_what_is_committed() {
    let hash = build::input_hash(build::facts(), &Places::embedded());
    let input: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        SeaNetwork::embedded().version(),
        input,
        "land, passages, nodes, detail or the builder changed: run `sealane sea build` and commit data/reference/sea-network.bin"
    );
}

#[test]
fn damaged_bytes_are_refused() {
    let whole = include_bytes!("../../../data/reference/sea-network.bin");
    assert!(whole.len() <= 2_000_000, "{} bytes", whole.len());
    for cut in [0, 3, 35, 100, whole.len() / 2, whole.len() - 1] {
        assert!(SeaNetwork::read(&whole[..cut], build::facts()).is_err(), "{cut}");
    }
}

#[test]
fn distances_are_near_published_ones() {
    // Nautical miles between pilots' and ports' tables; ours run to other quays and around banks.
    for (from, to, miles) in [
        ("SG-SIN", "HK-HKG", 1460.0),
        ("SG-SIN", "MY-PKG", 200.0),
        ("SG-SIN", "ID-JKT", 525.0),
        ("CN-YANGSHAN", "KR-PUS", 480.0),
        ("SG-SIN", "JP-YOK", 2900.0),
        ("PH-MNL", "HK-HKG", 631.0),
        ("TH-LCH", "SG-SIN", 830.0),
        ("AU-SYD", "NZ-AKL", 1275.0),
    ] {
        let ours = sail(node(from), node(to)).distance_nm();
        assert!((ours / miles - 1.0).abs() < 0.09, "{from} {to}: {ours:.0} against {miles}");
    }
}

#[test]
fn suez_shut_leads_around_africa() {
    let network = SeaNetwork::embedded();
    let mut query = Query::new(node("MY-PKG"), node("NL-RTM"));
    let open = network.sail(&query).unwrap();
    assert!(open.passages.iter().any(|id| id == "suez"), "{:?}", open.passages);
    query.avoid = vec!["suez".into()];
    let shut = network.sail(&query).unwrap();
    assert!(shut.passages.iter().any(|id| id == "good-hope"), "{:?}", shut.passages);
    assert!((11_000.0..12_100.0).contains(&shut.distance_nm()), "{}", shut.distance_nm());
    query.avoid.clear();
    query.vessel.draft = Some(21.0);
    assert_eq!(network.sail(&query).unwrap().passages.iter().find(|id| *id == "suez"), None);
}

#[test]
fn nothing_is_answered_with_a_straight_line() {
    let network = SeaNetwork::embedded();
    let ask = |from, to| network.sail(&Query::new(from, to)).map(|_| ()).unwrap_err();
    assert_eq!(ask(node("SG-SIN"), node("XX-NOWHERE")), SeaError::UnknownNode(NodeId("XX-NOWHERE".into())));
    let inland = at(48.0, 66.0);
    assert_eq!(ask(node("SG-SIN"), End::At(inland)), SeaError::TooFar(inland));
    assert!(matches!(ask(node("SG-SIN"), End::At(at(91.0, 0.0))), SeaError::BadPosition(_)));
    // The Caspian is a sea of its own.
    assert!(matches!(ask(node("SG-SIN"), End::At(at(41.0, 51.0))), SeaError::TooFar(_) | SeaError::NoRoute));
    let mut query = Query::new(node("SG-SIN"), node("NL-RTM"));
    query.avoid = vec!["atlantis".into()];
    assert_eq!(network.sail(&query), Err(SeaError::UnknownPassage("atlantis".into())));
}

#[test]
fn lines_for_documents_are_shared_and_the_way_back_is_the_same() {
    let (places, lines) = (Places::embedded(), SeaLines::new(SeaNetwork::embedded()));
    let [yangshan, rotterdam] = ["CN-YANGSHAN-3", "NL-RTM"].map(|id| places.find(id).unwrap());
    let there = lines.path(&places, yangshan, rotterdam).unwrap();
    let back = lines.path(&places, rotterdam, yangshan).unwrap();
    assert!(there.iter().eq(back.iter().rev()));
    assert!(Arc::ptr_eq(&there, &lines.path(&places, yangshan, rotterdam).unwrap()));
    assert_eq!(lines.path(&places, yangshan, yangshan), Err(NoGeometry::NoSeaRoute));
}

#[test]
fn broken_tables_are_refused() {
    let error = |text: &str| facts::Facts::parse(text).map(|_| ()).unwrap_err();
    assert!(matches!(error("passage = 1"), FactsError::Form(_)));
    let row = |line: &str| format!("[[passage]]\nid = \"a\"\nname = \"A\"\nline = {line}\nsource = \"s\"");
    assert_eq!(error(&row("[[91.0, 0.0], [0.0, 0.0]]")), FactsError::BadPosition("a".into()));
    assert_eq!(error(&row("[[1.0, 0.0]]")), FactsError::TooShort("a".into()));
}

#[test]
fn a_small_map_needs_few_points_and_cuts_no_cape() {
    let network = SeaNetwork::embedded();
    let way = sail(node("CN-YANGSHAN-3"), node("NL-RTM"));
    let whole = way.line();
    let mut before = 0;
    for zoom in [0, 4, 8, 12] {
        let line = network.line_at_zoom(&way, zoom);
        assert_eq!((line.first(), line.last()), (whole.first(), whole.last()));
        assert!(line.len() >= before && line.len() <= whole.len(), "{zoom}: {}", line.len());
        before = line.len();
        for bend in way.legs.iter().flat_map(|leg| &leg.bends) {
            assert!(line.contains(bend), "{zoom}: {bend:?}");
        }
        let sea = way
            .legs
            .iter()
            .filter(|leg| leg.kind == LegKind::Sea)
            .flat_map(|leg| &leg.bends)
            .collect::<Vec<_>>();
        for pair in line.windows(2).filter(|pair| sea.contains(&&pair[0]) && sea.contains(&&pair[1])) {
            assert!(!network.touches_land(pair[0], pair[1]), "{zoom}: {pair:?}");
        }
    }
    assert!(network.line_at_zoom(&way, 0).len() * 3 < whole.len() * 2);
}

/// Nodes by the sea.
fn ends() -> Vec<NodeId> {
    let places = Places::embedded();
    let network = SeaNetwork::embedded();
    let start = NodeId("SG-SIN".into());
    let all = places.all().map(|(_, node)| node.id.clone());
    all.filter(|id| *id != start && network.sail_nodes(&start, id).is_ok()).collect()
}

static ENDS: std::sync::LazyLock<Vec<NodeId>> = std::sync::LazyLock::new(ends);

fn any_node() -> impl Strategy<Value = NodeId> {
    any::<prop::sample::Index>().prop_map(|index| index.get(&ENDS).clone())
}

/// Open water of all oceans.
fn any_water() -> impl Strategy<Value = Position> {
    (-50.0..60.0_f64, -180.0..180.0_f64)
        .prop_map(|(lat, lon)| at(lat, lon))
        .prop_filter("land", |at| !SeaNetwork::embedded().is_land(*at))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_way_back_is_as_long(a in any_node(), b in any_node()) {
        prop_assume!(a != b);
        let network = SeaNetwork::embedded();
        let (there, back) = (network.sail_nodes(&a, &b).unwrap(), network.sail_nodes(&b, &a).unwrap());
        prop_assert!((there.sea_metres() - back.sea_metres()).abs() < 1e-3);
        prop_assert!((there.cost - back.cost).abs() < 1e-9);
        prop_assert_eq!(there.passages, back.passages);
    }

    #[test]
    fn a_call_on_the_way_never_makes_it_cheaper(a in any_node(), b in any_node(), c in any_node()) {
        prop_assume!(a != b && b != c && a != c);
        let network = SeaNetwork::embedded();
        let cost = |x: &NodeId, y: &NodeId| network.sail_nodes(x, y).unwrap().cost;
        prop_assert!(cost(&a, &c) <= cost(&a, &b) + cost(&b, &c));
    }

    #[test]
    fn shutting_a_passage_never_makes_it_cheaper(a in any_node(), b in any_node(), which in any::<prop::sample::Index>()) {
        prop_assume!(a != b);
        let network = SeaNetwork::embedded();
        let open = network.sail_nodes(&a, &b).unwrap();
        let mut query = Query::new(End::Node(a), End::Node(b));
        query.avoid = vec![which.get(network.passages()).id.clone()];
        match network.sail(&query) {
            Ok(shut) => {
                prop_assert!(shut.cost >= open.cost);
                prop_assert!(!shut.passages.contains(&query.avoid[0]));
            }
            Err(error) => prop_assert_eq!(error, SeaError::NoRoute),
        }
    }

    #[test]
    fn a_turn_of_the_earth_changes_nothing(a in any_water(), b in any_water()) {
        let network = SeaNetwork::embedded();
        let [one, other] = [0.0, 360.0].map(|turn| {
            network.sail(&Query::new(End::At(at(a.lat, a.lon + turn)), End::At(b)))
        });
        match (one, other) {
            (Ok(one), Ok(other)) => prop_assert!((one.sea_metres() - other.sea_metres()).abs() < 1.0),
            (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
        }
    }

    #[test]
    fn ends_are_exactly_those_asked_for(a in any_water(), b in any_node()) {
        let network = SeaNetwork::embedded();
        if let Ok(way) = network.sail(&Query::new(End::At(a), End::Node(b.clone()))) {
            let (line, places) = (way.line(), Places::embedded());
            prop_assert_eq!(line.first(), Some(&a));
            prop_assert_eq!(line.last(), Some(&places.node(places.find(&b.0).unwrap()).position));
            for leg in way.legs.iter().filter(|leg| leg.kind == LegKind::Sea) {
                for pair in leg.line().windows(2) {
                    prop_assert!(!network.touches_land(pair[0], pair[1]), "{:?}", pair);
                }
            }
        }
    }
}
