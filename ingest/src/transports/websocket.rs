//! A WebSocket that we listen to.
//!
//! The reader only reads: frames go to the queue, which never makes it wait, so pongs are always sent.
//! Pings of our own find a silent peer, the expected rate finds a source that is connected and tells
//! nothing; both end the connection, and the next one goes on from the cursor that the log has.

mod dial;

use super::backoff::Backoff;
use super::cursor;
use super::frame::Frame;
use super::line::Line;
use super::secret;
use dial::Connection;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use sealane_data::feed::WebSocket;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_util::sync::CancellationToken;

/// How long connecting, and each thing that we send, may take; aisstream wants its subscription in 3 s.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a connection ended: a word for counts, a sentence for people.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) reason: &'static str,
    pub(super) trouble: String,
}

impl Ended {
    pub(super) fn new(reason: &'static str, trouble: impl std::fmt::Display) -> Self {
        Self { reason, trouble: format!("{trouble}") }
    }
}

pub(super) async fn run(line: &Line, ws: &WebSocket, stop: &CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let ended = tokio::select! {
            ended = listen(line, ws, &mut backoff) => ended,
            () = stop.cancelled() => return,
        };
        tracing::warn!(feed = %line.feed().id, reason = ended.reason, trouble = ended.trouble, "feed connects again");
        line.health().reconnect(ended.reason, ended.trouble);
        tokio::select! {
            () = tokio::time::sleep(backoff.wait()) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Connects and reads until the connection ends.
async fn listen(line: &Line, ws: &WebSocket, backoff: &mut Backoff) -> Ended {
    let stream = match timeout(PATIENCE * 2, dial::dial(ws)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(ended)) => return ended,
        Err(_) => return Ended::new("timeout", "the source does not answer"),
    };
    let (mut sink, stream) = stream.split();
    if let Err(ended) = subscribe(line, ws, &mut sink).await {
        return ended;
    }
    line.health().connected(line.now());
    read(line, ws, sink, stream, backoff).await
}

/// Sends what the source wants to hear first.
async fn subscribe(
    line: &Line,
    ws: &WebSocket,
    sink: &mut SplitSink<WebSocketStream<Connection>, Message>,
) -> Result<(), Ended> {
    let Some(text) = &ws.subscribe else { return Ok(()) };
    let cursor = line.resume().await.map(|cursor| cursor::set_back(ws.overlap, &cursor));
    let secret = ws.secret.as_ref().map(secret::read).transpose().map_err(|e| Ended::new("secret", e))?;
    // What is filled in stands inside a text of JSON.
    let quoted = |text: &str| {
        let json = serde_json::Value::from(text).to_string();
        json.get(1..json.len() - 1).unwrap_or_default().to_owned()
    };
    let text = text
        .replace("{secret}", &quoted(secret.as_deref().unwrap_or_default()))
        .replace("{cursor}", &quoted(cursor.as_deref().unwrap_or_default()));
    match timeout(PATIENCE, sink.send(Message::text(text))).await {
        Ok(sent) => sent.map_err(|e| broken(&e)),
        Err(_) => Err(Ended::new("timeout", "the source does not take the subscription")),
    }
}

async fn read(
    line: &Line,
    ws: &WebSocket,
    sink: SplitSink<WebSocketStream<Connection>, Message>,
    mut stream: SplitStream<WebSocketStream<Connection>>,
    backoff: &mut Backoff,
) -> Ended {
    let every = ws.ping.unsigned_abs();
    let pinging = ping(sink, every);
    tokio::pin!(pinging);
    let missing = line.missing(line.now());
    tokio::pin!(missing);
    let quiet = tokio::time::sleep(every * 2);
    tokio::pin!(quiet);
    loop {
        tokio::select! {
            message = stream.next() => {
                quiet.as_mut().reset(Instant::now() + every * 2);
                match message {
                    Some(Ok(message)) => {
                        if let Some(bytes) = data(message) {
                            backoff.frame();
                            if !line.frame(framed(line, ws, bytes)) {
                                return Ended::new("no_room", "there is no room for what comes");
                            }
                        }
                    }
                    Some(Err(error)) => return broken(&error),
                    None => return Ended::new("closed", "the source closed the connection"),
                }
            }
            ended = &mut pinging => return ended,
            () = &mut quiet => return Ended::new("silent", "the source is silent: not even pings are answered"),
            () = &mut missing => {
                return Ended::new("stale", "the source is connected and tells nothing");
            }
        }
    }
}

/// Pings until the connection does not take one.
async fn ping(mut sink: SplitSink<WebSocketStream<Connection>, Message>, every: Duration) -> Ended {
    let mut ticks = tokio::time::interval(every);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        match timeout(every, sink.send(Message::Ping(Bytes::new()))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return broken(&error),
            Err(_) => return Ended::new("silent", "the source takes no pings"),
        }
    }
}

/// Returns the bytes of a message that carries data.
fn data(message: Message) -> Option<Vec<u8>> {
    match message {
        Message::Text(text) => Some(text.as_bytes().to_vec()),
        Message::Binary(bytes) => Some(bytes.to_vec()),
        _ => None,
    }
}

fn framed(line: &Line, ws: &WebSocket, bytes: Vec<u8>) -> Frame {
    let pointer = ws.cursor.as_deref();
    let cursor = pointer.and_then(|p| cursor::find(&serde_json::from_slice(&bytes).ok()?, p));
    Frame { at: line.now(), bytes, cursor }
}

/// Returns what a broken connection is called.
pub(super) fn broken(error: &Error) -> Ended {
    let reason = match error {
        Error::ConnectionClosed | Error::AlreadyClosed => "closed",
        Error::Capacity(_) => "too_long",
        Error::Io(_) => "io",
        Error::Tls(_) => "tls",
        Error::Http(answer) if matches!(answer.status().as_u16(), 401 | 403) => "unauthorized",
        Error::Http(_) => "http",
        Error::Protocol(_) => "reset",
        _ => "protocol",
    };
    Ended::new(reason, error)
}
