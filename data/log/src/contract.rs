//! What every log must do: written once, run for each implementation by [`log_contract!`](crate::log_contract).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "these are tests; their names say what they prove"
)]

use crate::sample::{Sample, at, message, submission};
use crate::{
    Appended, Committed, CompressedChunk, Earlier, INTERRUPTED, Log, LogError, LogReader as _,
    MAX_OBSERVATIONS, Outcome, Work, split,
};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::submission::{Content, Receipt, Sha256};

mod kept;
mod lasting;
mod reread;

pub use kept::{
    erased_files_are_kept_anew, files_papers_and_certificates_are_no_repeats_of_each_other,
    what_is_known_by_its_older_key_is_a_repeat,
};
pub use lasting::{
    answers_wait_until_they_are_fetched, erases_bytes_and_keeps_what_they_said,
    finds_what_is_old_and_still_kept, reopening_goes_on, what_is_refused_comes_back,
};
pub use reread::{
    a_new_reading_takes_the_place_of_the_old_one, a_reread_is_taken_back,
    a_reread_that_was_overtaken_changes_nothing, decisions_are_all_that_is_no_message,
    standing_is_of_those_that_are_asked_for, what_was_erased_is_not_read_again,
    what_was_sent_again_meanwhile_is_not_doubled,
};

/// One place where a log can be opened again and again.
pub trait Harness {
    /// The implementation.
    type Log: Log;
    /// Returns an empty place.
    fn new() -> Self;
    /// Opens the log; the one before has been dropped.
    fn open(&self) -> Self::Log;
}

/// Makes one test of each rule for a [`Harness`](crate::contract::Harness).
#[macro_export]
macro_rules! log_contract {
    ($harness:ty) => {
        $crate::log_contract!(@each $harness:
            appends_and_reads_back dedupes_per_party replays_and_keys replays_inside_a_commit
            forgotten_content_is_not_a_replay a_whole_submission_in_one_commit reads_ranges_in_order
            unfinished_is_interrupted a_failed_commit_leaves_nothing reopens readers_run_beside
            pages_of_the_inbox caps_a_commit keeps_raw_bytes refuses_disorder decisions_come_later
            an_interrupted_key_is_free what_is_refused_comes_back erases_bytes_and_keeps_what_they_said
            finds_what_is_old_and_still_kept reopening_goes_on a_new_reading_takes_the_place_of_the_old_one
            a_reread_is_taken_back what_was_sent_again_meanwhile_is_not_doubled
            standing_is_of_those_that_are_asked_for decisions_are_all_that_is_no_message
            a_reread_that_was_overtaken_changes_nothing what_was_erased_is_not_read_again
            answers_wait_until_they_are_fetched erased_files_are_kept_anew
            files_papers_and_certificates_are_no_repeats_of_each_other
            what_is_known_by_its_older_key_is_a_repeat);
    };
    (@each $harness:ty: $($rule:ident)*) => {
        $(#[test] fn $rule() { $crate::contract::$rule::<$harness>(); })*
    };
}

fn receipt(committed: &Committed) -> &Receipt {
    match committed.outcomes.last() {
        Some(Outcome::Finished(receipt)) => receipt,
        other => panic!("{other:?}"),
    }
}

fn counts(committed: &Committed) -> (u64, u64) {
    (receipt(committed).events, receipt(committed).duplicates)
}

fn all(log: &dyn crate::LogReader) -> Vec<Recorded> {
    log.read(0, usize::MAX).unwrap()
}

pub fn appends_and_reads_back<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    assert_eq!(log.last_seq().unwrap(), 0);
    assert!(all(&log).is_empty());
    let committed = log.commit(submission("sub_1", "hall", b"bytes").work(3)).unwrap();
    let new: Vec<_> = committed.outcomes[2..5]
        .iter()
        .map(|o| match o {
            Outcome::Message(Appended::New { seq, observations }) => (*seq, *observations),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(new, [(1, 1), (2, 2), (4, 3)]);
    assert_eq!(log.last_seq().unwrap(), 6);
    assert_eq!(all(&log), committed.recorded);
    assert_eq!(committed.recorded[2].entry, Entry::Message(message(3, 3)));
    assert_eq!(committed.recorded[2].at, at());
}

pub fn dedupes_per_party<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"a").work(3)).unwrap();
    let again = log.commit(submission("sub_2", "hall", b"b").work(4)).unwrap();
    assert_eq!(counts(&again), (4, 6));
    assert_eq!(again.recorded.len(), 1);
    let other_party = log.commit(submission("sub_3", "quay", b"a").work(3)).unwrap();
    assert_eq!(counts(&other_party), (6, 0), "another party's same words are another testimony");
    let twice = submission("sub_4", "yard", b"c").work_with([message(9, 5), message(9, 5)]);
    assert_eq!(counts(&log.commit(twice).unwrap()), (5, 5));
    assert_eq!(log.last_seq().unwrap(), 6 + 4 + 6 + 5);
}

