//! Registries of a running `serve` against a running `sealane sandbox`: up, slow, wrong, down, and
//! through kill -9. Real processes, real sockets.

mod acceptance;
mod entries;
mod ties;
mod verbs;

use super::certificates::{bindings, certificate};
use super::sealane;
use super::server::{Answer, Server, data};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a sandbox on a free port.
fn sandbox(more: &[&str]) -> Server {
    let mut command = sealane();
    command
        .args(["sandbox", "--listen", "127.0.0.1:0", "--pending", "300", "--revoked-after", "300"])
        .args(more);
    Server::start(command)
}

fn mood(sandbox: &Server, mood: &str) {
    let body = json!({"mood": mood}).to_string();
    let headers = [("content-type", "application/json")];
    let answer = sandbox.ask_with("POST", "/control", &headers, None, body.as_bytes());
    assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.body));
}

/// Connects a registry; its file is read while the server runs.
fn connect(data: &Path, id: &str, base: &str, more: &str) {
    let text = format!(
        "extends = \"{id}\"\nconnected = true\nwhen = []\nenvironment = \"sandbox\"\n\
         [environments.sandbox]\nbase = \"{base}/{id}\"\n{more}\n"
    );
    let folder = data.join("registries");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
}

/// Quick retries, for tests.
const QUICK: &str = "[retry]\nfirst = \"20ms\"\ncap = \"50ms\"\ndeadline = \"1s\"\n[breaker]\nfailures = 1000\npause = \"50ms\"\n[limits]\nper_minute = 60000\nburst = 1000\n";

struct House {
    _dir: tempfile::TempDir,
    data: PathBuf,
    sandbox: Server,
    server: Server,
}

impl House {
    fn new(more: &str) -> Self {
        let (dir, data) = data();
        let sandbox = sandbox(&[]);
        connect(&data, "rcep-smart", &format!("http://{}", sandbox.address), more);
        let server = Server::serve(&data);
        let house = Self { _dir: dir, data, sandbox, server };
        house.connected("rcep-smart");
        house
    }

    /// A house whose registry may push to it.
    fn pushed_to(more: &str) -> Self {
        let (dir, data) = data();
        let secret = dir.path().join("push.secret");
        std::fs::write(&secret, "sandbox-secret\n").unwrap();
        let (sandbox, server) = (sandbox(&[]), Server::serve(&data));
        let push = format!(
            "{more}[push]\nsecret = {{ file = \"{}\" }}\nreached_at = \"http://{}\"\n",
            secret.display(),
            server.address
        );
        connect(&data, "rcep-smart", &format!("http://{}", sandbox.address), &push);
        let house = Self { _dir: dir, data, sandbox, server };
        house.connected("rcep-smart");
        house
    }

    /// Waits until a registry is connected.
    fn connected(&self, id: &str) {
        until(
            || self.server.get("/v1/registries"),
            |s| s["registries"].as_array().unwrap().iter().any(|r| r["id"] == id && r["connected"] == true),
        );
    }

    fn enter(&self, number: &str) -> String {
        let body = certificate(number, bindings()).to_string();
        let answer = self.server.ask("POST", "/v1/certificates", body.as_bytes());
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    fn verify(&self, id: &str) -> Answer {
        self.server.ask("POST", &format!("/v1/certificates/{id}/verifications"), b"")
    }

    /// Has a certificate verified and waits until something came of it.
    fn settled(&self, id: &str) -> Value {
        let answer = self.verify(id);
        assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
        let poll = answer.header("location").to_owned();
        until(|| self.server.get(&poll), |p| p["state"] != "pending")
    }

    fn axis(&self, id: &str) -> Value {
        self.server.get(&format!("/v1/certificates/{id}"))["verification"].clone()
    }

    fn hook(&self, which: &str, body: &Value) -> Answer {
        let since = Instant::now();
        let answer = self.server.ask("POST", &format!("/v1/hooks/{which}"), body.to_string().as_bytes());
        assert!(since.elapsed() < Duration::from_secs(2), "a hook answers within two seconds");
        answer
    }

    fn counts(&self) -> Value {
        self.sandbox.get("/control")
    }
}

/// Asks until the answer is as wanted.
fn until(ask: impl Fn() -> Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let now = ask();
        if wanted(&now) {
            return now;
        }
        assert!(since.elapsed() < PATIENCE, "{now:#}");
        std::thread::yield_now();
    }
}

