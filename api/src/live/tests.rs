mod sockets;
mod together;

use super::delta::tests::apply;
use crate::settings::Settings;
use crate::testing::{House, Move, house, message, request};
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use sealane_data::observation::Kind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tower::ServiceExt as _;

const BOX: &str = "CSQU3054383";

/// Nothing here takes a second; a test that waits longer has failed.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("it comes soon")
}

async fn tell(house: &House, kind: Kind, place: &'static str, at: &'static str) {
    let said = Move { kind, container: BOX, booking: "BKG77001", place, at };
    house.tell(&house.terminal, &message(&[said], &[])).await;
}

async fn certified() -> (House, String) {
    let house = house(Settings::default());
    tell(&house, Kind::Loaded, "SGSIN", "2026-09-05T14:20:00").await;
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    (house, id)
}

/// A browser's end of a stream of events.
struct Events {
    body: BodyDataStream,
    text: String,
}

#[derive(Debug)]
struct Event {
    kind: String,
    id: String,
    data: Value,
}

impl Events {
    async fn open(house: &House, path: &str, last: Option<&str>) -> Self {
        let mut request = request("GET", &house.owner, path, Body::empty());
        request.headers_mut().insert("accept", "text/event-stream".parse().unwrap());
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().unwrap());
        }
        let response = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Returns the next block; nothing when the stream has ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = soon(self.body.next()).await?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Returns the next event that carries data.
    async fn next(&mut self) -> Event {
        loop {
            let block = self.block().await.expect("the stream goes on");
            let field = |name: &str| {
                let line = block.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':'));
                line.map(|l| l.trim_start().to_owned())
            };
            if let Some(data) = field("data") {
                let data = serde_json::from_str(&data).unwrap();
                return Event { kind: field("event").unwrap(), id: field("id").unwrap_or_default(), data };
            }
        }
    }
}

async fn features(house: &House, id: &str) -> BTreeMap<String, Value> {
    let route = house.get(&house.owner, &format!("/v1/certificates/{id}/route")).await.json();
    let named = |f: &Value| (f["id"].as_str().unwrap().to_owned(), f.clone());
    route["features"].as_array().unwrap().iter().map(named).collect()
}

#[tokio::test]
async fn a_stream_starts_with_a_snapshot_and_goes_on_with_changes() {
    let (house, id) = certified().await;
    let mut events = Events::open(&house, &format!("/v1/certificates/{id}/stream"), None).await;
    assert!(events.block().await.unwrap().contains("retry: 2000"));
    let first = events.next().await;
    assert_eq!((first.kind.as_str(), first.data["removeAll"].as_bool()), ("snapshot", Some(true)));
    assert_eq!(first.id, format!("e1-{}", first.data["as_of_seq"]));
    assert!(first.data["clock"]["now"].is_string());
    let mut state = BTreeMap::new();
    apply(&mut state, &first.data);
    assert_eq!(state, features(&house, &id).await);
    tell(&house, Kind::Discharged, "MYPKG", "2026-09-12T06:00:00").await;
    let second = events.next().await;
    assert_eq!((second.kind.as_str(), &second.data["removeAll"]), ("change", &Value::Null));
    apply(&mut state, &second.data);
    assert_eq!(state, features(&house, &id).await);
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_left() {
    let (house, id) = certified().await;
    let path = format!("/v1/certificates/{id}/stream");
    let mut events = Events::open(&house, &path, None).await;
    let first = events.next().await;
    drop(events);
    // Two changes while nobody listens, then one event that holds both.
    tell(&house, Kind::Discharged, "MYPKG", "2026-09-12T06:00:00").await;
    tell(&house, Kind::GateOut, "MYPKG", "2026-09-13T06:00:00").await;
    let mut state = BTreeMap::new();
    apply(&mut state, &first.data);
    let mut again = Events::open(&house, &path, Some(&first.id)).await;
    let second = again.next().await;
    assert_eq!(second.kind, "change");
    apply(&mut state, &second.data);
    assert_eq!(state, features(&house, &id).await);
    // Who has seen everything is sent nothing until something happens.
    let mut latest = Events::open(&house, &path, Some(&second.id)).await;
    tell(&house, Kind::GateIn, "SGSIN", "2026-09-04T06:00:00").await;
    let third = latest.next().await;
    assert_eq!(third.kind, "change");
    apply(&mut state, &third.data);
    assert_eq!(state, features(&house, &id).await);
    // Another process's ids, and ids from before the topic is remembered, mean a new start.
    for unknown in ["e0-2", "e1-0", "nonsense"] {
        assert_eq!(
            Events::open(&house, &path, Some(unknown)).await.next().await.kind,
            "snapshot",
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_key_and_with_the_process() {
    let (house, id) = certified().await;
    let path = format!("/v1/certificates/{id}/stream");
    let mut events = Events::open(&house, &path, None).await;
    events.next().await;
    let key = house.doors.keys.check(&house.owner).unwrap();
    let mut other = Events::open(&house, &path, None).await;
    other.next().await;
    house.doors.shared.close();
    assert!(other.block().await.is_none());
    assert!(house.doors.keys.revoke(&key.id).unwrap());
    tell(&house, Kind::Discharged, "MYPKG", "2026-09-12T06:00:00").await;
    assert!(events.block().await.is_none());
}

#[tokio::test]
async fn streams_are_counted_and_limited() {
    let house = house(Settings { max_streams: 1, ..Settings::default() });
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let path = format!("/v1/certificates/{id}/stream");
    let open = Events::open(&house, &path, None).await;
    assert_eq!(house.get(&house.owner, &path).await.json()["code"], "API-019");
    drop(open);
    drop(Events::open(&house, &path, None).await);
    assert_eq!(house.doors.shared.hub().streams(), 0);
}
