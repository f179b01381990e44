//! The world for one question: each container is folded once, however often it is asked for.

use super::Movements;
use sealane_data::Text;
use sealane_data::partner::PartyId;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::route::{Journey, JourneyKey};
use sealane_mapper::world::{Folded, World};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The movements of one question: each container is folded once, however often it is asked for.
pub(crate) struct Once<'a> {
    world: &'a World,
    folded: RefCell<BTreeMap<Text, Rc<Vec<Folded>>>>,
}

impl<'a> Once<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self { world, folded: RefCell::default() }
    }

    fn container(&self, container: &Text) -> Rc<Vec<Folded>> {
        let mut known = self.folded.borrow_mut();
        let fold = || Rc::new(self.world.folded(container));
        known.entry(container.clone()).or_insert_with(fold).clone()
    }
}

impl Movements for Once<'_> {
    fn journeys(&self, reference: &Reference) -> Vec<JourneyKey> {
        let whole = reference.kind == ReferenceKind::Container;
        let mut found = Vec::new();
        for container in self.world.containers_of(reference) {
            for folded in self.container(&container).iter() {
                if whole || folded.journey.references.contains(reference) {
                    found.push((folded.until, folded.journey.key.clone()));
                }
            }
        }
        // Newest first, as the world answers.
        found.sort_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, key)| key).collect()
    }

    fn journey(&self, key: &JourneyKey) -> Option<Journey> {
        let folded = self.container(&key.container);
        folded.get((key.ordinal as usize).checked_sub(1)?).map(|f| f.journey.clone())
    }

    fn joins_as_told(&self, key: &JourneyKey, reference: &Reference) -> Vec<PartyId> {
        let folded = self.container(&key.container);
        let Some(at) = (key.ordinal as usize).checked_sub(1).and_then(|n| folded.get(n)) else {
            return Vec::new();
        };
        if reference.kind == ReferenceKind::Container {
            return at.journey.parties.iter().cloned().collect();
        }
        at.ties.get(reference).cloned().unwrap_or_default()
    }
}
