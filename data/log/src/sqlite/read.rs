//! Reading: every statement ends before the call returns, so that no reader holds up a checkpoint.

use super::answer;
use crate::PAGE_CAP;
use crate::block::{Stored, decode};
use crate::chunk::CompressedChunk;
use crate::error::{Doing as _, LogError, Result};
use crate::work::Earlier;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Seq};
use sealane_data::submission::{Content, Erased, Sha256, Source, SubmissionId, SubmissionSummary};
use sha2::Digest as _;
use std::io::Write;
use std::path::Path;

/// `entry.kind` of messages; every other entry is a tagged one.
pub(super) const MESSAGE: i64 = 1;
/// `entry.kind` of tagged entries.
pub(super) const TAGGED: i64 = 2;

const SUMMARY: &str = "SELECT s.id, p.name, s.transport, s.name, s.received, s.length, s.sha256, s.receipt, \
     s.content, s.row, e.at, e.block, a.way, a.due, a.written, a.overdue, a.fetched \
     FROM submission s JOIN party p ON p.row = s.party LEFT JOIN entry e ON e.seq = s.erased \
     LEFT JOIN answer a ON a.submission = s.row WHERE s.state <> 0 AND ";

/// The least of the numbers that stand for what is kept for its bytes alone.
const KEPT: i64 = 5;

/// Returns the number that stands for what a submission holds: what is kept for its bytes alone is told from
/// certificates, and papers from files of answers, for one does not serve as the other.
pub(super) fn content_code(content: Content, transport: &str) -> i64 {
    match content {
        Content::Feed => 1,
        Content::Certificate if transport == Source::PAPER => KEPT,
        Content::Certificate if transport == Source::ANSWER_FILE => KEPT + 1,
        Content::Certificate => 2,
        Content::Profile => 3,
        Content::Event => 4,
    }
}

/// Returns a sequence number or length as the database keeps it.
pub(super) fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Returns a count or length as the database keeps it.
pub(super) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

pub(super) fn time(nanoseconds: i64) -> Result<Timestamp> {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .map_err(|e| LogError::corrupt("reading a time", e.to_string()))
}

/// Returns an instant that may be absent.
pub(super) fn instant(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).doing("reading a time")?.map(time).transpose()
}

pub(super) fn last_seq(connection: &Connection) -> Result<Seq> {
    let sql = "SELECT seq + max(observations, 1) - 1 FROM entry ORDER BY seq DESC LIMIT 1";
    let last: Option<i64> = connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row([], |r| r.get(0)).optional())
        .doing("reading the last sequence number")?;
    Ok(unsigned(last.unwrap_or(0)))
}

pub(super) fn earlier(
    connection: &Connection,
    party: &PartyId,
    (content, transport): (Content, &str),
    sha256: &Sha256,
    key: Option<&str>,
) -> Result<Earlier> {
    let content = content_code(content, transport);
    // What is kept for its bytes alone is not there any more once they are erased.
    if let Some(key) = key {
        let by_key = "p.name = ?1 AND s.idempotency_key = ?2 AND s.state = 1 \
             AND (s.content < ?3 OR s.erased IS NULL) ORDER BY s.row LIMIT 1";
        if let Some(found) = summaries(connection, by_key, params![party.0.as_str(), key, KEPT])?.pop() {
            let same = found.summary.sha256 == sha256.hex() && found.content == content;
            return Ok(if same { Earlier::Replay(Box::new(found.summary)) } else { Earlier::KeyReused });
        }
    }
    let by_bytes = "p.name = ?1 AND s.sha256 = ?2 AND s.content = ?3 AND s.state = 1 \
         AND (s.content < ?4 OR s.erased IS NULL) ORDER BY s.row LIMIT 1";
    let found = summaries(connection, by_bytes, params![party.0.as_str(), sha256.0, content, KEPT])?.pop();
    Ok(found.map_or(Earlier::None, |f| Earlier::Replay(Box::new(f.summary))))
}

