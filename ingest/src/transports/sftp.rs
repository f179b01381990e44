//! A drop box over SFTP: we are the server, and every partner sees its own folder only.
//!
//! Feeds that listen at the same address share one server, which ends with the last of them. A file is
//! written under a hidden name and gets its own when the partner closes it, synced: what lies in `in/` is
//! whole, and is taken as from a watched folder. An upload that breaks off leaves nothing.

mod door;
mod files;
mod guarded;
mod key;
mod room;
mod server;
mod servers;
mod upload;
mod visitor;

use super::backoff::Backoff;
use super::folder;
use super::line::Line;
use jiff::SignedDuration;
use sealane_data::feed::{Folder, Sftp};
use servers::Servers;
use std::sync::{Arc, LazyLock};
use tokio_util::sync::CancellationToken;

/// The servers of this process.
static SERVERS: LazyLock<Servers> = LazyLock::new(Servers::default);

/// Runs a drop box: joins the server at its address, and takes what lies in its folder.
pub(super) async fn run(line: &Arc<Line>, sftp: &Sftp, stop: &CancellationToken) {
    // Every file is whole when it gets its name.
    let folder = Folder { settle: SignedDuration::ZERO, ..sftp.folder.clone() };
    let mut backoff = Backoff::default();
    while !stop.is_cancelled() {
        match SERVERS.join(line, sftp).await {
            Ok(seat) => {
                backoff.good();
                let over = stop.child_token();
                tokio::select! {
                    () = folder::run(line, &folder, &over) => {}
                    // What is being taken is taken to its end.
                    () = async { seat.closed().await; over.cancel(); std::future::pending().await } => {}
                }
                seat.leave().await;
                if !stop.is_cancelled() {
                    line.health().reconnect("closed", format!("the server at {} ended", sftp.listen));
                }
            }
            Err(ended) => line.health().reconnect(ended.reason, ended.trouble),
        }
        tokio::select! {
            () = tokio::time::sleep(backoff.wait()) => {}
            () = stop.cancelled() => {}
        }
    }
}
