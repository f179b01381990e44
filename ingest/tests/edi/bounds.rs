//! What one message may make of its bytes: lists of its head are shared, and repeated up to a limit.

/// A loading report with so many references in its head, and so many containers.
fn long_head(references: usize, boxes: usize, own: &str) -> String {
    let head: String = (0..references).map(|n| format!("RFF+BN:BOOK{n:05}'")).collect();
    let one = format!("EQD+CN+CSQU3054383+45G1:102:5++2+5'DTM+203:202609051420:203'{own}");
    format!(
        "UNB+UNOA:2+A+B+260905:1430+REF1'UNH+1+COARRI:D:95B:UN:SMDG20'BGM+46+L1+9'TDT+20+084E+1++ZZA:172:20+++9074729:146::STAR'LOC+9+MYPKG:139:6'{head}{}UNT+9+1'UNZ+1+REF1'",
        one.repeat(boxes)
    )
}

#[test]
fn what_a_head_says_of_many_containers_is_there_once() {
    let reading = super::read(long_head(150, 300, "").as_bytes());
    let told = &reading.messages[0].observations;
    assert_eq!((told.len(), told[0].references.len()), (300, 150));
    assert!(told.iter().all(|o| std::ptr::eq(o.references.as_ptr(), told[0].references.as_ptr())));
}

#[test]
fn a_long_head_is_repeated_up_to_a_limit_and_that_is_said() {
    let reading = super::read(long_head(150, 7_000, "RFF+BM:ZZBL0001'").as_bytes());
    let message = &reading.messages[0];
    let kept: usize = message.observations.iter().map(|o| o.references.len()).sum();
    assert!(message.observations.len() == 7_000 && kept < 1_010_000, "{kept} references");
    assert!(message.observations.iter().all(|o| o.references.iter().any(|r| r.value == "ZZBL0001")));
    assert!(message.findings.iter().any(|f| f.code == "MSG-013"), "{:?}", message.findings.first());
}
