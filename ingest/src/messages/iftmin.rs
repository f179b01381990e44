//! IFTMIN: the shipping instruction of a shipper or forwarder to whoever carries.
//!
//! It is the message that ties a house bill and its certificate of origin to containers.

use super::reader::Reader;
use super::{Ignored, MessageFamily, booking};

/// The family.
pub(super) struct Iftmin;

impl MessageFamily for Iftmin {
    fn id(&self) -> &'static str {
        "IFTMIN"
    }

    fn about(&self) -> &'static str {
        "shipping instructions: what is to be carried, with its route, bills, certificates and containers"
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
