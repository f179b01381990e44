//! Tokens of other issuers.

use super::super::external::External;
use super::forge::{Forge, hashed, now};
use super::status;
use crate::oauth::{Fetch, Issuer};
use crate::settings::Settings;
use crate::testing::{House, house_with};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn issuer(name: &str) -> Issuer {
    let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<BTreeSet<_>>();
    Issuer {
        issuer: format!("https://{name}.example"),
        audience: "https://maps.example".to_owned(),
        jwks: format!("https://{name}.example/keys"),
        party: None,
        party_claim: Some("party".to_owned()),
        parties: texts(&["owner", "stranger"]),
        scopes: texts(&["eco:read"]),
        plain_jwt: false,
    }
}

/// Key sets by address, which may change, and how often they were fetched.
#[derive(Default)]
struct Web {
    sets: Mutex<BTreeMap<String, Value>>,
    fetched: AtomicUsize,
}

impl Web {
    fn fetch(self: &Arc<Self>) -> Fetch {
        let web = self.clone();
        Arc::new(move |address| {
            web.fetched.fetch_add(1, Ordering::Relaxed);
            let set = web.sets.lock().unwrap().get(&address).map(|set| set.to_string().into_bytes());
            Box::pin(async move { set.ok_or_else(|| "nobody answers".to_owned()) })
        })
    }

    fn serve(&self, name: &str, keys: &[Value]) {
        self.sets.lock().unwrap().insert(format!("https://{name}.example/keys"), json!({ "keys": keys }));
    }
}

fn token(forge: &Forge, kid: &str, over: &Value) -> String {
    let mut claims = json!({
        "iss": "https://first.example", "aud": ["https://maps.example"], "sub": "somebody",
        "iat": now(), "exp": now() + 300, "scope": "eco:read eco:write admin", "party": "owner",
    });
    claims.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
    forge.token(&json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid }), &claims)
}

#[tokio::test]
async fn another_issuer_speaks_for_its_parties_only_with_its_own_keys() {
    let (web, first, second) = (Arc::new(Web::default()), Forge::new(), Forge::new());
    let house: House = house_with(Settings::default(), vec![issuer("first"), issuer("second")], web.fetch());
    web.serve("first", &[json!({"kty": "oct", "kid": "hash", "k": "c2VjcmV0"}), first.jwk("a")]);
    web.serve("second", &[second.jwk("a"), second.jwk("b")]);
    let right = token(&first, "a", &json!({}));
    assert_eq!(status(&house, &right, "/v1/certificates").await, 200);
    assert_eq!(house.post(&right, "/v1/certificates", "{}").await.status, 403, "it may not grant that scope");
    for (what, refused) in [
        ("another issuer's key under the same id", token(&second, "a", &json!({}))),
        ("another issuer's key under its own id", token(&second, "b", &json!({}))),
        ("a party that it may not name", token(&first, "a", &json!({"party": "terminal"}))),
        ("the operator", token(&first, "a", &json!({"party": "operator"}))),
        ("nobody", token(&first, "a", &json!({"party": null}))),
        ("for somebody else", token(&first, "a", &json!({"aud": ["https://other.example"]}))),
        ("over", token(&first, "a", &json!({"exp": now() - 60}))),
        ("from an issuer that is not known", token(&first, "a", &json!({"iss": "https://third.example"}))),
        ("from an issuer with a slash more", token(&first, "a", &json!({"iss": "https://first.example/"}))),
        ("an identity token", first.token(&json!({"alg": "ES256", "typ": "JWT", "kid": "a"}), &json!({
            "iss": "https://first.example", "aud": "https://maps.example", "exp": now() + 300, "party": "owner",
        }))),
        ("a hash with the secret of its set", hashed(&json!({"alg": "HS256", "typ": "at+jwt", "kid": "hash"}), &json!({
            "iss": "https://first.example", "aud": "https://maps.example", "exp": now() + 300,
            "party": "owner", "scope": "eco:read",
        }), b"secret")),
    ] {
        assert_eq!(status(&house, &refused, "/v1/certificates").await, 401, "{what}");
    }
    assert_eq!(web.fetched.load(Ordering::Relaxed), 1, "unknown ids do not make us ask again and again");
}

