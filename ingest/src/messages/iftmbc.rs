//! IFTMBC: the confirmation of a booking.
//!
//! A refusal (function 27, or response `RE`) books nothing.

use super::reader::Reader;
use super::{Ignored, MessageFamily, booking};

/// The family.
pub(super) struct Iftmbc;

impl MessageFamily for Iftmbc {
    fn id(&self) -> &'static str {
        "IFTMBC"
    }

    fn about(&self) -> &'static str {
        "booking confirmations: the route, ships and references that a carrier has confirmed"
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
