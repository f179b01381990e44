//! The values of a record by what they are.

use super::Compiled;
use super::find::{Found, Trail};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::{Record, bare};
use sealane_data::Text;
use sealane_data::container::{ContainerNumber, SizeType};
use sealane_data::fix::Fix;
use sealane_data::mapping::{MappingEvent, MappingField as F, Source};
use sealane_data::observation::{DeclaredPlace, Equipment, Load, Plan, Trade};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::{CarrierCode, ImoNumber, Mmsi, VesselRef};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The values of one event: where the event has none of its own, those of its mapping count.
pub(super) struct Values<'v, 'd> {
    pub(super) mapping: &'v Compiled<'v>,
    pub(super) event: &'v MappingEvent,
    /// The part of the record that the event is about.
    pub(super) part: &'v Trail<'d>,
    /// The record.
    pub(super) record: &'v Trail<'d>,
}

impl<'d> Values<'_, 'd> {
    fn source(&self, field: F) -> Option<(&Source, &Trail<'d>)> {
        let own = self.event.fields.get(&field).map(|source| (source, self.part));
        own.or_else(|| self.mapping.source.fields.get(&field).map(|source| (source, self.record)))
    }

    fn all(&self, field: F) -> Vec<Found<'d>> {
        self.source(field).map(|(source, trail)| trail.values(source)).unwrap_or_default()
    }

    fn one(&self, field: F) -> Option<Found<'d>> {
        self.all(field).into_iter().next()
    }

    /// Returns the text of a value.
    pub(super) fn text(&self, field: F) -> Option<Text> {
        self.one(field).map(|found| found.text)
    }

    /// Reads a word of an enumeration, and says when it is none.
    fn word<T: DeserializeOwned>(&self, record: &mut Record<'_>, field: F) -> Option<T> {
        let found = self.one(field)?;
        let word = serde_json::Value::String(found.text.to_ascii_lowercase().into());
        let read = serde_json::from_value(word).ok();
        if read.is_none() {
            record.find(
                &f::CODE,
                found.node.unwrap_or(self.record.here()),
                format!("`{}` has no known meaning", found.text),
            );
        }
        read
    }

    /// Reads the container.
    pub(super) fn equipment(&self, record: &mut Record<'_>) -> Option<Equipment> {
        let found = self.one(F::Container)?;
        let mut equipment = match found.node {
            Some(node) => record.container(node)?,
            None => bare(ContainerNumber::read(&found.text)),
        };
        equipment.size_type = self.text(F::SizeType).map(|code| SizeType::read(&code));
        equipment.load = self.word::<Load>(record, F::Load).unwrap_or_default();
        equipment.trade = self.word::<Trade>(record, F::Trade);
        equipment.seals = self.all(F::Seal).into_iter().map(|found| found.text).collect();
        let unit = self.source(F::GrossMass).and_then(|(source, _)| source.unit).unwrap_or_default();
        let mass = self.one(F::GrossMass).and_then(|found| found.node);
        equipment.gross_kg = mass.and_then(|node| record.mass(node, unit));
        Some(equipment)
    }

    /// Reads the references.
    pub(super) fn references(&self, record: &mut Record<'_>) -> Vec<Reference> {
        let mut references = Vec::new();
        for (field, kind) in [
            (F::Booking, ReferenceKind::Booking),
            (F::MasterBl, ReferenceKind::MasterBl),
            (F::HouseBl, ReferenceKind::HouseBl),
            (F::Shipment, ReferenceKind::Shipment),
            (F::Invoice, ReferenceKind::Invoice),
            (F::Certificate, ReferenceKind::Certificate),
            (F::OtherReference, ReferenceKind::Other),
        ] {
            for found in self.all(field) {
                match found.node {
                    Some(node) => record.refer(&mut references, kind, node),
                    None => references.push(Reference::new(kind, &found.text)),
                }
            }
        }
        references
    }

    /// Reads the ship.
    pub(super) fn ship(&self, record: &mut Record<'_>) -> Option<Arc<VesselRef>> {
        let mut ship = VesselRef {
            imo: None,
            call_sign: self.text(F::CallSign),
            mmsi: self.text(F::Mmsi).map(|mmsi| Mmsi::read(&mmsi)),
            name: self.text(F::VesselName),
            carrier: self.text(F::Carrier).map(|code| CarrierCode { code, list: Text::default() }),
            voyage: self.text(F::Voyage),
        };
        match self.one(F::VesselImo) {
            Some(Found { node: Some(node), .. }) => record.imo(node, &mut ship),
            Some(found) => ship.imo = Some(ImoNumber::read(&found.text)),
            None => {}
        }
        (!ship.is_empty()).then(|| Arc::new(ship))
    }

    /// Reads where it happened.
    pub(super) fn place(&self, record: &mut Record<'_>) -> Option<Arc<DeclaredPlace>> {
        let locode = self.code(record, F::Place);
        let place = DeclaredPlace { locode, facility: self.text(F::Facility), name: self.text(F::PlaceName) };
        (place != DeclaredPlace::default()).then(|| Arc::new(place))
    }

    fn code(&self, record: &mut Record<'_>, field: F) -> Option<Text> {
        let found = self.one(field)?;
        // What a table of codes gave is right already; a partner's own codes are aliases of its profile.
        match found.node {
            Some(node)
                if node.text() == Some(found.text.as_str())
                    && !record.partner.aliases.contains_key(&found.text) =>
            {
                record.locode(node)
            }
            _ => Some(found.text),
        }
    }

    /// Reads the planned ports.
    pub(super) fn plan(&self, record: &mut Record<'_>) -> Option<Arc<Plan>> {
        let mut port = |field| {
            let code = self.code(record, field)?;
            Some(Arc::new(DeclaredPlace::locode(&code)))
        };
        let (receipt, load, discharge, delivery) =
            (port(F::Receipt), port(F::LoadPort), port(F::DischargePort), port(F::Delivery));
        let via = self.all(F::Via).iter().map(|found| Arc::new(DeclaredPlace::locode(&found.text))).collect();
        let plan = Plan { receipt, load, via, discharge, delivery };
        (plan != Plan::default()).then(|| Arc::new(plan))
    }

    /// Reads where exactly.
    pub(super) fn fix(&self, record: &mut Record<'_>) -> Option<Box<Fix>> {
        let (north, east) = (self.node(F::Latitude)?, self.node(F::Longitude)?);
        let mut fix = record.fix(north, east)?;
        let tenths = |field| {
            let value = self.text(field)?.parse::<f64>().ok()?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 6553")]
            (0.0..6_553.0).contains(&value).then(|| (value * 10.0).round() as u16)
        };
        (fix.speed_tenths, fix.course_tenths) = (tenths(F::Speed), tenths(F::Course));
        Some(Box::new(fix))
    }

    fn node(&self, field: F) -> Option<&'d Node> {
        self.one(field)?.node
    }
}
