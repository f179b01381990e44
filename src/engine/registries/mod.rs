//! Asking registries: an outbox in the log, a worker that calls, and what the doors may want.
//!
//! A request is committed before the call and its receipt after it. A process that is killed between
//! the two calls again with the same idempotency key; the fold takes a second receipt for nothing.

mod archive;
mod asking;
mod board;
mod desk;
mod faults;
mod files;
mod follows;
mod pushed;
mod reconciling;
mod worker;

pub(crate) use board::Board;
pub(crate) use worker::run;

use super::job::Task;
use super::{Handle, reading};
use jiff::Timestamp;
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_origin::registries::Profile;

impl Handle {
    /// Keeps what registries were asked or told, and applies it.
    async fn keep(&self, entries: Vec<Entry>) -> Result<(), IntakeError> {
        let storage = |e: &dyn std::fmt::Display| IntakeError::Storage(e.to_string());
        let work = reading::event("registries", Timestamp::now(), entries).map_err(|e| storage(&e))?;
        self.room.check(0)?;
        self.ask(Task::Work(work)).await.map(|_| ())
    }
}

/// Returns when a request that is made now is given up.
fn deadline(profile: &Profile, now: Timestamp) -> Timestamp {
    now.checked_add(profile.retry.deadline).unwrap_or(Timestamp::MAX)
}
