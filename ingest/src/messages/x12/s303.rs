//! 303: cancellations of bookings. They take back what the booking's 301 said.

use super::super::reader::Reader;
use super::super::{Ignored, MessageFamily};
use super::booking;

/// The family.
pub(super) struct S303;

impl MessageFamily for S303 {
    fn id(&self) -> &'static str {
        "303"
    }

    fn about(&self) -> &'static str {
        "cancellations of bookings, which take back what the booking said"
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
