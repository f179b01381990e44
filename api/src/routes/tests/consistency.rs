//! Consistency, events and bindings: who reads what, and who may say what.

use super::{BOX, assert_problem};
use crate::settings::Settings;
use crate::testing::{House, Move, house, message};
use axum::http::StatusCode;
use sealane_data::observation::Kind;
use sealane_origin::disclosure::{BINDINGS, CERTIFICATE, CONSISTENCY, EVENTS, ROUTE, Row};
use serde_json::{Value, json};

/// A certificate that states another ship than the one that carried its goods.
pub(super) async fn astray() -> (House, String) {
    let house = house(Settings::default());
    let at = |kind, place, at| Move { kind, container: BOX, booking: "BKG77001", place, at };
    let voyage = [
        at(Kind::Loaded, "CNSGH", "2026-09-05T14:20:00"),
        at(Kind::Discharged, "VNVUT", "2026-09-12T06:00:00"),
    ];
    house.tell(&house.terminal, &message(&voyage, &["OWNER"])).await;
    let id = house.certify(&house.owner, "HC-778899", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    (house, format!("/v1/certificates/{id}"))
}

/// Returns a pass of the owner's making.
pub(super) async fn pass(house: &House, path: &str, profile: &str) -> String {
    let wanted = json!({ "profile": profile }).to_string();
    let got = house.post(&house.owner, &format!("{path}/passes"), wanted).await;
    assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
    got.json()["pass"].as_str().unwrap().to_owned()
}

pub(super) async fn read(house: &House, key: &str, path: &str) -> Value {
    let got = house.get(key, path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&got.bytes));
    got.json()
}

pub(super) fn rule<'a>(assessment: &'a Value, id: &str) -> &'a Value {
    assessment["rules"].as_array().unwrap().iter().find(|r| r["rule"] == id).unwrap()
}

#[tokio::test]
async fn the_exporter_reads_what_was_found_first_and_the_public_never() {
    let (house, path) = astray().await;
    let door = format!("{path}/consistency");
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    let (buyer, authority) = (pass(&house, &path, "buyer").await, pass(&house, &path, "authority").await);
    let whole = read(&house, &house.operator, &door).await;
    assert_eq!(
        (&whole["state"], &rule(&whole, "R3")["result"]),
        (&json!("conflict"), &json!("fail")),
        "{whole}"
    );
    for key in [&buyer, &authority, &house.public] {
        let seen = read(&house, key, &door).await;
        assert_eq!(
            seen,
            json!({"state": "under_review", "text": "under review"}),
            "before the exporter was told"
        );
    }
    assert_problem(&house.get(&house.stranger, &door).await, 404, "API-007");
    // Its owner comes for it: from here on others may read it, each what it may.
    let own = read(&house, &house.owner, &door).await;
    assert!(rule(&own, "R3")["text"].as_str().unwrap().len() > 20, "{own}");
    let answer = json!({"rule": "R3", "text": "SEA is the way and not a ship."}).to_string();
    let answers = format!("{door}/answers");
    assert_eq!(house.post(&house.owner, &answers, answer.clone()).await.status, StatusCode::CREATED);
    assert_problem(&house.post(&house.stranger, &answers, answer.clone()).await, 404, "API-007");
    assert_problem(&house.post(&authority, &answers, answer.clone()).await, 403, "API-005");
    assert_problem(&house.post(&house.public, &answers, answer).await, 403, "API-005");
    let odd = json!({"rule": "R77", "text": "x"}).to_string();
    assert_problem(&house.post(&house.owner, &answers, odd).await, 409, "API-021");
    let seen = read(&house, &buyer, &door).await;
    assert_eq!((&seen["state"], &rule(&seen, "R3")["result"]), (&json!("conflict"), &json!("fail")));
    assert!(rule(&seen, "R3").get("text").is_none() && rule(&seen, "R3").get("answers").is_none(), "{seen}");
    let seen = read(&house, &authority, &door).await;
    assert_eq!(rule(&seen, "R3")["answers"][0]["text"], "SEA is the way and not a ship.");
    let seen = read(&house, &house.public, &door).await;
    assert_eq!(seen, json!({"state": "under_review", "text": "under review"}));
    for (key, state) in [(&house.public, "under_review"), (&house.owner, "conflict"), (&buyer, "conflict")] {
        assert_eq!(read(&house, key, &path).await["consistency"]["state"], state);
        let route = read(&house, key, &format!("{path}/route")).await;
        assert_eq!(route["sealane"]["certificate"]["consistency"]["state"], state);
    }
}

