//! How often somebody without a key may ask: a small store of tokens for each household and for the network
//! around it, and one for all, of which a part is kept for networks that have not asked of late.
//!
//! Who asks much empties its own network's store, not everybody's: addresses are cheap, networks of
//! providers are not. Of IPv6 a provider has so many networks that it has a store around them too. A flood from
//! hundreds of networks leaves the kept part to those who ask now and then.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Questions a minute from one household, and at once.
const NEAR: f64 = 10.0;
/// Questions a minute from the network around it, and at once.
const AROUND: f64 = 60.0;
/// Questions a minute from a whole provider of IPv6, and at once: it has 65,536 networks for nothing.
const PROVIDER: f64 = 1_200.0;
/// Questions a minute from everybody, and at once: each costs microseconds, and a code has 50 bits.
const ALL: f64 = 6_000.0;
/// How many of these are kept for networks that have been quiet.
const KEPT: f64 = 600.0;
/// For how long a network has been quiet then.
const QUIET: Duration = Duration::from_mins(1);
/// Households, and networks, that are remembered at most.
const REMEMBERED: usize = 50_000;
/// Stores at most that those share who cannot be remembered.
const SHARED: usize = 5_000;
/// How often those are looked for at most who need not be remembered any more.
const SWEPT: Duration = Duration::from_secs(5);

struct Store {
    tokens: f64,
    at: Instant,
}

impl Store {
    /// Returns how many tokens there are, with what has come since.
    fn left(&self, now: Instant, a_minute: f64) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + passed * a_minute / 60.0).min(a_minute)
    }

    /// Takes one token, after adding what has come since, if more are there than have to be kept.
    fn take(&mut self, now: Instant, a_minute: f64, kept: f64) -> bool {
        self.tokens = self.left(now, a_minute);
        self.at = now;
        let has = self.tokens >= kept + 1.0;
        self.tokens -= f64::from(u8::from(has));
        has
    }

    /// Whether it was not asked for a while: it is full then, and need not be remembered.
    fn is_quiet(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) >= QUIET
    }
}

/// Stores by the start of their addresses.
struct Stores {
    a_minute: f64,
    by: HashMap<IpAddr, Store>,
    swept: Option<Instant>,
}

impl Stores {
    fn of(a_minute: f64) -> Self {
        Self { a_minute, by: HashMap::new(), swept: None }
    }

    /// Returns which store is whose: the own one, and where no more can be remembered one of a wider network.
    fn key(&mut self, own: IpAddr, now: Instant) -> IpAddr {
        if self.by.contains_key(&own) || self.by.len() < REMEMBERED {
            return own;
        }
        if self.swept.is_none_or(|at| now.saturating_duration_since(at) >= SWEPT) {
            self.swept = Some(now);
            self.by.retain(|_, store| !store.is_quiet(now));
        }
        let wider = start(own, 2, 2);
        if self.by.len() < REMEMBERED {
            own
        } else if self.by.contains_key(&wider) || self.by.len() < REMEMBERED + SHARED {
            wider
        } else {
            IpAddr::from([0, 0, 0, 0])
        }
    }

    /// Returns whether a store has a token; nothing is remembered of the question.
    fn has(&self, key: IpAddr, now: Instant) -> bool {
        self.by.get(&key).is_none_or(|store| store.left(now, self.a_minute) >= 1.0)
    }

    fn is_quiet(&self, key: IpAddr, now: Instant) -> bool {
        self.by.get(&key).is_none_or(|store| store.is_quiet(now))
    }

    fn take(&mut self, key: IpAddr, now: Instant) -> bool {
        let store = self.by.entry(key).or_insert(Store { tokens: self.a_minute, at: now });
        store.take(now, self.a_minute, 0.0)
    }
}

/// Everything that is remembered of who asked.
struct Asked {
    all: Store,
    near: Stores,
    around: Stores,
    /// Of IPv6 only.
    providers: Stores,
}

/// The limits of one address of ours.
pub(crate) struct Rate(Mutex<Asked>);

impl Default for Rate {
    fn default() -> Self {
        let all = Store { tokens: ALL, at: Instant::now() };
        let [near, around, providers] = [NEAR, AROUND, PROVIDER].map(Stores::of);
        Self(Mutex::new(Asked { all, near, around, providers }))
    }
}

impl Rate {
    /// Returns whether another question may be asked from an address at an instant.
    ///
    /// A household is remembered only if its network had a token for it: networks are dear, and the households
    /// of one cannot fill the memory.
    pub(crate) fn allows(&self, from: Option<IpAddr>, now: Instant) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Asked { all, near, around, providers } = &mut *asked;
        let Some(from) = from else { return all.take(now, ALL, KEPT) };
        let (home, wide) = (near.key(household(from), now), around.key(network(from), now));
        let provider = provider(from).map(|start| providers.key(start, now));
        if !near.has(home, now) || !around.has(wide, now) || provider.is_some_and(|p| !providers.has(p, now))
        {
            return false;
        }
        let kept = if around.is_quiet(wide, now) { 0.0 } else { KEPT };
        around.take(wide, now)
            && provider.is_none_or(|p| providers.take(p, now))
            && all.take(now, ALL, kept)
            && near.take(home, now)
    }
}

/// A household has one address of IPv4, or a whole IPv6 network of 64 bits.
fn household(address: IpAddr) -> IpAddr {
    start(address, 4, 4)
}

