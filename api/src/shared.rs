//! What the doors serve: the world, the register, and the documents made of them.
//!
//! Locks are always taken in the order world, register, slots. No lock is held while a batch is
//! prepared, and readers of a published document take only the lock of the slots.

mod assess;
mod documents;
mod instants;
mod publish;
mod standing;

pub(crate) use assess::Judged;
pub use assess::{Lookout, Messages};
pub use publish::Folded;
pub use standing::{Aspect, Standing};

use crate::auth::Viewer;
use crate::documents::Document;
use crate::live::Hub;
use crate::rate::Rate;
use crate::sea::Charts;
use arc_swap::ArcSwapOption;
use assess::Recent;
use instants::Instants;
use jiff::Timestamp;
use sealane_data::certificate::CertificateId;
use sealane_data::node::NodeId;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Recorded, Seq};
use sealane_mapper::{Snapshot, World};
use sealane_origin::disclosure::Profile;
use sealane_origin::{Bulletin, Cargo, Register};
use standing::News;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};

/// What is known of one certificate without taking the register's lock.
#[derive(Debug)]
struct Slot {
    owner: PartyId,
    published: AtomicBool,
    /// Whether its owner took a public reference in place of our id.
    renamed: AtomicBool,
    /// By profile; absent until somebody asks, and again after a change.
    documents: [ArcSwapOption<Document>; Profile::WORDS.len()],
    /// What the rules found; absent until somebody asks, and again after a change.
    judged: ArcSwapOption<Judged>,
    /// Seals and masses of the messages that told its movement.
    cargo: Mutex<Option<(BTreeSet<Seq>, Arc<Cargo>)>>,
}

impl Slot {
    fn document(&self, profile: Profile) -> &ArcSwapOption<Document> {
        &self.documents[profile as usize]
    }

    fn clear(&self) {
        self.documents.iter().for_each(|d| d.store(None));
        self.judged.store(None);
    }
}

/// What the doors serve.
pub struct Shared {
    world: RwLock<World>,
    register: RwLock<Register>,
    slots: RwLock<HashMap<CertificateId, Arc<Slot>>>,
    /// How often parties gave public references up.
    given_up: RwLock<HashMap<PartyId, usize>>,
    vessels: ArcSwapOption<Document>,
    instants: RwLock<Instants>,
    hub: Hub,
    charts: Charts,
    token_secret: [u8; 32],
    epoch: String,
    messages: OnceLock<Messages>,
    lookout: OnceLock<Lookout>,
    lookups: Rate,
    /// What the sites of parties were told.
    bulletin: RwLock<Bulletin>,
    /// What was touched since.
    news: News,
    /// What the newest messages named.
    recent: Recent,
}

impl Shared {
    /// Returns a house that has heard nothing yet.
    ///
    /// `token_secret` turns containers into tokens for the public; `epoch` tells the event ids of
    /// this process from those of others and has no blanks.
    pub fn new(world: World, token_secret: [u8; 32], epoch: String) -> Self {
        Self {
            world: RwLock::new(world),
            register: RwLock::new(Register::new()),
            slots: RwLock::default(),
            given_up: RwLock::default(),
            vessels: ArcSwapOption::empty(),
            instants: RwLock::default(),
            hub: Hub::new(),
            charts: Charts::default(),
            token_secret,
            epoch,
            messages: OnceLock::new(),
            lookout: OnceLock::new(),
            lookups: Rate::default(),
            bulletin: RwLock::default(),
            news: News::default(),
            recent: Recent::default(),
        }
    }

    /// Takes in a batch when the log is read at the start: nothing is made or sent yet.
    pub fn load(&self, batch: &[Recorded]) {
        self.fold(batch);
        self.hub.commit(self.seq(), &[]);
    }

    /// Returns what a later start may begin with: the world as it is now, and when each part was received.
    pub fn snapshot(&self) -> (Snapshot, Vec<(Seq, Timestamp)>) {
        let kept = self.world().snapshot();
        let rows = self.instants.read().unwrap_or_else(PoisonError::into_inner).up_to(kept.seq());
        (kept, rows)
    }

    /// Begins where a snapshot ended, whose world it was made with; the decisions up to there follow by
    /// [`Shared::decide`].
    pub fn begin(&self, rows: Vec<(Seq, Timestamp)>) {
        self.instants.write().unwrap_or_else(PoisonError::into_inner).begin(rows);
        self.hub.commit(self.seq(), &[]);
    }

