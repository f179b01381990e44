//! Who asks: the keys of requests, and the guard of the open demo.

use crate::extract;
use crate::keys::{Key, KeyKind};
use crate::oauth::{Access, OAuth};
use crate::pass::{self, Pass};
use crate::problem::{Problem, What};
use crate::scopes::{self, Scope};
use crate::settings::{App, Doors};
use crate::site;
use axum::extract::{FromRequestParts, MatchedPath, Request};
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
    token: Option<Arc<Access>>,
    /// How often its party had given a public reference up.
    given_up: usize,
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
            && self.token.as_ref().is_none_or(|token| is_open(token, doors))
            && doors.shared.given_up(&self.viewer) == self.given_up
    }

    fn keyless(viewer: Viewer) -> Self {
        Self { viewer, key: None, pass: None, token: None, given_up: 0 }
    }
}

/// Whether a token still opens: its time is not over, and its client is in use.
fn is_open(token: &Access, doors: &Doors) -> bool {
    jiff::Timestamp::now() < token.until && token.client.as_ref().is_none_or(|c| doors.keys.is_live(c))
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        asker(parts, app).await
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        asker(parts, app).await.map(|caller| caller.viewer)
    }
}

/// Returns who asks at the address of a request.
async fn asker(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
    make_ready(app, &parts.headers).await;
    let matched = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let place = || scopes::needed(&parts.method, matched.as_deref().unwrap_or_default());
    let caller = identify(app, &parts.headers, &parts.uri, place)?;
    // The public asks by the reference in use: what was given up opens nothing, nor does our id then.
    let certificate = matched.is_some_and(|path| path.starts_with("/v1/certificates/{"));
    if certificate && matches!(caller.viewer, Viewer::Public(_)) {
        let name = extract::name(parts).await.unwrap_or_default();
        if !app.shared.may_be_named(&caller.viewer, &name) {
            return Err(Problem::not_found());
        }
    }
    Ok(caller)
}

/// Fetches what has to be known before another issuer's token can be checked; for keys there is nothing.
pub(crate) async fn make_ready(doors: &Doors, headers: &HeaderMap) {
    let Some(oauth) = &doors.settings.oauth else { return };
    let sent = bearer(headers).ok().flatten().or_else(|| key_in_protocol(headers));
    if let Some(token) = sent.filter(|text| OAuth::is_token(text)) {
        oauth.ready(&token).await;
    }
}

/// Returns who asks, by header, address (publishable keys only) or WebSocket subprotocol.
///
/// `needs` is the scope that a token has to have at this address; without one no token opens it.
pub(crate) fn identify(
    doors: &Doors,
    headers: &HeaderMap,
    uri: &Uri,
    needs: impl FnOnce() -> Option<Scope>,
) -> Result<Caller, Problem> {
    let in_address = key_in_address(uri);
    if in_address.as_deref().is_some_and(|k| k.starts_with(pass::PREFIX)) {
        let detail = "send `sl_tk_` passes as `Authorization: Bearer` or in the fragment of a page's address";
        return Err(Problem::new(What::SecretInAddress, detail));
    }
    if in_address.as_deref().is_some_and(is_secret) {
        let detail = "send secret keys and tokens as `Authorization: Bearer`; addresses end up in logs: revoke this one";
        return Err(Problem::new(What::SecretInAddress, detail));
    }
    let sent = bearer(headers)?.or_else(|| key_in_protocol(headers)).or(in_address);
    let Some(sent) = sent else {
        return if doors.settings.open {
            Ok(Caller::keyless(Viewer::Operator))
        } else {
            Err(Problem::new(What::KeyMissing, "send a key as `Authorization: Bearer sl_sk_...`"))
        };
    };
    let unknown = || Problem::new(What::KeyUnknown, "the key is unknown or was revoked");
    if sent.starts_with(pass::PREFIX) {
        return holder(doors, headers, &sent).map_err(|why| why.unwrap_or_else(unknown));
    }
    if OAuth::is_token(&sent) {
        return tokened(doors, &sent, needs()).map_err(|why| why.unwrap_or_else(unknown));
    }
    let key = doors.keys.check(&sent).ok_or_else(unknown)?;
    let viewer = viewer(&key, headers)?;
    let given_up = doors.shared.given_up(&viewer);
    Ok(Caller { key: Some(key), given_up, ..Caller::keyless(viewer) })
}

