//! Any bytes: reading them as a spreadsheet does not panic, and every answer can be opened again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::answers::workbook::mark;
use sealane_ingest::{ReadContext, read};

fuzz_target!(|bytes: &[u8]| {
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    let reading = read(bytes, cx);
    let in_messages = reading.messages.iter().flat_map(|m| m.findings.iter().cloned());
    let findings: Vec<_> = reading.findings.iter().cloned().chain(in_messages).collect();
    if let Some(marked) = mark(bytes, None, &findings, true) {
        assert!(mark(&marked.bytes, None, &[], true).is_some());
    }
});
