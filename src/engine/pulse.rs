//! Work that is done again and again, on a thread of its own, as long as the engine runs.

use std::io::Result;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Whether the engine stops.
#[derive(Default)]
pub(crate) struct Stop {
    told: Mutex<bool>,
    bell: Condvar,
}

impl Stop {
    /// Waits; returns whether the engine stops.
    pub(crate) fn within(&self, wait: Duration) -> bool {
        let guard = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(guard, wait, |stop| !*stop);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A thread that works at once and again after each pause. Dropping it ends it, after what it is doing.
pub(crate) struct Pulse {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    /// Starts it; the work says how long to pause.
    pub(crate) fn start(
        name: &str,
        mut work: impl FnMut(&Stop) -> Duration + Send + 'static,
    ) -> Result<Self> {
        let stop = Arc::<Stop>::default();
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || while !stopped.within(work(&stopped)) {})?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        *self.stop.told.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.bell.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has already said so.
            let _ = thread.join();
        }
    }
}
