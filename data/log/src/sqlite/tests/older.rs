//! Logs of before: files that were filed as certificates, and interchanges known by keys of the older kind.

use super::*;
use crate::Work;
use crate::sample::Sample;
use crate::work::Earlier;
use crate::{REFERENCE_REUSED, SENT_BEFORE};
use sealane_data::finding::Place;
use sealane_data::submission::{InterchangeMark, Source};

/// Copies the log of a released schema and changes something in it, as that program might have written it.
fn of_schema(version: u32, sql: &str) -> Directory {
    let home = Directory::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/v{version}.sqlite3"));
    let path = home.0.path().join(SqliteLog::FILE);
    std::fs::copy(from, &path).unwrap();
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    home
}

#[test]
fn files_of_before_are_no_certificates_any_more() {
    for (transport, taken) in [(Source::PAPER, 5), (Source::ANSWER_FILE, 6), ("http", 2)] {
        let home = of_schema(
            4,
            &format!("UPDATE submission SET content = 2, transport = '{transport}' WHERE id = 'sub_2'"),
        );
        let mut log = home.open();
        let kept: i64 = log
            .connection
            .query_row("SELECT content FROM submission WHERE id = 'sub_2'", [], |r| r.get(0))
            .unwrap();
        assert_eq!(kept, taken, "{transport}");
        let certificate = |id: &str, transport| {
            let content = Content::Certificate;
            Sample { content, transport, ..submission(id, "exporter", b"{}") }.work(0)
        };
        let again = log.commit(certificate("sub_7", transport)).unwrap();
        assert!(matches!(again.outcomes[0], Outcome::Earlier(Earlier::Replay(_))), "{again:?}");
        let done = log.commit(certificate("sub_8", "file")).unwrap();
        assert_eq!(done.outcomes[0] == Outcome::Done, transport != "http", "{transport}");
    }
}

/// Sends an interchange with a reference, and returns what is found about it.
fn found(log: &mut SqliteLog, id: &str, content: u8, older: Option<u8>) -> Vec<String> {
    let sample = submission(id, "hall", id.as_bytes());
    let mut work = sample.work(0);
    let mark = InterchangeMark {
        key: [1; 16],
        content: [content; 16],
        older: older.map(|n| [n; 16]),
        reference: "REF1".into(),
        place: Place::default(),
    };
    let noted = Work::Interchange { submission: sample.id.clone(), party: sample.party.clone(), mark };
    work.insert(work.len() - 1, noted);
    match log.commit(work).unwrap().outcomes.pop() {
        Some(Outcome::Finished(receipt)) => receipt.findings.into_iter().map(|f| f.message).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_content_of_before_says_nothing_to_who_has_none_of_that_kind() {
    let noted = "INSERT INTO interchange SELECT party, x'01010101010101010101010101010101', \
         x'09090909090909090909090909090909', row FROM submission WHERE id = 'sub_1'";
    let home = of_schema(4, noted);
    let mut log = home.open();
    let hall = PartyId("hall".into());
    assert!(log.has_older_keys().unwrap());
    assert!(log.noted_of_old(&hall, &[[2; 16], [1; 16]]).unwrap());
    assert!(!log.noted_of_old(&hall, &[[2; 16]]).unwrap());
    assert!(!log.noted_of_old(&PartyId("quay".into()), &[[1; 16]]).unwrap(), "it is nobody else's");

    let same = ["interchange `REF1` came before in `sub_1`"];
    assert_eq!(found(&mut log, "sub_20", 3, Some(9)), same, "{}", SENT_BEFORE.about);
    let other = ["`REF1` named another interchange in `sub_1`; both were read"];
    assert_eq!(found(&mut log, "sub_21", 4, Some(8)), other, "{}", REFERENCE_REUSED.about);
    assert_eq!(found(&mut log, "sub_22", 3, None), ["interchange `REF1` came before in `sub_20`"]);
    assert_eq!(
        found(&mut log, "sub_23", 5, None),
        ["`REF1` named another interchange in `sub_20`; both were read"]
    );

    let home = of_schema(4, noted);
    let mut log = home.open();
    assert_eq!(found(&mut log, "sub_20", 3, None), [""; 0], "it may be the same, or not");
    assert_eq!(found(&mut log, "sub_21", 3, None), ["interchange `REF1` came before in `sub_20`"]);
}

#[test]
fn a_new_log_has_nothing_of_before() {
    let home = Directory::new();
    let mut log = home.open();
    assert_eq!(found(&mut log, "sub_1", 3, None), [""; 0]);
    assert!(!log.has_older_keys().unwrap());
    assert!(!log.noted_of_old(&PartyId("hall".into()), &[[1; 16]]).unwrap());
    let other = ["`REF1` named another interchange in `sub_1`; both were read"];
    assert_eq!(found(&mut log, "sub_2", 4, None), other);
}
