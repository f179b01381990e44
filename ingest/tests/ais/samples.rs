//! Real logs that are not part of the repository: read when they are there, skipped by name when not.

use crate::world::{counted, observations, read};
use sealane_data::observation::Kind;
use std::collections::HashSet;
use std::path::Path;

/// Every log with its ships that tell a position and its static reports. Both are counted by pyais 3.3.1, which also
/// reads one sentence with a wrong checksum in two of the logs; its ship is not counted here.
const LOGS: &[(&str, [usize; 2])] = &[
    ("pyais_ais_test_messages", [5, 1]),
    ("pyais_gatehouse.nmea", [4, 0]),
    ("pyais_messages.ais", [3, 0]),
    ("pyais_mixed.txt", [7, 2]),
    ("pyais_nmea_data_sample.txt", [163, 2]),
    ("pyais_sample.ais", [7, 1]),
    ("pyais_timestamped.ais", [4, 0]),
    ("aisstream/sample-position-report.json", [1, 0]),
];

#[test]
fn real_logs_give_the_positions_that_they_hold() {
    // A worktree lies one folder deeper than the checkout.
    let near = ["../../shared", "../../../shared"].map(|up| Path::new(env!("CARGO_MANIFEST_DIR")).join(up));
    let shared = near.iter().find(|folder| folder.is_dir()).unwrap_or(&near[0]);
    let folder = shared.join("samples/ais");
    if !folder.is_dir() {
        let no_skip = std::env::var_os("SEALANE_NO_SKIP").is_some_and(|v| v == "1");
        assert!(!(shared.is_dir() && no_skip), "SEALANE_NO_SKIP is set and {} is missing", folder.display());
        println!("skipped: real AIS logs: {} is not there", folder.display());
        return;
    }
    let mut wrong = Vec::new();
    for (file, [ships, statics]) in LOGS {
        let reading = read(&std::fs::read(folder.join(file)).unwrap());
        let all = observations(&reading);
        let (at, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|o| o.kind == Kind::Position);
        let ships_told: HashSet<_> = at.iter().map(|o| o.vessel.as_ref().unwrap().mmsi.clone()).collect();
        let told = [ships_told.len(), rest.len()];
        assert_eq!(counted(&reading, "AIS-008"), 0, "{file}");
        if told != [*ships, *statics] {
            let said: Vec<_> = reading.findings.iter().map(|f| f.message.as_str()).collect();
            wrong.push(format!("{file}: {told:?} {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
