use crate::settings::Settings;
use crate::testing::{Got, House, Move, certificate, house, message, request};
use axum::body::Body;
use axum::http::StatusCode;
use sealane_data::observation::Kind;
use serde_json::Value;

const BOX: &str = "CSQU3054383";

fn voyage(booking: &'static str) -> [Move; 2] {
    [
        Move { kind: Kind::Loaded, container: BOX, booking, place: "SGSIN", at: "2026-09-05T14:20:00" },
        Move { kind: Kind::Discharged, container: BOX, booking, place: "MYPKG", at: "2026-09-12T06:00:00" },
    ]
}

fn assert_problem(got: &Got, status: u16, code: &str) {
    assert_eq!((got.status.as_u16(), got.json()["code"].as_str()), (status, Some(code)));
    assert_eq!(got.header("content-type"), "application/problem+json");
}

/// A house in which the terminal told of a box, naming the owner as a party of the booking.
async fn told() -> House {
    let house = house(Settings::default());
    house.tell(&house.terminal, &message(&voyage("BKG77001"), &["OWNER"])).await;
    house
}

#[tokio::test]
async fn every_address_asks_for_a_key() {
    let house = house(Settings::default());
    let free = ["/livez", "/readyz"];
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let mut walked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let at = path.replace("{id}", "x").replace("{ref}", "x");
            let got = house.send(request(&method.to_uppercase(), "", &at, Body::empty())).await;
            walked += 1;
            if free.contains(&path.as_str()) {
                assert_eq!(got.status, StatusCode::OK, "{method} {path}");
            } else {
                assert_problem(&got, 401, "API-001");
                assert!(got.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
            }
        }
    }
    assert!(walked >= 20, "{walked}");
    for free in ["/openapi.json", "/docs/"] {
        assert_eq!(house.get("", free).await.status, StatusCode::OK, "{free}");
    }
}

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
async fn unknown_parameters_methods_and_addresses_are_problems() {
    let house = house(Settings::default());
    let key = &house.operator;
    for path in ["/v1/clock?foo=1", "/v1/submissions?limit=x", "/v1/kpis/teu?node=a", "/v1/nodes?areas=perhaps"] {
        assert_problem(&house.get(key, path).await, 400, "API-008");
    }
    assert_problem(&house.get(key, "/v1/kpis/teu?node=a&from=2026-01-01&to=2026-02-01").await, 400, "API-008");
    assert_problem(&house.get(key, "/v2/anything").await, 404, "API-007");
    assert_problem(&house.send(request("DELETE", key, "/v1/clock", Body::empty())).await, 405, "API-017");
    let head = house.send(request("HEAD", key, "/v1/nodes", Body::empty())).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("x-content-type-options"), "nosniff");
    assert!(!head.header("x-request-id").is_empty());
}

#[tokio::test]
async fn a_stranger_learns_nothing_by_asking_or_posting() {
    let empty = house(Settings::default());
    let unknown = empty.get(&empty.stranger, &format!("/v1/shipments/{BOX}")).await;
    assert_problem(&unknown, 404, "API-007");
    let house = told().await;
    // The stranger tells of the box itself, names itself as a party, and certifies it.
    let own = Move { kind: Kind::GateIn, container: BOX, booking: "BKG77001", place: "SGSIN", at: "2026-09-04T08:00:00" };
    house.tell(&house.stranger, &message(&[own], &["STRANGER"])).await;
    let id = house.certify(&house.stranger, "HC-1", &[("EQ", BOX)]).await;
    for name in [BOX, "container:CSQU3054383", "BKG77001", "booking:BKG77001"] {
        for path in [format!("/v1/shipments/{name}"), format!("/v1/shipments/{name}/route")] {
            let got = house.get(&house.stranger, &path).await;
            assert_eq!((got.status, &got.bytes), (unknown.status, &unknown.bytes), "{path}");
        }
    }
    let route = house.get(&house.stranger, &format!("/v1/certificates/{id}/route")).await.json();
    assert_eq!(route["features"].as_array().unwrap().len(), 0, "nothing is drawn: {route}");
    // What it said is kept for it, and is not taken for observed.
    let inbox = house.get(&house.stranger, "/v1/submissions").await.json();
    assert_eq!(inbox["submissions"].as_array().unwrap().len(), 2);
    let seen = house.get(&house.operator, &format!("/v1/shipments/{BOX}")).await.json();
    let events = seen["journeys"][0]["events"].as_array().unwrap().clone();
    let gate = events.iter().find(|e| e["kind"] == "gate_in").unwrap();
    assert_eq!(gate["certainty"], "reported", "{gate}");
}

