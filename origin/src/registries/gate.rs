//! The gate before a registry: kill switch, calendar, breaker, bulkhead and rate budget in one.

use super::breaker::{Breaker, BreakerState};
use super::budget::Budget;
use super::calendar::Window;
use super::port::{Exchange, FaultKind};
use super::profile::Profile;
use jiff::Timestamp;

/// Whether a call may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and counts as under way.
    Go,
    /// Not before an instant.
    Wait {
        /// The instant.
        until: Timestamp,
        /// Why, as a stable word.
        why: &'static str,
    },
    /// Not before another call has ended.
    Full,
    /// Not before the operator switches the registry on.
    Off,
}

/// The gate of one registry; the clock is passed in.
#[derive(Clone, Debug)]
pub struct Gate {
    breaker: Breaker,
    budget: Budget,
    windows: Vec<Window>,
    most: u32,
    under_way: u32,
    on: bool,
    /// Until when the registry itself asked to be left alone.
    asked_until: Option<Timestamp>,
}

impl Gate {
    /// Returns the gate that a profile asks for.
    pub fn new(profile: &Profile) -> Self {
        Self {
            breaker: Breaker::new(profile.breaker.failures, profile.breaker.pause),
            budget: Budget::new(profile.limits.per_minute, profile.limits.burst),
            windows: profile.maintenance.clone(),
            most: profile.limits.in_flight,
            under_way: 0,
            on: true,
            asked_until: None,
        }
    }

    /// Switches it on or off.
    pub fn switch(&mut self, on: bool) {
        self.on = on;
    }

    /// Returns whether calls go through its breaker.
    pub fn breaker(&self, now: Timestamp) -> BreakerState {
        self.breaker.state(now)
    }

    /// Returns how many calls are under way.
    pub fn under_way(&self) -> u32 {
        self.under_way
    }

    /// Returns the end of a known rest, if an instant is in one.
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.windows.iter().filter_map(|w| w.rests_until(now)).max()
    }

    /// Lets a call in, or says why not.
    pub fn enter(&mut self, now: Timestamp) -> Admission {
        if !self.on {
            return Admission::Off;
        }
        if let Some(until) = self.rests_until(now) {
            return Admission::Wait { until, why: "maintenance" };
        }
        if let Some(until) = self.asked_until.filter(|until| now < *until) {
            return Admission::Wait { until, why: "asked_to_wait" };
        }
        if self.under_way >= self.most {
            return Admission::Full;
        }
        match self.breaker.enter(now) {
            Ok(()) => {}
            Err(until) if until > now => return Admission::Wait { until, why: "breaker" },
            Err(_) => return Admission::Full,
        }
        if let Err(until) = self.budget.take(now) {
            self.breaker.left();
            return Admission::Wait { until, why: "rate" };
        }
        self.under_way += 1;
        Admission::Go
    }

    /// Takes note that a call has ended; without an exchange nothing came of it.
    pub fn leave(&mut self, now: Timestamp, exchange: Option<&Exchange>) {
        self.under_way = self.under_way.saturating_sub(1);
        match exchange.map(|e| &e.result) {
            None => self.breaker.left(),
            Some(Ok(_)) => self.breaker.succeeded(),
            Some(Err(fault)) => match fault.kind {
                // It answered: what was asked was wrong, not the registry.
                FaultKind::Invalid => self.breaker.succeeded(),
                FaultKind::Limited => {
                    self.breaker.left();
                    let until = fault.after.and_then(|after| now.checked_add(after).ok());
                    self.asked_until = until.max(self.asked_until);
                }
                _ => self.breaker.failed(now),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::merge::read_profile;
    use super::super::port::Fault;
    use super::super::regimes::REGIMES;
    use super::*;
    use jiff::SignedDuration;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn gate() -> Gate {
        let mut profile = read_profile(REGIMES[0].profile).unwrap();
        (profile.limits.in_flight, profile.limits.per_minute, profile.limits.burst) = (2, 6000, 50);
        (profile.breaker.failures, profile.breaker.pause) = (2, SignedDuration::from_secs(10));
        Gate::new(&profile)
    }

    fn ended(kind: FaultKind, after: Option<i64>) -> Exchange {
        let fault = Fault { after: after.map(SignedDuration::from_secs), ..Fault::new(kind, "") };
        Exchange { result: Err(fault), record: String::new() }
    }

    #[test]
    fn each_guard_holds_and_says_its_name() {
        let mut gate = gate();
        gate.switch(false);
        assert_eq!(gate.enter(at(0)), Admission::Off);
        gate.switch(true);
        assert_eq!((gate.enter(at(0)), gate.enter(at(0))), (Admission::Go, Admission::Go));
        assert_eq!(gate.enter(at(0)), Admission::Full, "the bulkhead");
        gate.leave(at(0), Some(&ended(FaultKind::Limited, Some(30))));
        assert_eq!(gate.enter(at(1)), Admission::Wait { until: at(30), why: "asked_to_wait" });
        gate.leave(at(30), Some(&ended(FaultKind::Invalid, None)));
        for _ in 0..2 {
            assert_eq!(gate.enter(at(30)), Admission::Go);
            gate.leave(at(30), Some(&ended(FaultKind::Timeout, None)));
        }
        assert_eq!(gate.enter(at(31)), Admission::Wait { until: at(40), why: "breaker" });
        assert_eq!(gate.breaker(at(31)), BreakerState::Open);
        assert_eq!((gate.enter(at(40)), gate.enter(at(40))), (Admission::Go, Admission::Full));
        gate.leave(at(40), None);
        assert_eq!(gate.enter(at(40)), Admission::Go, "a call that came to nothing may be tried again");
    }

    proptest! {
        /// However calls come and end: never more under way than the bulkhead holds, and none is lost.
        #[test]
        fn the_bulkhead_holds(steps in prop::collection::vec((any::<bool>(), 0_u8..5), 1..200)) {
            let mut gate = gate();
            let mut open = 0_u32;
            for (second, (enters, how)) in steps.into_iter().enumerate() {
                let now = at(i64::try_from(second).unwrap() * 7);
                if enters {
                    if gate.enter(now) == Admission::Go { open += 1; }
                } else if open > 0 {
                    open -= 1;
                    let kinds = [FaultKind::Timeout, FaultKind::Invalid, FaultKind::Limited, FaultKind::Contract];
                    let exchange = kinds.get(usize::from(how)).map(|k| ended(*k, Some(3)));
                    gate.leave(now, exchange.as_ref());
                }
                prop_assert_eq!(gate.under_way(), open);
                prop_assert!(open <= 2);
            }
        }
    }
}
