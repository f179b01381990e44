//! COHAOR: special handling orders. What is to be done to a box is *planned*.
//!
//! 131 and 184 order stuffing, 112 and 183 stripping, 137 a survey; every other order (climate,
//! cleaning, repair) is kept as a status of its document code.

use super::orders::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily};
use sealane_data::observation::Kind;

/// The family.
pub(super) struct Cohaor;

static GUIDE: Guide = Guide {
    orders: &[
        (&["131", "184"], Kind::Stuffed, &[b"165", b"98", b"9"]),
        (&["112", "183"], Kind::Stripped, &[b"165", b"99", b"11"]),
        (&["137"], Kind::Inspected, &[b"165", b"98", b"99"]),
    ],
    otherwise: Some((&[], Kind::Status, &[b"165"])),
    by_trade: false,
    calls: false,
};

impl MessageFamily for Cohaor {
    fn id(&self) -> &'static str {
        "COHAOR"
    }

    fn about(&self) -> &'static str {
        "special handling orders: planned stuffing, stripping and inspection per container"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        orders::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        orders::read(m, &GUIDE);
    }
}
