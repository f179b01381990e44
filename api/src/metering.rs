//! Request ids, the trace, and the measures of every request.

use crate::layers::REQUEST_ID;
use crate::settings::Client;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use metrics::Counter;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Instant;
use tracing::{Span, debug, debug_span};

/// A request under way.
///
/// Only the method, the matched route, the path and the status are told: queries and headers may
/// hold keys.
pub(crate) struct Measured {
    id: HeaderValue,
    method: &'static str,
    route: Option<MatchedPath>,
    span: Span,
    started: Instant,
}

impl Measured {
    /// Gives a request its id and starts its clock.
    pub(crate) fn begin(request: &mut Request) -> Self {
        let id = id_of(request.headers());
        request.headers_mut().insert(REQUEST_ID, id.clone());
        let method = method_word(request.method());
        let path = request.uri().path();
        let client = request.extensions().get::<Client>();
        let (client, secure) = (client.map(|c| tracing::field::display(c.address)), client.map(|c| c.secure));
        let span = debug_span!("request", method, path, client, secure, id = id.to_str().unwrap_or_default());
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { id, method, route, span, started: Instant::now() }
    }

    /// Returns the span of the request.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Counts the answer and gives it the request's id.
    pub(crate) fn end(self, response: &mut Response) {
        let status = response.status().as_u16();
        let taken = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.span.in_scope(|| debug!(status, taken_us = taken, "answered"));
        count(self.route.as_ref().map_or("none", MatchedPath::as_str), self.method, status, taken);
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

/// The counters of one kind of answer.
struct Counters {
    method: &'static str,
    status: u16,
    requests: Counter,
    microseconds: Counter,
}

thread_local! {
    /// By route. As many as there are routes, methods and statuses; looking them up in the
    /// process's registry for every request would cost more than some answers do.
    static COUNTERS: RefCell<HashMap<Box<str>, Vec<Counters>>> = RefCell::default();
}

fn count(route: &str, method: &'static str, status: u16, taken: u64) {
    COUNTERS.with_borrow_mut(|by_route| {
        if !by_route.contains_key(route) {
            by_route.insert(route.into(), Vec::new());
        }
        let Some(known) = by_route.get_mut(route) else { return };
        let row = known.iter().position(|c| (c.method, c.status) == (method, status));
        let row = row.unwrap_or_else(|| {
            known.push(Counters::new(route, method, status));
            known.len() - 1
        });
        known[row].requests.increment(1);
        known[row].microseconds.increment(taken);
    });
}

impl Counters {
    fn new(route: &str, method: &'static str, status: u16) -> Self {
        let labels =
            [("route", route.to_owned()), ("method", method.to_owned()), ("status", status.to_string())];
        Self {
            method,
            status,
            requests: metrics::counter!("sealane_http_requests_total", &labels),
            microseconds: metrics::counter!("sealane_http_microseconds_total", &labels),
        }
    }
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

thread_local! {
    /// Where this thread's ids go on from.
    static NEXT: RefCell<u64> = RefCell::new(getrandom::u64().unwrap_or_default());
}

/// Returns the caller's request id if it is short and plain, else a new one.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    let plain = |v: &&HeaderValue| {
        let small = !v.is_empty() && v.len() <= 64;
        small && v.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
    };
    if let Some(id) = headers.get(REQUEST_ID).filter(plain) {
        return id.clone();
    }
    let next = NEXT.with_borrow_mut(|next| {
        *next = next.wrapping_add(1);
        *next
    });
    HeaderValue::from_str(&format!("{next:016x}")).unwrap_or_else(|_| HeaderValue::from_static("0"))
}
