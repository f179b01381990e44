//! The signing port: signatures are made by a service of the exporter's own, which holds the key.

use super::super::auth::Signer;
use super::super::port::{Fault, FaultKind};
use super::{ask_beside, credential};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use serde_json::json;

/// Has bytes signed.
pub(super) async fn sign(signer: &Signer, client: &Client, payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let order = json!({"alg": signer.alg, "kid": signer.kid, "payload": STANDARD.encode(payload)});
    let mut request =
        client.post(&signer.url).header("content-type", "application/json").body(order.to_string());
    if let Some(secret) = &signer.secret {
        request = request.header("authorization", format!("Bearer {}", credential(secret)?));
    }
    let answer = ask_beside(request, "the signer").await?;
    let signature = answer["signature"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let bad = || Fault::new(FaultKind::Contract, "the signer gives no `signature` in base64");
    signature.filter(|s| !s.is_empty()).ok_or_else(bad)
}
