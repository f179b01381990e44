//! Signing keys (ES256), and what others verify with: a JSON Web Key Set with rotation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use p256::ecdsa::{Signature, SigningKey as EcdsaKey, VerifyingKey, signature::Signer as _};
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};

/// The bytes are no private key of P-256, or the set holds no usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no private key of P-256")]
pub struct BadKey;

/// A key that signs.
#[derive(Clone)]
pub struct SigningKey {
    key: EcdsaKey,
    jwk: Jwk,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.jwk.kid)
    }
}

impl SigningKey {
    /// Returns the key of 32 secret bytes; a few values are none, so whoever draws them tries again.
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, BadKey> {
        let key = EcdsaKey::from_slice(secret).map_err(|_| BadKey)?;
        let jwk = Jwk::of(key.verifying_key()).ok_or(BadKey)?;
        Ok(Self { key, jwk })
    }

    /// Returns its id: the key's own thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    /// Returns what others verify with.
    pub fn public(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs some bytes; the same bytes always get the same signature (RFC 6979).
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.key.sign(message);
        signature.to_bytes().into()
    }
}

/// A public key of P-256 as a JSON Web Key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// The x coordinate, base64url.
    pub x: String,
    /// The y coordinate, base64url.
    pub y: String,
    /// Its id.
    pub kid: String,
    /// `ES256`.
    #[serde(default)]
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use", default)]
    pub usage: String,
}

impl Jwk {
    fn of(key: &VerifyingKey) -> Option<Self> {
        let point = key.to_sec1_point(false);
        let (x, y) = (BASE64URL.encode(point.x()?), BASE64URL.encode(point.y()?));
        let kid = thumbprint(&x, &y);
        let [kty, crv, alg, usage] = ["EC", "P-256", "ES256", "sig"].map(str::to_owned);
        Some(Self { kty, crv, x, y, kid, alg, usage })
    }

    /// Returns the key; nothing if it is of another type or no point of the curve.
    pub(super) fn key(&self) -> Option<VerifyingKey> {
        // What a key is for is decided by its own type, never by what a signature's header says.
        let right = self.kty == "EC" && self.crv == "P-256" && matches!(self.alg.as_str(), "" | "ES256");
        let (x, y) = (BASE64URL.decode(&self.x).ok()?, BASE64URL.decode(&self.y).ok()?);
        if !right || x.len() != 32 || y.len() != 32 {
            return None;
        }
        let point: Vec<u8> = std::iter::once(4).chain(x).chain(y).collect();
        VerifyingKey::from_sec1_bytes(&point).ok()
    }
}

/// The thumbprint of a P-256 key (RFC 7638): its members in order, hashed.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64URL.encode(Sha256::of(members.as_bytes()).0)
}

/// A JSON Web Key Set, as `/.well-known/jwks.json` serves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys; others than ours are ignored when verifying.
    pub keys: Vec<Jwk>,
}

/// The keys that a reader believes to be a domain's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKeys {
    /// The domain.
    pub domain: String,
    /// Its keys.
    pub jwks: Jwks,
}

/// A key that signs no more. What it signed still verifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// The key.
    pub jwk: Jwk,
    /// Until when it is served.
    pub until: Timestamp,
}

/// The keys of an installation: one signs, the next is announced, old ones still verify.
#[derive(Clone, Debug)]
pub struct KeyRing {
    /// The domain that documents are signed for.
    pub domain: String,
    current: SigningKey,
    next: Option<SigningKey>,
    retired: Vec<Retired>,
}

impl KeyRing {
    /// Returns a ring of one key, with keys that signed before.
    pub fn new(domain: &str, current: SigningKey, retired: Vec<Retired>) -> Self {
        Self { domain: domain.to_owned(), current, next: None, retired }
    }

    /// Returns the key that signs.
    pub fn current(&self) -> &SigningKey {
        &self.current
    }

