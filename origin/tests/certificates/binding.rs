//! Edges, conflicts, proposals and decisions over a real world.

use crate::story::*;
use sealane_data::certificate::{BindingDecision, CertificateAct, Choice};
use sealane_data::observation::Kind;
use sealane_origin::binding::{Basis, ConflictKind};
use serde_json::json;

fn decision(container: &str, day: &str, choice: Choice, answers: Option<&str>) -> CertificateAct {
    let answers = answers.map(Into::into);
    CertificateAct::Decided(BindingDecision {
        answers,
        container: container.into(),
        day: day.parse().unwrap(),
        choice,
    })
}

fn story(bindings: serde_json::Value) -> Story {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", &sample(&[("/bindings", bindings)]));
    story
}

#[test]
fn edges_say_how_they_are_known_and_by_whom() {
    let mut told =
        story(json!([{"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"},
        {"type": "EQ", "value": MINE, "share": {"item": 1, "quantity": 1200, "unit": "KGM"}}]));
    direct(&mut told, MINE);
    let told = told.told();
    let graph = told.graph("eco_1");
    let edge = &graph.edges[0];
    assert_eq!((graph.edges.len(), edge.basis, edge.score), (1, Basis::Asserted, 95));
    assert_eq!(
        edge.tellers.iter().map(|p| p.0.as_str()).collect::<Vec<_>>(),
        ["klang-terminal", "line", "yangshan-terminal"]
    );
    assert_eq!((edge.shares.len(), edge.shares[0].quantity), (1, 1200.0));
    assert_eq!((graph.conflicts.len(), graph.proposals.len()), (0, 0));
    assert_eq!(told.register.bound(told.get("eco_1"), &told.world), graph.bound());
    let mut alone = story(json!([{"type": "EQ", "value": MINE}]));
    alone.says("exporter", [moved(Kind::Loaded, MINE, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S")]);
    let graph = alone.told().graph("eco_1");
    assert_eq!((graph.edges[0].basis, graph.edges[0].score), (Basis::Inferred, 40));
}

#[test]
fn what_contradicts_waits_for_a_person() {
    let mut tale = story(
        json!([{"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE}]),
    );
    direct(&mut tale, OTHER);
    let graph = tale.told().graph("eco_1");
    assert_eq!(graph.edges.len(), 0, "a contradiction ties nothing");
    let conflict = graph.conflicts[0].clone();
    assert_eq!((conflict.kind, conflict.container.as_str()), (ConflictKind::OtherContainer, OTHER));
    assert_eq!(conflict.day.unwrap().to_string(), "2026-09-03");
    // A stranger and the owner cannot decide; the operator ties the container that really went.
    let tie = decision(OTHER, "2026-09-04", Choice::Tie, Some(&conflict.id));
    tale.act("other", "eco_1", tie.clone());
    tale.act("exporter", "eco_1", tie.clone());
    assert_eq!(tale.told().graph("eco_1"), graph);
    tale.act("operator", "eco_1", tie);
    let decided = tale.told().graph("eco_1");
    assert_eq!((decided.conflicts.len(), decided.edges.len()), (0, 1));
    assert_eq!((decided.edges[0].basis, decided.edges[0].score), (Basis::Asserted, 100));
    tale.act("operator", "eco_1", decision(OTHER, "2026-09-04", Choice::Part, None));
    let parted = tale.told().graph("eco_1");
    assert_eq!((parted.conflicts.len(), parted.edges.len()), (0, 0), "the last word counts");
}

#[test]
fn a_movement_that_names_another_certificate_is_a_conflict() {
    let names = |number: &str| {
        let mut tale = story(
            json!([{"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": MINE}]),
        );
        direct(&mut tale, MINE);
        let reference = format!("certificate:{number}");
        let with = ["booking:EXBK9988", "bl:EXBL00012345", &reference];
        tale.says("line", [moved(Kind::GateOut, MINE, "2026-09-12T09:00", KLANG).with(&with)]);
        tale.told().graph("eco_1").conflicts
    };
    assert_eq!(names("EXAMPLE-0001"), []);
    assert_eq!(names("EXAMPLE-0002")[0].kind, ConflictKind::OtherCertificate);
}

#[test]
fn an_invoice_only_proposes() {
    let mut tale = story(json!([{"type": "EQ", "value": MINE}, {"type": "INV", "value": "INV-2026-0907"}]));
    let moves =
        |kind, at, where_| moved(kind, MINE, at, where_).with(&["invoice:INV-2026-0907", "booking:THEIRS01"]);
    tale.says("yangshan-terminal", [moves(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S")]);
    tale.says("klang-terminal", [moves(Kind::Discharged, "2026-09-11T08:00", KLANG).on(STAR, "2609S")]);
    let graph = tale.told().graph("eco_1");
    assert_eq!(graph.edges.len(), 0, "naming an invoice is no claim");
    let proposal = graph.proposals[0].clone();
    assert_eq!(
        (proposal.score, proposal.reasons.as_slice()),
        (100, ["invoice", "dates", "container", "importing_party"].as_slice())
    );
    tale.act(
        "operator",
        "eco_1",
        decision(MINE, &proposal.day.unwrap().to_string(), Choice::Tie, Some(&proposal.id)),
    );
    let decided = tale.told().graph("eco_1");
    assert_eq!((decided.edges.len(), decided.proposals.len()), (1, 0));
}

#[test]
fn a_movement_that_names_the_certificate_is_proposed_and_not_tied() {
    let mut tale = story(json!([{"type": "INV", "value": "INV-2026-0907"}]));
    let named = |kind, at, where_| moved(kind, MINE, at, where_).with(&["certificate:EXAMPLE-0001"]);
    tale.says("yangshan-terminal", [named(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S")]);
    let graph = tale.told().graph("eco_1");
    assert_eq!(graph.edges.len(), 0, "numbers run in sequence: who enters one must learn nothing");
    let proposal = &graph.proposals[0];
    assert_eq!(
        (proposal.score, proposal.reasons.as_slice()),
        (80, ["certificate_number", "dates"].as_slice())
    );
}

#[test]
fn a_new_binding_has_another_digest_and_shifts_with_nothing_else() {
    let mut tale =
        story(json!([{"type": "TRD", "value": "EXBL00012345"}, {"type": "BKG", "value": "EXBK9988"}]));
    direct(&mut tale, MINE);
    let before = tale.told().graph("eco_1").digest();
    // Older news of the container numbers its journeys again; the binding is the same.
    tale.says("line", [moved(Kind::Discharged, MINE, "2025-01-05T08:00", KLANG).with(&["booking:OLDER001"])]);
    let told = tale.told();
    assert_eq!(told.graph("eco_1").edges[0].bound.journey.ordinal, 2);
    assert_eq!(told.graph("eco_1").digest(), before);
    direct(&mut tale, OTHER);
    assert_ne!(tale.told().graph("eco_1").digest(), before);
}
