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
    data.join(SOCKET)
}

/// The socket's name.
const SOCKET: &str = "sealane.sock";

/// The longest path a socket can have, in bytes: 108 with the closing zero (unix(7)).
const SOCKET_PATH: usize = 107;

/// A socket's address that is short enough, whatever the data directory is called.
///
/// A long one is reached through this process's open folder under `/proc/self/fd`: the socket stays in
/// the data directory, and nobody has to look for it elsewhere.
pub(crate) struct Address {
    pub(crate) path: PathBuf,
    _folder: Option<std::fs::File>,
}

impl Address {
    /// Returns the address of a data directory's socket. Keep it until it has been used.
    pub(crate) fn of(data: &Path) -> Result<Self> {
        let path = socket(data);
        if fits(&path) {
            return Ok(Self { path, _folder: None });
        }
        let folder =
            std::fs::File::open(data).with_context(|| format!("cannot open `{}`", data.display()))?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&folder);
        let path = PathBuf::from(format!("/proc/self/fd/{number}")).join(SOCKET);
        let reachable = path.parent().is_some_and(Path::is_dir);
        anyhow::ensure!(reachable, "{}", too_long(data));
        Ok(Self { path, _folder: Some(folder) })
    }
}

/// Whether a path is short enough for a socket.
pub(crate) fn fits(path: &Path) -> bool {
    path.as_os_str().len() <= SOCKET_PATH
}

/// Says that a data directory's path is too long.
pub(crate) fn too_long(data: &Path) -> String {
    let (data, bytes) = (data.display(), data.as_os_str().len());
    format!(
        "path `{data}` is too long for a socket ({bytes} bytes) and there is no `/proc` to shorten it: use a shorter path or a symbolic link"
    )
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
        if !socket(data).exists() {
            return Ok(None);
        }
        let address = Address::of(data)?;
        let Ok(stream) = UnixStream::connect(&address.path).await else { return Ok(None) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_reached_however_long_its_path_is() {
        let home = tempfile::tempdir().unwrap();
        let short = Address::of(home.path()).unwrap();
        assert_eq!(short.path, socket(home.path()));
        let long = home.path().join("a".repeat(60)).join("b".repeat(60));
        std::fs::create_dir_all(&long).unwrap();
        let address = Address::of(&long).unwrap();
        assert!(fits(&address.path) && !fits(&socket(&long)));
        let listener = std::os::unix::net::UnixListener::bind(&address.path).unwrap();
        assert!(socket(&long).exists(), "it is in the data directory");
        let again = Address::of(&long).unwrap();
        std::os::unix::net::UnixStream::connect(&again.path).unwrap();
        drop(listener);
    }
}