#[test]
fn a_registry_that_is_up_gives_outcome_code_time_and_freshness() {
    let house = House::new(QUICK);
    let id = house.enter("EXAMPLE-7700");
    assert_eq!(house.axis(&id)["state"], "not_checked");
    let told = house.settled(&id);
    assert_eq!((&told["state"], &told["outcome"]), (&json!("answered"), &json!("confirmed")));
    let axis = house.axis(&id);
    assert_eq!((&axis["state"], &axis["gateway"]), (&json!("confirmed"), &json!("rcep-smart")));
    assert!(axis["code"].as_str().unwrap().starts_with("SBX-"), "{axis}");
    assert!(axis["fresh_until"].as_str() > axis["checked_at"].as_str(), "{axis}");
    // The document on the map says the same, and what the client claims stays its claim.
    let route = house.server.get(&format!("/v1/certificates/{id}/route"));
    assert_eq!(route["sealane"]["certificate"]["verification"]["code"], axis["code"], "{}", route["sealane"]);
    let all = house.server.get(&format!("/v1/certificates/{id}/verifications"));
    assert_eq!(
        (&all["verification"]["freshness"], &all["claims"][0]["gateway"]),
        (&json!("fresh"), &json!("elsewhere"))
    );
    assert_eq!(all["check_yourself"][0]["id"], "gacc");
    // Fresh: answered from what is there, nobody is asked.
    let cached = house.verify(&id);
    assert_eq!((cached.status.as_u16(), &cached.json()["cached"]), (200, &json!(true)));
    assert_eq!(house.counts()["effects"], 1);
    // The other magic numbers.
    let refuted = house.enter("EXAMPLE-7701");
    assert_eq!(house.settled(&refuted)["outcome"], "refuted");
    assert_eq!(house.axis(&refuted)["state"], "refuted");
    let later = house.enter("EXAMPLE-7702");
    let answer = house.verify(&later);
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (202, &json!("pending")));
    let poll = answer.header("location").to_owned();
    assert_eq!(until(|| house.server.get(&poll), |p| p["state"] != "pending")["outcome"], "confirmed");
    let neither = house.enter("EXAMPLE-7799");
    assert_eq!(house.settled(&neither)["outcome"], "inconclusive");
    // What was said is in the sealed archive, by its digest.
    let digest = told["exchange_sha256"].as_str().unwrap();
    let exchange = house.server.ask("GET", &format!("/v1/registries/exchanges/{digest}"), b"");
    let text = String::from_utf8(exchange.body).unwrap();
    assert!(text.contains("EXAMPLE-7700") && text.contains("status 200"), "{text}");
    for file in std::fs::read_dir(house.data.join("registries/archive")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"EXAMPLE"), "the archive is sealed");
    }
}

#[test]
fn a_slow_registry_keeps_no_hook_waiting_and_is_followed_by_its_address() {
    let house = House::new(QUICK);
    let id = house.enter("EXAMPLE-7700");
    mood(&house.sandbox, "slow");
    let asked = house.hook("order", &json!({"number": "EXAMPLE-7700", "reference": "ORDER-9"}));
    let told = asked.json();
    assert_eq!(
        (asked.status.as_u16(), &told["state"], &told["reference"]),
        (202, &json!("pending"), &json!("ORDER-9"))
    );
    assert_eq!(house.axis(&id)["state"], "pending");
    // The same again joins the same request.
    let again = house.hook("inquiry", &json!({"certificate": id})).json();
    assert_eq!(again["poll"], told["poll"]);
    let second = house.hook("inquiry", &json!({"certificate": id, "reference": "ASK-7"}));
    assert_eq!(second.json()["poll"], told["poll"]);
    mood(&house.sandbox, "up");
    let poll = told["poll"].as_str().unwrap();
    let done = until(|| house.server.get(poll), |p| p["state"] != "pending");
    assert_eq!((&done["outcome"], &done["trigger"]), (&json!("confirmed"), &json!("order")));
    // The verdict names what it was asked for, the newest first.
    let asked: Vec<&Value> = done["asked_for"].as_array().unwrap().iter().map(|a| &a["reference"]).collect();
    assert_eq!(asked, ["ASK-7", "ORDER-9"]);
    let now = house.hook("order", &json!({"certificate": id}));
    assert_eq!((now.status.as_u16(), &now.json()["state"]), (200, &json!("confirmed")));
    assert_eq!(house.counts()["effects"], 1, "one question, one thing done");
    let both = house.hook("order", &json!({"certificate": id, "number": "EXAMPLE-7700"}));
    assert_eq!(both.status, 400);
    assert_eq!(house.hook("order", &json!({"number": "NO-SUCH"})).status, 404);
}

