//! Several sources tell the same story: one fact, its witnesses, its leader, and who contradicts it.

use super::*;
use crate::route::LedBy;
use proptest::prelude::*;
use sealane_data::fact::Certainty;

const GATE: &str = "MY-WESTPORTS";

fn gate_in(classifier: Classifier, at: &str, precision: Precision) -> Observation {
    let mut told = of_box(said(Kind::GateIn, classifier, GATE, at));
    told.time = told.time.map(|t| DeclaredTime { precision, ..t });
    told
}

/// The same gate-in from a terminal's EDI and its yard system, a carrier and a port community.
fn four() -> Vec<Made> {
    use Classifier::{Actual, Estimated};
    vec![
        message("terminal", "CODECO", vec![gate_in(Actual, "2026-09-04T02:13:00Z", Precision::Minute)])
            .written("2026-09-04T03:00:00Z"),
        message("yard", "SNX", vec![gate_in(Actual, "2026-09-04T02:13:27Z", Precision::Second)]),
        message("carrier", "DCSA", vec![gate_in(Actual, "2026-09-04T02:15:00Z", Precision::Minute)])
            .written("2026-09-04T04:00:00Z"),
        message("community", "PCS", vec![gate_in(Actual, "2026-09-04T00:00:00Z", Precision::Day)]),
        message("carrier", "DCSA", vec![gate_in(Estimated, "2026-09-04T01:00:00Z", Precision::Minute)]),
    ]
}

fn believed() -> Vec<Partner> {
    vec![partner("terminal", &["MY-PKG"], &[Kind::GateIn, Kind::GateOut])]
}

#[test]
fn four_sources_of_one_gate_move_are_one_fact() {
    let mut world = world(&believed());
    tell(&mut world, &four());
    let journey = world.journey(&journey(&world)).unwrap();
    let past: Vec<_> = journey.events.iter().filter(|e| e.event.classifier == Classifier::Actual).collect();
    let [gate] = &past[..] else { panic!("{past:?}") };
    assert_eq!((gate.event.witnesses, gate.event.contradicted), (4, false));
    assert_eq!((&*gate.event.source.0, gate.event.certainty), ("terminal", Certainty::Observed));
    assert_eq!(gate.event.at, Some(at("2026-09-04T02:13:00Z")), "its minute leads over the yard's second");
}

#[test]
fn an_estimate_is_no_witness_and_stands_beside() {
    let mut world = world(&believed());
    tell(&mut world, &four());
    let all = world.witnesses(&journey(&world));
    let told: Vec<_> = all.iter().map(|w| (w.event.classifier, w.witnesses.len(), w.led_by)).collect();
    assert_eq!(told, [(Classifier::Actual, 4, LedBy::Authority), (Classifier::Estimated, 1, LedBy::Alone)]);
}

#[test]
fn contradictions_are_kept_and_the_leader_says_why_it_leads() {
    let late = gate_in(Classifier::Actual, "2026-09-04T09:30:00Z", Precision::Minute);
    let mut all = four();
    all.push(message("haulier", "IFTSTA", vec![late]));
    let mut world = world(&[]);
    tell(&mut world, &all);
    let fact = world.witnesses(&journey(&world)).remove(0);
    // Nobody is believed here: the finest time leads.
    assert_eq!((fact.led_by, &*fact.event.source.0), (LedBy::Precision, "yard"));
    assert!(fact.event.contradicted && fact.event.certainty == Certainty::Reported);
    let against: Vec<&str> = fact.witnesses.iter().filter(|w| w.contradicts).map(|w| &*w.party.0).collect();
    assert_eq!((against, fact.witnesses.len()), (vec!["haulier"], 5));
}

proptest! {
    #[test]
    fn the_order_of_the_witnesses_does_not_matter(order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle()) {
        let all = four();
        let events = |order: &[usize]| {
            let mut world = world(&believed());
            tell(&mut world, order.iter().map(|i| &all[*i]));
            let mut told = world.witnesses(&journey(&world));
            for fact in &mut told {
                fact.event.seq = 0;
                for witness in &mut fact.witnesses {
                    witness.seq = 0;
                }
            }
            told
        };
        prop_assert_eq!(events(&order), events(&[0, 1, 2, 3, 4]));
    }
}
