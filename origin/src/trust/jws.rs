//! Detached signatures over canonical JSON: JWS with an unencoded payload (RFC 7515, RFC 7797).

use super::keys::{SigningKey, TrustedKeys};
use crate::canonical::canonical;
use crate::layout::survey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use p256::ecdsa::{Signature, signature::Verifier as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the protected header says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    alg: String,
    b64: bool,
    crit: Vec<String>,
    /// The domain that signs.
    iss: String,
    kid: String,
    /// When it was signed, in seconds since 1970.
    iat: i64,
}

/// A document with its detached signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The canonical bytes: what was signed, and what is served.
    pub bytes: Vec<u8>,
    /// The signature: `header..signature`.
    pub jws: String,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was changed since the domain wrote it.
    Intact {
        /// The domain whose key signed.
        by: String,
        /// The key.
        kid: String,
        /// When it says it was signed.
        at: Timestamp,
    },
    /// It does not verify.
    Flawed(Flaw),
}

/// Why a signature does not verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The document or its signature was changed.
    #[error("signature broken: the document is not what was signed")]
    Changed,
    /// The signature is written in no way that is read.
    #[error("signature unreadable: {0}")]
    Unreadable(&'static str),
    /// The key is not among those that are trusted for the domain.
    #[error("unknown key `{kid}`: it is not among the keys of {domain}")]
    UnknownKey {
        /// The key's id.
        kid: String,
        /// The domain whose keys were looked at.
        domain: String,
    },
    /// It names another domain than the one whose keys are trusted.
    #[error("signed for {signed}, and not for {domain}")]
    OtherDomain {
        /// The domain that it names.
        signed: String,
        /// The domain whose keys were looked at.
        domain: String,
    },
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Intact { by, .. } => write!(f, "signature intact: written by {by}"),
            Self::Flawed(flaw) => flaw.fmt(f),
        }
    }
}

/// Signs a document for a domain.
pub fn sign(document: &Value, domain: &str, key: &SigningKey, at: Timestamp) -> Signed {
    let bytes = canonical(document).into_bytes();
    let jws = detached(&bytes, domain, key, at);
    Signed { bytes, jws }
}

/// Signs bytes that are canonical already.
pub fn detached(bytes: &[u8], domain: &str, key: &SigningKey, at: Timestamp) -> String {
    let header = Header {
        alg: "ES256".to_owned(),
        b64: false,
        crit: vec!["b64".to_owned()],
        iss: domain.to_owned(),
        kid: key.kid().to_owned(),
        iat: at.as_second(),
    };
    let header = BASE64URL.encode(serde_json::to_vec(&header).unwrap_or_default());
    let signature = key.sign(&input(&header, bytes));
    format!("{header}..{}", BASE64URL.encode(signature))
}

