//! Observations as the world keeps them: small, with places and times resolved.

use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::places::{How, NodeIx};
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;

/// One observation of a container.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) seq: Seq,
    pub(crate) message: u32,
    pub(crate) kind: Kind,
    pub(crate) classifier: Classifier,
    pub(crate) at: Option<Timestamp>,
    pub(crate) precision: Precision,
    pub(crate) node: Option<NodeIx>,
    pub(crate) how: Option<How>,
    pub(crate) ship: Option<u32>,
    pub(crate) voyage: Option<u32>,
    pub(crate) load: Load,
    pub(crate) trade: Option<Trade>,
    pub(crate) size: Option<u32>,
    pub(crate) references: Box<[u32]>,
    pub(crate) plan: PlanNodes,
}

/// The planned ports of an observation, resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlanNodes {
    pub(crate) load: Option<NodeIx>,
    pub(crate) discharge: Option<NodeIx>,
    pub(crate) delivery: Option<NodeIx>,
}

/// One observation of a ship's call.
#[derive(Clone, Debug)]
pub(crate) struct CallTold {
    pub(crate) seq: Seq,
    pub(crate) message: u32,
    pub(crate) kind: Kind,
    pub(crate) classifier: Classifier,
    pub(crate) at: Timestamp,
    pub(crate) precision: Precision,
    pub(crate) node: NodeIx,
    pub(crate) voyage: Option<u32>,
}

/// What is kept of a message: who wrote it, when, and whether a later one took its place.
#[derive(Clone, Debug)]
pub(crate) struct MessageNote {
    pub(crate) party: u32,
    pub(crate) family: Text,
    pub(crate) written: Option<Timestamp>,
    pub(crate) revising: bool,
    pub(crate) cancels: bool,
    pub(crate) superseded: bool,
    pub(crate) declared: Box<[u32]>,
}
