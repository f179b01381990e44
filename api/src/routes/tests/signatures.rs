//! Signatures, the chain, the tree of a day, and the evidence pack at its door.

use super::{BOX, assert_problem, told};
use crate::testing::{Got, House, Move, message, request};
use axum::body::Body;
use axum::http::StatusCode;
use sealane_data::certificate::Emitted;
use sealane_data::observation::Kind;
use sealane_data::submission::Sha256;
use sealane_origin::trust::{self, DayRoot, Jwks, TrustedKeys, Verdict};
use serde_json::{Value, json};

async fn certified() -> (House, String) {
    let house = told().await;
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    (house, format!("/v1/certificates/{id}"))
}

async fn keys(house: &House) -> TrustedKeys {
    let got = house.get("", "/.well-known/jwks.json").await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/jwk-set+json"));
    assert!(!String::from_utf8_lossy(&got.bytes).contains("\"d\""), "a private key is served");
    let jwks: Jwks = serde_json::from_slice(&got.bytes).unwrap();
    TrustedKeys { domain: "maps.example".into(), jwks }
}

fn intact(got: &Got, jws: &Got, keys: &TrustedKeys) -> Verdict {
    trust::verify(&got.bytes, std::str::from_utf8(&jws.bytes).unwrap(), keys)
}

#[tokio::test]
async fn what_is_served_is_what_is_signed_and_one_flipped_byte_fails() {
    let (house, path) = certified().await;
    let keys = keys(&house).await;
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    for (key, profile) in [(&house.owner, ""), (&house.owner, "?profile=public"), (&house.public, "")] {
        let route = house.get(key, &format!("{path}/route{profile}")).await;
        let jws = house.get(key, &format!("{path}/route.jws{profile}")).await;
        assert_eq!((jws.status, jws.header("content-type")), (StatusCode::OK, "application/jose"));
        assert_eq!(jws.header("etag"), route.header("etag"));
        assert_eq!(intact(&route, &jws, &keys).to_string(), "signature intact: written by maps.example");
        for at in [0, route.bytes.len() / 2, route.bytes.len() - 1] {
            let mut bytes = route.bytes.clone();
            bytes[at] ^= 1;
            let verdict = trust::verify(&bytes, std::str::from_utf8(&jws.bytes).unwrap(), &keys);
            assert!(matches!(verdict, Verdict::Flawed(_)), "byte {at} of {profile}: {verdict}");
        }
    }
    assert_problem(&house.get(&house.stranger, &format!("{path}/route.jws")).await, 404, "API-007");
    assert_problem(
        &house.get(&house.public, &format!("{path}/route.jws?profile=internal")).await,
        403,
        "API-005",
    );
}

#[tokio::test]
async fn a_version_is_one_link_and_older_ones_stay_provable() {
    let (house, path) = certified().await;
    let keys = keys(&house).await;
    let first = house.get(&house.owner, &format!("{path}/route")).await;
    let link = |got: &Got| got.header("sealane-link").to_owned();
    let jws = house.get(&house.owner, &format!("{path}/route.jws")).await;
    assert_eq!(link(&jws), "1");
    assert_eq!(link(&house.get(&house.owner, &format!("{path}/route.jws")).await), "1", "the same version");
    assert_eq!(
        house.get(&house.owner, &format!("{path}/route")).await.bytes,
        first.bytes,
        "signing changes nothing"
    );
    let gate = Move {
        kind: Kind::GateOut,
        container: BOX,
        booking: "BKG77001",
        place: "MYPKG",
        at: "2026-09-13T06:00:00",
    };
    house.tell(&house.terminal, &message(&[gate], &[])).await;
    assert_eq!(link(&house.get(&house.owner, &format!("{path}/route.jws")).await), "2");
    let asked = |tag: &str| {
        let mut asked = request("GET", &house.owner, &format!("{path}/route.jws"), Body::empty());
        asked.headers_mut().insert("if-match", tag.parse().unwrap());
        asked
    };
    let old = house.send(asked(first.header("etag"))).await;
    assert_eq!(link(&old), "1");
    assert!(matches!(intact(&first, &old, &keys), Verdict::Intact { .. }));
    assert_problem(&house.send(asked("\"00000000000000000000000000000000\"")).await, 409, "API-021");
    let chain = house.get(&house.owner, &format!("{path}/chain")).await.json();
    let links: Vec<Emitted> = serde_json::from_value(chain["chain"].clone()).unwrap();
    assert_eq!(links.len(), 2);
    assert!(trust::verify_chain(&links).is_ok());
    assert_eq!(links[0].sha256, Sha256::of(&first.bytes).hex());
    assert_problem(&house.get(&house.stranger, &format!("{path}/chain")).await, 404, "API-007");
}

#[tokio::test]
async fn a_day_that_is_over_has_a_signed_root_and_proofs() {
    let (house, path) = certified().await;
    let keys = keys(&house).await;
    for profile in ["internal", "public", "buyer"] {
        house.get(&house.owner, &format!("{path}/route.jws?profile={profile}")).await;
    }
    let chain = house.get(&house.owner, &format!("{path}/chain")).await.json();
    let day = house.get("", "/v1/trust/days/2026-09-20").await.json();
    let root: DayRoot = serde_json::from_value(day["root"].clone()).unwrap();
    assert_eq!(root.size, 3);
    let verdict = trust::verify(day["root"].to_string().as_bytes(), day["jws"].as_str().unwrap(), &keys);
    assert!(matches!(verdict, Verdict::Intact { .. }), "{verdict}");
    let digest = |text: &Value| {
        let text = text.as_str().unwrap();
        let bytes: Vec<u8> =
            (0..32).map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2).unwrap(), 16).unwrap()).collect();
        Sha256(bytes.try_into().unwrap())
    };
    for link in chain["chain"].as_array().unwrap() {
        let asked = format!("/v1/trust/days/2026-09-20/proof?link={}", link["digest"].as_str().unwrap());
        let proof = house.get("", &asked).await.json();
        let path: Vec<Sha256> = proof["path"].as_array().unwrap().iter().map(digest).collect();
        let at = usize::try_from(proof["index"].as_u64().unwrap()).unwrap();
        let top = digest(&json!(root.root));
        assert!(trust::verify_inclusion(&digest(&link["digest"]), at, root.size, &path, &top));
    }
    assert_problem(&house.get("", "/v1/trust/days/2026-09-20/proof?link=00").await, 404, "API-007");
    for open in ["9999-01-01", "yesterday"] {
        assert_problem(&house.get("", &format!("/v1/trust/days/{open}")).await, 404, "API-007");
    }
}

#[tokio::test]
async fn evidence_is_handed_out_by_the_owner() {
    let (house, path) = certified().await;
    let got = house.get(&house.owner, &format!("{path}/evidence")).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/zip"));
    assert!(got.bytes.starts_with(b"PK") && got.header("cache-control").contains("no-store"));
    assert_problem(&house.get(&house.stranger, &format!("{path}/evidence")).await, 404, "API-007");
}
