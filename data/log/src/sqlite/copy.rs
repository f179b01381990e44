//! A copy of the log as it is at one moment, beside a writer in any process.

use super::{SqliteLog, read, schema};
use crate::error::{Doing as _, LogError, Result};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use sealane_data::recorded::Seq;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Pages that one step copies: 2 MiB.
const STEP: i32 = 256;

/// What a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The last sequence number.
    pub seq: Seq,
    /// The schema.
    pub schema: u32,
}

/// Copies the log of a data directory into a new file that only its owner can read.
///
/// Everything that was committed before the call is in the copy, and nothing half. The writer is not
/// held up; `told` hears pages done and in all.
pub fn copy(directory: &Path, to: &Path, told: &mut dyn FnMut(u64, u64)) -> Result<Copied> {
    let from = directory.join(SqliteLog::FILE);
    let (source, schema) = schema::open_any(&from).map_err(|e| e.at(&from))?;
    let doing = "copying the log";
    // One transaction over all steps: what is written meanwhile neither restarts nor enters the copy.
    source.execute_batch("BEGIN").doing(doing).map_err(|e| e.at(&from))?;
    let seq = read::last_seq(&source).map_err(|e| e.at(&from))?;
    let mut new = std::fs::OpenOptions::new();
    let file = new.write(true).create_new(true).mode(0o600).open(to).map_err(LogError::io(to))?;
    fill(&source, to, told).map_err(|e| e.at(to))?;
    file.sync_all().map_err(LogError::io(to))?;
    Ok(Copied { seq, schema })
}

fn fill(source: &Connection, to: &Path, told: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let doing = "writing a copy of the log";
    let mut target = Connection::open(to).doing(doing)?;
    {
        let backup = Backup::new(source, &mut target).doing(doing)?;
        loop {
            let step = backup.step(STEP).doing(doing)?;
            let progress = backup.progress();
            let (all, left) = (progress.pagecount, progress.remaining);
            told(u64::try_from(all - left).unwrap_or(0), u64::try_from(all).unwrap_or(0));
            match step {
                StepResult::Done => break,
                // Nobody else writes to the copy and the source is held: this cannot last.
                _ => std::thread::yield_now(),
            }
        }
    }
    // One plain file: no write-ahead log beside it.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).doing(doing)
}
