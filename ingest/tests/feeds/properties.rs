//! Any bytes: nothing panics, and whole and streamed reading agree.

use super::golden::{documents, told};
use super::read;
use proptest::prelude::*;
use sealane_data::mapping::Mappings;
use sealane_data::partner::Partner;
use sealane_ingest::messages::feeds::mapped::{shipped, trial};
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use std::ops::ControlFlow;

fn streamed(bytes: &[u8], partner: &Partner) -> Reading {
    let mut reading = Reading::default();
    let mut sink = |item| {
        match item {
            Item::Message(message) => reading.messages.push(message),
            Item::Finding(finding) => reading.findings.push(finding),
            Item::Interchange(interchange) => reading.interchanges.push(interchange),
        }
        ControlFlow::Continue(())
    };
    read_stream(bytes, ReadContext { partner, wants_ack: false }, &mut sink).unwrap();
    reading
}

fn check(bytes: &[u8]) {
    let partner = Partner { mappings: shipped().to_vec(), ..Partner::operator() };
    let whole = read(bytes, &partner);
    assert_eq!(told(&whole), told(&streamed(bytes, &partner)));
    for mapping in shipped() {
        let _ = trial(bytes, mapping, &partner);
    }
}

#[test]
fn documents_cut_anywhere_give_what_stands_before() {
    for path in documents() {
        let bytes = std::fs::read(path).unwrap();
        for end in (0..bytes.len()).step_by(37) {
            let _ = read(&bytes[..end], &Partner::operator());
        }
        check(&bytes);
    }
}

#[test]
fn a_submission_over_the_bound_is_said() {
    let mut bytes = b"[\"".to_vec();
    bytes.resize(33 << 20, b'a');
    let code = |reading: Reading| reading.findings.iter().map(|f| f.code.to_string()).collect::<Vec<_>>();
    assert_eq!(code(read(&bytes, &Partner::operator())), ["JSON-001"]);
    assert_eq!(code(streamed(&bytes, &Partner::operator())), ["JSON-001"]);
    bytes[..2].copy_from_slice(b"<a");
    assert_eq!(code(read(&bytes, &Partner::operator())), ["XML-001"]);
}

/// A value of JSON with the names that families look for.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let name = prop::sample::select(vec![
        "events",
        "eventID",
        "eventClassification",
        "eventType",
        "eventDateTime",
        "eventLocation",
        "portCall",
        "timestamp",
        "vesselSchedules",
        "transportCalls",
        "msg",
        "tos",
        "cargovisit",
        "carriervisit",
        "checkin",
        "time",
        "cargo",
        "id",
        "containers",
        "messageType",
        "IdEquipment",
        "Port",
        "containerVisitEventTypeCode",
        "equipmentDetails",
        "equipmentReference",
        "geoCoordinate",
        "latitude",
        "longitude",
        "tos.cargovisit.checkin.time.output.actual",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        prop::sample::select(vec![
            "",
            "EQUIPMENT",
            "TRANSPORT",
            "CSQU3054383",
            "2026-09-05T14:20:00Z",
            "CONTAINER_STATUS",
            "91",
            "é`"
        ])
        .prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                serde_json::Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_json_of_known_names(value in value()) {
        check(value.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_behind_a_beginning(head in prop::sample::select(vec!["{", "[", "<", "<snx>", "{\"events\":[", "<?xml version='1.0'?><a b=\""]), tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = head.as_bytes().to_vec();
        bytes.extend(tail);
        check(&bytes);
    }

    #[test]
    fn any_text_is_a_mapping_or_says_why_not(text in "\\[\\[mapping\\]\\]\\nid = \"[a-z.]{0,5}\"\\nformat = \"(json|xml|csv)\"\\nhas = \\[\"[a-z.\\[\\]='^$]{0,8}\"\\]\\n(records = \"[a-z.^$']{0,6}\"\\n)?\\[\\[mapping.event\\]\\]\\nkind = \"gate_in\"\\n") {
        if let Ok(file) = toml::from_str::<Mappings>(&text) {
            for mapping in &file.mappings {
                let told = trial(br#"{"a":{"b":[1]}}"#, mapping, &Partner::operator());
                prop_assert_eq!(told.problems.is_empty(), mapping.problems().is_empty());
            }
        }
    }
}
