//! Pure grammar: how bytes fall into parts. Knows no port and no partner.

pub(crate) mod carried;
pub mod edifact;
pub mod flat;
pub mod json;
pub mod nmea;
pub mod sheet;
pub mod sniff;
pub mod tree;
pub mod x12;
pub mod xml;
