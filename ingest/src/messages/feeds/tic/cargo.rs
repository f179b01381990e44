//! Visits of cargo: how a container came to the terminal and how it left.

use super::{Context, carrier, moments};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use sealane_data::observation::{Classifier, Equipment, Kind, Load, Observation, Trade};
use sealane_data::reference::ReferenceKind;

/// Reads one visit.
pub(super) fn read(record: &mut Record<'_>, visit: &Node, context: &Context<'_>) {
    let Some(node) = visit.at("cargo.id").or_else(|| visit.get("id")) else {
        return record.find(&f::NO_CONTAINER, visit, "the visit names no cargo");
    };
    let Some(mut equipment) = record.container(node) else { return };
    describe(record, &mut equipment, visit, context);
    let mut references = Vec::new();
    for (name, kind) in [("booking", ReferenceKind::Booking), ("billoflading", ReferenceKind::MasterBl)] {
        visit.each(name).for_each(|node| record.refer(&mut references, kind, node));
    }
    let base = Observation {
        equipment: Some(equipment),
        references: references.into_iter().collect(),
        ..Observation::new(Kind::Status, Classifier::Actual)
    };
    for (step, way, by_ship, by_land) in [
        ("checkin.time", "inbound", Kind::Discharged, Kind::GateIn),
        ("checkout.time", "outbound", Kind::Loaded, Kind::GateOut),
    ] {
        let Some(time) = visit.at(step) else { continue };
        let modality = record.first(visit, &[&format!("{way}.modality")]).unwrap_or_default();
        let kind = match modality.to_ascii_lowercase().as_str() {
            "vessel" | "sea" | "barge" | "deepsea" | "feeder" | "ship" => by_ship,
            "truck" | "road" | "rail" | "train" => by_land,
            _ => {
                let message =
                    format!("the modality `{modality}` does not say whether a ship or a truck is meant");
                record.find(&f::CODE, visit, message);
                Kind::Status
            }
        };
        let called = visit.at(way).and_then(|way| way.text_at("carriervisit.id"));
        let vessel = called.filter(|_| kind.is_quay_move()).and_then(|id| carrier::ship(record, context, id));
        let status = (kind == Kind::Status).then(|| step.into());
        for (classifier, at) in moments(record, Some(time)) {
            let vessel = vessel.clone();
            let status = Clone::clone(&status);
            record
                .say(time, Observation { kind, classifier, time: Some(at), vessel, status, ..base.clone() });
        }
    }
}

/// Reads what the visit, or the cargo it names, says of the container.
fn describe(record: &mut Record<'_>, equipment: &mut Equipment, visit: &Node, context: &Context<'_>) {
    let id = visit.text_at("cargo.id");
    let cargo = context.tos.each("cargo").find(|cargo| id.is_some() && cargo.text_at("id") == id);
    let both = [Some(visit), cargo];
    let at = |path: &str| both.into_iter().flatten().find_map(|node| node.at(path));
    equipment.size_type = record.size_type(at("size.code"));
    let word = at("cargo.type.code").or_else(|| at("type.code")).or_else(|| at("type.description"));
    equipment.load = match word.and_then(Node::text).map(str::to_ascii_uppercase).as_deref() {
        Some("MTY" | "EMPTY" | "E") => Load::Empty,
        Some("FCL" | "LCL" | "FULL" | "LADEN" | "F") => Load::Laden,
        _ => Load::Unknown,
    };
    equipment.trade = match visit.text_at("flowtype").map(str::to_ascii_lowercase).as_deref() {
        Some("export") => Some(Trade::Export),
        Some("import") => Some(Trade::Import),
        Some("transshipment" | "transhipment") => Some(Trade::Transshipment),
        Some("restow" | "shifting") => Some(Trade::Restow),
        _ => None,
    };
    if let Some(gross) = at("weight.gross") {
        let gross = gross.items().last().unwrap_or(gross);
        let unit = match gross.text_at("unit").map(str::to_ascii_lowercase).as_deref() {
            Some("t" | "tonne" | "tonnes" | "ton") => sealane_data::mapping::MassUnit::T,
            Some("lb" | "lbs") => sealane_data::mapping::MassUnit::Lb,
            _ => sealane_data::mapping::MassUnit::Kg,
        };
        equipment.gross_kg = record.mass(gross.get("value").unwrap_or(gross), unit);
    }
}
