//! How often somebody without a key may ask: a small store of tokens for each address, and one for all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Questions at once from one address.
const BURST: f64 = 10.0;
/// Questions a minute from one address.
const EACH: f64 = 10.0;
/// Questions a minute from everybody, and at once.
const ALL: f64 = 600.0;
/// Addresses that are remembered at most.
const ADDRESSES: usize = 50_000;

struct Store {
    tokens: f64,
    at: Instant,
}

impl Store {
    /// Returns how many tokens there are, with what has come since.
    fn left(&self, now: Instant, a_minute: f64, burst: f64) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + passed * a_minute / 60.0).min(burst)
    }

    /// Takes one token, after adding what has come since.
    fn take(&mut self, now: Instant, a_minute: f64, burst: f64) -> bool {
        self.tokens = self.left(now, a_minute, burst);
        self.at = now;
        let has = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(has));
        has
    }
}

/// The limits of one address of ours.
pub(crate) struct Rate(Mutex<(Store, HashMap<IpAddr, Store>)>);

impl Default for Rate {
    fn default() -> Self {
        Self(Mutex::new((Store { tokens: ALL, at: Instant::now() }, HashMap::new())))
    }
}

impl Rate {
    /// Returns whether an address alone has asked too often, and takes nothing: others do not hold it up.
    pub(crate) fn is_dry(&self, from: Option<IpAddr>, now: Instant) -> bool {
        let stores = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let store = from.map(network).and_then(|from| stores.1.get(&from));
        store.is_some_and(|store| store.left(now, EACH, BURST) < 1.0)
    }

    /// Returns whether another question may be asked from an address at an instant.
    pub(crate) fn allows(&self, from: Option<IpAddr>, now: Instant) -> bool {
        let mut stores = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, each) = &mut *stores;
        if let Some(mut from) = from.map(network) {
            if each.len() >= ADDRESSES && !each.contains_key(&from) {
                // Who has not asked for a minute has a full store and need not be remembered.
                each.retain(|_, store| now.saturating_duration_since(store.at).as_secs() < 60);
            }
            if each.len() >= ADDRESSES && !each.contains_key(&from) {
                from = IpAddr::from([0, 0, 0, 0]);
            }
            let fresh = || Store { tokens: BURST, at: now };
            if !each.entry(from).or_insert_with(fresh).take(now, EACH, BURST) {
                return false;
            }
        }
        all.take(now, ALL, ALL)
    }
}

/// A household has a whole IPv6 network of 64 bits: it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    // Behind a socket for both families, IPv4 comes inside IPv6.
    match address.to_canonical() {
        short @ IpAddr::V4(_) => short,
        IpAddr::V6(long) => {
            let [a, b, c, d, ..] = long.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_address_runs_dry_alone_and_fills_up_again() {
        let (rate, now) = (Rate::default(), Instant::now());
        let at = |text: &str| Some(text.parse().unwrap());
        let asked = |from, now| (0..20).filter(|_| rate.allows(from, now)).count();
        assert_eq!(asked(at("192.0.2.1"), now), 10);
        assert_eq!(asked(at("192.0.2.2"), now), 10, "another one is not held up");
        assert_eq!(asked(at("2001:db8::1"), now), 10);
        assert_eq!(asked(at("2001:db8::2"), now), 0, "the same network");
        assert_eq!(asked(at("::ffff:192.0.2.3"), now), 10);
        assert_eq!(asked(at("::ffff:192.0.2.4"), now), 10, "two addresses of IPv4 are two");
        assert_eq!(asked(at("192.0.2.3"), now), 0, "however they are written");
        assert_eq!(asked(at("192.0.2.1"), now + Duration::from_secs(30)), 5);
    }

    #[test]
    fn who_is_dry_is_told_so_and_nobody_pays_for_the_question() {
        let (rate, now) = (Rate::default(), Instant::now());
        let (one, other) = (Some("192.0.2.1".parse().unwrap()), Some("192.0.2.2".parse().unwrap()));
        for _ in 0..10 {
            assert!(!rate.is_dry(one, now) && !rate.is_dry(one, now));
            assert!(rate.allows(one, now));
        }
        assert!(rate.is_dry(one, now) && !rate.is_dry(other, now) && !rate.is_dry(None, now));
        assert!(!rate.is_dry(one, now + Duration::from_secs(7)));
    }

    #[test]
    fn everybody_together_is_limited_too() {
        let (rate, now) = (Rate::default(), Instant::now());
        let passed = (0..1000_u32).filter(|n| rate.allows(Some(IpAddr::from(n.to_be_bytes())), now)).count();
        assert_eq!(passed, 600);
    }
}
