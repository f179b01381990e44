//! Calls of ships, and whether what was planned for one was done.

use super::apart;
use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::grants::Grants;
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::{App, Doors};
use crate::views::calls::{CallView, Calls, MissingCalls, ReconciliationView};
use crate::views::expected::Missing;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::recorded::Seq;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::reconciliation::Reconciliation;
use sealane_mapper::{Call, JourneyEvent, World};
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of calls.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(missing)).routes(routes!(reconciliation))
}

/// Calls of one answer at most.
const MOST: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Question {
    /// The node's id; a port means its terminals too. All nodes without it.
    node: Option<String>,
    /// First day of arrival or departure, UTC.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Last day, UTC.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

/// Returns calls by their first instant.
///
/// The operator sees every call as all parties together told it. A party sees the calls that it told of
/// itself, as it told them.
#[utoipa::path(
    get, path = "/v1/calls", tag = "calls", params(Question),
    responses((status = 200, body = Calls), (status = 404, description = "There is no such node", body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(State(app): State<App>, viewer: Viewer, Ask(asked): Ask<Question>) -> Answer<Json<Calls>> {
    viewer.speaker()?;
    let found = tokio::task::spawn_blocking(move || {
        app.shared.read(|world, _| {
            let calls = match viewer.limit() {
                None => world.calls(),
                Some(party) => world.calls_told_by(&party),
            };
            chosen(calls, &asked, world)
        })
    });
    found.await.map_err(|e| Problem::internal(&e))?.map(Json).ok_or_else(Problem::not_found)
}

/// Returns calls that ships should have begun and did not, only where a live feed would have told it.
///
/// Needs a key of the operator.
#[utoipa::path(
    get, path = "/v1/calls/missing", tag = "calls",
    responses((status = 200, body = MissingCalls), (status = 403, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn missing(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
) -> Answer<Json<MissingCalls>> {
    viewer.operator_only()?;
    let absent = apart(app, |app| {
        let (coverage, now) = (app.coverage(), app.clock().now);
        app.shared.read(|world, _| world.absent_calls(&coverage, now))
    });
    let mut absent = absent.await?;
    absent.sort_by_key(|a| a.overdue_since);
    Ok(Json(MissingCalls { calls: absent.iter().map(Missing::new).collect() }))
}

/// Chooses the calls at a node within some days; nothing if the node is unknown.
fn chosen(mut calls: Vec<Call>, asked: &Question, world: &World) -> Option<Calls> {
    let places = world.places();
    let node = match &asked.node {
        Some(node) => Some(places.find(node)?),
        None => None,
    };
    calls.retain(|call| {
        let days = [call.arrival, call.departure].into_iter().flatten();
        let days: Vec<Date> = days.map(|m| m.at.to_zoned(TimeZone::UTC).date()).collect();
        let last = days.iter().max().zip(asked.from).is_none_or(|(last, from)| *last >= from);
        let first = days.iter().min().zip(asked.to).is_none_or(|(first, to)| *first <= to);
        let here = places.find(&call.node.0).is_some_and(|at| node.is_none_or(|n| places.within(at, n)));
        here && first && last && !days.is_empty()
    });
    calls.sort_by_key(|c| (c.arrival.or(c.departure).map(|m| m.at), c.id.clone()));
    let more = calls.len() > MOST;
    Some(Calls { calls: calls.iter().take(MOST).map(|c| CallView::new(c, places)).collect(), more })
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wish {
    /// `json` (default) or `csv`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Compares what was planned for a call (BAPLIE, COPRAR), what was done (COARRI) and what passed the gate
/// (CODECO), and names the boxes that are missing, surplus or different, with who said so.
///
/// Nothing is missing where no lift was reported, and nothing surplus where no plan is known. A party's
/// answer is made of its own messages, and of the boxes that it may read. Write the `~` of an id as it is.
#[utoipa::path(
    get, path = "/v1/calls/{id}/reconciliation", tag = "calls", params(("id" = String, Path), Wish),
    responses((status = 200, body = ReconciliationView), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn reconciliation(
    State(app): State<App>,
    viewer: Viewer,
    Ask(wish): Ask<Wish>,
    Id(id): Id,
) -> Answer<Response> {
    viewer.speaker()?;
    let limit = viewer.limit();
    let doors = app.clone();
    let found = tokio::task::spawn_blocking(move || compared(&doors, &viewer, &id));
    let found = found.await.map_err(|e| Problem::internal(&e))?.ok_or_else(Problem::not_found)?;
    let messages: BTreeSet<Seq> = found.boxes.iter().flat_map(|b| &b.words).map(|w| w.message).collect();
    let submissions = app.intake.came_in(messages.into_iter().collect()).await?;
    let places = app.shared.read(|world, _| world.places().clone());
    let view = ReconciliationView::new(&found, &places, &submissions, limit.as_ref());
    match wish.format {
        Format::Json => Ok(Json(view).into_response()),
        Format::Csv => Ok(csv(view.csv())),
    }
}

fn csv(text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let name = HeaderValue::from_static("attachment; filename=\"reconciliation.csv\"");
    headers.insert(CONTENT_DISPOSITION, name);
    response
}

/// Compares the accounts of a call by what a caller may read.
fn compared(app: &Doors, viewer: &Viewer, id: &str) -> Option<Reconciliation> {
    let partners = app.settings.partners.load();
    app.shared.read(|world, register| {
        let Some(party) = viewer.limit() else { return world.reconcile(id, None, &|_, _| true) };
        let grants = Grants::new(viewer, world, register, &partners);
        let granted = Granted { world, grants: &grants, id, known: RefCell::default() };
        let mixed =
            world.reconcile(id, None, &|teller, container| *teller == party || granted.may_read(container));
        // Without a box that it may read by a grant, a party gets no more than its own words: when a ship
        // called is told by others.
        let any = granted.known.borrow().values().any(|may| *may);
        if any { mixed } else { world.reconcile(id, Some(&party), &|teller, _| *teller == party) }
    })
}

/// How many days before or after the call's day an event of a journey is part of it.
const AROUND: i64 = 14;

/// Returns how many days lie between an instant and a day.
fn days_apart(at: Timestamp, day: Date) -> i64 {
    let noon = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |noon| noon.timestamp());
    at.duration_since(noon).as_secs().abs() / 86_400
}

/// The boxes of a call that a party may read by its grants.
struct Granted<'a> {
    world: &'a World,
    grants: &'a Grants<'a>,
    /// The call.
    id: &'a str,
    known: RefCell<HashMap<Text, bool>>,
}

impl Granted<'_> {
    /// Returns whether the party may read the journey that brings a box to this call.
    fn may_read(&self, container: &Text) -> bool {
        if let Some(known) = self.known.borrow().get(container) {
            return *known;
        }
        let may = self.journey_here(container);
        self.known.borrow_mut().insert(container.clone(), may);
        may
    }

    /// Containers are used again, also on the same ship: only a journey with an event of this ship at this
    /// port around this day opens what is said of this call.
    fn journey_here(&self, container: &Text) -> bool {
        let mut parts = self.id.rsplitn(3, '~');
        let (Some(day), Some(port), Some(ship)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let places = self.world.places();
        let (Ok(day), Some(port)) = (day.parse::<Date>(), places.find(port)) else { return false };
        let here = |e: &JourneyEvent| {
            let of_ship = e.ship.as_ref().is_some_and(|s| s.key == ship);
            let node = e.node.as_ref().and_then(|node| places.find(&node.0));
            let at_port = node.is_some_and(|node| places.port_of(node) == places.port_of(port));
            of_ship && at_port && e.event.at.is_some_and(|at| days_apart(at, day) <= AROUND)
        };
        let reference = Reference::new(ReferenceKind::Container, container);
        let journeys = self.world.journeys(&reference).into_iter().filter_map(|key| self.world.journey(&key));
        journeys.filter(|j| j.events.iter().any(here)).any(|j| self.grants.may_read(&j))
    }
}
