//! COPINO: pre-notifications of hauliers. One planned `GateIn` or `GateOut` for every `EQD`.
//!
//! The visit's place and time are the truck's or barge's (`TDT+1`, then `LOC+88` or `LOC+153` and
//! `DTM+132`). 27 and 104 announce an arrival, 171 a pick-up; other codes (661) say no direction: export
//! boxes come in and import boxes go out.

use super::orders::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily};
use sealane_data::observation::Kind;

/// The family.
pub(super) struct Copino;

static GUIDE: Guide = Guide {
    orders: &[
        (&["27", "104"], Kind::GateIn, &[b"88", b"165", b"99", b"9", b"153"]),
        (&["171", "12"], Kind::GateOut, &[b"88", b"165", b"98", b"11", b"153"]),
    ],
    otherwise: None,
    by_trade: true,
    calls: false,
};

impl MessageFamily for Copino {
    fn id(&self) -> &'static str {
        "COPINO"
    }

    fn about(&self) -> &'static str {
        "pre-notifications of hauliers: one planned gate move per container, at the time of the truck's visit"
    }

    fn version(&self) -> u16 {
        3
    }

    fn ignored(&self) -> &'static [Ignored] {
        orders::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        orders::read(m, &GUIDE);
    }
}
