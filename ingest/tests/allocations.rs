//! Reading allocates for what it hands on, never for a segment.
#![allow(clippy::unwrap_used, reason = "tests stop by panicking")]

use allocation_counter::measure;
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Cutter};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::hint::black_box;
use std::ops::ControlFlow;

const BOXES: usize = 500;

/// Writes one COARRI of [`BOXES`] containers, each with `more` segments that its family leaves unread.
fn message(more: usize) -> String {
    let mut text = String::from(
        "UNB+UNOA:2+A+B+260905:1430+REF00001'UNH+1+COARRI:D:95B:UN:SMDG20'BGM+46+D1+9'TDT+20+001W+1++COS:172:20+++9074729:146:11:EXAMPLE'LOC+9+CNSHA:139:6+YS3:TER:306'",
    );
    for _ in 0..BOXES {
        text += "EQD+CN+CSQU3054383+45G1:102:5++2+5'RFF+BN:1793141911'DTM+203:202603100657:203'LOC+11+MYPKG:139:6'LOC+147+0230482::5'MEA+AAE+VGM+KGM:7335'SEL+CN9779793+CA'";
        text += &"TMD+3'HAN+6'DIM+5+CMT:1'".repeat(more);
    }
    text + "UNT+4+1'UNZ+1+REF00001'"
}

/// Returns how many allocations cutting or reading takes, after a first time that fills all caches.
fn allocations(mut run: impl FnMut()) -> u64 {
    run();
    measure(run).count_total
}

fn reading(text: &str) -> u64 {
    let partner = Partner::operator();
    allocations(|| {
        let mut observations = 0;
        read_stream(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
            if let Item::Message(message) = item {
                observations += message.observations.len();
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(observations, BOXES);
    })
}

#[test]
fn segments_cost_no_allocation() {
    let (few, many) = (reading(&message(0)), reading(&message(20)));
    // Buffers that double with the length of the message are all that may differ.
    assert!(many < few + 60, "{few} allocations with 7 segments a container, {many} with 67");
}

#[test]
fn a_container_costs_no_allocation() {
    // Its references and seals lie in the observation, and its plan is that of all boxes of this way.
    let of_one = reading(&message(0)) as f64 / BOXES as f64;
    assert!(of_one < 0.3, "{of_one:.2} allocations a container");
}

#[test]
fn cutting_allocates_for_no_segment() {
    let cut = |text: &str| {
        allocations(|| {
            let _ = Cutter::new(None).feed(text.as_bytes(), true, &mut |cut| {
                if let Cut::Message(window) = cut {
                    black_box(window.index.len());
                }
                ControlFlow::Continue(())
            });
        })
    };
    let (few, many) = (cut(&message(0)), cut(&message(20)));
    assert!(few < 100 && many < few + 20, "{few} allocations for 3,500 segments, {many} for 33,500");
}
