//! What is refused, erased, or read again after the log was reopened.

use super::{Harness, all, counts};
use crate::sample::{Sample, at, submission};
use crate::{Earlier, Log as _, LogError, LogReader as _, Outcome, Work};
use sealane_data::answer::{AnswerStatus, AnswerStep, AnswerWay};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Entry;
use sealane_data::submission::SubmissionId;

pub fn what_is_refused_comes_back<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let mut work = submission("sub_1", "hall", b"a").work(2);
    work.push(submission("sub_9", "hall", b"never begun").finish());
    let mut refused = log.try_commit(work).unwrap_err();
    assert!(matches!(refused.error, LogError::Misuse { .. }), "{refused:?}");
    refused.work.pop();
    let done = log.try_commit(refused.work).unwrap();
    assert_eq!(counts(&done), (3, 0));
    assert_eq!(all(&log), done.recorded);
}

pub fn erases_bytes_and_keeps_what_they_said<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"NAD+CN+++Jane Doe'");
    let said = log.commit(sample.work(2)).unwrap().recorded;
    let open = submission("sub_2", "hall", b"b");
    for misuse in [vec![open.erase("not there")], vec![open.begin(), open.erase("still open")]] {
        assert!(matches!(log.commit(misuse), Err(LogError::Misuse { .. })));
    }
    let done = log.commit(vec![sample.erase("Jane asked"), sample.erase("asked twice")]).unwrap();
    assert_eq!(done.outcomes, [Outcome::Entry { seq: 4 }, Outcome::Done], "once is enough");
    assert!(log.scrub().unwrap());
    assert_eq!(log.commit(vec![sample.erase("again")]).unwrap().outcomes, [Outcome::Done]);

    for reopened in [false, true] {
        if reopened {
            log.reopen().unwrap();
        }
        assert_eq!(all(&log)[..2], said, "what was said stays said");
        let Entry::Erased(erasure) = &all(&log)[2].entry else { panic!("no audit entry") };
        assert_eq!((erasure.by.as_str(), erasure.reason.as_str()), ("Officer", "Jane asked"));
        assert_eq!(all(&log)[2].party, PartyId::operator());
        let summary = log.submission("sub_1").unwrap().unwrap();
        assert_eq!(summary.erased.as_ref().unwrap().at, at());
        assert_eq!(summary.bytes, 18, "how long it was is no secret");
        assert_eq!(log.submissions(None, None, 9).unwrap(), [summary]);
        let error = log.raw("sub_1").unwrap_err();
        assert!(matches!(error, LogError::Erased { .. }));
        let told = "the bytes of submission `sub_1` were erased on 2026-09-05 at 06:20 UTC by Officer because: \
             Jane asked";
        assert_eq!(error.to_string(), told);
    }
    let again = Sample { id: SubmissionId("sub_3".into()), ..sample };
    let replay = log.commit(again.work(2)).unwrap();
    assert!(matches!(replay.outcomes[0], Outcome::Earlier(Earlier::Replay(_))), "the bytes do not come back");
}

pub fn finds_what_is_old_and_still_kept<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    for n in 0..5 {
        log.commit(submission(&format!("sub_{n}"), "hall", &[n]).work(0)).unwrap();
    }
    log.commit(vec![submission("sub_1", "hall", b"").erase("old")]).unwrap();
    log.commit(vec![submission("sub_open", "hall", b"").begin()]).unwrap();
    let later = at() + jiff::SignedDuration::from_secs(1);
    let found = |before, limit| {
        let ids = log.kept_before(before, limit).unwrap();
        ids.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(found(at(), 9).is_empty());
    assert_eq!(found(later, 9), ["sub_0", "sub_2", "sub_3", "sub_4"]);
    assert_eq!(found(later, 2), ["sub_0", "sub_2"]);
}

pub fn reopening_goes_on<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let first = log.commit(submission("sub_1", "hall", b"a").work(3)).unwrap();
    let cut = submission("sub_2", "hall", b"b");
    log.commit(vec![cut.begin()]).unwrap();
    log.reopen().unwrap();
    assert_eq!(all(&log), first.recorded);
    assert!(matches!(log.commit(vec![cut.finish()]), Err(LogError::Misuse { .. })), "it was interrupted");
    let next = log.commit(submission("sub_3", "hall", b"c").work(4)).unwrap();
    assert_eq!((next.recorded[0].seq, counts(&next)), (7, (4, 6)));
}

pub fn answers_wait_until_they_are_fetched<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let step = |n: u8, minute: i64, step| Work::Answer {
        submission: SubmissionId(format!("sub_{n}").into()),
        at: at() + jiff::SignedDuration::from_mins(minute),
        step,
    };
    let due = [None, Some(AnswerWay::Folder), Some(AnswerWay::Reply), Some(AnswerWay::Folder)];
    for (n, way) in (0..).zip(due) {
        let mut work = submission(&format!("sub_{n}"), "hall", &[n]).work(0);
        work.extend(way.map(|way| step(n, 0, AnswerStep::Due(way))));
        log.commit(work).unwrap();
    }
    let waiting = |log: &H::Log, after| {
        let found = log.unfetched(after, 9).unwrap();
        found.iter().map(|s| (s.id.to_string(), s.answer.as_ref().unwrap().status)).collect::<Vec<_>>()
    };
    let line = |n: u8, status| (format!("sub_{n}"), status);
    assert_eq!(waiting(&log, None), [line(1, AnswerStatus::Due), line(3, AnswerStatus::Due)]);
    assert_eq!(waiting(&log, Some("sub_1")), [line(3, AnswerStatus::Due)]);
    assert_eq!(log.submission("sub_0").unwrap().unwrap().answer, None);
    let told = log.submission("sub_2").unwrap().unwrap().answer.unwrap();
    assert_eq!((told.status, told.written, told.fetched), (AnswerStatus::Fetched, Some(at()), Some(at())));

    log.commit(vec![step(1, 1, AnswerStep::Written), step(3, 2, AnswerStep::Written)]).unwrap();
    log.commit(vec![step(1, 9, AnswerStep::Overdue), step(1, 10, AnswerStep::Overdue)]).unwrap();
    assert_eq!(waiting(&log, None), [line(1, AnswerStatus::Overdue), line(3, AnswerStatus::Written)]);
    let seq = log.last_seq().unwrap();
    let again = submission("sub_1", "hall", b"").id;
    log.commit(vec![step(1, 12, AnswerStep::Fetched), step(1, 13, AnswerStep::Due(AnswerWay::Folder))])
        .unwrap();
    log.reopen().unwrap();
    assert_eq!(waiting(&log, None), [line(3, AnswerStatus::Written)]);
    let state = log.submission(&again.0).unwrap().unwrap().answer.unwrap();
    let minutes =
        [state.written, state.overdue, state.fetched].map(|t| t.unwrap().duration_since(at()).as_mins());
    assert_eq!(minutes, [1, 9, 12], "each step keeps its first instant");
    assert_eq!(log.last_seq().unwrap(), seq, "what became of an answer is no news of goods");
    let unknown = step(9, 0, AnswerStep::Written);
    assert!(matches!(log.commit(vec![unknown]), Err(LogError::Misuse { .. })));
}
