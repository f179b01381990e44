//! Who asks: the keys of requests, and the guard of the open demo.

use crate::keys::{Key, KeyKind};
use crate::pass::{self, Pass};
use crate::problem::{Problem, What};
use crate::settings::{App, Doors};
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use sealane_data::certificate::CertificateId;
use sealane_data::partner::PartyId;
use sealane_origin::disclosure::Profile;
use std::net::IpAddr;
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// The operator, who sees everything.
    Operator,
    /// A party with a secret key.
    Party(PartyId),
    /// A web page with a publishable key: sees what the party published, in the public profile.
    Public(PartyId),
    /// Somebody with a pass: sees one certificate in one profile.
    Holder(CertificateId, Profile),
}

impl Viewer {
    /// Returns the party whose own things are meant; nothing for the operator, who means all.
    pub(crate) fn limit(&self) -> Option<PartyId> {
        match self {
            Self::Operator => None,
            Self::Party(party) | Self::Public(party) => Some(party.clone()),
            // No party has an empty id: a pass owns nothing.
            Self::Holder(..) => Some(PartyId("".into())),
        }
    }

    /// Returns the party that speaks; a web page speaks for nobody.
    pub(crate) fn speaker(&self) -> Result<PartyId, Problem> {
        match self {
            Self::Operator => Ok(PartyId::operator()),
            Self::Party(party) => Ok(party.clone()),
            Self::Public(_) | Self::Holder(..) => Err(secret_needed()),
        }
    }

    /// Refuses everyone but the operator.
    pub(crate) fn operator_only(&self) -> Result<(), Problem> {
        match self {
            Self::Operator => Ok(()),
            _ => Err(Problem::new(What::NotAllowed, "this needs a key of the operator")),
        }
    }
}

fn secret_needed() -> Problem {
    Problem::new(What::NotAllowed, "this needs a secret key, `sl_sk_...`")
}

/// Who asks, with the key itself: long streams ask again whether it is still in use.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) viewer: Viewer,
    key: Option<Arc<Key>>,
    pub(crate) pass: Option<Pass>,
}

impl Caller {
    /// Returns the sites that a publishable key is bound to; none for every other caller.
    pub(crate) fn sites(&self) -> &[String] {
        self.key.as_ref().map_or(&[], |key| key.sites.as_slice())
    }

    /// Returns whether the key is still in use; the open demo has none.
    pub(crate) fn is_live(&self, doors: &Doors) -> bool {
        self.key.as_ref().is_none_or(|key| doors.keys.is_live(key))
            && self.pass.as_ref().is_none_or(|pass| pass.is_live(doors))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify(app, &parts.headers, &parts.uri)
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        identify(app, &parts.headers, &parts.uri).map(|caller| caller.viewer)
    }
}

/// Returns who asks, by header, address (publishable keys only) or WebSocket subprotocol.
pub(crate) fn identify(doors: &Doors, headers: &HeaderMap, uri: &Uri) -> Result<Caller, Problem> {
    let in_address = key_in_address(uri);
    if in_address.as_deref().is_some_and(|k| k.starts_with(pass::PREFIX)) {
        let detail = "send `sl_tk_` passes as `Authorization: Bearer` or in the fragment of a page's address";
        return Err(Problem::new(What::SecretInAddress, detail));
    }
    if in_address.as_deref().is_some_and(|k| k.starts_with(KeyKind::Secret.prefix())) {
        let detail =
            "send `sl_sk_` keys as `Authorization: Bearer`; addresses end up in logs: revoke this key";
        return Err(Problem::new(What::SecretInAddress, detail));
    }
    let sent = bearer(headers)?.or_else(|| key_in_protocol(headers)).or(in_address);
    let Some(sent) = sent else {
        return if doors.settings.open {
            Ok(Caller { viewer: Viewer::Operator, key: None, pass: None })
        } else {
            Err(Problem::new(What::KeyMissing, "send a key as `Authorization: Bearer sl_sk_...`"))
        };
    };
    let unknown = || Problem::new(What::KeyUnknown, "the key is unknown or was revoked");
    if sent.starts_with(pass::PREFIX) {
        return holder(doors, headers, &sent).ok_or_else(unknown);
    }
    let key = doors.keys.check(&sent).ok_or_else(unknown)?;
    let viewer = viewer(&key, headers)?;
    Ok(Caller { viewer, key: Some(key), pass: None })
}

/// Returns who holds a pass, if it opens anything now and from the asking site.
fn holder(doors: &Doors, headers: &HeaderMap, sent: &str) -> Option<Caller> {
    let pass = Pass::read(sent, doors.shared.secret(), jiff::Timestamp::now())?;
    let site =
        headers.get(header::ORIGIN).map(|o| String::from_utf8_lossy(o.as_bytes()).to_ascii_lowercase());
    let allowed = match (&pass.site, &site) {
        (Some(bound), Some(site)) => bound == site || is_own(site, headers),
        _ => true,
    };
    let viewer = Viewer::Holder(CertificateId(pass.certificate.as_str().into()), pass.profile()?);
    (allowed && pass.is_live(doors)).then_some(Caller { viewer, key: None, pass: Some(pass) })
}

