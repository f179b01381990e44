//! Why something is believed: who told of it, and who leads.

use super::apart;
use super::shipments::with_found;
use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::expected::{call_witness, witnessed};
use axum::Json;
use axum::extract::State;
use sealane_data::Text;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of reasons.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(shipment)).routes(routes!(call))
}

/// The facts of one journey.
#[derive(Serialize, ToSchema)]
struct JourneyFacts {
    /// The container.
    #[schema(value_type = String)]
    container: Text,
    /// Which of its trips, from 1.
    ordinal: u32,
    /// Each with `event`, `node`, `led_by` (why its leader leads: `alone`, `authority`, `precision`,
    /// `written`, `later_time`, `name`) and `witnesses`.
    #[schema(value_type = Vec<Object>)]
    facts: Vec<Value>,
}

/// Why a shipment reads as it does.
#[derive(Serialize, ToSchema)]
struct ShipmentFacts {
    /// The reference with its kind.
    reference: String,
    /// The journeys, newest first.
    journeys: Vec<JourneyFacts>,
}

/// Returns the facts of what a reference joins, with who told each of them, who leads and why, and who
/// contradicts.
///
/// The operator reads every witness; a party reads its own words beside the fact that is believed.
#[utoipa::path(
    get, path = "/v1/shipments/{ref}/why", tag = "why", params(("ref" = String, Path)),
    responses((status = 200, body = ShipmentFacts), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn shipment(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(text): Id,
) -> Answer<Json<ShipmentFacts>> {
    let found = apart(app, move |app| {
        let limit = viewer.limit();
        with_found(app, &viewer, &text, |meant, _, world| {
            let facts = |key| world.witnesses(key).iter().map(|f| witnessed(f, limit.as_ref())).collect();
            let journeys = meant.journeys.iter().map(|j| JourneyFacts {
                facts: facts(&j.key),
                container: j.key.container.clone(),
                ordinal: j.key.ordinal,
            });
            ShipmentFacts { reference: meant.reference.to_string(), journeys: journeys.collect() }
        })
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

/// What everybody said of a call.
#[derive(Serialize, ToSchema)]
struct CallWords {
    /// By time: `kind`, `classifier`, `at`, `node`, `party`, `basis`, `believed`, `leads`, `contradicts`.
    #[schema(value_type = Vec<Object>)]
    witnesses: Vec<Value>,
}

/// Returns what everybody said of a call of a ship, which word leads, and which contradict it.
///
/// The operator reads every word, a party its own.
#[utoipa::path(
    get, path = "/v1/calls/{id}/why", tag = "why", params(("id" = String, Path)),
    responses((status = 200, body = CallWords), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn call(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<CallWords>> {
    viewer.speaker()?;
    let found =
        apart(app, move |app| app.shared.read(|world, _| world.call_witnesses(&id, viewer.limit().as_ref())));
    let found = found.await?.filter(|words| !words.is_empty()).ok_or_else(Problem::not_found)?;
    Ok(Json(CallWords { witnesses: found.iter().map(call_witness).collect() }))
}