#[tokio::test]
async fn another_holder_of_the_number_is_told_to_the_operator_and_authorities_only() {
    let (house, path) = astray().await;
    let other = Move {
        kind: Kind::Loaded,
        container: "TSTU0000014",
        booking: "BKG99001",
        place: "CNSGH",
        at: "2026-09-06T10:00:00",
    };
    read(&house, &house.operator, &format!("{path}/consistency")).await;
    house.tell(&house.terminal, &message(&[other], &["STRANGER"])).await;
    house.certify(&house.stranger, "HC-778899", &[("BKG", "BKG99001"), ("EQ", "TSTU0000014")]).await;
    let authority = pass(&house, &path, "authority").await;
    let own = read(&house, &house.owner, &format!("{path}/consistency")).await;
    assert_eq!(rule(&own, "R14")["result"], "pass", "{own}");
    let whole = read(&house, &house.operator, &format!("{path}/consistency")).await;
    // The first keeps what it has until a person decided: that is no verdict.
    assert_eq!(rule(&whole, "R14")["result"], "warn", "{whole}");
    let seen = read(&house, &authority, &format!("{path}/consistency")).await;
    assert_eq!(rule(&seen, "R14")["result"], "warn", "{seen}");
}

#[tokio::test]
async fn a_life_moves_by_events_and_reads_as_of_any_instant() {
    let (house, path) = astray().await;
    let door = format!("{path}/events");
    let order = |order: Value| house.post(&house.owner, &door, order.to_string());
    let got = order(json!({"to": "presented", "reason": "Shown at Port Klang."})).await;
    assert_eq!((got.status, &got.json()["lifecycle"]["state"]), (StatusCode::CREATED, &json!("presented")));
    assert_problem(&order(json!({"to": "presented"})).await, 409, "API-021");
    assert_problem(&order(json!({"to": "expired"})).await, 409, "API-021");
    assert_problem(&order(json!({"to": "blessed"})).await, 400, "API-009");
    assert_problem(&order(json!({"to": "replaced", "replaced_by": "eco_none"})).await, 409, "API-021");
    let denied = json!({"to": "denied"}).to_string();
    assert_problem(&house.post(&house.stranger, &door, denied.clone()).await, 404, "API-007");
    let buyer = pass(&house, &path, "buyer").await;
    assert_problem(&house.post(&buyer, &door, denied).await, 403, "API-005");
    let told = read(&house, &house.owner, &door).await;
    let line = &told["events"][0];
    assert_eq!(
        (&line["act"], &line["to"], &line["party"]),
        (&json!("moved"), &json!("presented"), &json!("owner"))
    );
    assert_eq!(line["source_sha256"].as_str().unwrap().len(), 64, "{line}");
    let unborn = house.get(&house.owner, &format!("{path}?as_of=2020-01-01T00:00:00Z")).await;
    assert_eq!(unborn.status, StatusCode::NOT_FOUND, "it was not here yet");
    let moved: jiff::Timestamp = line["at"].as_str().unwrap().parse().unwrap();
    let before = moved.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
    let before = read(&house, &house.owner, &format!("{path}?as_of={before}")).await;
    assert_eq!(
        (&before["lifecycle"]["state"], &before["lifecycle"]["source"]),
        (&json!("issued"), &json!("claimed"))
    );
    let after = read(&house, &house.owner, &format!("{path}?as_of=2030-01-01T00:00:00Z")).await;
    assert_eq!(after["lifecycle"]["state"], "presented");
    assert_problem(&house.get(&house.owner, &format!("{path}?as_of=yesterday")).await, 400, "API-008");
    // A change is a new certificate; the old one says what took its place.
    let new = house.certify(&house.owner, "HC-778900", &[("BKG", "BKG77001")]).await;
    let got = order(json!({"to": "replaced", "replaced_by": new, "reason": "Wrong consignee."})).await;
    assert_eq!(got.json()["lifecycle"]["replaced_by"], new.as_str());
    assert_problem(&order(json!({"to": "issued"})).await, 409, "API-021");
}

