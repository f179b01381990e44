//! Links, passes, and the public look-up.

use super::consistency::pass;
use super::{BOX, assert_problem, told};
use crate::testing::{Got, House, request};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn certified() -> (House, String) {
    let house = told().await;
    let id = house.certify(&house.owner, "HC-778899", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    (house, format!("/v1/certificates/{id}"))
}

async fn open(house: &House, fragment: &str) -> Got {
    house.post("", "/v1/links/open", json!({ "link": fragment }).to_string()).await
}

async fn linked(house: &House, path: &str, wanted: Value) -> (String, String) {
    let got = house.post(&house.owner, &format!("{path}/links"), wanted.to_string()).await;
    assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
    assert_eq!((got.header("referrer-policy"), got.header("x-robots-tag")), ("no-referrer", "noindex"));
    let made = got.json();
    let address = made["address"].as_str().unwrap();
    let (page, fragment) = address.split_once("#link=").expect("the secret is in the fragment");
    assert!(!page.contains("sl_ln_"));
    (made["id"].as_str().unwrap().to_owned(), fragment.to_owned())
}

#[tokio::test]
async fn a_link_opens_one_certificate_in_its_profile_until_it_is_taken_back() {
    let (house, path) = certified().await;
    let (id, fragment) = linked(&house, &path, json!({"profile": "buyer", "label": "Hill"})).await;
    let opened = open(&house, &fragment).await;
    assert_eq!((opened.status, opened.header("cache-control")), (StatusCode::OK, "private, no-store"));
    let key = opened.json()["pass"].as_str().unwrap().to_owned();
    let seen = house.get(&key, &path).await.json();
    assert_eq!((&seen["number"], seen["boxes"].get("consignee")), (&json!("HC-778899"), None));
    // One certificate, one profile, nothing else.
    let other = house.certify(&house.owner, "HC-2", &[("BKG", "BKG77001")]).await;
    assert_problem(&house.get(&key, &format!("/v1/certificates/{other}")).await, 404, "API-007");
    assert_eq!(house.get(&key, "/v1/certificates").await.json()["certificates"], json!([]));
    assert_problem(&house.get(&key, &format!("{path}/route?profile=authority")).await, 403, "API-005");
    assert_eq!(house.get(&key, &format!("{path}/route?profile=public")).await.status, StatusCode::OK);
    for door in ["/v1/shipments/container:CSQU3054383", "/v1/submissions"] {
        assert_ne!(house.get(&key, door).await.status, StatusCode::OK, "{door}");
    }
    assert_problem(&house.post(&key, "/v1/submissions", "x").await, 403, "API-005");
    assert_problem(&house.get("", &format!("{path}?key={key}")).await, 400, "API-003");
    // What its owner reads of it, and what the log keeps, is no secret.
    let kept = house.get(&house.owner, &format!("{path}/links")).await.json();
    assert_eq!((&kept["links"][0]["uses"], &kept["links"][0]["usable"]), (&json!(1), &json!(true)));
    let events = house.get(&house.owner, &format!("{path}/events")).await.json();
    let secret = fragment.split_once('.').unwrap().1;
    assert!(!kept.to_string().contains(secret) && !events.to_string().contains(secret));
    let gone = json!({ "link": id }).to_string();
    assert_problem(
        &house.post(&house.stranger, &format!("{path}/links/revoke"), gone.clone()).await,
        404,
        "API-007",
    );
    let took = house.post(&house.owner, &format!("{path}/links/revoke"), gone).await;
    assert_eq!(took.status, StatusCode::NO_CONTENT);
    assert_problem(&house.get(&key, &path).await, 401, "API-002");
    assert_problem(&open(&house, &fragment).await, 404, "API-007");
}

#[tokio::test]
async fn wrong_and_used_up_links_are_answered_alike() {
    let (house, path) = certified().await;
    let (_, fragment) = linked(&house, &path, json!({"profile": "partner", "max_uses": 1})).await;
    assert_eq!(open(&house, &fragment).await.status, StatusCode::OK);
    let (id, secret) = fragment.split_once('.').unwrap();
    for odd in [
        fragment.clone(),
        format!("{id}.{}0", secret.get(..secret.len() - 1).unwrap()),
        format!("eco_none.{secret}"),
        id.to_owned(),
        String::new(),
    ] {
        let got = open(&house, &odd).await;
        assert_problem(&got, 404, "API-007");
    }
    let inside = json!({"profile": "internal"}).to_string();
    assert_problem(&house.post(&house.owner, &format!("{path}/links"), inside.clone()).await, 400, "API-009");
    assert_problem(&house.post(&house.owner, &format!("{path}/passes"), inside).await, 400, "API-009");
    let wanted = json!({"profile": "buyer"}).to_string();
    assert_problem(&house.post(&house.stranger, &format!("{path}/links"), wanted).await, 404, "API-007");
}

#[tokio::test]
async fn what_links_and_passes_open_is_in_no_index_and_told_to_no_other_site() {
    let (house, path) = certified().await;
    let (_, fragment) = linked(&house, &path, json!({"profile": "buyer"})).await;
    let opened = open(&house, &fragment).await;
    let pass = opened.json()["pass"].as_str().unwrap().to_owned();
    let answers = [
        house.get(&house.owner, &format!("{path}/links")).await,
        house.get(&pass, &path).await,
        house.get(&pass, &format!("{path}/route")).await,
        house.get(&pass, &format!("{path}/links")).await,
        open(&house, "eco_1.sl_ln_00").await,
        house.get("", "/v1/verify?number=1&code=2").await,
        opened,
    ];
    for got in &answers {
        assert_eq!((got.header("referrer-policy"), got.header("x-robots-tag")), ("no-referrer", "noindex"));
        assert!(
            ["private", "no-store"].iter().any(|word| got.header("cache-control").contains(word)),
            "{}",
            got.status
        );
    }
    let statuses: Vec<u16> = answers.iter().map(|got| got.status.as_u16()).collect();
    assert_eq!(statuses, [200, 200, 200, 403, 404, 404, 200]);
}

#[tokio::test]
async fn a_pass_of_one_site_is_of_no_use_to_another() {
    let (house, path) = certified().await;
    let wanted = json!({"profile": "buyer", "site": "https://shop.example"}).to_string();
    let made = house.post(&house.owner, &format!("{path}/passes"), wanted).await.json();
    let from = |site: &str| {
        let mut asked = request("GET", made["pass"].as_str().unwrap(), &path, Body::empty());
        asked.headers_mut().insert("origin", site.parse().unwrap());
        asked
    };
    assert_eq!(house.send(from("https://shop.example")).await.status, StatusCode::OK);
    assert_problem(&house.send(from("https://evil.example")).await, 403, "API-004");
    // The page for embedding asks as our own page and names who frames it.
    for (framed_by, status) in [("https://shop.example", 200), ("https://evil.example", 403), ("null", 403)] {
        let mut asked = from("https://maps.example");
        asked.headers_mut().insert("host", "maps.example".parse().unwrap());
        asked.headers_mut().insert("sealane-site", framed_by.parse().unwrap());
        assert_eq!(house.send(asked).await.status.as_u16(), status, "{framed_by}");
    }
    let token = made["pass"].as_str().unwrap();
    let id = path.rsplit('/').next().unwrap();
    let address = made["address"].as_str().unwrap();
    assert!(address.ends_with(&format!("/embed/{id}?site=https://shop.example#key={token}")), "{address}");
    let wanted = json!({"profile": "buyer", "site": "https://shop.example/pumps"}).to_string();
    assert_problem(&house.post(&house.owner, &format!("{path}/passes"), wanted).await, 400, "API-009");
    let buyer = pass(&house, &path, "buyer").await;
    let (said, tag) = buyer.rsplit_once('.').unwrap();
    let turned: String = tag.chars().rev().collect();
    assert_problem(&house.get(&format!("{said}.{turned}"), &path).await, 401, "API-002");
}

#[tokio::test]
async fn the_public_look_up_needs_both_number_and_code() {
    let (house, path) = certified().await;
    let code = house.get(&house.owner, &path).await.json()["check_code"].as_str().unwrap().to_owned();
    let ask = async |query: String| house.get("", &format!("/v1/verify?{query}")).await;
    assert_problem(&ask(format!("number=HC-778899&code={code}")).await, 404, "API-007");
    let view = house.post(&house.owner, &format!("{path}/publish"), "").await.json();
    let found = ask(format!("number=hc778899&code={}", code.to_lowercase())).await;
    assert_eq!((found.status, found.header("cache-control")), (StatusCode::OK, "private, no-store"));
    let public = house.get(&house.public, &path).await.json();
    let seen = house.get(found.header("sealane-pass"), &path).await.json();
    assert_eq!(seen, public, "the page shows it with a pass of the public profile");
    assert_eq!(found.json(), public, "the public profile and nothing else");
    assert!(public.get("check_code").is_none() && !public.to_string().contains("HC-778899"));
    // What a map shows leads to the certificate and tells nothing of the code beside the number.
    let shown = view["verify"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    assert_eq!(ask(shown.clone()).await.json(), public);
    let other = shown.rsplit_once('=').unwrap().1;
    let wrong = ask(format!("number=HC-778899&code={other}")).await;
    let unknown = ask(format!("number=HC-000000&code={code}")).await;
    assert_eq!(wrong.json(), unknown.json(), "they cannot be told apart");
    assert_problem(&wrong, 404, "API-007");
    for odd in ["number=HC-778899", "code=1", "number=1&ref=2&code=3"] {
        assert_problem(&ask(odd.to_owned()).await, 400, "API-008");
    }
}

#[tokio::test]
async fn the_qr_code_is_there_for_what_is_published_and_holds_no_number() {
    let (house, path) = certified().await;
    assert_problem(&house.get(&house.owner, &format!("{path}/qr.svg")).await, 404, "API-007");
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    let got = house.get(&house.public, &format!("{path}/qr.svg")).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    let text = String::from_utf8(got.bytes).unwrap();
    assert!(
        text.contains("viewBox=\"0 0 ") && text.contains("M4,4h1v1h-1z"),
        "a finder stands at its corner"
    );
    assert_problem(&house.get(&house.stranger, &format!("{path}/qr.svg")).await, 404, "API-007");
}

#[tokio::test]
async fn the_schemas_of_the_forms_are_served() {
    let house = told().await;
    for form in sealane_origin::FORMS {
        let got = house.get("", &format!("/schemas/{}", form.schema)).await;
        assert_eq!(got.header("content-type"), "application/schema+json");
        assert_eq!(got.json()["$id"], format!("/schemas/{}", form.schema));
    }
    assert_problem(&house.get("", "/schemas/none.json").await, 404, "API-007");
}

#[tokio::test]
async fn whoever_files_the_same_number_learns_no_code_and_takes_no_place() {
    let (house, own) = certified().await;
    let id = house.certify(&house.stranger, "HC-778899", &[("BKG", "BKG77001")]).await;
    let forged = format!("/v1/certificates/{id}");
    let code = async |key: &str, path: &str| house.get(key, path).await.json()["check_code"].clone();
    let (real, other) = (code(&house.owner, &own).await, code(&house.stranger, &forged).await);
    assert_ne!(real, other);
    for (key, path) in [(&house.owner, &own), (&house.stranger, &forged)] {
        assert_eq!(house.post(key, &format!("{path}/publish"), "").await.status, StatusCode::OK);
    }
    for (code, path) in [(&real, &own), (&other, &forged)] {
        let code = code.as_str().unwrap();
        let found = house.get("", &format!("/v1/verify?number=HC-778899&code={code}")).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(path.ends_with(found.json()["id"].as_str().unwrap()), "each code opens its own record");
    }
}

#[tokio::test]
async fn a_public_reference_that_was_given_up_opens_nothing_at_once() {
    let (house, path) = certified().await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    let view = house.get(&house.public, &path).await.json();
    assert_eq!(view["public_ref"], id.as_str(), "our id is the first one");
    let (_, fragment) = linked(&house, &path, json!({"profile": "buyer"})).await;
    let (opened, own) = (open(&house, &fragment).await.json(), pass(&house, &path, "public").await);
    let by_link = opened["pass"].as_str().unwrap();
    let qr = view["verify"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let looked = house.get("", &format!("/v1/verify?{qr}")).await;
    assert_eq!(looked.status, StatusCode::OK);
    let rotate = format!("{path}/public-ref");
    assert_problem(&house.post(&house.stranger, &rotate, "").await, 404, "API-007");
    assert_problem(&house.post(&house.public, &rotate, "").await, 403, "API-005");
    let mut old = id.clone();
    for turn in 0..2 {
        let made = house.post(&house.owner, &rotate, "").await;
        assert_eq!(made.status, StatusCode::CREATED);
        let new = made.json()["public_ref"].as_str().unwrap().to_owned();
        assert!(new.starts_with("pub_") && new.len() == 36 && new != old, "{new}");
        for tail in ["", "/route", "/route.svg", "/qr.svg", "/consistency", "/stream", "/verifications"] {
            let gone = house.get(&house.public, &format!("/v1/certificates/{old}{tail}")).await;
            assert_problem(&gone, 404, "API-007");
            if tail != "/stream" {
                let there = house.get(&house.public, &format!("/v1/certificates/{new}{tail}")).await;
                assert_eq!(there.status, StatusCode::OK, "{tail} {turn}");
            }
        }
        // Nor under an id that is written another way.
        let coded = format!("/v1/certificates/%65co{}", id.strip_prefix("eco").unwrap());
        assert_problem(&house.get(&house.public, &coded).await, 404, "API-007");
        let seen = house.get(&house.public, &format!("/v1/certificates/{new}")).await.json();
        assert_eq!(
            (&seen["public_ref"], &seen["route"]),
            (&json!(new), &json!(format!("/v1/certificates/{new}/route")))
        );
        let shown = seen["verify"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        assert_eq!(house.get("", &format!("/v1/verify?{shown}")).await.json(), seen);
        old = new;
    }
    assert_problem(&house.get("", &format!("/v1/verify?{qr}")).await, 404, "API-007");
    assert_problem(&open(&house, &fragment).await, 404, "API-007");
    for pass in [by_link, &own, looked.header("sealane-pass")] {
        assert_problem(&house.get(pass, &path).await, 401, "API-002");
    }
    let listed = house.get(&house.public, "/v1/certificates").await.json();
    assert_eq!(listed["certificates"], json!([]), "nor does a list tell the new one");
    // Its owner goes on as before, and so does who has the number and its code.
    let mine = house.get(&house.owner, &path).await.json();
    assert_eq!(mine["public_ref"], old.as_str());
    let code = mine["check_code"].as_str().unwrap();
    assert_eq!(
        house.get("", &format!("/v1/verify?number=HC-778899&code={code}")).await.status,
        StatusCode::OK
    );
    let fresh = pass(&house, &path, "buyer").await;
    assert_eq!(house.get(&fresh, &path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_retry_under_the_same_key_gets_the_same_public_reference() {
    let (house, path) = certified().await;
    let rotate = format!("{path}/public-ref");
    let under = async |key: &str| {
        let mut asked = request("POST", &house.owner, &rotate, Body::empty());
        asked.headers_mut().insert("idempotency-key", key.parse().unwrap());
        house.send(asked).await
    };
    let (first, again) = (under("one").await, under("one").await);
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(first.json(), again.json());
    assert_ne!(under("two").await.json()["public_ref"], first.json()["public_ref"]);
    assert_problem(&under("one").await, 409, "API-021");
}
