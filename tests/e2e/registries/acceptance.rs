//! The acceptance criteria of certificates, AC1 to AC8, against the running binary and the sandbox, with
//! the registry up, slow, wrong and down.

use super::super::certificates::{BOX, discharge, gate_and_load};
use super::super::live::Events;
use super::super::server::{Server, data};
use super::{House, QUICK, connect, mood, sandbox, until};
use serde_json::{Value, json};
use std::path::Path;

/// How the registry may behave, with the state of the axis that follows for a certificate that stands.
const MOODS: [(&str, &str); 4] =
    [("up", "confirmed"), ("slow", "pending"), ("wrong", "unavailable"), ("down", "unavailable")];

/// Who reads.
const PROFILES: [&str; 5] = ["internal", "public", "buyer", "partner", "authority"];

/// A house whose registry gives answers that are fresh for a while.
fn house(fresh: &str) -> House {
    House::new(&format!("{QUICK}[cache]\nfresh = \"{fresh}\"\nstale_if_error = \"1h\"\n"))
}

/// Enters a certificate, publishes it and has it verified; returns it once its axis is as the mood makes it.
fn asked(house: &House, number: &str, state: &str) -> String {
    let id = house.enter(number);
    assert_eq!(house.server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
    assert_eq!(house.verify(&id).status, 202);
    until(|| house.axis(&id), |a| a["state"] == state);
    id
}

fn route(house: &House, id: &str, profile: &str) -> Value {
    house.server.get(&format!("/v1/certificates/{id}/route?profile={profile}"))
}

/// Everything that is served of a certificate and says how its verification stands.
fn everything(house: &House, id: &str) -> Vec<(String, Value)> {
    let owner = house.server.get(&format!("/v1/certificates/{id}"));
    let number = owner["number"].as_str().unwrap();
    let code = owner["check_code"].as_str().unwrap();
    let mut paths: Vec<String> = vec![
        format!("/v1/verify?number={number}&code={code}"),
        format!("/v1/certificates/{id}/verifications"),
        format!("/v1/certificates/{id}"),
    ];
    for profile in PROFILES {
        paths.push(format!("/v1/certificates/{id}/route?profile={profile}"));
    }
    let mut all: Vec<(String, Value)> =
        paths.into_iter().map(|p| (p.clone(), house.server.get(&p))).collect();
    all.push(("hook".to_owned(), house.hook("inquiry", &json!({"certificate": id})).json()));
    all
}

/// Whether a document says anywhere that the certificate stands confirmed.
fn says_confirmed(document: &Value) -> bool {
    match document {
        Value::Object(members) => {
            members.get("state").is_some_and(|s| s == "confirmed") || members.values().any(says_confirmed)
        }
        Value::Array(entries) => entries.iter().any(says_confirmed),
        _ => false,
    }
}

#[test]
fn ac1_a_route_names_its_certificate_its_state_and_the_last_verification() {
    for (mood_of, state) in MOODS {
        let house = house("1h");
        gate_and_load(&house.server);
        mood(&house.sandbox, mood_of);
        let id = asked(&house, "EXAMPLE-7700", state);
        for profile in PROFILES {
            let named = route(&house, &id, profile)["sealane"]["certificate"].clone();
            let at = format!("{mood_of} {profile}: {named}");
            assert_eq!(named["id"], id.as_str(), "{at}");
            assert!(named["number"].as_str().unwrap().ends_with("7700"), "{at}");
            assert_eq!(named["number"] == "EXAMPLE-7700", profile != "public", "{at}");
            assert_eq!(
                (&named["lifecycle"]["state"], &named["regime"]),
                (&json!("issued"), &json!("RCEP")),
                "{at}"
            );
            let checked = &named["verification"];
            assert_eq!(checked["state"], state, "{at}");
            assert!(checked["text"].as_str().unwrap().contains("issuer"), "{at}");
            assert_eq!(checked["gateway"], "rcep-smart", "{at}");
            assert!(checked["checked_at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{at}");
            let code = checked["code"].as_str().is_some_and(|c| c.starts_with("SBX-"));
            assert_eq!(code, state == "confirmed", "{at}");
        }
    }
}

#[test]
fn ac2_nothing_is_shown_as_verified_when_the_check_is_stale_or_cannot_be_made() {
    for (mood_of, state) in MOODS {
        let house = house("1h");
        gate_and_load(&house.server);
        mood(&house.sandbox, mood_of);
        let id = asked(&house, "EXAMPLE-7700", state);
        for (path, document) in everything(&house, &id) {
            // The control: what is looked for is there when the registry confirmed.
            assert_eq!(says_confirmed(&document), state == "confirmed", "{mood_of} {path}: {document:#}");
        }
    }
    // It was confirmed, its time is over, and nobody can be asked.
    let house = house("700ms");
    gate_and_load(&house.server);
    let id = asked(&house, "EXAMPLE-7700", "confirmed");
    mood(&house.sandbox, "down");
    until(
        || route(&house, &id, "public"),
        |r| r["sealane"]["certificate"]["verification"]["state"] == "stale",
    );
    house.verify(&id);
    until(|| house.axis(&id), |a| a["failed_at"].is_string());
    for (path, document) in everything(&house, &id) {
        assert!(!says_confirmed(&document), "{path}: {document:#}");
        assert!(document.to_string().contains("stale"), "{path}: {document:#}");
    }
}

#[test]
fn ac3_an_open_map_hears_of_every_change_without_a_reload() {
    let house = house("700ms");
    gate_and_load(&house.server);
    let id = house.enter("EXAMPLE-7700");
    let mut events = Events::open(&house.server, &format!("/v1/certificates/{id}/stream"), None);
    assert_eq!(events.next().name, "snapshot");
    let mut hears = |state: &str| {
        // Changes come in the order of the log; in between the axis may be pending.
        let said = |e: &Value| e["sealane"]["certificate"]["verification"]["state"] == state;
        for _ in 0..6 {
            let change = events.next();
            assert_ne!(change.name, "snapshot", "the map is not told to begin anew");
            if said(&change.data) {
                return;
            }
        }
        panic!("the stream does not say `{state}`");
    };
    house.verify(&id);
    hears("confirmed");
    mood(&house.sandbox, "down");
    hears("stale");
    // The goods move on the same stream.
    house.server.ask("POST", "/v1/submissions", discharge().as_bytes());
    assert!(events.next().data.to_string().contains("observed"));
}

#[test]
fn ac3_an_open_map_hears_how_it_stands_however_the_registry_behaves() {
    for (mood_of, state) in MOODS {
        let house = house("1h");
        mood(&house.sandbox, mood_of);
        let id = house.enter("EXAMPLE-7700");
        let mut events = Events::open(&house.server, &format!("/v1/certificates/{id}/stream"), None);
        assert_eq!(events.next().name, "snapshot");
        house.verify(&id);
        let mut said = || events.next().data["sealane"]["certificate"]["verification"]["state"].clone();
        assert!((0..6).any(|_| said() == state), "{mood_of}");
    }
}

#[test]
fn ac4_a_hook_answers_in_one_call_within_two_seconds() {
    for (mood_of, state) in MOODS {
        let house = house("1h");
        mood(&house.sandbox, mood_of);
        let id = house.enter("EXAMPLE-7700");
        // `House::hook` holds the two seconds.
        let first = house.hook("inquiry", &json!({"certificate": id, "reference": "ASK-1"}));
        let told = first.json();
        assert_eq!(told["reference"], "ASK-1");
        if first.status == 202 {
            assert_eq!(told["state"], "pending", "{mood_of}: {told}");
            let poll = house.server.get(told["poll"].as_str().unwrap());
            assert_eq!(poll["trigger"], "inquiry", "{mood_of}: {poll}");
        } else {
            assert_eq!((first.status.as_u16(), &told["state"]), (200, &json!(state)), "{mood_of}: {told}");
        }
        assert!(first.status == 202 || state != "pending", "{mood_of}");
    }
    // From what is there, also when the registry is down: nobody is called.
    let house = house("1h");
    let id = asked(&house, "EXAMPLE-7700", "confirmed");
    mood(&house.sandbox, "down");
    let calls = house.counts()["calls"].clone();
    let told = house.hook("order", &json!({"certificate": id}));
    assert_eq!((told.status.as_u16(), &told.json()["cached"]), (200, &json!(true)));
    assert_eq!(house.counts()["calls"], calls);
}

#[test]
fn ac6_every_line_stop_and_event_carries_its_source_and_time() {
    for (mood_of, state) in MOODS {
        let house = house("1h");
        mood(&house.sandbox, mood_of);
        gate_and_load(&house.server);
        house.server.ask("POST", "/v1/submissions", discharge().as_bytes());
        let id = asked(&house, "EXAMPLE-7700", state);
        for profile in PROFILES {
            let document = route(&house, &id, profile);
            let features = document["features"].as_array().unwrap();
            let kinds: Vec<&str> =
                features.iter().map(|f| f["properties"]["kind"].as_str().unwrap()).collect();
            assert!(kinds.contains(&"stop") && kinds.contains(&"leg"), "{kinds:?}");
            for feature in features {
                told(feature, profile == "public");
            }
            assert!(
                document["sealane"]["as_of"].is_string() && document["sealane"]["sources"][0].is_string()
            );
        }
    }
}

/// Holds that a feature says who told it, and when.
fn told(feature: &Value, public: bool) {
    let properties = &feature["properties"];
    assert!(properties["certainty"].is_string(), "{feature:#}");
    match properties["kind"].as_str().unwrap() {
        "stop" => {
            assert!(properties["node"].is_string() && properties["at"].is_string(), "{feature:#}");
            let events = properties["events"].as_array().unwrap();
            assert!(!events.is_empty(), "{feature:#}");
            for event in events {
                assert!(event["at"].is_string() && event["told_by"].is_string(), "{event:#}");
                // The public reads by which message, partners also of whom.
                assert_eq!(event["source"].is_string(), !public, "{event:#}");
            }
        }
        "leg" => {
            let line = &properties["line"];
            assert!(["positions", "sea_network"].iter().any(|s| line["source"] == **s), "{feature:#}");
            assert!(line["at"].is_string(), "{feature:#}");
            for end in ["departure", "arrival"].into_iter().filter(|end| properties[*end].is_object()) {
                assert!(
                    properties[end]["at"].is_string() && properties[end]["basis"].is_string(),
                    "{feature:#}"
                );
            }
        }
        other => panic!("no feature of kind {other} is expected here: {feature:#}"),
    }
}

/// A certificate of a regime whose number the sandbox confirms.
fn of_regime(regime: &str) -> Value {
    let file = match regime {
        "ATIGA" => "atiga-form-d.json",
        "USMCA" => "usmca.json",
        _ => "rcep.json",
    };
    let path = crate::rules::root().join("origin/samples").join(file);
    let mut document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    document["number"] = format!("EXAMPLE-{regime}-7700").into();
    document
}

#[test]
fn ac7_every_gateway_is_chosen_by_a_file_and_has_its_sandbox() {
    let (dir, data) = data();
    let server = Server::serve(&data);
    let regimes = server.get("/v1/regimes")["regimes"].as_array().unwrap().clone();
    assert!(regimes.iter().all(|r| r["connected"] == false));
    let house = House { _dir: dir, data, sandbox: sandbox(&[]), server };
    let base = format!("http://{}", house.sandbox.address);
    let gateways = [
        ("rcep-smart", "RCEP"),
        ("rcep-v2", "RCEP"),
        ("asw-originlink", "ATIGA"),
        ("usmca-ecert", "USMCA"),
        ("ca-origin", "USMCA"),
    ];
    assert_eq!(regimes.len(), gateways.len());
    let mut certified = 0;
    for (n, (gateway, regime)) in gateways.into_iter().enumerate() {
        connect(&house.data, gateway, &base, QUICK);
        house.connected(gateway);
        for (m, (mood_of, state)) in MOODS.into_iter().enumerate() {
            mood(&house.sandbox, mood_of);
            let mut document = of_regime(regime);
            document["number"] = format!("EXAMPLE-{n}{m}00").into();
            let entered = house.server.ask("POST", "/v1/certificates", document.to_string().as_bytes());
            assert_eq!(entered.status, 201, "{gateway}: {}", String::from_utf8_lossy(&entered.body));
            let id = entered.json()["id"].as_str().unwrap().to_owned();
            house.verify(&id);
            until(|| house.axis(&id), |a| a["state"] == state);
            let axis = house.axis(&id);
            assert_eq!(axis["gateway"], gateway, "{mood_of}");
            // The regime's word for the code of a confirmation, and of nothing else.
            let confirmed = regime == "USMCA" && axis["outcome"] == "confirmed";
            assert_eq!(axis.get("e_cert_id"), confirmed.then_some(&axis["code"]), "{mood_of}");
            certified += usize::from(confirmed && axis["code"].is_string());
        }
        mood(&house.sandbox, "up");
        let now = house.server.get("/v1/regimes")["regimes"].as_array().unwrap().clone();
        let connected: Vec<&Value> =
            now.iter().filter(|r| r["connected"] == true).map(|r| &r["id"]).collect();
        assert_eq!(connected, [gateway]);
        gone(&house, &house.data, gateway);
    }
    assert!(certified >= 2, "both gateways of USMCA confirm");
}

/// Takes a gateway's file away and waits until it is no more.
fn gone(house: &House, data: &Path, gateway: &str) {
    std::fs::remove_file(data.join("registries").join(format!("{gateway}.toml"))).unwrap();
    until(|| house.server.get("/v1/registries"), |s| s["registries"] == json!([]));
}

#[test]
fn ac8_everything_works_with_every_gateway_down_and_says_so() {
    let mut house = house("1h");
    house.sandbox.kill();
    gate_and_load(&house.server);
    let id = asked(&house, "EXAMPLE-7700", "unavailable");
    house.server.ask("POST", "/v1/submissions", discharge().as_bytes());
    // Map, rules, evidence, signature and look-up are there.
    let whole = route(&house, &id, "internal");
    assert!(whole["features"].as_array().unwrap().iter().any(|f| f["properties"]["containers"][0] == BOX));
    let judged = house.server.get(&format!("/v1/certificates/{id}/consistency"));
    assert_eq!(judged["text"], "movement agrees", "{judged:#}");
    let evidence = house.server.ask("GET", &format!("/v1/certificates/{id}/evidence"), b"");
    assert_eq!((evidence.status.as_u16(), &evidence.body[..2]), (200, &b"PK"[..]));
    let signature = house.server.ask("GET", &format!("/v1/certificates/{id}/route.jws"), b"");
    assert_eq!((signature.status.as_u16(), signature.header("sealane-link").is_empty()), (200, false));
    for (path, document) in everything(&house, &id) {
        assert!(!says_confirmed(&document), "{path}");
        let said = document.to_string();
        assert!(said.contains("the issuer's system could not be asked"), "{path}: {document:#}");
        // What we found out alone is said apart from what the issuer would say.
        assert!(said.contains("local_"), "{path}: {document:#}");
    }
    assert_eq!(house.axis(&id)["local"]["state"], "local_ok");
    let status = house.server.get("/v1/registries");
    assert!(status["registries"][0]["last_fault"].as_str().unwrap().contains("unavailable"), "{status:#}");
    // When it is back, the same certificate is checked and the remark is gone.
    house.sandbox = sandbox(&[]);
    connect(&house.data, "rcep-smart", &format!("http://{}", house.sandbox.address), QUICK);
    let told = until(|| house.settled(&id), |t| t["state"] == "answered");
    assert_eq!((&told["outcome"], &house.axis(&id)["local"]), (&json!("confirmed"), &Value::Null));
}

#[test]
fn ac5_a_site_that_says_something_else_than_the_certificate_is_found() {
    for (mood_of, _) in MOODS {
        let house = house("1h");
        gate_and_load(&house.server);
        house.server.ask("POST", "/v1/submissions", discharge().as_bytes());
        mood(&house.sandbox, mood_of);
        let id = house.enter("EXAMPLE-7700");
        let door = format!("/v1/certificates/{id}/pages");
        let tell = |text: &str| {
            let body = json!({"page": "https://shop.example/pumps", "text": text}).to_string();
            let answer = house.server.ask("POST", &door, body.as_bytes());
            assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
            answer.json()
        };
        let rule = || {
            let all = house.server.get(&format!("/v1/certificates/{id}/consistency"));
            all["rules"].as_array().unwrap().iter().find(|r| r["rule"] == "R15").unwrap().clone()
        };
        assert_eq!(rule()["result"], "not_assessable");
        let page = "<h1>Pumps</h1><p>Made in China. HS code 8413.70. RCEP certificate of origin no. EXAMPLE-7700</p>";
        let told = tell(page);
        assert_eq!(told["ruling"]["result"], "pass", "{told:#}");
        assert_eq!(told["read"]["number"], "EXAMPLE-7700", "{told:#}");
        // The page drifts: the rule says so at once, and names in what.
        let told = tell(&page.replace("China", "Vietnam").replace("8413.70", "8414.10"));
        assert_eq!(told["ruling"]["details"]["drift"], "HS code, country of origin", "{told:#}");
        assert_eq!(
            (&rule()["result"], &rule()["details"]["page"]),
            (&json!("warn"), &json!("https://shop.example/pumps"))
        );
        let kept = house.server.get(&door);
        assert_eq!(kept["pages"].as_array().unwrap().len(), 1, "the page says something else now");
        assert!(!kept.to_string().contains("Pumps"), "the text itself is not kept: {kept:#}");
        // Mended again.
        assert_eq!(tell(page)["ruling"]["result"], "pass");
        assert_eq!(rule()["result"], "pass");
        let bad = json!({"page": "file:///etc/passwd", "text": page}).to_string();
        assert_eq!(house.server.ask("POST", &door, bad.as_bytes()).status, 409);
    }
}
