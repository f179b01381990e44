//! What time the map shows.

use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::settings::{App, Clock};
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of the clock.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(clock))
}

/// Returns what time the map shows and how fast it runs; real time unless a simulator runs.
#[utoipa::path(get, path = "/v1/clock", tag = "clock", responses((status = 200, body = Clock)))]
async fn clock(State(app): State<App>, _viewer: Viewer, Ask(Nothing {}): Ask<Nothing>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(app.clock()))
}
