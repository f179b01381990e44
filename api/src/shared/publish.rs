//! Taking batches in, and publishing what they changed.

use super::{Shared, Slot};
use crate::live::TopicKey;
use crate::live::hub::Topic;
use arc_swap::ArcSwapOption;
use sealane_data::certificate::CertificateId;
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_mapper::{Change, World};
use sealane_origin::Register;
use sealane_origin::disclosure::Profile;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a batch touched.
pub(super) struct Touched {
    certificates: BTreeSet<CertificateId>,
    ships: bool,
}

/// A world and a register that are folded apart, to take the place of those that are served.
pub struct Folded {
    world: World,
    register: Register,
}

impl Folded {
    /// Returns the fold of nothing over a fresh world.
    pub fn new(world: World) -> Self {
        Self { world, register: Register::new() }
    }

    /// Takes in a batch.
    pub fn apply(&mut self, batch: &[Recorded]) {
        self.world.apply(batch);
        for recorded in batch {
            self.register.apply(recorded, &self.world, &[]);
        }
    }

    /// Returns the last log position that was taken in.
    pub fn seq(&self) -> Seq {
        self.world.seq()
    }
}

impl Shared {
    /// Serves another fold of the same log; when it returns, whoever asks or listens sees it.
    ///
    /// Called by the one writer; `folded` has taken in everything that was applied here.
    pub fn replace(&self, folded: Folded) {
        let Folded { world: new, register: mut folded } = folded;
        let touched = {
            let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
            let mut register = self.register.write().unwrap_or_else(PoisonError::into_inner);
            folded.keep_dependencies(&mut register);
            (*world, *register) = (new, folded);
            let certificates = register.owned_by(None).iter().map(|c| c.id.clone()).collect();
            self.note(&register, &certificates);
            self.vessels.store(None);
            Touched { certificates, ships: true }
        };
        self.publish(&touched);
    }

    /// Folds a batch into the world and the register, both under the world's lock: whoever makes a
    /// document reads both before the batch or both after it.
    pub(super) fn fold(&self, batch: &[Recorded]) -> Touched {
        self.instants.write().unwrap_or_else(PoisonError::into_inner).add(batch);
        self.announce(batch);
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        let changes = world.apply(batch);
        let mut register = self.register.write().unwrap_or_else(PoisonError::into_inner);
        let mut certificates: BTreeSet<CertificateId> =
            register.touched_by(&world, &changes).into_iter().collect();
        for recorded in batch {
            certificates.extend(register.apply(recorded, &world, &[]));
        }
        // A feed that goes silent is seen wherever its nodes are: rarely, and what reads the same is not sent.
        let silence = batch.iter().any(|r| matches!(r.entry, Entry::Feed(_)));
        if silence {
            certificates.extend(register.owned_by(None).iter().map(|c| c.id.clone()));
        }
        self.note(&register, &certificates);
        let ships = silence || changes.iter().any(|c| matches!(c, Change::Calls { .. }));
        if ships {
            self.vessels.store(None);
        }
        Touched { certificates, ships }
    }

    /// Takes in decisions that the world already knows, when the log is read at the start.
    pub fn decide(&self, batch: &[Recorded]) {
        self.announce(batch);
        let world = self.world();
        let mut register = self.register.write().unwrap_or_else(PoisonError::into_inner);
        let touched = batch.iter().flat_map(|recorded| register.apply(recorded, &world, &[])).collect();
        self.note(&register, &touched);
    }

    fn announce(&self, batch: &[Recorded]) {
        let mut bulletin = self.bulletin.write().unwrap_or_else(PoisonError::into_inner);
        for recorded in batch {
            bulletin.apply(recorded);
        }
    }

    /// Notes owner and publicity of touched certificates, for readers that take no other lock.
    fn note(&self, register: &Register, touched: &BTreeSet<CertificateId>) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        for certificate in touched.iter().filter_map(|id| register.get(id)) {
            let fresh = || {
                Arc::new(Slot {
                    owner: certificate.owner.clone(),
                    published: AtomicBool::new(false),
                    renamed: AtomicBool::new(false),
                    documents: [const { ArcSwapOption::const_empty() }; Profile::WORDS.len()],
                    judged: ArcSwapOption::const_empty(),
                    cargo: Mutex::default(),
                })
            };
            let slot = slots.entry(certificate.id.clone()).or_insert_with(fresh);
            slot.published.store(certificate.is_public(), Ordering::Release);
            let renamed = certificate.public_ref(None) != certificate.id.0.as_str();
            slot.renamed.store(renamed, Ordering::Release);
            if renamed || certificate.published.is_some() && !certificate.is_public() {
                let mut known = self.given_up.write().unwrap_or_else(PoisonError::into_inner);
                known.insert(certificate.owner.clone(), register.given_up(&certificate.owner));
            }
            slot.clear();
        }
    }

    /// Makes anew the documents that somebody listens to, then rings all bells at once. What nobody
    /// listens to is made when somebody asks.
    pub(super) fn publish(&self, touched: &Touched) {
        let mut rung = Vec::new();
        for id in &touched.certificates {
            for (profile, _) in Profile::WORDS {
                rung.extend(self.renew(&TopicKey::Certificate(id.clone(), *profile)));
            }
        }
        if touched.ships {
            rung.extend(self.renew(&TopicKey::Vessels));
        }
        self.hub.commit(self.seq(), &rung);
        self.news.add(&touched.certificates);
    }

    fn renew(&self, key: &TopicKey) -> Option<Arc<Topic>> {
        let topic = self.hub.read_topic(key)?;
        let document = self.topic_document(key)?;
        topic.offer(document).then_some(topic)
    }
}
