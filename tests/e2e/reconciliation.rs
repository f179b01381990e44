//! What was planned for a call, what was done and what passed the gate are compared, and nobody learns of
//! it what it may not read.

use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;
use std::path::Path;

/// It arrives at one in the morning there.
const CALL: &str = "9074729~MY-PKG~2026-09-11";
const SHIP: &str = "TDT+20+2609S+1++COS:172:20+++9074729:146:11:EXAMPLE STAR";

/// Boxes by what becomes of them.
const DONE: &str = "TSTU1006188";
const OTHER_SIZE: &str = "TSTU1010357";
const MISSING: &str = "TSTU1014521";
const GONE: &str = "TSTU1018698";
const OVERCARRIED: &str = "TSTU1022867";
const UNKNOWN: &str = "CSQU3054383";

/// An interchange of one message.
fn interchange(number: u32, kind: &str, segments: &[String]) -> String {
    let count = segments.len() + 2;
    let body: String = segments.iter().map(|s| format!("{s}'")).collect();
    format!(
        "UNB+UNOA:2+SENDER+SEALANE+260912:0900+RC{number:05}'UNH+{number}+{kind}'{body}UNT+{count}+{number}'UNZ+1+RC{number:05}'"
    )
}

fn text(segments: &[&str]) -> Vec<String> {
    segments.iter().map(|s| (*s).to_owned()).collect()
}

fn bay_plan() -> String {
    let mut segments = text(&[
        "BGM++BAY77001+9",
        "DTM+137:202609090800:203",
        SHIP,
        "LOC+5+CNSGH:139:6",
        "LOC+61+MYPKG:139:6",
    ]);
    let boxes = [DONE, OTHER_SIZE, MISSING, GONE].map(|b| (b, "MYPKG"));
    for (i, (container, port)) in boxes.into_iter().chain([(OVERCARRIED, "VNVUT")]).enumerate() {
        segments.extend([
            format!("LOC+147+014068{i}::5"),
            "MEA+VGM++KGM:24180".to_owned(),
            "LOC+9+CNSGH:139:6".to_owned(),
            format!("LOC+11+{port}:139:6"),
            format!("EQD+CN+{container}+45G1+++5"),
        ]);
    }
    interchange(1, "BAPLIE:D:95B:UN:SMDG22", &segments)
}

fn order() -> String {
    let mut segments =
        text(&["BGM+118+ORDER77001+9", SHIP, "LOC+11+MYPKG:139:6+KMT:TER:306", "DTM+132:202609120100:203"]);
    for container in [DONE, OTHER_SIZE] {
        segments.extend([
            format!("EQD+CN+{container}+45G1:102:5++3+5"),
            "MEA+AAE+G+KGM:24180".to_owned(),
            "LOC+9+CNSGH:139:6".to_owned(),
        ]);
    }
    interchange(2, "COPRAR:D:00B:UN:SMDG20", &segments)
}

fn report() -> String {
    let mut segments =
        text(&["BGM+44+REPORT77001+9", SHIP, "LOC+11+MYPKG:139:6+KMT:TER:306", "DTM+178:202609120100:203"]);
    for (container, size) in [(DONE, "45G1"), (OTHER_SIZE, "22G1"), (OVERCARRIED, "45G1"), (UNKNOWN, "45G1")]
    {
        segments.extend([
            format!("EQD+CN+{container}+{size}:102:5++3+5"),
            format!("RFF+BN:BKG{container}"),
            "DTM+203:202609120310:203".to_owned(),
            "LOC+9+CNSGH:139:6".to_owned(),
        ]);
    }
    interchange(3, "COARRI:D:95B:UN:ITG13", &segments)
}

fn gate(number: u32, container: &str) -> String {
    let segments = [
        format!("BGM+36+GATE{number}+9"),
        format!("EQD+CN+{container}+45G1:102:5++3+5"),
        "DTM+7:202609130800:203".to_owned(),
        "LOC+165+MYPKG:139:6+KMT:TER:306".to_owned(),
    ];
    interchange(number, "CODECO:D:95B:UN:ITG14", &segments)
}

