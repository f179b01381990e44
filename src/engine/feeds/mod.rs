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
use files::FeedFiles;
use sealane_data::feed::{Carries, Feed, FeedId};
use sealane_ingest::transports::{Home, Line};
use sealane_mapper::nodes::NodeIndex;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(400);
/// How long feeds may take to put away what waits when the process stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// A feed that runs.
struct Running {
    feed: Feed,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Everything that runs.
struct Runner {
    handle: Handle,
    /// Where positions lie.
    nodes: Arc<NodeIndex>,
    files: FeedFiles,
    running: BTreeMap<FeedId, Running>,
}

/// Runs the feeds of `DATA/feeds/` until it is told to stop. A changed file restarts its feed only.
pub(crate) async fn run(handle: Handle, notices: Notices, stop: CancellationToken) {
    let files = FeedFiles::new(handle.data.join("feeds"));
    let nodes = Arc::new(NodeIndex::new(handle.shared.read(|world, _| world.places().clone())));
    let mut runner = Runner { handle: handle.clone(), nodes, files, running: BTreeMap::new() };
    let tending = tokio::spawn(tending::tend(handle, notices, stop.clone()));
    while !stop.is_cancelled() {
        runner.look().await;
        let _ = tokio::time::timeout(EVERY, stop.cancelled()).await;
    }
    runner.end().await;
    let _ = tending.await;
}

impl Runner {
    /// Starts, restarts and ends feeds as their files say.
    async fn look(&mut self) {
        let places = self.handle.shared.read(|world, _| world.places().clone());
        if !self.files.refresh(&places) && !self.running.is_empty() {
            return;
        }
        let wanted = self.files.feeds();
        let over: Vec<FeedId> = self
            .running
            .iter()
            .filter(|(_, r)| !wanted.contains(&r.feed))
            .map(|(id, _)| id.clone())
            .collect();
        for id in over {
            self.stop(&id).await;
        }
        let mut problems = self.files.problems();
        for feed in wanted {
            if self.running.contains_key(&feed.id) {
                continue;
            }
            let id = feed.id.clone();
            if let Err(error) = self.start(feed) {
                tracing::error!(feed = %id, error = format!("{error:#}"), "feed cannot start");
                let problem = format!("the feed cannot start: {error:#}");
                problems.push(sealane_data::operate::ProfileProblem { file: format!("{id}.toml"), problem });
            }
        }
        self.handle.board.set_problems(problems);
    }

    fn start(&mut self, feed: Feed) -> anyhow::Result<()> {
        let line = self.open(&feed)?;
        let stop = CancellationToken::new();
        tracing::info!(feed = %feed.id, party = %feed.party, transport = feed.transport.word(), "feed starts");
        self.handle.board.add(line.clone());
        let task = tokio::spawn(sealane_ingest::transports::run(line, stop.clone()));
        self.running.insert(feed.id.clone(), Running { feed, stop, task });
        Ok(())
    }

    /// Opens the line of a feed.
    fn open(&self, feed: &Feed) -> anyhow::Result<Arc<Line>> {
        let home = home(&self.handle.data, feed);
        let positions =
            (feed.carries == Carries::Positions).then(|| positions::of(&feed.id.0, self.nodes.clone()));
        let line = Line::open(feed.clone(), home.clone(), Arc::new(self.handle.clone()), positions)?;
        memory::recall(&line, &home.own);
        Ok(line)
    }

    async fn stop(&mut self, id: &FeedId) {
        let Some(running) = self.running.remove(id) else { return };
        running.stop.cancel();
        if tokio::time::timeout(PATIENCE, running.task).await.is_err() {
            tracing::warn!(feed = %id, "feed did not end in time; what the log did not take comes again");
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
