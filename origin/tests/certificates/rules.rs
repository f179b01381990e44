//! Certificates that are right, late, of the wrong ship, with a swapped container, a broken seal, a
//! second use, and with transshipments: the rules find exactly these.

use crate::story::*;
use sealane_data::certificate::{CertificateAct, LifecycleState};
use sealane_data::observation::Kind;
use sealane_origin::rules::{Outcome, SiteText, StayState};
use sealane_origin::{Assessment, Papers, RULES};
use serde_json::{Value, json};

/// Returns what warns or fails.
pub(crate) fn found(assessment: &Assessment) -> Vec<(&str, Outcome)> {
    assessment.found().map(|r| (r.rule, r.result)).collect()
}

pub(crate) fn certified(changes: &[(&str, Value)]) -> Story {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", &sample(changes));
    story
}

pub(crate) fn after(changes: &[(&str, Value)], tell: impl FnOnce(&mut Story)) -> Assessment {
    let mut story = certified(changes);
    tell(&mut story);
    story.told().assess("eco_1")
}

pub(crate) fn m(kind: Kind, at: &str, where_: (&str, &str)) -> Move {
    moved(kind, MINE, at, where_)
}

/// Load at Yangshan, as the terminal tells it.
fn loaded(story: &mut Story, at: &str, ship: (&str, &str)) {
    let load = m(Kind::Loaded, at, YANGSHAN).on(ship, "2609S").planned_from_to(YANGSHAN, KLANG);
    story.says("yangshan-terminal", [load]);
}

fn discharged(story: &mut Story, at: &str, ship: (&str, &str)) {
    story.says("klang-terminal", [m(Kind::Discharged, at, KLANG).on(ship, "2609S")]);
}

