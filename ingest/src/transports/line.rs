//! The line from a transport to the log.

use super::clock::Clock;
use super::cursor;
use super::frame::Frame;
use super::health::Health;
use super::queue::{Queue, ShipOf};
use super::record::Recorder;
use jiff::Timestamp;
use sealane_data::feed::{Feed, FeedHealth};
use sealane_data::ports::{Intake, IntakeError};
use sealane_data::submission::{Content, NewSubmission, Receipt, Source};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait when the log cannot take anything now.
const REST: Duration = Duration::from_millis(200);

/// How often it is looked whether data is missing.
const LOOK: Duration = Duration::from_secs(1);

/// Where a feed keeps what is its own.
#[derive(Clone, Debug)]
pub struct Home {
    /// The feed's folder, `DATA/feeds/<id>/`: cursor, waiting frames, recorded frames, files.
    pub own: PathBuf,
    /// The folder of the answers to its party, `DATA/out/<party>/`.
    pub out: PathBuf,
}

/// Cleans positions and keeps only those worth a place in the log.
pub trait Thinner: Send {
    /// Takes a frame that came at an instant and adds to `kept` what is to be stored, a line each.
    fn frame(&mut self, at: Timestamp, frame: &[u8], kept: &mut Vec<u8>);

    /// Returns what was left out so far, by reason.
    fn left_out(&self) -> Vec<(&'static str, u64)>;
}

/// What a line of positions needs to know of them.
pub struct Positions {
    /// Tells the ship that a frame speaks of.
    pub ship_of: fn(&[u8]) -> Option<u64>,
    /// Cleans and thins them.
    pub thinner: Box<dyn Thinner>,
}

/// The line from a transport to the log.
pub struct Line {
    feed: Feed,
    home: Home,
    intake: Arc<dyn Intake>,
    clock: Clock,
    health: Health,
    queue: Queue,
    recorder: Option<Mutex<Recorder>>,
    thinner: Option<Mutex<Box<dyn Thinner>>>,
    /// Whether a frame was lost since the last connect: then the place to go on from must not pass it.
    lost: AtomicBool,
}

impl Line {
    /// Opens the line of a feed: what waited in an earlier process goes on.
    ///
    /// `positions` is asked for by feeds that carry them. Fails when the feed's folder cannot be used.
    pub fn open(
        feed: Feed,
        home: Home,
        intake: Arc<dyn Intake>,
        positions: Option<Positions>,
        clock: Clock,
    ) -> io::Result<Arc<Self>> {
        private(&home.own)?;
        let nobody: ShipOf = |_| None;
        let ship_of = positions.as_ref().map_or(nobody, |p| p.ship_of);
        let queue = Queue::open(feed.carries, feed.bounds, &home.own.join("waiting"), ship_of)?;
        let recorder = feed.record.map(|how| Recorder::open(&home.own.join("frames"), how)).transpose()?;
        let health = Health::new(&feed, clock.now());
        let thinner = positions.map(|p| Mutex::new(p.thinner));
        let recorder = recorder.map(Mutex::new);
        let lost = AtomicBool::new(false);
        Ok(Arc::new(Self { feed, home, intake, clock, health, queue, recorder, thinner, lost }))
    }

    /// Returns the feed.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Returns what is noted of it.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Returns what time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns how it is at an instant.
    pub fn status(&self, now: Timestamp) -> FeedHealth {
        let mut health = self.health.at(&self.feed, now);
        let waiting = self.queue.waiting();
        (health.waiting, health.spilled) = (waiting.frames as u64, waiting.spilled);
        health.superseded = waiting.superseded;
        for (reason, count) in self.thinner().map(|t| t.left_out()).unwrap_or_default() {
            health.refused.insert(reason.into(), count);
        }
        health
    }

