use super::*;
use crate::node::{CodeList, NodeKind};
use crate::observation::DeclaredPlace;
use crate::partner::{Partner, PartyId};
use proptest::prelude::*;

const TABLE: &str = Tables::SHIPPED.nodes;

fn place(locode: &str, facility: &str, name: &str) -> DeclaredPlace {
    let told = |text: &str| (!text.is_empty()).then(|| Text::from(text));
    DeclaredPlace { locode: told(locode), facility: told(facility), name: told(name) }
}

/// Returns our id and how it was found, `-` if not at all.
fn resolved_by(partner: Option<&Partner>, locode: &str, facility: &str, name: &str) -> String {
    let places = Places::embedded();
    let found = places.resolve(&place(locode, facility, name), partner);
    found.map_or("-".into(), |r| format!("{} {:?}", places.node(r.node).id, r.how))
}

fn resolved(locode: &str, facility: &str, name: &str) -> String {
    resolved_by(None, locode, facility, name)
}

/// Returns a partner with own codes and a default node.
fn partner(aliases: &[(&str, &str)], default: Option<&str>) -> Partner {
    let id = |node: &str| NodeId(node.into());
    Partner {
        aliases: aliases.iter().map(|(code, node)| ((*code).into(), id(node))).collect(),
        default_node: default.map(id),
        ..Partner::new(PartyId("carrier".into()))
    }
}

#[test]
fn the_shipped_table_is_valid() {
    let places = Places::read(Tables::SHIPPED).unwrap();
    assert!(places.len() >= 400);
    for (ix, node) in places.all() {
        assert_eq!(places.find(&node.id.0), Some(ix));
        assert!(
            matches!(places.node(places.port_of(ix)).kind, NodeKind::Port | NodeKind::Inland),
            "{}",
            node.id
        );
        assert_eq!(node.country.len(), 2);
        assert!(node.id.0.starts_with(node.country.as_str()), "{}", node.id);
        assert!(!node.source.is_empty());
        assert_eq!(places.zone(ix).iana_name(), Some(node.zone.as_str()));
        assert!(node.area.is_empty() || node.approximate, "{} is drawn by us", node.id);
        for code in node.codes.iter().filter(|code| code.list == CodeList::Unlocode) {
            assert!(code.code.len() == 5 && code.code.starts_with(node.country.as_str()), "{code:?}");
        }
    }
}

#[test]
fn every_focus_terminal_has_area_berth_line_and_zone() {
    let places = Places::embedded();
    for (port, zone, terminals) in [
        ("CN-YANGSHAN", "Asia/Shanghai", &["CN-YANGSHAN-1-2", "CN-YANGSHAN-3", "CN-YANGSHAN-4"][..]),
        ("VN-CAIMEP", "Asia/Ho_Chi_Minh", &["VN-CMIT", "VN-TCIT", "VN-TCTT", "VN-SSIT", "VN-GML", "VN-SITV"]),
        ("MY-PKG", "Asia/Kuala_Lumpur", &["MY-WESTPORTS", "MY-NORTHPORT"]),
    ] {
        let port = places.find(port).unwrap();
        for id in terminals {
            let ix = places.find(id).unwrap_or_else(|| panic!("{id}"));
            let node = places.node(ix);
            assert_eq!((node.zone.as_str(), places.port_of(ix)), (zone, port));
            assert!(places.within(ix, port) && !places.within(port, ix));
            assert!(node.area.len() > 4 && node.berth_line.len() > 1);
        }
    }
}

#[test]
fn every_simulated_port_is_there() {
    for (code, id) in [
        ("SGSIN", "SG-SIN"),
        ("HKHKG", "HK-HKG"),
        ("KRPUS", "KR-PUS"),
        ("JPYOK", "JP-YOK"),
        ("THLCH", "TH-LCH"),
        ("IDJKT", "ID-JKT"),
        ("IDTPP", "ID-JKT"),
        ("PHMNL", "PH-MNL"),
        ("CNNBO", "CN-NGB"),
        ("CNNGB", "CN-NGB"),
        ("TWKHH", "TW-KHH"),
        ("AUSYD", "AU-SYD"),
        ("AUBTB", "AU-SYD"),
        ("NZAKL", "NZ-AKL"),
        ("NLRTM", "NL-RTM"),
        ("USLAX", "US-LAX"),
        ("CAVAN", "CA-VAN"),
    ] {
        assert_eq!(resolved(code, "", ""), format!("{id} PortCode"));
    }
}

