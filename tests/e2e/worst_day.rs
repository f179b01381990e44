//! A partner's worst day: its clock shifts by eight hours and its locations swap for a weekend. The
//! operator holds it, corrects the profile, looks at the re-reading, applies it, and can take it back.

use super::server::{Answer, Server, data};
use super::{coarri, run_ok};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const QUAY: &str = "CNSGH:139:6+SGICT:TER:306";
const FRIDAY: &str = "CSQU3054383";
const SATURDAY: &str = "TSTU0000014";
const SUNDAY: &str = "TSTU0000035";

const PROFILE: &str = "# our terminal\nid = \"sgict\"\nname = \"Terminal, synthetic\"\n";
const AUTHORITY: &str = "[[authority]]\nnodes = [\"CN-YANGSHAN-3\"]\n";

/// The load of a container as it should be told.
fn load(name: &str, container: &str, local: &str) -> String {
    coarri(name, container, &format!("BKG{name}0001"), true, QUAY, local)
}

/// The same with the ports swapped, as told on that weekend.
fn swapped(message: &str) -> String {
    message.replace("LOC+9+", "LOC+x+").replace("LOC+11+", "LOC+9+").replace("LOC+x+", "LOC+11+")
}

struct Day {
    /// Keeps the folder while the day goes on.
    dir: tempfile::TempDir,
    data: std::path::PathBuf,
    server: Server,
    key: String,
}

impl Day {
    fn begin() -> Self {
        let (dir, data) = data();
        profile(&data, "");
        let server = Server::serve(&data);
        let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "sgict"]);
        Self { dir, data, server, key: key.trim().to_owned() }
    }

    fn send(&self, message: &str) -> Value {
        let answer: Answer =
            self.server.ask_with("POST", "/v1/submissions", &[], Some(&self.key), message.as_bytes());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Writes the profile and asks until the server has taken it in.
    fn edit(&self, more: &str, taken: impl Fn(&Value) -> bool) {
        profile(&self.data, more);
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let status = self.server.get("/v1/partners");
            if taken(&status["partners"][0]) {
                return;
            }
            assert!(Instant::now() < end, "the profile was not taken in: {status}");
        }
    }

    fn received(&self, receipt: &Value) -> String {
        let id = receipt["id"].as_str().unwrap();
        self.server.get(&format!("/v1/submissions/{id}"))["received"].as_str().unwrap().to_owned()
    }

    fn reread(&self, arguments: &[&str]) -> Value {
        let data = self.data.to_str().unwrap();
        let all = [&["reread", "--data", data, "--party", "sgict", "--json"], arguments].concat();
        serde_json::from_str(&run_ok(&all)).unwrap()
    }

    fn undo(&self) {
        run_ok(&["undo", "--data", self.data.to_str().unwrap()]);
    }

    /// Where and when a container was loaded, and how sure that is.
    fn loaded(&self, container: &str) -> Vec<(String, String, String)> {
        let answer = self.server.ask("GET", &format!("/v1/shipments/container:{container}"), b"");
        if answer.status == 404 {
            return Vec::new();
        }
        let view = answer.json();
        let events =
            view["journeys"].as_array().unwrap().iter().flat_map(|j| j["events"].as_array().unwrap());
        let loads = events.filter(|e| e["kind"] == "loaded");
        let text = |e: &Value, name: &str| e[name].as_str().unwrap_or_default().to_owned();
        loads.map(|e| (text(e, "node"), text(e, "at"), text(e, "certainty"))).collect()
    }
}

/// Writes the profile with more settings, as an editor does: beside its place, then renamed.
fn profile(data: &Path, more: &str) {
    std::fs::create_dir_all(data.join("partners")).unwrap();
    let path = data.join("partners").join("sgict.toml");
    std::fs::write(path.with_extension("new"), format!("{PROFILE}{more}\n{AUTHORITY}")).unwrap();
    std::fs::rename(path.with_extension("new"), path).unwrap();
}

fn right(node: &str, at: &str) -> Vec<(String, String, String)> {
    vec![(node.to_owned(), at.to_owned(), "observed".to_owned())]
}

