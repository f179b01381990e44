//! The schemas say what the readers do, for every form.

use super::*;
use crate::FINDINGS;
use sealane_data::finding::Severity;
use serde_json::json;

/// One sample of each form, in the order of the table.
const SAMPLES: [&str; 4] = [
    include_str!("../../samples/rcep.json"),
    include_str!("../../samples/rcep-declaration.json"),
    include_str!("../../samples/atiga-form-d.json"),
    include_str!("../../samples/usmca.json"),
];

fn sampled() -> impl Iterator<Item = (&'static Form, Value, Value)> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    FORMS.iter().zip(SAMPLES).map(move |(form, sample)| (form, parse(form.schema_text), parse(sample)))
}

fn findings(document: &Value) -> (bool, Vec<(String, String)>) {
    let (taken, findings) = read(document.to_string().as_bytes());
    (taken.is_some(), findings.into_iter().map(|f| (f.code.to_string(), f.place.tag.to_string())).collect())
}

#[test]
fn every_form_takes_its_sample_without_a_warning() {
    for (form, schema, sample) in sampled() {
        let (taken, findings) = read(sample.to_string().as_bytes());
        assert!(findings.iter().all(|f| f.severity == Severity::Info), "{}: {findings:#?}", form.schema);
        assert_eq!(taken.unwrap().document, sample);
        assert_eq!(schema["$id"], format!("/schemas/{}", form.schema));
        assert_eq!(schema["properties"]["regime"]["const"], form.id);
        assert_eq!(schema["properties"]["form"]["enum"], json!(form.words));
        assert_eq!(boxes_of(&sample).regime, form.id);
    }
}

