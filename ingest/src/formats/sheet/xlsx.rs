//! XLSX, after a look at what it would unpack to.

use super::{Area, Book, Cell, Fault, MAX_CELLS, MAX_SHEETS, MAX_UNPACKED, Placed, Sheet};
use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Most parts of an archive.
const MAX_PARTS: usize = 10_000;

/// Returns whether a ZIP archive is a workbook.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|zip| zip.index_for_name("xl/workbook.xml").is_some())
}

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Fault> {
    measure(bytes)?;
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(fault)?;
    let sheets = xlsx.sheets_metadata().to_vec();
    if sheets.len() > MAX_SHEETS {
        return Err(Fault::TooLarge("sheets", MAX_SHEETS as u64));
    }
    let mut book = Book { since_1904: xlsx.has_1904_epoch(), ..Book::default() };
    let mut left = MAX_CELLS;
    for meta in sheets.into_iter().filter(|s| s.typ == SheetType::WorkSheet) {
        let cells = cells(&mut xlsx, &meta.name, &mut left)?;
        let merged = xlsx.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        let merged = merged.iter().map(area).collect();
        let sheet = Sheet::new(meta.name, cells, merged);
        book.sheets.push(Sheet { hidden: meta.visible != SheetVisible::Visible, ..sheet });
    }
    Ok(book)
}

fn cells(xlsx: &mut Xlsx<Cursor<&[u8]>>, name: &str, left: &mut usize) -> Result<Vec<Placed>, Fault> {
    let mut cells = Vec::new();
    let mut reader = xlsx.worksheet_cells_reader(name).map_err(fault)?;
    while let Some(found) = reader.next_cell().map_err(fault)? {
        let Some(cell) = cell_of(found.get_value()) else { continue };
        *left = left.checked_sub(1).ok_or(Fault::TooLarge("cells", MAX_CELLS as u64))?;
        cells.push((found.get_position(), cell));
    }
    Ok(cells)
}

fn cell_of(value: &DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        other => return of(other.clone().into()),
    })
}

/// Returns a cell of what the reader found.
pub(super) fn of(value: Data) -> Option<Cell> {
    Some(match value {
        Data::Empty => return None,
        #[expect(clippy::cast_precision_loss, reason = "cells are doubles in the file")]
        Data::Int(n) => Cell::Number(n as f64),
        Data::Float(n) => Cell::Number(n),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text),
        Data::Bool(is) => Cell::Bool(is),
        Data::DateTime(time) => Cell::Date(time.as_f64()),
        Data::Error(error) => Cell::Error(error.to_string()),
    })
}

/// Returns a merged area.
pub(super) fn area(d: &calamine::Dimensions) -> Area {
    Area { rows: (d.start.0, d.end.0), columns: (d.start.1, d.end.1) }
}

/// Says what is wrong, in the reader's words.
fn fault(error: XlsxError) -> Fault {
    match error {
        XlsxError::Password => Fault::Locked,
        other => Fault::Broken(other.to_string()),
    }
}

/// Unpacks everything once and keeps nothing, so that no promise of the archive is believed.
fn measure(bytes: &[u8]) -> Result<(), Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::Broken(error.to_string());
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if zip.len() > MAX_PARTS {
        return Err(Fault::TooLarge("parts", MAX_PARTS as u64));
    }
    let mut left = MAX_UNPACKED;
    let mut part = Vec::new();
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(|e| broken(&e))?;
        part.clear();
        let read = entry.take(left + 1).read_to_end(&mut part).map_err(|e| broken(&e))? as u64;
        left = left.checked_sub(read).ok_or(Fault::TooLarge("bytes when unpacked", MAX_UNPACKED))?;
        promises(&part)?;
    }
    Ok(())
}

/// Refuses a part that promises more strings than it has bytes: the reader would make room for them.
fn promises(part: &[u8]) -> Result<(), Fault> {
    for at in memchr::memmem::find_iter(part, b"uniqueCount") {
        let rest =
            part[at + 11..].iter().filter(|b| !b.is_ascii_whitespace() && !matches!(b, b'=' | b'"' | b'\''));
        let digits: Vec<u8> = rest.copied().take_while(u8::is_ascii_digit).take(20).collect();
        let count = str::from_utf8(&digits).ok().and_then(|d| d.parse::<u64>().ok());
        if !digits.is_empty() && count.is_none_or(|n| n > part.len() as u64) {
            return Err(Fault::TooLarge("strings promised", part.len() as u64));
        }
    }
    // In UTF-16 the promise would be written otherwise; no program writes parts so.
    let wide = part.starts_with(b"\xFF\xFE")
        || part.starts_with(b"\xFE\xFF")
        || part.starts_with(b"<\0")
        || part.starts_with(b"\0<");
    if wide { Err(Fault::Broken("a part is not UTF-8".to_owned())) } else { Ok(()) }
}
