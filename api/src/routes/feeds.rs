//! Feeds as the operator sees them, and signed pushes.

use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::views::submission::Answered;
use axum::Json;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use sealane_data::feed::{FeedId, Feeds, FeedsStatus};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest signed push in bytes: it is read before anybody is known.
const LONGEST: usize = 4 << 20;

/// Pushes to one feed that are read at once: their senders are not known yet.
const SEATS: usize = 8;
/// How long one of them may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who is being read, by the feed or registry that is named: one cannot take the seats of another.
static READING: LazyLock<Mutex<BTreeMap<String, Arc<Semaphore>>>> = LazyLock::new(Mutex::default);

/// Reads what a stranger says that it may push to somebody: at most a few at once, and not for long.
pub(super) async fn pushed(to: &str, body: Body, headers: &HeaderMap, longest: usize) -> Answer<Bytes> {
    let seats = {
        let mut reading = READING.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is being read there: it need not be remembered.
        reading.retain(|_, seats| seats.available_permits() < SEATS);
        reading.entry(to.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(SEATS))).clone()
    };
    let busy = |_| Problem::new(What::Busy, "too many pushes are under way; try again later");
    let _seat = seats.try_acquire().map_err(busy)?;
    let slow = |_| Problem::new(What::TimedOut, "a push is sent within 20 seconds");
    tokio::time::timeout(PATIENCE, extract::body(body, headers, longest)).await.map_err(slow)?
}

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
    let (named, feed): (BTreeMap<String, String>, _) = (named.collect(), FeedId(id.into()));
    let feeds = feeds(&app)?;
    // A stranger's body is not even read.
    if !feeds.takes(&feed, &named) {
        return Err(Problem::not_found());
    }
    let body = pushed(&format!("feed {feed}"), body, &headers, app.settings.max_body.min(LONGEST)).await?;
    let receipt = feeds.push(feed, named, body.into()).await?;
    Ok(Json(Answered::new(receipt, extract::language(&headers, None))))
}
