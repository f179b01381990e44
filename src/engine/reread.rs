//! Reading old submissions again: what would change, doing it, and taking it back.

use super::Handle;
use super::answers;
use super::ids;
use super::job::Task;
use super::reading;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::answer::AnswerWay;
use sealane_data::finding::FindingGroup;
use sealane_data::observation::{Kind, Observation};
use sealane_data::operate::{Difference, RereadOrder, RereadReport, Skipped, SkippedFor};
use sealane_data::partner::{Mode, Partner, PartyId};
use sealane_data::ports::IntakeError;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Reread, RereadSubmission, Seq};
use sealane_data::submission::{Receipt, SubmissionId, SubmissionSummary};
use sealane_ingest::{Older, ReadContext, Reading};
use sealane_log::{Again, EncodedMessage, LogError, LogReader, PAGE_CAP, SqliteReader, Work};
use sealane_mapper::Change;
use sealane_origin::paper::{ANSWER_FILE, PAPER};
use std::collections::{BTreeSet, HashMap};

/// Differences that a report lists.
const LISTED: usize = 100;
/// Observations that one re-reading may hold: it is one transaction.
const MAX_OBSERVATIONS: usize = 2_000_000;

/// Submissions whose messages are in memory at once.
const CHUNK_OF_SUBMISSIONS: usize = 500;

/// A re-reading that has been worked out.
struct Plan {
    reread: Reread,
    messages: Vec<Again>,
    report: RereadReport,
    observations: usize,
    containers: BTreeSet<Text>,
}

fn stored(error: &LogError) -> IntakeError {
    IntakeError::Storage(error.to_string())
}

impl Handle {
    /// Reads submissions again with the profiles as they are now; blocks.
    pub fn reread_blocking(&self, order: &RereadOrder) -> Result<RereadReport, IntakeError> {
        self.reread_as(order, None)
    }

    /// Reads submissions again, those of one partner with another profile than it has; blocks.
    pub(crate) fn reread_as(
        &self,
        order: &RereadOrder,
        other: Option<&Partner>,
    ) -> Result<RereadReport, IntakeError> {
        let log = SqliteReader::open(&self.data).map_err(|e| stored(&e))?;
        let mut plan = Plan::new(&order.why)?;
        let chosen = choose(&log, order)?;
        for part in chosen.chunks(CHUNK_OF_SUBMISSIONS) {
            let ids: Vec<SubmissionId> = part.iter().map(|s| SubmissionId(s.id.clone())).collect();
            let mut standing = by_submission(log.standing(&ids).map_err(|e| stored(&e))?);
            for (summary, id) in part.iter().zip(&ids) {
                let old = standing.remove(id).unwrap_or_default();
                self.read_again(&log, (summary, other), old, &mut plan)?;
            }
        }
        plan.report.certificates = self.touched(&plan.containers);
        if order.apply && !plan.reread.submissions.is_empty() {
            plan.report.id = Some(plan.reread.id.clone());
            self.carry_out(plan.reread, plan.messages)?;
        }
        plan.report.applied = order.apply;
        Ok(plan.report)
    }

    fn carry_out(&self, reread: Reread, messages: Vec<Again>) -> Result<(), IntakeError> {
        self.room.check(messages.iter().map(|m| m.message.block().len() as u64).sum())?;
        let at = Timestamp::now();
        // What was held got no reply: its answer goes to the folder.
        let newly = reread.submissions.iter().filter(|s| s.before.acknowledgement.is_none());
        let due = newly.filter_map(|s| answers::due(&s.id, &s.after, AnswerWay::Folder, at));
        let due: Vec<Work> = due.collect();
        let mut work = vec![Work::Reread { reread: Box::new(reread), at, messages }];
        work.extend(due);
        self.ask_blocking(Task::Work(work)).map(|_| ())
    }

