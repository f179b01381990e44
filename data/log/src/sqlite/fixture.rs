//! The database files of every released schema are opened and read back whole.
//!
//! A new schema adds a file: `cargo test -p sealane-log -- --ignored write_the_fixture`. Files of
//! schemas that were released are never written again.

use super::schema::MIGRATIONS;
use crate::sample::{Sample, message, submission};
use crate::{
    Again, EncodedMessage, INTERRUPTED, Log as _, LogError, LogReader as _, Outcome, SqliteLog, SqliteReader,
    Work,
};
use rusqlite::Connection;
use sealane_data::answer::{AnswerStatus, AnswerStep, AnswerWay};
use sealane_data::certificate::{CertificateId, CertificateRecord};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::recorded::{Entry, MessageRecord, Reread, RereadSubmission};
use sealane_data::submission::{Content, Receipt, SubmissionId};
use serde_json::json;
use std::path::{Path, PathBuf};

const BYTES: &[u8] = b"UNB+UNOA:2+HALL+QUAY+260905:1420+1'UNZ+0+1'";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn certificate() -> Entry {
    Entry::Certificate(Box::new(CertificateRecord {
        id: CertificateId("eco_1".into()),
        natural_key: "RCEP|CN|CCPIT|SAMPLE1".to_owned(),
        sha256: "0".repeat(64),
        document: json!({"form": "RCEP", "items": [{"weight": 12.345, "packages": 40, "hs": "8501.10"}]}),
    }))
}

/// Writes one of everything: messages of both block formats, a certificate, a decision, an open submission.
fn fill(log: &mut SqliteLog) {
    let feed = submission("sub_1", "hall", BYTES);
    log.commit(feed.work(3)).unwrap();
    let paper = submission("sub_2", "exporter", b"{}");
    let at = "2026-09-06T00:00:00Z".parse().unwrap();
    let decision = Entry::Published { certificate: CertificateId("eco_1".into()) };
    let mut work = paper.work(0);
    for entry in [certificate(), decision] {
        work.push(Work::Entry { submission: paper.id.clone(), at, party: paper.party.clone(), entry });
    }
    let cut = submission("sub_3", "hall", b"never finished");
    let mut half = cut.work(0);
    half.pop();
    let message = EncodedMessage::encode(message(4, 0)).unwrap();
    half.push(Work::Message { submission: cut.id.clone(), at, party: cut.party.clone(), message });
    work.extend(half);
    log.commit(work).unwrap();
    // From schema 2 on: bytes that were erased, a profile, a submission that was read again.
    let gone = submission("sub_0", "hall", b"erased later");
    log.commit(gone.work(0)).unwrap();
    log.commit(vec![gone.erase("a test")]).unwrap();
    let step = |step| Work::Answer { submission: feed.id.clone(), at, step };
    log.commit(vec![step(AnswerStep::Due(AnswerWay::Folder)), step(AnswerStep::Written)]).unwrap();
    let file = Sample {
        content: Content::Profile,
        ..submission("sub_5", PartyId::OPERATOR, b"id = \"hall\"\nname = \"Hall\"\n")
    };
    let profile = Partner { name: "Hall".to_owned(), ..Partner::new(PartyId("hall".into())) };
    let mut work = file.work(0);
    let entry = Entry::Profile(Box::new(profile));
    work.push(Work::Entry { submission: file.id.clone(), at, party: file.party.clone(), entry });
    work.push(read_again(&feed));
    log.commit(work).unwrap();
}

/// Reads the second message of a feed otherwise.
fn read_again(feed: &Sample<'_>) -> Work {
    let before = Receipt { id: feed.id.0.clone(), messages: 7, events: 6, ..Receipt::default() };
    let after = Receipt { messages: 3, ..before.clone() };
    let reread = Reread {
        id: "again_1".into(),
        why: "the clock was wrong".to_owned(),
        retracted: vec![2],
        submissions: vec![RereadSubmission { id: feed.id.clone(), before, after }],
        ..Reread::default()
    };
    let record = MessageRecord { document: "READ ANEW".into(), ..message(2, 2) };
    let message = EncodedMessage::encode(record).unwrap();
    let again = Again { submission: feed.id.clone(), party: feed.party.clone(), message };
    Work::Reread {
        reread: Box::new(reread),
        at: "2026-09-07T00:00:00Z".parse().unwrap(),
        messages: vec![again],
    }
}