#[test]
fn a_right_certificate_agrees_in_everything_that_was_told() {
    let told = after(&[], |s| direct(s, MINE));
    assert_eq!((found(&told), told.state, told.text), (vec![], "consistent", "movement agrees"));
    let passed: Vec<&str> = told.rules.iter().filter(|r| r.result == Outcome::Pass).map(|r| r.rule).collect();
    assert_eq!(passed, ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R12", "R13", "R14"]);
    assert_eq!(told.rule("R7").unwrap().details["class"], "direct");
    assert_eq!((told.legs.len(), told.legs[0].witnesses), (1, 3), "two at the load, one at the discharge");
    for ruling in &told.rules {
        assert!(ruling.text.ends_with('.') && !ruling.text.contains("proven"), "{}", ruling.text);
        let rests = ["R3", "R4", "R6", "R13"].contains(&ruling.rule);
        assert!(!rests || !ruling.seqs.is_empty(), "{} names no observation", ruling.rule);
    }
    assert_eq!(told.rules.len(), RULES.len());
}

#[test]
fn without_a_movement_nothing_is_said() {
    let told = certified(&[]).told().assess("eco_1");
    assert_eq!((found(&told), told.state), (vec![], "not_assessable"));
    let on_the_way = after(&[], |s| loaded(s, "2026-09-05T08:00", STAR));
    assert_eq!((found(&on_the_way), on_the_way.state), (vec![], "consistent"));
    assert_eq!(on_the_way.rule("R7").unwrap().result, Outcome::NotAssessable);
}

#[test]
fn late_ships_pass_with_a_note_and_very_late_ones_warn() {
    let late = |left: &str, off: &str, ship| {
        after(&[], |s| {
            loaded(s, left, ship);
            discharged(s, off, ship);
        })
    };
    let told = late("2026-09-10T08:00", "2026-09-16T08:00", STAR);
    assert_eq!(found(&told), []);
    assert_eq!(told.rule("R2").unwrap().details["days"], "5");
    assert!(told.rule("R2").unwrap().text.contains("5 days later"));
    let told = late("2026-09-19T08:00", "2026-09-25T08:00", STAR);
    assert_eq!(found(&told), [("R2", Outcome::Warn)], "from 14 days");
    let told = late("2026-09-01T08:00", "2026-09-07T08:00", STAR);
    assert_eq!(found(&told), [("R2", Outcome::Fail)], "four days before the stated day");
    let told = late("2026-09-03T08:00", "2026-09-09T08:00", STAR);
    assert_eq!(found(&told), [("R2", Outcome::Warn)]);
}

#[test]
fn a_certificate_that_is_late_itself() {
    let told = after(
        &[("/lifecycle/issued_on", json!("2026-09-12")), ("/lifecycle/valid_until", json!("2027-09-11"))],
        |s| direct(s, MINE),
    );
    assert_eq!(found(&told), [("R2", Outcome::Warn)], "issued after departure and not ticked");
    let ticked = [
        ("/lifecycle/issued_on", json!("2026-09-12")),
        ("/lifecycle/valid_until", json!("2027-09-11")),
        ("/flags/issued_retroactively", json!(true)),
    ];
    assert_eq!(found(&after(&ticked, |s| direct(s, MINE))), []);
    let old =
        [("/lifecycle/issued_on", json!("2025-09-05")), ("/lifecycle/valid_until", json!("2026-09-04"))];
    assert_eq!(found(&after(&old, |s| direct(s, MINE))), [("R1", Outcome::Fail)]);
}

#[test]
fn a_wrong_ship_is_found_and_a_feeder_is_none() {
    let told = after(&[("/transport/conveyance_text", json!("PACIFIC DAWN V.001"))], |s| direct(s, MINE));
    assert_eq!(found(&told), [("R3", Outcome::Fail)]);
    assert!(told.rule("R3").unwrap().text.contains("EXAMPLE STAR"));
    for blank in ["***", "BY SEA", ""] {
        let told = after(&[("/transport/conveyance_text", json!(blank))], |s| direct(s, MINE));
        assert_eq!(
            (found(&told), told.rule("R3").unwrap().result),
            (vec![], Outcome::NotAssessable),
            "{blank}"
        );
    }
    let second =
        after(&[("/transport/conveyance_text", json!("PACIFIC DAWN"))], |s| transshipped(s, Gap::None));
    assert_eq!(found(&second), [], "any ship of the journey passes");
}

#[test]
fn another_port_is_found_under_all_its_names() {
    for name in ["MYPKG", "Westports", "PORT KLANG", "Port Klang (Malaysia)"] {
        let told = after(&[("/transport/port_of_discharge_text", json!(name))], |s| direct(s, MINE));
        assert_eq!((found(&told), told.rule("R4").unwrap().result), (vec![], Outcome::Pass), "{name}");
    }
    let told = after(&[("/transport/port_of_discharge_text", json!("CAI MEP"))], |s| direct(s, MINE));
    assert_eq!(found(&told), [("R4", Outcome::Warn)], "another port, and the right Party");
    let to_japan = [("/importing_party", json!("JP")), ("/consignee/country", json!("JP"))];
    let told = after(&to_japan, |s| direct(s, MINE));
    assert_eq!(found(&told), [("R13", Outcome::Fail)]);
}

#[test]
fn a_swapped_container_is_found_through_the_bill_of_lading() {
    let told = after(&[], |s| direct(s, OTHER));
    assert_eq!(found(&told), [("R5", Outcome::Fail)]);
    assert!(!format!("{told:?}").contains(OTHER), "a stranger's container is the operator's to know");
}

#[test]
fn a_missing_event_counts_only_where_a_live_feed_covers_the_node() {
    let mut story = certified(&[]);
    let off =
        m(Kind::Discharged, "2026-09-11T03:00", KLANG).on(STAR, "2609S").planned_from_to(YANGSHAN, KLANG);
    story.says("klang-terminal", [off]);
    let told = story.told();
    assert_eq!(found(&told.assess_with("eco_1", |e| e.covered = true)), [("R5", Outcome::Warn)]);
    assert_eq!(found(&told.assess_with("eco_1", |e| e.covered = false)), []);
    let mut story = certified(&[]);
    loaded(&mut story, "2026-09-05T08:00", STAR);
    story.says("klang-terminal", [m(Kind::GateOut, "2026-09-12T09:00", KLANG)]);
    let told = story.told();
    assert_eq!(found(&told.assess_with("eco_1", |e| e.covered = true)), [("R5", Outcome::Warn)]);
    assert_eq!(found(&told.assess_with("eco_1", |e| e.covered = false)), []);
}

/// The direct voyage with these seals: at the load (terminal, line), discharge and gate-out.
fn sealed(seals: [&str; 4], customs: bool) -> Assessment {
    after(&[], |s| {
        s.says(
            "yangshan-terminal",
            [m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S").sealed(seals[0])],
        );
        s.says("line", [m(Kind::Loaded, "2026-09-05T08:30", YANGSHAN).on(STAR, "2609S").sealed(seals[1])]);
        if customs {
            s.says("klang-terminal", [m(Kind::Inspected, "2026-09-11T01:00", KLANG)]);
        }
        s.says(
            "klang-terminal",
            [m(Kind::Discharged, "2026-09-11T03:00", KLANG).on(STAR, "2609S").sealed(seals[2])],
        );
        s.says("klang-terminal", [m(Kind::GateOut, "2026-09-12T09:00", KLANG).sealed(seals[3])]);
    })
}

#[test]
fn a_broken_seal_is_found_and_a_slip_only_warns() {
    assert_eq!(found(&sealed(["A1001", "a-1001", "A 1001", "0A1001"], false)), []);
    let broken = sealed(["A1001", "A1001", "B2002", "B2002"], false);
    assert_eq!((found(&broken), broken.text), (vec![("R6", Outcome::Fail)], "movement does not agree"));
    let slip = sealed(["A1001", "A1010", "A1001", "A1001"], false);
    assert_eq!(found(&slip), [("R6", Outcome::Warn)], "one differing source");
    assert_eq!(found(&sealed(["X9999", "A1001", "A1001", "A1001"], false)), [("R6", Outcome::Warn)]);
    assert_eq!(
        found(&sealed(["A1001", "A1001", "B2002", "B2002"], true)),
        [("R6", Outcome::Warn)],
        "customs opened it"
    );
    let odd = sealed(["NONE", "N/A", "A1001", "-"], false);
    assert_eq!((found(&odd), odd.rule("R6").unwrap().result), (vec![], Outcome::NotAssessable));
}

/// What is wrong with a transshipment.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    None,
    NoLoad,
    GateOut,
    Stripped,
    Resealed,
    Long,
}

/// By one ship to Cai Mep and by another to Klang.
fn transshipped(s: &mut Story, gap: Gap) {
    via(s, gap, CAI_MEP);
}

fn via(s: &mut Story, gap: Gap, port: (&str, &str)) {
    let (seal, after) = ("A1001", if gap == Gap::Resealed { "B2002" } else { "A1001" });
    let plan = |m: Move| m.planned_from_to(YANGSHAN, KLANG);
    s.says(
        "yangshan-terminal",
        [plan(m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S").sealed(seal))],
    );
    s.says(
        "cai-mep-terminal",
        [plan(m(Kind::Discharged, "2026-09-09T03:00", port).on(STAR, "2609S").sealed(seal))],
    );
    match gap {
        Gap::GateOut => {
            s.says("cai-mep-terminal", [m(Kind::GateOut, "2026-09-10T03:00", port)]);
            s.says("cai-mep-terminal", [m(Kind::GateIn, "2026-09-10T23:00", port)]);
        }
        Gap::Stripped => s.says("cai-mep-terminal", [m(Kind::Stripped, "2026-09-10T03:00", port)]),
        _ => {}
    }
    let (on, off) = if gap == Gap::Long {
        ("2026-10-12T08:00", "2026-10-16T08:00")
    } else {
        ("2026-09-11T08:00", "2026-09-14T08:00")
    };
    if gap != Gap::NoLoad {
        s.says("cai-mep-terminal", [plan(m(Kind::Loaded, on, port).on(DAWN, "77").sealed(after))]);
    }
    s.says("klang-terminal", [plan(m(Kind::Discharged, off, KLANG).on(DAWN, "77").sealed(after))]);
}

#[test]
fn a_transshipment_with_custody_told_throughout_agrees() {
    let told = after(&[], |s| transshipped(s, Gap::None));
    assert_eq!((found(&told), told.state), (vec![], "consistent"));
    let class = told.rule("R7").unwrap();
    assert_eq!(
        (class.details["class"].as_str(), class.details["via"].as_str()),
        ("via_intermediate_party", "VN")
    );
    assert_eq!(told.custody.len(), 1);
    let stay = &told.custody[0];
    assert_eq!((stay.node.0.as_str(), stay.state, stay.hours), ("VN-CMIT", StayState::Continuous, Some(53)));
    assert_eq!((stay.seqs.len(), stay.witnesses), (2, 1));
    assert_eq!(told.legs.iter().map(|l| l.witnesses).collect::<Vec<_>>(), [2, 2]);
    let outside = after(&[], |s| via(s, Gap::None, KAOHSIUNG));
    assert_eq!(outside.rule("R7").unwrap().details["class"], "via_non_party");
    assert_eq!(found(&outside), []);
}

#[test]
fn every_gap_in_custody_is_found() {
    let warn = vec![("R7", Outcome::Warn), ("R8", Outcome::Warn)];
    let broken = vec![("R7", Outcome::Warn), ("R8", Outcome::Fail)];
    for (gap, expected, word) in [
        (Gap::NoLoad, warn.clone(), "no load"),
        (Gap::GateOut, warn.clone(), "left the terminal"),
        (Gap::Long, warn, "more than 30 days"),
        (Gap::Stripped, broken, "put in or taken out"),
        (
            Gap::Resealed,
            vec![("R6", Outcome::Fail), ("R7", Outcome::Warn), ("R8", Outcome::Fail)],
            "the seal is another one",
        ),
    ] {
        let told = after(&[], |s| transshipped(s, gap));
        assert_eq!(found(&told), expected, "{word}: {:#?}", told.rules);
        assert!(told.rule("R8").unwrap().text.contains(word), "{}", told.rule("R8").unwrap().text);
    }
    let told = after(&[], |s| transshipped(s, Gap::GateOut));
    assert!(told.rule("R8").unwrap().text.contains("non-manipulation certificate"));
}

#[test]
fn a_second_use_is_found() {
    let twice = json!([
        {"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE},
        {"type": "TRD", "value": "EXBL00099999"}, {"type": "BKG", "value": "EXBK7777"}, {"type": "EQ", "value": OTHER}
    ]);
    let second = |s: &mut Story| {
        direct(s, MINE);
        let later =
            |kind, at, where_| moved(kind, OTHER, at, where_).with(&["booking:EXBK7777", "bl:EXBL00099999"]);
        s.says("yangshan-terminal", [later(Kind::Loaded, "2026-11-05T08:00", YANGSHAN).on(STAR, "2611S")]);
        s.says("klang-terminal", [later(Kind::Discharged, "2026-11-11T08:00", KLANG).on(STAR, "2611S")]);
    };
    let told = after(&[("/bindings", twice.clone())], second);
    // The stated ship carried the second two months later.
    let late = ("R2", Outcome::Warn);
    assert_eq!(found(&told), [late, ("R14", Outcome::Fail)]);
    let mut shared = twice.clone();
    shared[2]["share"] = json!({"quantity": 2000, "unit": "KGM"});
    shared[5]["share"] = json!({"quantity": 1200, "unit": "KGM"});
    assert_eq!(found(&after(&[("/bindings", shared.clone())], second)), [late], "a split shipment is normal");
    shared[5]["share"] = json!({"quantity": 2200, "unit": "KGM"});
    assert_eq!(found(&after(&[("/bindings", shared)], second)), [late, ("R14", Outcome::Fail)]);
    // Who says that all of it is on the late box splits nothing.
    let late_box = |bindings: Value| {
        after(&[("/bindings", bindings)], |s: &mut Story| {
            let later = |kind, at, where_| moved(kind, OTHER, at, where_).with(&["booking:EXBK7777"]);
            s.says("yangshan-terminal", [later(Kind::Loaded, "2026-11-05T08:00", YANGSHAN).on(DAWN, "77")]);
            s.says("klang-terminal", [later(Kind::Discharged, "2026-11-11T08:00", KLANG).on(DAWN, "77")]);
        })
    };
    let of = |quantity: u32| {
        json!([{"type": "BKG", "value": "EXBK7777"},
        {"type": "EQ", "value": OTHER, "share": {"quantity": quantity, "unit": "KGM"}}])
    };
    assert_eq!(late_box(of(3200)).rule("R2").unwrap().result, Outcome::Fail);
    assert_eq!(late_box(of(1600)).rule("R2").unwrap().result, Outcome::Warn, "the rest went elsewhere");
    // The same number in somebody else's hands, for other goods.
    let mut story = certified(&[]);
    direct(&mut story, MINE);
    let theirs = sample(&[(
        "/bindings",
        json!([{"type": "BKG", "value": "EXBK7777"}, {"type": "TRD", "value": "EXBL00099999"}]),
    )]);
    story.certificate("other", "eco_2", &theirs);
    assert_eq!(found(&story.told().assess("eco_1")), []);
    // Goods that only he tells of are no second use: anybody could cry it.
    let alone = |kind, at| moved(kind, OTHER, at, YANGSHAN).with(&["booking:EXBK7777", "bl:EXBL00099999"]);
    story.says("other", [alone(Kind::Loaded, "2026-11-05T07:00").on(STAR, "2611S")]);
    assert_eq!(story.told().graph("eco_2").edges.len(), 1);
    let uses =
        |story: &Story| ["eco_1", "eco_2"].map(|id| story.told().assess(id).rule("R14").unwrap().result);
    assert_eq!(uses(&story), [Outcome::Pass, Outcome::Fail], "the first keeps what it has");
    second(&mut story);
    assert_eq!(uses(&story), [Outcome::Warn, Outcome::Fail], "until a person decided");
    let answers = story.told().register.all_contested()[0].id.clone();
    story.act("operator", "eco_2", CertificateAct::Upheld { answers, stands: true });
    assert_eq!(uses(&story), [Outcome::Fail, Outcome::Fail]);
}

#[test]
fn weight_invoices_and_codes_are_compared_with_the_papers() {
    let with = |change: fn(&mut Papers)| {
        let mut story = certified(&[]);
        direct(&mut story, MINE);
        story.told().assess_with("eco_1", |e| change(&mut e.papers))
    };
    for (change, expected) in [
        ((|p| p.gross_kg = Some(3_210.0)) as fn(&mut Papers), vec![]),
        (|p| p.gross_kg = Some(3_300.0), vec![("R9", Outcome::Warn)]),
        (|p| p.gross_kg = Some(4_000.0), vec![("R9", Outcome::Fail)]),
        (|p| p.packages = Some(41), vec![("R9", Outcome::Warn)]),
        (|p| p.hs_codes = vec!["8413.70.21".into()], vec![]),
        (|p| p.hs_codes = vec!["841381".into()], vec![("R11", Outcome::Warn)]),
        (|p| p.hs_codes = vec!["940360".into()], vec![("R11", Outcome::Fail)]),
        (|p| p.invoices = vec!["inv 2026/0907".into()], vec![]),
        (|p| p.invoices = vec!["OTHER-1".into()], vec![("R10", Outcome::Fail)]),
        (|p| p.invoices = vec!["INV-2026-0907".into(), "OTHER-1".into()], vec![("R10", Outcome::Warn)]),
    ] {
        assert_eq!(found(&with(change)), expected);
    }
    let heavy = after(&[("/items/0/quantity/value", json!(20_000))], |s| direct(s, MINE));
    assert_eq!(found(&heavy), [("R9", Outcome::Fail)], "heavier than its container");
}

#[test]
fn a_replaced_certificate_is_found_and_keeps_its_movement() {
    let mut story = certified(&[]);
    direct(&mut story, MINE);
    let to = LifecycleState::Replaced;
    story.act("operator", "eco_1", CertificateAct::Moved { to, by: None });
    let told = story.told();
    assert_eq!(found(&told.assess("eco_1")), [("R12", Outcome::Fail)]);
    assert_eq!(told.graph("eco_1").edges.len(), 1);
}

#[test]
fn a_site_that_says_something_else_is_found() {
    let mut story = certified(&[]);
    direct(&mut story, MINE);
    let told = story.told();
    let site = |text: SiteText| told.assess_with("eco_1", |e| e.site = Some(text));
    let right = SiteText {
        number: Some("example 0001".into()),
        hs_codes: vec!["8413.70".into()],
        origins: vec!["cn".into()],
        regime: Some("RCEP".into()),
        ..SiteText::default()
    };
    assert_eq!(site(right.clone()).rule("R15").unwrap().result, Outcome::Pass);
    let drifted = site(SiteText { origins: vec!["VN".into()], hs_codes: vec!["940360".into()], ..right });
    assert_eq!(found(&drifted), [("R15", Outcome::Warn)]);
    assert_eq!(drifted.rule("R15").unwrap().details["drift"], "HS code, country of origin");
}