pub fn replays_and_keys<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let first = Sample { key: Some("k1"), ..submission("sub_1", "hall", b"a") };
    log.commit(first.work(2)).unwrap();
    let (hall, quay) = (PartyId("hall".into()), PartyId("quay".into()));
    let (a, b) = (Sha256::of(b"a"), Sha256::of(b"b"));
    let ask = |party, sha, key| log.earlier(party, (Content::Feed, "file"), sha, key).unwrap();
    let summary = log.submission("sub_1").unwrap().unwrap();
    assert_eq!((summary.receipt.events, summary.receipt.messages, summary.bytes), (3, 7, 1));
    assert_eq!(summary.sha256, a.hex());
    assert_eq!(ask(&hall, &a, None), Earlier::Replay(Box::new(summary.clone())));
    assert_eq!(ask(&hall, &a, Some("k1")), Earlier::Replay(Box::new(summary.clone())));
    assert_eq!(ask(&hall, &a, Some("k2")), Earlier::Replay(Box::new(summary)));
    assert_eq!(ask(&hall, &b, Some("k1")), Earlier::KeyReused);
    assert_eq!(ask(&hall, &b, Some("k2")), Earlier::None);
    assert_eq!(ask(&quay, &a, Some("k1")), Earlier::None, "a party learns nothing of another's");
}

pub fn replays_inside_a_commit<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let mut work = Sample { key: Some("k"), ..submission("sub_1", "hall", b"a") }.work(2);
    let one = work.len();
    work.extend(submission("sub_2", "hall", b"a").work(2));
    work.extend(Sample { key: Some("k"), ..submission("sub_3", "hall", b"b") }.work(2));
    let done = log.commit(work).unwrap();
    match &done.outcomes[one] {
        Outcome::Earlier(Earlier::Replay(summary)) => assert_eq!(summary.id, "sub_1"),
        other => panic!("{other:?}"),
    }
    assert_eq!(done.outcomes[one + 1], Outcome::Skipped);
    assert_eq!(done.outcomes[one * 2], Outcome::Earlier(Earlier::KeyReused));
    assert_eq!(done.outcomes.last(), Some(&Outcome::Skipped));
    assert_eq!(done.recorded.len(), 2);
    assert_eq!(log.submissions(None, None, 9).unwrap().len(), 1);
}

pub fn forgotten_content_is_not_a_replay<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"{}").work(0)).unwrap();
    let hall = PartyId("hall".into());
    let found = log.earlier(&hall, (Content::Certificate, "file"), &Sha256::of(b"{}"), None).unwrap();
    assert_eq!(found, Earlier::None, "the same bytes handed in as something else are something else");
}

pub fn a_whole_submission_in_one_commit<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"some bytes");
    let mut work = sample.work_with([message(1, 0), message(2, 4)]);
    work.insert(4, sample.publish("eco_1"));
    let done = log.commit(work).unwrap();
    assert_eq!(counts(&done), (4, 0));
    assert_eq!(receipt(&done).id, "sub_1");
    assert_eq!(done.outcomes[4], Outcome::Entry { seq: 6 });
    assert_eq!(log.last_seq().unwrap(), 6, "a message without observations has a number of its own");
    assert_eq!(all(&log), done.recorded);
    assert_eq!(log.submission("sub_1").unwrap().unwrap().receipt, *receipt(&done));
}

pub fn reads_ranges_in_order<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"a").work(10)).unwrap();
    let seqs = |after, max| log.read(after, max).unwrap().iter().map(|r| r.seq).collect::<Vec<_>>();
    assert_eq!(seqs(0, 6), [1, 2, 4]);
    assert_eq!(seqs(0, 5), [1, 2]);
    assert_eq!(seqs(3, 1), [4], "at least one entry, however long");
    assert_eq!(seqs(4, 9), [7, 11], "a number inside a message is past its beginning");
    assert!(seqs(55, 9).is_empty());
    let mut walked = Vec::new();
    while let Some(last) = log.read(walked.last().map_or(0, Recorded::last_seq), 12).unwrap().pop() {
        walked.extend(log.read(walked.last().map_or(0, Recorded::last_seq), 12).unwrap());
        assert_eq!(walked.last(), Some(&last));
    }
    assert_eq!(walked, all(&log));
    assert!(walked.windows(2).all(|w| w[0].last_seq() + 1 == w[1].seq));
}

