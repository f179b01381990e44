//! XLS: the stream of the workbook is taken out, measured, and read alone.

use super::xlsx::{area, of};
use super::{Book, Fault, MAX_CELLS, Placed, Sheet, biff, container};
use calamine::{Reader as _, SheetType, SheetVisible, Xls, XlsError};
use std::io::Cursor;

/// Reads a workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Book, Fault> {
    if container::is_locked(bytes) {
        return Err(Fault::Locked);
    }
    let stream =
        container::workbook(bytes).ok_or_else(|| Fault::Broken("its parts form no file".to_owned()))?;
    biff::measure(&stream)?;
    let alone = container::alone(&stream).map_err(|e| Fault::Broken(e.to_string()))?;
    let mut xls: Xls<_> = Xls::new(Cursor::new(alone)).map_err(fault)?;
    let mut book = Book { since_1904: xls.has_1904_epoch(), ..Book::default() };
    let mut left = MAX_CELLS;
    for meta in xls.sheets_metadata().to_vec().into_iter().filter(|s| s.typ == SheetType::WorkSheet) {
        let range = xls.worksheet_range(&meta.name).map_err(fault)?;
        let (top, first) = range.start().unwrap_or_default();
        let used =
            range.used_cells().filter_map(|(row, column, value)| Some((row, column, of(value.clone())?)));
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let cells: Vec<Placed> =
            used.map(|(row, column, cell)| ((top + at(row), first + at(column)), cell)).collect();
        left = left.checked_sub(cells.len()).ok_or(Fault::TooLarge("cells", MAX_CELLS as u64))?;
        let merged = xls.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        let sheet = Sheet::new(meta.name, cells, merged.iter().map(area).collect());
        book.sheets.push(Sheet { hidden: meta.visible != SheetVisible::Visible, ..sheet });
    }
    Ok(book)
}

/// Says what is wrong, in the reader's words.
fn fault(error: XlsError) -> Fault {
    match error {
        XlsError::Password => Fault::Locked,
        other => Fault::Broken(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sheet::Cell;
    use crate::formats::sheet::biff::tests::{record, stream};

    /// A label cell of BIFF8 with narrow characters.
    fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
        let len = u16::try_from(text.len()).unwrap();
        let head = [row, column, 0, len].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        record(0x0204, &[&head[..], &[0], text.as_bytes()].concat())
    }

    #[test]
    fn a_workbook_of_our_own_making_is_read() {
        let date = [&[2_u8, 0, 1, 0, 0, 0][..], &46_270.5_f64.to_le_bytes()].concat();
        let merge = [1_u16, 0, 0, 0, 1].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let sheet = stream(&[
            label(0, 0, "Container"),
            label(2, 0, "CSQU3054383"),
            record(0x0203, &date),
            record(0x00E5, &merge),
        ]);
        let book = read(&container::alone(&sheet).unwrap()).unwrap();
        assert_eq!(book.sheets.len(), 1);
        let list = &book.sheets[0];
        assert_eq!((list.name.as_str(), list.hidden, list.merged.len()), ("List", false, 1));
        assert_eq!(list.row(0).unwrap().cell(0), Some(&Cell::Text("Container".to_owned())));
        assert_eq!(list.row(2).unwrap().cell(1), Some(&Cell::Number(46_270.5)));
        assert_eq!(list.rows.len(), 2);
    }

    #[test]
    fn a_workbook_without_sheets_is_said() {
        let head = [&0x0600_u16.to_le_bytes()[..], &5_u16.to_le_bytes(), &[0; 12]].concat();
        let bytes = container::alone(&[record(0x0809, &head), record(0x000A, &[])].concat()).unwrap();
        let partner = sealane_data::partner::Partner::operator();
        let reading = crate::read(&bytes, crate::ReadContext { partner: &partner, wants_ack: false });
        let codes: Vec<_> = reading.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, ["SHT-030"]);
    }

    #[test]
    fn what_is_no_workbook_is_a_fault() {
        let read = |stream: &[u8]| super::super::unbroken(|| read(&container::alone(stream).unwrap()));
        // The second panics inside the reader, which is what `unbroken` is for.
        assert!(matches!(read(b"\x09\x08\xFF\xFF"), Err(Fault::Broken(_))));
        assert!(matches!(read(&record(0x0042, &[])), Err(Fault::Broken(_))));
    }
}
