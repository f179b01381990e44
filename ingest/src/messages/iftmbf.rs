//! IFTMBF: the firm booking that a shipper or forwarder asks of a carrier; IFTMBC confirms it.

use super::reader::Reader;
use super::{Ignored, MessageFamily, booking};

/// The family.
pub(super) struct Iftmbf;

impl MessageFamily for Iftmbf {
    fn id(&self) -> &'static str {
        "IFTMBF"
    }

    fn about(&self) -> &'static str {
        "firm bookings of shippers and forwarders: what is to be booked, with its route and containers"
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
