//! BERMAN: an agent's request for a berth, with the ship's expected call.
//!
//! The call's dates stand behind their port (`LOC`) or right behind the ship. What follows a
//! service (`TSR`) is a wish for pilots, tugs and berths; no such wish is a call.

use super::parts::TSR;
use super::reader::Reader;
use super::voyage::{self, Guide, Meaning};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Berman;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"MEA"), "the ship's draught and size do not change its call"),
    (Tag::new(b"QTY"), "persons on board do not change its call"),
    (Tag::new(b"GEI"), "permits of authorities do not change its call"),
    (Tag::new(b"GOR"), "permits of authorities do not change its call"),
    (Tag::new(b"DOC"), "permits of authorities do not change its call"),
    (Tag::new(b"TSR"), "a service that is wished for at the berth"),
    (Tag::new(b"POC"), "the purpose of the call"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"EQN"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

const CALLS: &[Meaning] = &[
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"136", Kind::VesselDeparted, Classifier::Actual),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
];

/// Pilot and tug times (146, 147, 151), validity (7, 36, 206).
const OTHER_DATES: &[&[u8]] = &[b"146", b"147", b"151", b"7", b"36", b"206", b"252", b"253"];

static GUIDE: Guide = Guide {
    ignored: IGNORED,
    calls: CALLS,
    other_dates: OTHER_DATES,
    here: &[b"153", b"60", b"165", b"164", b"9", b"11"],
    aside: &[TSR],
};

impl MessageFamily for Berman {
    fn id(&self) -> &'static str {
        "BERMAN"
    }

    fn about(&self) -> &'static str {
        "berth requests of agents: when a ship is expected at a port and leaves it"
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
