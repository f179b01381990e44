//! Every document in `tests/messages/feed_*/` reads as the `.golden` beside it says. `BLESS=1` rewrites.

use super::read;
use sealane_data::finding::Finding;
use sealane_data::partner::Partner;
use sealane_ingest::Reading;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns every document in the folders of feeds, in order.
pub(super) fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let feeds = folders.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("feed_"));
    let files = feeds.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e != "golden")).collect();
    files.sort();
    files
}

fn finding(f: &Finding) -> String {
    format!("{} line {} {}: {}", f.code, f.place.line, f.place.tag, f.message)
}

/// Returns a reading as JSON.
pub(super) fn told(reading: &Reading) -> Value {
    let messages = reading.messages.iter().map(|m| {
        json!({
            "family": m.family,
            "parser": m.reading.parser,
            "document": m.document,
            "revision": m.revision,
            "written": m.written,
            "key": format!("{:032x}", u128::from_be_bytes(m.key)),
            "observations": m.observations,
            "findings": m.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    });
    json!({ "messages": messages.collect::<Vec<_>>(), "findings": reading.findings.iter().map(finding).collect::<Vec<_>>() })
}

#[test]
fn documents_read_as_expected() {
    let mut wrong = Vec::new();
    let documents = documents();
    assert!(documents.len() >= 20);
    for path in documents {
        let reading = read(&fs::read(&path).unwrap(), &Partner::operator());
        let expected = format!("{:#}\n", told(&reading));
        let golden = path.with_extension("golden");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &expected).unwrap();
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(&expected) {
            wrong.push(path.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "read these differences, then BLESS=1: {wrong:?}");
}
