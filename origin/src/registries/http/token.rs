//! OAuth 2 client credentials: tokens are kept while they are good and never shown.

use super::super::auth::{Auth, Signer};
use super::super::port::{Fault, FaultKind};
use super::super::template::escaped;
use super::{ask_beside, basic, credential, sign};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::json;
use std::sync::{Mutex, PoisonError};

/// How long before its end a token is no longer used.
const EARLY: SignedDuration = SignedDuration::from_secs(15);
/// How long a token is used whose end is not told.
const UNTOLD: i64 = 60;
/// How long an assertion holds.
const ASSERTION: i64 = 120;

/// The token of one registry.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Option<(String, Timestamp)>>);

impl Tokens {
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) async fn get(&self, auth: &Auth, base: &str, client: &Client) -> Result<String, Fault> {
        let now = Timestamp::now();
        if let Some((token, until)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && now < *until
        {
            return Ok(token.clone());
        }
        let (token, seconds) = fetch(auth, base, client, now).await?;
        let lasts = SignedDuration::from_secs(seconds.clamp(0, 86_400)) - EARLY;
        let until = now.checked_add(lasts).unwrap_or(now);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), until));
        Ok(token)
    }
}

/// Returns whether a way of saying who we are uses tokens.
pub(super) fn uses(auth: &Auth) -> bool {
    matches!(auth, Auth::Oauth2 { .. } | Auth::PrivateKeyJwt { .. })
}

async fn fetch(auth: &Auth, base: &str, client: &Client, now: Timestamp) -> Result<(String, i64), Fault> {
    let (Auth::Oauth2 { token, scope, .. } | Auth::PrivateKeyJwt { token, scope, .. }) = auth else {
        return Err(Fault::new(FaultKind::Auth, "no token is used"));
    };
    let url = if token.starts_with('/') { format!("{base}{token}") } else { token.clone() };
    let mut form = vec![("grant_type", "client_credentials".to_owned())];
    if !scope.is_empty() {
        form.push(("scope", scope.to_string()));
    }
    let mut request = client.post(&url).header("content-type", "application/x-www-form-urlencoded");
    match auth {
        Auth::Oauth2 { client: id, secret, .. } => {
            request = request.header("authorization", basic(&escaped(id), &escaped(&credential(secret)?)));
        }
        Auth::PrivateKeyJwt { client: id, signer, .. } => {
            form.push((
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
            ));
            form.push(("client_assertion", assertion(signer, client, id, &url, now).await?));
        }
        _ => {}
    }
    let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let answer = ask_beside(request.body(form.join("&")), "the token endpoint").await?;
    let token = answer["access_token"].as_str().filter(|t| !t.is_empty());
    let token =
        token.ok_or_else(|| Fault::new(FaultKind::Auth, "the token endpoint gives no `access_token`"))?;
    Ok((token.to_owned(), answer["expires_in"].as_i64().unwrap_or(UNTOLD)))
}

/// Returns a signed assertion of who we are (RFC 7523); its signature is made elsewhere.
async fn assertion(
    signer: &Signer,
    client: &Client,
    id: &str,
    audience: &str,
    now: Timestamp,
) -> Result<String, Fault> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)
        .map_err(|e| Fault::new(FaultKind::Auth, format!("no random numbers: {e}")))?;
    let issued = now.as_second();
    let head = json!({"alg": signer.alg, "typ": "JWT", "kid": signer.kid});
    let claims = json!({
        "iss": id, "sub": id, "aud": audience, "iat": issued, "exp": issued + ASSERTION,
        "jti": URL_SAFE_NO_PAD.encode(random),
    });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let content = format!("{}.{}", part(head), part(claims));
    let signature = sign::sign(signer, client, content.as_bytes()).await?;
    Ok(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
