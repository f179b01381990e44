//! Any bytes as AIS: no panic, every byte accounted for, kept lines read into exactly what was kept, state bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::track::{Nowhere, Settings, Tracker};
use sealane_ingest::{Item, ReadContext, read, read_stream};
use std::ops::ControlFlow;

fuzz_target!(|bytes: &[u8]| {
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    // An empty sentence first, so that it is taken for AIS whatever follows, unless that is EDI.
    let text = [b"!AIVDM,1,1,,B,,0*25\n", bytes].concat();
    let mut messages = Vec::new();
    let totals = read_stream(&text[..], cx, &mut |item| {
        if let Item::Message(message) = item {
            messages.push(message);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(totals.blank + totals.service + totals.message + totals.skipped, text.len() as u64);
    assert_eq!(messages, read(&text, cx).messages);
    let mut tracker = Tracker::new(Settings { ships: 3, ..Settings::default() });
    let received = jiff::Timestamp::from_second(1_788_616_800).unwrap();
    let mut kept = Vec::new();
    for (n, frame) in bytes.split(|b| *b == 0).enumerate() {
        let received = received + jiff::SignedDuration::from_secs(n as i64);
        kept.extend_from_slice(tracker.take(frame, "fuzz", received, &Nowhere));
    }
    assert!(tracker.ships() <= 3);
    // Sentences and frames are submissions of their own.
    if !bytes.contains(&b'{') && !kept.is_empty() {
        let told: usize = read(&kept, cx).messages.iter().map(|m| m.observations.len()).sum();
        assert_eq!(told as u64, tracker.tally().kept());
    }
});
