//! A server: it listens, lets partners in by their keys, and ends with its last feed.

use super::super::line::Line;
use super::super::websocket::Ended;
use super::door::{Door, Pass};
use super::guarded::Guarded;
use super::key;
use super::room::Room;
use super::visitor::{Visit, Visitor};
use jiff::Timestamp;
use russh::keys::PublicKey;
use russh::server::Config;
use russh::{MethodKind, MethodSet};
use sealane_data::Text;
use sealane_data::feed::Sftp;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// How long a visitor may take to log in.
const GRACE: Duration = Duration::from_secs(20);
/// How long one may tell nothing before the connection ends.
const IDLE: Duration = Duration::from_mins(10);
/// Attempts to log in within one connection.
const ATTEMPTS: usize = 6;
/// How long a refused attempt takes, whatever was wrong with it.
const REFUSAL: Duration = Duration::from_secs(1);
/// Bytes that a visitor may send ahead.
const WINDOW: u32 = 1 << 20;
/// How long to wait when the machine cannot take another connection.
const REST: Duration = Duration::from_millis(100);

/// A feed's user.
pub(super) struct User {
    name: Text,
    keys: Vec<PublicKey>,
    line: Arc<Line>,
    /// Its folder.
    pub(super) room: Arc<Room>,
    stop: CancellationToken,
}

impl User {
    /// Opens the folder of a feed's user and reads its keys.
    pub(super) fn open(line: &Arc<Line>, sftp: &Sftp) -> Result<Self, Ended> {
        let read = |text: &String| {
            PublicKey::from_openssh(text)
                .map_err(|e| Ended::new("keys", format!("a public key cannot be read: {e}")))
        };
        let keys = sftp.keys.iter().map(read).collect::<Result<_, _>>()?;
        let room = Room::open(line.home(), sftp).map_err(|e| Ended::new("folder", e))?;
        let name = sftp.user.clone();
        Ok(Self { name, keys, line: line.clone(), room: Arc::new(room), stop: CancellationToken::new() })
    }

    fn has(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|k| k.key_data() == key.key_data())
    }

    /// Waits until the feed leaves.
    pub(super) async fn left(&self) {
        self.stop.cancelled().await;
    }
}

/// What became of a feed that wants to join.
pub(super) enum Admitted {
    /// It is in.
    Yes,
    /// Another feed has its user.
    Taken,
    /// The server is about to end.
    Ending,
}

/// A server.
pub(super) struct Server {
    users: Mutex<BTreeMap<Text, Arc<User>>>,
    door: Door,
    config: Arc<Config>,
    /// Told when the last feed left.
    stop: CancellationToken,
    /// Told when nobody listens any more.
    closed: CancellationToken,
}

impl Server {
    /// Begins to listen, with the host key of the data directory.
    pub(super) async fn listen(at: SocketAddr, line: &Line) -> Result<Arc<Self>, Ended> {
        let feeds = line.home().own.parent().unwrap_or(&line.home().own);
        let key = key::host_key(feeds).map_err(|e| Ended::new("host_key", format!("the host key: {e}")))?;
        let told = |e| Ended::new("address", format!("cannot listen on {at}: {e}"));
        let listener = TcpListener::bind(at).await.map_err(told)?;
        let fingerprint = key.public_key().fingerprint(russh::keys::HashAlg::Sha256);
        tracing::info!(%at, %fingerprint, "drop boxes are open");
        let config = Config {
            server_id: russh::SshId::Standard("SSH-2.0-Sealane".into()),
            methods: MethodSet::from(&[MethodKind::PublicKey][..]),
            auth_rejection_time: REFUSAL,
            auth_rejection_time_initial: Some(Duration::ZERO),
            keys: vec![key],
            window_size: WINDOW,
            max_auth_attempts: ATTEMPTS,
            inactivity_timeout: Some(IDLE),
            nodelay: true,
            ..Config::default()
        };
        let server = Arc::new(Self {
            users: Mutex::default(),
            door: Door::default(),
            config: Arc::new(config),
            stop: CancellationToken::new(),
            closed: CancellationToken::new(),
        });
        tokio::spawn(accept(server.clone(), listener));
        Ok(server)
    }

