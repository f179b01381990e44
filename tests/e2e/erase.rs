//! Raw bytes are erased on order and by age; what they said stays.

use super::crash::{container, message};
use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;
use std::path::Path;

fn posted(server: &Server, i: usize) -> String {
    let body = message(i).replace("CNT+16:1'", "FTX+AAI+++JANE DOE 0123456789'CNT+16:1'");
    let answer = server.ask("POST", "/v1/submissions", body.as_bytes());
    assert_eq!(answer.status, 200);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn on_disk(data: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(data).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file());
    files.into_iter().any(|f| std::fs::read(f).unwrap().windows(text.len()).any(|w| w == text.as_bytes()))
}

#[test]
fn erase_beside_serve_removes_the_bytes_and_says_who_when_and_why() {
    let (_dir, data) = data();
    let data_text = data.to_str().unwrap().to_owned();
    let server = Server::serve(&data);
    let (id, other) = (posted(&server, 1), posted(&server, 2));
    let raw = format!("/v1/submissions/{id}/raw");
    let route = format!("/v1/shipments/container:{}/route", container(1));
    assert!(String::from_utf8(server.ask("GET", &raw, b"").body).unwrap().contains("JANE DOE"));
    let before = server.ask("GET", &route, b"").body;

    let erase = |id: &str| {
        run(&["erase", id, "--data", &data_text, "--reason", "a person asked", "--by", "Officer", "--json"])
    };
    let done = erase(&id);
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&told["erased"], &told["gone"]), (&1.into(), &true.into()), "{told}");
    assert_eq!(erase(&id).status.code(), Some(0), "once more changes nothing");
    assert_eq!(erase("sub_unknown").status.code(), Some(1));
    assert_eq!(run(&["erase", &id, "--data", &data_text, "--reason", " "]).status.code(), Some(1));

    let shown = |server: &Server| {
        let one = server.get(&format!("/v1/submissions/{id}"));
        assert_eq!(
            (one["erased"]["by"].as_str(), one["erased"]["reason"].as_str()),
            (Some("Officer"), Some("a person asked"))
        );
        let gone = server.ask("GET", &raw, b"");
        assert_eq!((gone.status.as_u16(), gone.json()["code"].as_str()), (410, Some("API-023")));
        let detail = gone.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("by Officer because: a person asked"), "{detail}");
        let inbox = server.get("/v1/submissions")["submissions"].as_array().unwrap().clone();
        assert_eq!(inbox.len(), 2);
        assert_eq!(inbox.iter().filter(|s| !s["erased"].is_null()).count(), 1);
        assert_eq!(server.ask("GET", &route, b"").body, before, "what it said stays");
        assert_eq!(server.ask("GET", &format!("/v1/submissions/{other}/raw"), b"").status, 200);
    };
    shown(&server);
    assert!(!on_disk(&data, "JANE DOE"));
    drop(server);
    let server = Server::serve(&data);
    shown(&server);
    let body = message(1).replace("CNT+16:1'", "FTX+AAI+++JANE DOE 0123456789'CNT+16:1'");
    let again = server.ask("POST", "/v1/submissions", body.as_bytes()).json();
    assert_eq!(
        (&again["replay"], &again["id"]),
        (&true.into(), &id.as_str().into()),
        "they do not come back"
    );
    assert!(run_ok(&["doctor", "--data", &data_text]).contains("nothing is left of erased submissions"));
}

#[test]
fn bytes_that_are_too_old_are_erased_when_the_engine_starts() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(3)).unwrap();
    let data_text = data.to_str().unwrap();
    run_ok(&["ingest", "--data", data_text, file.to_str().unwrap()]);
    let kept = Server::serve(&data);
    assert!(
        kept.get("/v1/submissions")["submissions"][0]["erased"].is_null(),
        "they are kept unless told otherwise"
    );
    drop(kept);
    std::fs::write(data.join("sealane.toml"), "[retention]\nraw_days = 0\n").unwrap();
    let server = Server::serve(&data);
    // It is done beside serving; every question is answered in a moment, so a few thousand are patience enough.
    let erased = (0..5_000).map(|_| server.get("/v1/submissions")["submissions"][0]["erased"].clone());
    let erased = erased.into_iter().find(|e| !e.is_null()).expect("the keeper erases at the start");
    assert_eq!(erased["by"], "retention");
    assert!(erased["reason"].as_str().unwrap().contains("0 days"), "{erased}");
    let route = format!("/v1/shipments/container:{}/route", container(3));
    assert_eq!(server.ask("GET", &route, b"").status, 200);
}

