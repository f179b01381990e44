//! 322: statuses of terminals and railways. One observation of the container, and its expected arrival.

use super::super::reader::Reader;
use super::super::{Ignored, MessageFamily};
use super::status;

/// The family.
pub(super) struct S322;

impl MessageFamily for S322 {
    fn id(&self) -> &'static str {
        "322"
    }

    fn about(&self) -> &'static str {
        "statuses of containers by terminals and railways, with the expected arrival"
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
