//! Any segments as a message of any family of the tables: no panic, and every segment is accounted for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::partner::Partner;
use sealane_ingest::messages::{MESSAGES, flat, x12};
use sealane_ingest::{ReadContext, read};

fuzz_target!(|bytes: &[u8]| {
    let Some((&chosen, body)) = bytes.split_first() else { return };
    let (edifact, sets) = (MESSAGES.len(), x12::TRANSACTION_SETS.len());
    let at = usize::from(chosen) % (edifact + sets + flat::FILES.len());
    let head = if let Some(family) = MESSAGES.get(at) {
        format!("UNB+UNOC:3+A+B+260905:1430+R1'UNH+1+{}:D:95B:UN'", family.id())
    } else if let Some(family) = x12::TRANSACTION_SETS.get(at - edifact) {
        let isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260905*1430*U*00401*000000001*0*P*>~";
        format!("{isa}GS*QO*A*B*20260905*1430*1*X*004010~ST*{}*0001~", family.id())
    } else {
        format!("00:{}:M:9:A:B:202609051430'", flat::FILES[at - edifact - sets].id())
    };
    let whole = [head.as_bytes(), body].concat();
    let partner = Partner::operator();
    let reading = read(&whole, ReadContext { partner: &partner, wants_ack: false });
    for finding in reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)) {
        assert!(finding.place.byte + u64::from(finding.place.len) <= whole.len() as u64);
    }
    for said in reading.messages.iter().flat_map(|m| &m.observations) {
        assert!(said.span.start + u64::from(said.span.len) <= whole.len() as u64);
    }
});
