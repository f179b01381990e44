//! What a person means who types a node: one node, or several to choose from.

use super::{NodeIx, Places, keys};
use crate::observation::DeclaredPlace;

/// What a typed text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One node: by its id, a code or its whole name, or by the only name that has the text in it.
    One(NodeIx),
    /// Several nodes, best first; or one that only a code beside others would make sure.
    Several(Vec<NodeIx>),
    /// No node.
    Nothing,
}

impl Places {
    /// Returns what a typed text means; unlike [`Places::lookup`] it never chooses between nodes.
    pub fn pick(&self, text: &str) -> Pick {
        if let Some(node) = self.exact(text) {
            return Pick::One(node);
        }
        match self.lookup(text).as_slice() {
            [] => Pick::Nothing,
            // A code that says nothing by itself does not say it to a person either.
            [one] if !self.barred.contains_key(&keys::code(text)) => Pick::One(*one),
            several => Pick::Several(several.to_vec()),
        }
    }

    /// Returns the node that an id, a code or a whole name stands for.
    fn exact(&self, text: &str) -> Option<NodeIx> {
        let (code, name) = (keys::code(text), keys::name(text));
        if let Some(node) = self.find(text.trim().to_uppercase().as_str()) {
            return Some(node);
        }
        if let Some(holders) = self.facilities.get(&code).filter(|_| !self.names.contains_key(&name)) {
            return match holders.as_slice() {
                [one] => Some(*one),
                _ => None,
            };
        }
        let place = DeclaredPlace { locode: Some(text.into()), ..DeclaredPlace::default() };
        self.resolve(&place, None).map(|resolution| resolution.node)
    }
}
