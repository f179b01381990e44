//! Tests of what may be said about a certificate.

use super::*;
use crate::form::tests::sample_with;
use sealane_data::certificate::{CertificateRecord, Choice, Gravity, Link};
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::submission::{Sha256, SubmissionId};
use sealane_mapper::World;
use serde_json::json;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-09-20T08:00:00Z";

struct Desk {
    world: World,
    register: Register,
    seq: u64,
}

impl Desk {
    fn new() -> Self {
        let world = World::new(sealane_data::places::Places::embedded(), &[]);
        let mut desk = Self { world, register: Register::new(), seq: 0 };
        for (id, number) in [("eco_1", "N-1"), ("eco_2", "N-2")] {
            desk.take("owner", id, number);
        }
        desk.take("other", "eco_3", "N-3");
        desk
    }

    fn record(&mut self, party: &str, entry: Entry) {
        self.seq += 1;
        let submission = SubmissionId("sub_1".into());
        let recorded =
            Recorded { seq: self.seq, at: at(NOW), party: PartyId(party.into()), submission, entry };
        self.register.apply(&recorded, &self.world, &[]);
    }

    fn take(&mut self, owner: &str, id: &str, number: &str) {
        let document = sample_with(&[("/number", json!(number))]);
        let taken = crate::read(document.to_string().as_bytes()).0.unwrap();
        let record = CertificateRecord {
            id: CertificateId(id.into()),
            natural_key: taken.natural_key,
            sha256: taken.sha256,
            document,
        };
        self.record(owner, Entry::Certificate(Box::new(record)));
    }

    /// Admits an act about the first certificate and logs it.
    fn say(&mut self, party: &str, act: CertificateAct) -> Result<Option<CertificateEvent>, Refusal> {
        let event = CertificateEvent {
            certificate: CertificateId("eco_1".into()),
            source_sha256: String::new(),
            reason: String::new(),
            act,
        };
        let admitted = admit(&self.register, &PartyId(party.into()), event, at(NOW))?;
        if let Some(event) = admitted.clone() {
            self.record(party, Entry::CertificateEvent(Box::new(event)));
        }
        Ok(admitted)
    }

    fn first(&self) -> &Certificate {
        self.register.get(&CertificateId("eco_1".into())).unwrap()
    }
}

fn to(to: LifecycleState) -> CertificateAct {
    CertificateAct::Moved { to, by: None }
}

fn by(id: &str) -> CertificateAct {
    CertificateAct::Moved { to: LifecycleState::Replaced, by: Some(CertificateId(id.into())) }
}

fn link(id: &str, max_uses: u32) -> CertificateAct {
    CertificateAct::Linked(Link {
        id: id.into(),
        sha256: Sha256::of(id.as_bytes()).hex(),
        profile: "buyer".into(),
        until: at("2026-09-21T08:00:00Z"),
        max_uses,
        label: String::new(),
    })
}

fn used(id: &str) -> CertificateAct {
    CertificateAct::Used { link: id.into() }
}

fn signed(digest: &str) -> CertificateAct {
    let key = trust::SigningKey::from_bytes(&[7; 32]).unwrap();
    let jws = trust::detached(digest.as_bytes(), "sealane.example", &key, at(NOW));
    CertificateAct::Emitted(Emitted {
        link: 0,
        what: "route:public".into(),
        sha256: digest.into(),
        prev: String::new(),
        binding: String::new(),
        seq: 1,
        at: at("2020-01-01T00:00:00Z"),
        jws,
    })
}

#[test]
fn nobody_speaks_for_another_and_the_owner_does_not_speak_for_the_issuer() {
    use LifecycleState as S;
    let mut desk = Desk::new();
    assert_eq!(desk.say("other", to(S::Presented)).unwrap_err(), Refusal::NotFound);
    assert_eq!(desk.say("owner", to(S::Expired)).unwrap_err(), Refusal::OperatorOnly);
    assert_eq!(
        desk.say("owner", CertificateAct::Told { rule: "R6".into(), finding: "ab".repeat(32), result: None })
            .unwrap_err(),
        Refusal::OperatorOnly
    );
    let decision = BindingDecision {
        answers: None,
        container: "TSTU0000014".into(),
        day: "2026-09-05".parse().unwrap(),
        choice: Choice::Tie,
    };
    let decided = CertificateAct::Decided(decision.clone());
    assert_eq!(desk.say("owner", decided.clone()).unwrap_err(), Refusal::OperatorOnly);
    assert!(desk.say("operator", decided).is_ok());
    let odd = BindingDecision { container: "TSTU0000015".into(), ..decision };
    assert!(matches!(desk.say("operator", CertificateAct::Decided(odd)), Err(Refusal::Bad(_))));
    assert!(desk.say("owner", to(S::Presented)).is_ok());
    assert!(matches!(desk.say("owner", to(S::Presented)), Err(Refusal::NotFollowing(_))));
}

