//! Polling against a real HTTP server.

use super::taken::{Fault, Run, Taken};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

type Asked = Arc<Mutex<(Vec<(Option<String>, String)>, VecDeque<Response>)>>;

/// A source that answers as it was told and notes cursor and authorization of each request.
async fn source(answers: Vec<Response>) -> (SocketAddr, Asked) {
    let asked: Asked = Arc::new(Mutex::new((Vec::new(), answers.into())));
    async fn answer(
        State(asked): State<Asked>,
        Query(query): Query<BTreeMap<String, String>>,
        headers: HeaderMap,
    ) -> Response {
        let mut asked = asked.lock().unwrap();
        let key = headers.get("x-key").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        asked.0.push((query.get("after").cloned(), key));
        asked.1.pop_front().unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let router = Router::new().route("/events", get(answer)).with_state(asked.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (at, asked)
}

fn feed(at: SocketAddr, home: &std::path::Path, more: &str) -> String {
    std::fs::write(home.join("key"), "s3cret").unwrap();
    format!(
        "[transport]\nkind = \"poll\"\nurl = \"http://{at}/events?limit=2\"\nevery = \"50ms\"\n\
         auth = {{ header = \"x-key\", secret = {{ file = \"{}\" }} }}\n{more}",
        home.join("key").display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_followed_by_a_pointer_and_the_place_is_kept() {
    let (home, taken) = (tempfile::tempdir().unwrap(), Taken::new());
    let page =
        |from: u32| format!("{{\"events\":[{{\"n\":{from}}},{{\"n\":{}}}]}}", from + 1).into_response();
    let (at, asked) = source(vec![page(1), page(3)]).await;
    let cursor = "cursor = { parameter = \"after\", pointer = \"/events/*/n\", first = \"0\" }";
    let run = Run::start(home.path(), &taken, &feed(at, home.path(), cursor));
    taken.until(|l| l.len() == 2).await;
    run.until(|_| asked.lock().unwrap().0.len() > 3).await;
    let told = asked.lock().unwrap().0.clone();
    let cursors: Vec<_> = told.iter().map(|(c, _)| c.as_deref().unwrap()).collect();
    assert_eq!(cursors[..4], ["0", "2", "4", "4"]);
    assert!(told.iter().all(|(_, key)| key == "s3cret"));
    run.stop().await;
    let run = Run::start(home.path(), &taken, &feed(at, home.path(), cursor));
    run.until(|_| asked.lock().unwrap().0.len() > told.len() + 1).await;
    assert!(asked.lock().unwrap().0[told.len()..].iter().all(|(c, _)| c.as_deref() == Some("4")));
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_in_trouble_is_asked_again_and_an_answer_that_is_not_stored_moves_nothing() {
    let (home, taken) = (tempfile::tempdir().unwrap(), Taken::new());
    let too_often = (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
    let broken = (StatusCode::BAD_GATEWAY, "no").into_response();
    let moved = (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response();
    let long = "x".repeat(2000).into_response();
    let good = ([("next-page-cursor", "abc")], "good").into_response();
    let (at, asked) = source(vec![too_often, broken, moved, long, good]).await;
    taken.faults.lock().unwrap().extend([Fault::Disk, Fault::Disk]);
    let more = "max_answer = 1000\ncursor = { parameter = \"after\", header = \"Next-Page-Cursor\" }";
    let run = Run::start(home.path(), &taken, &feed(at, home.path(), more));
    taken.until(|l| l == ["good"]).await;
    run.until(|_| asked.lock().unwrap().0.last().is_some_and(|(c, _)| c.as_deref() == Some("abc"))).await;
    let health = run.line.status(jiff::Timestamp::now());
    let reasons: Vec<_> = health.reconnects.iter().map(|(r, n)| (r.as_str(), *n)).collect();
    assert_eq!(reasons, [("http", 2), ("too_long", 1), ("too_often", 1)]);
    assert!(asked.lock().unwrap().0[..5].iter().all(|(c, _)| c.is_none()));
    run.stop().await;
}
