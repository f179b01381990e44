//! Tests of what a re-reading takes for the message that stands.

use super::*;
use sealane_data::submission::{Sha256, Source};

const EDI: &str = "UNB+UNOA:2+A+B+260905:1430+REF1'\
    UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+X+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6'UNT+6+1'\
    UNH+2+CODECO:D:95B:UN:ITG14'BGM+34+Y+9'EQD+CN+TSTU0000014+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6'UNT+6+2'\
    UNZ+2+REF1'";

/// Reads a submission again of which stands what a program of before read; `changed` is how that read it.
fn reread(changed: impl Fn(&mut MessageRecord)) -> Plan {
    let partner = Partner::new(PartyId("hall".into()));
    let context = ReadContext { partner: &partner, wants_ack: false };
    let reading = sealane_ingest::read(EDI.as_bytes(), context);
    let older = Older::of(EDI.as_bytes(), context);
    let of_before = |mut message: MessageRecord| {
        message.key = older.message(&message.key).unwrap();
        changed(&mut message);
        message
    };
    let old = (1..).zip(reading.messages.iter().cloned().map(of_before)).collect();
    let summary = SubmissionSummary {
        id: "sub_1".into(),
        party: partner.id.clone(),
        source: Source { transport: "http".into(), name: String::new() },
        received: Timestamp::UNIX_EPOCH,
        bytes: EDI.len() as u64,
        sha256: Sha256::of(EDI.as_bytes()).hex(),
        receipt: reading::receipt(&reading),
        answer: None,
        erased: None,
    };
    let mut plan = Plan::new("").unwrap();
    plan.compare(&summary, old, (reading, &older)).unwrap();
    plan
}

#[test]
fn messages_of_before_are_known_by_the_keys_that_they_had() {
    let same = reread(|_| {});
    assert_eq!((same.report.unchanged, same.report.added, same.report.gone), (2, 0, 0));
    assert!(same.reread.retracted.is_empty() && same.messages.is_empty());

    let other = reread(|message| {
        if message.ordinal == 2 {
            message.observations.clear();
        }
    });
    let report = &other.report;
    assert_eq!((report.unchanged, report.replaced, report.added, report.gone), (1, 1, 0, 0));
    assert_eq!(other.reread.retracted, [2]);
}
