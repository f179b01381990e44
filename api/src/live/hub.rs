//! The hub: per topic the newest documents, a bell that wakes its readers, and caps.

use super::TopicKey;
use crate::documents::Document;
use sealane_data::recorded::Seq;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Documents kept per topic, from which a reader that comes back may go on.
const KEPT: usize = 32;

/// Topics kept in memory; idle ones are dropped beyond it.
const MAX_TOPICS: usize = 4_096;

/// One topic.
pub(crate) struct Topic {
    recent: Mutex<VecDeque<Arc<Document>>>,
    bell: watch::Sender<Seq>,
}

impl Topic {
    fn new() -> Self {
        Self { recent: Mutex::default(), bell: watch::channel(0).0 }
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<Arc<Document>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a document unless it is older than, or the same as, the newest; returns whether it
    /// was taken.
    pub(crate) fn offer(&self, document: Arc<Document>) -> bool {
        let mut recent = self.recent();
        if recent.back().is_some_and(|last| last.seq >= document.seq || last.etag == document.etag) {
            return false;
        }
        if recent.len() == KEPT {
            recent.pop_front();
        }
        recent.push_back(document);
        true
    }

    /// Returns the newest document.
    pub(crate) fn newest(&self) -> Option<Arc<Document>> {
        self.recent().back().cloned()
    }

    /// Returns the document that a reader had who has seen everything up to a log position;
    /// nothing when that is too long ago.
    pub(crate) fn as_of(&self, seq: Seq) -> Option<Arc<Document>> {
        self.recent().iter().rev().find(|d| d.seq <= seq).cloned()
    }

    /// Returns a bell that rings when there is a newer document.
    pub(crate) fn listen(&self) -> watch::Receiver<Seq> {
        self.bell.subscribe()
    }

    fn has_readers(&self) -> bool {
        self.bell.receiver_count() > 0
    }
}

/// The hub of one process.
pub(crate) struct Hub {
    topics: Mutex<HashMap<TopicKey, Arc<Topic>>>,
    published: AtomicU64,
    streams: Arc<AtomicUsize>,
    closed: watch::Sender<bool>,
}

/// Tells when every stream is to end.
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Waits for the end.
    pub(crate) async fn closed(&mut self) {
        // An error means that the hub is gone, which is the end too.
        let _ = self.0.wait_for(|closed| *closed).await.map(|_| ());
    }
}

/// The place of one stream; dropping it makes room for another.
pub(crate) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            topics: Mutex::default(),
            published: AtomicU64::new(0),
            streams: Arc::default(),
            closed: watch::channel(false).0,
        }
    }

    /// Returns a place for one more stream, unless `max` are open.
    pub(crate) fn admit(&self, max: usize) -> Option<Place> {
        let mut now = self.streams.load(Ordering::Acquire);
        loop {
            if now >= max {
                return None;
            }
            match self.streams.compare_exchange(now, now + 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(Place(self.streams.clone())),
                Err(seen) => now = seen,
            }
        }
    }

    /// Returns the number of open streams.
    pub(crate) fn streams(&self) -> usize {
        self.streams.load(Ordering::Acquire)
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<TopicKey, Arc<Topic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a topic with a bell of it, so that it has a reader from now on.
    pub(crate) fn follow(&self, key: &TopicKey) -> (Arc<Topic>, watch::Receiver<Seq>) {
        let mut topics = self.topics();
        if topics.len() >= MAX_TOPICS && !topics.contains_key(key) {
            topics.retain(|_, topic| topic.has_readers());
        }
        let topic = topics.entry(key.clone()).or_insert_with(|| Arc::new(Topic::new()));
        (topic.clone(), topic.listen())
    }

    /// Returns a topic that somebody reads.
    pub(crate) fn read_topic(&self, key: &TopicKey) -> Option<Arc<Topic>> {
        self.topics().get(key).filter(|t| t.has_readers()).cloned()
    }

    /// Makes a log position public: every topic holds what happened up to it. Then rings the
    /// bells, so that whoever wakes sees all topics at one position.
    pub(crate) fn commit(&self, seq: Seq, changed: &[Arc<Topic>]) {
        self.published.fetch_max(seq, Ordering::AcqRel);
        for topic in changed {
            topic.bell.send_replace(seq);
        }
    }

    /// Returns the log position up to which every topic is complete.
    pub(crate) fn published(&self) -> Seq {
        self.published.load(Ordering::Acquire)
    }

    /// Ends every stream.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Returns a signal for the end of every stream.
    pub(crate) fn closing(&self) -> Closing {
        Closing(self.closed.subscribe())
    }
}
