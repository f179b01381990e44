//! From the queue to the log: frames become submissions, and the cursor follows the log.

use super::frame::Frame;
use super::line::Line;
use super::queue::Batch;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use sealane_data::feed::Grouping;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Submissions of one feed that are on their way to the log at once.
const UNDER_WAY: usize = 32;
/// How long lines wait for others, so that a submission is worth its row.
const LINGER: Duration = Duration::from_millis(100);
/// How long to wait when the file of waiting frames cannot be read.
const REST: Duration = Duration::from_secs(1);

/// Stores what waits until the queue is closed and empty, or the log does not take it and `stop` is told.
pub(super) async fn pump(line: std::sync::Arc<Line>, stop: CancellationToken) {
    loop {
        match line.queue().take().await {
            Ok(Some(batch)) => {
                // What waits on the disk is safe there: the process need not wait for it.
                if stop.is_cancelled() && batch.waits_on_disk() {
                    break;
                }
                if !store(&line, batch, &stop).await {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                line.health().trouble(format!("waiting frames cannot be read: {error}"));
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(REST) => {}
                }
            }
        }
        if line.feed().grouping == Grouping::Lines || line.thinner().is_some() {
            let _ = tokio::time::timeout(LINGER, stop.cancelled()).await;
        }
    }
    if let Err(error) = line.queue().keep() {
        tracing::error!(feed = %line.feed().id, %error, "frames that waited in memory are lost");
    }
}

/// Stores a batch; returns whether to go on.
async fn store(line: &Line, batch: Batch, stop: &CancellationToken) -> bool {
    let done = {
        let submissions = submissions(line, &batch.frames);
        let stored = futures_util::stream::iter(submissions)
            .map(|(bytes, at)| async move { line.store(bytes, "", at, stop).await })
            .buffered(UNDER_WAY);
        let mut stored = std::pin::pin!(stored);
        let mut all = true;
        while let Some(outcome) = stored.next().await {
            match outcome {
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    line.health().refused("refused");
                    line.health().trouble(error.to_string());
                }
                None => all = false,
            }
        }
        all
    };
    if !done {
        line.queue().put_back(batch);
        return false;
    }
    if let Some(cursor) = batch.frames.iter().rev().find_map(|f| f.cursor.as_deref()) {
        line.save_cursor(cursor);
    }
    if let Err(error) = line.queue().stored(&batch) {
        line.health().trouble(format!("the file of waiting frames cannot be shortened: {error}"));
    }
    true
}

/// Returns the submissions of some frames, with when their bytes came.
fn submissions(line: &Line, frames: &[Frame]) -> Vec<(Vec<u8>, Timestamp)> {
    let last = frames.last().map_or(Timestamp::UNIX_EPOCH, |f| f.at);
    if let Some(mut thinner) = line.thinner() {
        let mut kept = Vec::new();
        for frame in frames {
            thinner.frame(frame.at, &frame.bytes, &mut kept);
        }
        return if kept.is_empty() { Vec::new() } else { vec![(kept, last)] };
    }
    match line.feed().grouping {
        Grouping::Each => frames.iter().map(|f| (f.bytes.clone(), f.at)).collect(),
        Grouping::Lines => {
            let mut bytes = Vec::new();
            for frame in frames {
                bytes.extend(&frame.bytes);
                bytes.push(b'\n');
            }
            vec![(bytes, last)]
        }
    }
}
