//! Tests of the life of a certificate.

use super::*;
use crate::form::tests::sample_with;
use sealane_data::certificate::{CertificateRecord, VerificationReceipt};
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::submission::SubmissionId;
use sealane_mapper::World;
use serde_json::json;

fn recorded(seq: Seq, from: &str, entry: Entry) -> Recorded {
    let at = Timestamp::from_second(1_790_000_000 + 3_600 * i64::try_from(seq).unwrap()).unwrap();
    Recorded { seq, at, party: PartyId(from.into()), submission: SubmissionId("sub_1".into()), entry }
}

fn taken(seq: Seq, owner: &str, id: &str, number: &str) -> Recorded {
    let document = sample_with(&[("/number", json!(number))]);
    let taken = crate::read(document.to_string().as_bytes()).0.unwrap();
    let record = CertificateRecord {
        id: CertificateId(id.into()),
        natural_key: taken.natural_key,
        sha256: taken.sha256,
        document,
    };
    recorded(seq, owner, Entry::Certificate(Box::new(record)))
}

fn event(seq: Seq, from: &str, id: &str, act: CertificateAct) -> Recorded {
    let certificate = CertificateId(id.into());
    let event = CertificateEvent { certificate, source_sha256: String::new(), reason: String::new(), act };
    recorded(seq, from, Entry::CertificateEvent(Box::new(event)))
}

fn moved(to: LifecycleState) -> CertificateAct {
    CertificateAct::Moved { to, by: None }
}

fn verified(outcome: VerificationState, checked_at: &str) -> CertificateAct {
    CertificateAct::Verified(VerificationReceipt {
        gateway: "sandbox".into(),
        outcome,
        code: None,
        checked_at: checked_at.parse().unwrap(),
        fresh_until: None,
        evidence_sha256: None,
        trial: false,
    })
}

/// As [`verified`], by a registry or by hand, with an end.
fn answered(gateway: &str, outcome: VerificationState, checked_at: &str, until: &str) -> CertificateAct {
    CertificateAct::Verified(VerificationReceipt {
        gateway: gateway.into(),
        outcome,
        code: None,
        checked_at: checked_at.parse().unwrap(),
        fresh_until: Some(until.parse().unwrap()),
        evidence_sha256: None,
        trial: false,
    })
}

#[test]
fn what_a_person_saw_never_stands_over_a_registrys_fresh_answer() {
    use VerificationState as V;
    let day = |d: u8| format!("2026-09-{d:02}T00:00:00Z");
    let state = |acts: Vec<CertificateAct>| {
        let mut log = vec![taken(1, "exporter", "eco_1", "EXAMPLE-0001")];
        log.extend((2..).zip(acts).map(|(seq, act)| event(seq, "operator", "eco_1", act)));
        register(&log).get(&CertificateId("eco_1".into())).unwrap().life(None).verification.state
    };
    let refuted = || answered("rcep", V::Refuted, &day(2), &day(9));
    let seen = |d| answered("manual:gacc", V::Confirmed, &day(d), &day(d + 10));
    assert_eq!(state(vec![refuted(), seen(3)]), "refuted");
    assert_eq!(state(vec![refuted(), seen(10)]), "confirmed", "once that answer is old");
    assert_eq!(
        state(vec![seen(4), refuted()]),
        "refuted",
        "a registry's answer counts whenever it was given"
    );
    let trial = |d: u8| match answered("rcep", V::Inconclusive, &day(d), &day(d + 5)) {
        CertificateAct::Verified(receipt) => {
            CertificateAct::Verified(VerificationReceipt { trial: true, ..receipt })
        }
        act => act,
    };
    assert_eq!(state(vec![trial(2), seen(1)]), "confirmed", "a test system knows nothing");
    assert_eq!(state(vec![seen(4), trial(5)]), "confirmed");
    assert_eq!(state(vec![refuted(), trial(10)]), "inconclusive", "nothing else stands");
    assert_eq!(state(vec![seen(3), answered("manual:gacc", V::Refuted, &day(5), &day(9))]), "refuted");
}

fn register(log: &[Recorded]) -> crate::Register {
    let world = World::new(sealane_data::places::Places::embedded(), &[]);
    let mut register = crate::Register::new();
    for entry in log {
        register.apply(entry, &world, &[]);
    }
    register
}

#[test]
fn a_life_is_read_as_of_any_instant() {
    use LifecycleState as S;
    let log = [
        taken(1, "exporter", "eco_1", "EXAMPLE-0001"),
        event(2, "operator", "eco_1", moved(S::Presented)),
        event(3, "operator", "eco_1", moved(S::Draft)),
        event(4, "operator", "eco_1", moved(S::Utilised)),
    ];
    let register = register(&log);
    let certificate = register.get(&CertificateId("eco_1".into())).unwrap();
    let at = |n: usize| {
        let life = certificate.life(Some(log[n].at));
        (life.state, life.lifecycle.source, life.refused.len())
    };
    assert_eq!(at(0), (S::Issued, "claimed", 0));
    assert_eq!(at(1), (S::Presented, "recorded", 0));
    assert_eq!(at(2), (S::Presented, "recorded", 1), "what cannot follow has no effect");
    let now = certificate.life(None);
    assert_eq!((now.state, now.since), (S::Utilised, Some(log[3].at)));
    assert_eq!(now.verification, Verification::NOT_CHECKED, "the axes stay apart");
}

