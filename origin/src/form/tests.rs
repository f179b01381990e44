//! Tests of reading: the sample, one rule at a time, and anything at all.

use super::*;
use crate::FINDINGS;
use proptest::prelude::*;
use sealane_data::finding::Severity;
use serde_json::json;

/// The sample certificate (ours, synthetic).
pub(crate) const SAMPLE: &str = include_str!("../../samples/rcep.json");

/// Returns the sample with some members set; `null` stays, as a missing value would.
pub(crate) fn sample_with(changes: &[(&str, Value)]) -> Value {
    let mut document: Value = serde_json::from_str(SAMPLE).unwrap();
    for (pointer, value) in changes {
        if document.pointer(pointer).is_none() {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[name] = Value::Null;
        }
        *document.pointer_mut(pointer).unwrap() = value.clone();
    }
    document
}

fn codes(bytes: &[u8]) -> (bool, Vec<String>) {
    let (taken, findings) = read(bytes);
    let mut codes: Vec<String> = findings.iter().map(|f| f.code.to_string()).collect();
    codes.sort();
    (taken.is_some(), codes)
}

#[test]
fn the_sample_is_taken_whole() {
    let (taken, findings) = read(SAMPLE.as_bytes());
    let taken = taken.unwrap();
    assert_eq!(taken.natural_key, "RCEP|CN|EXAMPLE ISSUING BODY|EXAMPLE-0001");
    assert_eq!(taken.sha256.len(), 64);
    assert_eq!(taken.document, serde_json::from_str::<Value>(SAMPLE).unwrap());
    let told: Vec<_> = findings.iter().map(|f| (f.code.as_str(), f.place.tag.as_str())).collect();
    assert_eq!(
        told,
        [
            ("ECO-024", "$.exporter_declaration"),
            ("ECO-024", "$.certification"),
            ("ECO-028", "$.verification")
        ]
    );
    assert!(findings.iter().all(|f| f.severity == Severity::Info));
    let boxes = boxes_of(&taken.document);
    assert_eq!(boxes.transport.departure_date.unwrap().to_string(), "2026-09-05");
    assert_eq!(boxes.items[0].invoices[0].no, "INV-2026-0907");
    assert_eq!(boxes.bindings[2].reference.to_string(), "container:TSTU0000014");
    assert_eq!(boxes.producer, boxes::Producer::SameAsExporter);
}

#[test]
fn content_decides_and_spelling_does_not() {
    let taken = |document: &str| read(document.as_bytes()).0.unwrap();
    let compact = serde_json::from_str::<Value>(SAMPLE).unwrap().to_string();
    assert_eq!(taken(SAMPLE).sha256, taken(&compact).sha256);
    assert_eq!(taken(SAMPLE).sha256, taken(&format!("\u{feff}{compact}")).sha256);
    let other =
        sample_with(&[("/remarks", json!("another")), ("/number", json!(" example-0001 "))]).to_string();
    assert_eq!(taken(SAMPLE).natural_key, taken(&other).natural_key);
    assert_ne!(taken(SAMPLE).sha256, taken(&other).sha256);
}

