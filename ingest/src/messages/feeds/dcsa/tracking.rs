//! Track & Trace 2.2, 3.0 of January 2026 and 3.0 of May 2026, in whichever wrapper they come.

mod fields;

use super::codes;
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use crate::messages::feeds::unread::Field;
use crate::messages::feeds::{Feed, Reading};
use sealane_data::Text;
use sealane_data::observation::{Equipment, Kind, Load, Observation, Revision};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::VesselRef;
use std::collections::HashSet;
use std::sync::Arc;

/// The family.
pub(in crate::messages::feeds) struct Tracking;

/// How deep below a document events are looked for.
const DEEP: usize = 5;

impl Feed for Tracking {
    fn id(&self) -> &'static str {
        "dcsa-tracking"
    }

    fn about(&self) -> &'static str {
        "DCSA Track & Trace 2.2 and 3.0: movements of containers and ships, customs, holds, positions and documents"
    }

    fn version(&self) -> u16 {
        1
    }

    fn fields(&self) -> &'static [Field] {
        fields::FIELDS
    }

    fn claims(&self, root: &Node) -> bool {
        let mut events = Vec::new();
        collect(root, DEEP, &mut events);
        !events.is_empty() || root.get("feedbackElements").is_some()
    }

    fn read(&self, document: &mut Reading<'_>) {
        let root = document.root;
        for element in root.each("feedbackElements") {
            let message: String = element.text_at("message").unwrap_or_default().chars().take(200).collect();
            let severity = element.text_at("severity").unwrap_or("INFO");
            let kind = if severity == "ERROR" { &f::ERROR_ANSWER } else { &f::ACCEPTED };
            document.find(
                kind,
                element,
                format!("the sender says {severity}: {}", message.replace('`', "'")),
            );
        }
        let mut events = Vec::new();
        collect(root, DEEP, &mut events);
        let proper: HashSet<*const Node> =
            root.items().iter().chain(root.each("events")).map(std::ptr::from_ref).collect();
        if let Some(odd) = events.iter().find(|event| !proper.contains(&std::ptr::from_ref(**event))) {
            let odd = *odd;
            document.find(
                &f::WRAPPER,
                odd,
                "events stand where the standard has none; they were read all the same",
            );
        }
        for event in events {
            let modern = event.get("eventClassification").is_some();
            let family = if modern { "TNT:DCSA:3.0" } else { "TNT:DCSA:2.2" };
            let Some(mut record) = document.open(event, family) else { continue };
            Event::of(&mut record).read(&mut record);
            document.push(record);
        }
    }
}

fn is_event(node: &Node) -> bool {
    let port_call = node.get("portCallService").is_some() || node.get("portCall").is_some();
    let old = node.get("eventType").is_some()
        && (node.get("eventClassifierCode").is_some() || node.get("eventDateTime").is_some());
    !port_call && (old || node.get("eventClassification").is_some_and(Node::is_map))
}

/// Finds the events of a document.
fn collect<'d>(node: &'d Node, deep: usize, events: &mut Vec<&'d Node>) {
    if is_event(node) {
        events.push(node);
    } else if deep > 0 {
        if node.is_map() {
            for (_, value) in node.members() {
                collect(value, deep - 1, events);
            }
        } else if !matches!(node.value, crate::formats::tree::Value::Text(_)) {
            node.items()
                .iter()
                .filter(|item| !std::ptr::eq(*item, node))
                .for_each(|item| collect(item, deep - 1, events));
        }
    }
}

/// What an event is about.
struct Event<'d> {
    event: &'d Node,
    /// Where its codes stand.
    class: &'d Node,
    /// `EQUIPMENT`, `TRANSPORT`, `SHIPMENT`, `IOT` or `REEFER`.
    of: Text,
    code: Text,
    call: Option<&'d Node>,
}

