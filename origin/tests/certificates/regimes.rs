//! Every regime in its own words: articles, ticks, and who says that a certificate stands.

use crate::rules::found;
use crate::story::*;
use jiff::Timestamp;
use sealane_data::certificate::{CertificateAct, VerificationReceipt, VerificationState};
use sealane_data::observation::Kind;
use sealane_origin::rules::Outcome;
use sealane_origin::{Assessment, read};
use serde_json::{Value, json};

/// The form's sample, bound to the story's container.
fn form(text: &str, changes: &[(&str, Value)]) -> Value {
    let mut document: Value = serde_json::from_str(text).unwrap();
    document["bindings"] = json!([
        {"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE}
    ]);
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    document
}

const FORM_D: &str = include_str!("../../samples/atiga-form-d.json");
const DECLARATION: &str = include_str!("../../samples/rcep-declaration.json");
const USMCA: &str = include_str!("../../samples/usmca.json");
const RCEP: &str = include_str!("../../samples/rcep.json");

fn assessed(document: &Value, tell: impl FnOnce(&mut Story)) -> Assessment {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", document);
    tell(&mut story);
    story.told().assess("eco_1")
}

/// From one port over another to a third, with custody told throughout.
fn over(story: &mut Story, [from, via, to]: [(&str, &str); 3]) {
    let m = |kind, at, where_| moved(kind, MINE, at, where_).planned_from_to(from, to);
    story.says("yangshan-terminal", [m(Kind::Loaded, "2026-09-05T08:00", from).on(STAR, "2609S")]);
    story.says("cai-mep-terminal", [m(Kind::Discharged, "2026-09-09T03:00", via).on(STAR, "2609S")]);
    story.says("cai-mep-terminal", [m(Kind::Loaded, "2026-09-11T08:00", via).on(DAWN, "77")]);
    story.says("klang-terminal", [m(Kind::Discharged, "2026-09-14T08:00", to).on(DAWN, "77")]);
}

#[test]
fn transit_is_asked_for_by_the_article_of_the_regime() {
    for (sample, article) in [
        (RCEP, "RCEP Article 3.15"),
        (DECLARATION, "RCEP Article 3.15"),
        (FORM_D, "ATIGA Article 32"),
        (USMCA, "USMCA Article 4.18"),
    ] {
        let document = form(sample, &[]);
        let told = assessed(&document, |s| over(s, [YANGSHAN, CAI_MEP, KLANG]));
        let text = &told.rule("R7").unwrap().text;
        assert!(text.contains(article) && text.matches("Article").count() == 1, "{text}");
    }
}

/// Sails nine days before the certificates of the next test are issued.
fn sailed(story: &mut Story) {
    let m = |kind, at, where_| moved(kind, MINE, at, where_).planned_from_to(YANGSHAN, KLANG);
    story.says("yangshan-terminal", [m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S")]);
    story.says("klang-terminal", [m(Kind::Discharged, "2026-09-10T08:00", KLANG).on(STAR, "2609S")]);
}

#[test]
fn only_forms_with_the_tick_are_asked_for_it() {
    let lifecycle = json!({"state": "issued", "issued_on": "2026-09-14"});
    for (sample, asked) in [(RCEP, true), (FORM_D, true), (DECLARATION, false), (USMCA, false)] {
        let transport = json!({"conveyance_text": "***"});
        let document = form(sample, &[("/lifecycle", lifecycle.clone()), ("/transport", transport)]);
        let told = assessed(&document, sailed);
        let r2 = told.rule("R2").unwrap();
        assert!(r2.details.contains_key("departed"), "{}", r2.text);
        assert_eq!((r2.result == Outcome::Warn, r2.text.contains("ticked")), (asked, asked), "{}", r2.text);
        // The same thing when the form is read by itself.
        let stated = json!({"departure_date": "2026-09-05", "conveyance_text": "***"});
        let document = form(sample, &[("/lifecycle", lifecycle.clone()), ("/transport", stated)]);
        let (_, findings) = read(document.to_string().as_bytes());
        let ticked: Vec<_> = findings.iter().filter(|f| f.message.contains("ticked")).collect();
        assert_eq!(!ticked.is_empty(), asked, "{ticked:?}");
        assert!(ticked.iter().all(|f| !f.message.contains("box 17")), "box 17 is RCEP's: {ticked:?}");
    }
}

fn answered(outcome: VerificationState, gateway: &str) -> CertificateAct {
    CertificateAct::Verified(VerificationReceipt {
        gateway: gateway.into(),
        outcome,
        code: None,
        checked_at: Timestamp::from_second(1_790_000_500).unwrap(),
        fresh_until: Some(Timestamp::from_second(1_790_086_900).unwrap()),
        evidence_sha256: None,
        trial: false,
    })
}

#[test]
fn who_says_that_a_certificate_stands() {
    let r12 = |acts: Vec<CertificateAct>| {
        let mut story = Story::new();
        story.certificate("exporter", "eco_1", &form(RCEP, &[]));
        direct(&mut story, MINE);
        for act in acts {
            story.act("operator", "eco_1", act);
        }
        let told = story.told().assess("eco_1");
        let ruling = told.rule("R12").unwrap().clone();
        (ruling.result, ruling.text, found(&told).len())
    };
    let (result, text, _) = r12(Vec::new());
    assert_eq!(result, Outcome::Pass);
    assert!(text.contains("issued, as its sender claims"), "{text}");
    let (result, text, _) = r12(vec![answered(VerificationState::Confirmed, "sandbox")]);
    assert_eq!(result, Outcome::Pass);
    assert!(text.contains("its issuer confirmed it"), "{text}");
    for gateway in ["sandbox", "manual:gacc"] {
        let (result, text, _) = r12(vec![answered(VerificationState::Refuted, gateway)]);
        assert_eq!(result, Outcome::Fail, "{text}");
        assert!(text.contains("issuer was asked and does not confirm"), "{text}");
    }
    let after = vec![
        answered(VerificationState::Refuted, "sandbox"),
        answered(VerificationState::Confirmed, "sandbox"),
    ];
    assert_eq!(r12(after).2, 0, "the issuer's last word counts");
    // Whose word a link's is nobody knows: it makes no verdict.
    let (result, text, _) = r12(vec![answered(VerificationState::Refuted, "manual:gacc:link")]);
    assert_eq!(result, Outcome::Pass);
    assert!(text.contains("as its sender claims"), "{text}");
}

#[test]
fn findings_name_the_box_of_the_form_at_hand() {
    let said = |sample: &str, pointer: &str, value: Value, code: &str| {
        let (_, findings) = read(form(sample, &[(pointer, value)]).to_string().as_bytes());
        let found = findings.iter().find(|f| f.code.as_str() == code);
        found.unwrap_or_else(|| panic!("{code}: {findings:#?}")).message.clone()
    };
    let (hs, criterion, producer) = ("/items/0/hs6", "/items/0/criterion", "/producer/mode");
    for (sample, begins) in [
        (RCEP, ["Box 9: ", "Box 10: ", "Box 3: "]),
        (DECLARATION, ["HS code: ", "Origin criterion: ", "Producer: "]),
        (FORM_D, ["Box 7: ", "Box 8: ", "Producer: "]),
        (USMCA, ["Element 6: ", "Element 7: ", "Element 4: "]),
    ] {
        let told = [
            said(sample, hs, json!("8413.70"), "ECO-009"),
            said(sample, criterion, json!({"main": "ZZ"}), "ECO-010"),
            said(sample, producer, json!("magic"), "ECO-032"),
        ];
        for (message, begin) in told.iter().zip(begins) {
            assert!(message.starts_with(begin), "{message}");
        }
    }
    let ticked = json!({"third_party_invoicing": true});
    assert!(said(RCEP, "/flags", ticked.clone(), "ECO-025").starts_with("Box 17: "));
    assert!(said(FORM_D, "/flags", ticked, "ECO-025").starts_with("Box 13: "));
    // What a code means in general names no form's boxes.
    let numbered = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let boxed = |text: &str| text.to_lowercase().split("box ").skip(1).any(numbered);
    let named = sealane_origin::FINDINGS.iter().filter(|k| boxed(k.about) || boxed(k.help));
    assert_eq!(named.map(|k| k.code).collect::<Vec<_>>(), [""; 0]);
}
