//! Certificates of origin.

use super::certificate_events::event;
use super::submissions::arrived;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Doors};
use crate::views::certificate::CertificateDocument;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use sealane_data::certificate::{CertificateAct, CertificateId};
use sealane_data::finding::Finding;
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::submission::{CertificateOutcome, Content};
use sealane_origin::Certificate;
use sealane_origin::disclosure::Profile;
use sealane_origin::named_paper;
use sealane_origin::paper::PAPER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest body of a wish to publish, in bytes.
const LONGEST_WISH: usize = 1 << 10;

/// The addresses of certificates.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(submit, list))
        .routes(routes!(check))
        .routes(routes!(one))
        .routes(routes!(publish))
}

/// Takes a certificate in.
///
/// The form's boxes as JSON. The same certificate again answers 200 with the same id; the same
/// number with other content is refused. It stays private until it is published.
#[utoipa::path(
    post, path = "/v1/certificates", tag = "certificates",
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 201, description = "New: `outcome` is `created`", body = CertificateDocument),
        (status = 200, description = "Here already: `outcome` is `same`", body = CertificateDocument),
        (status = 409, description = "Here with other content", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "Errors, each with its place", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn submit(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let mut submission = arrived(viewer.speaker()?, Content::Certificate, &headers)?;
    let limit = app.settings.max_body.min(sealane_origin::MAX_BYTES);
    let bytes = extract::body(body, &headers, limit).await?;
    has_its_paper(&app, &submission.party, &bytes).await?;
    submission.bytes = bytes.into();
    let receipt = app.intake.submit(submission).await?;
    let Some(certificate) = receipt.certificate else {
        return Err(invalid(receipt.findings));
    };
    let status = match certificate.outcome {
        CertificateOutcome::Created => StatusCode::CREATED,
        CertificateOutcome::Same => StatusCode::OK,
        CertificateOutcome::Conflict => {
            let detail =
                "a certificate with this regime, issuer and number was sent before with other content";
            return Err(Problem::new(What::Conflict, detail));
        }
        CertificateOutcome::Invalid => return Err(invalid(receipt.findings)),
    };
    let id = CertificateId(certificate.id);
    let mut shown = seen(&app, &viewer, &id).await?;
    shown["outcome"] = serde_json::to_value(certificate.outcome).unwrap_or_default();
    shown["findings"] = serde_json::to_value(&receipt.findings).unwrap_or_default();
    let location =
        HeaderValue::from_str(&format!("/v1/certificates/{id}")).map_err(|e| Problem::internal(&e))?;
    Ok((status, [(header::LOCATION, location)], Json(shown)).into_response())
}

fn invalid(findings: Vec<Finding>) -> Problem {
    Problem::new(What::Invalid, "mend what the findings name and send it again").with_findings(findings)
}

/// Finds out whether the paper that a certificate names is one that its sender handed in.
async fn has_its_paper(app: &App, party: &PartyId, bytes: &[u8]) -> Answer<()> {
    let Some(named) = named_paper(bytes).map_err(|f| invalid(vec![*f]))? else { return Ok(()) };
    let whose = (!party.is_operator()).then(|| party.clone());
    match app.intake.summary(whose, named.submission.clone()).await {
        Ok(found) if found.source.transport == PAPER && found.sha256.eq_ignore_ascii_case(&named.sha256) => {
            Ok(())
        }
        Ok(_) | Err(IntakeError::NotFound) => Err(invalid(vec![named.is_not_there()])),
        Err(error) => Err(error.into()),
    }
}

/// Says what is wrong or doubtful in a certificate, and keeps nothing.
#[utoipa::path(
    post, path = "/v1/certificates/check", tag = "certificates",
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 200, description = "`would_take`, and `findings` with their exact places", body = Object),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn check(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    viewer.speaker()?;
    let limit = app.settings.max_body.min(sealane_origin::MAX_BYTES);
    let bytes = extract::body(body, &headers, limit).await?;
    let (intended, findings) = super::apart(app, move |_| sealane_origin::read(&bytes)).await?;
    Ok(Json(json!({ "would_take": intended.is_some(), "findings": findings })))
}

/// Returns a certificate as somebody may see it.
async fn seen(app: &App, viewer: &Viewer, id: &CertificateId) -> Answer<Value> {
    let profile = app.shared.profile_for(viewer, id).ok_or_else(Problem::not_found)?;
    app.shared.ready(id).await;
    app.shared.certificate(id, profile, None).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The `next` of the page before.
    before: Option<String>,
    /// How many, at most 500.
    limit: Option<usize>,
}