#[test]
fn a_wrong_or_broken_answer_is_a_fault_and_never_a_verdict() {
    // A machine that does much else answers late: what is slow must not be taken for what is wrong.
    let patient = QUICK.replace("deadline = \"1s\"", "deadline = \"4s\"");
    let house = House::new(&format!("{patient}timeout = \"900ms\"\n"));
    mood(&house.sandbox, "wrong");
    let wrong = house.enter("EXAMPLE-7700");
    let told = house.settled(&wrong);
    assert_eq!((&told["state"], &told["fault"]), (&json!("fault"), &json!("contract")));
    assert!(told["detail"].as_str().unwrap().contains("another number"), "{told}");
    let axis = house.axis(&wrong);
    assert_eq!((&axis["state"], &axis["code"]), (&json!("unavailable"), &Value::Null));
    mood(&house.sandbox, "up");
    for (ending, fault) in [("10", "limited"), ("11", "unavailable"), ("12", "timeout"), ("13", "contract")] {
        let id = house.enter(&format!("EXAMPLE-77{ending}"));
        let told = house.settled(&id);
        assert_eq!((&told["state"], &told["fault"]), (&json!("fault"), &json!(fault)), "{ending}: {told}");
        assert_eq!(house.axis(&id)["state"], "unavailable", "{ending}");
    }
    let status = house.server.get("/v1/registries");
    assert!(status["registries"][0]["faults"].as_u64() >= Some(5), "{status:#}");
    // After a fault the same is asked again, in a new round, and may be confirmed.
    assert_eq!(house.settled(&wrong)["outcome"], "confirmed");
    let all = house.server.get(&format!("/v1/certificates/{wrong}/verifications"));
    let keys: Vec<&Value> = all["history"].as_array().unwrap().iter().map(|h| &h["key"]).collect();
    assert!(keys.len() == 2 && keys[0] != keys[1], "{all:#}");
}

#[test]
fn when_the_registry_is_down_the_last_answer_is_given_as_stale_and_never_as_confirmed() {
    let house = House::new(&format!("{QUICK}[cache]\nfresh = \"600ms\"\nstale_if_error = \"1h\"\n"));
    let id = house.enter("EXAMPLE-7700");
    assert_eq!(house.settled(&id)["outcome"], "confirmed");
    mood(&house.sandbox, "down");
    let axis = until(|| house.axis(&id), |a| a["state"] != "confirmed");
    assert_eq!(axis["state"], "stale", "{axis}");
    // The scheduler says so in the log: the map's document is told too.
    until(
        || house.server.get(&format!("/v1/certificates/{id}/route")),
        |r| r["sealane"]["certificate"]["verification"]["state"] == "stale",
    );
    let told = until(
        || house.hook("order", &json!({"certificate": id})).json(),
        |t| t["state"] != "pending" && t["verification"]["failed_at"].is_string(),
    );
    assert_eq!(
        (&told["state"], &told["verification"]["freshness"]),
        (&json!("stale"), &json!("stale")),
        "{told:#}"
    );
    assert!(told["verification"]["code"].is_string(), "the stale answer is still named: {told:#}");
    let down = house.enter("EXAMPLE-7800");
    assert_eq!(house.settled(&down)["fault"], "unavailable");
    mood(&house.sandbox, "up");
    assert_eq!(house.settled(&id)["outcome"], "confirmed");
}

