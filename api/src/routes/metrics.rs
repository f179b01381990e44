//! The measures of the process.

use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::problem::Answer;
use crate::settings::App;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of the measures.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// Returns the measures in Prometheus' text format, for the operator.
#[utoipa::path(get, path = "/metrics", tag = "metrics", responses((status = 200, body = String, content_type = "text/plain")))]
async fn metrics(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<impl IntoResponse> {
    viewer.operator_only()?;
    app.shared.read(|world, _| {
        let alarms = world.drift();
        for party in world.watched() {
            let count = alarms.iter().filter(|(of, _)| of == party).count();
            metrics::gauge!("sealane_partner_drift", "party" => party.to_string()).set(count as f64);
        }
    });
    metrics::gauge!("sealane_live_streams").set(app.shared.hub().streams() as f64);
    let text = app.settings.metrics.as_ref().map(metrics_exporter_prometheus::PrometheusHandle::render);
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text.unwrap_or_default()))
}
