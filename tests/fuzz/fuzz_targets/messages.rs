//! Any bytes: reading does not panic, and nothing is silent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::{ReadContext, read};

fuzz_target!(|bytes: &[u8]| {
    let partner = Partner::operator();
    let reading = read(bytes, ReadContext { partner: &partner, wants_ack: true });
    let found = reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings));
    for finding in found {
        assert!(finding.place.byte + u64::from(finding.place.len) <= bytes.len() as u64);
    }
    assert!(!reading.messages.is_empty() || !reading.findings.is_empty() || !reading.interchanges.is_empty());
});
