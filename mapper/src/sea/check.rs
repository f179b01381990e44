//! The full land run: the ways of many pairs, each held against the land it was looked up on.

use super::network::SeaNetwork;
use super::query::{End, Query, SeaError};
use super::sailing::{LegKind, MILE, Sailing};
use super::sphere::metres;
use sealane_data::node::Position;
use sealane_data::places::Places;
use serde::Serialize;
use std::collections::BTreeMap;

/// The members of RCEP by ISO 3166 code.
const RCEP: [&str; 15] =
    ["AU", "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"];
/// Points along a piece over land that are looked at to tell how much of it is land.
const LOOKS: u32 = 256;
/// The seed of the random pairs of harbours.
const SEED: u64 = 151;

/// An end with the name that a report gives it.
pub type Named = (String, End);

/// What was found under the ways of some pairs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Found {
    /// Which pairs these are.
    pub set: String,
    /// Pairs asked for.
    pub pairs: usize,
    /// Pairs with a way.
    pub ways: usize,
    /// Metres of sea legs over land: must be none.
    pub land_metres: f64,
    /// Ways with such metres, by their ends.
    pub over_land: Vec<String>,
    /// The longest last mile ashore in nautical miles.
    pub longest_last_mile_nm: f64,
    /// All last miles in nautical miles: they are not sea legs.
    pub last_miles_nm: f64,
    /// All miles on declared rivers, in nautical miles: they are not sea legs either.
    pub river_nm: f64,
    /// Ends of pairs without a way, and why.
    pub without: Vec<Without>,
}

/// An end that pairs are left without a way for.
#[derive(Clone, Debug, Serialize)]
pub struct Without {
    /// Its name.
    pub end: String,
    /// Why there is no way.
    pub why: String,
    /// How many pairs it concerns.
    pub pairs: usize,
}

/// Returns the container ports and terminals of the members of RCEP.
pub fn rcep(places: &Places) -> Vec<Named> {
    let members = places.all().filter(|(_, node)| RCEP.contains(&node.country.to_string().as_str()));
    members.map(|(_, node)| (node.id.to_string(), End::Node(node.id.clone()))).collect()
}

/// Returns the harbours of the World Port Index (NGA Pub. 150) as its CSV writes them: the name in the fourth column,
/// latitude and longitude in the last two. Lines without them are left out.
pub fn harbours(csv: &str) -> Vec<Named> {
    let harbour = |line: &str| {
        let mut back = line.rsplit(',');
        let (lon, lat) = (back.next()?.trim().parse().ok()?, back.next()?.trim().parse().ok()?);
        let name = line.split(',').nth(3)?.trim();
        Some((format!("{name} ({lat:.2} {lon:.2})"), End::At(Position { lat, lon })))
    };
    csv.lines().filter_map(harbour).collect()
}

/// Returns every pair of some ends once.
pub fn all_pairs(ends: &[Named]) -> impl Iterator<Item = [&Named; 2]> {
    ends.iter().enumerate().flat_map(|(number, one)| ends[number + 1..].iter().map(move |other| [one, other]))
}

/// Returns pairs that look random and are the same every time.
pub fn random_pairs(ends: &[Named], count: usize) -> impl Iterator<Item = [&Named; 2]> {
    let mut seed = SEED;
    let mut below = move |count: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % count.max(1)
    };
    let count = if ends.is_empty() { 0 } else { count };
    (0..count).map(move |_| {
        let first = below(ends.len());
        [&ends[first], &ends[below(ends.len())]]
    })
}

impl SeaNetwork {
    /// Looks under the ways of some pairs; `tick` is told how many are done.
    pub fn look<'p>(
        &self,
        set: &str,
        pairs: impl Iterator<Item = [&'p Named; 2]>,
        tick: &dyn Fn(usize),
    ) -> Found {
        let mut found = Found { set: set.to_owned(), ..Found::default() };
        let mut without: BTreeMap<(String, String), usize> = BTreeMap::new();
        for [from, to] in pairs {
            tick(found.pairs);
            found.pairs += 1;
            let way = match (&from.1, &to.1) {
                (End::Node(a), End::Node(b)) => self.sail_nodes(a, b),
                (a, b) => self.sail(&Query::new(a.clone(), b.clone())),
            };
            match way {
                Ok(way) => found.take(self, [&from.0, &to.0], &way),
                Err(error) => {
                    let name = if self.blames(&error, &from.1) { &from.0 } else { &to.0 };
                    *without.entry((name.clone(), error.to_string())).or_default() += 1;
                }
            }
        }
        found.without = without.into_iter().map(|((end, why), pairs)| Without { end, why, pairs }).collect();
        found
    }

