//! Every stream over one WebSocket.

use crate::auth::Caller;
use crate::extract::{Ask, Nothing};
use crate::live::ws;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of the WebSocket.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(live))
}

/// Follows certificates and ships over one WebSocket.
///
/// Subprotocol `sealane.live.v1+json`; where no header can be set, a second subprotocol
/// `sealane.key.<key>` carries the key. The client sends
/// `{"subscribe":{"certificates":["eco_..."],"vessels":true},"after":"<event id>"}`, which replaces what it
/// followed before; the server sends `{"type":"snapshot"|"change","topic":...,"id":...}` with the same
/// deltas and the same ids as the streams of server-sent events.
#[utoipa::path(
    get, path = "/v1/live", tag = "live",
    responses((status = 101, description = "The WebSocket is open"), (status = 400, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn live(
    State(app): State<App>,
    caller: Caller,
    Ask(Nothing {}): Ask<Nothing>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    let upgrade =
        upgrade.map_err(|_| Problem::new(What::BadRequest, "this address speaks WebSocket only"))?;
    let place = app.shared.hub().admit(app.settings.max_streams);
    let place = place.ok_or_else(|| Problem::new(What::TooManyStreams, "try again later"))?;
    Ok(upgrade
        .protocols([ws::PROTOCOL])
        .max_message_size(ws::MAX_MESSAGE)
        .max_frame_size(ws::MAX_MESSAGE)
        .on_upgrade(move |socket| ws::talk(app, caller, socket, place)))
}
