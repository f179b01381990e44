//! The tables of ports: shape, zones, positions and coverage, checked against what is at hand.

use super::*;
use crate::node::{CodeList, NodeKind, Position};
use crate::observation::DeclaredPlace;
use std::collections::BTreeSet;
use std::path::Path;

/// The fifteen members of RCEP.
const RCEP: [&str; 15] =
    ["AU", "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"];

/// Kilometres a port may lie from its row of the World Port Index.
const NEAR_INDEX: f64 = 12.0;

/// Kilometres a port may lie from one of its terminals: Tonghai is 30 km from Nantong's town.
const NEAR_TERMINAL: f64 = 15.0;

/// Says that a check is skipped, by name; with `SEALANE_NO_SKIP=1` that is a failure if `needed`.
fn skip(check: &str, missing: &str, needed: bool) {
    let no_skip = std::env::var_os("SEALANE_NO_SKIP").is_some_and(|v| v == "1");
    assert!(!(needed && no_skip), "{check} may not be skipped, but {missing} is missing");
    eprintln!("skipped: {check} ({missing} is missing)");
}

/// Returns a file of `shared/reference` beside the repository, one folder higher beside a worktree.
fn beside(check: &str, name: &str) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = ["../shared", "../../shared"].map(|shared| root.join(shared));
    let found = shared.iter().find_map(|s| std::fs::read_to_string(s.join("reference").join(name)).ok());
    if found.is_none() {
        skip(check, name, shared.iter().any(|s| s.is_dir()));
    }
    found
}

fn kilometres(a: Position, b: Position) -> f64 {
    let (p, q) = (a.lat.to_radians(), b.lat.to_radians());
    let (dy, dx) = (((q - p) / 2.0).sin(), ((b.lon - a.lon).to_radians() / 2.0).sin());
    2.0 * 6371.0 * (dy * dy + p.cos() * q.cos() * dx * dx).sqrt().min(1.0).asin()
}

fn shipped() -> Vec<Node> {
    ports::read(Tables::SHIPPED.ports, Tables::SHIPPED.codes).unwrap()
}

#[test]
fn every_rcep_member_is_there_and_the_lanes_beyond() {
    let places = Places::embedded();
    let ports = places.all().filter(|(_, node)| node.kind == NodeKind::Port).count();
    assert!(ports >= 150, "{ports}");
    let kinds_of = |country: &str| -> BTreeSet<NodeKind> {
        places.all().filter(|(_, node)| node.country == country).map(|(_, node)| node.kind).collect()
    };
    for country in
        RCEP.iter().chain(&["HK", "TW", "US", "CA", "MX", "BR", "CL", "DE", "NL", "GB", "AE", "SA"])
    {
        let wanted = if *country == "LA" { NodeKind::Inland } else { NodeKind::Port };
        assert!(kinds_of(country).contains(&wanted), "{country}");
    }
}

#[test]
fn every_code_has_the_shape_of_a_locode_of_its_country_and_a_source() {
    for node in shipped() {
        assert!(node.id.0.starts_with(&format!("{}-", node.country)), "{}", node.id);
        for code in &node.codes {
            let shaped = code.code.len() == 5
                && code.code.starts_with(node.country.as_str())
                && code.code.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(&b));
            assert!(shaped, "{} {}", node.id, code.code);
            assert!(
                code.source.as_ref().is_some_and(|source| !source.is_empty()),
                "{} {}",
                node.id,
                code.code
            );
            assert_eq!(
                code.list == CodeList::Unlocode,
                code.note.is_none() || code.code == "CNJGY",
                "{}",
                code.code
            );
        }
    }
}

/// Returns the pairs of country and zone that the time zone database itself lists.
fn countries_of_zones() -> Option<Vec<(String, String)>> {
    let table = ["/usr/share/zoneinfo/zone.tab", "/usr/share/lib/zoneinfo/tab/zone_sun.tab"];
    let Some(text) = table.into_iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
        skip("zones against countries", "zone.tab", false);
        return None;
    };
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &str| Some((line.split('\t').next()?.to_owned(), line.split('\t').nth(2)?.to_owned()));
    Some(rows.filter_map(pair).collect())
}

#[test]
fn every_zone_is_known_and_of_the_country() {
    let places = Places::embedded();
    for (ix, node) in places.all() {
        assert_eq!(places.zone(ix).iana_name(), Some(node.zone.as_str()));
    }
    let Some(known) = countries_of_zones() else { return };
    for (_, node) in places.all() {
        let pair = (node.country.to_string(), node.zone.clone());
        assert!(known.contains(&pair), "{}: {} is no zone of {}", node.id, node.zone, node.country);
    }
}

