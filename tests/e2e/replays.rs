//! The same interchange again adds nothing and is answered with the same bytes; another one with the same
//! control reference loses nothing; a test reaches no map and takes nothing from the real one.

use super::server::{Answer, Server, data};
use super::{codeco, run_ok};
use serde_json::Value;
use std::time::{Duration, Instant};

const DISCHARGED: &str = include_str!("../messages/315/synthetic_discharged_4010.x12");
const TEST: &str = include_str!("../messages/315/synthetic_test_asks_ta1.x12");

const BOX: &str = "CSQU3054383";

fn gate(reference: &str, container: &str) -> String {
    codeco(reference, container, "BKGREPLAY1", "34", "202609040930")
}

fn post(server: &Server, accept: Option<&str>, text: &str) -> Answer {
    let headers: Vec<(&str, &str)> = accept.map(|a| ("accept", a)).into_iter().collect();
    let answer = server.ask_with("POST", "/v1/submissions", &headers, server.key.as_deref(), text.as_bytes());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer
}

fn codes(receipt: &Value) -> Vec<&str> {
    receipt["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect()
}

fn events(server: &Server, container: &str) -> usize {
    let shipment = server.get(&format!("/v1/shipments/container:{container}"));
    let journeys = shipment["journeys"].as_array().unwrap();
    journeys.iter().map(|j| j["events"].as_array().unwrap().len()).sum()
}

#[test]
fn a_thousand_replays_add_nothing_and_get_the_bytes_of_the_first_answer() {
    for (kind, text) in
        [("application/edifact", gate("7", BOX)), ("application/edi-x12", DISCHARGED.to_owned())]
    {
        // What is answered to who asks at once.
        let (_dir, first) = data();
        let asked = post(&Server::serve(&first), Some(kind), &text);
        assert_eq!(asked.header("content-type"), kind);

        let (_dir, second) = data();
        let server = Server::serve(&second);
        let plain = post(&server, None, &text).json();
        assert_eq!(plain["acknowledgement"], Value::Null, "{plain}");
        let told_once = events(&server, BOX);
        let id = plain["id"].as_str().unwrap();
        for turn in 0..1_000 {
            let again = post(&server, (turn % 2 == 0).then_some(kind), &text);
            if turn % 2 == 0 {
                assert_eq!(again.body, asked.body, "turn {turn}");
                assert_eq!(again.header("sealane-submission"), id);
            } else {
                let told = again.json();
                assert_eq!((&told["replay"], &told["events"]), (&true.into(), &0.into()));
                assert_eq!(told["duplicates"], plain["events"]);
            }
        }
        assert_eq!(server.get("/v1/submissions")["submissions"].as_array().unwrap().len(), 1);
        assert_eq!(events(&server, BOX), told_once);
        let one = server.get(&format!("/v1/submissions/{id}"));
        assert_eq!((&one["answer"]["status"], &one["answer"]["way"]), (&"fetched".into(), &"reply".into()));
        let kept = server.ask("GET", &format!("/v1/submissions/{id}/answer"), b"");
        assert_eq!(kept.body, asked.body);
    }
}

#[test]
fn the_same_reference_with_other_content_is_read_and_said() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let other = "TSTU0000014";
    // `1` and `0` name everything their senders write.
    for reference in ["IC55", "1", "0"] {
        let text = |message: &str, container: &str| {
            gate(message, container).replace(&format!("+IC{message}'"), &format!("+{reference}'"))
        };
        let first = post(&server, None, &text("81", BOX)).json();
        let second = post(&server, None, &text("82", other)).json();
        assert!(!codes(&first).contains(&"LOG-003"), "{first}");
        assert!(codes(&second).contains(&"LOG-003"), "{second}");
        assert_eq!(
            second["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "LOG-003").count(),
            1
        );
        // The same interchange in another file adds nothing, and is known again.
        let wrapped = post(&server, None, &format!("\n\n{}\n", text("81", BOX))).json();
        assert!(codes(&wrapped).contains(&"LOG-002"), "{wrapped}");
        assert_eq!((&wrapped["events"], &wrapped["duplicates"]), (&0.into(), &1.into()));
    }
    assert_eq!((events(&server, BOX), events(&server, other)), (1, 1));
    let (first, second) = (DISCHARGED.to_owned(), DISCHARGED.replace("0001", "0002"));
    assert!(!codes(&post(&server, None, &first).json()).contains(&"LOG-003"));
    assert!(codes(&post(&server, None, &second).json()).contains(&"LOG-003"));
}

#[test]
fn a_test_is_kept_labelled_and_served_to_nobody_and_takes_nothing_from_the_real_one() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let edifact = gate("9", "TSTU0000014");
    let edifact_test = edifact.replace("+IC9'", "+IC9++++++1'");
    assert_ne!(edifact, edifact_test);
    for (test, real, container, label) in [
        (TEST.to_owned(), TEST.replace("*1*T*>", "*1*P*>"), BOX, "X12-019"),
        (edifact_test, edifact, "TSTU0000014", "EDI-029"),
    ] {
        assert_ne!(test, real);
        let told = post(&server, None, &test).json();
        assert!(codes(&told).contains(&label), "{told}");
        assert_eq!(told["tests"], 1, "{told}");
        let path = format!("/v1/shipments/container:{container}");
        assert_eq!(server.ask("GET", &path, b"").status, 404);
        let raw = server.ask("GET", &format!("/v1/submissions/{}/raw", told["id"].as_str().unwrap()), b"");
        assert_eq!(raw.body, test.as_bytes(), "what was a test is kept as it came");
        let real = post(&server, None, &real).json();
        assert_eq!(
            (&real["events"], &real["duplicates"], &real["tests"]),
            (&1.into(), &0.into(), &Value::Null)
        );
        assert_eq!(server.ask("GET", &path, b"").status, 200, "the trial took nothing from it");
    }
}

#[test]
fn a_file_that_comes_again_is_answered_again() {
    let (dir, data) = data();
    std::fs::create_dir_all(data.join("partners")).unwrap();
    std::fs::write(data.join("partners/acme.toml"), "id = \"acme\"\nacknowledge = \"always\"\n").unwrap();
    let server = Server::serve(&data);
    let file = dir.path().join("a.edi");
    std::fs::write(&file, gate("5", BOX)).unwrap();
    let folder = data.join("out/acme");
    let hand_in = || {
        run_ok(&["ingest", "--data", data.to_str().unwrap(), "--party", "acme", file.to_str().unwrap()]);
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let found = std::fs::read_dir(&folder).into_iter().flatten().flatten();
            let whole = found.map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "edi"));
            if let Some(path) = whole {
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::remove_file(&path).unwrap();
                return text;
            }
            assert!(Instant::now() < end, "no answer in {}", folder.display());
        }
    };
    let first = hand_in();
    assert!(first.contains("CONTRL"), "{first}");
    let fetched = || {
        let inbox = server.get("/v1/submissions");
        let lines = inbox["submissions"].as_array().unwrap().clone();
        lines.iter().any(|s| s["answer"]["status"] == "fetched")
    };
    let end = Instant::now() + Duration::from_secs(20);
    while !fetched() {
        assert!(Instant::now() < end, "never fetched");
    }
    assert_eq!(hand_in(), first);
}