/// A page of certificates, newest first.
#[derive(Serialize, ToSchema)]
struct Certificates {
    #[schema(value_type = Vec<CertificateDocument>)]
    certificates: Vec<Value>,
    /// What to send as `before` for the next page; absent on the last.
    next: Option<String>,
}

/// Returns the caller's certificates, newest first; with a publishable key the published ones that have no other
/// public reference than their id.
#[utoipa::path(get, path = "/v1/certificates", tag = "certificates", params(Page), responses((status = 200, body = Certificates)))]
async fn list(State(app): State<App>, viewer: Viewer, Ask(page): Ask<Page>) -> Answer<Json<Certificates>> {
    let limit = page.limit.unwrap_or(50).clamp(1, 500);
    let public = matches!(viewer, Viewer::Public(_));
    let profile = if public { Profile::Public } else { Profile::Internal };
    let (ids, next) = app.shared.read(|_, register| {
        let all = register.owned_by(viewer.limit().as_ref());
        // Who was not given the reference that is in use now does not find it here either.
        let listed = |c: &Certificate| c.is_public() && c.public_ref(None) == c.id.0.as_str();
        let mut visible: Vec<_> = all.into_iter().filter(|c| !public || listed(c)).collect();
        if let Some(at) = page.before.and_then(|id| visible.iter().position(|c| c.id.0 == id)) {
            visible.drain(..=at);
        }
        let more = visible.len() > limit;
        visible.truncate(limit);
        let next = visible.last().filter(|_| more).map(|c| c.id.to_string());
        (visible.into_iter().map(|c| c.id.clone()).collect::<Vec<_>>(), next)
    });
    let seen = move |doors: &Doors| {
        ids.iter().filter_map(|id| doors.shared.certificate(id, profile, None)).collect::<Vec<_>>()
    };
    let certificates = super::apart(app.clone(), seen).await?;
    Ok(Json(Certificates { certificates, next }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct When {
    /// Reads it as it was known at an instant (RFC 3339): its life, verification and publication, and whether the
    /// movement agreed as it was found last by then (`since`). What it was tied to was not kept. Before it was
    /// received there is none (404).
    as_of: Option<String>,
}

/// Returns one certificate.
#[utoipa::path(
    get, path = "/v1/certificates/{id}", tag = "certificates", params(("id" = String, Path), When),
    responses((status = 200, body = CertificateDocument), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn one(
    State(app): State<App>,
    viewer: Viewer,
    Ask(when): Ask<When>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let as_of = when.as_of.map(|text| text.parse::<Timestamp>());
    let as_of = as_of
        .transpose()
        .map_err(|_| Problem::new(What::BadQuery, "`as_of` is an instant such as `2026-09-20T08:00:00Z`"))?;
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    app.shared.ready(&id).await;
    app.shared.certificate(&id, profile, as_of).map(Json).ok_or_else(Problem::not_found)
}

/// What of a certificate is made public.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Publishing {
    /// Whether the public sees its goods too: HS code, criterion and country of origin. Left out, that stays as it is.
    #[serde(default)]
    goods: Option<bool>,
}

/// Makes a certificate public: its owner's publishable keys may show it from now on.
///
/// Its goods stay hidden from the public unless `goods` is true; sent again with `false` they are hidden again.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/publish", tag = "certificates", params(("id" = String, Path)),
    request_body(content = Option<Publishing>, content_type = "application/json"),
    responses((status = 200, body = CertificateDocument), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn publish(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    let party = viewer.speaker()?;
    let body = extract::body(body, &headers, LONGEST_WISH).await?;
    let wish: Publishing = if body.is_empty() { Publishing::default() } else { extract::json_of(&body)? };
    let id = CertificateId(id.into());
    app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    let owner = app.shared.read(|_, register| register.get(&id).map(|c| c.owner.clone()));
    let owner = owner.ok_or_else(Problem::not_found)?;
    app.intake.publish(owner, id.to_string()).await?;
    if let Some(goods) = wish.goods {
        app.desk.note(party, event(&id, String::new(), CertificateAct::Shown { goods })).await?;
    }
    seen(&app, &viewer, &id).await.map(Json)
}
