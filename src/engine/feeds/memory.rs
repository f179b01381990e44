//! What is known of a feed across restarts: when it was heard last, and whether its silence was told.

use anyhow::Result;
use jiff::Timestamp;
use sealane_data::feed::{Feed, FeedHealth};
use sealane_ingest::transports::Line;
use serde::{Deserialize, Serialize};
use std::path::Path;

const NAME: &str = "state.json";

/// What is known of a feed across restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// When the last data came.
    pub(super) last_frame: Option<Timestamp>,
    /// When the last data came that gave an event.
    pub(super) last_event: Option<Timestamp>,
    /// Since when the feed has told all that was expected of it.
    pub(super) whole_since: Option<Timestamp>,
    /// Since when data has been missing by the log.
    pub(super) kept: Option<Timestamp>,
    /// Since when data was missing when that was told.
    pub(super) told: Option<Timestamp>,
}

/// Reads what an earlier process knew; nothing where it cannot be read.
pub(super) fn load(own: &Path) -> Memory {
    std::fs::read(own.join(NAME)).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
}

impl Memory {
    /// What was known when the process stopped, at the start of another: who went silent between begins anew.
    pub(super) fn resumed(self, feed: &Feed, now: Timestamp) -> Self {
        let due = self.last_frame.zip(feed.expect.as_ref()).and_then(|(last, e)| e.due(last));
        let whole = due.is_some_and(|due| due > now);
        Self { whole_since: self.whole_since.filter(|_| whole), ..self }
    }

    /// What is known after a look at the feed's health.
    pub(super) fn after(self, health: &FeedHealth) -> Self {
        let heard = health.last_frame.filter(|_| health.due.is_some() && health.stale_since.is_none());
        let whole_since = heard.map(|last| self.whole_since.unwrap_or(last));
        Self { last_frame: health.last_frame, last_event: health.last_event, whole_since, ..self }
    }
}

/// Keeps what is known.
pub(super) fn save(own: &Path, memory: &Memory) -> Result<()> {
    crate::files::write_private(&own.join(NAME), &serde_json::to_vec(memory)?)?;
    Ok(())
}

/// Tells a line what an earlier process knew of its feed.
pub(super) fn recall(line: &Line, own: &Path) {
    let memory = load(own);
    line.health().recall(memory.last_frame, memory.last_event);
}
