//! The servers of a process: feeds with the same address share one, which ends with the last of them.

use super::super::line::Line;
use super::super::websocket::Ended;
use super::server::{Admitted, Server, User};
use sealane_data::feed::Sftp;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The servers of a process, by the address they listen at.
#[derive(Default)]
pub(super) struct Servers(Mutex<BTreeMap<SocketAddr, Arc<Server>>>);

impl Servers {
    /// Joins the server at a feed's address, which begins to listen if nobody else joined it before.
    pub(super) async fn join(&self, line: &Arc<Line>, sftp: &Sftp) -> Result<Seat, Ended> {
        let user = Arc::new(User::open(line, sftp)?);
        let mut servers = self.0.lock().await;
        servers.retain(|_, server| !server.is_closed());
        if let Some(server) = servers.get(&sftp.listen).cloned() {
            match server.admit(&user) {
                Admitted::Yes => return Ok(Seat { server, user }),
                Admitted::Taken => {
                    let trouble = format!("another feed at {} has the user `{}`", sftp.listen, sftp.user);
                    return Err(Ended::new("user", trouble));
                }
                // Its last feed left: the address is free in a moment.
                Admitted::Ending => server.closed().await,
            }
        }
        let server = Server::listen(sftp.listen, line).await?;
        // Nobody else knows it yet.
        let _ = server.admit(&user);
        servers.insert(sftp.listen, server.clone());
        Ok(Seat { server, user })
    }
}

/// A feed's place at a server; the feed leaves when it goes.
pub(super) struct Seat {
    server: Arc<Server>,
    user: Arc<User>,
}

impl Seat {
    /// Waits until the server ends.
    pub(super) async fn closed(&self) {
        self.server.closed().await;
    }

    /// Leaves; whoever was the last waits until the address is free again.
    pub(super) async fn leave(self) {
        let server = self.server.clone();
        drop(self);
        if server.is_ending() {
            server.closed().await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.server.dismiss(&self.user);
    }
}
