//! Feeds: the configured streams of partners, and how they are.

mod check;
mod expect;
mod health;
mod transport;

pub use expect::{Expectation, Hours};
pub use health::{FeedHealth, FeedState, FeedsStatus};
pub use transport::{
    Cursor, Folder, Given, Mailbox, Poll, Push, Replay, Secret, Sftp, Socket, SocketKind, Transport,
    WebSocket,
};

use crate::Text;
use crate::node::NodeId;
use crate::observation::Kind;
use crate::partner::PartyId;
use crate::ports::{IntakeError, Pending};
use crate::submission::Receipt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A feed's id, chosen by the operator: lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedId(pub Text);

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a feed carries, and with it what becomes of what comes faster than it can be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carries {
    /// Events: what does not fit into memory waits on the disk; nothing is dropped.
    #[default]
    Events,
    /// Positions of ships (AIS): cleaned and thinned to track points; of what waits, only the newest of
    /// each ship is kept.
    Positions,
}

/// How frames become submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Every frame is a submission of its own.
    #[default]
    Each,
    /// Frames that wait together are one submission, a line each.
    Lines,
}

/// How much may wait in memory for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// Frames, or for positions ships.
    pub frames: usize,
    /// Their bytes.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { frames: 20_000, bytes: 16 << 20 }
    }
}

/// How raw frames are kept in files, as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recording {
    /// The length of one file in MiB; the next frame begins another.
    pub file_mib: u64,
    /// All files together in MiB; the oldest go first.
    pub total_mib: u64,
}

impl Default for Recording {
    fn default() -> Self {
        Self { file_mib: 64, total_mib: 4096 }
    }
}

/// A feed: one file each in `DATA/feeds/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// The party that speaks through it.
    pub party: PartyId,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How its bytes travel.
    pub transport: Transport,
    /// What it carries.
    #[serde(default)]
    pub carries: Carries,
    /// How frames become submissions.
    #[serde(default)]
    pub grouping: Grouping,
    /// The nodes that it covers, with everything below them: there, what it does not tell did not happen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<NodeId>,
    /// The kinds that it tells of them; empty is every kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// How often data is expected; without it the feed is never called silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectation>,
    /// How much may wait in memory.
    #[serde(default)]
    pub bounds: Bounds,
    /// Whether and how raw frames are kept in files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Recording>,
}

/// The port through which the doors reach the feeds.
pub trait Feeds: Send + Sync {
    /// Returns how all feeds are.
    fn status(&self) -> FeedsStatus;

    /// Returns whether a signed push to a feed may be read: the feed takes such, and the headers, by
    /// lower-case name, tell a signature.
    fn takes(&self, feed: &FeedId, headers: &BTreeMap<String, String>) -> bool;

    /// Takes in what a partner posts signed, with the headers of its request by lower-case name. A feed
    /// that is not there, takes nothing signed, or has another signature is not found.
    fn push(
        &self,
        feed: FeedId,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Pending<'_, Result<Receipt, IntakeError>>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Places;

    #[test]
    fn every_documented_feed_is_a_good_one() {
        let guide = include_str!("../../docs/feeds.md");
        let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let mut seen = Vec::new();
        for block in blocks.filter(|b| b.contains("[transport]")) {
            let feed: Feed = toml::from_str(block).unwrap_or_else(|e| panic!("{e}\n{block}"));
            assert_eq!(feed.problems(&Places::embedded()), Vec::<String>::new(), "{block}");
            seen.push(feed.transport.word());
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, ["folder", "http", "poll", "replay", "tcp", "udp", "websocket"]);
    }
}
