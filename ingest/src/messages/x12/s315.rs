//! 315: statuses of ocean carriers. One observation of the container, and the ship's calls.

use super::super::reader::Reader;
use super::super::{Ignored, MessageFamily};
use super::status;

/// The family.
pub(super) struct S315;

impl MessageFamily for S315 {
    fn id(&self) -> &'static str {
        "315"
    }

    fn about(&self) -> &'static str {
        "statuses of containers by ocean carriers, with the ship's calls as estimated and actual"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        status::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        status::read(m);
    }
}
