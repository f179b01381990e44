//! Starting an engine: lock, log, profiles, the fold of what is there, then the writer.

use super::profiles::Profiles;
use super::queue::Queue;
use super::room::{Reserve, Room};
use super::snapshot::{self, Kept, Saver, Worth};
use super::writer::Writer;
use super::{Engine, Figures, Handle, certificates, erase, ids, watch};
use crate::config::Config;
use anyhow::{Context as _, Result};
use arc_swap::ArcSwap;
use sealane_api::{Lookout, Shared};
use sealane_data::feed::FeedsStatus;
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_data::recorded::{Recorded, Seq};
use sealane_ingest::transports::Clock;
use sealane_lake::Lake;
use sealane_log::{Log, LogReader as _, SqliteLog, SqliteReader};
use sealane_mapper::World;
use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// How many observations one step of the fold takes.
pub(crate) const FOLD_STEP: usize = 50_000;

/// How an engine is started.
pub struct Options {
    /// Submissions that may wait for the writer.
    pub max_waiting: usize,
    /// Their bytes, from arrival to answer.
    pub max_waiting_bytes: u64,
    /// What has to stay free on the disk.
    pub reserve: Reserve,
    /// How long raw bytes are kept; without it, for ever.
    pub raw_days: Option<u32>,
    /// What time it is.
    pub clock: Clock,
    /// Profiles beside those in `DATA/partners/`.
    pub partners: Vec<Partner>,
    /// When snapshots are written.
    pub snapshots: Worth,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_waiting: 1024,
            max_waiting_bytes: 256 << 20,
            reserve: Reserve::NONE,
            raw_days: None,
            clock: Clock::default(),
            partners: Vec::new(),
            snapshots: Worth::default(),
        }
    }
}

impl From<&Config> for Options {
    fn from(config: &Config) -> Self {
        Self {
            max_waiting: config.max_waiting,
            max_waiting_bytes: config.max_waiting_bytes,
            reserve: config.disk.reserve(),
            raw_days: config.retention.raw_days,
            ..Self::default()
        }
    }
}

/// What is told while the log is folded: sequence numbers done and in all.
pub type Starting<'a> = dyn FnMut(u64, u64) + 'a;

impl Engine {
    /// Opens a data directory, making it if need be, and folds its log.
    pub fn open(data: &Path, options: Options, told: &mut Starting<'_>) -> Result<Self> {
        crate::files::make_private(data).with_context(|| format!("cannot make `{}`", data.display()))?;
        let log = SqliteLog::open(data)?;
        let mut profiles = Profiles::new(data.join("partners"), options.partners);
        profiles.refresh(&Places::embedded());
        if let Some(bad) = profiles.problems().first() {
            anyhow::bail!("partner file `{}` is not valid: {}", bad.file, bad.problem);
        }
        let partners = profiles.partners();
        let epoch = ids::epoch()?;
        let shared = Arc::new(begin(data, &log, &partners, epoch)?);
        let kept = shared.seq();
        let lake = Arc::new(Lake::open(&data.join("lake"), &lake_epoch(&log, &shared, &partners)?)?);
        fold(data, kept, log.last_seq()?, &shared, told)?;
        let figures = Figures::new(shared.clone(), lake.clone(), lake.resume(shared.seq()));
        let queue = Arc::new(Queue::new(options.max_waiting, 4));
        let readers = Arc::new(Mutex::new(log.reader()?));
        let messages = Mutex::new(log.reader()?);
        // A reader of its own: who is asked for each submission must not wait for who reads a large one.
        let older = if log.has_older_keys()? { Some(Arc::new(Mutex::new(log.reader()?))) } else { None };
        shared.read_messages_with(Box::new(move |wanted| certificates::messages(&messages, wanted)));
        let room = Room::new(data, options.reserve, options.max_waiting_bytes);
        let writer = Writer {
            log: Box::new(log),
            shared: shared.clone(),
            queue: queue.clone(),
            room: room.clone(),
            broken: false,
            figures: figures.clone(),
        };
        let writer =
            std::thread::Builder::new().name("sealane-writer".to_owned()).spawn(move || writer.run())?;
        let handle = Handle {
            queue,
            shared,
            figures,
            partners: Arc::new(ArcSwap::from_pointee(partners)),
            readers,
            older,
            reading: Arc::new(Semaphore::new(super::READING)),
            marking: Arc::new(Semaphore::new(super::MARKING)),
            edits: Arc::default(),
            room,
            profiles: Arc::new(Mutex::new(profiles)),
            board: Arc::default(),
            clock: options.clock,
            registries: Arc::default(),
            data: data.into(),
        };
        handle.shared.look_out_with(lookout(&handle));
        let saver = Saver::new(handle.clone(), options.snapshots, kept);
        let pulses = vec![
            erase::keep_house(handle.clone(), options.raw_days)?,
            certificates::schedule(handle.clone())?,
            Saver::start(saver.clone())?,
        ];
        let (stop, stopped) = std::sync::mpsc::channel();
        let watched = handle.clone();
        let following = std::thread::Builder::new()
            .name("sealane-partners".to_owned())
            .spawn(move || watch::watch(&watched, &stopped))?;
        Ok(Self { handle, pulses, saver, writer: Some(writer), watcher: Some((stop, following)) })
    }
}