fn key(data: &Path, party: &str) -> String {
    run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", party]).trim().to_owned()
}

/// A server whose line has planned and whose terminal has done.
fn told() -> (tempfile::TempDir, Server, [String; 4]) {
    let (dir, data) = data();
    std::fs::create_dir_all(data.join("partners")).unwrap();
    let profile = |party: &str, more: &str| {
        std::fs::write(data.join(format!("partners/{party}.toml")), format!("id = \"{party}\"\n{more}"))
            .unwrap();
    };
    profile("terminal", "[[authority]]\nnodes = [\"MY-PKG\"]\n");
    profile("forwarder", &format!("grants = [\"booking:BKG{OTHER_SIZE}\"]\n"));
    let server = Server::serve(&data);
    let keys = ["line", "terminal", "forwarder", "stranger"].map(|party| key(&data, party));
    let post = |key: &str, text: &str| {
        let answer = server.ask_with("POST", "/v1/submissions", &[], Some(key), text.as_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    };
    post(&keys[0], &bay_plan());
    post(&keys[0], &order());
    post(&keys[1], &report());
    post(&keys[1], &gate(4, DONE));
    post(&keys[1], &gate(5, GONE));
    (dir, server, keys)
}

fn verdicts(found: &Value) -> Vec<(&str, &str)> {
    let boxes = found["boxes"].as_array().unwrap();
    boxes.iter().map(|b| (b["container"].as_str().unwrap(), b["verdict"].as_str().unwrap())).collect()
}

#[test]
fn the_missing_and_the_surplus_are_named_with_who_said_so() {
    let (_dir, server, _keys) = told();
    let calls = server.get("/v1/calls?node=MY-PKG&from=2026-09-10&to=2026-09-14");
    assert_eq!(calls["calls"][0]["id"], CALL, "{calls}");
    assert_eq!(calls["calls"].as_array().unwrap().len(), 1, "{calls}");
    let none = server.get("/v1/calls?node=MY-PKG&from=2026-09-20&to=2026-09-24");
    assert_eq!(none["calls"].as_array().unwrap().len(), 0);

    let found = server.get(&format!("/v1/calls/{CALL}/reconciliation"));
    assert_eq!(
        verdicts(&found),
        [
            (UNKNOWN, "surplus"),
            (OTHER_SIZE, "differs"),
            (MISSING, "missing"),
            (GONE, "missing"),
            (OVERCARRIED, "surplus")
        ],
        "{found:#}"
    );
    let counts = &found["counts"]["discharge"];
    for (name, count) in [
        ("planned", 4),
        ("done", 4),
        ("gate", 2),
        ("agree", 1),
        ("missing", 2),
        ("surplus", 2),
        ("differ", 1),
    ] {
        assert_eq!(counts[name], count, "{name}: {counts}");
    }
    let of = |container: &str| {
        found["boxes"].as_array().unwrap().iter().find(|b| b["container"] == container).unwrap()
    };
    assert_eq!(of(OTHER_SIZE)["differences"], serde_json::json!(["size_type"]));
    assert_eq!((&of(GONE)["at_gate"], &of(MISSING)["at_gate"]), (&true.into(), &false.into()));
    assert_eq!(of(OVERCARRIED)["planned_for"], "VN-CAIMEP", "{found:#}");
    let words = of(OTHER_SIZE)["words"].as_array().unwrap();
    let sources: Vec<_> = words
        .iter()
        .map(|w| {
            (w["account"].as_str().unwrap(), w["party"].as_str().unwrap(), w["message"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        sources,
        [("planned", "line", "BAPLIE"), ("planned", "line", "COPRAR"), ("done", "terminal", "COARRI")]
    );
    let submission = words[2]["submission"].as_str().unwrap();
    assert_eq!(
        server.ask("GET", &format!("/v1/submissions/{submission}/raw"), b"").body,
        report().as_bytes()
    );
}

#[test]
fn a_reconciliation_is_a_table_too_and_there_is_none_of_calls_that_never_were() {
    let (_dir, server, _keys) = told();
    let csv = server.ask("GET", &format!("/v1/calls/{CALL}/reconciliation?format=csv"), b"");
    let text = String::from_utf8(csv.body.clone()).unwrap();
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!(text.lines().filter(|l| l.contains(",missing,")).count(), 3, "{text}");
    assert!(
        text.contains(&format!("{CALL},{UNKNOWN},discharge,surplus,,false,,done,terminal,COARRI,")),
        "{text}"
    );
    for unknown in ["9074729~MY-PKG~2026-10-12", "9074729~MY-PKG", "~~", "nobody~MY-PKG~2026-09-11"] {
        assert_eq!(server.ask("GET", &format!("/v1/calls/{unknown}/reconciliation"), b"").status, 404);
    }
}

#[test]
fn a_party_reads_its_own_words_and_the_boxes_it_was_granted() {
    let (_dir, server, [line, terminal, forwarder, stranger]) = told();
    let path = format!("/v1/calls/{CALL}/reconciliation");
    let ask = |key: &str, path: &str| server.ask_with("GET", path, &[], Some(key), b"");
    // The line planned, and nothing was lifted as far as it knows.
    let found = ask(&line, &path).json();
    assert_eq!(verdicts(&found), []);
    assert_eq!(
        (&found["counts"]["discharge"]["planned"], &found["counts"]["discharge"]["done"]),
        (&4.into(), &0.into())
    );
    assert!(!found.to_string().contains(UNKNOWN), "{found}");
    // The terminal lifted, and knows no plan.
    let found = ask(&terminal, &path).json();
    assert_eq!(verdicts(&found), []);
    assert_eq!(
        (&found["counts"]["discharge"]["planned"], &found["counts"]["discharge"]["done"]),
        (&0.into(), &4.into())
    );
    // The forwarder reads its one box, and of nobody's submission.
    let found = ask(&forwarder, &path).json();
    assert_eq!(verdicts(&found), [(OTHER_SIZE, "differs")], "{found:#}");
    for word in found["boxes"][0]["words"].as_array().unwrap() {
        assert_eq!(word["submission"], Value::Null);
    }
    assert_eq!(found["counts"]["discharge"]["planned"], 1);
    // A stranger cannot tell the call from one that never was, not even by naming ship and box itself.
    assert_eq!(ask(&stranger, &path).status, 404);
    assert_eq!(ask(&stranger, "/v1/calls").json()["calls"].as_array().unwrap().len(), 0);
    let copied = server.ask_with("POST", "/v1/submissions", &[], Some(&stranger), bay_plan().as_bytes());
    assert_eq!(copied.status, 200);
    let after = ask(&stranger, &path);
    if after.status == 200 {
        let text = String::from_utf8(after.body).unwrap();
        assert!(
            !text.contains("terminal") && !text.contains("\"line\"") && !text.contains(UNKNOWN),
            "{text}"
        );
    }
}

#[test]
fn the_command_tells_the_same_beside_a_server_and_without_one() {
    let (dir, server, _keys) = told();
    let data = dir.path().join("data");
    let data = data.to_str().unwrap();
    let odd = || {
        let output = run(&["calls", "--data", data, CALL]);
        assert_eq!(output.status.code(), Some(1), "boxes do not agree");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run_ok(&["calls", "--data", data, "--node", "MY-PKG"]).contains(CALL));
    assert!(odd().contains(&format!("{MISSING},discharge,missing,")));
    drop(server);
    assert!(run_ok(&["calls", "--data", data, "--node", "MY-PKG"]).contains(CALL));
    assert!(odd().contains(&format!("{MISSING}  Discharge  Missing")));
    assert!(!run(&["calls", "--data", data, "nobody~MY-PKG~2026-09-11"]).status.success());
}
