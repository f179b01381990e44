//! Predictions as they were published, and how good they were.

use super::apart;
use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::expected::{Errors, published};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of predictions.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(errors))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Question {
    /// The ship's key: IMO number, else call sign, else MMSI, else name.
    ship: String,
    /// The port's id.
    node: String,
    /// Only what was published by this instant; the last of them is what was served then.
    #[param(value_type = Option<String>)]
    as_of: Option<Timestamp>,
}

/// What was published of a ship's arrival at a port.
#[derive(Serialize, ToSchema)]
struct Predictions {
    /// Oldest first: `eta` with `earliest` and `latest` between which eight of ten arrivals should lie, its
    /// `grounds`, `made`, and `valid_until`.
    #[schema(value_type = Vec<Object>)]
    predictions: Vec<Value>,
}

/// Returns how the expected arrival of a ship at a port evolved: everything that was published of it.
///
/// Needs a key of the operator, for it is made of what all parties told.
#[utoipa::path(
    get, path = "/v1/predictions", tag = "predictions", params(Question),
    responses((status = 200, body = Predictions), (status = 403, body = ProblemDocument, content_type = "application/problem+json"), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(asked): Ask<Question>,
) -> Answer<Json<Predictions>> {
    viewer.operator_only()?;
    let found = apart(app, move |app| {
        app.shared.read(|world, _| {
            world.places().find(&asked.node)?;
            Some((world.published(&asked.ship, &asked.node), asked.as_of))
        })
    });
    let (found, as_of) = found.await?.ok_or_else(Problem::not_found)?;
    let known = found.iter().filter(|p| as_of.is_none_or(|at| p.made <= at));
    Ok(Json(Predictions { predictions: known.map(|p| published(p)).collect() }))
}

/// The errors by horizon.
#[derive(Serialize, ToSchema)]
struct Horizons {
    /// From the shortest horizon on.
    horizons: Vec<Errors>,
}

/// Returns how far published arrivals were from what happened, by how long before the arrival they were made.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/predictions/errors", tag = "predictions",
    responses((status = 200, body = Horizons), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn errors(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<Json<Horizons>> {
    viewer.operator_only()?;
    let found = apart(app, |app| app.shared.read(|world, _| world.prediction_errors())).await?;
    Ok(Json(Horizons { horizons: found.into_iter().map(Errors::from).collect() }))
}
