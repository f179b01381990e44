//! IFCSUM: the consolidation list of a forwarder or carrier; many consignments at once.

use super::reader::Reader;
use super::{Ignored, MessageFamily, consignments};

/// The family.
pub(super) struct Ifcsum;

impl MessageFamily for Ifcsum {
    fn id(&self) -> &'static str {
        "IFCSUM"
    }

    fn about(&self) -> &'static str {
        "consolidation lists: which bills and consignments are in which containers on which ship"
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
