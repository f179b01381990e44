//! What a closed passage or port would hit.

use super::apart;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::sea::Trouble;
use crate::settings::App;
use crate::shared::Shared;
use crate::views::what_if::{Hits, Tally, WhatIf};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_mapper::ends::{self, Meant};
use sealane_mapper::what_if::{Closed, Detours};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of what-if questions.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// Bytes of a question at most.
const LARGEST: usize = 64 << 10;
/// Passages and nodes in it at most.
const MOST_CLOSED: usize = 64;
/// Containers and certificates looked at at most, the newest first.
const MOST: usize = 100_000;
/// Of these at once: the writer waits meanwhile.
const AT_ONCE: usize = 1_000;

/// What is closed, and how fast ships go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WhatIfQuestion)]
struct Asked {
    closed: ClosedThings,
    /// The ships' speed in knots, 1 to 60; 16 if absent.
    speed: Option<f64>,
}

/// What is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClosedThings {
    /// Ids of passages, as in `/v1/passages`.
    #[serde(default)]
    passages: Vec<String>,
    /// Nodes by id, code or name; a port closes with all its terminals.
    #[serde(default)]
    nodes: Vec<String>,
}

/// Lists the shipments and certificates that a closure hits, with detour, delay and risk of expiry.
///
/// Looks at goods with a leg by sea before them or under way, from where their ship was last told of. Only
/// what the key may read is listed, and nothing else is counted. Nothing is stored.
#[utoipa::path(
    post, path = "/v1/what-if", tag = "what-if", request_body = Asked,
    responses(
        (status = 200, body = WhatIf),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "A publishable key may not ask", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "A passage or node is unknown", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<WhatIf>> {
    viewer.speaker()?;
    let asked: Asked = extract::json(body, &headers, LARGEST).await?;
    check(&asked)?;
    let partners = app.settings.partners.load_full();
    apart(app, move |app| found(&app.shared, &partners, &viewer, &asked)).await?.map(Json)
}

/// Answers the operator without a door: the question and the answer are the JSON of `POST /v1/what-if`.
///
/// # Errors
///
/// As the address answers them.
pub fn what_if(shared: &Shared, question: &[u8]) -> Result<Vec<u8>, Problem> {
    let asked: Asked = extract::json_of(question)?;
    check(&asked)?;
    let answer = found(shared, &[], &Viewer::Operator, &asked)?;
    serde_json::to_vec(&answer).map_err(|e| Problem::internal(&e))
}

fn check(asked: &Asked) -> Answer<()> {
    let ClosedThings { passages, nodes } = &asked.closed;
    if passages.is_empty() && nodes.is_empty() {
        return Err(Problem::new(What::BadRequest, "`closed` names no passage and no node"));
    }
    if passages.len() + nodes.len() > MOST_CLOSED {
        return Err(Problem::new(What::BadRequest, format!("at most {MOST_CLOSED} things may be closed")));
    }
    if asked.speed.is_some_and(|knots| !(1.0..=60.0).contains(&knots)) {
        return Err(Problem::new(What::BadRequest, "`speed` is 1 to 60 knots"));
    }
    Ok(())
}

fn closed(places: &Places, asked: &Asked) -> Answer<Closed> {
    let node = |text: &String| match ends::read(places, text) {
        Ok(Meant::Node(ix)) => Ok(ix),
        Ok(Meant::At(_)) => {
            Err(Problem::new(What::UnknownEnd, "a position cannot be closed; name a node or a passage"))
        }
        Err(error) => Err(Problem::from(Trouble::of_text(places, error))),
    };
    let nodes = asked.closed.nodes.iter().map(node).collect::<Answer<Vec<_>>>()?;
    Ok(Closed { passages: asked.closed.passages.clone(), nodes })
}

fn found(shared: &Shared, partners: &[Partner], viewer: &Viewer, asked: &Asked) -> Answer<WhatIf> {
    let places = shared.read(|world, _| world.places().clone());
    let closed = closed(&places, asked)?;
    let network = shared.charts().network().clone();
    let detours = Detours::new(network.clone(), &places, closed.clone())
        .map_err(|error| Trouble::of_passage(&network, &error))?;
    let mut hits = Hits::new(&places, detours, asked.speed);
    let mut tally = Tally::default();
    let (containers, certificates) =
        shared.read(|world, register| (world.containers(), register.owned_by(viewer.limit().as_ref()).len()));
    // The newest first; each lot is copied under the lock and weighed without it.
    let newest = containers.saturating_sub(MOST)..containers;
    for end in newest.clone().rev().step_by(AT_ONCE) {
        let lot = (end + 1).saturating_sub(AT_ONCE).max(newest.start)..end + 1;
        let open = shared.read(|world, register| hits.shipments(world, register, viewer, partners, lot));
        tally.shipments.extend(open.into_iter().filter_map(|open| hits.shipment(&open)));
    }
    for start in (0..certificates.min(MOST)).step_by(AT_ONCE) {
        let open = shared.read(|world, register| hits.certificates(world, register, viewer, start, AT_ONCE));
        tally.certificates.extend(open.into_iter().filter_map(|open| hits.certificate(&open)));
    }
    tally.not_looked_at = containers.saturating_sub(MOST) + certificates.saturating_sub(MOST);
    Ok(hits.answer(&closed, tally, shared.seq()))
}
