//! Shipments: the journeys that one reference joins.

use super::expected::{LastFreeDay, Missing};
use super::route::{event, ship};
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use sealane_data::reference::Reference;
use sealane_mapper::World;
use sealane_mapper::coverage::Coverage;
use sealane_mapper::route::{Journey, JourneyEvent};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The journeys that a reference joins, as far as the asking key may see them.
#[derive(Serialize, ToSchema)]
pub(crate) struct Shipment {
    /// The reference with its kind, such as `booking:ABC123`.
    reference: String,
    /// What else the text may mean, and older journeys of the same container.
    others: Vec<Other>,
    /// The journeys, newest first.
    journeys: Vec<JourneyView>,
    /// The log position this answer knows.
    as_of_seq: Seq,
}

/// Something else that is named alike.
#[derive(Serialize, ToSchema)]
pub(crate) struct Other {
    /// The reference with its kind.
    reference: String,
    /// The container.
    #[schema(value_type = String)]
    container: sealane_data::Text,
    /// Which of its journeys.
    ordinal: u32,
    /// The first instant of the past.
    #[schema(value_type = Option<String>)]
    first: Option<Timestamp>,
    /// The last one.
    #[schema(value_type = Option<String>)]
    last: Option<Timestamp>,
}

/// One trip of one container.
#[derive(Serialize, ToSchema)]
pub(crate) struct JourneyView {
    /// The container, canonical.
    #[schema(value_type = String)]
    container: sealane_data::Text,
    /// Which of its trips, from 1.
    ordinal: u32,
    /// The references tied to it.
    references: Vec<String>,
    /// The first instant of the past.
    #[schema(value_type = Option<String>)]
    first: Option<Timestamp>,
    /// The last one.
    #[schema(value_type = Option<String>)]
    last: Option<Timestamp>,
    /// The parties that told of it.
    #[schema(value_type = Vec<String>)]
    told_by: Vec<PartyId>,
    /// What happened and what is planned, the past first.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
    /// What should have happened and did not, where a live feed would have told it.
    missing: Vec<Missing>,
    /// Until when the container costs no storage.
    last_free_day: Option<LastFreeDay>,
    /// The last log position that touched it.
    seq: Seq,
}

/// Journeys found under one reference.
pub(crate) struct Found {
    pub(crate) reference: Reference,
    pub(crate) journeys: Vec<Journey>,
}

/// Returns the view of what was found; the first entry is what is meant, the rest are the others.
pub(crate) fn view(
    meant: Found,
    others: &[Found],
    world: &World,
    coverage: &Coverage,
    now: Timestamp,
) -> Shipment {
    let others =
        others.iter().flat_map(|found| found.journeys.iter().map(|j| other(&found.reference, j))).collect();
    Shipment {
        reference: meant.reference.to_string(),
        others,
        journeys: meant.journeys.into_iter().map(|j| journey(j, world, coverage, now)).collect(),
        as_of_seq: world.seq(),
    }
}

fn other(reference: &Reference, journey: &Journey) -> Other {
    Other {
        reference: reference.to_string(),
        container: journey.key.container.clone(),
        ordinal: journey.key.ordinal,
        first: journey.first,
        last: journey.last,
    }
}

fn journey(journey: Journey, world: &World, coverage: &Coverage, now: Timestamp) -> JourneyView {
    JourneyView {
        missing: world.absent(&journey.key, coverage, now).iter().map(Missing::new).collect(),
        last_free_day: world.last_free_day(&journey.key).as_ref().map(LastFreeDay::new),
        references: journey.references.iter().map(ToString::to_string).collect(),
        first: journey.first,
        last: journey.last,
        told_by: journey.parties.into_iter().collect(),
        events: journey.events.iter().map(journey_event).collect(),
        seq: journey.seq,
        container: journey.key.container,
        ordinal: journey.key.ordinal,
    }
}

fn journey_event(told: &JourneyEvent) -> Value {
    let mut view = event(&told.event);
    view["node"] = json!(told.node);
    view["resolved_by"] = json!(told.how);
    view["ship"] = json!(told.ship.as_ref().map(ship));
    view["load"] = json!(told.load);
    view["trade"] = json!(told.trade);
    view
}