    /// Returns the keys that signed before.
    pub fn retired(&self) -> &[Retired] {
        &self.retired
    }

    /// Announces the key that signs after the next rotation, so that caches know it in time.
    pub fn announce(&mut self, next: SigningKey) {
        self.next = Some(next);
    }

    /// Lets the announced key sign, and serves the old one until an instant; without an announced
    /// key nothing changes. Returns whether the key changed.
    pub fn rotate(&mut self, serve_old_until: Timestamp) -> bool {
        let Some(next) = self.next.take() else { return false };
        let old = std::mem::replace(&mut self.current, next);
        self.retired.push(Retired { jwk: old.jwk, until: serve_old_until });
        true
    }

    /// Returns the set that is served at an instant: the signing key first.
    pub fn jwks(&self, now: Timestamp) -> Jwks {
        let mut keys = vec![self.current.jwk.clone()];
        keys.extend(self.next.iter().map(|k| k.jwk.clone()));
        keys.extend(self.retired.iter().filter(|r| now <= r.until).map(|r| r.jwk.clone()));
        Jwks { keys }
    }

    /// Returns every key that ever signed here, for verifying one's own documents.
    pub fn trusted(&self) -> TrustedKeys {
        let own = std::iter::once(self.current.jwk.clone());
        let keys = own.chain(self.retired.iter().map(|r| r.jwk.clone())).collect();
        TrustedKeys { domain: self.domain.clone(), jwks: Jwks { keys } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32]).unwrap()
    }

    #[test]
    fn thumbprints_are_those_of_rfc_7638() {
        // The members of an EC key in the order of section 3.2; checked with jose in the room's tests.
        let jwk = key(7).public().clone();
        assert_eq!(jwk.kid, thumbprint(&jwk.x, &jwk.y));
        assert_eq!(jwk.kid.len(), 43);
        assert!(jwk.key().is_some());
    }

    #[test]
    fn bad_secrets_and_bad_points_are_no_keys() {
        assert_eq!(SigningKey::from_bytes(&[0; 32]).unwrap_err(), BadKey);
        assert_eq!(SigningKey::from_bytes(&[0xff; 32]).unwrap_err(), BadKey);
        let good = key(7).public().clone();
        for bad in [
            Jwk { kty: "RSA".into(), ..good.clone() },
            Jwk { crv: "P-384".into(), ..good.clone() },
            Jwk { alg: "HS256".into(), ..good.clone() },
            Jwk { y: good.x.clone(), ..good.clone() },
            Jwk { x: "AA".into(), ..good.clone() },
            Jwk { x: "***".into(), ..good.clone() },
        ] {
            assert!(bad.key().is_none(), "{bad:?}");
        }
    }

    #[test]
    fn rotation_announces_and_keeps_the_old_one_for_a_while() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let mut ring = KeyRing::new("sealane.example", key(1), Vec::new());
        assert!(!ring.rotate(at("2026-12-01T00:00:00Z")), "nothing was announced");
        ring.announce(key(2));
        let kids = |ring: &KeyRing, now: &str| -> Vec<String> {
            ring.jwks(at(now)).keys.into_iter().map(|k| k.kid).collect()
        };
        let (one, two) = (key(1).kid().to_owned(), key(2).kid().to_owned());
        assert_eq!(kids(&ring, "2026-11-01T00:00:00Z"), [one.clone(), two.clone()]);
        assert!(ring.rotate(at("2026-12-01T00:00:00Z")));
        assert_eq!(ring.current().kid(), two);
        assert_eq!(kids(&ring, "2026-11-30T00:00:00Z"), [two.clone(), one.clone()]);
        assert_eq!(kids(&ring, "2026-12-02T00:00:00Z"), std::slice::from_ref(&two));
        assert_eq!(ring.trusted().jwks.keys.len(), 2, "what it signed still verifies");
        assert!(!format!("{ring:?}").contains("ScalarPrimitive"), "no secret in debug output");
    }
}