    fn read_again(
        &self,
        log: &dyn LogReader,
        (summary, other): (&SubmissionSummary, Option<&Partner>),
        old: Vec<(Seq, MessageRecord)>,
        plan: &mut Plan,
    ) -> Result<(), IntakeError> {
        let bytes = match log.raw(&summary.id) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(IntakeError::NotFound),
            Err(error) => return plan.skip(summary, &error),
        };
        let other = other.filter(|p| p.id == summary.party).map(|p| p.as_of(summary.received).into_owned());
        let mut partner = other.unwrap_or_else(|| self.partner(&summary.party, summary.received));
        if partner.mode == Mode::Held {
            // Who reads a held partner again wants to see what it says.
            partner.mode = Mode::Live;
        }
        let context = ReadContext { partner: &partner, wants_ack: summary.receipt.asks };
        let reading = sealane_ingest::read(&bytes, context);
        // A message that does not stand under its key may do so under the one that it had before.
        let stands = |key| old.iter().any(|(_, o)| o.key == key);
        let strange = reading.messages.iter().any(|m| !stands(m.key));
        let older = if strange { Older::of(&bytes, context) } else { Older::default() };
        plan.compare(summary, old, (reading, &older))
    }

    /// Returns the certificates whose route some containers may touch.
    fn touched(&self, containers: &BTreeSet<Text>) -> Vec<Text> {
        let change = |container: &Text| Change::Journeys { container: container.clone(), seq: 0 };
        let changes: Vec<Change> = containers.iter().map(change).collect();
        self.shared
            .read(|world, register| register.touched_by(world, &changes).into_iter().map(|id| id.0).collect())
    }

    /// Takes back a re-reading, the last one that still holds if none is named; blocks.
    pub fn undo_blocking(&self, id: Option<&str>) -> Result<RereadReport, IntakeError> {
        let log = SqliteReader::open(&self.data).map_err(|e| stored(&e))?;
        let decisions = log.decisions().map_err(|e| stored(&e))?;
        let done = rereads(&decisions);
        let undone: BTreeSet<&Text> = done.iter().filter_map(|(_, r)| r.undoes.as_ref()).collect();
        let open = |r: &Reread| r.undoes.is_none() && !undone.contains(&r.id);
        let found = done.iter().rev().map(|(_, r)| r).find(|r| match id {
            Some(id) => r.id == *id,
            None => open(r),
        });
        let Some(found) = found else {
            return Err(IntakeError::Refused("there is no such re-reading to take back".to_owned()));
        };
        if !open(found) {
            return Err(IntakeError::Refused(format!("`{}` was taken back already", found.id)));
        }
        let reread = reversed(found).map_err(|e| IntakeError::Storage(e.to_string()))?;
        let report = RereadReport {
            id: Some(reread.id.clone()),
            applied: true,
            submissions: reread.submissions.len() as u64,
            gone: reread.retracted.len() as u64,
            added: reread.restored.len() as u64,
            ..RereadReport::default()
        };
        self.carry_out(reread, Vec::new())?;
        Ok(report)
    }
}

/// Returns the re-reading that takes another one back.
fn reversed(done: &Reread) -> Result<Reread, getrandom::Error> {
    // What was answered stays answered.
    let back = |s: &RereadSubmission| RereadSubmission {
        id: s.id.clone(),
        before: s.after.clone(),
        after: Receipt { acknowledgement: s.after.acknowledgement.clone(), ..s.before.clone() },
    };
    Ok(Reread {
        id: ids::reread()?,
        why: format!("takes back {}", done.id),
        undoes: Some(done.id.clone()),
        retracted: done.appended.clone(),
        restored: done.retracted.clone(),
        appended: Vec::new(),
        submissions: done.submissions.iter().map(back).collect(),
    })
}

/// Returns the re-readings among decisions, with what they are recorded with.
pub(crate) fn rereads(decisions: &[Recorded]) -> Vec<(&Recorded, &Reread)> {
    let mut found = Vec::new();
    for recorded in decisions {
        if let Entry::Reread(reread) = &recorded.entry {
            found.push((recorded, &**reread));
        }
    }
    found
}

