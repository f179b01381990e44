//! A partner's own mappings, of every grammar, and trials of them.

use super::{codes, read};
use sealane_data::mapping::{Mapping, Mappings};
use sealane_data::observation::{Classifier, Kind, Load};
use sealane_data::partner::{Partner, PartyId};
use sealane_ingest::messages::feeds::mapped::{shipped, trial};

const OWN: &str = r#"
[[mapping]]
id = "own-xml"
format = "xml"
has = ["Moves.Move"]
records = "Moves.Move"
zone = "+07:00"
dates = ["%d.%m.%Y %H:%M"]
[mapping.fields]
container = "@box"
load = { path = "Full", codes = { Y = "laden", N = "empty" } }
gross_mass = { path = "Tons", unit = "t" }
place = { value = "VNVUT" }
voyage = "^.Ship.@voyage"
vessel_name = "$.Moves.Ship.@name"
booking = "'Booking.No'"
[[mapping.event]]
time = "When"
kind_by = { path = "What", codes = { in = "gate_in", out = "gate_out" } }

[[mapping]]
id = "own-csv"
format = "csv"
has = ["Behaelter", "Wann"]
dates = ["%d.%m.%Y %H:%M"]
[mapping.fields]
container = "Behaelter"
place = { path = "Ort", codes = { "Hafen 1" = "VNVUT" } }
[[mapping.event]]
kind = "gate_in"
time = "Wann"
"#;

fn mappings(text: &str) -> Vec<Mapping> {
    toml::from_str::<Mappings>(text).unwrap().mappings
}

fn partner() -> Partner {
    Partner { mappings: mappings(OWN), ..Partner::new(PartyId("own".into())) }
}

const XML: &str = "<Moves><Ship name='SYNTHETIC TERN' voyage='7E'/><Move box='CSQU3054383'><What>in</What><When>05.09.2026 14:20</When><Full>Y</Full><Tons>18.25</Tons><Booking.No>6000000042</Booking.No></Move><Move box='TEMU0000006'><What>IN</What><When>5 Sept</When><Full>perhaps</Full><Colour>red</Colour></Move></Moves>";

#[test]
fn an_own_mapping_reads_xml() {
    let reading = read(XML.as_bytes(), &partner());
    assert_eq!(reading.messages[0].family, "OWN-XML:MAP");
    let said = &reading.messages[0].observations[0];
    assert_eq!((said.kind, said.classifier), (Kind::GateIn, Classifier::Actual));
    let time = said.time.unwrap();
    assert_eq!((time.local.to_string(), time.offset_minutes), ("2026-09-05T14:20:00".to_owned(), Some(420)));
    let equipment = said.equipment.as_ref().unwrap();
    assert_eq!((equipment.load, equipment.gross_kg), (Load::Laden, Some(18_250)));
    let ship = said.vessel.as_ref().unwrap();
    assert_eq!((ship.name.as_deref(), ship.voyage.as_deref()), (Some("SYNTHETIC TERN"), Some("7E")));
    assert_eq!(said.references.iter().map(ToString::to_string).collect::<Vec<_>>(), ["booking:6000000042"]);
    assert_eq!(said.place.as_ref().unwrap().locode.as_deref(), Some("VNVUT"));
    assert_eq!(codes(&reading), ["FEED-002", "FEED-005", "FEED-008"]);
    assert_eq!(reading.messages[1].findings[0].place.tag, "/Moves/Move[2]/When");
}

#[test]
fn an_own_mapping_reads_tables() {
    let csv = "Behaelter;Wann;Ort;Farbe\nCSQU3054383;05.09.2026 14:20;Hafen 1;rot\nTEMU0000006;gestern;Hafen 1;blau\n";
    let reading = read(csv.as_bytes(), &partner());
    let said = &reading.messages[0].observations[0];
    assert_eq!(said.place.as_ref().unwrap().locode.as_deref(), Some("VNVUT"));
    assert_eq!((said.kind, said.span.segment), (Kind::GateIn, 2));
    assert_eq!(codes(&reading), ["FEED-002", "FEED-005"]);
    assert_eq!(reading.messages[1].findings[0].place.tag, "B3");
    // A table that is not of the mapping is read as it always was.
    let other = read(b"Container No,Gate In\nCSQU3054383,2026-09-05 14:20\n", &partner());
    assert!(other.messages.iter().all(|m| m.family.starts_with("SHEET:")), "{other:?}");
}

