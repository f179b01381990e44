//! Parties: who is believed where, and how their codes and clocks read.

use super::intern::Interner;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use sealane_data::observation::{DeclaredPlace, Kind};
use sealane_data::partner::{Mode, Partner, PartyId};
use sealane_data::places::{NodeIx, Places, Resolution};

/// A partner's profile, ready for use.
#[derive(Clone, Debug)]
struct Profile {
    partner: Partner,
    zone: TimeZone,
    authority: Vec<(Option<Vec<NodeIx>>, Vec<Kind>)>,
    resolved: FxHashMap<DeclaredPlace, Option<Resolution>>,
    /// The last answer: observations of a message mostly tell the same place.
    last: Option<(DeclaredPlace, Option<Resolution>)>,
}

/// All parties that have spoken, with their profiles.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    ids: Interner<PartyId>,
    profiles: Vec<Profile>,
    known: FxHashMap<PartyId, Partner>,
}

/// At most this many distinct declared places are remembered a party; then the memory starts anew.
const REMEMBERED_PLACES: usize = 4096;

impl Parties {
    /// Returns the parties of some profiles; the operator is always among them.
    pub(crate) fn new(places: &Places, partners: &[Partner]) -> Self {
        let mut known: FxHashMap<PartyId, Partner> =
            partners.iter().map(|p| (p.id.clone(), p.clone())).collect();
        known.entry(PartyId::operator()).or_insert_with(Partner::operator);
        let mut parties = Self { ids: Interner::default(), profiles: Vec::new(), known };
        let ids: Vec<PartyId> = partners.iter().map(|p| p.id.clone()).collect();
        for id in ids {
            parties.number(places, &id);
        }
        parties
    }

    /// Returns a party's number; a stranger gets a profile without any authority.
    pub(crate) fn number(&mut self, places: &Places, id: &PartyId) -> u32 {
        let n = self.ids.number(id);
        if n as usize == self.profiles.len() {
            let partner = self.known.get(id).cloned().unwrap_or_else(|| Partner::new(id.clone()));
            self.profiles.push(Profile::new(places, partner));
        }
        n
    }

    /// Returns a party's id.
    pub(crate) fn id(&self, party: u32) -> &PartyId {
        self.ids.value(party)
    }

    /// Returns the number of a party that has spoken.
    pub(crate) fn known(&self, id: &PartyId) -> Option<u32> {
        self.ids.known(id)
    }

    /// Returns whether the party's data takes part.
    pub(crate) fn takes_part(&self, party: u32) -> bool {
        let partner = &self.profiles[party as usize].partner;
        partner.mode == Mode::Live && !partner.test
    }

    /// Returns whether the party is believed for a kind at a node.
    pub(crate) fn believed(&self, places: &Places, party: u32, node: NodeIx, kind: Kind) -> bool {
        self.profiles[party as usize].authority.iter().any(|(nodes, kinds)| {
            let here = nodes.as_ref().is_none_or(|nodes| nodes.iter().any(|n| places.within(node, *n)));
            here && (kinds.is_empty() || kinds.contains(&kind))
        })
    }

    /// Returns the node a party means by a declared place.
    pub(crate) fn resolve(
        &mut self,
        places: &Places,
        party: u32,
        place: &DeclaredPlace,
    ) -> Option<Resolution> {
        let profile = &mut self.profiles[party as usize];
        if let Some((_, found)) = profile.last.as_ref().filter(|(last, _)| last == place) {
            return *found;
        }
        let found = profile.resolve(places, place);
        profile.last = Some((place.clone(), found));
        found
    }

    /// Returns the zone of a party's clock where no node gives one.
    pub(crate) fn zone(&self, party: u32) -> &TimeZone {
        &self.profiles[party as usize].zone
    }
}

impl Profile {
    fn new(places: &Places, partner: Partner) -> Self {
        let zone = partner.zone.as_deref().and_then(|z| TimeZone::get(z).ok()).unwrap_or(TimeZone::UTC);
        let authority = partner.authority.iter().map(|a| {
            let everywhere = a.nodes.iter().any(|n| n == "*");
            let nodes = a.nodes.iter().filter_map(|n| places.find(n)).collect();
            ((!everywhere).then_some(nodes), a.kinds.clone())
        });
        let authority = authority.collect();
        Self { authority, partner, zone, resolved: FxHashMap::default(), last: None }
    }

    fn resolve(&mut self, places: &Places, place: &DeclaredPlace) -> Option<Resolution> {
        if let Some(found) = self.resolved.get(place) {
            return *found;
        }
        let found = places.resolve(place, Some(&self.partner));
        if self.resolved.len() >= REMEMBERED_PLACES {
            self.resolved.clear();
        }
        self.resolved.insert(place.clone(), found);
        found
    }
}
