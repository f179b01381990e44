//! Signed tokens as others write them: compact JWS (RFC 7515), verified with public keys that were
//! chosen before the token was looked at.
//!
//! Nothing in a token's header can bring a key along or choose an algorithm that its key is not for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

/// The longest token that is read.
pub(super) const LONGEST: usize = 8 << 10;
/// The most keys of a set that are read.
const MOST_KEYS: usize = 50;

/// What of a header is read. `jwk`, `jku`, `x5c` and `x5u` are not: a token does not say what proves it.
#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    /// Whatever must be understood: nothing is.
    #[serde(default)]
    crit: Option<Value>,
}

/// A token that has the form of one; nothing of it is believed yet.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    header: Header,
    signed: &'a str,
    signature: Vec<u8>,
    claims: Value,
}

impl<'a> Compact<'a> {
    /// Reads a token; nothing if it has another form.
    pub(super) fn read(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        if token.len() > LONGEST || claims.contains('.') {
            return None;
        }
        let header: Header = serde_json::from_slice(&BASE64URL.decode(header).ok()?).ok()?;
        let claims: Value = serde_json::from_slice(&BASE64URL.decode(claims).ok()?).ok()?;
        let signature = BASE64URL.decode(signature).ok()?;
        claims.is_object().then_some(Self { header, signed, signature, claims })
    }

    /// Returns the id of the key that it names.
    pub(super) fn kid(&self) -> &str {
        self.header.kid.as_deref().unwrap_or_default()
    }

    /// Returns its type in lower case, without `application/`.
    pub(super) fn typ(&self) -> String {
        let typ = self.header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        typ.trim_start_matches("application/").to_owned()
    }

    /// Returns what it claims. Believe it only once [`Self::is_signed_by`] said so.
    pub(super) fn claims(&self) -> &Value {
        &self.claims
    }

    /// Returns whether a key signed it, in a way that the key is for.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.header.crit.is_none() && key.verifies(&self.header.alg, self.signed.as_bytes(), &self.signature)
    }
}

/// What a public key is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parts {
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

/// A public key with its id, and the algorithm where its set pins one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    pub(super) kid: String,
    pinned: Option<String>,
    parts: Parts,
}

impl PublicKey {
    /// Reads a JSON Web Key; nothing for secrets, for keys that encrypt, and for curves we do not verify.
    pub(super) fn of(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk[name].as_str();
        let bytes = |name: &str| text(name).and_then(|t| BASE64URL.decode(t).ok());
        if text("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        let point = |size: usize| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let right = x.len() == size && y.len() == size;
            right.then(|| std::iter::once(4).chain(x).chain(y).collect::<Vec<u8>>())
        };
        let parts = match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => Parts::P256(point(32)?),
            ("EC", Some("P-384")) => Parts::P384(point(48)?),
            ("OKP", Some("Ed25519")) => Parts::Ed25519(bytes("x").filter(|x| x.len() == 32)?),
            ("RSA", _) => Parts::Rsa { n: plain(bytes("n")?), e: plain(bytes("e")?) },
            // `oct` among them: a shared secret proves nothing of who signed.
            _ => return None,
        };
        let kid = text("kid").unwrap_or_default().to_owned();
        Some(Self { kid, pinned: text("alg").map(str::to_owned), parts })
    }

    /// Reads a key set of at most 50 keys; keys that we cannot use are passed over.
    pub(super) fn set(bytes: &[u8]) -> Result<Vec<Self>, &'static str> {
        let set: Value = serde_json::from_slice(bytes).map_err(|_| "it is no JSON")?;
        let keys = set["keys"].as_array().ok_or("it has no `keys`")?;
        if keys.len() > MOST_KEYS {
            return Err("it has more than 50 keys");
        }
        let usable: Vec<Self> = keys.iter().filter_map(Self::of).filter(|k| !k.kid.is_empty()).collect();
        if usable.is_empty() { Err("it has no key for signatures with a `kid`") } else { Ok(usable) }
    }

    fn verifies(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        if self.pinned.as_deref().is_some_and(|pinned| pinned != alg) {
            return false;
        }
        let by = |how: &'static dyn signature::VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(how, key).verify(message, signature).is_ok()
        };
        match (&self.parts, alg) {
            (Parts::P256(key), "ES256") => by(&ECDSA_P256_SHA256_FIXED, key),
            (Parts::P384(key), "ES384") => by(&ECDSA_P384_SHA384_FIXED, key),
            (Parts::Ed25519(key), "EdDSA") => by(&ED25519, key),
            (Parts::Rsa { n, e }, "RS256" | "PS256") => {
                let how =
                    if alg == "RS256" { &RSA_PKCS1_2048_8192_SHA256 } else { &RSA_PSS_2048_8192_SHA256 };
                RsaPublicKeyComponents { n, e }.verify(how, message, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// Drops leading zeros, which a number in a key set may have.
fn plain(number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|b| **b == 0).count();
    number.into_iter().skip(zeros).collect()
}
