//! Keys: every address asks for one.

use super::assert_problem;
use crate::settings::Settings;
use crate::testing::{house, request};
use axum::body::Body;
use axum::http::StatusCode;

#[tokio::test]
async fn every_address_asks_for_a_key() {
    let house = house(Settings::default());
    let free = ["/livez", "/readyz"];
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let mut walked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let named = ["{id}", "{ref}", "{key}", "{sha256}"];
            let at = named.iter().fold(path.clone(), |at, name| at.replace(name, "x"));
            let got = house.send(request(&method.to_uppercase(), "", &at, Body::empty())).await;
            walked += 1;
            if path.ends_with("/{id}/push") {
                // Its signature is the key; whoever has none learns nothing.
                assert_problem(&got, 404, "API-007");
            } else if let Some((_, status)) = OPEN.iter().find(|(open, _)| open == path) {
                // What these answer needs another factor than a key, or is nobody's secret.
                assert_eq!(got.status.as_u16(), *status, "{method} {path}");
            } else if free.contains(&path.as_str()) {
                assert_eq!(got.status, StatusCode::OK, "{method} {path}");
            } else {
                assert_problem(&got, 401, "API-001");
                assert!(got.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
            }
        }
    }
    assert!(walked >= 20, "{walked}");
    let told = [house.get("", "/readyz").await.json(), house.get(&house.operator, "/readyz").await.json()];
    assert_eq!((&told[0]["seq"], told[1]["seq"].is_u64()), (&serde_json::Value::Null, true), "{told:?}");
    for free in ["/openapi.json", "/docs/"] {
        assert_eq!(house.get("", free).await.status, StatusCode::OK, "{free}");
    }
}

/// Doors without a key, with what they answer to an empty question.
const OPEN: &[(&str, u16)] = &[
    ("/.well-known/jwks.json", 200),
    ("/.well-known/oauth-authorization-server", 200),
    ("/oauth/jwks.json", 200),
    ("/oauth/token", 400),
    ("/v1/trust/days/{day}", 404),
    ("/v1/trust/days/{day}/proof", 400),
    ("/v1/verify", 400),
    ("/v1/links/open", 400),
    ("/schemas/{id}", 404),
];

#[tokio::test]
async fn keys_are_refused_where_they_do_not_belong() {
    let house = house(Settings::default());
    assert_problem(&house.get("sl_sk_00", "/v1/clock").await, 401, "API-002");
    assert_problem(&house.get("", &format!("/v1/clock?key={}", house.operator)).await, 400, "API-003");
    assert_problem(&house.get(&house.public, "/v1/submissions").await, 403, "API-005");
    assert_problem(&house.get(&house.owner, "/metrics").await, 403, "API-005");
    assert_problem(&house.get(&house.owner, "/v1/vessels").await, 403, "API-005");
    assert_eq!(house.get("", &format!("/v1/clock?key={}", house.public)).await.status, StatusCode::OK);
    let mut foreign = request("GET", &house.public, "/v1/clock", Body::empty());
    foreign.headers_mut().insert("origin", "https://other.example".parse().unwrap());
    assert_problem(&house.send(foreign).await, 403, "API-004");
    let mut own = request("GET", &house.public, "/v1/clock", Body::empty());
    own.headers_mut().insert("origin", "https://shop.example".parse().unwrap());
    let got = house.send(own).await;
    assert_eq!(got.header("access-control-allow-origin"), "https://shop.example");
    assert!(got.header("access-control-expose-headers").contains("etag"));
}

#[tokio::test]
async fn what_a_party_does_is_shut_for_keys_that_web_pages_hold() {
    let house = house(Settings::default());
    for path in ["/v1/webhooks", "/v1/webhooks/wh_1/deliveries", "/v1/events"] {
        assert_problem(&house.get(&house.public, path).await, 403, "API-005");
    }
    for path in [
        "/v1/papers",
        "/v1/certificates/check",
        "/v1/webhooks",
        "/v1/webhooks/wh_1/remove",
        "/v1/webhooks/wh_1/test",
        "/v1/webhooks/wh_1/deliveries/evt_1/again",
    ] {
        assert_problem(&house.post(&house.public, path, "{}").await, 403, "API-005");
    }
    // Nothing of a paper is believed, and what is no paper is not kept.
    let told = house.post(&house.owner, "/v1/papers", "no PDF").await;
    assert_eq!(
        (told.status.as_u16(), house.get(&house.owner, "/v1/events").await.json()["events"].clone()),
        (400, serde_json::json!([]))
    );
    let checked = house.post(&house.owner, "/v1/certificates/check", "{}").await.json();
    assert_eq!(checked["would_take"], false, "{checked}");
    assert_eq!(
        house.get(&house.owner, "/v1/certificates").await.json()["certificates"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn the_open_demo_needs_no_key_but_its_own_machine() {
    let house = house(Settings { open: true, ..Settings::default() });
    let mut here = request("GET", "", "/v1/vessels", Body::empty());
    here.headers_mut().insert("host", "127.0.0.1:9".parse().unwrap());
    assert_eq!(house.send(here).await.status, StatusCode::OK);
    assert_problem(&house.get("", "/v1/vessels").await, 403, "API-006");
}
