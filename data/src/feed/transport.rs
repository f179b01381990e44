//! How a feed's bytes travel.

use crate::Text;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How a feed's bytes travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Transport {
    /// The partner posts to `/v1/submissions` with its key, or signed to `/v1/feeds/{id}/push`.
    Push(Push),
    /// The partner puts files into a folder.
    Folder(Folder),
    /// We listen to a WebSocket.
    Websocket(WebSocket),
    /// Lines over TCP, dialled or accepted.
    Tcp(Socket),
    /// Datagrams over UDP.
    Udp(Socket),
    /// We ask an address again and again.
    Poll(Poll),
    /// The partner puts files into its folder over SFTP; we are the server.
    Sftp(Sftp),
    /// The partner sends mails; we read the mailbox (IMAP).
    Mailbox(Mailbox),
    /// Recorded frames are played again.
    Replay(Replay),
}

impl Transport {
    /// Returns the word by which submissions name it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Push(_) => "http",
            Self::Folder(_) => "folder",
            Self::Websocket(_) => "websocket",
            Self::Tcp(_) => "tcp",
            Self::Udp(_) => "udp",
            Self::Poll(_) => "poll",
            Self::Sftp(_) => "sftp",
            Self::Mailbox(_) => "mailbox",
            Self::Replay(_) => "replay",
        }
    }
}

/// Where a secret comes from. It is read at every connect and never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// The first line of a file.
    File(PathBuf),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

/// How we say who we are over HTTP and WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The header that carries the secret.
    #[serde(default = "authorization")]
    pub header: Text,
    /// What stands before the secret in the header, such as `Bearer `.
    #[serde(default)]
    pub prefix: Text,
    /// The secret.
    pub secret: Secret,
}

fn authorization() -> Text {
    "authorization".into()
}

/// What the partner posts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The secret of the HMAC-SHA-256 that signs each body; with it `/v1/feeds/{id}/push` needs no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Secret>,
    /// The header with the signature (DCSA: `Notification-Signature`, as `sha256=` and hexadecimal).
    #[serde(default = "notification_signature")]
    pub header: Text,
}

fn notification_signature() -> Text {
    "notification-signature".into()
}

/// A folder that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// The folder with `in/`, `done/`, `failed/` and `out/`; by default `DATA/feeds/<id>/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// How long a file must have stood still before it is taken.
    #[serde(default = "settled")]
    pub settle: SignedDuration,
    /// How long files stay in `done/` and `failed/`; without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
}

fn settled() -> SignedDuration {
    SignedDuration::from_secs(2)
}

impl Default for Folder {
    fn default() -> Self {
        Self { path: None, settle: settled(), keep_days: None }
    }
}

/// A WebSocket that we listen to (RFC 6455).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSocket {
    /// Its address: `wss://`, or `ws://` on this machine.
    pub url: String,
    /// How we say who we are when we connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Given>,
    /// What is sent first, where `{secret}` and `{cursor}` are filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribe: Option<String>,
    /// The secret inside what is sent first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// The JSON pointer (RFC 6901) in each frame that tells where to go on; `{cursor}` takes its last value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How far a cursor that is an instant is set back at a connect, for sources that tell late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<SignedDuration>,
    /// The longest message in bytes.
    #[serde(default = "mebibyte")]
    pub max_message: usize,
    /// How often we ping; two pings without any frame end the connection.
    #[serde(default = "twenty_seconds")]
    pub ping: SignedDuration,
    /// Certificates of an authority of your own, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// An HTTP proxy, as `http://host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Whether `ws://` may leave this machine.
    #[serde(default)]
    pub plain: bool,
}

fn mebibyte() -> usize {
    1 << 20
}

fn twenty_seconds() -> SignedDuration {
    SignedDuration::from_secs(20)
}

/// Whether we dial or accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// We dial `host:port`.
    Connect(String),
    /// We listen here.
    Listen(SocketAddr),
}

/// Lines over TCP, or datagrams over UDP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Socket {
    /// We dial `host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<String>,
    /// We listen here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// The longest line or datagram in bytes.
    #[serde(default = "line")]
    pub max_line: usize,
    /// Peers that may send; empty is every peer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<std::net::IpAddr>,
}

fn line() -> usize {
    64 << 10
}

impl Socket {
    /// Returns whether we dial or accept; nothing where both or neither are named.
    pub fn end(&self) -> Option<SocketKind> {
        match (&self.connect, self.listen) {
            (Some(to), None) => Some(SocketKind::Connect(to.clone())),
            (None, Some(at)) => Some(SocketKind::Listen(at)),
            _ => None,
        }
    }
}

/// How the place to go on from travels with a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The query parameter that takes it.
    pub parameter: Text,
    /// The JSON pointer (RFC 6901) in the answer that tells it; `*` in it is the last item of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The header of the answer that tells it, such as `next-page-cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Text>,
    /// The value of the first request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// How far a cursor that is an instant is set back, for sources that tell late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<SignedDuration>,
}

/// An address that is asked again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The address: `https://`, or `http://` on this machine.
    pub url: String,
    /// How often it is asked.
    pub every: SignedDuration,
    /// How we say who we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Given>,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<Text, String>,
    /// Where to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// The longest answer in bytes.
    #[serde(default = "sixteen_mebibytes")]
    pub max_answer: usize,
    /// Certificates of an authority of your own, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Whether `http://` may leave this machine.
    #[serde(default)]
    pub plain: bool,
}

fn sixteen_mebibytes() -> usize {
    16 << 20
}

/// A drop box over SFTP: we are the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sftp {
    /// Where we listen; feeds with the same address share one server.
    pub listen: SocketAddr,
    /// The name that the partner logs in with.
    pub user: Text,
    /// The partner's public keys, as in `authorized_keys`.
    pub keys: Vec<String>,
    /// The folder, as of a watched folder; what comes over SFTP is whole and need not settle.
    #[serde(default)]
    pub folder: Folder,
    /// The longest file in bytes.
    #[serde(default = "gibibyte")]
    pub max_file: u64,
    /// The bytes that may wait in `in/`; what does not fit is refused until some were taken.
    #[serde(default = "four_gibibytes")]
    pub max_waiting: u64,
}

fn gibibyte() -> u64 {
    1 << 30
}

fn four_gibibytes() -> u64 {
    4 << 30
}

/// A mailbox that is read (IMAP, RFC 9051).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    /// The server, `host` or `host:port`; the port is 993 by default, 143 where it is `plain`.
    pub server: String,
    /// The user.
    pub user: String,
    /// The password.
    pub secret: Secret,
    /// The folder that is read.
    #[serde(default = "inbox")]
    pub mailbox: String,
    /// Addresses that may send, or domains as `@example.com`; empty is every address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Text>,
    /// The mailbox that a mail is moved to when it is stored; without it, it is marked as seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// The longest mail in bytes.
    #[serde(default = "thirty_two_mebibytes")]
    pub max_mail: u32,
    /// How often it is looked into; a server that tells of new mail (IDLE) is heard at once.
    #[serde(default = "minute")]
    pub every: SignedDuration,
    /// Certificates of an authority of your own, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Whether the connection is not encrypted; only on this machine.
    #[serde(default)]
    pub plain: bool,
}

fn thirty_two_mebibytes() -> u32 {
    32 << 20
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn minute() -> SignedDuration {
    SignedDuration::from_mins(1)
}

/// Recorded frames that are played again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The recorded file.
    pub file: PathBuf,
    /// Recorded seconds for each second; 0 plays as fast as it can be stored.
    #[serde(default)]
    pub speed: u32,
}