fn viewer(key: &Key, headers: &HeaderMap) -> Result<Viewer, Problem> {
    match key.kind {
        KeyKind::Secret if key.party.is_operator() => Ok(Viewer::Operator),
        KeyKind::Secret => Ok(Viewer::Party(key.party.clone())),
        KeyKind::Publishable => {
            let site = headers
                .get(header::ORIGIN)
                .map(|o| String::from_utf8_lossy(o.as_bytes()).to_ascii_lowercase());
            match site {
                Some(site)
                    if !key.sites.is_empty() && !key.sites.contains(&site) && !is_own(&site, headers) =>
                {
                    Err(Problem::new(What::SiteNotAllowed, "this key is not bound to the asking site"))
                }
                _ => Ok(Viewer::Public(key.party.clone())),
            }
        }
    }
}

/// Whether the asking page came from this very server, as `/embed` does; who may frame such a page
/// is held by its `frame-ancestors`.
fn is_own(site: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let named = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    named.zip(host).is_some_and(|(named, host)| named.eq_ignore_ascii_case(host))
}

fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(key.trim().to_owned())),
        _ => Err(Problem::new(What::KeyUnknown, "`Authorization` must be `Bearer` and a key")),
    }
}

/// Returns the value of `key=` in an address. Our keys have no characters that need escaping.
fn key_in_address(uri: &Uri) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("key=")).map(str::to_owned)
}

/// The subprotocol that carries a key where a browser's WebSocket can set no header.
pub(crate) const KEY_PROTOCOL: &str = "sealane.key.";

fn key_in_protocol(headers: &HeaderMap) -> Option<String> {
    let lists = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|l| l.split(',')).find_map(|p| p.trim().strip_prefix(KEY_PROTOCOL)).map(str::to_owned)
}

/// Refuses what did not come from this machine itself while the doors are open (`demo`).
///
/// A foreign `Host` is how a page elsewhere reaches loopback by rebinding a name; forwarding
/// headers mean that a proxy made the demo public.
pub(crate) fn open_guard(doors: &Doors, request: &Request) -> Result<(), Problem> {
    if doors.settings.open { guard(request.headers(), request.uri()) } else { Ok(()) }
}

/// Headers by which proxies name whom they speak for.
const FORWARDING: &[&str] = &[
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
];

fn guard(headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let refuse = |detail: &str| Err(Problem::new(What::Foreign, detail));
    let forwarding = |name: &str| FORWARDING.contains(&name) || name.starts_with("x-forwarded-");
    if headers.keys().any(|name| forwarding(name.as_str())) {
        return refuse("the open demo is not served through a proxy; use `sealane serve`");
    }
    let named = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let host = named.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)).unwrap_or_default();
    if !is_loopback(host) {
        return refuse("the open demo is served on loopback names only");
    }
    match headers.get(header::ORIGIN).map(HeaderValue::as_bytes) {
        Some(origin) if origin != format!("http://{host}").as_bytes() => {
            refuse("the open demo answers no other site; use `sealane serve` with a key")
        }
        _ => Ok(()),
    }
}

/// Whether `host[:port]` names this machine.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn the_open_demo_refuses_what_is_foreign() {
        let uri = Uri::from_static("/");
        for (pairs, passes) in [
            (vec![("host", "127.0.0.1:8080")], true),
            (vec![("host", "localhost:8080"), ("origin", "http://localhost:8080")], true),
            (vec![("host", "[::1]:8080")], true),
            (vec![("host", "demo.example")], false),
            (vec![("host", "127.0.0.1.demo.example")], false),
            (vec![("host", "localhost"), ("origin", "http://evil.example")], false),
            (vec![("host", "localhost"), ("origin", "null")], false),
            (vec![("host", "localhost:1"), ("origin", "http://localhost:2")], false),
            (vec![("host", "localhost"), ("x-forwarded-for", "1.2.3.4")], false),
            (vec![("host", "localhost"), ("x-forwarded-port", "80")], false),
            (vec![("host", "localhost"), ("forwarded", "for=1.2.3.4")], false),
            (vec![("host", "localhost"), ("via", "1.1 p")], false),
            (vec![], false),
        ] {
            assert_eq!(guard(&headers(&pairs), &uri).is_ok(), passes, "{pairs:?}");
        }
    }

    #[test]
    fn a_page_of_this_server_is_its_own_site() {
        for (site, host, own) in [
            ("https://maps.example", "maps.example", true),
            ("http://127.0.0.1:8600", "127.0.0.1:8600", true),
            ("https://shop.example", "maps.example", false),
            ("https://maps.example:444", "maps.example", false),
            ("null", "maps.example", false),
        ] {
            assert_eq!(is_own(site, &headers(&[("host", host)])), own, "{site} at {host}");
        }
        assert!(!is_own("https://maps.example", &headers(&[])));
    }

    #[test]
    fn keys_are_found_where_they_may_be() {
        let h = headers(&[("sec-websocket-protocol", "sealane.live.v1+json, sealane.key.sl_sk_ab")]);
        assert_eq!(key_in_protocol(&h).as_deref(), Some("sl_sk_ab"));
        assert_eq!(key_in_address(&Uri::from_static("/x?a=1&key=sl_pk_ab")).as_deref(), Some("sl_pk_ab"));
        assert!(bearer(&headers(&[("authorization", "Basic abc")])).is_err());
    }
}
