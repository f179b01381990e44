//! The world: everything that was told, indexed, and folded when it is read.
//!
//! `apply` only files what was told under its container, ship, references and month. Facts,
//! journeys, calls and routes are pure functions of that, computed for the touched container or
//! ship when somebody looks: so the result cannot depend on the order of arrival.

mod apply;
mod intern;
mod parties;
mod read;
pub(crate) mod ships;
pub(crate) mod told;

use crate::sea::SeaWays;
use intern::Interner;
use parties::Parties;
use rustc_hash::{FxHashMap, FxHashSet};
use sealane_data::Text;
use sealane_data::partner::Partner;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_data::reference::Reference;
use ships::Ships;
use std::sync::Arc;
use told::{CallTold, MessageNote, Told};

/// What one applied batch altered.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A container's journeys may read differently.
    Journeys {
        /// The container, canonical.
        container: Text,
        /// Every reference that is tied to it.
        references: Vec<Reference>,
        /// The log position.
        seq: Seq,
    },
    /// A ship's calls may read differently, and with them the legs that it sails.
    ///
    /// Routes name the ships they depend on; containers on board are not listed here, for a big
    /// ship carries 20,000.
    Calls {
        /// The ship's key.
        ship: Text,
        /// The log position.
        seq: Seq,
    },
}

/// A node and a UTC month.
pub(crate) type MonthKey = (NodeIx, i16, i8);

/// The quay moves that were told of a node and UTC month.
#[derive(Default)]
struct MonthNote {
    containers: FxHashSet<u32>,
    /// The last log position that may have changed them.
    seq: Seq,
}

/// Everything that was told.
pub struct World {
    places: Arc<Places>,
    sea: Arc<SeaWays>,
    parties: Parties,
    texts: Interner<Text>,
    references: Interner<Reference>,
    containers: Interner<Text>,
    ships: Ships,
    messages: Vec<MessageNote>,
    /// By container number: what was told of it.
    told: Vec<Vec<Told>>,
    /// By identity of a ship: what was told of its calls.
    calls: FxHashMap<u32, Vec<CallTold>>,
    /// By reference: containers it was tied to.
    tied: FxHashMap<u32, FxHashSet<u32>>,
    /// By node and month: what moved there.
    moved: FxHashMap<MonthKey, MonthNote>,
    /// By document (party, family and number): its messages.
    documents: FxHashMap<(u32, Text, Text), Vec<u32>>,
    /// By message of a document that was revised or may be: what it touched.
    touched_by: FxHashMap<u32, Vec<u32>>,
    seq: Seq,
}

impl World {
    /// Returns an empty world over a table of places and the profiles of its partners.
    pub fn new(places: Arc<Places>, partners: &[Partner]) -> Self {
        Self {
            parties: Parties::new(&places, partners),
            places,
            sea: SeaWays::embedded(),
            texts: Interner::default(),
            references: Interner::default(),
            containers: Interner::default(),
            ships: Ships::default(),
            messages: Vec::new(),
            told: Vec::new(),
            calls: FxHashMap::default(),
            tied: FxHashMap::default(),
            moved: FxHashMap::default(),
            documents: FxHashMap::default(),
            touched_by: FxHashMap::default(),
            seq: 0,
        }
    }

    /// Returns the last log position that was applied.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Returns the table of places.
    pub fn places(&self) -> &Arc<Places> {
        &self.places
    }
}