#[test]
fn a_partners_worst_day_is_mended_with_its_history() {
    let day = Day::begin();
    day.send(&load("FRI", FRIDAY, "202609041420"));
    assert_eq!(day.loaded(FRIDAY), right("CN-YANGSHAN-3", "2026-09-04T06:20:00Z"));

    // Saturday: times in UTC, ports swapped. The load seems to have been at Port Klang.
    let saturday = day.send(&swapped(&load("SAT", SATURDAY, "202609050620")));
    assert_eq!(saturday["events"], 1);
    let wrong = day.loaded(SATURDAY);
    assert_ne!(wrong, right("CN-YANGSHAN-3", "2026-09-05T06:20:00Z"));

    // The operator holds the partner: what comes now is kept and not read.
    day.edit("mode = \"held\"", |p| p["mode"] == "held");
    let sunday = day.send(&swapped(&load("SUN", SUNDAY, "202609060620")));
    assert_eq!((&sunday["held"], &sunday["events"]), (&true.into(), &0.into()));
    assert_eq!(day.loaded(SUNDAY), []);

    // The profile says what was meant, and since when; Friday stays as it was.
    let from = day.received(&saturday);
    let correction = format!(
        "mode = \"held\"\n[[correction]]\nfrom = \"{from}\"\nclock = \"UTC\"\nwhy = \"weekend\"\n\
         [correction.locations]\n9 = \"11\"\n11 = \"9\"\n"
    );
    day.edit(&correction, |p| p["profile"]["correction"].as_array().is_some_and(|c| c.len() == 1));
    let preview = day.reread(&["--dry-run"]);
    let counts = |r: &Value| ["unchanged", "replaced", "added", "gone"].map(|n| r[n].as_u64().unwrap());
    assert_eq!(counts(&preview), [1, 1, 1, 0], "{preview}");
    assert!(preview["differences"].to_string().contains("CNSGH"), "{preview}");
    assert_eq!(
        (day.loaded(SATURDAY), day.loaded(SUNDAY)),
        (wrong.clone(), vec![]),
        "a preview changes nothing"
    );

    let applied = day.reread(&["--apply", "--why", "weekend"]);
    assert_eq!(counts(&applied), [1, 1, 1, 0]);
    let mended = |day: &Day| {
        assert_eq!(day.loaded(FRIDAY), right("CN-YANGSHAN-3", "2026-09-04T06:20:00Z"));
        assert_eq!(day.loaded(SATURDAY), right("CN-YANGSHAN-3", "2026-09-05T06:20:00Z"));
        assert_eq!(day.loaded(SUNDAY), right("CN-YANGSHAN-3", "2026-09-06T06:20:00Z"));
    };
    mended(&day);
    assert_eq!(counts(&day.reread(&["--apply"])), [3, 0, 0, 0], "a second time changes nothing");

    // History: it can be taken back and done again, and all of it is told.
    day.undo();
    assert_eq!((day.loaded(SATURDAY), day.loaded(SUNDAY)), (wrong, vec![]));
    day.reread(&["--apply"]);
    mended(&day);
    let rereads = day.server.get("/v1/partners")["rereads"].clone();
    let undone: Vec<bool> =
        rereads.as_array().unwrap().iter().map(|r| r["undone"].as_bool().unwrap()).collect();
    assert_eq!(undone, [false, false, true], "{rereads}");
    let raw =
        day.server.ask("GET", &format!("/v1/submissions/{}/raw", saturday["id"].as_str().unwrap()), b"");
    assert_eq!(
        raw.body,
        swapped(&load("SAT", SATURDAY, "202609050620")).as_bytes(),
        "bytes stay as they came"
    );

    // Throughput follows: three loads at Yangshan III, none elsewhere. And it all is in the log.
    let teu = "/v1/kpis/teu?from=2026-09-01&to=2026-09-30&node=";
    assert_eq!(day.server.get(&format!("{teu}CN-YANGSHAN-3"))["rows"].as_array().unwrap().len(), 3);
    assert_eq!(day.server.get(&format!("{teu}MY-PKG"))["rows"].as_array().unwrap().len(), 0);
    let Day { dir, data, server, key } = day;
    drop(server);
    let again = Day { server: Server::serve(&data), dir, data, key };
    mended(&again);
}

#[test]
fn an_unknown_code_is_mapped_once_and_everything_told_there_is_on_the_map() {
    let day = Day::begin();
    let told =
        load("MAP", FRIDAY, "202609041420").replace("CNSGH:139:6+SGICT:TER:306", "CNQQQ:139:6+GATE7:TER:ZZZ");
    day.send(&told);
    assert_eq!(day.loaded(FRIDAY)[0].0, "");
    let partner = &day.server.get("/v1/partners")["partners"][0];
    let unknown = &partner["unknown"][0];
    assert_eq!(
        (unknown["alias"].as_str(), unknown["count"].as_u64()),
        (Some("CNQQQGATE7"), Some(1)),
        "{partner}"
    );
    let body = r#"{"alias": "CNQQQGATE7", "node": "CN-YANGSHAN-3"}"#;
    let mapped = day.server.ask_with(
        "POST",
        "/v1/partners/sgict/aliases",
        &[("content-type", "application/json")],
        day.server.key.as_deref(),
        body.as_bytes(),
    );
    assert_eq!(mapped.status, 200, "{}", String::from_utf8_lossy(&mapped.body));
    assert_eq!(mapped.json()["partners"][0]["unknown"], Value::Array(vec![]));
    assert_eq!(day.loaded(FRIDAY), right("CN-YANGSHAN-3", "2026-09-04T06:20:00Z"));
    let file = std::fs::read_to_string(day.data.join("partners/sgict.toml")).unwrap();
    assert!(file.starts_with("# our terminal") && file.contains("CNQQQGATE7"), "{file}");
}

#[test]
fn a_partner_is_no_operator() {
    let day = Day::begin();
    for (method, path) in [("GET", "/v1/partners"), ("POST", "/v1/rereads"), ("POST", "/v1/rereads/undo")] {
        let headers = [("content-type", "application/json")];
        let answer = day.server.ask_with(method, path, &headers, Some(&day.key), b"{}");
        assert_eq!(answer.status, 403, "{path}");
    }
}
