//! How fast the writer is: `cargo run --release -p sealane-log --features contract --example throughput
//! -- [observations, in millions] [observations a message]`.
//!
//! Messages are made and encoded on other threads; only the time inside `commit` is counted, which
//! ends with the data on the disk of the current directory (or `TMPDIR`).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for people who measure")]

use sealane_data::partner::PartyId;
use sealane_data::submission::{Content, Source, SubmissionId};
use sealane_log::{EncodedMessage, Log, LogReader as _, MAX_OBSERVATIONS, SqliteLog, Work, sample};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>().unwrap());
    let total = arguments.next().unwrap_or(10) * 1_000_000;
    let width = arguments.next().unwrap_or(250).clamp(1, MAX_OBSERVATIONS as u64);
    let directory = tempfile::tempdir_in(std::env::var_os("TMPDIR").unwrap_or_else(|| ".".into())).unwrap();
    let mut log = SqliteLog::open(directory.path()).unwrap();
    let done = write(&mut log, &encoded(total, width));
    let bytes = std::fs::metadata(directory.path().join(SqliteLog::FILE)).unwrap().len();
    println!("{:.1} bytes an observation", bytes as f64 / done as f64);
    read(&log);
}

/// Encodes messages on two threads, a commit's worth at a time.
fn encoded(total: u64, width: u64) -> Receiver<Vec<EncodedMessage>> {
    let (send, receive) = sync_channel(8);
    let per_commit = MAX_OBSERVATIONS as u64 / width;
    let commits = total / width / per_commit;
    for half in 0..2 {
        let send = send.clone();
        std::thread::spawn(move || {
            let observations = u32::try_from(width).unwrap();
            for commit in (half..commits).step_by(2) {
                let numbers = commit * per_commit..(commit + 1) * per_commit;
                let encode = |n| EncodedMessage::encode(sample::message(n, observations)).unwrap();
                send.send(numbers.map(encode).collect()).unwrap();
            }
        });
    }
    receive
}

/// Commits everything and tells how fast each million went; returns how many observations there were.
fn write(log: &mut SqliteLog, commits: &Receiver<Vec<EncodedMessage>>) -> u64 {
    let (id, party) = (SubmissionId("sub_1".into()), PartyId("hall".into()));
    let at = jiff::Timestamp::UNIX_EPOCH;
    let source = Source { transport: "file".into(), name: String::new() };
    log.commit(vec![Work::Begin {
        id: id.clone(),
        party: party.clone(),
        source,
        content: Content::Feed,
        received: at,
        idempotency_key: None,
        sha256: None,
    }])
    .unwrap();
    let (mut busy, mut slowest, mut recent) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let (mut done, mut told) = (0, 0);
    let started = Instant::now();
    for messages in commits {
        let append = |message| Work::Message { submission: id.clone(), at, party: party.clone(), message };
        let work = messages.into_iter().map(append).collect();
        let start = Instant::now();
        let committed = log.commit(work).unwrap();
        let took = start.elapsed();
        (busy, recent, slowest) = (busy + took, recent + took, slowest.max(took));
        done += committed.recorded.iter().map(|r| r.entry.width()).sum::<u64>();
        if done - told >= 1_000_000 {
            println!(
                "{done:>10} observations: {:>9.0}/s in commit",
                (done - told) as f64 / recent.as_secs_f64()
            );
            (told, recent) = (done, Duration::ZERO);
        }
    }
    let rate = |time: Duration| done as f64 / time.as_secs_f64();
    println!("{:.0}/s in commit, slowest commit {slowest:?}", rate(busy));
    println!("{:.0}/s by the writer's processor time", rate(processor_time()));
    println!("{:.0}/s with encoding beside it", rate(started.elapsed()));
    done
}

/// Reads everything back, as at a start.
fn read(log: &SqliteLog) {
    let start = Instant::now();
    let (mut after, mut read) = (0, 0);
    loop {
        let batch = log.read(after, 50_000).unwrap();
        let Some(last) = batch.last() else { break };
        (after, read) = (last.last_seq(), read + batch.iter().map(|r| r.entry.width()).sum::<u64>());
    }
    println!("{:.0}/s read and decoded by one thread", read as f64 / start.elapsed().as_secs_f64());
}

/// Returns how long this thread was on a processor, where the system tells: others may be busy too.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}