#[test]
fn the_breaker_opens_and_closes_again_and_the_kill_switch_holds_calls() {
    let quick = QUICK
        .replace("failures = 1000\npause = \"50ms\"", "failures = 2\npause = \"700ms\"")
        .replace("deadline = \"1s\"", "deadline = \"1m\"");
    let house = House::new(&quick);
    mood(&house.sandbox, "down");
    let id = house.enter("EXAMPLE-7700");
    house.verify(&id);
    let open = until(|| house.server.get("/v1/registries"), |s| s["registries"][0]["breaker"] == "open");
    assert_eq!(open["outbox"][0]["certificate"], json!(id), "{open:#}");
    // Long before its deadline it is said that nobody can be asked.
    until(|| house.axis(&id), |a| a["state"] == "unavailable");
    mood(&house.sandbox, "up");
    until(|| house.axis(&id), |a| a["state"] == "confirmed");
    assert_eq!(house.server.get("/v1/registries")["registries"][0]["breaker"], "closed");
    let switch = |on: bool| {
        let body = json!({"on": on, "reason": "test of the switch"}).to_string();
        let answer = house.server.ask("POST", "/v1/registries/rcep-smart/switch", body.as_bytes());
        assert_eq!(answer.status, 204);
    };
    switch(false);
    let calls = house.counts()["calls"].clone();
    let held = house.enter("EXAMPLE-7800");
    house.verify(&held);
    let status = until(|| house.server.get("/v1/registries"), |s| s["outbox"][0]["why"] == "switched_off");
    assert_eq!(status["registries"][0]["switched_off"][1], "test of the switch", "{status:#}");
    let off = until(|| house.axis(&held), |a| a["state"] == "unavailable");
    assert_eq!(off["local"]["state"], "local_ok", "nobody can be asked, and that is said: {off:#}");
    assert_eq!(house.counts()["calls"], calls, "nobody was called");
    switch(true);
    until(|| house.axis(&held), |a| a["state"] == "confirmed");
}

#[test]
fn that_nobody_can_be_asked_is_not_said_again_at_every_start() {
    let mut house = House::new(&QUICK.replace("deadline = \"1s\"", "deadline = \"10m\""));
    let off = json!({"on": false, "reason": "test of the switch"}).to_string();
    let answer = house.server.ask("POST", "/v1/registries/rcep-smart/switch", off.as_bytes());
    assert_eq!(answer.status, 204);
    let asked = |house: &House, number: &str| {
        let id = house.enter(number);
        house.verify(&id);
        until(|| house.axis(&id), |a| a["state"] == "unavailable");
        id
    };
    let first = asked(&house, "EXAMPLE-7700");
    for number in ["EXAMPLE-7800", "EXAMPLE-7901"] {
        house.server.kill();
        house.server = Server::serve(&house.data);
        house.connected("rcep-smart");
        // What fails is told together: where the new one was told of, the old one was looked at.
        asked(&house, number);
    }
    let told = house.server.get(&format!("/v1/certificates/{first}/events"));
    let told = told["events"].as_array().unwrap().iter();
    assert_eq!(told.filter(|e| e["outcome"] == "unavailable").count(), 1);
}

#[test]
fn a_kill_in_the_middle_of_the_outbox_asks_again_and_nothing_has_effect_twice() {
    let mut house = House::new(QUICK.replace("deadline = \"1s\"", "deadline = \"10m\"").as_str());
    mood(&house.sandbox, "slow");
    let ids: Vec<String> = ["EXAMPLE-7700", "EXAMPLE-7800", "EXAMPLE-7901"].map(|n| house.enter(n)).into();
    let keys: Vec<String> = ids
        .iter()
        .map(|id| house.verify(id).header("location").rsplit('/').next().unwrap().to_owned())
        .collect();
    until(|| house.counts(), |c| keys.iter().all(|k| c["received"][k] == 1));
    house.server.kill();
    mood(&house.sandbox, "up");
    // The sandbox has done what it was asked; nobody was there to hear it.
    until(|| house.counts(), |c| c["effects"] == 3);
    house.server = Server::serve(&house.data);
    let outcomes = ["confirmed", "confirmed", "refuted"];
    for (id, outcome) in ids.iter().zip(outcomes) {
        until(|| house.axis(id), |a| a["state"] == outcome);
        let all = house.server.get(&format!("/v1/certificates/{id}/verifications"));
        assert_eq!(
            (all["history"].as_array().unwrap().len(), all["open"].as_array().unwrap().len()),
            (1, 0),
            "{all:#}"
        );
    }
    let counts = house.counts();
    assert_eq!(counts["effects"], 3, "asked again under the same keys: {counts:#}");
    assert!(keys.iter().all(|k| counts["received"][k] == 2), "{counts:#}");
    // A second kill finds nothing to do.
    house.server.kill();
    house.server = Server::serve(&house.data);
    house.connected("rcep-smart");
    assert_eq!(house.axis(&ids[0])["state"], "confirmed");
    assert_eq!(house.server.get("/v1/registries")["outbox"], json!([]));
    assert_eq!(house.counts()["calls"], counts["calls"]);
}
