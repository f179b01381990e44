//! Issuers of others: their keys are fetched, kept, and fetched again when a token names one that is new.

use super::Access;
use super::claims::{self, Refusal, SKEW};
use super::jose::{Compact, PublicKey};
use crate::scopes::Scope;
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::ports::Pending;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// How long fetched keys are used before they are fetched again.
const FRESH: Duration = Duration::from_hours(1);
/// How soon keys may be fetched again, whatever tokens name.
const COOL: Duration = Duration::from_secs(30);

/// Fetches a key set by its address: what it is, or why not.
pub type Fetch = Arc<dyn Fn(String) -> Pending<'static, Result<Vec<u8>, String>> + Send + Sync>;

/// An issuer of others whose tokens are accepted.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its name, as `iss` has it.
    pub issuer: String,
    /// What `aud` must hold: our name there.
    pub audience: String,
    /// The address of its key set.
    pub jwks: String,
    /// The party that all of its tokens speak for.
    #[serde(default)]
    pub party: Option<String>,
    /// The claim that names the party, where it issues for several.
    #[serde(default)]
    pub party_claim: Option<String>,
    /// The parties that it may name there.
    #[serde(default)]
    pub parties: BTreeSet<String>,
    /// The scopes that it may grant.
    pub scopes: BTreeSet<String>,
    /// Whether tokens of type `JWT` are taken beside `at+jwt` (RFC 9068).
    #[serde(default)]
    pub plain_jwt: bool,
}

impl Issuer {
    /// Returns what is wrong with how it is set up.
    pub(super) fn flaw(&self) -> Option<String> {
        let one = self.party.is_some() != self.party_claim.is_some();
        if !one || self.party_claim.is_some() == self.parties.is_empty() {
            return Some("it needs either `party`, or `party_claim` with `parties`".to_owned());
        }
        let unknown = self.scopes.iter().find(|s| Scope::of(s).is_none());
        unknown.map(|scope| format!("`{scope}` is no scope"))
    }

    /// Returns the party that a token speaks for, if the issuer may say so.
    fn party(&self, token: &Compact<'_>) -> Option<PartyId> {
        let named = match (&self.party, &self.party_claim) {
            (Some(party), _) => Some(party.as_str()),
            (None, Some(claim)) => {
                token.claims()[claim.as_str()].as_str().filter(|p| self.parties.contains(*p))
            }
            (None, None) => None,
        };
        named.map(|party| PartyId(party.into()))
    }
}

#[derive(Default)]
struct Known {
    keys: Vec<PublicKey>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

/// An issuer with its keys as they are known.
pub(super) struct External {
    pub(super) issuer: Issuer,
    known: RwLock<Known>,
    /// Held while the keys are fetched.
    flight: Arc<tokio::sync::Mutex<()>>,
}

impl External {
    pub(super) fn new(issuer: Issuer) -> Self {
        Self { issuer, known: RwLock::default(), flight: Arc::default() }
    }

    /// Fetches the keys where that can change anything: a key that is not known, or keys that are old.
    ///
    /// Until this ends, whoever comes with a key that is not known waits for it. Whoever hangs up meanwhile ends
    /// nothing: it would be begun again and again.
    pub(super) async fn ready(self: &Arc<Self>, kid: &str, fetch: &Fetch, now: Instant) {
        if !self.wants(kid, now) {
            return;
        }
        let Ok(flight) = self.flight.clone().try_lock_owned() else {
            drop(self.flight.lock().await);
            return;
        };
        // It may have ended between the two looks.
        if !self.wants(kid, now) {
            return;
        }
        let (this, fetched) = (self.clone(), fetch(self.issuer.jwks.clone()));
        let fetching = tokio::spawn(async move {
            this.take(fetched.await, now);
            drop(flight);
        });
        if fetching.await.is_err() {
            tracing::error!(issuer = %self.issuer.issuer, "fetching its keys ended early");
        }
    }

    fn take(&self, fetched: Result<Vec<u8>, String>, now: Instant) {
        let keys = fetched.and_then(|bytes| PublicKey::set(&bytes).map_err(str::to_owned));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tried = Some(now);
        match keys {
            Ok(keys) => (known.keys, known.fetched) = (keys, Some(now)),
            Err(error) => {
                tracing::warn!(issuer = %self.issuer.issuer, error, "its keys cannot be fetched; those known go on");
            }
        }
    }

    fn wants(&self, kid: &str, now: Instant) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(known.tried).is_some_and(|passed| passed < COOL) {
            return false;
        }
        since(known.fetched).is_none_or(|passed| passed >= FRESH) || !known.keys.iter().any(|k| k.kid == kid)
    }

    /// Returns what a token opens.
    pub(super) fn access(&self, token: &Compact<'_>, now: Timestamp) -> Result<Access, Refusal> {
        let typ = token.typ();
        if typ != "at+jwt" && !(self.issuer.plain_jwt && matches!(typ.as_str(), "jwt" | "")) {
            return Err(Refusal::Foreign);
        }
        {
            // Only this issuer's own keys are looked at: another one's may have the same id.
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let mut named = known.keys.iter().filter(|k| k.kid == token.kid());
            if !named.any(|key| token.is_signed_by(key)) {
                return Err(Refusal::Unsigned);
            }
        }
        let until = claims::check(token, &self.issuer.audience, now, SKEW)?;
        let party = self.issuer.party(token).ok_or(Refusal::Nobody)?;
        let granted = claims::scopes(token.claims());
        let scopes = granted.intersection(&self.issuer.scopes).filter_map(|s| Scope::of(s)).collect();
        Ok(Access { party, scopes, until, client: None })
    }
}
