//! What the exporter reads first: until when, and that nothing else is hidden with it.

use super::consistency::{astray, pass, read, rule};
use crate::testing::House;
use axum::http::StatusCode;
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use serde_json::{Value, json};

/// Hands in a bill of lading with a weight, in the place of the one before.
async fn weighs(house: &House, path: &str, kg: f64) {
    let paper =
        json!({"kind": "bill_of_lading", "number": "BL-1", "sha256": "ab".repeat(32), "gross_kg": kg});
    let got = house.post(&house.owner, &format!("{path}/papers"), paper.to_string()).await;
    assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
}

/// Returns the results that somebody reads of some rules.
async fn results<const N: usize>(house: &House, key: &str, path: &str, rules: [&str; N]) -> [Value; N] {
    let seen = read(house, key, &format!("{path}/consistency")).await;
    let lines = seen["rules"].as_array().cloned().unwrap_or_default();
    rules.map(|id| lines.iter().find(|r| r["rule"] == id).map_or(Value::Null, |r| r["result"].clone()))
}

#[tokio::test]
async fn what_was_read_of_a_rule_is_not_hidden_again_by_other_words_for_it() {
    let (house, path) = astray().await;
    let authority = pass(&house, &path, "authority").await;
    weighs(&house, &path, 900.0).await;
    assert_eq!(results(&house, &authority, &path, ["R3", "R9"]).await, [Value::Null, Value::Null]);
    assert_eq!(results(&house, &house.owner, &path, ["R3", "R9"]).await, ["fail", "fail"]);
    assert_eq!(results(&house, &authority, &path, ["R3", "R9"]).await, ["fail", "fail"]);
    weighs(&house, &path, 901.0).await;
    let seen = read(&house, &authority, &format!("{path}/consistency")).await;
    assert_eq!((&seen["state"], &rule(&seen, "R9")["result"]), (&json!("conflict"), &json!("fail")));
    assert!(rule(&seen, "R9")["text"].as_str().unwrap().contains("901 kg"), "{seen}");
    weighs(&house, &path, 103.0).await;
    assert_eq!(results(&house, &authority, &path, ["R9"]).await, ["warn"], "less is nothing new either");
}

#[tokio::test]
async fn what_the_exporter_does_not_know_yet_hides_nothing_that_it_knows() {
    let (house, path) = astray().await;
    let (buyer, authority) = (pass(&house, &path, "buyer").await, pass(&house, &path, "authority").await);
    assert_eq!(results(&house, &house.owner, &path, ["R3"]).await, ["fail"]);
    weighs(&house, &path, 900.0).await;
    for key in [&buyer, &authority] {
        let seen = results(&house, key, &path, ["R1", "R3", "R9"]).await;
        // What passes is not listed meanwhile: the gap would say which rule found something.
        assert_eq!(seen, [Value::Null, json!("fail"), Value::Null]);
        assert_eq!(read(&house, key, &path).await["consistency"]["state"], "conflict");
        let seen = read(&house, key, &format!("{path}/consistency")).await;
        assert_eq!((&seen["state"], seen["custody"].is_array()), (&json!("conflict"), false), "{seen}");
    }
    assert_eq!(results(&house, &house.owner, &path, ["R9"]).await, ["fail"]);
    assert_eq!(results(&house, &authority, &path, ["R9"]).await, ["fail"]);
    let whole = read(&house, &authority, &format!("{path}/consistency")).await;
    assert!(!rule(&whole, "R1").is_null() && whole["custody"].is_array(), "{whole}");
}

#[tokio::test]
async fn the_exporters_days_run_from_when_a_rule_found_something_first() {
    let (house, path) = astray().await;
    let shared = &house.doors.shared;
    let clock = async |before: Timestamp| {
        let due = shared.overdue_findings(before);
        for event in &due {
            house.doors.desk.note(PartyId::operator(), event.clone()).await.unwrap();
        }
        due.into_iter().map(|event| serde_json::to_value(event.act).unwrap()).collect::<Vec<_>>()
    };
    let authority = pass(&house, &path, "authority").await;
    weighs(&house, &path, 900.0).await;
    let begin = Timestamp::from_second(1_700_000_000).unwrap();
    // Also where all of it is older than the days: they begin when it is noted.
    let found = clock(Timestamp::from_second(1_900_000_000).unwrap()).await;
    assert!(found.iter().all(|act| act["act"] == "found"), "{found:?}");
    let named = |rule: &str| found.contains(&json!({"act": "found", "rule": rule, "result": "fail"}));
    assert!(named("R3") && named("R9"), "{found:?}");
    assert_eq!(clock(begin).await, [Value::Null; 0], "once");
    let first = shared.received_at(shared.seq()).unwrap();
    let events = read(&house, &house.owner, &format!("{path}/events")).await;
    assert!(!events.to_string().contains("found"), "nobody reads of it: {events}");
    // Other words for the same, again and again, do not begin the days anew.
    for kg in [901.0, 902.0, 903.0] {
        weighs(&house, &path, kg).await;
    }
    assert_eq!(results(&house, &authority, &path, ["R9"]).await, [Value::Null]);
    let told = clock(first).await;
    assert!(told.len() == found.len() && told.iter().all(|act| act["act"] == "told"), "{told:?}");
    assert_eq!(results(&house, &authority, &path, ["R3", "R9"]).await, ["fail", "fail"]);
}
