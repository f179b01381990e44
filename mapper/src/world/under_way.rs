//! Which goods are still on their way: what a closed passage or port can hit.

use super::World;
use crate::fold::route::route;
use crate::route::{JourneyKey, Route};

impl World {
    /// Returns how many containers were ever told of; they are numbered from 0 in the order they were
    /// first told of.
    pub fn containers(&self) -> usize {
        self.holders.len()
    }

    /// Returns the newest journey of a container by its number, with its route, if goods on it still have
    /// a leg by sea before them or are on one.
    pub fn open_route(&self, number: usize) -> Option<(JourneyKey, Route)> {
        let container = u32::try_from(number).ok().filter(|_| number < self.holders.len())?;
        let trips = self.trips(container);
        let key = self.key(container, trips.len().checked_sub(1)?);
        let route = route(&key.container, trips.last()?, self);
        let open = route.open_legs().next().is_some();
        open.then_some((key, route))
    }
}
