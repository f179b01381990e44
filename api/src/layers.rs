//! What every request goes through, outermost first:
//!
//! 1. a request id, made or taken over, sent back; the trace and the measures (method, matched
//!    route and status; never a query or a header)
//! 2. the guard of the open demo
//! 3. security headers, what keeps the opened out of indexes, and entity tags of compressed answers
//! 4. CORS: the asking site is echoed; keys, not cookies, decide
//! 5. compression of texts (never of event streams)
//! 6. panics become problems
//! 7. readiness, and the time limit up to the answer's head
//!
//! Bodies are capped where they are read (`extract::body`).

use crate::auth;
use crate::documents::GZIP_SUFFIX;
use crate::metering::Measured;
use crate::problem::{Problem, What};
use crate::settings::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use std::any::Any;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument as _;

/// How long an answer may take; uploads get more.
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_FOR_UPLOADS: Duration = Duration::from_mins(10);

/// How many headers the other layers add to an answer.
const LAYERS_ADD: usize = 10;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts every layer around a router: as one stack, for each `layer` of a router costs every
/// request a box of its own.
pub(crate) fn around(router: Router, app: &App) -> Router {
    let stack = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), outer))
        .layer(cors())
        .layer(CompressionLayer::new().gzip(true))
        .layer(CatchPanicLayer::custom(|cause: Box<dyn Any + Send>| panicked(&*cause)))
        .layer(from_fn_with_state(app.clone(), inner));
    router.layer(stack)
}

/// Steps 1 to 3.
async fn outer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let measured = Measured::begin(&mut request);
    let closed = is_closed(request.uri().path());
    let mut response = match auth::open_guard(&app, &request) {
        Ok(()) => next.run(request).instrument(measured.span()).await,
        Err(problem) => problem.into_response(),
    };
    if closed {
        keep_apart(response.headers_mut());
    }
    secure(response.headers_mut());
    tag_compressed(response.headers_mut());
    measured.end(&mut response);
    response
}

/// Step 7. Until the log has been folded only what needs no data answers.
async fn inner(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.is_ready() && request.uri().path().starts_with("/v1/") {
        return Problem::new(What::NotReady, "the log is being read").into_response();
    }
    let patience = if request.method() == Method::POST { PATIENCE_FOR_UPLOADS } else { PATIENCE };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(mut response) => {
            // The layers around this one add as many: the map grows once instead of twice.
            response.headers_mut().reserve(LAYERS_ADD);
            response
        }
        Err(_) => Problem::new(What::TimedOut, "try again later").into_response(),
    }
}

fn cors() -> CorsLayer {
    let send = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::CONTENT_DISPOSITION,
        header::IF_NONE_MATCH,
        header::ACCEPT,
        HeaderName::from_static("idempotency-key"),
        HeaderName::from_static("last-event-id"),
        HeaderName::from_static("x-filename"),
        REQUEST_ID,
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(send)
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, REQUEST_ID])
        .max_age(Duration::from_mins(10))
}

/// Where links, passes and keys open something, or fail to: everywhere but at the pages and files that are alike for all.
fn is_closed(path: &str) -> bool {
    path == "/verify" || ["/v1/", "/embed/"].iter().any(|start| path.starts_with(start))
}

/// What is opened to somebody is in no index, in no cache that others share, and told to no other site.
fn keep_apart(headers: &mut HeaderMap) {
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
}

/// Headers that every answer has; pages set their own content policy.
fn secure(headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    default(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
}

/// A compressed answer is another representation: a strong entity tag must differ (RFC 9110 8.8.3).
fn tag_compressed(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG).and_then(|t| t.to_str().ok())
        && let Some(open) = tag.strip_suffix('"').filter(|open| !open.ends_with(GZIP_SUFFIX))
        && let Ok(tag) = HeaderValue::from_str(&format!("{open}{GZIP_SUFFIX}\""))
    {
        headers.insert(header::ETAG, tag);
    }
}

fn panicked(cause: &(dyn Any + Send)) -> Response {
    let text = cause.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::internal(&format!("panic: {text}")).into_response()
}
