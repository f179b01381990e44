//! What goes back to the sender in its own format.

pub mod contrl;
pub mod workbook;
