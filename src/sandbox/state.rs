//! What the sandbox remembers, and how it misbehaves when it is told to.

use super::auth::{Keys, Wanted};
use anyhow::Result;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How long every answer takes.
    pub(crate) latency: Duration,
    /// How long a pending answer takes.
    pub(crate) pending: Duration,
    /// How long after its first answer a number with the ending 20 is revoked.
    pub(crate) revoked_after: Duration,
    /// How long a call without an answer is held.
    pub(crate) silence: Duration,
    /// Every so many calls one is answered 503; 0 is never.
    pub(crate) fail_every: u64,
    /// What callers have to say of themselves.
    pub(crate) wanted: Wanted,
    /// The secret of every caller and of what is pushed.
    pub(crate) secret: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            pending: Duration::from_secs(5),
            revoked_after: Duration::from_secs(10),
            silence: Duration::from_mins(2),
            fail_every: 0,
            wanted: Wanted::Nothing,
            secret: "sandbox-secret".to_owned(),
        }
    }
}

/// How the sandbox behaves as a whole, whatever the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mood {
    /// As the numbers say.
    #[default]
    Up,
    /// Every call is held until the mood changes.
    Slow,
    /// Every answer is about another certificate.
    Wrong,
    /// Every call is answered 503.
    Down,
}

/// An answer that was given under an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

/// A question whose answer comes later.
#[derive(Clone, Debug)]
pub(crate) struct Later {
    pub(crate) regime: &'static str,
    pub(crate) number: String,
    pub(crate) key: String,
    pub(crate) ready: Instant,
}

/// What the sandbox remembers.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) mood: Mood,
    /// Calls of verbs and polls.
    pub(crate) calls: u64,
    /// Things done: each idempotency key once.
    pub(crate) effects: u64,
    /// Calls that came with a key that was known.
    pub(crate) repeats: u64,
    pub(crate) given: HashMap<String, Given>,
    /// Keys that were received, answered or not.
    pub(crate) received: HashMap<String, u64>,
    pub(crate) later: HashMap<String, Later>,
    /// Since when numbers that are revoked later stand.
    pub(crate) standing: HashMap<String, Instant>,
    pub(crate) tokens: HashMap<String, Instant>,
    /// Ids of assertions that were used.
    pub(crate) assertions: HashMap<String, Instant>,
}

/// A sandbox.
pub(crate) struct Sandbox {
    pub(crate) options: Options,
    pub(crate) keys: Keys,
    memory: Mutex<Memory>,
    /// Raised whenever the mood changes.
    pub(crate) moods: tokio::sync::watch::Sender<Mood>,
}

impl Sandbox {
    /// Returns a sandbox that knows nothing yet.
    pub(crate) fn new(options: Options) -> Result<Self> {
        let keys = Keys::new()?;
        Ok(Self { options, keys, memory: Mutex::default(), moods: tokio::sync::watch::Sender::new(Mood::Up) })
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
