//! What a token claims, checked against what is expected of it.

use super::jose::Compact;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;

/// How far another issuer's clock may be off, in seconds.
pub(super) const SKEW: i64 = 30;

/// Why a token is refused; told to whoever sent it, for it says nothing of our secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Its form, issuer or type is none that is taken here.
    #[error("the token is of no issuer and type that is accepted here")]
    Foreign,
    /// No key of its issuer has signed it.
    #[error("the token's signature is not by a key of its issuer")]
    Unsigned,
    /// It is meant for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// Its time is over or not yet come, or it has none.
    #[error("the token's time is over, or has not come")]
    Time,
    /// Its client was taken out of use, or its party is none that its issuer may speak for.
    #[error("the token is of no client or party in use here")]
    Nobody,
}

/// Returns whether a claim that is one text or a list of texts holds a text.
pub(super) fn names(claim: &Value, wanted: &str) -> bool {
    match claim {
        Value::String(one) => one == wanted,
        Value::Array(many) => many.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// Checks audience and times; `skew` in seconds. Returns when the token ends.
pub(super) fn check(
    token: &Compact<'_>,
    audience: &str,
    now: Timestamp,
    skew: i64,
) -> Result<Timestamp, Refusal> {
    let claims = token.claims();
    if !names(&claims["aud"], audience) {
        return Err(Refusal::Audience);
    }
    let now = now.as_second();
    let end = claims["exp"].as_i64().ok_or(Refusal::Time)?;
    let begun = |name: &str| match &claims[name] {
        Value::Null => true,
        from => from.as_i64().is_some_and(|from| from <= now.saturating_add(skew)),
    };
    if now >= end.saturating_add(skew) || !begun("nbf") || !begun("iat") {
        return Err(Refusal::Time);
    }
    Timestamp::from_second(end).map_err(|_| Refusal::Time)
}

/// Returns the scopes that a token claims: `scope` in one text, or `scp` as a text or a list.
pub(super) fn scopes(claims: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for claim in [&claims["scope"], &claims["scp"]] {
        let texts: Vec<&str> = match claim {
            Value::String(text) => text.split_ascii_whitespace().collect(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        found.extend(texts.into_iter().map(str::to_owned));
    }
    found
}
