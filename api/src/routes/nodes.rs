//! Nodes: ports, terminals and their shapes.

use super::certificate_routes::served;
use crate::auth::Viewer;
use crate::documents::Document;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::nodes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of nodes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Shapes {
    /// Also return outlines and berth lines, as features of their own.
    #[serde(default)]
    areas: bool,
}

/// Returns every node as GeoJSON. Nodes are no secret: every key may read them.
#[utoipa::path(
    get, path = "/v1/nodes", tag = "nodes", params(Shapes),
    responses((status = 200, body = Object, content_type = "application/geo+json"))
)]
async fn list(
    State(app): State<App>,
    _viewer: Viewer,
    Ask(shapes): Ask<Shapes>,
    headers: HeaderMap,
) -> Answer<Response> {
    let whole = app.shared.read(|world, _| {
        let mut whole = nodes::collection(world.places(), shapes.areas);
        nodes::mark_stale(world, &mut whole);
        whole
    });
    answer(&whole, &headers)
}

/// Returns one node with its outline and berth line, and for each code its list, standing, source,
/// note, and what it means by itself.
#[utoipa::path(
    get, path = "/v1/nodes/{id}", tag = "nodes", params(("id" = String, Path)),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn one(
    State(app): State<App>,
    _viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let node = app.shared.read(|world, _| {
        let places = world.places();
        places.find(&id).map(|ix| {
            let mut whole = nodes::one(places, ix);
            nodes::mark_stale(world, &mut whole);
            whole
        })
    });
    answer(&node.ok_or_else(Problem::not_found)?, &headers)
}

fn answer(whole: &serde_json::Value, headers: &HeaderMap) -> Answer<Response> {
    let document = Document::new(whole, 0).map_err(|e| Problem::internal(&e))?;
    Ok(served(&document.bytes, &document.etag, "application/geo+json", false, headers))
}
