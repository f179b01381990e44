//! Partners of a drop box: keys, a client over a connection that can be torn, and the box itself.

use super::log::{Log, PATIENCE, Run};
use russh::client::{self, AuthResult};
use russh::keys::key::safe_rng;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, EcdsaCurve, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh_sftp::client::SftpSession;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// Returns an address at which nobody listens, of this process alone: tests of other processes have others.
pub(crate) fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let [a, b] = u16::try_from(std::process::id() % 65_000).unwrap().to_be_bytes();
    let address = [127, a.max(1), b, 10 + u8::try_from(n % 200).unwrap()];
    let probe = std::net::TcpListener::bind(SocketAddr::from((address, 0))).unwrap();
    probe.local_addr().unwrap()
}

/// A partner's key, with its file as OpenSSH wants it.
pub(crate) struct Key {
    pub(crate) secret: PrivateKey,
    pub(crate) file: PathBuf,
}

impl Key {
    pub(crate) fn new(dir: &Path, name: &str) -> Self {
        Self::of(dir, name, Algorithm::Ed25519)
    }

    pub(crate) fn ecdsa(dir: &Path, name: &str) -> Self {
        Self::of(dir, name, Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 })
    }

    fn of(dir: &Path, name: &str, algorithm: Algorithm) -> Self {
        let secret = PrivateKey::random(&mut safe_rng(), algorithm).unwrap();
        let file = dir.join(name);
        std::fs::write(&file, secret.to_openssh(LineEnding::LF).unwrap().as_bytes()).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { secret, file }
    }

    pub(crate) fn public(&self) -> String {
        self.secret.public_key().to_openssh().unwrap()
    }
}

/// A drop box with one partner, `acme`.
pub(crate) struct Dropbox {
    pub(crate) data: tempfile::TempDir,
    pub(crate) log: Arc<Log>,
    pub(crate) at: SocketAddr,
    pub(crate) key: Key,
}

impl Dropbox {
    pub(crate) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let key = Key::new(data.path(), "acme.key");
        Self { data, log: Log::new(), at: free(), key }
    }

    /// Returns the transport of a partner's feed.
    pub(crate) fn transport(&self, user: &str, key: &Key, more: &str) -> String {
        format!(
            "kind = \"sftp\"\nlisten = \"{}\"\nuser = \"{user}\"\nkeys = [\"{}\"]\n{more}",
            self.at,
            key.public()
        )
    }

    /// Starts the feed of `acme`; it listens when this returns.
    pub(crate) async fn start(&self, more: &str) -> Run {
        let run = Run::start(self.data.path(), &self.log, "acme", &self.transport("acme", &self.key, more));
        run.until(|h| h.connected.is_some()).await;
        run
    }

    /// Returns a folder of `acme`.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        match name {
            "out" => self.data.path().join("out/acme"),
            _ => self.data.path().join("feeds/acme").join(name),
        }
    }

    /// Returns everything in a folder of `acme`, hidden files too.
    pub(crate) fn files(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder(name)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Logs in as `acme`.
    pub(crate) async fn log_in(&self) -> Partner {
        let stream = TcpStream::connect(self.at).await.unwrap();
        Partner::log_in(stream, "acme", &self.key.secret).await.expect("acme may come in")
    }
}

/// Takes any host key: that ours is the right one is tried with OpenSSH.
pub(crate) struct Trusting;

impl client::Handler for Trusting {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

/// A partner that is logged in.
pub(crate) struct Partner {
    pub(crate) ssh: client::Handle<Trusting>,
    bridge: JoinHandle<()>,
}

impl Partner {
    /// Shakes hands over a connection that can be torn.
    pub(crate) async fn reach(stream: TcpStream) -> Result<Self, russh::Error> {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        let bridge = tokio::spawn(async move {
            let (mut stream, mut theirs) = (stream, theirs);
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut theirs).await;
        });
        let shaking = client::connect_stream(Arc::new(client::Config::default()), ours, Trusting);
        let ssh = tokio::time::timeout(PATIENCE, shaking).await.expect("the server answers or hangs up")?;
        Ok(Self { ssh, bridge })
    }

    /// Logs in with a key; nothing if that is refused.
    pub(crate) async fn log_in(stream: TcpStream, user: &str, key: &PrivateKey) -> Option<Self> {
        let mut partner = Self::reach(stream).await.ok()?;
        let key = PrivateKeyWithHashAlg::new(Arc::new(key.clone()), None);
        let entered = partner.ssh.authenticate_publickey(user, key).await;
        matches!(entered, Ok(AuthResult::Success)).then_some(partner)
    }

    /// Connects from another address of this machine.
    pub(crate) async fn from(last: u8, to: SocketAddr) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
        socket.connect(to).await
    }

    /// Opens SFTP.
    pub(crate) async fn sftp(&self) -> SftpSession {
        let channel = self.ssh.channel_open_session().await.unwrap();
        channel.request_subsystem(true, "sftp").await.unwrap();
        SftpSession::new(channel.into_stream()).await.unwrap()
    }

    /// Tears the connection: nobody says goodbye.
    pub(crate) fn tear(self) {
        self.bridge.abort();
    }
}

/// Listens and takes whoever comes, for servers that are played.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}