#[test]
fn east_and_west_of_a_country_have_their_own_zones() {
    let zone = |id: &str| Places::embedded().all().find(|(_, n)| n.id.0 == id).map(|(_, n)| n.zone.clone());
    for (id, wanted) in [
        ("AU-FRE", "Australia/Perth"),
        ("AU-BNE", "Australia/Brisbane"),
        ("ID-MAK", "Asia/Makassar"),
        ("ID-AMQ", "Asia/Jayapura"),
        ("MY-BKI", "Asia/Kuching"),
        ("RU-VVO", "Asia/Vladivostok"),
        ("BR-MAO", "America/Manaus"),
        ("US-HOU", "America/Chicago"),
    ] {
        assert_eq!(zone(id).as_deref(), Some(wanted), "{id}");
    }
}

#[test]
fn river_ports_say_which_river() {
    let river = |code: &str| {
        let places = Places::embedded();
        let ix = places.alone(code).unwrap_or_else(|| panic!("{code}"));
        places.node(ix).river.clone()
    };
    for (code, name) in [
        ("CNNKG", "Yangtze"),
        ("CNWUH", "Yangtze"),
        ("CNCKG", "Yangtze"),
        ("KHPNH", "Mekong"),
        ("VNSGN", "Saigon"),
        ("MMRGN", "Yangon"),
        ("THBKK", "Chao Phraya"),
        ("DEHAM", "Elbe"),
        ("BEANR", "Scheldt"),
    ] {
        assert_eq!(river(code).as_deref(), Some(name), "{code}");
    }
    assert_eq!(river("THLCH"), None);
}

#[test]
fn ports_lie_where_the_world_port_index_says() {
    let Some(text) = beside("ports against the World Port Index", "world-port-index.csv") else { return };
    let mut index = HashMap::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().clone();
    let column = |name: &str| heading.iter().position(|h| h == name).unwrap();
    let [number, lat, lon] = ["World Port Index Number", "Latitude", "Longitude"].map(column);
    for row in reader.records().map(Result::unwrap) {
        let value = |at: usize| row[at].parse::<f64>().unwrap();
        index.insert(value(number).to_string(), Position { lat: value(lat), lon: value(lon) });
    }
    let mut seen = 0;
    for node in shipped() {
        let Some((_, after)) = node.source.split_once("WPI ") else { continue };
        let number = after.split(' ').next().unwrap();
        let there = index.get(number).unwrap_or_else(|| panic!("{}: no row {number}", node.id));
        let apart = kilometres(node.position, *there);
        assert!(apart < NEAR_INDEX, "{}: {apart:.1} km from row {number}", node.id);
        seen += 1;
    }
    assert!(seen > 250, "{seen}");
}

#[test]
fn every_rcep_container_port_of_the_terminal_list_is_there_and_near_its_terminals() {
    let Some(text) = beside("ports against the terminal list", "terminals_rcep_plus.csv") else { return };
    let places = Places::embedded();
    let mut seen = BTreeSet::new();
    let mut terminals: HashMap<String, Vec<Position>> = HashMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap) {
        if RCEP.iter().any(|country| row[0].starts_with(country)) {
            let at = Position { lat: row[5].parse().unwrap(), lon: row[6].parse().unwrap() };
            terminals.entry(row[0].to_owned()).or_default().push(at);
        }
    }
    for (code, quays) in terminals {
        let place = DeclaredPlace { locode: Some(code.as_str().into()), ..DeclaredPlace::default() };
        let found = places.resolve(&place, None).unwrap_or_else(|| panic!("{code} is no port of ours"));
        let at = places.node(found.node).position;
        let apart = quays.iter().map(|quay| kilometres(at, *quay)).fold(f64::INFINITY, f64::min);
        assert!(apart < NEAR_TERMINAL, "{code}: {apart:.1} km from its nearest terminal");
        seen.insert(code);
    }
    assert!(seen.len() > 180, "{}", seen.len());
}

#[test]
fn a_shared_code_means_the_whole_alone_and_the_quay_with_a_name() {
    let resolved = |locode: &str, name: &str| {
        let place = DeclaredPlace {
            locode: Some(locode.into()),
            name: (!name.is_empty()).then(|| name.into()),
            ..DeclaredPlace::default()
        };
        let places = Places::embedded();
        places.resolve(&place, None).map(|found| places.node(found.node).id.to_string())
    };
    assert_eq!(resolved("CNSZX", "").as_deref(), Some("CN-SNZ"));
    assert_eq!(resolved("CNSZX", "YANTIAN").as_deref(), Some("CN-YTN"));
    assert_eq!(resolved("MMRGN", "").as_deref(), Some("MM-RGN"));
    assert_eq!(resolved("MMRGN", "THILAWA").as_deref(), Some("MM-TLA"));
    assert_eq!(resolved("CNTAG", "").as_deref(), Some("CN-TAG"));
    // Two towns of one name, and the code the World Port Index writes for the wrong one.
    assert_eq!(resolved("CNJGY", "").as_deref(), Some("CN-JGY"));
    assert_eq!(resolved("", "江阴").as_deref(), Some("CN-JIA"));
    assert_eq!(resolved("", "cần thơ").as_deref(), Some("VN-VCA"));
    assert_eq!(resolved("", "부산"), None);
}

