//! How a code would be resolved, said so that a person can judge it.

use super::{NodeIx, Places, Resolution, keys};
use crate::node::{Node, NodeCode};
use crate::observation::DeclaredPlace;

/// A node that carries a declared code or name, and the code by which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeIx,
    /// Its code that was declared; none where its name was.
    pub code: Option<NodeCode>,
}

/// The decision about a declared place, with what else it could have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The node, and how it was found; none where the place means no node of ours.
    pub decision: Option<Resolution>,
    /// Every node that carries what was declared, the decided one first.
    pub candidates: Vec<Candidate>,
    /// Why the port code means what it means alone, where a row of the table says so.
    pub reason: Option<String>,
}

impl Places {
    /// Returns how a declared place is resolved without a partner's profile, and the alternatives.
    pub fn explain(&self, place: &DeclaredPlace) -> Explanation {
        let decision = self.resolve(place, None);
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut add = |node: NodeIx, code: Option<NodeCode>| {
            if !candidates.iter().any(|known| known.node == node) {
                candidates.push(Candidate { node, code });
            }
        };
        let keys = [&place.locode, &place.facility].map(|code| code.as_deref().map(keys::code));
        if let Some(found) = decision {
            add(found.node, keys.iter().flatten().rev().find_map(|key| self.code_of(found.node, key)));
        }
        for key in keys.iter().flatten() {
            let holders =
                [self.port_codes.get(key), self.facilities.get(key)].into_iter().flatten().flatten();
            holders.for_each(|at| add(*at, self.code_of(*at, key)));
        }
        let names = [&place.name, &place.locode].into_iter().flatten().map(|name| keys::name(name));
        names.filter_map(|name| self.names.get(&name)).for_each(|at| add(*at, None));
        let reason = place.locode.as_deref().and_then(|code| self.reason(code)).map(str::to_owned);
        Explanation { decision, candidates, reason }
    }

    /// Returns why a port code that several nodes carry, or that is a trap, means what it means alone.
    pub fn reason(&self, code: &str) -> Option<&str> {
        self.reasons.get(&keys::code(code)).map(String::as_str)
    }

    /// Returns the node a port code means with nothing beside it.
    pub fn alone(&self, code: &str) -> Option<NodeIx> {
        self.alone.get(&keys::code(code)).copied()
    }

    /// Returns the nodes that carry a code where a port or a terminal is told, in table order.
    pub fn carriers(&self, code: &str) -> Vec<NodeIx> {
        let key = keys::code(code);
        let mut found: Vec<NodeIx> = [self.port_codes.get(&key), self.facilities.get(&key)]
            .into_iter()
            .flatten()
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Returns the nodes right below a node, in table order.
    pub fn children(&self, ix: NodeIx) -> impl Iterator<Item = (NodeIx, &Node)> {
        self.all().filter(move |(at, _)| self.parent(*at) == Some(ix))
    }

    fn code_of(&self, node: NodeIx, key: &str) -> Option<NodeCode> {
        self.node(node).codes.iter().find(|code| keys::code(&code.code) == key).cloned()
    }
}
