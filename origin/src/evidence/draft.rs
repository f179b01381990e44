//! Drafts of certificates of non-manipulation: what events can fill in, for the authority of the
//! place where the goods changed ships. A draft certifies nothing.

use crate::register::Certificate;
use crate::rules::{Assessment, Stay, StayState};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Returns a draft for each stay between two ships.
pub fn drafts(certificate: &Certificate, assessment: &Assessment, route: &Value) -> Vec<Value> {
    assessment.custody.iter().map(|stay| draft(certificate, stay, route)).collect()
}

fn draft(certificate: &Certificate, stay: &Stay, route: &Value) -> Value {
    let boxes = &certificate.boxes;
    let bills = certificate.bindings.iter().filter(|r| {
        matches!(
            r.kind,
            sealane_data::reference::ReferenceKind::MasterBl
                | sealane_data::reference::ReferenceKind::HouseBl
        )
    });
    let origins: std::collections::BTreeSet<&str> =
        boxes.items.iter().map(|i| i.country_of_origin.as_str()).collect();
    let open = stay.state != StayState::Continuous;
    json!({
        "draft": true,
        "note": if open {
            "Custody at this place is not told throughout; the open points are listed."
        } else {
            "Pre-filled from events; to be examined, completed and signed by the authority of the place."
        },
        "open_points": stay.why,
        "certificate_of_origin": boxes.number,
        "recipient": { "name": boxes.consignee.name, "country": boxes.consignee.country },
        "consignment": {
            "description": boxes.items.iter().map(|i| i.description.as_str()).collect::<Vec<_>>().join("; "),
            "quantity": boxes.items.iter().filter_map(|i| i.quantity.clone()).collect::<Vec<_>>(),
            "container": stay.container,
            "country_of_origin": origins,
            "outward_bill_no": bills.map(|r| r.value.as_str()).collect::<Vec<_>>(),
            "place": { "node": stay.node, "country": stay.country },
            "date_of_discharge": day(stay.discharged, route, &stay.node.0),
            "date_of_departure": day(stay.loaded, route, &stay.node.0),
            "outgoing_vehicle_no": outgoing(route, stay),
            "country_of_final_destination": boxes.importing_party,
        },
        "declaration": { "name": null, "designation": null, "date": null },
        "certification": { "name": null, "designation": null, "date": null, "signature": null, "stamp": null },
        "evidence": stay.seqs,
    })
}

/// The properties of a route's features.
fn properties(route: &Value) -> impl Iterator<Item = &Value> {
    route["features"].as_array().into_iter().flatten().map(|f| &f["properties"])
}

/// Returns the day of an instant at a node, by the zone that the route names for it.
fn day(at: Option<Timestamp>, route: &Value, node: &str) -> Option<String> {
    let stop = properties(route).find(|p| p["node"] == node && p["zone"].is_string());
    let zone = stop.and_then(|p| p["zone"].as_str()).unwrap_or("UTC");
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.map(|at| at.to_zoned(zone).date().to_string())
}

/// Returns the ship and voyage of the leg that leaves a stay.
fn outgoing(route: &Value, stay: &Stay) -> Option<String> {
    stay.loaded?;
    let leaves = |p: &&Value| {
        let carries =
            p["containers"].as_array().is_some_and(|c| c.iter().any(|c| *c == stay.container.as_str()));
        p["kind"] == "leg" && p["from"] == stay.node.0.as_str() && carries
    };
    let ship = &properties(route).find(leaves)?["ship"];
    let part = |name: &str| ship[name].as_str().map(str::to_owned);
    let name = part("name").or_else(|| part("imo"))?;
    Some(part("voyage").map_or(name.clone(), |voyage| format!("{name} {voyage}")))
}
