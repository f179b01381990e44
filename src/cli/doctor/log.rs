//! Checks of the log and of what follows it.

#![expect(clippy::unnecessary_wraps, reason = "every check has the shape that the table asks for")]

use super::{Patient, Said};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use sealane_data::recorded::Seq;
use sealane_log::{LogError, LogReader as _, PAGE_CAP, SqliteLog, SqliteReader};

/// Observations that are decoded at once.
const STEP: usize = 50_000;
/// A clock may differ this much from another machine's.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// This program was written after this instant: a clock before it is wrong.
const WRITTEN: Timestamp = Timestamp::constant(1_793_491_200, 0);

/// Opens the log; nothing where there is none yet.
fn open(patient: &Patient<'_>) -> Result<Option<SqliteReader>, LogError> {
    let there = patient.data.join(SqliteLog::FILE).exists();
    there.then(|| SqliteReader::open(patient.data)).transpose()
}

const RESTORE: &str = "stop `serve`, keep a copy of the directory, and restore the last backup";
const NO_LOG: &str = "there is no log yet";

/// The clock is not before what the log has seen.
pub(super) fn clock(patient: &Patient<'_>) -> Result<Said> {
    let now = Timestamp::now();
    let wrong = "set the clock (`timedatectl`), for times of receipt come from it";
    if now < WRITTEN {
        return Ok(Said::fail(format!("the clock says {now}, before this program was written"), wrong));
    }
    let Some(log) = open(patient).ok().flatten() else { return Ok(Said::ok("the clock is plausible")) };
    let newest = log.submissions(None, None, 1)?.first().map(|s| s.received);
    Ok(match newest.filter(|at| *at > now.saturating_add(TOLERANCE).unwrap_or(now)) {
        Some(at) => {
            Said::warn(format!("the clock says {now}, but the newest submission came at {at}"), wrong)
        }
        None => Said::ok("the clock is not before the newest submission"),
    })
}

/// The log has the schema of this program.
pub(super) fn schema(patient: &Patient<'_>) -> Result<Said> {
    Ok(match open(patient) {
        Ok(None) => Said::ok(NO_LOG),
        Ok(Some(_)) => Said::ok(format!("the log has schema {}", SqliteLog::SCHEMA)),
        Err(LogError::Schema { found, known, .. }) if found < known => Said::warn(
            format!("the log has schema {found}, this program writes {known}"),
            "the next `serve` or `ingest` brings it up to date; make a backup first",
        ),
        Err(error @ LogError::Schema { .. }) => Said::fail(error.to_string(), "use the newer program again"),
        Err(error) => Said::fail(error.to_string(), RESTORE),
    })
}

/// The database file is sound.
pub(super) fn file(patient: &Patient<'_>) -> Result<Said> {
    let Some(log) = open(patient)? else { return Ok(Said::ok(NO_LOG)) };
    let complaints = log.complaints(patient.deep)?;
    Ok(match complaints.first() {
        None if patient.deep => Said::ok("the database file is sound, with every index"),
        None => Said::ok("the database file is sound"),
        Some(first) => Said::fail(
            format!("the database file is damaged: {first} ({} complaints)", complaints.len()),
            RESTORE,
        ),
    })
}

/// Every entry can be decoded, and none is missing.
pub(super) fn entries(patient: &Patient<'_>) -> Result<Said> {
    let Some(log) = open(patient)? else { return Ok(Said::ok(NO_LOG)) };
    let (mut last, mut count): (Seq, u64) = (0, 0);
    loop {
        let found = match log.read(last, STEP) {
            Ok(found) => found,
            Err(error) => return Ok(Said::fail(format!("after {last}: {error}"), RESTORE)),
        };
        for entry in &found {
            if entry.seq != last + 1 {
                let gap = format!("the log jumps from {last} to {}", entry.seq);
                return Ok(Said::fail(gap, RESTORE));
            }
            last = entry.last_seq();
        }
        count += found.len() as u64;
        if found.is_empty() {
            return Ok(Said::ok(format!("{count} entries can be read, up to {last}")));
        }
    }
}

/// Every submission still has its SHA-256 (`--deep`).
pub(super) fn raw(patient: &Patient<'_>) -> Result<Said> {
    if !patient.deep {
        return Ok(Said::ok("raw bytes were not read; `--deep` does"));
    }
    let Some(log) = open(patient)? else { return Ok(Said::ok(NO_LOG)) };
    let (mut before, mut count, mut bad) = (None, 0_u64, Vec::new());
    loop {
        let page = log.submissions(None, before.as_deref(), PAGE_CAP)?;
        for submission in page.iter().filter(|s| s.erased.is_none()) {
            match log.raw_to(&submission.id, &mut std::io::sink()) {
                Ok(_) => count += 1,
                // Erased since the page was read.
                Err(LogError::Erased { .. }) => {}
                Err(error) => bad.push(format!("{} ({error})", submission.id)),
            }
        }
        match page.last() {
            Some(last) => before = Some(last.id.to_string()),
            None => break,
        }
    }
    Ok(match bad.first() {
        None => Said::ok(format!("{count} submissions have the bytes they came with")),
        Some(first) => Said::fail(format!("{} submissions are damaged, first {first}", bad.len()), RESTORE),
    })
}

/// Nothing is left of erased submissions.
pub(super) fn erased(patient: &Patient<'_>) -> Result<Said> {
    let Some(log) = open(patient)? else { return Ok(Said::ok(NO_LOG)) };
    Ok(match log.unerased_chunks()? {
        0 => Said::ok("nothing is left of erased submissions"),
        n => Said::fail(
            format!("{n} chunks of erased submissions still hold bytes"),
            "report this: it is a fault of the program",
        ),
    })
}

/// The lake is not ahead of the log, and its files can be read.
pub(super) fn lake(patient: &Patient<'_>) -> Result<Said> {
    let folder = patient.data.join("lake");
    let anew = "remove the folder `lake` while nothing runs: it is written anew from the log";
    let cursor = match sealane_lake::inspect(&folder) {
        Ok(None) => return Ok(Said::ok("there is no lake yet")),
        Ok(Some(cursor)) => cursor,
        Err(error) => return Ok(Said::fail(error.to_string(), anew)),
    };
    let last = open(patient)?.map_or(Ok(0), |log| log.last_seq())?;
    let told = format!("{} partitions as of {}, the log ends at {last}", cursor.partitions, cursor.as_of);
    Ok(if cursor.as_of > last {
        Said::warn(format!("the lake is ahead of the log: {told}"), "the next `serve` writes it anew")
    } else {
        Said::ok(told)
    })
}
