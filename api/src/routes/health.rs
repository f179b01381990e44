//! Whether the process lives, and whether it answers.

use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::problem::Problem;
use crate::settings::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use sealane_data::recorded::Seq;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses for supervisors.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(livez)).routes(routes!(readyz))
}

/// Returns 200 while the process lives.
#[utoipa::path(get, path = "/livez", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain")))]
async fn livez(Ask(Nothing {}): Ask<Nothing>) -> &'static str {
    "live\n"
}

/// Whether the log has been folded.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// Whether requests are answered.
    ready: bool,
    /// The last log position that was taken in; told to the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<Seq>,
    /// Live streams that are open; told to the operator only.
    #[serde(skip_serializing_if = "Option::is_none")]
    streams: Option<usize>,
}

/// Returns 200 once the log has been folded, 503 before.
#[utoipa::path(
    get, path = "/readyz", tag = "health", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness))
)]
async fn readyz(
    State(app): State<App>,
    viewer: Result<Viewer, Problem>,
    Ask(Nothing {}): Ask<Nothing>,
) -> impl IntoResponse {
    let ready = app.is_ready();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // How fast the log grows is nobody else's business.
    let whole = matches!(viewer, Ok(Viewer::Operator));
    let seq = whole.then(|| app.shared.seq());
    let streams = whole.then(|| app.shared.hub().streams());
    let body = Readiness { ready, seq, streams };
    (status, [(CACHE_CONTROL, "no-store")], Json(body))
}