impl<'d> Event<'d> {
    fn of(record: &mut Record<'d>) -> Self {
        let event = record.node;
        let class = event.get("eventClassification").unwrap_or(event);
        let of = record.first(class, &["eventType", "eventTypeCode"]).unwrap_or_default();
        let prefix = of.to_ascii_lowercase();
        let names = [format!("{prefix}EventTypeCode"), format!("{prefix}EventType")];
        let code = record.first(class, &[names[0].as_str(), names[1].as_str()]).unwrap_or_default();
        let call = event.at("transportDetails.transportCall").or_else(|| event.get("transportCall"));
        Self { event, class, of, code, call }
    }

    fn read(&self, record: &mut Record<'d>) {
        record.dcsa_version(self.event);
        if record.draft.revision == Revision::Cancel {
            // What was retracted is not told again.
            return;
        }
        let classifier = record.dcsa_classifier(self.class, &["eventClassifier", "eventClassifierCode"]);
        let time = record.dcsa_time(self.event, &["eventDateTime"]);
        let export =
            matches!(self.code.as_str(), "LOAD" | "LOADED" | "DEPA" | "DEPARTED" | "GTIN" | "GATED_IN");
        let ship = self.ship(record, export);
        let (mut references, boxes) = self.references(record);
        let (kind, status) = self.kind(record);
        let fix = self.fix(record, kind);
        let kind = if fix.is_some() { Kind::Position } else { kind };
        let at = [self.event.get("eventLocation"), self.call.and_then(|c| c.get("location")), self.call];
        let base = Observation {
            time,
            place: record.dcsa_places(&at),
            vessel: ship,
            fix: fix.map(Box::new),
            status,
            ..Observation::new(kind, classifier)
        };
        if kind.is_call() {
            references
                .extend(boxes.iter().map(|b| Reference::new(ReferenceKind::Container, b.number.canonical())));
            if base.vessel.as_ref().is_none_or(|ship| ship.is_anonymous()) {
                record.find(&f::NO_SHIP, self.event, "the event names no ship");
            }
        }
        let equipment = self.equipment(record, &boxes);
        if equipment.is_empty() && self.of == "EQUIPMENT" {
            record.find(&f::NO_CONTAINER, self.event, "the event names no container");
        }
        let each: Vec<Option<Equipment>> = if kind.is_call() || equipment.is_empty() {
            vec![None]
        } else {
            equipment.into_iter().map(Some).collect()
        };
        for equipment in each {
            let said = Observation {
                equipment,
                references: references.clone().into_iter().collect(),
                ..base.clone()
            };
            record.say(self.event, said);
        }
    }

    /// Returns what happened, and the source's own code where that says more.
    fn kind(&self, record: &mut Record<'_>) -> (Kind, Option<Text>) {
        let own = || Some(Text::from(format!("{}/{}", self.of, self.code)));
        let ashore = self.call.and_then(|call| call.text_at("modeOfTransport"));
        let ashore = ashore.is_some_and(|mode| !matches!(mode, "VESSEL" | "BARGE"));
        match codes::kind(&self.of, &self.code) {
            Some(_) if self.of == "TRANSPORT" && ashore => (Kind::Status, own()),
            Some(kind) if self.of == "SHIPMENT" => self.shipment(kind),
            Some(Kind::Status) => (Kind::Status, own()),
            Some(kind) => (kind, None),
            None => {
                let known =
                    matches!(self.of.as_str(), "SHIPMENT" | "IOT" | "REEFER") && !self.code.is_empty();
                if !known {
                    let message = format!("`{}` of `{}` is no code of the standard", self.code, self.of);
                    record.find(&f::CODE, self.class, message);
                }
                (Kind::Status, own())
            }
        }
    }

    /// Confirmation of a booking books; customs papers hold and release for customs.
    fn shipment(&self, kind: Kind) -> (Kind, Option<Text>) {
        let document = self.event.at("shipmentDetails.documentReference");
        let of = document.and_then(|d| d.text_at("type").or_else(|| d.text_at("typeCode")));
        let of = of.or_else(|| self.event.text_at("documentTypeCode")).unwrap_or_default();
        let own = Some(Text::from(format!("{}/{}/{of}", self.of, self.code)));
        let customs = matches!(of, "CUC" | "CUSTOMS_CLEARANCE");
        match kind {
            Kind::Booked if codes::reference(of) != ReferenceKind::Booking => (Kind::Status, own),
            Kind::Held if customs => (Kind::CustomsHeld, own),
            Kind::HoldReleased if customs => (Kind::CustomsReleased, own),
            kind => (kind, own),
        }
    }

