//! One table per kind of growth: unique, documented, and what the docs list.

use super::root;
use sealane_data::finding::FindingKind;
use std::collections::BTreeMap;

/// Every table of findings, with its room.
fn findings() -> Vec<(&'static str, &'static [FindingKind])> {
    vec![
        ("ingest", sealane_ingest::findings::FINDINGS),
        ("ingest", sealane_ingest::sheet_findings::FINDINGS),
        ("origin", sealane_origin::FINDINGS),
        ("log", sealane_log::FINDINGS),
    ]
}

#[test]
fn finding_codes_are_unique_and_explained() {
    let mut seen = BTreeMap::new();
    for (room, table) in findings() {
        for kind in table {
            let twice = seen.insert(kind.code, room);
            assert!(
                twice.is_none(),
                "finding `{}` is in two tables: give one of them another number",
                kind.code
            );
            for (what, text) in [("about", kind.about), ("help", kind.help)] {
                let one = text.len() > 10 && !text.contains('\n') && !text.contains(". ");
                assert!(one, "finding `{}`: `{what}` must be one sentence", kind.code);
            }
        }
    }
}

/// Returns a table's text as a sentence: upper case first, a dot last.
fn sentence(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{}.", first.to_uppercase(), rest.trim_end_matches('.'))
}

#[test]
fn docs_list_every_finding() {
    let path = root().join("docs/findings.md");
    let mut text = String::from(
        "# Findings\n\nWhat can be wrong or doubtful in an input. Codes are stable. This page is written from the tables\n(`BLESS=1 cargo test docs_list_every_finding`).\n\n| code | severity | what it means | what to do |\n|---|---|---|---|\n",
    );
    for (_, table) in findings() {
        for kind in table {
            let severity = format!("{:?}", kind.severity).to_lowercase();
            text += &format!(
                "| {} | {severity} | {} | {} |\n",
                kind.code,
                sentence(kind.about),
                sentence(kind.help)
            );
        }
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/findings.md is out of date: run BLESS=1 cargo test docs_list_every_finding");
}

#[test]
fn messages_that_are_read_are_described() {
    for family in sealane_ingest::messages::MESSAGES {
        let about = family.about();
        assert!(
            about.len() > 10 && !about.contains(". "),
            "message `{}`: `about` must be one sentence",
            family.id()
        );
        let folder = root().join("tests/messages").join(family.id().to_lowercase());
        assert!(folder.is_dir(), "message `{}` has no golden samples in {}", family.id(), folder.display());
    }
}