/// Returns how many bytes the files of a party's answers take.
pub(super) fn bytes_of_answer_files(connection: &Connection, party: &PartyId) -> Result<u64> {
    // By an index of just these.
    let sql = "SELECT coalesce(sum(length), 0) FROM submission WHERE content = 6 AND erased IS NULL \
         AND party = (SELECT row FROM party WHERE name = ?1)";
    let bytes: i64 = connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row([party.0.as_str()], |r| r.get(0)))
        .doing("measuring the files of answers")?;
    Ok(unsigned(bytes))
}

pub(super) fn submission(connection: &Connection, id: &str) -> Result<Option<SubmissionSummary>> {
    Ok(summaries(connection, "s.id = ?1", params![id])?.pop().map(|f| f.summary))
}

pub(super) fn submissions(
    connection: &Connection,
    party: Option<&PartyId>,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<SubmissionSummary>> {
    let mut row = i64::MAX;
    if let Some(id) = before {
        row = summaries(connection, "s.id = ?1", params![id])?
            .pop()
            .filter(|f| party.is_none_or(|p| *p == f.summary.party))
            .ok_or_else(|| LogError::UnknownSubmission(id.to_owned()))?
            .row;
    }
    let limit = int(limit.min(PAGE_CAP) as u64);
    // What the scheduler says is no line of the inbox.
    let found = if let Some(party) = party {
        let sql = "p.name = ?1 AND s.row < ?2 AND s.content <> 4 ORDER BY s.row DESC LIMIT ?3";
        summaries(connection, sql, params![party.0.as_str(), row, limit])?
    } else {
        let sql = "s.row < ?1 AND s.content <> 4 ORDER BY s.row DESC LIMIT ?2";
        summaries(connection, sql, params![row, limit])?
    };
    Ok(found.into_iter().map(|f| f.summary).collect())
}

/// A line of the inbox with what only the log needs.
struct Found {
    summary: SubmissionSummary,
    content: i64,
    row: i64,
}

fn summaries(connection: &Connection, condition: &str, values: impl Params) -> Result<Vec<Found>> {
    let doing = "reading submissions";
    let sql = [SUMMARY, condition].concat();
    let mut statement = connection.prepare_cached(&sql).doing(doing)?;
    let mut rows = statement.query(values).doing(doing)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().doing(doing)? {
        found.push(summary(row)?);
    }
    Ok(found)
}

fn summary(row: &Row<'_>) -> Result<Found> {
    let doing = "reading a submission";
    let text = |i: usize| row.get_ref(i).and_then(|v| Ok(v.as_str()?)).doing(doing);
    let digest: Option<[u8; 32]> = row.get(6).doing(doing)?;
    let receipt: Option<Vec<u8>> = row.get(7).doing(doing)?;
    let receipt = receipt.ok_or_else(|| LogError::corrupt(doing, "it has no receipt"))?;
    let summary = SubmissionSummary {
        id: text(0)?.into(),
        party: PartyId(text(1)?.into()),
        source: Source { transport: text(2)?.into(), name: text(3)?.to_owned() },
        received: time(row.get(4).doing(doing)?)?,
        bytes: unsigned(row.get(5).doing(doing)?),
        sha256: digest.map_or_else(String::new, |d| Sha256(d).hex()),
        receipt: decode(&receipt)?,
        answer: answer::state(row, 12)?,
        erased: erased(row)?,
    };
    Ok(Found { summary, content: row.get(8).doing(doing)?, row: row.get(9).doing(doing)? })
}

/// Returns when, by whom and why the bytes of a submission were erased.
fn erased(row: &Row<'_>) -> Result<Option<Erased>> {
    let doing = "reading an erasure";
    let (at, block): (Option<i64>, Option<Vec<u8>>) = (row.get(10).doing(doing)?, row.get(11).doing(doing)?);
    let Some((at, block)) = at.zip(block) else { return Ok(None) };
    match decode(&block)? {
        Entry::Erased(erasure) => Ok(Some(Erased { at: time(at)?, erasure })),
        _ => Err(LogError::corrupt(doing, "its entry is another one")),
    }
}

/// Returns submissions whose answers nobody has yet, oldest first, after one of them.
pub(super) fn unfetched(
    connection: &Connection,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<SubmissionSummary>> {
    let sql = "a.fetched IS NULL AND a.submission > coalesce((SELECT row FROM submission WHERE id = ?1), 0) \
         ORDER BY a.submission LIMIT ?2";
    let found = summaries(connection, sql, params![after, int(limit.min(PAGE_CAP) as u64)])?;
    Ok(found.into_iter().map(|f| f.summary).filter(|s| s.answer.is_some()).collect())
}

pub(super) fn kept_before(
    connection: &Connection,
    before: Timestamp,
    limit: usize,
) -> Result<Vec<SubmissionId>> {
    let sql = "SELECT id FROM submission WHERE erased IS NULL AND state <> 0 AND received < ?1 \
         ORDER BY received LIMIT ?2";
    let before = i64::try_from(before.as_nanosecond()).unwrap_or(i64::MAX);
    connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            let ids = s.query_map(params![before, int(limit as u64)], |r| r.get::<_, String>(0))?;
            ids.map(|id| id.map(|id| SubmissionId(id.into()))).collect()
        })
        .doing("looking for old submissions")
}