/// A provider gives a customer 48 bits of IPv6 at most; of IPv4, 24 bits are the least that is routed.
fn network(address: IpAddr) -> IpAddr {
    start(address, 3, 3)
}

/// A registry gives a provider 32 bits of IPv6 at least; its IPv4 is dear.
fn provider(address: IpAddr) -> Option<IpAddr> {
    address.to_canonical().is_ipv6().then(|| start(address, 0, 2))
}

/// Returns an address without what follows its first bytes (IPv4) or groups (IPv6).
fn start(address: IpAddr, bytes: usize, groups: usize) -> IpAddr {
    // Behind a socket for both families, IPv4 comes inside IPv6.
    match address.to_canonical() {
        IpAddr::V4(short) => {
            let mut octets = short.octets();
            octets.iter_mut().skip(bytes).for_each(|octet| *octet = 0);
            IpAddr::from(octets)
        }
        IpAddr::V6(long) => {
            let mut segments = long.segments();
            segments.iter_mut().skip(groups).for_each(|segment| *segment = 0);
            IpAddr::from(segments)
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

    /// The `n`th address of a network of IPv4.
    fn of(network: u16, n: u8) -> IpAddr {
        let [a, b] = network.to_be_bytes();
        IpAddr::from([10, a, b, n])
    }

    #[test]
    fn who_has_many_addresses_empties_its_own_network_only() {
        let (rate, now) = (Rate::default(), Instant::now());
        let mut passed = 0;
        // A whole network of 48 bits: 60 households of it alone used to empty everybody's store.
        for n in 0..2_000_u16 {
            let from = IpAddr::from([0x2001, 0xdb8, 0x7, n, 0, 0, 0, 1]);
            passed += u32::from(rate.allows(Some(from), now));
        }
        assert_eq!(passed, 60);
        let other = Some("2001:db8:8::1".parse().unwrap());
        assert!(rate.allows(other, now), "its neighbour is not held up");
        assert_eq!((0..=255).filter(|n| rate.allows(Some(of(1, *n)), now)).count(), 60, "24 bits of IPv4");
    }

    #[test]
    fn a_flood_from_many_networks_leaves_a_share_to_the_quiet_ones() {
        let (rate, now) = (Rate::default(), Instant::now());
        assert!(rate.allows(Some(of(9_999, 1)), now));
        let flood = |now| {
            (0..100_u16).map(|n| (0..60).filter(|a| rate.allows(Some(of(n, *a)), now)).count()).sum::<usize>()
        };
        let passed = flood(now);
        assert!((5_399..=5_500).contains(&passed), "{passed}: all but what is kept");
        assert_eq!(flood(now), 0, "and no more");
        assert!(!rate.allows(Some(of(9_999, 1)), now), "nor for who asked just now");
        assert!(!rate.allows(None, now));
        let quiet = (1_000..1_400_u16).filter(|n| rate.allows(Some(of(*n, 1)), now)).count();
        assert_eq!(quiet, 400, "who has been quiet asks its question");
        assert!(!rate.allows(Some(of(1_000, 1)), now), "one");
        let later = now + Duration::from_secs(61);
        assert!(rate.allows(Some(of(9_999, 1)), later));
    }

    #[test]
    fn a_provider_of_ipv6_has_no_more_than_its_share() {
        let (rate, now) = (Rate::default(), Instant::now());
        let passed = (0..u16::MAX)
            .filter(|n| rate.allows(Some(IpAddr::from([0x2001, 0xdb8, *n, 0, 0, 0, 0, 1])), now));
        assert_eq!(passed.count(), 1_200);
        let others = (0..1_000).filter(|n| rate.allows(Some(of(*n, 1)), now)).count();
        assert_eq!(others, 1_000, "everybody else asks");
    }

    #[test]
    fn everybody_together_is_limited_too() {
        let (rate, now) = (Rate::default(), Instant::now());
        let passed = (0..10_000_u16).filter(|n| rate.allows(Some(of(*n, 1)), now)).count();
        assert_eq!(passed, 6_000);
    }

    #[test]
    fn so_many_networks_that_they_cannot_be_remembered_share_stores() {
        let (rate, now) = (Rate::default(), Instant::now());
        for n in 0..u16::MAX {
            rate.allows(Some(of(n, 1)), now);
        }
        {
            let asked = rate.0.lock().unwrap();
            let most = REMEMBERED + SHARED + 1;
            assert!(asked.near.by.len() <= 6_000 && asked.around.by.len() <= most);
            assert!(asked.around.by.len() > REMEMBERED, "they are shared, not one for all");
        }
        let soon = now + Duration::from_secs(1);
        assert!(rate.allows(Some(IpAddr::from([192, 0, 2, 1])), soon), "a newcomer from elsewhere is let in");
    }

    #[test]
    fn one_network_of_many_households_shuts_the_door_for_itself_only() {
        let (rate, now) = (Rate::default(), Instant::now());
        for n in 0..65_000_u16 {
            rate.allows(Some(IpAddr::from([0x2001, 0xdb8, 0x7, n, 0, 0, 0, 1])), now);
        }
        let newcomers = (0..11_u8).filter(|n| rate.allows(Some(IpAddr::from([192, 0, *n, 1])), now)).count();
        assert_eq!(newcomers, 11, "they have stores of their own");
        assert!(rate.0.lock().unwrap().near.by.len() < 100, "who was not let in is not remembered");
    }
}