    /// Returns where exactly, for what a device on a container reports.
    fn fix(&self, record: &mut Record<'_>, kind: Kind) -> Option<sealane_data::fix::Fix> {
        let reports = kind == Kind::Status && matches!(self.of.as_str(), "IOT" | "REEFER");
        if reports { record.dcsa_fix(self.event.get("eventLocation")) } else { None }
    }

    fn ship(&self, record: &mut Record<'_>, export: bool) -> Option<Arc<VesselRef>> {
        let call = self.call?;
        let ship = call.get("vesselTransport").or_else(|| call.get("vessel"));
        record.dcsa_ship(ship, call, export)
    }

    /// Reads all references; containers among them are returned apart.
    fn references(&self, record: &mut Record<'_>) -> (Vec<Reference>, Vec<Equipment>) {
        let (mut references, mut boxes) = (Vec::new(), Vec::new());
        let mut pairs: Vec<(Text, &Node)> = Vec::new();
        let mut take = |node: &'d Node, kinds: [&str; 3], values: [&str; 2]| {
            let kind = kinds.iter().find_map(|name| node.text_at(name));
            let value = values.iter().find_map(|name| node.get(name));
            pairs.extend(value.map(|value| (kind.unwrap_or_default().into(), value)));
        };
        let event = self.event;
        take(event, ["documentTypeCode", "", ""], ["documentID", ""]);
        let old = ["documentReferenceType", "referenceType", "type"];
        event.each("documentReferences").for_each(|n| take(n, old, ["documentReferenceValue", "reference"]));
        event.each("references").for_each(|n| take(n, old, ["referenceValue", "reference"]));
        if let Some(details) = event.get("shipmentDetails") {
            let replaced = details
                .each("documentReferenceReplacements")
                .chain(details.each("shipmentReferenceReplacements"));
            let listed = details
                .each("documentReference")
                .chain(details.each("additionalDocumentReferences"))
                .chain(details.each("shipmentReferences"))
                .chain(replaced.flat_map(|r| r.each("newReferences")));
            listed.for_each(|n| take(n, ["type", "typeCode", ""], ["reference", ""]));
        }
        for (kind, node) in pairs {
            match codes::reference(&kind) {
                ReferenceKind::Container => boxes.extend(record.container(node)),
                kind => record.refer(&mut references, kind, node),
            }
        }
        (references, boxes)
    }

    /// Returns the containers of the event: its own, else those it refers to.
    fn equipment(&self, record: &mut Record<'_>, boxes: &[Equipment]) -> Vec<Equipment> {
        let details = self.event.get("equipmentDetails").unwrap_or(self.event);
        let Some(node) = details.get("equipmentReference") else {
            let mut seen = Vec::new();
            for equipment in boxes.iter().filter(|_| self.of != "TRANSPORT") {
                if !seen.contains(equipment) {
                    seen.push(equipment.clone());
                }
            }
            return seen;
        };
        let Some(mut own) = record.container(node) else { return Vec::new() };
        own.size_type = record.size_type(details.get("ISOEquipmentCode"));
        own.load = match record.first(details, &["emptyIndicator", "emptyIndicatorCode"]).as_deref() {
            Some("LADEN") => Load::Laden,
            Some("EMPTY") => Load::Empty,
            _ => Load::Unknown,
        };
        let trade = record.first(details, &["transportPhase", "movementType"]);
        own.trade = trade.and_then(|trade| codes::trade(&trade));
        let seals = details
            .each("seals")
            .chain(self.event.each("seals").filter(|_| !std::ptr::eq(details, self.event)));
        own.seals = seals
            .filter_map(|s| s.text_at("number").or_else(|| s.text_at("sealNumber")))
            .map(Text::from)
            .collect();
        vec![own]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_left_unread_has_a_reason() {
        assert!(fields::FIELDS.iter().all(|(_, why)| why.is_none_or(|why| why.len() > 10)));
    }
}
