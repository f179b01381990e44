//! Time stamps over what was signed: an authority stamps the root of each day that is over (RFC 3161).
//!
//! Without an authority nothing is asked. A token is taken only if it stamps our root, and is in the log; it
//! is served beside the root, for whoever trusts the authority.

use super::job::Task;
use super::{Handle, reading};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::stamp::DayStamp;
use sealane_origin::trust::{read_stamp, root, stamp_request};
use serde::Deserialize;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked for days without a stamp.
const EVERY: Duration = Duration::from_mins(10);
/// The longest that an answer takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const LONGEST: usize = 64 << 10;
/// Days that are stamped in one look.
const AT_ONCE: usize = 10;

/// How far an authority's clock may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Who stamps.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Stamping {
    /// The authority's address; without one nothing is stamped.
    pub authority: Option<String>,
}

/// Has days stamped until it is told to stop.
pub(crate) async fn run(handle: Handle, stamping: Stamping, stop: CancellationToken) {
    let Some(authority) = stamping.authority else { return };
    while !stop.is_cancelled() {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        for day in handle.unstamped(today) {
            if let Err(error) = handle.stamp(&authority, day).await {
                tracing::warn!(%day, error = format!("{error:#}"), "a day cannot be stamped yet");
                break;
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Handle {
    /// Returns some days that are over, on which something was signed, and that nobody stamped.
    fn unstamped(&self, today: Date) -> Vec<Date> {
        self.shared.read(|_, register| register.unstamped(today).take(AT_ONCE).collect())
    }

    /// Has a day stamped, and keeps the token.
    async fn stamp(&self, authority: &str, day: Date) -> anyhow::Result<()> {
        let leaves = self.shared.read(|_, register| register.links_of(day).to_vec());
        let (root, nonce) = (root(&leaves), nonce()?);
        let answer = ask(authority, stamp_request(&root, nonce)).await?;
        let stamp = read_stamp(&answer, &root, nonce)?;
        let over = day.tomorrow()?.to_zoned(TimeZone::UTC)?.timestamp();
        let soon = Timestamp::now().checked_add(AHEAD)?;
        anyhow::ensure!(
            (over..=soon).contains(&stamp.at),
            "the authority's clock is wrong: it says {}",
            stamp.at
        );
        // Its whole address may hold a secret, and what is kept is shown to everybody.
        let named = reqwest::Url::parse(authority)?.origin().ascii_serialization();
        let (token, by) = (STANDARD.encode(&stamp.token), named.as_str().into());
        self.keep_stamp(DayStamp { day, root: root.hex(), token, at: stamp.at, by }).await?;
        tracing::info!(%day, stamped = %stamp.at, "a day was stamped");
        Ok(())
    }

    async fn keep_stamp(&self, stamp: DayStamp) -> Result<(), IntakeError> {
        let work = reading::event("stamps", Timestamp::now(), vec![Entry::Stamped(Box::new(stamp))]);
        let work = work.map_err(|e| IntakeError::Storage(e.to_string()))?;
        self.room.check(0)?;
        self.ask(Task::Work(work)).await.map(|_| ())
    }
}

/// Returns a number that no request had before; its first bit is clear, as some authorities want it.
fn nonce() -> anyhow::Result<u64> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes) >> 1)
}

async fn ask(authority: &str, request: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    let client =
        reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
    let sent = client.post(authority).header("content-type", "application/timestamp-query").body(request);
    let mut answer = sent.send().await.map_err(reqwest::Error::without_url)?;
    anyhow::ensure!(answer.status().is_success(), "the authority answers {}", answer.status());
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        bytes.extend_from_slice(&chunk);
        anyhow::ensure!(bytes.len() <= LONGEST, "the authority's answer is too long");
    }
    Ok(bytes)
}

#[cfg(test)]
#[path = "stamps_tests.rs"]
mod tests;
