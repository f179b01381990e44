//! Codes of DCSA: letters of 2.x and January 2026, words of May 2026.

use sealane_data::observation::{Classifier, Kind, Trade};
use sealane_data::reference::ReferenceKind;

/// What happens to containers: letters, word, meaning.
const EQUIPMENT: &[(&str, &str, Kind)] = &[
    ("LOAD", "LOADED", Kind::Loaded),
    ("DISC", "DISCHARGED", Kind::Discharged),
    ("GTIN", "GATED_IN", Kind::GateIn),
    ("GTOT", "GATED_OUT", Kind::GateOut),
    ("STUF", "STUFFED", Kind::Stuffed),
    ("STRP", "STRIPPED", Kind::Stripped),
    ("PICK", "PICKED_UP", Kind::PickedUp),
    ("DROP", "DROPPED_OFF", Kind::DroppedOff),
    ("AVPU", "AVAILABLE_FOR_PICKUP", Kind::AvailableForPickUp),
    ("AVDO", "AVAILABLE_FOR_DROP_OFF", Kind::AvailableForDropOff),
    ("INSP", "INSPECTED", Kind::Inspected),
    ("RSEA", "RESEALED", Kind::Resealed),
    ("RMVD", "REMOVED", Kind::SealRemoved),
    ("CUSS", "CUSTOMS_SELECTED_FOR_SCAN", Kind::CustomsHeld),
    ("CUSI", "CUSTOMS_SELECTED_FOR_INSPECTION", Kind::CustomsHeld),
    ("CUSR", "CUSTOMS_RELEASED", Kind::CustomsReleased),
    ("CROS", "CROSSED", Kind::BorderCrossed),
];

/// What happens to means of transport.
const TRANSPORT: &[(&str, &str, Kind)] = &[
    ("ARRI", "ARRIVED", Kind::VesselArrived),
    ("DEPA", "DEPARTED", Kind::VesselDeparted),
    ("APPR", "APPROACHING", Kind::Status),
];

/// What happens to documents that has a meaning for the map.
const SHIPMENT: &[(&str, &str, Kind)] = &[
    ("CONF", "CONFIRMED", Kind::Booked),
    ("HOLD", "ON_HOLD", Kind::Held),
    ("RELS", "RELEASED", Kind::HoldReleased),
];

/// Documents and references: letters, word, meaning.
const REFERENCES: &[(&str, &str, ReferenceKind)] = &[
    ("BKG", "BOOKING", ReferenceKind::Booking),
    ("TRD", "TRANSPORT_DOCUMENT", ReferenceKind::MasterBl),
    ("SHI", "SHIPPING_INSTRUCTIONS", ReferenceKind::Shipment),
    ("INV", "INVOICE", ReferenceKind::Invoice),
    ("CEO", "CERTIFICATE_OF_ORIGIN", ReferenceKind::Certificate),
    ("EQ", "EQUIPMENT_REFERENCE", ReferenceKind::Container),
];

fn find<T: Copy>(table: &[(&str, &str, T)], code: &str) -> Option<T> {
    table.iter().find(|(letters, word, _)| *letters == code || *word == code).map(|(_, _, what)| *what)
}

/// Returns what a code of a type of events means; nothing for one without meaning for the map.
pub(super) fn kind(of: &str, code: &str) -> Option<Kind> {
    match of {
        "EQUIPMENT" => find(EQUIPMENT, code),
        "TRANSPORT" => find(TRANSPORT, code),
        "SHIPMENT" => find(SHIPMENT, code),
        _ => None,
    }
}

/// Returns what a document or reference type is; `Other` for those that join nothing.
pub(super) fn reference(code: &str) -> ReferenceKind {
    find(REFERENCES, code).unwrap_or(ReferenceKind::Other)
}

/// Returns what a classifier means: a request is a plan of who asks.
pub(super) fn classifier(code: &str) -> Option<Classifier> {
    Some(match code {
        "ACT" | "ACTUAL" => Classifier::Actual,
        "EST" | "ESTIMATED" => Classifier::Estimated,
        "PLN" | "PLANNED" | "REQ" | "REQUESTED" => Classifier::Planned,
        _ => return None,
    })
}

/// Returns the trade of a movement type or transport phase.
pub(super) fn trade(code: &str) -> Option<Trade> {
    Some(match code {
        "EXPORT" => Trade::Export,
        "IMPORT" => Trade::Import,
        "TRANSSHIPMENT" => Trade::Transshipment,
        _ => return None,
    })
}
