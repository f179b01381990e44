//! TPFREP: a terminal's performance report on one ship's call. Only the call itself is read.
//!
//! What each crane moved is left unread: containers are counted one by one from COARRI, and the
//! same moves as a sum of cranes would count twice.

use super::parts::EQD;
use super::reader::Reader;
use super::voyage::{self, Guide, Meaning};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Tpfrep;

const TWICE: &str = "moves of cranes are counted container by container from COARRI";

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"EQD"), TWICE),
    (Tag::new(b"CNT"), TWICE),
    (Tag::new(b"QTY"), TWICE),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

const CALLS: &[Meaning] = &[
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"136", Kind::VesselDeparted, Classifier::Actual),
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
];

/// Work begun and ended (7, 163, 164, 194, 206) and first and last lift are the terminal's own affair.
const OTHER_DATES: &[&[u8]] = &[b"7", b"9", b"163", b"164", b"194", b"206", b"324", b"90", b"91", b"364"];

static GUIDE: Guide = Guide {
    ignored: IGNORED,
    calls: CALLS,
    other_dates: OTHER_DATES,
    here: &[b"5", b"153", b"60", b"9", b"11", b"165"],
    aside: &[EQD],
};

impl MessageFamily for Tpfrep {
    fn id(&self) -> &'static str {
        "TPFREP"
    }

    fn about(&self) -> &'static str {
        "performance reports of terminals: a ship's actual arrival and departure"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        voyage::read(m, &GUIDE);
    }
}
