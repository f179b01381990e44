//! What if passages or nodes were closed: which ways are hit, and how much longer they become.

use crate::ends::{Meant, end};
use crate::passages::in_order;
use crate::sea::{Query, Sailing, SeaError, SeaNetwork};
use rustc_hash::FxHashMap;
use sealane_data::places::{NodeIx, Places};
use std::sync::Arc;

/// What is closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Closed {
    /// Ids of passages.
    pub passages: Vec<String>,
    /// Nodes, with all that belongs to them.
    pub nodes: Vec<NodeIx>,
}

/// How a way between two nodes changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Detour {
    /// The closed passages that the usual way takes, in its order.
    pub passages: Vec<String>,
    /// The closed ends.
    pub ends: Vec<NodeIx>,
    /// The usual way's metres.
    pub before: f64,
    /// The metres of the way that is left; nothing if an end is closed or no way is left.
    pub after: Option<f64>,
    /// The passages of the way that is left, in its order.
    pub by: Vec<String>,
}

/// Detours, each looked for once.
pub struct Detours<'n> {
    network: Arc<SeaNetwork>,
    places: &'n Places,
    closed: Closed,
    known: FxHashMap<(NodeIx, NodeIx), Option<Arc<Detour>>>,
}

impl<'n> Detours<'n> {
    /// Prepares for what is closed.
    ///
    /// # Errors
    ///
    /// If a passage is unknown.
    pub fn new(network: Arc<SeaNetwork>, places: &'n Places, closed: Closed) -> Result<Self, SeaError> {
        let known = |id: &String| network.passages().iter().any(|passage| passage.id == *id);
        match closed.passages.iter().find(|id| !known(id)) {
            Some(id) => Err(SeaError::UnknownPassage(id.clone())),
            None => Ok(Self { network, places, closed, known: FxHashMap::default() }),
        }
    }

    /// Returns how the way between two nodes changes; nothing if it does not, or if there was none before.
    pub fn between(&mut self, from: NodeIx, to: NodeIx) -> Option<Arc<Detour>> {
        if let Some(known) = self.known.get(&(from, to)) {
            return known.clone();
        }
        let found = self.found(from, to).map(Arc::new);
        self.known.insert((from, to), found.clone());
        found
    }

    fn found(&self, from: NodeIx, to: NodeIx) -> Option<Detour> {
        let ends: Vec<NodeIx> = [from, to].into_iter().filter(|node| self.is_closed(*node)).collect();
        let at = |node| end(&self.network, self.places, Meant::Node(node));
        let mut query = Query::new(at(from), at(to));
        let usual = self.network.sail(&query).ok()?;
        let mut passages = self.ids(&usual);
        passages.retain(|id| self.closed.passages.contains(id));
        if passages.is_empty() && ends.is_empty() {
            return None;
        }
        query.avoid.clone_from(&self.closed.passages);
        let left = if ends.is_empty() { self.network.sail(&query).ok() } else { None };
        Some(Detour {
            passages,
            ends,
            before: travelled(&usual),
            after: left.as_ref().map(travelled),
            by: left.map(|sailing| self.ids(&sailing)).unwrap_or_default(),
        })
    }

    /// Returns the ids of the passages of a way as it comes to them.
    fn ids(&self, sailing: &Sailing) -> Vec<String> {
        in_order(&self.network, sailing).into_iter().map(|used| used.passage.id.clone()).collect()
    }

    /// Returns whether a node, or what it belongs to, is closed.
    fn is_closed(&self, node: NodeIx) -> bool {
        self.closed.nodes.iter().any(|closed| self.places.within(node, *closed))
    }
}

/// What a ship travels: by sea, canal and river, in metres.
fn travelled(sailing: &Sailing) -> f64 {
    sailing.sea_metres() + sailing.river_nm() * 1852.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(passages: &[&str], nodes: &[NodeIx]) -> Closed {
        Closed { passages: passages.iter().map(|id| (*id).to_owned()).collect(), nodes: nodes.to_vec() }
    }

    #[test]
    fn suez_hits_what_goes_through_it_and_nothing_else() {
        let places = Places::embedded();
        let [klang, rotterdam, yangshan] =
            ["MY-WESTPORTS", "NL-RTM", "CN-YANGSHAN-3"].map(|id| places.find(id).unwrap());
        let mut detours = Detours::new(SeaNetwork::embedded(), &places, closed(&["suez"], &[])).unwrap();
        let detour = detours.between(klang, rotterdam).unwrap();
        assert_eq!(detour.passages, ["suez"]);
        let longer = (detour.after.unwrap() - detour.before) / 1852.0;
        assert!((2_500.0..4_500.0).contains(&longer), "{longer} nm round the Cape");
        assert!(!detour.by.contains(&"suez".to_owned()));
        assert_eq!(detours.between(yangshan, klang), None);
    }

    #[test]
    fn a_closed_port_closes_its_terminals_and_no_other_port_is_chosen() {
        let places = Places::embedded();
        let [port, terminal, far] =
            ["MY-PKG", "MY-WESTPORTS", "CN-YANGSHAN-3"].map(|id| places.find(id).unwrap());
        let mut detours = Detours::new(SeaNetwork::embedded(), &places, closed(&[], &[port])).unwrap();
        let detour = detours.between(far, terminal).unwrap();
        assert_eq!((detour.ends.as_slice(), detour.after), (&[terminal][..], None));
        let unknown = Detours::new(SeaNetwork::embedded(), &places, closed(&["styx"], &[]));
        assert_eq!(unknown.err(), Some(SeaError::UnknownPassage("styx".into())));
    }
}
