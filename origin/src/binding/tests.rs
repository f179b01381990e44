//! Tests of binding: who may tie what, and which of several journeys.

use super::*;
use crate::form::tests::sample_with;
use jiff::Timestamp;
use sealane_data::certificate::{CertificateId, CertificateRecord};
use sealane_data::observation::{Classifier, Kind, Load};
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::submission::SubmissionId;
use sealane_data::time::Precision;
use sealane_mapper::route::{JourneyEvent, StopEvent};
use serde_json::{Value, json};

const MINE: &str = "TSTU0000014";
const OTHER: &str = "CSQU3054383";

/// One journey as these tests tell it.
struct Told {
    key: JourneyKey,
    span: Option<(Timestamp, Timestamp)>,
    parties: Vec<&'static str>,
    ties: Vec<(Reference, Vec<&'static str>)>,
    named: Vec<&'static str>,
}

fn told(container: &str, ordinal: u32, span: (&str, &str), parties: &[&'static str]) -> Told {
    let at = |day: &str| format!("{day}T06:00:00Z").parse().unwrap();
    let key = JourneyKey { container: container.into(), ordinal };
    Told {
        key,
        span: Some((at(span.0), at(span.1))),
        parties: parties.to_vec(),
        ties: Vec::new(),
        named: Vec::new(),
    }
}

impl Told {
    fn tied(mut self, reference: &str, by: &[&'static str]) -> Self {
        self.ties.push((reference.parse().unwrap(), by.to_vec()));
        self
    }

    /// The terminal names a party of the booking.
    fn naming(mut self, party: &'static str) -> Self {
        self.named.push(party);
        self
    }
}

fn observed(by: &&'static str) -> JourneyEvent {
    let event = StopEvent {
        kind: Kind::GateIn,
        classifier: Classifier::Actual,
        at: None,
        precision: Precision::Minute,
        certainty: Certainty::Observed,
        source: party(by),
        told_by: "CODECO".into(),
        witnesses: 1,
        contradicted: false,
        seq: 1,
    };
    JourneyEvent { node: None, how: None, event, ship: None, load: Load::Laden, trade: None }
}

fn party(id: &&'static str) -> PartyId {
    PartyId((*id).into())
}

impl Movements for Vec<Told> {
    fn journeys(&self, reference: &Reference) -> Vec<JourneyKey> {
        let carries = |t: &&Told| {
            reference.kind == ReferenceKind::Container && t.key.container == reference.value
                || t.ties.iter().any(|(r, _)| r == reference)
        };
        self.iter().filter(carries).map(|t| t.key.clone()).collect()
    }

    fn journey(&self, key: &JourneyKey) -> Option<Journey> {
        let t = self.iter().find(|t| t.key == *key)?;
        Some(Journey {
            key: key.clone(),
            references: t.ties.iter().map(|(r, _)| r.clone()).collect(),
            parties: t.parties.iter().map(party).collect(),
            declared: t.named.iter().map(|code| (PartyId("terminal".into()), (*code).into())).collect(),
            // The terminal is believed where it stands; the others only say so.
            events: t.parties.iter().filter(|p| **p == "terminal").map(observed).collect(),
            first: t.span.map(|s| s.0),
            last: t.span.map(|s| s.1),
            seq: 1,
        })
    }

    fn joins_as_told(&self, key: &JourneyKey, reference: &Reference) -> Vec<PartyId> {
        let t = self.iter().find(|t| t.key == *key).unwrap();
        t.ties.iter().filter(|(r, _)| r == reference).flat_map(|(_, by)| by.iter().map(party)).collect()
    }
}

fn certificate(owner: &str, changes: &[(&str, Value)]) -> Certificate {
    let record = CertificateRecord {
        id: CertificateId("eco_1".into()),
        natural_key: "k".into(),
        sha256: String::new(),
        document: sample_with(changes),
    };
    let recorded = Recorded {
        seq: 1,
        at: Timestamp::UNIX_EPOCH,
        party: PartyId(owner.into()),
        submission: SubmissionId("sub_1".into()),
        entry: Entry::Certificate(Box::new(record.clone())),
    };
    Certificate::new(&recorded, &record)
}

fn eq(containers: &[&str]) -> (&'static str, Value) {
    ("/bindings", containers.iter().map(|c| json!({"type": "EQ", "value": c})).collect())
}

fn bkg(numbers: &[&str]) -> (&'static str, Value) {
    ("/bindings", numbers.iter().map(|n| json!({"type": "BKG", "value": n})).collect())
}

fn tied(owner: &str, changes: &[(&str, Value)], world: &Vec<Told>) -> Vec<(String, u32, Why)> {
    let found = bound(&certificate(owner, changes), world);
    found.into_iter().map(|b| (b.journey.container.to_string(), b.journey.ordinal, b.why)).collect()
}

const SEPT: (&str, &str) = ("2026-09-02", "2026-09-14");

#[test]
fn another_partys_word_on_the_booking_ties_and_the_container_narrows() {
    let world = vec![
        told(MINE, 1, SEPT, &["terminal"])
            .tied("booking:EXBK9988", &["terminal"])
            .tied("bl:EXBL00012345", &["terminal"])
            .naming("FORWARDER"),
        told(OTHER, 1, SEPT, &["terminal"]).tied("booking:EXBK9988", &["terminal"]).naming("FORWARDER"),
    ];
    let found = bound(&certificate("forwarder", &[]), &world);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].journey.container.as_str(), found[0].why), (MINE, Why::ToldByAnother));
    assert_eq!(found[0].by.to_string(), "bl:EXBL00012345");
    for agrees in ["booking:EXBK9988", "container:TSTU0000014"] {
        assert!(found[0].holds(&agrees.parse().unwrap()), "{agrees}");
    }
    assert!(!found[0].holds(&"invoice:INV-2026-0907".parse().unwrap()));
    let whole = tied("forwarder", &[bkg(&["EXBK9988"])], &world);
    assert_eq!(whole.len(), 2, "without a declared container the booking ties all of its containers");
}

