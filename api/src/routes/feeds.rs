//! Feeds as the operator sees them, and signed pushes.

use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::submission::Answered;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use sealane_data::feed::{FeedId, Feeds, FeedsStatus};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest signed push in bytes: it is read before anybody is known.
const LONGEST: usize = 4 << 20;

/// The addresses of feeds.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(push))
}

fn feeds(app: &App) -> Answer<&dyn Feeds> {
    app.feeds.as_deref().ok_or_else(Problem::not_found)
}

/// Returns how every feed is: alive, silent or wrong, since when, and what was counted.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/feeds", tag = "feeds",
    responses((status = 200, body = Object), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<Json<FeedsStatus>> {
    viewer.operator_only()?;
    Ok(Json(feeds(&app)?.status()))
}

/// Takes in what a partner pushes signed, at most 4 MiB (DCSA event subscriptions, webhooks).
///
/// Needs no key: the signature of the body, HMAC-SHA-256 in the header that the feed names, says who sends.
#[utoipa::path(
    post, path = "/v1/feeds/{id}/push", tag = "feeds", security(()), params(("id" = String, Path)),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = Answered),
        (status = 404, description = "No such feed, or another signature", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn push(
    State(app): State<App>,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Answered>> {
    let named =
        headers.iter().filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned())));
    let named = named.collect();
    let body = extract::body(body, &headers, app.settings.max_body.min(LONGEST)).await?;
    let receipt = feeds(&app)?.push(FeedId(id.into()), named, body.into()).await?;
    Ok(Json(Answered::new(receipt, extract::language(&headers, None))))
}
