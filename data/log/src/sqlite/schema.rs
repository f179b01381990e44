//! Opening the database: settings and forward-only migrations.

use crate::error::{Doing as _, LogError, Result};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// One step each, applied in order; `PRAGMA user_version` counts those that were. Only ever add.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001.sql"),
    include_str!("../../migrations/0002.sql"),
    include_str!("../../migrations/0003.sql"),
    include_str!("../../migrations/0004.sql"),
    include_str!("../../migrations/0005.sql"),
];

/// The schema that this program writes.
#[allow(clippy::cast_possible_truncation, reason = "there are few migrations")]
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// `PRAGMA application_id`: "SELN".
const APPLICATION: u32 = 0x5345_4c4e;
/// Pages fit a message block of some 250 observations or several single messages.
const PAGE_BYTES: u32 = 8192;
/// Pages of write-ahead log between checkpoints: 32 MiB, so that a checkpoint writes pages once
/// that many commits touched, and takes about 0.1 s of a writer that is busy with bulk.
const CHECKPOINT_PAGES: u32 = 4_000;
pub(super) const BUSY: Duration = Duration::from_secs(5);
const STATEMENTS: usize = 32;

/// Opens the database for writing, makes it where it is missing and brings it up to date.
pub(super) fn open_writer(path: &Path) -> Result<Connection> {
    let mut connection = Connection::open(path).doing("opening")?;
    connection.busy_timeout(BUSY).doing("opening")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let found = version(&connection, path)?;
    if found > MIGRATIONS.len() {
        return Err(wrong_schema(found, path));
    }
    // What is overwritten or freed is zeroed, so that erased bytes are gone from the file.
    let settings = [("page_size", i64::from(PAGE_BYTES)), ("foreign_keys", 1), ("secure_delete", 1)];
    for (name, value) in settings {
        connection.pragma_update(None, name, value).doing("setting up")?;
    }
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .doing("turning on the write-ahead log")?;
    if mode != "wal" {
        tracing::warn!(mode, "the file system has no write-ahead log: readers wait for the writer");
    }
    for (name, value) in [
        ("synchronous", "FULL"),
        ("wal_autocheckpoint", &CHECKPOINT_PAGES.to_string()),
        ("journal_size_limit", "134217728"),
        ("cache_size", "-65536"),
    ] {
        connection.pragma_update(None, name, value).doing("setting up")?;
    }
    migrate(&mut connection, found)?;
    Ok(connection)
}

/// Opens the database for reading; nothing in it is changed.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let (connection, found) = open_any(path)?;
    if found == KNOWN { Ok(connection) } else { Err(wrong_schema(found as usize, path)) }
}

/// Opens a database of this schema or an older one for reading, and says which one it has.
pub(super) fn open_any(path: &Path) -> Result<(Connection, u32)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing("opening")?;
    connection.busy_timeout(BUSY).doing("opening")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "query_only", 1).doing("setting up")?;
    let found = version(&connection, path)?;
    match u32::try_from(found) {
        Ok(schema) if schema <= KNOWN => Ok((connection, schema)),
        _ => Err(wrong_schema(found, path)),
    }
}

/// Returns how many migrations the file has; 0 for a new one.
fn version(connection: &Connection, path: &Path) -> Result<usize> {
    let number =
        |sql: &str| connection.query_row(sql, [], |r| r.get::<_, i64>(0)).doing("reading the header");
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let new = application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0;
    if !new && application != i64::from(APPLICATION) {
        return Err(LogError::NotALog(path.to_owned()));
    }
    usize::try_from(version).map_err(|_| LogError::NotALog(path.to_owned()))
}

fn wrong_schema(found: usize, path: &Path) -> LogError {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    LogError::Schema { found: number(found), known: number(MIGRATIONS.len()), path: path.to_owned() }
}

/// Applies what is missing, each step with its number in one transaction.
fn migrate(connection: &mut Connection, found: usize) -> Result<()> {
    for (step, sql) in (1_i64..).zip(MIGRATIONS).skip(found) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).doing("migrating")?;
        tx.execute_batch(sql).doing("migrating")?;
        tx.pragma_update(None, "user_version", step).doing("migrating")?;
        tx.commit().doing("migrating")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_run_once_and_name_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite3");
        for _ in 0..2 {
            let connection = open_writer(&path).unwrap();
            assert_eq!(version(&connection, &path).unwrap(), MIGRATIONS.len());
        }
        open_reader(&path).unwrap();
    }
}
