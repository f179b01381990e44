//! Observations: what one source said, as declared.

mod few;

pub use few::Few;

use crate::Text;
use crate::container::{ContainerNumber, SizeType};
use crate::fix::Fix;
use crate::reference::Reference;
use crate::time::DeclaredTime;
use crate::vessel::VesselRef;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What happened, in DCSA vocabulary (event domain 3.2), past tense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A container came in through a gate (DCSA `GTIN`).
    GateIn,
    /// A container left through a gate (DCSA `GTOT`).
    GateOut,
    /// A container was lifted onto a ship (DCSA `LOAD`): a quay move.
    Loaded,
    /// A container was lifted off a ship (DCSA `DISC`): a quay move.
    Discharged,
    /// A container stands on a ship at a slot: never a move.
    OnBoard,
    /// Goods were put into a container (DCSA `STUF`).
    Stuffed,
    /// Goods were taken out of a container (DCSA `STRP`).
    Stripped,
    /// A container was inspected (DCSA `INSP`).
    Inspected,
    /// Customs hold a container or selected it (DCSA `CUSI`, `CUSS`).
    CustomsHeld,
    /// Customs released a container (DCSA `CUSR`).
    CustomsReleased,
    /// A ship arrived at a port or terminal (DCSA `ARRI`).
    VesselArrived,
    /// A ship departed (DCSA `DEPA`).
    VesselDeparted,
    /// A ship was made fast at a berth.
    Berthed,
    /// A position of a ship or container.
    Position,
    /// Cargo work of a ship's call began (DCSA port call service `CARGO_OPERATIONS`, start).
    OperationsStarted,
    /// Cargo work of a ship's call ended (DCSA port call service `CARGO_OPERATIONS`, completion).
    OperationsCompleted,
    /// A planned call will not take place (DCSA OVS `OMIT`).
    CallOmitted,
    /// A container may be fetched (DCSA `AVPU`).
    AvailableForPickUp,
    /// A container may be brought (DCSA `AVDO`).
    AvailableForDropOff,
    /// A container was fetched at a facility (DCSA `PICK`).
    PickedUp,
    /// A container was brought to a facility (DCSA `DROP`).
    DroppedOff,
    /// A container got another seal (DCSA `RSEA`).
    Resealed,
    /// A seal was taken off (DCSA `RMVD`).
    SealRemoved,
    /// A container crossed a border (DCSA `CROS`).
    BorderCrossed,
    /// Somebody other than customs holds a container, such as its carrier or the terminal.
    Held,
    /// Such a hold ended.
    HoldReleased,
    /// The last day on which a container costs no storage; its time is that day.
    FreeTimeEnds,
    /// Transport was booked or confirmed (DCSA `CONF`).
    Booked,
    /// The consignee received the goods.
    Delivered,
    /// A status that is kept but has no meaning for the map.
    Status,
}

impl Kind {
    /// Returns whether this is a lift between ship and quay.
    pub fn is_quay_move(self) -> bool {
        matches!(self, Self::Loaded | Self::Discharged)
    }

    /// Returns whether this is said of a ship's call rather than of a container.
    #[inline]
    pub fn is_call(self) -> bool {
        matches!(
            self,
            Self::VesselArrived
                | Self::VesselDeparted
                | Self::Berthed
                | Self::OperationsStarted
                | Self::OperationsCompleted
                | Self::CallOmitted
        )
    }
}

/// The status of what a ship's crew typed into its AIS set, such as where it is bound and when it will
/// be there: shown as declared, and never before the word of a carrier or terminal.
pub const DECLARED_BY_CREW: &str = "ais-declared";

/// Whether a source speaks of a plan, an estimate or the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classifier {
    /// A plan (DCSA `PLN`).
    Planned,
    /// An estimate (DCSA `EST`).
    Estimated,
    /// It happened (DCSA `ACT`).
    Actual,
}

/// What a message does to earlier ones (EDIFACT BGM 1225).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revision {
    /// 9: says something for the first time.
    #[default]
    Original,
    /// 5: replaces what the same document said before.
    Replace,
    /// 4: replaces what the same document said before of the same boxes and calls; the others stand.
    Change,
    /// 1: takes back what the same document said before.
    Cancel,
}

