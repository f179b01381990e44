//! Webhooks of sites: made, tried and taken back; what is on its way; and the events themselves, from any
//! place on.

use super::certificate_events::MAX_ORDER;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::hooks::{Hook, HookError, HookOrder};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Webhooks};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use sealane_data::webhook::{DeliveryState, KINDS};
use sealane_origin::Event;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of webhooks and events.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(remove))
        .routes(routes!(trial))
        .routes(routes!(deliveries))
        .routes(routes!(again))
        .routes(routes!(events))
}

fn house(app: &App) -> Answer<&Webhooks> {
    app.settings.webhooks.as_ref().ok_or_else(Problem::not_found)
}

/// Returns a webhook that the caller may look at.
fn own(app: &App, viewer: &Viewer, id: &str) -> Answer<Hook> {
    viewer.speaker()?;
    house(app)?.hooks.find(viewer.limit().as_ref(), id).ok_or_else(Problem::not_found)
}

/// Returns a webhook without its secret.
fn shown(hook: &Hook) -> Value {
    json!({
        "id": hook.id, "party": hook.party, "url": hook.url, "kinds": hook.kinds, "label": hook.label,
        "created": hook.created,
    })
}

/// Returns the caller's webhooks, without their secrets, with the kinds of events there are.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses((status = 200, body = Object)))]
async fn list(State(app): State<App>, viewer: Viewer, Ask(Nothing {}): Ask<Nothing>) -> Answer<Json<Value>> {
    viewer.speaker()?;
    let hooks = app.settings.webhooks.as_ref().map(|house| house.hooks.all()).unwrap_or_default();
    let limit = viewer.limit();
    let own = hooks.iter().filter(|h| limit.as_ref().is_none_or(|party| h.party == *party)).map(shown);
    let kinds: Vec<Value> =
        KINDS.iter().map(|(kind, about)| json!({ "kind": kind, "about": about })).collect();
    Ok(Json(json!({ "webhooks": own.collect::<Vec<_>>(), "kinds": kinds })))
}

