//! Any bytes as JSON: no panic, and every value lies in its document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::formats::json;
use sealane_ingest::formats::tree::{Node, Value};
use sealane_ingest::{ReadContext, read};

fn inside(node: &Node, end: u64) {
    assert!(u64::from(node.start) + u64::from(node.len) <= end);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| inside(item, end)),
        Value::Map(members) => members.iter().for_each(|(_, value)| inside(value, end)),
        _ => {}
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for root in json::documents(&text).filter_map(|d| d.root) {
        inside(&root, text.len() as u64);
    }
    let partner = Partner::operator();
    let _ = read(bytes, ReadContext { partner: &partner, wants_ack: false });
});