#[test]
fn a_strangers_container_ties_nothing() {
    let theirs = vec![told(OTHER, 1, SEPT, &["terminal"]).tied("booking:STRANGER1", &["terminal"])];
    assert_eq!(tied("snoop", &[eq(&[OTHER])], &theirs), []);
    // The snoop sends a message of its own that names the container, and ties its own booking to it.
    let contributed = vec![
        told(OTHER, 1, SEPT, &["snoop", "terminal"])
            .tied("booking:STRANGER1", &["terminal"])
            .tied("booking:SNOOP0001", &["snoop"]),
    ];
    assert_eq!(tied("snoop", &[eq(&[OTHER])], &contributed), []);
    assert_eq!(tied("snoop", &[bkg(&["SNOOP0001"])], &contributed), []);
    let both = json!([{"type": "BKG", "value": "SNOOP0001"}, {"type": "EQ", "value": OTHER}]);
    assert_eq!(tied("snoop", &[("/bindings", both)], &contributed), []);
}

#[test]
fn a_real_booking_of_ones_own_does_not_open_a_strangers_container() {
    let world = vec![
        told(MINE, 1, SEPT, &["terminal"]).tied("booking:EXBK9988", &["terminal"]),
        told(OTHER, 1, SEPT, &["snoop", "terminal"]).tied("booking:EXBK9988", &["snoop"]),
    ];
    let both = json!([{"type": "BKG", "value": "EXBK9988"}, {"type": "EQ", "value": OTHER}]);
    assert_eq!(tied("snoop", &[("/bindings", both)], &world), []);
    assert_eq!(tied("snoop", &[bkg(&["EXBK9988"])], &world), [], "one number can be guessed");
}