#[test]
fn yangshan_county_1153_km_away_is_not_yangshan_port() {
    assert_eq!(resolved("CNYSN", "", ""), "-");
    assert_eq!(resolved("CNYSN", "", "Yangshan"), "-");
    assert_eq!(resolved("CNYSN", "XYZ", ""), "-");
    assert_eq!(resolved("CNYSN", "SGICT", ""), "CN-YANGSHAN-3 PortAndTerminal");
    assert_eq!(resolved("CNYSN", "", "Yangshan Phase III"), "CN-YANGSHAN-3 PortAndTerminal");
    assert_eq!(resolved("CNYSN", "WAIG", ""), "-");
}

#[test]
fn shanghai_alone_is_neither_yangshan_nor_the_airport() {
    for code in ["CNSHA", "CNSGH", "CNSHG", "cn sha", "CN-SGH"] {
        assert_eq!(resolved(code, "", ""), "CN-SHA PortCode");
        assert_eq!(resolved(code, "SHENG", ""), "CN-YANGSHAN-1-2 PortAndTerminal");
        assert_eq!(resolved(code, "", "YANGSHAN"), "CN-YANGSHAN Alias");
        assert_eq!(resolved(code, "", "SHANGHAI"), "CN-SHA PortCode");
    }
    assert_eq!(resolved("CNYSA", "", ""), "CN-YANGSHAN PortCode");
    assert_eq!(resolved("CNSHA", "UNHEARD", ""), "CN-SHA PortCode");
}

#[test]
fn cai_mep_travels_under_eight_codes() {
    for code in ["VNTOT", "VNCMP", "VNVUT", "VNCMT", "VNTCG", "VNSIT", "VNPHU", "VNTNC"] {
        assert_eq!(resolved(code, "", ""), "VN-CAIMEP PortCode", "{code}");
        assert_eq!(resolved(code, "TCIT", ""), "VN-TCIT PortAndTerminal", "{code}");
    }
    assert_eq!(resolved("VNSGN", "", ""), "VN-SGN PortCode");
    assert_eq!(resolved("VNSGN", "CMIT", ""), "VN-CMIT PortAndTerminal");
    assert_eq!(resolved("VNVUT", "", "Gemalink"), "VN-GML PortAndTerminal");
}

#[test]
fn a_locode_where_a_terminal_stands_is_the_terminal() {
    for (code, id) in [("VNCMT", "VN-CMIT"), ("VNTCG", "VN-TCIT"), ("VNSIT", "VN-SITV")] {
        assert_eq!(resolved("VNVUT", code, ""), format!("{id} PortAndTerminal"));
        assert_eq!(resolved("", code, ""), format!("{id} FacilityCode"));
    }
}

#[test]
fn smdg_names_ssit_vnsst_and_westports_kmt() {
    assert_eq!(resolved("VNVUT", "VNSST", ""), "VN-SSIT PortAndTerminal");
    assert_eq!(resolved("VNVUT", "SSIT", ""), "VN-SSIT PortAndTerminal");
    assert_eq!(resolved("MYPKG", "KMT", ""), "MY-WESTPORTS PortAndTerminal");
    assert_eq!(resolved("MYPKG", "NPM", ""), "MY-NORTHPORT PortAndTerminal");
    assert_eq!(resolved("", "SIPGSD", ""), "CN-YANGSHAN-4 FacilityCode");
}

#[test]
fn port_klang_has_a_code_for_each_shore() {
    assert_eq!(resolved("MYPKG", "", ""), "MY-PKG PortCode");
    assert_eq!(resolved("MYLPK", "", ""), "MY-NORTHPORT PortCode");
    assert_eq!(resolved("MYWSP", "", ""), "MY-WESTPORTS PortCode");
    assert_eq!(resolved("MYLPK", "KMT", ""), "MY-WESTPORTS PortAndTerminal");
}

