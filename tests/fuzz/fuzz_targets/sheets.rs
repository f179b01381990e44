//! Any bytes: reading them as a spreadsheet does not panic, neither unconfirmed nor by the layouts that
//! were guessed, and every answer can be opened again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::answers::workbook::mark;
use sealane_ingest::messages::sheet::guesses;
use sealane_ingest::{ReadContext, read};

fuzz_target!(|bytes: &[u8]| {
    let mut partner = Partner::operator();
    check(bytes, &partner);
    let layouts = guesses(bytes, &partner);
    if !layouts.is_empty() {
        partner.sheets = layouts.into_iter().map(|g| g.layout).collect();
        check(bytes, &partner);
    }
});

fn check(bytes: &[u8], partner: &Partner) {
    let reading = read(bytes, ReadContext { partner, wants_ack: false });
    let in_messages = reading.messages.iter().flat_map(|m| m.findings.iter().cloned());
    let findings: Vec<_> = reading.findings.iter().cloned().chain(in_messages).collect();
    if let Some(marked) = mark(bytes, None, &findings, true) {
        assert!(mark(&marked.bytes, None, &[], true).is_some());
    }
}
