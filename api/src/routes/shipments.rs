//! Shipments: the journeys that a reference joins.

use super::apart;
use super::certificate_routes::served;
use crate::auth::Viewer;
use crate::documents::Document;
use crate::extract::{Ask, Id, Nothing};
use crate::grants::Grants;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::sea::Trouble;
use crate::settings::{App, Doors};
use crate::views::route::{Head, collection};
use crate::views::shipment::{Found, Shipment, view};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sealane_data::container::ContainerNumber;
use sealane_data::places::Places;
use sealane_data::recorded::Seq;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::World;
use sealane_mapper::ends::{self, Meant};
use sealane_mapper::route::{JourneyKey, Route};
use sealane_origin::disclosure::{self, Profile};
use serde::Deserialize;
use std::cmp::Reverse;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of shipments.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(one)).routes(routes!(route))
}

/// The most journeys one answer looks at, newest first.
const MOST: usize = 1_000;

/// Returns what a reference joins.
///
/// `container:`, `bl:`, `booking:` and the other kinds say what a number is; a bare number means
/// the newest, the others are listed. What is unknown and what the key may not see answer alike.
#[utoipa::path(
    get, path = "/v1/shipments/{ref}", tag = "shipments", params(("ref" = String, Path)),
    responses((status = 200, body = Shipment), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn one(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(text): Id,
) -> Answer<Json<Shipment>> {
    let found = apart(app, move |app| {
        let (coverage, now) = (app.coverage(), app.clock().now);
        with_found(app, &viewer, &text, |meant, others, world| view(meant, &others, world, &coverage, now))
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Where the ship is now, as `lat=1.26,lon=103.8`: progress is reckoned from there instead of from the
    /// ship's last call. It is not kept.
    position: Option<String>,
}

/// Returns the route of what a reference joins as GeoJSON.
///
/// A leg by sea tells how far the goods are: miles behind and to go, whether they are off the planned line
/// and by how much; then a feature `onward` holds the new way.
#[utoipa::path(
    get, path = "/v1/shipments/{ref}/route", tag = "shipments", params(("ref" = String, Path), Where),
    responses(
        (status = 200, body = Object, content_type = "application/geo+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The position is none, or too far from the water",
            body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn route(
    State(app): State<App>,
    viewer: Viewer,
    Ask(asked): Ask<Where>,
    Id(text): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let document = apart(app, move |app| {
        // The writer waits while the world is read: a position is made fast at the water after that.
        let read = with_found(app, &viewer, &text, |meant, _, world| {
            let keys: Vec<JourneyKey> = meant.journeys.iter().map(|j| j.key.clone()).collect();
            (world.route(&keys), world.places().clone(), world.seq())
        })?;
        Some(drawn(app, &viewer, read, asked.position.as_deref()))
    });
    let document = document.await?.ok_or_else(Problem::not_found)??;
    Ok(served(&document.bytes, &document.etag, "application/geo+json", false, &headers))
}

fn drawn(
    app: &Doors,
    viewer: &Viewer,
    (mut route, places, seq): (Route, Arc<Places>, Seq),
    position: Option<&str>,
) -> Answer<Document> {
    if let Some(text) = position {
        locate(app, &mut route, &places, text)?;
    }
    let profile = if *viewer == Viewer::Operator { Profile::Internal } else { Profile::Partner };
    let as_of = app.shared.received_at(route.seq);
    let head = Head { profile, certificate: None, binding: None, seq: route.seq, as_of };
    let whole = collection(&route, &places, &head);
    Document::new(&disclosure::route(profile, &[], whole), seq).map_err(|e| Problem::internal(&e))
}

/// Reckons the progress of the goods from a position that is given.
fn locate(app: &Doors, route: &mut Route, places: &Places, text: &str) -> Answer<()> {
    let network = app.shared.charts().network();
    match ends::read(places, text) {
        Ok(Meant::At(at)) => route
            .locate(network, places, at)
            .map_err(|error| Trouble::of_position(network, at, &error).into()),
        Ok(Meant::Node(_)) => {
            Err(Problem::new(What::UnknownEnd, "`position` is a position, as `lat=1.26,lon=103.8`"))
        }
        Err(error) => Err(Trouble::of_text(places, error).into()),
    }
}

/// Finds what a text means among what the caller may read; nothing if that is nothing.
pub(super) fn with_found<T>(
    app: &Doors,
    viewer: &Viewer,
    text: &str,
    then: impl FnOnce(Found, Vec<Found>, &World) -> T,
) -> Option<T> {
    let partners = app.settings.partners.load();
    app.shared.read(|world, register| {
        let grants = Grants::new(viewer, world, register, &partners);
        let mut found: Vec<Found> = meanings(text).map(|r| visible(r, world, &grants)).collect();
        found.retain(|f| !f.journeys.is_empty());
        found.sort_by_key(|f| Reverse(f.journeys.first().map(|j| (j.last, j.seq))));
        if found.is_empty() {
            return None;
        }
        let mut meant = found.remove(0);
        if meant.reference.kind == ReferenceKind::Container {
            // A container travels again and again: its newest journey is meant.
            let older = meant.journeys.split_off(1);
            found.insert(0, Found { reference: meant.reference.clone(), journeys: older });
        }
        Some(then(meant, found, world))
    })
}

fn visible(reference: Reference, world: &World, grants: &Grants<'_>) -> Found {
    let keys = world.journeys(&reference).into_iter().take(MOST);
    let journeys = keys.filter_map(|key| world.journey(&key)).filter(|j| grants.may_read(j)).collect();
    Found { reference, journeys }
}

/// Returns what a text may mean: what its kind says, or every kind that joins.
pub(super) fn meanings(text: &str) -> impl Iterator<Item = Reference> {
    let typed = text.parse::<Reference>().ok();
    let kinds = ReferenceKind::WORDS.iter().map(|(kind, _)| *kind).filter(|k| *k != ReferenceKind::Other);
    let bare = kinds.map(|kind| Reference::new(kind, text)).filter(|_| typed.is_none()).collect::<Vec<_>>();
    typed.into_iter().chain(bare).map(canonical)
}

fn canonical(reference: Reference) -> Reference {
    match reference.kind {
        ReferenceKind::Container => {
            Reference { value: ContainerNumber::read(&reference.value).canonical().into(), ..reference }
        }
        _ => reference,
    }
}
