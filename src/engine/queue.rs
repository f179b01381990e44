//! What waits for the writer: interactive submissions before bulk, both bounded.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Two bounded queues behind one lock.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    drained: Condvar,
    max_interactive: usize,
    max_bulk: usize,
}

struct State<T> {
    interactive: VecDeque<T>,
    bulk: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    /// Returns empty queues with their bounds.
    pub(crate) fn new(max_interactive: usize, max_bulk: usize) -> Self {
        let state = State { interactive: VecDeque::new(), bulk: VecDeque::new(), closed: false };
        Self {
            state: Mutex::new(state),
            filled: Condvar::new(),
            drained: Condvar::new(),
            max_interactive,
            max_bulk,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds interactive work, or gives it back when too much is waiting or the engine has stopped.
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed || state.interactive.len() >= self.max_interactive {
            return Err(item);
        }
        state.interactive.push_back(item);
        self.filled.notify_one();
        Ok(())
    }

    /// Adds bulk work, waiting for room; gives it back when the engine has stopped.
    pub(crate) fn push_bulk(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        while state.bulk.len() >= self.max_bulk && !state.closed {
            state = self.drained.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(item);
        }
        state.bulk.push_back(item);
        self.filled.notify_one();
        Ok(())
    }

    /// Takes all interactive work that waits, or else one piece of bulk; waits for something.
    ///
    /// Returns nothing once the queue is closed and empty.
    pub(crate) fn take(&self) -> Vec<T> {
        let mut state = self.lock();
        loop {
            if !state.interactive.is_empty() {
                return state.interactive.drain(..).collect();
            }
            if let Some(item) = state.bulk.pop_front() {
                self.drained.notify_all();
                return vec![item];
            }
            if state.closed {
                return Vec::new();
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets nothing more in; what waits is still taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.drained.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interactive_goes_first_and_full_queues_refuse() {
        let queue = Queue::new(2, 2);
        queue.push_bulk(10).unwrap();
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        assert_eq!(queue.push(3), Err(3));
        assert_eq!(queue.take(), [1, 2]);
        queue.close();
        assert_eq!(queue.push(4), Err(4));
        assert_eq!(queue.take(), [10]);
        assert!(queue.take().is_empty());
    }
}
