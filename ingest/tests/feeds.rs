//! Tests of JSON and XML feeds through the public doors: goldens, mappings, the simulator, properties.
#![allow(clippy::unwrap_used, reason = "tests stop by panicking")]

#[path = "feeds/docs.rs"]
mod docs;
#[path = "feeds/golden.rs"]
mod golden;
#[path = "feeds/mappings.rs"]
mod mappings;
#[path = "feeds/properties.rs"]
mod properties;
#[path = "feeds/simulated.rs"]
mod simulated;
#[path = "feeds/versions.rs"]
mod versions;

use sealane_data::partner::Partner;
use sealane_ingest::{ReadContext, Reading};

fn read(bytes: &[u8], partner: &Partner) -> Reading {
    sealane_ingest::read(bytes, ReadContext { partner, wants_ack: false })
}

fn by_operator(text: &str) -> Reading {
    read(text.as_bytes(), &Partner::operator())
}

fn codes(reading: &Reading) -> Vec<String> {
    let inside = reading.messages.iter().flat_map(|m| &m.findings);
    reading.findings.iter().chain(inside).map(|f| f.code.to_string()).collect()
}