pub(super) fn stored(connection: &Connection, after: Seq, max_observations: usize) -> Result<Vec<Stored>> {
    let doing = "reading entries";
    let sql = "SELECT e.seq, e.observations, e.at, p.name, s.id, e.kind, e.block FROM entry e \
         JOIN party p ON p.row = e.party JOIN submission s ON s.row = e.submission \
         WHERE e.seq > ?1 ORDER BY e.seq";
    let mut statement = connection.prepare_cached(sql).doing(doing)?;
    let mut rows = statement.query(params![int(after)]).doing(doing)?;
    let mut found = Vec::new();
    let mut room = max_observations as u64;
    while let Some(row) = rows.next().doing(doing)? {
        let width = unsigned(row.get(1).doing(doing)?).max(1);
        if width > room && !found.is_empty() {
            break;
        }
        room = room.saturating_sub(width);
        found.push(entry(row)?);
    }
    Ok(found)
}

/// Returns the submissions that entries came in.
pub(super) fn came_in(connection: &Connection, entries: &[Seq]) -> Result<Vec<(Seq, SubmissionId)>> {
    let sql = "SELECT s.id FROM entry e JOIN submission s ON s.row = e.submission WHERE e.seq = ?1";
    let mut found = Vec::with_capacity(entries.len());
    for seq in entries {
        let id: Option<String> = connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row([int(*seq)], |r| r.get(0)).optional())
            .doing("looking for the submission of an entry")?;
        found.extend(id.map(|id| (*seq, SubmissionId(id.into()))));
    }
    Ok(found)
}

/// Returns the submission of the entry whose range holds a sequence number.
pub(super) fn told_at(connection: &Connection, seq: Seq) -> Result<Option<SubmissionId>> {
    let doing = "reading whose an entry is";
    let sql = "SELECT s.id FROM entry e JOIN submission s ON s.row = e.submission \
         WHERE e.seq = (SELECT max(seq) FROM entry WHERE seq <= ?1) AND ?1 < e.seq + max(e.observations, 1)";
    let mut statement = connection.prepare_cached(sql).doing(doing)?;
    let found = statement.query_row(params![int(seq)], |r| r.get::<_, String>(0)).optional().doing(doing)?;
    Ok(found.map(|id| SubmissionId(id.into())))
}

/// Returns entries that are no message: what was decided.
pub(super) fn decided(connection: &Connection, after: Seq, limit: usize) -> Result<Vec<Stored>> {
    let doing = "reading decisions";
    let sql = "SELECT e.seq, e.observations, e.at, p.name, s.id, e.kind, e.block FROM entry e \
         JOIN party p ON p.row = e.party JOIN submission s ON s.row = e.submission \
         WHERE e.kind = 2 AND e.seq > ?1 ORDER BY e.seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).doing(doing)?;
    let mut rows = statement.query(params![int(after), int(limit as u64)]).doing(doing)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().doing(doing)? {
        found.push(entry(row)?);
    }
    Ok(found)
}

