//! Errors as RFC 9457 problem documents, with stable codes from one table.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sealane_data::finding::Finding;
use sealane_data::ports::{IntakeError, KpiError};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong; the row of [`PROBLEMS`] says how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// No key was sent.
    KeyMissing,
    /// The key is unknown or revoked.
    KeyUnknown,
    /// A secret key was put into an address.
    SecretInAddress,
    /// The publishable key is bound to other sites.
    SiteNotAllowed,
    /// The key may not do that.
    NotAllowed,
    /// The open demo was asked from elsewhere.
    Foreign,
    /// There is no such thing, or the caller may not see it.
    NotFound,
    /// A query parameter is unknown or has a bad value.
    BadQuery,
    /// A header or body has a bad form.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// The idempotency key was used for other bytes.
    KeyReused,
    /// The certificate is here with other content.
    Conflict,
    /// The certificate has errors.
    Invalid,
    /// Too much is waiting.
    Busy,
    /// The answer took too long.
    TimedOut,
    /// Our own failure.
    Internal,
    /// The method is not served at this address.
    Method,
    /// The log is still being folded.
    NotReady,
    /// Too many streams are open.
    TooManyStreams,
    /// The pages were not built in.
    NoPages,
    /// It cannot be done as things are.
    Refused,
    /// The disk is full, or below its reserve.
    NoRoom,
    /// The raw bytes were erased.
    Erased,
    /// The end of a way by sea is no known node and no position.
    UnknownEnd,
    /// A text may mean several nodes.
    SeveralNodes,
    /// The sea network does not know the passage.
    UnknownPassage,
    /// The end of a way lies too far from navigable water.
    TooFarFromWater,
    /// What is shut or too small lies between the ends of a way.
    NoSeaRoute,
    /// Too many questions were asked.
    TooOften,
}

/// One row of [`PROBLEMS`].
#[derive(Clone, Copy, Debug)]
pub struct ProblemKind {
    /// What went wrong.
    pub what: What,
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The title, the same for every occurrence.
    pub title: &'static str,
}

const fn row(what: What, code: &'static str, status: StatusCode, title: &'static str) -> ProblemKind {
    ProblemKind { what, code, status, title }
}

/// Every problem the doors answer with, in the order of [`What`].
pub const PROBLEMS: &[ProblemKind] = &[
    row(What::KeyMissing, "API-001", StatusCode::UNAUTHORIZED, "A key is needed"),
    row(What::KeyUnknown, "API-002", StatusCode::UNAUTHORIZED, "The key is not valid"),
    row(What::SecretInAddress, "API-003", StatusCode::BAD_REQUEST, "A secret key must not be in an address"),
    row(What::SiteNotAllowed, "API-004", StatusCode::FORBIDDEN, "The key is bound to other sites"),
    row(What::NotAllowed, "API-005", StatusCode::FORBIDDEN, "The key may not do that"),
    row(What::Foreign, "API-006", StatusCode::FORBIDDEN, "The open demo answers only its own machine"),
    row(What::NotFound, "API-007", StatusCode::NOT_FOUND, "Not found"),
    row(What::BadQuery, "API-008", StatusCode::BAD_REQUEST, "The query is not understood"),
    row(What::BadRequest, "API-009", StatusCode::BAD_REQUEST, "The request is not understood"),
    row(What::TooLarge, "API-010", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
    row(
        What::KeyReused,
        "API-011",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The idempotency key was used for other bytes",
    ),
    row(What::Conflict, "API-012", StatusCode::CONFLICT, "The certificate is here with other content"),
    row(What::Invalid, "API-013", StatusCode::UNPROCESSABLE_ENTITY, "The certificate has errors"),
    row(What::Busy, "API-014", StatusCode::SERVICE_UNAVAILABLE, "Too much is waiting"),
    row(What::TimedOut, "API-015", StatusCode::SERVICE_UNAVAILABLE, "The answer took too long"),
    row(What::Internal, "API-016", StatusCode::INTERNAL_SERVER_ERROR, "Our own failure"),
    row(What::Method, "API-017", StatusCode::METHOD_NOT_ALLOWED, "The method is not served here"),
    row(What::NotReady, "API-018", StatusCode::SERVICE_UNAVAILABLE, "Not ready yet"),
    row(What::TooManyStreams, "API-019", StatusCode::SERVICE_UNAVAILABLE, "Too many streams are open"),
    row(What::NoPages, "API-020", StatusCode::NOT_FOUND, "The pages were not built in"),
    row(What::Refused, "API-021", StatusCode::CONFLICT, "It cannot be done as things are"),
    row(What::NoRoom, "API-022", StatusCode::INSUFFICIENT_STORAGE, "There is no room for input"),
    row(What::Erased, "API-023", StatusCode::GONE, "The bytes were erased"),
    row(What::UnknownEnd, "API-024", StatusCode::UNPROCESSABLE_ENTITY, "The end of the way is not known"),
    row(What::SeveralNodes, "API-025", StatusCode::UNPROCESSABLE_ENTITY, "The text may mean several nodes"),
    row(What::UnknownPassage, "API-026", StatusCode::UNPROCESSABLE_ENTITY, "The passage is not known"),
    row(What::TooFarFromWater, "API-027", StatusCode::UNPROCESSABLE_ENTITY, "Too far from navigable water"),
    row(What::NoSeaRoute, "API-028", StatusCode::UNPROCESSABLE_ENTITY, "No way by sea is left"),
    row(What::TooOften, "API-029", StatusCode::TOO_MANY_REQUESTS, "Too many questions"),
];

/// An error answer.
#[derive(Debug)]
pub struct Problem {
    what: What,
    detail: String,
    findings: Vec<Finding>,
}

/// The document of an error answer (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument {
    /// `urn:sealane:problem:<code>`.
    r#type: String,
    /// The same for every occurrence of the code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// The stable code.
    code: &'static str,
    /// What is wrong in the submitted document, with exact places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
}

