//! A full disk and a failing one: reads go on, nothing is acknowledged, and no restart is needed after.

use super::crash::{container, message};
use super::server::{Server, data};
use super::{installed, run, run_ok, sealane, skip};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A small file system of its own, gone with its owner.
struct Small(TempDir);

impl Small {
    fn mount(test: &str, megabytes: u32) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "sealane-test"]).arg(place.path());
        if mount.output().is_ok_and(|o| o.status.success()) {
            return Some(Self(place));
        }
        skip(test, "the right to mount a file system");
        None
    }

    fn data(&self, settings: &str) -> PathBuf {
        let data = self.0.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(data.join("sealane.toml"), settings).unwrap();
        data
    }

    /// Fills it, to the last byte or up to some bytes.
    fn fill(&self, leave: u64) -> PathBuf {
        let filler = self.0.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
        let full = file.metadata().unwrap().len();
        file.set_len(full.saturating_sub(leave)).unwrap();
        filler
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Bytes that do not shrink and are no EDI: a submission that needs as much room as it is long.
fn noise(seed: u8, length: usize) -> Vec<u8> {
    let blocks = (0..).flat_map(|i: u32| {
        let [a, b, c, d] = i.to_le_bytes();
        sealane_data::submission::Sha256::of(&[seed, a, b, c, d]).0
    });
    blocks.take(length).collect()
}

fn refuses(server: &Server, body: &[u8]) {
    let answer = server.ask("POST", "/v1/submissions", body);
    assert_eq!(answer.status, 507, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!((answer.json()["code"].as_str(), answer.header("retry-after")), (Some("API-022"), "60"));
    let route = format!("/v1/shipments/container:{}/route", container(1));
    assert_eq!(server.ask("GET", &route, b"").status, 200, "reads go on");
    assert_eq!(
        server.get("/v1/submissions")["submissions"].as_array().unwrap().len(),
        1,
        "nothing was stored"
    );
}

fn stays(data: &Path, file: &Path) {
    let output = run(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("was not acknowledged and stays where it is") && told.contains("507"), "{told}");
    assert!(file.exists());
}

#[test]
fn below_the_reserve_input_gets_507_until_there_is_room() {
    let test = "below_the_reserve_input_gets_507_until_there_is_room";
    let Some(small) = Small::mount(test, 64) else { return };
    let data = small.data("[disk]\nreserve_mib = 16\nreserve_percent = 90\n");
    let (elsewhere, _) = super::server::data();
    let file = elsewhere.path().join("late.edi");
    std::fs::write(&file, message(3)).unwrap();
    let server = Server::serve(&data);
    assert_eq!(server.ask("POST", "/v1/submissions", message(1).as_bytes()).status, 200);
    let filler = small.fill(8 << 20);
    refuses(&server, message(2).as_bytes());
    stays(&data, &file);
    let doctor = run(&["doctor", "--data", data.to_str().unwrap()]);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("FAIL  disk"));
    std::fs::remove_file(filler).unwrap();
    assert_eq!(server.ask("POST", "/v1/submissions", message(2).as_bytes()).status, 200);
    assert!(run(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]).status.success());
}

