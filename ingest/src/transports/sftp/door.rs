//! Who may come in: so many at once in all and from one address, and nobody who failed too often.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Connections at once.
const SEATS: usize = 64;
/// Connections at once from one address.
const EACH: usize = 8;
/// Connections from one address that may end without a login within [`WHILE`].
const FAILURES: usize = 10;
/// How long a failure counts.
const WHILE: Duration = Duration::from_mins(1);
/// Addresses that are remembered.
const REMEMBERED: usize = 4096;

/// The door of a server.
#[derive(Clone, Default)]
pub(super) struct Door(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    inside: usize,
    from: HashMap<IpAddr, Known>,
}

#[derive(Default)]
struct Known {
    inside: usize,
    failures: Vec<Instant>,
}

impl Known {
    fn forget(&mut self, now: Instant) {
        self.failures.retain(|at| now.duration_since(*at) < WHILE);
    }
}

impl Door {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody in, or says in a word why not.
    pub(super) fn enter(&self, from: IpAddr) -> Result<Pass, &'static str> {
        self.enter_at(from, Instant::now())
    }

    fn enter_at(&self, from: IpAddr, now: Instant) -> Result<Pass, &'static str> {
        let from = one(from);
        let mut inner = self.inner();
        if inner.inside >= SEATS {
            return Err("too_many_peers");
        }
        if inner.from.len() >= REMEMBERED {
            inner.from.values_mut().for_each(|k| k.forget(now));
            inner.from.retain(|_, k| k.inside > 0 || !k.failures.is_empty());
        }
        if inner.from.len() >= REMEMBERED && !inner.from.contains_key(&from) {
            return Err("too_many_peers");
        }
        let known = inner.from.entry(from).or_default();
        known.forget(now);
        if known.failures.len() >= FAILURES {
            return Err("too_many_attempts");
        }
        if known.inside >= EACH {
            return Err("too_many_peers");
        }
        known.inside += 1;
        inner.inside += 1;
        Ok(Pass { door: self.clone(), from })
    }
}

/// Returns what counts as one address: of IPv6, a whole network of one customer.
fn one(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() & (u128::MAX << 64)).to_be_bytes()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The right to be inside; it ends when it goes.
pub(super) struct Pass {
    door: Door,
    from: IpAddr,
}

impl Pass {
    /// Notes that its holder did not log in.
    pub(super) fn failed(&self) {
        if let Some(known) = self.door.inner().from.get_mut(&self.from) {
            known.failures.push(Instant::now());
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inner = self.door.inner();
        inner.inside -= 1;
        if let Some(known) = inner.from.get_mut(&self.from) {
            known.inside -= 1;
            if known.inside == 0 && known.failures.is_empty() {
                inner.from.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    #[test]
    fn seats_are_counted_in_all_and_for_each_address() {
        let door = Door::default();
        let mut passes: Vec<_> = (0..8).map(|_| door.enter(address(1)).ok().unwrap()).collect();
        assert_eq!(door.enter(address(1)).err(), Some("too_many_peers"));
        passes.extend(
            (2..9).flat_map(|n| (0..8).map(move |_| n)).map(|n| door.enter(address(n)).ok().unwrap()),
        );
        assert_eq!(door.enter(address(99)).err(), Some("too_many_peers"));
        passes.truncate(7);
        passes.push(door.enter(address(1)).ok().unwrap());
        drop(passes);
        assert!(door.inner().from.is_empty() && door.inner().inside == 0);
    }

    #[test]
    fn whoever_fails_too_often_waits_and_others_do_not() {
        let door = Door::default();
        for _ in 0..10 {
            door.enter(address(1)).ok().unwrap().failed();
        }
        assert_eq!(door.enter(address(1)).err(), Some("too_many_attempts"));
        assert!(door.enter(address(2)).is_ok());
        assert!(door.enter_at(address(1), Instant::now() + WHILE).is_ok());
    }

    #[test]
    fn what_is_remembered_is_bounded_and_a_customers_network_is_one_address() {
        let door = Door::default();
        for n in 0..10_000_u32 {
            if let Ok(pass) = door.enter(IpAddr::from(n.to_be_bytes())) {
                pass.failed();
            }
        }
        assert!(door.inner().from.len() <= REMEMBERED);
        let v6 = |text: &str| one(text.parse().unwrap());
        assert_eq!(v6("2001:db8:1:2::1"), v6("2001:db8:1:2:3:4:5:6"));
        assert_ne!(v6("2001:db8:1:2::1"), v6("2001:db8:1:3::1"));
        assert_eq!(v6("::ffff:10.0.0.1"), address(1));
    }
}
