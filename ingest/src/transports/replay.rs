//! Recorded frames are played again, at their pace or as fast as they are stored.

use super::line::Line;
use super::record::Recorded;
use jiff::SignedDuration;
use sealane_data::feed::Replay;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio_util::sync::CancellationToken;

/// Frames that may wait while a replay goes as fast as it can.
const AHEAD: usize = 5_000;
/// How long a replay rests when so many wait.
const REST: Duration = Duration::from_millis(5);

pub(super) async fn run(line: &Line, replay: &Replay, stop: &CancellationToken) {
    tokio::select! {
        played = play(line, replay) => match played {
            Ok(()) => line.health().ended(),
            Err(error) => line.health().trouble(format!("`{}` cannot be played: {error}", replay.file.display())),
        },
        () = stop.cancelled() => {}
    }
}

async fn play(line: &Line, replay: &Replay) -> std::io::Result<()> {
    let mut lines = BufReader::new(tokio::fs::File::open(&replay.file).await?).lines();
    line.health().connected(line.now());
    let began = Instant::now();
    let mut first = None;
    while let Some(text) = lines.next_line().await? {
        let Some(frame) = serde_json::from_str::<Recorded>(&text).ok().and_then(Recorded::frame) else {
            line.health().refused("no_frame");
            continue;
        };
        let since = frame.at.duration_since(*first.get_or_insert(frame.at));
        wait(line, since, replay.speed, began).await;
        if !line.frame(frame) {
            return Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
        }
    }
    Ok(())
}

async fn wait(line: &Line, since: SignedDuration, speed: u32, began: Instant) {
    if speed > 0 {
        let due = since.unsigned_abs() / speed;
        tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
        return;
    }
    while line.queue().waiting().frames >= AHEAD {
        tokio::time::sleep(REST).await;
    }
}
