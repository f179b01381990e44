//! The rate budget: a bucket of calls that fills with time.

use jiff::{SignedDuration, Timestamp};

/// A rate budget; the clock is passed in.
#[derive(Clone, Debug)]
pub struct Budget {
    per_minute: f64,
    burst: f64,
    left: f64,
    at: Option<Timestamp>,
}

impl Budget {
    /// Returns a full bucket: `burst` calls at once, `per_minute` in the long run.
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let burst = f64::from(burst.max(1));
        Self { per_minute: f64::from(per_minute.max(1)), burst, left: burst, at: None }
    }

    /// Takes one call, or says when there is one again.
    pub fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let passed = self.at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        self.left = (self.left + passed * self.per_minute / 60.0).min(self.burst);
        self.at = Some(self.at.map_or(now, |at| at.max(now)));
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        let wait = SignedDuration::from_secs_f64((1.0 - self.left) * 60.0 / self.per_minute);
        // Rounded up, so that whoever waits as told is let through.
        let wait = wait + SignedDuration::from_millis(1);
        Err(now.checked_add(wait).unwrap_or(Timestamp::MAX))
    }

    /// Gives a call back that was not made.
    pub fn give_back(&mut self) {
        self.left = (self.left + 1.0).min(self.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// In no stretch of time are there more calls than the burst and what it fills.
        #[test]
        fn never_more_than_the_budget(gaps in prop::collection::vec(0_i64..5_000, 1..200), rate in 1_u32..600, burst in 1_u32..20) {
            let mut budget = Budget::new(rate, burst);
            let mut now = 0_i64;
            let mut taken = 0_u32;
            for gap in gaps {
                now += gap;
                let at = Timestamp::from_millisecond(now).unwrap();
                match budget.take(at) {
                    Ok(()) => taken += 1,
                    Err(then) => {
                        prop_assert!(then > at);
                        prop_assert!(budget.clone().take(then).is_ok(), "who waits as told is let through");
                    }
                }
                let most = f64::from(burst) + now as f64 / 60_000.0 * f64::from(rate);
                prop_assert!(f64::from(taken) <= most + 0.01, "{} of {}", taken, most);
            }
        }
    }
}
