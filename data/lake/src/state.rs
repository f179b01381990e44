//! What the lake knows of its own files, and the manifest that keeps it.

use crate::{LakeError, Month, store};
use jiff::Timestamp;
use sealane_data::node::{Node, NodeId};
use sealane_data::recorded::Seq;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::Path;

/// Raised when columns or their meaning change: an older lake is then written anew.
pub(crate) const SCHEMA: u32 = 1;

/// More partitions than this are not remembered as empty: questions for far years stay cheap in memory.
const MOST_EMPTY: usize = 200_000;

/// Names one partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) node: NodeId,
    pub(crate) month: Month,
}

/// What is in one partition's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Partition {
    /// The zone its local days were computed in.
    pub(crate) zone: String,
    pub(crate) rows: u64,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Listed {
    #[serde(flatten)]
    key: Key,
    #[serde(flatten)]
    partition: Partition,
}

/// The file `manifest.json`.
#[derive(Serialize, Deserialize)]
struct Manifest {
    schema: u32,
    epoch: String,
    as_of_seq: Seq,
    dirty: Vec<Key>,
    partitions: Vec<Listed>,
}

/// The part of the manifest that every schema has.
#[derive(Deserialize)]
struct AnyManifest {
    schema: u32,
}

#[derive(Default)]
pub(crate) struct State {
    epoch: String,
    /// Every change up to here is either in the files or in `dirty`.
    pub(crate) as_of: Seq,
    /// The cursor as the disk told it, until it has been compared with the log.
    inherited: Option<Seq>,
    pub(crate) partitions: BTreeMap<Key, Partition>,
    /// Partitions to write, with the number of the last mark: a mark that comes while the
    /// partition is being written keeps it dirty.
    dirty: BTreeMap<Key, u64>,
    marks: u64,
    /// Partitions that the source was asked for in this process and that have no moves.
    empty: HashSet<Key>,
    /// The nodes as `nodes.parquet` has them.
    pub(crate) nodes: Option<Vec<Node>>,
    /// Whether the manifest on disk says the same.
    pub(crate) saved: bool,
}

