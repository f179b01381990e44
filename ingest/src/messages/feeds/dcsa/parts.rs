//! Parts of events that mean the same in every DCSA standard: places, ships, classifiers, times.

use super::codes;
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use crate::messages::feeds::times::Forms;
use sealane_data::Text;
use sealane_data::fix::Fix;
use sealane_data::observation::{Classifier, DeclaredPlace};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{CarrierCode, Mmsi, VesselRef};
use std::sync::Arc;

impl Record<'_> {
    /// Reads a location of either spelling: `facilityCode` beside the port, or in `facility`.
    pub(super) fn dcsa_place(&mut self, at: &Node) -> DeclaredPlace {
        let locode = at.get("UNLocationCode").and_then(|node| self.locode(node));
        let facility = self.first(at, &["facilityCode", "facility.facilityCode", "facilitySMDGCode"]);
        let name = self.first(at, &["locationName", "facility.facilityName", "otherFacility"]);
        DeclaredPlace { locode, facility, name }
    }

    /// Returns the place of an event by the first of its locations that names one, and says when
    /// another one names another port.
    pub(super) fn dcsa_places(&mut self, locations: &[Option<&Node>]) -> Option<Arc<DeclaredPlace>> {
        let mut found: Option<DeclaredPlace> = None;
        for node in locations.iter().copied().flatten() {
            let place = self.dcsa_place(node);
            if place == DeclaredPlace::default() {
                continue;
            }
            match &mut found {
                None => found = Some(place),
                Some(first) => {
                    if let (Some(one), Some(two)) = (&first.locode, &place.locode)
                        && one != two
                    {
                        let message = format!("the event is at `{one}` and at `{two}`; the first was read");
                        self.find(&f::PLACES_DIFFER, node, message);
                        continue;
                    }
                    first.locode = first.locode.take().or(place.locode);
                    first.facility = first.facility.take().or(place.facility);
                    first.name = first.name.take().or(place.name);
                }
            }
        }
        found.map(Arc::new)
    }

    /// Reads the coordinates of a location, which are texts.
    pub(super) fn dcsa_fix(&mut self, at: Option<&Node>) -> Option<Fix> {
        let at = at?;
        let at = at.get("geoCoordinate").unwrap_or(at);
        self.fix(at.get("latitude")?, at.get("longitude")?)
    }

    /// Reads a ship and its voyage.
    pub(super) fn dcsa_ship(
        &mut self,
        ship: Option<&Node>,
        call: &Node,
        export: bool,
    ) -> Option<Arc<VesselRef>> {
        let mut read = VesselRef::default();
        if let Some(ship) = ship {
            if let Some(imo) = ship.get("vesselIMONumber") {
                self.imo(imo, &mut read);
            }
            read.name = self.first(ship, &["vesselName"]);
            read.call_sign = self.first(ship, &["vesselCallSign", "vesselCallSignNumber"]);
            read.mmsi = self.first(ship, &["vesselMMSINumber"]).map(|mmsi| Mmsi::read(&mmsi));
            let code = self.first(
                ship,
                &["operatorCarrierCode", "vesselOperatorCarrierCode", "vesselOperatorSMDGLinerCode"],
            );
            let lists = ["operatorCarrierCodeListProvider", "vesselOperatorCarrierCodeListProvider"];
            let list = self.first(ship, &lists).unwrap_or_default();
            read.carrier = code.map(|code| CarrierCode { code, list });
        }
        let out = [
            "exportVoyageNumberOrReference.carrierVoyageNumber",
            "exportVoyageNumber",
            "carrierExportVoyageNumber",
        ];
        let back = [
            "importVoyageNumberOrReference.carrierVoyageNumber",
            "importVoyageNumber",
            "carrierImportVoyageNumber",
        ];
        let (first, second) = if export { (out, back) } else { (back, out) };
        read.voyage = self.first(call, &first).or_else(|| self.first(call, &second));
        (!read.is_empty()).then(|| Arc::new(read))
    }

    /// Reads a classifier; one that is none is taken for the least that can be meant.
    pub(super) fn dcsa_classifier(&mut self, at: &Node, paths: &[&str]) -> Classifier {
        let Some(node) = paths.iter().find_map(|path| at.get(path)) else {
            self.find(&f::CODE, at, "the event has no classifier and was taken for an estimate");
            return Classifier::Estimated;
        };
        let code = self.text(node).unwrap_or_default();
        codes::classifier(&code).unwrap_or_else(|| {
            self.find(
                &f::CODE,
                node,
                format!("the classifier `{code}` is unknown and was taken for an estimate"),
            );
            Classifier::Estimated
        })
    }

    /// Reads the time of an event and says when there is none.
    pub(super) fn dcsa_time(&mut self, at: &Node, names: &[&str]) -> Option<DeclaredTime> {
        if let Some(node) = names.iter().find_map(|name| at.get(name)) {
            return self.time(node, Forms::default());
        }
        let name = names.first().copied().unwrap_or_default();
        self.find(&f::NO_TIME, at, format!("the event has no `{name}`"));
        None
    }

    /// Reads who an event is from: ids of events are unique for each set of these.
    fn dcsa_origin(event: &Node) -> Vec<Text> {
        let Some(routing) = event.get("eventRouting") else { return Vec::new() };
        let parties = routing.each("originatingParties").chain(routing.each("originatingParty"));
        let mut codes: Vec<Text> =
            parties.filter_map(|p| p.text_at("partyCode")).take(20).map(Text::from).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Makes the record a version of its event: a later one takes its place, a retraction takes it back.
    pub(super) fn dcsa_version(&mut self, event: &Node) {
        use sealane_data::observation::Revision;
        self.draft.written = ["eventUpdatedDateTime", "eventCreatedDateTime"]
            .iter()
            .find_map(|name| event.get(name))
            .and_then(|node| self.time(node, Forms::default()));
        let Some(id) = event.get("eventID").and_then(|node| self.text(node)) else {
            self.find(&f::NO_ID, event, "the event has no `eventID`");
            return;
        };
        let mut document = Self::dcsa_origin(event);
        document.push(id);
        self.draft.document = document.join("/").into();
        let retracted = event.get("isRetracted").and_then(Node::text) == Some("true");
        self.draft.revision = if retracted { Revision::Cancel } else { Revision::Replace };
    }
}
