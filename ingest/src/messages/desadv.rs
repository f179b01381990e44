//! DESADV: the despatch advice of a seller. Only its transport is read: ship, ports, containers, bills.
//!
//! That goods were despatched (`DTM+11`) is said of a door, not of a container at a gate; no move is
//! made of it. An advice without container, bill and port is known and gives no data.

use super::reader::Reader;
use super::{Ignored, MessageFamily, consignments};

/// The family.
pub(super) struct Desadv;

impl MessageFamily for Desadv {
    fn id(&self) -> &'static str {
        "DESADV"
    }

    fn about(&self) -> &'static str {
        "despatch advices of sellers: which bills and containers carry the goods, where they name any"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        consignments::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        consignments::read(m);
    }
}
