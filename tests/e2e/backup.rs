//! A backup beside a running server, restored and compared.

use super::certificates::{enter, gate_and_load};
use super::crash::{container, message};
use super::server::{Server, data, send};
use super::{coarri, run, run_ok};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Posts until it is told to stop, and says which messages were acknowledged.
struct Posting {
    stop: Arc<AtomicBool>,
    heard: std::sync::mpsc::Receiver<usize>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Posting {
    fn begin(server: &Server) -> Self {
        let (address, key) = (server.address.clone(), server.key.clone().unwrap());
        let (told, heard) = std::sync::mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            for i in 100.. {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let body = message(i);
                let posted = send(&address, "POST", "/v1/submissions", &[], Some(&key), body.as_bytes());
                assert_eq!(runtime.block_on(posted).unwrap().status, 200);
                told.send(i).unwrap();
            }
        });
        Self { stop, heard, thread: Some(thread) }
    }

    fn acknowledged(&self, at_least: usize) -> Vec<usize> {
        let mut all: Vec<usize> = self.heard.iter().take(at_least).collect();
        all.extend(self.heard.try_iter());
        all
    }

    fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn every_file(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found.push(path.clone());
        if path.is_dir() {
            every_file(&path, found);
        }
    }
}

/// What is compared: the figures without the position they are as of, which the late posts move.
fn figures(server: &Server) -> Value {
    let days = "from=2026-09-01&to=2026-09-30";
    let mut answer = server.get(&format!("/v1/kpis/teu?node=CN-YANGSHAN-3&{days}"));
    answer.as_object_mut().unwrap().remove("as_of_seq");
    answer
}

#[test]
fn a_backup_during_posts_is_restored_with_all_that_was_acknowledged_before() {
    let (dir, data) = data();
    std::fs::create_dir_all(data.join("partners")).unwrap();
    std::fs::write(data.join("partners/hall.toml"), "id = \"hall\"\n").unwrap();
    std::fs::write(data.join("sealane.toml"), "max_waiting = 77\n").unwrap();
    let server = Server::serve(&data);
    gate_and_load(&server);
    let certificate = enter(&server, "EXAMPLE-0001");
    let place = "CNSGH:139:6+SGICT:TER:306";
    let load = coarri("L1", "TSTU0000014", "BKG1000001", true, place, "202609060030");
    assert_eq!(server.ask("POST", "/v1/submissions", load.as_bytes()).status, 200);
    figures(&server);
    let data_text = data.to_str().unwrap();
    let key = run_ok(&["keys", "--data", data_text, "add", "--party", "hall"]);

    let posting = Posting::begin(&server);
    let before = posting.acknowledged(20);
    let (folder, archive) = (dir.path().join("backup"), dir.path().join("backup.tar.zst"));
    let made = run_ok(&["backup", "--data", data_text, "--to", folder.to_str().unwrap(), "--json"]);
    assert!(serde_json::from_str::<Value>(&made).unwrap()["seq"].as_u64().unwrap() >= before.len() as u64);
    let between = posting.acknowledged(5);
    run_ok(&["backup", "--data", data_text, "--to", archive.to_str().unwrap()]);
    posting.end();
    assert!(run_ok(&["doctor", "--data", data_text, "--deep"]).contains("raw"));

    for (from, acknowledged) in [(&folder, before.clone()), (&archive, [before, between].concat())] {
        let there = dir.path().join(format!("there-{}", acknowledged.len()));
        run_ok(&["restore", "--data", there.to_str().unwrap(), "--from", from.to_str().unwrap()]);
        let restored = Server::serve(&there);
        assert_eq!(restored.key, server.key, "the same keys open it");
        let with_key = restored.ask_with("GET", "/v1/submissions", &[], Some(key.trim()), b"");
        assert_eq!(with_key.status, 200);
        let routes = acknowledged.iter().map(|i| format!("/v1/shipments/container:{}/route", container(*i)));
        for path in routes.chain([format!("/v1/certificates/{certificate}/route")]) {
            let (ours, theirs) = (server.ask("GET", &path, b""), restored.ask("GET", &path, b""));
            assert_eq!((ours.status.as_u16(), theirs.status.as_u16()), (200, 200), "{path}");
            assert_eq!(String::from_utf8_lossy(&ours.body), String::from_utf8_lossy(&theirs.body), "{path}");
        }
        assert_eq!(figures(&restored), figures(&server));
        for file in ["partners/hall.toml", "sealane.toml", "token.secret", "keys.json"] {
            assert_eq!(std::fs::read(data.join(file)).unwrap(), std::fs::read(there.join(file)).unwrap());
        }
    }
}

#[test]
fn backups_are_private_and_a_damaged_one_is_not_restored() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(1)).unwrap();
    let data = data.to_str().unwrap();
    run_ok(&["ingest", "--data", data, file.to_str().unwrap()]);
    let backup = dir.path().join("backup");
    let archive = dir.path().join("backup.tar.zst");
    for to in [&backup, &archive] {
        run_ok(&["backup", "--data", data, "--to", to.to_str().unwrap()]);
        assert_eq!(run(&["backup", "--data", data, "--to", to.to_str().unwrap()]).status.code(), Some(1));
    }
    let inside = format!("{data}/backup");
    assert_eq!(run(&["backup", "--data", data, "--to", &inside]).status.code(), Some(1), "not into itself");
    let mut all = vec![backup.clone(), archive.clone()];
    every_file(&backup, &mut all);
    for path in &all {
        let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 4, "nothing half-done is left");

    let refused = |from: &Path, why: &str| {
        let there = dir.path().join("there");
        let output = run(&["restore", "--data", there.to_str().unwrap(), "--from", from.to_str().unwrap()]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains(why), "{told}");
        assert!(!there.exists(), "nothing is left of it");
    };
    let log = backup.join("log.sqlite3");
    let whole = std::fs::read(&log).unwrap();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&log, &damaged).unwrap();
    refused(&backup, "`log.sqlite3` is not what was backed up");
    std::fs::write(&log, [&whole[..], b"x"].concat()).unwrap();
    refused(&backup, "`log.sqlite3` is not what was backed up");
    std::fs::write(&log, &whole).unwrap();
    std::fs::remove_file(backup.join("token.secret")).unwrap();
    refused(&backup, "`token.secret` is missing");
    std::fs::remove_file(backup.join("manifest.json")).unwrap();
    refused(&backup, "no manifest");
    let mut cut = std::fs::read(&archive).unwrap();
    cut.truncate(cut.len() - 40);
    std::fs::write(dir.path().join("cut.tar.zst"), cut).unwrap();
    refused(&dir.path().join("cut.tar.zst"), "");
    let output = run(&["restore", "--data", data, "--from", archive.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not empty"));
}
