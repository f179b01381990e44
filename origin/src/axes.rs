//! What is said of a certificate: three axes that are never merged, and the client's claims.

use serde_json::Value;

/// Every lifecycle state that a document may claim.
const STATES: &[&str] = &[
    "draft",
    "submitted",
    "issued",
    "presented",
    "utilised",
    "denied",
    "rejected",
    "cancelled",
    "replaced",
    "revoked",
    "expired",
];

/// Returns whether a word is a lifecycle state.
pub(crate) fn is_state(word: &str) -> bool {
    STATES.contains(&word)
}

/// Where a certificate is in its life, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// The state; `unknown` when none or an unknown one is claimed.
    pub state: &'static str,
    /// Who says so: `claimed` by the one who sent it, or `not_told`.
    pub source: &'static str,
}

/// Whether the issuer was asked about a certificate, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The state as a stable word.
    pub state: &'static str,
    /// The state for people.
    pub text: &'static str,
}

/// Whether the observed movement agrees with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The state as a stable word.
    pub state: &'static str,
}

/// What a document says about itself, kept as sent and never shown as ours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Its `uid`.
    pub uid: Option<Value>,
    /// Its `lifecycle`.
    pub lifecycle: Option<Value>,
    /// Its `verification`.
    pub verification: Option<Value>,
}

impl Claims {
    /// Returns a document's claims.
    pub(crate) fn of(document: &Value) -> Self {
        let claim = |name: &str| document.get(name).filter(|v| !v.is_null()).cloned();
        Self { uid: claim("uid"), lifecycle: claim("lifecycle"), verification: claim("verification") }
    }
}

impl Lifecycle {
    /// Returns the state that a document claims for itself.
    pub(crate) fn claimed(document: &Value) -> Self {
        let word = document.pointer("/lifecycle/state").and_then(Value::as_str).map(str::trim);
        let known = word.and_then(|word| STATES.iter().find(|state| **state == word));
        let source = if word.is_some() { "claimed" } else { "not_told" };
        Self { state: known.copied().unwrap_or("unknown"), source }
    }
}

impl Verification {
    /// Nobody has asked the issuer: no registry is connected.
    pub const NOT_CHECKED: Self = Self { state: "not_checked", text: "not yet checked with the issuer" };
}

impl Consistency {
    /// No rule has compared the movement with the certificate.
    pub const NOT_ASSESSED: Self = Self { state: "not_assessed" };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claimed_state_is_named_a_claim() {
        let of = |document| {
            let told = Lifecycle::claimed(&document);
            (told.state, told.source)
        };
        assert_eq!(of(json!({"lifecycle": {"state": "issued"}})), ("issued", "claimed"));
        assert_eq!(of(json!({"lifecycle": {"state": "verified by customs"}})), ("unknown", "claimed"));
        assert_eq!(of(json!({})), ("unknown", "not_told"));
    }
}
