//! Ships: one ship may be told by IMO number, call sign or only by name.

use super::intern::Interner;
use crate::route::ShipLabel;
use rustc_hash::{FxHashMap, FxHashSet};
use sealane_data::Text;
use sealane_data::container::CheckStatus;
use sealane_data::vessel::VesselRef;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What identifies a ship in one telling, strongest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Identity {
    Imo(Text),
    CallSign(Text),
    Name(Text),
}

/// All identities that were told, and which of them are one ship.
///
/// An IMO number and a call sign in one telling are one ship. A name alone stands for a ship only
/// while exactly one known ship bears it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ships {
    identities: Interner<Identity>,
    parent: Vec<u32>,
    names: FxHashMap<u32, Text>,
    bearers: FxHashMap<Text, FxHashSet<u32>>,
    renamed: BTreeSet<Text>,
    /// The last answer: observations of a message mostly tell the same ship.
    last: Option<(Arc<VesselRef>, Option<u32>)>,
}

impl Ships {
    /// Returns the identity's number; `None` when nothing identifies the ship.
    pub(crate) fn number(&mut self, vessel: &Arc<VesselRef>) -> Option<u32> {
        let same = |last: &Arc<VesselRef>| {
            Arc::ptr_eq(last, vessel)
                || (&last.imo, &last.call_sign, &last.name) == (&vessel.imo, &vessel.call_sign, &vessel.name)
        };
        if let Some((_, number)) = self.last.as_ref().filter(|(last, _)| same(last)) {
            return *number;
        }
        let number = self.identify(vessel);
        self.last = Some((vessel.clone(), number));
        number
    }

    fn identify(&mut self, vessel: &VesselRef) -> Option<u32> {
        let name = vessel.name.as_ref().map(|n| fold_name(n)).filter(|n| !n.is_empty());
        let imo = vessel.imo.as_ref().filter(|i| i.status() == CheckStatus::Valid);
        let imo = imo.map(|i| Identity::Imo(i.as_str().into()));
        let sign =
            vessel.call_sign.as_ref().map(|c| Identity::CallSign(c.trim().to_ascii_uppercase().into()));
        let strong: Vec<u32> = [imo, sign].into_iter().flatten().map(|i| self.member(&i)).collect();
        let Some(first) = strong.first().copied() else {
            return name.map(|n| self.member(&Identity::Name(n)));
        };
        for other in &strong[1..] {
            self.join(first, *other);
        }
        if let Some(name) = name {
            // The smallest spelling leads, so that the order of arrival does not matter.
            let kept = self.names.entry(first).or_insert_with(|| name.clone());
            if name < *kept {
                kept.clone_from(&name);
            }
            self.bearers.entry(name).or_default().insert(first);
        }
        Some(first)
    }

