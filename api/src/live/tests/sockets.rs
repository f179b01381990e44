//! The WebSocket, through a real client.

use super::{Events, apply, certified, soon, tell};
use crate::testing::House;
use futures_util::{SinkExt as _, StreamExt as _};
use sealane_data::observation::Kind;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Serves a house on a port of the system's choice; returns the address.
async fn serve(house: &House) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = house.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("ws://{address}/v1/live")
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(url: &str, protocols: &str) -> Result<Socket, Error> {
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    let (socket, response) = soon(tokio_tungstenite::connect_async(request)).await?;
    assert_eq!(response.headers()["sec-websocket-protocol"], "sealane.live.v1+json");
    Ok(socket)
}

async fn say(socket: &mut Socket, what: &Value) {
    soon(socket.send(Message::text(what.to_string()))).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Value {
    // Bounded as a whole: the pings in between must not keep a silent socket waiting for ever.
    soon(async {
        loop {
            if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
                return serde_json::from_str(text.as_str()).unwrap();
            }
        }
    })
    .await
}

/// What both ways of following must agree on: everything but the clock.
fn essence(mut data: Value) -> Value {
    for name in ["clock", "type", "topic", "id"] {
        data.as_object_mut().unwrap().remove(name);
    }
    data
}

#[tokio::test]
async fn the_websocket_says_what_the_events_say() {
    let (house, id) = certified().await;
    let url = serve(&house).await;
    let mut socket =
        connect(&url, &format!("sealane.live.v1+json, sealane.key.{}", house.owner)).await.unwrap();
    let mut events = Events::open(&house, &format!("/v1/certificates/{id}/stream"), None).await;
    say(&mut socket, &json!({"subscribe": {"certificates": [id]}})).await;
    let mut last = Value::Null;
    for (kind, place, at) in
        [(Kind::Discharged, "MYPKG", "2026-09-12T06:00:00"), (Kind::GateOut, "MYPKG", "2026-09-13T06:00:00")]
    {
        let (heard, event) = (hear(&mut socket).await, events.next().await);
        assert_eq!(
            (heard["type"].as_str(), heard["id"].as_str()),
            (Some(event.kind.as_str()), Some(event.id.as_str()))
        );
        assert_eq!(heard["topic"], format!("certificate:{id}"));
        last = heard["id"].clone();
        assert_eq!(essence(heard), essence(event.data));
        tell(&house, kind, place, at).await;
    }
    drop(socket);
    let mut again =
        connect(&url, &format!("sealane.live.v1+json, sealane.key.{}", house.owner)).await.unwrap();
    say(&mut again, &json!({"subscribe": {"certificates": [id]}, "after": last})).await;
    let (heard, event) = (hear(&mut again).await, events.next().await);
    assert_eq!((heard["type"].as_str(), &heard["id"]), (Some("change"), &json!(event.id)));
    assert_eq!(essence(heard), essence(event.data));
}

#[tokio::test]
async fn the_websocket_shows_nobody_more_than_they_may_see() {
    let (house, id) = certified().await;
    let url = serve(&house).await;
    for key in ["", "sealane.key.sl_sk_00"] {
        let refused = connect(&url, &format!("sealane.live.v1+json, {key}x")).await;
        assert!(matches!(refused, Err(Error::Http(r)) if r.status() == 401), "{key}");
    }
    let protocols = format!("sealane.live.v1+json, sealane.key.{}", house.stranger);
    let mut socket = connect(&url, &protocols).await.unwrap();
    say(&mut socket, &json!({"subscribe": {"certificates": [id], "vessels": true}})).await;
    let (hidden, ships) = (hear(&mut socket).await, hear(&mut socket).await);
    assert_eq!((&hidden["type"], &hidden["topic"]), (&json!("error"), &json!(format!("certificate:{id}"))));
    assert_eq!((&ships["type"], &ships["topic"]), (&json!("error"), &json!("vessels")));
    say(&mut socket, &json!({"subscribe": {"certificates": ["eco_none"]}})).await;
    assert_eq!(hear(&mut socket).await["detail"], hidden["detail"], "unknown and hidden sound alike");
    say(&mut socket, &json!({"subscribe": {"everything": true}})).await;
    assert_eq!(hear(&mut socket).await["type"], "error");
    let many: Vec<String> = (0..201).map(|n| format!("eco_{n}")).collect();
    say(&mut socket, &json!({"subscribe": {"certificates": many}})).await;
    assert!(hear(&mut socket).await["detail"].as_str().unwrap().contains("200"));
    say(&mut socket, &json!({"subscribe": "x".repeat(70_000)})).await;
    soon(async {
        while let Some(Ok(frame)) = socket.next().await {
            assert!(!frame.is_text());
        }
    })
    .await;
}

#[tokio::test]
async fn ships_are_followed_by_the_operator() {
    let (house, _) = certified().await;
    let url = serve(&house).await;
    let protocols = format!("sealane.live.v1+json, sealane.key.{}", house.operator);
    let mut socket = connect(&url, &protocols).await.unwrap();
    say(&mut socket, &json!({"subscribe": {"vessels": true}})).await;
    let first = hear(&mut socket).await;
    assert_eq!((&first["type"], &first["topic"]), (&json!("snapshot"), &json!("vessels")));
    tell(&house, Kind::VesselDeparted, "SGSIN", "2026-09-06T02:00:00").await;
    let mut state = BTreeMap::new();
    apply(&mut state, &first);
    apply(&mut state, &hear(&mut socket).await);
    let served = house.get(&house.operator, "/v1/vessels").await.json();
    let served: BTreeMap<String, Value> = served["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["id"].as_str().unwrap().to_owned(), f.clone()))
        .collect();
    assert_eq!(state, served);
    assert!(!state.is_empty());
}

#[tokio::test]
async fn a_socket_that_follows_a_public_reference_ends_with_it() {
    let (house, id) = certified().await;
    let door = format!("/v1/certificates/{id}");
    house.post(&house.owner, &format!("{door}/publish"), "").await;
    let url = format!("{}?key={}", serve(&house).await, house.public);
    let mut socket = connect(&url, "sealane.live.v1+json").await.unwrap();
    say(&mut socket, &json!({"subscribe": {"certificates": [id]}})).await;
    assert_eq!(hear(&mut socket).await["type"], "snapshot");
    let made = house.post(&house.owner, &format!("{door}/public-ref"), "").await.json();
    // It is told nothing more, least of all the new reference.
    let ended = soon(async {
        loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Close(frame) => return frame,
                Message::Text(text) => panic!("{text}"),
                _ => {}
            }
        }
    });
    assert_eq!(u16::from(ended.await.unwrap().code), 1008);
    let mut socket = connect(&url, "sealane.live.v1+json").await.unwrap();
    let name = made["public_ref"].as_str().unwrap();
    say(&mut socket, &json!({"subscribe": {"certificates": [id, name]}})).await;
    let refused = hear(&mut socket).await;
    assert_eq!((&refused["type"], &refused["topic"]), (&json!("error"), &json!(format!("certificate:{id}"))));
    let snapshot = hear(&mut socket).await;
    assert_eq!(
        (&snapshot["type"], &snapshot["topic"]),
        (&json!("snapshot"), &json!(format!("certificate:{name}")))
    );
}
