//! Feeds of a running `serve`: configured by files, over real sockets and folders, through kill -9.

use super::codeco;
use super::server::{Server, data, eventually};
use futures_util::{SinkExt as _, StreamExt as _};
use ring::hmac;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_mins(1);

/// A box with a right check digit for each number below 10,000.
fn container(n: usize) -> String {
    let stem = format!("TSTU{n:06}");
    let value = |c: char| match c {
        '0'..='9' => c as u32 - '0' as u32,
        // Letters count from 10 and leave out the multiples of 11.
        c => (10..).filter(|v| v % 11 != 0).nth(c as usize - 'A' as usize).unwrap(),
    };
    let sum: u32 = stem.chars().enumerate().map(|(i, c)| value(c) << i).sum();
    format!("{stem}{}", sum % 11 % 10)
}

fn gate(n: usize) -> String {
    codeco(&format!("R{n}"), &container(n), "BKGFEED1", "34", "202609040930")
}

/// What a feed gave since its process began, new or known.
fn told(feed: &Value) -> u64 {
    let count = |name: &str| feed[name].as_u64().unwrap_or_default();
    count("events") + count("duplicates")
}

fn write_feed(data: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(data.join("feeds")).unwrap();
    std::fs::write(data.join("feeds").join(format!("{name}.toml")), text).unwrap();
}

fn feed(server: &Server, id: &str) -> Value {
    let status = server.get("/v1/feeds");
    let found = status["feeds"].as_array().unwrap().iter().find(|f| f["id"] == id).cloned();
    found.unwrap_or(status)
}