/// A place as declared: nothing here is resolved yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DeclaredPlace {
    /// The port or place code as found (normally a UN/LOCODE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locode: Option<Text>,
    /// The terminal or facility code as found (SMDG, BIC, own).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<Text>,
    /// The name as found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

impl DeclaredPlace {
    /// Returns a place that was declared by one code only.
    pub fn locode(code: &str) -> Self {
        Self { locode: Some(code.into()), ..Self::default() }
    }
}

/// Full, empty, or not said (EDIFACT 8169).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// 5: with goods in it.
    Laden,
    /// 4: empty.
    Empty,
    /// Not said.
    #[default]
    Unknown,
}

/// The trade a box moves in (EDIFACT 8249).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trade {
    /// 2: leaves the country.
    Export,
    /// 3: enters the country.
    Import,
    /// 6: changes ships.
    Transshipment,
    /// 4: remains on board.
    RemainOnBoard,
    /// 5: a shifter, moved and put back on the same ship: no throughput.
    Restow,
    /// 1: moves inside the country or on the land mass.
    Domestic,
}

/// A container as one source named it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Equipment {
    /// The number.
    pub number: ContainerNumber,
    /// The size-type code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_type: Option<SizeType>,
    /// Full or empty.
    #[serde(default)]
    pub load: Load,
    /// The trade it moves in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade: Option<Trade>,
    /// Seal numbers as found.
    #[serde(default, skip_serializing_if = "<[Text]>::is_empty")]
    pub seals: Few<Text>,
    /// Verified gross mass, else gross mass, in whole kilograms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<u32>,
}

/// Where the container is meant to go, as one source said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// Where the carrier takes the goods over, before the port of loading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Arc<DeclaredPlace>>,
    /// Port of loading (LOC 9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Arc<DeclaredPlace>>,
    /// Ports where the goods change ships, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<Arc<DeclaredPlace>>,
    /// Port of discharge (LOC 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge: Option<Arc<DeclaredPlace>>,
    /// Place of delivery or final port (LOC 7, 83, 88).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Arc<DeclaredPlace>>,
}

impl Plan {
    /// Returns whether the source said nothing at all of where the container goes.
    #[inline]
    pub fn is_empty(&self) -> bool {
        let one = [&self.receipt, &self.load, &self.discharge, &self.delivery];
        one.into_iter().all(Option::is_none) && self.via.is_empty()
    }

    /// Returns the plan as an observation has it: nothing where nothing was said.
    pub fn said(self) -> Option<Arc<Self>> {
        (!self.is_empty()).then(|| Arc::new(self))
    }
}

/// Where inside its message an observation was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Ordinal of the segment that opened it; the message header is 1.
    pub segment: u32,
    /// First byte, counted from the start of the submission.
    pub start: u64,
    /// Length in bytes.
    pub len: u32,
}

/// What one source said once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Observation {
    /// What happened.
    pub kind: Kind,
    /// Plan, estimate or past.
    pub classifier: Classifier,
    /// When, as declared; absent when the source gave no usable time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<DeclaredTime>,
    /// Where, as declared (equal places of one message are shared); absent places fall back to the partner's default node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Arc<DeclaredPlace>>,
    /// The container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equipment: Option<Equipment>,
    /// The ship; observations of one message share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel: Option<Arc<VesselRef>>,
    /// Bookings, bills of lading and other references.
    #[serde(default, skip_serializing_if = "<[Reference]>::is_empty")]
    pub references: Few<Reference>,
    /// The planned ports; equal plans of one message are shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Arc<Plan>>,
    /// Where exactly, of a position: what a receiver or carrier reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Box<Fix>>,
    /// The source's own status code as found, for instance IFTSTA's `29`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Text>,
    /// The cell on the ship, normally bay, row and tier as `BBBRRTT` (ISO 9711).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stowage: Option<Text>,
    /// Where in the submission it was read.
    pub span: Span,
}

impl Observation {
    /// Returns an observation that says only what happened and how sure that is.
    #[inline]
    pub fn new(kind: Kind, classifier: Classifier) -> Self {
        Self {
            kind,
            classifier,
            time: None,
            place: None,
            equipment: None,
            vessel: None,
            references: Few::new(),
            plan: None,
            fix: None,
            status: None,
            stowage: None,
            span: Span::default(),
        }
    }
}