#[test]
fn below_the_reserve_the_operators_changes_wait_too() {
    let test = "below_the_reserve_the_operators_changes_wait_too";
    let Some(small) = Small::mount(test, 64) else { return };
    let data = small.data("[disk]\nreserve_mib = 16\nreserve_percent = 90\n");
    let profile = data.join("partners/hall.toml");
    std::fs::create_dir_all(profile.parent().unwrap()).unwrap();
    std::fs::write(&profile, "id = \"hall\"\n").unwrap();
    let server = Server::serve(&data);
    let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "hall"]);
    let sent = server.ask_with("POST", "/v1/submissions", &[], Some(key.trim()), message(1).as_bytes());
    assert_eq!(sent.status, 200);
    let post = |path: &str, body: &str| {
        let headers = [("content-type", "application/json")];
        server.ask_with("POST", path, &headers, server.key.as_deref(), body.as_bytes())
    };
    std::fs::write(&profile, "id = \"hall\"\nclock = \"UTC\"\n").unwrap();
    // The profile is taken in within a moment; each question reads everything again.
    let applied = (0..50_000).map(|_| post("/v1/rereads", r#"{"apply": true}"#).json());
    let applied = applied.into_iter().find(|r| r["replaced"] == 1).expect("the new clock holds");

    let filler = small.fill(8 << 20);
    let undo = format!(r#"{{"id": {}}}"#, applied["id"]);
    let alias = r#"{"alias": "X1", "node": "CN-YANGSHAN-3"}"#;
    for (path, body) in [("/v1/rereads/undo", undo.as_str()), ("/v1/partners/hall/aliases", alias)] {
        let answer = post(path, body);
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (507, Some("API-022")),
            "{path}"
        );
    }
    assert!(!std::fs::read_to_string(&profile).unwrap().contains("X1"), "nothing was written");
    std::fs::remove_file(filler).unwrap();
    assert_eq!(post("/v1/rereads/undo", &undo).status, 200);
    assert_eq!(post("/v1/partners/hall/aliases", alias).status, 200);
}

#[test]
fn a_full_disk_gets_507_and_the_engine_goes_on_when_there_is_room() {
    let test = "a_full_disk_gets_507_and_the_engine_goes_on_when_there_is_room";
    let Some(small) = Small::mount(test, 64) else { return };
    let data = small.data("[disk]\nreserve_mib = 0\n");
    let (elsewhere, _) = super::server::data();
    let file = elsewhere.path().join("late.bin");
    std::fs::write(&file, noise(9, 4 << 20)).unwrap();
    let server = Server::serve(&data);
    assert_eq!(server.ask("POST", "/v1/submissions", message(1).as_bytes()).status, 200);
    // Reading for the first time may write a lake and indexes: before it is full.
    server.get(&format!("/v1/shipments/container:{}/route", container(1)));
    let filler = small.fill(0);
    for seed in 1..4 {
        refuses(&server, &noise(seed, 3 << 20));
    }
    stays(&data, &file);
    std::fs::remove_file(filler).unwrap();
    for seed in 1..3 {
        assert_eq!(server.ask("POST", "/v1/submissions", &noise(seed, 3 << 20)).status, 200);
    }
    assert_eq!(server.ask("POST", "/v1/submissions", message(2).as_bytes()).status, 200);
    assert!(run(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]).status.success());
    assert!(run(&["doctor", "--deep", "--data", data.to_str().unwrap()]).status.success());
}

#[test]
fn a_disk_that_fails_refuses_until_it_works_again() {
    let test = "a_disk_that_fails_refuses_until_it_works_again";
    if !installed("prlimit") {
        return skip(test, "prlimit");
    }
    let (_dir, data) = data();
    // A limit on the length of files makes writes fail as a broken disk does.
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(sealane().get_program());
    command.args(["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    command.env("SEALANE_LOG", "off");
    let mut server = Server::start(command);
    server.key = Some(std::fs::read_to_string(data.join("local.key")).unwrap());
    assert_eq!(server.ask("POST", "/v1/submissions", message(1).as_bytes()).status, 200);
    let limit = |bytes: &str| {
        let pid = server.child.id().to_string();
        let set =
            Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).output().unwrap();
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    };
    limit("4096");
    for _ in 0..3 {
        let answer = server.ask("POST", "/v1/submissions", message(2).as_bytes());
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (500, Some("API-016")));
    }
    let route = format!("/v1/shipments/container:{}/route", container(1));
    assert_eq!(server.ask("GET", &route, b"").status, 200, "reads go on");
    limit("unlimited");
    for i in [2, 3] {
        let answer = server.ask("POST", "/v1/submissions", message(i).as_bytes());
        assert_eq!((answer.status.as_u16(), &answer.json()["events"]), (200, &1.into()), "without a restart");
        let route = format!("/v1/shipments/container:{}/route", container(i));
        assert_eq!(server.ask("GET", &route, b"").status, 200);
    }
    assert_eq!(server.get("/v1/submissions")["submissions"].as_array().unwrap().len(), 3);
}
