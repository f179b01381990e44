//! CALINF: the calls that a line announces to a terminal or port.
//!
//! The port left (`LOC+5`) has a departure (`DTM+136`, which names no past and is taken for an
//! estimate), every port to come (`LOC+153`) an arrival.

use super::reader::Reader;
use super::voyage::{self, Guide, Meaning};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Calinf;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"MEA"), "the ship's draught and cargo mass do not change its call"),
    (Tag::new(b"DIM"), "the ship's size does not change its call"),
    (Tag::new(b"EQN"), "how many containers are expected is told one by one in COPRAR and COARRI"),
    (Tag::new(b"QTY"), "how many containers are expected is told one by one in COPRAR and COARRI"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

const CALLS: &[Meaning] = &[
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
    (b"136", Kind::VesselDeparted, Classifier::Estimated),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
];

/// Closing times (180, 200, 201), berth windows and validity (7, 36, 157, 194, 206).
const OTHER_DATES: &[&[u8]] = &[b"180", b"200", b"201", b"7", b"36", b"157", b"194", b"206"];

static GUIDE: Guide = Guide {
    ignored: IGNORED,
    calls: CALLS,
    other_dates: OTHER_DATES,
    here: &[b"153", b"60", b"11", b"9", b"5"],
    aside: &[],
};

impl MessageFamily for Calinf {
    fn id(&self) -> &'static str {
        "CALINF"
    }

    fn about(&self) -> &'static str {
        "call announcements of lines: expected arrivals and departures of one ship at its ports"
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