#[test]
fn what_was_erased_is_passed_over_when_its_party_is_read_again() {
    let (_dir, data) = data();
    let (folder, data_text) = (data.join("partners"), data.to_str().unwrap().to_owned());
    std::fs::create_dir_all(&folder).unwrap();
    let profile = |more: &str| {
        std::fs::write(folder.join("hall.new"), format!("id = \"hall\"\n{more}")).unwrap();
        std::fs::rename(folder.join("hall.new"), folder.join("hall.toml")).unwrap();
    };
    profile("");
    let server = Server::serve(&data);
    let key = run_ok(&["keys", "--data", &data_text, "add", "--party", "hall"]);
    let send = |i| {
        let sent = server.ask_with("POST", "/v1/submissions", &[], Some(key.trim()), message(i).as_bytes());
        sent.json()["id"].as_str().unwrap().to_owned()
    };
    let (erased, kept) = (send(1), send(2));
    run_ok(&["erase", &erased, "--data", &data_text, "--reason", "a person asked", "--by", "Officer"]);
    let route = |i| server.ask("GET", &format!("/v1/shipments/container:{}/route", container(i)), b"").body;
    let before = [route(1), route(2)];

    profile("clock = \"UTC\"\n");
    let reread = |arguments: &[&str]| -> Value {
        let all = [&["reread", "--data", &data_text, "--json"], arguments].concat();
        serde_json::from_str(&run_ok(&all)).unwrap()
    };
    // The profile is taken in within a moment; each question is a program of its own.
    let preview = (0..500).map(|_| reread(&[])).find(|r| r["replaced"] == 1);
    let preview = preview.expect("the new clock holds");
    let skipped = &preview["skipped"];
    assert_eq!(
        (skipped[0]["submission"].as_str(), skipped[0]["why"].as_str()),
        (Some(erased.as_str()), Some("erased"))
    );
    assert!(skipped[0]["told"].as_str().unwrap().contains("by Officer because: a person asked"), "{preview}");
    assert_eq!((&preview["submissions"], skipped.as_array().unwrap().len()), (&1.into(), 1), "{preview}");

    let applied = reread(&["--apply"]);
    assert_eq!((&applied["replaced"], &applied["gone"]), (&1.into(), &0.into()), "{applied}");
    assert_eq!(route(1), before[0], "what was read before the erasure stands");
    assert_ne!(route(2), before[1]);
    let alone = reread(&["--apply", &erased]);
    assert_eq!((&alone["id"], &alone["submissions"]), (&Value::Null, &0.into()), "{alone}");

    run_ok(&["erase", &kept, "--data", &data_text, "--reason", "another asked", "--by", "Officer"]);
    run_ok(&["undo", "--data", &data_text]);
    assert_eq!(route(2), before[1], "taking back needs no bytes");
    assert!(run_ok(&["doctor", "--deep", "--data", &data_text]).contains("nothing is left of erased"));
}

#[test]
fn the_file_of_an_exporters_answer_outlives_retention_and_orders() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let document = super::certificates::certificate("EXAMPLE-0907", super::certificates::bindings());
    let taken = server.ask("POST", "/v1/certificates", document.to_string().as_bytes()).json();
    let door = format!("/v1/certificates/{}/consistency", taken["id"].as_str().unwrap());
    let handed = server.ask("POST", &format!("{door}/files"), b"the protocol of the inspection");
    assert_eq!(handed.status, 201, "{}", String::from_utf8_lossy(&handed.body));
    let handed = handed.json();
    let answer = serde_json::json!({"rule": "R6", "text": "See the protocol.", "file": handed["submission"]});
    let kept = server.ask("POST", &format!("{door}/answers"), answer.to_string().as_bytes());
    assert_eq!(kept.status, 201, "{}", String::from_utf8_lossy(&kept.body));
    let (id, other) = (handed["submission"].as_str().unwrap(), posted(&server, 1));
    let ordered = run(&["erase", id, "--data", data.to_str().unwrap(), "--reason", "x", "--by", "Officer"]);
    assert_eq!(ordered.status.code(), Some(1), "{}", String::from_utf8_lossy(&ordered.stdout));
    drop(server);
    std::fs::write(data.join("sealane.toml"), "[retention]\nraw_days = 0\n").unwrap();
    let server = Server::serve(&data);
    // The keeper takes what is old in order: when the later one is gone, the file was passed over.
    let gone = |id: &str| !server.get(&format!("/v1/submissions/{id}"))["erased"].is_null();
    assert!((0..5_000).any(|_| gone(&other)), "the keeper erases at the start");
    assert!(!gone(id));
    let file = server.ask("GET", &format!("{door}/files/{}", handed["sha256"].as_str().unwrap()), b"");
    assert_eq!((file.status.as_u16(), file.body.as_slice()), (200, &b"the protocol of the inspection"[..]));
}
