//! DCSA Operational Vessel Schedules 3.0: when ships will be where.

use super::codes;
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use crate::messages::feeds::unread::Field;
use crate::messages::feeds::{Feed, Reading};
use sealane_data::Text;
use sealane_data::observation::{Classifier, Kind, Observation, Revision};

/// The family.
pub(in crate::messages::feeds) struct Schedules;

const FAMILY: &str = "OVS:DCSA:3.0";
const CALLS: Option<&str> = Some("the carrier's own voyage numbers are read");

const FIELDS: &[Field] = &[
    ("portVisitReference", None),
    ("transportCallReference", None),
    ("carrierImportVoyageNumber", None),
    ("carrierExportVoyageNumber", None),
    ("universalImportVoyageReference", CALLS),
    ("universalExportVoyageReference", CALLS),
    ("statusCode", None),
    ("location.locationType", Some("each spelling of a location is read as it is")),
    ("location.address.*", Some("addresses are no codes, and may be of people")),
    ("location.facilityCodeListProvider", Some("codes of facilities are looked up in every list")),
    ("location.*", None),
    ("timestamps.eventTypeCode", None),
    ("timestamps.eventClassifierCode", None),
    ("timestamps.eventDateTime", None),
    ("timestamps.delayReasonCode", Some("reasons of delays are for analysts and kept in the submission")),
    ("timestamps.changeRemark", Some("free text for people, which may hold personal data")),
    ("cutOffTimes.*", Some("closing times are for shippers, not for the map")),
];

impl Feed for Schedules {
    fn id(&self) -> &'static str {
        "dcsa-schedules"
    }

    fn about(&self) -> &'static str {
        "DCSA vessel schedules 3.0: planned, estimated and actual arrivals and departures, and omitted calls"
    }

    fn version(&self) -> u16 {
        1
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn claims(&self, root: &Node) -> bool {
        root.items().iter().any(|service| service.get("vesselSchedules").is_some())
    }

    fn read(&self, document: &mut Reading<'_>) {
        for service in document.root.items() {
            if service.get("vesselSchedules").is_none() {
                document.find(&f::WRONG_TYPE, service, "a service has no `vesselSchedules`");
                continue;
            }
            for ship in service.each("vesselSchedules") {
                for call in ship.each("transportCalls") {
                    let Some(mut record) = document.open(call, FAMILY) else { continue };
                    read(&mut record, ship);
                    document.push(record);
                }
            }
        }
    }
}

fn read(record: &mut Record<'_>, ship: &Node) {
    let call = record.node;
    let imo = ship.text_at("vesselIMONumber").or_else(|| ship.text_at("vesselName")).unwrap_or_default();
    record.draft.salt = imo.into();
    if let Some(reference) = record.first(call, &["transportCallReference"]) {
        record.draft.document = reference;
        record.draft.revision = Revision::Change;
    }
    let place = record.dcsa_places(&[call.get("location")]);
    // The carrier has not named the ship yet: what stands there is a placeholder.
    let dummy = ship.text_at("isDummyVessel") == Some("true");
    let status = record.first(call, &["statusCode"]);
    if let Some("OMIT" | "BLNK") = status.as_deref() {
        let vessel = record.dcsa_ship(Some(ship).filter(|_| !dummy), call, false);
        let said =
            Observation { place, vessel, status, ..Observation::new(Kind::CallOmitted, Classifier::Planned) };
        return record.say(call, said);
    }
    for timestamp in call.each("timestamps") {
        let code: Text = record.first(timestamp, &["eventTypeCode"]).unwrap_or_default();
        let kind = codes::kind("TRANSPORT", &code).unwrap_or_else(|| {
            record.find(&f::CODE, timestamp, format!("`{code}` is no event of a call"));
            Kind::Status
        });
        let vessel = record.dcsa_ship(Some(ship).filter(|_| !dummy), call, kind == Kind::VesselDeparted);
        let classifier = record.dcsa_classifier(timestamp, &["eventClassifierCode"]);
        let time = record.dcsa_time(timestamp, &["eventDateTime"]);
        let status = if kind == Kind::Status { Some(code) } else { None };
        let said =
            Observation { time, place: place.clone(), vessel, status, ..Observation::new(kind, classifier) };
        record.say(timestamp, said);
    }
    if record.draft.observations.is_empty() {
        record.find(&f::NO_TIME, call, "the call has no times");
    }
}
