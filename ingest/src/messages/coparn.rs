//! COPARN: announcements. What a line permits or asks of a terminal or depot is *planned*.
//!
//! 11 and 126 order the acceptance of boxes, 27 and 104 announce them: planned `GateIn`. 12, 108 and
//! 129 release them, 690 calls imports down: planned `GateOut`. Hire and disposition move nothing.
//! Without container numbers it is a booking: one `Booked` without a container.

use super::orders::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily};
use sealane_data::observation::Kind;

/// The family.
pub(super) struct Coparn;

static GUIDE: Guide = Guide {
    orders: &[
        (&["11", "126", "27", "104", "170"], Kind::GateIn, orders::IN),
        (&["12", "108", "129", "690", "171"], Kind::GateOut, orders::OUT),
        (&["131", "184"], Kind::Stuffed, &[b"165", b"98"]),
        (&["112", "183"], Kind::Stripped, &[b"165", b"98"]),
        (&["125", "689", "134", "135", "136", "169", "144", "695"], Kind::Status, &[b"165", b"98", b"99"]),
    ],
    otherwise: None,
    by_trade: false,
    calls: false,
};

impl MessageFamily for Coparn {
    fn id(&self) -> &'static str {
        "COPARN"
    }

    fn about(&self) -> &'static str {
        "announcements and release or acceptance orders of lines: one planned gate move per container, or a booking"
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
