//! The least of an HTTP/1.1 client: one connection, requests as bytes, answers read to their end.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One kept connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Returns a header's value; names are asked for in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Returns the bytes of a request with a key.
pub(crate) fn request(method: &str, path: &str, key: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n{headers}content-length: {length}\r\n\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 << 10) }
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.unwrap();
        let end = self.find(b"\r\n\r\n", 0).await + 4;
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let mut answer = Answer { status: head[9..12].parse().unwrap(), head, body: Vec::new() };
        let chunked = answer.header("transfer-encoding").is_some();
        let length = answer.header("content-length").and_then(|l| l.parse::<usize>().ok());
        let stop = match (answer.status, chunked, length) {
            (304, ..) | (_, false, None) => end,
            (_, true, _) => self.find(b"\r\n0\r\n\r\n", end).await + 7,
            (_, false, Some(length)) => {
                while self.buffer.len() < end + length {
                    self.more().await;
                }
                end + length
            }
        };
        answer.body = self.buffer[end..stop].to_vec();
        self.buffer.drain(..stop);
        answer
    }

    /// Sends a request and reads on for ever: `told` gets what has come since it last took bytes away.
    pub(crate) async fn follow(mut self, request: &[u8], mut told: impl FnMut(&mut Vec<u8>)) {
        self.stream.write_all(request).await.unwrap();
        while self.stream.read_buf(&mut self.buffer).await.is_ok_and(|n| n > 0) {
            told(&mut self.buffer);
        }
    }

    async fn more(&mut self) {
        let n = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(n > 0, "the server hung up: {}", String::from_utf8_lossy(&self.buffer));
    }

    async fn find(&mut self, what: &[u8], from: usize) -> usize {
        loop {
            if let Some(at) = memchr::memmem::find(&self.buffer[from..], what) {
                return from + at;
            }
            self.more().await;
        }
    }
}
