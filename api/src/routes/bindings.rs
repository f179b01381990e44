//! What ties a certificate to a movement, and what a person must decide about it.

use super::certificate_events::{MAX_ORDER, acting, event};
use super::certificate_routes::{Lens, profile};
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use sealane_data::certificate::{BindingDecision, CertificateAct, CertificateId, Choice};
use sealane_origin::binding::{Conflict, Edge, Proposal};
use sealane_origin::{Contested, EntryState, Graph, Register, disclosure};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most lines of the queue.
const MAX_QUEUE: usize = 500;

/// The addresses of bindings.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, decide)).routes(routes!(queue)).routes(routes!(resolve))
}

/// Returns what ties a certificate to a movement: by which reference, how sure, and why.
///
/// The operator reads beside it what contradicts and what may belong to it: both may name strangers' boxes.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/bindings", tag = "bindings", params(("id" = String, Path), Lens),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(lens): Ask<Lens>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let profile = profile(&app, &viewer, &id, lens.profile.as_deref())?;
    let graph = graph(&app, &id).ok_or_else(Problem::not_found)?;
    let mut whole = json!({
        "certificate": id,
        "digest": graph.digest(),
        "bindings": graph.edges.iter().map(edge).collect::<Vec<_>>(),
    });
    if viewer == Viewer::Operator {
        whole["conflicts"] = graph.conflicts.iter().map(conflict).collect();
        whole["proposals"] = graph.proposals.iter().map(proposal).collect();
    }
    Ok(Json(disclosure::bindings(profile, whole)))
}

fn graph(app: &App, id: &CertificateId) -> Option<Graph> {
    app.shared.read(|world, register| register.get(id).map(|c| register.binding(c, world)))
}

fn edge(edge: &Edge) -> Value {
    let (word, text) = edge.bound.why.reason();
    let shares =
        edge.shares.iter().map(|s| json!({ "item": s.item, "quantity": s.quantity, "unit": s.unit }));
    json!({
        "container": edge.bound.journey.container,
        "from": edge.from,
        "kind": edge.bound.by.kind,
        "value": edge.bound.by.value,
        "also": edge.bound.also.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "basis": edge.basis.word(),
        "score": edge.score,
        "why": word,
        "text": text,
        "told_by": edge.tellers,
        "shares": shares.collect::<Vec<_>>(),
        "seq": edge.seq,
    })
}

fn conflict(conflict: &Conflict) -> Value {
    json!({
        "id": conflict.id,
        "kind": conflict.kind.word(),
        "container": conflict.container,
        "day": conflict.day,
        "text": conflict.text,
    })
}

fn proposal(proposal: &Proposal) -> Value {
    json!({
        "id": proposal.id,
        "container": proposal.journey.container,
        "day": proposal.day,
        "score": proposal.score,
        "reasons": proposal.reasons,
    })
}

/// What a person decides about a container and a certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// The container.
    container: String,
    /// A day inside the journey that is meant.
    #[schema(value_type = String)]
    day: Date,
    /// `tie`: they belong together; `part`: they do not.
    #[schema(value_type = String)]
    choice: Choice,
    /// Why, for people.
    #[serde(default)]
    reason: String,
}

