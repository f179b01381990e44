//! Registries as the operator sees them, the register of regimes, and what registries push.

use super::feeds::pushed;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::verification as views;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use sealane_data::registry::RegistryId;
use sealane_origin::registries::{CHECK_PAGES, MANUAL_DAYS, RegistriesStatus, RegistryDesk};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest push and order.
const LONGEST: usize = 1 << 20;

/// The addresses of registries.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(regimes))
        .routes(routes!(list))
        .routes(routes!(switch))
        .routes(routes!(exchange))
        .routes(routes!(push))
}

fn desk(app: &App) -> Answer<&dyn RegistryDesk> {
    app.registries.as_deref().ok_or_else(Problem::not_found)
}

fn operators<'a>(app: &'a App, viewer: &Viewer) -> Answer<&'a dyn RegistryDesk> {
    viewer.operator_only()?;
    desk(app)
}

/// Returns the register of regimes: what was announced, what is published and what is not, and the
/// issuers' public pages with the numbers to type there.
#[utoipa::path(get, path = "/v1/regimes", tag = "registries", responses((status = 200, body = Object)))]
async fn regimes(State(app): State<App>, _viewer: Viewer, Ask(Nothing {}): Ask<Nothing>) -> Json<Value> {
    let status = app.registries.as_deref().map(RegistryDesk::status).unwrap_or_default();
    let connected = |id: &str| status.registries.iter().any(|r| r.id.0 == id && r.connected);
    let pages: Vec<Value> = CHECK_PAGES.iter().map(views::page).collect();
    Json(json!({
        "regimes": views::regimes(connected),
        "check_yourself": pages,
        "a_persons_check_is_fresh_for_days": MANUAL_DAYS,
    }))
}

/// Returns how every registry is: its breaker, what is under way and waits, what is wrong with its file.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/registries", tag = "registries",
    responses((status = 200, body = Object), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<Json<RegistriesStatus>> {
    Ok(Json(operators(&app, &viewer)?.status()))
}

/// Switches a registry off (the kill switch) or on; what waits for it goes on waiting.
///
/// Needs a key of the operator.
#[utoipa::path(
    post, path = "/v1/registries/{id}/switch", tag = "registries", params(("id" = String, Path)),
    request_body(content = Object, description = "`on` and a `reason`"),
    responses(
        (status = 204, description = "Switched"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn switch(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let desk = operators(&app, &viewer)?;
    let order = extract::json(body, &headers, LONGEST).await?;
    desk.switch(RegistryId(id.into()), order).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns one exchange of the sealed archive by its SHA-256: what was asked and what came back.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/registries/exchanges/{sha256}", tag = "registries", params(("sha256" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn exchange(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(sha256): Id,
) -> Answer<String> {
    Ok(operators(&app, &viewer)?.exchange(sha256).await?)
}

/// Takes what a registry pushes: the answer to a question of ours, or that it no longer holds.
///
/// Needs no key: the signature of the body, HMAC-SHA-256 with the secret of the registry's profile, says who sends.
#[utoipa::path(
    post, path = "/v1/registries/{id}/push", tag = "registries", security(()), params(("id" = String, Path)),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 204, description = "Taken"),
        (status = 404, description = "No such registry or question, or another signature", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is not what the profile foresees", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn push(
    State(app): State<App>,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let named =
        headers.iter().filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned())));
    let named = named.collect();
    let desk = desk(&app)?;
    let body = pushed("registries", body, &headers, LONGEST).await?;
    desk.pushed(RegistryId(id.into()), named, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
