//! Workbooks that mean harm: each is a finding, none costs more than its bound.

use super::{examples, partner, read, tables};
use sealane_data::finding::Finding;
use sealane_ingest::Reading;
use sealane_ingest::answers::workbook::mark;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;

/// Returns an example with the text of its parts changed.
fn rewritten(whole: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(whole)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        new.start_file(name.clone(), SimpleFileOptions::default()).unwrap();
        new.write_all(change(&name, text).as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

fn findings(reading: &Reading) -> Vec<&Finding> {
    reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)).collect()
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_a_finding() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/workbook.xml", deflated).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", deflated).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..200 {
        zip.write_all(&blanks).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    let reading = read(&bomb, &partner(""));
    assert_eq!(reading.findings[0].code, "SHT-001", "{:?}", reading.findings);
}

#[test]
fn a_promise_of_many_strings_is_not_believed() {
    let lie = rewritten(&examples::depot(), |_, mut text| {
        if let Some(start) = text.find("uniqueCount=\"").map(|at| at + 13) {
            let end = start + text.split_at(start).1.find('"').unwrap();
            text.replace_range(start..end, "99999999999");
        }
        text
    });
    assert_eq!(read(&lie, &partner("")).findings[0].code, "SHT-001");
}

/// Puts a document type before the strings of a workbook, and an entity into its first string.
fn with_entity(doctype: &str) -> Vec<u8> {
    rewritten(&examples::depot(), |name, text| {
        if name != "xl/sharedStrings.xml" {
            return text;
        }
        let text = text.replacen("<sst", &format!("{doctype}<sst"), 1);
        let changed = text.replacen("<t>", "<t>&a;", 1);
        assert!(changed.contains("<t>&a;") && changed.contains("DOCTYPE"));
        changed
    })
}

#[test]
fn entities_open_no_file_and_do_not_grow() {
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    std::fs::write(&secret, "SECRET-OF-THE-HOST").unwrap();
    let outside =
        with_entity(&format!("<!DOCTYPE sst [<!ENTITY a SYSTEM \"file://{}\">]>", secret.display()));
    let mut laughs = "<!DOCTYPE sst [<!ENTITY z \"SECRET-OF-THE-HOST\">".to_owned();
    for (name, of) in ('a'..='y').zip('b'..='z') {
        laughs += &format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10));
    }
    for hostile in [outside, with_entity(&format!("{laughs}]>"))] {
        let reading = read(&hostile, &partner(""));
        let said = format!("{reading:?}");
        assert!(!findings(&reading).is_empty());
        assert!(!said.contains("SECRET-OF") && said.len() < 1 << 20, "{said}");
        if let Some(answer) = mark(&hostile, None, &[], true) {
            assert!(answer.bytes.len() < 1 << 20);
        }
    }
}

#[test]
fn far_cells_and_great_promises_cost_nothing() {
    let clean = read(&examples::depot(), &partner(&tables(&examples::depot())));
    let far = rewritten(&examples::depot(), |name, text| {
        if !name.starts_with("xl/worksheets/sheet1") {
            return text;
        }
        let text = text.replace("<dimension ref=\"", "<dimension ref=\"A1:XFD1048576\" was=\"");
        text.replace("</sheetData>", "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>")
    });
    let reading = read(&far, &partner(&tables(&examples::depot())));
    let said = |r: &Reading| r.messages.iter().flat_map(|m| m.observations.clone()).collect::<Vec<_>>();
    assert_eq!(said(&reading), said(&clean));
    assert!(mark(&far, None, &[], true).unwrap().bytes.len() < 1 << 20);
    // A repetition that would be a million and more cells ends at the bound.
    let rows: String = (0..1_001)
        .map(|r| format!("<row r=\"{}\">{}</row>", r + 1, "<c><v>1</v></c>".repeat(1_000)))
        .collect();
    let many = rewritten(&examples::depot(), |name, text| {
        if !name.starts_with("xl/worksheets/sheet1") {
            return text;
        }
        let start = text.find("<sheetData>").unwrap();
        format!("{}<sheetData>{rows}</sheetData></worksheet>", text.split_at(start).0)
    });
    let reading = read(&many, &partner(""));
    assert_eq!(reading.findings[0].code, "SHT-001", "{:?}", reading.findings);
}

#[test]
fn formulas_are_not_computed_and_do_not_come_back() {
    let formula = "<f>WEBSERVICE(\"http://127.0.0.1/\"&amp;A1)</f><v>46270.5</v>";
    let hostile = rewritten(&examples::depot(), |name, text| {
        if !name.starts_with("xl/worksheets/sheet1") {
            return text;
        }
        text.replace("</sheetData>", &format!("<row r=\"30\"><c r=\"E30\">{formula}</c></row></sheetData>"))
    });
    let reading = read(&hostile, &partner(&tables(&examples::depot())));
    assert!(!findings(&reading).is_empty());
    let answer = mark(&hostile, None, &[], true).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
    let mut sheet = String::new();
    zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("<v>46270.5</v>") && !sheet.contains("<f>") && !sheet.contains("WEBSERVICE"));
    // A text that looks like a formula stays a text, in a workbook and in a text table.
    let csv = format!("Container No,Gate in,Place\n{},=1+1,=cmd|' /C calc'!A0\n", examples::number(1));
    let reading = read(csv.as_bytes(), &partner(&tables(csv.as_bytes())));
    let all: Vec<Finding> = findings(&reading).into_iter().cloned().collect();
    let answer = mark(csv.as_bytes(), None, &all, true).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
    let mut sheet = String::new();
    zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(!sheet.contains("<f>"), "{sheet}");
    let text = String::from_utf8(mark(csv.as_bytes(), None, &all, false).unwrap().bytes).unwrap();
    assert!(text.lines().nth(1).unwrap().contains(",\"B2: SHT-014"), "{text}");
}

#[test]
fn the_attachments_of_a_mail_share_one_bound() {
    let row = format!("{}\r\n", vec!["1"; 250].join(","));
    let table = format!("Container No,Gate in\r\nCSQU3054383,2026-09-05 14:20\r\n{}", row.repeat(2_400));
    let part = |name: &str| {
        format!(
            "--x\r\nContent-Type: text/csv; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{table}\r\n"
        )
    };
    let parts: String = ["a.csv", "b.csv", "c.csv"].map(part).concat();
    let mail = format!(
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: lists\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n{parts}--x--\r\n"
    );
    let reading = read(mail.as_bytes(), &partner(""));
    let told: Vec<&str> =
        findings(&reading).iter().map(|f| f.code.as_ref()).filter(|c| *c == "SHT-001").collect();
    assert_eq!(told.len(), 2, "the first is read, the others are too much: {:?}", reading.findings);
}
