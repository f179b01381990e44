//! Tests of the EDI reading through its public doors: goldens, samples, properties, oracle.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests stop by panicking and say what they skip"
)]

#[path = "edi/bounds.rs"]
mod bounds;
#[path = "edi/carried.rs"]
mod carried;
#[path = "edi/differential.rs"]
mod differential;
#[path = "edi/golden.rs"]
mod golden;
#[path = "edi/policy.rs"]
mod policy;
#[path = "edi/properties.rs"]
mod properties;
#[path = "edi/samples.rs"]
mod samples;
#[path = "edi/simulated.rs"]
mod simulated;
#[path = "edi/traps.rs"]
mod traps;

use sealane_data::partner::Partner;
use sealane_ingest::{ReadContext, Reading};

/// Reads as the operator, without asking for an acknowledgement.
fn read(bytes: &[u8]) -> Reading {
    let partner = Partner::operator();
    sealane_ingest::read(bytes, ReadContext { partner: &partner, wants_ack: false })
}
