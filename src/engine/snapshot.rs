//! Snapshots beside the log: a start reads the last one, and of the log only what came after it.
//!
//! A snapshot is only a cache: it may be deleted at any time. One that another program wrote, that belongs to
//! another log or other profiles, or that is damaged, is left aside, and the whole log is folded.

use super::Handle;
use super::pulse::Pulse;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use sealane_api::Shared;
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_data::recorded::{Recorded, Seq};
use sealane_data::submission::SubmissionId;
use sealane_log::{LogReader, SqliteReader};
use sealane_mapper::{Snapshot, World};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The file in the data directory.
pub(crate) const FILE: &str = "snapshot";
/// How often the log's growth is looked at.
const LOOK: Duration = Duration::from_secs(20);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_mins(10);
/// Decisions that are read at once.
const DECISIONS: usize = 10_000;
/// The compression level: the fastest.
const LEVEL: i32 = 1;
/// About how many bytes of a snapshot an observation takes: what must be free on the disk.
const BYTES_EACH: u64 = 32;

/// When a snapshot is worth its writing: so many sequence numbers after the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// While the engine runs.
    pub running: u64,
    /// When it stops.
    pub stopping: u64,
}

impl Default for Worth {
    fn default() -> Self {
        Self { running: 1_000_000, stopping: 100_000 }
    }
}

/// What a snapshot belongs to, and what the world does not hold.
#[derive(Serialize, Deserialize)]
struct Head {
    /// A digest of the program that wrote it: another one may fold otherwise.
    program: String,
    seq: Seq,
    /// The submission that the last entry came in: ids are random, so no other log has it there.
    submission: SubmissionId,
    /// When each part of the log was received.
    instants: Vec<(Seq, Timestamp)>,
}

/// A world from a snapshot, and when each part of the log was received.
pub(super) struct Kept {
    pub(super) world: World,
    pub(super) instants: Vec<(Seq, Timestamp)>,
}

/// Reads the snapshot of a data directory, if there is one that can be used.
pub(super) fn read(
    data: &Path,
    log: &dyn LogReader,
    places: &Arc<Places>,
    partners: &[Partner],
) -> Option<Kept> {
    sweep(data);
    let path = data.join(FILE);
    let file = File::open(&path).ok()?;
    let begun = Instant::now();
    match try_read(file, log, places, partners) {
        Ok(Some(kept)) => {
            tracing::info!(seq = kept.world.seq(), took = ?begun.elapsed(), "began from the snapshot");
            Some(kept)
        }
        Ok(None) => {
            tracing::info!("the snapshot is of another program, log or profile: all of the log is read");
            None
        }
        Err(error) => {
            tracing::warn!(
                path = %path.display(),
                error = format!("{error:#}"),
                "the snapshot is damaged and left aside: all of the log is read"
            );
            None
        }
    }
}

