//! Every example in `tests/messages/sheet/` is what the generator writes, and reads as its `.json`
//! says: first unconfirmed, then by the `.toml` beside it. `BLESS=1` rewrites.

use super::{examples, guessed, partner, read, tables};
use sealane_data::finding::Finding;
use sealane_data::observation::{Kind, Observation};
use sealane_data::sheet::{DateOrder, SheetGuess};
use sealane_ingest::Reading;
use serde_json::{Value, json};
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages/sheet")
}

fn finding(f: &Finding) -> String {
    format!("{} {}: {}", f.code, f.place.tag, f.message)
}

/// Returns a reading as JSON, without what differs by profile.
fn told(reading: &Reading) -> Value {
    let messages = reading.messages.iter().map(|m| {
        json!({
            "family": m.family,
            "parser": m.reading.parser,
            "document": m.document,
            "key": format!("{:032x}", u128::from_be_bytes(m.key)),
            "observations": m.observations,
            "findings": m.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    });
    json!({ "messages": messages.collect::<Vec<_>>(), "findings": reading.findings.iter().map(finding).collect::<Vec<_>>() })
}

/// Compares a file with what it should be, or rewrites it.
fn compare(path: &Path, expected: &[u8], wrong: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(path, expected).unwrap();
    } else if fs::read(path).ok().as_deref() != Some(expected) {
        wrong.push(path.display().to_string());
    }
}

/// Returns the unpacked parts of an archive: how it is packed depends on the build.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return vec![(String::new(), bytes.to_vec())];
    };
    let mut parts = Vec::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut part = Vec::new();
        entry.read_to_end(&mut part).unwrap();
        parts.push((entry.name().unwrap().into_owned(), part));
    }
    parts
}

/// What a person adds to the guesses: what the file itself cannot say.
fn corrected(name: &str, guesses: Vec<SheetGuess>) -> String {
    let mut tables = Vec::new();
    for SheetGuess { mut layout, headings, .. } in guesses {
        match name {
            "synthetic_depot_gate_vi_en.xlsx" => layout.place = Some("VNVUT".into()),
            "synthetic_gate_gbk.csv" => layout.zone = Some("Asia/Shanghai".to_owned()),
            "synthetic_mail.eml" => layout.dates = Some(DateOrder::Dmy),
            _ => {}
        }
        tables.push(layout.table(&headings));
    }
    tables.join("\n")
}

#[test]
fn examples_read_as_expected() {
    let mut wrong = Vec::new();
    for (name, written) in examples::all() {
        let path = folder().join(name);
        let kept = fs::read(&path).unwrap_or_default();
        if parts(&kept) != parts(&written) {
            compare(&path, &written, &mut wrong);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        let profile = corrected(name, guessed(&bytes));
        compare(&path.with_extension("toml"), profile.as_bytes(), &mut wrong);
        let unconfirmed = told(&read(&bytes, &partner("")));
        let confirmed = told(&read(&bytes, &partner(&profile)));
        let both = json!({ "unconfirmed": unconfirmed, "confirmed": confirmed });
        let text = format!("{}\n", serde_json::to_string_pretty(&both).unwrap());
        compare(&path.with_extension("json"), text.as_bytes(), &mut wrong);
    }
    assert!(wrong.is_empty(), "read otherwise (BLESS=1 rewrites): {}", wrong.join(", "));
}

/// Returns all observations of an example by its own guess, corrected as a person would.
fn observations(name: &str) -> (Vec<Observation>, Vec<String>) {
    let bytes = examples::all().into_iter().find(|(n, _)| *n == name).unwrap().1;
    let reading = read(&bytes, &partner(&corrected(name, guessed(&bytes))));
    let findings = reading.messages.iter().flat_map(|m| &m.findings).chain(&reading.findings);
    let findings = findings.map(|f| format!("{} {}", f.code, f.place.tag)).collect();
    (reading.messages.into_iter().flat_map(|m| m.observations).collect(), findings)
}

/// One observation in a line: kind, container, time, place.
fn line(o: &Observation) -> String {
    let number = o.equipment.as_ref().map_or("-", |e| e.number.canonical());
    let time = o.time.map_or("-".to_owned(), |t| t.local.to_string());
    let place = o.place.as_ref().and_then(|p| p.facility.as_ref().or(p.locode.as_ref()).or(p.name.as_ref()));
    format!("{:?} {number} {time} {}", o.kind, place.map_or("-", |p| p))
}

#[test]
fn a_depots_gate_list_gives_its_moves_and_names_every_bad_cell() {
    let (told, findings) = observations("synthetic_depot_gate_vi_en.xlsx");
    let (a, b, c) = (examples::number(1), examples::number(2), examples::number(3));
    let lines: Vec<String> = told.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            format!("GateIn {a} 2026-09-05T06:00:00 VNVUT"),
            format!("GateIn {b} 2026-09-05T09:00:00 VNVUT"),
            format!("GateOut {b} 2026-09-05T15:00:00 VNVUT"),
            format!("GateOut {c} 2026-09-05T18:00:00 VNVUT"),
            "GateOut SYNU0000045 2026-09-05T00:00:00 VNVUT".to_owned(),
        ]
    );
    for at in [
        "SHT-011 Gate 05-09!B8",
        "SHT-018 Gate 05-09!C8",
        "SHT-021 Gate 05-09!D8",
        "SHT-014 Gate 05-09!E8",
        "SHT-015 Gate 05-09!H8",
        "SHT-010 Gate 05-09!B9",
        "SHT-009 Gate 05-09!A10",
        "SHT-030 Notes!",
    ] {
        assert!(findings.iter().any(|f| f == at), "{at} is not among {findings:?}");
    }
}

