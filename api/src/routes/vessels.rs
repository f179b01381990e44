//! Where ships are.

use super::certificate_routes::served;
use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of ships.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Returns every ship as GeoJSON, for the operator: on the line of its leg, or in port.
#[utoipa::path(
    get, path = "/v1/vessels", tag = "vessels",
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
) -> Answer<Response> {
    viewer.operator_only()?;
    let document = app.shared.vessels().ok_or_else(Problem::not_found)?;
    Ok(served(&document.bytes, &document.etag, "application/geo+json", false, &headers))
}
