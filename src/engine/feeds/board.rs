//! The lines that run, for the doors.

use super::signed;
use crate::engine::Handle;
use jiff::Timestamp;
use sealane_data::feed::{FeedHealth, FeedId, Feeds, FeedsStatus, Transport};
use sealane_data::operate::ProfileProblem;
use sealane_data::partner::PartyId;
use sealane_data::ports::{Intake as _, IntakeError, Pending};
use sealane_data::submission::{Content, NewSubmission, Receipt, Source};
use sealane_ingest::transports::Line;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The lines that run, and the files that are not in use.
#[derive(Default)]
pub(crate) struct Board {
    lines: RwLock<BTreeMap<FeedId, Arc<Line>>>,
    problems: RwLock<Vec<ProfileProblem>>,
}

impl Board {
    pub(super) fn add(&self, line: Arc<Line>) {
        let id = line.feed().id.clone();
        self.lines.write().unwrap_or_else(PoisonError::into_inner).insert(id, line);
    }

    pub(super) fn remove(&self, id: &FeedId) {
        self.lines.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub(super) fn set_problems(&self, problems: Vec<ProfileProblem>) {
        *self.problems.write().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    /// Returns the lines that run.
    pub(super) fn lines(&self) -> Vec<Arc<Line>> {
        self.lines.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn line(&self, id: &FeedId) -> Option<Arc<Line>> {
        self.lines.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Notes that a party posted something: its feed over HTTP is alive. A signed push names its feed; what
    /// was sent before says nothing of who sends it now.
    pub(crate) fn heard(
        &self,
        (party, name): &(PartyId, String),
        at: Timestamp,
        bytes: usize,
        receipt: &Receipt,
    ) {
        if receipt.replay {
            return;
        }
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner);
        let pushed = |line: &&Arc<Line>| {
            let Transport::Push(push) = &line.feed().transport else { return false };
            line.feed().party == *party && (push.signature.is_none() || line.feed().id.0 == name.as_str())
        };
        for line in lines.values().filter(pushed) {
            line.health().connected(at);
            line.health().frame(at, bytes);
            line.health().stored(receipt, at);
        }
    }

    /// Returns how all feeds are at an instant.
    pub(crate) fn at(&self, now: Timestamp) -> Vec<FeedHealth> {
        self.lines().iter().map(|line| line.status(now)).collect()
    }
}

impl Feeds for Handle {
    fn status(&self) -> FeedsStatus {
        let problems = self.board.problems.read().unwrap_or_else(PoisonError::into_inner).clone();
        FeedsStatus { feeds: self.board.at(self.clock.now()), problems }
    }

    fn takes(&self, feed: &FeedId, headers: &BTreeMap<String, String>) -> bool {
        let Some(line) = self.board.line(feed) else { return false };
        let Transport::Push(push) = &line.feed().transport else { return false };
        let takes = push.signature.is_some() && signed::told(push, headers).is_some();
        if !takes {
            line.health().refused("signature");
        }
        takes
    }

    fn push(
        &self,
        feed: FeedId,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(async move {
            let line = self.board.line(&feed).ok_or(IntakeError::NotFound)?;
            let Transport::Push(push) = line.feed().transport.clone() else {
                return Err(IntakeError::NotFound);
            };
            // A secret is read and megabytes are hashed.
            let checked = move || signed::is(&push, &headers, &body).then_some(body);
            let checked = tokio::task::spawn_blocking(checked).await;
            let Some(body) = checked.map_err(|e| IntakeError::Storage(e.to_string()))? else {
                line.health().refused("signature");
                return Err(IntakeError::NotFound);
            };
            let submission = NewSubmission {
                party: line.feed().party.clone(),
                source: Source { transport: "http".into(), name: feed.to_string() },
                content: Content::Feed,
                received: self.clock.now(),
                idempotency_key: None,
                bytes: body,
                wants_acknowledgement: false,
                wants_workbook: false,
            };
            // What was stored is noted by the intake, as of all that is posted.
            self.submit(submission).await
        })
    }
}
