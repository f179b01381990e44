//! Answers are where the partner looks: in the reply, or in its folder with a status.

use super::server::{Server, data};
use super::{codeco, run, run_ok};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A gate-in that asks for CONTRL (UNB 0031), or does not.
fn gate(reference: &str, asks: bool) -> String {
    let message = codeco(reference, "CSQU3054383", "BKGANSWER1", "34", "202609040930");
    let header = format!("+IC{reference}'");
    assert!(message.contains(&header), "{message}");
    if asks { message.replacen(&header, &format!("+IC{reference}++++1'"), 1) } else { message }
}

fn profile(data: &Path, party: &str, more: &str) {
    std::fs::create_dir_all(data.join("partners")).unwrap();
    std::fs::write(data.join(format!("partners/{party}.toml")), format!("id = \"{party}\"\n{more}")).unwrap();
}

/// Hands a file in for a party, as an operator does.
fn hand_in(data: &Path, party: &str, name: &str, text: &str) {
    let file = data.parent().unwrap().join(name);
    std::fs::write(&file, text).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), "--party", party, file.to_str().unwrap()]);
}

/// The line of the inbox about a file.
fn line(server: &Server, name: &str) -> Value {
    let inbox = server.get("/v1/submissions");
    let lines = inbox["submissions"].as_array().unwrap();
    let named = |s: &&Value| s["source"]["name"].as_str().is_some_and(|n| n.ends_with(name));
    lines.iter().find(named).unwrap_or_else(|| panic!("{inbox}")).clone()
}

/// Asks until the answer to a file has this status, and returns its line.
fn until(server: &Server, name: &str, status: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let line = line(server, name);
        if line["answer"]["status"] == status {
            return line;
        }
        assert!(Instant::now() < end, "never {status}: {line}");
    }
}

fn lying(data: &Path, party: &str, line: &Value) -> PathBuf {
    data.join("out").join(party).join(format!("{}.edi", line["id"].as_str().unwrap()))
}

#[test]
fn a_reply_is_the_answer_only_when_it_is_asked_for() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    for (reference, asks) in [("1", true), ("2", false)] {
        let receipt = server.ask("POST", "/v1/submissions", gate(reference, asks).as_bytes()).json();
        let text = receipt["acknowledgement"].as_str().unwrap_or_default();
        assert_eq!(text.contains("CONTRL"), asks, "{receipt}");
        let one = server.get(&format!("/v1/submissions/{}", receipt["id"].as_str().unwrap()));
        let told = asks.then_some(("fetched", "reply"));
        assert_eq!(one["answer"]["status"].as_str().zip(one["answer"]["way"].as_str()), told, "{one}");
    }
    assert!(!data.join("out").exists());
}

#[test]
fn an_answer_lies_in_the_partners_folder_until_it_is_fetched() {
    let (_dir, data) = data();
    profile(&data, "slow", "fetch_within = \"1ms\"\n");
    let server = Server::serve(&data);
    let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "acme"]);

    // Taken out of the folder.
    hand_in(&data, "acme", "a.edi", &gate("1", true));
    let written = until(&server, "a.edi", "written");
    let path = lying(&data, "acme", &written);
    assert!(std::fs::read_to_string(&path).unwrap().contains("CONTRL"));
    std::fs::remove_file(&path).unwrap();
    assert!(until(&server, "a.edi", "fetched")["answer"]["fetched"].is_string());

    // Asked for: the operator only looks, the partner takes.
    hand_in(&data, "acme", "b.edi", &gate("2", true));
    let written = until(&server, "b.edi", "written");
    let answer = format!("/v1/submissions/{}/answer", written["id"].as_str().unwrap());
    let looked = server.ask("GET", &answer, b"");
    assert_eq!((looked.status.as_u16(), looked.header("content-type")), (200, "application/edifact"));
    assert_eq!(line(&server, "b.edi")["answer"]["status"], "written");
    let taken = server.ask_with("GET", &answer, &[], Some(key.trim()), b"");
    assert_eq!(taken.body, looked.body);
    assert_eq!(line(&server, "b.edi")["answer"]["status"], "fetched");
    assert!(!lying(&data, "acme", &written).exists());

    // Left lying, and nobody's business.
    hand_in(&data, "slow", "c.edi", &gate("3", true));
    let late = until(&server, "c.edi", "overdue");
    assert!(lying(&data, "slow", &late).exists());
    let foreign = format!("/v1/submissions/{}/answer", late["id"].as_str().unwrap());
    assert_eq!(server.ask_with("GET", &foreign, &[], Some(key.trim()), b"").status, 404);
    hand_in(&data, "acme", "d.edi", &gate("4", false));
    assert_eq!(line(&server, "d.edi")["answer"], Value::Null);
}

