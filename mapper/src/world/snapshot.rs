//! Snapshots: what was filed, beside the log, so that a start need not read all of the log again.
//!
//! A snapshot is only a cache. It holds what `apply` keeps and nothing that can be made of it; it is read
//! by the program that wrote it, over the same nodes and the same profiles, or not at all.

use super::ledger::{Ledger, Lists};
use super::parties::Heard;
use super::ships::Ships;
use super::told::{CallTold, Kept, Maybe, MessageNote, packed};
use super::{Document, DocumentKey, Holder, MonthKey, MonthNote, World};
use super::{drift, intern::Interner, silent::Silent, tracks::Track};
use crate::route::Published;
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};
use sealane_data::Text;
use sealane_data::partner::Partner;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_data::reference::Reference;
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

/// Why a snapshot could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It could not be written.
    #[error("the snapshot cannot be written: {0}")]
    Write(#[from] rmp_serde::encode::Error),
    /// It could not be read.
    #[error("the snapshot cannot be read: {0}")]
    Read(#[from] rmp_serde::decode::Error),
    /// It was filed by other places or profiles.
    #[error("the snapshot is of other places or profiles")]
    Profiles,
}

/// What was published of a ship's arrivals at a port.
type PublishedAt = ((Text, NodeIx), Vec<Arc<Published>>);

/// What was filed up to one log position.
#[derive(Clone, Serialize, Deserialize)]
pub struct Snapshot {
    filed_by: Text,
    seq: Seq,
    #[serde(with = "named")]
    heard: Heard,
    texts: Interner<Text>,
    references: Interner<Reference>,
    containers: Interner<Text>,
    ships: Ships,
    messages: Ledger<MessageNote>,
    #[serde(with = "packed")]
    told: Ledger<Kept>,
    lists: Lists,
    holders: Vec<Holder>,
    named: FxHashMap<u32, Vec<u32>>,
    calls: FxHashMap<u32, Vec<CallTold>>,
    tracks: FxHashMap<u32, Track>,
    #[serde(with = "named")]
    published: Vec<PublishedAt>,
    bound: FxHashMap<u32, BTreeMap<NodeIx, Timestamp>>,
    sources: Interner<(u32, Text)>,
    spotters: FxHashSet<u32>,
    unsaid: FxHashSet<Seq>,
    positions_ahead: u64,
    tied: Vec<Maybe>,
    ties: Ledger<(u32, Maybe)>,
    moved: FxHashMap<MonthKey, MonthNote>,
    document_numbers: FxHashMap<DocumentKey, u32>,
    documents: Vec<Document>,
    watch: drift::Watch,
    silent: Silent,
}

impl Snapshot {
    /// Returns the last log position that it holds.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Writes it; what is written repeats itself, so it should go through a compressor.
    pub fn write(&self, to: impl Write) -> Result<(), SnapshotError> {
        Ok(self.serialize(&mut rmp_serde::Serializer::new(to))?)
    }

    /// Reads what [`Snapshot::write`] wrote.
    pub fn read(from: impl Read) -> Result<Self, SnapshotError> {
        Ok(rmp_serde::from_read(from)?)
    }
}

impl World {
    /// Returns what was filed so far. Nearly all of it is shared and not copied: whoever holds the world's
    /// lock holds it for a moment only.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            filed_by: self.filed_by.clone(),
            seq: self.seq,
            heard: self.parties.heard(),
            texts: self.texts.clone(),
            references: self.references.clone(),
            containers: self.containers.clone(),
            ships: self.ships.clone(),
            messages: self.messages.clone(),
            told: self.told.clone(),
            lists: self.lists.clone(),
            holders: self.holders.clone(),
            named: self.named.clone(),
            calls: self.calls.clone(),
            tracks: self.tracks.clone(),
            published: self.published.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            bound: self.bound.clone(),
            sources: self.sources.clone(),
            spotters: self.spotters.clone(),
            unsaid: self.unsaid.clone(),
            positions_ahead: self.positions_ahead,
            tied: self.tied.clone(),
            ties: self.ties.clone(),
            moved: self.moved.clone(),
            document_numbers: self.document_numbers.clone(),
            documents: self.documents.clone(),
            watch: self.watch.clone(),
            silent: self.silent.clone(),
        }
    }

    /// Returns the world that a snapshot was made of, over the same places and partners.
    pub fn restore(places: Arc<Places>, partners: &[Partner], kept: Snapshot) -> Result<Self, SnapshotError> {
        let mut world = Self::new(places, partners);
        if world.filed_by != kept.filed_by || !world.parties.hear(&world.places, kept.heard) {
            return Err(SnapshotError::Profiles);
        }
        world.known_news = kept.ships.news();
        Ok(Self {
            seq: kept.seq,
            texts: kept.texts,
            references: kept.references,
            containers: kept.containers,
            ships: kept.ships,
            messages: kept.messages,
            told: kept.told,
            lists: kept.lists,
            holders: kept.holders,
            named: kept.named,
            calls: kept.calls,
            tracks: kept.tracks,
            published: kept.published.into_iter().collect(),
            bound: kept.bound,
            sources: kept.sources,
            spotters: kept.spotters,
            unsaid: kept.unsaid,
            positions_ahead: kept.positions_ahead,
            tied: kept.tied,
            ties: kept.ties,
            moved: kept.moved,
            document_numbers: kept.document_numbers,
            documents: kept.documents,
            watch: kept.watch,
            silent: kept.silent,
            ..world
        })
    }
}

/// Returns what tells places and profiles from others.
pub(super) fn digest(places: &Places, partners: &[Partner]) -> Text {
    // Profiles are plain data, which JSON can always hold.
    let profiles = serde_json::to_vec(partners).unwrap_or_default();
    format!("{:016x}/{}", places.version(), Sha256::of(&profiles).hex()).into()
}

/// Fields by name, for what leaves empty ones out.
mod named {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize, Serializer};
    use serde_bytes::ByteBuf;

    pub(super) fn serialize<S: Serializer>(value: &impl Serialize, to: S) -> Result<S::Ok, S::Error> {
        let bytes = rmp_serde::to_vec_named(value).map_err(S::Error::custom)?;
        to.serialize_bytes(&bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(
        from: D,
    ) -> Result<T, D::Error> {
        rmp_serde::from_slice(&ByteBuf::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Short lists as lists.
pub(super) mod list {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};
    use smallvec::SmallVec;

    pub(in crate::world) fn serialize<S: Serializer>(
        list: &SmallVec<[u32; 6]>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        list.as_slice().serialize(to)
    }

    pub(in crate::world) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SmallVec<[u32; 6]>, D::Error> {
        Ok(Vec::<u32>::deserialize(from)?.into())
    }
}
