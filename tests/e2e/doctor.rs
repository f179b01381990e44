//! `doctor` says what is wrong and what to do; and data directories with long names.

use super::crash::message;
use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Runs `doctor` and returns its exit code and what one check says.
fn check(data: &Path, name: &str, deep: bool) -> (i32, String, String) {
    let mut arguments = vec!["doctor", "--data", data.to_str().unwrap(), "--json"];
    arguments.extend(deep.then_some("--deep"));
    let output = run(&arguments);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = told["checks"].as_array().unwrap().iter().find(|c| c["check"] == name).unwrap().clone();
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    assert!(text("state") == "ok" || !text("help").is_empty(), "{found} says what to do");
    (output.status.code().unwrap(), text("state"), text("sentence"))
}

fn says(data: &Path, name: &str, state: &str, sentence: &str) {
    let (code, found, told) = check(data, name, true);
    assert_eq!((code, found.as_str()), (i32::from(state == "fail"), state), "{told}");
    assert!(told.contains(sentence), "{told}");
}

#[test]
fn a_sound_directory_passes_beside_serve_and_each_fault_is_named() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(1)).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    let server = Server::serve(&data);
    says(&data, "process", "ok", "is ready");
    says(&data, "raw", "ok", "1 submissions have the bytes they came with");
    says(&data, "entries", "ok", "1 entries can be read, up to 1");
    drop(server);
    says(&data, "process", "ok", "nobody");
    let lines = run_ok(&["doctor", "--data", data.to_str().unwrap()]);
    assert!(lines.lines().all(|l| l.starts_with("ok  ") || l.starts_with("warn")), "{lines}");

    let chmod = |name: &str, mode: u32| {
        std::fs::set_permissions(data.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    chmod("local.key", 0o644);
    says(&data, "secrets", "fail", "local.key");
    chmod("local.key", 0o600);
    chmod("", 0o755);
    assert_eq!(check(&data, "folder", false).1, "warn");
    chmod("", 0o700);

    std::fs::create_dir_all(data.join("partners")).unwrap();
    std::fs::write(data.join("partners/x.toml"), "id = 7").unwrap();
    says(&data, "partners", "fail", "x.toml");
    std::fs::remove_file(data.join("partners/x.toml")).unwrap();
    std::fs::write(data.join("sealane.toml"), "max_wating = 7").unwrap();
    says(&data, "configuration", "fail", "unknown or wrong setting");
    std::fs::remove_file(data.join("sealane.toml")).unwrap();
    let keys = std::fs::read(data.join("keys.json")).unwrap();
    std::fs::write(data.join("keys.json"), "{").unwrap();
    says(&data, "keys", "fail", "not a list of keys");
    std::fs::write(data.join("keys.json"), keys).unwrap();
    std::fs::write(data.join("lake/manifest.json"), "{}").unwrap();
    says(&data, "lake", "fail", "is not a manifest");
}

#[test]
fn one_changed_byte_of_a_submission_is_found_by_a_deep_look_only() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(1)).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    // Opened and closed once more, so that everything is in the one file.
    drop(sealane_log::SqliteLog::open(&data).unwrap());
    let log = data.join("log.sqlite3");
    let mut bytes = std::fs::read(&log).unwrap();
    let chunk = sealane_log::CompressedChunk::compress(message(1).as_bytes()).unwrap();
    let stored = chunk.as_stored();
    let at = bytes.windows(stored.len()).position(|w| w == stored).expect("it is in the file");
    bytes[at + stored.len() / 2] ^= 4;
    std::fs::write(&log, bytes).unwrap();
    assert_eq!(check(&data, "raw", false).0, 0, "the database itself cannot know");
    says(&data, "raw", "fail", "1 submissions are damaged");
    let cut = std::fs::read(&log).unwrap();
    std::fs::write(&log, &cut[..cut.len() / 2]).unwrap();
    assert_eq!(check(&data, "file", false).0, 1);
}

#[test]
fn a_data_directory_may_have_a_long_name() {
    let (dir, _) = data();
    let data = dir.path().join("a".repeat(90)).join("b".repeat(90));
    let server = Server::serve(&data);
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(1)).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!(
        server.get("/v1/submissions")["submissions"].as_array().unwrap().len(),
        1,
        "it was handed over"
    );
    says(&data, "socket", "ok", "reached through `/proc`");
}
