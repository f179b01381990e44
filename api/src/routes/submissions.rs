//! Submissions: bytes in, and the inbox.

use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::views::submission::{Answered, Inbox, line};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sealane_data::partner::PartyId;
use sealane_data::submission::{Content, NewSubmission, Source};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of submissions.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(submit, list))
        .routes(routes!(one))
        .routes(routes!(raw))
        .routes(routes!(answer))
        .routes(routes!(marked))
}

const EDIFACT: &str = "application/edifact";
const X12: &str = "application/edi-x12";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Tongue {
    /// The language of grouped findings, `en`, `zh` or `vi`; else the one of `Accept-Language`.
    lang: Option<String>,
}

/// Takes bytes in.
///
/// EDIFACT and X12 interchanges, spreadsheets (XLSX, XLS, CSV) and mails with spreadsheets as they are;
/// the answer says what was understood and what was wrong, and is sent once everything is durable and
/// applied. With `Accept: application/edifact` the answer is the CONTRL message itself, with
/// `Accept: application/edi-x12` the TA1, 997 or 999, where one can be made; with the media type of
/// XLSX it is the sender's spreadsheet with its bad cells marked.
#[utoipa::path(
    post, path = "/v1/submissions", tag = "submissions",
    request_body(content = String, content_type = "application/octet-stream"),
    params(
        Tongue,
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and bytes get the same answer, at most 255 bytes"),
        ("X-Filename" = Option<String>, Header, description = "The sender's name for the bytes"),
    ),
    responses(
        (status = 200, body = Answered),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The idempotency key was used for other bytes", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full or below its reserve; nothing was stored", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn submit(
    State(app): State<App>,
    viewer: Viewer,
    Ask(asked): Ask<Tongue>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let party = viewer.speaker()?;
    let wants_acknowledgement = [EDIFACT, X12].iter().any(|kind| extract::accepts(&headers, kind));
    let mut submission = arrived(party, Content::Feed, &headers)?;
    submission.wants_acknowledgement = wants_acknowledgement;
    submission.wants_workbook = !wants_acknowledgement && extract::accepts(&headers, XLSX);
    submission.bytes = extract::body(body, &headers, app.settings.max_body).await?.into();
    let mut receipt = app.intake.submit(submission).await?;
    if let Some(workbook) = receipt.workbook.take() {
        return in_own_format(&receipt.id, workbook, XLSX);
    }
    match receipt.acknowledgement {
        Some(text) if extract::accepts(&headers, kind_of(&text)) => {
            let kind = kind_of(&text);
            in_own_format(&receipt.id, text, kind)
        }
        _ => {
            let language = extract::language(&headers, asked.lang.as_deref());
            Ok(extract::in_language(Json(Answered::new(receipt, language)), language))
        }
    }
}

/// Returns the media type of an acknowledgement.
fn kind_of(text: &str) -> &'static str {
    if text.starts_with("ISA") { X12 } else { EDIFACT }
}

/// Answers in the sender's own format; `Sealane-Submission` names what it answers.
fn in_own_format(id: &str, body: impl Into<Body>, kind: &'static str) -> Answer<Response> {
    let mut response = body.into().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert("sealane-submission", HeaderValue::from_str(id).map_err(|e| Problem::internal(&e))?);
    Ok(response)
}

/// Returns a submission that has just arrived, without its bytes.
pub(super) fn arrived(party: PartyId, content: Content, headers: &HeaderMap) -> Answer<NewSubmission> {
    Ok(NewSubmission {
        party,
        source: Source { transport: "http".into(), name: file_name(headers)?.unwrap_or_default() },
        content,
        received: Timestamp::now(),
        idempotency_key: extract::text_header(headers, "idempotency-key", 255)?,
        bytes: Vec::new(),
        wants_acknowledgement: false,
        wants_workbook: false,
    })
}

/// The name the sender gives its bytes: a label, never a path. Other letters than English ones come
/// percent-encoded in UTF-8, for a header cannot hold them.
fn file_name(headers: &HeaderMap) -> Answer<Option<String>> {
    if let Some(name) = extract::text_header(headers, "x-filename", 4096)? {
        return Ok(Some(label(&percent_decode_str(&name).decode_utf8_lossy())));
    }
    let disposition = extract::text_header(headers, "content-disposition", 4096)?.unwrap_or_default();
    let name = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="));
    Ok(name.map(|n| label(n.trim_matches('"'))))
}

