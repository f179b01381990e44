//! Asking registries: an outbox in the log, a worker that calls, and what the doors may want.
//!
//! A request is committed before the call and its receipt after it. A process that is killed between
//! the two calls again with the same idempotency key; the fold takes a second receipt for nothing.

mod archive;
mod board;
mod desk;
mod files;
mod pushed;
mod worker;

pub(crate) use board::Board;
pub(crate) use worker::run;

use super::job::Task;
use super::{Handle, reading};
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{
    CertificateAct, CertificateEvent, CertificateId, VerificationReceipt, VerificationState,
};
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, Told};
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

/// Returns the event that says what was learned of a certificate from its issuer.
fn verified(id: &CertificateId, source: Option<&str>, reason: String, receipt: VerificationReceipt) -> Entry {
    Entry::CertificateEvent(Box::new(CertificateEvent {
        certificate: id.clone(),
        source_sha256: source.unwrap_or_default().to_owned(),
        reason,
        act: CertificateAct::Verified(receipt),
    }))
}

/// Returns what a receipt says about the certificate; a fault says only that nobody could be asked.
fn receipt(
    ask: &RegistryAsk,
    told: &Told,
    at: Timestamp,
    exchange: Option<&str>,
    fresh: SignedDuration,
) -> VerificationReceipt {
    let (outcome, code, valid_until) = match told {
        Told::Answered { outcome, code, valid_until, .. } => (*outcome, code.clone(), *valid_until),
        Told::Waits { .. } => (VerificationState::Pending, None, None),
        Told::Failed { .. } => (VerificationState::Unavailable, None, None),
    };
    let until = at.checked_add(fresh).unwrap_or(at);
    let until = valid_until.map_or(until, |valid| valid.min(until));
    VerificationReceipt {
        gateway: ask.registry.0.clone(),
        outcome,
        code,
        checked_at: at,
        fresh_until: outcome.is_verdict().then_some(until),
        evidence_sha256: exchange.map(str::to_owned),
    }
}

/// Returns when a request that is made now is given up.
fn deadline(profile: &Profile, now: Timestamp) -> Timestamp {
    now.checked_add(profile.retry.deadline).unwrap_or(Timestamp::MAX)
}
