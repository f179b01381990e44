//! Attacks on tokens, against the doors themselves.

mod assertions;
mod forge;
mod issuers;

use crate::settings::Settings;
use crate::testing::{House, house, party};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forge::{Forge, now};
use serde_json::{Value, json};

/// Asks for a token with a form and, for clients with a secret, their id and secret.
pub(super) async fn ask(house: &House, basic: Option<(&str, &str)>, form: &str) -> (StatusCode, Value) {
    let mut request = Request::post("/oauth/token");
    if let Some((id, secret)) = basic {
        request =
            request.header("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
    }
    let got = house.send(request.body(Body::from(form.to_owned())).unwrap()).await;
    assert_eq!(got.header("cache-control"), "no-store");
    (got.status, got.json())
}

/// Makes a client of a party and returns its id, its secret and a token.
async fn client(house: &House, of: &str, scopes: &[&str]) -> (String, String, String) {
    let scopes: Vec<String> = scopes.iter().map(|s| (*s).to_owned()).collect();
    let (id, secret) = house.doors.keys.add_client(&party(of), &scopes, None, "test").unwrap();
    let secret = secret.unwrap();
    let (status, told) = ask(house, Some((&id, &secret)), "grant_type=client_credentials").await;
    assert_eq!(
        (status, &told["token_type"], &told["expires_in"]),
        (StatusCode::OK, &json!("Bearer"), &json!(600))
    );
    (id, secret, told["access_token"].as_str().unwrap().to_owned())
}

async fn status(house: &House, token: &str, path: &str) -> u16 {
    house.get(token, path).await.status.as_u16()
}

#[tokio::test]
async fn a_token_opens_what_its_party_may_do_in_its_scopes_and_nothing_else() {
    let house = house(Settings::default());
    let id = house.certify(&house.owner, "EXAMPLE-1", &[]).await;
    let (one, route) = (format!("/v1/certificates/{id}"), format!("/v1/certificates/{id}/route"));
    let (client_id, secret, reads) = client(&house, "owner", &["eco:read", "eco:write"]).await;
    assert_eq!(status(&house, &reads, &one).await, 200);
    assert_eq!(house.post(&reads, &format!("{one}/publish"), "").await.status, 200);
    for path in [&route, "/v1/submissions", "/v1/kpis/teu", "/metrics", "/v1/certificates/conflicts"] {
        let got = house.get(&reads, path).await;
        assert_eq!((got.status.as_u16(), &got.json()["code"]), (403, &json!("API-005")), "{path}");
    }
    // Fewer scopes than the client has; never more.
    let form = "grant_type=client_credentials&scope=eco%3Aread";
    let (_, told) = ask(&house, Some((&client_id, &secret)), form).await;
    assert_eq!(told["scope"], "eco:read");
    let fewer = told["access_token"].as_str().unwrap();
    assert_eq!(house.post(fewer, &format!("{one}/publish"), "").await.status, 403);
    let more = "grant_type=client_credentials&scope=eco:read+admin";
    let (refused, told) = ask(&house, Some((&client_id, &secret)), more).await;
    assert_eq!((refused.as_u16(), &told["error"]), (400, &json!("invalid_scope")));
    // Another party's certificate stays unknown, and the operator's doors stay shut for a party with `admin`.
    let (.., other) = client(&house, "stranger", &["eco:read", "route:read", "admin"]).await;
    assert_eq!((status(&house, &other, &one).await, status(&house, &other, "/metrics").await), (404, 403));
    let (.., operator) = client(&house, "operator", &["admin"]).await;
    assert_eq!(
        (status(&house, &operator, "/metrics").await, status(&house, &operator, &one).await),
        (200, 403)
    );
    // What was published, as the public sees it.
    let (.., public) = client(&house, "owner", &["route:read:public"]).await;
    let got = house.get(&public, &route).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["sealane"]["profile"]),
        (200, &json!("public")),
        "{}",
        got.json()
    );
    assert_eq!(status(&house, &public, &one).await, 403);
}

