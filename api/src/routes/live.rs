//! Every stream over one connection.

use crate::auth::Caller;
use crate::extract::{Ask, accepts, seen};
use crate::live::feed::Feed;
use crate::live::hub::Place;
use crate::live::sse::{self, Topics};
use crate::live::wish::{HIDDEN, Subscribe, TOO_MANY};
use crate::live::ws;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of the WebSocket and of the stream of everything.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Follow {
    /// Ids of certificates, divided by commas; for server-sent events only.
    certificates: Option<String>,
    /// Whether ships are followed too; for server-sent events only.
    #[serde(default)]
    vessels: bool,
    /// The id of the last event seen, for clients that cannot send `Last-Event-ID`.
    after: Option<String>,
}

impl Follow {
    fn subscribe(&self) -> Subscribe {
        let ids = self.certificates.iter().flat_map(|list| list.split(','));
        let certificates = ids.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        Subscribe { certificates, vessels: self.vessels }
    }
}

/// Follows certificates and ships over one WebSocket, or over one stream of server-sent events.
///
/// Subprotocol `sealane.live.v1+json`; where no header can be set, a second subprotocol
/// `sealane.key.<key>` carries the key. The client sends
/// `{"subscribe":{"certificates":["eco_..."],"vessels":true},"after":"<event id>"}`, which replaces what it
/// followed before; the server sends `{"type":"snapshot"|"change","topic":...,"id":...}` with the same
/// deltas and the same ids as the streams of server-sent events.
///
/// Where no WebSocket gets through, `Accept: text/event-stream` with the query gives the same as events
/// `snapshot`, `change` and `refusal`, each with its `topic`.
#[utoipa::path(
    get, path = "/v1/live", tag = "live", params(Follow),
    responses(
        (status = 101, description = "The WebSocket is open"),
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn live(
    State(app): State<App>,
    caller: Caller,
    Ask(follow): Ask<Follow>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    let streams = accepts(&headers, "text/event-stream");
    if upgrade.is_err() && !streams {
        let help = "this address speaks WebSocket, and server-sent events where `Accept` names them";
        return Err(Problem::new(What::BadRequest, help));
    }
    let place = app.shared.hub().admit(app.settings.max_streams);
    let place = place.ok_or_else(|| Problem::new(What::TooManyStreams, "try again later"))?;
    match upgrade {
        Ok(upgrade) => Ok(upgrade
            .protocols([ws::PROTOCOL])
            .max_message_size(ws::MAX_MESSAGE)
            .max_frame_size(ws::MAX_MESSAGE)
            .on_upgrade(move |socket| ws::talk(app, caller, socket, place))),
        Err(_) => stream(app, caller, &follow, &headers, place).await,
    }
}

/// The same topics as server-sent events.
async fn stream(
    app: App,
    caller: Caller,
    follow: &Follow,
    headers: &HeaderMap,
    place: Place,
) -> Answer<Response> {
    let wished = follow.subscribe().topics(&app, &caller);
    let (keys, hidden) = wished.ok_or_else(|| Problem::new(What::BadQuery, TOO_MANY))?;
    let after = seen(headers, follow.after.as_deref(), app.shared.epoch());
    let feed = Feed::new(app.clone(), &keys, after, Some(Arc::new(place))).await;
    let refusals = hidden.iter().map(|topic| sse::refusal(topic, HIDDEN)).collect();
    Ok(sse::response(app, caller, feed, Topics::Several, refusals))
}