/// What a handler returns.
pub(crate) type Answer<T> = Result<T, Problem>;

impl Problem {
    /// Returns a problem with its sentence: lower-case, no final dot.
    pub fn new(what: What, detail: impl Into<String>) -> Self {
        Self { what, detail: detail.into(), findings: Vec::new() }
    }

    /// Returns the one answer for what is unknown and for what is hidden: they cannot be told apart.
    pub fn not_found() -> Self {
        Self::new(What::NotFound, "there is no such thing, or this key may not see it")
    }

    /// Returns our own failure; the cause goes to the log and never to the caller.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(What::Internal, "the failure was logged; try again later")
    }

    /// Adds findings.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Returns the document of this answer, for a place inside another answer.
    pub(crate) fn document(&self) -> ProblemDocument {
        let kind = self.kind();
        ProblemDocument {
            r#type: format!("urn:sealane:problem:{}", kind.code),
            title: kind.title,
            status: kind.status.as_u16(),
            detail: self.detail.clone(),
            code: kind.code,
            findings: self.findings.clone(),
        }
    }

    /// Returns the sentence that says what is wrong.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns what went wrong.
    pub fn what(&self) -> What {
        self.what
    }

    fn kind(&self) -> &'static ProblemKind {
        &PROBLEMS[self.what as usize]
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.kind();
        let mut response = (kind.status, Json(self.document())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        match kind.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sealane\""));
            }
            StatusCode::INSUFFICIENT_STORAGE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::KeyReused => {
                Self::new(What::KeyReused, "send other bytes under another `Idempotency-Key`")
            }
            IntakeError::Busy => {
                Self::new(What::Busy, "too many submissions are waiting; nothing was stored")
            }
            IntakeError::NoRoom(_) => {
                tracing::error!(%error, "input was refused");
                Self::new(
                    What::NoRoom,
                    "the disk is full or below its reserve; nothing was stored, send it again later",
                )
            }
            IntakeError::NotFound => Self::not_found(),
            IntakeError::Refused(why) => Self::new(What::Refused, why),
            other => Self::internal(&other),
        }
    }
}

impl From<KpiError> for Problem {
    fn from(error: KpiError) -> Self {
        match error {
            KpiError::UnknownNode(_) | KpiError::BadRange(..) => Self::new(What::BadQuery, error.to_string()),
            other => Self::internal(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_in_order_and_its_codes_differ() {
        for (i, kind) in PROBLEMS.iter().enumerate() {
            assert_eq!(kind.what as usize, i, "{}", kind.code);
        }
        assert_eq!(PROBLEMS.len(), What::TooOften as usize + 1);
        assert_eq!(PROBLEMS.iter().map(|k| k.code).collect::<BTreeSet<_>>().len(), PROBLEMS.len());
    }

    #[test]
    fn no_room_is_507_and_says_when_to_try_again() {
        let response = Problem::from(IntakeError::NoRoom("3 MiB left in /secret".into())).into_response();
        assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
        assert_eq!(response.headers()["retry-after"], "60");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[test]
    fn a_cause_never_leaves_the_house() {
        let response = Problem::from(IntakeError::Storage("disk /secret/path".into())).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Problem::from(IntakeError::Storage("disk /secret/path".into()));
        assert!(!problem.detail.contains("secret"));
    }
}
