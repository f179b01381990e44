//! Requests of any kind, good and bad.

use super::{assert_problem, voyage};
use crate::settings::Settings;
use crate::testing::{house, message, request};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;

#[tokio::test]
async fn unknown_parameters_methods_and_addresses_are_problems() {
    let house = house(Settings::default());
    let key = &house.operator;
    for path in
        ["/v1/clock?foo=1", "/v1/submissions?limit=x", "/v1/kpis/teu?node=a", "/v1/nodes?areas=perhaps"]
    {
        assert_problem(&house.get(key, path).await, 400, "API-008");
    }
    assert_problem(
        &house.get(key, "/v1/kpis/teu?node=a&from=2026-01-01&to=2026-02-01").await,
        400,
        "API-008",
    );
    assert_problem(&house.get(key, "/v2/anything").await, 404, "API-007");
    assert_problem(&house.send(request("DELETE", key, "/v1/clock", Body::empty())).await, 405, "API-017");
    let head = house.send(request("HEAD", key, "/v1/nodes", Body::empty())).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("x-content-type-options"), "nosniff");
    assert!(!head.header("x-request-id").is_empty());
}

#[tokio::test]
async fn bodies_are_capped_and_names_kept() {
    let house = house(Settings { max_body: 1_000, ..Settings::default() });
    assert_problem(&house.post(&house.owner, "/v1/submissions", vec![b'x'; 1_001]).await, 413, "API-010");
    let stream = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    assert_problem(
        &house.post(&house.owner, "/v1/submissions", Body::from_stream(stream)).await,
        413,
        "API-010",
    );
    let mut long = request("POST", &house.owner, "/v1/submissions", Body::from("{}"));
    long.headers_mut().insert("idempotency-key", "k".repeat(256).parse().unwrap());
    assert_problem(&house.send(long).await, 400, "API-009");
}

#[tokio::test]
async fn an_acknowledgement_comes_when_it_is_asked_for() {
    let house = house(Settings::default());
    let body = serde_json::to_vec(&message(&voyage("BKG77001"), &[])).unwrap();
    let mut asking = request("POST", &house.terminal, "/v1/submissions", Body::from(body));
    asking.headers_mut().insert("accept", "application/edifact".parse().unwrap());
    asking.headers_mut().insert("x-filename", "coarri.edi".parse().unwrap());
    let got = house.send(asking).await;
    assert_eq!((got.header("content-type"), &got.bytes[..3]), ("application/edifact", b"UNB".as_slice()));
    let kept = house
        .get(&house.terminal, &format!("/v1/submissions/{}", got.header("sealane-submission")))
        .await
        .json();
    assert_eq!(kept["source"]["name"], "coarri.edi");
    assert_eq!(kept["receipt"]["events"], 2);
}

#[tokio::test]
async fn panics_and_unreadiness_are_problems_that_tell_no_cause() {
    let settings = Settings::default();
    let ready = settings.ready.clone();
    let house = house(settings);
    let got = house.post(&house.owner, "/v1/submissions", "the test intake panics at this").await;
    assert_problem(&got, 500, "API-016");
    assert!(!String::from_utf8_lossy(&got.bytes).contains("intake"));
    ready.store(false, std::sync::atomic::Ordering::Release);
    assert_problem(&house.get(&house.owner, "/v1/clock").await, 503, "API-018");
    assert_eq!(house.get("", "/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.get("", "/livez").await.status, StatusCode::OK);
}

/// The document is kept beside the tests of the whole; `BLESS=1` writes it anew.
#[test]
fn the_openapi_document_is_the_blessed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/openapi.json");
    let now: Value = serde_json::to_value(crate::openapi()).unwrap();
    let text = serde_json::to_string_pretty(&now).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let blessed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(blessed == text, "the OpenAPI document changed; look at it and bless it with BLESS=1");
}
