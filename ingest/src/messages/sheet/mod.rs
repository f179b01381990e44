//! Spreadsheets: lists of movements and shipments, by layouts that the partner's profile confirms.
//!
//! A sheet with an unconfirmed layout is kept and gives findings that say the guess; nothing else is
//! taken from it. A row of a confirmed one is a message of its own, told from its repeats by its
//! content: a list that is sent again with more rows adds only those.

pub mod headings;
mod layout;
mod row;
pub mod words;

pub use layout::{Column, Layout};

use crate::formats::sheet::{self, Book, Cell, Fault, File, Format, Row, Sheet, a1, letters};
use crate::reading::{Item, ReadContext};
use crate::sheet_findings as f;
use row::Rows;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::partner::Partner;
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sealane_data::sheet::SheetGuess;
use sealane_data::submission::Sha256;
use std::ops::ControlFlow;

/// The version of the reading, raised when its output changes.
const VERSION: u16 = 1;

/// The parser that messages name whose layout nobody has confirmed.
pub const UNCONFIRMED: &str = "sheet/unconfirmed";

/// What takes the items of a reading.
type Sink<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// Reads a submission of a format that holds cells.
pub(crate) fn read(
    bytes: &[u8],
    format: Format,
    cx: ReadContext<'_>,
    profile: u64,
    sink: Sink<'_>,
) -> ControlFlow<()> {
    let files = sheet::open(bytes, format, cx.partner.charset.as_deref(), &headings::is_known);
    let mut reading = Reading { cx, profile, bytes, ordinal: 0 };
    if files.is_empty() {
        sink(Item::Finding(Finding::new(&f::NO_ATTACHMENT, Place::default(), "the mail has no attachment")))?;
    }
    for file in files {
        reading.file(file, sink)?;
    }
    ControlFlow::Continue(())
}

/// Returns the guesses about all sheets of a submission whose layout a partner's profile does not know,
/// each layout once.
pub fn guesses(bytes: &[u8], partner: &Partner) -> Vec<SheetGuess> {
    let Some(format) = crate::reading::table_format(bytes) else { return Vec::new() };
    let files = sheet::open(bytes, format, partner.charset.as_deref(), &headings::is_known);
    let mut guesses: Vec<SheetGuess> = Vec::new();
    for file in files {
        for sheet in file.book.iter().flat_map(|b| &b.sheets) {
            let Some(layout) = Layout::find(sheet, &partner.sheets) else { continue };
            let known = partner.sheets.iter().any(|p| p.layout == layout.fingerprint)
                || guesses.iter().any(|g| g.layout.layout == layout.fingerprint);
            if !known {
                let placed = partner.default_node.is_some();
                guesses.push(layout.guess(spot(&file.name, &sheet.name, ""), sheet, placed));
            }
        }
    }
    guesses
}

/// One submission while it is read.
struct Reading<'a> {
    cx: ReadContext<'a>,
    profile: u64,
    bytes: &'a [u8],
    ordinal: u32,
}

