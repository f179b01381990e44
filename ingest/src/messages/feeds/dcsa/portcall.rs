//! DCSA Port Call 2.0, the successor of Just in Time: berths, cargo work, services, moves to be expected.

use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use crate::messages::feeds::times::Forms;
use crate::messages::feeds::unread::Field;
use crate::messages::feeds::{Feed, Reading};
use sealane_data::Text;
use sealane_data::observation::{Classifier, Kind, Observation, Revision};

/// The family.
pub(in crate::messages::feeds) struct PortCall;

const FAMILY: &str = "PORTCALL:DCSA:2.0";
const CALLS: Option<&str> = Some("calls are told by ship, place and time");
const SIZE: Option<&str> = Some("sizes and draughts of ships are not on the map");

const FIELDS: &[Field] = &[
    ("eventID", None),
    ("eventUpdatedDateTime", None),
    ("isRetracted", None),
    ("replyToEventID", Some("negotiations are read as their last word")),
    ("isFYI", Some("whether an answer is wanted is for the parties of the negotiation")),
    ("eventRouting.*", None),
    ("portCall.UNLocationCode", None),
    ("portCall.isOmitted", None),
    ("portCall.*", CALLS),
    ("terminalCall.exportVoyageNumberOrReference.carrierVoyageNumber", None),
    ("terminalCall.importVoyageNumberOrReference.carrierVoyageNumber", None),
    ("terminalCall.isOmitted", None),
    ("terminalCall.*", CALLS),
    ("portCallService.portCallServiceTypeCode", None),
    ("portCallService.portCallServiceEventTypeCode", None),
    ("portCallService.serviceLocation.UNLocationCode", None),
    ("portCallService.serviceLocation.locationName", None),
    ("portCallService.serviceLocation.facility.*", None),
    ("portCallService.serviceLocation.*", Some("addresses and coordinates of a place, which the node has")),
    ("portCallService.isCanceled", None),
    ("portCallService.isDeclined", None),
    ("portCallService.*", CALLS),
    ("vessel.vesselIMONumber", None),
    ("vessel.vesselMMSINumber", None),
    ("vessel.vesselName", None),
    ("vessel.vesselCallSign", None),
    ("vessel.vesselPosition.geoCoordinate.*", None),
    ("vessel.vesselPosition.*", Some("the position is read from its coordinates")),
    ("vessel.*", SIZE),
    ("timestamp.classifierCode", None),
    ("timestamp.classifier", None),
    ("timestamp.serviceDateTime", None),
    ("timestamp.delayReasonCodes", Some("reasons of delays are for analysts and kept in the submission")),
    ("timestamp.remark", Some("free text for people, which may hold personal data")),
    ("movesForecasts.restowUnits.totalUnits", None),
    ("movesForecasts.loadUnits.totalUnits.*", None),
    ("movesForecasts.dischargeUnits.totalUnits.*", None),
    ("movesForecasts.carrierCode", None),
    ("movesForecasts.*", Some("the sums of the forecast are read")),
];

impl Feed for PortCall {
    fn id(&self) -> &'static str {
        "dcsa-port-call"
    }

    fn about(&self) -> &'static str {
        "DCSA Port Call 2.0: planned, requested, estimated and actual berthing, departure and cargo work of ships"
    }

    fn version(&self) -> u16 {
        1
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn claims(&self, root: &Node) -> bool {
        events(root).any(is_event)
    }

    fn read(&self, document: &mut Reading<'_>) {
        for event in events(document.root) {
            if !is_event(event) {
                document.find(&f::WRONG_TYPE, event, "an event of a port call has no port call");
                continue;
            }
            let Some(mut record) = document.open(event, FAMILY) else { continue };
            read(&mut record);
            document.push(record);
        }
    }
}

/// Returns the events of a document: a list, an object with `events`, or one event.
fn events(root: &Node) -> impl Iterator<Item = &Node> {
    let list = root.get("events").unwrap_or(root);
    list.items().iter()
}

fn is_event(node: &Node) -> bool {
    ["portCall", "terminalCall", "portCallService"]
        .iter()
        .any(|name| node.get(name).is_some_and(Node::is_map))
}

fn truth(node: Option<&Node>) -> bool {
    node.and_then(Node::text) == Some("true")
}

