//! Observations as the world keeps them: small, with places and times resolved.

use super::ledger::Listed;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Kind, Load, Revision, Trade};
use sealane_data::places::{How, NodeIx};
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use serde::{Deserialize, Serialize};

pub(super) mod packed;

/// One observation of a container, as the fold reads it.
#[derive(Clone, Debug)]
pub(crate) struct Told<'a> {
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
    /// Gross mass in kilograms.
    pub(crate) gross: Option<u32>,
    pub(crate) references: &'a [u32],
    pub(crate) plan: PlanNodes,
}

/// The planned ports of an observation, resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlanNodes {
    pub(crate) load: Option<NodeIx>,
    pub(crate) discharge: Option<NodeIx>,
    pub(crate) delivery: Option<NodeIx>,
}

/// A number that may be absent, in four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Maybe(u32);

impl Default for Maybe {
    fn default() -> Self {
        Self::NONE
    }
}

impl Maybe {
    pub(crate) const NONE: Self = Self(u32::MAX);

    pub(crate) fn get(self) -> Option<u32> {
        (self != Self::NONE).then_some(self.0)
    }
}

impl From<Option<u32>> for Maybe {
    fn from(number: Option<u32>) -> Self {
        number.map_or(Self::NONE, Self)
    }
}

/// An instant that may be absent, in eight bytes: microseconds since 1970.
#[derive(Clone, Copy, Debug)]
struct MaybeAt(i64);

impl From<Option<Timestamp>> for MaybeAt {
    fn from(at: Option<Timestamp>) -> Self {
        Self(at.map_or(i64::MIN, Timestamp::as_microsecond))
    }
}

impl MaybeAt {
    fn get(self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.0).ok()
    }
}

/// A node that may be absent, in two bytes: a table holds fewer than 65,535.
#[derive(Clone, Copy, Debug)]
struct MaybeNode(u16);

impl From<Option<NodeIx>> for MaybeNode {
    fn from(node: Option<NodeIx>) -> Self {
        Self(node.map_or(u16::MAX, |n| n.0))
    }
}

impl MaybeNode {
    fn get(self) -> Option<NodeIx> {
        (self.0 != u16::MAX).then_some(NodeIx(self.0))
    }
}

/// One observation of a container, as it is kept: tellings of one container are chained, newest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    seq: Seq,
    at: MaybeAt,
    pub(crate) container: u32,
    pub(crate) before: Maybe,
    pub(crate) message: u32,
    references: Listed,
    pub(crate) ship: Maybe,
    voyage: Maybe,
    size: Maybe,
    gross: Maybe,
    /// Node, then the plan's load, discharge and delivery.
    nodes: [MaybeNode; 4],
    how: Option<How>,
    kind: Kind,
    classifier: Classifier,
    precision: Precision,
    load: Load,
    trade: Option<Trade>,
}

impl Kept {
    pub(crate) fn new(told: &Told<'_>, container: u32, before: Maybe, references: Listed) -> Self {
        let Told { seq, message, kind, classifier, precision, how, load, trade, plan, .. } = *told;
        Self {
            seq,
            at: told.at.into(),
            container,
            before,
            message,
            references,
            ship: told.ship.into(),
            voyage: told.voyage.into(),
            size: told.size.into(),
            gross: told.gross.into(),
            nodes: [told.node, plan.load, plan.discharge, plan.delivery].map(MaybeNode::from),
            how,
            kind,
            classifier,
            precision,
            load,
            trade,
        }
    }

    /// Returns when it was.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        self.at.get()
    }

    /// Returns where its references are listed.
    pub(crate) fn references(&self) -> Listed {
        self.references
    }

    /// Returns the observation with its references.
    pub(crate) fn told<'a>(&self, references: &'a [u32]) -> Told<'a> {
        let Self { seq, message, kind, classifier, precision, how, load, trade, .. } = *self;
        let [node, load_at, discharge, delivery] = self.nodes.map(MaybeNode::get);
        Told {
            seq,
            message,
            kind,
            classifier,
            at: self.at.get(),
            precision,
            node,
            how,
            ship: self.ship.get(),
            voyage: self.voyage.get(),
            load,
            trade,
            size: self.size.get(),
            gross: self.gross.get(),
            references,
            plan: PlanNodes { load: load_at, discharge, delivery },
        }
    }
}

/// One observation of a ship's call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CallTold {
    pub(crate) seq: Seq,
    pub(crate) message: u32,
    pub(crate) kind: Kind,
    pub(crate) classifier: Classifier,
    pub(crate) at: Timestamp,
    pub(crate) precision: Precision,
    pub(crate) node: NodeIx,
    pub(crate) voyage: Option<u32>,
    /// The ship's crew typed it into its AIS set.
    pub(crate) by_crew: bool,
}

/// What is kept of a message: who wrote it, when, what it told, and whether a later one took its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MessageNote {
    /// The log position of its first observation.
    pub(crate) seq: Seq,
    pub(crate) party: u32,
    pub(crate) family: Text,
    pub(crate) written: Option<Timestamp>,
    pub(crate) revision: Revision,
    /// A later version of the same document took its place, or it cancels itself.
    pub(crate) superseded: bool,
    /// Its submission was read again and no longer says this.
    pub(crate) retracted: bool,
    pub(crate) declared: Box<[u32]>,
    /// Its observations of containers: the numbers from the first to before the second.
    pub(crate) told: (u32, u32),
    /// The ships of whose calls it told.
    pub(crate) ships: Box<[u32]>,
    /// Its document, if it is a version of one.
    pub(crate) document: Maybe,
    /// The version of the same document that came before it.
    pub(crate) before: Maybe,
}

impl MessageNote {
    /// Returns whether what it said stands.
    pub(crate) fn stands(&self) -> bool {
        !self.superseded && !self.retracted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let told = Told {
            seq: 9,
            message: 3,
            kind: Kind::Loaded,
            classifier: Classifier::Actual,
            at: Some("2026-09-05T06:20:00Z".parse().unwrap()),
            precision: Precision::Minute,
            node: Some(NodeIx(4)),
            how: None,
            ship: Some(0),
            voyage: None,
            load: Load::Laden,
            trade: Some(Trade::Export),
            size: Some(5),
            gross: Some(24_180),
            references: &[1, 2],
            plan: PlanNodes { discharge: Some(NodeIx(7)), ..PlanNodes::default() },
        };
        let kept = Kept::new(&told, 1, Maybe::NONE, Listed::EMPTY);
        assert_eq!(format!("{:?}", kept.told(&[1, 2])), format!("{told:?}"));
        let timeless = Told { at: None, ..told };
        assert_eq!(Kept::new(&timeless, 1, Maybe::NONE, Listed::EMPTY).told(&[]).at, None);
        assert!(size_of::<Kept>() <= 64, "{} bytes an observation", size_of::<Kept>());
    }
}
