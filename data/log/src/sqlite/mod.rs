//! The log on one machine: SQLite in one data directory.
//!
//! Write-ahead log, `synchronous=FULL`: a commit is on disk when it returns. Readers have their own
//! connections and see the last commit without waiting for the writer, nor the writer for them.

mod answer;
mod copy;
mod erase;
mod examine;
#[cfg(test)]
mod fixture;
mod interchange;
mod read;
mod reread;
mod schema;
#[cfg(test)]
mod tests;
mod write;

pub use copy::{Copied, copy};

use crate::error::{Doing as _, LogError, Result};
use crate::lock::DataLock;
use crate::work::{Committed, Earlier, MAX_OBSERVATIONS, Outcome, Places, Refused, Work, too_many};
use crate::{Log, LogReader, Stored};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Recorded, Seq};
use sealane_data::submission::{Content, Sha256, SubmissionId, SubmissionSummary};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
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
    /// Whether the write-ahead log may still hold bytes that were erased.
    unscrubbed: bool,
    _lock: DataLock,
}

impl SqliteLog {
    /// The database's file name in a data directory.
    pub const FILE: &str = "log.sqlite3";

    /// The schema that this program writes; older ones are brought up to date on opening.
    pub const SCHEMA: u32 = schema::KNOWN;

    /// Opens the log of a data directory for writing, and makes both where they are missing.
    ///
    /// Brings the schema up to date and marks submissions as interrupted that a process left open.
    pub fn open(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(LogError::io(directory))?;
        let lock = DataLock::take(directory)?;
        let path = directory.join(Self::FILE);
        // For its owner only, also in a folder that others can enter; SQLite gives its other files the same mode.
        let mut private = std::fs::OpenOptions::new();
        private.append(true).create(true).mode(0o600).open(&path).map_err(LogError::io(&path))?;
        let (connection, state) = Self::prepare(&path).map_err(|e| e.at(&path))?;
        let mut log = Self { connection, state, path, poisoned: false, unscrubbed: true, _lock: lock };
        // A process that was killed may have left erased bytes in the write-ahead log.
        log.scrub()?;
        Ok(log)
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

    fn transact(&mut self, work: &[Work]) -> Result<(Vec<Outcome>, Places)> {
        if self.poisoned {
            return Err(LogError::Poisoned);
        }
        if let Some(observations) = too_many(work) {
            return Err(LogError::TooMany { observations, cap: MAX_OBSERVATIONS });
        }
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("beginning a commit")?;
        let mut writer = Writer::new(&tx, &mut self.state);
        let outcomes = work.iter().map(|piece| writer.apply(piece)).collect::<Result<Vec<_>>>()?;
        let again = writer.finish();
        tx.commit().doing("syncing a commit")?;
        Ok((outcomes, again))
    }
}

impl Log for SqliteLog {
    fn try_commit(&mut self, work: Vec<Work>) -> std::result::Result<Committed, Box<Refused>> {
        let before = self.state.mark();
        match self.transact(&work) {
            Ok((outcomes, again)) => {
                self.unscrubbed |= work.iter().any(|w| matches!(w, Work::Erase { .. }));
                Ok(Committed::new(work, outcomes, again))
            }
            Err(error) => {
                self.state.restore(before);
                // After a failed sync the kernel may call lost pages clean: nothing here can be trusted.
                self.poisoned |= matches!(error, LogError::Disk { .. });
                Err(Box::new(Refused { error: error.at(&self.path), work }))
            }
        }
    }

    fn reopen(&mut self) -> Result<()> {
        self.poisoned = true;
        // The old connection goes first: while it is there, the new one would share its view.
        self.connection = Connection::open_in_memory().doing("reopening")?;
        (self.connection, self.state) = Self::prepare(&self.path).map_err(|e| e.at(&self.path))?;
        (self.poisoned, self.unscrubbed) = (false, true);
        Ok(())
    }

    fn scrub(&mut self) -> Result<bool> {
        if self.unscrubbed {
            self.unscrubbed = !erase::scrub(&self.connection).map_err(|e| e.at(&self.path))?;
        }
        Ok(!self.unscrubbed)
    }

    fn reclaim(&mut self) -> Result<bool> {
        let done = erase::reclaim(&mut self.connection, erase::WORTH_BYTES).map_err(|e| e.at(&self.path))?;
        self.unscrubbed |= done;
        Ok(done)
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
                holds: (Content, &str),
                sha256: &Sha256,
                key: Option<&str>,
            ) -> Result<Earlier> {
                read::earlier(&self.connection, party, holds, sha256, key).map_err(|e| e.at(&self.path))
            }

            fn has_older_keys(&self) -> Result<bool> {
                interchange::has_older_keys(&self.connection).map_err(|e| e.at(&self.path))
            }

            fn noted_of_old(&self, party: &PartyId, interchanges: &[[u8; 16]]) -> Result<bool> {
                interchange::noted_of_old(&self.connection, party, interchanges).map_err(|e| e.at(&self.path))
            }

            fn bytes_of_answer_files(&self, party: &PartyId) -> Result<u64> {
                read::bytes_of_answer_files(&self.connection, party).map_err(|e| e.at(&self.path))
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

            fn kept_before(&self, before: Timestamp, limit: usize) -> Result<Vec<SubmissionId>> {
                read::kept_before(&self.connection, before, limit).map_err(|e| e.at(&self.path))
            }

            fn unfetched(&self, after: Option<&str>, limit: usize) -> Result<Vec<SubmissionSummary>> {
                read::unfetched(&self.connection, after, limit).map_err(|e| e.at(&self.path))
            }

            fn came_in(&self, entries: &[Seq]) -> Result<Vec<(Seq, SubmissionId)>> {
                read::came_in(&self.connection, entries).map_err(|e| e.at(&self.path))
            }

            fn decided(&self, after: Seq, limit: usize) -> Result<Vec<Recorded>> {
                let stored = read::decided(&self.connection, after, limit).map_err(|e| e.at(&self.path))?;
                stored.into_iter().map(Stored::decode).collect()
            }

            fn told_at(&self, seq: Seq) -> Result<Option<SubmissionId>> {
                read::told_at(&self.connection, seq).map_err(|e| e.at(&self.path))
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
