//! The documents: made when first asked for, kept until something touches them.

use super::{Judged, Shared};
use crate::documents::Document;
use crate::live::TopicKey;
use crate::views;
use crate::views::certificate::Beside;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_mapper::World;
use sealane_mapper::route::{JourneyKey, Route};
use sealane_origin::disclosure::{self, Profile};
use sealane_origin::{Certificate, Consistency, Register};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

impl Shared {
    /// Returns a certificate's route document in a profile.
    ///
    /// It is made under the world's lock, so that it can never replace a newer one.
    pub(crate) fn document(&self, id: &CertificateId, profile: Profile) -> Option<Arc<Document>> {
        let slot = self.slot(id)?;
        if let Some(document) = slot.document(profile).load_full() {
            return Some(document);
        }
        let judged = self.judged(id)?;
        let world = self.world();
        let (whole, ships) = {
            let register = self.register();
            self.certificate_route(register.get(id)?, &world, &register, (profile, &judged))
        };
        // Before it is kept: a call that moves one of these ships must find the way back here.
        self.register.write().unwrap_or_else(PoisonError::into_inner).depends_on_ships(id, ships);
        let shown = disclosure::route(profile, &self.token_secret, whole);
        let document = Arc::new(Document::canonical(&shown, world.seq()));
        // What was judged before the last change is served once and not kept.
        if slot.judged.load().as_ref().is_some_and(|kept| Arc::ptr_eq(kept, &judged)) {
            slot.document(profile).store(Some(document.clone()));
        }
        Some(document)
    }

    /// Returns a certificate as a profile may see it, as it was known at an instant or is known now.
    pub(crate) fn certificate(
        &self,
        id: &CertificateId,
        profile: Profile,
        as_of: Option<Timestamp>,
    ) -> Option<Value> {
        let judged = self.judged(id)?;
        // What was found, or told to the owner's sites, last by then is kept, also where nobody asked.
        let told = as_of.and_then(|by| self.bulletin(|b| b.agreed(id, by)));
        self.read(|world, register| {
            // Before it came there was none.
            let certificate = register.get(id).filter(|c| as_of.is_none_or(|limit| limit >= c.received))?;
            let bound = register.bound(certificate, world);
            // The past is not compared anew. When the exporter read what was found then is not looked up: for
            // everybody else it reads as before that.
            let consistency = match (as_of, told) {
                (None, _) => judged.axis(profile),
                (Some(_), Some((_, told))) => told.shown_to(profile, false),
                (Some(_), None) => Consistency::NOT_KEPT,
            };
            let entry = register.entry_state(certificate, as_of);
            let (public, secret) = (profile == Profile::Public, &self.token_secret);
            let beside = Beside { bound: &bound, consistency, entry, as_of, public, secret };
            let mut whole = views::certificate::whole(certificate, &beside);
            // Never shown as confirmed when stale, also before the scheduler has said so in the log.
            let shown = certificate.life(as_of).verification.shown_at(as_of.unwrap_or_else(|| self.now()));
            whole["verification"] = views::verification::axis(certificate, &shown);
            if let Some((at, _)) = told {
                whole["consistency"]["since"] = serde_json::json!(at);
            }
            Some(disclosure::certificate_with_goods(profile, certificate.shows_goods(as_of), whole))
        })
    }

    fn certificate_route(
        &self,
        certificate: &Certificate,
        world: &World,
        register: &Register,
        (profile, judged): (Profile, &Judged),
    ) -> (Value, BTreeSet<Text>) {
        let keys: BTreeSet<JourneyKey> =
            register.bound(certificate, world).into_iter().map(|b| b.journey).collect();
        let route = world.route(&keys.into_iter().collect::<Vec<_>>());
        let seq = route.seq.max(certificate.seq);
        let beside = Beside {
            bound: &[],
            consistency: judged.axis(profile),
            entry: register.entry_state(certificate, None),
            as_of: None,
            public: profile == Profile::Public,
            secret: &self.token_secret,
        };
        let head = views::route::Head {
            profile,
            certificate: Some((certificate, beside)),
            binding: Some(&judged.binding),
            seq,
            as_of: self.received_at(seq),
        };
        (views::route::collection(&route, world.places(), &head), ships(&route))
    }

    /// Returns when the record at a log position was received.
    pub(crate) fn received_at(&self, seq: u64) -> Option<Timestamp> {
        self.instants.read().unwrap_or_else(PoisonError::into_inner).at(seq)
    }

    /// Returns where every ship is.
    pub(crate) fn vessels(&self) -> Option<Arc<Document>> {
        if let Some(document) = self.vessels.load_full() {
            return Some(document);
        }
        let world = self.world();
        let document = finish(&views::vessels::collection(&world, |seq| self.received_at(seq)), &world)?;
        self.vessels.store(Some(document.clone()));
        Some(document)
    }

    /// Returns the newest document of a topic.
    pub(crate) fn topic_document(&self, key: &TopicKey) -> Option<Arc<Document>> {
        match key {
            TopicKey::Certificate(id, profile) => self.document(id, *profile),
            TopicKey::Vessels => self.vessels(),
        }
    }
}

/// The ships on whose calls a route depends.
fn ships(route: &Route) -> BTreeSet<Text> {
    route.legs.iter().filter_map(|leg| Some(leg.ship.as_ref()?.key.clone())).collect()
}

fn finish(whole: &Value, world: &World) -> Option<Arc<Document>> {
    // A value with text keys always becomes JSON.
    Document::new(whole, world.seq()).ok().map(Arc::new)
}