#[test]
fn codes_written_as_one_are_taken_apart() {
    assert_eq!(resolved("CNSGHSGICT", "", ""), "CN-YANGSHAN-3 PortAndTerminal");
    assert_eq!(resolved("CNSGHY3", "", ""), "CN-YANGSHAN-3 PortAndTerminal");
    assert_eq!(resolved("", "CNSGHY3", ""), "CN-YANGSHAN-3 FacilityCode");
    assert_eq!(resolved("MYPKG", "MYPKGKMT", ""), "MY-WESTPORTS PortAndTerminal");
    assert_eq!(resolved("", "VNVUT:CMIT", ""), "VN-CMIT PortAndTerminal");
}

#[test]
fn an_unknown_terminal_falls_back_to_its_port() {
    assert_eq!(resolved("MYPKG", "SPT", ""), "MY-PKG PortCode");
    assert_eq!(resolved("VNVUT", "GICT2", ""), "VN-CAIMEP PortCode");
}

#[test]
fn a_terminal_of_another_port_does_not_win_over_the_told_port() {
    assert_eq!(resolved("MYPKG", "CMIT", ""), "MY-PKG PortCode");
    assert_eq!(resolved("CNNBO", "SGICT", ""), "CN-NGB PortCode");
    assert_eq!(resolved("DEXXX", "CMIT", ""), "-");
    assert_eq!(resolved("DEXXX", "", "SINGAPORE"), "-");
}

#[test]
fn names_resolve_without_case_and_punctuation() {
    assert_eq!(resolved("", "", "cai mep / thi-vai"), "VN-CAIMEP Alias");
    assert_eq!(resolved("LAEM CHABANG", "", ""), "TH-LCH Alias");
    assert_eq!(resolved("PORT KLANG, MALAYSIA", "", ""), "-");
}

#[test]
fn a_partners_own_codes_come_first() {
    let carrier = partner(&[("CNSHA", "CN-YANGSHAN"), ("T9", "VN-GML"), ("BASE", "NO-SUCH")], None);
    let by = |locode, facility, name| resolved_by(Some(&carrier), locode, facility, name);
    assert_eq!(by("CNSHA", "", ""), "CN-YANGSHAN PartnerAlias");
    assert_eq!(by("CNSHA", "SGICT", ""), "CN-YANGSHAN-3 PortAndTerminal");
    assert_eq!(by("CNSHA", "UNHEARD", ""), "CN-YANGSHAN PartnerAlias");
    assert_eq!(by("VNVUT", "T9", ""), "VN-GML PartnerAlias");
    assert_eq!(by("MYPKG", "", ""), "MY-PKG PortCode");
    assert_eq!(by("BASE", "", ""), "-");
}

#[test]
fn the_default_node_is_for_empty_places_only() {
    let terminal = partner(&[], Some("VN-CMIT"));
    assert_eq!(resolved_by(Some(&terminal), "", "", ""), "VN-CMIT PartnerDefault");
    assert_eq!(resolved_by(Some(&terminal), " ", "", ""), "VN-CMIT PartnerDefault");
    assert_eq!(resolved_by(Some(&terminal), "XXXXX", "", ""), "-");
    assert_eq!(resolved("", "", ""), "-");
}

#[test]
fn a_plan_for_shanghai_may_be_met_at_yangshan() {
    let places = Places::embedded();
    let same = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|id| places.find(id).unwrap());
        assert_eq!(places.may_be_same(a, b), places.may_be_same(b, a));
        places.may_be_same(a, b)
    };
    assert!(same("CN-SHA", "CN-YANGSHAN-3") && same("VN-CAIMEP", "VN-CMIT") && same("MY-PKG", "MY-PKG"));
    assert!(!same("VN-CMIT", "VN-TCIT") && !same("CN-SHA", "CN-NGB") && !same("SG-SIN", "MY-PKG"));
}

#[test]
fn lookup_takes_ids_codes_and_parts_of_names() {
    let places = Places::embedded();
    let first = |text: &str| places.lookup(text).first().map(|ix| places.node(*ix).id.to_string());
    assert_eq!(first("vn-cmit").as_deref(), Some("VN-CMIT"));
    assert_eq!(first("CNSHA").as_deref(), Some("CN-SHA"));
    assert_eq!(first("KMT").as_deref(), Some("MY-WESTPORTS"));
    assert_eq!(first("Yangshan").as_deref(), Some("CN-YANGSHAN"));
    assert_eq!(first("gemal").as_deref(), Some("VN-GML"));
    assert!(places.lookup("yangshan").len() >= 4);
    assert!(places.lookup("").is_empty() && places.lookup("nowhere at all").is_empty());
}

