//! Signatures: the keys, the signature beside each route document, the chain of a certificate, and the
//! tree of each day.

use super::certificate_events::event;
use super::certificate_routes::{Lens, profile};
use crate::auth::Viewer;
use crate::documents::Document;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sealane_data::certificate::{CertificateAct, CertificateId, Emitted};
use sealane_data::partner::PartyId;
use sealane_data::submission::Sha256;
use sealane_origin::disclosure::Profile;
use sealane_origin::trust::{self, DayRoot, Jwks};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of signatures.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(jwks))
        .routes(routes!(route_signature))
        .routes(routes!(chain))
        .routes(routes!(day))
        .routes(routes!(proof))
}

/// Returns the public keys that documents of this installation are signed with (RFC 7517): the one that
/// signs first, then the next one, then those that signed before.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "signatures", security(()), responses((status = 200, body = Object)))]
async fn jwks(State(app): State<App>) -> Response {
    let keys: Jwks = app.signing.ring().jwks(Timestamp::now());
    let mut response = Json(json!(keys)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

/// Returns the signature beside a certificate's route document: a detached JWS (RFC 7515, RFC 7797; ES256)
/// over the very bytes that `/route` serves in the same profile.
///
/// `ETag` names the document it is over, `Sealane-Link` its place in the certificate's chain. With
/// `If-Match` an older document's signature is returned if it was signed, else 409.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/route.jws", tag = "signatures", params(("id" = String, Path), Lens),
    responses(
        (status = 200, body = String, content_type = "application/jose"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The document changed meanwhile and was not signed", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn route_signature(
    State(app): State<App>,
    viewer: Viewer,
    Ask(lens): Ask<Lens>,
    Id(id): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    let profile = profile(&app, &viewer, &id, lens.profile.as_deref())?;
    app.shared.ready(&id).await;
    let document = app.shared.document(&id, profile).ok_or_else(Problem::not_found)?;
    let asked = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok()).map(start_of);
    let now = Sha256::of(&document.bytes).hex();
    let link = match asked {
        Some(start) if !start.is_empty() && !now.starts_with(&start) => {
            let found = signed(&app, &id, profile, |l| l.sha256.starts_with(&start));
            found.ok_or_else(|| {
                Problem::new(What::Refused, "that document was not signed; fetch the route again")
            })?
        }
        _ => sign(&app, &id, profile, (&document, &now)).await?,
    };
    let etag = format!("\"{}\"", link.sha256.get(..32).unwrap_or_default());
    let mut response = link.jws.into_response();
    let headers = response.headers_mut();
    let mut put = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, "application/jose");
    put(header::CACHE_CONTROL, "private, max-age=5");
    put(header::ETAG, &etag);
    put(header::HeaderName::from_static("sealane-link"), &link.link.to_string());
    Ok(response)
}

/// The start of a document's digest, as its entity tag tells it; nothing for a tag that is none.
fn start_of(tag: &str) -> String {
    let plain = tag.trim().trim_start_matches("W/").trim_matches('"');
    let plain = plain.strip_suffix(crate::documents::GZIP_SUFFIX).unwrap_or(plain);
    if plain.len() == 32 { plain.to_owned() } else { String::new() }
}

/// What a profile's route is called in the chain.
fn called(profile: Profile) -> String {
    format!("route:{}", profile.word())
}

/// Returns the newest link of a profile's route that fits.
fn signed(
    app: &App,
    id: &CertificateId,
    profile: Profile,
    fits: impl Fn(&Emitted) -> bool,
) -> Option<Emitted> {
    let what = called(profile);
    app.shared.read(|_, register| {
        let chain: Vec<&Emitted> = register.get(id)?.emitted().collect();
        chain.into_iter().rev().find(|l| l.what == what.as_str() && fits(l)).cloned()
    })
}

/// Signs a document unless it was signed with the same key before: each version costs one line of the log.
async fn sign(
    app: &App,
    id: &CertificateId,
    profile: Profile,
    (document, sha256): (&Document, &str),
) -> Answer<Emitted> {
    let ring = app.signing.ring();
    let here = |l: &Emitted| {
        l.sha256 == sha256 && trust::named(&l.jws).is_some_and(|(_, kid)| kid == ring.current().kid())
    };
    if let Some(link) = signed(app, id, profile, here) {
        return Ok(link);
    }
    let at = Timestamp::now();
    let jws = trust::detached(&document.bytes, &ring.domain, ring.current(), at);
    let binding = app.shared.judged(id).map(|j| j.binding.clone()).unwrap_or_default();
    let signed_one = trust::Signed { bytes: document.bytes.to_vec(), jws };
    let new = trust::emitted(&called(profile), &signed_one, binding, document.seq, at);
    app.desk.note(PartyId::operator(), event(id, String::new(), CertificateAct::Emitted(new))).await?;
    signed(app, id, profile, here).ok_or_else(|| Problem::internal(&"a link of the chain is not there"))
}

/// Returns the chain of everything that was signed about a certificate: each link names the digest of the
/// one before, so that nothing can be taken out of the row. Its owner and authorities read it.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/chain", tag = "signatures", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn chain(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    // The digest of a binding is over containers, which can be listed and tried.
    if !matches!(profile, Profile::Internal | Profile::Authority) {
        return Err(Problem::new(What::NotAllowed, "the chain is for the owner and for authorities"));
    }
    let chain = app
        .shared
        .read(|_, register| register.get(&id).map(|c| c.emitted().map(link).collect::<Vec<Value>>()));
    Ok(Json(json!({ "certificate": id, "chain": chain.ok_or_else(Problem::not_found)? })))
}

