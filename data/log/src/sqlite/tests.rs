//! The log on SQLite keeps the contract of every log, and what only SQLite has to prove.

mod disk;
mod erasing;
mod older;

use super::*;
use crate::contract::Harness;
use crate::sample::submission;
use crate::work::Outcome;
use tempfile::TempDir;

struct Directory(TempDir);

impl Harness for Directory {
    type Log = SqliteLog;

    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> SqliteLog {
        SqliteLog::open(self.0.path()).unwrap()
    }
}

crate::log_contract!(Directory);

fn pragma(connection: &Connection, name: &str) -> String {
    connection.pragma_query_value(None, name, |r| r.get::<_, rusqlite::types::Value>(0)).map_or_else(
        |e| e.to_string(),
        |v| match v {
            rusqlite::types::Value::Integer(i) => i.to_string(),
            rusqlite::types::Value::Text(t) => t,
            other => format!("{other:?}"),
        },
    )
}

#[test]
fn only_the_owner_reads_the_files() {
    let home = Directory::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"one").work(1)).unwrap();
    for ending in ["", "-wal", "-shm"] {
        let file = home.0.path().join(format!("{}{ending}", SqliteLog::FILE));
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn commits_are_synced_and_checked() {
    let home = Directory::new();
    let log = home.open();
    assert_eq!(pragma(&log.connection, "journal_mode"), "wal");
    assert_eq!(pragma(&log.connection, "synchronous"), "2");
    assert_eq!(pragma(&log.connection, "foreign_keys"), "1");
    assert_eq!(pragma(&log.connection, "busy_timeout"), "5000");
}

#[test]
fn second_writer_is_refused_and_readers_are_not() {
    let home = Directory::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"one").work(1)).unwrap();
    match SqliteLog::open(home.0.path()) {
        Err(LogError::Locked { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
        other => panic!("{other:?}"),
    }
    assert!(SqliteReader::open(home.0.path()).unwrap().last_seq().unwrap() > 0);
    drop(log);
    assert!(SqliteReader::open(home.0.path()).unwrap().last_seq().unwrap() > 0, "no writer is needed");
}

#[test]
fn a_reader_cannot_write() {
    let home = Directory::new();
    let _log = home.open();
    let reader = SqliteReader::open(home.0.path()).unwrap();
    assert!(reader.connection.execute("DELETE FROM entry", []).is_err());
}

#[test]
fn full_disk_keeps_nothing_of_the_commit_and_the_log_goes_on() {
    let home = Directory::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"one").work(2)).unwrap();
    let before = log.last_seq().unwrap();
    let pages: i64 = log.connection.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
    log.connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
    let noise: Vec<u8> = (0..200_000_u32).flat_map(|i| Sha256::of(&i.to_le_bytes()).0).collect();
    let error = log.commit(submission("sub_2", "hall", &noise).work(3)).unwrap_err();
    assert!(matches!(error, LogError::Full { .. }), "{error:?}");
    assert!(error.to_string().contains("log.sqlite3"), "{error}");
    assert_eq!(log.last_seq().unwrap(), before);
    assert_eq!(log.submission("sub_2").unwrap(), None);

    log.connection.pragma_update(None, "max_page_count", 1 << 30).unwrap();
    let done = log.commit(submission("sub_2", "hall", &noise).work(3)).unwrap();
    assert!(matches!(done.outcomes.last(), Some(Outcome::Finished(_))));
    assert_eq!(log.raw("sub_2").unwrap().unwrap(), noise);
}

#[test]
fn a_file_that_is_no_log_is_told_apart() {
    let home = Directory::new();
    let path = home.0.path().join(SqliteLog::FILE);
    std::fs::write(
        &path,
        b"this is no database, but it is longer than a header has to be...............".repeat(9),
    )
    .unwrap();
    let error = SqliteLog::open(home.0.path()).unwrap_err();
    assert!(matches!(error, LogError::Corrupt { .. }), "{error:?}");

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE cats (name TEXT)").unwrap();
    assert!(matches!(SqliteLog::open(home.0.path()), Err(LogError::NotALog(_))));
    assert!(matches!(SqliteReader::open(home.0.path()), Err(LogError::NotALog(_))));
}

#[test]
fn a_newer_schema_is_refused() {
    let home = Directory::new();
    drop(home.open());
    let path = home.0.path().join(SqliteLog::FILE);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 4_000).unwrap();
    for error in [SqliteLog::open(home.0.path()).err(), SqliteReader::open(home.0.path()).err()] {
        assert!(matches!(error, Some(LogError::Schema { found: 4_000, .. })), "{error:?}");
    }
}

#[test]
fn a_damaged_file_is_an_error_with_its_place() {
    let home = Directory::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"one").work(40)).unwrap();
    log.connection.execute("UPDATE entry SET block = zeroblob(40) WHERE seq > 1", []).unwrap();
    let error = log.read(0, 1_000_000).unwrap_err();
    assert!(matches!(error, LogError::Corrupt { .. }), "{error:?}");
    log.connection.execute("UPDATE raw SET bytes = x'00'", []).unwrap();
    assert!(matches!(log.raw("sub_1"), Err(LogError::Corrupt { .. })));
}
