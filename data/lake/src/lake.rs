//! The lake: one Parquet file per node and UTC month, written when a question needs it.

use crate::state::{self, Key, Partition, State};
use crate::{LakeError, Month, MoveSource, frame, store};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sealane_data::fact::QuayMove;
use sealane_data::node::{Node, NodeId};
use sealane_data::recorded::Seq;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// A folder of Parquet files that follows the facts of one log.
///
/// The log is the truth: everything here can be removed and is then written again. Locks are taken
/// in the order `writer`, `files`, `state`, and the source is never asked while `files` or `state`
/// is held, so an engine may mark partitions from inside its own locks.
pub struct Lake {
    folder: PathBuf,
    /// Held while partitions are being written: one refresh at a time.
    writer: Mutex<()>,
    /// Held for reading while files are being scanned: none is replaced under a scan.
    files: RwLock<()>,
    state: Mutex<State>,
}

impl Lake {
    /// Opens the lake in a folder, which is made when missing.
    ///
    /// `epoch` names the log *and* the way facts are made from it (its id, the version of the node
    /// table): with another epoch than the last one every partition is written again. Changes
    /// after [`Lake::resume`]'s answer have to be marked.
    pub fn open(folder: &Path, epoch: &str) -> Result<Self, LakeError> {
        std::fs::create_dir_all(folder).map_err(|e| LakeError::io(folder, e))?;
        let state = State::load(&folder.join("manifest.json"), &folder.join("moves"), epoch)?;
        Ok(Self {
            folder: folder.to_owned(),
            writer: Mutex::default(),
            files: RwLock::default(),
            state: Mutex::new(state),
        })
    }

    /// Compares the lake with the last sequence number of the log and returns the cursor: changes
    /// after it have to be marked while the log is folded; 0 when all of them have to.
    pub fn resume(&self, head: Seq) -> Seq {
        let mut state = self.state();
        state.meet(head);
        state.as_of
    }

    /// Returns the cursor: every change up to it is in the files or is kept as dirty.
    pub fn as_of_seq(&self) -> Seq {
        self.state().as_of
    }

    /// Notes that the moves of a node and month have changed.
    ///
    /// Call it before the source's sequence number covers the change (under the same lock, for
    /// instance): then an answer never claims a position whose moves it lacks.
    pub fn mark_dirty(&self, node: &NodeId, month: Month) {
        self.state().mark(Key { node: node.clone(), month });
    }

    /// Writes what a question for `nodes` and `months` touches and returns the position the files
    /// are then as of (they may know more).
    pub fn refresh(
        &self,
        source: &dyn MoveSource,
        nodes: &[NodeId],
        months: RangeInclusive<Month>,
    ) -> Result<Seq, LakeError> {
        self.write_due(source, false, |state, current| state.due(nodes, &months, current))
    }

    /// Writes everything that is dirty, and the manifest.
    pub fn flush_all(&self, source: &dyn MoveSource) -> Result<Seq, LakeError> {
        self.write_due(source, true, |state, current| state.all_due(current))
    }

    /// Runs `read` over the files of some partitions, none of which changes meanwhile; also
    /// returns the first and last move of the nodes in all months.
    pub(crate) fn reading<T>(
        &self,
        nodes: &[NodeId],
        months: &RangeInclusive<Month>,
        read: impl FnOnce(Vec<PathBuf>) -> T,
    ) -> (Option<(Timestamp, Timestamp)>, T) {
        let _unchanged = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let (span, paths) = {
            let state = self.state();
            let first = state.of(nodes).map(|(_, p)| p.first).min();
            let last = state.of(nodes).map(|(_, p)| p.last).max();
            let touched = state.of(nodes).filter(|(key, _)| months.contains(&key.month));
            (first.zip(last), touched.map(|(key, _)| self.file(key)).collect())
        };
        (span, read(paths))
    }

