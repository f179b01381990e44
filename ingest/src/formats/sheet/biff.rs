//! A look at the records of an XLS stream (MS-XLS): how much room its reader would make for them.

use super::{Fault, MAX_CELLS, MAX_SHEETS};

/// Returns an error when a stream would make its reader take more than the bounds allow.
///
/// The reader makes room for the rectangle that a sheet promises (`DIMENSIONS`) and for the one its
/// cells span. Sheets are walked as the reader does: from the place that `BOUNDSHEET` names.
pub(super) fn measure(stream: &[u8]) -> Result<(), Fault> {
    let starts = sheets(stream)?;
    if starts.len() > MAX_SHEETS {
        return Err(Fault::TooLarge("sheets", MAX_SHEETS as u64));
    }
    let mut left = MAX_CELLS as u64;
    for start in starts {
        let sheet = stream.get(start..).ok_or_else(|| broken("a sheet lies outside the file"))?;
        let room = room(sheet)?;
        left = left.checked_sub(room).ok_or(Fault::TooLarge("cells", MAX_CELLS as u64))?;
    }
    Ok(())
}

fn broken(why: &str) -> Fault {
    Fault::Broken(why.to_owned())
}

/// Returns where sheets begin.
fn sheets(stream: &[u8]) -> Result<Vec<usize>, Fault> {
    let mut starts = Vec::new();
    for record in Records(stream) {
        let (kind, data) = record?;
        match kind {
            0x0085 => starts.push(u32_at(data, 0).ok_or_else(|| broken("a sheet has no place"))? as usize),
            0x000A => break,
            _ => {}
        }
    }
    Ok(starts)
}

/// Returns for how many cells room would be made for a sheet.
fn room(sheet: &[u8]) -> Result<u64, Fault> {
    let (mut promised, mut area) = (0, Span::default());
    let (mut begun, mut depth) = (false, 0_u32);
    for record in Records(sheet) {
        let (kind, data) = record?;
        match kind {
            0x0809 if begun => depth += 1,
            0x0809 => begun = true,
            0x000A if depth == 0 => break,
            0x000A => depth -= 1,
            _ if depth > 0 => {}
            0x0200 => promised = promise(data)?,
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x0006 => area.add(data, 0)?,
            0x00BD => {
                // A row of numbers: six bytes each behind row and first column, and the last column.
                area.add(data, u64::try_from(data.len().saturating_sub(6) / 6).unwrap_or(0))?;
            }
            0x00E5 => {
                let count = usize::from(u16_at(data, 0).unwrap_or(0));
                if data.len() < 2 + count * 8 {
                    return Err(broken("merged cells are cut short"));
                }
            }
            _ => {}
        }
    }
    Ok(promised.max(area.cells()))
}

/// Returns how many cells a sheet's `DIMENSIONS` promises.
fn promise(data: &[u8]) -> Result<u64, Fault> {
    let words = match data.len() {
        10 => [0, 2, 4, 6].map(|at| u16_at(data, at).map(u64::from)),
        14 | 16 => [
            u32_at(data, 0),
            u32_at(data, 4),
            u16_at(data, 8).map(u32::from),
            u16_at(data, 10).map(u32::from),
        ]
        .map(|n| n.map(u64::from)),
        _ => return Err(broken("a sheet's size has an unknown form")),
    };
    let [Some(first), Some(end), Some(left), Some(right)] = words else {
        return Err(broken("a sheet's size is cut short"));
    };
    let left = if left > 0xFF || right < left { 0 } else { left };
    if end == 0 || right == 0 {
        return Ok(0);
    }
    let rows = end.checked_sub(first).ok_or_else(|| broken("a sheet ends before it begins"))?;
    Ok(rows.saturating_mul(right.saturating_sub(left)))
}

/// The rectangle that cells span.
#[derive(Default)]
struct Span {
    rows: Option<(u64, u64)>,
    columns: (u64, u64),
}

impl Span {
    fn add(&mut self, data: &[u8], more: u64) -> Result<(), Fault> {
        let (row, column) =
            u16_at(data, 0).zip(u16_at(data, 2)).ok_or_else(|| broken("a cell is cut short"))?;
        let (row, first, last) = (u64::from(row), u64::from(column), u64::from(column) + more);
        let (top, bottom) = self.rows.unwrap_or((row, row));
        self.columns = match self.rows {
            Some(_) => (self.columns.0.min(first), self.columns.1.max(last)),
            None => (first, last),
        };
        self.rows = Some((top.min(row), bottom.max(row)));
        Ok(())
    }

    fn cells(&self) -> u64 {
        self.rows.map_or(0, |(top, bottom)| (bottom - top + 1) * (self.columns.1 - self.columns.0 + 1))
    }
}

/// The records of a stream: type, length, data.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u16, &'a [u8]), Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        // What follows the last record is the padding of the container.
        let (kind, len) = u16_at(self.0, 0).zip(u16_at(self.0, 2))?;
        let end = 4 + usize::from(len);
        let Some(data) = self.0.get(4..end) else {
            self.0 = &[];
            return Some(Err(broken("a record is cut short")));
        };
        self.0 = &self.0[end..];
        Some(Ok((kind, data)))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Returns one record.
    pub(in super::super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let len = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &len.to_le_bytes(), data].concat()
    }

    /// Returns the stream of a workbook with one sheet, `List`, that holds these records.
    pub(in super::super) fn stream(records: &[Vec<u8>]) -> Vec<u8> {
        let bof = |kind: u16| {
            record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
        };
        let named = |start: u32| record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, 4, 0], b"List"].concat());
        let globals = [bof(5), named(0), record(0x000A, &[])].concat();
        let start = u32::try_from(globals.len()).unwrap();
        [bof(5), named(start), record(0x000A, &[]), bof(0x10), records.concat(), record(0x000A, &[])].concat()
    }

    #[test]
    fn far_cells_and_large_promises_are_refused() {
        let number = |row: u16, column: u16| {
            record(
                0x0203,
                &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 2], &1.5_f64.to_le_bytes()].concat(),
            )
        };
        assert_eq!(measure(&stream(&[number(0, 0), number(9, 9)])), Ok(()));
        let far = measure(&stream(&[number(0, 0), number(65_535, 255)]));
        assert_eq!(far, Err(Fault::TooLarge("cells", MAX_CELLS as u64)));
        let promise = [&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 9, 0, 0, 0]].concat();
        assert!(matches!(measure(&stream(&[record(0x0200, &promise)])), Err(Fault::TooLarge("cells", _))));
    }
}