/// One rule a row: what is changed in the sample, the code, and the path of the finding.
#[rustfmt::skip]
fn rules() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        ("/number", json!(""), "ECO-005", "$.number"),
        ("/number", json!(7), "ECO-006", "$.number"),
        ("/number", json!("A\u{200b}1"), "ECO-017", "$.number"),
        ("/regime", json!("EUR1"), "ECO-007", "$.regime"),
        ("/regime", json!(null), "ECO-005", "$.regime"),
        ("/issuer/country", json!("HK"), "ECO-008", "$.issuer.country"),
        ("/issuer/body", json!(null), "ECO-005", "$.issuer.body"),
        ("/issuer", json!("CN"), "ECO-006", "$.issuer"),
        ("/exporter/name", json!(" "), "ECO-005", "$.exporter.name"),
        ("/exporter/country", json!("TW"), "ECO-008", "$.exporter.country"),
        ("/consignee", json!(null), "ECO-005", "$.consignee.name"),
        ("/importing_party", json!("US"), "ECO-008", "$.importing_party"),
        ("/items", json!([]), "ECO-005", "$.items"),
        ("/items", json!({}), "ECO-006", "$.items"),
        ("/items/0/no", json!(0), "ECO-016", "$.items[0].no"),
        ("/items/0/description", json!(null), "ECO-005", "$.items[0].description"),
        ("/items/0/hs6", json!("8413.70"), "ECO-009", "$.items[0].hs6"),
        ("/items/0/hs6", json!("990000"), "ECO-009", "$.items[0].hs6"),
        ("/items/0/criterion/main", json!("CTH"), "ECO-010", "$.items[0].criterion.main"),
        ("/items/0/criterion/main", json!("ACU"), "ECO-011", "$.items[0].criterion.main"),
        ("/items/0/criterion", json!({"modifiers": ["DMI"]}), "ECO-011", "$.items[0].criterion.modifiers"),
        ("/items/0/criterion/modifiers", json!(["XXX"]), "ECO-011", "$.items[0].criterion.modifiers[0]"),
        ("/items/0/fob", json!({"value": 9, "currency": "USD"}), "ECO-012", "$.items[0].fob"),
        ("/items/0/rcep_country_of_origin", json!("DE"), "ECO-008", "$.items[0].rcep_country_of_origin"),
        ("/items/0/quantity/value", json!(0), "ECO-016", "$.items[0].quantity.value"),
        ("/items/0/invoices", json!([]), "ECO-005", "$.items[0].invoices"),
        ("/items/0/invoices/0/no", json!(null), "ECO-005", "$.items[0].invoices[0].no"),
        ("/items/0/invoices/0/date", json!("2026-02-30"), "ECO-014", "$.items[0].invoices[0].date"),
        ("/transport/departure_date", json!("5 Sept"), "ECO-014", "$.transport.departure_date"),
        ("/lifecycle/issued_on", json!("2026-13-01"), "ECO-014", "$.lifecycle.issued_on"),
        ("/flags/back_to_back", json!("no"), "ECO-006", "$.flags.back_to_back"),
        // From here on the certificate is taken all the same.
        ("/items/0/criterion/main", json!("RVC"), "ECO-013", "$.items[0].fob"),
        ("/items/0/hs_edition", json!("HS2017"), "ECO-031", "$.items[0].hs_edition"),
        ("/lifecycle/valid_until", json!("2028-01-01"), "ECO-015", "$.lifecycle.valid_until"),
        ("/lifecycle/issued_on", json!("2026-09-30"), "ECO-015", "$.flags"),
        ("/lifecycle/state", json!("blessed"), "ECO-029", "$.lifecycle.state"),
        ("/flags/third_party_invoicing", json!(true), "ECO-025", "$.flags.third_party_invoicing"),
        ("/exporter/country", json!("VN"), "ECO-026", "$.exporter.country"),
        ("/producer/mode", json!("magic"), "ECO-032", "$.producer.mode"),
        ("/surprise", json!(1), "ECO-027", "$.surprise"),
        ("/bindings/0/type", json!("XYZ"), "ECO-020", "$.bindings[0].type"),
        ("/bindings/2/value", json!("TSTU0000015"), "ECO-021", "$.bindings[2].value"),
        ("/bindings/1/value", json!("0000"), "ECO-022", "$.bindings[1].value"),
        ("/bindings", json!([]), "ECO-023", "$.bindings"),
        ("/bindings/3", json!({"type": "TRD", "value": "exbl00012345 "}), "ECO-019", "$.bindings[3]"),
        ("/remarks", json!("a\u{202e}b"), "ECO-018", "$.remarks"),
    ]
}

#[test]
fn every_rule_names_its_code_and_place() {
    for (pointer, value, code, path) in rules() {
        let document = sample_with(&[(pointer, value.clone())]);
        let bytes = serde_json::to_vec_pretty(&document).unwrap();
        let (taken, findings) = read(&bytes);
        let found = findings.iter().find(|f| f.code == code && f.place.tag == path);
        let found =
            found.unwrap_or_else(|| panic!("{pointer} = {value}: no {code} at {path} in {findings:#?}"));
        let failed = findings.iter().any(|f| f.severity == Severity::Error);
        assert_eq!(taken.is_none(), failed, "{pointer} = {value}");
        let kind = FINDINGS.iter().find(|kind| kind.code == code).unwrap();
        assert_eq!(taken.is_none(), kind.severity == Severity::Error, "{pointer} = {value}: {findings:#?}");
        assert!(found.place.line > 0 && found.message.ends_with('.'), "{found:?}");
    }
}

