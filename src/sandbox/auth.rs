//! Who may ask the sandbox: tokens, keys, signatures; and the signing service that it plays too.

use super::state::Sandbox;
use anyhow::Result;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a token holds.
const TOKEN: Duration = Duration::from_mins(10);

/// What callers have to say of themselves. Whatever they say is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Wanted {
    /// Nothing.
    Nothing,
    /// `x-api-key`.
    ApiKey,
    /// Name and password.
    Basic,
    /// A token of the token endpoint, by secret or signed assertion.
    Token,
    /// A signature of the body in `x-signature`.
    Signature,
}

/// The key that the sandbox signs and checks with, made anew at each start.
pub(crate) struct Keys {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Keys {
    pub(crate) fn new() -> Result<Self> {
        let random = SystemRandom::new();
        let bad = |_| anyhow::anyhow!("the sandbox cannot make a key");
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(bad)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        let pair = pair.map_err(|_| anyhow::anyhow!("the sandbox cannot use its key"))?;
        Ok(Self { pair, random })
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = self.pair.public_key().as_ref();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(message, signature).is_ok()
    }
}

/// Signs what it is given, as the exporter's own service would.
pub(crate) async fn sign(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let bearer = header(&headers, "authorization").and_then(|h| h.strip_prefix("Bearer "));
    if bearer.is_some_and(|given| given != sandbox.options.secret) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let order: Value = serde_json::from_slice(&body).unwrap_or_default();
    let payload = order["payload"].as_str().and_then(|p| STANDARD.decode(p).ok());
    let (Some(payload), Some("ES256")) = (payload, order["alg"].as_str()) else {
        return (StatusCode::BAD_REQUEST, "send `alg` ES256 and `payload` in base64").into_response();
    };
    match sandbox.keys.pair.sign(&sandbox.keys.random, &payload) {
        Ok(signature) => Json(json!({"signature": STANDARD.encode(signature.as_ref())})).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Gives a token for client credentials: a secret by basic authentication, or a signed assertion.
pub(crate) async fn token(
    State(sandbox): State<Arc<Sandbox>>,
    Path(regime): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let refused = |why: &str| {
        (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client", "error_description": why})))
            .into_response()
    };
    let form = |name: &str| body.split('&').find_map(|p| p.strip_prefix(&format!("{name}="))).map(unescaped);
    if form("grant_type").as_deref() != Some("client_credentials") {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "unsupported_grant_type"}))).into_response();
    }
    let known = match form("client_assertion") {
        Some(assertion) => has_asserted(&sandbox, &assertion, &regime),
        None => is_basic(&sandbox, &headers),
    };
    if let Err(why) = known {
        return refused(why);
    }
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let token: String = random.iter().map(|b| format!("{b:02x}")).collect();
    sandbox.memory().tokens.insert(token.clone(), Instant::now() + TOKEN);
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN.as_secs()}))
        .into_response()
}

/// Checks an assertion (RFC 7523): signature, audience, time, and that it was not used before.
fn has_asserted(sandbox: &Sandbox, assertion: &str, regime: &str) -> Result<(), &'static str> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or("the assertion has no three parts")?;
    let (head, claims) = signed.split_once('.').ok_or("the assertion has no three parts")?;
    let part =
        |text: &str| URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| serde_json::from_slice::<Value>(&b).ok());
    let (head, claims) =
        (part(head).ok_or("its head is not read")?, part(claims).ok_or("its claims are not read")?);
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().ok_or("its signature is not read")?;
    if head["alg"] != "ES256" || !sandbox.keys.has_signed(signed.as_bytes(), &signature) {
        return Err("its signature is not right");
    }
    let audience = claims["aud"].as_str().unwrap_or_default();
    if !audience.ends_with(&format!("/{regime}/oauth/token")) {
        return Err("it is for somebody else");
    }
    let now = jiff::Timestamp::now().as_second();
    if claims["iss"] != claims["sub"] || claims["exp"].as_i64().is_none_or(|end| end < now) {
        return Err("it has expired or names two clients");
    }
    let id = claims["jti"].as_str().ok_or("it has no id")?.to_owned();
    match sandbox.memory().assertions.insert(id, Instant::now()) {
        None => Ok(()),
        Some(_) => Err("it was used before"),
    }
}

fn is_basic(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), &'static str> {
    let given = header(headers, "authorization")
        .and_then(|h| h.strip_prefix("Basic "))
        .and_then(|b| STANDARD.decode(b).ok());
    let given = given.and_then(|g| String::from_utf8(g).ok()).ok_or("no name and password")?;
    let secret = given.split_once(':').map(|(_, secret)| unescaped(secret));
    if secret.as_deref() == Some(&sandbox.options.secret) { Ok(()) } else { Err("the password is not right") }
}

/// Checks what a caller says of itself, and that it says what is wanted.
pub(super) fn is_known(sandbox: &Sandbox, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let authorization = header(headers, "authorization").unwrap_or_default();
    let mut said = Vec::new();
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        let good = sandbox.memory().tokens.get(token).is_some_and(|end| Instant::now() < *end);
        said.push((Wanted::Token, good));
    } else if authorization.starts_with("Basic ") {
        said.push((Wanted::Basic, is_basic(sandbox, headers).is_ok()));
    }
    if let Some(key) = header(headers, "x-api-key") {
        said.push((Wanted::ApiKey, key == sandbox.options.secret));
    }
    if let Some(signature) = header(headers, "x-signature") {
        let good = STANDARD.decode(signature).ok().is_some_and(|s| sandbox.keys.has_signed(body, &s));
        said.push((Wanted::Signature, good));
    }
    if said.iter().any(|(_, good)| !good) {
        return Err("what you say of yourself is not right");
    }
    let wanted = sandbox.options.wanted;
    if wanted == Wanted::Nothing || said.iter().any(|(kind, _)| *kind == wanted) {
        Ok(())
    } else {
        Err("say who you are")
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let hex =
            bytes.get(at + 1..at + 3).and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
        match (byte, hex) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_unescaped() {
        assert_eq!(unescaped("a%3Ab+c%"), "a:b c%");
    }
}
