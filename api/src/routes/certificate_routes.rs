//! Routes of certificates: the document, its picture, its stream.

use crate::auth::{Caller, Viewer};
use crate::documents::{entity_tag, not_modified};
use crate::extract::{Ask, Id, seen};
use crate::live::TopicKey;
use crate::live::feed::Feed;
use crate::live::sse::{self, Topics};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::views::svg;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sealane_data::certificate::CertificateId;
use sealane_origin::disclosure::Profile;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of certificates' routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(route)).routes(routes!(picture)).routes(routes!(stream))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Lens {
    /// See it as others do: `public`, `buyer`, `authority`, `partner` or `internal`; never more than the key allows.
    pub(super) profile: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamLens {
    /// See it as others do: `public`, `buyer`, `authority`, `partner` or `internal`; never more than the key allows.
    profile: Option<String>,
    /// The id of the last event seen, for clients that cannot send `Last-Event-ID`.
    after: Option<String>,
}

/// Returns the profile in which a certificate is to be shown.
pub(super) fn profile(
    app: &App,
    viewer: &Viewer,
    id: &CertificateId,
    asked: Option<&str>,
) -> Answer<Profile> {
    let allowed = app.shared.profile_for(viewer, id).ok_or_else(Problem::not_found)?;
    let Some(asked) = asked else { return Ok(allowed) };
    let known = Profile::WORDS.iter().find(|(_, word)| *word == asked).map(|(profile, _)| *profile);
    match known {
        Some(profile) if allowed.may_read(profile) => Ok(profile),
        Some(_) => Err(Problem::new(What::NotAllowed, "the key allows a lesser profile only")),
        None => Err(Problem::new(
            What::BadQuery,
            "`profile` is `public`, `buyer`, `authority`, `partner` or `internal`",
        )),
    }
}

/// Returns the route of a certificate as GeoJSON.
///
/// Stops are points, legs are lines; each says how sure it is and by whom. `ETag` and
/// `If-None-Match` work; the document holds instants, never ages.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/route", tag = "routes", params(("id" = String, Path), Lens),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 304, description = "Not modified"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn route(
    State(app): State<App>,
    viewer: Viewer,
    Ask(lens): Ask<Lens>,
    Id(id): Id,
    request: Request,
) -> Answer<Response> {
    // The busiest address of all: the headers are looked at where they are, not copied.
    let headers = request.headers();
    let id = CertificateId(id.into());
    let profile = profile(&app, &viewer, &id, lens.profile.as_deref())?;
    app.shared.ready(&id).await;
    let document = app.shared.document(&id, profile).ok_or_else(Problem::not_found)?;
    Ok(served(&document.bytes, &document.etag, "application/geo+json", is_public(&viewer, headers), headers))
}

/// Shared caches may keep only what is asked for by address alone.
fn is_public(viewer: &Viewer, headers: &HeaderMap) -> bool {
    matches!(viewer, Viewer::Public(_)) && !headers.contains_key(header::AUTHORIZATION)
}

/// Answers with a document, or with 304 if the caller has it.
pub(super) fn served(
    bytes: &Bytes,
    etag: &HeaderValue,
    kind: &'static str,
    public: bool,
    asked: &HeaderMap,
) -> Response {
    let known = not_modified(asked, etag);
    let mut response = match &known {
        Some(_) => StatusCode::NOT_MODIFIED.into_response(),
        None => bytes.clone().into_response(),
    };
    let cache = if public {
        "public, max-age=5, stale-while-revalidate=30"
    } else {
        "private, max-age=5, stale-while-revalidate=30"
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("authorization, accept-encoding"));
    headers.insert(header::ETAG, known.unwrap_or_else(|| etag.clone()));
    response
}

/// Returns the route of a certificate as a picture, for places without scripts.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/route.svg", tag = "routes", params(("id" = String, Path), Lens),
    responses(
        (status = 200, body = String, content_type = "image/svg+xml"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn picture(
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
    let drawn = Bytes::from(svg::draw(&document));
    let etag = entity_tag(&drawn);
    let mut response = served(&drawn, &etag, "image/svg+xml", is_public(&viewer, &headers), &headers);
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Follows the route of a certificate: server-sent events.
///
/// The first event is a `snapshot` unless `Last-Event-ID` is known and recent; then `change` events.
/// The data has the shape of MapLibre's `updateData`, with `as_of_seq` and `clock`.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/stream", tag = "routes", params(("id" = String, Path), StreamLens),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn stream(
    State(app): State<App>,
    caller: Caller,
    Ask(lens): Ask<StreamLens>,
    Id(id): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    let profile = profile(&app, &caller.viewer, &id, lens.profile.as_deref())?;
    let place = app.shared.hub().admit(app.settings.max_streams);
    let place = place.ok_or_else(|| Problem::new(What::TooManyStreams, "try again later"))?;
    let after = seen(&headers, lens.after.as_deref(), app.shared.epoch());
    let key = TopicKey::Certificate(id, profile);
    let named = [(key.clone(), key.name())];
    let feed = Feed::new(app.clone(), &named, after, Some(Arc::new(place))).await;
    Ok(sse::response(app, caller, feed, Topics::One, Vec::new()))
}