/// Asks until the feed is as wanted.
fn until(server: &Server, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let now = feed(server, id);
        if wanted(&now) {
            return now;
        }
        assert!(since.elapsed() < PATIENCE, "{now:#}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn a_watched_folder_is_read_through_a_kill_and_nothing_comes_twice() {
    let (_dir, data) = data();
    write_feed(
        &data,
        "gate",
        "id = \"gate\"\nparty = \"depot\"\n[transport]\nkind = \"folder\"\nsettle = \"0s\"\n",
    );
    let root = data.join("feeds/gate");
    std::fs::create_dir_all(root.join("in")).unwrap();
    std::fs::write(root.join("in/1.edi"), gate(1)).unwrap();
    std::fs::write(root.join("in/2.txt"), "this is no message").unwrap();
    let mut server = Server::serve(&data);
    until(&server, "gate", |f| f["events"] == 1 && f["errors"].as_u64() > Some(0));
    wait_for(&root.join("done/1.edi"));
    wait_for(&root.join("failed/2.txt"));
    assert!(std::fs::read_to_string(root.join("failed/2.txt.why.txt")).unwrap().contains("could be used"));
    assert_eq!(server.get("/v1/submissions")["submissions"][0]["party"], "depot");
    server.kill();
    // As if it had been killed between storing and moving.
    std::fs::rename(root.join("done/1.edi"), root.join("in/1.edi")).unwrap();
    std::fs::write(root.join("in/3.edi"), gate(3)).unwrap();
    let server = Server::serve(&data);
    until(&server, "gate", |f| f["events"] == 1 && f["duplicates"] == 1 && f["state"] == "live");
    wait_for(&root.join("done/1.edi"));
    // What is asked for in the message is answered in the party's folder, which is shown here too.
    let asks = gate(4).replace("+ICR4'UNH", "+ICR4++++1'UNH");
    std::fs::write(root.join("in/.4.edi"), asks).unwrap();
    std::fs::rename(root.join("in/.4.edi"), root.join("in/4.edi")).unwrap();
    wait_for(&root.join("done/4.edi"));
    let since = Instant::now();
    let answer = loop {
        let found = std::fs::read_dir(root.join("out"))
            .unwrap()
            .flatten()
            .find(|e| !e.file_name().to_string_lossy().starts_with('.'));
        if let Some(found) = found {
            break std::fs::read_to_string(found.path()).unwrap();
        }
        assert!(since.elapsed() < PATIENCE, "no answer comes");
        std::thread::yield_now();
    };
    assert!(answer.contains("CONTRL") && answer.contains("ICR4"), "{answer}");
}

fn wait_for(path: &Path) {
    let since = Instant::now();
    while !path.exists() {
        assert!(since.elapsed() < PATIENCE, "{} does not come", path.display());
        std::thread::yield_now();
    }
}

/// Sends numbered interchanges from `from` on until the peer goes or all are sent.
async fn tell(ws: &mut WebSocketStream<TcpStream>, from: usize, to: usize) {
    for n in from..to {
        if ws.send(Message::text(gate(n))).await.is_err() {
            return;
        }
    }
}

#[test]
fn a_websocket_that_overlaps_after_kills_loses_nothing_and_doubles_nothing() {
    const ALL: usize = 300;
    let (_dir, data) = data();
    let runtime = runtime();
    let source = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let at = source.local_addr().unwrap();
    write_feed(
        &data,
        "pcs",
        &format!("id = \"pcs\"\nparty = \"pcs\"\n[transport]\nkind = \"websocket\"\nurl = \"ws://{at}/\"\n"),
    );
    // A source without cursor that begins anew at every connection: all of it overlaps.
    runtime.spawn(async move {
        loop {
            let (stream, _) = source.accept().await.unwrap();
            let Ok(mut ws) = tokio_tungstenite::accept_async(stream).await else { continue };
            tell(&mut ws, 0, ALL).await;
            while ws.next().await.is_some_and(|m| m.is_ok()) {}
        }
    });
    for part in [1, 40, 120] {
        let mut server = Server::serve(&data);
        // How much was new depends on how far the process before came.
        until(&server, "pcs", |f| told(f) >= part);
        server.kill();
    }
    let server = Server::serve(&data);
    until(&server, "pcs", |f| told(f) == ALL as u64);
    for n in [0, 1, ALL / 2, ALL - 1] {
        let shipment = server.get(&format!("/v1/shipments/container:{}", container(n)));
        let events: usize = shipment["journeys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|j| j["events"].as_array().unwrap().len())
            .sum();
        assert_eq!(events, 1, "{shipment:#}");
    }
}

#[test]
fn silence_is_told_once_and_the_return_once_and_the_node_is_stale_between() {
    let (_dir, data) = data();
    let runtime = runtime();
    let hook = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let at = hook.local_addr().unwrap();
    let (told, notices) = std::sync::mpsc::channel::<(String, Vec<u8>)>();
    let take = move |headers: axum::http::HeaderMap, body: axum::body::Bytes| async move {
        let mark = headers["sealane-signature"].to_str().unwrap().to_owned();
        told.send((mark, body.to_vec())).unwrap();
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(take));
    runtime.spawn(async move { axum::serve(hook, router).await.unwrap() });
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("mark"), "hush").unwrap();
    std::fs::write(
        data.join("sealane.toml"),
        format!(
            "[notices]\nwebhook = \"http://{at}/hook\"\nsecret = {{ file = \"{}\" }}\n",
            data.join("mark").display()
        ),
    )
    .unwrap();
    let text = "id = \"cmit\"\nparty = \"operator\"\nnodes = [\"VN-CMIT\"]\nexpect = { every = \"2s\" }\n[transport]\nkind = \"push\"\n";
    write_feed(&data, "cmit", text);
    let server = Server::serve(&data);
    let next = || {
        let (mark, body) = notices.recv_timeout(PATIENCE).expect("a notice comes");
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"hush");
        let right = sealane_data::hex::write(hmac::sign(&key, &body).as_ref());
        assert_eq!(mark, format!("sha256={right}"));
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let silent = next();
    assert_eq!((&silent["type"], &silent["feed"]), (&"feed.silent".into(), &"cmit".into()));
    assert_eq!(silent["nodes"], serde_json::json!(["VN-CMIT"]));
    for word in ["cause", "visitors_see", "to_do"] {
        assert!(silent[word].as_str().is_some_and(|t| t.len() > 10), "{silent:#}");
    }
    assert_eq!(feed(&server, "cmit")["state"], "silent");
    let node = || server.get("/v1/nodes/VN-CMIT");
    let stale = node()["properties"]["stale_since"].clone();
    assert_eq!(stale, silent["since"], "{:#}", node());
    let answer = server.ask("POST", "/v1/submissions", gate(1).as_bytes());
    assert_eq!(answer.status, 200);
    let back = next();
    assert_eq!(back["type"], "feed.returned", "one notice of the silence, then one of the return");
    until(&server, "cmit", |f| f["events"] == 1);
    assert_eq!(node()["properties"]["stale_since"], Value::Null);
    assert!(server.ask("GET", "/metrics", b"").body.windows(19).any(|w| w == b"sealane_feed_silent"));
}

#[test]
fn a_signed_push_needs_no_key_and_another_signature_is_not_found() {
    let (_dir, data) = data();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("mark"), "hush").unwrap();
    let text = format!(
        "id = \"carrier\"\nparty = \"carrier\"\n[transport]\nkind = \"push\"\nsignature = {{ file = \"{}\" }}\n",
        data.join("mark").display()
    );
    write_feed(&data, "carrier", &text);
    let server = Server::serve(&data);
    until(&server, "carrier", |f| f["id"] == "carrier");
    let body = gate(7);
    let sign = |secret: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, body.as_bytes());
        format!("sha256={}", sealane_data::hex::write(tag.as_ref()))
    };
    let push = |feed: &str, secret: &str| {
        let mark = sign(secret);
        let headers = [("notification-signature", mark.as_str())];
        server.ask_with("POST", &format!("/v1/feeds/{feed}/push"), &headers, None, body.as_bytes())
    };
    assert_eq!(push("carrier", "wrong").status, 404);
    assert_eq!(push("nobody", "hush").status, 404);
    let taken = push("carrier", "hush");
    assert_eq!((taken.status.as_u16(), &taken.json()["events"]), (200, &1.into()));
    assert_eq!(push("carrier", "hush").json()["duplicates"], 1);
    let state = feed(&server, "carrier");
    assert_eq!((&state["refused"]["signature"], &state["events"]), (&1.into(), &1.into()));
    assert_eq!(server.get("/v1/submissions")["submissions"][0]["party"], "carrier");
}

