//! Visits of carriers: when a ship came, was made fast, worked, and left.

use super::{Context, moments};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use sealane_data::observation::{Classifier, Kind, Observation};
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// Where the times of a visit stand; the second path counts where the first has none.
const TIMES: &[(&str, &str, Kind)] = &[
    ("start.time", "arrival.end.time", Kind::VesselArrived),
    ("arrival.mooring.lastline.time", "arrival.mooring.end.time", Kind::Berthed),
    ("terminaloperations.cargooperations.start.time", "", Kind::OperationsStarted),
    ("terminaloperations.cargooperations.end.time", "", Kind::OperationsCompleted),
    ("end.time", "departure.start.time", Kind::VesselDeparted),
];

/// Reads one visit; trucks and trains are no ships.
pub(super) fn read(record: &mut Record<'_>, visit: &Node, context: &Context<'_>) {
    let sort = ["type", "kind"].iter().find_map(|name| visit.text_at(name)).map(str::to_ascii_lowercase);
    if sort.as_deref().is_some_and(|sort| matches!(sort, "truck" | "road" | "rail" | "train")) {
        let status = sort.map(Into::into);
        return record
            .say(visit, Observation { status, ..Observation::new(Kind::Status, Classifier::Actual) });
    }
    let vessel = visit_ship(record, visit, context);
    if vessel.as_ref().is_none_or(|ship| ship.is_anonymous()) {
        record.find(&f::NO_SHIP, visit, "the visit names no ship");
    }
    for (path, other, kind) in TIMES {
        let Some(time) = visit.at(path).or_else(|| visit.at(other)) else { continue };
        for (classifier, at) in moments(record, Some(time)) {
            let vessel = vessel.clone();
            record.say(time, Observation { time: Some(at), vessel, ..Observation::new(*kind, classifier) });
        }
    }
}

/// Returns the ship of the visit with an id.
pub(super) fn ship(record: &mut Record<'_>, context: &Context<'_>, id: &str) -> Option<Arc<VesselRef>> {
    let visit = context.tos.each("carriervisit").find(|visit| visit.text_at("id") == Some(id))?;
    visit_ship(record, visit, context)
}

fn visit_ship(record: &mut Record<'_>, visit: &Node, context: &Context<'_>) -> Option<Arc<VesselRef>> {
    let id = visit.text_at("carrier.id");
    let carrier = context.tos.each("carrier").find(|carrier| id.is_some() && carrier.text_at("id") == id);
    let mut ship = VesselRef { voyage: record.first(visit, &["voyage"]), ..VesselRef::default() };
    match carrier {
        Some(carrier) => {
            ship.name = record.first(carrier, &["name"]);
            // The schema has `lloysdid`, misspelt, for the IMO number.
            if let Some(node) = carrier.get("lloysdid").or_else(|| carrier.get("lloydsid")) {
                record.imo(node, &mut ship);
            }
        }
        None => match id {
            Some(id) if id.len() == 7 && id.bytes().all(|b| b.is_ascii_digit()) => {
                record.imo(visit.at("carrier.id")?, &mut ship);
            }
            id => ship.name = id.map(Into::into),
        },
    }
    (!ship.is_empty()).then(|| Arc::new(ship))
}