/// Ties a container's journey to a certificate, or parts them. The operator's decision, kept in the log:
/// it adds a tie and rewrites nothing that was signed.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/bindings", tag = "bindings", params(("id" = String, Path)), request_body = Decision,
    responses(
        (status = 201, description = "Kept"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn decide(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let id = CertificateId(id.into());
    let party = acting(&app, &viewer, &id)?;
    viewer.operator_only()?;
    let said: Decision = extract::json(body, &headers, MAX_ORDER).await?;
    let decision = BindingDecision {
        answers: None,
        container: said.container.as_str().into(),
        day: said.day,
        choice: said.choice,
    };
    app.desk.note(party, event(&id, said.reason, CertificateAct::Decided(decision))).await?;
    Ok(StatusCode::CREATED)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Kind {
    /// `conflict` or `proposal`; both without it.
    kind: Option<String>,
}

/// Returns what waits for the operator: assertions that contradict each other, and journeys that may
/// belong to a certificate.
#[utoipa::path(
    get, path = "/v1/certificates/conflicts", tag = "bindings", params(Kind),
    responses((status = 200, body = Object), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn queue(State(app): State<App>, viewer: Viewer, Ask(kind): Ask<Kind>) -> Answer<Json<Value>> {
    viewer.operator_only()?;
    let wanted = match kind.kind.as_deref() {
        None => [true, true],
        Some("conflict") => [true, false],
        Some("proposal") => [false, true],
        Some(_) => return Err(Problem::new(What::BadQuery, "`kind` is `conflict` or `proposal`")),
    };
    let lines = super::apart(app, move |doors| waiting(doors, wanted)).await?;
    Ok(Json(lines))
}

/// Entries of one number by several parties: who entered what.
fn contested(contested: &Contested<'_>) -> Value {
    let entry = |(c, state): &(&sealane_origin::Certificate, EntryState)| {
        json!({
            "certificate": c.id,
            "party": c.owner,
            "received": c.received,
            "sha256": c.record.sha256,
            "published": c.is_public(),
            "verification": c.verification().state,
            "state": state.word(),
        })
    };
    json!({
        "id": contested.id,
        "kind": "same_number",
        "text": contested.text(),
        "entries": contested.entries.iter().map(entry).collect::<Vec<_>>(),
        "waits": "conflict",
        "certificate": { "id": contested.waits.id, "number": contested.waits.record.document["number"] },
    })
}

fn waiting(doors: &crate::settings::Doors, [conflicts, proposals]: [bool; 2]) -> Value {
    let all: Vec<(CertificateId, Value)> = doors.shared.read(|_, register| {
        let line = |c: &sealane_origin::Certificate| (c.id.clone(), c.record.document["number"].clone());
        register.owned_by(None).into_iter().map(line).collect()
    });
    let entered = |register: &Register| register.all_contested().iter().map(contested).collect::<Vec<_>>();
    let mut lines = if conflicts { doors.shared.read(|_, register| entered(register)) } else { Vec::new() };
    let mut more = lines.len() > MAX_QUEUE;
    lines.truncate(MAX_QUEUE);
    for (id, number) in all {
        // The lock is taken for one certificate at a time: the writer waits for it.
        let graph =
            doors.shared.read(|world, register| register.get(&id).map(|c| register.binding(c, world)));
        let Some(graph) = graph else { continue };
        let told = graph.conflicts.iter().filter(|_| conflicts).map(|c| ("conflict", conflict(c)));
        let may = graph.proposals.iter().filter(|_| proposals).map(|p| ("proposal", proposal(p)));
        for (waits, mut line) in told.chain(may) {
            line["waits"] = waits.into();
            line["certificate"] = json!({ "id": id, "number": number });
            lines.push(line);
        }
        if lines.len() >= MAX_QUEUE {
            lines.truncate(MAX_QUEUE);
            more = true;
            break;
        }
    }
    json!({ "waiting": lines, "more": more })
}

/// How a person settles what waits.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// Our id of the certificate that it waits for.
    certificate: String,
    /// `tie`: the container belongs to it; `part`: it does not. Where several parties entered one number, `tie`
    /// lets this entry stand beside the others, and `part` sets it aside.
    #[schema(value_type = String)]
    choice: Choice,
    /// Why, for people.
    #[serde(default)]
    reason: String,
}

/// Settles a conflict or a proposal. It leaves the queue and stays settled until something else contradicts; which
/// entry of a number stands may be decided again.
#[utoipa::path(
    post, path = "/v1/certificates/conflicts/{id}", tag = "bindings", params(("id" = String, Path)), request_body = Settlement,
    responses(
        (status = 201, description = "Kept"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn resolve(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    viewer.operator_only()?;
    let said: Settlement = extract::json(body, &headers, MAX_ORDER).await?;
    let certificate = CertificateId(said.certificate.into());
    if app.shared.read(|_, register| register.is_about_entries(&id, &certificate)) {
        let act = CertificateAct::Upheld { answers: id.into(), stands: said.choice == Choice::Tie };
        app.desk.note(viewer.speaker()?, event(&certificate, said.reason, act)).await?;
        return Ok(StatusCode::CREATED);
    }
    let graph = graph(&app, &certificate).ok_or_else(Problem::not_found)?;
    let conflict = graph.conflicts.iter().find(|c| c.id == id).map(|c| (c.container.clone(), c.day));
    let proposal =
        || graph.proposals.iter().find(|p| p.id == id).map(|p| (p.journey.container.clone(), p.day));
    let (container, day) = conflict.or_else(proposal).ok_or_else(Problem::not_found)?;
    let issued = || app.shared.read(|_, register| register.get(&certificate)?.boxes.issued_on);
    let day = day.or_else(issued).ok_or_else(|| {
        Problem::new(What::Refused, "no day of that journey is known; decide it with a day at `bindings`")
    })?;
    let decision = BindingDecision { answers: Some(id.into()), container, day, choice: said.choice };
    let told = event(&certificate, said.reason, CertificateAct::Decided(decision));
    app.desk.note(viewer.speaker()?, told).await?;
    Ok(StatusCode::CREATED)
}