/// Removes what a writer left that was killed.
fn sweep(data: &Path) {
    let half = |name: &str| name.starts_with(&format!(".{FILE}."));
    for entry in std::fs::read_dir(data).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(half) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn try_read(
    file: File,
    log: &dyn LogReader,
    places: &Arc<Places>,
    partners: &[Partner],
) -> Result<Option<Kept>> {
    let mut from = BufReader::with_capacity(1 << 20, zstd::Decoder::new(file)?);
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let mut head = Vec::new();
    (&mut from).take(u64::from_le_bytes(length)).read_to_end(&mut head)?;
    let head: Head = serde_json::from_slice(&head)?;
    if head.program != program()? || log.told_at(head.seq)? != Some(head.submission) {
        return Ok(None);
    }
    let kept = Snapshot::read(&mut from)?;
    // The end of the frame has the checksum of all that was read.
    anyhow::ensure!(from.read(&mut [0])? == 0, "something stands behind its end");
    anyhow::ensure!(kept.seq() == head.seq, "its parts are of different times");
    let world = match World::restore(places.clone(), partners, kept) {
        Err(sealane_mapper::SnapshotError::Profiles) => return Ok(None),
        restored => restored?,
    };
    Ok(Some(Kept { world, instants: head.instants }))
}

/// Tells a house that begins from a snapshot what was decided up to there.
pub(super) fn decide(log: &dyn LogReader, shared: &Shared) -> Result<()> {
    let (mut after, upto) = (0, shared.seq());
    loop {
        let mut batch = log.decided(after, DECISIONS)?;
        let whole = batch.len() == DECISIONS;
        batch.retain(|r| r.seq <= upto);
        let Some(last) = batch.last().map(Recorded::last_seq) else { return Ok(()) };
        shared.decide(&batch);
        if !whole {
            return Ok(());
        }
        after = last;
    }
}

/// Writes snapshots as the log grows.
pub(super) struct Saver {
    handle: Handle,
    worth: Worth,
    /// The log position of the last snapshot.
    last: Seq,
    /// When one that failed is tried again.
    again: Option<Instant>,
}

impl Saver {
    pub(super) fn new(handle: Handle, worth: Worth, last: Seq) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { handle, worth, last, again: None }))
    }

    /// Starts looking whether the log has grown enough.
    pub(super) fn start(saver: Arc<Mutex<Self>>) -> std::io::Result<Pulse> {
        Pulse::start("sealane-snapshot", move |_| {
            let mut saver = saver.lock().unwrap_or_else(PoisonError::into_inner);
            let worth = saver.worth.running;
            saver.save_after(worth);
            LOOK
        })
    }

    /// Writes what is worth it when the engine stops.
    pub(super) fn stop(&mut self) {
        self.again = None;
        self.save_after(self.worth.stopping);
    }

    fn save_after(&mut self, grown: u64) {
        let seq = self.handle.shared.seq();
        let early = self.again.is_some_and(|at| Instant::now() < at);
        if early || seq < self.last.saturating_add(grown.max(1)) {
            return;
        }
        let begun = Instant::now();
        match self.save() {
            Ok(bytes) => {
                (self.last, self.again) = (seq, None);
                tracing::info!(seq, bytes, took = ?begun.elapsed(), "wrote a snapshot");
            }
            Err(error) => {
                self.again = Some(Instant::now() + AGAIN);
                let error = format!("{error:#}");
                tracing::warn!(error, "no snapshot could be written: the next start may take longer");
            }
        }
    }

    /// Writes a snapshot; returns how many bytes it has.
    fn save(&self) -> Result<u64> {
        let Handle { shared, room, data, .. } = &self.handle;
        room.check(shared.seq().saturating_mul(BYTES_EACH)).context("the disk is short")?;
        let (kept, instants) = shared.snapshot();
        let seq = kept.seq();
        let submission = SqliteReader::open(data)?.told_at(seq)?.context("the log ends before the world")?;
        let head = Head { program: program()?, seq, submission, instants };
        let path = data.join(FILE);
        crate::files::write_private_by(&path, |file| {
            let head = serde_json::to_vec(&head)?;
            let mut to = zstd::Encoder::new(BufWriter::with_capacity(1 << 20, file), LEVEL)?;
            to.include_checksum(true)?;
            let mut to = BufWriter::with_capacity(1 << 20, to);
            to.write_all(&(head.len() as u64).to_le_bytes())?;
            to.write_all(&head)?;
            kept.write(&mut to).map_err(std::io::Error::other)?;
            to.into_inner().map_err(std::io::IntoInnerError::into_error)?.finish()?.flush()
        })?;
        Ok(std::fs::metadata(&path)?.len())
    }
}

/// Returns a digest of the program that runs.
fn program() -> Result<String> {
    static DIGEST: OnceLock<String> = OnceLock::new();
    if let Some(digest) = DIGEST.get() {
        return Ok(digest.clone());
    }
    // What runs, also when another file has its name by now.
    let mut file = File::open("/proc/self/exe").context("cannot read the program")?;
    let mut digest = Sha256::new();
    std::io::copy(&mut file, &mut digest)?;
    Ok(DIGEST.get_or_init(|| sealane_data::submission::Sha256(digest.finalize().into()).hex()).clone())
}
