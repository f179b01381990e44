//! Who asks: the other end of the connection, or whom a trusted proxy names.

use super::tls::TlsListener;
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::serve::IncomingStream;
use sealane_api::Client;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;

/// The other end of a connection, and whether it was encrypted up to us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    secure: bool,
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self { address: *stream.remote_addr(), secure: false }
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self { address: *stream.remote_addr(), secure: true }
    }
}

/// Puts the client of every request where handlers and the trace find it.
///
/// Without a trusted proxy the headers by which proxies speak are removed: a client could write them.
pub(crate) fn around(router: Router, behind_proxy: bool) -> Router {
    router.layer(from_fn_with_state(behind_proxy, name_client))
}

async fn name_client(State(behind_proxy): State<bool>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
        let client = client(peer, request.headers(), behind_proxy);
        request.extensions_mut().insert(client);
    }
    if !behind_proxy {
        let forwarding: Vec<HeaderName> =
            request.headers().keys().filter(|n| is_forwarding(n.as_str())).cloned().collect();
        for name in forwarding {
            request.headers_mut().remove(name);
        }
    }
    next.run(request).await
}

fn is_forwarding(name: &str) -> bool {
    matches!(name, "forwarded" | "x-real-ip") || name.starts_with("x-forwarded-")
}

/// Returns who asks. Of a chain only the last entry is the proxy's own word; those before are hearsay.
fn client(peer: Peer, headers: &HeaderMap, behind_proxy: bool) -> Client {
    let direct = Client { address: peer.address.ip(), secure: peer.secure };
    if !behind_proxy {
        return direct;
    }
    let address = last(headers, "x-forwarded-for").and_then(|text| address(&text));
    let secure = last(headers, "x-forwarded-proto").map(|proto| proto.eq_ignore_ascii_case("https"));
    Client { address: address.unwrap_or(direct.address), secure: secure.unwrap_or(direct.secure) }
}

fn last(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get_all(name).into_iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(|text| text.trim().to_owned())
}

/// Reads an address that may have a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxys_last_word_counts() {
        let peer = Peer { address: "192.0.2.1:5000".parse().unwrap(), secure: false };
        let said = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, value.parse().unwrap());
            }
            headers
        };
        let forged = said(&[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")]);
        let direct = client(peer, &forged, false);
        assert_eq!((direct.address.to_string().as_str(), direct.secure), ("192.0.2.1", false));
        for (value, address) in [
            ("203.0.113.9", "203.0.113.9"),
            ("10.9.9.9, 203.0.113.9", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("unknown", "192.0.2.1"),
            ("", "192.0.2.1"),
        ] {
            let headers = said(&[("x-forwarded-for", value), ("x-forwarded-proto", "https")]);
            let named = client(peer, &headers, true);
            assert_eq!((named.address.to_string().as_str(), named.secure), (address, true), "{value}");
        }
        let twice = said(&[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "203.0.113.10")]);
        assert_eq!(client(peer, &twice, true).address.to_string(), "203.0.113.10");
    }
}
