//! What a line notes of itself while it runs.

use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::feed::{Feed, FeedHealth, FeedState};
use sealane_data::finding::Severity;
use sealane_data::submission::Receipt;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Submissions in a row that gave errors and no event: then the feed is called wrong.
const WRONG: u32 = 3;

/// How a feed is, as it is noted while it runs.
#[derive(Debug)]
pub struct Health(Mutex<Noted>);

#[derive(Debug)]
struct Noted {
    health: FeedHealth,
    /// Submissions in a row that gave errors and no event.
    bad: u32,
    over: bool,
}

impl Health {
    /// Returns the health of a feed that starts.
    pub fn new(feed: &Feed, now: Timestamp) -> Self {
        let health = FeedHealth {
            id: feed.id.clone(),
            party: feed.party.clone(),
            name: feed.name.clone(),
            transport: feed.transport.word().into(),
            state: FeedState::Connecting,
            started: now,
            connected: None,
            last_frame: None,
            last_event: None,
            due: None,
            stale_since: None,
            nodes: feed.nodes.clone(),
            kinds: feed.kinds.clone(),
            whole_since: None,
            frames: 0,
            bytes: 0,
            events: 0,
            duplicates: 0,
            errors: 0,
            refused: BTreeMap::new(),
            superseded: 0,
            reconnects: BTreeMap::new(),
            waiting: 0,
            spilled: 0,
            trouble: None,
        };
        Self(Mutex::new(Noted { health, bad: 0, over: false }))
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what an earlier process knew: silence does not begin anew with a restart.
    pub fn recall(&self, last_frame: Option<Timestamp>, last_event: Option<Timestamp>) {
        let mut noted = self.noted();
        noted.health.last_frame = noted.health.last_frame.max(last_frame);
        noted.health.last_event = noted.health.last_event.max(last_event);
    }

    /// Notes since when the feed has told all that was expected of it.
    pub fn whole(&self, since: Option<Timestamp>) {
        self.noted().health.whole_since = since;
    }

    /// Notes that the source is there: connected, bound, or its folder can be read.
    pub fn connected(&self, at: Timestamp) {
        let mut noted = self.noted();
        if noted.health.connected.is_none() {
            noted.health.connected = Some(at);
            noted.health.trouble = None;
        }
    }

    /// Notes that a connection ended, and why.
    pub fn reconnect(&self, reason: &str, trouble: String) {
        let mut noted = self.noted();
        noted.health.connected = None;
        *noted.health.reconnects.entry(reason.into()).or_default() += 1;
        noted.health.trouble = Some(trouble);
    }

    /// Notes what went wrong, for people.
    pub fn trouble(&self, trouble: String) {
        self.noted().health.trouble = Some(trouble);
    }

    /// Notes that what went wrong is over.
    pub fn well(&self) {
        self.noted().health.trouble = None;
    }

    /// Notes data that came.
    pub fn frame(&self, at: Timestamp, bytes: usize) {
        let mut noted = self.noted();
        noted.health.frames += 1;
        noted.health.bytes += bytes as u64;
        noted.health.last_frame = noted.health.last_frame.max(Some(at));
    }

    /// Notes data that could not be taken.
    pub fn refused(&self, reason: &str) {
        *self.noted().health.refused.entry(Text::from(reason)).or_default() += 1;
    }

    /// Notes what the log made of what came at an instant.
    pub fn stored(&self, receipt: &Receipt, at: Timestamp) {
        let errors =
            receipt.groups.iter().filter(|g| g.severity == Severity::Error).map(|g| g.count).sum::<u64>();
        let mut noted = self.noted();
        noted.health.duplicates += receipt.duplicates;
        noted.health.errors += errors;
        noted.health.events += receipt.events;
        let events = receipt.events + receipt.duplicates > 0;
        noted.bad = if errors > 0 && !events { noted.bad.saturating_add(1) } else { 0 };
        if receipt.events > 0 {
            noted.health.last_event = noted.health.last_event.max(Some(at));
        }
    }

    /// Notes that the feed came to its end.
    pub fn ended(&self) {
        self.noted().over = true;
    }

    /// Returns when the last data came, else when the feed started.
    pub fn last(&self) -> Timestamp {
        let noted = self.noted();
        noted.health.last_frame.unwrap_or(noted.health.started)
    }

    /// Returns how the feed is at an instant, as far as the line knows.
    pub fn at(&self, feed: &Feed, now: Timestamp) -> FeedHealth {
        let noted = self.noted();
        let mut health = noted.health.clone();
        let last = health.last_frame.unwrap_or(health.started);
        health.due = feed.expect.as_ref().and_then(|e| e.due(last));
        health.stale_since = health.due.filter(|due| *due <= now);
        health.state = if noted.over {
            FeedState::Ended
        } else if health.stale_since.is_some() {
            FeedState::Silent
        } else if noted.bad >= WRONG {
            FeedState::Wrong
        } else if health.connected.is_some() {
            FeedState::Live
        } else {
            FeedState::Connecting
        };
        health
    }
}
