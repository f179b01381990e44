//! IFTSAI: schedules. Every date of every port of a voyage is one call observation.
//!
//! | `DTM` 2005 | kind | classifier |
//! |---|---|---|
//! | 132 | arrived | estimated |
//! | 133 | departed | estimated |
//! | 178 | arrived | actual |
//! | 186 | departed | actual |
//! | 232 | arrived | planned |
//! | 189 | departed | planned |
//! | 136 | departed | estimated |
//!
//! The port is the `LOC` of the dates, whatever its qualifier: 9 and 11 this port, 94 an earlier
//! port, 152 and 61 the next, 153 a port of call, 5 and 8 first and last. The ship is the `TDT` that
//! the places stand under, completed by its `RFF+VM` and `RFF+VON`.

use super::reader::Reader;
use super::voyage::{self, Guide, Meaning};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Iftsai;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"GIS"), "general indicators do not change the schedule"),
    (Tag::new(b"GEI"), "general indicators do not change the schedule"),
    (Tag::new(b"EQD"), "capacity of the service, no container"),
    (Tag::new(b"EQN"), "capacity of the service, no container"),
    (Tag::new(b"TPL"), "capacity of the service, no container"),
    (Tag::new(b"QTY"), "capacity of the service, no container"),
    (Tag::new(b"CNT"), "capacity of the service, no container"),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"DIM"), why::GOODS),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TSR"), why::TERMS),
];

/// What dates say of a call; the table of the module's documentation.
const CALLS: &[Meaning] = &[
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"232", Kind::VesselArrived, Classifier::Planned),
    (b"189", Kind::VesselDeparted, Classifier::Planned),
    (b"136", Kind::VesselDeparted, Classifier::Estimated),
];

/// Dates of a schedule that are known and are no call: closing times (180, 200, 201), validity (7,
/// 36, 157, 273).
const OTHER_DATES: &[&[u8]] = &[b"180", b"200", b"201", b"7", b"36", b"157", b"273"];

static GUIDE: Guide =
    Guide { ignored: IGNORED, calls: CALLS, other_dates: OTHER_DATES, here: &[], aside: &[] };

impl MessageFamily for Iftsai {
    fn id(&self) -> &'static str {
        "IFTSAI"
    }

    fn about(&self) -> &'static str {
        "schedules and port rotations: planned, estimated and actual arrivals and departures of ships"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        voyage::read(m, &GUIDE);
    }
}
