//! One certificate that several parties entered: who learns what, and who decides.

use super::consistency::pass;
use super::{BOX, assert_problem, told};
use crate::testing::{Got, House, Move, message};
use axum::http::StatusCode;
use sealane_data::observation::Kind;
use serde_json::{Value, json};

/// The owner entered a certificate first, then the stranger; returns both addresses.
async fn entered_twice() -> (House, String, String) {
    let house = told().await;
    let first = house.certify(&house.owner, "HC-778899", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let before = used_once(&house, &house.owner, &format!("/v1/certificates/{first}")).await;
    assert_eq!(before, "pass");
    let second = house.certify(&house.stranger, "HC-778899", &[("BKG", "BKG77001")]).await;
    (house, format!("/v1/certificates/{first}"), format!("/v1/certificates/{second}"))
}

/// What R14 says to somebody.
async fn used_once(house: &House, key: &str, path: &str) -> Value {
    let all = seen(house, key, &format!("{path}/consistency")).await;
    all["rules"].as_array().unwrap().iter().find(|r| r["rule"] == "R14").unwrap()["result"].clone()
}

async fn seen(house: &House, key: &str, path: &str) -> Value {
    let got = house.get(key, path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}");
    got.json()
}

async fn queue(house: &House) -> Vec<Value> {
    let all = seen(house, &house.operator, "/v1/certificates/conflicts?kind=conflict").await;
    let lines = all["waiting"].as_array().unwrap().iter();
    lines.filter(|line| line["kind"] == "same_number").cloned().collect()
}

async fn settle(house: &House, conflict: &str, path: &str, choice: &str) -> Got {
    let id = path.rsplit('/').next().unwrap();
    let body = json!({ "certificate": id, "choice": choice, "reason": "seen" }).to_string();
    house.post(&house.operator, &format!("/v1/certificates/conflicts/{conflict}"), body).await
}

#[tokio::test]
async fn a_second_party_that_enters_a_number_waits_for_a_person_and_the_first_keeps_what_it_has() {
    let (house, first, second) = entered_twice().await;
    assert_eq!(seen(&house, &house.owner, &first).await["entry"], Value::Null);
    let authority = pass(&house, &first, "authority").await;
    for key in [&house.owner, &authority, &house.operator] {
        assert_eq!(used_once(&house, key, &first).await, "pass", "the first keeps what it has");
    }
    let theirs = seen(&house, &house.stranger, &second).await;
    let text = "another entry exists, under review";
    assert_eq!(theirs["entry"], json!({ "state": "under_review", "text": text }));
    // Nothing of the first is in what the second reads, anywhere.
    let (mine, id) = (first.rsplit('/').next().unwrap(), second.rsplit('/').next().unwrap());
    for tail in ["", "/consistency", "/events", "/bindings", "/verifications", "/route"] {
        let got = seen(&house, &house.stranger, &format!("{second}{tail}")).await.to_string();
        assert!(!got.contains(mine) && !got.contains("owner\""), "{tail}: {got}");
    }
    // Somebody who opens the second through a link of its owner's learns only that it is looked at.
    let wanted = json!({ "profile": "authority" }).to_string();
    let made = house.post(&house.stranger, &format!("{second}/passes"), wanted).await.json();
    let holder = made["pass"].as_str().unwrap();
    let read = seen(&house, holder, &second).await;
    assert_eq!((read.get("entry"), &read["consistency"]["state"]), (None, &json!("under_review")));
    let rules = seen(&house, holder, &format!("{second}/consistency")).await;
    assert_eq!(rules, json!({"state": "under_review", "text": "under review"}));
    // The operator reads who entered what.
    let lines = queue(&house).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["certificate"], json!({ "id": id, "number": "HC-778899" }));
    let entries = lines[0]["entries"].as_array().unwrap();
    let told: Vec<_> = entries.iter().map(|e| (e["party"].as_str(), e["state"].as_str())).collect();
    assert_eq!(told, [(Some("owner"), Some("stands")), (Some("stranger"), Some("under_review"))]);
    let text = lines[0]["text"].as_str().unwrap();
    assert!(text.contains("`owner` as") && text.contains("the documents differ"), "{text}");
}

