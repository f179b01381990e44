//! Any bytes: the X12 cutter does not panic and accounts for every byte, whole or in portions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_ingest::formats::x12::Cutter;
use std::ops::ControlFlow;

fuzz_target!(|bytes: &[u8]| {
    let mut whole = Cutter::new(None);
    let _ = whole.feed(bytes, true, &mut |_| ControlFlow::Continue(()));
    let t = whole.totals();
    assert_eq!(t.blank + t.service + t.message + t.skipped, bytes.len() as u64);

    let half = bytes.len() / 2;
    let mut halves = Cutter::new(None);
    if let ControlFlow::Continue(done) =
        halves.feed(&bytes[..half], false, &mut |_| ControlFlow::Continue(()))
    {
        let _ = halves.feed(&bytes[done..], true, &mut |_| ControlFlow::Continue(()));
    }
    assert_eq!(halves.totals(), t);
});
