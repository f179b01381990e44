//! Live: what is posted reaches open streams, and a stream that was cut goes on where it ended.

use super::certificates::{discharge, enter, gate_and_load};
use super::server::{Server, data};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// A stream of server-sent events over a plain socket.
pub(super) struct Events {
    lines: std::io::Lines<BufReader<TcpStream>>,
}

/// One server-sent event.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) data: Value,
}

impl Events {
    pub(super) fn open(server: &Server, path: &str, last: Option<&str>) -> Self {
        let mut socket = TcpStream::connect(&server.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let resume = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let (host, key) = (&server.address, server.key.as_deref().unwrap());
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nAccept: text/event-stream\r\n{resume}\r\n"
        )
        .unwrap();
        Self { lines: BufReader::new(socket).lines() }
    }

    pub(super) fn next(&mut self) -> Event {
        let mut event = Event { name: String::new(), id: String::new(), data: Value::Null };
        for line in self.lines.by_ref() {
            let line = line.expect("an event arrives in time");
            match line.split_once(": ") {
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                _ if line.is_empty() && !event.data.is_null() => return event,
                _ => {}
            }
        }
        panic!("the stream ended")
    }
}

#[test]
fn a_posted_message_reaches_the_open_stream_and_a_cut_stream_resumes() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let path = format!("/v1/certificates/{id}/stream");
    let mut events = Events::open(&server, &path, None);
    let snapshot = events.next();
    assert_eq!((snapshot.name.as_str(), &snapshot.data["removeAll"]), ("snapshot", &true.into()));
    server.ask("POST", "/v1/submissions", discharge().as_bytes());
    let change = events.next();
    assert_eq!(change.name, "change");
    assert!(change.data["removeAll"] != true, "{}", change.data);
    assert!(change.data.to_string().contains("observed"), "{}", change.data);
    let epoch = |event: &Event| event.id.split('-').next().unwrap().to_owned();
    assert_eq!(epoch(&snapshot), epoch(&change));
    let missed = Events::open(&server, &path, Some(&snapshot.id)).next();
    assert_eq!(missed.id, change.id, "what was missed carries the same number");
    let unknown = Events::open(&server, &path, Some("other-1")).next();
    assert_eq!((unknown.name.as_str(), &unknown.data["removeAll"]), ("snapshot", &true.into()));
}

#[test]
fn the_websocket_tells_the_same_with_the_same_numbers() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let mut events = Events::open(&server, &format!("/v1/certificates/{id}/stream"), None);
    let snapshot = events.next();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut request = format!("ws://{}/v1/live", server.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers
            .insert("authorization", format!("Bearer {}", server.key.as_deref().unwrap()).parse().unwrap());
        headers.insert("sec-websocket-protocol", "sealane.live.v1+json".parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let subscribe = json!({"subscribe": {"certificates": [id], "vessels": false}});
        socket.send(Message::text(subscribe.to_string())).await.unwrap();
        let mut next = async || loop {
            let message =
                tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap().unwrap().unwrap();
            if let Message::Text(text) = message {
                return serde_json::from_str::<Value>(&text).unwrap();
            }
        };
        let first = next().await;
        assert_eq!(
            (first["type"].as_str(), first["id"].as_str()),
            (Some("snapshot"), Some(snapshot.id.as_str()))
        );
        let body = discharge();
        super::server::send(
            &server.address,
            "POST",
            "/v1/submissions",
            &[],
            server.key.as_deref(),
            body.as_bytes(),
        )
        .await
        .unwrap();
        let change = next().await;
        assert_eq!(change["type"], "change");
        assert_eq!(change["id"].as_str(), Some(events.next().id.as_str()));
    });
}
