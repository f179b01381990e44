//! How bytes arrive: one file a transport, and one line from each to the log.
//!
//! A transport only moves bytes. What it gets it hands to its [`Line`], either as a *frame* that waits in
//! a bounded queue, or as an *item* such as a file, whose receipt it waits for. What was handed over is
//! never lost: frames that do not fit into memory wait on the disk, and a cursor is saved only after the
//! log has what came before it.
//!
//! This module is the only one of the room that knows an async runtime.

mod backoff;
mod ca;
mod clock;
mod cursor;
mod folder;
mod frame;
mod health;
mod line;
mod mailbox;
mod poll;
mod pump;
mod queue;
mod record;
mod replay;
mod secret;
mod sftp;
mod socket;
mod spill;
mod websocket;

pub use clock::Clock;
pub use folder::FOLDERS;
pub use frame::Frame;
pub use health::Health;
pub use line::{Home, Line, Positions, Thinner};
pub use secret::read as read_secret;

use sealane_data::feed::Transport;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs a feed until it is told to stop or comes to its end; what waits then is kept on the disk.
pub async fn run(line: Arc<Line>, stop: CancellationToken) {
    let pumping = tokio::spawn(pump::pump(line.clone(), stop.clone()));
    match &line.feed().transport {
        // The doors bring what is pushed.
        Transport::Push(_) => stop.cancelled().await,
        Transport::Folder(folder) => folder::run(&line, folder, &stop).await,
        Transport::Websocket(ws) => websocket::run(&line, ws, &stop).await,
        Transport::Tcp(socket) => socket::tcp(&line, socket, &stop).await,
        Transport::Udp(socket) => socket::udp(&line, socket, &stop).await,
        Transport::Poll(poll) => poll::run(&line, poll, &stop).await,
        Transport::Sftp(sftp) => sftp::run(&line, sftp, &stop).await,
        Transport::Mailbox(mailbox) => mailbox::run(&line, mailbox, &stop).await,
        Transport::Replay(replay) => replay::run(&line, replay, &stop).await,
        other => line.health().trouble(format!("`{}` is not built into this program", other.word())),
    }
    line.queue().close();
    let _ = pumping.await;
}
