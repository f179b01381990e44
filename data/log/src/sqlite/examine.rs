//! Whether the file is sound, as far as the database and its rules can tell.

use super::SqliteReader;
use super::read::unsigned;
use crate::error::{Doing as _, Result};

/// Complaints that are told at most.
const TOLD: usize = 20;

impl SqliteReader {
    /// Returns what the database finds wrong with its file; `deep` also compares every index with its table.
    pub fn complaints(&self, deep: bool) -> Result<Vec<String>> {
        let sql = if deep { "PRAGMA integrity_check(20)" } else { "PRAGMA quick_check(20)" };
        let complaints: Vec<String> = self
            .connection
            .prepare(sql)
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.take(TOLD).collect())
            .doing("checking the file")
            .map_err(|e| e.at(&self.path))?;
        Ok(complaints.into_iter().filter(|c| c != "ok").collect())
    }

    /// Returns how many chunks of erased submissions still hold something: there must be none.
    pub fn unerased_chunks(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM submission s JOIN raw r ON r.submission = s.row \
             WHERE s.erased IS NOT NULL AND r.bytes <> zeroblob(length(r.bytes))";
        let count = self.connection.query_row(sql, [], |r| r.get(0));
        count.map(unsigned).doing("looking for erased bytes").map_err(|e| e.at(&self.path))
    }
}