pub fn unfinished_is_interrupted<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"half");
    let mut work = vec![sample.begin()];
    work.extend(sample.chunks());
    work.extend([sample.message(message(1, 3)), sample.message(message(2, 2))]);
    log.commit(work).unwrap();
    assert_eq!(log.submission("sub_1").unwrap(), None, "an open submission has no answer yet");
    drop(log);

    let mut log = home.open();
    assert_eq!(all(&log).len(), 2, "what was said stays said");
    let cut = log.submission("sub_1").unwrap().unwrap();
    assert_eq!((cut.bytes, cut.sha256.as_str(), cut.receipt.messages, cut.receipt.events), (4, "", 2, 5));
    assert_eq!(cut.receipt.findings[0].code, INTERRUPTED.code);
    assert_eq!(log.raw("sub_1").unwrap().unwrap(), b"half");
    let late = log.commit(vec![sample.message(message(3, 1))]).unwrap_err();
    assert!(matches!(late, LogError::Misuse { .. }), "{late:?}");
    let again = log.commit(submission("sub_2", "hall", b"half").work_with([
        message(1, 3),
        message(2, 2),
        message(3, 1),
    ]));
    assert_eq!(counts(&again.unwrap()), (1, 5));
}

pub fn an_interrupted_key_is_free<H: Harness>() {
    let home = H::new();
    let sample = Sample { key: Some("k"), ..submission("sub_1", "hall", b"a") };
    home.open().commit(vec![sample.begin()]).unwrap();
    let mut log = home.open();
    let again = Sample { key: Some("k"), ..submission("sub_2", "hall", b"a") };
    assert_eq!(counts(&log.commit(again.work(1)).unwrap()), (1, 0));
}

pub fn a_failed_commit_leaves_nothing<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"a").work(2)).unwrap();
    let mut work = submission("sub_2", "new-party", b"b").work(3);
    work.push(submission("sub_9", "hall", b"never begun").finish());
    assert!(matches!(log.commit(work), Err(LogError::Misuse { .. })));
    assert_eq!(log.last_seq().unwrap(), 3);
    assert_eq!(all(&log).len(), 2);
    assert_eq!(log.submissions(None, None, 9).unwrap().len(), 1);
    let done = log.commit(submission("sub_2", "new-party", b"b").work(3)).unwrap();
    assert_eq!(done.recorded[0].seq, 4);
    assert_eq!(all(&log).last().unwrap().party, PartyId("new-party".into()));
}

pub fn reopens<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let first = log.commit(submission("sub_1", "hall", b"a").work(3)).unwrap();
    drop(log);
    let mut log = home.open();
    assert_eq!(all(&log), first.recorded);
    assert_eq!(log.last_seq().unwrap(), 6);
    let second = log.commit(submission("sub_2", "hall", b"b").work(4)).unwrap();
    assert_eq!(second.recorded[0].seq, 7, "numbers go on, and known messages are still known");
    assert_eq!(counts(&second), (4, 6));
}

pub fn readers_run_beside<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let reader = log.reader().unwrap();
    assert_eq!(reader.last_seq().unwrap(), 0);
    let rounds = 40;
    let watcher = std::thread::spawn(move || {
        let mut seen: Vec<Recorded> = Vec::new();
        while seen.len() < rounds {
            let new = reader.read(seen.last().map_or(0, Recorded::last_seq), 50).unwrap();
            seen.extend(new);
        }
        seen
    });
    let mut written = Vec::new();
    for n in 0..rounds {
        let sample = submission(&format!("sub_{n}"), "hall", b"");
        let mut work = sample.work_with([message(n as u64, 3)]);
        let Work::Begin { sha256, .. } = &mut work[0] else { panic!("no beginning") };
        *sha256 = None;
        written.extend(log.commit(work).unwrap().recorded);
    }
    assert_eq!(watcher.join().unwrap(), written);
}