#[test]
fn a_coloaders_list_gives_bookings_with_bills_and_each_call_once() {
    let (told, findings) = observations("synthetic_coloader_zh_en.xlsx");
    let booked: Vec<&Observation> = told.iter().filter(|o| o.kind == Kind::Booked).collect();
    assert_eq!(booked.len(), 5, "{:?}", told.iter().map(line).collect::<Vec<_>>());
    for (o, house) in booked.iter().zip(["SYNHBL260901", "SYNHBL260902", "SYNHBL260903"]) {
        assert!(o.references.iter().any(|r| r.value == house));
    }
    // The merged bill and booking count for both rows.
    for o in &booked[..2] {
        assert!(o.references.iter().any(|r| r.value == "SYNMBL2609001"));
        assert!(o.references.iter().any(|r| r.value == "SYNBKG9001"));
        assert_eq!(o.equipment.as_ref().unwrap().gross_kg, Some(18_250));
    }
    assert!(booked[2].equipment.is_none());
    let calls = told.iter().filter(|o| o.kind.is_call()).map(line).collect::<Vec<_>>();
    assert_eq!(
        calls,
        ["VesselDeparted - 2026-09-08T00:00:00 CNSHA", "VesselArrived - 2026-09-15T06:00:00 Laem Chabang"]
    );
    assert!(findings.iter().any(|f| f == "SHT-013 出货明细!K5"), "{findings:?}");
    assert!(findings.iter().any(|f| f == "SHT-023 出货明细!C5"), "{findings:?}");
}

#[test]
fn an_xls_that_another_program_wrote_is_read() {
    // Written by Python's xlwt 1.3, with a merged title, real dates and a formula without a value.
    let bytes = fs::read(folder().join("synthetic_gate_zh_en.xls")).unwrap();
    let reading = read(&bytes, &partner(&tables(&bytes)));
    let told: Vec<String> = reading.messages.iter().flat_map(|m| &m.observations).map(line).collect();
    let moves =
        ["GateIn CSQU3054383 2026-09-05T14:20:00 VNVUT", "GateIn CSQU3054384 2026-09-05T14:21:00 VNVUT"];
    assert_eq!(told[..2], moves);
    let findings: Vec<_> = reading.messages.iter().flat_map(|m| &m.findings).map(finding).collect();
    assert!(
        findings.contains(&"SHT-011 Gate!A5: the check digit of `CSQU3054384` is wrong".to_owned()),
        "{findings:?}"
    );
}

#[test]
fn an_unconfirmed_layout_is_kept_with_its_guess_and_gives_nothing_else() {
    let reading = read(&examples::depot(), &partner(""));
    assert_eq!(reading.messages.len(), 1);
    let message = &reading.messages[0];
    assert!(message.observations.is_empty());
    assert_eq!(message.findings[0].code, "SHT-005");
    assert!(message.findings.iter().filter(|f| f.code == "SHT-006").count() >= 7, "{:?}", message.findings);
    assert!(message.findings[0].help.contains("sealane confirm"));
    let guess = &guessed(&examples::depot())[0];
    assert_eq!(guess.wants.len(), 1, "{:?}", guess.wants);
    assert!(guess.wants[0].contains("`place`") && guess.table().starts_with("# set `place`"));
}

#[test]
fn a_list_that_is_sent_again_with_more_rows_repeats_its_keys() {
    let (old, a) = (String::from_utf8(examples::ambiguous()).unwrap(), examples::number(303));
    let new = format!("{old}{a},2026-09-07 10:00,THLCH\n");
    let partner = partner(&corrected("synthetic_mail.eml", guessed(old.as_bytes())));
    let keys =
        |text: &str| read(text.as_bytes(), &partner).messages.iter().map(|m| m.key).collect::<Vec<_>>();
    assert_eq!(keys(&new)[..2], keys(&old));
    assert_eq!(keys(&new).len(), 3);
}

#[test]
fn edi_under_any_name_stays_edi() {
    let edi = "UNB+UNOA:2+A+B+260905:1430+R1'UNH+1+CODECO:D:95B:UN'UNT+2+1'UNZ+1+R1'";
    let mail = format!("From: a@example.invalid\r\nSubject: x\r\nDate: y\r\n\r\n{edi}");
    let table = format!("Container No,Gate In\nX,1\nY,2\n{edi}");
    for text in [edi, &mail, &table] {
        let reading = read(text.as_bytes(), &partner(""));
        assert_eq!((reading.messages.len(), reading.interchanges.len()), (1, 1), "{text}");
    }
}
