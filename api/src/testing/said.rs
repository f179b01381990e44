//! What parties say in the tests: certificates and messages of our own making.

use sealane_data::container::ContainerNumber;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Kind, Load, Observation, Revision};
use sealane_data::partner::Mode;
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::Sha256;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{ImoNumber, VesselRef};
use serde_json::Value;
use std::sync::Arc;

/// Returns a certificate of our own making, as JSON.
pub(crate) fn certificate(number: &str, bindings: &[(&str, &str)]) -> Vec<u8> {
    let bindings: Vec<Value> =
        bindings.iter().map(|(kind, value)| serde_json::json!({ "type": kind, "value": value })).collect();
    serde_json::to_vec(&serde_json::json!({
        "number": number,
        "regime": "RCEP",
        "form": "certificate_of_origin",
        "issuer": { "country": "CN", "body": "Harbour Chamber" },
        "lifecycle": { "state": "issued", "issued_on": "2026-09-03" },
        "exporter": { "name": "Blue Lamp Works", "address": "1 Quay Road", "country": "CN" },
        "producer": { "mode": "same_as_exporter" },
        "consignee": { "name": "Hill Stores", "address": "2 Market Road", "country": "MY" },
        "importing_party": "MY",
        "transport": { "departure_date": "2026-09-05", "conveyance_text": "ANOTHER STAR V.2609S", "port_of_discharge_text": "PORT KLANG" },
        "items": [{
            "no": 1, "hs6": "940511", "hs_edition": "HS2022", "description": "Lamps", "marks": "N/M",
            "packages": { "count": 10, "kind": "CT" },
            "criterion": { "main": "CTC", "modifiers": [] },
            "rcep_country_of_origin": "CN",
            "quantity": { "value": 100, "unit": "KGM" },
            "fob": null,
            "invoices": [{ "no": "LAMP-77", "date": "2026-09-01" }]
        }],
        "bindings": bindings
    }))
    .unwrap()
}

/// One movement of a container.
pub(crate) struct Move {
    pub(crate) kind: Kind,
    pub(crate) container: &'static str,
    pub(crate) booking: &'static str,
    pub(crate) place: &'static str,
    pub(crate) at: &'static str,
}

/// Returns a message about movements; `parties` are named as the booking's parties.
pub(crate) fn message(moves: &[Move], parties: &[&str]) -> MessageRecord {
    let text = format!(
        "{:?}{parties:?}",
        moves.iter().map(|m| (m.kind, m.container, m.place, m.at)).collect::<Vec<_>>()
    );
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::of(text.as_bytes()).0[..16]);
    MessageRecord {
        ordinal: 1,
        family: "COARRI:D:95B:UN".into(),
        document: "DOC1".into(),
        revision: Revision::Original,
        written: None,
        parties: parties.iter().map(|p| (*p).into()).collect(),
        key,
        reading: ReadingVersion::default(),
        test: false,
        mode: Mode::Live,
        observations: moves.iter().map(observation).collect(),
        findings: Vec::new(),
    }
}

fn observation(m: &Move) -> Observation {
    let mut said = Observation::new(m.kind, Classifier::Actual);
    said.time = Some(DeclaredTime::minute(m.at.parse().unwrap()));
    said.place = Some(DeclaredPlace::locode(m.place).into());
    said.equipment = Some(Equipment {
        number: ContainerNumber::read(m.container),
        size_type: None,
        load: Load::Laden,
        trade: None,
        seals: Vec::new().into(),
        gross_kg: None,
    });
    said.vessel = Some(Arc::new(VesselRef {
        imo: Some(ImoNumber::read("9074729")),
        name: Some("BLUE HERON".into()),
        voyage: Some("026S".into()),
        ..VesselRef::default()
    }));
    if !m.booking.is_empty() {
        said.references.push(Reference::new(ReferenceKind::Booking, m.booking));
    }
    said
}
