//! One segment in the index.

use super::segment::Tag;

/// Where one segment lies, by offsets from the start of its window.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Entry {
    /// First byte of the tag.
    pub(in crate::formats) start: u32,
    /// The terminator's position, or the end of the bytes.
    pub(in crate::formats) end: u32,
    /// Its tag.
    pub(super) tag: Tag,
    /// What the scan noticed.
    pub(in crate::formats) flags: u8,
}

impl Entry {
    /// Its tag.
    pub(in crate::formats) fn tag(&self) -> Tag {
        self.tag
    }
}

/// The segment has line breaks or other control characters inside.
pub(in crate::formats) const WRAPPED: u8 = 1;
/// The segment was ended by a line end instead of its terminator.
pub(in crate::formats) const BY_LINE: u8 = 2;
/// The segment was ended by the end of the bytes.
pub(in crate::formats) const CUT: u8 = 4;

/// The segment has release characters.
pub(in crate::formats) const RELEASED: u8 = 8;
