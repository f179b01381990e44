//! Certificates in the engine: what is said about them, the messages that told their movements, and the
//! scheduler that ends them and tells exporters.

use super::Handle;
use super::job::Task;
use super::pulse::Pulse;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{CertificateAct, CertificateEvent};
use sealane_data::desk::{Desk, SourceMessage};
use sealane_data::partner::PartyId;
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_log::{LogError, LogReader};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often the scheduler looks whose time is over.
const EVERY: Duration = Duration::from_mins(1);
/// How many of these looks also look for findings that an exporter did not come for.
const FINDINGS_EVERY: u32 = 60;
/// How long an exporter alone reads what was found, unless it comes for it sooner.
const EXPORTER_FIRST: SignedDuration = SignedDuration::from_hours(48);
/// A day ends last in the zone of UTC-12: until then a certificate is valid somewhere.
const LAST_ZONE: SignedDuration = SignedDuration::from_hours(12);

/// Reads the messages at some log positions; what cannot be read is left out and said.
pub(super) fn messages(log: &Mutex<Box<dyn LogReader>>, wanted: &BTreeSet<Seq>) -> Vec<Recorded> {
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let read = |seq: &Seq| match entry(log.as_ref(), *seq) {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, log.seq = seq, "a message cannot be read for the rules");
            None
        }
    };
    wanted.iter().filter_map(read).collect()
}

/// Returns the entry that begins at a log position.
fn entry(log: &dyn LogReader, seq: Seq) -> Result<Option<Recorded>, LogError> {
    let found = log.read(seq.saturating_sub(1), 1)?;
    Ok(found.into_iter().find(|r| r.seq == seq))
}

impl Desk for Handle {
    fn note(&self, party: PartyId, event: CertificateEvent) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            self.room.check(0)?;
            self.ask(Task::Note { party, event: Box::new(event) }).await.map(|_| ())
        })
    }

    fn sources(&self, messages: BTreeSet<Seq>) -> Pending<'_, Result<Vec<SourceMessage>, IntakeError>> {
        Box::pin(self.read_log(move |log| {
            let mut sources = Vec::new();
            for seq in messages {
                let Some(recorded) = entry(log, seq)? else { continue };
                let Entry::Message(message) = &recorded.entry else { continue };
                let Some(summary) = log.submission(&recorded.submission.0)? else { continue };
                sources.push(SourceMessage {
                    first: recorded.seq,
                    last: recorded.last_seq(),
                    family: message.family.clone(),
                    submission: recorded.submission.clone(),
                    sha256: summary.sha256,
                    received: recorded.at,
                });
            }
            Ok(sources)
        }))
    }
}

impl Handle {
    /// Appends what the clock says about certificates as of an instant; returns how much it was.
    pub fn tick(&self, now: Timestamp) -> Result<usize, IntakeError> {
        let today = (now - LAST_ZONE).to_zoned(jiff::tz::TimeZone::UTC).date();
        let due = self.shared.read(|_, register| register.expiring(today));
        self.append(due)
    }

    /// Notes what was found for the first time, and that exporters were told of what was found two days ago: from
    /// then on others read it.
    fn tell_exporters(&self, now: Timestamp) -> Result<usize, IntakeError> {
        let mut due = self.shared.overdue_findings(now - EXPORTER_FIRST);
        for told in due.iter_mut().filter(|event| matches!(event.act, CertificateAct::Told { .. })) {
            "it stood in the exporter's own view for two days".clone_into(&mut told.reason);
        }
        self.append(due)
    }

    fn append(&self, events: Vec<CertificateEvent>) -> Result<usize, IntakeError> {
        let count = events.len();
        for event in events {
            self.ask_blocking(Task::Note { party: PartyId::operator(), event: Box::new(event) })?;
        }
        Ok(count)
    }
}

/// Ends certificates whose time is over: at once, and then again and again.
pub(crate) fn schedule(handle: Handle) -> std::io::Result<Pulse> {
    let mut looks = 0_u32;
    Pulse::start("sealane-scheduler", move |_| {
        let now = handle.clock.now();
        let told = handle.tick(now).and_then(|ended| {
            let told = if looks.is_multiple_of(FINDINGS_EVERY) { handle.tell_exporters(now)? } else { 0 };
            Ok((ended, told))
        });
        match told {
            Ok((0, 0)) => {}
            Ok((ended, told)) => tracing::info!(ended, told, "the clock said something of certificates"),
            Err(error) => tracing::warn!(%error, "the clock's word is kept at the next look"),
        }
        looks = looks.wrapping_add(1);
        EVERY
    })
}