/// Signs claims as a compact token of a type such as `at+jwt` (RFC 7515, RFC 7519).
///
/// Its header has neither `b64` nor `crit`, so that no token is ever taken for a document's signature.
pub fn compact(typ: &str, claims: &Value, key: &SigningKey) -> String {
    let header = serde_json::json!({ "alg": "ES256", "typ": typ, "kid": key.kid() });
    let signed = format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
    let signature = BASE64URL.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// What is signed: the encoded header, a dot, and the payload as it is.
fn input(header: &str, payload: &[u8]) -> Vec<u8> {
    [header.as_bytes(), b".", payload].concat()
}

/// Verifies a document's bytes as they were received with keys that are believed to be a domain's.
///
/// Bytes that are JSON in another order or with other blanks are the same document.
pub fn verify(bytes: &[u8], jws: &str, trusted: &TrustedKeys) -> Verdict {
    match examine(bytes, jws, trusted) {
        Ok(intact) => intact,
        Err(flaw) => Verdict::Flawed(flaw),
    }
}

fn examine(bytes: &[u8], jws: &str, trusted: &TrustedKeys) -> Result<Verdict, Flaw> {
    let mut parts = jws.trim().split('.');
    let (Some(encoded), Some(""), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Flaw::Unreadable("it is not a detached JWS of the form header..signature"));
    };
    let header = BASE64URL.decode(encoded).map_err(|_| Flaw::Unreadable("its header is no base64url"))?;
    let header: Header =
        serde_json::from_slice(&header).map_err(|_| Flaw::Unreadable("its header lacks a member"))?;
    // The only algorithm there is: nothing in the header can choose another one.
    if header.alg != "ES256" || header.b64 || header.crit != ["b64"] {
        return Err(Flaw::Unreadable(
            "its header asks for something else than ES256 over the plain document",
        ));
    }
    let domain = trusted.domain.clone();
    if header.iss != domain {
        return Err(Flaw::OtherDomain { signed: header.iss, domain });
    }
    let jwk = trusted.jwks.keys.iter().find(|k| k.kid == header.kid);
    let key = jwk.and_then(super::keys::Jwk::key);
    let Some(key) = key else { return Err(Flaw::UnknownKey { kid: header.kid, domain }) };
    let signature =
        BASE64URL.decode(signature).map_err(|_| Flaw::Unreadable("its signature is no base64url"))?;
    let signature = Signature::from_slice(&signature)
        .map_err(|_| Flaw::Unreadable("its signature has a wrong length"))?;
    let intact = |payload: &[u8]| key.verify(&input(encoded, payload), &signature).is_ok();
    if let Some(odd) = ambiguous(bytes) {
        return Err(Flaw::Unreadable(odd));
    }
    let again = || serde_json::from_slice::<Value>(bytes).ok().map(|v| canonical(&v).into_bytes());
    if !intact(bytes) && !again().is_some_and(|payload| payload != bytes && intact(&payload)) {
        return Err(Flaw::Changed);
    }
    let at = Timestamp::from_second(header.iat).map_err(|_| Flaw::Unreadable("its time is none"))?;
    Ok(Verdict::Intact { by: domain, kid: header.kid, at })
}

/// Returns why bytes would be read differently by different readers, if they would: then a signature
/// over one reading says nothing about another.
fn ambiguous(bytes: &[u8]) -> Option<&'static str> {
    let told = survey(bytes);
    if !told.repeated.is_empty() {
        return Some("a name stands twice in one object, so the document means two things");
    }
    told.inexact.then_some("an integer is larger than a double can hold exactly")
}

