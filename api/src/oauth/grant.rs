//! Giving tokens: who the client is, and what it gets.

use super::OAuth;
use super::claims::names;
use super::jose::{Compact, LONGEST, PublicKey};
use crate::keys::{Key, KeyKind};
use crate::scopes::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64URL};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sealane_origin::trust;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a token lasts, in seconds.
const LASTS: i64 = 600;
/// How long an assertion may last, in seconds.
const ASSERTION: i64 = 300;
/// How far a client's clock may be ahead, in seconds.
const AHEAD: i64 = 5;
/// Assertions of one client that are remembered until they end: it holds up nobody but itself.
const REMEMBERED: usize = 1_000;

/// What a client asks for (RFC 6749 section 4.4).
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) grant_type: String,
    #[serde(default)]
    pub(crate) scope: String,
    #[serde(default)]
    pub(crate) client_id: Option<String>,
    #[serde(default)]
    pub(crate) client_assertion_type: Option<String>,
    #[serde(default)]
    pub(crate) client_assertion: Option<String>,
}

/// What a client gets (RFC 6749 section 5.1).
#[derive(Debug, Serialize)]
pub(crate) struct Granted {
    pub(crate) access_token: String,
    pub(crate) token_type: &'static str,
    pub(crate) expires_in: i64,
    pub(crate) scope: String,
}

/// Why a client gets nothing, in the words of RFC 6749 section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) error: &'static str,
    pub(crate) why: &'static str,
}

const fn unfit(error: &'static str, why: &'static str) -> Unfit {
    Unfit { error, why }
}

/// What every client hears that is not known: which part was wrong is nobody's business.
const UNKNOWN: Unfit =
    unfit("invalid_client", "the client is unknown, or its secret or assertion is not right");

/// Assertions that were used: each is good for once.
pub(super) struct Replays {
    /// Whoever asked before that is not remembered: such assertions are refused.
    since: Timestamp,
    /// By client, and by the assertion's own name: until when it is good.
    used: Mutex<HashMap<String, HashMap<String, i64>>>,
}

impl Replays {
    pub(super) fn new(since: Timestamp) -> Self {
        Self { since, used: Mutex::default() }
    }

    /// Takes note of an assertion; returns whether it is used for the first time.
    fn first(&self, client: &str, jti: &str, until: i64, now: i64) -> bool {
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = all.entry(client.to_owned()).or_default();
        if used.len() >= REMEMBERED {
            used.retain(|_, until| *until > now);
        }
        // What cannot be remembered cannot be let in.
        let room = used.len() < REMEMBERED;
        room && used.insert(jti.to_owned(), until).is_none()
    }
}

impl OAuth {
    /// Gives a token to a client that says who it is, by its secret or by a signed assertion.
    pub(crate) fn grant(
        &self,
        asked: &Asked,
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Granted, Unfit> {
        if asked.grant_type != "client_credentials" {
            return Err(unfit("unsupported_grant_type", "only `client_credentials` is served"));
        }
        let client = match (authorization, &asked.client_assertion) {
            (Some(basic), None) => self.by_secret(basic),
            (None, Some(assertion)) => self.by_assertion(asked, assertion, now),
            _ => return Err(unfit("invalid_request", "say who you are in one way: basic, or an assertion")),
        };
        let client = client.ok_or(UNKNOWN)?;
        if asked.client_id.as_ref().is_some_and(|id| *id != client.id) {
            return Err(UNKNOWN);
        }
        let scopes = granted(&client, &asked.scope)?;
        Ok(self.token(&client, &scopes, now))
    }

    fn token(&self, client: &Key, scopes: &BTreeSet<&str>, now: Timestamp) -> Granted {
        let scope = scopes.iter().copied().collect::<Vec<_>>().join(" ");
        let issued = now.as_second();
        let claims = json!({
            "iss": self.issuer, "aud": self.issuer, "sub": client.id, "client_id": client.id,
            "iat": issued, "exp": issued + LASTS, "jti": random(), "scope": scope,
        });
        let access_token = trust::compact("at+jwt", &claims, self.signing.ring().current());
        Granted { access_token, token_type: "Bearer", expires_in: LASTS, scope }
    }

    fn by_secret(&self, authorization: &str) -> Option<Arc<Key>> {
        let (scheme, told) = authorization.split_once(' ')?;
        let told = String::from_utf8(STANDARD.decode(told.trim()).ok()?).ok()?;
        let (id, secret) = told.split_once(':')?;
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let client = self.keys.check(&plain(secret))?;
        let right = scheme.eq_ignore_ascii_case("basic") && client.kind == KeyKind::Client;
        (right && client.jwk.is_none() && client.id == plain(id)).then_some(client)
    }

    /// Returns who made an assertion (RFC 7523): the client whose registered key signed it, for us, now,
    /// and for the first time.
    fn by_assertion(&self, asked: &Asked, assertion: &str, now: Timestamp) -> Option<Arc<Key>> {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        if asked.client_assertion_type.as_deref() != Some(kind) || assertion.len() > LONGEST {
            return None;
        }
        let assertion = Compact::read(assertion)?;
        let told = assertion.claims();
        let id = told["iss"].as_str()?;
        let client = self.keys.client(id)?;
        let mut key = PublicKey::of(client.jwk.as_ref()?)?;
        // A client has one key: which one it names does not matter.
        key.kid.clear();
        let (end, made) = (told["exp"].as_i64()?, told["iat"].as_i64()?);
        let jti = told["jti"].as_str().filter(|jti| !jti.is_empty() && jti.len() <= 256)?;
        let meant = [self.issuer.clone(), self.at("/oauth/token")].iter().any(|us| names(&told["aud"], us));
        let second = now.as_second();
        let in_time = end > second
            && end <= second + ASSERTION
            && made <= second + AHEAD
            && made >= self.replays.since.as_second();
        let right = told["sub"] == told["iss"]
            && matches!(assertion.typ().as_str(), "" | "jwt" | "client-authentication+jwt");
        let good = right && meant && in_time && assertion.is_signed_by(&key);
        (good && self.replays.first(id, jti, end, second)).then_some(client)
    }
}

/// Returns the scopes that a client gets: what it asks for, or everything it has.
fn granted<'a>(client: &'a Key, asked: &str) -> Result<BTreeSet<&'a str>, Unfit> {
    let has = || client.scopes.iter().map(String::as_str).filter(|s| Scope::of(s).is_some());
    if asked.trim().is_empty() {
        return Ok(has().collect());
    }
    let wanted: Option<BTreeSet<&str>> =
        asked.split_ascii_whitespace().map(|word| has().find(|s| *s == word)).collect();
    wanted.ok_or(unfit("invalid_scope", "the client has no such scope"))
}

/// Returns a token's own name; without random bytes it is empty, which hurts nobody but the traces.
fn random() -> String {
    let mut bytes = [0_u8; 16];
    let _ = getrandom::fill(&mut bytes);
    BASE64URL.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_asserts_too_much_holds_up_itself_alone_and_not_for_long() {
        let replays = Replays::new(Timestamp::UNIX_EPOCH);
        let taken = |client: &str, now: i64| {
            (0..REMEMBERED + 5)
                .filter(|n| replays.first(client, &format!("{now}-{n}"), now + 300, now))
                .count()
        };
        assert_eq!(taken("loud", 0), REMEMBERED);
        assert!(replays.first("calm", "0-0", 300, 0) && !replays.first("calm", "0-0", 300, 0));
        assert!(!replays.first("loud", "later", 599, 299));
        assert_eq!(taken("loud", 301), REMEMBERED, "what is over is forgotten");
    }
}
