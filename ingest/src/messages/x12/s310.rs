//! 310: freight receipts and invoices. One `Booked` for every container with its bill of lading.

use super::super::reader::Reader;
use super::super::{Ignored, MessageFamily};
use super::booking;

/// The family.
pub(super) struct S310;

impl MessageFamily for S310 {
    fn id(&self) -> &'static str {
        "310"
    }

    fn about(&self) -> &'static str {
        "bills of lading as freight receipts, with containers, ports and planned calls"
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
