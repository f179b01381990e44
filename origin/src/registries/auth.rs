//! How we say who we are, what signs for us, and how what is pushed is known.

use super::secret::Secret;
use sealane_data::Text;
use serde::Deserialize;
use std::path::PathBuf;

/// How we say who we are. Every credential is a reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// A key in a header.
    ApiKey {
        /// The header.
        header: Text,
        /// What stands before the key.
        #[serde(default)]
        prefix: Text,
        /// The key.
        secret: Secret,
    },
    /// Name and password (RFC 7617).
    Basic {
        /// The name.
        user: Text,
        /// The password.
        secret: Secret,
    },
    /// OAuth 2 client credentials (RFC 6749, 4.4) with the secret by basic authentication.
    Oauth2 {
        /// The token endpoint below the environment's base, or a whole address.
        token: String,
        /// The client's id.
        client: Text,
        /// Its secret.
        secret: Secret,
        /// The scope.
        #[serde(default)]
        scope: Text,
    },
    /// OAuth 2 client credentials with a signed assertion (RFC 7523); the signer makes the signature.
    PrivateKeyJwt {
        /// The token endpoint below the environment's base, or a whole address.
        token: String,
        /// The client's id.
        client: Text,
        /// The scope.
        #[serde(default)]
        scope: Text,
        /// What signs the assertion.
        signer: Signer,
    },
    /// A client certificate (mutual TLS), as PEM files; the key identifies the connection and signs nothing else.
    Mtls {
        /// The chain.
        cert: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

impl Auth {
    /// Returns the word of its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ApiKey { .. } => "api_key",
            Self::Basic { .. } => "basic",
            Self::Oauth2 { .. } => "oauth2",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
            Self::Mtls { .. } => "mtls",
        }
    }
}

/// A signing service of the exporter's own: it holds the key, we hold none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Takes `{"alg","kid","payload"}` (base64) by POST and answers `{"signature"}` (base64).
    pub url: String,
    /// The algorithm to ask for.
    #[serde(default = "es256")]
    pub alg: Text,
    /// The key to ask for.
    #[serde(default)]
    pub kid: Text,
    /// The header of requests that carries the signature of their body.
    #[serde(default = "signature_header")]
    pub header: Text,
    /// What the signing service asks for as `Authorization: Bearer`.
    #[serde(default)]
    pub secret: Option<Secret>,
}

fn es256() -> Text {
    "ES256".into()
}

fn signature_header() -> Text {
    "x-signature".into()
}

/// How what a registry pushes is known to be its own: HMAC-SHA-256 over the body.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pushing {
    /// The header with `sha256=` and hexadecimal.
    #[serde(default = "signature_header")]
    pub header: Text,
    /// The shared secret.
    pub secret: Secret,
    /// The address by which the registry reaches this server, without a slash at the end.
    #[serde(default)]
    pub reached_at: String,
}
