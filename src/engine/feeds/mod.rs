//! Feeds: their files, the lines that run, and who is told when one goes silent.

mod board;
mod files;
mod memory;
mod notice;
mod positions;
mod signed;
mod tending;

pub(crate) use board::Board;
pub(crate) use files::feed_files;
pub(crate) use notice::Notices;

use super::Handle;
use super::folder::TomlFolder;
use sealane_data::feed::{Carries, Feed, FeedId};
use sealane_data::operate::ProfileProblem;
use sealane_data::recorded::{Entry, FeedNote};
use sealane_ingest::transports::{Home, Line};
use sealane_mapper::nodes::NodeIndex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(400);
/// How soon what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// How long feeds may take to put away what waits when the process stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// A feed that runs.
struct Running {
    feed: Feed,
    stop: CancellationToken,
    task: JoinHandle<()>,
    /// Whether it was seen that its task has ended.
    over: bool,
}

/// Everything that runs.
struct Runner {
    handle: Handle,
    /// Where positions lie.
    nodes: Arc<NodeIndex>,
    files: TomlFolder<Feed>,
    running: BTreeMap<FeedId, Running>,
    /// Tasks that were told to end and have not yet.
    leaving: BTreeMap<FeedId, JoinHandle<()>>,
    /// When to try again what could not be done.
    again: Option<Instant>,
}

/// Runs the feeds of `DATA/feeds/` until it is told to stop. A changed file restarts its feed only.
pub(crate) async fn run(handle: Handle, notices: Notices, stop: CancellationToken) {
    let files = TomlFolder::new(handle.data.join("feeds"));
    let nodes = Arc::new(NodeIndex::new(handle.shared.read(|world, _| world.places().clone())));
    let mut runner = Runner {
        handle: handle.clone(),
        nodes,
        files,
        running: BTreeMap::new(),
        leaving: BTreeMap::new(),
        again: None,
    };
    let tending = tokio::spawn(tending::tend(handle, notices, stop.clone()));
    while !stop.is_cancelled() {
        runner.look().await;
        let _ = tokio::time::timeout(EVERY, stop.cancelled()).await;
    }
    runner.end().await;
    let _ = tending.await;
}

impl Runner {
    /// Starts, restarts and ends feeds as their files say; what could not be done is tried again.
    async fn look(&mut self) {
        let places = self.handle.shared.read(|world, _| world.places().clone());
        let moved = self.files.refresh(&places).0 | self.bury().await;
        if !moved && self.again.is_none_or(|at| Instant::now() < at) {
            return;
        }
        self.again = None;
        let wanted: Vec<Feed> = self.files.held().cloned().collect();
        let over = self.running.iter().filter(|(_, r)| !wanted.contains(&r.feed));
        let over: Vec<FeedId> = over.map(|(id, _)| id.clone()).collect();
        for id in over {
            self.stop(&id).await;
            self.unsay(&id).await;
        }
        let mut problems = self.files.problems();
        for feed in wanted {
            if self.running.contains_key(&feed.id) {
                continue;
            }
            let id = feed.id.clone();
            if let Err(error) = self.start(feed) {
                tracing::error!(feed = %id, error = format!("{error:#}"), "feed cannot start yet");
                let problem = format!("the feed cannot start yet: {error:#}");
                problems.push(ProfileProblem { file: format!("{id}.toml"), problem });
                self.again = Some(Instant::now() + AGAIN);
            }
        }
        self.handle.board.set_problems(problems);
    }

    /// Takes note of tasks that have ended: one that broke is started again. Returns whether any did.
    async fn bury(&mut self) -> bool {
        self.leaving.retain(|_, task| !task.is_finished());
        let ended = self.running.iter().filter(|(_, r)| r.task.is_finished() && !r.over);
        let ended: Vec<FeedId> = ended.map(|(id, _)| id.clone()).collect();
        let mut broken = false;
        for id in ended {
            let Some(running) = self.running.get_mut(&id) else { continue };
            running.over = true;
            if let Err(error) = (&mut running.task).await {
                tracing::error!(feed = %id, %error, "feed broke and is started again");
                self.running.remove(&id);
                self.handle.board.remove(&id);
                broken = true;
            }
        }
        broken
    }

    /// A feed that was silent is so no more once it is gone; if it starts anew, it is looked at anew.
    async fn unsay(&self, id: &FeedId) {
        let own = self.handle.data.join("feeds").join(id.0.as_str());
        let known = memory::load(&own);
        if known.kept.is_none() {
            return;
        }
        let note = FeedNote { feed: id.clone(), nodes: Vec::new(), stale_since: None };
        let kept = self.handle.happened(&id.0, vec![Entry::Feed(note)]).await;
        let saved = kept.and_then(|()| memory::save(&own, &memory::Memory { kept: None, ..known }));
        if let Err(error) = saved {
            tracing::error!(feed = %id, error = format!("{error:#}"), "the end of a silence cannot be kept");
        }
    }

    fn start(&mut self, feed: Feed) -> anyhow::Result<()> {
        // Two lines must never share a folder.
        anyhow::ensure!(!self.leaving.contains_key(&feed.id), "what ran before has not ended");
        let line = self.open(&feed)?;
        let stop = CancellationToken::new();
        tracing::info!(feed = %feed.id, party = %feed.party, transport = feed.transport.word(), "feed starts");
        self.handle.board.add(line.clone());
        let task = tokio::spawn(sealane_ingest::transports::run(line, stop.clone()));
        self.running.insert(feed.id.clone(), Running { feed, stop, task, over: false });
        Ok(())
    }

    /// Opens the line of a feed.
    fn open(&self, feed: &Feed) -> anyhow::Result<Arc<Line>> {
        let home = home(&self.handle.data, feed);
        let positions =
            (feed.carries == Carries::Positions).then(|| positions::of(&feed.id.0, self.nodes.clone()));
        let clock = self.handle.clock.clone();
        let line = Line::open(feed.clone(), home.clone(), Arc::new(self.handle.clone()), positions, clock)?;
        memory::recall(&line, &home.own);
        Ok(line)
    }

    async fn stop(&mut self, id: &FeedId) {
        let Some(mut running) = self.running.remove(id) else { return };
        running.stop.cancel();
        if !running.over && tokio::time::timeout(PATIENCE, &mut running.task).await.is_err() {
            tracing::warn!(feed = %id, "feed has not ended yet; what the log does not take comes again");
            self.leaving.insert(id.clone(), running.task);
            self.again = Some(Instant::now() + AGAIN);
        }
        self.handle.board.remove(id);
        tracing::info!(feed = %id, "feed stopped");
    }

    /// Stops all feeds at once.
    async fn end(&mut self) {
        self.running.values().for_each(|r| r.stop.cancel());
        let ids: Vec<FeedId> = self.running.keys().cloned().collect();
        for id in ids {
            self.stop(&id).await;
        }
    }
}

/// Returns where a feed keeps what is its own.
fn home(data: &Path, feed: &Feed) -> Home {
    Home {
        own: data.join("feeds").join(feed.id.0.as_str()),
        out: data.join(super::ANSWERS).join(feed.party.0.as_str()),
    }
}