#[test]
fn places_point_at_the_value() {
    let (_, findings) = read(SAMPLE.replace("841370", "84137").as_bytes());
    let found = findings.iter().find(|f| f.code == "ECO-009").unwrap();
    let line = 1 + SAMPLE.lines().position(|line| line.contains("841370")).unwrap();
    let byte = SAMPLE.find("\"841370\"").unwrap();
    let told = (usize::try_from(found.place.line).unwrap(), usize::try_from(found.place.byte).unwrap());
    assert_eq!((told, found.place.len), ((line, byte), 7));
}

#[test]
fn what_is_not_json_is_told_with_its_line() {
    for (text, code, line) in [
        ("", "ECO-001", 1),
        ("{\n \"a\": }", "ECO-001", 2),
        ("UNB+UNOA", "ECO-001", 1),
        ("[1]", "ECO-002", 1),
    ] {
        let (taken, findings) = read(text.as_bytes());
        assert!(taken.is_none());
        assert_eq!((findings[0].code.as_str(), findings[0].place.line), (code, line), "{text}");
    }
}

#[test]
fn a_name_given_twice_is_ambiguous() {
    let twice = SAMPLE.replacen("\"regime\"", "\"number\": \"OTHER\", \"regime\"", 1);
    assert_eq!(codes(twice.as_bytes()).1.first().map(String::as_str), Some("ECO-004"));
    assert!(!codes(twice.as_bytes()).0);
}

#[test]
fn size_depth_and_lists_are_capped() {
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(60), "]".repeat(60));
    assert_eq!(codes(deep.as_bytes()), (false, vec!["ECO-003".into()]));
    let deeper = "[".repeat(100_000);
    assert_eq!(codes(deeper.as_bytes()), (false, vec!["ECO-001".into()]));
    assert_eq!(codes(&vec![b' '; MAX_BYTES + 1]), (false, vec!["ECO-003".into()]));
    let many = sample_with(&[("/items", json!(vec![json!(null); 2_000]))]).to_string();
    let (taken, findings) = read(many.as_bytes());
    assert!(taken.is_none() && findings.len() <= 102);
    assert_eq!(findings.last().unwrap().code, "ECO-030");
}

#[test]
fn dates_before_shipping_may_be_unknown() {
    for said in ["***", "BY SEA", "by air", ""] {
        let document = sample_with(&[("/transport/departure_date", json!(said))]);
        assert!(codes(document.to_string().as_bytes()).0, "{said}");
        assert_eq!(boxes_of(&document).transport.departure_date, None);
    }
}

#[test]
fn the_shared_example_is_taken_too() {
    let path = "/work/shared/samples/certificates/derived/example-eco-rcep.json";
    let Ok(bytes) = std::fs::read(path) else {
        println!("skipped: {path} is not here");
        return;
    };
    assert!(read(&bytes).0.is_some());
}

/// Any JSON of moderate size, with names the form knows among the others.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "(RCEP|CN|EQ|TSTU0000014|2026-09-05|[A-Z]{2}|\\*\\*\\*)".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let name = prop_oneof![
            Just("type"),
            Just("value"),
            Just("issuer"),
            Just("items"),
            Just("criterion"),
            Just("bindings"),
            Just("at"),
            Just("exporter"),
            Just("a.b[]")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|members| members.into_iter().map(|(n, v)| (n.to_owned(), v)).collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn anything_in_any_box_is_read_without_panic(value in any_json(), pick in any::<prop::sample::Index>()) {
        let rules = rules();
        let (pointer, ..) = &rules[pick.index(rules.len())];
        let document = sample_with(&[(pointer, value)]);
        let (taken, findings) = read(document.to_string().as_bytes());
        prop_assert_eq!(taken.is_none(), findings.iter().any(|f| f.severity == Severity::Error));
        boxes_of(&document);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), value in any_json()) {
        read(&bytes);
        read(value.to_string().as_bytes());
    }

    #[test]
    fn broken_samples_are_read_without_panic(at in 0..SAMPLE.len(), byte in any::<u8>()) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        read(&bytes);
        read(&bytes[..at]);
    }
}