/// Returns the error of a table with the given rows.
fn error(rows: &[(&str, &str)]) -> PlacesError {
    let row = |(id, more): &(&str, &str)| {
        format!(
            "[[node]]\nid = \"{id}\"\nkind = \"{}\"\nname = \"{id}\"\ncountry = \"XX\"\nsource = \"test\"\n{}{more}\n{}",
            if more.contains("parent = \"A\"\n") { "terminal" } else { "port" },
            if more.contains("zone") { "" } else { "zone = \"UTC\"\n" },
            if more.contains("position") { "" } else { "position = { lat = 0.0, lon = 0.0 }\n" },
        ) + if more.contains("codes") { "" } else { "codes = []\n" }
    };
    Places::parse(&rows.iter().map(row).collect::<String>()).unwrap_err()
}

#[test]
fn tables_that_contradict_themselves_are_refused() {
    let id = |text: &str| NodeId(text.into());
    assert_eq!(error(&[("A", ""), ("A", "")]), PlacesError::TwiceId(id("A")));
    assert_eq!(error(&[("A", "parent = \"A\"")]), PlacesError::Loop(id("A")));
    assert_eq!(error(&[("A", "parent = \"B\"")]), PlacesError::UnknownNode { by: "A".into(), node: id("B") });
    assert!(matches!(error(&[("A", "zone = \"Mars/Base\"")]), PlacesError::UnknownZone { .. }));
    assert_eq!(error(&[("A", "position = { lat = 91.0, lon = 0.0 }")]), PlacesError::BadPosition(id("A")));
    assert_eq!(error(&[("A", "area = [{ lat = 0.0, lon = 0.0 }]")]), PlacesError::BadArea(id("A")));
    assert!(matches!(error(&[("A", ""), ("B", "aliases = [\"a\"]")]), PlacesError::TwiceName { .. }));
    let code = "codes = [{ list = \"unlocode\", code = \"XXAAA\" }]";
    assert_eq!(error(&[("A", code), ("B", code)]), PlacesError::Undecided("XXAAA".into()));
    let code = "codes = [{ list = \"smdg\", code = \"T1\" }]";
    let twin = format!("{code}\nparent = \"A\"\n");
    let twins = [("A", ""), ("B", twin.as_str()), ("C", twin.as_str())];
    assert!(matches!(error(&twins), PlacesError::TwiceFacility { .. }));
    assert!(matches!(Places::parse("node = 1").unwrap_err(), PlacesError::Form(_)));
}

#[test]
fn the_version_is_that_of_the_texts() {
    let version = |tables: Tables<'_>| Places::read(tables).unwrap().version();
    assert_eq!(version(Tables::SHIPPED), Places::embedded().version());
    let (nodes, ports) = (format!("{TABLE}\n# changed\n"), Tables::SHIPPED.ports.replace("Dalian", "Dairen"));
    assert_ne!(version(Tables { nodes: &nodes, ..Tables::SHIPPED }), Places::embedded().version());
    assert_ne!(version(Tables { ports: &ports, ..Tables::SHIPPED }), Places::embedded().version());
}

/// Texts near the codes of the table and texts of any kind.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC*", "[A-Z]{5}[A-Z0-9]{0,5}", "(CN|VN|MY)[A-Z]{3}.{0,6}", "\\s*", "[ßŉ𝔸é]{1,9}"]
}

proptest! {
    #[test]
    fn resolve_and_lookup_never_panic(locode in text(), facility in text(), name in text()) {
        let places = Places::embedded();
        let carrier = partner(&[("T9", "VN-GML")], Some("VN-CMIT"));
        let told = place(&locode, &facility, &name);
        for partner in [None, Some(&carrier)] {
            let found = places.resolve(&told, partner);
            prop_assert_eq!(found, places.resolve(&told, partner));
        }
        for text in [locode, facility, name] {
            prop_assert!(places.lookup(&text).iter().all(|ix| usize::from(ix.0) < places.len()));
        }
    }

    #[test]
    fn parse_never_panics(text in "\\PC*") {
        let _ = Places::parse(&text);
    }
}
