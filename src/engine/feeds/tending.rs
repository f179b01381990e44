//! Looking after the feeds: who has gone silent, who came back, and what depends on them.

use super::home;
use super::memory::{self, Memory};
use super::notice::{Happened, Notices};
use crate::engine::job::Task;
use crate::engine::{Handle, reading};
use jiff::Timestamp;
use sealane_api::Shared;
use sealane_data::Text;
use sealane_data::feed::{Carries, Feed, FeedHealth, FeedId, FeedState};
use sealane_data::prediction::{Predicted, Prediction};
use sealane_data::recorded::{Entry, FeedNote};
use sealane_mapper::world::Voyages;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often the feeds are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is kept when a feed was heard last.
const SAVED_EVERY: Duration = Duration::from_secs(30);
/// How often arrivals are reckoned; what changed by less than a quarter of an hour is not published again.
const PREDICTED_EVERY: Duration = Duration::from_mins(1);

/// Ships that are reckoned while the writer waits.
const PART: usize = 64;

/// What is kept of a feed from one look to the next.
struct Tended {
    memory: Memory,
    saved: Instant,
    /// What was counted at the last look.
    counted: Option<FeedHealth>,
}

/// Looks after the feeds until it is told to stop.
pub(super) async fn tend(handle: Handle, notices: Notices, stop: CancellationToken) {
    // By line: a feed that is started anew is looked at anew.
    let mut known: BTreeMap<usize, Tended> = BTreeMap::new();
    let mut predicted = Instant::now();
    while !stop.is_cancelled() {
        let lines = handle.board.lines();
        known.retain(|at, _| lines.iter().any(|line| Arc::as_ptr(line) as usize == *at));
        for line in lines {
            let own = home(&handle.data, line.feed()).own;
            let now = handle.clock.now();
            let memory = || memory::load(&own).resumed(line.feed(), now);
            let fresh = || Tended { memory: memory(), saved: Instant::now(), counted: None };
            let tended = known.entry(Arc::as_ptr(&line) as usize).or_insert_with(fresh);
            let health = line.status(now);
            let after = look(&handle, &notices, line.feed(), &health, tended.memory).await;
            line.health().whole(after.whole_since);
            let told = |m: &Memory| (m.kept, m.told, m.whole_since);
            let news = told(&after) != told(&tended.memory);
            if news || (after != tended.memory && tended.saved.elapsed() >= SAVED_EVERY) {
                keep(&health.id, &own, &after);
                (tended.memory, tended.saved) = (after, Instant::now());
            }
            measure(&health, tended.counted.as_ref(), now);
            tended.counted = Some(health);
        }
        if predicted.elapsed() >= PREDICTED_EVERY {
            predicted = Instant::now();
            predict(&handle).await;
        }
        let _ = tokio::time::timeout(EVERY, stop.cancelled()).await;
    }
}

/// Keeps when ships should reach their stops, where that has changed since it was last published.
async fn predict(handle: &Handle) {
    let now = handle.clock.now();
    let shared = handle.shared.clone();
    let reckon = move || reckoned(&shared, now);
    let Ok(stops) = tokio::task::spawn_blocking(reckon).await else { return };
    if stops.is_empty() {
        return;
    }
    let entry = Entry::Predicted(Box::new(Predicted { made: now, stops }));
    if let Err(error) = handle.happened("predictions", vec![entry]).await {
        tracing::warn!(error = format!("{error:#}"), "predictions cannot be kept yet");
    }
}

/// Reckons a part of the ships at a time: the writer never waits for all of them.
fn reckoned(shared: &Shared, now: Timestamp) -> Vec<Prediction> {
    let count = shared.read(|world, _| world.ship_count());
    let parts = || (0..count).step_by(PART).map(|from| from..from + PART);
    let mut voyages = Voyages::default();
    parts().for_each(|part| shared.read(|world, _| world.add_voyages(part, &mut voyages)));
    parts().flat_map(|part| shared.read(|world, _| world.predictions_of(part, &voyages, now))).collect()
}

fn keep(id: &FeedId, own: &Path, memory: &Memory) {
    if let Err(error) = memory::save(own, memory) {
        tracing::warn!(feed = %id, error = format!("{error:#}"), "what is known of a feed cannot be kept");
    }
}