/// Makes a webhook: events of the caller's certificates are sent to an address from now on.
///
/// The answer holds the `secret` that signs them, once (Standard Webhooks). An address that is not public
/// is refused unless the operator allows it.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks",
    request_body(content = Object, description = "`url`, `kinds` (all without it), `label`"),
    responses(
        (status = 201, body = Object),
        (status = 409, description = "The address or a kind cannot be", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn make(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<(StatusCode, Json<Value>)> {
    let party = viewer.speaker()?;
    let order: HookOrder = extract::json(body, &headers, MAX_ORDER).await?;
    let house = house(&app)?;
    if let Some(why) = house.room.refuses(&order.url) {
        return Err(Problem::new(What::Refused, why));
    }
    let hooks = house.hooks.clone();
    let made = tokio::task::spawn_blocking(move || hooks.add(&party, order)).await;
    let hook = made.map_err(|e| Problem::internal(&e))?.map_err(unmade)?;
    house.room.wake();
    let mut told = shown(&hook);
    told["secret"] = json!(hook.secret);
    Ok((StatusCode::CREATED, Json(told)))
}

fn unmade(error: HookError) -> Problem {
    match error {
        HookError::Order(why) => Problem::new(What::Refused, why),
        other => Problem::internal(&other),
    }
}

/// Takes a webhook away; what is on its way to it is sent no more.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/remove", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<StatusCode> {
    let hook = own(&app, &viewer, &id)?;
    let hooks = house(&app)?.hooks.clone();
    let removed = tokio::task::spawn_blocking(move || hooks.remove(None, &hook.id)).await;
    removed.map_err(|e| Problem::internal(&e))?.map_err(unmade)?;
    house(&app)?.room.wake();
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a trial to a webhook: an event of the kind `webhook.test`.
///
/// One that was not taken yet is sent again at once, in place of another.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "webhooks", params(("id" = String, Path)),
    responses(
        (status = 202),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "A trial is being sent at this moment", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn trial(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<StatusCode> {
    let hook = own(&app, &viewer, &id)?;
    let sent = house(&app)?.room.trial(hook.party, hook.id.into()).await?;
    let why = "a trial is on its way to this webhook";
    sent.then_some(StatusCode::ACCEPTED).ok_or_else(|| Problem::new(What::TooOften, why))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `waiting` or `dead`; both without it.
    state: Option<String>,
}

/// Returns what is on its way to a webhook and what was given up (`dead`), newest first, at most 500.
///
/// `lost` counts events that left the newest 10,000 of the party before the webhook took them, since the process
/// began: the log has them.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = String, Path), Which),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn deliveries(
    State(app): State<App>,
    viewer: Viewer,
    Ask(which): Ask<Which>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    if which.state.as_deref().is_some_and(|s| !matches!(s, "waiting" | "dead")) {
        return Err(Problem::new(What::BadQuery, "`state` is `waiting` or `dead`"));
    }
    let hook = own(&app, &viewer, &id)?;
    let room = &house(&app)?.room;
    let (underway, lost) = (room.underway(&hook.id), room.lost(&hook.id));
    let lines: Vec<Value> = app.shared.bulletin(|bulletin| {
        let meant = bulletin.after(&hook.party, 0).filter(|e| hook.is_due(e));
        let lines = meant.filter_map(|event| {
            let mut line =
                json!({ "event": event_id(event.seq), "type": event.told.kind, "since": event.at });
            match bulletin.settled(&hook.id, event.seq) {
                Some(end) if end.state == DeliveryState::Dead => {
                    line["state"] = json!("dead");
                    line["attempts"] = json!(end.attempts);
                    line["why"] = json!(end.why);
                }
                Some(_) => return None,
                None => {
                    line["state"] = json!("waiting");
                    if let Some(tried) = underway.get(&event.seq) {
                        line["attempts"] = json!(tried.attempts);
                        line["why"] = json!(tried.why);
                        line["next"] = json!(tried.next);
                    }
                }
            }
            Some(line)
        });
        let lines = lines.filter(|l| which.state.as_deref().is_none_or(|wanted| l["state"] == wanted));
        lines.collect::<Vec<_>>().into_iter().rev().take(500).collect()
    });
    Ok(Json(json!({ "webhook": hook.id, "deliveries": lines, "lost": lost })))
}

/// Sends an event that was given up once more.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/deliveries/{key}/again", tag = "webhooks",
    params(("id" = String, Path), ("key" = String, Path, description = "The event, `evt_...`")),
    responses((status = 202), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn again(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Answer<StatusCode> {
    viewer.speaker()?;
    let Path((id, event)) = path.map_err(|_| Problem::not_found())?;
    let hook = own(&app, &viewer, &id)?;
    let seq = seq_of(&event).ok_or_else(Problem::not_found)?;
    let dead = app.shared.bulletin(|bulletin| {
        bulletin.settled(&hook.id, seq).is_some_and(|end| end.state == DeliveryState::Dead)
    });
    if !dead {
        return Err(Problem::not_found());
    }
    house(&app)?.room.again(hook.id.into(), seq).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The `cursor` of the page before, or an event's id: only later ones are returned.
    after: Option<String>,
    /// How many, at most 500.
    limit: Option<usize>,
}

/// Returns the events of the caller's certificates from any place on, oldest first, as webhooks send them.
///
/// Events are kept for parties with a webhook, the newest 10,000 of each; `cursor` is what to send as
/// `after` next time, also when nothing is new.
#[utoipa::path(
    get, path = "/v1/events", tag = "webhooks", params(Page),
    responses((status = 200, body = Object), (status = 400, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn events(State(app): State<App>, viewer: Viewer, Ask(page): Ask<Page>) -> Answer<Json<Value>> {
    let party: PartyId = viewer.speaker()?;
    let after = match page.after.as_deref().filter(|text| !text.is_empty()) {
        None => 0,
        Some(text) => {
            seq_of(text).ok_or_else(|| Problem::new(What::BadQuery, "`after` is a cursor, `evt_...`"))?
        }
    };
    let limit = page.limit.unwrap_or(100).clamp(1, 500);
    let (events, more) = app.shared.bulletin(|bulletin| {
        let mut found: Vec<_> = bulletin.after(&party, after).take(limit + 1).cloned().collect();
        let more = found.len() > limit;
        found.truncate(limit);
        (found, more)
    });
    let cursor = event_id(events.last().map_or(after, |last| last.seq));
    let shown: Vec<Value> = events
        .iter()
        .map(|event| {
            let mut told = told(event);
            told["id"] = json!(event_id(event.seq));
            told
        })
        .collect();
    Ok(Json(json!({ "events": shown, "cursor": cursor, "more": more })))
}

/// Returns what an event is called.
pub(crate) fn event_id(seq: Seq) -> String {
    format!("evt_{seq}")
}

fn seq_of(event: &str) -> Option<Seq> {
    event.strip_prefix("evt_")?.parse().ok()
}

/// Returns what is sent of an event (Standard Webhooks): its type, when it was told, and what it says.
fn told(event: &Event) -> Value {
    json!({ "type": event.told.kind, "timestamp": event.at, "data": event.told.data })
}

/// Returns the bytes that are sent of an event, and what it is called.
pub fn webhook_body(event: &Event) -> (String, Vec<u8>) {
    (event_id(event.seq), told(event).to_string().into_bytes())
}