#[test]
fn a_strangers_push_is_refused_before_its_body() {
    use std::io::{Read as _, Write as _};
    let (_dir, data) = data();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("mark"), "hush").unwrap();
    let text = format!(
        "id = \"carrier\"\nparty = \"carrier\"\n[transport]\nkind = \"push\"\nsignature = {{ file = \"{}\" }}\n",
        data.join("mark").display()
    );
    write_feed(&data, "carrier", &text);
    let server = Server::serve(&data);
    until(&server, "carrier", |f| f["id"] == "carrier");
    // Four megabytes are announced and never come: an answer that waited for them would not come either.
    for (feed, mark) in [("nobody", "00"), ("carrier", "sha256=zz"), ("carrier", "00")] {
        let mut stream = std::net::TcpStream::connect(&server.address).unwrap();
        let head = format!(
            "POST /v1/feeds/{feed}/push HTTP/1.1\r\nhost: {}\r\ncontent-length: 4000000\r\nnotification-signature: {mark}\r\n\r\n",
            server.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 404");
    }
    assert_eq!(feed(&server, "carrier")["refused"]["signature"], 2);
}

#[test]
fn a_silent_feed_that_is_removed_leaves_nothing_stale() {
    let (_dir, data) = data();
    let text = "id = \"cmit\"\nparty = \"operator\"\nnodes = [\"VN-CMIT\"]\nexpect = { every = \"1s\" }\n[transport]\nkind = \"push\"\n";
    write_feed(&data, "cmit", text);
    let server = Server::serve(&data);
    let stale = || server.get("/v1/nodes/VN-CMIT")["properties"]["stale_since"].clone();
    eventually(|| (!stale().is_null()).then_some(()));
    std::fs::remove_file(data.join("feeds/cmit.toml")).unwrap();
    eventually(|| stale().is_null().then_some(()));
    assert_eq!(server.get("/v1/feeds")["feeds"], serde_json::json!([]));
}

#[test]
fn a_file_that_cannot_be_put_away_does_not_block_the_folder() {
    let (_dir, data) = data();
    let text = "id = \"gate\"\nparty = \"depot\"\n[transport]\nkind = \"folder\"\nsettle = \"0s\"\n";
    write_feed(&data, "gate", text);
    let root = data.join("feeds/gate");
    std::fs::create_dir_all(root.join("in")).unwrap();
    // With any ending its name is too long for the disk.
    std::fs::write(root.join("in").join("a".repeat(250)), "this is no message").unwrap();
    std::fs::write(root.join("in/b.edi"), gate(2)).unwrap();
    let server = Server::serve(&data);
    until(&server, "gate", |f| f["events"] == 1);
    wait_for(&root.join("done/b.edi"));
}

#[test]
fn ais_over_tcp_becomes_points_of_tracks_and_what_cannot_be_is_counted() {
    use jiff::Timestamp;
    use sealane_ingest::sim::{AisPoint, ais_position};
    use tokio::io::AsyncWriteExt as _;
    let (_dir, data) = data();
    let runtime = runtime();
    let source = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let at = source.local_addr().unwrap();
    let text = format!(
        "id = \"ais\"\nparty = \"operator\"\ncarries = \"positions\"\nrecord = {{}}\n[transport]\nkind = \"tcp\"\nconnect = \"{at}\"\n"
    );
    write_feed(&data, "ais", &text);
    // Two hours off Port Klang, a report a minute; then one from the future and one from the other side.
    let start = Timestamp::now() - jiff::SignedDuration::from_hours(3);
    let point = |minute: i64, latitude: f64| AisPoint {
        at: start + jiff::SignedDuration::from_mins(minute),
        latitude,
        longitude: 100.5,
        speed: 12.0,
        course: 0.0,
    };
    let mut lines: Vec<u8> = (0..120)
        .flat_map(|m| ais_position(563_012_345, &point(m, 3.0 + m as f64 * 0.2 / 60.0), Some("s1")))
        .collect();
    lines.extend(ais_position(563_012_345, &point(600, 3.5), Some("s1")));
    lines.extend(ais_position(563_012_345, &point(121, 51.0), Some("s1")));
    lines.extend(b"this is no sentence\n");
    let sending = runtime.spawn(async move {
        let (mut peer, _) = source.accept().await.unwrap();
        peer.write_all(&lines).await.unwrap();
        std::future::pending::<()>().await;
    });
    let server = Server::serve(&data);
    let health = until(&server, "ais", |f| f["frames"] == 123 && f["events"].as_u64() >= Some(20));
    let points = health["events"].as_u64().unwrap();
    assert!((20..60).contains(&points), "two hours give a point every five minutes: {health:#}");
    let refused = health["refused"].as_object().unwrap();
    let all: u64 = refused.values().filter_map(Value::as_u64).sum();
    assert!(all >= 3, "{health:#}");
    let recorded = std::fs::read_dir(data.join("feeds/ais/frames")).unwrap().count();
    assert_eq!(recorded, 1);
    sending.abort();
}