pub fn pages_of_the_inbox<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    for n in 0..7 {
        let party = if n % 2 == 0 { "hall" } else { "quay" };
        log.commit(submission(&format!("sub_{n}"), party, &[n]).work(0)).unwrap();
    }
    let page = |party: Option<&str>, before: Option<&str>, limit| {
        let party = party.map(|p| PartyId(p.into()));
        let lines = log.submissions(party.as_ref(), before, limit)?;
        Ok::<_, LogError>(lines.iter().map(|s| s.id.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(page(None, None, 3).unwrap(), ["sub_6", "sub_5", "sub_4"]);
    assert_eq!(page(None, Some("sub_4"), 3).unwrap(), ["sub_3", "sub_2", "sub_1"]);
    assert_eq!(page(Some("quay"), None, 2).unwrap(), ["sub_5", "sub_3"]);
    assert_eq!(page(Some("quay"), Some("sub_3"), 2).unwrap(), ["sub_1"]);
    assert!(page(Some("nobody"), None, 2).unwrap().is_empty());
    for (party, before) in [(Some("quay"), "sub_4"), (None, "sub_99")] {
        assert!(matches!(page(party, Some(before), 2), Err(LogError::UnknownSubmission(_))));
    }
    assert_eq!(page(None, None, usize::MAX).unwrap().len(), 7);
}

pub fn caps_a_commit<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"a");
    let half = u32::try_from(MAX_OBSERVATIONS / 2).unwrap();
    let messages =
        || [message(1, half), message(2, half), message(3, 1), message(4, half * 4), message(5, 2)];
    let error = log.commit(sample.work_with(messages())).unwrap_err();
    assert!(matches!(error, LogError::TooMany { .. }), "{error:?}");
    assert_eq!(log.last_seq().unwrap(), 0);
    let commits = split(sample.work_with(messages()));
    let sizes: Vec<usize> = commits.iter().map(|c| c.iter().map(Work::observations).sum()).collect();
    assert_eq!(sizes, [MAX_OBSERVATIONS, 1, MAX_OBSERVATIONS * 2, 2]);
    let done: Vec<Committed> = commits.into_iter().map(|c| log.commit(c).unwrap()).collect();
    assert_eq!(counts(done.last().unwrap()), (MAX_OBSERVATIONS as u64 * 3 + 3, 0));
    assert!(split(Vec::new()).is_empty());
}

pub fn keeps_raw_bytes<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let bytes: Vec<u8> = (0..=240_u8).cycle().take(crate::CHUNK * 2 + 17).collect();
    log.commit(submission("sub_1", "hall", &bytes).work(0)).unwrap();
    log.commit(submission("sub_2", "hall", b"").work(0)).unwrap();
    let mut streamed = Vec::new();
    assert_eq!(log.raw_to("sub_1", &mut streamed).unwrap(), Some(bytes.len() as u64));
    assert!(streamed == bytes && log.raw("sub_1").unwrap().unwrap() == bytes);
    assert_eq!(log.raw("sub_2").unwrap().unwrap(), b"");
    assert_eq!(log.raw("sub_3").unwrap(), None);
    assert_eq!(log.submission("sub_3").unwrap(), None);
}

pub fn refuses_disorder<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"abc");
    let chunk = |index| {
        let bytes = CompressedChunk::compress(b"abc").unwrap();
        Work::Chunk { submission: sample.id.clone(), index, bytes }
    };
    let as_entry = Work::Entry {
        submission: sample.id.clone(),
        at: at(),
        party: sample.party.clone(),
        entry: Entry::Message(message(1, 1)),
    };
    let long_key = "k".repeat(256);
    let long_key = Sample { key: Some(&long_key), ..submission("sub_1", "hall", b"abc") };
    for disorder in [
        vec![sample.finish()],
        vec![sample.message(message(1, 1))],
        vec![sample.publish("eco_1")],
        vec![sample.begin(), chunk(1)],
        vec![sample.begin(), chunk(0), chunk(0)],
        vec![sample.begin(), sample.finish()],
        vec![sample.begin(), sample.begin()],
        vec![sample.begin(), as_entry],
        vec![long_key.begin()],
    ] {
        let error = log.commit(disorder).unwrap_err();
        assert!(matches!(error, LogError::Misuse { .. }), "{error:?}");
    }
    assert_eq!(counts(&log.commit(sample.work(1)).unwrap()), (1, 0));
}

pub fn decisions_come_later<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"{}");
    log.commit(sample.work(0)).unwrap();
    let done = log.commit(vec![sample.publish("eco_1"), sample.publish("eco_1")]).unwrap();
    assert_eq!(done.outcomes, [Outcome::Entry { seq: 1 }, Outcome::Entry { seq: 2 }]);
    assert_eq!(all(&log), done.recorded);
}
