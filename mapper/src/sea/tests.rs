use super::land::{Land, point};
use super::*;
use proptest::prelude::*;
use sealane_data::node::{Node, NodeKind};

const WAYS: &str = include_str!("../../../data/reference/waypoints.toml");

/// The nodes the simulator and the focus ports need ways between.
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

/// Returns the ports with ways and the focus terminals.
fn ends(places: &Places) -> Vec<NodeIx> {
    let port = |id: &str| places.find(id).unwrap_or_else(|| panic!("{id}"));
    let terminals = places.all().filter(|(_, node)| node.kind == NodeKind::Terminal).map(|(ix, _)| ix);
    PORTS.into_iter().map(port).chain(terminals).collect()
}

fn pairs(ends: &[NodeIx]) -> impl Iterator<Item = (NodeIx, NodeIx)> {
    ends.iter().flat_map(move |a| ends.iter().filter(move |b| *b != a).map(move |b| (*a, *b)))
}

#[test]
fn the_shipped_ways_are_valid() {
    SeaWays::parse(WAYS, &Places::embedded()).unwrap();
}

#[test]
fn every_pair_of_ports_and_focus_terminals_has_a_way_between_their_exact_positions() {
    let (places, sea) = (Places::embedded(), SeaWays::embedded());
    for (from, to) in pairs(&ends(&places)) {
        let line = sea.path(&places, from, to).unwrap();
        assert_eq!(line.first(), Some(&places.node(from).position));
        assert_eq!(line.last(), Some(&places.node(to).position));
        let back = sea.path(&places, to, from).unwrap();
        assert!(line.iter().eq(back.iter().rev()), "the way back differs");
        assert!(line.windows(2).all(|pair| metres(pair[0], pair[1]) < 50_001.0));
    }
}

/// Natural Earth is too coarse at most quays: the first and last five miles of a port-level node
/// are let off. Focus terminals are not, nor are the three focus ports.
fn let_off(node: &Node, at: [f64; 2]) -> bool {
    let strict = node.kind != NodeKind::Port || !node.area.is_empty();
    !strict && metres(node.position, Position { lon: at[0], lat: at[1] }) < 5.0 * MILE
}

/// Returns the number of pieces looked at and those that touch land.
fn over_land(sea: &SeaWays, places: &Places) -> (usize, Vec<String>) {
    let land = Land::read();
    let mut seen = std::collections::HashSet::new();
    let mut bad = Vec::new();
    for (from, to) in pairs(&ends(places)) {
        let line = sea.path(places, from, to).unwrap();
        let ends = [places.node(from), places.node(to)];
        for pair in line.windows(2) {
            let key = [pair[0].lat, pair[0].lon, pair[1].lat, pair[1].lon].map(f64::to_bits);
            if !seen.insert(key) {
                continue;
            }
            let hits = land.hits(point(pair[0]), point(pair[1]));
            if let Some(at) = hits.iter().find(|at| !ends.iter().any(|node| let_off(node, **at))) {
                bad.push(format!("{} to {}: {at:?}", ends[0].id, ends[1].id));
            }
        }
    }
    (seen.len(), bad)
}

#[test]
fn no_way_crosses_land() {
    let (pieces, bad) = over_land(&SeaWays::embedded(), &Places::embedded());
    assert!(pieces > 1000);
    assert_eq!(bad, Vec::<String>::new());
}

#[test]
fn a_way_over_land_would_be_noticed() {
    let places = Places::embedded();
    for (name, wrong) in [
        ("horsburgh = [1.37, 104.55]", "horsburgh = [1.5, 104.1]"),
        ("yangshan-gate = [30.5985", "yangshan-gate = [30.62"),
    ] {
        assert!(WAYS.contains(name));
        let sea = SeaWays::parse(&WAYS.replace(name, wrong), &places).unwrap();
        assert!(!over_land(&sea, &places).1.is_empty(), "{name}");
    }
}

