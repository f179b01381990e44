//! Spreadsheets as cells: XLSX, XLS, text tables, and mail that carries them.
//!
//! Everything is bounded: bytes, what they unpack to, sheets, cells. What is over a bound is a
//! [`Fault`], and so is what the readers of other people cannot open.

mod biff;
mod container;
pub mod dates;
mod mail;
mod text;
mod xls;
mod xlsx;

pub use text::{Table, guess as guess_text};

use std::fmt;

/// Longest submission that is read as a spreadsheet, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// Most that all parts of a workbook may unpack to, in bytes.
pub const MAX_UNPACKED: u64 = 192 << 20;

/// Most sheets of a workbook.
pub const MAX_SHEETS: usize = 64;

/// Most cells of a workbook that hold something, and most attachments' cells together.
pub const MAX_CELLS: usize = 1_000_000;

/// Merged areas of a sheet that are looked at.
const MAX_MERGED: usize = 5_000;

/// Columns that are looked at; Excel itself has 16,384.
pub const MAX_COLUMNS: u32 = 256;

/// The kinds of files that hold cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML, a ZIP archive with `xl/workbook.xml`.
    Xlsx,
    /// The binary workbooks of Excel 97 and before.
    Xls,
    /// Text with a delimiter.
    Text,
    /// A mail (RFC 5322) with attachments.
    Mail,
}

/// What one cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A date or time as days since the workbook's epoch.
    Date(f64),
    /// A truth value.
    Bool(bool),
    /// An error of the spreadsheet, such as `#N/A`.
    Error(String),
}

impl Cell {
    /// Returns the cell as a person would write it, without blanks around it.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(n) | Self::Date(n) => number(*n),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Error(error) => error.clone(),
        }
    }

    /// Returns whether there is nothing but blanks.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// Writes a number without a needless fraction: references of digits are numbers to Excel.
fn number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { n.to_string() }
}

/// A rectangle of merged cells, from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// First and last row.
    pub rows: (u32, u32),
    /// First and last column.
    pub columns: (u32, u32),
}

impl Area {
    /// Returns whether the cell lies in it.
    pub fn holds(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

/// One row that holds something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Its number from 0.
    pub at: u32,
    /// Its cells by column from 0, in order; blank ones are left out.
    pub cells: Vec<(u32, Cell)>,
}

impl Row {
    /// Returns a cell.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |(c, _)| *c).ok().map(|at| &self.cells[at].1)
    }
}

/// A cell with its row and column.
type Placed = ((u32, u32), Cell);

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name; empty for a text table, which has only one.
    pub name: String,
    /// Whether the sheet is hidden.
    pub hidden: bool,
    /// Its rows in order.
    pub rows: Vec<Row>,
    /// What is merged.
    pub merged: Vec<Area>,
}

impl Sheet {
    /// Returns a row.
    pub fn row(&self, at: u32) -> Option<&Row> {
        self.rows.binary_search_by_key(&at, |r| r.at).ok().map(|at| &self.rows[at])
    }

    /// Builds a sheet from cells in any order; blank cells and those beyond the bounds are left out.
    fn new(name: String, mut cells: Vec<Placed>, mut merged: Vec<Area>) -> Self {
        merged.truncate(MAX_MERGED);
        merged.retain(|a| a.rows.0 <= a.rows.1 && a.columns.0 <= a.columns.1);
        cells.retain(|((_, column), cell)| *column < MAX_COLUMNS && !cell.is_blank());
        cells.sort_by_key(|(at, _)| *at);
        cells.dedup_by_key(|(at, _)| *at);
        let mut rows: Vec<Row> = Vec::new();
        for ((row, column), cell) in cells {
            match rows.last_mut().filter(|r| r.at == row) {
                Some(last) => last.cells.push((column, cell)),
                None => rows.push(Row { at: row, cells: vec![(column, cell)] }),
            }
        }
        Self { name, hidden: false, rows, merged }
    }
}

/// A workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    /// Its sheets in their order.
    pub sheets: Vec<Sheet>,
    /// Whether days count from 1904 (old Macintosh workbooks) instead of 1900.
    pub since_1904: bool,
    /// The character set of a text table, and whether all its bytes fitted.
    pub charset: Option<(&'static str, bool)>,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is larger than a bound: what is, and the bound.
    TooLarge(&'static str, u64),
    /// It is protected by a password.
    Locked,
    /// It is no workbook; the reader's own words.
    Broken(String),
    /// It is no spreadsheet at all.
    Foreign,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(what, bound) => write!(f, "the workbook has more than {bound} {what}"),
            Self::Locked => write!(f, "the workbook is protected by a password"),
            Self::Broken(why) => write!(f, "the workbook cannot be opened: {why}"),
            Self::Foreign => write!(f, "it is no spreadsheet"),
        }
    }
}