#[tokio::test]
async fn the_declared_party_and_the_operator_read_the_shipment() {
    let house = told().await;
    for key in [&house.operator, &house.owner] {
        let got = house.get(key, "/v1/shipments/BKG77001").await;
        let view = got.json();
        assert_eq!(view["reference"], "booking:BKG77001");
        assert_eq!(view["journeys"][0]["container"], BOX);
        let route = house.get(key, "/v1/shipments/booking:BKG77001/route").await;
        assert_eq!(route.header("content-type"), "application/geo+json");
        assert!(route.json()["features"].as_array().unwrap().len() >= 3);
    }
    let strangers_inbox = house.get(&house.stranger, "/v1/submissions").await.json();
    assert_eq!(strangers_inbox["submissions"].as_array().unwrap().len(), 0);
    assert_problem(&house.get(&house.stranger, "/v1/submissions/sub_0000").await, 404, "API-007");
    let raw = house.get(&house.terminal, "/v1/submissions/sub_0000/raw").await;
    assert_eq!((raw.header("content-type"), raw.status), ("text/plain", StatusCode::OK));
}

#[tokio::test]
async fn certificates_come_in_once() {
    let house = house(Settings::default());
    let bindings = [("BKG", "BKG77001")];
    let id = house.certify(&house.owner, "HC-1", &bindings).await;
    let again = house.post(&house.owner, "/v1/certificates", certificate("HC-1", &bindings)).await;
    assert_eq!((again.status, again.json()["id"].as_str()), (StatusCode::OK, Some(id.as_str())));
    assert_eq!(again.header("location"), format!("/v1/certificates/{id}"));
    let other = house.post(&house.owner, "/v1/certificates", certificate("HC-1", &[("BKG", "BKG77002")])).await;
    assert_problem(&other, 409, "API-012");
    let bad = house.post(&house.owner, "/v1/certificates", "{\"regime\": 1}").await;
    assert_problem(&bad, 422, "API-013");
    assert!(bad.json()["findings"][0]["code"].as_str().unwrap().starts_with("ECO-"));
    // Another owner's certificate with the same number is its own, and neither sees the other's.
    let theirs = house.certify(&house.stranger, "HC-1", &bindings).await;
    assert_problem(&house.get(&house.owner, &format!("/v1/certificates/{theirs}")).await, 404, "API-007");
    let mine = house.get(&house.owner, "/v1/certificates").await.json();
    assert_eq!(mine["certificates"].as_array().unwrap().len(), 1);
    let view = house.get(&house.owner, &format!("/v1/certificates/{id}")).await.json();
    assert_eq!(view["verification"]["text"], "not yet checked with the issuer");
    assert_eq!(view["lifecycle"]["source"], "claimed");
}