#[test]
fn strangers_and_owners_cannot_say_what_the_issuer_said() {
    use LifecycleState as S;
    let confirmed = verified(VerificationState::Confirmed, "2026-09-06T02:00:00Z");
    let log = [
        taken(1, "exporter", "eco_1", "EXAMPLE-0001"),
        event(2, "stranger", "eco_1", moved(S::Cancelled)),
        event(3, "exporter", "eco_1", confirmed.clone()),
    ];
    let id = CertificateId("eco_1".into());
    let life = register(&log).get(&id).unwrap().life(None);
    assert_eq!((life.state, life.verification.state), (S::Issued, "not_checked"));
    let own = [
        log[0].clone(),
        event(2, "exporter", "eco_1", moved(S::Cancelled)),
        event(3, "operator", "eco_1", confirmed),
    ];
    let life = register(&own).get(&id).unwrap().life(None);
    assert_eq!((life.state, life.lifecycle.source), (S::Cancelled, "claimed"));
    assert_eq!(life.verification.state, "confirmed");
}

#[test]
fn a_fault_leaves_the_last_answer_standing() {
    let id = CertificateId("eco_1".into());
    let log = [
        taken(1, "exporter", "eco_1", "EXAMPLE-0001"),
        event(2, "operator", "eco_1", verified(VerificationState::Unavailable, "2026-09-05T02:00:00Z")),
        event(3, "operator", "eco_1", verified(VerificationState::Confirmed, "2026-09-06T02:00:00Z")),
        event(4, "operator", "eco_1", verified(VerificationState::Unavailable, "2026-09-07T02:00:00Z")),
        event(5, "operator", "eco_1", verified(VerificationState::Refuted, "2026-09-06T01:00:00Z")),
    ];
    let register = register(&log);
    let certificate = register.get(&id).unwrap();
    assert_eq!(certificate.life(Some(log[1].at)).verification.state, "unavailable");
    let told = certificate.life(None).verification;
    assert_eq!(told.state, "confirmed", "an answer that comes late is not the newest");
    assert_eq!(told.failed_at, Some("2026-09-07T02:00:00Z".parse().unwrap()));
    let refuted = event(6, "operator", "eco_1", verified(VerificationState::Refuted, "2026-09-08T01:00:00Z"));
    let mut longer = log.to_vec();
    longer.push(refuted);
    assert_eq!(self::register(&longer).get(&id).unwrap().life(None).verification.state, "refuted");
}

#[test]
fn a_change_is_a_new_certificate_and_the_old_one_replaced() {
    let mut log = vec![
        taken(1, "exporter", "eco_1", "EXAMPLE-0001"),
        taken(2, "exporter", "eco_2", "EXAMPLE-0002"),
        taken(3, "other", "eco_3", "EXAMPLE-0003"),
    ];
    let register = register(&log);
    let get = |id: &str| register.get(&CertificateId(id.into())).unwrap();
    assert_eq!(replacement(get("eco_1"), get("eco_1"), ""), Err(NotReplacing::Itself));
    assert_eq!(replacement(get("eco_1"), get("eco_3"), ""), Err(NotReplacing::OtherOwner));
    let event = replacement(get("eco_1"), get("eco_2"), "weight corrected").unwrap();
    assert_eq!(event.source_sha256, get("eco_2").record.sha256);
    log.push(recorded(4, "operator", Entry::CertificateEvent(Box::new(event))));
    let register = self::register(&log);
    let life = register.get(&CertificateId("eco_1".into())).unwrap().life(None);
    assert_eq!(life.state, LifecycleState::Replaced);
    assert_eq!(life.replaced_by, Some(CertificateId("eco_2".into())));
    let (old, new) = (CertificateId("eco_1".into()), CertificateId("eco_2".into()));
    let again = replacement(register.get(&old).unwrap(), register.get(&new).unwrap(), "");
    assert!(matches!(again, Err(NotReplacing::Ended(_))), "an end is an end: {again:?}");
    let unchanged = &register.get(&old).unwrap().record;
    assert_eq!(unchanged.document["number"], "EXAMPLE-0001", "nothing was edited");
}

#[test]
fn expiry_is_an_event_of_the_scheduler() {
    let mut log = vec![taken(1, "exporter", "eco_1", "EXAMPLE-0001")];
    let register = register(&log);
    let day = |text: &str| text.parse().unwrap();
    assert!(register.expiring(day("2027-09-02")).is_empty(), "its last day is still its own");
    let due = register.expiring(day("2027-09-03"));
    assert_eq!(due.len(), 1);
    log.push(recorded(2, "operator", Entry::CertificateEvent(Box::new(due[0].clone()))));
    let register = self::register(&log);
    assert_eq!(
        register.get(&CertificateId("eco_1".into())).unwrap().life(None).state,
        LifecycleState::Expired
    );
    assert!(register.expiring(day("2030-01-01")).is_empty(), "once");
}
