//! Any bytes from a partner who wants every answer: what is answered can itself be read, and asks for nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::{Acknowledge, OnError, Partner};
use sealane_ingest::{ReadContext, read};

fuzz_target!(|bytes: &[u8]| {
    let strict =
        Partner { acknowledge: Acknowledge::Always, on_error: OnError::Reject, aperak: true, ..Partner::operator() };
    let reading = read(bytes, ReadContext { partner: &strict, wants_ack: true });
    let Some(answer) = reading.acknowledgement else { return };
    let again = read(answer.as_bytes(), ReadContext { partner: &Partner::operator(), wants_ack: false });
    assert!(!again.messages.is_empty(), "{answer}");
    assert_eq!(again.acknowledgement, None, "an acknowledgement is never acknowledged: {answer}");
});
