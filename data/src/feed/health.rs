//! How a feed is.

use super::FeedId;
use crate::Text;
use crate::node::NodeId;
use crate::observation::Kind;
use crate::operate::ProfileProblem;
use crate::partner::PartyId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be said of a feed in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedState {
    /// It has not connected yet, or waits before it connects again.
    #[default]
    Connecting,
    /// It is connected, or waits for the partner, and nothing is missing.
    Live,
    /// Data is missing.
    Silent,
    /// Data comes, and nothing in it can be used.
    Wrong,
    /// It came to its end, as a replay does.
    Ended,
}

/// How a feed is. It holds instants, never ages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// The feed.
    pub id: FeedId,
    /// Whose it is.
    pub party: PartyId,
    /// Its name for people.
    pub name: String,
    /// How its bytes travel.
    pub transport: Text,
    /// In one word.
    pub state: FeedState,
    /// Since when it runs.
    pub started: Timestamp,
    /// Since when it is connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected: Option<Timestamp>,
    /// When the last frame of any kind came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<Timestamp>,
    /// When the last frame came that gave an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event: Option<Timestamp>,
    /// When data is missing if none comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Since when data has been missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_since: Option<Timestamp>,
    /// The nodes that depend on it.
    pub nodes: Vec<NodeId>,
    /// The kinds that it tells of them; empty is every kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// Since when it has told all that was expected of it: what it would have told since and did not is
    /// missing. Nothing while it is silent, and for feeds of which nothing is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_since: Option<Timestamp>,
    /// Frames, files or answers that came.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// New observations.
    pub events: u64,
    /// Observations that were here before.
    pub duplicates: u64,
    /// Findings of severity error.
    pub errors: u64,
    /// Frames that could not be taken, by reason.
    pub refused: BTreeMap<Text, u64>,
    /// Positions that a newer one of the same ship replaced before they were stored.
    pub superseded: u64,
    /// Connections that ended, by reason.
    pub reconnects: BTreeMap<Text, u64>,
    /// Frames that wait in memory.
    pub waiting: u64,
    /// Bytes that wait on the disk.
    pub spilled: u64,
    /// What went wrong last, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// All feeds, and the files that are not in use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedsStatus {
    /// The feeds by id.
    pub feeds: Vec<FeedHealth>,
    /// Files with a fault.
    pub problems: Vec<ProfileProblem>,
}
