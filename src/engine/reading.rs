//! From a submission's bytes to work for the writer, outside the writer's thread.

use super::answers;
use super::folder::Changed;
use sealane_data::finding::{Finding, FindingGroup};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::recorded::Entry;
use sealane_data::submission::{Content, NewSubmission, Receipt, Sha256, Source, SubmissionId};
use sealane_ingest::{InterchangeSummary, Older, ReadContext, Reading};
use sealane_log::{CHUNK, CompressedChunk, EncodedMessage, LogError, LogReader, Work};
use std::sync::{Mutex, PoisonError};

/// Findings that a receipt lists at most; those of messages all stay with their messages.
pub(crate) const LISTED_FINDINGS: usize = 1_000;

/// Reads a feed submission and prepares everything the log will keep of it.
pub(crate) fn prepare(
    new: &NewSubmission,
    id: &SubmissionId,
    partner: &Partner,
) -> Result<Vec<Work>, LogError> {
    let sha256 = Sha256::of(&new.bytes);
    let context = ReadContext { partner, wants_ack: new.wants_acknowledgement };
    let reading = sealane_ingest::read(&new.bytes, context);
    let mut work = opening(new, id, sha256)?;
    let length = new.bytes.len() as u64;
    let receipt = receipt(&reading);
    for mark in reading.interchanges.iter().filter_map(InterchangeSummary::mark) {
        work.push(Work::Interchange { submission: id.clone(), party: new.party.clone(), mark });
    }
    for message in reading.messages {
        let message = EncodedMessage::encode(message)?;
        work.push(Work::Message {
            submission: id.clone(),
            at: new.received,
            party: new.party.clone(),
            message,
        });
    }
    let due = answers::due(id, &receipt, answers::way(&new.source), new.received);
    work.push(Work::Finish { submission: id.clone(), sha256, length, receipt });
    work.extend(due);
    Ok(work)
}

/// Gives interchanges and messages the keys that they had before, where the log knows an interchange of that
/// reference by its older key: it may be the same one, in another file.
pub(crate) fn with_older_keys(
    mut work: Vec<Work>,
    (new, partner): (&NewSubmission, &Partner),
    log: &Mutex<Box<dyn LogReader>>,
) -> Result<Vec<Work>, LogError> {
    let key = |piece: &Work| match piece {
        Work::Interchange { mark, .. } => Some(mark.key),
        _ => None,
    };
    let keys: Vec<[u8; 16]> = work.iter().filter_map(key).collect();
    let noted = |log: &Mutex<Box<dyn LogReader>>| {
        log.lock().unwrap_or_else(PoisonError::into_inner).noted_of_old(&new.party, &keys)
    };
    if keys.is_empty() || !noted(log)? {
        return Ok(work);
    }
    give_older_keys(&mut work, &Older::of(&new.bytes, ReadContext { partner, wants_ack: false }));
    Ok(work)
}

fn give_older_keys(work: &mut [Work], older: &Older) {
    for piece in work {
        match piece {
            Work::Interchange { mark, .. } => mark.older = older.content(&mark.content),
            Work::Message { message, .. } => {
                let key = older.message(&message.record().key);
                message.set_older(key);
            }
            _ => {}
        }
    }
}

/// Keeps a submission of a held partner without reading it.
pub(crate) fn hold(new: &NewSubmission, id: &SubmissionId) -> Result<Vec<Work>, LogError> {
    let sha256 = Sha256::of(&new.bytes);
    let mut work = opening(new, id, sha256)?;
    let receipt = Receipt { held: true, asks: new.wants_acknowledgement, ..Receipt::default() };
    work.push(Work::Finish { submission: id.clone(), sha256, length: new.bytes.len() as u64, receipt });
    Ok(work)
}

/// Keeps a certificate on paper as it came.
pub(crate) fn keep(new: &NewSubmission, id: &SubmissionId) -> Result<Vec<Work>, LogError> {
    let sha256 = Sha256::of(&new.bytes);
    let mut work = opening(new, id, sha256)?;
    let (length, receipt) = (new.bytes.len() as u64, Receipt::default());
    work.push(Work::Finish { submission: id.clone(), sha256, length, receipt });
    Ok(work)
}

