//! MOVINS: stowage instructions. One *planned* quay move for every box of a cell.
//!
//! `HAN` before the cells says what is to be done with them: load, discharge, restow or shift; it
//! stands so in the 2.x shape (until D.16A) and in the 3.x shape (D.21A), whose `HAN` behind an
//! `EQD` handles that box alone and moves nothing. The port is `LOC+5`. A restow is planned as one
//! move of its own kind, so that it is no throughput. What was done is told by COARRI.

use super::baplie::{self, Guide};
use super::reader::Reader;
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::Tag;
use sealane_data::observation::{Classifier, Kind, Trade};

/// The family.
pub(super) struct Movins;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"NAD"), "the operator of one box is no party to all boxes of the ship"),
    (Tag::new(b"GID"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"ATT"), why::GOODS),
    (Tag::new(b"DIM"), "overwide or overhigh cargo does not change where the box stands"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EQN"), why::ATTACHED),
    (Tag::new(b"CNT"), "counts the containers of one cell"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// What the codes before cells order (data element 4079).
const HANDLING: &[(&[u8], Kind, Option<Trade>)] = &[
    (b"LOA", Kind::Loaded, None),
    (b"DIS", Kind::Discharged, None),
    (b"RES", Kind::Loaded, Some(Trade::Restow)),
    (b"SHI", Kind::Loaded, Some(Trade::Restow)),
];

/// The ship's call at this port, whatever its certainty: the moves are planned within it.
const WHEN: &[(&[u8], Classifier)] = &[
    (b"133", Classifier::Planned),
    (b"132", Classifier::Planned),
    (b"189", Classifier::Planned),
    (b"232", Classifier::Planned),
    (b"186", Classifier::Planned),
    (b"136", Classifier::Planned),
    (b"178", Classifier::Planned),
];

static GUIDE: Guide = Guide { ignored: IGNORED, when: WHEN, handling: HANDLING };

impl MessageFamily for Movins {
    fn id(&self) -> &'static str {
        "MOVINS"
    }

    fn about(&self) -> &'static str {
        "stowage instructions: which containers are to be loaded, discharged or restowed, and in which cell"
    }

    fn version(&self) -> u16 {
        3
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        baplie::read(m, &GUIDE);
    }
}