/// Returns the messages of submissions that still have their keys, in one pass over the entries.
pub(super) fn standing(connection: &Connection, submissions: &[SubmissionId]) -> Result<Vec<Stored>> {
    let doing = "reading the messages of submissions";
    let names = serde_json::to_string(submissions).map_err(|e| LogError::Encode(e.to_string()))?;
    let sql = "WITH asked AS (SELECT DISTINCT s.row, s.id, s.after_seq FROM json_each(?1) j \
           JOIN submission s ON s.id = j.value) \
         SELECT e.seq, e.observations, e.at, p.name, a.id, e.kind, e.block FROM entry e \
         CROSS JOIN asked a ON a.row = e.submission JOIN party p ON p.row = e.party \
         WHERE e.seq > (SELECT min(after_seq) FROM asked) AND e.kind = ?2 AND e.key IS NOT NULL ORDER BY e.seq";
    let mut statement = connection.prepare_cached(sql).doing(doing)?;
    let mut rows = statement.query(params![names, MESSAGE]).doing(doing)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().doing(doing)? {
        found.push(entry(row)?);
    }
    Ok(found)
}

fn entry(row: &Row<'_>) -> Result<Stored> {
    let doing = "reading an entry";
    let text = |i: usize| row.get_ref(i).and_then(|v| Ok(v.as_str()?)).doing(doing);
    let message = match row.get(5).doing(doing)? {
        MESSAGE => true,
        TAGGED => false,
        kind => return Err(LogError::corrupt(doing, format!("kind {kind} is unknown"))),
    };
    Ok(Stored {
        seq: unsigned(row.get(0).doing(doing)?),
        at: time(row.get(2).doing(doing)?)?,
        party: PartyId(text(3)?.into()),
        submission: SubmissionId(text(4)?.into()),
        message,
        block: row.get(6).doing(doing)?,
    })
}

pub(super) fn raw_to(connection: &Connection, id: &str, to: &mut dyn Write) -> Result<Option<u64>> {
    let Some(found) = summaries(connection, "s.id = ?1", params![id])?.pop() else { return Ok(None) };
    let gone = |erased| Err(LogError::Erased { submission: id.to_owned(), erased });
    if let Some(erased) = found.summary.erased.clone() {
        return gone(erased);
    }
    chunks(connection, &found, to).map(Some).or_else(|error| {
        // It may have been erased while it was read.
        match summaries(connection, "s.id = ?1", params![id])?.pop().and_then(|f| f.summary.erased) {
            Some(erased) => gone(erased),
            None => Err(error),
        }
    })
}

fn chunks(connection: &Connection, found: &Found, to: &mut dyn Write) -> Result<u64> {
    let doing = "reading raw bytes";
    let id = found.summary.id.as_str();
    let mut hasher = sha2::Sha256::new();
    let mut written = 0;
    for number in 0_u32.. {
        // One statement for each chunk: a slow receiver must not keep a snapshot open.
        let sql = "SELECT length, bytes FROM raw WHERE submission = ?1 AND number = ?2";
        let chunk: Option<(u32, Vec<u8>)> = connection
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.query_row(params![found.row, number], |r| Ok((r.get(0)?, r.get(1)?))).optional()
            })
            .doing(doing)?;
        let Some((length, bytes)) = chunk else { break };
        let plain = CompressedChunk::restore(length, &bytes)?;
        hasher.update(&plain);
        to.write_all(&plain).map_err(LogError::io(Path::new(id)))?;
        written += u64::from(length);
    }
    let digest = Sha256(hasher.finalize().into()).hex();
    let intact = found.summary.sha256.is_empty() || found.summary.sha256 == digest;
    if intact && written == found.summary.bytes {
        Ok(written)
    } else {
        Err(LogError::corrupt(doing, format!("`{id}` does not have its digest and length any more")))
    }
}
