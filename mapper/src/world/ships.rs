//! Ships: one ship may be told by IMO number, call sign or only by name.

use super::intern::Interner;
use crate::route::ShipLabel;
use rustc_hash::{FxHashMap, FxHashSet};
use sealane_data::Text;
use sealane_data::container::CheckStatus;
use sealane_data::vessel::VesselRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// What identifies a ship in one telling, strongest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
enum Identity {
    Imo(Text),
    CallSign(Text),
    Mmsi(Text),
    Name(Text),
}

impl Identity {
    /// Returns whether it stands for a ship only while exactly one ship is known by it.
    fn is_borne(&self) -> bool {
        matches!(self, Self::Mmsi(_) | Self::Name(_))
    }
}

/// Every ship with its identities, both in order.
#[derive(Clone, Debug, Default)]
struct Groups {
    ships: Vec<u32>,
    members: FxHashMap<u32, Vec<u32>>,
    by_key: FxHashMap<Text, u32>,
}

/// All identities that were told, and which of them are one ship.
///
/// An IMO number and a call sign in one telling are one ship. A name or an MMSI alone stands for a ship
/// only while exactly one known ship bears it: sets are sold, and two ships may send with one number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ships {
    identities: Interner<Identity>,
    parent: Vec<u32>,
    names: FxHashMap<u32, Text>,
    /// By name or MMSI: the stronger identities that were told with it.
    bearers: FxHashMap<u32, FxHashSet<u32>>,
    renamed: BTreeSet<Text>,
    /// Who is who, made when it is asked for and again after news of it.
    #[serde(skip)]
    groups: OnceLock<Groups>,
    /// Counts the news of who is who.
    news: u64,
    /// The last answer: observations of a message mostly tell the same ship.
    #[serde(skip)]
    last: Option<(Arc<VesselRef>, Option<u32>)>,
}

impl Ships {
    /// Returns the identity's number; `None` when nothing identifies the ship.
    pub(crate) fn number(&mut self, vessel: &Arc<VesselRef>) -> Option<u32> {
        let same = |last: &Arc<VesselRef>| {
            Arc::ptr_eq(last, vessel)
                || ((&last.imo, &last.call_sign) == (&vessel.imo, &vessel.call_sign)
                    && (&last.mmsi, &last.name) == (&vessel.mmsi, &vessel.name))
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
        for other in strong.iter().skip(1) {
            self.join(strong[0], *other);
        }
        let radio = vessel.mmsi.as_ref().filter(|m| m.is_ship()).map(|m| Identity::Mmsi(m.as_str().into()));
        let radio = radio.map(|radio| self.member(&radio));
        let first = strong.first().copied();
        if let (Some(first), Some(radio)) = (first, radio) {
            self.bear(radio, first);
        }
        let Some(first) = first.or(radio) else { return name.map(|n| self.member(&Identity::Name(n))) };
        if let Some(name) = name {
            // The smallest spelling leads, so that the order of arrival does not matter.
            let kept = self.names.entry(first).or_insert_with(|| name.clone());
            if name < *kept {
                kept.clone_from(&name);
            }
            let name = self.member(&Identity::Name(name));
            self.bear(name, first);
        }
        Some(first)
    }

    /// Notes that a name or MMSI was told with a stronger identity.
    fn bear(&mut self, borne: u32, by: u32) {
        let before = self.ship(borne);
        if self.bearers.entry(borne).or_default().insert(by) && self.ship(borne) != before {
            self.renamed.insert(self.text(before).clone());
            self.told_news();
        }
    }

    fn told_news(&mut self) {
        self.groups = OnceLock::new();
        self.news += 1;
    }

    /// Returns a number that is another one whenever somebody turned out to be somebody else.
    pub(crate) fn news(&self) -> u64 {
        self.news
    }

    fn member(&mut self, identity: &Identity) -> u32 {
        let n = self.identities.number(identity);
        if n as usize == self.parent.len() {
            self.parent.push(n);
            // Whoever is new is nobody else: what is known of the others stays.
            self.groups = OnceLock::new();
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
        self.told_news();
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
        if !self.identities.value(end).is_borne() {
            return end;
        }
        // What is told with a name may be an MMSI, which is borne itself.
        let mut bearers = self.bearers.get(&end).into_iter().flatten().map(|b| self.ship(*b));
        match bearers.next() {
            Some(first) if bearers.all(|other| other == first) => first,
            _ => end,
        }
    }

    fn groups(&self) -> &Groups {
        self.groups.get_or_init(|| {
            let mut groups = Groups::default();
            for n in 0..u32::try_from(self.parent.len()).unwrap_or(u32::MAX) {
                groups.members.entry(self.ship(n)).or_default().push(n);
            }
            groups.ships = groups.members.keys().copied().collect();
            groups.ships.sort_unstable();
            // Two ships with one key are an IMO number that is written as a call sign: the stronger leads.
            for ship in groups.ships.iter().rev() {
                groups.by_key.insert(self.text(*ship).clone(), *ship);
            }
            groups
        })
    }

    /// Returns every identity of a ship.
    pub(crate) fn members(&self, ship: u32) -> &[u32] {
        self.groups().members.get(&ship).map_or(&[], Vec::as_slice)
    }

    /// Returns every ship.
    pub(crate) fn all(&self) -> &[u32] {
        &self.groups().ships
    }

    /// Returns the ship of a key.
    pub(crate) fn by_key(&self, key: &str) -> Option<u32> {
        self.groups().by_key.get(key).copied()
    }

    /// Returns the ship's key: IMO number, else call sign, else MMSI, else name.
    pub(crate) fn key(&self, ship: u32) -> Text {
        self.text(self.ship(ship)).clone()
    }

    /// Returns an identity as it was told, whichever ship it stands for.
    pub(crate) fn spelled(&self, identity: u32) -> &str {
        self.text(identity)
    }

    fn text(&self, identity: u32) -> &Text {
        match self.identities.value(identity) {
            Identity::Imo(t) | Identity::CallSign(t) | Identity::Mmsi(t) | Identity::Name(t) => t,
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
        self.members(ship).iter().filter_map(|n| self.names.get(n)).min().cloned()
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

    fn radio(mmsi: &str, imo: Option<&str>, name: Option<&str>) -> Arc<VesselRef> {
        let mmsi = Some(sealane_data::vessel::Mmsi::read(mmsi));
        Arc::new(VesselRef { mmsi, ..VesselRef::clone(&vessel(imo, None, name)) })
    }

    #[test]
    fn an_mmsi_is_the_ship_that_names_it_in_any_order_and_nobody_when_two_do() {
        let tellings = [
            radio("563012345", None, None),
            radio("563012345", Some("9074729"), None),
            vessel(None, None, Some("EXAMPLE STAR")),
            radio("563012345", None, Some("EXAMPLE STAR")),
        ];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let mut ships = Ships::default();
            let numbers: Vec<u32> = order.iter().map(|i| ships.number(&tellings[*i]).unwrap()).collect();
            assert!(numbers.iter().all(|n| ships.key(*n) == "9074729"), "{order:?}");
            let ship = ships.by_key("9074729").unwrap();
            assert_eq!((ships.all(), ships.members(ship).len()), (&[ship][..], 3));
            let second = ships.number(&radio("563012345", Some("9176187"), None)).unwrap();
            let alone = ships.number(&tellings[0]).unwrap();
            assert_eq!((&*ships.key(second), &*ships.key(alone)), ("9176187", "563012345"));
            assert!(ships.take_renamed().contains("9074729"), "its positions are nobody's now");
        }
        assert!(Ships::default().number(&radio("003660000", None, None)).is_none(), "a coast station");
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