/// Keeps what the scheduler says; `name` is what it is about.
pub(crate) fn event(name: &str, at: jiff::Timestamp, entries: Vec<Entry>) -> anyhow::Result<Vec<Work>> {
    let new = NewSubmission {
        party: PartyId::operator(),
        source: Source { transport: "engine".into(), name: name.to_owned() },
        content: Content::Event,
        received: at,
        idempotency_key: None,
        bytes: serde_json::to_vec(&entries)?,
        wants_acknowledgement: false,
        wants_workbook: false,
    };
    let id = super::ids::submission(new.received)?;
    let sha256 = Sha256::of(&new.bytes);
    let mut work = opening(&new, &id, sha256)?;
    // The same may happen again: it is an event each time, never a replay.
    if let Some(Work::Begin { sha256, .. }) = work.first_mut() {
        *sha256 = None;
    }
    for entry in entries {
        let (at, party) = (new.received, new.party.clone());
        work.push(Work::Entry { submission: id.clone(), at, party, entry });
    }
    let length = new.bytes.len() as u64;
    work.push(Work::Finish { submission: id, sha256, length, receipt: Receipt::default() });
    Ok(work)
}

/// Keeps a partner's file as it is now: which profile held since when is part of the history.
pub(crate) fn profile(changed: Changed<Partner>) -> anyhow::Result<Vec<Work>> {
    let new = NewSubmission {
        party: PartyId::operator(),
        source: Source { transport: "partners".into(), name: changed.file },
        content: Content::Profile,
        received: jiff::Timestamp::now(),
        idempotency_key: None,
        bytes: changed.text.into_bytes(),
        wants_acknowledgement: false,
        wants_workbook: false,
    };
    let id = super::ids::submission(new.received)?;
    let sha256 = Sha256::of(&new.bytes);
    let mut work = opening(&new, &id, sha256)?;
    // The same file may come back later: it is a decision each time, never a replay.
    if let Some(Work::Begin { sha256, .. }) = work.first_mut() {
        *sha256 = None;
    }
    let entry = Entry::Profile(Box::new(changed.held));
    let (at, party) = (new.received, new.party.clone());
    work.push(Work::Entry { submission: id.clone(), at, party, entry });
    let length = new.bytes.len() as u64;
    work.push(Work::Finish { submission: id, sha256, length, receipt: Receipt::default() });
    Ok(work)
}

/// Returns the work that opens a submission and keeps its bytes.
pub(crate) fn opening(new: &NewSubmission, id: &SubmissionId, sha256: Sha256) -> Result<Vec<Work>, LogError> {
    let begin = Work::Begin {
        id: id.clone(),
        party: new.party.clone(),
        source: new.source.clone(),
        content: new.content,
        received: new.received,
        idempotency_key: new.idempotency_key.clone(),
        sha256: Some(sha256),
    };
    let mut work = vec![begin];
    for (bytes, index) in new.bytes.chunks(CHUNK).zip(0..) {
        let bytes = CompressedChunk::compress(bytes)?;
        work.push(Work::Chunk { submission: id.clone(), index, bytes });
    }
    Ok(work)
}

/// Returns the receipt of a reading; the log fills in its id and counts.
pub(crate) fn receipt(reading: &Reading) -> Receipt {
    let mut receipt = Receipt {
        messages: reading.messages.len() as u64,
        tests: reading.messages.iter().filter(|m| m.test).count() as u64,
        acknowledgement: reading.acknowledgement.clone(),
        unasked: reading.unasked.clone(),
        ..Receipt::default()
    };
    list(&mut receipt, "", &reading.findings);
    for message in &reading.messages {
        list(&mut receipt, &message.family, &message.findings);
    }
    receipt
}

/// Adds the findings of a message type to a receipt: some one by one, all of them in groups.
pub(crate) fn list(receipt: &mut Receipt, family: &str, findings: &[Finding]) {
    let kind = family.split(':').next().unwrap_or_default();
    for finding in findings {
        FindingGroup::add(&mut receipt.groups, kind, finding);
        if receipt.findings.len() < LISTED_FINDINGS {
            receipt.findings.push(finding.clone());
        }
    }
}
