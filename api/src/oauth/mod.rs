//! OAuth 2: tokens of our own (client credentials) and those of other issuers.
//!
//! A token is a key with an end and with scopes: whom it speaks for is decided as for keys, and every
//! address names the scope that it needs (`scopes`).

mod claims;
mod external;
mod grant;
mod jose;

pub(crate) use claims::Refusal;
pub use external::{Fetch, Issuer};
pub(crate) use grant::{Asked, Unfit};

use crate::keys::{Key, Keys};
use crate::rate::Rate;
use crate::scopes::Scope;
use crate::signing::Signing;
use claims::check;
use external::External;
use grant::Replays;
use jiff::Timestamp;
use jose::{Compact, PublicKey};
use sealane_data::partner::PartyId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// Returns whether a JSON Web Key is a public one that signatures are verified with here.
pub(crate) fn is_public_key(jwk: &Value) -> bool {
    let private = ["d", "k", "p", "q"].iter().any(|name| !jwk[*name].is_null());
    !private && PublicKey::of(jwk).is_some()
}

/// What a token opens.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// Whom it speaks for.
    pub(crate) party: PartyId,
    pub(crate) scopes: BTreeSet<Scope>,
    /// When it ends.
    pub(crate) until: Timestamp,
    /// The client of ours that it was given to.
    pub(crate) client: Option<Arc<Key>>,
}

/// The setting of an issuer is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("issuer `{issuer}` is not set up: {flaw}")]
pub struct IssuerError {
    issuer: String,
    flaw: String,
}

/// Where tokens come from and how they are checked.
pub struct OAuth {
    /// Our own name as an issuer, which is also our audience.
    issuer: String,
    signing: Arc<Signing>,
    keys: Arc<Keys>,
    externals: Vec<Arc<External>>,
    fetch: Fetch,
    replays: Replays,
    /// How often an address may be wrong about who it is.
    pub(crate) wrong: Rate,
}

impl OAuth {
    /// Returns our own issuer (`https://maps.example`) beside those of others.
    ///
    /// `signing` holds keys that sign nothing but tokens, `keys` the clients; `fetch` gets the key sets
    /// of others.
    pub fn new(
        issuer: &str,
        signing: Arc<Signing>,
        keys: Arc<Keys>,
        externals: Vec<Issuer>,
        fetch: Fetch,
    ) -> Result<Self, IssuerError> {
        let issuer = issuer.trim_end_matches('/').to_owned();
        let mut seen = BTreeSet::from([issuer.clone()]);
        for other in &externals {
            let twice = (!seen.insert(other.issuer.clone())).then(|| "there are two of this name".to_owned());
            if let Some(flaw) = twice.or_else(|| other.flaw()) {
                return Err(IssuerError { issuer: other.issuer.clone(), flaw });
            }
        }
        let externals = externals.into_iter().map(|issuer| Arc::new(External::new(issuer))).collect();
        let replays = Replays::new(Timestamp::now());
        Ok(Self { issuer, signing, keys, externals, fetch, replays, wrong: Rate::default() })
    }

    /// Returns whether a text that was sent as a key has the form of a token.
    pub(crate) fn is_token(text: &str) -> bool {
        text.starts_with("eyJ") && text.matches('.').count() == 2
    }

    /// Fetches what has to be known of another issuer before its token can be checked.
    pub(crate) async fn ready(&self, token: &str) {
        let Some(token) = Compact::read(token) else { return };
        if let Some(external) = self.external(&token) {
            external.ready(token.kid(), &self.fetch, Instant::now()).await;
        }
    }

    /// Returns what a token opens now.
    pub(crate) fn access(&self, token: &str, now: Timestamp) -> Result<Access, Refusal> {
        let token = Compact::read(token).ok_or(Refusal::Foreign)?;
        if token.claims()["iss"].as_str() == Some(self.issuer.as_str()) {
            return self.own(&token, now);
        }
        self.external(&token).ok_or(Refusal::Foreign)?.access(&token, now)
    }

    fn external(&self, token: &Compact<'_>) -> Option<&Arc<External>> {
        let named = token.claims()["iss"].as_str()?;
        self.externals.iter().find(|e| e.issuer.issuer == named)
    }

    /// Returns what a token of our own opens: as long as its client is in use, in the scopes it still has.
    fn own(&self, token: &Compact<'_>, now: Timestamp) -> Result<Access, Refusal> {
        if token.typ() != "at+jwt" {
            return Err(Refusal::Foreign);
        }
        let signed = self.public(now).iter().filter(|k| k.kid == token.kid()).any(|k| token.is_signed_by(k));
        if !signed {
            return Err(Refusal::Unsigned);
        }
        let until = check(token, &self.issuer, now, 0)?;
        let named = token.claims()["client_id"].as_str().unwrap_or_default();
        let client = self.keys.client(named).ok_or(Refusal::Nobody)?;
        let scopes = claims::scopes(token.claims());
        let scopes = scopes.iter().filter(|s| client.scopes.contains(s)).filter_map(|s| Scope::of(s));
        Ok(Access { party: client.party.clone(), scopes: scopes.collect(), until, client: Some(client) })
    }

    fn public(&self, now: Timestamp) -> Vec<PublicKey> {
        let set = json!(self.signing.ring().jwks(now));
        set["keys"].as_array().into_iter().flatten().filter_map(PublicKey::of).collect()
    }

    /// Returns the keys that our tokens are verified with.
    pub(crate) fn jwks(&self, now: Timestamp) -> Value {
        json!(self.signing.ring().jwks(now))
    }

    /// Returns the address of one of our doors.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// Returns what clients have to know of us (RFC 8414).
    pub(crate) fn metadata(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "token_endpoint": self.at("/oauth/token"),
            "jwks_uri": self.at("/oauth/jwks.json"),
            "scopes_supported": Scope::WORDS.iter().map(|(_, word, _)| word).collect::<Vec<_>>(),
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256", "ES384", "EdDSA", "RS256", "PS256"],
            "service_documentation": self.at("/docs/"),
        })
    }
}

#[cfg(test)]
mod tests;
