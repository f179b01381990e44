//! What is wrong with a profile, before it is used.

use super::{Partner, PartyId, clock_zone};
use crate::mapping::Mapping;
use crate::node::NodeId;
use crate::places::Places;
use crate::sheet::SheetProfile;
use jiff::tz::TimeZone;

/// Free days at a node at most: nobody lends a box for longer.
const MOST_FREE_DAYS: u16 = 365;

impl PartyId {
    /// Returns whether this can be a party's id: 1 to 64 lower-case letters, digits and dashes.
    pub fn is_proper(&self) -> bool {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=64).contains(&self.0.len()) && self.0.bytes().all(fits)
    }
}

impl Partner {
    /// Returns what is wrong with the profile, one sentence each; nothing if it may be used.
    pub fn problems(&self, places: &Places) -> Vec<String> {
        let mut found = Vec::new();
        if !self.id.is_proper() {
            found.push(format!("`id` is `{}`; it is 1 to 64 lower-case letters, digits and dashes", self.id));
        }
        if let Some(zone) = self.zone.as_ref().filter(|z| TimeZone::get(z).is_err()) {
            found.push(format!("`zone` is `{zone}`, which is no IANA zone"));
        }
        let corrections = self.corrections.iter();
        let clocks = self.clock.iter().chain(corrections.clone().filter_map(|c| c.clock.as_ref()));
        for clock in clocks.filter(|c| clock_zone(c).is_none()) {
            found.push(format!("`clock` is `{clock}`, which is neither `UTC`, an offset nor an IANA zone"));
        }
        for correction in corrections.filter(|c| c.until.is_some_and(|until| until <= c.from)) {
            found.push(format!("a correction from {} ends before it begins", correction.from));
        }
        if let Some(within) = self.fetch_within.filter(|w| !w.is_positive()) {
            found.push(format!("`fetch_within` is `{within}`; it must be longer than nothing"));
        }
        let known = |node: &NodeId| places.find(&node.0).is_some();
        let named = self.aliases.values().chain(&self.default_node);
        found.extend(named.filter(|n| !known(n)).map(|n| format!("node `{n}` is unknown")));
        let authority = self.authority.iter().flat_map(|a| &a.nodes).filter(|n| *n != "*");
        found.extend(
            authority
                .filter(|n| places.find(n).is_none())
                .map(|n| format!("node `{n}` of `authority` is unknown")),
        );
        let free = self.free_days.iter();
        let nowhere = free.clone().filter(|(node, _)| *node != "*" && places.find(node).is_none());
        found.extend(nowhere.map(|(node, _)| format!("node `{node}` of `free_days` is unknown")));
        let long = free.filter(|(_, days)| **days > MOST_FREE_DAYS);
        found.extend(long.map(|(node, days)| {
            format!("`free_days` at `{node}` are {days}; more than {MOST_FREE_DAYS} are a slip")
        }));
        found.extend(Mapping::problems_of(&self.mappings));
        found.extend(self.sheets.iter().flat_map(SheetProfile::problems));
        let mut seen = std::collections::BTreeSet::new();
        let twice = self.sheets.iter().filter(|sheet| !seen.insert(&sheet.layout));
        found.extend(twice.map(|sheet| format!("the layout `{}` is there twice", sheet.layout)));
        found
    }

    /// Returns whether two profiles give the same places, times and belief to the same observations:
    /// then nothing has to be folded anew.
    pub fn folds_like(&self, other: &Self) -> bool {
        let fold = |p: &Self| {
            let places = (p.aliases.clone(), p.default_node.clone(), p.zone.clone());
            (places, p.authority.clone(), p.free_days.clone())
        };
        self.id == other.id && fold(self) == fold(other)
    }
}