/// Tells once when a feed goes silent, and once when it returns: in the log, and to who is to be told.
async fn look(
    handle: &Handle,
    notices: &Notices,
    feed: &Feed,
    health: &FeedHealth,
    before: Memory,
) -> Memory {
    let mut after = before.after(health);
    if before.kept.is_some() != health.stale_since.is_some() {
        match handle.silence(feed, health.stale_since).await {
            Ok(()) => after.kept = health.stale_since,
            // It is tried again at the next look.
            Err(error) => {
                tracing::error!(feed = %feed.id, error = format!("{error:#}"), "the silence of a feed cannot be kept");
            }
        }
    }
    let happened = match (before.told, health.stale_since) {
        (None, Some(since)) => Happened::Silent { since },
        (Some(since), None) => Happened::Returned { since },
        _ => return after,
    };
    match happened {
        Happened::Silent { .. } => tracing::warn!(feed = %feed.id, "feed is silent"),
        Happened::Returned { .. } => tracing::info!(feed = %feed.id, "feed is back"),
    }
    after.told = health.stale_since;
    // A receiver that does not answer keeps nobody waiting.
    let (shared, feed, notices, health) =
        (handle.shared.clone(), feed.clone(), notices.clone(), health.clone());
    tokio::spawn(async move {
        let count = move || if depends(&feed) { shared.certificates_at(&feed.nodes) } else { 0 };
        let affected = tokio::task::spawn_blocking(count).await.unwrap_or(0);
        notices.insist(&health, happened, affected).await;
    });
    after
}

/// Whether anything on the map depends on a feed: the nodes it names, or ships at sea.
fn depends(feed: &Feed) -> bool {
    !feed.nodes.is_empty() || feed.carries == Carries::Positions
}

impl Handle {
    /// Keeps since when a feed has been silent, or that it is so no more, where anything depends on it.
    pub(super) async fn silence(&self, feed: &Feed, stale_since: Option<Timestamp>) -> anyhow::Result<()> {
        if !depends(feed) {
            return Ok(());
        }
        let note = FeedNote { feed: feed.id.clone(), nodes: feed.nodes.clone(), stale_since };
        self.happened(&feed.id.0, vec![Entry::Feed(note)]).await
    }
}

/// Gives the measures of a feed.
fn measure(health: &FeedHealth, before: Option<&FeedHealth>, now: Timestamp) {
    let feed = || health.id.to_string();
    let age = |at: Option<Timestamp>| at.map(|at| now.duration_since(at).as_secs_f64());
    for (name, at) in [
        ("sealane_feed_last_frame_age_seconds", health.last_frame),
        ("sealane_feed_last_event_age_seconds", health.last_event),
    ] {
        if let Some(age) = age(at) {
            metrics::gauge!(name, "feed" => feed()).set(age);
        }
    }
    metrics::gauge!("sealane_feed_silent", "feed" => feed())
        .set(f64::from(u8::from(health.state == FeedState::Silent)));
    metrics::gauge!("sealane_feed_queue_depth", "feed" => feed()).set(health.waiting as f64);
    metrics::gauge!("sealane_feed_spilled_bytes", "feed" => feed()).set(health.spilled as f64);
    // A line that starts anew counts from nothing: what is told are the steps.
    let step = |count: fn(&FeedHealth) -> u64| count(health) - before.map_or(0, count).min(count(health));
    metrics::counter!("sealane_feed_frames_total", "feed" => feed()).increment(step(|h| h.frames));
    metrics::counter!("sealane_feed_events_total", "feed" => feed()).increment(step(|h| h.events));
    metrics::counter!("sealane_feed_duplicates_total", "feed" => feed()).increment(step(|h| h.duplicates));
    metrics::counter!("sealane_feed_errors_total", "feed" => feed()).increment(step(|h| h.errors));
    metrics::counter!("sealane_feed_superseded_total", "feed" => feed()).increment(step(|h| h.superseded));
    let steps = |of: fn(&FeedHealth) -> &BTreeMap<Text, u64>| {
        let known = move |reason: &Text| before.and_then(|b| of(b).get(reason).copied()).unwrap_or_default();
        of(health)
            .iter()
            .map(move |(reason, count)| (reason.to_string(), count.saturating_sub(known(reason))))
    };
    for (reason, step) in steps(|h| &h.reconnects) {
        metrics::counter!("sealane_feed_reconnects_total", "feed" => feed(), "reason" => reason)
            .increment(step);
    }
    for (reason, step) in steps(|h| &h.refused) {
        metrics::counter!("sealane_feed_refused_total", "feed" => feed(), "reason" => reason).increment(step);
    }
}

impl Handle {
    /// Keeps what the scheduler says, and applies it; `what` is what it is about.
    pub(super) async fn happened(&self, what: &str, entries: Vec<Entry>) -> anyhow::Result<()> {
        let work = reading::event(what, self.clock.now(), entries)?;
        self.room.check(0)?;
        self.ask(Task::Work(work)).await?;
        Ok(())
    }
}