/// Returns the submissions that an order means, oldest first.
fn choose(log: &dyn LogReader, order: &RereadOrder) -> Result<Vec<SubmissionSummary>, IntakeError> {
    let meant = |s: &SubmissionSummary| {
        s.receipt.certificate.is_none()
            && s.source.transport != "partners"
            && ![PAPER, ANSWER_FILE].contains(&s.source.transport.as_str())
            && order.from.is_none_or(|from| from <= s.received)
            && order.until.is_none_or(|until| s.received < until)
            && (order.submissions.is_empty() || order.submissions.iter().any(|id| id.0 == s.id))
            && (!order.held || s.receipt.held)
    };
    let (mut chosen, mut before): (Vec<SubmissionSummary>, Option<String>) = (Vec::new(), None);
    loop {
        let page =
            log.submissions(order.party.as_ref(), before.as_deref(), PAGE_CAP).map_err(|e| stored(&e))?;
        let Some(last) = page.last() else { break };
        before = Some(last.id.to_string());
        chosen.extend(page.into_iter().filter(meant));
    }
    let known = |id: &SubmissionId| chosen.iter().any(|s| s.id == id.0);
    if let Some(unknown) = order.submissions.iter().find(|id| !known(id)) {
        return Err(IntakeError::Refused(format!("`{unknown}` is no submission that this order could mean")));
    }
    chosen.reverse();
    Ok(chosen)
}

type Standing = HashMap<SubmissionId, Vec<(Seq, MessageRecord)>>;

fn by_submission(recorded: Vec<Recorded>) -> Standing {
    let mut found = Standing::new();
    for Recorded { seq, submission, entry, .. } in recorded {
        if let Entry::Message(message) = entry {
            found.entry(submission).or_default().push((seq, message));
        }
    }
    found
}

impl Plan {
    fn new(why: &str) -> Result<Self, IntakeError> {
        let id = ids::reread().map_err(|e| IntakeError::Storage(e.to_string()))?;
        Ok(Self {
            reread: Reread { id, why: why.to_owned(), ..Reread::default() },
            messages: Vec::new(),
            report: RereadReport::default(),
            observations: 0,
            containers: BTreeSet::new(),
        })
    }

    /// Passes over a submission whose bytes are gone or damaged; that the disk fails is another matter.
    fn skip(&mut self, summary: &SubmissionSummary, error: &LogError) -> Result<(), IntakeError> {
        let why = match error {
            LogError::Erased { .. } => SkippedFor::Erased,
            LogError::Corrupt { .. } | LogError::TooLarge { .. } => SkippedFor::Unreadable,
            other => return Err(stored(other)),
        };
        let submission = SubmissionId(summary.id.clone());
        self.report.skipped.push(Skipped { submission, why, told: error.to_string() });
        Ok(())
    }

    /// Compares what a submission says now with what stands of it.
    fn compare(
        &mut self,
        summary: &SubmissionSummary,
        mut old: Vec<(Seq, MessageRecord)>,
        (reading, older): (Reading, &Older),
    ) -> Result<(), IntakeError> {
        let id = SubmissionId(summary.id.clone());
        self.report.submissions += 1;
        let after = receipt_after(&summary.receipt, &reading);
        let mut changed = after != summary.receipt;
        for message in reading.messages {
            let of_before = older.message(&message.key);
            let at = |key| old.iter().position(|(_, o)| o.key == key);
            let now = at(message.key);
            let place = now.or_else(|| of_before.and_then(at));
            // What stands under its key of today is no repeat of what another submission holds under the older one.
            let of_before = of_before.filter(|_| now.is_none());
            let known = place.map(|at| old.swap_remove(at));
            match known {
                Some((_, before)) if says_the_same(&before, &message) => self.report.unchanged += 1,
                known => {
                    changed = true;
                    self.replace((&id, &summary.party), known, (message, of_before))?;
                }
            }
        }
        for (seq, gone) in old {
            changed = true;
            self.report.gone += 1;
            self.tell(&id, Some(&gone), None);
            self.reread.retracted.push(seq);
        }
        if changed {
            let before = summary.receipt.clone();
            let after = Receipt { reread: Some(self.reread.id.clone()), ..after };
            self.reread.submissions.push(RereadSubmission { id, before, after });
        }
        Ok(())
    }

