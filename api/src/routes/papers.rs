//! Certificates on paper: the original is kept, and what its text says is suggested to a person.

use super::submissions::arrived;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Content, Sha256, Source};
use sealane_origin::paper::{MAX_PAPER, PAPER, prefill, read_paper};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Papers that are read at once: their writers chose what that takes.
static READING: Semaphore = Semaphore::const_new(1);

/// The address of papers.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take))
}

/// Keeps a certificate on paper (PDF, at most 4 MiB) and says what its text layer holds.
///
/// The original stays as it came, under `submission`, with its SHA-256. `document` has the shape of a
/// certificate and holds what was found: a suggestion for a person to compare and to send, which nobody
/// believes before. A scan has no text: then it is empty.
#[utoipa::path(
    post, path = "/v1/papers", tag = "papers",
    request_body(content = String, content_type = "application/pdf"),
    params(("X-Filename" = Option<String>, Header, description = "The sender's name for the file")),
    responses(
        (status = 200, description = "`submission`, `sha256`, `pages`, `text_layer`, `document`", body = Object),
        (status = 400, description = "It is no PDF, locked or damaged", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn take(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    let mut submission = arrived(viewer.speaker()?, Content::Certificate, &headers)?;
    submission.source = Source { transport: PAPER.into(), ..submission.source };
    let bytes = extract::body(body, &headers, app.settings.max_body.min(MAX_PAPER)).await?;
    // It is held until the reading has ended, also where the sender has gone.
    let reading = READING.try_acquire().map_err(|_| IntakeError::Busy)?;
    let looked = bytes.clone();
    let paper = super::apart(app.clone(), move |_| {
        let _reading = reading;
        read_paper(&looked).map(|paper| (paper.pages, !paper.text.trim().is_empty(), prefill(&paper.text)))
    });
    let read = paper.await?.map_err(|why| Problem::new(What::BadRequest, why.to_string()));
    // What is no paper is not kept either.
    let (pages, text_layer, document) = read?;
    let sha256 = Sha256::of(&bytes).hex();
    submission.bytes = bytes.into();
    let receipt = app.intake.submit(submission).await?;
    Ok(Json(json!({
        "submission": receipt.id, "sha256": sha256, "pages": pages, "text_layer": text_layer, "document": document,
    })))
}
