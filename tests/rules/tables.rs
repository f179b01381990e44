//! One table per kind of growth: unique, documented, and what the docs list.

use super::root;
use sealane_data::finding::{FindingKind, Language};
use sealane_ingest::messages::MessageFamily;
use std::collections::BTreeMap;

/// Every table of findings, with its room.
fn findings() -> Vec<(&'static str, &'static [FindingKind])> {
    vec![
        ("ingest", sealane_ingest::findings::FINDINGS),
        ("ingest", sealane_ingest::message_findings::FINDINGS),
        ("ingest", sealane_ingest::flat_findings::FINDINGS),
        ("ingest", sealane_ingest::sheet_findings::FINDINGS),
        ("ingest", sealane_ingest::x12_findings::FINDINGS),
        ("ingest", sealane_ingest::ais_findings::FINDINGS),
        ("ingest", sealane_ingest::json_findings::FINDINGS),
        ("ingest", sealane_ingest::xml_findings::FINDINGS),
        ("ingest", sealane_ingest::feed_findings::FINDINGS),
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

/// Returns what stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    let mut quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    quoted.sort_unstable();
    quoted
}

#[test]
fn every_finding_speaks_chinese_and_vietnamese() {
    let mut wrong = Vec::new();
    for (_, table) in findings() {
        for kind in table {
            for language in [Language::Chinese, Language::Vietnamese] {
                let (code, tag) = (kind.code, language.tag());
                match language.sentence(code) {
                    None => wrong.push(format!("`{code}` has no sentence in {tag}.toml")),
                    Some(said) if quoted(said) != quoted(kind.about) => {
                        wrong.push(format!("`{code}` in {tag}.toml does not quote {:?}", quoted(kind.about)));
                    }
                    Some(said) if said.is_ascii() || said.ends_with(['.', '。']) => {
                        wrong.push(format!("`{code}` in {tag}.toml is no sentence without its full stop"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "mend data/src/finding/languages/:\n{}", wrong.join("\n"));
}

#[test]
fn no_sentence_is_of_a_finding_that_is_gone() {
    let known: Vec<&str> = findings().into_iter().flat_map(|(_, table)| table).map(|k| k.code).collect();
    for tag in ["zh", "vi"] {
        let text =
            std::fs::read_to_string(root().join(format!("data/src/finding/languages/{tag}.toml"))).unwrap();
        let codes = text.lines().filter_map(|l| l.split_once(" = ")).map(|(code, _)| code);
        let gone: Vec<&str> = codes.filter(|code| !known.contains(code)).collect();
        assert!(gone.is_empty(), "{tag}.toml has sentences for codes that are in no table: {gone:?}");
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
    let x12 = sealane_ingest::messages::x12::TRANSACTION_SETS;
    let flat = sealane_ingest::messages::flat::FILES;
    for (prefix, family) in prefixed(&[("", sealane_ingest::messages::MESSAGES), ("", x12), ("flat_", flat)])
    {
        let about = family.about();
        assert!(
            about.len() > 10 && !about.contains(". "),
            "message `{}`: `about` must be one sentence",
            family.id()
        );
        let folder = root().join("tests/messages").join(format!("{prefix}{}", family.id().to_lowercase()));
        assert!(folder.is_dir(), "message `{}` has no golden samples in {}", family.id(), folder.display());
    }
}

/// Returns the families of some tables, each with the prefix of its table.
fn prefixed<'a>(
    tables: &'a [(&'a str, &'a [&'static dyn MessageFamily])],
) -> impl Iterator<Item = (&'a str, &'static dyn MessageFamily)> {
    tables.iter().flat_map(|(prefix, table)| table.iter().map(move |family| (*prefix, *family)))
}

/// Returns the table of messages and the segments that each leaves unread, by reason.
fn messages_listed() -> String {
    let mut table = String::from("\n| message | what it gives |\n|---|---|\n");
    let mut unread = String::from("\nSegments that are known and left unread, with the reason:\n\n");
    let x12 = sealane_ingest::messages::x12::TRANSACTION_SETS;
    let flat = sealane_ingest::messages::flat::FILES;
    for (prefix, family) in
        prefixed(&[("", sealane_ingest::messages::MESSAGES), ("X12 ", x12), ("platform file ", flat)])
    {
        table += &format!("| {prefix}{} | {} |\n", family.id(), sentence(family.about()));
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (tag, why) in family.ignored() {
            reasons.entry(why).or_default().push(format!("{tag:?}"));
        }
        let listed: Vec<String> =
            reasons.into_iter().map(|(why, tags)| format!("{} ({why})", tags.join(", "))).collect();
        let listed = if listed.is_empty() { "none".to_owned() } else { listed.join("; ") };
        unread += &format!("- **{prefix}{}**: {listed}\n", family.id());
    }
    table + &unread
}

#[test]
fn docs_list_every_message() {
    const MARKS: [&str; 2] = ["<!-- messages -->\n", "<!-- end of messages -->"];
    let path = root().join("docs/edi.md");
    let kept = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = kept.split_once(MARKS[0]).expect("docs/edi.md has the mark of the messages");
    let (_, tail) = rest.split_once(MARKS[1]).expect("docs/edi.md has the mark of their end");
    let text = format!("{head}{}{}{}{tail}", MARKS[0], messages_listed(), MARKS[1]);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == text, "docs/edi.md is out of date: run BLESS=1 cargo test docs_list_every_message");
}
