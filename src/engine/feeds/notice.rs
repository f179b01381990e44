//! Telling the operator: one notice when a feed goes silent, one when it returns.

use jiff::Timestamp;
use ring::hmac;
use sealane_data::feed::FeedHealth;
use sealane_ingest::transports::read_secret;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait after the first refusal, and at most.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// After this nobody need be told any more.
const GIVEN_UP: Duration = Duration::from_hours(24);

/// Where notices go.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// An address that takes a JSON document by POST.
    pub webhook: Option<String>,
    /// The secret that signs it (HMAC-SHA-256 of the body, in `Sealane-Signature`).
    pub secret: Option<sealane_data::feed::Secret>,
}

/// What happened to a feed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happened {
    /// Data is missing.
    Silent {
        /// Since when.
        since: Timestamp,
    },
    /// Data comes again.
    Returned {
        /// Since when it had been missing.
        since: Timestamp,
    },
}

/// What is told.
#[derive(Debug, Serialize)]
struct Notice<'a> {
    /// `feed.silent` or `feed.returned`.
    r#type: &'static str,
    feed: &'a str,
    party: &'a str,
    since: Timestamp,
    last_frame: Option<Timestamp>,
    /// Why, as far as it is known.
    cause: String,
    /// Which nodes, and how many certificates are tied to goods there.
    nodes: Vec<&'a str>,
    certificates: usize,
    /// What visitors of maps see.
    visitors_see: &'static str,
    /// What to do.
    to_do: String,
}

impl Notices {
    /// Tells what happened, again and again until the receiver has it or a day is over.
    pub(super) async fn insist(&self, health: &FeedHealth, happened: Happened, certificates: usize) {
        let Some(address) = &self.webhook else { return };
        let body = match serde_json::to_vec(&notice(health, happened, certificates)) {
            Ok(body) => body,
            Err(error) => return tracing::error!(%error, "a notice cannot be written"),
        };
        let began = Instant::now();
        let mut wait = FIRST_WAIT;
        while let Err(error) = self.send(address, body.clone()).await {
            tracing::error!(feed = %health.id, error = format!("{error:#}"), "a notice could not be given yet");
            if began.elapsed() > GIVEN_UP {
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn send(&self, address: &str, body: Vec<u8>) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
        let mut request = client.post(address).header("content-type", "application/json");
        if let Some(secret) = &self.secret {
            let key = hmac::Key::new(hmac::HMAC_SHA256, read_secret(secret)?.as_bytes());
            let mark = sealane_data::hex::write(hmac::sign(&key, &body).as_ref());
            request = request.header("sealane-signature", format!("sha256={mark}"));
        }
        let answer = request.body(body).send().await.map_err(reqwest::Error::without_url)?;
        anyhow::ensure!(answer.status().is_success(), "the receiver answers {}", answer.status());
        Ok(())
    }
}

fn notice(health: &FeedHealth, happened: Happened, certificates: usize) -> Notice<'_> {
    let (r#type, since) = match happened {
        Happened::Silent { since } => ("feed.silent", since),
        Happened::Returned { since } => ("feed.returned", since),
    };
    let silent = matches!(happened, Happened::Silent { .. });
    let cause = match (&health.trouble, health.connected) {
        _ if !silent => "data comes again".to_owned(),
        (Some(trouble), _) => trouble.clone(),
        (None, Some(_)) => "the source is connected and sends no data".to_owned(),
        (None, None) => "the source is not connected".to_owned(),
    };
    let to_do = if silent {
        format!("look at /feeds; ask {} whether it sends; check credentials and network", health.party)
    } else {
        "nothing: what was missed comes with the feed's overlap, if its source keeps it".to_owned()
    };
    Notice {
        r#type,
        feed: &health.id.0,
        party: &health.party.0,
        since,
        last_frame: health.last_frame,
        cause,
        nodes: health.nodes.iter().map(|n| n.0.as_str()).collect(),
        certificates,
        visitors_see: if silent {
            "the last known state, marked as stale since then"
        } else {
            "the live state again"
        },
        to_do,
    }
}
