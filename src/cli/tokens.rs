//! Tokens of OAuth 2 in this process: the keys that sign them, and fetching the key sets of others.

use crate::config::Config;
use anyhow::Result;
use sealane_api::oauth::Fetch;
use sealane_api::{Keys, OAuth, Signing};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The file of the keys that sign tokens and nothing else, in the data directory.
pub(crate) const FILE: &str = "oauth.json";
/// The largest key set that is read.
const LARGEST: usize = 256 << 10;
/// How long a key set may take to come: a request waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens our own issuer and those of others as they are configured.
pub(crate) fn open(data: &Path, config: &Config, keys: &Arc<Keys>) -> Result<Arc<OAuth>> {
    let issuer = config.oauth.issuer.clone().unwrap_or_else(|| format!("https://{}", config.domain));
    let signing = Arc::new(Signing::open(data.join(FILE), &config.domain)?);
    let oauth = OAuth::new(&issuer, signing, keys.clone(), config.oauth.issuers.clone(), fetch()?)?;
    Ok(Arc::new(oauth))
}

/// Returns how key sets are fetched: over HTTPS, without redirects, up to a size.
fn fetch() -> Result<Fetch> {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
    let client = client.build()?;
    let fetch: Fetch = Arc::new(move |address: String| {
        let client = client.clone();
        Box::pin(async move { key_set(&client, &address).await.map_err(|e| format!("{e:#}")) })
    });
    Ok(fetch)
}

async fn key_set(client: &reqwest::Client, address: &str) -> Result<Vec<u8>> {
    let url: reqwest::Url = address.parse()?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    anyhow::ensure!(url.scheme() == "https" || here, "keys are fetched over HTTPS only");
    let mut answer = client.get(url).header("accept", "application/json").send().await?.error_for_status()?;
    anyhow::ensure!(answer.status().is_success(), "it answers {}", answer.status());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        anyhow::ensure!(body.len() <= LARGEST, "the key set is larger than 256 KiB");
    }
    Ok(body)
}
