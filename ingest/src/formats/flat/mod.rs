//! Platform files of China's Ministry of Transport: flat records, as ports and agents in China have
//! exchanged them since 1996 (beside XML in GB/T 40811-2021, GB/T 40812-2021 and JT/T 1350-2020).
//!
//! A record begins with two digits, its fields stand between colons and it ends with an apostrophe;
//! `?` lets the next character stand for itself. Record `00` begins a file, `99` ends it and counts
//! its records, both included. There are no components and no control references. All these
//! characters are below the trail bytes of GB 18030, so records are split first and decoded after.
//!
//! [`Cutter`] hands each file on as one window of the same kind as EDIFACT and X12 do.

mod cutter;

pub use cutter::{Cutter, begins, holds};

use super::edifact::Delimiters;

/// The syntax that envelopes of this format name.
pub const SYNTAX: &str = "CN-MOT";

/// The service characters, which no file can change; there is no separator of components.
pub const DELIMITERS: Delimiters =
    Delimiters { component: 0, element: b':', release: b'?', terminator: b'\'' };
