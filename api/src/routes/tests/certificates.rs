//! Certificates and their routes.

use super::{BOX, assert_problem, told};
use crate::settings::Settings;
use crate::testing::{Move, certificate, house, message, party, request};
use axum::body::Body;
use axum::http::StatusCode;
use jiff::Timestamp;
use sealane_data::certificate::CertificateId;
use sealane_data::observation::Kind;
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::submission::SubmissionId;
use sealane_data::webhook::Announced;
use serde_json::json;

#[tokio::test]
async fn certificates_come_in_once() {
    let house = house(Settings::default());
    let bindings = [("BKG", "BKG77001")];
    let id = house.certify(&house.owner, "HC-1", &bindings).await;
    let again = house.post(&house.owner, "/v1/certificates", certificate("HC-1", &bindings)).await;
    assert_eq!((again.status, again.json()["id"].as_str()), (StatusCode::OK, Some(id.as_str())));
    assert_eq!(again.header("location"), format!("/v1/certificates/{id}"));
    let other =
        house.post(&house.owner, "/v1/certificates", certificate("HC-1", &[("BKG", "BKG77002")])).await;
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
        for secret in [
            BOX,
            "BKG77001",
            "HC-778899",
            "BLUE HERON",
            "9074729",
            "Hill Stores",
            "LAMP-77",
            "terminal",
            "06:20",
        ] {
            assert!(!text.contains(secret), "{tail} tells `{secret}`: {text}");
        }
    }
    let route = house.get(&house.public, &format!("{path}/route")).await.json();
    let stop = &route["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["properties"]["kind"] == "stop")
        .unwrap()["properties"];
    assert!(stop["containers"][0].as_str().unwrap().starts_with("ctr_"), "{stop}");
    assert_eq!(stop["events"][0]["precision"], "day");
    assert_problem(
        &house.get(&house.public, &format!("{path}/route?profile=internal")).await,
        403,
        "API-005",
    );
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
    assert_eq!(
        (got.status, got.bytes.len(), got.header("etag")),
        (StatusCode::NOT_MODIFIED, 0, tag.as_str())
    );
    let mut zipped = request("GET", &house.owner, &path, Body::empty());
    zipped.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let zipped = house.send(zipped).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_ne!(zipped.header("etag"), tag);
    assert_eq!(house.send(with_tag(zipped.header("etag"))).await.status, StatusCode::NOT_MODIFIED);
    let gate = Move {
        kind: Kind::GateOut,
        container: BOX,
        booking: "BKG77001",
        place: "MYPKG",
        at: "2026-09-13T06:00:00",
    };
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
async fn the_past_reads_as_it_was_found_then() {
    let house = told().await;
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let path = format!("/v1/certificates/{id}");
    let shared = &house.doors.shared;
    let seq = shared.seq() + 1;
    let at = Timestamp::from_second(1_800_000_500).unwrap();
    let says = [("consistency".into(), "warnings".into())].into();
    let (party, certificate) = (party("owner"), Some(CertificateId(id.as_str().into())));
    let kind = "certificate.consistency_changed".into();
    let told = Announced { party: party.clone(), certificate, kind, only: None, data: json!({}), says };
    let (submission, entry) = (SubmissionId("sub_x".into()), Entry::Announced(Box::new(told)));
    shared.apply(&[Recorded { seq, at, party, submission, entry }]);
    let as_of = async |key: &str, at: &str| {
        house.get(key, &format!("{path}?as_of={at}")).await.json()["consistency"].clone()
    };
    let (before, after) = ("2027-01-15T08:08:19Z", "2027-01-15T08:09:00Z");
    let none = as_of(&house.owner, before).await;
    assert_eq!((&none["state"], none.get("since")), (&json!("not_assessed"), None), "nothing was found");
    let then = as_of(&house.owner, after).await;
    assert_eq!((&then["state"], &then["since"]), (&json!("warnings"), &json!("2027-01-15T08:08:20Z")));
    let buyer = super::consistency::pass(&house, &path, "buyer").await;
    assert_eq!(as_of(&buyer, after).await["state"], "under_review", "the exporter reads first, also then");
    let now = house.get(&house.owner, &path).await.json()["consistency"].clone();
    assert_eq!((&now["state"], now.get("since")), (&json!("conflict"), None), "now it is compared");
}
