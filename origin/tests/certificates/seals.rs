//! Seals in the order of events: what customs explains, and what breaks after that.

use crate::rules::{after, certified, found, m};
use crate::story::*;
use sealane_data::certificate::{CertificateAct, Gravity};
use sealane_data::observation::Kind;
use sealane_origin::Assessment;
use sealane_origin::rules::{Outcome, StayState};

/// One thing that is told: who, what, when, where, by which ship, and which seal.
type Step = (&'static str, Kind, &'static str, (&'static str, &'static str), Option<&'static str>);

fn told(steps: &[Step]) -> Assessment {
    after(&[], |s| {
        for (party, kind, at, where_, seal) in steps {
            let mut step = m(*kind, at, *where_).planned_from_to(YANGSHAN, KLANG);
            if matches!(kind, Kind::Loaded | Kind::Discharged) {
                let second = *at > "2026-09-10";
                step = if second { step.on(DAWN, "77") } else { step.on(STAR, "2609S") };
            }
            let step = match seal {
                Some(seal) => step.sealed(seal),
                None => step,
            };
            s.says(party, [step]);
        }
    })
}

/// Over Cai Mep with these seals: at the load, the discharge, the second load and the last discharge.
fn over_cai_mep(seals: [&'static str; 4], between: &[Step]) -> Assessment {
    let mut steps: Vec<Step> = vec![
        ("yangshan-terminal", Kind::Loaded, "2026-09-05T08:00", YANGSHAN, Some(seals[0])),
        ("cai-mep-terminal", Kind::Discharged, "2026-09-09T03:00", CAI_MEP, Some(seals[1])),
    ];
    steps.extend_from_slice(between);
    steps.extend([
        ("cai-mep-terminal", Kind::Loaded, "2026-09-11T08:00", CAI_MEP, Some(seals[2])),
        ("klang-terminal", Kind::Discharged, "2026-09-14T08:00", KLANG, Some(seals[3])),
    ]);
    told(&steps)
}

const INSPECTED: Step = ("cai-mep-terminal", Kind::Inspected, "2026-09-09T14:00", CAI_MEP, None);

fn r6(told: &Assessment) -> (Outcome, &str) {
    let ruling = told.rule("R6").unwrap();
    (ruling.result, ruling.text.as_str())
}

#[test]
fn a_break_after_the_inspection_is_found_beside_the_explained_change() {
    let once = over_cai_mep(["AA1111", "AA1111", "BB2222", "BB2222"], &[INSPECTED]);
    assert_eq!(r6(&once).0, Outcome::Warn, "{}", r6(&once).1);
    assert!(r6(&once).1.contains("BB2222 after customs"), "{}", r6(&once).1);
    let twice = over_cai_mep(["AA1111", "AA1111", "BB2222", "CC3333"], &[INSPECTED]);
    assert_eq!(r6(&twice).0, Outcome::Fail, "{}", r6(&twice).1);
    assert!(r6(&twice).1.contains("from BB2222 to CC3333"), "{}", r6(&twice).1);
    // An inspection before the goods were sealed as they left explains nothing later.
    let early = ("yangshan-terminal", Kind::Inspected, "2026-09-04T08:00", YANGSHAN, None);
    let broken = over_cai_mep(["AA1111", "AA1111", "BB2222", "BB2222"], &[early]);
    assert_eq!(r6(&broken).0, Outcome::Fail, "{}", r6(&broken).1);
}

#[test]
fn custody_is_broken_by_a_second_change_in_one_stay() {
    let moved = ("cai-mep-terminal", Kind::GateIn, "2026-09-10T08:00", CAI_MEP, Some("BB2222"));
    let explained = over_cai_mep(["AA1111", "AA1111", "BB2222", "BB2222"], &[INSPECTED, moved]);
    assert_eq!(explained.custody[0].state, StayState::Continuous, "{:?}", explained.custody[0].why);
    let second = over_cai_mep(["AA1111", "AA1111", "CC3333", "CC3333"], &[INSPECTED, moved]);
    assert_eq!(second.custody[0].state, StayState::Broken, "customs explain one change and not the next");
    assert_eq!(second.rule("R8").unwrap().result, Outcome::Fail);
}

#[test]
fn changes_are_named_in_the_order_of_their_times() {
    let steps: [Step; 3] = [
        ("yangshan-terminal", Kind::Loaded, "2026-09-05T08:00", YANGSHAN, Some("AB1234")),
        ("klang-terminal", Kind::Discharged, "2026-09-09T03:00", KLANG, Some("ZZ9999")),
        ("klang-terminal", Kind::GateOut, "2026-09-09T09:00", KLANG, Some("QQ7777")),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let told = told(&order.map(|n: usize| steps[n]));
        let (result, text) = r6(&told);
        assert_eq!(result, Outcome::Fail);
        assert!(text.contains("from AB1234 to ZZ9999, then to QQ7777"), "{order:?}: {text}");
    }
}

#[test]
fn an_exporter_is_told_once_that_a_rule_found_something_this_bad() {
    let begun = || {
        let (mut story, load) = (certified(&[]), m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN));
        let off = m(Kind::Discharged, "2026-09-11T03:00", KLANG).on(STAR, "2609S").sealed("ZZ9999");
        story.says("yangshan-terminal", [load.on(STAR, "2609S").sealed("AB1234")]);
        story.says("klang-terminal", [off]);
        story
    };
    let (mut story, mut old) = (begun(), begun());
    let r6 = |story: &Story| {
        let told = story.told();
        let finding = told.assess("eco_1").rule("R6").unwrap().clone();
        let knows = told.get("eco_1").exporter_knows(&finding);
        (finding, knows)
    };
    let (first, knows) = r6(&story);
    assert!(!knows && first.result == Outcome::Fail);
    // An entry of an older log names the rule only: it stands for what was known by then.
    old.act(
        "operator",
        "eco_1",
        CertificateAct::Told { rule: "R6".into(), finding: String::new(), result: None },
    );
    let told = sealane_origin::told(story.told().get("eco_1"), &first).act;
    story.act("operator", "eco_1", told);
    for (story, still) in [(&mut story, true), (&mut old, false)] {
        assert!(r6(story).1);
        // Other words for what it knows: whoever can change them would hide it for ever.
        story.says("klang-terminal", [m(Kind::GateOut, "2026-09-12T09:00", KLANG).sealed("QQ7777")]);
        let (second, knows) = r6(story);
        assert!(knows == still && second.text != first.text, "{}", second.text);
    }
    let told = |result| {
        let mut story = begun();
        let finding = "ab".repeat(32);
        story.act(
            "operator",
            "eco_1",
            CertificateAct::Told { rule: "R6".into(), finding, result: Some(result) },
        );
        r6(&story).1
    };
    assert!(told(Gravity::Fail) && !told(Gravity::Warn), "what is worse is told anew");
    assert_eq!(first.digest().len(), 64);
    assert_ne!(first.digest(), r6(&story).0.digest());
}

#[test]
fn one_differing_source_still_only_warns() {
    let slip = over_cai_mep(["AA1111", "AA1111", "AA1117", "AA1111"], &[]);
    assert_eq!((r6(&slip).0, found(&slip)[0]), (Outcome::Warn, ("R6", Outcome::Warn)));
    assert!(r6(&slip).1.contains("One source"), "{}", r6(&slip).1);
    let same = over_cai_mep(["AA1111", "aa-1111", "AA 1111", "AA1111"], &[INSPECTED]);
    assert_eq!(r6(&same).0, Outcome::Pass);
}