    fn replace(
        &mut self,
        (submission, party): (&SubmissionId, &PartyId),
        known: Option<(Seq, MessageRecord)>,
        (message, older): (MessageRecord, Option<[u8; 16]>),
    ) -> Result<(), IntakeError> {
        self.observations += message.observations.len();
        if self.observations > MAX_OBSERVATIONS {
            let why =
                format!("more than {MAX_OBSERVATIONS} observations would change at once: narrow the time");
            return Err(IntakeError::Refused(why));
        }
        *(if known.is_some() { &mut self.report.replaced } else { &mut self.report.added }) += 1;
        self.tell(submission, known.as_ref().map(|(_, m)| m), Some(&message));
        self.reread.retracted.extend(known.map(|(seq, _)| seq));
        let mut message = EncodedMessage::encode(message).map_err(|e| stored(&e))?;
        message.set_older(older);
        self.messages.push(Again { submission: submission.clone(), party: party.clone(), message });
        Ok(())
    }

    /// Lists the observations that differ, as far as there is room.
    fn tell(
        &mut self,
        submission: &SubmissionId,
        before: Option<&MessageRecord>,
        after: Option<&MessageRecord>,
    ) {
        let said = |m: Option<&MessageRecord>| m.map_or(Vec::new(), |m| m.observations.clone());
        let (old, new) = (said(before), said(after));
        let ordinal = after.or(before).map_or(0, |m| m.ordinal);
        for at in 0..old.len().max(new.len()) {
            let (old, new) = (old.get(at), new.get(at));
            let boxes = [old, new].into_iter().flatten().filter_map(|o| o.equipment.as_ref());
            self.containers.extend(boxes.map(|e| Text::from(e.number.canonical())));
            if old != new && self.report.differences.len() < LISTED {
                self.report.differences.push(Difference {
                    submission: submission.clone(),
                    message: ordinal,
                    before: old.map(brief).unwrap_or_default(),
                    after: new.map(brief).unwrap_or_default(),
                });
            }
        }
    }
}

/// Whether two readings of a message come to the same; how doubtful it was does not matter.
fn says_the_same(a: &MessageRecord, b: &MessageRecord) -> bool {
    let said = |m: &MessageRecord| (m.test, m.mode, m.revision, m.written);
    said(a) == said(b)
        && (&a.observations, &a.document, &a.parties) == (&b.observations, &b.document, &b.parties)
}

/// What is known of a submission after it was read again; what was answered then stays.
fn receipt_after(before: &Receipt, reading: &Reading) -> Receipt {
    let mut now = reading::receipt(reading);
    // What the log itself found does not come from the reading.
    let of_log = [&sealane_log::SENT_BEFORE, &sealane_log::REFERENCE_REUSED].map(|kind| kind.code);
    let noted = before.findings.iter().filter(|f| of_log.contains(&f.code.as_str()));
    for finding in noted {
        FindingGroup::add(&mut now.groups, "", finding);
        now.findings.push(finding.clone());
    }
    let said: u64 = reading.messages.iter().map(|m| m.observations.len() as u64).sum();
    Receipt {
        messages: now.messages,
        tests: now.tests,
        events: said.saturating_sub(before.duplicates),
        findings: now.findings,
        groups: now.groups,
        acknowledgement: before.acknowledgement.clone().or(now.acknowledgement),
        // What would have been answered then is what is answered later.
        unasked: before.unasked.clone().or(now.unasked),
        held: false,
        ..before.clone()
    }
}

fn word(kind: Kind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Returns an observation in one line.
fn brief(said: &Observation) -> String {
    let mut parts = vec![word(said.kind)];
    parts.extend(said.equipment.as_ref().map(|e| e.number.canonical().to_owned()));
    parts.extend(said.vessel.as_ref().and_then(|v| v.name.as_ref()).map(ToString::to_string));
    if let Some(time) = said.time {
        let offset = time
            .offset_minutes
            .map(|m| format!("{}{:02}:{:02}", if m < 0 { '-' } else { '+' }, m.abs() / 60, m.abs() % 60));
        parts.push(format!("{}{}", time.local.strftime("%Y-%m-%d %H:%M"), offset.unwrap_or_default()));
    }
    if let Some(place) = &said.place {
        let named = [&place.locode, &place.facility, &place.name];
        let named: Vec<&str> = named.into_iter().flatten().map(Text::as_str).collect();
        parts.push(format!("at {}", named.join("/")));
    }
    parts.join(" ")
}

#[cfg(test)]
#[path = "reread_tests.rs"]
mod tests;
