//! What is a repeat of what: files that are kept for their bytes alone, and messages of before.

use super::{Harness, all, counts};
use crate::sample::{Sample, at, message, submission};
use crate::{Again, Committed, Earlier, EncodedMessage, Log as _, LogReader as _, Outcome, Work};
use sealane_data::recorded::{Entry, Reread, RereadSubmission};
use sealane_data::submission::{Content, Receipt, Sha256, Source};

/// A PDF that is an exporter's paper, and the same bytes in every other role.
const PDF: &[u8] = b"%PDF-1.4 or {}: the same bytes";

fn handed_in<'a>(id: &str, transport: &'a str) -> Sample<'a> {
    Sample { content: Content::Certificate, transport, ..submission(id, "exporter", PDF) }
}

/// Returns which submission a commit was a repeat of; nothing where it was taken.
fn repeats(done: &Committed) -> Option<String> {
    match &done.outcomes[0] {
        Outcome::Earlier(Earlier::Replay(earlier)) => Some(earlier.id.to_string()),
        Outcome::Done => None,
        other => panic!("{other:?}"),
    }
}

pub fn files_papers_and_certificates_are_no_repeats_of_each_other<H: Harness>() {
    let roles = [Source::ANSWER_FILE, Source::PAPER, "http"];
    for first in 0..roles.len() {
        let home = H::new();
        let mut log = home.open();
        for n in 0..roles.len() {
            let sample = handed_in(&format!("sub_{n}"), roles[(first + n) % roles.len()]);
            assert_eq!(repeats(&log.commit(sample.work(0)).unwrap()), None, "{} first", roles[first]);
        }
        log.reopen().unwrap();
        for n in 0..roles.len() {
            let role = roles[(first + n) % roles.len()];
            let again = log.commit(handed_in("sub_9", role).work(0)).unwrap();
            assert_eq!(repeats(&again), Some(format!("sub_{n}")), "each is a repeat of its own kind");
            let found = log.submission(&format!("sub_{n}")).unwrap().unwrap();
            assert_eq!(found.source.transport, role);
        }
        let other_way = log.commit(handed_in("sub_8", "file").work(0)).unwrap();
        assert!(repeats(&other_way).is_some(), "a certificate is itself, however it comes");
    }
}

pub fn erased_files_are_kept_anew<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    for (n, role) in [Source::ANSWER_FILE, Source::PAPER].into_iter().enumerate() {
        let sample = |id: usize| Sample { key: Some(role), ..handed_in(&format!("sub_{n}{id}"), role) };
        log.commit(sample(0).work(0)).unwrap();
        log.commit(vec![sample(0).erase("kept long enough")]).unwrap();
        assert_eq!(repeats(&log.commit(sample(1).work(0)).unwrap()), None, "nothing is left of the first");
        assert_eq!(log.raw(&format!("sub_{n}1")).unwrap().unwrap(), PDF);
        for key in [None, Some(role)] {
            let again = Sample { key, ..sample(2) };
            assert_eq!(repeats(&log.commit(again.work(0)).unwrap()), Some(format!("sub_{n}1")), "{key:?}");
        }
    }
    let party = submission("", "exporter", b"").party;
    let file = |id, bytes, party| Sample {
        content: Content::Certificate,
        transport: Source::ANSWER_FILE,
        ..submission(id, party, bytes)
    };
    assert_eq!(log.bytes_of_answer_files(&party).unwrap(), PDF.len() as u64, "neither erased nor papers");
    log.commit(file("sub_5", b"1234567", "exporter").work(0)).unwrap();
    log.commit(file("sub_6", b"a stranger's", "stranger").work(0)).unwrap();
    assert_eq!(log.bytes_of_answer_files(&party).unwrap(), PDF.len() as u64 + 7);
    // What was read from a certificate stays: its bytes do not come back.
    log.commit(handed_in("sub_3", "http").work(0)).unwrap();
    log.commit(vec![handed_in("sub_3", "http").erase("asked for")]).unwrap();
    assert_eq!(repeats(&log.commit(handed_in("sub_4", "http").work(0)).unwrap()), Some("sub_3".to_owned()));
}

pub fn what_is_known_by_its_older_key_is_a_repeat<H: Harness>() {
    let home = H::new();
    let mut log = home.open();
    let first = submission("sub_1", "hall", b"of before");
    log.commit(first.work(2)).unwrap();
    let of_before = all(&log);
    // The same message with the key of today, and what it was known by then.
    let today = |number: u64, observations| {
        let older = message(number, observations).key;
        let mut record = message(number, observations);
        record.key = [u8::try_from(number).unwrap(); 16];
        let mut message = EncodedMessage::encode(record).unwrap();
        message.set_older(Some(older));
        message
    };
    let send = |id: &str, party: &str, number, observations| {
        let sample = submission(id, party, id.as_bytes());
        let mut work = sample.work(0);
        let message = today(number, observations);
        let said =
            Work::Message { submission: sample.id.clone(), at: at(), party: sample.party.clone(), message };
        work.insert(work.len() - 1, said);
        work
    };
    let ids = "sub_2";
    assert_eq!(counts(&log.commit(send(ids, "hall", 2, 2)).unwrap()), (0, 2), "the party's own repeat");
    assert_eq!(counts(&log.commit(send("sub_3", "quay", 2, 2)).unwrap()), (2, 0), "another's is none");
    assert_eq!(counts(&log.commit(send("sub_4", "hall", 3, 3)).unwrap()), (3, 0), "what is new is new");
    assert_eq!(counts(&log.commit(send("sub_5", "hall", 3, 3)).unwrap()), (0, 3));

    // The repeat read again adds nothing; what is taken back first is read anew.
    let again = |id: &str, number, observations| Again {
        submission: submission(id, "hall", b"").id,
        party: first.party.clone(),
        message: today(number, observations),
    };
    let reread = Reread {
        id: "again_1".into(),
        retracted: vec![of_before[0].seq],
        submissions: vec![RereadSubmission {
            id: first.id.clone(),
            before: Receipt::default(),
            after: Receipt { id: "sub_1".into(), ..Receipt::default() },
        }],
        ..Reread::default()
    };
    let messages = vec![again(ids, 2, 2), again("sub_1", 1, 1)];
    let done = log.commit(vec![Work::Reread { reread: Box::new(reread), at: at(), messages }]).unwrap();
    let Entry::Reread(kept) = &done.recorded[1].entry else { panic!("{:?}", done.recorded) };
    assert_eq!((kept.appended.len(), done.recorded.len()), (1, 2), "message 1 alone");
    assert_eq!(done.recorded[0].submission, first.id);
    let found = log.earlier(&first.party, (Content::Feed, "file"), &Sha256::of(b"of before"), None).unwrap();
    assert!(matches!(found, Earlier::Replay(_)));
}
