//! What goes back to the sender in its own format.

pub mod aperak;
pub mod contrl;
pub mod syntax;
pub mod workbook;
pub mod x12;
