//! Reading requests: queries that refuse what they do not know, and bodies with a cap.

use crate::problem::{Answer, Problem, What};
use crate::settings::App;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use sealane_data::finding::Language;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A query string. The struct behind it denies unknown fields; `key` belongs to the caller's
/// identity and is left out here.
pub(crate) struct Ask<T>(pub(crate) T);

/// The query of addresses that take none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let kept: Vec<&str> = query.split('&').filter(|p| !p.is_empty() && !p.starts_with("key=")).collect();
        let bad = |e: &dyn std::fmt::Display| Problem::new(What::BadQuery, plain(&e.to_string()));
        let uri: Uri = format!("/?{}", kept.join("&")).parse().map_err(|e| bad(&e))?;
        Query::<T>::try_from_uri(&uri).map(|Query(q)| Self(q)).map_err(|e| bad(&e.body_text()))
    }
}

/// Drops the extractor's own words in front of what is wrong.
fn plain(text: &str) -> String {
    text.trim_start_matches("Failed to deserialize query string: ").to_owned()
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn body(body: Body, headers: &HeaderMap, limit: usize) -> Answer<Bytes> {
    let too_large = || Problem::new(What::TooLarge, format!("a body may have at most {limit} bytes"));
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|len| len > limit) {
        return Err(too_large());
    }
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let over =
            std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
        if over { too_large() } else { Problem::new(What::BadRequest, "the body ended early") }
    })
}

/// Reads a JSON body of at most `limit` bytes; says where and what is wrong with it.
pub(crate) async fn json<T: DeserializeOwned>(body: Body, headers: &HeaderMap, limit: usize) -> Answer<T> {
    json_of(&self::body(body, headers, limit).await?)
}

/// Reads JSON; says where and what is wrong with it.
pub(crate) fn json_of<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    serde_json::from_slice(bytes).map_err(|e| {
        Problem::new(What::BadRequest, format!("the body is not the JSON that is asked for: {e}"))
    })
}

/// Returns a header's text, refusing what is not plain ASCII or longer than `max` bytes.
pub(crate) fn text_header(headers: &HeaderMap, name: &str, max: usize) -> Answer<Option<String>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match value.to_str() {
        Ok(text) if text.len() <= max => Ok(Some(text.to_owned())),
        _ => {
            Err(Problem::new(What::BadRequest, format!("`{name}` must be plain text of at most {max} bytes")))
        }
    }
}

/// Returns whether a request's `Accept` names a media type itself.
pub(crate) fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT).into_iter().filter_map(|v| v.to_str().ok());
    lists
        .flat_map(|l| l.split(','))
        .any(|m| m.split(';').next().is_some_and(|m| m.trim().eq_ignore_ascii_case(media)))
}

/// Returns the language that a request asks for: by its query, else by `Accept-Language`.
pub(crate) fn language(headers: &HeaderMap, asked: Option<&str>) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    asked.and_then(Language::of_tag).unwrap_or_else(|| Language::of_header(header))
}

/// Says in which language an answer is, and that it would be another one for who asks otherwise.
pub(crate) fn in_language(answer: impl IntoResponse, language: Language) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// The one parameter of an address; what cannot be read names nothing. A certificate's public reference is
/// read as our id of it.
pub(crate) struct Id(pub(crate) String);

impl FromRequestParts<App> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let name = name(parts).await?;
        Ok(Self(if name.starts_with("pub_") { app.shared.named(&name).to_string() } else { name }))
    }
}

/// Returns the one parameter of an address as it was sent.
pub(crate) async fn name(parts: &mut Parts) -> Answer<String> {
    match axum::extract::Path::<String>::from_request_parts(parts, &()).await {
        Ok(axum::extract::Path(name)) if name.len() <= 512 => Ok(name),
        _ => Err(Problem::not_found()),
    }
}

/// The log position a reader of a stream has seen: `Last-Event-ID`, or `after` in the query.
pub(crate) fn seen(headers: &HeaderMap, after: Option<&str>, epoch: &str) -> Option<u64> {
    let header = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    crate::live::parse_event_id(epoch, header.or(after)?)
}
