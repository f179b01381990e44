//! Clients that sign who they are: each assertion is good for once.

use super::forge::{Forge, now, unsigned};
use super::{ask, status};
use crate::settings::Settings;
use crate::testing::{House, house, party};
use serde_json::{Value, json};

const KIND: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn told(id: &str, jti: &str, over: &Value) -> Value {
    let mut told = json!({
        "iss": id, "sub": id, "aud": "https://maps.example/oauth/token", "jti": jti,
        "iat": now(), "exp": now() + 120,
    });
    told.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
    told
}

async fn try_one(house: &House, assertion: &str) -> (u16, Value) {
    let form =
        format!("grant_type=client_credentials&client_assertion_type={KIND}&client_assertion={assertion}");
    let (status, told) = ask(house, None, &form).await;
    (status.as_u16(), told)
}

#[tokio::test]
async fn an_assertion_is_good_once_for_us_now_and_by_the_clients_own_key() {
    let house = house(Settings::default());
    let (forge, other) = (Forge::new(), Forge::new());
    let add = |jwk: Value, of: &str| {
        let added = house.doors.keys.add_client(&party(of), &["eco:read".to_owned()], Some(jwk), "");
        added.map(|(id, secret)| (id, secret.is_none()))
    };
    let (id, without_secret) = add(forge.jwk("a"), "owner").unwrap();
    let (stranger, _) = add(other.jwk("a"), "stranger").unwrap();
    assert!(without_secret);
    let mut private = forge.jwk("a");
    private["d"] = json!("c2VjcmV0");
    assert!(add(private, "owner").is_err() && add(json!({"kty": "oct", "k": "AA"}), "owner").is_err());
    let head = json!({ "alg": "ES256", "typ": "JWT" });
    let good = forge.token(&head, &told(&id, "one", &json!({})));
    let (granted, answer) = try_one(&house, &good).await;
    assert_eq!(granted, 200, "{answer}");
    assert_eq!(status(&house, answer["access_token"].as_str().unwrap(), "/v1/certificates").await, 200);
    let hour = now() - 3600;
    for (what, assertion) in [
        ("used before", good.clone()),
        ("the same name again", forge.token(&head, &told(&id, "one", &json!({"exp": now() + 60})))),
        ("another's key", other.token(&head, &told(&id, "two", &json!({})))),
        ("our key in another's name", forge.token(&head, &told(&stranger, "three", &json!({})))),
        (
            "a key of its own in the header",
            other.token(&json!({"alg": "ES256", "jwk": other.jwk("a")}), &told(&id, "four", &json!({}))),
        ),
        ("unsigned", unsigned(&json!({"alg": "none"}), &told(&id, "five", &json!({})))),
        (
            "for somebody else",
            forge.token(&head, &told(&id, "six", &json!({"aud": "https://other.example/token"}))),
        ),
        ("over", forge.token(&head, &told(&id, "seven", &json!({"exp": now() - 1})))),
        ("for too long", forge.token(&head, &told(&id, "eight", &json!({"exp": now() + 7200})))),
        ("made before we ran", forge.token(&head, &told(&id, "nine", &json!({"iat": hour})))),
        ("made tomorrow", forge.token(&head, &told(&id, "ten", &json!({"iat": now() + 600})))),
        ("without a name", forge.token(&head, &told(&id, "", &json!({})))),
        ("for another subject", forge.token(&head, &told(&id, "eleven", &json!({"sub": stranger})))),
        (
            "an access token",
            forge.token(&json!({"alg": "ES256", "typ": "at+jwt"}), &told(&id, "twelve", &json!({}))),
        ),
    ] {
        let (refused, answer) = try_one(&house, &assertion).await;
        assert_eq!((refused, &answer["error"]), (401, &json!("invalid_client")), "{what}");
    }
    assert_eq!(try_one(&house, &forge.token(&head, &told(&id, "last", &json!({})))).await.0, 200);
}