#[test]
fn the_land_of_the_tests_is_land() {
    let land = Land::read();
    for (lat, lon) in
        [(31.0, 121.0), (3.1, 101.7), (10.55, 107.08), (30.625, 122.08), (-33.0, 149.0), (35.7, 139.5)]
    {
        assert!(land.holds([lon, lat]), "{lat} {lon}");
    }
    for (lat, lon) in
        [(30.6, 122.3), (2.95, 101.1), (10.3, 107.0), (10.57, 107.023), (-20.0, 157.0), (20.0, 130.0)]
    {
        assert!(!land.holds([lon, lat]), "{lat} {lon}");
    }
    assert!(!land.hits([139.0, 36.0], [141.5, 36.0]).is_empty());
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
    let middle = if line.len() == 2 { point(middle_of(pair[0], pair[1])) } else { point(line[1]) };
    let shrink = pair[0].lat.to_radians().cos();
    let (dx, dy) = ((pair[1].lon - pair[0].lon) * shrink, pair[1].lat - pair[0].lat);
    let degrees = metres / 111_195.0 / dx.hypot(dy);
    [middle[0] - dy * degrees / shrink, middle[1] + dx * degrees]
}

fn middle_of(a: Position, b: Position) -> Position {
    Position { lat: f64::midpoint(a.lat, b.lat), lon: f64::midpoint(a.lon, b.lon) }
}

#[test]
fn distances_are_near_published_ones() {
    // Nautical miles between pilots' and ports' tables; ours run to other quays and around banks.
    let (places, sea) = (Places::embedded(), SeaWays::embedded());
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
        let ends = [from, to].map(|id| places.find(id).unwrap());
        let ours = sea.distance_nm(&places, ends[0], ends[1]).unwrap();
        assert!((ours / miles - 1.0).abs() < 0.08, "{from} {to}: {ours:.0} against {miles}");
    }
}

#[test]
fn nodes_without_a_way_have_no_line() {
    let (places, sea) = (Places::embedded(), SeaWays::embedded());
    let [yangshan, rotterdam] = ["CN-YANGSHAN-3", "NL-RTM"].map(|id| places.find(id).unwrap());
    assert_eq!(sea.path(&places, yangshan, rotterdam), Err(NoGeometry::NoSeaRoute));
    assert_eq!(sea.path(&places, yangshan, yangshan), Err(NoGeometry::NoSeaRoute));
}

#[test]
fn broken_tables_are_refused() {
    let error = |text: &str| SeaWays::parse(text, &Places::embedded()).map(|_| ()).unwrap_err();
    assert!(matches!(error("point = 1"), WaysError::Form(_)));
    let way = "way = [{ along = [\"a\", \"b\"] }]\n[point]\na = [0.0, 0.0]";
    assert_eq!(error(way), WaysError::Unknown("b".into()));
    assert_eq!(error("way = []\n[point]\na = [91.0, 0.0]"), WaysError::BadPosition("a".into()));
}

/// Returns corners of a line: within one turn, away from the poles.
fn corners() -> impl Strategy<Value = Vec<Position>> {
    prop::collection::vec((-70.0..70.0_f64, -170.0..170.0_f64), 2..5)
        .prop_map(|all| all.into_iter().map(|(lat, lon)| Position { lat, lon }).collect())
}

fn shifted(line: &[Position], by: f64) -> Vec<Position> {
    let turn = |lon: f64| lon - (lon / 360.0).round() * 360.0;
    line.iter().map(|at| Position { lat: at.lat, lon: turn(at.lon + by) }).collect()
}

proptest! {
    #[test]
    fn a_line_is_as_long_wherever_the_meridians_are_counted_from(line in corners(), by in -180.0..180.0_f64) {
        let length = |line: &[Position]| SeaWays::length_nm(&dense::line(line));
        prop_assert!((length(&line) - length(&shifted(&line, by))).abs() < 1e-3);
    }

    #[test]
    fn straight_pieces_stay_near_the_great_circle(line in corners()) {
        let drawn = dense::line(&line);
        prop_assert_eq!((drawn.first(), drawn.last()), (line.first(), line.last()));
        for pair in drawn.windows(2).filter(|pair| (pair[0].lon - pair[1].lon).abs() < 180.0 && pair[0].lat.abs() < 80.0) {
            let straight = middle_of(pair[0], pair[1]);
            let pole = sphere::cross(sphere::unit(pair[0]), sphere::unit(pair[1]));
            let apart = sphere::dot(pole, sphere::unit(straight)) / sphere::dot(pole, pole).sqrt();
            prop_assert!(apart.asin().abs() * sphere::RADIUS < 260.0, "{} m", apart.asin() * sphere::RADIUS);
        }
    }
}
