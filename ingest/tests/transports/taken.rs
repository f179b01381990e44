//! An intake that keeps what it takes, can be shut, and can fail.

use jiff::Timestamp;
use sealane_data::feed::Feed;
use sealane_data::partner::PartyId;
use sealane_data::ports::{Intake, IntakeError, Pending};
use sealane_data::recorded::Seq;
use sealane_data::submission::{
    MarkedSheet, NewSubmission, Receipt, Source, SubmissionId, SubmissionSummary,
};
use sealane_ingest::transports::{Clock, Home, Line, run};
use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long a condition may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What the intake does with the next submission.
pub(crate) enum Fault {
    /// The disk fails once.
    Disk,
    /// It is read as one that says nothing but wrong things.
    Wrong,
}

/// An intake that keeps what it takes.
pub(crate) struct Taken {
    kept: Mutex<Vec<(Source, Vec<u8>)>>,
    bell: watch::Sender<usize>,
    open: watch::Sender<bool>,
    pub(crate) faults: Mutex<VecDeque<Fault>>,
}

impl Taken {
    pub(crate) fn new() -> Arc<Self> {
        let (bell, open) = (watch::Sender::new(0), watch::Sender::new(true));
        Arc::new(Self { kept: Mutex::default(), bell, open, faults: Mutex::default() })
    }

    /// Makes submissions wait, as a disk that does not answer.
    pub(crate) fn shut(&self, shut: bool) {
        self.open.send_replace(!shut);
    }

    /// Returns the lines of everything that was taken.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        kept.iter().flat_map(|(_, b)| text(b).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// Returns the sources of what was taken.
    pub(crate) fn sources(&self) -> Vec<Source> {
        self.kept.lock().unwrap().iter().map(|(source, _)| source.clone()).collect()
    }

    /// Waits until what was taken is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        let mut bell = self.bell.subscribe();
        let there = async {
            loop {
                let lines = self.lines();
                if wanted(&lines) {
                    return lines;
                }
                bell.changed().await.unwrap();
            }
        };
        let found = tokio::time::timeout(PATIENCE, there).await;
        found.unwrap_or_else(|_| panic!("only {:?} came", self.lines().iter().take(50).collect::<Vec<_>>()))
    }

    async fn take(&self, source: Source, bytes: Vec<u8>) -> Result<Receipt, IntakeError> {
        let _ = self.open.subscribe().wait_for(|open| *open).await;
        let mut receipt = Receipt { id: "sub".into(), messages: 1, events: 1, ..Receipt::default() };
        match self.faults.lock().unwrap().pop_front() {
            Some(Fault::Disk) => return Err(IntakeError::Storage("the disk is slow".to_owned())),
            Some(Fault::Wrong) => {
                use sealane_data::finding::{FindingGroup, Place};
                let finding = sealane_data::finding::Finding::new(
                    &sealane_ingest::findings::FINDINGS[0],
                    Place::default(),
                    "it says nothing".to_owned(),
                );
                let finding = sealane_data::finding::Finding {
                    severity: sealane_data::finding::Severity::Error,
                    ..finding
                };
                FindingGroup::add(&mut receipt.groups, "", &finding);
                receipt.events = 0;
            }
            None => {}
        }
        let mut kept = self.kept.lock().unwrap();
        kept.push((source, bytes));
        self.bell.send_replace(kept.len());
        Ok(receipt)
    }
}

impl Intake for Taken {
    fn submit(&self, new: NewSubmission) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(self.take(new.source, new.bytes))
    }

    fn submit_file(
        &self,
        _party: PartyId,
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

/// A feed that runs against an intake.
pub(crate) struct Run {
    pub(crate) line: Arc<Line>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Run {
    /// Starts a feed whose file holds `transport` and more.
    pub(crate) fn start(home: &Path, taken: &Arc<Taken>, text: &str) -> Self {
        let text = format!("id = \"f\"\nparty = \"p\"\n{text}");
        let feed: Feed = toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(feed.problems(&sealane_data::places::Places::embedded()), [""; 0]);
        let home = Home { own: home.join("f"), out: home.join("out") };
        let line = Line::open(feed, home, taken.clone(), None, Clock::default()).unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(line.clone(), stop.clone()));
        Self { line, stop, task }
    }

    /// Stops as the process does.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("the feed ends when told").unwrap();
    }

    /// Waits until the feed's health is as wanted; it is looked at whenever the runtime has time.
    pub(crate) async fn until(&self, wanted: impl Fn(&sealane_data::feed::FeedHealth) -> bool) {
        let there = async {
            while !wanted(&self.line.status(Timestamp::now())) {
                tokio::task::yield_now().await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, there).await.is_ok();
        assert!(came, "the feed is {:#?}", self.line.status(Timestamp::now()));
    }
}
