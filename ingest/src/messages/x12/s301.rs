//! 301: confirmations of bookings. One `Booked` for every container, and planned calls.

use super::super::reader::Reader;
use super::super::{Ignored, MessageFamily};
use super::booking;

/// The family.
pub(super) struct S301;

impl MessageFamily for S301 {
    fn id(&self) -> &'static str {
        "301"
    }

    fn about(&self) -> &'static str {
        "bookings as carriers confirm them, with ports and planned calls of the ship"
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
