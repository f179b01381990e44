//! The stages of taking a file in, one after another on one thread: where the time goes.

use crate::house;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::recorded::Recorded;
use sealane_data::submission::{Content, Source, SubmissionId};
use sealane_ingest::{Item, ReadContext, read_stream};
use sealane_log::{CHUNK, CompressedChunk, EncodedMessage, Log, MAX_OBSERVATIONS, SqliteLog, Work};
use sealane_mapper::World;
use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// What each stage took for a file.
#[derive(Default)]
pub(crate) struct Stages {
    pub(crate) observations: u64,
    pub(crate) messages: u64,
    /// SHA-256 of the bytes.
    pub(crate) digest: Duration,
    /// Raw bytes compressed.
    pub(crate) raw: Duration,
    /// Bytes to observations.
    pub(crate) read: Duration,
    /// Messages to blocks.
    pub(crate) encode: Duration,
    /// Blocks synced to disk, without a world.
    pub(crate) commit: Duration,
    /// Records filed in a world, with what it says of changes.
    pub(crate) apply: Duration,
}

/// Measures every stage alone.
pub(crate) fn measure(path: &Path) -> Stages {
    let mut stages = Stages::default();
    bytes(path, &mut stages);
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    let start = Instant::now();
    read_stream(File::open(path).unwrap(), cx, &mut |item| {
        if let Item::Message(message) = item {
            stages.messages += 1;
            stages.observations += message.observations.len() as u64;
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    stages.read = start.elapsed();
    let mut bench = Bench::open();
    read_stream(File::open(path).unwrap(), cx, &mut |item| {
        if let Item::Message(message) = item {
            let start = Instant::now();
            let message = EncodedMessage::encode(message).unwrap();
            stages.encode += start.elapsed();
            bench.add(message, &mut stages);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    bench.flush(&mut stages);
    stages
}

fn bytes(path: &Path, stages: &mut Stages) {
    use sealane_data::submission::Sha256;
    let mut file = File::open(path).unwrap();
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        if (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).unwrap() == 0 {
            return;
        }
        let start = Instant::now();
        std::hint::black_box(Sha256::of(&chunk));
        stages.digest += start.elapsed();
        let start = Instant::now();
        std::hint::black_box(CompressedChunk::compress(&chunk).unwrap());
        stages.raw += start.elapsed();
    }
}

/// A log and a world of their own.
struct Bench {
    log: SqliteLog,
    world: World,
    waiting: Vec<EncodedMessage>,
    weight: usize,
    _folder: tempfile::TempDir,
}

const ID: &str = "sub_measure";

impl Bench {
    fn open() -> Self {
        let folder = house::folder();
        let mut log = SqliteLog::open(folder.path()).unwrap();
        let begin = Work::Begin {
            id: SubmissionId(ID.into()),
            party: PartyId::operator(),
            source: Source { transport: "file".into(), name: String::new() },
            content: Content::Feed,
            received: jiff::Timestamp::UNIX_EPOCH,
            idempotency_key: None,
            sha256: None,
        };
        log.commit(vec![begin]).unwrap();
        let world = World::new(Places::embedded(), &[Partner::operator()]);
        Self { log, world, waiting: Vec::new(), weight: 0, _folder: folder }
    }

    fn add(&mut self, message: EncodedMessage, stages: &mut Stages) {
        let weight = message.record().observations.len();
        if self.weight + weight > MAX_OBSERVATIONS {
            self.flush(stages);
        }
        self.weight += weight;
        self.waiting.push(message);
    }

    fn flush(&mut self, stages: &mut Stages) {
        let (submission, party) = (SubmissionId(ID.into()), PartyId::operator());
        let at = jiff::Timestamp::UNIX_EPOCH;
        let messages = std::mem::take(&mut self.waiting).into_iter();
        let work: Vec<Work> = messages
            .map(|message| Work::Message {
                submission: submission.clone(),
                at,
                party: party.clone(),
                message,
            })
            .collect();
        self.weight = 0;
        let start = Instant::now();
        let recorded: Vec<Recorded> = self.log.commit(work).unwrap().recorded;
        stages.commit += start.elapsed();
        let start = Instant::now();
        std::hint::black_box(self.world.apply(&recorded));
        stages.apply += start.elapsed();
    }
}