    fn write_due(
        &self,
        source: &dyn MoveSource,
        save: bool,
        due: impl Fn(&State, &dyn Fn(&Key, &Partition) -> bool) -> Vec<(Key, u64)>,
    ) -> Result<Seq, LakeError> {
        // The position is read first: every change up to it has been marked by now.
        let seq = source.seq();
        let nodes = source.nodes();
        let zones: HashMap<&NodeId, &str> = nodes.iter().map(|n| (&n.id, n.zone.as_str())).collect();
        let current = |key: &Key, partition: &Partition| {
            zones.get(&key.node) == Some(&partition.zone.as_str()) && self.file(key).is_file()
        };
        let work = |state: &State| (due(state, &current), state.nodes.as_ref() != Some(&nodes));
        {
            let mut state = self.state();
            state.meet(seq);
            let (due, nodes_differ) = work(&state);
            if due.is_empty() && !nodes_differ && !save {
                return Ok(seq);
            }
        }
        let _one_at_a_time = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // Another question may have written it while this one waited.
        let (due, nodes_differ) = work(&self.state());
        if nodes_differ {
            self.write_nodes(nodes.clone())?;
        }
        let mut written = Ok(seq);
        for (key, mark) in &due {
            let done = self.write_partition(source, key, *mark, zones.get(&key.node).copied());
            // One that fails stays dirty and does not hold up the others.
            written = written.and_then(|seq| done.map(|()| seq));
        }
        self.save_manifest(seq)?;
        written
    }

    fn write_partition(
        &self,
        source: &dyn MoveSource,
        key: &Key,
        mark: u64,
        zone: Option<&str>,
    ) -> Result<(), LakeError> {
        let moves = if zone.is_some() { moves_of(source, key) } else { Vec::new() };
        let (Some(zone), Some(first), Some(last)) = (zone, moves.first(), moves.last()) else {
            return self.settle_empty(key, mark);
        };
        let partition =
            Partition { zone: zone.to_owned(), rows: moves.len() as u64, first: first.at, last: last.at };
        let days_in = TimeZone::get(zone)
            .map_err(|_| LakeError::Content(format!("zone `{zone}` of node `{}` is unknown", key.node)))?;
        let staged = store::stage(self.file(key), |out| frame::write_moves(out, &moves, &days_in))?;
        let _no_scan = self.files.write().unwrap_or_else(PoisonError::into_inner);
        staged.publish()?;
        self.state().settle(key, mark, Some(partition));
        Ok(())
    }

    fn settle_empty(&self, key: &Key, mark: u64) -> Result<(), LakeError> {
        let _no_scan = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = self.file(key).parent().filter(|folder| folder.is_dir()) {
            store::remove_partition(folder)?;
        }
        self.state().settle(key, mark, None);
        Ok(())
    }

    fn write_nodes(&self, nodes: Vec<Node>) -> Result<(), LakeError> {
        store::stage(self.folder.join("nodes.parquet"), |out| frame::write_nodes(out, &nodes))?.publish()?;
        self.state().nodes = Some(nodes);
        Ok(())
    }

    /// Writes the manifest unless it says the same already. The caller holds `writer`.
    fn save_manifest(&self, seq: Seq) -> Result<(), LakeError> {
        let bytes = {
            let mut state = self.state();
            state.advance(seq);
            if state.saved {
                return Ok(());
            }
            state.saved = true;
            state.manifest().map_err(|e| LakeError::Content(e.to_string()))?
        };
        let saved = state::save(&self.folder.join("manifest.json"), &bytes);
        if saved.is_err() {
            self.state().saved = false;
        }
        saved
    }

    fn file(&self, key: &Key) -> PathBuf {
        partition_file(&self.folder, key)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the moves of one partition in order of time; what the source tells beyond it is left
/// out, because another partition holds it.
fn moves_of(source: &dyn MoveSource, key: &Key) -> Vec<QuayMove> {
    let mut moves = source.moves(&key.node, key.month);
    let told = moves.len();
    moves.retain(|m| m.node == key.node && Month::of(m.at) == key.month && m.kind.is_quay_move());
    if moves.len() < told {
        tracing::warn!(node = %key.node, month = %key.month, left_out = told - moves.len(), "moves of other partitions");
    }
    moves.sort_unstable_by(|a, b| (a.at, &a.container, a.kind).cmp(&(b.at, &b.container, b.kind)));
    moves
}

/// Returns the file of a partition below the lake's folder.
pub(crate) fn partition_file(folder: &Path, key: &Key) -> PathBuf {
    let node = format!("node={}", hive_value(&key.node.0));
    folder.join("moves").join(node).join(format!("month={}", key.month)).join("part.parquet")
}

/// Returns a value as Hive layouts write it in a folder name: percent-encoded where need be.
fn hive_value(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            name.push(char::from(byte));
        } else {
            write!(name, "%{byte:02X}").expect("text takes every character");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_hold_no_path() {
        assert_eq!(hive_value("CN-YANGSHAN-3"), "CN-YANGSHAN-3");
        assert_eq!(hive_value("../a b=é"), "..%2Fa%20b%3D%C3%A9");
    }
}
