//! The history of shipments: also what was replaced, changed, cancelled or read again.

use super::shipments::meanings;
use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::grants::Grants;
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::{App, Doors};
use crate::views::history::{History, TellingView};
use axum::Json;
use axum::extract::State;
use sealane_data::Text;
use sealane_mapper::World;
use sealane_mapper::route::JourneyKey;
use sealane_mapper::world::Telling;
use std::collections::HashMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The address of histories.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(history))
}

/// Containers that one answer looks at.
const MOST: usize = 1_000;

/// Returns everything that was told of what a reference joins, in the order of arrival: also what a later
/// version of its document replaced, changed or cancelled, with what took its place.
///
/// A party sees what it told itself, and of others what is part of a journey that it may read.
#[utoipa::path(
    get, path = "/v1/shipments/{ref}/history", tag = "history", params(("ref" = String, Path)),
    responses((status = 200, body = History), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn history(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(text): Id,
) -> Answer<Json<History>> {
    let found = tokio::task::spawn_blocking(move || told(&app, &viewer, &text));
    let found = found.await.map_err(|e| Problem::internal(&e))?;
    Some(found).filter(|h| !h.tellings.is_empty()).map(Json).ok_or_else(Problem::not_found)
}

fn told(app: &Doors, viewer: &Viewer, text: &str) -> History {
    let partners = app.settings.partners.load();
    app.shared.read(|world, register| {
        let grants = Grants::new(viewer, world, register, &partners);
        let mut containers: Vec<Text> = meanings(text).flat_map(|r| world.containers_of(&r)).collect();
        containers.sort();
        containers.dedup();
        let mut tellings = Vec::new();
        for container in containers.iter().take(MOST) {
            let mut readable = HashMap::new();
            let history = world.history(container).into_iter();
            let open = history.filter(|t| may_read(viewer, world, &grants, (container, t), &mut readable));
            tellings.extend(open.map(|t| (t.seq, TellingView::new(container, &t))));
        }
        tellings.sort_by_key(|(seq, _)| *seq);
        History { tellings: tellings.into_iter().map(|(_, t)| t).collect(), as_of_seq: world.seq() }
    })
}

/// Whether a caller may read one telling; `readable` remembers the journeys of its container.
fn may_read(
    viewer: &Viewer,
    world: &World,
    grants: &Grants<'_>,
    (container, telling): (&Text, &Telling),
    readable: &mut HashMap<u32, bool>,
) -> bool {
    match viewer {
        Viewer::Operator => true,
        Viewer::Public(_) | Viewer::Holder(..) => false,
        Viewer::Party(party) => {
            *party == telling.party
                || telling.journey.is_some_and(|ordinal| {
                    *readable.entry(ordinal).or_insert_with(|| {
                        let key = JourneyKey { container: container.clone(), ordinal };
                        world.journey(&key).is_some_and(|j| grants.may_read(&j))
                    })
                })
        }
    }
}
