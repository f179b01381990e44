//! Figures with their scope and coverage.

use crate::auth::Viewer;
use crate::extract::Ask;
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use sealane_data::node::NodeId;
use sealane_data::ports::{TeuAnswer, TeuQuery};
use serde::Deserialize;
use std::fmt::Write as _;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of figures.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(teu))
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Question {
    /// The node's id; a port means its terminals and the moves told at port level.
    node: String,
    /// First local day at the node.
    #[param(value_type = String)]
    from: Date,
    /// Last local day at the node.
    #[param(value_type = String)]
    to: Date,
    /// `json` (default) or `csv`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Returns TEU through a node by local day, direction and load.
///
/// From quay moves told by parties that are believed there; restows are left out, boxes of unknown
/// size are counted beside. Any secret key may ask: totals name no shipment.
#[utoipa::path(
    get, path = "/v1/kpis/teu", tag = "kpis", params(Question),
    responses(
        (status = 200, body = Object),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn teu(State(app): State<App>, viewer: Viewer, Ask(asked): Ask<Question>) -> Answer<Response> {
    viewer.speaker()?;
    let query = TeuQuery { node: NodeId(asked.node.into()), from: asked.from, to: asked.to };
    let answer = app.kpis.teu(query).await?;
    match asked.format {
        Format::Json => Ok(Json(answer).into_response()),
        Format::Csv => csv(&answer),
    }
}

/// CSV (RFC 4180). Scope and position stand in every row, coverage in the header `Sealane-Coverage`.
/// No field needs quotes: ids, days, words and numbers.
fn csv(answer: &TeuAnswer) -> Answer<Response> {
    let scope = serde_json::to_value(answer.scope).unwrap_or_default();
    let scope = scope.as_str().unwrap_or_default();
    let mut text = "node,day,direction,load,moves,teu,unknown_size,scope,as_of_seq\r\n".to_owned();
    for r in &answer.rows {
        let _ = write!(
            text,
            "{},{},{},{},{},{},{},{scope},{}\r\n",
            r.node, r.day, r.direction, r.load, r.moves, r.teu, r.unknown_size, answer.as_of_seq
        );
    }
    let coverage = serde_json::to_string(&answer.coverage).map_err(|e| Problem::internal(&e))?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"teu.csv\""));
    headers.insert("sealane-coverage", HeaderValue::from_str(&coverage).map_err(|e| Problem::internal(&e))?);
    Ok(response)
}
