//! Submissions that are read again: what stands then, what is kept of before, and how it is taken back.

use super::{Harness, all, counts};
use crate::sample::{Sample, at, message, submission};
use crate::{Again, EncodedMessage, Log as _, LogError, LogReader as _, Outcome, Work};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Reread, RereadSubmission, Seq};
use sealane_data::submission::{Receipt, SubmissionId};

/// The first reading of two messages, with places 1 and 2 (the second has two observations).
const FIRST: [Seq; 2] = [1, 2];

fn first_reading<H: Harness>(home: &H) -> (H::Log, Sample<'static>, Vec<Recorded>) {
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"twice read");
    let said = log.commit(sample.work(2)).unwrap().recorded;
    assert_eq!(said.iter().map(|r| r.seq).collect::<Vec<_>>(), FIRST);
    (log, sample, said)
}

/// Another reading of a message: the same bytes, and so the same key.
fn otherwise(number: u64, observations: u32) -> MessageRecord {
    let mut record = message(number, observations);
    record.document = "READ ANEW".into();
    record
}

/// A re-reading of one submission.
fn reread(id: &str, of: &Sample<'_>, retracted: &[Seq], after: Receipt) -> Reread {
    let before = Receipt { id: of.id.0.clone(), messages: 7, events: 3, ..Receipt::default() };
    let submissions = vec![RereadSubmission { id: of.id.clone(), before, after }];
    Reread { id: id.into(), retracted: retracted.to_vec(), submissions, ..Reread::default() }
}

fn undo(done: &Reread) -> Reread {
    let [RereadSubmission { id, before, after }] = &done.submissions[..] else { panic!("one submission") };
    let back = RereadSubmission { id: id.clone(), before: after.clone(), after: before.clone() };
    Reread {
        id: format!("{}-back", done.id).into(),
        undoes: Some(done.id.clone()),
        retracted: done.appended.clone(),
        restored: done.retracted.clone(),
        submissions: vec![back],
        ..Reread::default()
    }
}

fn told_anew() -> Receipt {
    Receipt { id: "sub_1".into(), messages: 8, events: 5, ..Receipt::default() }
}

fn work(reread: &Reread, of: &Sample<'_>, messages: impl IntoIterator<Item = MessageRecord>) -> Vec<Work> {
    let again = |record| Again {
        submission: of.id.clone(),
        party: of.party.clone(),
        message: EncodedMessage::encode(record).unwrap(),
    };
    let messages = messages.into_iter().map(again).collect();
    vec![Work::Reread { reread: Box::new(reread.clone()), at: at(), messages }]
}

fn standing(log: &dyn crate::LogReader, ids: &[&str]) -> Vec<Seq> {
    let ids: Vec<SubmissionId> = ids.iter().map(|id| SubmissionId((*id).into())).collect();
    log.standing(&ids).unwrap().iter().map(|r| r.seq).collect()
}

/// Returns the re-readings in the log.
fn rereads(log: &dyn crate::LogReader) -> Vec<Reread> {
    let found = log.decisions().unwrap().into_iter();
    found
        .filter_map(|r| match r.entry {
            Entry::Reread(reread) => Some(*reread),
            _ => None,
        })
        .collect()
}

pub fn a_new_reading_takes_the_place_of_the_old_one<H: Harness>() {
    let home = H::new();
    let (mut log, sample, said) = first_reading(&home);
    let order = reread("again_1", &sample, &[2], told_anew());
    let done = log.commit(work(&order, &sample, [otherwise(2, 3), message(9, 1)])).unwrap();
    assert_eq!(done.outcomes, [Outcome::Entry { seq: 8 }]);
    let places: Vec<_> = done.recorded.iter().map(|r| (r.seq, r.party.0.as_str())).collect();
    assert_eq!(places, [(4, "hall"), (7, "hall"), (8, PartyId::OPERATOR)]);
    let kept = Reread { appended: vec![4, 7], ..order };
    assert_eq!(done.recorded[2].entry, Entry::Reread(Box::new(kept.clone())), "the log fills in the places");

    for reopened in [false, true] {
        if reopened {
            drop(log);
            log = home.open();
        }
        assert_eq!(all(&log), [&said[..], &done.recorded].concat(), "nothing is deleted");
        assert_eq!(standing(&log, &["sub_1"]), [1, 4, 7]);
        assert_eq!(log.submission("sub_1").unwrap().unwrap().receipt, told_anew());
        assert_eq!(rereads(&log), std::slice::from_ref(&kept));
        assert_eq!(log.raw("sub_1").unwrap().unwrap(), b"twice read");
    }
    let repeat =
        log.commit(submission("sub_2", "hall", b"b").work_with([message(2, 2), message(9, 1)])).unwrap();
    assert_eq!(counts(&repeat), (0, 3), "the new reading holds the keys");
}