fn expected(version: usize) -> PathBuf {
    fixtures().join(format!("v{version}.json"))
}

#[test]
#[ignore = "writes into the repository: only when the schema has a new version"]
fn write_the_fixture() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = SqliteLog::open(directory.path()).unwrap();
    fill(&mut log);
    let entries: Vec<Entry> = log.read(0, usize::MAX).unwrap().into_iter().map(|r| r.entry).collect();
    drop(log);
    let path = directory.path().join(SqliteLog::FILE);
    let small = "PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM; PRAGMA journal_mode = WAL;";
    Connection::open(&path).unwrap().execute_batch(small).unwrap();
    std::fs::copy(&path, fixtures().join(format!("v{}.sqlite3", MIGRATIONS.len()))).unwrap();
    std::fs::write(expected(MIGRATIONS.len()), serde_json::to_string_pretty(&entries).unwrap() + "\n")
        .unwrap();
}

#[test]
fn every_released_schema_is_read_back_whole() {
    for version in 1..=MIGRATIONS.len() {
        let directory = tempfile::tempdir().unwrap();
        let file = fixtures().join(format!("v{version}.sqlite3"));
        assert!(std::fs::metadata(&file).unwrap().len() < 100_000, "fixtures stay small");
        std::fs::copy(&file, directory.path().join(SqliteLog::FILE)).unwrap();
        let mut log = SqliteLog::open(directory.path()).unwrap();

        let expected: Vec<Entry> =
            serde_json::from_str(&std::fs::read_to_string(expected(version)).unwrap()).unwrap();
        let recorded = log.read(0, usize::MAX).unwrap();
        let places: Vec<_> =
            recorded.iter().map(|r| (r.seq, r.party.0.as_str(), r.submission.0.as_str())).collect();
        let all = [
            (1, "hall", "sub_1"),
            (2, "hall", "sub_1"),
            (4, "hall", "sub_1"),
            (7, "exporter", "sub_2"),
            (8, "exporter", "sub_2"),
            (9, "hall", "sub_3"),
            (10, "operator", "sub_0"),
            (11, "operator", "sub_5"),
            (12, "hall", "sub_1"),
            (14, "operator", "sub_1"),
        ];
        let second = version >= 2;
        assert_eq!(places, all[..if second { 10 } else { 6 }]);
        assert_eq!(recorded.into_iter().map(|r| r.entry).collect::<Vec<_>>(), expected);

        let mut inbox = log.submissions(None, None, 10).unwrap();
        let standing: Vec<_> =
            log.standing(&[SubmissionId("sub_1".into())]).unwrap().iter().map(|r| r.seq).collect();
        assert_eq!(standing, if second { [1, 4, 12] } else { [1, 2, 4] });
        assert_eq!(log.decisions().unwrap().len(), if second { 5 } else { 2 });
        if second {
            assert_eq!(inbox.remove(0).party, PartyId::operator());
            assert_eq!(inbox.remove(0).erased.unwrap().erasure.reason, "a test");
            assert!(matches!(log.raw("sub_0"), Err(LogError::Erased { .. })));
        }
        assert_eq!(inbox.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["sub_3", "sub_2", "sub_1"]);
        assert_eq!(inbox[0].receipt.findings[0].code, INTERRUPTED.code);
        assert_eq!(inbox[2].answer.as_ref().map(|a| a.status), second.then_some(AnswerStatus::Written));
        assert_eq!((inbox[2].receipt.events, inbox[2].source.name.as_str()), (6, "ship list.edi"));
        assert_eq!(log.raw("sub_1").unwrap().unwrap(), BYTES);
        SqliteReader::open(directory.path()).unwrap();

        let again = log.commit(submission("sub_4", "hall", b"later").work(4)).unwrap();
        match again.outcomes.last() {
            Some(Outcome::Finished(receipt)) => assert_eq!((receipt.events, receipt.duplicates), (0, 10)),
            other => panic!("{other:?}"),
        }
    }
}
