//! Everything a registry can be asked about a certificate: seven verbs, one door.

use super::verifications::{desk, own};
use crate::auth::Viewer;
use crate::extract::{Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::views::verification as views;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use sealane_data::certificate::CertificateId;
use sealane_data::registry::{RegistryId, Trigger, Verb};
use sealane_origin::registries::{Requested, RequestedState, Wish};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of requests.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, ask))
}

/// A certificate and a verb, as the path names them.
type Named = Result<Path<(String, String)>, PathRejection>;

fn named(path: Named) -> Answer<(CertificateId, Verb)> {
    let Path((id, verb)) = path.map_err(|_| Problem::not_found())?;
    Ok((CertificateId(id.into()), Verb::of_word(&verb).ok_or_else(Problem::not_found)?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whom {
    /// The registry, where several are connected for the regime; the first that answers without it.
    registry: Option<String>,
}

/// Has a registry asked: `issue`, `push`, `verify`, `retrieve`, `display`, `subscribe` or `qr`.
///
/// Answers 200 with what the registry said, where that is there: what it did is not done twice, and what it
/// gave is not fetched again while it is fresh. Else 202, and in `Location` where to follow the request.
/// What was only announced, what a registry cannot be asked, and what makes no sense about a certificate in
/// its state is refused with the reason. Only `verify` says whether a certificate stands.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/requests/{verb}", tag = "requests",
    params(("id" = String, Path), ("verb" = String, Path), Whom),
    responses(
        (status = 200, description = "It is there", body = Object),
        (status = 202, description = "The registry is asked", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Nobody can be asked that", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ask(State(app): State<App>, viewer: Viewer, Ask(whom): Ask<Whom>, path: Named) -> Answer<Response> {
    let (id, verb) = named(path)?;
    let (by, id) = own(&app, &viewer, &id)?;
    let registry = whom.registry.map(|r| RegistryId(r.into()));
    let wish = Wish { verb, registry, by, trigger: Trigger::Asked, patience: SignedDuration::ZERO };
    let requested = desk(&app)?.request(id.clone(), wish).await?;
    answered(&app, &id, verb, &requested)
}

fn answered(app: &App, id: &CertificateId, verb: Verb, requested: &Requested) -> Answer<Response> {
    let waits = requested.state == RequestedState::Waits;
    let view = app.shared.read(|_, register| {
        let certificate = register.get(id)?;
        let outbox = register.outbox();
        let last = requested.key.as_deref().and_then(|key| outbox.settled_by_key(key)).map(views::settled);
        let state = if waits { json!("pending") } else { json!("answered") };
        let poll = requested.key.as_deref().map(|key| views::poll(certificate, key));
        Some((
            json!({
                "certificate": id, "verb": verb, "registry": requested.registry, "state": state,
                "cached": requested.state == RequestedState::Fresh, "answer": last, "poll": poll,
            }),
            poll,
        ))
    });
    let (view, poll) = view.ok_or_else(Problem::not_found)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(poll) = poll {
        headers.insert(header::LOCATION, HeaderValue::from_str(&poll).map_err(|e| Problem::internal(&e))?);
    }
    let status = if waits { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, headers, Json(views::without_details(view))).into_response())
}

/// Returns what registries were asked with one verb: what waits, and what came of it, newest first.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/requests/{verb}", tag = "requests",
    params(("id" = String, Path), ("verb" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    path: Named,
) -> Answer<Json<Value>> {
    let (id, verb) = named(path)?;
    let (_, id) = own(&app, &viewer, &id)?;
    let found = app.shared.read(|_, register| {
        let certificate = register.get(&id)?;
        let outbox = register.outbox();
        let waits = outbox.open_of(&id).filter(|o| o.ask.verb == verb);
        let open: Vec<Value> = waits.map(|o| views::open(certificate, o)).collect();
        let done = outbox.settled(&id).iter().rev().filter(|s| s.ask.verb == verb);
        let history: Vec<Value> = done.map(views::settled).collect();
        Some(json!({ "certificate": id, "verb": verb, "open": open, "history": history }))
    });
    let view = found.ok_or_else(Problem::not_found)?;
    Ok(Json(if viewer == Viewer::Operator { view } else { views::without_details(view) }))
}
