//! The traps of container EDI: the same code that means different things. One test a trap.

use sealane_data::observation::{Classifier, Kind, Observation};
use sealane_data::partner::{Partner, PartyId};
use sealane_ingest::{ReadContext, Reading};

/// Reads one message in an interchange of a syntax.
fn message(kind: &str, segments: &str) -> Reading {
    let count = segments.matches('\'').count() + 2;
    let text = format!("UNB+UNOA:2+A+B+260930:1200+R77'UNH+1+{kind}'{segments}UNT+{count}+1'UNZ+1+R77'");
    super::read(text.as_bytes())
}

fn observations(reading: &Reading) -> &[Observation] {
    &reading.messages[0].observations
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading.messages[0].findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn sts_numbers_mean_transport_in_every_directory() {
    for release in ["95B", "00B", "01B", "08A", "13B", "24A"] {
        for (code, kind) in [("29", Kind::Discharged), ("48", Kind::Loaded), ("24", Kind::VesselDeparted)] {
            let segments = format!(
                "BGM+23+X1+9'CNI+1+S1'STS+1+{code}'DTM+334:202609051420:203'LOC+11+MYPKG:139:6'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'EQD+CN+CSQU3054383+22G1'"
            );
            let reading = message(&format!("IFTSTA:D:{release}:UN"), &segments);
            let said = &observations(&reading)[0];
            assert_eq!((said.kind, said.status.as_deref()), (kind, Some(code)), "D.{release}");
        }
    }
    let other =
        "BGM+23+X1+9'CNI+1+S1'STS+8+29'DTM+334:202609051420:203'LOC+11+MYPKG:139:6'EQD+CN+CSQU3054383+22G1'";
    let reading = message("IFTSTA:D:01B:UN", other);
    assert_eq!(observations(&reading)[0].kind, Kind::Status, "29 of another category is no discharge");
}

#[test]
fn sts_before_and_after_its_equipment_by_directory() {
    let sts = "STS+1+48'DTM+334:202609051420:203'LOC+9+MYPKG:139:6'";
    let before = format!("BGM+23+X1+9'CNI+1+S1'{sts}EQD+CN+CSQU3054383+22G1'");
    let after = format!("BGM+23+X1+9'EQD+CN+CSQU3054383+22G1'{sts}");
    for (kind, segments) in [("IFTSTA:D:95B:UN", before), ("IFTSTA:D:13B:UN", after)] {
        let reading = message(kind, &segments);
        let said = &observations(&reading)[0];
        let number = said.equipment.as_ref().unwrap().number.canonical().to_string();
        assert_eq!((said.kind, number.as_str()), (Kind::Loaded, "CSQU3054383"), "{kind}");
    }
}

#[test]
fn bgm_numbers_are_read_only_inside_their_message() {
    use Classifier::{Actual, Planned};
    let list = |code: &str| {
        format!(
            "BGM+{code}+X1+9'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6'LOC+9+MYPKG:139:6'LOC+11+MYPKG:139:6'"
        )
    };
    let expected = [
        ("CODECO:D:95B:UN", "34", Kind::GateIn, Actual),
        ("CODECO:D:00B:UN", "36", Kind::GateOut, Actual),
        ("COARRI:D:95B:UN", "44", Kind::Discharged, Actual),
        ("COARRI:D:95B:UN", "46", Kind::Loaded, Actual),
        ("COARRI:D:23A:UN", "119", Kind::Discharged, Actual),
        ("COARRI:D:00B:UN", "122", Kind::Loaded, Actual),
        ("COPRAR:D:95B:UN", "43", Kind::Discharged, Planned),
        ("COPRAR:D:95B:UN", "45", Kind::Loaded, Planned),
        ("COPRAR:D:00B:UN", "118", Kind::Discharged, Planned),
        ("COPRAR:D:00B:UN", "121", Kind::Loaded, Planned),
        ("COPARN:D:95B:UN", "11", Kind::GateIn, Planned),
        ("COPARN:D:95B:UN", "12", Kind::GateOut, Planned),
        ("COPARN:D:00B:UN", "126", Kind::GateIn, Planned),
        // Reports inside orders and orders inside reports move nothing.
        ("COPRAR:D:95B:UN", "46", Kind::Status, Planned),
        ("COPRAR:D:00B:UN", "119", Kind::Status, Planned),
        ("COPARN:D:95B:UN", "34", Kind::Status, Planned),
        ("CODECO:D:95B:UN", "45", Kind::Status, Actual),
    ];
    for (kind, code, what, classifier) in expected {
        let reading = message(kind, &list(code));
        let said = &observations(&reading)[0];
        assert_eq!((said.kind, said.classifier), (what, classifier), "{kind} {code}");
        assert_eq!(codes(&reading).contains(&"EDI-032"), what == Kind::Status, "{kind} {code}");
    }
}

#[test]
fn loc_165_is_where_the_box_stands_in_every_directory() {
    for release in ["95B", "00B", "13B", "24A"] {
        let reading = message(
            &format!("CODECO:D:{release}:UN"),
            "BGM+34+X1+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6+KMT:TER:306'",
        );
        let place = observations(&reading)[0].place.clone().unwrap();
        assert_eq!((place.locode.as_deref(), place.facility.as_deref()), (Some("MYPKG"), Some("KMT")));
    }
}

#[test]
fn dtm_203_is_the_actual_move_and_never_a_request() {
    let segments = "BGM+46+X1+9'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'LOC+9+MYPKG:139:6'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'";
    for release in ["95B", "00B", "23A"] {
        let reading = message(&format!("COARRI:D:{release}:UN"), segments);
        let said = &observations(&reading)[0];
        assert_eq!((said.classifier, said.time.is_some()), (Classifier::Actual, true), "D.{release}");
    }
}

#[test]
fn association_glued_to_the_agency_is_still_the_dialect() {
    let segments =
        "BGM+121+X1+9'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'LOC+9+MYPKG:139:6'EQD+CN+CSQU3054383+22G1'";
    let reading = message("COPRAR:D:23A:UN+ITG10", segments);
    assert!(codes(&reading).contains(&"EDI-049"));
    assert_eq!(observations(&reading)[0].kind, Kind::Loaded);
}

#[test]
fn ports_without_code_list_are_ports() {
    let reading = message(
        "BAPLIE:D:95B:UN:SMDG22",
        "BGM++B1+9'TDT+20+1E+++ZZA:172:20+++9074729:146::SHIP'LOC+5+CNTAG'DTM+186:202609051200:203'LOC+147+0140682::5'LOC+9+CNTAG'LOC+11+BRPNG'RFF+BM:1'EQD+CN+CSQU3054383+45G1+++5'",
    );
    let said = &observations(&reading)[0];
    let plan = said.plan.clone().unwrap();
    assert_eq!(said.place.as_ref().unwrap().locode.as_deref(), Some("CNTAG"));
    assert_eq!(plan.discharge.as_ref().unwrap().locode.as_deref(), Some("BRPNG"));
}

#[test]
fn verified_mass_in_every_spelling() {
    let forms = ["VGM++KGM:24180", "AAE+VGM+KGM:24180", "WT++KGM:24180", "AAE+G+KGM:24180"];
    for (i, form) in forms.iter().enumerate() {
        let segments = format!(
            "BGM++B1+9'TDT+20+1E+++ZZA:172:20+++9074729:146::SHIP'LOC+5+MYPKG:139:6'DTM+186:202609051200:203'LOC+147+0140682::5'MEA+{form}'RFF+BM:1'EQD+CN+CSQU3054383+45G1+++5'"
        );
        let reading = message("BAPLIE:D:95B:UN:SMDG22", &segments);
        let kg = observations(&reading)[0].equipment.as_ref().unwrap().gross_kg;
        assert_eq!(kg, Some(24180), "form {i}");
    }
    let empty = "BGM++B1+9'TDT+20+1E+++ZZA:172:20+++9074729:146::SHIP'LOC+5+MYPKG:139:6'DTM+186:202609051200:203'LOC+147+0140682::5'MEA+VGM++KGM'RFF+BM:1'EQD+CN+CSQU3054383+45G1+++5'";
    let reading = message("BAPLIE:D:95B:UN:SMDG22", empty);
    assert_eq!(observations(&reading)[0].equipment.as_ref().unwrap().gross_kg, None);
}

#[test]
fn terminals_in_the_four_dialects() {
    let cases = [
        ("MYPKG:139:6+KMT:72:306", Some("MYPKG"), Some("KMT")),
        ("CNSGH+CNSGHY3:72", Some("CNSGH"), Some("CNSGHY3")),
        ("ITGOA:139:6+VTE:TER:ZZZ", Some("ITGOA"), Some("VTE")),
        ("NLRTM:139:6+MVT:BER:ZZZ", Some("NLRTM"), Some("MVT")),
        ("GBPME::139", Some("GBPME"), None),
        ("PORT KLANG:MYPKG:139:6", Some("MYPKG"), None),
    ];
    for (place, locode, facility) in cases {
        let segments =
            format!("BGM+34+X1+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+{place}'");
        let reading = message("CODECO:D:95B:UN:ITG14", &segments);
        let found = observations(&reading)[0].place.clone().unwrap();
        assert_eq!((found.locode.as_deref(), found.facility.as_deref()), (locode, facility), "{place}");
    }
}

#[test]
fn customs_numbers_mean_nothing_in_a_national_list() {
    use Kind::{CustomsHeld, CustomsReleased, Status};
    let answer = |gis: &str| format!("BGM+962+X1+9'RFF+BM:ZZAU12345678'GIS+{gis}'EQD+CN+CSQU3054383+22G1'");
    let kinds = ["4", "5", "4:105", "4:105:6", "77"].map(|gis| {
        let reading = message("CUSRES:D:95B:UN", &answer(gis));
        observations(&reading)[0].kind
    });
    assert_eq!(kinds, [CustomsReleased, CustomsHeld, Status, CustomsReleased, Status]);
}

/// Names whose encodings hold bytes of separators (`\`, `|`) as second bytes.
const NAMES: &[(&str, &str, &[u8])] = &[
    ("gbk", "洋山港", b"\xD1\xF3\xC9\xBD\xB8\xDB"),
    ("gbk", "誠|", b"\xD5\x5C|"),
    ("big5", "功成", b"\xA5\x5C\xA6\xA8"),
    ("shift_jis", "東京ソ", b"\x93\x8C\x8B\x9E\x83\x5C"),
    ("iso-8859-1", "Málaga", b"M\xE1laga"),
    ("utf-8", "Cái Mép", "Cái Mép".as_bytes()),
];

#[test]
fn every_charset_under_a_wrong_label_is_split_first_and_decoded_after() {
    for syntax in ["UNOA", "UNOC"] {
        for (label, text, bytes) in NAMES {
            let mut interchange = format!(
                "UNB+{syntax}:2+A+B+260930:1200+R77'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+X1+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+CNSGH:139:6:"
            )
            .into_bytes();
            interchange.extend_from_slice(bytes);
            interchange.extend_from_slice(b"+SGICT:TER:306'UNT+6+1'UNZ+1+R77'");
            let partner = Partner { charset: Some((*label).into()), ..Partner::new(PartyId("p".into())) };
            let reading =
                sealane_ingest::read(&interchange, ReadContext { partner: &partner, wants_ack: false });
            let place = observations(&reading)[0].place.clone().unwrap();
            assert_eq!(place.name.as_deref(), Some(*text), "{label} under {syntax}");
            assert_eq!(place.facility.as_deref(), Some("SGICT"), "{label} under {syntax}");
            let plain = super::read(&interchange);
            let place = observations(&plain)[0].place.clone().unwrap();
            assert_eq!(place.facility.as_deref(), Some("SGICT"), "no profile: codes are read all the same");
        }
    }
}

#[test]
fn a_gate_that_only_the_head_names_is_that_of_every_container() {
    let head = "BGM+36+X1+9'TDT+1++3'LOC+165+MYPKG:139:6+KMT:TER:306'DTM+132:202609040000:203'DTM+7:202609051420:203'";
    let own = "EQD+CN+MSKU1234565+22G1'DTM+7:202609051500:203'LOC+165+SGSIN:139:6'";
    let reading = message("CODECO:D:00B:UN:SMDG21", &format!("{head}EQD+CN+CSQU3054383+22G1'{own}"));
    let told = |o: &Observation| {
        (o.place.as_ref().unwrap().locode.clone().unwrap(), o.time.unwrap().local.to_string())
    };
    let said: Vec<_> = observations(&reading).iter().map(told).collect();
    assert_eq!(said[0], ("MYPKG".into(), "2026-09-05T14:20:00".to_owned()));
    assert_eq!(said[1], ("SGSIN".into(), "2026-09-05T15:00:00".to_owned()));
    assert_eq!(codes(&reading), [""; 0]);
}

#[test]
fn a_status_without_a_place_happened_at_its_end_of_the_leg() {
    let leg = "TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'LOC+9+CNSHA:139:6'LOC+11+MYPKG:139:6'EQD+CN+CSQU3054383+22G1'";
    let place = |status: &str, before: &str| {
        let segments = format!("BGM+23+X1+9'CNI+1+S1'{before}STS+1+{status}'DTM+334:202609051420:203'{leg}");
        let reading = message("IFTSTA:D:99B:UN", &segments);
        observations(&reading)[0].place.as_ref().and_then(|p| p.locode.clone())
    };
    assert_eq!(place("48", "").as_deref(), Some("CNSHA"));
    assert_eq!((place("29", "").as_deref(), place("24", "").as_deref()), (Some("MYPKG"), Some("CNSHA")));
    assert_eq!(place("13", ""), None, "a gate is at neither end of a ship's leg");
    assert_eq!(
        place("48", "LOC+9+VNCMT:139:6'").as_deref(),
        Some("CNSHA"),
        "of the leg, not of the contract"
    );
}

#[test]
fn a_bay_plan_may_name_each_box_before_its_cell() {
    let head =
        "BGM++X1+9'DTM+137:202609051420:203'TDT+20+1E+++ZZA:172:20+++9074729:146::SHIP'LOC+5+CNSHA:139:6'";
    let one = |number: &str, cell: &str| {
        format!("EQD+CN+{number}+22G1+++5'LOC+147+{cell}::5'MEA+WT++KGM:20000'LOC+11+MYPKG'")
    };
    let boxes = format!("{}{}", one("CSQU3054383", "0180284"), one("MSKU1234565", "0180286"));
    let reading = message("BAPLIE:D:95B:UN:SMDG22", &format!("{head}{boxes}"));
    let told =
        |o: &Observation| (o.equipment.as_ref().unwrap().number.canonical().to_owned(), o.stowage.clone());
    let said: Vec<_> = observations(&reading).iter().map(told).collect();
    assert_eq!(said[0], ("CSQU3054383".to_owned(), Some("0180284".into())));
    assert_eq!(said[1], ("MSKU1234565".to_owned(), Some("0180286".into())));
    assert_eq!((said.len(), codes(&reading)), (2, vec![]));
    let nowhere =
        message("BAPLIE:D:95B:UN", &format!("{head}EQD+CN+CSQU3054383+22G1'EQD+CN+MSKU1234565+22G1'"));
    assert_eq!((observations(&nowhere).len(), codes(&nowhere)), (2, vec![]), "without any cell");
    // A box that strayed into the head shifts no others.
    let stray = "EQD+CN+TCLU1234568+22G1+++5'";
    let cells =
        "LOC+147+0180284::5'EQD+CN+CSQU3054383+22G1+++5'LOC+147+0180286::5'EQD+CN+MSKU1234565+22G1+++5'";
    let reading = message("BAPLIE:D:95B:UN:SMDG22", &format!("{head}{stray}{cells}"));
    let again: Vec<_> = observations(&reading).iter().map(told).collect();
    assert_eq!((again, codes(&reading)), (said, vec!["EDI-034"]));
}

#[test]
fn a_report_may_say_in_its_head_only_where_it_is() {
    let head = "BGM+46+X1+9'TDT+20+1E+1++ZZA:172:20+++9074729:146::SHIP'LOC+165+THLCH:139:6+LCIT'";
    let reading = message(
        "COARRI:D:95B:UN:ITG12",
        &format!("{head}EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+11+MYPKG:139:6'"),
    );
    let place = observations(&reading)[0].place.clone().unwrap();
    assert_eq!((place.locode.as_deref(), place.facility.as_deref()), (Some("THLCH"), Some("LCIT")));
    assert_eq!((observations(&reading)[0].kind, codes(&reading)), (Kind::Loaded, vec![]));
}

#[test]
fn a_mass_of_0_is_none() {
    let list = "BGM+34+X1+9'EQD+CN+CSQU3054383+22G1'DTM+7:202609051420:203'LOC+165+MYPKG:139:6'";
    for (mea, kg) in [
        ("MEA+AAE+VGM+KGM:0'", None),
        ("MEA+AAE+G+KGM:00.0'MEA+AAE+VGM+KGM:7335'", Some(7335)),
        ("MEA+AAE+VGM+KGM:0'MEA+AAE+G+KGM:2200'", Some(2200)),
    ] {
        let reading = message("CODECO:D:95B:UN:ITG14", &format!("{list}{mea}"));
        assert_eq!(observations(&reading)[0].equipment.as_ref().unwrap().gross_kg, kg, "{mea}");
        assert_eq!(codes(&reading), ["EDI-074"], "{mea}");
    }
}

#[test]
fn gate_reports_of_spanish_ports_name_the_truck_and_where_the_goods_go() {
    let list = |dates: &str| {
        format!(
            "BGM+34++9'EQD+CN+CSQU3054383+22G1'{dates}LOC+165+ESHUV:139:6'LOC+164+ESFUE:139:6'TDT+1++3++:172:ZZZ+++AAA:146'DTM+ACT:202609051455:203'"
        )
    };
    for (dates, minute) in [("DTM+7:202609051420:203'", 20), ("", 55)] {
        let reading = message("CODECO:D:95B:UN:SMDG16", &list(dates));
        let said = &observations(&reading)[0];
        assert_eq!(said.time.unwrap().local.minute(), minute, "the time of the move goes before the truck's");
        let delivery = said.plan.as_ref().and_then(|plan| plan.delivery.as_ref()?.locode.as_deref());
        assert_eq!((delivery, codes(&reading)), (Some("ESFUE"), vec![]));
    }
}
