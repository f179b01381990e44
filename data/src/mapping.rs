//! How documents of a system that nobody wrote a reader for are read: paths, codes, units, zone.
//!
//! A mapping is data: shipped ones lie in `ingest/mappings`, a partner's own in its profile.

mod check;
mod path;
mod source;

pub use path::{Path, PathError, Start, Step};
pub use source::{MassUnit, Source};

use crate::Text;
use crate::observation::{Classifier, Kind, Revision};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The grammar of the documents of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingFormat {
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// Tables: CSV, and workbooks of the same columns.
    Csv,
}

/// What a value of a record is, in the order in which they are listed for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MappingField {
    /// The container number.
    Container,
    /// The size-type code (ISO 6346).
    SizeType,
    /// `laden` or `empty`, normally through `codes`.
    Load,
    /// `export`, `import`, `transshipment`, `remain_on_board`, `restow` or `domestic`, normally through `codes`.
    Trade,
    /// The gross mass, in the source's `unit`.
    GrossMass,
    /// Seal numbers.
    Seal,
    /// Booking numbers.
    Booking,
    /// Bills of lading of the carrier.
    MasterBl,
    /// Bills of lading of a forwarder.
    HouseBl,
    /// Shipment numbers.
    Shipment,
    /// Invoice numbers.
    Invoice,
    /// Certificate of origin numbers.
    Certificate,
    /// References that join nothing.
    OtherReference,
    /// The ship's IMO number.
    VesselImo,
    /// The ship's name.
    VesselName,
    /// The ship's call sign.
    CallSign,
    /// The ship's MMSI.
    Mmsi,
    /// The voyage number.
    Voyage,
    /// The carrier's code.
    Carrier,
    /// The UN/LOCODE of where it happened.
    Place,
    /// The terminal or facility code of where it happened.
    Facility,
    /// The name of where it happened.
    PlaceName,
    /// The place of receipt.
    Receipt,
    /// The port of loading.
    LoadPort,
    /// Ports where the ship changes.
    Via,
    /// The port of discharge.
    DischargePort,
    /// The place of delivery.
    Delivery,
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
    /// Speed over ground in knots.
    Speed,
    /// Course over ground in degrees.
    Course,
    /// The source's own code of what happened, or the kind of a hold.
    Status,
    /// The cell on the ship.
    Stowage,
}

/// Which values must stand at which paths; no value in a list means any.
pub type Conditions = BTreeMap<Text, Vec<Text>>;

/// What happened, by a code of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindBy {
    /// Where the code stands.
    pub path: Text,
    /// What each code means.
    pub codes: BTreeMap<Text, Kind>,
    /// Codes that are known and give nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Text>,
}

/// Whether it is planned, estimated or past, by a code of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifierBy {
    /// Where the code stands.
    pub path: Text,
    /// What each code means.
    pub codes: BTreeMap<Text, Classifier>,
}

/// One thing that a record may tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingEvent {
    /// What happened, if it is always the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Else by which code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind_by: Option<KindBy>,
    /// Whether it is planned, estimated or past; past by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classifier: Option<Classifier>,
    /// Else by which code; past where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classifier_by: Option<ClassifierBy>,
    /// When; a record without it tells nothing of a fixed `kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Source>,
    /// The path of parts of the record, each of which tells it once.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub each: Text,
    /// When it is told at all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: Conditions,
    /// Values that differ from the mapping's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<MappingField, Source>,
}

/// How one kind of document is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Its id: lower-case letters, digits and dashes.
    pub id: Text,
    /// One sentence that says what it gives.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The grammar of its documents.
    pub format: MappingFormat,
    /// Its version, raised when it gives something else.
    #[serde(default = "first")]
    pub version: u16,
    /// Paths of envelopes that its documents may stand in; all other paths begin inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Text>,
    /// The path of the records; the document itself is the record without.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub records: Text,
    /// The zone of its times without one: `UTC`, `+08:00` or an IANA zone; the place's by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Forms of its times beside ISO 8601, as in `strptime`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// What a record does to earlier ones of the same document.
    #[serde(default, skip_serializing_if = "is_default")]
    pub revision: Revision,
    /// Paths that a document of this kind has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub has: Vec<Text>,
    /// Values by which a document is of this kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub is: Conditions,
    /// What a record is known by again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Source>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Source>,
    /// By which values a record takes back what its document said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retracted: Conditions,
    /// Where its values stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<MappingField, Source>,
    /// What a record may tell.
    #[serde(default, rename = "event", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<MappingEvent>,
    /// Paths, from the record or the document, that are known and left unread, with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ignored: BTreeMap<Text, String>,
}

fn first() -> u16 {
    1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A file of mappings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mappings {
    /// The mappings, in the order in which they are tried.
    #[serde(default, rename = "mapping")]
    pub mappings: Vec<Mapping>,
}