pub fn a_reread_is_taken_back<H: Harness>() {
    let home = H::new();
    let (mut log, sample, said) = first_reading(&home);
    log.commit(work(&reread("again_1", &sample, &[2], told_anew()), &sample, [otherwise(2, 3)])).unwrap();
    let back = undo(&rereads(&log)[0]);
    let done = log.commit(work(&back, &sample, [])).unwrap();
    assert_eq!(done.outcomes, [Outcome::Entry { seq: 8 }]);
    assert_eq!(done.recorded.len(), 1);
    assert_eq!(standing(&log, &["sub_1"]), FIRST);
    assert_eq!(log.standing(std::slice::from_ref(&sample.id)).unwrap(), said);
    let receipt = log.submission("sub_1").unwrap().unwrap().receipt;
    assert_eq!((receipt.messages, receipt.events), (7, 3));
    assert_eq!(rereads(&log).iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["again_1", "again_1-back"]);
    assert_eq!(all(&log).len(), 5, "both readings and both decisions are kept");
}

pub fn what_was_sent_again_meanwhile_is_not_doubled<H: Harness>() {
    let home = H::new();
    let (mut log, sample, _) = first_reading(&home);
    log.commit(work(&reread("again_1", &sample, &[2], told_anew()), &sample, [])).unwrap();
    assert_eq!(standing(&log, &["sub_1"]), [1]);
    let sent = log.commit(submission("sub_2", "hall", b"b").work_with([message(2, 2)])).unwrap();
    assert_eq!(counts(&sent), (2, 0), "what stands no longer is no repeat");
    log.commit(work(&undo(&rereads(&log)[0]), &sample, [])).unwrap();
    assert_eq!(standing(&log, &["sub_2", "sub_1"]), [1, 5], "the later testimony holds the key");
    let doubled = work(&reread("again_2", &sample, &[], told_anew()), &sample, [otherwise(2, 2)]);
    let done = log.commit(doubled).unwrap();
    assert_eq!(done.recorded.len(), 1, "only the decision is new");
    assert_eq!(rereads(&log)[2].appended, [0; 0]);
}

pub fn standing_is_of_those_that_are_asked_for<H: Harness>() {
    let home = H::new();
    let (mut log, sample, _) = first_reading(&home);
    log.commit(submission("sub_2", "quay", b"b").work_with([message(3, 2)])).unwrap();
    log.commit(vec![sample.publish("eco_1")]).unwrap();
    log.commit(submission("sub_3", "hall", b"c").work_with([message(5, 0)])).unwrap();
    assert_eq!(standing(&log, &["sub_2"]), [4]);
    assert_eq!(standing(&log, &["sub_3", "sub_1"]), [1, 2, 7], "in the order of the log, without decisions");
    assert_eq!(standing(&log, &["sub_2", "sub_2"]), standing(&log, &["sub_2"]), "once is enough");
    assert!(standing(&log, &[]).is_empty() && standing(&log, &["sub_9"]).is_empty());
    let found = log.standing(std::slice::from_ref(&sample.id)).unwrap();
    assert_eq!(found, all(&log)[..2]);
    let reader = log.reader().unwrap();
    assert_eq!(standing(reader.as_ref(), &["sub_1", "sub_2", "sub_3"]), [1, 2, 4, 7]);
}

