//! Any bytes as XML: no panic, and no value lies outside its document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::formats::tree::{Node, Value};
use sealane_ingest::formats::xml;
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
    if let Some(root) = xml::document(&text).root {
        inside(&root, text.len() as u64);
    }
    let partner = Partner::operator();
    let _ = read(bytes, ReadContext { partner: &partner, wants_ack: false });
});
