//! Any bytes and any cells: no panic, no silence, and bounds that hold.

use super::{examples, guessed, partner, read};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use sealane_ingest::answers::workbook::mark;
use std::io::{Cursor, Write as _};

/// Bytes of an example with some of them changed, and maybe cut.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let examples: Vec<Vec<u8>> = examples::all().into_iter().map(|(_, bytes)| bytes).collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    (prop::sample::select(examples), changes, prop::option::of(any::<prop::sample::Index>())).prop_map(
        |(mut bytes, changes, cut)| {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        },
    )
}

/// A workbook under known headings with any texts and numbers.
fn any_list() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        "[ -~年月日\n/]{0,24}".prop_map(Ok),
        any::<f64>().prop_filter("a number", |n| n.is_finite()).prop_map(Err),
    ];
    prop::collection::vec(prop::collection::vec(cell, 0..8), 0..12).prop_map(|rows| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, heading) in [
            "Container No",
            "Size",
            "F/E",
            "Gate in",
            "Gate out date",
            "Gate out time",
            "Weight",
            "Vessel/Voyage",
        ]
        .iter()
        .enumerate()
        {
            sheet.write(0, column as u16, *heading).unwrap();
        }
        for (row, cells) in rows.into_iter().enumerate() {
            for (column, cell) in cells.into_iter().enumerate() {
                let (row, column) = (row as u32 + 1, column as u16);
                match cell {
                    Ok(text) => sheet.write(row, column, text).unwrap(),
                    Err(number) => sheet.write(row, column, number).unwrap(),
                };
            }
        }
        workbook.save_to_buffer().unwrap()
    })
}

fn check(bytes: &[u8], toml: &str) {
    let reading = read(bytes, &partner(toml));
    assert!(!reading.messages.is_empty() || !reading.findings.is_empty() || !reading.interchanges.is_empty());
    let findings: Vec<_> =
        reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)).cloned().collect();
    for f in &findings {
        assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{f:?}");
    }
    mark(bytes, None, &findings, true);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(bytes in damaged()) {
        check(&bytes, "");
    }

    #[test]
    fn any_cells_are_read_or_named(bytes in any_list()) {
        check(&bytes, &guessed(&bytes));
    }
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_a_finding() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let deflated =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
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
    let whole = examples::depot();
    let mut old = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        let start = text.find("uniqueCount=\"").map(|at| at + 13);
        if let Some(start) = start {
            let end = start + text[start..].find('"').unwrap();
            text.replace_range(start..end, "99999999999");
        }
        new.start_file(part.name().unwrap().into_owned(), zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(text.as_bytes()).unwrap();
    }
    let lie = new.finish().unwrap().into_inner();
    assert_eq!(read(&lie, &partner("")).findings[0].code, "SHT-001");
}