impl Reading<'_> {
    fn file(&mut self, file: File, sink: Sink<'_>) -> ControlFlow<()> {
        let place = Place { tag: file.name.as_str().into(), ..Place::default() };
        let book = match file.book {
            Ok(book) => book,
            Err(fault) => {
                let kind = match fault {
                    Fault::TooLarge(..) => &f::TOO_LARGE,
                    Fault::Locked => &f::LOCKED,
                    Fault::Broken(_) => &f::BROKEN,
                    Fault::Foreign => &f::ATTACHMENT,
                };
                let message = match fault {
                    Fault::Foreign => format!("the attachment `{}` is no spreadsheet", file.name),
                    fault => fault.to_string(),
                };
                return sink(Item::Finding(Finding::new(kind, place, message)));
            }
        };
        if let Some((charset, false)) = book.charset {
            let message = format!("some bytes do not fit the character set {charset}");
            sink(Item::Finding(Finding::new(&f::CHARSET, place, message)))?;
        }
        if book.sheets.is_empty() {
            let place = Place { tag: file.name.as_str().into(), ..Place::default() };
            sink(Item::Finding(Finding::new(
                &f::EMPTY_SHEET,
                place,
                "the workbook has no sheet with cells",
            )))?;
        }
        for sheet in &book.sheets {
            self.sheet(&file.name, &book, sheet, sink)?;
        }
        ControlFlow::Continue(())
    }

    fn sheet(&mut self, file: &str, book: &Book, sheet: &Sheet, sink: Sink<'_>) -> ControlFlow<()> {
        let whole = |kind: &FindingKind, message: String| {
            let place = Place { tag: spot(file, &sheet.name, "").into(), ..Place::default() };
            Item::Finding(Finding::new(kind, place, message))
        };
        let name = if sheet.name.is_empty() {
            "the table".to_owned()
        } else {
            format!("the sheet `{}`", sheet.name)
        };
        if sheet.rows.is_empty() {
            return sink(whole(&f::EMPTY_SHEET, format!("{name} is empty")));
        }
        let Some(layout) = Layout::find(sheet, &self.cx.partner.sheets) else {
            return sink(whole(&f::NO_HEADING, format!("{name} has no row of headings that are known")));
        };
        let confirmed = self.cx.partner.sheets.iter().find(|p| p.layout == layout.fingerprint);
        match confirmed {
            None => self.unconfirmed(file, sheet, &layout, sink),
            Some(profile) => {
                let rows = Rows::new(file, sheet, book.since_1904, self.cx.partner, profile, &layout);
                self.list(rows, sheet, &layout, sink)
            }
        }
    }

    /// Keeps a sheet that nobody has confirmed as one message, which is read again when somebody has.
    fn unconfirmed(&mut self, file: &str, sheet: &Sheet, layout: &Layout, sink: Sink<'_>) -> ControlFlow<()> {
        let at = |column: u32| place(file, &sheet.name, layout.row, column);
        let mut findings = Vec::new();
        let taken = layout.columns.iter().filter(|c| c.guess.is_some() && c.twice.is_none()).count();
        let message = format!(
            "layout {} is not confirmed: {taken} of {} columns are known",
            layout.fingerprint,
            layout.columns.len()
        );
        findings.push(Finding::new(&f::UNCONFIRMED, at(layout.columns.first().map_or(0, |c| c.at)), message));
        for column in &layout.columns {
            let heading = column.heading.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = letters(column.at);
            let (kind, message) = match (column.guess, column.twice) {
                (Some(field), Some(first)) => {
                    let first = letters(first);
                    (
                        &f::COLUMN_TWICE,
                        format!(
                            "column {name} `{heading}` seems to hold {}, as column {first} does",
                            field.about()
                        ),
                    )
                }
                (Some(field), None) => (
                    &f::GUESS,
                    format!("column {name} `{heading}` is taken for {} (`{}`)", field.about(), field.word()),
                ),
                (None, _) => (&f::COLUMN_UNKNOWN, format!("column {name} `{heading}` is not known")),
            };
            findings.push(Finding::new(kind, at(column.at), message));
        }
        // The name of the sheet parts two sheets of one layout in one submission.
        let key = Sha256::of(
            &[b"unconfirmed ", Sha256::of(self.bytes).0.as_slice(), file.as_bytes(), sheet.name.as_bytes()]
                .concat(),
        );
        let mut record = self.record(&layout.fingerprint, UNCONFIRMED, key);
        record.findings = findings;
        sink(Item::Message(record))
    }

    /// Reads a list by its confirmed layout.
    fn list(
        &mut self,
        mut rows: Rows<'_>,
        sheet: &Sheet,
        layout: &Layout,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        let file = rows.file;
        for finding in rows.unfit() {
            sink(Item::Finding(finding))?;
        }
        let spread = spread(sheet);
        if spread.last().is_none_or(|r| r.at <= layout.row) {
            let message = "there are no rows below the heading";
            return sink(Item::Finding(Finding::new(
                &f::EMPTY_SHEET,
                place(file, &sheet.name, layout.row, 0),
                message,
            )));
        }
        let mut ignored: Vec<(&'static str, u32, u32)> = Vec::new();
        for row in spread.iter().filter(|r| r.at > layout.row) {
            let why =
                if layout.is_repeated(sheet, row) { Some("a repeated heading") } else { rows.no_entry(row) };
            if let Some(why) = why {
                match ignored.iter_mut().find(|(w, _, _)| *w == why) {
                    Some((_, count, _)) => *count += 1,
                    None => ignored.push((why, 1, row.at)),
                }
                continue;
            }
            let told = rows.read(row);
            let mut record = self.record(&layout.fingerprint, "sheet/row", told.key);
            record.document = told.document;
            record.observations = told.observations;
            record.findings = told.findings;
            sink(Item::Message(record))?;
        }
        for (why, count, first) in ignored {
            let rows = if count == 1 { "1 row was" } else { &format!("{count} rows were") };
            let message = format!("{rows} left unread as {why}, the first here");
            sink(Item::Finding(Finding::new(&f::ROWS_IGNORED, place(file, &sheet.name, first, 0), message)))?;
        }
        ControlFlow::Continue(())
    }

    fn record(&mut self, layout: &str, parser: &'static str, key: Sha256) -> MessageRecord {
        self.ordinal += 1;
        MessageRecord {
            ordinal: self.ordinal,
            family: family(layout),
            document: Text::default(),
            revision: sealane_data::observation::Revision::Original,
            written: None,
            parties: Vec::new(),
            key: key.0.first_chunk().copied().unwrap_or_default(),
            reading: ReadingVersion {
                parser: Text::const_new(parser),
                version: VERSION,
                profile: self.profile,
            },
            test: self.cx.partner.test,
            mode: self.cx.partner.mode,
            observations: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Returns the family of messages of a layout.
pub fn family(layout: &str) -> Text {
    format!("SHEET:{layout}").into()
}

/// Returns the rows with the values of cells that are merged downwards in every row they cover.
fn spread(sheet: &Sheet) -> Vec<Row> {
    let mut rows = sheet.rows.clone();
    let mut left = sheet::MAX_CELLS;
    for area in sheet.merged.iter().filter(|a| a.rows.1 > a.rows.0) {
        let column = area.columns.0;
        let Some(cell) = sheet.row(area.rows.0).and_then(|r| r.cell(column)).cloned() else { continue };
        let from = rows.partition_point(|r| r.at <= area.rows.0);
        let to = rows.partition_point(|r| r.at <= area.rows.1);
        for row in rows.get_mut(from..to).unwrap_or_default().iter_mut().take(left) {
            left -= 1;
            if let Err(at) = row.cells.binary_search_by_key(&column, |(c, _)| *c) {
                row.cells.insert(at, (column, Cell::clone(&cell)));
            }
        }
    }
    rows
}

/// Returns the exact place of a cell: its name as tag, its row as line, its column as element.
pub(crate) fn place(file: &str, sheet: &str, row: u32, column: u32) -> Place {
    Place {
        line: row.saturating_add(1),
        tag: spot(file, sheet, &a1(row, column)).into(),
        element: u16::try_from(column + 1).ok(),
        ..Place::default()
    }
}

/// Returns the name of a cell as findings write it: `list.xlsx:Gate!B7`, `Gate!B7`, `B7`.
pub(crate) fn spot(file: &str, sheet: &str, cell: &str) -> String {
    let mut spot = String::new();
    if !file.is_empty() {
        spot = format!("{file}:");
    }
    if !sheet.is_empty() {
        spot += sheet;
        spot += "!";
    }
    spot + cell
}
