//! VESDEP: a ship's departure as its terminal or port reports it, with what comes next.
//!
//! The call's own dates stand behind its port, or behind the transport before any port: then they
//! are of the port of departure (`LOC+5`). D.95B has no port at all; the partner's default node is
//! meant. `DTM+136` is the departure itself here, for the message is sent after it.

use super::reader::Reader;
use super::voyage::{self, Guide, Meaning};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Vesdep;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"MEA"), "the ship's draught and cargo mass do not change its call"),
    (Tag::new(b"QTY"), "how many containers were moved is counted from COARRI"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

const CALLS: &[Meaning] = &[
    (b"136", Kind::VesselDeparted, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
];

/// Work begun and ended (7, 163, 164, 194, 206) is the terminal's own affair.
const OTHER_DATES: &[&[u8]] = &[b"7", b"163", b"164", b"194", b"206"];

static GUIDE: Guide = Guide {
    ignored: IGNORED,
    calls: CALLS,
    other_dates: OTHER_DATES,
    here: &[b"5", b"153", b"60", b"9", b"11", b"94"],
    aside: &[],
};

impl MessageFamily for Vesdep {
    fn id(&self) -> &'static str {
        "VESDEP"
    }

    fn about(&self) -> &'static str {
        "vessel departures of terminals and ports: actual arrival and departure, and what is expected next"
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