fn read(record: &mut Record<'_>) {
    let event = record.node;
    record.dcsa_version(event);
    if record.draft.revision == Revision::Cancel {
        return;
    }
    let call = event.get("terminalCall").unwrap_or(event);
    let service = event.get("portCallService").unwrap_or(event);
    let (of, what) =
        (service.text_at("portCallServiceTypeCode"), service.text_at("portCallServiceEventTypeCode"));
    let kind = kind(of.unwrap_or_default(), what.unwrap_or_default());
    let ship = record.dcsa_ship(event.get("vessel"), call, kind == Kind::VesselDeparted);
    if ship.as_ref().is_none_or(|ship| ship.is_anonymous()) {
        record.find(&f::NO_SHIP, event, "the call names no ship");
    }
    let place = record.dcsa_places(&[service.get("serviceLocation"), event.get("portCall")]);
    let base = Observation { place, vessel: ship, ..Observation::new(kind, Classifier::Actual) };
    if truth(event.at("portCall.isOmitted")) || truth(call.get("isOmitted")) {
        let omitted = Observation { kind: Kind::CallOmitted, time: record.draft.written, ..base };
        return record.say(event, omitted);
    }
    if let Some(timestamp) = event.get("timestamp") {
        let classifier = record.dcsa_classifier(timestamp, &["classifierCode", "classifier"]);
        let time = record.dcsa_time(timestamp, &["serviceDateTime"]);
        let refused = [("isCanceled", "CANCELED"), ("isDeclined", "DECLINED")];
        let refused = refused.iter().find(|(name, _)| truth(service.get(name))).map(|(_, word)| *word);
        let (kind, status) = match refused {
            Some(word) => (Kind::Status, Some(code(of, what, Some(word)))),
            None if kind == Kind::Status => (kind, Some(code(of, what, None))),
            None => (kind, None),
        };
        record.say(timestamp, Observation { kind, classifier, time, status, ..base.clone() });
    }
    position(record, event, &base);
    moves(record, event, &base);
}

/// Writes what was served as the source wrote it.
fn code(of: Option<&str>, what: Option<&str>, word: Option<&str>) -> Text {
    let parts = [of, what, word].into_iter().flatten();
    parts.collect::<Vec<_>>().join("/").into()
}

/// Returns what a service and its event mean.
fn kind(of: &str, what: &str) -> Kind {
    match (of, what) {
        ("BERTH", "ARRI" | "STRT") => Kind::Berthed,
        ("BERTH", "DEPA" | "CMPL") => Kind::VesselDeparted,
        ("CARGO_OPERATIONS" | "CRGO", "STRT") => Kind::OperationsStarted,
        ("CARGO_OPERATIONS" | "CRGO", "CMPL") => Kind::OperationsCompleted,
        ("PILOT_BOARDING_PLACE" | "PBPL" | "ANCHORAGE", "ARRI") => Kind::VesselArrived,
        _ => Kind::Status,
    }
}

/// Reads where the ship was when the event was written.
fn position(record: &mut Record<'_>, event: &Node, base: &Observation) {
    let Some(at) = event.at("vessel.vesselPosition") else { return };
    if let Some(fix) = record.dcsa_fix(Some(at)) {
        let time = record.draft.written;
        let said =
            Observation { kind: Kind::Position, time, place: None, fix: Some(Box::new(fix)), ..base.clone() };
        record.say(at, said);
    }
}

/// Reads how many moves are expected, one status for each carrier.
fn moves(record: &mut Record<'_>, event: &Node, base: &Observation) {
    for forecast in event.each("movesForecasts") {
        let sum = |path: &str| forecast.text_at(path).unwrap_or("?").to_owned();
        let status = format!(
            "MOVES discharge={} load={} restow={}",
            sum("dischargeUnits.totalUnits.totalUnits"),
            sum("loadUnits.totalUnits.totalUnits"),
            sum("restowUnits.totalUnits"),
        );
        let time = event.at("timestamp.serviceDateTime").and_then(|node| record.time(node, Forms::default()));
        let said = Observation {
            kind: Kind::Status,
            classifier: Classifier::Estimated,
            time,
            status: Some(status.into()),
            ..base.clone()
        };
        record.say(forecast, said);
    }
}
