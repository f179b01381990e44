//! The log on one machine: SQLite in one data directory.
//!
//! Write-ahead log, `synchronous=FULL`: a commit is on disk when it returns. Readers have their own
//! connections and see the last commit without waiting for the writer, nor the writer for them.

#[cfg(test)]
mod fixture;
mod read;
mod reread;
mod schema;
mod write;

use crate::error::{Doing as _, LogError, Result};
use crate::lock::DataLock;
use crate::work::{Committed, Earlier, MAX_OBSERVATIONS, Work, too_many};
use crate::{Log, LogReader, Stored};
use rusqlite::{Connection, TransactionBehavior};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Recorded, Seq};
use sealane_data::submission::{Content, Sha256, SubmissionId, SubmissionSummary};
use std::io::Write;
use std::path::{Path, PathBuf};
use write::{State, Writer};

/// The writer: the only one of its data directory, in any process.
#[derive(Debug)]
pub struct SqliteLog {
    // Before the lock, so that the connection is closed before the lock is given up.
    connection: Connection,
    state: State,
    path: PathBuf,
    poisoned: bool,
    _lock: DataLock,
}

impl SqliteLog {
    /// The database's file name in a data directory.
    pub const FILE: &str = "log.sqlite3";

    /// Opens the log of a data directory for writing, and makes both where they are missing.
    ///
    /// Brings the schema up to date and marks submissions as interrupted that a process left open.
    pub fn open(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(LogError::io(directory))?;
        let lock = DataLock::take(directory)?;
        let path = directory.join(Self::FILE);
        let (connection, state) = Self::prepare(&path).map_err(|e| e.at(&path))?;
        Ok(Self { connection, state, path, poisoned: false, _lock: lock })
    }

    fn prepare(path: &Path) -> Result<(Connection, State)> {
        let mut connection = schema::open_writer(path)?;
        let cut = write::interrupt(&mut connection)?;
        if cut > 0 {
            tracing::warn!(submissions = cut, "submissions were cut off when the service stopped");
        }
        let state = State::load(&connection)?;
        Ok((connection, state))
    }

    fn try_commit(&mut self, work: Vec<Work>) -> Result<Committed> {
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("beginning a commit")?;
        let mut writer = Writer::new(&tx, &mut self.state);
        for piece in work {
            writer.apply(piece)?;
        }
        let committed = writer.finish();
        tx.commit().doing("syncing a commit")?;
        Ok(committed)
    }
}

impl Log for SqliteLog {
    fn commit(&mut self, work: Vec<Work>) -> Result<Committed> {
        if self.poisoned {
            return Err(LogError::Poisoned);
        }
        if let Some(observations) = too_many(&work) {
            return Err(LogError::TooMany { observations, cap: MAX_OBSERVATIONS });
        }
        let before = self.state.mark();
        self.try_commit(work).map_err(|error| {
            self.state.restore(before);
            // After a failed sync the kernel may call lost pages clean: nothing here can be trusted.
            self.poisoned = matches!(error, LogError::Disk { .. });
            error.at(&self.path)
        })
    }

    fn reader(&self) -> Result<Box<dyn LogReader>> {
        Ok(Box::new(SqliteReader::open_file(self.path.clone())?))
    }
}

/// A reader of the log, beside a writer in this or another process; takes no lock.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
    path: PathBuf,
}

impl SqliteReader {
    /// Opens the log of a data directory for reading; its schema must be up to date.
    pub fn open(directory: &Path) -> Result<Self> {
        Self::open_file(directory.join(SqliteLog::FILE))
    }

    fn open_file(path: PathBuf) -> Result<Self> {
        let connection = schema::open_reader(&path).map_err(|e| e.at(&path))?;
        Ok(Self { connection, path })
    }
}

macro_rules! read_through_the_connection {
    ($type:ty, $last_seq:expr) => {
        impl LogReader for $type {
            fn last_seq(&self) -> Result<Seq> {
                $last_seq(self).map_err(|e: LogError| e.at(&self.path))
            }

            fn earlier(
                &self,
                party: &PartyId,
                content: Content,
                sha256: &Sha256,
                key: Option<&str>,
            ) -> Result<Earlier> {
                read::earlier(&self.connection, party, content, sha256, key).map_err(|e| e.at(&self.path))
            }

            fn stored(&self, after: Seq, max_observations: usize) -> Result<Vec<Stored>> {
                read::stored(&self.connection, after, max_observations).map_err(|e| e.at(&self.path))
            }

            fn submissions(
                &self,
                party: Option<&PartyId>,
                before: Option<&str>,
                limit: usize,
            ) -> Result<Vec<SubmissionSummary>> {
                read::submissions(&self.connection, party, before, limit).map_err(|e| e.at(&self.path))
            }

            fn submission(&self, id: &str) -> Result<Option<SubmissionSummary>> {
                read::submission(&self.connection, id).map_err(|e| e.at(&self.path))
            }

            fn decisions(&self) -> Result<Vec<Recorded>> {
                let stored = read::decisions(&self.connection).map_err(|e| e.at(&self.path))?;
                stored.into_iter().map(Stored::decode).collect()
            }

            fn standing(&self, submissions: &[SubmissionId]) -> Result<Vec<Recorded>> {
                let stored = read::standing(&self.connection, submissions).map_err(|e| e.at(&self.path))?;
                stored.into_iter().map(Stored::decode).collect()
            }

            fn raw_to(&self, id: &str, to: &mut dyn Write) -> Result<Option<u64>> {
                read::raw_to(&self.connection, id, to).map_err(|e| e.at(&self.path))
            }
        }
    };
}

read_through_the_connection!(SqliteLog, |log: &SqliteLog| Ok(log.state.last_seq()));
read_through_the_connection!(SqliteReader, |reader: &SqliteReader| read::last_seq(&reader.connection));

#[cfg(test)]
mod tests {
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
        log.connection.execute("UPDATE chunk SET bytes = x'00'", []).unwrap();
        assert!(matches!(log.raw("sub_1"), Err(LogError::Corrupt { .. })));
    }
}
