//! The world: everything that was told, indexed, and folded when it is read.
//!
//! `apply` only files what was told under its container, ship, references and month. Facts,
//! journeys, calls and routes are pure functions of that, computed for the touched container or
//! ship when somebody looks: so the result cannot depend on the order of arrival.

mod apply;
mod cache;
mod calls;
mod custody;
mod drift;
mod history;
mod intern;
mod ledger;
mod parties;
mod positions;
mod predictions;
mod read;
pub(crate) mod ships;
mod silent;
mod snapshot;
mod standing;
pub(crate) mod told;
pub(crate) mod tracks;
mod under_way;
mod waiting;

pub use custody::{Custody, Folded, Witnessed};
pub use history::{Standing, Telling};
pub use predictions::Voyages;
pub use snapshot::{Snapshot, SnapshotError};

use crate::nodes::NodeIndex;
use crate::route::Published;
use crate::sea::{SeaLines, SeaNetwork};
use intern::Interner;
use jiff::Timestamp;
use ledger::{Ledger, Lists};
use parties::Parties;
use rustc_hash::{FxHashMap, FxHashSet};
use sealane_data::Text;
use sealane_data::partner::Partner;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_data::reference::Reference;
use serde::{Deserialize, Serialize};
use ships::Ships;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::Arc;
use told::{CallTold, Kept, Maybe, MessageNote};

/// What one applied batch altered.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A container's journeys may read differently.
    Journeys {
        /// The container, canonical.
        container: Text,
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
#[derive(Clone, Default, Serialize, Deserialize)]
struct MonthNote {
    /// What moved, as it was told: a container may come more than once.
    containers: Vec<u32>,
    /// The last log position that may have changed them.
    seq: Seq,
}

/// What is kept of a container.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Holder {
    /// The last of its tellings, which are chained.
    last: Maybe,
    /// The references that were ever tied to it, sorted.
    #[serde(with = "snapshot::list")]
    references: SmallVec<[u32; 6]>,
}

/// The versions of one document.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Document {
    /// The last version that was filed; versions are chained.
    last: Maybe,
    /// The newest version that replaces or cancels.
    leader: Maybe,
    /// Whether a version changes what others said of single boxes.
    changed: bool,
}

/// A document: its party, message type and number.
type DocumentKey = (u32, u32, Text);

/// Everything that was told.
pub struct World {
    /// A digest of the places and profiles that everything is filed by.
    filed_by: Text,
    places: Arc<Places>,
    network: Arc<SeaNetwork>,
    sea: Arc<SeaLines>,
    parties: Parties,
    texts: Interner<Text>,
    references: Interner<Reference>,
    containers: Interner<Text>,
    ships: Ships,
    messages: Ledger<MessageNote>,
    /// What was told of containers, in the order of arrival.
    told: Ledger<Kept>,
    /// The references of tellings.
    lists: Lists,
    /// By container number.
    holders: Vec<Holder>,
    /// By identity of a ship: the messages that name it beside containers, in the order of arrival.
    named: FxHashMap<u32, Vec<u32>>,
    /// By identity of a ship: what was told of its calls.
    calls: FxHashMap<u32, Vec<CallTold>>,
    /// From positions to nodes.
    index: NodeIndex,
    /// By identity of a ship: where it was.
    tracks: FxHashMap<u32, tracks::Track>,
    /// By key of a ship and port: what was published of its arrivals there, oldest first.
    published: FxHashMap<(Text, NodeIx), Vec<Arc<Published>>>,
    /// By identity of a ship: the ports that boxes on board were told to go to, and when last.
    bound: FxHashMap<u32, BTreeMap<NodeIx, Timestamp>>,
    /// Who tells positions, and in which type of message.
    sources: Interner<(u32, Text)>,
    /// The parties that tell positions.
    spotters: FxHashSet<u32>,
    /// Messages whose positions stand no longer, by their first log position.
    unsaid: FxHashSet<Seq>,
    /// Positions that were not filed for their clock.
    positions_ahead: u64,
    /// What was folded and not touched since.
    cache: cache::Cache,
    /// The count of news of ships' identities that the cache knows.
    known_news: u64,
    /// By reference number: the last of its ties.
    tied: Vec<Maybe>,
    /// A container that a reference was tied to, and the tie of the same reference before.
    ties: Ledger<(u32, Maybe)>,
    /// By node and month: what moved there.
    moved: FxHashMap<MonthKey, MonthNote>,
    document_numbers: FxHashMap<DocumentKey, u32>,
    documents: Vec<Document>,
    /// What parties used to send.
    watch: drift::Watch,
    /// Feeds that have gone silent.
    silent: silent::Silent,
    /// Counts of the message that is being filed.
    tally: drift::Tally,
    /// The reference numbers of the observation that is being filed.
    scratch: Vec<u32>,
    seq: Seq,
}

impl World {
    /// Returns an empty world over a table of places and the profiles of its partners.
    pub fn new(places: Arc<Places>, partners: &[Partner]) -> Self {
        Self {
            filed_by: snapshot::digest(&places, partners),
            parties: Parties::new(&places, partners),
            index: NodeIndex::new(places.clone()),
            places,
            tracks: FxHashMap::default(),
            published: FxHashMap::default(),
            bound: FxHashMap::default(),
            sources: Interner::default(),
            spotters: FxHashSet::default(),
            unsaid: FxHashSet::default(),
            positions_ahead: 0,
            cache: cache::Cache::default(),
            known_news: 0,
            network: SeaNetwork::embedded(),
            sea: Arc::new(SeaLines::new(SeaNetwork::embedded())),
            texts: Interner::default(),
            references: Interner::default(),
            containers: Interner::default(),
            ships: Ships::default(),
            messages: Ledger::default(),
            told: Ledger::default(),
            lists: Lists::default(),
            holders: Vec::new(),
            named: FxHashMap::default(),
            calls: FxHashMap::default(),
            tied: Vec::new(),
            ties: Ledger::default(),
            silent: silent::Silent::default(),
            moved: FxHashMap::default(),
            document_numbers: FxHashMap::default(),
            documents: Vec::new(),
            watch: drift::Watch::default(),
            tally: drift::Tally::default(),
            scratch: Vec::new(),
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

#[cfg(test)]
pub(crate) mod tests;
