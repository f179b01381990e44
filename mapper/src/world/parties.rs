//! Parties: who is believed where, and how their codes and clocks read.

use super::intern::Interner;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use sealane_data::observation::{DeclaredPlace, Kind};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::{How, NodeIx, Places, Resolution};
use sealane_data::recorded::Seq;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A partner's profile, ready for use.
#[derive(Clone, Debug)]
struct Profile {
    partner: Partner,
    zone: TimeZone,
    authority: Vec<(Option<Vec<NodeIx>>, Vec<Kind>)>,
    resolved: FxHashMap<DeclaredPlace, Meaning>,
    /// The last answers by address: observations of a message share the few places that they tell.
    last: [Option<(Arc<DeclaredPlace>, Meaning)>; LAST],
    /// Places that mean no node, or less than they say: how often they were told, and where last.
    unknown: FxHashMap<DeclaredPlace, (u64, Seq)>,
}

/// What a place means.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    found: Option<Resolution>,
    /// Whether a facility was named and only its port is known, although we know that port's facilities.
    short: bool,
}

/// All parties that have spoken, with their profiles.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    ids: Interner<PartyId>,
    profiles: Vec<Profile>,
    known: FxHashMap<PartyId, Partner>,
}

/// What a snapshot keeps of parties, in the order of their numbers: who they are, and their places that
/// mean no node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Heard(Vec<(PartyId, Unknown)>);

/// Places that mean no node: how often they were told, and where last.
type Unknown = Vec<(DeclaredPlace, (u64, Seq))>;

/// At most this many places that mean no node are noted a party.
const NOTED_UNKNOWN: usize = 1_000;

/// How many places are found by their address.
const LAST: usize = 16;

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

    /// Returns what a snapshot keeps.
    pub(crate) fn heard(&self) -> Heard {
        let unknown = |p: &Profile| p.unknown.iter().map(|(place, n)| (place.clone(), *n)).collect();
        Heard(self.profiles.iter().map(|p| (p.partner.id.clone(), unknown(p))).collect())
    }

    /// Takes in what [`Parties::heard`] gave; returns whether everybody has the same number again.
    pub(crate) fn hear(&mut self, places: &Places, heard: Heard) -> bool {
        (0_u32..).zip(heard.0).all(|(number, (id, unknown))| {
            let party = self.number(places, &id);
            self.profiles[party as usize].unknown = unknown.into_iter().collect();
            party == number
        })
    }

    /// Returns the number of a party that has spoken.
    pub(crate) fn known(&self, id: &PartyId) -> Option<u32> {
        self.ids.known(id)
    }

    /// Returns whether the party is believed for a kind at a node.
    pub(crate) fn believed(&self, places: &Places, party: u32, node: NodeIx, kind: Kind) -> bool {
        self.profiles[party as usize].authority.iter().any(|(nodes, kinds)| {
            let here = nodes.as_ref().is_none_or(|nodes| nodes.iter().any(|n| places.within(node, *n)));
            here && (kinds.is_empty() || kinds.contains(&kind))
        })
    }

    /// Returns whether the party is believed for a kind everywhere, also where no node is.
    pub(crate) fn believed_everywhere(&self, party: u32, kind: Kind) -> bool {
        let everywhere = |(nodes, kinds): &(Option<Vec<NodeIx>>, Vec<Kind>)| {
            nodes.is_none() && (kinds.is_empty() || kinds.contains(&kind))
        };
        self.profiles[party as usize].authority.iter().any(everywhere)
    }

    /// Returns a party's profile.
    pub(crate) fn profile(&self, party: u32) -> &Partner {
        &self.profiles[party as usize].partner
    }

    /// Returns what a party means by a declared place.
    fn meaning(&mut self, places: &Places, party: u32, place: &Arc<DeclaredPlace>) -> Meaning {
        let profile = &mut self.profiles[party as usize];
        // As long as the place is kept here, no other one has its address.
        let slot = (Arc::as_ptr(place).addr() / size_of::<DeclaredPlace>()) % LAST;
        if let Some((_, meaning)) = profile.last[slot].as_ref().filter(|(last, _)| Arc::ptr_eq(last, place)) {
            return *meaning;
        }
        let meaning = profile.resolve(places, place);
        profile.last[slot] = Some((place.clone(), meaning));
        meaning
    }

    /// Returns the node a party means by a place, and notes a place that means none or less than it says.
    pub(crate) fn resolve_at(
        &mut self,
        places: &Places,
        party: u32,
        place: Option<&Arc<DeclaredPlace>>,
        seq: Seq,
    ) -> Option<Resolution> {
        let Some(place) = place else {
            let nowhere = const { &DeclaredPlace { locode: None, facility: None, name: None } };
            return self.profiles[party as usize].resolve(places, nowhere).found;
        };
        let meaning = self.meaning(places, party, place);
        if meaning.found.is_none() || meaning.short {
            let unknown = &mut self.profiles[party as usize].unknown;
            if unknown.len() < NOTED_UNKNOWN || unknown.contains_key(&**place) {
                let (count, last) = unknown.entry(DeclaredPlace::clone(place)).or_default();
                (*count, *last) = (*count + 1, seq);
            }
        }
        meaning.found
    }

    /// Returns the places that mean no node, or less than they say: party, place, how often and where last.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = (&PartyId, &DeclaredPlace, u64, Seq)> {
        let told = |p: u32| self.profiles[p as usize].unknown.iter().map(move |(place, n)| (p, place, n));
        let parties = 0..u32::try_from(self.profiles.len()).unwrap_or(u32::MAX);
        parties.flat_map(told).map(|(p, place, (count, last))| (self.id(p), place, *count, *last))
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
        let (resolved, unknown) = (FxHashMap::default(), FxHashMap::default());
        Self { authority, partner, zone, resolved, last: [const { None }; LAST], unknown }
    }

    fn resolve(&mut self, places: &Places, place: &DeclaredPlace) -> Meaning {
        if let Some(meaning) = self.resolved.get(place) {
            return *meaning;
        }
        let found = places.resolve(place, Some(&self.partner));
        let port = found.filter(|f| f.how == How::PortCode && place.facility.is_some());
        let short = port.is_some_and(|f| places.children(f.node).next().is_some());
        let meaning = Meaning { found, short };
        if self.resolved.len() >= REMEMBERED_PLACES {
            self.resolved.clear();
        }
        self.resolved.insert(place.clone(), meaning);
        meaning
    }
}
