//! What the docs list is what the tables hold. `BLESS=1` rewrites.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns a table's text as a sentence: upper case first, a dot last.
fn sentence(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{}.", first.to_uppercase(), rest.trim_end_matches('.'))
}

/// Returns the table of feeds and mappings, and the fields that each leaves unread, by reason.
fn feeds_listed() -> String {
    use sealane_ingest::messages::feeds::{FEEDS, mapped::shipped};
    let mut table = String::from("\n| family | what it gives |\n|---|---|\n");
    let mut unread = String::from("\nFields that are known and left unread, with the reason:\n\n");
    let feeds = FEEDS.iter().map(|feed| {
        let fields = feed.fields().iter().filter_map(|(path, why)| Some(((*why)?, (*path).to_owned())));
        (feed.id(), feed.about().to_owned(), fields.collect::<Vec<_>>())
    });
    let mapped = shipped().iter().map(|mapping| {
        let fields = mapping.ignored.iter().map(|(path, why)| (why.as_str(), path.to_string()));
        (mapping.id.as_str(), mapping.about.clone(), fields.collect::<Vec<_>>())
    });
    for (id, about, fields) in feeds.chain(mapped) {
        table += &format!("| {id} | {} |\n", sentence(&about));
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (why, path) in fields {
            reasons.entry(why).or_default().push(format!("`{path}`"));
        }
        let listed: Vec<String> =
            reasons.into_iter().map(|(why, paths)| format!("{} ({why})", paths.join(", "))).collect();
        unread += &format!(
            "- **{id}**: {}\n",
            if listed.is_empty() { "none".to_owned() } else { listed.join("; ") }
        );
    }
    table + &unread
}

#[test]
fn docs_list_every_feed() {
    const MARKS: [&str; 2] = ["<!-- feeds -->\n", "<!-- end of feeds -->"];
    let path = root().join("docs/feeds-messages.md");
    let kept = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = kept.split_once(MARKS[0]).expect("docs/feeds-messages.md has the mark of the feeds");
    let (_, tail) = rest.split_once(MARKS[1]).expect("docs/feeds-messages.md has the mark of their end");
    let text = format!("{head}{}{}{}{tail}", MARKS[0], feeds_listed(), MARKS[1]);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(
        kept == text,
        "docs/feeds-messages.md is out of date: run BLESS=1 cargo test -p sealane-ingest docs_list_every_feed"
    );
}

#[test]
fn every_feed_has_golden_samples() {
    for feed in sealane_ingest::messages::feeds::FEEDS {
        let folder = root().join("tests/messages").join(format!("feed_{}", feed.id()));
        assert!(folder.is_dir(), "feed `{}` has no golden samples in {}", feed.id(), folder.display());
    }
}
