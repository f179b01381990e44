//! What is known of a feed across restarts: when it was heard last, and whether its silence was told.

use anyhow::Result;
use jiff::Timestamp;
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
    /// Since when data has been missing by the log.
    pub(super) kept: Option<Timestamp>,
    /// Since when data was missing when that was told.
    pub(super) told: Option<Timestamp>,
}

/// Reads what an earlier process knew; nothing where it cannot be read.
pub(super) fn load(own: &Path) -> Memory {
    std::fs::read(own.join(NAME)).ok().and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
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
