//! Retries by class: what may be tried again, when, and when it is given up.

use super::port::Fault;
use super::profile::Retrying;
use jiff::{SignedDuration, Timestamp};

/// What to do after a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Try again then.
    At(Timestamp),
    /// Give up: the fault is of a kind that stays, or its time is over.
    Never,
}

/// Decides about the next attempt after `attempts` calls, the last of which ended in `fault`.
///
/// Waits have full jitter: anything from nothing to a bound that doubles up to a cap. `random` is
/// from 0 up to 1. Nothing is tried after `until`; who asked for a pause gets it.
pub fn again(
    fault: &Fault,
    retrying: &Retrying,
    attempts: u32,
    now: Timestamp,
    until: Timestamp,
    random: f64,
) -> Again {
    if !retrying.again.contains(&fault.kind) {
        return Again::Never;
    }
    let doubled = 1_i32.checked_shl(attempts.saturating_sub(1).min(20)).unwrap_or(i32::MAX);
    let bound = retrying.first.checked_mul(doubled).map_or(retrying.cap, |b| b.min(retrying.cap));
    let jitter = SignedDuration::from_secs_f64(bound.as_secs_f64() * random.clamp(0.0, 1.0));
    let wait = fault.after.map_or(jitter, |asked| asked.max(jitter));
    match now.checked_add(wait) {
        Ok(at) if at <= until => Again::At(at),
        _ => Again::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::super::port::FaultKind;
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_stays_wrong_is_never_tried_again() {
        let retrying = Retrying::default();
        for (kind, tried) in [
            (FaultKind::Invalid, false),
            (FaultKind::Auth, false),
            (FaultKind::Contract, false),
            (FaultKind::Limited, true),
            (FaultKind::Unavailable, true),
            (FaultKind::Timeout, true),
        ] {
            let decided = again(&Fault::new(kind, ""), &retrying, 1, at(0), at(600), 0.5);
            assert_eq!(decided != Again::Never, tried, "{kind:?}");
        }
        let asked =
            Fault { after: Some(SignedDuration::from_secs(120)), ..Fault::new(FaultKind::Limited, "") };
        assert_eq!(again(&asked, &retrying, 1, at(0), at(600), 0.0), Again::At(at(120)));
        assert_eq!(again(&asked, &retrying, 1, at(500), at(600), 0.0), Again::Never, "its time is over");
    }

    proptest! {
        #[test]
        fn waits_stay_below_the_doubling_bound_and_the_cap(attempts in 1_u32..80, random in 0.0_f64..1.0) {
            let retrying = Retrying::default();
            let fault = Fault::new(FaultKind::Timeout, "");
            let until = at(1_000_000_000);
            let Again::At(then) = again(&fault, &retrying, attempts, at(0), until, random) else {
                return Err(TestCaseError::fail("tried again"));
            };
            let wait = then.duration_since(at(0));
            prop_assert!(wait <= retrying.cap);
            let bound = retrying.first.as_secs_f64() * 2_f64.powi(i32::try_from(attempts - 1).unwrap().min(20));
            prop_assert!(wait.as_secs_f64() <= bound + 1e-6);
        }
    }
}
