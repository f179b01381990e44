//! Arrows between rooms point down only.

use cargo_metadata::MetadataCommand;
use std::collections::{BTreeMap, BTreeSet};

/// Which rooms a room may import (design, section 1).
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("sealane-data", &[]),
    ("sealane-log", &["sealane-data"]),
    ("sealane-lake", &["sealane-data"]),
    ("sealane-ingest", &["sealane-data"]),
    ("sealane-mapper", &["sealane-data"]),
    ("sealane-origin", &["sealane-data", "sealane-mapper"]),
    ("sealane-api", &["sealane-data", "sealane-mapper", "sealane-origin"]),
    (
        "sealane",
        &[
            "sealane-api",
            "sealane-data",
            "sealane-ingest",
            "sealane-lake",
            "sealane-log",
            "sealane-mapper",
            "sealane-origin",
        ],
    ),
];

/// Rooms that know no async runtime.
const PURE: &[&str] = &["sealane-data", "sealane-mapper", "sealane-origin"];

#[test]
fn rooms_import_only_what_lies_below_them() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        MAY_IMPORT.iter().map(|(room, below)| (*room, below.iter().copied().collect())).collect();
    let mut seen = 0;
    for package in &metadata.packages {
        let room = package.name.as_str();
        let below = allowed
            .get(room)
            .unwrap_or_else(|| panic!("add room `{room}` to MAY_IMPORT and to ARCHITECTURE.md"));
        seen += 1;
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            assert!(
                !name.starts_with("sealane") || below.contains(name) || name == room,
                "`{room}` imports `{name}`, which does not lie below it: move the shared noun into `data`, or inject it from the root",
            );
            assert!(
                name != "polars" || room == "sealane-lake",
                "`{room}` names polars: ask through `data::ports::Kpis`, only data/lake names polars",
            );
            assert!(
                name != "tokio" || !PURE.contains(&room),
                "`{room}` names tokio: rooms below the doors are synchronous, hand the work over in the root",
            );
        }
    }
    assert_eq!(seen, MAY_IMPORT.len(), "MAY_IMPORT lists a room that is gone");
}

#[test]
fn only_the_transports_of_ingest_know_an_async_runtime() {
    let seen = pure_but_for("ingest/src", "transports");
    assert!(seen > 50, "{seen} files of ingest were looked at");
}

#[test]
fn only_the_http_client_of_registries_waits_in_origin() {
    let seen = pure_but_for("origin/src", "registries/http");
    assert!(seen > 50, "{seen} files of origin were looked at");
}

/// Looks at every file of a room but those of one folder; returns how many.
fn pure_but_for(room: &str, free: &str) -> usize {
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
    let mut folders = vec![home.clone()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path == home.join(free) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                seen += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(
                    !text.contains("tokio::") && !text.contains("async fn"),
                    "`{}` is asynchronous: the room is pure, only `{free}` waits",
                    path.display()
                );
            }
        }
    }
    seen
}