impl State {
    /// Reads the manifest of a lake, or begins a new one where it cannot be trusted.
    pub(crate) fn load(manifest: &Path, moves: &Path, epoch: &str) -> Result<Self, LakeError> {
        let mut state = Self { epoch: epoch.to_owned(), ..Self::default() };
        let bytes = match std::fs::read(manifest) {
            Ok(bytes) => Some(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(LakeError::io(manifest, e)),
        };
        let Some(known) = bytes.as_deref().and_then(readable) else {
            if bytes.is_some() {
                tracing::warn!(path = %manifest.display(), "lake has another schema: writing it anew");
            }
            store::remove_all(moves)?;
            return Ok(state);
        };
        let same_log = known.epoch == epoch;
        state.partitions = known.partitions.into_iter().map(|l| (l.key, l.partition)).collect();
        for key in known.dirty {
            state.mark(key);
        }
        if same_log {
            state.inherited = Some(known.as_of_seq);
            state.as_of = known.as_of_seq;
            state.saved = true;
        } else {
            state.distrust();
        }
        Ok(state)
    }

    /// Makes every known partition dirty and forgets the cursor.
    fn distrust(&mut self) {
        let keys: Vec<Key> = self.partitions.keys().cloned().collect();
        for key in keys {
            self.mark(key);
        }
        self.empty.clear();
        self.as_of = 0;
        self.inherited = None;
        self.saved = false;
    }

    /// Compares the cursor of the disk with the log, once: a cursor ahead of it is of a log that
    /// was since replaced by an older copy.
    pub(crate) fn meet(&mut self, head: Seq) {
        if self.inherited.take().is_some_and(|seq| seq > head) {
            tracing::warn!(head, "lake is ahead of the log: writing it anew");
            self.distrust();
        }
    }

    pub(crate) fn mark(&mut self, key: Key) {
        self.marks += 1;
        self.empty.remove(&key);
        self.dirty.insert(key, self.marks);
    }

    /// Returns what has to be written before `nodes` can be asked for `months`, with its mark.
    ///
    /// Dirty partitions of the nodes are due in every month, because coverage speaks of all time;
    /// partitions never heard of are due in the months asked for.
    pub(crate) fn due(
        &self,
        nodes: &[NodeId],
        months: &RangeInclusive<Month>,
        current: impl Fn(&Key, &Partition) -> bool,
    ) -> Vec<(Key, u64)> {
        let mut due = Vec::new();
        for node in nodes {
            let dirty = self.dirty.iter().filter(|(key, _)| key.node == *node);
            due.extend(dirty.map(|(key, mark)| (key.clone(), *mark)));
            for month in months.start().through(*months.end()) {
                let key = Key { node: node.clone(), month };
                let trusted = match self.partitions.get(&key) {
                    Some(partition) => current(&key, partition),
                    None => self.empty.contains(&key),
                };
                if !trusted && !self.dirty.contains_key(&key) {
                    due.push((key, 0));
                }
            }
        }
        due
    }

    /// Returns everything that has to be written for the files to be complete.
    pub(crate) fn all_due(&self, current: impl Fn(&Key, &Partition) -> bool) -> Vec<(Key, u64)> {
        let stale =
            self.partitions.iter().filter(|(key, p)| !self.dirty.contains_key(key) && !current(key, p));
        let stale = stale.map(|(key, _)| (key.clone(), 0));
        self.dirty.iter().map(|(key, mark)| (key.clone(), *mark)).chain(stale).collect()
    }

    /// Notes that a partition was written, or was found empty.
    pub(crate) fn settle(&mut self, key: &Key, mark: u64, partition: Option<Partition>) {
        if self.dirty.get(key) == Some(&mark) {
            self.dirty.remove(key);
            self.saved = false;
        }
        if let Some(partition) = partition {
            self.empty.remove(key);
            self.partitions.insert(key.clone(), partition);
            self.saved = false;
        } else {
            self.saved &= self.partitions.remove(key).is_none();
            if self.empty.len() >= MOST_EMPTY {
                self.empty.clear();
            }
            self.empty.insert(key.clone());
        }
    }

    /// Moves the cursor forward.
    pub(crate) fn advance(&mut self, seq: Seq) {
        if seq > self.as_of {
            self.as_of = seq;
            self.saved = false;
        }
    }

    /// Returns the partitions of some nodes, with their content.
    pub(crate) fn of<'a>(&'a self, nodes: &'a [NodeId]) -> impl Iterator<Item = (&'a Key, &'a Partition)> {
        self.partitions.iter().filter(|(key, _)| nodes.contains(&key.node))
    }

    pub(crate) fn manifest(&self) -> Result<Vec<u8>, serde_json::Error> {
        let partitions = self.partitions.iter();
        serde_json::to_vec_pretty(&Manifest {
            schema: SCHEMA,
            epoch: self.epoch.clone(),
            as_of_seq: self.as_of,
            dirty: self.dirty.keys().cloned().collect(),
            partitions: partitions.map(|(k, p)| Listed { key: k.clone(), partition: p.clone() }).collect(),
        })
    }
}

fn readable(bytes: &[u8]) -> Option<Manifest> {
    let any: AnyManifest = serde_json::from_slice(bytes).ok()?;
    if any.schema != SCHEMA {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

/// Returns the cursor of a manifest, and the partitions whose files are there.
pub(crate) fn told(bytes: &[u8]) -> Option<(Seq, Vec<Key>)> {
    let manifest = readable(bytes)?;
    Some((manifest.as_of_seq, manifest.partitions.into_iter().map(|l| l.key).collect()))
}

/// Writes the manifest as one replacement.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), LakeError> {
    store::stage(path.to_owned(), |out| out.write_all(bytes).map_err(|e| LakeError::io(path, e)))?.publish()
}
