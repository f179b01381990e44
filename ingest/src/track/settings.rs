//! What a tracker keeps, and who says where its areas are.

use jiff::SignedDuration;
use sealane_data::fix::Fix;

/// When points are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A ship faster than this between two reports, in knots, is held until others confirm the place.
    pub gate_knots: u32,
    /// Reports of one place that confirm it, the first one included.
    pub confirmed_by: u8,
    /// A ship under way outside areas gives a point this often.
    pub interval: SignedDuration,
    /// A ship under way inside an area gives a point this often, and one at rest inside ten times less.
    pub inside: SignedDuration,
    /// A ship at rest outside areas gives a point this often.
    pub at_rest: SignedDuration,
    /// Points for turns and changes of area are at least this far apart.
    pub least: SignedDuration,
    /// A turn of so many degrees gives a point.
    pub turn_degrees: u16,
    /// The same message within this time is a duplicate.
    pub repeat: SignedDuration,
    /// A report may be this far ahead of its receipt.
    pub ahead: SignedDuration,
    /// Ships that are remembered; the one that was silent longest leaves.
    pub ships: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gate_knots: 60,
            confirmed_by: 3,
            interval: SignedDuration::from_mins(5),
            inside: SignedDuration::from_secs(30),
            at_rest: SignedDuration::from_mins(30),
            least: SignedDuration::from_secs(10),
            turn_degrees: 15,
            repeat: SignedDuration::from_secs(20),
            ahead: SignedDuration::from_mins(2),
            ships: 100_000,
        }
    }
}

/// Who knows in which area a position lies, such as a port or an anchorage that matters.
///
/// Any `Fn(&Fix) -> Option<u32>` is one; numbers only have to differ from area to area.
pub trait Areas {
    /// Returns the area of a position; nothing outside all.
    fn area(&self, fix: &Fix) -> Option<u32>;
}

impl<F: Fn(&Fix) -> Option<u32>> Areas for F {
    fn area(&self, fix: &Fix) -> Option<u32> {
        self(fix)
    }
}

/// No areas at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl Areas for Nowhere {
    fn area(&self, _: &Fix) -> Option<u32> {
        None
    }
}
