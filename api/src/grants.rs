//! Who may read a journey. Contributing is no claim.
//!
//! The operator reads everything. A party reads a journey
//! - that its certificate is tied to (`sealane_origin` says which, and why),
//! - that carries a reference its profile grants it, or
//! - of which it is a declared party of the booking or bill of lading,
//!
//! the latter two only by the word of another party that is believed for that journey: whoever
//! names itself, or a reference of its own, beside a stranger's container learns nothing.

use crate::auth::Viewer;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::reference::Reference;
use sealane_mapper::World;
use sealane_mapper::route::{Journey, JourneyKey};
use sealane_origin::Register;
use sealane_origin::binding::{is_declared, vouches};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::rc::Rc;

/// The journeys of the caller's own certificates, found once for as many looks as share it.
pub(crate) type Own = Rc<OnceCell<HashSet<JourneyKey>>>;

/// What decides about one caller's journeys, within one answer.
pub(crate) struct Grants<'a> {
    viewer: &'a Viewer,
    world: &'a World,
    register: &'a Register,
    profile: Option<&'a Partner>,
    own: Own,
}

impl<'a> Grants<'a> {
    pub(crate) fn new(
        viewer: &'a Viewer,
        world: &'a World,
        register: &'a Register,
        partners: &'a [Partner],
    ) -> Self {
        Self::with(viewer, world, register, partners, Own::default())
    }

    /// As [`Self::new`], with what was already found of the caller's own journeys.
    pub(crate) fn with(
        viewer: &'a Viewer,
        world: &'a World,
        register: &'a Register,
        partners: &'a [Partner],
        own: Own,
    ) -> Self {
        let party = viewer.limit();
        let profile = partners.iter().find(|p| Some(&p.id) == party.as_ref());
        Self { viewer, world, register, profile, own }
    }

    /// Returns whether the caller may read a journey.
    pub(crate) fn may_read(&self, journey: &Journey) -> bool {
        match self.viewer {
            Viewer::Operator => true,
            // Web pages read certificates only.
            Viewer::Public(_) | Viewer::Holder(..) => false,
            Viewer::Party(party) => self.takes_part(party, journey) || self.owns(party, journey),
        }
    }

    /// Returns whether others say that a party takes part in a journey: a certificate of its own that names
    /// the journey's references does not.
    pub(crate) fn takes_part(&self, party: &PartyId, journey: &Journey) -> bool {
        is_declared(party, journey) || self.is_granted(party, journey)
    }

    fn is_granted(&self, party: &PartyId, journey: &Journey) -> bool {
        let granted = self.profile.into_iter().flat_map(|p| &p.grants);
        granted.filter_map(|g| g.parse::<Reference>().ok()).filter(|r| journey.references.contains(r)).any(
            |r| {
                self.world
                    .joins_as_told(&journey.key, &r)
                    .iter()
                    .any(|teller| vouches(teller, party, journey))
            },
        )
    }

    fn owns(&self, party: &PartyId, journey: &Journey) -> bool {
        let own = self.own.get_or_init(|| {
            let certificates = self.register.owned_by(Some(party));
            certificates
                .into_iter()
                .flat_map(|c| self.register.bound(c, self.world))
                .map(|b| b.journey)
                .collect()
        });
        own.contains(&journey.key)
    }
}