pub fn decisions_are_all_that_is_no_message<H: Harness>() {
    let home = H::new();
    let (mut log, sample, _) = first_reading(&home);
    assert!(log.decisions().unwrap().is_empty());
    log.commit(vec![sample.publish("eco_1")]).unwrap();
    log.commit(work(&reread("again_1", &sample, &[1], told_anew()), &sample, [otherwise(1, 2)])).unwrap();
    log.commit(vec![sample.erase("asked for")]).unwrap();
    let decided = log.decisions().unwrap();
    assert_eq!(decided.iter().map(|r| r.seq).collect::<Vec<_>>(), [4, 7, 8]);
    let no_message: Vec<Recorded> =
        all(&log).into_iter().filter(|r| !matches!(r.entry, Entry::Message(_))).collect();
    assert_eq!(decided, no_message);
    assert_eq!(log.reader().unwrap().decisions().unwrap(), decided);
    assert_eq!(log.decided(0, 2).unwrap(), decided[..2]);
    assert_eq!(log.decided(4, 10).unwrap(), decided[1..]);
    let told: Vec<_> =
        all(&log).iter().flat_map(|r| [r.seq, r.last_seq()].map(|seq| (seq, r.submission.clone()))).collect();
    for (seq, submission) in told {
        assert_eq!(log.told_at(seq).unwrap(), Some(submission), "{seq}");
    }
    assert_eq!([log.told_at(0).unwrap(), log.told_at(9).unwrap()], [None, None]);
}

pub fn a_reread_that_was_overtaken_changes_nothing<H: Harness>() {
    let home = H::new();
    let (mut log, sample, _) = first_reading(&home);
    let order = reread("again_1", &sample, &[2], told_anew());
    log.commit(work(&order, &sample, [otherwise(2, 3)])).unwrap();
    let before = all(&log);
    let standing_restored = Reread { restored: vec![1], ..reread("again_3", &sample, &[], told_anew()) };
    for late in [&order, &reread("again_2", &sample, &[1, 1], told_anew()), &standing_restored] {
        let error = log.commit(work(late, &sample, [otherwise(1, 1)])).unwrap_err();
        assert!(matches!(error, LogError::Overtaken(_)), "{error:?}");
    }
    let (open, stranger) = (submission("sub_2", "hall", b"b"), submission("sub_9", "hall", b""));
    log.commit(vec![open.begin()]).unwrap();
    for unanswered in [open, stranger] {
        let order = reread("again_4", &unanswered, &[], told_anew());
        let error = log.commit(work(&order, &unanswered, [])).unwrap_err();
        assert!(matches!(error, LogError::UnknownSubmission(_)), "{error:?}");
    }
    let as_entry = Work::Entry {
        submission: sample.id.clone(),
        at: at(),
        party: PartyId::operator(),
        entry: Entry::Reread(Box::new(order.clone())),
    };
    for misuse in [work(&Reread::default(), &sample, []), vec![as_entry]] {
        assert!(matches!(log.commit(misuse), Err(LogError::Misuse { .. })));
    }
    assert_eq!(all(&log), before);
    assert_eq!(standing(&log, &["sub_1"]), [1, 4]);
}

pub fn what_was_erased_is_not_read_again<H: Harness>() {
    let home = H::new();
    let (mut log, sample, _) = first_reading(&home);
    log.commit(work(&reread("again_1", &sample, &[2], told_anew()), &sample, [otherwise(2, 3)])).unwrap();
    log.commit(vec![sample.erase("asked for")]).unwrap();
    let before = all(&log);
    let late = work(&reread("again_2", &sample, &[1], told_anew()), &sample, [otherwise(1, 1)]);
    let error = log.commit(late).unwrap_err();
    assert!(matches!(&error, LogError::Erased { submission, .. } if submission == "sub_1"), "{error:?}");
    assert_eq!(all(&log), before);
    assert_eq!(standing(&log, &["sub_1"]), [1, 4], "what was read from it stays");
    log.commit(work(&undo(&rereads(&log)[0]), &sample, [])).unwrap();
    assert_eq!(standing(&log, &["sub_1"]), FIRST, "taking back needs no bytes");
    assert!(log.submission("sub_1").unwrap().unwrap().erased.is_some());
}