    /// Takes in a batch after its commit; when it returns, whoever asks or listens sees it.
    ///
    /// Called by the one writer, never from two threads at once.
    pub fn apply(&self, batch: &[Recorded]) {
        self.recent.add(batch);
        let touched = self.fold(batch);
        self.publish(&touched);
    }

    /// Returns the last log position that was taken in.
    pub fn seq(&self) -> Seq {
        self.world().seq()
    }

    /// Runs a function over the world and the register as they are now. Keep it short: the writer
    /// waits for it.
    pub fn read<T>(&self, f: impl FnOnce(&World, &Register) -> T) -> T {
        let world = self.world();
        let register = self.register();
        f(&world, &register)
    }

    /// Counts the certificates whose goods are at some nodes, were there or will be; every certificate
    /// when no node is named. It takes the world's lock for one certificate at a time.
    pub fn certificates_at(&self, nodes: &[NodeId]) -> usize {
        let ids: Vec<CertificateId> =
            self.read(|_, r| r.owned_by(None).iter().map(|c| c.id.clone()).collect());
        let at = |world: &World, node: &NodeId| {
            let places = world.places();
            let find = |n: &NodeId| places.find(&n.0);
            find(node).is_some_and(|ix| nodes.iter().filter_map(find).any(|over| places.within(ix, over)))
        };
        let is = |id: &CertificateId| {
            self.read(|world, register| {
                let Some(certificate) = register.get(id) else { return false };
                let keys: Vec<_> =
                    register.bound(certificate, world).into_iter().map(|b| b.journey).collect();
                nodes.is_empty() || world.route(&keys).stops.iter().any(|s| at(world, &s.node))
            })
        };
        ids.iter().filter(|id| is(id)).count()
    }

    /// Ends every live stream, so that the process can stop.
    pub fn close(&self) {
        self.hub.close();
    }

    /// Returns the secret that tokens, check codes and passes are made with.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.token_secret
    }

    /// Returns how often may be asked without a key.
    pub(crate) fn lookups(&self) -> &Rate {
        &self.lookups
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Returns the sea network with the lines drawn lately.
    pub(crate) fn charts(&self) -> &Charts {
        &self.charts
    }

    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&self) -> RwLockReadGuard<'_, Register> {
        self.register.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, id: &CertificateId) -> Option<Arc<Slot>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Returns the name under which the public finds a certificate.
    pub(crate) fn public_ref(&self, id: &CertificateId) -> Option<String> {
        self.read(|_, register| register.get(id).map(|c| c.public_ref(None).to_owned()))
    }

    /// Returns the name for a certificate that goes with somebody's idempotency key.
    pub(crate) fn public_ref_under(&self, id: &CertificateId, key: &str) -> String {
        sealane_origin::public_ref_under(&self.token_secret, id, key)
    }

    /// Returns our id of what an address names: an id, or a public reference that is in use.
    pub(crate) fn named(&self, name: &str) -> CertificateId {
        let id = CertificateId(name.into());
        if self.slot(&id).is_some() {
            return id;
        }
        self.register().referred(name).map_or(id, |c| c.id.clone())
    }

    /// Returns whether a name is one under which a viewer may ask: the public has the reference in use only.
    pub(crate) fn may_be_named(&self, viewer: &Viewer, name: &str) -> bool {
        let Viewer::Public(_) = viewer else { return true };
        let slot = self.slot(&CertificateId(name.into()));
        slot.is_none_or(|slot| !slot.renamed.load(Ordering::Acquire))
    }

    /// Returns how often a viewer's party gave a public reference up; for whoever does not ask by one, nothing.
    pub(crate) fn given_up(&self, viewer: &Viewer) -> usize {
        match viewer {
            Viewer::Public(party) => {
                let known = self.given_up.read().unwrap_or_else(PoisonError::into_inner);
                known.get(party).copied().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// Returns the profile in which somebody may see a certificate; nothing for strangers.
    pub(crate) fn profile_for(&self, viewer: &Viewer, id: &CertificateId) -> Option<Profile> {
        let slot = self.slot(id)?;
        match viewer {
            Viewer::Operator => Some(Profile::Internal),
            Viewer::Party(party) => (*party == slot.owner).then_some(Profile::Internal),
            Viewer::Public(party) => {
                let public = *party == slot.owner && slot.published.load(Ordering::Acquire);
                public.then_some(Profile::Public)
            }
            Viewer::Holder(certificate, profile) => (certificate == id).then_some(*profile),
        }
    }
}
