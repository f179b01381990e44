//! Layouts of spreadsheets: what waits for a word of the operator, confirming it, and marked answers.

use super::{Handle, profiles};
use sealane_data::operate::{RereadOrder, RereadReport};
use sealane_data::partner::Partner;
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::sheet::{SheetField, SheetGuess, SheetGuesses, SheetOrder, SheetProfile};
use sealane_data::submission::{MarkedSheet, SubmissionId, SubmissionSummary};
use sealane_ingest::ReadContext;
use sealane_ingest::answers::workbook;
use sealane_ingest::messages::sheet::{UNCONFIRMED, family, guesses};
use sealane_log::{LogError, LogReader, PAGE_CAP, SqliteReader};
use std::collections::BTreeMap;
use std::sync::PoisonError;

fn stored(error: &LogError) -> IntakeError {
    IntakeError::Storage(error.to_string())
}

/// A submission whose layouts wait.
struct Waiting {
    log: SqliteReader,
    summary: SubmissionSummary,
    partner: Partner,
    guesses: Vec<SheetGuess>,
}

impl Handle {
    /// Returns the layouts of a submission that nobody has confirmed; blocks.
    pub fn layouts_blocking(&self, id: &str) -> Result<SheetGuesses, IntakeError> {
        let waiting = self.waiting(id)?;
        let submission = SubmissionId(waiting.summary.id);
        Ok(SheetGuesses { submission, layouts: waiting.guesses, fields: SheetField::words() })
    }

    /// Confirms layouts of a submission: they are written into the partner's file, and everything of
    /// the partner that waits for them is read again; blocks.
    pub fn confirm_blocking(&self, id: &str, order: SheetOrder) -> Result<RereadReport, IntakeError> {
        let Waiting { log, summary, mut partner, guesses } = self.waiting(id)?;
        let sheets = chosen(order.sheets, &guesses)?;
        partner.sheets.extend(sheets.iter().cloned());
        let places = self.shared.read(|world, _| world.places().clone());
        let problems = partner.problems(&places);
        if !problems.is_empty() {
            return Err(IntakeError::Refused(problems.join("; ")));
        }
        let reread = RereadOrder {
            party: Some(summary.party.clone()),
            submissions: alike(&log, &summary, &sheets)?,
            why: format!(
                "layout {} confirmed",
                sheets.iter().map(|s| &*s.layout).collect::<Vec<_>>().join(", ")
            ),
            apply: order.apply,
            ..RereadOrder::default()
        };
        if !order.apply {
            return self.reread_as(&reread, Some(&partner));
        }
        let none = BTreeMap::new();
        let headings =
            |s: &SheetProfile| guesses.iter().find(|g| g.layout.layout == s.layout).map(|g| &g.headings);
        let tables: Vec<String> = sheets.iter().map(|s| s.table(headings(s).unwrap_or(&none))).collect();
        let folder = self.data.join("partners");
        let edit = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        let written = profiles::write_sheets(&folder, &summary.party, &tables.join("\n"), &places);
        drop(edit);
        written.and_then(|()| self.reload()).map_err(|e| IntakeError::Refused(format!("{e:#}")))?;
        self.reread_blocking(&reread)
    }

    /// Returns a submission's spreadsheet with its bad cells marked, as its profile reads it now; blocks.
    pub fn marked_blocking(
        &self,
        summary: &SubmissionSummary,
        bytes: &[u8],
        xlsx: bool,
    ) -> Option<MarkedSheet> {
        marked(bytes, &self.partner(&summary.party, summary.received), xlsx)
    }

    fn waiting(&self, id: &str) -> Result<Waiting, IntakeError> {
        let log = SqliteReader::open(&self.data).map_err(|e| stored(&e))?;
        let summary = log.submission(id).map_err(|e| stored(&e))?.ok_or(IntakeError::NotFound)?;
        let bytes = match log.raw(id) {
            Err(error @ LogError::Erased { .. }) => return Err(IntakeError::Refused(error.to_string())),
            read => read.map_err(|e| stored(&e))?.ok_or(IntakeError::NotFound)?,
        };
        let current = self.partners.load().iter().find(|p| p.id == summary.party).cloned();
        let partner = current.unwrap_or_else(|| self.partner(&summary.party, summary.received));
        let guesses = guesses(&bytes, &partner);
        Ok(Waiting { log, summary, partner, guesses })
    }
}

/// Returns the layouts of an order, which must be among those that wait; all that wait without any.
fn chosen(ordered: Vec<SheetProfile>, guesses: &[SheetGuess]) -> Result<Vec<SheetProfile>, IntakeError> {
    if guesses.is_empty() {
        return Err(IntakeError::Refused("no layout of the submission waits to be confirmed".to_owned()));
    }
    let sheets =
        if ordered.is_empty() { guesses.iter().map(|g| g.layout.clone()).collect() } else { ordered };
    match sheets.iter().find(|s| guesses.iter().all(|g| g.layout.layout != s.layout)) {
        Some(stranger) => {
            let why = format!("the layout `{}` is none of the submission's that wait", stranger.layout);
            Err(IntakeError::Refused(why))
        }
        None => Ok(sheets),
    }
}

/// Returns the partner's submissions that wait for one of these layouts, and the one that was named.
fn alike(
    log: &dyn LogReader,
    named: &SubmissionSummary,
    sheets: &[SheetProfile],
) -> Result<Vec<SubmissionId>, IntakeError> {
    let families: Vec<_> = sheets.iter().map(|s| family(&s.layout)).collect();
    let mut found = vec![SubmissionId(named.id.clone())];
    let mut before = None;
    loop {
        let page =
            log.submissions(Some(&named.party), before.as_deref(), PAGE_CAP).map_err(|e| stored(&e))?;
        let Some(last) = page.last() else { return Ok(found) };
        before = Some(last.id.to_string());
        let ids: Vec<SubmissionId> = page.iter().map(|s| SubmissionId(s.id.clone())).collect();
        for recorded in log.standing(&ids).map_err(|e| stored(&e))? {
            let waits = matches!(&recorded.entry, Entry::Message(m)
                if m.reading.parser == UNCONFIRMED && families.contains(&m.family));
            if waits && !found.contains(&recorded.submission) {
                found.push(recorded.submission);
            }
        }
    }
}

/// Returns a spreadsheet with its bad cells marked; nothing for what is none.
pub(crate) fn marked(bytes: &[u8], partner: &Partner, xlsx: bool) -> Option<MarkedSheet> {
    let reading = sealane_ingest::read(bytes, ReadContext { partner, wants_ack: false });
    let of_messages = reading.messages.into_iter().flat_map(|m| m.findings);
    let findings: Vec<_> = reading.findings.into_iter().chain(of_messages).collect();
    let marked = workbook::mark(bytes, partner.charset.as_deref(), &findings, xlsx)?;
    Some(MarkedSheet { media_type: marked.media_type.to_owned(), bytes: marked.bytes })
}
