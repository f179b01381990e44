//! Partners as the operator sees them, and reading again what they sent.

use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use axum::Json;
use axum::extract::State;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::operate::{Operate, PartnersStatus, RereadOrder, RereadReport};
use sealane_data::partner::PartyId;
use sealane_data::sheet::{SheetGuesses, SheetOrder};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of partners and re-readings.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(map))
        .routes(routes!(reread))
        .routes(routes!(undo))
        .routes(routes!(layouts, confirm))
}

fn operate<'a>(app: &'a App, viewer: &Viewer) -> Answer<&'a dyn Operate> {
    viewer.operator_only()?;
    app.operate.as_deref().ok_or_else(Problem::not_found)
}

/// Returns every partner with its mode, what is held, codes that mean no node, and the re-readings.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/partners", tag = "partners",
    responses((status = 200, body = Object), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<Json<PartnersStatus>> {
    Ok(Json(operate(&app, &viewer)?.partners().await?))
}

/// What a partner's own code means.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Alias {
    /// The code as the partner writes it: port and terminal together, a terminal, a port or a name.
    alias: String,
    /// The node that it means.
    node: String,
}

/// Writes an alias into a partner's file; everything it said there is on the map at once.
///
/// Needs a key of the operator.
#[utoipa::path(
    post, path = "/v1/partners/{id}/aliases", tag = "partners", params(("id" = String, Path)), request_body = Alias,
    responses((status = 200, body = Object), (status = 409, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn map(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Json(asked): Json<Alias>,
) -> Answer<Json<PartnersStatus>> {
    let operate = operate(&app, &viewer)?;
    operate.map_place(PartyId(id.into()), asked.alias.into(), NodeId(asked.node.into())).await?;
    Ok(Json(operate.partners().await?))
}

/// Reads submissions again with the profiles as they are now, or tells what that would change.
///
/// Without `apply` nothing is changed. Needs a key of the operator.
#[utoipa::path(
    post, path = "/v1/rereads", tag = "partners", request_body = Object,
    responses((status = 200, body = Object), (status = 409, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn reread(
    State(app): State<App>,
    viewer: Viewer,
    Json(order): Json<RereadOrder>,
) -> Answer<Json<RereadReport>> {
    Ok(Json(operate(&app, &viewer)?.reread(order).await?))
}

/// Which re-reading is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Undo {
    /// Its id; the last one that holds without it.
    #[serde(default)]
    id: Option<String>,
}

/// Takes a re-reading back: what stood before stands again.
///
/// Needs a key of the operator.
#[utoipa::path(
    post, path = "/v1/rereads/undo", tag = "partners", request_body = Undo,
    responses((status = 200, body = Object), (status = 409, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn undo(State(app): State<App>, viewer: Viewer, Json(asked): Json<Undo>) -> Answer<Json<RereadReport>> {
    Ok(Json(operate(&app, &viewer)?.undo(asked.id.map(Text::from)).await?))
}

/// Returns the layouts of a submission's spreadsheets that nobody has confirmed, as they were guessed.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/submissions/{id}/layouts", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn layouts(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<SheetGuesses>> {
    Ok(Json(operate(&app, &viewer)?.layouts(id).await?))
}

/// Confirms layouts of a submission: they go into the partner's file, and what waits for them is read
/// again.
///
/// `sheets` holds the layouts as they shall be; without it all are taken as guessed. Without `apply`
/// nothing is changed. Needs a key of the operator.
#[utoipa::path(
    post, path = "/v1/submissions/{id}/layouts", tag = "partners", params(("id" = String, Path)), request_body = Object,
    responses((status = 200, body = Object), (status = 409, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    Id(id): Id,
    Json(order): Json<SheetOrder>,
) -> Answer<Json<RereadReport>> {
    Ok(Json(operate(&app, &viewer)?.confirm(id, order).await?))
}