#[tokio::test]
async fn a_person_decides_which_entry_stands() {
    let (house, first, second) = entered_twice().await;
    let conflict = queue(&house).await[0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "certificate": second, "choice": "tie" }).to_string();
    let door = format!("/v1/certificates/conflicts/{conflict}");
    for key in [&house.owner, &house.stranger] {
        assert_problem(&house.post(key, &door, body.clone()).await, 403, "API-005");
    }
    assert_eq!(settle(&house, &conflict, "eco_none", "tie").await.status, StatusCode::NOT_FOUND);
    let public = async |path: &str| house.get(&house.public, path).await.status;
    let publish = house.post(&house.owner, &format!("{first}/publish"), String::new()).await;
    assert_eq!((publish.status, public(&first).await), (StatusCode::OK, StatusCode::OK));
    // The first turns out to be somebody's guess: it is set aside, and the second stands.
    for (path, choice) in [(&first, "part"), (&second, "tie")] {
        assert_eq!(settle(&house, &conflict, path, choice).await.status, StatusCode::CREATED);
    }
    assert_eq!(queue(&house).await, Vec::<Value>::new(), "it is decided");
    assert_eq!(public(&first).await, StatusCode::NOT_FOUND, "what does not stand is not public");
    assert_eq!(seen(&house, &house.stranger, &second).await["entry"], Value::Null);
    let gone = seen(&house, &house.owner, &first).await;
    assert_eq!(
        (&gone["entry"]["state"], &gone["consistency"]["state"]),
        (&json!("set_aside"), &json!("conflict"))
    );
    let events = seen(&house, &house.owner, &format!("{first}/events")).await;
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["act"], &last["stands"], &last["reason"]),
        (&json!("upheld"), &json!(false), &json!(""))
    );
    // As it was before the decision.
    let before = format!("{first}?as_of=2027-01-15T08:00:04Z");
    assert_eq!(seen(&house, &house.owner, &before).await["entry"], Value::Null);
}

#[tokio::test]
async fn the_same_party_enters_its_number_once() {
    let (house, ..) = entered_twice().await;
    let document = crate::testing::certificate("HC-778899", &[("BKG", "BKG77001")]);
    let again = house.post(&house.stranger, "/v1/certificates", document).await;
    assert_eq!(again.status, StatusCode::OK, "the same document again is the same certificate");
    assert_eq!(queue(&house).await.len(), 1);
}

#[tokio::test]
async fn who_enters_a_known_number_for_other_goods_blackens_nobody_and_hides_nothing_from_customs() {
    let house = told().await;
    let other = Move {
        kind: Kind::GateIn,
        container: "MSKU9070323",
        booking: "BKG88002",
        place: "CNSGH",
        at: "2026-09-03T06:00:00",
    };
    house.tell(&house.terminal, &message(&[other], &[])).await;
    let first = house.certify(&house.owner, "HC-778899", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let bindings = [("BKG", "BKG88002"), ("EQ", "MSKU9070323")];
    let second = house.certify(&house.stranger, "HC-778899", &bindings).await;
    let [first, second] = [first, second].map(|id| format!("/v1/certificates/{id}"));
    assert_eq!(used_once(&house, &house.owner, &first).await, "pass");
    let authority = pass(&house, &first, "authority").await;
    for key in [&authority, &house.operator] {
        assert_eq!(used_once(&house, key, &first).await, "warn", "nobody decided yet if the second stands");
    }
    let wanted = json!({ "profile": "authority" }).to_string();
    let made = house.post(&house.stranger, &format!("{second}/passes"), wanted).await.json();
    let customs = made["pass"].as_str().unwrap();
    assert_eq!(used_once(&house, customs, &second).await, "fail", "a use twice over is read at once");
    assert_eq!(seen(&house, customs, &second).await["consistency"]["state"], "conflict");
    assert_eq!(used_once(&house, &house.stranger, &second).await, "warn", "it is not told of the first");
    // A person finds that both stand: then it is used twice, whoever looks.
    let conflict = queue(&house).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(settle(&house, &conflict, &second, "tie").await.status, StatusCode::CREATED);
    assert_eq!(used_once(&house, &authority, &first).await, "fail");
    // Who was wrong decides it again.
    assert_eq!(settle(&house, &conflict, &second, "part").await.status, StatusCode::CREATED);
    assert_eq!(used_once(&house, &authority, &first).await, "pass", "it was set aside");
    assert_eq!(settle(&house, &conflict, &second, "tie").await.status, StatusCode::CREATED);
    assert_eq!(used_once(&house, &authority, &first).await, "fail");
}
