//! DCSA Track & Trace 3.0 of May 2026 as a simulated carrier pushes it.

use super::zoned;
use crate::sim::dialects::{Carrier, OFFICE};
use crate::sim::ports::SITES;
use crate::sim::time::Minute;
use crate::sim::world::{Event, World};
use sealane_data::observation::Kind;
use std::fmt::Write as _;

/// One POST of events.
pub(in crate::sim) struct Post<'a> {
    pub(in crate::sim) world: &'a World,
    pub(in crate::sim) carrier: &'static Carrier,
    /// When it is sent, which is when its events were updated.
    pub(in crate::sim) at: Minute,
    /// The number of the post, which with that of the event makes its id.
    pub(in crate::sim) number: usize,
    events: Vec<String>,
}

impl<'a> Post<'a> {
    pub(in crate::sim) fn new(
        world: &'a World,
        carrier: &'static Carrier,
        at: Minute,
        number: usize,
    ) -> Self {
        Self { world, carrier, at, number, events: Vec::new() }
    }

    /// Returns the body.
    pub(in crate::sim) fn body(self) -> Vec<u8> {
        format!("{{\"events\":[\n{}\n]}}\n", self.events.join(",\n")).into_bytes()
    }

    fn head(&self, site: usize, when: Minute) -> String {
        let s = &SITES[site];
        let port = s.port();
        let (id, n) = (self.number, self.events.len());
        let facility = if s.smdg.is_empty() {
            String::new()
        } else {
            format!(",\"facility\":{{\"facilityCode\":\"{}\",\"facilityCodeListProvider\":\"SMDG\"}}", s.smdg)
        };
        format!(
            "{{\"eventRouting\":{{\"originatingParties\":[{{\"partyCode\":\"{}\",\"codeListProvider\":\"SMDG\",\"partyFunction\":\"CA\"}}]}},\"eventID\":\"evt-{id:06}-{n:03}\",\"eventDateTime\":\"{}\",\"eventUpdatedDateTime\":\"{}\",\"eventLocation\":{{\"UNLocationCode\":\"{}\"{facility}}}",
            self.carrier.code,
            zoned(when, port.offset),
            zoned(self.at, OFFICE),
            port.codes[self.carrier.ports],
        )
    }

    fn call(&self, call: usize) -> String {
        let fleet = &self.world.fleet;
        let ship = &fleet.ships[fleet.calls[call].ship];
        let voyage = fleet.voyage(call);
        format!(
            ",\"transportDetails\":{{\"transportCall\":{{\"modeOfTransport\":\"VESSEL\",\"exportVoyageNumberOrReference\":{{\"carrierVoyageNumber\":\"{voyage}\"}},\"importVoyageNumberOrReference\":{{\"carrierVoyageNumber\":\"{voyage}\"}},\"vesselTransport\":{{\"vesselIMONumber\":\"{}\",\"vesselName\":\"{}\",\"vesselCallSign\":\"{}\",\"operatorCarrierCode\":\"{}\",\"operatorCarrierCodeListProvider\":\"SMDG\"}}}}}}",
            ship.imo, ship.name, ship.call_sign, self.carrier.code,
        )
    }

    /// Adds a time of a call; the qualifier is the one that a schedule in EDIFACT would have.
    pub(in crate::sim) fn time(&mut self, call: usize, qualifier: u16, when: Minute) {
        let (what, sure) = match qualifier {
            232 => ("ARRIVED", "PLANNED"),
            189 => ("DEPARTED", "PLANNED"),
            132 => ("ARRIVED", "ESTIMATED"),
            133 => ("DEPARTED", "ESTIMATED"),
            178 => ("ARRIVED", "ACTUAL"),
            _ => ("DEPARTED", "ACTUAL"),
        };
        let mut text = self.head(self.world.fleet.calls[call].site, when);
        let _ = write!(
            text,
            ",\"eventClassification\":{{\"eventType\":\"TRANSPORT\",\"eventClassifier\":\"{sure}\",\"transportEventType\":\"{what}\"}}{}}}",
            self.call(call),
        );
        self.events.push(text);
    }

    /// Adds a movement of a container of a booking.
    pub(in crate::sim) fn movement(&mut self, journey: usize, event: &Event) {
        let j = &self.world.journeys[journey];
        let b = &self.world.bookings[j.booking];
        let mut text = self.head(event.site, event.at);
        let what = if event.kind == Kind::Loaded { "LOADED" } else { "DISCHARGED" };
        let _ = write!(
            text,
            ",\"eventClassification\":{{\"eventType\":\"EQUIPMENT\",\"eventClassifier\":\"ACTUAL\",\"equipmentEventType\":\"{what}\"}},\"shipmentDetails\":{{\"documentReference\":{{\"type\":\"BOOKING\",\"reference\":\"{}\"}}",
            b.number,
        );
        if let Some(bl) = &b.bl {
            let _ = write!(
                text,
                ",\"additionalDocumentReferences\":[{{\"type\":\"TRANSPORT_DOCUMENT\",\"reference\":\"{bl}\"}}]"
            );
        }
        let number = &self.world.containers[j.container].number;
        let _ = write!(text, "}},\"equipmentDetails\":{{\"equipmentReference\":\"{number}\"");
        if let Some(size) = self.world.size(j.container) {
            let _ = write!(text, ",\"ISOEquipmentCode\":\"{}\"", size.iso);
        }
        let _ = write!(text, ",\"emptyIndicator\":\"{}\"}}", if event.laden { "LADEN" } else { "EMPTY" });
        if let Some(call) = event.call {
            text.push_str(&self.call(call));
        }
        text.push('}');
        self.events.push(text);
    }
}
