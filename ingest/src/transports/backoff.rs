//! How long to wait before the next attempt: full jitter, so that many clients do not come back at once.

use std::time::Duration;

/// The longest wait after the first failure.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait of all.
const LONGEST: Duration = Duration::from_mins(1);
/// Frames after which a connection counts as good.
const GOOD: u64 = 10;

/// The waits of one feed.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    frames: u64,
}

impl Backoff {
    /// Notes that data came: a connection that only opens and breaks again is no success.
    pub(super) fn frame(&mut self) {
        self.frames += 1;
        if self.frames >= GOOD {
            self.failures = 0;
        }
    }

    /// Notes that a whole exchange succeeded.
    pub(super) fn good(&mut self) {
        self.failures = 0;
    }

    /// Returns how long to wait after a failure: anything between nothing and a bound that doubles.
    pub(super) fn wait(&mut self) -> Duration {
        self.frames = 0;
        let bound = self.bound();
        self.failures = self.failures.saturating_add(1);
        let mut random = [0_u8; 4];
        // Without random numbers the whole bound is waited: later, never more often.
        let part = getrandom::fill(&mut random)
            .map_or(1.0, |()| f64::from(u32::from_be_bytes(random)) / 4.294_967_296e9);
        bound.mul_f64(part)
    }

    fn bound(&self) -> Duration {
        FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_a_minute_and_ten_frames_begin_anew() {
        let mut backoff = Backoff::default();
        for bound in [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000] {
            assert_eq!(backoff.bound(), Duration::from_millis(bound));
            assert!(backoff.wait() <= Duration::from_millis(bound));
        }
        (0..9).for_each(|_| backoff.frame());
        assert_eq!(backoff.bound(), LONGEST, "nine frames are no success yet");
        backoff.frame();
        assert_eq!(backoff.bound(), FIRST);
        backoff.wait();
        (0..9).for_each(|_| backoff.frame());
        assert_eq!(backoff.bound(), FIRST * 2, "frames are counted for each connection");
    }
}
