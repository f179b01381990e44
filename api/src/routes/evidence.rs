//! The evidence pack: what was observed of the goods' way, signed, in one file that checks itself offline.

use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Doors};
use crate::shared::Judged;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use sealane_data::certificate::{CertificateId, Emitted};
use sealane_data::desk::SourceMessage;
use sealane_origin::disclosure::Profile;
use sealane_origin::evidence::Pack;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of evidence.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(evidence))
}

/// Returns the evidence pack of a certificate (RCEP Article 3.15.2): a ZIP with the observed movement, the
/// digests of the messages that told it, drafts of non-manipulation certificates, signatures, and one page
/// that checks itself offline.
///
/// It holds the whole certificate: only its owner and the operator get it, and hand it to whom they choose.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/evidence", tag = "evidence", params(("id" = String, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn evidence(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    if profile != Profile::Internal {
        return Err(Problem::new(
            What::NotAllowed,
            "the evidence pack is handed out by the certificate's owner",
        ));
    }
    app.shared.ready(&id).await;
    let judged = app.shared.judged(&id).ok_or_else(Problem::not_found)?;
    let sources = app.desk.sources(judged.sources.clone()).await?;
    let whole = viewer == Viewer::Operator;
    let packed = super::apart(app, move |doors| pack(doors, &id, (&judged, whole), &sources)).await?;
    let mut response = packed?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let name = HeaderValue::from_static("attachment; filename=\"evidence.zip\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn pack(
    doors: &Doors,
    id: &CertificateId,
    (judged, whole): (&Judged, bool),
    sources: &[SourceMessage],
) -> Answer<Vec<u8>> {
    let document = doors.shared.document(id, Profile::Internal).ok_or_else(Problem::not_found)?;
    let route: Value = serde_json::from_slice(&document.bytes).map_err(|e| Problem::internal(&e))?;
    let (certificate, graph) = doors
        .shared
        .read(|world, register| {
            let certificate = register.get(id)?.clone();
            let graph = register.binding(&certificate, world);
            Some((certificate, graph))
        })
        .ok_or_else(Problem::not_found)?;
    let chain: Vec<Emitted> = certificate.emitted().cloned().collect();
    let assessment = if whole { judged.full() } else { judged.of(Profile::Internal) };
    let pack = Pack {
        certificate: &certificate,
        graph: &graph,
        assessment,
        route: &route,
        sources,
        chain: &chain,
        ring: &doors.signing.ring(),
        at: Timestamp::now(),
    };
    pack.zip().map_err(|e| Problem::internal(&e))
}
