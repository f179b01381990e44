//! Erased bytes leave the files: also the write-ahead log, and the room they took.

use super::read::{int, unsigned};
use crate::error::{Doing as _, Result};
use rusqlite::{Connection, TransactionBehavior, params};
use std::time::Duration;

/// From how many erased bytes on writing the file anew is worth the work.
pub(super) const WORTH_BYTES: u64 = 64 << 20;
/// And from which part of the file on.
const WORTH_PART: u64 = 4;
/// The writer does not wait longer than this for a reader that holds on to an old state.
const PATIENCE: Duration = Duration::from_millis(250);

/// Moves the write-ahead log into the database and empties it; false when a reader prevents it.
pub(super) fn scrub(connection: &Connection) -> Result<bool> {
    let doing = "emptying the write-ahead log";
    connection.busy_timeout(PATIENCE).doing(doing)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get::<_, i64>(0));
    connection.busy_timeout(super::schema::BUSY).doing(doing)?;
    Ok(busy.doing(doing)? == 0)
}

/// Drops the rows of erased bytes and writes the file anew when at least `worth` bytes come free.
///
/// A row that is dropped lets SQLite move its neighbours and leave copies of them behind; writing the
/// file anew leaves those out. `todo` remembers that it has to be done if the process ends between.
pub(super) fn reclaim(connection: &mut Connection, worth: u64) -> Result<bool> {
    let doing = "giving back the room of erased bytes";
    let begun: bool = connection
        .query_row("SELECT EXISTS (SELECT 1 FROM todo WHERE name = 'vacuum')", [], |r| r.get(0))
        .doing(doing)?;
    if !begun && !is_worth(connection, worth)? {
        return Ok(false);
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).doing(doing)?;
    tx.execute("INSERT OR IGNORE INTO todo (name) VALUES ('vacuum')", []).doing(doing)?;
    let erased = "SELECT row FROM submission WHERE erased IS NOT NULL";
    tx.execute(&format!("DELETE FROM raw WHERE submission IN ({erased})"), []).doing(doing)?;
    tx.commit().doing(doing)?;
    connection.execute_batch("VACUUM").doing(doing)?;
    connection.execute("DELETE FROM todo WHERE name = 'vacuum'", params![]).doing(doing)?;
    Ok(true)
}

fn is_worth(connection: &Connection, worth: u64) -> Result<bool> {
    let number =
        |sql: &str| connection.query_row(sql, [], |r| r.get::<_, i64>(0)).doing("measuring erased bytes");
    let erased = number(
        "SELECT coalesce(sum(length(r.bytes)), 0) FROM submission s JOIN raw r ON r.submission = s.row \
         WHERE s.erased IS NOT NULL",
    )?;
    let file = number("PRAGMA page_count")? * number("PRAGMA page_size")?;
    Ok(erased >= int(worth) && unsigned(erased) >= unsigned(file) / WORTH_PART)
}