#[test]
fn only_ones_own_new_certificate_takes_the_place_of_an_old_one() {
    let mut desk = Desk::new();
    assert!(matches!(desk.say("owner", by("eco_3")), Err(Refusal::Bad(_))), "a stranger's looks like none");
    assert!(matches!(desk.say("owner", by("eco_9")), Err(Refusal::Bad(_))));
    assert!(matches!(desk.say("owner", by("eco_1")), Err(Refusal::NotReplacing(_))));
    let odd =
        CertificateAct::Moved { to: LifecycleState::Presented, by: Some(CertificateId("eco_2".into())) };
    assert!(matches!(desk.say("owner", odd), Err(Refusal::Bad(_))));
    assert!(desk.say("owner", by("eco_2")).is_ok());
    assert_eq!(desk.first().life(None).replaced_by, Some(CertificateId("eco_2".into())));
}

#[test]
fn the_chain_is_linked_here_and_the_same_document_adds_nothing() {
    let mut desk = Desk::new();
    let before = desk.first().seq;
    for digest in ["a", "b", "a"] {
        desk.say("operator", signed(digest)).unwrap();
    }
    let chain: Vec<&Emitted> = desk.first().emitted().collect();
    assert_eq!(chain.iter().map(|l| l.sha256.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(trust::verify_chain(chain.iter().copied()).is_ok());
    assert_eq!(chain[0].at, at(NOW), "the writer's time, not the caller's");
    assert_eq!(desk.first().seq, before, "giving a document out does not change it");
    let day = "2026-09-20".parse().unwrap();
    assert_eq!(desk.register.links_of(day).len(), 2);
    assert_eq!(desk.register.links_of("2026-09-19".parse().unwrap()).len(), 0);
}

#[test]
fn links_end_by_uses_by_time_and_by_being_taken_back() {
    let mut desk = Desk::new();
    desk.say("owner", link("l1", 2)).unwrap();
    desk.say("owner", link("l2", 9)).unwrap();
    assert!(matches!(desk.say("owner", link("l3", 0)), Err(Refusal::Bad(_))));
    assert_eq!(desk.say("owner", used("l1")).unwrap_err(), Refusal::OperatorOnly);
    desk.say("operator", used("l1")).unwrap();
    desk.say("operator", used("l1")).unwrap();
    assert_eq!(desk.say("operator", used("l1")).unwrap_err(), Refusal::NotFound, "used up");
    assert!(desk.first().live_link("l2", at(NOW)).is_some());
    assert!(desk.first().live_link("l2", at("2026-09-22T08:00:00Z")).is_none(), "over");
    desk.say("owner", CertificateAct::Unlinked { link: "l2".into() }).unwrap();
    assert_eq!(desk.say("operator", used("l2")).unwrap_err(), Refusal::NotFound);
    assert!(matches!(
        desk.say("owner", CertificateAct::Unlinked { link: "l9".into() }),
        Err(Refusal::Bad(_))
    ));
}

#[test]
fn an_exporter_is_told_once_and_answers_known_rules_only() {
    let mut desk = Desk::new();
    let told = |finding: &str| CertificateAct::Told {
        rule: "R6".into(),
        finding: finding.repeat(32),
        result: Some(Gravity::Warn),
    };
    let found = |rule: &str, result| CertificateAct::Found { rule: rule.into(), result };
    assert!(matches!(desk.say("owner", found("R6", Gravity::Warn)), Err(Refusal::OperatorOnly)));
    assert!(matches!(desk.say("operator", found("R99", Gravity::Warn)), Err(Refusal::Bad(_))));
    for (result, is_new) in
        [(Gravity::Warn, true), (Gravity::Warn, false), (Gravity::Fail, true), (Gravity::Warn, false)]
    {
        assert_eq!(desk.say("operator", found("R6", result)).unwrap().is_some(), is_new, "{result:?}");
    }
    assert!(desk.say("operator", told("ab")).unwrap().is_some());
    assert!(desk.say("operator", told("ab")).unwrap().is_none());
    assert!(desk.say("operator", told("cd")).unwrap().is_some(), "another finding of the same rule");
    assert!(matches!(desk.say("operator", told("")), Err(Refusal::Bad(_))), "it does not say what was found");
    let answer = |rule: &str, text: &str, file: Option<&str>| {
        CertificateAct::Answered(Answer {
            rule: rule.into(),
            text: text.into(),
            file: None,
            file_sha256: file.map(str::to_owned),
        })
    };
    for (rule, text, file, good) in [
        ("R6", "Customs opened it; see the protocol.", None, true),
        ("R99", "x", None, false),
        ("R6", " ", None, false),
        ("R6", "x", Some("abc"), false),
    ] {
        assert_eq!(desk.say("owner", answer(rule, text, file)).is_ok(), good, "{rule} {text} {file:?}");
    }
    assert_eq!(desk.first().answers().count(), 1);
    let with = |sha256: Option<String>| {
        let (rule, text, file) = ("R6".into(), "x".to_owned(), Some(SubmissionId("sub_9".into())));
        CertificateAct::Answered(Answer { rule, text, file, file_sha256: sha256 })
    };
    assert!(matches!(desk.say("owner", with(None)), Err(Refusal::Bad(_))), "a file without its digest");
    assert!(desk.say("owner", with(Some("ab".repeat(32)))).unwrap().is_some());
    let kept: Vec<_> = desk.register.answer_files().iter().map(ToString::to_string).collect();
    assert_eq!(kept, ["sub_9"]);
}

#[test]
fn numbers_are_found_as_people_type_them_and_only_when_published() {
    let mut desk = Desk::new();
    let found = |desk: &Desk, number: &str| desk.register.published_by_number(number).count();
    assert_eq!(found(&desk, "N-1"), 0);
    desk.record("owner", Entry::Published { certificate: CertificateId("eco_1".into()) });
    for number in ["N-1", "n1", " n 1 "] {
        assert_eq!(found(&desk, number), 1, "{number}");
    }
    assert_eq!(found(&desk, "N-2"), 0);
}

#[test]
fn a_sites_reference_is_kept_once_and_never_without_a_site() {
    let mut desk = Desk::new();
    let ask =
        |trigger, reference: &str| CertificateAct::Asked(SiteAsk { trigger, reference: reference.into() });
    assert!(desk.say("owner", ask(Trigger::Order, " PO-9 ")).unwrap().is_some());
    assert!(desk.say("owner", ask(Trigger::Order, "PO-9")).unwrap().is_none(), "the same again");
    assert!(desk.say("owner", ask(Trigger::Inquiry, "PO-9")).unwrap().is_some());
    assert!(desk.say("owner", ask(Trigger::Inquiry, &"x".repeat(MAX_REFERENCE))).unwrap().is_some());
    let long = "x".repeat(MAX_REFERENCE + 1);
    for (trigger, reference) in [
        (Trigger::Order, long.as_str()),
        (Trigger::Order, " "),
        (Trigger::Order, "a\nb"),
        (Trigger::Renewal, "PO-9"),
    ] {
        assert!(matches!(desk.say("owner", ask(trigger, reference)), Err(Refusal::Bad(_))), "{reference}");
    }
    assert_eq!(desk.say("stranger", ask(Trigger::Order, "x")).unwrap_err(), Refusal::NotFound);
    let kept: Vec<&str> = desk.first().asks().map(|(_, ask)| ask.reference.as_str()).collect();
    assert_eq!(kept[..2], ["PO-9", "PO-9"]);
}

#[test]
fn only_the_operator_decides_between_entries_and_only_where_there_are_several() {
    let mut desk = Desk::new();
    let upheld = |stands| CertificateAct::Upheld { answers: "c".into(), stands };
    assert_eq!(desk.say("owner", upheld(true)).unwrap_err(), Refusal::OperatorOnly);
    assert!(matches!(desk.say("operator", upheld(true)), Err(Refusal::Bad(_))), "nobody else entered it");
    desk.take("other", "eco_4", "N-1");
    assert!(desk.say("operator", upheld(true)).unwrap().is_none(), "the first stands as it is");
    assert!(desk.say("operator", upheld(false)).unwrap().is_some());
    assert!(desk.say("operator", upheld(false)).unwrap().is_none());
    assert_eq!(desk.register.entry_state(desk.first(), None), EntryState::SetAside);
    let waits: Vec<_> = desk.register.all_contested().iter().map(|c| c.waits.id.clone()).collect();
    assert_eq!(waits, [CertificateId("eco_4".into())], "the other one still waits");
}

#[test]
fn a_public_reference_has_its_form_and_is_of_one_certificate() {
    let mut desk = Desk::new();
    let refer = |text: &str| CertificateAct::Referred { public_ref: text.into() };
    let good = format!("pub_{}", "0f".repeat(16));
    assert_eq!(desk.say("other", refer(&good)).unwrap_err(), Refusal::NotFound);
    for bad in ["eco_2", "pub_", &good.to_uppercase(), good.strip_suffix('f').unwrap(), &format!("{good}0")] {
        assert!(matches!(desk.say("owner", refer(bad)), Err(Refusal::Bad(_))), "{bad}");
    }
    assert!(desk.say("owner", refer(&good)).unwrap().is_some());
    assert!(desk.say("owner", refer(&good)).unwrap().is_none(), "it has it");
    assert_eq!(desk.first().public_ref(None), good);
}

fn answer_with(file: Option<usize>) -> CertificateAct {
    let file_sha256 = file.map(|n| Sha256::of(&n.to_le_bytes()).hex());
    let file = file.map(|n| SubmissionId(format!("sub_{n}").into()));
    CertificateAct::Answered(Answer { rule: "R6".into(), text: "see the file".to_owned(), file, file_sha256 })
}

#[test]
fn answers_and_their_files_have_an_end() {
    let mut desk = Desk::new();
    for n in 0..papers::MOST_FILES {
        assert!(desk.say("owner", answer_with(Some(n))).unwrap().is_some());
    }
    let too_many = |what, most| Refusal::TooMany { what, most };
    let another = answer_with(Some(papers::MOST_FILES));
    assert_eq!(desk.say("owner", another).unwrap_err(), too_many("files", papers::MOST_FILES));
    assert!(desk.say("owner", answer_with(Some(0))).unwrap().is_some(), "a file that it names already");
    while desk.first().answers().count() < papers::MOST_ANSWERS {
        desk.say("owner", answer_with(None)).unwrap();
    }
    for file in [None, Some(0)] {
        let refused = desk.say("owner", answer_with(file)).unwrap_err();
        assert_eq!(refused, too_many("answers", papers::MOST_ANSWERS));
    }
    assert_eq!(desk.register.answer_files().len(), papers::MOST_FILES, "and no file more is kept for ever");
    let told = too_many("answers", papers::MOST_ANSWERS).to_string();
    assert_eq!(told, "a certificate has at most 200 answers");
}

#[test]
fn what_sites_ask_under_and_public_references_have_an_end() {
    let mut desk = Desk::new();
    let ask = |n: usize| {
        CertificateAct::Asked(SiteAsk { trigger: Trigger::Order, reference: format!("PO-{n}").into() })
    };
    let refer = |n: usize| CertificateAct::Referred { public_ref: format!("pub_{n:032x}").into() };
    for n in 0..papers::MOST_ASKS {
        assert!(desk.say("owner", ask(n)).unwrap().is_some());
    }
    for n in 0..papers::MOST_REFERENCES {
        assert!(desk.say("owner", refer(n)).unwrap().is_some());
    }
    assert!(desk.say("owner", ask(papers::MOST_ASKS)).unwrap().is_none(), "it is answered and not kept");
    let given_up = desk.say("owner", refer(0)).unwrap_err();
    assert_eq!(given_up, Refusal::Bad("that public reference was given up"));
    let most = papers::MOST_REFERENCES;
    let refused = desk.say("owner", refer(most)).unwrap_err();
    assert_eq!(refused, Refusal::TooMany { what: "public references", most });
    assert_eq!(desk.first().public_ref(None), format!("pub_{:032x}", most - 1), "the last one still holds");
}
