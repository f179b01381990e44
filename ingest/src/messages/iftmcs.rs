//! IFTMCS: the contract as it stands, mostly a bill of lading in data.
//!
//! Its document number is the bill's where the document code says so (705, 710, 714 ...).

use super::reader::Reader;
use super::{Ignored, MessageFamily, booking};

/// The family.
pub(super) struct Iftmcs;

impl MessageFamily for Iftmcs {
    fn id(&self) -> &'static str {
        "IFTMCS"
    }

    fn about(&self) -> &'static str {
        "contract status (bill of lading): the route, bills and containers as carried"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        booking::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        booking::read(m);
    }
}