#[tokio::test]
async fn conflicts_wait_for_the_operator_and_for_nobody_else() {
    let house = house(Settings::default());
    let at = |kind, place, at| Move { kind, container: BOX, booking: "BKG77001", place, at };
    let voyage = [
        at(Kind::Loaded, "CNSGH", "2026-09-05T14:20:00"),
        at(Kind::Discharged, "MYPKG", "2026-09-12T06:00:00"),
    ];
    house.tell(&house.terminal, &message(&voyage, &["OWNER"])).await;
    // The certificate declares another container than the one on the booking.
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", "TSTU0000014")]).await;
    let path = format!("/v1/certificates/{id}/bindings");
    let queue = "/v1/certificates/conflicts";
    for key in [&house.owner, &house.stranger, &house.public] {
        assert_problem(&house.get(key, queue).await, 403, "API-005");
    }
    let own = read(&house, &house.owner, &path).await;
    assert!(own.get("conflicts").is_none() && own.get("proposals").is_none(), "{own}");
    let waiting = read(&house, &house.operator, queue).await;
    let line = &waiting["waiting"][0];
    assert_eq!((&line["kind"], &line["container"]), (&json!("other_container"), &json!(BOX)), "{waiting}");
    let settle = format!("{queue}/{}", line["id"].as_str().unwrap());
    let order =
        json!({"certificate": id, "choice": "tie", "reason": "The terminal's list was right."}).to_string();
    assert_problem(&house.post(&house.owner, &settle, order.clone()).await, 403, "API-005");
    assert_eq!(house.post(&house.operator, &settle, order.clone()).await.status, StatusCode::CREATED);
    assert_eq!(read(&house, &house.operator, queue).await["waiting"], json!([]));
    assert_problem(&house.post(&house.operator, &settle, order).await, 404, "API-007");
    let own = read(&house, &house.owner, &path).await;
    assert_eq!(
        (&own["bindings"][0]["container"], &own["bindings"][0]["why"]),
        (&json!(BOX), &json!("decided"))
    );
    // And it may be parted again: what was decided last counts.
    let part = json!({"container": BOX, "day": "2026-09-05", "choice": "part"}).to_string();
    assert_problem(&house.post(&house.owner, &path, part.clone()).await, 403, "API-005");
    assert_eq!(house.post(&house.operator, &path, part).await.status, StatusCode::CREATED);
    assert_eq!(read(&house, &house.owner, &path).await["bindings"], json!([]));
}

/// Returns the path of every single value, as the tables write them.
fn paths(at: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let inner = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                paths(&inner, value, found);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|v| paths(&format!("{at}[]"), v, found)),
        _ => found.push(at.to_owned()),
    }
}

/// Words of the trade that a profile reads at no door.
fn hidden_from(profile: &str) -> &'static [&'static str] {
    match profile {
        "public" => {
            &[BOX, "BKG77001", "HC-778899", "BLUE HERON", "Hill Stores", "LAMP-77", "secret", "\"R3\""]
        }
        "buyer" => &["Hill Stores", "secret", "terminal", "Quay Road"],
        "partner" => &["Hill Stores", "secret", "LAMP-77", "\"R3\"", "terminal"],
        _ => &["check_code"],
    }
}

#[tokio::test]
async fn no_field_outside_its_list_leaves_any_door_of_a_certificate() {
    let (house, path) = astray().await;
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    house
        .post(
            &house.owner,
            &format!("{path}/events"),
            json!({"to": "presented", "reason": "secret"}).to_string(),
        )
        .await;
    read(&house, &house.owner, &format!("{path}/consistency")).await;
    let doors: [(&str, &[Row]); 5] = [
        ("", CERTIFICATE),
        ("/route", ROUTE),
        ("/consistency", CONSISTENCY),
        ("/events", EVENTS),
        ("/bindings", BINDINGS),
    ];
    let mut keys = vec![("public", house.public.clone())];
    for profile in ["public", "buyer", "partner", "authority"] {
        keys.push((profile, pass(&house, &path, profile).await));
    }
    for (profile, key) in &keys {
        for (door, table) in doors {
            let seen = read(&house, key, &format!("{path}{door}")).await;
            let mut found = Vec::new();
            paths("", &seen, &mut found);
            for path in found {
                let listed =
                    table.iter().any(|row| row.path == path || path.starts_with(&format!("{}[", row.path)));
                assert!(listed, "{profile} reads `{path}` at `{door}`: {seen}");
            }
            let text = seen.to_string();
            let hidden = hidden_from(profile);
            for word in hidden {
                // A partner and a buyer may read who told of a stop on the route.
                assert!(
                    !text.contains(word) || (door == "/route" && *word == "terminal"),
                    "{profile} reads {word} at {door}: {text}"
                );
            }
        }
        for door in ["/evidence", "/links", "/chain", "/papers", "/pages", "/requests/verify"] {
            if (*profile, door) == ("authority", "/chain") {
                continue;
            }
            let got = house.get(key, &format!("{path}{door}")).await;
            assert_eq!(got.status, StatusCode::FORBIDDEN, "{profile} at {door}");
        }
    }
}

