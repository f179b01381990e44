//! The world as a whole: what is told in, what is believed out.

mod positions;
mod predictions;
mod snapshot;
mod waiting;
mod witnesses;

use super::World;
use crate::route::JourneyKey;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::container::ContainerNumber;
use sealane_data::fix::Fix;
use sealane_data::observation::{
    Classifier, DeclaredPlace, Equipment, Kind, Load, Observation, Plan, Revision,
};
use sealane_data::partner::{Authority, Mode, Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::recorded::{Entry, MessageRecord, ReadingVersion, Recorded};
use sealane_data::reference::Reference;
use sealane_data::submission::SubmissionId;
use sealane_data::time::{DeclaredTime, Precision};
use sealane_data::vessel::{ImoNumber, Mmsi, VesselRef};
use std::sync::Arc;

pub(crate) const SHIP: &str = "9074729";
pub(crate) const RADIO: &str = "563012345";
pub(crate) const BOX: &str = "CSQU3054383";

/// A partner who is believed for some kinds at some nodes.
pub(crate) fn partner(id: &str, nodes: &[&str], kinds: &[Kind]) -> Partner {
    let nodes = nodes.iter().map(|n| Text::from(*n)).collect();
    let authority = vec![Authority { nodes, kinds: kinds.to_vec() }];
    Partner { authority, ..Partner::new(PartyId(id.into())) }
}

pub(crate) fn world(partners: &[Partner]) -> World {
    World::new(Places::embedded(), partners)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A time with its offset.
pub(crate) fn time(instant: Timestamp, precision: Precision) -> DeclaredTime {
    let local = jiff::tz::Offset::UTC.to_datetime(instant);
    DeclaredTime { local, offset_minutes: Some(0), precision }
}

/// How senders write a node.
fn place_of(node: &str) -> Arc<DeclaredPlace> {
    let (port, terminal) = match node {
        "MY-WESTPORTS" => ("MYPKG", "KMT"),
        "CN-YANGSHAN-3" => ("CNYSA", "SGICT"),
        "SG-SIN" => ("SGSIN", ""),
        other => panic!("{other} has no spelling here"),
    };
    let facility = (!terminal.is_empty()).then(|| terminal.into());
    Arc::new(DeclaredPlace { facility, ..DeclaredPlace::locode(port) })
}

/// Something told of an instant at a place.
pub(crate) fn said(kind: Kind, classifier: Classifier, place: &str, instant: &str) -> Observation {
    Observation {
        time: Some(time(at(instant), Precision::Minute)),
        place: Some(place_of(place)),
        ..Observation::new(kind, classifier)
    }
}

pub(crate) fn by_ship(mut said: Observation) -> Observation {
    said.vessel = Some(Arc::new(VesselRef { imo: Some(ImoNumber::read(SHIP)), ..VesselRef::default() }));
    said
}

pub(crate) fn of_box(mut said: Observation) -> Observation {
    said.equipment = Some(Equipment {
        number: ContainerNumber::read(BOX),
        size_type: None,
        load: Load::Laden,
        trade: None,
        seals: sealane_data::observation::Few::new(),
        gross_kg: None,
    });
    said
}

pub(crate) fn bound_for(mut said: Observation, discharge: &str) -> Observation {
    said.plan = Some(Arc::new(Plan { discharge: Some(place_of(discharge)), ..Plan::default() }));
    said
}

/// A position told by radio: latitude, longitude, knots.
pub(crate) fn fix(instant: Timestamp, [lat, lon, knots]: [f64; 3]) -> Observation {
    let mut fix = Fix::new(lat, lon).unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "knots")]
    let tenths = (knots * 10.0).round() as u16;
    fix.speed_tenths = Some(tenths);
    Observation {
        time: Some(time(instant, Precision::Second)),
        vessel: Some(Arc::new(VesselRef { mmsi: Some(Mmsi::read(RADIO)), ..VesselRef::default() })),
        fix: Some(Box::new(fix)),
        ..Observation::new(Kind::Position, Classifier::Actual)
    }
}

/// A message of AIS that names a ship's MMSI beside its IMO number.
pub(crate) fn named() -> Observation {
    let vessel =
        VesselRef { imo: Some(ImoNumber::read(SHIP)), mmsi: Some(Mmsi::read(RADIO)), ..VesselRef::default() };
    Observation { vessel: Some(Arc::new(vessel)), ..Observation::new(Kind::Status, Classifier::Actual) }
}

/// A message: its party, type, document with its revision and when it was written, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) party: &'static str,
    pub(crate) family: &'static str,
    pub(crate) document: &'static str,
    pub(crate) revision: Revision,
    pub(crate) written: Option<&'static str>,
    pub(crate) said: Vec<Observation>,
}

pub(crate) fn message(party: &'static str, family: &'static str, said: Vec<Observation>) -> Made {
    Made { party, family, document: "", revision: Revision::Original, written: None, said }
}

impl Made {
    pub(crate) fn written(self, at: &'static str) -> Self {
        Self { written: Some(at), ..self }
    }

    pub(crate) fn version(self, document: &'static str, revision: Revision) -> Self {
        Self { document, revision, ..self }
    }

    fn recorded(&self, seq: u64) -> Recorded {
        let record = MessageRecord {
            ordinal: 1,
            family: self.family.into(),
            document: self.document.into(),
            revision: self.revision,
            written: self.written.map(|w| time(at(w), Precision::Second)),
            parties: Vec::new(),
            key: [0; 16],
            reading: ReadingVersion::default(),
            test: false,
            mode: Mode::Live,
            observations: self.said.clone(),
            findings: Vec::new(),
        };
        recorded(seq, self.party, Entry::Message(record))
    }
}

/// An entry of the log that came when all that is told here has happened.
pub(crate) fn recorded(seq: u64, party: &str, entry: Entry) -> Recorded {
    let submission = SubmissionId(format!("sub_{seq}").into());
    Recorded { seq, at: at("2026-12-01T00:00:00Z"), party: PartyId(party.into()), submission, entry }
}

/// Tells a world messages in this order, in several batches.
pub(crate) fn tell<'a>(world: &mut World, messages: impl IntoIterator<Item = &'a Made>) {
    for message in messages {
        let entry = message.recorded(world.seq() + 1);
        world.apply(&[entry]);
    }
}

/// Returns the newest journey of the box.
pub(crate) fn journey(world: &World) -> JourneyKey {
    let reference = Reference::new(sealane_data::reference::ReferenceKind::Container, BOX);
    world.journeys(&reference).into_iter().next().unwrap()
}
