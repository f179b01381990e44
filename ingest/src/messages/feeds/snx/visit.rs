//! Visits of ships: times, berths, cargo work, and moves to be expected.

use super::{FORMS, Visits};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::Reading;
use crate::messages::feeds::record::Record;
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Revision};
use sealane_data::vessel::{CarrierCode, VesselRef};
use std::sync::Arc;

const FAMILY: &str = "SNX:N4:VISIT";

/// Times of a visit that say what they are.
const TIMES: &[(&str, Kind, Classifier)] = &[
    ("@published-eta", Kind::VesselArrived, Classifier::Planned),
    ("@ETA", Kind::VesselArrived, Classifier::Estimated),
    ("@ATA", Kind::VesselArrived, Classifier::Actual),
    ("@published-etd", Kind::VesselDeparted, Classifier::Planned),
    ("@ETD", Kind::VesselDeparted, Classifier::Estimated),
    ("@ATD", Kind::VesselDeparted, Classifier::Actual),
];

/// Reads a visit and keeps its ship for the units of the document.
pub(super) fn read<'d>(document: &mut Reading<'d>, visit: &'d Node, visits: &mut Visits) {
    let Some(mut record) = document.open(visit, FAMILY) else { return };
    let ship = Arc::new(ship(&mut record, visit));
    if ship.is_anonymous() {
        record.find(&f::NO_SHIP, visit, "the visit names no ship");
    }
    if let Some(id) = record.first(visit, &["@id"]) {
        let coming =
            VesselRef { voyage: record.first(visit, &["@in-voy-nbr", "@out-voy-nbr"]), ..(*ship).clone() };
        visits.insert(id.to_string(), [Arc::new(coming), Arc::clone(&ship)]);
        record.draft.document = id;
        record.draft.revision = Revision::Change;
    }
    let partner = record.partner;
    let facility = record.first(visit, &["@facility"]);
    // A code of the terminal's own is the node of its profile, unless the profile names another for it.
    let known = |code: &_| partner.default_node.is_none() || partner.aliases.contains_key(code);
    let place = facility
        .filter(known)
        .map(|code| Arc::new(DeclaredPlace { facility: Some(code), ..DeclaredPlace::default() }));
    let base =
        Observation { place, vessel: Some(ship), ..Observation::new(Kind::Status, Classifier::Actual) };
    let phase = visit.text_at("@visit-phase").unwrap_or_default();
    if phase == "CANCELED" {
        record.say(visit, Observation { kind: Kind::CallOmitted, classifier: Classifier::Planned, ..base });
        return document.push(record);
    }
    times(&mut record, visit, &base);
    work(&mut record, visit, &base, phase);
    berths(&mut record, visit, &base, phase);
    moves(&mut record, visit, &base);
    if record.draft.observations.is_empty() {
        record.find(&f::NOTHING_SAID, visit, "the visit has no times");
    }
    document.push(record);
}

fn ship(record: &mut Record<'_>, visit: &Node) -> VesselRef {
    let mut ship = VesselRef { name: record.first(visit, &["@vessel-name"]), ..VesselRef::default() };
    if let Some(node) = visit.get("@vessel-id") {
        let id = record.text(node).unwrap_or_default();
        let digits = id.strip_prefix("IMO").unwrap_or(&id).trim();
        if digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()) {
            record.imo(node, &mut ship);
        } else if ship.name.is_none() {
            // The terminal's own short code of the ship.
            ship.name = Some(id);
        }
    }
    ship.voyage = record.first(visit, &["@out-voy-nbr", "@in-voy-nbr"]);
    ship.carrier =
        record.first(visit, &["@operator-id"]).map(|code| CarrierCode { code, list: <_>::default() });
    ship
}

fn times(record: &mut Record<'_>, visit: &Node, base: &Observation) {
    for (name, kind, classifier) in TIMES {
        let Some(node) = visit.get(name) else { continue };
        if let Some(time) = record.time(node, FORMS) {
            let voyage = if *kind == Kind::VesselArrived {
                ["@in-voy-nbr", "@out-voy-nbr"]
            } else {
                ["@out-voy-nbr", "@in-voy-nbr"]
            };
            let voyage = record.first(visit, &voyage);
            let vessel = base.vessel.as_deref().map(|ship| Arc::new(VesselRef { voyage, ..ship.clone() }));
            record.say(
                node,
                Observation {
                    kind: *kind,
                    classifier: *classifier,
                    time: Some(time),
                    vessel,
                    ..base.clone()
                },
            );
        }
    }
}

/// Whether a phase lies behind another one.
fn reached(phase: &str, wanted: &str) -> bool {
    const PHASES: [&str; 8] =
        ["CREATED", "INBOUND", "ARRIVED", "WORKING", "COMPLETE", "DEPARTED", "CLOSED", "ARCHIVED"];
    let at = |phase: &str| PHASES.iter().position(|p| *p == phase);
    at(phase).zip(at(wanted)).is_some_and(|(here, there)| here >= there)
}

fn past(phase: &str, wanted: &str) -> Classifier {
    if reached(phase, wanted) { Classifier::Actual } else { Classifier::Estimated }
}

fn work(record: &mut Record<'_>, visit: &Node, base: &Observation, phase: &str) {
    let both = [
        ("@time-start-work", Kind::OperationsStarted, past(phase, "WORKING")),
        ("@time-end-work", Kind::OperationsCompleted, past(phase, "COMPLETE")),
    ];
    for (name, kind, classifier) in both {
        let Some(node) = visit.get(name) else { continue };
        if let Some(time) = record.time(node, FORMS) {
            record.say(node, Observation { kind, classifier, time: Some(time), ..base.clone() });
        }
    }
}

/// Reads berths: the first when the ship came, later ones when it shifted.
fn berths(record: &mut Record<'_>, visit: &Node, base: &Observation, phase: &str) {
    let berthings: Vec<&Node> = visit.each("berths").flat_map(|b| b.each("berthing")).collect();
    for berthing in berthings {
        let Some(quay) = record.first(berthing, &["@quay-id"]) else { continue };
        let Some(time) = berthing.get("@time-shift").and_then(|node| record.time(node, FORMS)) else {
            // A berth without a time is the plan for the call.
            let status = Some(format!("BERTH {quay}").into());
            record.say(berthing, Observation { classifier: Classifier::Planned, status, ..base.clone() });
            continue;
        };
        let classifier = past(phase, "ARRIVED");
        let status = Some(quay);
        record.say(
            berthing,
            Observation { kind: Kind::Berthed, classifier, time: Some(time), status, ..base.clone() },
        );
    }
}

fn moves(record: &mut Record<'_>, visit: &Node, base: &Observation) {
    let Some(moves) = visit.get("est-move-count") else { return };
    let counts = moves
        .members()
        .iter()
        .filter_map(|(name, n)| Some(format!("{}={}", name.strip_prefix('@')?, n.text()?)));
    let status = format!("MOVES {}", counts.collect::<Vec<_>>().join(" "));
    let said = Observation { classifier: Classifier::Estimated, status: Some(status.into()), ..base.clone() };
    record.say(moves, said);
}