#[tokio::test]
async fn an_owner_reads_no_decision_about_strangers_boxes_and_no_reason_of_the_operators() {
    let (house, path) = astray().await;
    let decide = async |container: &str, choice: &str| {
        let body = json!({"container": container, "day": "2026-09-05", "choice": choice, "reason": "internal words"});
        let got = house.post(&house.operator, &format!("{path}/bindings"), body.to_string()).await;
        assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
    };
    // One box is the certificate's own, the other a stranger's that was looked at and parted.
    decide("TSTU0000014", "part").await;
    decide(BOX, "tie").await;
    let door = format!("{path}/events");
    let boxes = |told: &Value| -> Vec<Value> {
        let events = told["events"].as_array().unwrap().iter();
        events.filter(|e| e["act"] == "decided").map(|e| e["decision"]["container"].clone()).collect()
    };
    let operator = read(&house, &house.operator, &door).await;
    assert_eq!(boxes(&operator), ["TSTU0000014", BOX]);
    assert!(operator.to_string().contains("internal words"), "{operator}");
    let owner = read(&house, &house.owner, &door).await;
    assert_eq!(boxes(&owner), [BOX]);
    let said = owner.to_string();
    assert!(!said.contains("TSTU0000014") && !said.contains("internal words"), "{owner}");
}

#[tokio::test]
async fn papers_pages_and_requests_of_another_house_are_not_there() {
    let (house, path) = astray().await;
    let paper = json!({"kind": "bill_of_lading", "number": "BL-77", "sha256": "ab".repeat(32)}).to_string();
    let page = json!({"page": "https://shop.example/", "text": "HS code 841370"}).to_string();
    let doors = [("/papers", paper), ("/pages", page), ("/requests/verify", String::new())];
    for (door, body) in &doors {
        let door = format!("{path}{door}");
        assert_problem(&house.post(&house.stranger, &door, body.clone()).await, 404, "API-007");
        assert_problem(&house.get(&house.stranger, &door).await, 404, "API-007");
    }
    for (door, body) in &doors[..2] {
        let got = house.post(&house.owner, &format!("{path}{door}"), body.clone()).await;
        assert_eq!(got.status, StatusCode::CREATED, "{door}");
    }
    // What the owner told is still the owner's alone.
    for (door, _) in &doors {
        assert_problem(&house.get(&house.stranger, &format!("{path}{door}")).await, 404, "API-007");
    }
    assert!(read(&house, &house.owner, &format!("{path}/papers")).await.to_string().contains("BL-77"));
}

#[tokio::test]
async fn the_file_of_an_answer_is_kept_and_read_by_those_who_read_the_answer() {
    let (house, path) = astray().await;
    let files = format!("{path}/consistency/files");
    let answers = format!("{path}/consistency/answers");
    let handed = house.post(&house.owner, &files, &b"%PDF-1.7 of the line"[..]).await;
    assert_eq!(handed.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&handed.bytes));
    let handed = handed.json();
    assert_problem(&house.post(&house.stranger, &files, "x").await, 404, "API-007");
    assert_problem(&house.post(&house.owner, &files, "").await, 400, "API-009");
    assert_problem(&house.post(&house.owner, &files, vec![0_u8; (4 << 20) + 1]).await, 413, "API-010");
    let answer = |file: &Value, sha256: &Value| {
        json!({"rule": "R3", "text": "See the line's note.", "file": file, "file_sha256": sha256}).to_string()
    };
    let (file, sha256) = (&handed["submission"], &handed["sha256"]);
    for (file, sha256) in [(&json!("sub_none"), &Value::Null), (file, &json!("ab".repeat(32)))] {
        assert_problem(&house.post(&house.owner, &answers, answer(file, sha256)).await, 409, "API-021");
    }
    let kept = format!("{files}/{}", sha256.as_str().unwrap());
    assert_problem(&house.get(&house.owner, &kept).await, 404, "API-007");
    let took = house.post(&house.owner, &answers, answer(file, &Value::Null)).await;
    assert_eq!(took.status, StatusCode::CREATED);
    let authority = pass(&house, &path, "authority").await;
    assert_problem(&house.get(&authority, &kept).await, 404, "API-007");
    let own = read(&house, &house.owner, &format!("{path}/consistency")).await;
    let told = &rule(&own, "R3")["answers"][0];
    assert_eq!((&told["file_sha256"], &told["file"]), (sha256, &json!(kept)));
    for key in [&house.owner, &house.operator, &authority] {
        let got = house.get(key, &kept).await;
        assert_eq!((got.status, got.bytes.as_slice()), (StatusCode::OK, &b"%PDF-1.7 of the line"[..]));
        assert_eq!(got.header("content-type"), "application/octet-stream");
    }
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    let buyer = pass(&house, &path, "buyer").await;
    for key in [&buyer, &house.public, &house.stranger] {
        assert_problem(&house.get(key, &kept).await, 404, "API-007");
    }
    assert_problem(&house.get(&house.owner, &format!("{files}/{}", "ab".repeat(32))).await, 404, "API-007");
}
