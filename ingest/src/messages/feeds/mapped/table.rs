//! Tables that a mapping reads: each row is a record, each column a value by its heading.

use super::Compiled;
use crate::formats::sheet::{self, File, Row, Sheet};
use crate::formats::sniff;
use crate::formats::tree::{Node, Value};
use crate::messages::feeds::session::Session;
use crate::messages::sheet::{headings, place as cell_place};
use crate::reading::{Item, ReadContext};
use crate::{feed_findings, sheet_findings};
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::mapping::MappingFormat;
use std::ops::ControlFlow;

/// Rows in which headings are looked for.
const HEADINGS: usize = 30;

/// What takes the items of a reading.
type Sink<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// Reads a submission of cells by the partner's mappings of tables; nothing when none of them is for it.
pub(crate) fn read_tables(
    bytes: &[u8],
    cx: ReadContext<'_>,
    profile: u64,
    sink: Sink<'_>,
) -> Option<ControlFlow<()>> {
    let mut session = Session::new(cx, profile);
    let own = session.take_own();
    let done = tables(&mut session, &own, (bytes, cx), sink)?;
    Some(if done.is_continue() { session.end(sink) } else { done })
}

/// Reads a submission of cells by mappings in a session; nothing when none of them is for it.
pub(super) fn tables(
    session: &mut Session<'_>,
    own: &[Compiled<'_>],
    (bytes, cx): (&[u8], ReadContext<'_>),
    sink: Sink<'_>,
) -> Option<ControlFlow<()>> {
    let tables: Vec<&Compiled<'_>> = own.iter().filter(|m| m.source.format == MappingFormat::Csv).collect();
    if tables.is_empty() {
        return None;
    }
    let named = |heading: &str| tables.iter().any(|m| m.source.has.iter().any(|name| name == heading.trim()));
    let known = |heading: &str| named(heading) || headings::is_known(heading);
    let format = sniff::table(bytes, &known)?;
    let files = sheet::open(bytes, format, cx.partner.charset.as_deref(), &known);
    let fits = |file: &File| {
        file.book.as_ref().is_ok_and(|book| book.sheets.iter().any(|sheet| fitting(&tables, sheet).is_some()))
    };
    if !files.iter().any(fits) {
        return None;
    }
    Some(files.iter().try_for_each(|file| {
        let say = |kind: &FindingKind, message: String| {
            let place = Place { tag: file.name.as_str().into(), ..Place::default() };
            Item::Finding(Finding::new(kind, place, message))
        };
        let book = match &file.book {
            Ok(book) => book,
            Err(fault) => return sink(say(&sheet_findings::BROKEN, fault.to_string())),
        };
        book.sheets.iter().try_for_each(|sheet| {
            if let Some((mapping, head)) = fitting(&tables, sheet) {
                return rows(session, mapping, (&file.name, sheet, head), sink);
            }
            let message = format!("the sheet `{}` has the columns of no mapping", sheet.name);
            sink(say(&feed_findings::NO_RECORD, message))
        })
    }))
}

/// Returns the mapping that a sheet is for, with the row of its headings.
fn fitting<'t, 's>(tables: &[&'t Compiled<'t>], sheet: &'s Sheet) -> Option<(&'t Compiled<'t>, &'s Row)> {
    tables.iter().find_map(|mapping| Some((*mapping, heading(sheet, mapping)?)))
}

/// Returns the row of headings: the first that has every column of the mapping.
fn heading<'s>(sheet: &'s Sheet, mapping: &Compiled<'_>) -> Option<&'s Row> {
    let has = |row: &Row, name: &str| row.cells.iter().any(|(_, cell)| cell.shown() == name);
    sheet.rows.iter().take(HEADINGS).find(|row| mapping.source.has.iter().all(|name| has(row, name)))
}

/// Reads the rows below the heading.
fn rows(
    session: &mut Session<'_>,
    mapping: &Compiled<'_>,
    (file, sheet, head): (&str, &Sheet, &Row),
    sink: Sink<'_>,
) -> ControlFlow<()> {
    let headings: Vec<(u32, String)> =
        head.cells.iter().map(|(column, cell)| (*column, cell.shown())).collect();
    for row in sheet.rows.iter().filter(|row| row.at > head.at) {
        let root = record(row, &headings);
        if root.members().is_empty() {
            continue;
        }
        let place = |finding: &mut Finding| {
            let column = u32::try_from(finding.place.byte).unwrap_or(0);
            finding.place = cell_place(file, &sheet.name, row.at, column);
        };
        session.by_mapping(&root, mapping, &mut |item| {
            sink(match item {
                Item::Finding(mut finding) => {
                    place(&mut finding);
                    Item::Finding(finding)
                }
                Item::Message(mut message) => {
                    for finding in &mut message.findings {
                        place(finding);
                    }
                    for said in &mut message.observations {
                        (said.span.segment, said.span.start, said.span.len) =
                            (row.at.saturating_add(1), 0, 0);
                    }
                    Item::Message(message)
                }
                Item::Interchange(interchange) => Item::Interchange(interchange),
            })
        })?;
    }
    ControlFlow::Continue(())
}

/// Returns a row as a value; the place of a cell is its column.
fn record(row: &Row, headings: &[(u32, String)]) -> Node {
    let line = row.at.saturating_add(1);
    let cell = |(column, name): &(u32, String)| {
        let text = row.cell(*column)?.shown();
        let value = Value::Text(text.trim().into());
        let node = Node { start: *column, len: 1, line, cut: false, value };
        (!text.trim().is_empty() && !name.is_empty()).then(|| (Text::from(name.as_str()), node))
    };
    let members = headings.iter().filter_map(cell).collect();
    Node { start: 0, len: u32::MAX, line, cut: false, value: Value::Map(members) }
}
