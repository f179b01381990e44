//! Corrections, retractions, repeats, and what is told twice.

use super::{by_operator, codes};
use sealane_data::observation::{Kind, Revision};
use sealane_data::reference::{Reference, ReferenceKind};

fn event(id: &str, updated: &str, more: &str) -> String {
    format!(
        r#"{{{id}"eventDateTime":"2026-09-05T14:15:00Z","eventUpdatedDateTime":"{updated}"{more},"eventClassification":{{"eventType":"EQUIPMENT","eventClassifier":"ACTUAL","equipmentEventType":"GATED_IN"}},"equipmentDetails":{{"equipmentReference":"CSQU3054383"}}}}"#
    )
}

#[test]
fn a_later_version_takes_the_place_and_a_retraction_takes_back() {
    let id = r#""eventID":"evt-7","#;
    let first = event(id, "2026-09-05T15:00:00Z", "");
    let second = event(id, "2026-09-05T16:00:00Z", r#","reason":"time corrected""#);
    let third = event(id, "2026-09-05T17:00:00Z", r#","isRetracted":true"#);
    let reading = by_operator(&format!("[{first},{second},{third}]"));
    let told: Vec<_> =
        reading.messages.iter().map(|m| (m.document.as_str(), m.revision, m.observations.len())).collect();
    let replaces = |n| ("evt-7", Revision::Replace, n);
    assert_eq!(told, [replaces(1), replaces(1), ("evt-7", Revision::Cancel, 0)]);
    let written: Vec<_> = reading.messages.iter().map(|m| m.written.unwrap().local.hour()).collect();
    assert_eq!(written, [15, 16, 17]);
    assert_ne!(reading.messages[0].key, reading.messages[1].key);
}

#[test]
fn the_same_event_in_another_wrapper_is_the_same_message() {
    let text = event(r#""eventID":"evt-7","#, "2026-09-05T15:00:00Z", "");
    let bare = by_operator(&format!("[{text}]"));
    let wrapped = by_operator(&format!("{{ \"events\" : [\n {text} ] }}"));
    assert_eq!(bare.messages[0].key, wrapped.messages[0].key);
    assert_eq!(codes(&wrapped), Vec::<String>::new());
    let odd = by_operator(&format!("{{\"data\":{{\"list\":[{text}]}}}}"));
    assert_eq!((odd.messages.len(), codes(&odd)), (1, vec!["FEED-004".to_owned()]));
}

#[test]
fn events_without_an_id_are_known_by_their_content() {
    let text = event("", "2026-09-05T15:00:00Z", "");
    let reading = by_operator(&format!("[{text},{text}]"));
    assert_eq!(reading.messages[0].key, reading.messages[1].key);
    assert!(reading.messages.iter().all(|m| m.document.is_empty() && m.revision == Revision::Original));
    assert_eq!(codes(&reading), ["FEED-010", "FEED-010"]);
}

#[test]
fn certificates_of_origin_are_references() {
    let text = r#"[{"eventID":"evt-0001","eventCreatedDateTime":"2026-09-05T12:34:56Z","eventType":"SHIPMENT","eventClassifierCode":"ACT","eventDateTime":"2026-09-01T07:41:00Z","shipmentEventTypeCode":"ISSU","documentID":"CO-2026-42","documentTypeCode":"CEO"}]"#;
    let reading = by_operator(text);
    let references: Vec<&Reference> = reading.messages[0].observations[0].references.iter().collect();
    assert_eq!(references, [&Reference::new(ReferenceKind::Certificate, "CO-2026-42")]);
}

#[test]
fn the_completion_of_a_discharge_overwrites_it_across_messages() {
    let unit = |event: &str, at: &str| {
        format!(
            "<snx><unit id='CSQU3054383'><routing><carrier direction='IB' mode='VESSEL' id='VIS042'/></routing><event id='{event}' time-event-applied='{at}'/></unit></snx>"
        )
    };
    let one = by_operator(&unit("UNIT_DISCH", "2026-09-05T09:41:00"));
    let two = by_operator(&unit("UNIT_DISCH_COMPLETE", "2026-09-05T09:44:00"));
    let version = |r: &sealane_ingest::Reading| (r.messages[0].document.to_string(), r.messages[0].revision);
    assert_eq!(version(&one), ("CSQU3054383/DISCH/VIS042".to_owned(), Revision::Original));
    assert_eq!(version(&two), ("CSQU3054383/DISCH/VIS042".to_owned(), Revision::Replace));
    assert!([one, two].iter().all(|r| r.messages[0].observations[0].kind == Kind::Discharged));
}

#[test]
fn a_bad_event_does_not_hold_back_the_others() {
    let good = event(r#""eventID":"evt-8","#, "2026-09-05T15:00:00Z", "");
    let bad = r#"{"eventID":{"a":1},"eventClassification":{"eventType":7}}"#;
    let reading = by_operator(&format!("[{bad},{good}]"));
    assert_eq!(reading.messages.len(), 2);
    assert_eq!(reading.messages[1].observations[0].kind, Kind::GateIn);
    let wrong = reading.messages[0].findings.iter().find(|f| f.code == "FEED-009").unwrap();
    assert_eq!(wrong.place.tag, "/0/eventID");
}

#[test]
fn what_nobody_knows_is_said() {
    let reading = by_operator(r#"{"weather":"fine","wind":3}"#);
    assert_eq!(codes(&reading), ["FEED-001"]);
    assert!(reading.findings[0].message.contains("`weather`, `wind`"));
    assert_eq!(codes(&by_operator("<weather>fine</weather>")), ["FEED-001"]);
    assert_eq!(codes(&by_operator("<!DOCTYPE html><html><body>login</body></html>")), ["EDI-002"]);
}

#[test]
fn edifact_in_a_wrapper_stays_edifact() {
    let reading = by_operator(
        "{\"edi\":\"\nUNH+7+CODECO:D:95B:UN:ITG14'BGM+34+X+9'EQD+CN+CSQU3054383+22G1'UNT+4+7'\"}",
    );
    assert_eq!(reading.messages[0].family, "CODECO:D:95B:UN:ITG14");
}