/// Returns where what is served learns the time and the state of the feeds.
fn lookout(handle: &Handle) -> Lookout {
    let (now, board, clock) = (handle.clock.clone(), handle.board.clone(), handle.clock.clone());
    let feeds = move || FeedsStatus { feeds: board.at(clock.now()), ..FeedsStatus::default() };
    Lookout { now: Box::new(move || now.now()), feeds: Box::new(feeds) }
}

/// Batches that are read ahead of the fold.
const AHEAD: usize = 2;

/// Returns a house that begins from the snapshot, if there is one, or with nothing.
fn begin(data: &Path, log: &SqliteLog, partners: &[Partner], epoch: String) -> Result<Shared> {
    let places = Places::embedded();
    let secret = secret(&data.join("token.secret"))?;
    let Some(Kept { world, instants }) = snapshot::read(data, log, &places, partners) else {
        return Ok(Shared::new(World::new(places, partners), secret, epoch));
    };
    let shared = Shared::new(world, secret, epoch);
    shared.begin(instants);
    snapshot::decide(log, &shared)?;
    Ok(shared)
}

/// Folds what comes after `kept` in the log; a second thread reads ahead, for decoding takes as long as folding.
fn fold(data: &Path, kept: Seq, last: Seq, shared: &Shared, told: &mut Starting<'_>) -> Result<()> {
    let (ahead, batches) = sync_channel(AHEAD);
    let log = SqliteReader::open(data)?;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut done = kept;
            while done < last {
                let batch = log.read(done, FOLD_STEP);
                done = batch.as_ref().ok().and_then(|b| b.last()).map_or(last, Recorded::last_seq);
                // Nobody takes it any more when an earlier batch could not be read.
                if ahead.send(batch).is_err() {
                    break;
                }
            }
        });
        for batch in batches {
            let batch = batch?;
            let Some(newest) = batch.last() else { break };
            shared.load(&batch);
            told(newest.last_seq(), last);
        }
        Ok(())
    })
}

/// Raised when the fold comes to other quay moves from the same log: lakes are then rewritten.
const FOLD_VERSION: u32 = 1;

/// Returns what a lake belongs to: this log, this table of nodes, these profiles, this fold.
fn lake_epoch(log: &SqliteLog, shared: &Shared, partners: &[Partner]) -> Result<String> {
    let places = shared.read(|world, _| world.places().version());
    // A submission's id is random: the first one in the log tells it from every other log.
    let first = log.read(0, 1)?.first().map(|r| r.submission.to_string()).unwrap_or_default();
    // Aliases, zones and belief decide which moves count where.
    let profiles = sealane_data::submission::Sha256::of(&serde_json::to_vec(partners)?).hex();
    Ok(format!("{first}/{places:016x}/{FOLD_VERSION}/{}", profiles.get(..16).unwrap_or_default()))
}

/// Returns the secret that container tokens are made with; it is made at the first start.
fn secret(path: &Path) -> Result<[u8; 32]> {
    let mut secret = [0_u8; 32];
    if path.exists() {
        let mut file = std::fs::File::open(path)?;
        file.read_exact(&mut secret).with_context(|| format!("`{}` is cut short", path.display()))?;
    } else {
        getrandom::fill(&mut secret)?;
        crate::files::write_private(path, &secret)?;
    }
    Ok(secret)
}
