//! The ships a tracker remembers: a bounded table whose oldest one leaves.

use super::ship::Ship;
use rustc_hash::FxHashMap;

const NONE: u32 = u32::MAX;

/// One place of the table, in a list from the ship that was heard last to the one that was silent longest.
#[derive(Debug)]
struct Berth {
    mmsi: u32,
    newer: u32,
    older: u32,
    ship: Ship,
}

/// Ships by MMSI.
#[derive(Debug)]
pub(super) struct Fleet {
    most: usize,
    at: FxHashMap<u32, u32>,
    berths: Vec<Berth>,
    newest: u32,
    oldest: u32,
}

impl Fleet {
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, NONE as usize - 1);
        Self { most, at: FxHashMap::default(), berths: Vec::new(), newest: NONE, oldest: NONE }
    }

    pub(super) fn len(&self) -> usize {
        self.berths.len()
    }

    /// Returns a ship, now the newest one, and whether another had to leave for it.
    pub(super) fn ship(&mut self, mmsi: u32) -> (&mut Ship, bool) {
        let mut left = false;
        let at = if let Some(at) = self.at.get(&mmsi) {
            let at = *at;
            if at != self.newest {
                self.unlink(at);
                self.link(at);
            }
            at
        } else if self.berths.len() < self.most {
            let at = u32::try_from(self.berths.len()).unwrap_or(NONE - 1);
            self.berths.push(Berth { mmsi, newer: NONE, older: NONE, ship: Ship::default() });
            self.at.insert(mmsi, at);
            self.link(at);
            at
        } else {
            let at = self.oldest;
            self.unlink(at);
            let berth = &mut self.berths[at as usize];
            self.at.remove(&berth.mmsi);
            (berth.mmsi, berth.ship) = (mmsi, Ship::default());
            self.at.insert(mmsi, at);
            self.link(at);
            left = true;
            at
        };
        (&mut self.berths[at as usize].ship, left)
    }

    fn link(&mut self, at: u32) {
        let second = std::mem::replace(&mut self.newest, at);
        let berth = &mut self.berths[at as usize];
        (berth.newer, berth.older) = (NONE, second);
        match self.berths.get_mut(second as usize) {
            Some(second) => second.newer = at,
            None => self.oldest = at,
        }
    }

    fn unlink(&mut self, at: u32) {
        let Berth { newer, older, .. } = self.berths[at as usize];
        match self.berths.get_mut(newer as usize) {
            Some(berth) => berth.older = older,
            None => self.newest = older,
        }
        match self.berths.get_mut(older as usize) {
            Some(berth) => berth.newer = newer,
            None => self.oldest = newer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_silent_longest_leaves() {
        let mut fleet = Fleet::new(3);
        for (mmsi, leaves) in
            [(1, false), (2, false), (3, false), (1, false), (4, true), (1, false), (2, true)]
        {
            let (ship, left) = fleet.ship(mmsi);
            assert_eq!(left, leaves, "{mmsi}");
            ship.imo = mmsi;
        }
        assert_eq!(fleet.len(), 3);
        let mut known: Vec<u32> = fleet.at.keys().copied().collect();
        known.sort_unstable();
        assert_eq!(known, [1, 2, 4]);
        assert_eq!([1, 2, 4].map(|mmsi| fleet.ship(mmsi).0.imo), [1, 2, 4]);
    }

    #[test]
    fn a_ship_takes_less_than_300_bytes() {
        // Beside its place in the hash table: 8 bytes and one of control, at a load of 7/16 at least.
        assert!(size_of::<Berth>() + 21 <= 300, "{}", size_of::<Berth>());
    }
}
