//! X12 (ASC X12.5 and X12.6): interchanges, groups, transaction sets, segments.
//!
//! The separators are read from the places of the fixed-width interchange header, else from what
//! stands around it ([`Separators`]). [`Cutter`] cuts a stream of bytes into transaction sets in
//! constant memory and hands them on as the same windows, segments and places as EDIFACT.

mod cutter;
mod frame;
mod isa;
mod pieces;
mod receipt;
mod separators;

pub use cutter::{Cutter, unwrap};
pub use receipt::{GroupReceipt, Receipt, SetReceipt};
pub use separators::{Separators, Terminator};

pub(super) use isa::begins;
pub(crate) use isa::in_lower_case;