#[tokio::test]
async fn the_public_sees_published_certificates_only_and_public_fields_only() {
    let house = told().await;
    let id = house.certify(&house.owner, "HC-778899", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let path = format!("/v1/certificates/{id}");
    assert_problem(&house.get(&house.public, &path).await, 404, "API-007");
    assert_problem(&house.post(&house.stranger, &format!("{path}/publish"), "").await, 404, "API-007");
    assert_problem(&house.post(&house.public, &format!("{path}/publish"), "").await, 403, "API-005");
    let published = house.post(&house.owner, &format!("{path}/publish"), "").await.json();
    assert_eq!(published["published"], true, "{published}");
    for tail in ["", "/route", "/route.svg"] {
        let got = house.get(&house.public, &format!("{path}{tail}")).await;
        assert_eq!(got.status, StatusCode::OK, "{tail}");
        let text = String::from_utf8(got.bytes).unwrap();
        for secret in [BOX, "BKG77001", "HC-778899", "BLUE HERON", "9074729", "Hill Stores", "LAMP-77", "terminal", "06:20"] {
            assert!(!text.contains(secret), "{tail} tells `{secret}`: {text}");
        }
    }
    let route = house.get(&house.public, &format!("{path}/route")).await.json();
    let stop = &route["features"].as_array().unwrap().iter().find(|f| f["properties"]["kind"] == "stop").unwrap()["properties"];
    assert!(stop["containers"][0].as_str().unwrap().starts_with("ctr_"), "{stop}");
    assert_eq!(stop["events"][0]["precision"], "day");
    assert_problem(&house.get(&house.public, &format!("{path}/route?profile=internal")).await, 403, "API-005");
    let as_public = house.get(&house.owner, &format!("{path}/route?profile=public")).await.json();
    assert_eq!(as_public, route);
}

#[tokio::test]
async fn a_route_is_cached_by_its_tag() {
    let house = told().await;
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001")]).await;
    let path = format!("/v1/certificates/{id}/route");
    let first = house.get(&house.owner, &path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && first.header("cache-control").starts_with("private"));
    let with_tag = |tag: &str| {
        let mut again = request("GET", &house.owner, &path, Body::empty());
        again.headers_mut().insert("if-none-match", tag.parse().unwrap());
        again
    };
    let got = house.send(with_tag(&tag)).await;
    assert_eq!((got.status, got.bytes.len(), got.header("etag")), (StatusCode::NOT_MODIFIED, 0, tag.as_str()));
    let mut zipped = request("GET", &house.owner, &path, Body::empty());
    zipped.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let zipped = house.send(zipped).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_ne!(zipped.header("etag"), tag);
    assert_eq!(house.send(with_tag(zipped.header("etag"))).await.status, StatusCode::NOT_MODIFIED);
    let gate = Move { kind: Kind::GateOut, container: BOX, booking: "BKG77001", place: "MYPKG", at: "2026-09-13T06:00:00" };
    house.tell(&house.terminal, &message(&[gate], &[])).await;
    let changed = house.send(with_tag(&tag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    let route = changed.json();
    assert_eq!(route["sealane"]["certificate"]["id"], id.as_str());
    for feature in route["features"].as_array().unwrap() {
        assert_eq!(feature["id"], feature["properties"]["id"]);
    }
    assert!(route["bbox"].is_array() && route["sealane"]["as_of"].is_string(), "{}", route["sealane"]);
}

#[tokio::test]
async fn bodies_are_capped_and_names_kept() {
    let house = house(Settings { max_body: 1_000, ..Settings::default() });
    assert_problem(&house.post(&house.owner, "/v1/submissions", vec![b'x'; 1_001]).await, 413, "API-010");
    let stream = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    assert_problem(&house.post(&house.owner, "/v1/submissions", Body::from_stream(stream)).await, 413, "API-010");
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
    let kept = house.get(&house.terminal, &format!("/v1/submissions/{}", got.header("sealane-submission"))).await.json();
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

#[tokio::test]
async fn the_open_demo_needs_no_key_but_its_own_machine() {
    let house = house(Settings { open: true, ..Settings::default() });
    let mut here = request("GET", "", "/v1/vessels", Body::empty());
    here.headers_mut().insert("host", "127.0.0.1:9".parse().unwrap());
    assert_eq!(house.send(here).await.status, StatusCode::OK);
    assert_problem(&house.get("", "/v1/vessels").await, 403, "API-006");
}

#[tokio::test]
async fn nodes_are_geojson() {
    let house = house(Settings::default());
    let nodes = house.get(&house.public, "/v1/nodes?areas=true").await.json();
    let features = nodes["features"].as_array().unwrap();
    assert!(features.iter().any(|f| f["id"] == "CN-YANGSHAN-3"));
    assert!(features.iter().any(|f| f["id"] == "area:CN-YANGSHAN-3"));
    let one = house.get(&house.public, "/v1/nodes/CN-YANGSHAN-3").await.json();
    assert_eq!(one["properties"]["area"]["type"], "Polygon");
    assert_problem(&house.get(&house.public, "/v1/nodes/XX").await, 404, "API-007");
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
