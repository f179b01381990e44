//! Any bytes: the cutter of flat files does not panic and accounts for every byte, whole or in portions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_ingest::formats::edifact::{Cut, Totals};
use sealane_ingest::formats::flat::Cutter;
use std::ops::ControlFlow;

/// Returns the files that were cut, and what became of every byte.
fn cut(portions: &[&[u8]]) -> (Vec<(u64, usize)>, Totals) {
    let mut cutter = Cutter::new(None);
    let (mut files, mut kept) = (Vec::new(), Vec::new());
    for (i, portion) in portions.iter().enumerate() {
        kept.extend_from_slice(portion);
        let last = i + 1 == portions.len();
        let step = cutter.feed(&kept, last, &mut |cut| {
            if let Cut::Message(window) = cut {
                files.push((window.start, window.bytes.len()));
            }
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(done) = step else { unreachable!() };
        kept.drain(..done);
    }
    (files, cutter.totals())
}

fuzz_target!(|bytes: &[u8]| {
    let (files, t) = cut(&[bytes]);
    assert_eq!(t.blank + t.service + t.message + t.skipped, bytes.len() as u64);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    assert_eq!(cut(&[first, second]).0, files);
});
