//! Dialling: TCP or an HTTP proxy, TLS, and the handshake of RFC 6455.

use super::super::{ca, secret};
use super::{Ended, broken};
use sealane_data::feed::WebSocket;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// The longest answer of a proxy.
const PROXY_ANSWER: usize = 8 << 10;
/// What may wait to be sent: pings, pongs and a subscription.
const WRITE_BUFFER: usize = 256 << 10;

/// Bytes both ways, encrypted or not.
pub(super) trait Both: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Both for T {}

/// A connection, encrypted or not.
pub(super) type Connection = Box<dyn Both>;

/// Connects to a WebSocket; secrets are read anew.
pub(super) async fn dial(ws: &WebSocket) -> Result<WebSocketStream<Connection>, Ended> {
    let request = request(ws)?;
    let uri = request.uri();
    let encrypted = uri.scheme_str() == Some("wss");
    let host = uri.host().ok_or_else(|| Ended::new("address", "the address has no host"))?.to_owned();
    let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
    let host = host.trim_matches(['[', ']']).to_owned();
    let tcp = reach(ws, &host, port).await.map_err(|e| Ended::new("unreachable", e))?;
    let _ = tcp.set_nodelay(true);
    let connection: Connection = if encrypted {
        let connector = ca::connector(ws.ca.as_deref()).map_err(|e| Ended::new("tls", e))?;
        let name = ServerName::try_from(host).map_err(|e| Ended::new("tls", e))?;
        Box::new(connector.connect(name, tcp).await.map_err(|e| Ended::new("tls", e))?)
    } else {
        Box::new(tcp)
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(ws.max_message))
        .max_frame_size(Some(ws.max_message))
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER);
    let shaken = tokio_tungstenite::client_async_with_config(request, connection, Some(limits)).await;
    shaken.map(|(stream, _)| stream).map_err(|e| broken(&e))
}

fn request(ws: &WebSocket) -> Result<Request, Ended> {
    let mut request = ws.url.as_str().into_client_request().map_err(|e| Ended::new("address", e))?;
    if let Some(given) = &ws.auth {
        let (name, value) = secret::header(given).map_err(|e| Ended::new("secret", e))?;
        let name = HeaderName::try_from(name).map_err(|e| Ended::new("secret", e))?;
        let told = |_| Ended::new("secret", "the secret cannot stand in a header");
        let mut value = HeaderValue::try_from(value).map_err(told)?;
        value.set_sensitive(true);
        request.headers_mut().insert(name, value);
    }
    Ok(request)
}

/// Connects to a host, through the proxy where there is one.
async fn reach(ws: &WebSocket, host: &str, port: u16) -> io::Result<TcpStream> {
    let Some(proxy) = &ws.proxy else { return TcpStream::connect((host, port)).await };
    let proxy = proxy.strip_prefix("http://").unwrap_or(proxy).trim_end_matches('/');
    let mut tcp = TcpStream::connect(proxy).await?;
    let target = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    tcp.write_all(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    // Byte by byte: what follows the empty line belongs to the source.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= PROXY_ANSWER {
            return Err(io::Error::other("the proxy's answer has no end"));
        }
        answer.push(tcp.read_u8().await?);
    }
    let first = String::from_utf8_lossy(&answer);
    let first = first.lines().next().unwrap_or_default();
    if first.split(' ').nth(1) == Some("200") {
        Ok(tcp)
    } else {
        Err(io::Error::other(format!("the proxy says `{first}`")))
    }
}
