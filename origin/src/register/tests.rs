//! Tests of the register over a real world.

use super::*;
use crate::binding::Why;
use crate::form::tests::SAMPLE;
use crate::read;
use sealane_data::container::ContainerNumber;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Kind, Load, Observation};
use sealane_data::partner::Mode;
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::submission::SubmissionId;
use sealane_data::time::DeclaredTime;

const CONTAINER: &str = "TSTU0000014";

fn id(text: &str) -> CertificateId {
    CertificateId(text.into())
}

fn party(text: &str) -> PartyId {
    PartyId(text.into())
}

fn recorded(seq: Seq, from: &str, entry: Entry) -> Recorded {
    let at = Timestamp::from_second(1_700_000_000 + i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq, at, party: party(from), submission: SubmissionId("sub_1".into()), entry }
}

fn certificate(seq: Seq, owner: &str, ours: &str, text: &str) -> Recorded {
    let taken = read(text.as_bytes()).0.unwrap();
    let record = CertificateRecord {
        id: id(ours),
        natural_key: taken.natural_key,
        sha256: taken.sha256,
        document: taken.document,
    };
    recorded(seq, owner, Entry::Certificate(Box::new(record)))
}

fn published(seq: Seq, by: &str, ours: &str) -> Recorded {
    recorded(seq, by, Entry::Published { certificate: id(ours) })
}

/// A message that a container was loaded at Yangshan on the sample's departure date.
fn loaded(seq: Seq, from: &str, references: &[&str]) -> Recorded {
    let mut said = Observation::new(Kind::Loaded, Classifier::Actual);
    said.time = Some(DeclaredTime::minute(jiff::civil::date(2026, 9, 5).at(10, 0, 0, 0)));
    said.place = Some(DeclaredPlace::locode("CNYSA").into());
    said.equipment = Some(Equipment {
        number: ContainerNumber::read(CONTAINER),
        size_type: None,
        load: Load::Laden,
        trade: None,
        seals: Vec::new().into(),
        gross_kg: None,
    });
    said.references = references.iter().map(|r| r.parse().unwrap()).collect();
    let message = MessageRecord {
        ordinal: 1,
        family: "COARRI:D:95B:UN".into(),
        document: Text::default(),
        revision: sealane_data::observation::Revision::Original,
        written: None,
        parties: Vec::new(),
        key: [u8::try_from(seq).unwrap(); 16],
        reading: ReadingVersion::default(),
        test: false,
        mode: Mode::Live,
        observations: vec![said],
        findings: Vec::new(),
    };
    recorded(seq, from, Entry::Message(message))
}

fn world() -> World {
    let mut partners = ["terminal", "forwarder", "snoop"].map(|p| Partner::new(party(p)));
    partners[0].authority = Partner::operator().authority;
    World::new(Places::embedded(), &partners)
}

#[test]
fn a_movement_touches_the_certificates_that_name_its_references() {
    let (mut world, mut register) = (world(), Register::new());
    assert_eq!(register.apply(&certificate(1, "forwarder", "eco_a", SAMPLE), &world, &[]), [id("eco_a")]);
    assert!(register.bound(register.get(&id("eco_a")).unwrap(), &world).is_empty());
    let message = loaded(2, "terminal", &["booking:EXBK9988"]);
    let changes = world.apply(std::slice::from_ref(&message));
    assert_eq!(register.apply(&message, &world, &changes), [id("eco_a")]);
    let bound = register.bound(register.get(&id("eco_a")).unwrap(), &world);
    assert_eq!(bound.len(), 1);
    assert_eq!((bound[0].by.to_string().as_str(), bound[0].why), ("booking:EXBK9988", Why::ToldByAnother));
    assert!(bound[0].holds(&format!("container:{CONTAINER}").parse().unwrap()));
}

#[test]
fn a_stranger_learns_nothing_from_a_container_number() {
    let (mut world, mut register) = (world(), Register::new());
    let messages = [loaded(1, "terminal", &["booking:THEIRS01"]), loaded(2, "snoop", &["booking:SNOOP001"])];
    world.apply(&messages);
    let text = SAMPLE.replace("EXBK9988", "SNOOP001");
    register.apply(&certificate(3, "snoop", "eco_s", &text), &world, &[]);
    assert_eq!(register.bound(register.get(&id("eco_s")).unwrap(), &world), []);
}

#[test]
fn only_the_owner_publishes() {
    let (world, mut register) = (world(), Register::new());
    register.apply(&certificate(1, "forwarder", "eco_a", SAMPLE), &world, &[]);
    assert_eq!(register.publishable(&party("snoop"), &id("eco_a")).unwrap_err(), NotFound);
    assert_eq!(register.publishable(&party("forwarder"), &id("eco_b")).unwrap_err(), NotFound);
    assert!(register.apply(&published(2, "snoop", "eco_a"), &world, &[]).is_empty());
    assert!(register.get(&id("eco_a")).unwrap().published.is_none());
    assert!(register.publishable(&party("forwarder"), &id("eco_a")).is_ok());
    assert_eq!(register.apply(&published(3, "forwarder", "eco_a"), &world, &[]), [id("eco_a")]);
    let certificate = register.get(&id("eco_a")).unwrap();
    assert!(certificate.published.is_some());
    assert_eq!(certificate.seq, 3);
    assert!(
        register.apply(&published(4, "forwarder", "eco_a"), &world, &[]).is_empty(),
        "again changes nothing"
    );
}

