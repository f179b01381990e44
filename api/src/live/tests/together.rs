//! Several topics over one stream of server-sent events.

use super::{BOX, Events, apply, certified, features, tell};
use axum::http::StatusCode;
use sealane_data::observation::Kind;
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn one_stream_follows_several_certificates_and_names_each() {
    let (house, first) = certified().await;
    let second = house.certify(&house.owner, "HC-2", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let path = format!("/v1/live?certificates={first},{second}");
    let mut events = Events::open(&house, &path, None).await;
    let mut states = BTreeMap::<String, BTreeMap<_, _>>::new();
    let mut last = String::new();
    for round in 0..2 {
        for _ in 0..2 {
            let event = events.next().await;
            assert_eq!(event.kind, if round == 0 { "snapshot" } else { "change" });
            let topic = event.data["topic"].as_str().unwrap().to_owned();
            apply(states.entry(topic).or_default(), &event.data);
            // What is sent together has one id, on the last event.
            last = if event.id.is_empty() { last } else { event.id };
        }
        if round == 0 {
            tell(&house, Kind::Discharged, "MYPKG", "2026-09-12T06:00:00").await;
        }
    }
    for id in [&first, &second] {
        assert_eq!(states[&format!("certificate:{id}")], features(&house, id).await, "{id}");
    }
    tell(&house, Kind::GateOut, "MYPKG", "2026-09-13T06:00:00").await;
    let again = Events::open(&house, &path, Some(&last)).await.next().await;
    assert_eq!(again.kind, "change", "it goes on where it was left");
}

#[tokio::test]
async fn what_may_not_be_followed_is_refused_by_name_and_the_rest_goes_on() {
    let (house, id) = certified().await;
    let path = format!("/v1/live?certificates=eco_none,{id}&vessels=true");
    let mut events = Events::open(&house, &path, None).await;
    for topic in ["certificate:eco_none", "vessels"] {
        let event = events.next().await;
        assert_eq!((event.kind.as_str(), &event.data["topic"]), ("refusal", &json!(topic)));
    }
    assert_eq!(events.next().await.kind, "snapshot");
}

#[tokio::test]
async fn only_who_asks_for_events_gets_them_and_not_too_many() {
    let (house, id) = certified().await;
    let plain = house.get(&house.owner, &format!("/v1/live?certificates={id}")).await;
    assert_eq!((plain.status, plain.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("API-009")));
    let many: Vec<String> = (0..201).map(|n| format!("eco_{n}")).collect();
    let mut request = crate::testing::request(
        "GET",
        &house.owner,
        &format!("/v1/live?certificates={}", many.join(",")),
        axum::body::Body::empty(),
    );
    request.headers_mut().insert("accept", "text/event-stream".parse().unwrap());
    let got = house.send(request).await;
    assert_eq!((got.status, got.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("API-008")));
}