/// Returns the domain and the key that a signature names, before anything of it is believed.
pub fn named(jws: &str) -> Option<(String, String)> {
    let header = BASE64URL.decode(jws.trim().split('.').next()?).ok()?;
    let header: Header = serde_json::from_slice(&header).ok()?;
    Some((header.iss, header.kid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::{Jwks, SigningKey};
    use proptest::prelude::*;
    use serde_json::json;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32]).unwrap()
    }

    fn trusted(domain: &str, key: &SigningKey) -> TrustedKeys {
        TrustedKeys { domain: domain.into(), jwks: Jwks { keys: vec![key.public().clone()] } }
    }

    fn signed() -> (Signed, TrustedKeys) {
        let document =
            json!({"type": "FeatureCollection", "features": [{"coordinates": [122.075, 30.6133]}], "n": 1.0});
        let at = "2026-09-10T06:00:00Z".parse().unwrap();
        (sign(&document, "sealane.example", &key(7), at), trusted("sealane.example", &key(7)))
    }

    #[test]
    fn a_verdict_says_who_wrote_it() {
        let (signed, trusted) = signed();
        let verdict = verify(&signed.bytes, &signed.jws, &trusted);
        assert_eq!(verdict.to_string(), "signature intact: written by sealane.example");
        let pretty =
            serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(&signed.bytes).unwrap()).unwrap();
        assert_eq!(verify(&pretty, &signed.jws, &trusted), verdict, "spelling is not content");
        let (again, _) = self::signed();
        assert_eq!(again, signed, "the same document gets the same signature");
    }

    #[test]
    fn who_else_wrote_it_is_said_too() {
        let (signed, trusted) = signed();
        let other = TrustedKeys { domain: "other.example".into(), ..trusted.clone() };
        assert_eq!(
            verify(&signed.bytes, &signed.jws, &other).to_string(),
            "signed for sealane.example, and not for other.example"
        );
        let unknown = self::trusted("sealane.example", &key(8));
        assert!(verify(&signed.bytes, &signed.jws, &unknown).to_string().starts_with("unknown key"));
        // Another key under the same id: the signature decides.
        let mut posing = unknown;
        posing.jwks.keys[0].kid = key(7).kid().to_owned();
        assert_eq!(verify(&signed.bytes, &signed.jws, &posing), Verdict::Flawed(Flaw::Changed));
    }

    #[test]
    fn no_header_chooses_another_algorithm() {
        let (signed, trusted) = signed();
        let signature = signed.jws.rsplit('.').next().unwrap();
        let kid = key(7).kid().to_owned();
        for (alg, crit, b64) in
            [("none", "b64", false), ("HS256", "b64", false), ("ES256", "exp", false), ("ES256", "b64", true)]
        {
            let header = json!({"alg": alg, "b64": b64, "crit": [crit], "iss": "sealane.example", "kid": kid, "iat": 0});
            let forged = format!("{}..{signature}", BASE64URL.encode(header.to_string()));
            let verdict = verify(&signed.bytes, &forged, &trusted);
            assert!(matches!(verdict, Verdict::Flawed(Flaw::Unreadable(_))), "{alg}: {verdict}");
        }
        for odd in ["", "a.b.c", "..", "e30..AA", "!..!", &signed.jws.replace("..", ".x.")] {
            assert!(
                matches!(verify(&signed.bytes, odd, &trusted), Verdict::Flawed(Flaw::Unreadable(_))),
                "{odd}"
            );
        }
    }

    #[test]
    fn what_two_readers_would_read_differently_does_not_verify() {
        let trusted = trusted("sealane.example", &key(7));
        let at = "2026-09-10T06:00:00Z".parse().unwrap();
        // Even when these very bytes were signed by the right key.
        for (odd, intact) in [
            (r#"{"state":"conflict","state":"consistent"}"#, false),
            (r#"{"a":{"\u0062":1,"b":2}}"#, false),
            (r#"{"n":9007199254740993}"#, false),
            (r#"{"n":-9007199254740993}"#, false),
            (r#"{"n":123456789012345678901234567890}"#, false),
            (r#"{"n":9007199254740992}"#, true),
            (r#"{"n":9223372036854775808,"x":1e300}"#, true),
            (r#"{"n":"9007199254740993","a":[{"b":1},{"b":2}]}"#, true),
        ] {
            let jws = detached(odd.as_bytes(), "sealane.example", &key(7), at);
            let verdict = verify(odd.as_bytes(), &jws, &trusted);
            assert_eq!(matches!(verdict, Verdict::Intact { .. }), intact, "{odd}: {verdict}");
        }
        // A second member that hides the signed one from readers that take the last.
        let signed = sign(&json!({"state": "conflict"}), "sealane.example", &key(7), at);
        let hidden = br#"{"state":"consistent","state":"conflict"}"#;
        assert!(matches!(verify(hidden, &signed.jws, &trusted), Verdict::Flawed(Flaw::Unreadable(_))));
        // A neighbour that a double cannot tell from the signed number.
        let signed = sign(&json!({"seq": 9_007_199_254_740_992_u64}), "sealane.example", &key(7), at);
        let near = br#"{"seq":9007199254740993}"#;
        assert!(matches!(verify(near, &signed.jws, &trusted), Verdict::Flawed(Flaw::Unreadable(_))));
        assert_eq!(named(&signed.jws).map(|(iss, _)| iss).as_deref(), Some("sealane.example"));
        assert_eq!(named("e30..AA"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn one_flipped_bit_anywhere_is_found(at in 0_usize..10_000, bit in 0_u8..8) {
            let (signed, trusted) = signed();
            let mut bytes = signed.bytes.clone();
            let n = at % bytes.len();
            bytes[n] ^= 1 << bit;
            // A flip may still be the same document only if it is read as the same JSON.
            let same = serde_json::from_slice::<Value>(&bytes)
                .is_ok_and(|v| canonical(&v).into_bytes() == signed.bytes && ambiguous(&bytes).is_none());
            let intact = matches!(verify(&bytes, &signed.jws, &trusted), Verdict::Intact { .. });
            prop_assert_eq!(intact, same);
            let mut jws = signed.jws.clone().into_bytes();
            let n = at % jws.len();
            jws[n] ^= 1 << (bit % 7);
            if let Ok(jws) = String::from_utf8(jws) {
                let intact = matches!(verify(&signed.bytes, &jws, &trusted), Verdict::Intact { .. });
                prop_assert!(!intact || jws.trim() == signed.jws, "{}", jws);
            }
        }
    }
}