    fn users(&self) -> MutexGuard<'_, BTreeMap<Text, Arc<User>>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a feed's user in.
    pub(super) fn admit(&self, user: &Arc<User>) -> Admitted {
        let mut users = self.users();
        if self.is_ending() {
            return Admitted::Ending;
        }
        if users.contains_key(&user.name) {
            return Admitted::Taken;
        }
        users.insert(user.name.clone(), user.clone());
        Admitted::Yes
    }

    /// Takes a feed's user away, with its connections; the last one ends the server.
    pub(super) fn dismiss(&self, user: &Arc<User>) {
        let mut users = self.users();
        if users.get(&user.name).is_some_and(|u| Arc::ptr_eq(u, user)) {
            users.remove(&user.name);
        }
        user.stop.cancel();
        if users.is_empty() {
            self.stop.cancel();
        }
    }

    /// Returns the user that a key opens the door for.
    pub(super) fn known(&self, name: &str, key: &PublicKey) -> Option<Arc<User>> {
        self.users().get(name).filter(|u| u.has(key)).cloned()
    }

    /// Returns whether the last feed left.
    pub(super) fn is_ending(&self) -> bool {
        self.stop.is_cancelled() || self.is_closed()
    }

    /// Returns whether nobody listens any more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Waits until nobody listens any more.
    pub(super) async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Counts somebody who did not get in, at the feed that was named or else at all.
    fn refused(&self, name: Option<&str>, reason: &str) {
        let users = self.users();
        match name.and_then(|n| users.get(n)) {
            Some(user) => user.line.health().refused("wrong_key"),
            None => users.values().for_each(|u| u.line.health().refused(reason)),
        }
    }
}

/// Accepts visitors until the last feed leaves.
async fn accept(server: Arc<Server>, listener: TcpListener) {
    let closed = server.closed.clone().drop_guard();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = server.stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => match server.door.enter(peer.ip()) {
                Ok(pass) => drop(tokio::spawn(serve(server.clone(), stream, pass))),
                Err(reason) => server.refused(None, reason),
            },
            // No more files may be open, or the visitor left already: neither ends the server.
            Err(error) => {
                tracing::warn!(%error, "a visitor of the drop boxes could not be accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
    // First the address is free, then it is said.
    drop(listener);
    drop(closed);
}

/// Serves one visitor until it goes, does not log in, or its feed leaves.
async fn serve(server: Arc<Server>, stream: TcpStream, pass: Pass) {
    let _ = stream.set_nodelay(true);
    let cut = CancellationToken::new();
    // Whatever ends this ends the connection, also where the peer does not read.
    let _cut = cut.clone().drop_guard();
    let visit = Arc::new(Visit::default());
    let visitor = Visitor::new(server.clone(), visit.clone());
    let guarded = Guarded::new(stream, cut.clone());
    let serving = async {
        match russh::server::run_stream(server.config.clone(), guarded, visitor).await {
            Ok(session) => session.await,
            Err(error) => Err(error),
        }
    };
    tokio::pin!(serving);
    let over = tokio::select! {
        ended = &mut serving => Some(ended),
        () = visit.entered() => None,
        () = tokio::time::sleep(GRACE) => Some(Ok(())),
        () = server.stop.cancelled() => return,
    };
    let Some(user) = visit.user() else {
        tracing::debug!(ended = ?over, "a visitor of the drop boxes did not get in");
        // Who only looks whether somebody listens, as a load balancer does, has not tried.
        if let Some(name) = visit.named() {
            pass.failed();
            server.refused(Some(name), "stranger");
        }
        return;
    };
    if over.is_some() {
        return;
    }
    tracing::info!(feed = %user.line.feed().id, at = %Timestamp::now(), "partner logged in");
    tokio::select! {
        ended = serving => tracing::debug!(feed = %user.line.feed().id, ?ended, "partner left"),
        () = user.left() => {}
    }
}
