//! How fast the writer is: `cargo run --release -p sealane-log --features contract --example throughput
//! -- [observations, in millions] [observations a message]`.
//!
//! Messages are made and encoded on other threads; only the time inside `commit` is counted, which
//! ends with the data on the disk.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for people who measure")]

use sealane_data::partner::PartyId;
use sealane_data::submission::{Content, Source, SubmissionId};
use sealane_log::{EncodedMessage, Log, LogReader as _, MAX_OBSERVATIONS, SqliteLog, Work, sample};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>().unwrap());
    let total = arguments.next().unwrap_or(10) * 1_000_000;
    let width = arguments.next().unwrap_or(250);
    let directory = tempfile::tempdir_in(std::env::var_os("TMPDIR").unwrap_or_else(|| ".".into())).unwrap();
    let mut log = SqliteLog::open(directory.path()).unwrap();
    let party = PartyId("hall".into());
    let id = SubmissionId("sub_1".into());
    let at = jiff::Timestamp::UNIX_EPOCH;
    let source = Source { transport: "file".into(), name: String::new() };
    let begin = Work::Begin {
        id: id.clone(),
        party: party.clone(),
        source,
        content: Content::Feed,
        received: at,
        idempotency_key: None,
        sha256: None,
    };
    log.commit(vec![begin]).unwrap();

    let (send, receive) = sync_channel::<Vec<EncodedMessage>>(8);
    let per_commit = MAX_OBSERVATIONS as u64 / width;
    let commits = total / width / per_commit;
    for half in 0..2 {
        let send = send.clone();
        std::thread::spawn(move || {
            for commit in (half..commits).step_by(2) {
                let numbers = commit * per_commit..(commit + 1) * per_commit;
                let encode =
                    |n| EncodedMessage::encode(sample::message(n, u32::try_from(width).unwrap())).unwrap();
                send.send(numbers.map(encode).collect()).unwrap();
            }
        });
    }
    drop(send);

    let (mut busy, mut slowest, mut recent) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let started = Instant::now();
    let (mut done, mut told) = (0, 0);
    for messages in receive {
        let work = messages
            .into_iter()
            .map(|message| Work::Message { submission: id.clone(), at, party: party.clone(), message })
            .collect();
        let start = Instant::now();
        let committed = log.commit(work).unwrap();
        let took = start.elapsed();
        (busy, recent, slowest) = (busy + took, recent + took, slowest.max(took));
        done += committed.recorded.len() as u64 * width;
        if done - told >= 1_000_000 || done == total {
            println!(
                "{done:>10} observations: {:>9.0}/s in commit",
                (done - told) as f64 / recent.as_secs_f64()
            );
            (told, recent) = (done, Duration::ZERO);
        }
    }
    let bytes = std::fs::metadata(directory.path().join(SqliteLog::FILE)).unwrap().len();
    println!(
        "{:.0}/s in commit, {:.0}/s with encoding, {:.1} bytes each, slowest commit {slowest:?}",
        done as f64 / busy.as_secs_f64(),
        done as f64 / started.elapsed().as_secs_f64(),
        bytes as f64 / done as f64
    );
    println!("{:.0}/s by the writer's processor time", done as f64 / processor_time().as_secs_f64());
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