#[test]
fn what_only_the_owner_told_is_the_owners() {
    let world = vec![told(MINE, 1, SEPT, &["forwarder"]).tied("booking:EXBK9988", &["forwarder"])];
    let expected = [(MINE.to_owned(), 1, Why::OwnDataOnly)];
    assert_eq!(tied("forwarder", &[eq(&[MINE])], &world), expected);
    assert_eq!(tied("forwarder", &[bkg(&["EXBK9988"])], &world), expected);
    assert_eq!(tied("another", &[eq(&[MINE])], &world), []);
}

#[test]
fn the_operator_vouches() {
    let world = vec![told(MINE, 1, SEPT, &["terminal"])];
    assert_eq!(tied("operator", &[eq(&[MINE])], &world), [(MINE.to_owned(), 1, Why::OperatorVouches)]);
}

#[test]
fn other_references_never_tie() {
    let world = vec![
        told(MINE, 1, SEPT, &["terminal"])
            .tied("invoice:INV-2026-0907", &["terminal"])
            .tied("shipment:SHI-2026-1", &["terminal"]),
    ];
    let bindings = json!([
        {"type": "INV", "value": "INV-2026-0907"}, {"type": "SHI", "value": "SHI-2026-1"},
        {"type": "WHAT", "value": MINE}, {"type": "BKG", "value": "1"}, {"type": "EQ", "value": "TSTU0000015"}
    ]);
    assert_eq!(tied("operator", &[("/bindings", bindings)], &world), []);
}

#[test]
fn the_date_chooses_among_journeys_of_one_container() {
    let world = vec![
        told(MINE, 3, ("2026-12-01", "2026-12-20"), &["terminal"]),
        told(MINE, 2, SEPT, &["terminal"]),
        told(MINE, 1, ("2026-05-01", "2026-06-01"), &["terminal"]),
    ];
    let chosen = |changes: &[(&str, Value)]| {
        let changes: Vec<_> = [eq(&[MINE])].into_iter().chain(changes.iter().cloned()).collect();
        tied("operator", &changes, &world).first().map(|(_, ordinal, _)| *ordinal)
    };
    assert_eq!(chosen(&[]), Some(2));
    assert_eq!(chosen(&[("/transport/departure_date", json!("2026-09-20"))]), Some(2), "within ten days");
    assert_eq!(chosen(&[("/transport/departure_date", json!("2026-07-20"))]), Some(2), "rolled cargo");
    assert_eq!(chosen(&[("/transport/departure_date", json!("2027-01-20"))]), None, "all trips had ended");
    let issued = ("/lifecycle/issued_on", json!("2026-11-20"));
    assert_eq!(chosen(&[("/transport", json!(null)), issued]), Some(3), "the day of issue stands in");
    let undated = [("/transport", json!(null)), ("/lifecycle", json!(null))];
    assert_eq!(chosen(&undated), Some(3), "without a date the newest");
}

#[test]
fn an_old_use_of_a_booking_number_is_left_out() {
    let world = vec![
        told(MINE, 2, SEPT, &["terminal"]).tied("booking:EXBK9988", &["terminal"]).naming("forwarder"),
        told(MINE, 1, ("2021-05-01", "2021-06-01"), &["terminal"])
            .tied("booking:EXBK9988", &["terminal"])
            .naming("forwarder"),
    ];
    let found = tied("forwarder", &[bkg(&["EXBK9988"])], &world);
    assert_eq!(found.iter().map(|(_, n, _)| *n).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_colluding_partys_tie_opens_nothing() {
    // Gamma names the victim's container with its own booking, delta's certificate names both.
    let world = vec![
        told(OTHER, 1, SEPT, &["gamma", "terminal"])
            .tied("booking:EXBK9988", &["terminal"])
            .tied("booking:GAMMA5552", &["gamma"]),
    ];
    let both = json!([{"type": "BKG", "value": "GAMMA5552"}, {"type": "EQ", "value": OTHER}]);
    assert_eq!(tied("delta", &[("/bindings", both)], &world), []);
}
