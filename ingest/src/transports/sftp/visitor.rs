//! One SSH connection: a login by public key, and SFTP on one channel or two; nothing else is there.

use super::files::Files;
use super::server::{Server, User};
use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, Error};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// Channels at once in one connection.
const CHANNELS: usize = 2;
/// The longest packet of SFTP; clients send 32 to 256 KiB.
const PACKET: u32 = (256 << 10) + 1024;

/// What is known of a connection from outside.
#[derive(Default)]
pub(super) struct Visit {
    named: OnceLock<String>,
    user: OnceLock<Arc<User>>,
    entered: CancellationToken,
}

impl Visit {
    /// Waits until the visitor logged in.
    pub(super) async fn entered(&self) {
        self.entered.cancelled().await;
    }

    /// Returns who logged in.
    pub(super) fn user(&self) -> Option<&Arc<User>> {
        self.user.get()
    }

    /// Returns the user that was named first.
    pub(super) fn named(&self) -> Option<&str> {
        self.named.get().map(String::as_str)
    }
}

/// The server's side of one connection.
pub(super) struct Visitor {
    server: Arc<Server>,
    visit: Arc<Visit>,
    channels: HashMap<ChannelId, Option<Channel<Msg>>>,
}

impl Visitor {
    /// Returns the server's side of a new connection.
    pub(super) fn new(server: Arc<Server>, visit: Arc<Visit>) -> Self {
        Self { server, visit, channels: HashMap::new() }
    }

    fn tries(&self, name: &str) {
        let _ = self.visit.named.set(name.chars().take(64).collect());
    }

    fn knows(&self, name: &str, key: &PublicKey) -> Option<Arc<User>> {
        self.tries(name);
        self.server.known(name, key)
    }
}

impl Handler for Visitor {
    type Error = Error;

    async fn auth_none(&mut self, user: &str) -> Result<Auth, Error> {
        self.tries(user);
        Ok(Auth::reject())
    }

    async fn auth_password(&mut self, user: &str, _: &str) -> Result<Auth, Error> {
        self.tries(user);
        Ok(Auth::reject())
    }

    async fn auth_publickey_offered(&mut self, user: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Error> {
        Ok(self.knows(user, offer.public_key).map_or_else(Auth::reject, |_| Auth::Accept))
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Error> {
        let Some(user) = self.knows(user, key.public_key) else { return Ok(Auth::reject()) };
        let _ = self.visit.user.set(user);
        self.visit.entered.cancel();
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        if self.visit.user().is_none() || self.channels.len() >= CHANNELS {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
        } else {
            self.channels.insert(channel.id(), Some(channel));
            reply.accept().await;
        }
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let channel = self.channels.get_mut(&id).filter(|_| name == "sftp").and_then(Option::take);
        let (Some(channel), Some(user)) = (channel, self.visit.user()) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        let config = russh_sftp::server::Config { max_client_packet_len: PACKET };
        russh_sftp::server::run_with_config(channel.into_stream(), Files::new(user.room.clone()), config)
            .await;
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        self.channels.remove(&id);
        session.close(id)
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Error> {
        self.channels.remove(&id);
        Ok(())
    }

    async fn exec_request(&mut self, id: ChannelId, _: &[u8], session: &mut Session) -> Result<(), Error> {
        session.channel_failure(id)
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        session.channel_failure(id)
    }
}
