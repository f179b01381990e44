//! The marked workbook: a spreadsheet goes back with its bad cells filled and a sentence at each.
//!
//! Text tables keep every character and get a last column with the sentences. Workbooks are written
//! anew as XLSX: values, sheets, merged areas and hidden sheets stay; formulas become their values,
//! dates are written as ISO dates, and fonts, colours, widths, pictures and macros are lost.

use crate::formats::sheet::{self, Book, Cell, Format, Sheet, a1};
use crate::messages::sheet::{headings, spot};
use crate::reading::table_format;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as Look, Note, Workbook, Worksheet, XlsxError,
};
use sealane_data::finding::{Finding, Severity};
use std::collections::BTreeMap;

/// The media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A marked spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The attachment it came from; empty for the submission itself.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
}

/// Sentences by cell name.
type Marks<'a> = BTreeMap<&'a str, Vec<&'a Finding>>;

/// Marks a submission's spreadsheet with what was found in it; nothing for what is no spreadsheet.
///
/// Of a mail, the first attachment with findings is marked, else the first that can be read. With
/// `always_xlsx` a text table comes back as a workbook, too.
pub fn mark(bytes: &[u8], charset: Option<&str>, findings: &[Finding], always_xlsx: bool) -> Option<Marked> {
    let format = table_format(bytes)?;
    let mut marks = Marks::new();
    for finding in findings {
        marks.entry(&finding.place.tag).or_default().push(finding);
    }
    let files = sheet::open(bytes, format, charset, &headings::is_known);
    let readable: Vec<_> =
        files.into_iter().filter_map(|f| Some((f.name, f.format?, f.book.ok()?))).collect();
    let has = |name: &str| marks.keys().any(|tag| tag.starts_with(&format!("{name}:")));
    let chosen = readable.iter().position(|(name, _, _)| has(name)).unwrap_or(0);
    let (name, format, book) = readable.into_iter().nth(chosen)?;
    if format == Format::Text && !always_xlsx {
        let part = sheet::part(bytes, table_format(bytes)?, &name)?;
        return Some(Marked { bytes: text(&part, charset, &name, &marks), name, media_type: "text/csv" });
    }
    let bytes = workbook(&name, &book, &marks).ok()?;
    Some(Marked { name, bytes, media_type: XLSX })
}

