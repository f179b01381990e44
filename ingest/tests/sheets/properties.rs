//! Any bytes and any cells: no panic, no silence, and bounds that hold.

use super::{examples, partner, read, tables};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use sealane_ingest::answers::workbook::mark;

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
        for (heading, column) in [
            "Container No",
            "Size",
            "F/E",
            "Gate in",
            "Gate out date",
            "Gate out time",
            "Weight",
            "Vessel/Voyage",
        ]
        .into_iter()
        .zip(0..)
        {
            sheet.write(0, column, heading).unwrap();
        }
        for (cells, row) in rows.into_iter().zip(1_u32..) {
            for (cell, column) in cells.into_iter().zip(0_u16..) {
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
        check(&bytes, &tables(&bytes));
    }
}
