//! Tests of the X12 reading through its public doors: goldens, samples, properties.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests stop by panicking and say what they skip"
)]

#[path = "x12/golden.rs"]
mod golden;
#[path = "x12/malformed.rs"]
mod malformed;
#[path = "x12/properties.rs"]
mod properties;
#[path = "x12/samples.rs"]
mod samples;

use sealane_data::partner::Partner;
use sealane_ingest::{ReadContext, Reading};

/// Reads as the operator, without asking for an acknowledgement.
fn read(bytes: &[u8]) -> Reading {
    let partner = Partner::operator();
    sealane_ingest::read(bytes, ReadContext { partner: &partner, wants_ack: false })
}

/// The codes of every finding, in order.
fn codes(reading: &Reading) -> Vec<String> {
    let inside = reading.messages.iter().flat_map(|m| &m.findings);
    reading.findings.iter().chain(inside).map(|f| f.code.to_string()).collect()
}
