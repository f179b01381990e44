//! Request ids, the trace, and the measures of every request.

use crate::layers::REQUEST_ID;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument as _;

/// Gives the request an id, traces it, and counts its answer.
///
/// Only the method, the matched route, the path and the status are told: queries and headers may
/// hold keys.
pub(crate) async fn measure(mut request: Request, next: Next) -> Response {
    let id = id_of(request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let route =
        request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |m| m.as_str().to_owned());
    let method = method_word(request.method());
    let span = tracing::info_span!(
        "request",
        method,
        path = %request.uri().path(),
        id = id.to_str().unwrap_or_default(),
        status = tracing::field::Empty,
    );
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.record("status", status);
    let taken = started.elapsed();
    span.in_scope(|| tracing::debug!(status, taken_us = taken.as_micros(), "answered"));
    metrics::counter!("sealane_http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("sealane_http_seconds", "method" => method, "route" => route)
        .record(taken.as_secs_f64());
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Methods as a label: strangers cannot make up new ones.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Returns the caller's request id if it is short and plain, else a new one.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    let plain = |v: &&HeaderValue| {
        v.len() <= 64
            && !v.is_empty()
            && v.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
    };
    if let Some(id) = headers.get(REQUEST_ID).filter(plain) {
        return id.clone();
    }
    let random = getrandom::u64().unwrap_or_default();
    HeaderValue::from_str(&format!("{random:016x}")).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
