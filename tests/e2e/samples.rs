//! Real files of the world: mixed, broken, of other kinds.

use super::server::data;
use super::{run, run_ok};
use serde_json::Value;
use std::path::PathBuf;

/// Returns the folder of real samples; it is not in the repository.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = crate::rules::root().join("../shared/samples/edifact");
    if !folder.is_dir() {
        eprintln!("skipped: real samples ({} is not here)", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn every_real_sample_is_taken_in_and_a_second_run_adds_nothing() {
    let Some(folder) = folder() else { return };
    let (_dir, data) = data();
    let arguments = ["ingest", "--data", data.to_str().unwrap(), "--json", folder.to_str().unwrap()];
    let output = run(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let first: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(first["events"].as_u64().unwrap() > 50, "{}", first["events"]);
    let second: Value = serde_json::from_str(&run_ok(&arguments)).unwrap();
    assert_eq!((&second["events"], &second["submissions"]), (&0.into(), &0.into()));
    assert_eq!(
        second["duplicates"],
        first["events"].as_u64().unwrap() + first["duplicates"].as_u64().unwrap()
    );
}
