//! Commands beside a running `serve`: they hand over through a socket in the data directory.

use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::path::{Path, PathBuf};
use tokio::net::UnixStream;

/// Answers of a local server are not larger than this.
const MAX_ANSWER: usize = 256 << 20;

/// Returns where a running `serve` listens for commands of this machine.
pub(crate) fn socket(data: &Path) -> PathBuf {
    data.join("sealane.sock")
}

/// Returns where the key that the CLI uses by itself is kept.
pub(crate) fn key_file(data: &Path) -> PathBuf {
    data.join("local.key")
}

/// Asks a running `serve`; `None` when none is running.
pub(crate) fn ask(
    data: &Path,
    method: &str,
    path: &str,
    body: Vec<u8>,
) -> Result<Option<(StatusCode, Vec<u8>)>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let Ok(stream) = UnixStream::connect(socket(data)).await else { return Ok(None) };
        let key = std::fs::read_to_string(key_file(data)).context("cannot read `local.key`")?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", key.trim()))
            .body(Full::new(Bytes::from(body)))?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        let body = body.map_err(|e| anyhow::anyhow!("answer of the running `serve` was cut: {e}"))?;
        driver.abort();
        Ok(Some((status, body.to_bytes().to_vec())))
    })
}

/// Asks a running `serve` and takes only success for an answer.
pub(crate) fn ask_ok(data: &Path, method: &str, path: &str, body: Vec<u8>) -> Result<Option<Vec<u8>>> {
    match ask(data, method, path, body)? {
        None => Ok(None),
        Some((status, body)) if status.is_success() => Ok(Some(body)),
        Some((status, body)) => {
            bail!("the running `serve` answered {status}: {}", String::from_utf8_lossy(&body))
        }
    }
}