#[tokio::test]
async fn a_client_that_is_taken_out_of_use_ends_its_tokens_and_its_secret_is_no_key() {
    let house = house(Settings::default());
    let (id, secret, token) = client(&house, "owner", &["eco:read"]).await;
    assert_eq!(status(&house, &token, "/v1/certificates").await, 200);
    assert_eq!(status(&house, &secret, "/v1/certificates").await, 401, "a secret is for the token door");
    assert_eq!(
        status(&house, "", &format!("/v1/certificates?key={token}")).await,
        400,
        "never in an address"
    );
    for (id, secret) in [(id.as_str(), "sl_cs_00"), ("key_00", &secret), ("", ""), (&id, &house.owner)] {
        let (refused, told) = ask(&house, Some((id, secret)), "grant_type=client_credentials").await;
        assert_eq!((refused.as_u16(), &told["error"]), (401, &json!("invalid_client")));
    }
    assert_eq!(ask(&house, None, "grant_type=client_credentials").await.1["error"], "invalid_request");
    assert_eq!(
        ask(&house, Some((&id, &secret)), "grant_type=password").await.1["error"],
        "unsupported_grant_type"
    );
    house.doors.keys.revoke(&id).unwrap();
    assert_eq!(status(&house, &token, "/v1/certificates").await, 401);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of forgeries")]
async fn tokens_that_were_forged_or_are_for_others_are_refused() {
    let house = house(Settings::default());
    let (id, _, token) = client(&house, "owner", &["eco:read"]).await;
    let claims = |over: Value| {
        let mut claims = json!({
            "iss": "https://maps.example", "aud": "https://maps.example", "sub": id, "client_id": id,
            "iat": now(), "exp": now() + 600, "scope": "eco:read",
        });
        claims.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        claims
    };
    let set = house.get("", "/oauth/jwks.json").await.json();
    let (kid, x) = (set["keys"][0]["kid"].clone(), set["keys"][0]["x"].as_str().unwrap().to_owned());
    let head = |alg: &str| json!({ "alg": alg, "typ": "at+jwt", "kid": kid });
    let forge = Forge::new();
    let with = |header: Value| {
        let mut head = head("ES256");
        head.as_object_mut().unwrap().extend(header.as_object().unwrap().clone());
        forge.token(&head, &claims(json!({})))
    };
    let ring = house.doors.settings.oauth.as_ref().unwrap().signing.ring();
    let own = |typ: &str, over: Value| sealane_origin::trust::compact(typ, &claims(over), ring.current());
    assert_eq!(
        status(&house, &own("at+jwt", json!({})), "/v1/certificates").await,
        200,
        "the right one opens"
    );
    let (signed, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = own("at+jwt", json!({"scope": "admin"}))
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    for (what, forged) in [
        ("alg none", forge::unsigned(&head("none"), &claims(json!({})))),
        (
            "alg none, the signature left in place",
            format!("{}{signature}", forge::unsigned(&head("none"), &claims(json!({})))),
        ),
        ("HS256 with the public key", forge::hashed(&head("HS256"), &claims(json!({})), x.as_bytes())),
        (
            "HS256 with the whole set",
            forge::hashed(&head("HS256"), &claims(json!({})), set.to_string().as_bytes()),
        ),
        ("another key under our kid", with(json!({}))),
        ("a key in its own header", with(json!({ "jwk": forge.jwk("x"), "kid": "x" }))),
        ("a key in its own header under our kid", with(json!({ "jwk": forge.jwk("x") }))),
        ("an address of keys in its header", with(json!({ "jku": "https://evil.example/jwks", "kid": "x" }))),
        ("something critical", with(json!({ "crit": ["b64"], "b64": false }))),
        ("another signature", format!("{signed}.{signature}")),
        ("another audience", own("at+jwt", json!({ "aud": "https://other.example" }))),
        ("no audience", own("at+jwt", json!({ "aud": null }))),
        ("another issuer", own("at+jwt", json!({ "iss": "https://other.example" }))),
        ("over", own("at+jwt", json!({ "exp": now() - 1 }))),
        ("without an end", own("at+jwt", json!({ "exp": null }))),
        ("not yet", own("at+jwt", json!({ "nbf": now() + 60 }))),
        ("another type", own("JWT", json!({}))),
        ("of a document", own("", json!({}))),
        ("no client", own("at+jwt", json!({ "client_id": "key_00" }))),
        ("a key for a client", own("at+jwt", json!({ "client_id": house.doors.keys.list().unwrap()[0].id }))),
    ] {
        let got = house.get(&forged, "/v1/certificates").await;
        assert_eq!((got.status.as_u16(), &got.json()["code"]), (401, &json!("API-002")), "{what}");
    }
    // A scope that the client has not is not given by a token either.
    let scoped = own("at+jwt", json!({ "scope": "eco:read admin eco:write" }));
    assert_eq!(house.post(&scoped, "/v1/certificates", "{}").await.status, 403);
    // A signature of a document is no token, for its header says so.
    let document = sealane_origin::trust::sign(
        &claims(json!({})),
        "maps.example",
        ring.current(),
        jiff::Timestamp::now(),
    );
    let posing = document.jws.replacen("..", &format!(".{}.", forge::part(&claims(json!({})))), 1);
    assert_eq!(status(&house, &posing, "/v1/certificates").await, 401);
}

#[tokio::test]
async fn tokens_verify_with_the_served_keys_also_after_a_rotation() {
    let house = house(Settings::default());
    let (.., token) = client(&house, "owner", &["eco:read"]).await;
    let told = house.get("", "/.well-known/oauth-authorization-server").await.json();
    assert_eq!(told["token_endpoint"], "https://maps.example/oauth/token");
    assert_eq!(told["grant_types_supported"], json!(["client_credentials"]));
    assert!(told["scopes_supported"].as_array().unwrap().contains(&json!("route:read:public")));
    let documents = house.get("", "/.well-known/jwks.json").await.json();
    let set = house.get("", "/oauth/jwks.json").await.json();
    assert_ne!(documents["keys"][0], set["keys"][0], "documents and tokens have keys of their own");
    let oauth = house.doors.settings.oauth.clone().unwrap();
    oauth.signing.rotate(jiff::Timestamp::now()).unwrap();
    assert_eq!(status(&house, &token, "/v1/certificates").await, 200);
    let after = house.get("", "/oauth/jwks.json").await.json();
    assert_eq!(after["keys"][0], set["keys"][1], "the announced key signs");
}

#[test]
fn every_address_that_asks_for_a_key_names_the_scope_of_tokens() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let mut walked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, door) in methods.as_object().unwrap() {
            let open = door["security"].as_array().is_some_and(|s| s.iter().all(|s| s == &json!({})));
            let method: Method = method.to_uppercase().parse().unwrap();
            let needed = crate::scopes::needed(&method, path);
            assert!(open || needed.is_some(), "{method} {path}: add it to `scopes::DOORS`");
            walked += 1;
        }
    }
    assert!(walked >= 60, "{walked}");
    assert_eq!(crate::scopes::needed(&Method::GET, "/v1/certificates-of-others"), None);
    assert_eq!(crate::scopes::needed(&Method::POST, "/v1/kpis/teu"), None, "by no token");
}

#[tokio::test]
async fn whoever_is_wrong_too_often_does_not_stop_right_clients_at_the_same_address() {
    let house = house(Settings::default());
    let (id, secret, _) = client(&house, "owner", &["eco:read"]).await;
    let ask = async |secret: &str| {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let mut request = Request::post("/oauth/token").header("authorization", basic);
        let address = "192.0.2.7".parse().unwrap();
        request = request.extension(crate::settings::Client { address, secure: true });
        let form = Body::from("grant_type=client_credentials");
        house.send(request.body(form).unwrap()).await.status.as_u16()
    };
    for n in 0..30 {
        assert_eq!(ask("guessed").await, if n < 10 { 401 } else { 429 }, "{n}");
    }
    assert_eq!(ask(&secret).await, 200, "it is right, and others share its address");
    assert_eq!(ask("guessed").await, 429);
}