#[test]
fn keys_are_unique_per_owner_only() {
    let (world, mut register) = (world(), Register::new());
    register.apply(&certificate(1, "forwarder", "eco_a", SAMPLE), &world, &[]);
    register.apply(&certificate(2, "snoop", "eco_b", SAMPLE), &world, &[]);
    assert!(register.apply(&certificate(3, "forwarder", "eco_c", SAMPLE), &world, &[]).is_empty());
    let key = read(SAMPLE.as_bytes()).0.unwrap().natural_key;
    assert_eq!(register.by_key(&party("forwarder"), &key).unwrap().id, id("eco_a"));
    assert_eq!(register.by_key(&party("snoop"), &key).unwrap().id, id("eco_b"));
    let ids =
        |owner: Option<&PartyId>| register.owned_by(owner).iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(None), [id("eco_b"), id("eco_a")]);
    assert_eq!(ids(Some(&party("forwarder"))), [id("eco_a")]);
}

#[test]
fn claims_stay_claims() {
    let (world, mut register) = (world(), Register::new());
    register.apply(&certificate(1, "forwarder", "eco_a", SAMPLE), &world, &[]);
    let certificate = register.get(&id("eco_a")).unwrap();
    assert_eq!(certificate.verification().state, "not_checked");
    assert_eq!(certificate.verification().text, "not yet checked with the issuer");
    assert_eq!(certificate.consistency().state, "not_assessed");
    assert_eq!((certificate.lifecycle().state, certificate.lifecycle().source), ("issued", "claimed"));
    assert_eq!(certificate.claims().verification.unwrap()[0]["outcome"], "confirmed");
    let boxes = certificate.submitted_boxes();
    assert_eq!(boxes["consignee"]["country"], "MY");
    assert!(boxes.get("verification").is_none() && boxes.get("bindings").is_none());
}

#[test]
fn a_ships_calls_touch_what_was_said_to_depend_on_it() {
    let (world, mut register) = (world(), Register::new());
    register.apply(&certificate(1, "forwarder", "eco_a", SAMPLE), &world, &[]);
    let call = |ship: &str| [Change::Calls { ship: ship.into(), seq: 2 }];
    register.depends_on_ships(&id("eco_a"), ["9074729".into(), "9300001".into()]);
    register.depends_on_ships(&id("eco_a"), ["9074729".into()]);
    assert_eq!(register.touched_by(&world, &call("9074729")), [id("eco_a")]);
    assert!(register.touched_by(&world, &call("9300001")).is_empty());
}

#[test]
fn a_box_that_was_tied_by_decision_is_followed() {
    let mut world = World::new(Places::embedded(), &[]);
    let mut register = Register::new();
    let mut apply = |recorded: &Recorded| {
        let changes = world.apply(std::slice::from_ref(recorded));
        register.apply(recorded, &world, &changes)
    };
    // The document names neither the container nor any reference of its journey.
    let text = SAMPLE.replace(CONTAINER, "CSQU3054383");
    assert_ne!(text, SAMPLE, "the sample names the container");
    apply(&certificate(1, "exporter", "eco_1", &text));
    assert_eq!(apply(&loaded(2, "operator", &["booking:OTHER00001"])), []);
    let decision = sealane_data::certificate::BindingDecision {
        answers: None,
        container: CONTAINER.into(),
        day: jiff::civil::date(2026, 9, 5),
        choice: Choice::Tie,
    };
    let event = CertificateEvent {
        certificate: id("eco_1"),
        source_sha256: String::new(),
        reason: String::new(),
        act: CertificateAct::Decided(decision),
    };
    apply(&recorded(3, "operator", Entry::CertificateEvent(Box::new(event))));
    // From here on what moves the box touches the certificate.
    assert_eq!(apply(&loaded(4, "operator", &["booking:OTHER00002"])), [id("eco_1")]);
}

#[test]
fn a_public_reference_is_in_the_log_and_the_one_before_names_nothing() {
    let world = world();
    let refer = |seq, by: &str, public_ref: &str| {
        let event = CertificateEvent {
            certificate: id("eco_a"),
            source_sha256: String::new(),
            reason: String::new(),
            act: CertificateAct::Referred { public_ref: public_ref.into() },
        };
        recorded(seq, by, Entry::CertificateEvent(Box::new(event)))
    };
    let (first, second) = (format!("pub_{}", "0".repeat(32)), format!("pub_{}", "1".repeat(32)));
    let log = [
        certificate(1, "forwarder", "eco_a", SAMPLE),
        refer(2, "forwarder", &first),
        refer(3, "snoop", "pub_x"),
        refer(4, "forwarder", &second),
    ];
    let fold = |count: usize| {
        let mut register = Register::new();
        log.iter().take(count).for_each(|entry| drop(register.apply(entry, &world, &[])));
        register
    };
    let named = |register: &Register, name: &str| register.referred(name).map(|c| c.id.clone());
    let asked = ["eco_a", &first, &second, "pub_x"];
    for (count, current) in [(1, 0), (2, 1), (3, 1), (4, 2)] {
        let register = fold(count);
        for (n, name) in asked.iter().enumerate() {
            assert_eq!(named(&register, name), (n == current).then(|| id("eco_a")), "{count} {name}");
        }
    }
    let register = fold(4);
    assert_eq!(register.given_up(&party("forwarder")), 2);
    let at = |seq| Some(recorded(seq, "x", published(1, "x", "x").entry).at);
    let certificate = register.get(&id("eco_a")).unwrap();
    assert_eq!(certificate.public_ref(at(2)), first);
    assert_eq!(certificate.public_ref(at(1)), "eco_a");
}
