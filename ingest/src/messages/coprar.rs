//! COPRAR: orders to load or discharge. One planned `Loaded` or `Discharged` for every `EQD`.
//!
//! 45 and 121 order loading, 43 and 118 discharge, in every directory; the reports of what was done
//! are COARRI's 46, 122, 44 and 119, and only those make quay moves and TEU.

use super::orders::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily};
use sealane_data::observation::Kind;

/// The family.
pub(super) struct Coprar;

static GUIDE: Guide = Guide {
    orders: &[(&["45", "121"], Kind::Loaded, &[b"9"]), (&["43", "118"], Kind::Discharged, &[b"11"])],
    otherwise: None,
    by_trade: false,
    calls: true,
};

impl MessageFamily for Coprar {
    fn id(&self) -> &'static str {
        "COPRAR"
    }

    fn about(&self) -> &'static str {
        "loading and discharge orders of lines to terminals: one planned quay move per container, and the ship's planned call"
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