#[test]
fn a_partners_own_mapping_comes_first() {
    let text = r#"{"IdEquipment":"CSQU3054383","Port":"KRPUS","GateInDateTime":"2026-09-05T10:00:00+09:00"}"#;
    let by = |partner: &Partner| read(text.as_bytes(), partner).messages[0].family.to_string();
    assert_eq!(by(&Partner::operator()), "IPCSA-NOTN:MAP");
    let mut own = shipped().iter().find(|m| m.id == "ipcsa-notn").unwrap().clone();
    own.id = "ours".into();
    assert_eq!(by(&Partner { mappings: vec![own], ..Partner::operator() }), "OURS:MAP");
}

#[test]
fn a_mapping_with_problems_is_said_and_left_alone() {
    let mut wrong = mappings(OWN);
    wrong[0].records = "a..b".into();
    let partner = Partner { mappings: wrong, ..Partner::operator() };
    let reading = read(XML.as_bytes(), &partner);
    assert_eq!(codes(&reading), ["FEED-020", "FEED-001"]);
    assert!(reading.findings[0].message.contains("`a..b` is no path"));
    assert!(partner.problems(&sealane_data::places::Places::embedded())[0].contains("`a..b` is no path"));
}

#[test]
fn a_trial_shows_what_a_file_would_give() {
    let own = mappings(OWN);
    let told = trial(XML.as_bytes(), &own[0], &Partner::operator());
    assert_eq!((told.claimed, told.unclaimed, told.records.len()), (1, 0, 2));
    assert_eq!(told.records[0].observations.len(), 1);
    let unread: Vec<_> = told.unread.iter().map(|u| (u.path.as_str(), u.count)).collect();
    assert_eq!(unread, [("Moves.Move.Colour", 1)]);
    let table =
        trial(b"Behaelter;Wann;Farbe\nCSQU3054383;05.09.2026 14:20;rot\n", &own[1], &Partner::operator());
    assert_eq!((table.claimed, table.records.len()), (1, 1));
    assert_eq!(table.unread[0].path, "Farbe");
    let other = trial(b"<Other/>", &own[0], &Partner::operator());
    assert_eq!((other.claimed, other.unclaimed), (0, 1));
    let mut wrong = own[0].clone();
    wrong.events.clear();
    assert_eq!(trial(XML.as_bytes(), &wrong, &Partner::operator()).problems.len(), 1);
}

#[test]
fn the_documented_mapping_is_a_good_one() {
    let guide = include_str!("../../../docs/feeds-messages.md");
    let file = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let own = mappings(file);
    assert_eq!(Mapping::problems_of(&own), Vec::<String>::new());
    let text = r#"{"moves":[{"id":"M-1","updated":"2026-09-05T08:00:00Z","box":{"number":"CSQU3054383","status":"F","gross":40000},"what":"IN","when":"05.09.2026 14:20","seals":[{"source":"CUSTOMS","number":"1"},{"source":"CARRIER","number":"2"}],"holds":[{"active":true,"since":"2026-09-05T08:00:00Z","reason":"DAMAGE"}],"driver":"x"}],"booking":"6000000042"}"#;
    let told = trial(text.as_bytes(), &own[0], &Partner::operator());
    assert_eq!((told.records.len(), told.unread.len(), told.findings.len()), (1, 0, 0), "{told:?}");
    let kinds: Vec<Kind> = told.records[0].observations.iter().map(|o| o.kind).collect();
    assert_eq!(kinds, [Kind::GateIn, Kind::Held]);
    let equipment = told.records[0].observations[0].equipment.as_ref().unwrap();
    assert_eq!((equipment.gross_kg, equipment.seals.len()), (Some(18_144), 1));
    assert_eq!(told.records[0].observations[1].status.as_deref(), Some("DAMAGE"));
}
