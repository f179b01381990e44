//! Real files that are not part of the repository: read when they are there, skipped by name when not.

use sealane_ingest::Reading;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the sets that are read, with the observations it must give. A naive count that shares
/// nothing with the reader has to agree.
const COVERED: &[(&str, usize)] = &[
    ("301_v004010_1.x12", 3),
    ("301_v004010_2.x12", 3),
    ("301_v004010_3.x12", 3),
    ("301_v004010_4.x12", 3),
    ("301_v004010_5.x12", 2),
    ("301_v005010_1.x12", 2),
    ("303_v005010_1.x12", 1),
    ("310_v004010_1.x12", 1),
    ("310_v004010_2.x12", 1),
    ("310_v004010_3.x12", 2),
    ("310_v004010_4.x12", 4),
    ("310_v005010_1.x12", 1),
    ("315_v004010_1.x12", 1),
    ("315_v004010_2.x12", 1),
    ("315_v004010_3.x12", 1),
    ("315_v004010_4.x12", 3),
    ("315_v005010_1.x12", 1),
    ("322_v004010_1.x12", 2),
    ("322_v004010_2.x12", 1),
    ("322_v004010_3.x12", 1),
    ("322_v004010_4.x12", 2),
    ("322_v004010_5.x12", 1),
];

/// Returns the sample folder, or nothing after saying so.
fn folder() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let samples = shared.join("samples/x12");
    if samples.is_dir() {
        return Some(samples);
    }
    let no_skip = std::env::var_os("SEALANE_NO_SKIP").is_some_and(|v| v == "1");
    assert!(!(shared.is_dir() && no_skip), "SEALANE_NO_SKIP is set and {} is missing", samples.display());
    println!("skipped: real X12 samples: {} is not there", samples.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Counts what a file calls for by splitting text: statuses of 315 and 322, containers of 301, 303 and 310
/// (at least one booking), dates of ports of loading and discharge where one ship carries the goods,
/// sailings of `Y3` that no such date tells, and the expected arrival of 322.
fn naive_count(bytes: &[u8]) -> usize {
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    text.split("ST*").skip(1).map(set).sum()
}

/// Counts one transaction set.
fn set(text: &str) -> usize {
    let kind = text.get(..3).unwrap_or(text);
    let segments: Vec<Vec<&str>> = text.split('~').map(|s| s.trim().split('*').collect()).collect();
    let has = |s: &[&str], at: usize| s.get(at).is_some_and(|v| !v.is_empty());
    let tagged = |tag: &str| segments.iter().filter(|s| s[0] == tag).count();
    let port = |f: &str| segments.iter().any(|s| s[0] == "R4" && s[1] == f);
    let ship = segments.iter().any(|s| ["V1", "Q2"].contains(&s[0]) && has(s, 1));
    let (mut function, mut calls, mut told) = ("", 0, [false; 2]);
    let mut expected = 0;
    for s in &segments {
        if s[0] == "R4" {
            function = s[1];
        } else if s[0] == "DTM" && ["139", "140", "369", "370", "371", "372"].contains(&s[1]) {
            calls += usize::from(["L", "D"].contains(&function));
            told[0] |= function == "L";
            told[1] |= function == "D";
            expected += usize::from(s[1] == "371" && function.is_empty() && port("7"));
        }
    }
    let carried = ship && !port("T");
    let calls = if carried { calls } else { 0 };
    let y3 = segments.iter().find(|s| s[0] == "Y3").filter(|_| carried);
    let sailings = y3.map_or(0, |s| {
        usize::from(has(s, 3) && port("L") && !told[0]) + usize::from(has(s, 4) && port("D") && !told[1])
    });
    match kind {
        "315" => tagged("B4") + calls,
        "322" => tagged("Q5") + expected,
        "301" | "303" | "310" => tagged("N7").max(1) + calls + sailings,
        _ => 0,
    }
}

fn observations(reading: &Reading) -> usize {
    reading.messages.iter().map(|m| m.observations.len()).sum()
}

#[test]
fn covered_x12_samples_give_what_they_call_for() {
    let Some(folder) = folder() else { return };
    for (name, expected) in COVERED {
        let bytes = fs::read(folder.join("x12-types-tests").join(name)).unwrap();
        let reading = super::read(&bytes);
        assert_eq!(naive_count(&bytes), *expected, "the naive count of {name}");
        assert_eq!(observations(&reading), *expected, "{name}: {:?}", super::codes(&reading));
        assert_eq!(reading.messages.len(), 1, "{name}");
        let codes = super::codes(&reading);
        assert!(
            !codes.iter().any(|c| ["EDI-034", "EDI-025", "X12-016"].contains(&c.as_str())),
            "{name}: {codes:?}"
        );
    }
}

#[test]
fn every_other_x12_sample_says_why_it_gives_nothing() {
    let Some(folder) = folder() else { return };
    let all = files(&folder);
    assert!(all.len() > 80, "only {} samples", all.len());
    for path in &all {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if COVERED.iter().any(|(covered, _)| *covered == name) {
            continue;
        }
        let bytes = fs::read(path).unwrap();
        assert_eq!(naive_count(&bytes), 0, "{name} belongs into the table");
        let reading = super::read(&bytes);
        assert_eq!(observations(&reading), 0, "{name}");
        assert!(!reading.messages.is_empty(), "{name}: {:?}", super::codes(&reading));
        for message in &reading.messages {
            assert!(!message.findings.is_empty(), "{name}: message {} is silent", message.ordinal);
        }
    }
}