    /// Ends when data is missing since the last data, or since an instant if that is later.
    pub(super) async fn missing(&self, since: Timestamp) {
        loop {
            let last = self.health.last().max(since);
            let Some(due) = self.feed.expect.as_ref().and_then(|e| e.due(last)) else {
                return std::future::pending().await;
            };
            let left = Duration::try_from(due.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            // The clock may be set, and a simulator's runs faster.
            tokio::time::sleep(left.min(LOOK)).await;
        }
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(super) fn home(&self) -> &Home {
        &self.home
    }

    pub(super) fn thinner(&self) -> Option<MutexGuard<'_, Box<dyn Thinner>>> {
        self.thinner.as_ref().map(|t| t.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Hands over a frame: it waits in memory or on the disk, and is recorded where that is wanted. Where it
    /// can do neither it is lost: then the connection must end, and the next one goes on before it.
    #[must_use]
    pub(super) fn frame(&self, frame: Frame) -> bool {
        self.health.frame(frame.at, frame.bytes.len());
        if let Some(recorder) = &self.recorder {
            let recorded = recorder.lock().unwrap_or_else(PoisonError::into_inner).frame(&frame);
            if let Err(error) = recorded {
                self.health.trouble(format!("frames cannot be recorded: {error}"));
            }
        }
        if let Err(error) = self.queue.push(frame) {
            self.lost.store(true, Ordering::Release);
            self.health.refused("no_room");
            self.health.trouble(format!("frames cannot wait on the disk: {error}"));
            return false;
        }
        true
    }

    /// Returns where the source goes on, once everything that came before is stored or was lost.
    pub(super) async fn resume(&self) -> Option<String> {
        if self.lost.load(Ordering::Acquire) {
            // What waits belongs before the gap; its cursors are not kept.
            self.queue.drained().await;
            self.lost.store(false, Ordering::Release);
        }
        self.cursor()
    }

    /// Returns where the source goes on, as the log had it last.
    pub(super) fn cursor(&self) -> Option<String> {
        cursor::load(&self.home.own)
    }

    /// Keeps where the source goes on, after the log has what came before.
    pub(super) fn save_cursor(&self, cursor: &str) {
        if self.lost.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = cursor::save(&self.home.own, cursor) {
            self.health.trouble(format!("the place to go on from cannot be kept: {error}"));
        }
    }

    /// Stores bytes and returns the receipt; it tries until the log takes them. Nothing if it was told
    /// to stop before.
    pub(super) async fn store(
        &self,
        bytes: Vec<u8>,
        name: &str,
        at: Timestamp,
        stop: &CancellationToken,
    ) -> Option<Result<Receipt, IntakeError>> {
        let submission = NewSubmission {
            party: self.feed.party.clone(),
            source: self.source(name),
            content: Content::Feed,
            received: at,
            idempotency_key: None,
            bytes,
            wants_acknowledgement: false,
            wants_workbook: false,
        };
        self.insist(at, stop, || self.intake.submit(submission.clone())).await
    }

    /// Stores a file and returns the receipt, as [`Line::store`] does.
    pub(super) async fn store_file(
        &self,
        path: &Path,
        name: &str,
        stop: &CancellationToken,
    ) -> Option<Result<Receipt, IntakeError>> {
        let file = || self.intake.submit_file(self.feed.party.clone(), path.to_owned(), self.source(name));
        self.insist(self.now(), stop, file).await
    }

    fn source(&self, name: &str) -> Source {
        let id = &self.feed.id;
        let name = if name.is_empty() { id.to_string() } else { format!("{id}/{name}") };
        Source { transport: self.feed.transport.word().into(), name }
    }

    /// Tries until it succeeds, or fails in a way that trying again does not mend.
    async fn insist<'a>(
        &'a self,
        at: Timestamp,
        stop: &CancellationToken,
        attempt: impl Fn() -> sealane_data::ports::Pending<'a, Result<Receipt, IntakeError>>,
    ) -> Option<Result<Receipt, IntakeError>> {
        let mut failed = false;
        loop {
            match attempt().await {
                Ok(receipt) => {
                    self.health.stored(&receipt, at);
                    if failed {
                        self.health.well();
                    }
                    return Some(Ok(receipt));
                }
                Err(error @ (IntakeError::Busy | IntakeError::Storage(_) | IntakeError::NoRoom(_))) => {
                    failed = true;
                    self.health.trouble(error.to_string());
                }
                Err(error) => return Some(Err(error)),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(REST) => {}
            }
        }
    }
}

/// Makes a folder that only its owner can enter.
pub(super) fn private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
