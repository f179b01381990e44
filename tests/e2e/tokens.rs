//! Tokens of OAuth 2 from end to end: the command line makes a client, the running binary gives it a token,
//! and a token of another issuer opens what that issuer may open.

use super::run_ok;
use super::server::{Server, data};
use axum::Json;
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64URL};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

fn token(server: &Server, id: &str, secret: &str) -> Value {
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let form = b"grant_type=client_credentials&scope=eco%3Aread";
    server.ask_with("POST", "/oauth/token", &[("authorization", &basic)], None, form).json()
}

#[test]
fn a_client_of_the_command_line_gets_tokens_until_it_is_revoked() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let path = data.to_str().unwrap();
    let add = ["keys", "--data", path, "add", "--party", "acme", "--client", "--scope", "eco:read"];
    let made = run_ok(&add);
    let (id, secret) = made.trim().split_once('\n').unwrap();
    let told = token(&server, id, secret);
    let token_text = told["access_token"].as_str().unwrap_or_else(|| panic!("{told}"));
    let ask = |path: &str| server.ask_with("GET", path, &[], Some(token_text), b"").status;
    assert_eq!((ask("/v1/certificates").as_u16(), ask("/v1/submissions").as_u16()), (200, 403));
    let told = server.ask_with("GET", "/.well-known/oauth-authorization-server", &[], None, b"").json();
    assert_eq!(
        (&told["issuer"], &told["response_types_supported"]),
        (&json!("https://localhost"), &json!([]))
    );
    let kept = std::fs::read_to_string(data.join("keys.json")).unwrap();
    assert!(!kept.contains(secret) && kept.contains(id), "only a digest is kept");
    run_ok(&["keys", "--data", path, "rotate", "--tokens"]);
    assert_eq!(ask("/v1/certificates"), 200, "what the old key signed still opens");
    run_ok(&["keys", "--data", path, "revoke", id]);
    assert_eq!(ask("/v1/certificates"), 401);
    assert_eq!(token(&server, id, secret)["error"], "invalid_client");
}

/// Serves a key set on a free port as long as the runtime lives.
fn serve_keys(runtime: &tokio::runtime::Runtime, set: Value) -> String {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/keys", get(move || std::future::ready(Json(set.clone()))));
    runtime.spawn(axum::serve(listener, router).into_future());
    format!("http://{address}/keys")
}

#[test]
fn another_issuer_is_believed_by_its_key_set() {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..]));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": "one", "x": x, "y": y });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let jwks = serve_keys(&runtime, json!({ "keys": [jwk] }));
    let (_dir, data) = data();
    std::fs::create_dir_all(&data).unwrap();
    let settings = format!(
        "[[oauth.issuers]]\nissuer = \"https://login.example\"\naudience = \"maps\"\njwks = \"{jwks}\"\n\
         party = \"acme\"\nscopes = [\"eco:read\"]\n"
    );
    std::fs::write(data.join("sealane.toml"), settings).unwrap();
    let server = Server::serve(&data);
    let signed = |audience: &str| {
        let now = jiff::Timestamp::now().as_second();
        let head = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "one" });
        let claims =
            json!({ "iss": "https://login.example", "aud": audience, "exp": now + 60, "scope": "eco:read" });
        let text = [head, claims].map(|part| BASE64URL.encode(part.to_string())).join(".");
        format!("{text}.{}", BASE64URL.encode(pair.sign(&random, text.as_bytes()).unwrap()))
    };
    let ask = |token: &str, path: &str| server.ask_with("GET", path, &[], Some(token), b"").status.as_u16();
    assert_eq!(ask(&signed("maps"), "/v1/certificates"), 200);
    assert_eq!(ask(&signed("maps"), "/v1/submissions"), 403);
    assert_eq!(ask(&signed("another"), "/v1/certificates"), 401);
}

#[test]
fn who_is_wrong_too_often_waits_and_is_not_heard_until_then() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let wrong = || {
        let basic = format!("Basic {}", STANDARD.encode("key_00:guessed"));
        let form = b"grant_type=client_credentials";
        server.ask_with("POST", "/oauth/token", &[("authorization", &basic)], None, form).status.as_u16()
    };
    let told: Vec<u16> = (0..15).map(|_| wrong()).collect();
    assert!(told[..10].iter().all(|status| *status == 401) && told.contains(&429), "{told:?}");
}
