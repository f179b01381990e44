//! One certificate for several shipments: shares in any unit, ships, and what contradicts and waits.

use crate::rules::{after, certified};
use crate::story::*;
use sealane_data::certificate::{BindingDecision, CertificateAct, Choice};
use sealane_data::observation::Kind;
use sealane_origin::Assessment;
use sealane_origin::rules::Outcome;
use serde_json::{Value, json};

/// Two bookings with a container each, and what is said of their shares.
fn both(shares: [Option<Value>; 2]) -> Value {
    let mut bindings = json!([
        {"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE},
        {"type": "TRD", "value": "EXBL00099999"}, {"type": "BKG", "value": "EXBK7777"}, {"type": "EQ", "value": OTHER}
    ]);
    for (at, share) in [2, 5].into_iter().zip(shares) {
        if let Some(share) = share {
            bindings[at]["share"] = share;
        }
    }
    bindings
}

/// The sample's voyage, and another one of the other container from a day on.
fn voyages(story: &mut Story, on: &str, off: &str, (ship, voyage): ((&str, &str), &str)) {
    direct(story, MINE);
    let later =
        |kind, at, where_| moved(kind, OTHER, at, where_).with(&["booking:EXBK7777", "bl:EXBL00099999"]);
    story.says("yangshan-terminal", [later(Kind::Loaded, on, YANGSHAN).on(ship, voyage)]);
    story.says("klang-terminal", [later(Kind::Discharged, off, KLANG).on(ship, voyage)]);
}

fn two_months_apart(bindings: Value) -> Assessment {
    after(&[("/bindings", bindings)], |s| {
        voyages(s, "2026-11-05T08:00", "2026-11-11T08:00", (STAR, "2611S"));
    })
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside shares that are not told")]
fn share(quantity: f64, unit: &str) -> Option<Value> {
    Some(json!({ "quantity": quantity, "unit": unit }))
}

/// What warns or fails beside R2: these shipments leave at other times, which R2 says by itself.
fn found(told: &Assessment) -> Vec<(&str, Outcome)> {
    crate::rules::found(told).into_iter().filter(|(rule, _)| *rule != "R2").collect()
}

fn said(told: &Assessment) -> (Outcome, &str) {
    let ruling = told.rule("R14").unwrap();
    (ruling.result, ruling.text.as_str())
}

#[test]
fn shares_are_added_up_in_any_unit_of_the_same_kind() {
    for (quantity, unit, result) in [
        (1_600.0, "KGM", Outcome::Pass),
        (3_200.0, "KGM", Outcome::Fail),
        (1.6, "TNE", Outcome::Pass),
        (3.2, "TNE", Outcome::Fail),
        (1_600_000.0, "GRM", Outcome::Pass),
        (3_200_000.0, "GRM", Outcome::Fail),
        (3_527.4, "LBR", Outcome::Pass),
        (7_054.8, "LBR", Outcome::Fail),
        (1_600.0, "kgs", Outcome::Pass),
        (3_200.0, "kgs", Outcome::Fail),
    ] {
        let told = two_months_apart(both([share(quantity, unit), share(quantity, unit)]));
        assert_eq!(said(&told).0, result, "{quantity} {unit}: {}", said(&told).1);
    }
    let mixed = two_months_apart(both([share(3_200.0, "KGM"), share(3.2, "TNE")]));
    assert_eq!(said(&mixed).0, Outcome::Fail, "each alone would be within");
}

#[test]
fn a_unit_that_cannot_be_compared_never_passes() {
    for unit in ["XXX", "LTR", "C62"] {
        let told = two_months_apart(both([share(999_999.0, unit), share(999_999.0, unit)]));
        assert_eq!(found(&told), [("R14", Outcome::Warn)], "{unit}");
        assert!(said(&told).1.contains(unit) && said(&told).1.contains("KGM"), "{}", said(&told).1);
    }
    let half = two_months_apart(both([share(1_600.0, "KGM"), share(1.0, "XXX")]));
    assert_eq!(said(&half).0, Outcome::Warn);
    let over = two_months_apart(both([share(9_999.0, "KGM"), share(1.0, "XXX")]));
    assert_eq!(said(&over).0, Outcome::Fail, "what can be compared is too much already");
    // A share of an item that the certificate does not have.
    let strange = Some(json!({"quantity": 10, "unit": "KGM", "item": 7}));
    let told = two_months_apart(both([share(1_600.0, "KGM"), strange]));
    assert_eq!(said(&told).0, Outcome::Warn, "{}", said(&told).1);
    // One shipment is one, but its shares are not said to fit.
    let told = after(&[("/bindings/2/share", json!({"quantity": 9, "unit": "XXX"}))], |s| direct(s, MINE));
    assert_eq!((found(&told), said(&told).0), (vec![], Outcome::NotAssessable));
    let told = after(&[("/bindings/2/share", json!({"quantity": 9, "unit": "TNE"}))], |s| direct(s, MINE));
    assert_eq!(found(&told), [("R14", Outcome::Warn)], "nine tonnes of an item of three");
}

#[test]
fn a_shipment_without_a_share_beside_one_with_it_is_told() {
    for shares in
        [[share(1_600.0, "KGM"), None], [None, share(1_600.0, "KGM")], [share(3_200.0, "KGM"), None]]
    {
        let told = two_months_apart(both(shares));
        assert_eq!(found(&told), [("R14", Outcome::Warn)]);
        assert!(said(&told).1.contains("no share"), "{}", said(&told).1);
    }
    let none = two_months_apart(both([None, None]));
    assert_eq!(found(&none), [("R14", Outcome::Fail)]);
}

#[test]
fn two_ships_of_one_week_are_two_shipments_and_one_ship_is_one() {
    let told = |ship, bindings| {
        let changes = [("/bindings", bindings), ("/transport/conveyance_text", json!("***"))];
        after(&changes, |s| voyages(s, "2026-09-08T08:00", "2026-09-14T08:00", ship))
    };
    let apart = told((DAWN, "77"), both([None, None]));
    assert_eq!(found(&apart), [("R14", Outcome::Warn)]);
    assert_eq!(apart.rule("R14").unwrap().details["shipments"], "2");
    let split = told((DAWN, "77"), both([share(1_600.0, "KGM"), share(1_600.0, "KGM")]));
    assert_eq!(found(&split), [], "shares explain it");
    let one = told((STAR, "2609S"), both([None, None]));
    assert_eq!((found(&one), said(&one).0), (vec![], Outcome::Pass), "two bookings on one ship");
}

#[test]
fn the_stated_ship_is_asked_for_on_each_containers_journey() {
    let mut shared = both([share(1_600.0, "KGM"), share(1_600.0, "KGM")]);
    let told = |ship, bindings: &Value| {
        after(&[("/bindings", bindings.clone())], |s| {
            voyages(s, "2026-09-08T08:00", "2026-09-14T08:00", ship);
        })
    };
    let r3 = |told: &Assessment| {
        let ruling = told.rule("R3").unwrap();
        (ruling.result, ruling.text.clone())
    };
    let (result, text) = r3(&told((DAWN, "77"), &both([None, None])));
    assert_eq!(result, Outcome::Fail);
    assert!(text.contains(OTHER) && text.contains("PACIFIC DAWN") && !text.contains(MINE), "{text}");
    // A consignment that is said to be split goes on several ships; box 4 names one.
    assert_eq!(r3(&told((DAWN, "77"), &shared)).0, Outcome::Warn);
    assert_eq!(r3(&told((STAR, "2609S"), &shared)).0, Outcome::Pass);
    // Of the other container nothing is told yet.
    shared = json!([{"type": "BKG", "value": "EXBK9988"}, {"type": "TRD", "value": "EXBL00012345"}]);
    let waiting = after(&[("/bindings", shared)], |s| {
        direct(s, MINE);
        s.says("yangshan-terminal", [moved(Kind::GateIn, OTHER, "2026-09-04T08:00", YANGSHAN)]);
    });
    let (result, text) = r3(&waiting);
    assert_eq!(result, Outcome::NotAssessable, "{text}");
}

fn names_another(story: &mut Story) {
    direct(story, MINE);
    let with = ["booking:EXBK9988", "bl:EXBL00012345", "certificate:EXAMPLE-0002"];
    story.says("line", [moved(Kind::GateOut, MINE, "2026-09-12T09:00", KLANG).with(&with)]);
}

#[test]
fn a_movement_that_names_another_certificate_does_not_simply_agree() {
    let mut story = certified(&[]);
    names_another(&mut story);
    let told = story.told().assess("eco_1");
    assert_eq!((found(&told), told.state), (vec![("R14", Outcome::Warn)], "warnings"));
    assert!(
        said(&told).1.contains("another certificate") && said(&told).1.contains(MINE),
        "{}",
        said(&told).1
    );
    assert!(!said(&told).1.contains("0002"), "whose certificate that is is the operator's to know");
    let conflict = story.told().graph("eco_1").conflicts[0].clone();
    let decided = CertificateAct::Decided(BindingDecision {
        answers: Some(conflict.id),
        container: MINE.into(),
        day: conflict.day.unwrap(),
        choice: Choice::Tie,
    });
    story.act("operator", "eco_1", decided);
    assert_eq!(found(&story.told().assess("eco_1")), [], "a person decided");
}

#[test]
fn one_container_on_two_journeys_under_one_booking_is_told() {
    let mut story = certified(&[]);
    direct(&mut story, MINE);
    story.says(
        "yangshan-terminal",
        [moved(Kind::Loaded, MINE, "2026-12-05T08:00", YANGSHAN).on(STAR, "2611S")],
    );
    story
        .says("klang-terminal", [moved(Kind::Discharged, MINE, "2026-12-11T08:00", KLANG).on(STAR, "2611S")]);
    assert_eq!(story.told().graph("eco_1").conflicts.len(), 1, "the binding asks a person");
    let told = story.told().assess("eco_1");
    assert_eq!(found(&told), [("R14", Outcome::Warn)]);
    assert!(said(&told).1.contains(MINE), "{}", said(&told).1);
}

#[test]
fn an_entry_of_a_number_that_another_party_entered_first_waits_for_a_person() {
    let mut story = certified(&[]);
    direct(&mut story, MINE);
    story.certificate("other", "eco_2", &sample(&[]));
    let told = story.told();
    assert_eq!(found(&told.assess("eco_1")), [], "the first keeps what it has");
    let second = told.assess("eco_2");
    assert_eq!(said(&second), (Outcome::Warn, "Another entry of this number exists, under review."));
    assert_eq!((second.state, told.get("eco_2").verification().receipt.is_none()), ("warnings", true));
    let waits = told.register.all_contested();
    assert_eq!(waits.len(), 1);
    assert!(waits[0].text().contains("`exporter` as eco_1") && waits[0].text().contains("are the same"));
    let answers = waits[0].id.clone();
    let decide = |id, stands| {
        let mut story = story.clone();
        story.act("operator", id, CertificateAct::Upheld { answers: answers.clone(), stands });
        story.told()
    };
    let aside = decide("eco_2", false);
    assert_eq!(said(&aside.assess("eco_2")).0, Outcome::Fail);
    assert!(aside.register.all_contested().is_empty() && found(&aside.assess("eco_1")).is_empty());
    let both = decide("eco_2", true);
    assert_ne!(said(&both.assess("eco_2")).0, Outcome::Warn);
    // The word of a party decides nothing.
    let mut own = story.clone();
    own.act("other", "eco_2", CertificateAct::Upheld { answers, stands: true });
    assert_eq!(own.told().register.all_contested().len(), 1);
}

#[test]
fn each_container_is_held_against_the_stated_day_on_its_own_ship() {
    let told = |off: &str, ship, shares: [Option<Value>; 2]| {
        let arrived = off.parse::<jiff::civil::DateTime>().unwrap() + jiff::ToSpan::days(6);
        let arrived = arrived.strftime("%Y-%m-%dT%H:%M").to_string();
        let told = after(&[("/bindings", both(shares))], |s| voyages(s, off, &arrived, ship));
        let r2 = told.rule("R2").unwrap();
        (r2.result, r2.text.clone(), r2.details["container"].clone(), r2.seqs.len())
    };
    // The first left as stated; the worst is told, and names the box.
    let (result, text, container, rests) = told("2026-11-05T08:00", (DAWN, "77"), [None, None]);
    assert_eq!((result, container.as_str(), rests), (Outcome::Fail, OTHER, 1));
    assert_eq!(text, "CSQU3054383 left on 2026-11-05, and the certificate states 2026-09-05.");
    // The stated ship's own delay, short and long.
    let (result, text, ..) = told("2026-09-12T08:00", (STAR, "2609S"), [None, None]);
    assert_eq!(
        (result, text.contains("CSQU3054383 left with the stated ship")),
        (Outcome::Pass, true),
        "{text}"
    );
    assert_eq!(told("2026-09-25T08:00", (STAR, "2610S"), [None, None]).0, Outcome::Warn);
    // Goods that are said to be split leave at several times, and box 4 names one.
    let half = || share(1_600.0, "KGM");
    let (result, text, ..) = told("2026-11-05T08:00", (DAWN, "77"), [half(), half()]);
    assert_eq!((result, text.contains("said to be split")), (Outcome::Warn, true), "{text}");
    // Both as stated: one sentence for all, resting on both.
    let (result, text, _, rests) = told("2026-09-05T08:00", (STAR, "2609S"), [None, None]);
    assert_eq!(
        (result, text.as_str(), rests),
        (Outcome::Pass, "The goods left on 2026-09-05, as stated.", 2)
    );
    // Of one of the two nothing is told yet.
    let waiting = after(&[("/bindings", both([None, None]))], |s| {
        direct(s, MINE);
        let with = ["booking:EXBK7777", "bl:EXBL00099999"];
        s.says("yangshan-terminal", [moved(Kind::GateIn, OTHER, "2026-09-04T08:00", YANGSHAN).with(&with)]);
    });
    let r2 = waiting.rule("R2").unwrap();
    assert_eq!(r2.result, Outcome::NotAssessable, "{}", r2.text);
}

#[test]
fn a_share_of_a_booking_and_of_a_container_on_it_is_one_share() {
    let whole = || share(3_200.0, "KGM").unwrap();
    let one = |at: &[usize], quantity: f64| {
        let mut bindings = both([None, None]);
        for at in at {
            bindings[*at]["share"] = json!({ "quantity": quantity, "unit": "KGM" });
        }
        bindings
    };
    // The whole item, said of the bill, of the booking and of the container of one journey.
    let mut bindings = json!([
        {"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE}
    ]);
    for at in 0..3 {
        bindings[at]["share"] = whole();
    }
    let told = after(&[("/bindings", bindings)], |s| direct(s, MINE));
    assert_eq!((said(&told).0, found(&told)), (Outcome::Pass, vec![]), "{}", said(&told).1);
    // Two journeys, each half, said twice of each.
    let halves = two_months_apart(one(&[1, 2, 4, 5], 1_600.0));
    assert_eq!(said(&halves).0, Outcome::Pass, "{}", said(&halves).1);
    // Two journeys with the whole item each are two uses.
    let twice = two_months_apart(one(&[1, 2, 4, 5], 3_200.0));
    assert_eq!(said(&twice).0, Outcome::Fail);
    // One journey's by its booking, the other's by its container.
    let mixed = two_months_apart(one(&[1, 5], 3_200.0));
    assert_eq!(said(&mixed).0, Outcome::Fail);
    // Nobody has seen a journey yet: the form itself is not said to be wrong.
    let findings = |document: &Value| {
        let (_, findings) = sealane_origin::read(document.to_string().as_bytes());
        findings.iter().filter(|f| f.code.as_str() == "ECO-037").count()
    };
    assert_eq!(findings(&sample(&[("/bindings", one(&[1, 2], 3_200.0))])), 0);
    assert_eq!(findings(&sample(&[("/bindings", one(&[2, 5], 3_200.0))])), 1);
}

#[test]
fn an_edge_names_the_share_of_its_container_once() {
    let mut bindings = both([share(1_600.0, "KGM"), None]);
    bindings[1]["share"] = json!({ "quantity": 1_600, "unit": "KGM" });
    let mut story = certified(&[("/bindings", bindings)]);
    direct(&mut story, MINE);
    let graph = story.told().graph("eco_1");
    let shares: Vec<usize> = graph.edges.iter().map(|e| e.shares.len()).collect();
    assert_eq!(shares, [1]);
}