/// A link holds digests only.
fn link(link: &Emitted) -> Value {
    json!({
        "link": link.link,
        "what": link.what,
        "sha256": link.sha256,
        "prev": link.prev,
        "binding": link.binding,
        "seq": link.seq,
        "at": link.at,
        "jws": link.jws,
        "digest": trust::link_digest(link).hex(),
    })
}

/// Returns the signed root over everything that was signed on a UTC day that is over (in the manner of RFC 9162).
///
/// Where an authority stamped it, `timestamp_token` is its RFC 3161 token over the root itself.
#[utoipa::path(
    get, path = "/v1/trust/days/{day}", tag = "signatures", security(()), params(("day" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn day(State(app): State<App>, Ask(Nothing {}): Ask<Nothing>, Id(day): Id) -> Answer<Json<Value>> {
    let day = over(&day)?;
    // Hashing many leaves keeps no writer waiting.
    let (leaves, stamp) =
        app.shared.read(|_, register| (register.links_of(day).to_vec(), register.stamp_of(day).cloned()));
    let timestamp_token = stamp.as_ref().map(|s| s.token.clone());
    let root = DayRoot { timestamp_token, ..DayRoot::of(day, &leaves) };
    let ring = app.signing.ring();
    let signed = trust::sign(&json!(root), &ring.domain, ring.current(), Timestamp::now());
    let stamped = stamp.map(|s| json!({ "at": s.at, "by": s.by }));
    Ok(Json(json!({ "root": root, "jws": signed.jws, "stamped": stamped })))
}

/// Reads a day that is over: one that is not gets more leaves.
fn over(text: &str) -> Answer<Date> {
    let day: Date = text.parse().map_err(|_| Problem::not_found())?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    if day < today { Ok(day) } else { Err(Problem::new(What::NotFound, "that day is not over in UTC")) }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Leaf {
    /// The digest of the link, as `/chain` tells it.
    link: String,
}

/// Returns the proof that a link is under the root of its day: the neighbours from the leaf to the root.
#[utoipa::path(
    get, path = "/v1/trust/days/{day}/proof", tag = "signatures", security(()), params(("day" = String, Path), Leaf),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn proof(State(app): State<App>, Ask(leaf): Ask<Leaf>, Id(day): Id) -> Answer<Json<Value>> {
    let day = over(&day)?;
    let leaves = app.shared.read(|_, register| register.links_of(day).to_vec());
    let proven = || {
        let at = leaves.iter().position(|l| l.hex() == leaf.link)?;
        let path: Vec<String> = trust::inclusion(&leaves, at)?.iter().map(Sha256::hex).collect();
        Some(json!({ "root": DayRoot::of(day, &leaves), "link": leaf.link, "index": at, "path": path }))
    };
    proven().map(Json).ok_or_else(Problem::not_found)
}
