//! COREOR: release orders. One planned `GateOut` for every `EQD`.
//!
//! It permits a party to fetch boxes; whether they were fetched says CODECO. The message itself is the
//! order, whatever its document code (12 until D.95B, 129 and others later).

use super::orders::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily};
use sealane_data::observation::Kind;

/// The family.
pub(super) struct Coreor;

static GUIDE: Guide = Guide {
    orders: &[(&["12", "129", "108", "690"], Kind::GateOut, orders::OUT)],
    otherwise: Some((&[], Kind::GateOut, orders::OUT)),
    by_trade: false,
    calls: false,
};

impl MessageFamily for Coreor {
    fn id(&self) -> &'static str {
        "COREOR"
    }

    fn about(&self) -> &'static str {
        "release orders of lines: one planned gate-out per container"
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
