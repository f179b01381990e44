//! The circuit breaker: a registry that fails again and again is left alone for a while.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// The longest pause, as a multiple of the first.
const LONGEST: u32 = 16;

/// Whether calls go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They do not.
    Open,
    /// One is tried.
    HalfOpen,
}

/// A circuit breaker; the clock is passed in.
#[derive(Clone, Debug)]
pub struct Breaker {
    limit: u32,
    pause: SignedDuration,
    failures: u32,
    /// Openings since a call last succeeded.
    openings: u32,
    open_until: Option<Timestamp>,
    trying: bool,
}

impl Breaker {
    /// Returns a closed breaker that opens after some failures in a row, for a pause that doubles.
    pub fn new(limit: u32, pause: SignedDuration) -> Self {
        Self { limit: limit.max(1), pause, failures: 0, openings: 0, open_until: None, trying: false }
    }

    /// Returns whether calls go through at an instant.
    pub fn state(&self, now: Timestamp) -> BreakerState {
        match self.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Lets a call through; or says until when none is, which is now while one is being tried.
    pub fn enter(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.open_until {
            None => Ok(()),
            Some(until) if now < until => Err(until),
            Some(_) if self.trying => Err(now),
            Some(_) => {
                self.trying = true;
                Ok(())
            }
        }
    }

    /// Takes note that a call succeeded: the registry answered, whatever it said.
    pub fn succeeded(&mut self) {
        (self.failures, self.openings, self.open_until, self.trying) = (0, 0, None, false);
    }

    /// Takes note that a call failed.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.trying || self.failures >= self.limit {
            let times = 1_i32 << self.openings.min(LONGEST.ilog2());
            self.openings = self.openings.saturating_add(1);
            let pause = self.pause.checked_mul(times).unwrap_or(self.pause);
            self.open_until = now.checked_add(pause).ok().or(Some(Timestamp::MAX));
            (self.failures, self.trying) = (0, false);
        }
    }

    /// Takes note that a call was ended before anything came of it.
    pub fn left(&mut self) {
        self.trying = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn it_opens_after_the_limit_tries_one_and_pauses_longer_each_time() {
        let mut breaker = Breaker::new(3, SignedDuration::from_secs(10));
        for _ in 0..2 {
            assert!(breaker.enter(at(0)).is_ok());
            breaker.failed(at(0));
        }
        assert_eq!(breaker.state(at(0)), BreakerState::Closed);
        breaker.failed(at(0));
        assert_eq!(breaker.enter(at(9)), Err(at(10)));
        assert!(breaker.enter(at(10)).is_ok(), "one call is tried");
        assert_eq!(breaker.enter(at(10)), Err(at(10)), "and no second beside it");
        breaker.failed(at(10));
        assert_eq!(breaker.enter(at(29)), Err(at(30)), "the pause doubles");
        assert!(breaker.enter(at(30)).is_ok());
        breaker.succeeded();
        assert_eq!(breaker.state(at(30)), BreakerState::Closed);
        assert!(breaker.enter(at(30)).is_ok() && breaker.enter(at(30)).is_ok());
    }

    proptest! {
        /// However calls end: an open breaker closes again by time and one success, never sooner.
        #[test]
        fn it_never_stays_open_for_ever(ends in prop::collection::vec((any::<bool>(), 0_i64..40), 0..60)) {
            let mut breaker = Breaker::new(2, SignedDuration::from_secs(5));
            let mut now = 0;
            for (good, wait) in ends {
                now += wait;
                let open = breaker.state(at(now)) == BreakerState::Open;
                let entered = breaker.enter(at(now)).is_ok();
                prop_assert_eq!(entered, !open);
                if entered {
                    if good { breaker.succeeded() } else { breaker.failed(at(now)) }
                }
            }
            let latest = at(now + 5 * i64::from(LONGEST));
            prop_assert!(breaker.enter(latest).is_ok());
            breaker.succeeded();
            prop_assert_eq!(breaker.state(latest), BreakerState::Closed);
        }
    }
}
