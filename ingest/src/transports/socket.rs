//! Lines over TCP, dialled or accepted, and datagrams over UDP.

use super::backoff::Backoff;
use super::frame::Frame;
use super::line::Line;
use super::websocket::Ended;
use sealane_data::feed::{Socket, SocketKind};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long accepting rests when it fails.
const REST: Duration = Duration::from_millis(200);
/// A peer that sends nothing for so long gives its seat back: it may have gone without a word.
const IDLE: Duration = Duration::from_mins(15);
/// Peers that may be connected to one listener.
const PEERS: usize = 64;
/// Bytes that are read at once.
const BUFFER: usize = 64 << 10;

/// Runs a feed of lines over TCP.
pub(super) async fn tcp(line: &Arc<Line>, socket: &Socket, stop: &CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let ended = tokio::select! {
            ended = once(line, socket, &mut backoff) => ended,
            () = stop.cancelled() => return,
        };
        line.health().reconnect(ended.reason, ended.trouble);
        tokio::select! {
            () = tokio::time::sleep(backoff.wait()) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn once(line: &Arc<Line>, socket: &Socket, backoff: &mut Backoff) -> Ended {
    match socket.end() {
        Some(SocketKind::Connect(to)) => {
            match tokio::time::timeout(PATIENCE, TcpStream::connect(to.as_str())).await {
                Ok(Ok(stream)) => {
                    line.health().connected(line.now());
                    tokio::select! {
                        ended = read(line, (socket.max_line, Duration::MAX), stream, || backoff.frame()) => ended,
                        () = line.missing(line.now()) => Ended::new("stale", "the source is connected and tells nothing"),
                    }
                }
                Ok(Err(error)) => Ended::new("unreachable", error),
                Err(_) => Ended::new("timeout", "the source does not answer"),
            }
        }
        Some(SocketKind::Listen(at)) => match TcpListener::bind(at).await {
            Ok(listener) => accept(line, socket, &listener).await,
            Err(error) => Ended::new("address", format!("cannot listen on {at}: {error}")),
        },
        None => Ended::new("address", "the feed names no address"),
    }
}

/// Accepts peers; each sends lines until it goes.
async fn accept(line: &Arc<Line>, socket: &Socket, listener: &TcpListener) -> Ended {
    line.health().connected(line.now());
    let seats = Arc::new(Semaphore::new(PEERS));
    let mut peers = JoinSet::new();
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            // No file handle is left, or the peer went at once: those who are there go on.
            Err(error) => {
                line.health().trouble(format!("a peer could not be accepted: {error}"));
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        while peers.try_join_next().is_some() {}
        if !welcome(socket, peer.ip()) {
            line.health().refused("stranger");
            continue;
        }
        let Ok(seat) = seats.clone().try_acquire_owned() else {
            line.health().refused("too_many_peers");
            continue;
        };
        let (line, longest) = (line.clone(), socket.max_line);
        peers.spawn(async move {
            let ended = read(&line, (longest, IDLE), stream, || {}).await;
            drop(seat);
            tracing::debug!(feed = %line.feed().id, %peer, reason = ended.reason, "peer went");
        });
    }
}

fn welcome(socket: &Socket, peer: IpAddr) -> bool {
    let peer = peer.to_canonical();
    socket.peers.is_empty() || socket.peers.iter().any(|p| p.to_canonical() == peer)
}

/// Reads lines until the stream ends; one that is too long is counted and passed over.
async fn read(
    line: &Line,
    (longest, idle): (usize, Duration),
    stream: impl AsyncRead + Unpin,
    mut told: impl FnMut(),
) -> Ended {
    let mut reader = BufReader::with_capacity(BUFFER, stream);
    let mut text: Vec<u8> = Vec::new();
    let mut skipping = false;
    loop {
        let available = match tokio::time::timeout(idle, reader.fill_buf()).await {
            Ok(Ok([])) => break,
            Ok(Ok(available)) => available,
            Ok(Err(error)) => return Ended::new("io", error),
            Err(_) => return Ended::new("idle", "the peer sends nothing"),
        };
        let end = memchr::memchr(b'\n', available);
        let part = &available[..end.unwrap_or(available.len())];
        if !skipping && text.len() + part.len() > longest {
            skipping = true;
            line.health().refused("too_long");
        }
        if !skipping {
            text.extend(part);
        }
        let used = end.map_or(part.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            if !skipping && hand_over(line, &mut text) {
                told();
            }
            text.clear();
            skipping = false;
        }
    }
    if !skipping {
        hand_over(line, &mut text);
    }
    Ended::new("closed", "the source closed the connection")
}

/// Hands a line over, unless there is nothing in it.
fn hand_over(line: &Line, text: &mut Vec<u8>) -> bool {
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    if text.is_empty() {
        return false;
    }
    line.frame(Frame::new(line.now(), std::mem::take(text)))
}

/// Runs a feed of datagrams over UDP; each may hold several lines.
pub(super) async fn udp(line: &Line, socket: &Socket, stop: &CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let ended = tokio::select! {
            ended = datagrams(line, socket) => ended,
            () = stop.cancelled() => return,
        };
        line.health().reconnect(ended.reason, ended.trouble);
        tokio::select! {
            () = tokio::time::sleep(backoff.wait()) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn datagrams(line: &Line, socket: &Socket) -> Ended {
    let Some(at) = socket.listen else {
        return Ended::new("address", "datagrams need an address to listen on");
    };
    let bound = match UdpSocket::bind(at).await {
        Ok(bound) => bound,
        Err(error) => return Ended::new("address", format!("cannot listen on {at}: {error}")),
    };
    line.health().connected(line.now());
    let mut buffer = vec![0_u8; 64 << 10];
    loop {
        let (length, peer) = match bound.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => return Ended::new("io", error),
        };
        if !welcome(socket, peer.ip()) {
            line.health().refused("stranger");
            continue;
        }
        for part in buffer[..length].split(|b| *b == b'\n') {
            if part.len() > socket.max_line {
                line.health().refused("too_long");
            } else {
                hand_over(line, &mut part.to_vec());
            }
        }
    }
}