    fn member(&mut self, identity: &Identity) -> u32 {
        let n = self.identities.number(identity);
        if n as usize == self.parent.len() {
            self.parent.push(n);
        }
        n
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.chain_end(a), self.chain_end(b));
        if a == b {
            return;
        }
        // The strongest identity leads, whatever came first.
        let a_leads = self.identities.value(a) < self.identities.value(b);
        let (leader, other) = if a_leads { (a, b) } else { (b, a) };
        self.renamed.insert(self.key(other));
        self.parent[other as usize] = leader;
    }

    /// Returns the keys that ships had before they turned out to be others, once.
    pub(crate) fn take_renamed(&mut self) -> BTreeSet<Text> {
        std::mem::take(&mut self.renamed)
    }

    fn chain_end(&self, mut n: u32) -> u32 {
        while self.parent[n as usize] != n {
            n = self.parent[n as usize];
        }
        n
    }

    /// Returns the ship an identity stands for now.
    pub(crate) fn ship(&self, identity: u32) -> u32 {
        let end = self.chain_end(identity);
        let Identity::Name(name) = self.identities.value(end) else { return end };
        let bearers: FxHashSet<u32> =
            self.bearers.get(name).into_iter().flatten().map(|b| self.chain_end(*b)).collect();
        match bearers.into_iter().collect::<Vec<_>>().as_slice() {
            [only] => *only,
            _ => end,
        }
    }

    /// Returns every identity of a ship.
    pub(crate) fn members(&self, ship: u32) -> Vec<u32> {
        (0..u32::try_from(self.parent.len()).unwrap_or(u32::MAX)).filter(|n| self.ship(*n) == ship).collect()
    }

    /// Returns every ship.
    pub(crate) fn all(&self) -> Vec<u32> {
        let mut ships: Vec<u32> =
            (0..u32::try_from(self.parent.len()).unwrap_or(u32::MAX)).map(|n| self.ship(n)).collect();
        ships.sort_unstable();
        ships.dedup();
        ships
    }

    /// Returns the ship's key: IMO number, else call sign, else name.
    pub(crate) fn key(&self, ship: u32) -> Text {
        match self.identities.value(self.ship(ship)) {
            Identity::Imo(t) | Identity::CallSign(t) | Identity::Name(t) => t.clone(),
        }
    }

    /// Returns the ship's label with a voyage.
    pub(crate) fn label(&self, identity: u32, voyage: Option<Text>) -> ShipLabel {
        let ship = self.ship(identity);
        let imo = match self.identities.value(ship) {
            Identity::Imo(t) => Some(t.clone()),
            _ => None,
        };
        let named = std::iter::once(identity).chain(std::iter::once(ship)).find_map(|n| self.names.get(&n));
        let name = named.cloned().or_else(|| match self.identities.value(ship) {
            Identity::Name(t) => Some(t.clone()),
            _ => self.names_of(ship),
        });
        ShipLabel { key: self.key(ship), imo, name, voyage }
    }

    fn names_of(&self, ship: u32) -> Option<Text> {
        self.names.iter().filter(|(n, _)| self.chain_end(**n) == ship).map(|(_, name)| name.clone()).min()
    }
}

/// Upper case, without a leading `MV`, blanks folded: for comparing names.
fn fold_name(name: &str) -> Text {
    let words: Vec<String> = name.split_whitespace().map(str::to_ascii_uppercase).collect();
    let start = usize::from(words.len() > 1 && matches!(words[0].as_str(), "MV" | "M/V" | "MS"));
    words[start..].join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::vessel::ImoNumber;

    fn vessel(imo: Option<&str>, sign: Option<&str>, name: Option<&str>) -> Arc<VesselRef> {
        Arc::new(VesselRef {
            imo: imo.map(ImoNumber::read),
            call_sign: sign.map(Text::from),
            name: name.map(Text::from),
            ..VesselRef::default()
        })
    }

    #[test]
    fn call_sign_joins_its_imo_number_in_any_order() {
        let tellings = [
            vessel(None, Some("9HXY1"), None),
            vessel(Some("9074729"), Some("9HXY1"), Some("MV Example Star")),
            vessel(Some("9074729"), None, None),
            vessel(None, None, Some("EXAMPLE  STAR")),
        ];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let mut ships = Ships::default();
            let numbers: Vec<u32> = order.iter().map(|i| ships.number(&tellings[*i]).unwrap()).collect();
            assert!(numbers.iter().all(|n| ships.key(*n) == "9074729"), "{order:?}");
            assert_eq!(ships.label(numbers[0], None).name.as_deref(), Some("EXAMPLE STAR"));
        }
    }

    #[test]
    fn wrong_imo_digits_and_shared_names_do_not_glue() {
        let mut ships = Ships::default();
        let a = ships.number(&vessel(Some("9074728"), Some("AAA1"), Some("TWIN"))).unwrap();
        let b = ships.number(&vessel(Some("9074728"), Some("BBB2"), Some("TWIN"))).unwrap();
        let c = ships.number(&vessel(None, None, Some("TWIN"))).unwrap();
        assert!(
            ships.ship(a) != ships.ship(b)
                && ships.ship(c) != ships.ship(a)
                && ships.ship(c) != ships.ship(b)
        );
        assert!(ships.number(&Arc::default()).is_none());
    }
}
