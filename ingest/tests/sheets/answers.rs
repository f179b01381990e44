//! The marked workbook: the same values, and at each bad cell a fill and a sentence.

use super::{examples, partner, read, tables};
use calamine::{Data, Reader as _, Xlsx};
use sealane_data::finding::Finding;
use sealane_data::partner::Partner;
use sealane_ingest::answers::workbook::{Marked, XLSX, mark};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

fn marked(bytes: &[u8], partner: &Partner, xlsx: bool) -> (Marked, Vec<Finding>) {
    let reading = read(bytes, partner);
    let findings: Vec<Finding> =
        reading.findings.into_iter().chain(reading.messages.into_iter().flat_map(|m| m.findings)).collect();
    (mark(bytes, None, &findings, xlsx).unwrap(), findings)
}

/// Returns every value of a workbook by sheet and cell; a date as its number.
fn values(bytes: &[u8]) -> BTreeMap<(String, u32, u32), String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut values = BTreeMap::new();
    for (name, range) in book.worksheets() {
        let (top, left) = range.start().unwrap_or_default();
        let at = |n: usize| u32::try_from(n).unwrap();
        for (row, column, value) in range.used_cells() {
            let shown = match value {
                Data::DateTime(time) => time.as_f64().to_string(),
                other => other.to_string(),
            };
            values.insert((name.clone(), top + at(row), left + at(column)), shown);
        }
    }
    values
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_comes_back_with_all_values_and_notes_at_the_bad_cells() {
    for bytes in [examples::depot(), examples::coloader()] {
        let (answer, findings) = marked(&bytes, &partner(&tables(&bytes)), false);
        assert_eq!(answer.media_type, XLSX);
        assert_eq!(values(&answer.bytes), values(&bytes));
        let notes = part(&answer.bytes, "xl/comments1.xml");
        let mut cells = 0;
        for finding in findings.iter().filter(|f| f.place.element.is_some()) {
            let cell = finding.place.tag.rsplit('!').next().unwrap();
            assert!(notes.contains(&format!("ref=\"{cell}\"")), "{cell} has no note");
            assert!(notes.contains(&finding.code.to_string()));
            cells += 1;
        }
        assert!(cells > 1);
        assert!(part(&answer.bytes, "xl/styles.xml").contains("FFE08A"));
        assert_eq!(
            mark(&bytes, None, &findings, false).unwrap(),
            answer,
            "the same input gives the same answer"
        );
    }
}

#[test]
fn an_unconfirmed_workbook_comes_back_with_its_guess_at_the_headings() {
    let (answer, _) = marked(&examples::depot(), &partner(""), false);
    assert_eq!(values(&answer.bytes), values(&examples::depot()));
    let notes = part(&answer.bytes, "xl/comments1.xml");
    assert!(notes.contains("is taken for the container number"), "{notes}");
}

#[test]
fn a_text_table_comes_back_in_its_own_charset_with_one_more_column() {
    let bytes = examples::gbk();
    let (answer, _) = marked(&bytes, &partner(&tables(&bytes)), false);
    let (before, after) = (encoding_rs::GBK.decode(&bytes).0, encoding_rs::GBK.decode(&answer.bytes).0);
    assert_eq!(answer.media_type, "text/csv");
    assert_eq!(before.lines().count(), after.lines().count());
    for (old, new) in before.lines().zip(after.lines()) {
        assert!(new.starts_with(old), "{new}");
    }
    let bad = after.lines().nth(3).unwrap();
    assert!(bad.contains(";\"D4: SHT-020 the event `倒箱` has no known meaning"), "{bad}");
    let (book, _) = marked(&bytes, &partner(&tables(&bytes)), true);
    assert!(part(&book.bytes, "xl/comments1.xml").contains("ref=\"D4\""));
}

#[test]
fn the_attachment_of_a_mail_comes_back() {
    let (answer, _) = marked(&examples::mail(), &partner(""), false);
    assert_eq!((answer.name.as_str(), answer.media_type), ("gate.csv", "text/csv"));
    assert!(String::from_utf8(answer.bytes).unwrap().contains("SHT-005"));
}

#[test]
fn what_is_no_spreadsheet_has_no_answer() {
    assert_eq!(mark(b"UNB+UNOA:2'", None, &[], true), None);
    assert_eq!(mark(b"", None, &[], true), None);
}