#[test]
fn what_was_held_or_came_without_a_server_is_answered_too() {
    let (_dir, data) = data();
    let text = data.to_str().unwrap().to_owned();
    profile(&data, "acme", "acknowledge = \"always\"\n");
    hand_in(&data, "acme", "a.edi", &gate("1", false));
    let answers = || std::fs::read_dir(data.join("out/acme")).map_or(0, Iterator::count);
    assert_eq!(answers(), 1, "written before `ingest` ends");

    profile(&data, "acme", "acknowledge = \"always\"\nmode = \"held\"\n");
    hand_in(&data, "acme", "b.edi", &gate("2", false));
    assert_eq!(answers(), 1, "nobody has read it yet");
    let server = Server::serve(&data);
    assert_eq!(line(&server, "b.edi")["answer"], Value::Null);
    let reread = run(&["reread", "--data", &text, "--party", "acme", "--held", "--apply"]);
    assert!(reread.status.success(), "{}", String::from_utf8_lossy(&reread.stderr));
    let written = until(&server, "b.edi", "written");
    assert!(std::fs::read_to_string(lying(&data, "acme", &written)).unwrap().contains("CONTRL"));

    // What was answered stays answered, also when the reading is taken back.
    run_ok(&["undo", "--data", &text]);
    let answer = format!("/v1/submissions/{}/answer", written["id"].as_str().unwrap());
    assert_eq!(server.ask("GET", &answer, b"").status, 200);
    std::fs::remove_file(lying(&data, "acme", &written)).unwrap();
    until(&server, "b.edi", "fetched");
}

#[test]
fn a_wish_for_an_answer_outlasts_the_hold_and_a_restore() {
    let (dir, data) = data();
    let text = data.to_str().unwrap().to_owned();
    profile(&data, "acme", "mode = \"held\"\n");
    let server = Server::serve(&data);
    let key = run_ok(&["keys", "--data", &text, "add", "--party", "acme"]);
    let headers = [("accept", "application/edifact"), ("x-filename", "%E6%B8%85%E5%8D%95.edi")];
    let held = gate("1", false);
    let held = server.ask_with("POST", "/v1/submissions", &headers, Some(key.trim()), held.as_bytes());
    assert_eq!((held.status.as_u16(), &held.json()["held"]), (200, &true.into()));
    run_ok(&["reread", "--data", &text, "--party", "acme", "--held", "--apply"]);
    let written = until(&server, "清单.edi", "written");

    let backup = dir.path().join("backup");
    run_ok(&["backup", "--data", &text, "--to", backup.to_str().unwrap()]);
    assert!(!backup.join("out").exists());
    let elsewhere = dir.path().join("restored");
    run_ok(&["restore", "--data", elsewhere.to_str().unwrap(), "--from", backup.to_str().unwrap()]);
    let restored = Server::serve(&elsewhere);
    assert_eq!(until(&restored, "清单.edi", "written")["id"], written["id"]);
    assert!(lying(&elsewhere, "acme", &written).exists(), "an answer that nobody had is written again");
}

#[test]
fn aliases_that_come_together_are_all_kept() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let at = "/v1/partners/acme/aliases";
    std::thread::scope(|scope| {
        for n in 0..12 {
            let server = &server;
            scope.spawn(move || {
                let body = format!("{{\"alias\":\"CODE{n}\",\"node\":\"MY-PKG\"}}");
                let json = [("content-type", "application/json")];
                let told = server.ask_with("POST", at, &json, server.key.as_deref(), body.as_bytes());
                assert_eq!(told.status, 200, "{}", String::from_utf8_lossy(&told.body));
            });
        }
    });
    let file = std::fs::read_to_string(data.join("partners/acme.toml")).unwrap();
    assert_eq!(file.matches("CODE").count(), 12, "{file}");
}