#[test]
fn what_a_schema_requires_the_reader_requires() {
    for (form, schema, sample) in sampled() {
        let required = |of: &Value| -> Vec<String> {
            of["required"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
        };
        for name in required(&schema) {
            let mut without = sample.clone();
            without.as_object_mut().unwrap().remove(&name);
            // Without its word the regime's usual form is read, which this sample is not.
            assert!(!findings(&without).0, "{} is taken without {name}", form.schema);
        }
        for name in required(&schema["properties"]["items"]["items"]) {
            let mut without = sample.clone();
            without["items"][0].as_object_mut().unwrap().remove(&name);
            let (taken, found) = findings(&without);
            let at = found.iter().any(|(_, path)| path.starts_with(&format!("$.items[0].{name}")));
            assert!(!taken && at, "{}: {name} of an item: {found:?}", form.schema);
        }
    }
}

#[test]
fn schemas_name_exactly_the_fields_that_are_known() {
    for (form, schema, sample) in sampled() {
        for name in schema["properties"].as_object().unwrap().keys() {
            let mut with = sample.clone();
            with[name] = with.get(name).cloned().unwrap_or(Value::Null);
            let unknown = findings(&with).1.contains(&("ECO-027".to_owned(), format!("$.{name}")));
            assert!(!unknown, "{} names {name}, which the reader does not know", form.schema);
        }
        for name in sample.as_object().unwrap().keys() {
            assert!(schema["properties"].get(name).is_some(), "{} does not name {name}", form.schema);
        }
        let mut with = sample.clone();
        with["surprise"] = json!(1);
        assert!(findings(&with).1.contains(&("ECO-027".to_owned(), "$.surprise".to_owned())));
    }
}

#[test]
fn schemas_list_exactly_the_parties() {
    for (form, schema, sample) in sampled() {
        let item = &schema["properties"]["items"]["items"]["properties"];
        let (name, parties) = item
            .as_object()
            .unwrap()
            .iter()
            .find(|(name, _)| name.ends_with("country_of_origin"))
            .map(|(name, of)| (name.clone(), of["enum"].as_array().unwrap().clone()))
            .unwrap();
        for country in ["AU", "BN", "CA", "CN", "DE", "HK", "JP", "KR", "MM", "MX", "TH", "TL", "US", "VN"] {
            let mut of = sample.clone();
            of["items"][0][&name] = json!(country);
            let told = findings(&of).1.iter().any(|(code, _)| code == "ECO-008");
            assert_eq!(told, !parties.contains(&json!(country)), "{}: {country}", form.schema);
        }
    }
}

/// A form, what is changed in its sample, the code and the path of the finding.
#[rustfmt::skip]
fn rules() -> Vec<(usize, &'static str, Value, &'static str, &'static str)> {
    vec![
        (0, "/form", json!("form_z"), "ECO-033", "$.form"),
        (0, "/original_proof", json!({"number": "X1", "country": "JP"}), "ECO-036", "$.original_proof"),
        (0, "/original_proof", json!({"number": "", "country": "JP"}), "ECO-005", "$.original_proof.number"),
        (0, "/third_party", json!({"country": "HK"}), "ECO-005", "$.third_party.name"),
        (0, "/bindings/0/share", json!({"quantity": 9000, "unit": "KGM"}), "ECO-037", "$.bindings"),
        (0, "/bindings/0/share", json!({"quantity": 0, "unit": "KGM"}), "ECO-016", "$.bindings[0].share.quantity"),
        (1, "/authorisation", json!(" "), "ECO-005", "$.authorisation"),
        (1, "/exporter/country", json!("US"), "ECO-008", "$.exporter.country"),
        (1, "/items/0/fob", json!({"value": 1, "currency": "USD"}), "ECO-012", "$.items[0].fob"),
        (2, "/items/0/criterion/main", json!("CTC"), "ECO-010", "$.items[0].criterion.main"),
        (2, "/items/0/criterion/main", json!("PC 45%"), "ECO-010", "$.items[0].criterion.main"),
        (2, "/items/0/criterion/main", json!("WO+40%"), "ECO-010", "$.items[0].criterion.main"),
        (2, "/items/0/criterion/main", json!("PC 25%"), "ECO-015", "$.flags.partial_cumulation"),
        (2, "/importing_party", json!("CN"), "ECO-008", "$.importing_party"),
        (2, "/flags/accumulation", json!("yes"), "ECO-006", "$.flags.accumulation"),
        (3, "/certifier/role", json!("agent"), "ECO-035", "$.certifier.role"),
        (3, "/importer", json!("somebody"), "ECO-006", "$.importer"),
        (3, "/items/0/criterion", json!("E"), "ECO-010", "$.items[0].criterion"),
        (3, "/items/0/country_of_origin", json!("CN"), "ECO-008", "$.items[0].country_of_origin"),
        (3, "/blanket_period/until", json!("2027-07-02"), "ECO-034", "$.blanket_period"),
        (3, "/blanket_period/until", json!("2026-06-30"), "ECO-034", "$.blanket_period"),
        (3, "/signature/date", json!(null), "ECO-005", "$.signature.date"),
    ]
}

#[test]
fn every_rule_of_the_forms_names_its_code_and_place() {
    for (form, pointer, value, code, path) in rules() {
        let mut document: Value = serde_json::from_str(SAMPLES[form]).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value.clone();
        let (taken, found) = findings(&document);
        assert!(found.contains(&(code.to_owned(), path.to_owned())), "{pointer} = {value}: {found:?}");
        let kind = FINDINGS.iter().find(|kind| kind.code == code).unwrap();
        assert_eq!(taken, kind.severity != Severity::Error, "{pointer} = {value}: {found:?}");
    }
}

#[test]
fn back_to_back_rests_on_its_original_and_ends_no_later() {
    let mut document: Value = serde_json::from_str(SAMPLES[0]).unwrap();
    document["flags"]["back_to_back"] = json!(true);
    assert!(findings(&document).1.contains(&("ECO-025".into(), "$.flags.back_to_back".into())));
    document["original_proof"] = json!({"number": "JP-1", "country": "JP", "valid_until": "2027-01-31"});
    let found = findings(&document).1;
    assert!(found.contains(&("ECO-036".into(), "$.lifecycle.valid_until".into())), "{found:?}");
    document["lifecycle"]["valid_until"] = json!("2027-01-31");
    let (taken, found) = findings(&document);
    assert!(taken && !found.iter().any(|(code, _)| code == "ECO-036" || code == "ECO-025"), "{found:?}");
    assert_eq!(boxes_of(&document).original.unwrap().country, "JP");
}

#[test]
fn a_certification_is_typed_whole() {
    let boxes = boxes_of(&serde_json::from_str(SAMPLES[3]).unwrap());
    let certifier = boxes.certifier.unwrap();
    assert_eq!((certifier.role.as_str(), certifier.company.country.as_str()), ("exporter", "MX"));
    assert_eq!(boxes.exporter, certifier.company, "the certifying exporter is the exporter");
    assert_eq!(boxes.producer, boxes::Producer::UponRequest);
    assert_eq!(boxes.blanket.unwrap().1.to_string(), "2027-06-30");
    assert_eq!(boxes.issued_on.unwrap().to_string(), "2026-06-28");
    let key = read(SAMPLES[3].as_bytes()).0.unwrap().natural_key;
    assert_eq!(key, "USMCA|MX|EJEMPLO MANUFACTURA SA|EXAMPLE-CERT-0001");
    let key = read(SAMPLES[1].as_bytes()).0.unwrap().natural_key;
    assert_eq!(key, "RCEP|CN|AE-EXAMPLE-77|EXAMPLE-AE-0001");
}