/// One file of a submission: itself, or an attachment.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The attachment's name; empty for the submission itself.
    pub name: String,
    /// Its kind; nothing for an attachment that is no spreadsheet.
    pub format: Option<Format>,
    /// What it holds.
    pub book: Result<Book, Fault>,
}

/// What a reader of text tables must be told: whether a cell is a heading that somebody knows.
///
/// Charset and delimiter of a text are guessed by it: only the right ones make headings readable.
pub type Known<'a> = &'a dyn Fn(&str) -> bool;

/// Opens everything in a submission of a format. `charset` is the partner's pinned one.
pub fn open(bytes: &[u8], format: Format, charset: Option<&str>, known: Known<'_>) -> Vec<File> {
    if format == Format::Mail {
        return attached(bytes, charset, known);
    }
    vec![File { name: String::new(), format: Some(format), book: book(bytes, format, charset, known) }]
}

/// Opens the attachments of a mail, which share the bounds of one workbook: after the first that is too
/// large, or when all together are, no other is opened.
fn attached(bytes: &[u8], charset: Option<&str>, known: Known<'_>) -> Vec<File> {
    let mut left = MAX_CELLS;
    let mut bound = None;
    let mut files = Vec::new();
    for part in mail::attachments(bytes) {
        let format = part.format(known);
        let book = match (format, &bound) {
            (None, _) => Err(Fault::Foreign),
            (Some(_), Some(fault)) => Err(Fault::clone(fault)),
            (Some(format), None) => book(&part.bytes, format, charset, known).and_then(|book| {
                let rest = left.checked_sub(book.cells());
                left = rest.ok_or(Fault::TooLarge("cells", MAX_CELLS as u64))?;
                Ok(book)
            }),
        };
        bound = bound.or_else(|| book.as_ref().err().filter(|f| matches!(f, Fault::TooLarge(..))).cloned());
        files.push(File { name: part.name, format, book });
    }
    files
}

impl Book {
    /// Returns how many cells hold something.
    fn cells(&self) -> usize {
        self.sheets.iter().flat_map(|s| &s.rows).map(|r| r.cells.len()).sum()
    }
}

/// Returns the bytes of the file with this name in a submission; the empty name is the submission itself.
pub fn part(bytes: &[u8], format: Format, name: &str) -> Option<Vec<u8>> {
    if format != Format::Mail {
        return Some(bytes.to_vec());
    }
    mail::attachments(bytes).into_iter().find(|part| part.name == name).map(|part| part.bytes)
}

/// Opens one workbook.
pub fn book(bytes: &[u8], format: Format, charset: Option<&str>, known: Known<'_>) -> Result<Book, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::TooLarge("bytes", MAX_BYTES as u64));
    }
    match format {
        Format::Xlsx => unbroken(|| xlsx::read(bytes)),
        Format::Xls => unbroken(|| xls::read(bytes)),
        Format::Text => text::read(bytes, charset, known),
        Format::Mail => Err(Fault::Foreign),
    }
}

/// Runs a reader that is not ours: a panic in it on hostile bytes is a broken workbook.
fn unbroken(read: impl FnOnce() -> Result<Book, Fault>) -> Result<Book, Fault> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Fault::Broken("its parts contradict each other".to_owned())))
}

/// Recognises the binary formats by their first bytes, and by what is in them.
pub fn binary(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"PK\x03\x04") && xlsx::is_workbook(bytes) {
        Some(Format::Xlsx)
    } else if container::is_workbook(bytes) {
        Some(Format::Xls)
    } else {
        None
    }
}

/// Returns a column's letters from its number, 0 being `A`.
pub fn letters(column: u32) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Returns a column's number from its letters; nothing for anything else.
pub fn column(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    letters
        .bytes()
        .try_fold(0, |n: u32, b| b.is_ascii_uppercase().then(|| n * 26 + u32::from(b - b'A') + 1))?
        .checked_sub(1)
}

/// Returns a cell's name, `A1` being row 0 and column 0.
pub fn a1(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (n, word) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!((letters(n).as_str(), column(word)), (word, Some(n)));
        }
        assert_eq!((column(""), column("a"), column("ABCD"), column("A1")), (None, None, None, None));
        assert_eq!(a1(6, 1), "B7");
    }

    #[test]
    fn numbers_of_references_have_no_fraction() {
        assert_eq!(Cell::Number(4_006_531_400.0).shown(), "4006531400");
        assert_eq!(Cell::Number(24.5).shown(), "24.5");
    }
}