#[tokio::test]
async fn keys_are_fetched_again_for_a_new_id_but_seldom_and_the_last_good_ones_stay() {
    let (web, first, next) = (Arc::new(Web::default()), Forge::new(), Forge::new());
    let external = Arc::new(External::new(issuer("first")));
    let (fetch, begin) = (web.fetch(), Instant::now());
    let opens = |token: &str| {
        let token = super::super::jose::Compact::read(token).unwrap();
        external.access(&token, jiff::Timestamp::now()).is_ok()
    };
    web.serve("first", &[first.jwk("a")]);
    external.ready("a", &fetch, begin).await;
    let (old, new) = (token(&first, "a", &json!({})), token(&next, "b", &json!({})));
    assert!(opens(&old) && !opens(&new));
    web.serve("first", &[first.jwk("a"), next.jwk("b")]);
    for _ in 0..50 {
        external.ready("b", &fetch, begin + Duration::from_secs(29)).await;
    }
    assert!(!opens(&new) && web.fetched.load(Ordering::Relaxed) == 1);
    external.ready("b", &fetch, begin + Duration::from_secs(31)).await;
    assert!(opens(&new) && opens(&old));
    web.sets.lock().unwrap().clear();
    external.ready("a", &fetch, begin + Duration::from_hours(2)).await;
    assert_eq!(web.fetched.load(Ordering::Relaxed), 3, "keys that are old are fetched again");
    assert!(opens(&old), "the last good ones stay");
    external.ready("a", &fetch, begin + Duration::from_secs(7201)).await;
    assert_eq!(web.fetched.load(Ordering::Relaxed), 3, "whoever does not answer is left alone for a while");
}

#[tokio::test]
async fn whoever_comes_while_keys_are_fetched_waits_for_them() {
    let first = Forge::new();
    let (set, external) =
        (json!({"keys": [first.jwk("a")]}).to_string(), Arc::new(External::new(issuer("first"))));
    let (open, asked) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (gate, bell) = (open.clone(), asked.clone());
    let fetch: Fetch = Arc::new(move |_| {
        let (set, gate, bell) = (set.clone(), gate.clone(), bell.clone());
        Box::pin(async move {
            bell.notify_one();
            gate.notified().await;
            Ok(set.into_bytes())
        })
    });
    let (now, right) = (Instant::now(), token(&first, "a", &json!({})));
    let late = async {
        asked.notified().await;
        // The first one is on its way: the second must not be turned away meanwhile.
        let second = external.ready("a", &fetch, now);
        open.notify_one();
        second.await;
        external.access(&super::super::jose::Compact::read(&right).unwrap(), jiff::Timestamp::now()).is_ok()
    };
    assert!(tokio::join!(external.ready("a", &fetch, now), late).1);
}

#[tokio::test]
async fn whoever_hangs_up_neither_ends_the_fetching_nor_makes_others_fetch_again() {
    let first = Forge::new();
    let set = json!({"keys": [first.jwk("a")]}).to_string();
    let (open, fetched) = (Arc::new(tokio::sync::Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (gate, count) = (open.clone(), fetched.clone());
    let fetch: Fetch = Arc::new(move |_| {
        let (set, gate) = (set.clone(), gate.clone());
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            gate.notified().await;
            Ok(set.into_bytes())
        })
    });
    let (external, now) = (Arc::new(External::new(issuer("first"))), Instant::now());
    for _ in 0..20 {
        // Begins to ask, and hangs up as soon as it has to wait.
        tokio::select! {
            biased;
            () = external.ready("a", &fetch, now) => panic!("nothing was fetched yet"),
            () = async { for _ in 0..5 { tokio::task::yield_now().await } } => {}
        }
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1, "the keys are asked for once");
    open.notify_one();
    external.ready("a", &fetch, now).await;
    let right = token(&first, "a", &json!({}));
    let right = super::super::jose::Compact::read(&right).unwrap();
    assert!(external.access(&right, jiff::Timestamp::now()).is_ok(), "what the first one asked for came");
    external.ready("b", &fetch, now + Duration::from_secs(29)).await;
    assert_eq!(fetched.load(Ordering::SeqCst), 1, "and they are left alone for a while");
}

#[test]
fn an_issuer_needs_parties_and_known_scopes() {
    assert_eq!(issuer("a").flaw(), None);
    let fixed = Issuer {
        party: Some("owner".to_owned()),
        party_claim: None,
        parties: BTreeSet::new(),
        ..issuer("a")
    };
    assert_eq!(fixed.flaw(), None);
    assert!(Issuer { party_claim: None, ..issuer("a") }.flaw().is_some());
    assert!(Issuer { parties: BTreeSet::new(), ..issuer("a") }.flaw().is_some());
    assert!(Issuer { scopes: ["all".to_owned()].into(), ..issuer("a") }.flaw().is_some());
}