#[test]
fn a_row_that_cannot_be_read_is_named() {
    let heading = "id,kind,name,country,zone,river,hub,lat,lon,aliases,source\n";
    let row = "XX-AAA,port,Aaa,XX,UTC,,,1,2,,test\n";
    let codes = "node,list,code,source,note\n";
    let fault = |ports: &str, codes: &str| match ports::read(ports, codes).unwrap_err() {
        PlacesError::Row { file, row, why } => (file, row, why),
        other => panic!("{other}"),
    };
    let good = format!("{heading}{row}");
    assert_eq!(ports::read(&good, codes).unwrap().len(), 1);
    assert_eq!(fault(&format!("{good}XX-BBB,port\n"), codes).1, "line 3");
    assert_eq!(fault(&good.replace(",1,", ",north,"), codes).1, "line 2");
    assert_eq!(fault(&good.replace(",,,1", ",,big,1"), codes).1, "line 2");
    assert_eq!(fault(&good.replace("port", "berth"), codes).2, "a row is a port or an inland point");
    assert_eq!(fault(&good.replace("test", ""), codes).2, "it has no source");
    let stray = format!("{codes}XX-CCC,unlocode,XXCCC,test,\n");
    assert_eq!(fault(&good, &stray), ("port-codes.csv", "XX-CCC".into(), "no such port".into()));
    let twice = format!("{codes}XX-AAA,unlocode,XXAAA,test,\nXX-AAA,used_in_feeds,XXAAA,test,\n");
    assert_eq!(fault(&good, &twice).2, "code `XXAAA` is there twice");
    let bare = format!("{codes}XX-AAA,unlocode,XXAAA,,\n");
    assert_eq!(fault(&good, &bare).2, "code `XXAAA` has no source");
}

#[test]
fn a_text_means_one_node_or_says_which() {
    let places = Places::embedded();
    let pick = |text: &str| match places.pick(text) {
        Pick::One(ix) => places.node(ix).id.to_string(),
        Pick::Several(found) => format!("{}?", found.len()),
        Pick::Nothing => "-".into(),
    };
    assert_eq!(pick("cn-dlc"), "CN-DLC");
    assert_eq!(pick("CNSHA"), "CN-SHA");
    assert_eq!(pick("SGICT"), "CN-YANGSHAN-3");
    assert_eq!(pick("Yangshan"), "CN-YANGSHAN");
    assert_eq!(pick("Laem Chabang"), "TH-LCH");
    assert_eq!(pick("gemal"), "VN-GML");
    assert_eq!(pick("nowhere at all"), "-");
    // A part of several names, and a county's code that only a terminal beside it makes ours.
    assert!(pick("yang").ends_with('?') && pick("san ").ends_with('?'));
    assert_eq!(pick("CNYSN"), "1?");
}

#[test]
fn an_explanation_names_the_decision_and_the_alternatives() {
    let places = Places::embedded();
    let explain = |locode: &str, facility: &str| {
        let told = |text: &str| (!text.is_empty()).then(|| Text::from(text));
        places.explain(&DeclaredPlace { locode: told(locode), facility: told(facility), name: None })
    };
    let ids =
        |e: &Explanation| e.candidates.iter().map(|c| places.node(c.node).id.to_string()).collect::<Vec<_>>();
    let both = explain("CNSGH", "SGICT");
    assert_eq!(both.decision.map(|r| r.how), Some(How::PortAndTerminal));
    assert_eq!(ids(&both), ["CN-YANGSHAN-3", "CN-SHA", "CN-YANGSHAN"]);
    assert_eq!(both.candidates[0].code.as_ref().map(|c| c.code.as_str()), Some("SGICT"));
    assert!(both.reason.is_some_and(|why| why.contains("85 km")));
    let trap = explain("CNYSN", "");
    assert_eq!((trap.decision, ids(&trap)), (None, vec!["CN-YANGSHAN".to_owned()]));
    assert!(trap.reason.is_some());
    let plain = explain("THLCH", "");
    assert_eq!((ids(&plain), plain.reason), (vec!["TH-LCH".to_owned()], None));
    assert_eq!(explain("ZZZZZ", "").candidates, []);
}
