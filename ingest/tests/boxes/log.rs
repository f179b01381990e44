//! A log in memory that keeps the same bytes once, can be shut and can fail; and a feed that runs against it.

use jiff::Timestamp;
use sealane_data::feed::{Feed, FeedHealth};
use sealane_data::partner::PartyId;
use sealane_data::ports::{Intake, IntakeError, Pending};
use sealane_data::recorded::Seq;
use sealane_data::submission::{
    MarkedSheet, NewSubmission, Receipt, Source, SubmissionId, SubmissionSummary,
};
use sealane_ingest::transports::{Clock, Home, Line, run};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long a condition may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until something holds; it is asked whenever the runtime has time.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let there = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, there).await.is_err() {
        panic!("{what} did not come about");
    }
}

/// What came, in its order: the names, and the bytes.
type Came = Vec<(String, Vec<u8>)>;

/// A log in memory: what it takes stays when a feed is stopped.
#[derive(Default)]
pub(crate) struct Log {
    kept: Mutex<Came>,
    /// Every submission, also of bytes that were there before.
    told: Mutex<usize>,
    shut: watch::Sender<bool>,
}

impl Log {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Makes submissions wait, as a disk that does not answer.
    pub(crate) fn shut(&self, shut: bool) {
        self.shut.send_replace(shut);
    }

    /// Returns what it keeps as text, by name.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|(name, bytes)| (name.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
    }

    /// Returns the names of what it keeps.
    pub(crate) fn names(&self) -> Vec<String> {
        self.kept.lock().unwrap().iter().map(|(name, _)| name.clone()).collect()
    }

    /// Returns how often something was handed to it.
    pub(crate) fn told(&self) -> usize {
        *self.told.lock().unwrap()
    }

    /// Waits until it keeps so much.
    pub(crate) async fn until(&self, count: usize) -> Vec<(String, String)> {
        let enough = || self.kept.lock().unwrap().len() >= count;
        let there = async {
            while !enough() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, there).await.is_err() {
            panic!("only {:?} came", self.names());
        }
        self.texts()
    }

    async fn take(&self, source: Source, bytes: Vec<u8>) -> Result<Receipt, IntakeError> {
        let _ = self.shut.subscribe().wait_for(|shut| !*shut).await;
        *self.told.lock().unwrap() += 1;
        let mut kept = self.kept.lock().unwrap();
        let new = kept.iter().all(|(_, b)| *b != bytes);
        if new {
            kept.push((source.name, bytes));
        }
        let (events, duplicates) = if new { (1, 0) } else { (0, 1) };
        Ok(Receipt { id: "sub".into(), messages: 1, events, duplicates, ..Receipt::default() })
    }
}

impl Intake for Log {
    fn submit(&self, new: NewSubmission) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(self.take(new.source, new.bytes))
    }

    fn submit_file(
        &self,
        _: PartyId,
        path: PathBuf,
        source: Source,
    ) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(async move { self.take(source, std::fs::read(path).unwrap()).await })
    }

    fn publish(&self, _: PartyId, _: String) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn submissions(
        &self,
        _: Option<PartyId>,
        _: Option<String>,
        _: usize,
    ) -> Pending<'_, Result<Vec<SubmissionSummary>, IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn submission(
        &self,
        _: Option<PartyId>,
        _: String,
    ) -> Pending<'_, Result<(SubmissionSummary, Vec<u8>), IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn summary(&self, _: Option<PartyId>, _: String) -> Pending<'_, Result<SubmissionSummary, IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn came_in(&self, _: Vec<Seq>) -> Pending<'_, Result<HashMap<Seq, SubmissionId>, IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn answer_fetched(&self, _: SubmissionSummary) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }

    fn marked(
        &self,
        _: Option<PartyId>,
        _: String,
        _: bool,
    ) -> Pending<'_, Result<(SubmissionSummary, MarkedSheet), IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }
}

/// A feed that runs against a log.
pub(crate) struct Run {
    line: Arc<Line>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Run {
    /// Starts a feed of a data directory.
    pub(crate) fn start(data: &Path, log: &Arc<Log>, id: &str, transport: &str) -> Self {
        let text = format!("id = \"{id}\"\nparty = \"{id}\"\n[transport]\n{transport}");
        let feed: Feed = toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(feed.problems(&sealane_data::places::Places::embedded()), [""; 0]);
        let home = Home { own: data.join("feeds").join(id), out: data.join("out").join(id) };
        let line = Line::open(feed, home, log.clone(), None, Clock::default()).unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(line.clone(), stop.clone()));
        Self { line, stop, task }
    }

    /// Returns how the feed is.
    pub(crate) fn health(&self) -> FeedHealth {
        self.line.status(Timestamp::now())
    }

    /// Waits until the feed is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&FeedHealth) -> bool) {
        let there = async {
            while !wanted(&self.health()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, there).await.is_err() {
            panic!("the feed is {:#?}", self.health());
        }
    }

    /// Stops as the process does.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("the feed ends when told").unwrap();
    }
}
