//! Frames between a reader that must never wait and a log that may be slow.

use super::frame::Frame;
use super::spill::Spill;
use sealane_data::feed::{Bounds, Carries};
use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The bytes that are taken out at once.
const AT_ONCE: usize = 1 << 20;
/// How often it is looked whether everything is stored.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);
/// The part of a queue that is cleared when nothing in it can be replaced.
const CLEARED: usize = 10;

/// Tells the ship that a frame speaks of.
pub(super) type ShipOf = fn(&[u8]) -> Option<u64>;

/// A bounded queue that never makes its writer wait.
pub(super) struct Queue {
    inner: Mutex<Inner>,
    there: Notify,
    bounds: Bounds,
    carries: Carries,
    ship_of: ShipOf,
}

struct Inner {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// What is being stored now; it goes back to the front if that does not succeed.
    spill: Option<Spill>,
    superseded: u64,
    closed: bool,
}

/// Frames that were taken out.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) frames: Vec<Frame>,
    /// Up to where the file of waiting frames can be forgotten once they are stored.
    spilled: Option<u64>,
}

impl Batch {
    /// Returns whether its frames are in the file of waiting frames until they are stored.
    pub(super) fn waits_on_disk(&self) -> bool {
        self.spilled.is_some()
    }
}

/// How much waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) frames: usize,
    pub(super) spilled: u64,
    pub(super) superseded: u64,
}

impl Queue {
    /// Returns a queue; for events, what an earlier process left in `file` waits in it.
    pub(super) fn open(carries: Carries, bounds: Bounds, file: &Path, ship_of: ShipOf) -> io::Result<Self> {
        let spill = match carries {
            Carries::Events => Some(Spill::open(file)?),
            Carries::Positions => None,
        };
        let inner = Inner { frames: VecDeque::new(), bytes: 0, spill, superseded: 0, closed: false };
        Ok(Self { inner: Mutex::new(inner), there: Notify::new(), bounds, carries, ship_of })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a frame. It never waits for the log; an event that does not fit goes to the disk's cache.
    pub(super) fn push(&self, frame: Frame) -> io::Result<()> {
        let mut inner = self.inner();
        let full =
            inner.frames.len() >= self.bounds.frames || inner.bytes + frame.weight() > self.bounds.bytes;
        match &mut inner.spill {
            // Once frames wait on the disk, later ones go behind them.
            Some(spill) if full || spill.waiting() > 0 => spill.push(&frame)?,
            _ => {
                if full && self.carries == Carries::Positions {
                    inner.thin(self.ship_of);
                }
                inner.bytes += frame.weight();
                inner.frames.push_back(frame);
            }
        }
        drop(inner);
        self.there.notify_one();
        Ok(())
    }

    /// Waits for frames and takes some; nothing once the queue is closed and empty. What is taken
    /// must be [`Queue::stored`] or [`Queue::put_back`].
    pub(super) async fn take(&self) -> io::Result<Option<Batch>> {
        loop {
            let there = self.there.notified();
            let (batch, closed) = {
                let mut inner = self.inner();
                (inner.take()?, inner.closed)
            };
            match batch {
                Some(batch) => return Ok(Some(batch)),
                None if closed => return Ok(None),
                None => there.await,
            }
        }
    }

    /// Forgets frames that the log has.
    pub(super) fn stored(&self, batch: &Batch) -> io::Result<()> {
        let mut inner = self.inner();
        match (batch.spilled, &mut inner.spill) {
            (Some(before), Some(spill)) => spill.forget(before),
            _ => Ok(()),
        }
    }

    /// Waits until nothing waits any more.
    pub(super) async fn drained(&self) {
        while {
            let waiting = self.waiting();
            waiting.frames > 0 || waiting.spilled > 0
        } {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Puts frames back that could not be stored, before all others; those of the file are still there.
    pub(super) fn put_back(&self, batch: Batch) {
        if batch.spilled.is_some() {
            return;
        }
        let mut inner = self.inner();
        for frame in batch.frames.into_iter().rev() {
            inner.bytes += frame.weight();
            inner.frames.push_front(frame);
        }
    }

    /// Ends the queue: what is in it can still be taken.
    pub(super) fn close(&self) {
        self.inner().closed = true;
        self.there.notify_one();
    }

    /// Puts what is in memory on the disk, when the process stops before the log could take it.
    pub(super) fn keep(&self) -> io::Result<()> {
        let mut inner = self.inner();
        let frames: Vec<Frame> = inner.frames.drain(..).collect();
        inner.bytes = 0;
        inner.spill.as_mut().map_or(Ok(()), |spill| spill.put_first(&frames))
    }

    /// Returns how much waits.
    pub(super) fn waiting(&self) -> Waiting {
        let inner = self.inner();
        let spilled = inner.spill.as_ref().map_or(0, Spill::waiting);
        Waiting { frames: inner.frames.len(), spilled, superseded: inner.superseded }
    }
}

impl Inner {
    fn take(&mut self) -> io::Result<Option<Batch>> {
        if self.frames.is_empty() {
            let Some(spill) = self.spill.as_mut().filter(|s| s.waiting() > 0) else { return Ok(None) };
            let (frames, before) = spill.peek(AT_ONCE)?;
            return Ok(Some(Batch { frames, spilled: Some(before) }));
        }
        let mut frames = Vec::new();
        let mut bytes = 0;
        while let Some(frame) = self.frames.pop_front_if(|_| bytes < AT_ONCE) {
            bytes += frame.weight();
            frames.push(frame);
        }
        self.bytes -= bytes;
        Ok(Some(Batch { frames, spilled: None }))
    }

    /// Keeps the newest frame of each ship; where that gives no room, the oldest frames go.
    fn thin(&mut self, ship_of: ShipOf) {
        let before = self.frames.len();
        let mut seen = HashSet::new();
        let mut kept: VecDeque<Frame> = VecDeque::with_capacity(before);
        for frame in self.frames.drain(..).rev() {
            if ship_of(&frame.bytes).is_none_or(|ship| seen.insert(ship)) {
                kept.push_front(frame);
            }
        }
        if kept.len() + before / CLEARED > before {
            kept.drain(..(before / CLEARED).max(1).min(kept.len()));
        }
        self.superseded += (before - kept.len()) as u64;
        self.bytes = kept.iter().map(Frame::weight).sum();
        self.frames = kept;
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
