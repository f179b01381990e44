//! CUSCAR: the cargo report (manifest) that a carrier gives to customs.
//!
//! It ties bills of lading to containers and names the ship's call as planned. That a box stands in
//! a manifest is no release and no move: customs answer by CUSRES.

use super::reader::Reader;
use super::{Ignored, MessageFamily, consignments};

/// The family.
pub(super) struct Cuscar;

impl MessageFamily for Cuscar {
    fn id(&self) -> &'static str {
        "CUSCAR"
    }

    fn about(&self) -> &'static str {
        "cargo reports of carriers to customs: which bills are in which containers on which ship"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        consignments::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        consignments::read(m);
    }
}