/// Returns the sentences of a cell as one text.
fn sentences(findings: &[&Finding]) -> String {
    let line = |f: &&Finding| {
        let help = if f.help.is_empty() { String::new() } else { format!(" ({})", f.help) };
        format!("{} {}{help}", f.code, f.message)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text table with a last column, in its own charset and with its own line ends.
fn text(bytes: &[u8], charset: Option<&str>, file: &str, marks: &Marks<'_>) -> Vec<u8> {
    let table = sheet::guess_text(bytes, charset, &headings::is_known);
    let records: Vec<_> = table.records().collect();
    let width = records.iter().map(|r| r.fields.len()).max().unwrap_or(0);
    let mut rows: BTreeMap<u32, Vec<(String, &Finding)>> = BTreeMap::new();
    for finding in marks.values().flatten().filter(|f| f.place.line > 0) {
        let cell = finding.place.tag.strip_prefix(file).unwrap_or(&finding.place.tag).trim_start_matches(':');
        rows.entry(finding.place.line).or_default().push((cell.to_owned(), finding));
    }
    let mut marked = String::with_capacity(table.text.len() * 2);
    let mut done = 0;
    for (record, row) in records.iter().zip(1_u32..) {
        marked += table.text.get(done..record.range.end).unwrap_or_default();
        done = record.range.end;
        let Some(found) = rows.get(&row) else { continue };
        let said: Vec<String> =
            found.iter().map(|(cell, f)| format!("{cell}: {}", sentences(&[f]))).collect();
        let said = said.join(" | ").replace('"', "\"\"").replace(['\r', '\n'], " ");
        // Shorter rows are filled up, so that all sentences stand in one column.
        (record.fields.len().max(1)..=width).for_each(|_| marked.push(table.delimiter));
        marked += &format!("\"{said}\"");
    }
    marked += table.text.get(done..).unwrap_or_default();
    let (encoded, used, lost) = table.charset.encode(&marked);
    if lost || used != table.charset || !table.fits {
        return [b"\xEF\xBB\xBF", marked.as_bytes()].concat();
    }
    let bom = bytes.starts_with(b"\xEF\xBB\xBF");
    if bom { [b"\xEF\xBB\xBF", &*encoded].concat() } else { encoded.into_owned() }
}

fn workbook(file: &str, book: &Book, marks: &Marks<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same input gives the same bytes on every day.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in &book.sheets {
        let worksheet = workbook.add_worksheet();
        if !sheet.name.is_empty() {
            worksheet.set_name(&sheet.name)?;
        }
        worksheet.set_hidden(sheet.hidden);
        fill(worksheet, file, book, sheet, marks)?;
    }
    if book.sheets.is_empty() {
        workbook.add_worksheet();
    }
    workbook.save_to_buffer()
}

fn fill(
    worksheet: &mut Worksheet,
    file: &str,
    book: &Book,
    sheet: &Sheet,
    marks: &Marks<'_>,
) -> Result<(), XlsxError> {
    for area in sheet.merged.iter().filter(|a| a.columns.1 < sheet::MAX_COLUMNS && a.rows.1 < 1_048_576) {
        let one = area.rows.0 == area.rows.1 && area.columns.0 == area.columns.1;
        let column = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        if !one {
            // Areas that overlap are an error of the original and are left out.
            let ends = (column(area.columns.0), column(area.columns.1));
            let _ = worksheet.merge_range(area.rows.0, ends.0, area.rows.1, ends.1, "", &Look::new());
        }
    }
    for row in &sheet.rows {
        for (column, cell) in &row.cells {
            let spot = spot(file, &sheet.name, &a1(row.at, *column));
            let marked = marks.get(spot.as_str()).map(Vec::as_slice);
            write(worksheet, (row.at, *column), Some(cell), book.since_1904, marked)?;
        }
    }
    // A finding may name a cell that is empty: there the number is missing.
    for findings in marks.values() {
        let Some(first) = findings.first().filter(|f| f.place.line > 0) else { continue };
        let at = (first.place.line - 1, u32::from(first.place.element.unwrap_or(1)) - 1);
        let here = spot(file, &sheet.name, &a1(at.0, at.1)) == first.place.tag;
        if here && sheet.row(at.0).and_then(|r| r.cell(at.1)).is_none() {
            write(worksheet, at, None, book.since_1904, Some(findings))?;
        }
    }
    Ok(())
}

/// Writes a cell with its value, and where something was found a fill and a note.
fn write(
    worksheet: &mut Worksheet,
    (row, column): (u32, u32),
    cell: Option<&Cell>,
    since_1904: bool,
    marked: Option<&[&Finding]>,
) -> Result<(), XlsxError> {
    let column = u16::try_from(column).unwrap_or(u16::MAX);
    let mut look = Look::new();
    if let Some(findings) = marked {
        let worst = findings.iter().map(|f| f.severity).max().unwrap_or(Severity::Info);
        look = look.set_background_color(match worst {
            Severity::Error => Color::RGB(0x00F4_9A9A),
            Severity::Warning => Color::RGB(0x00FF_E08A),
            Severity::Info => Color::RGB(0x00CF_E8FF),
        });
        let text: String = sentences(findings).chars().take(30_000).collect();
        worksheet.insert_note(
            row,
            column,
            &Note::new(text).set_author("Sealane").set_width(320).set_height(120),
        )?;
    }
    match cell {
        None => worksheet.write_blank(row, column, &look)?,
        Some(Cell::Text(text)) => {
            // Excel's own bound; only a text table can hold more in one field.
            let text: String = text.chars().take(32_767).collect();
            worksheet.write_string_with_format(row, column, text, &look)?
        }
        Some(Cell::Number(n)) => worksheet.write_number_with_format(row, column, *n, &look)?,
        Some(Cell::Bool(is)) => worksheet.write_boolean_with_format(row, column, *is, &look)?,
        Some(Cell::Error(error)) => worksheet.write_string_with_format(row, column, error, &look)?,
        Some(Cell::Date(days)) => {
            // The new workbook counts from 1900, 1,462 days before 1904.
            let days = if since_1904 && *days >= 1.0 { days + 1462.0 } else { *days };
            let form = match (days < 1.0, days.fract() == 0.0) {
                (true, _) => "hh:mm:ss",
                (false, true) => "yyyy-mm-dd",
                (false, false) => "yyyy-mm-dd hh:mm:ss",
            };
            worksheet.write_number_with_format(row, column, days, &look.set_num_format(form))?
        }
    };
    Ok(())
}