/// Returns who holds a token, if it has the scope that is needed.
fn tokened(doors: &Doors, sent: &str, needs: Option<Scope>) -> Result<Caller, Option<Problem>> {
    let oauth = doors.settings.oauth.as_ref().ok_or(None)?;
    let access = oauth.access(sent, jiff::Timestamp::now());
    let access = access.map_err(|why| Some(Problem::new(What::KeyUnknown, why.to_string())))?;
    let lacks = |detail: String| Some(Problem::new(What::NotAllowed, detail));
    let needs = needs.ok_or_else(|| lacks("no token opens this address; use a key".to_owned()))?;
    let published = needs == Scope::RouteRead && access.scopes.contains(&Scope::RouteReadPublic);
    let viewer = match &access.party {
        _ if !access.scopes.contains(&needs) && !published => {
            return Err(lacks(format!("the token has not the scope `{}`", needs.word())));
        }
        party if !access.scopes.contains(&needs) => Viewer::Public(party.clone()),
        party if party.is_operator() => Viewer::Operator,
        party => Viewer::Party(party.clone()),
    };
    let given_up = doors.shared.given_up(&viewer);
    Ok(Caller { token: Some(Arc::new(access)), given_up, ..Caller::keyless(viewer) })
}

/// Whether a text opens more than a web page may have.
fn is_secret(text: &str) -> bool {
    let kinds = [KeyKind::Secret, KeyKind::Client];
    kinds.iter().any(|kind| text.starts_with(kind.prefix())) || OAuth::is_token(text)
}

/// Returns who holds a pass, if it opens anything now and from the asking site.
fn holder(doors: &Doors, headers: &HeaderMap, sent: &str) -> Result<Caller, Option<Problem>> {
    let pass = Pass::read(sent, doors.shared.secret(), jiff::Timestamp::now()).ok_or(None)?;
    let viewer = Viewer::Holder(CertificateId(pass.certificate.as_str().into()), pass.profile().ok_or(None)?);
    if !pass.is_live(doors) {
        return Err(None);
    }
    match (&pass.site, site::asking(headers)) {
        (Some(bound), Some(site)) if *bound != site => Err(Some(elsewhere("pass"))),
        _ => Ok(Caller { pass: Some(pass), ..Caller::keyless(viewer) }),
    }
}

fn viewer(key: &Key, headers: &HeaderMap) -> Result<Viewer, Problem> {
    match key.kind {
        KeyKind::Secret if key.party.is_operator() => Ok(Viewer::Operator),
        KeyKind::Secret => Ok(Viewer::Party(key.party.clone())),
        KeyKind::Client => {
            Err(Problem::new(What::KeyUnknown, "a client's secret opens `/oauth/token` only: send a token"))
        }
        KeyKind::Publishable => match site::asking(headers) {
            Some(site) if !key.sites.is_empty() && !key.sites.contains(&site) => Err(elsewhere("key")),
            _ => Ok(Viewer::Public(key.party.clone())),
        },
    }
}

fn elsewhere(what: &str) -> Problem {
    Problem::new(What::SiteNotAllowed, format!("this {what} is not bound to the asking site"))
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
    fn keys_are_found_where_they_may_be() {
        let h = headers(&[("sec-websocket-protocol", "sealane.live.v1+json, sealane.key.sl_sk_ab")]);
        assert_eq!(key_in_protocol(&h).as_deref(), Some("sl_sk_ab"));
        assert_eq!(key_in_address(&Uri::from_static("/x?a=1&key=sl_pk_ab")).as_deref(), Some("sl_pk_ab"));
        assert!(bearer(&headers(&[("authorization", "Basic abc")])).is_err());
    }
}