fn label(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The `next` of the page before.
    before: Option<String>,
    /// How many, at most 500.
    limit: Option<usize>,
    /// The language of grouped findings, `en`, `zh` or `vi`; else the one of `Accept-Language`.
    lang: Option<String>,
}

/// Returns the inbox, newest first.
#[utoipa::path(get, path = "/v1/submissions", tag = "submissions", params(Page), responses((status = 200, body = Inbox)))]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Ask(page): Ask<Page>,
) -> Answer<Response> {
    viewer.speaker()?;
    let limit = page.limit.unwrap_or(50).clamp(1, 500);
    let mut submissions = app.intake.submissions(viewer.limit(), page.before, limit + 1).await?;
    let more = submissions.len() > limit;
    submissions.truncate(limit);
    let next = submissions.last().filter(|_| more).map(|s| s.id.to_string());
    let language = extract::language(&headers, page.lang.as_deref());
    let lines = submissions.into_iter().map(|summary| line(summary, language));
    let submissions = lines.collect::<Result<_, _>>().map_err(|e| Problem::internal(&e))?;
    Ok(extract::in_language(Json(Inbox { submissions, next }), language))
}

/// Returns one submission with its findings and the answer it got.
#[utoipa::path(
    get, path = "/v1/submissions/{id}", tag = "submissions", params(("id" = String, Path), Tongue),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn one(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Ask(asked): Ask<Tongue>,
    Id(id): Id,
) -> Answer<Response> {
    viewer.speaker()?;
    let language = extract::language(&headers, asked.lang.as_deref());
    let summary = app.intake.summary(viewer.limit(), id).await?;
    let line = line(summary, language).map_err(|e| Problem::internal(&e))?;
    Ok(extract::in_language(Json(line), language))
}

/// Returns the answer to a submission in its sender's own format: CONTRL, or TA1, 997 and 999.
///
/// Also one that nobody had asked for until now. When its sender asks, it counts as fetched and is taken
/// out of the sender's folder; the operator only looks at it.
#[utoipa::path(
    get, path = "/v1/submissions/{id}/answer", tag = "submissions", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/edifact"), (status = 404, description = "No answer can be made", body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn answer(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Response> {
    let asks = viewer.speaker()?;
    let mut summary = app.intake.summary(viewer.limit(), id).await?;
    let text = summary.receipt.take_answer().ok_or_else(Problem::not_found)?;
    let id = summary.id.clone();
    if summary.party == asks {
        app.intake.answer_fetched(summary).await?;
    }
    let kind = kind_of(&text);
    in_own_format(&id, text, kind)
}

/// Returns the bytes of a submission exactly as they came.
#[utoipa::path(
    get, path = "/v1/submissions/{id}/raw", tag = "submissions", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 410, description = "The bytes were erased", body = ProblemDocument, content_type = "application/problem+json"), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn raw(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Response> {
    viewer.speaker()?;
    let (summary, bytes) = app.intake.submission(viewer.limit(), id).await?;
    if let Some(erased) = &summary.erased {
        return Err(Problem::new(What::Erased, format!("the bytes were {erased}")));
    }
    let name = format!("attachment; filename=\"{}.txt\"", summary.id);
    let name = HeaderValue::from_str(&name).map_err(|e| Problem::internal(&e))?;
    // Plain text whatever it is: a browser must never run what a stranger sent.
    let kind = HeaderValue::from_static("text/plain");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// Returns a submission's spreadsheet with its bad cells marked and a sentence at each.
///
/// As it would be read now. A text table comes back as one, with a last column for the sentences; with
/// `Accept` of XLSX as a workbook. Of a mail the attachment that was marked comes back.
#[utoipa::path(
    get, path = "/v1/submissions/{id}/marked", tag = "submissions", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/octet-stream"), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn marked(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    Id(id): Id,
) -> Answer<Response> {
    viewer.speaker()?;
    let xlsx = extract::accepts(&headers, XLSX);
    let (summary, marked) = app.intake.marked(viewer.limit(), id, xlsx).await?;
    let kind = HeaderValue::from_str(&marked.media_type).map_err(|e| Problem::internal(&e))?;
    let ending = if marked.media_type == XLSX { "xlsx" } else { "csv" };
    let name = format!("attachment; filename=\"{}-marked.{ending}\"", summary.id);
    let name = HeaderValue::from_str(&name).map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], marked.bytes).into_response())
}
