//! A running `sealane` and a small client for it.

use super::sealane;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use tokio::net::TcpStream;

/// Asks until there is an answer.
pub(crate) fn eventually<T>(ask: impl Fn() -> Option<T>) -> T {
    let since = std::time::Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(since.elapsed() < std::time::Duration::from_mins(1), "it does not come");
        std::thread::yield_now();
    }
}

/// A running server; it is killed when it goes out of scope.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) key: Option<String>,
    _stdout: BufReader<ChildStdout>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().unwrap()).unwrap_or_default()
    }
}

impl Server {
    /// Starts `serve` on a free port over a data directory, with the operator's key.
    pub(crate) fn serve(data: &Path) -> Self {
        let mut command = sealane();
        command.args(["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
        let mut server = Self::start(command);
        server.key = Some(std::fs::read_to_string(data.join("local.key")).unwrap().trim().to_owned());
        server
    }

    /// Starts a command and waits for the address it prints.
    pub(crate) fn start(mut command: std::process::Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.split("://").nth(1).unwrap_or_else(|| panic!("no address in `{line}`"));
        let address = address.split_whitespace().next().unwrap().to_owned();
        Self { child, address, key: None, _stdout: stdout }
    }

    /// Sends a request with the operator's key.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.ask_with(method, path, &[], self.key.as_deref(), body)
    }

    /// Gets JSON with the operator's key; anything but 200 fails the test.
    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, b"");
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Sends a request with its own headers and key.
    pub(crate) fn ask_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        key: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(send(&self.address, method, path, headers, key, body)).unwrap()
    }

    /// Kills the process at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one request over a connection of its own.
pub(crate) async fn send(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    key: Option<&str>,
    body: &[u8],
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", address);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body.to_vec())))?).await?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    driver.abort();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// A data directory that goes away with the test.
pub(crate) fn data() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    (dir, path)
}
