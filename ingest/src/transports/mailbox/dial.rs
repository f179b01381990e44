//! The connection to a mail server: TLS, login, and what is asked of it.

use super::super::websocket::Ended;
use super::super::{ca, secret};
use super::{LONG, PATIENCE};
use async_imap::error::Error;
use async_imap::extensions::idle::IdleResponse;
use async_imap::imap_proto::Address;
use async_imap::types::Fetch;
use async_imap::{Client, Session};
use futures_util::StreamExt as _;
use sealane_data::feed::Mailbox;
use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(20);
/// Bytes that a server may send before the login.
const GREETING: u64 = 64 << 10;

trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// A connection that takes so many bytes and no more: the library keeps an answer whole in memory.
#[derive(Debug)]
pub(super) struct Bounded {
    wire: Box<dyn Wire>,
    left: Arc<AtomicU64>,
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Err(io::Error::other("the server sends more than was asked for")));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.wire).poll_read(cx, buffer);
        let more = (buffer.filled().len() - before) as u64;
        self.left.store(left.saturating_sub(more), Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }
}

/// What is known of a mail before it is fetched.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) size: u32,
    /// Whom it says it is from.
    pub(super) from: Vec<String>,
}

/// A mailbox that we are logged in to.
pub(super) struct Inside {
    pub(super) session: Session<Bounded>,
    left: Arc<AtomicU64>,
    /// Whether the server tells of new mail while nothing is asked.
    tells: bool,
}

/// Waits so long for an answer.
pub(super) async fn within<T>(
    patience: Duration,
    asked: impl Future<Output = Result<T, Error>>,
) -> Result<T, Ended> {
    match tokio::time::timeout(patience, asked).await {
        Ok(answer) => answer.map_err(|e| ended(&e)),
        Err(_) => Err(Ended::new("timeout", "the mail server does not answer")),
    }
}

fn ended(error: &Error) -> Ended {
    match error {
        Error::ConnectionLost => Ended::new("closed", "the mail server closed the connection"),
        Error::Io(error) => Ended::new("io", error),
        // Not as it came: an answer may be as long as a mail.
        Error::Parse(_) => Ended::new("imap", "the mail server's answer cannot be read"),
        other => Ended::new("imap", other),
    }
}

/// Connects and logs in; the password is read anew.
pub(super) async fn log_in(mailbox: &Mailbox) -> Result<Inside, Ended> {
    let password = secret::read(&mailbox.secret).map_err(|e| Ended::new("secret", e))?;
    let wire = match tokio::time::timeout(CONNECT, reach(mailbox)).await {
        Ok(wire) => wire?,
        Err(_) => return Err(Ended::new("timeout", "the mail server does not answer")),
    };
    let left = Arc::new(AtomicU64::new(GREETING));
    let mut client = Client::new(Bounded { wire, left: left.clone() });
    let greeting = within(PATIENCE, async { Ok(client.read_response().await?) }).await?;
    if greeting.is_none() {
        return Err(ended(&Error::ConnectionLost));
    }
    let login = async { client.login(&mailbox.user, &password).await.map_err(|(error, _)| error) };
    let mut session = match tokio::time::timeout(PATIENCE, login).await {
        Ok(Ok(session)) => session,
        Ok(Err(Error::No(why))) => {
            return Err(Ended::new("unauthorized", format!("the login was refused: {why}")));
        }
        Ok(Err(error)) => return Err(ended(&error)),
        Err(_) => return Err(Ended::new("timeout", "the mail server does not answer")),
    };
    let can = within(PATIENCE, session.capabilities()).await?;
    if mailbox.done.is_some() && !can.has_str("MOVE") {
        return Err(Ended::new("imap", "the mail server cannot move mails (RFC 6851); leave `done` out"));
    }
    Ok(Inside { session, left, tells: can.has_str("IDLE") })
}

async fn reach(mailbox: &Mailbox) -> Result<Box<dyn Wire>, Ended> {
    let told = || Ended::new("address", format!("`{}` is no address", mailbox.server));
    let (host, port) = mailbox.address().ok_or_else(told)?;
    let tcp = TcpStream::connect((host.as_str(), port)).await.map_err(|e| Ended::new("unreachable", e))?;
    let _ = tcp.set_nodelay(true);
    if mailbox.plain {
        return Ok(Box::new(tcp));
    }
    let connector = ca::connector(mailbox.ca.as_deref()).map_err(|e| Ended::new("tls", e))?;
    let name = ServerName::try_from(host).map_err(|e| Ended::new("tls", e))?;
    Ok(Box::new(connector.connect(name, tcp).await.map_err(|e| Ended::new("tls", e))?))
}

impl Inside {
    /// Lets the server send so many bytes from here on.
    pub(super) fn allow(&self, bytes: u64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    /// Returns what is known of a mail; nothing if it is gone.
    pub(super) async fn head(&mut self, uid: u32) -> Result<Option<Head>, Ended> {
        let head = |fetch: &Fetch| {
            let from = fetch.envelope().and_then(|e| e.from.as_ref()).into_iter().flatten();
            Some(Head { size: fetch.size?, from: from.filter_map(address).collect() })
        };
        within(PATIENCE, self.fetch(uid, "(UID RFC822.SIZE ENVELOPE)", head)).await
    }

    /// Returns a mail as it is; nothing if it is gone.
    pub(super) async fn mail(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Ended> {
        within(LONG, self.fetch(uid, "(UID BODY.PEEK[])", |fetch| fetch.body().map(<[u8]>::to_vec))).await
    }

    async fn fetch<T>(
        &mut self,
        uid: u32,
        what: &str,
        read: impl Fn(&Fetch) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let mut found = None;
        let mut answers = self.session.uid_fetch(uid.to_string(), what).await?;
        while let Some(answer) = answers.next().await {
            let answer = answer?;
            // Servers tell of other mails in between.
            if answer.uid == Some(uid) && found.is_none() {
                found = read(&answer);
            }
        }
        Ok(found)
    }

    /// Waits until it is time to look again, or the server says that there is something.
    pub(super) async fn wait(self, every: Duration) -> Result<Self, Ended> {
        if !self.tells {
            tokio::time::sleep(every).await;
            return Ok(self);
        }
        self.allow(super::BESIDE);
        let Self { session, left, tells } = self;
        let mut idle = session.idle();
        within(PATIENCE, idle.init()).await?;
        let (waiting, _interrupt) = idle.wait_with_timeout(every);
        // Servers say now and then that they are still there: that must not put the next look off.
        let waited = tokio::time::timeout(every, waiting).await;
        if let Ok(Ok(IdleResponse::ManualInterrupt)) = waited {
            return Err(ended(&Error::ConnectionLost));
        }
        if let Ok(Err(error)) = waited {
            return Err(ended(&error));
        }
        let session = within(PATIENCE, idle.done()).await?;
        Ok(Self { session, left, tells })
    }
}

fn address(address: &Address<'_>) -> Option<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(format!("{}@{}", text(address.mailbox.as_ref()?), text(address.host.as_ref()?)))
}