    /// Returns whether an error speaks of an end.
    fn blames(&self, error: &SeaError, end: &End) -> bool {
        match (error, end) {
            (SeaError::UnknownNode(id), End::Node(node)) => id == node,
            (SeaError::TooFar(at) | SeaError::BadPosition(at), End::At(end)) => at == end,
            (SeaError::TooFar(at), End::Node(node)) => self.knows(node, *at),
            _ => false,
        }
    }

    /// Returns how many metres of a straight piece in longitude and latitude are over land.
    fn metres_over_land(&self, from: Position, to: Position) -> f64 {
        if !self.touches_land(from, to) {
            return 0.0;
        }
        let at = |look: u32| {
            let share = (f64::from(look) + 0.5) / f64::from(LOOKS);
            let turn = ((to.lon - from.lon) / 360.0).round() * 360.0;
            Position {
                lat: from.lat + (to.lat - from.lat) * share,
                lon: from.lon + (to.lon - turn - from.lon) * share,
            }
        };
        // A piece that only cuts a corner is told, too.
        let dry = (0..LOOKS).filter(|look| self.is_land(at(*look))).count().max(1);
        metres(from, to) * dry as f64 / f64::from(LOOKS)
    }
}

impl Found {
    /// Takes in one way.
    fn take(&mut self, network: &SeaNetwork, [from, to]: [&str; 2], way: &Sailing) {
        self.ways += 1;
        self.last_miles_nm += way.land_nm();
        self.river_nm += way.river_nm();
        let ashore = way.legs.iter().filter(|leg| leg.kind == LegKind::Land);
        self.longest_last_mile_nm =
            ashore.map(|leg| leg.metres / MILE).fold(self.longest_last_mile_nm, f64::max);
        let sea = way.legs.iter().filter(|leg| leg.kind == LegKind::Sea);
        let over: f64 = sea
            .flat_map(|leg| leg.line().windows(2).map(|p| [p[0], p[1]]).collect::<Vec<_>>())
            .map(|[a, b]| network.metres_over_land(a, b))
            .sum();
        if over > 0.0 {
            self.land_metres += over;
            self.over_land.push(format!("{from} to {to}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harbours_are_read_and_pairs_repeat() {
        let csv = "OID_,n,r,Main Port Name,more,Latitude,Longitude\n0,1,x,Busan,y,35.1,129.05\n1,2,x,Hong Kong,y,22.28,114.17\n2,3,x,Oruro,y,-17.97,-67.12\n";
        let ends = harbours(csv);
        assert_eq!(ends.len(), 3);
        assert_eq!(ends[0].0, "Busan (35.10 129.05)");
        let pairs = || random_pairs(&ends, 20).map(|[a, b]| (a.0.clone(), b.0.clone())).collect::<Vec<_>>();
        assert_eq!(pairs(), pairs());
        assert_eq!(all_pairs(&ends).count(), 3);
    }

    #[test]
    fn pairs_without_a_way_are_told_with_the_end_that_is_to_blame() {
        let ends = harbours(
            "0,1,x,Oruro,y,-17.97,-67.12\n1,2,x,Busan,y,35.1,129.05\n2,3,x,Hong Kong,y,22.28,114.17\n",
        );
        let found = SeaNetwork::embedded().look("three", all_pairs(&ends), &|_| ());
        assert_eq!((found.pairs, found.ways, found.over_land.len()), (3, 1, 0));
        assert!(found.land_metres < f64::EPSILON, "{}", found.land_metres);
        let told: Vec<(&str, usize)> = found.without.iter().map(|w| (w.end.as_str(), w.pairs)).collect();
        assert_eq!(told, [("Oruro (-17.97 -67.12)", 2)]);
    }

    #[test]
    fn a_piece_over_land_is_measured() {
        let network = SeaNetwork::embedded();
        let at = |lat, lon| Position { lat, lon };
        // Across the Malay peninsula, some 250 km of land.
        let over = network.metres_over_land(at(4.0, 99.5), at(4.0, 104.5));
        assert!((230_000.0..330_000.0).contains(&over), "{over}");
        assert!(network.metres_over_land(at(0.0, -30.0), at(1.0, -31.0)) < f64::EPSILON);
    }
}
