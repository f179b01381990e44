//! Text tables: charset and delimiter are guessed, records cut, and the text kept for the answer.

use super::{Book, Cell, Fault, Known, MAX_CELLS, Sheet};
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252, WINDOWS_1258,
};
use std::borrow::Cow;
use std::ops::Range;

/// Charsets that are tried after UTF-8, in the order in which a tie is decided.
const CHARSETS: [&Encoding; 7] = [GB18030, BIG5, SHIFT_JIS, EUC_KR, WINDOWS_874, WINDOWS_1252, WINDOWS_1258];

const DELIMITERS: [char; 4] = ['\t', ';', ',', '|'];

/// How much of a text is looked at to guess.
const HEAD: usize = 64 << 10;

/// Records that are looked at to guess.
const HEAD_RECORDS: usize = 60;

/// A text table, cut.
pub struct Table<'a> {
    /// The text, without byte order mark.
    pub text: Cow<'a, str>,
    /// The charset that was believed.
    pub charset: &'static Encoding,
    /// Whether all bytes fitted the charset.
    pub fits: bool,
    /// What parts the fields.
    pub delimiter: char,
    /// Where the first record begins: behind an Excel line such as `sep=;`.
    start: usize,
}

/// One record: its place in the text, without its line end, and its fields.
pub struct Record<'a> {
    /// Where it stands.
    pub range: Range<usize>,
    /// Its fields without quotes.
    pub fields: Vec<Cow<'a, str>>,
}

/// Guesses charset and delimiter of a text, by what makes most headings readable.
///
/// A byte order mark goes first, then the pinned charset, then UTF-8 where all bytes fit.
pub fn guess<'a>(bytes: &'a [u8], pinned: Option<&str>, known: Known<'_>) -> Table<'a> {
    let marked = Encoding::for_bom(bytes).map(|(charset, _)| charset);
    let pinned = pinned.and_then(|label| Encoding::for_label(label.as_bytes()));
    // A head may end inside a character: what is cut off it is no misfit.
    let charset = marked.or(pinned).unwrap_or_else(|| {
        if str::from_utf8(bytes).is_ok() {
            UTF_8
        } else {
            best_charset(&bytes[..bytes.len().min(HEAD)], known)
        }
    });
    let (text, _, misfit) = charset.decode(bytes);
    let (sep, start) = excel_line(&text);
    let table = |delimiter| Table { text: text.clone(), charset, fits: !misfit, delimiter, start };
    let best = |delimiter: &char| {
        let table = Table { text: Cow::Borrowed(head(&text)), ..table(*delimiter) };
        table.likeness(known)
    };
    let delimiter = sep.unwrap_or_else(|| {
        // The last of equals wins a maximum: tabs and semicolons are rarer in text than commas.
        DELIMITERS.into_iter().rev().max_by_key(best).unwrap_or(',')
    });
    table(delimiter)
}

fn head(text: &str) -> &str {
    let end = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

fn best_charset(head: &[u8], known: Known<'_>) -> &'static Encoding {
    let score = |charset: &&'static Encoding| {
        let (text, _, _) = charset.decode(head);
        let misfits = text.chars().rev().skip(1).filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        let cells = text.split(['\n', '\r', '\t', ';', ',', '|', '"']).take(2_000);
        let headings = cells.filter(|cell| !cell.is_ascii() && known(cell)).count();
        (
            i64::try_from(headings).unwrap_or(0) * 100 - i64::try_from(misfits).unwrap_or(0) * 1_000,
            plausible(&text),
        )
    };
    // The first of equals is wanted, `max_by_key` returns the last.
    CHARSETS.into_iter().rev().max_by_key(score).unwrap_or(WINDOWS_1252)
}

/// Frequent characters of such lists: a wrong charset hits few of them.
const FREQUENT: &str = "的一中国國港柜櫃箱号號船航次提单單订訂舱艙进進出场場时時间間日期月年重空封条條码碼尺寸型公司货貨物装裝卸目起运運到达達上海京宁寧波天津深圳青岛島厦門门口岸名重量件数數合计計备備注註東京横浜大阪神戸着発入庫予定番";

/// Returns how much a decoded text looks like one of the region's languages.
fn plausible(text: &str) -> i64 {
    let thai = |c: char| ('\u{0E01}'..='\u{0E5B}').contains(&c);
    let mut before = ' ';
    let mut sum = 0;
    for c in text.chars() {
        sum += match c {
            '\0'..='\u{7F}' => 0,
            '\u{3041}'..='\u{30FF}' => 2,
            '\u{AC00}'..='\u{D7A3}' => 1,
            c if thai(c) => i64::from(thai(before)),
            // An accented letter stands among plain ones.
            '\u{C0}'..='\u{17F}' => i64::from(before.is_ascii_alphabetic()),
            '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FF61}'..='\u{FF9F}' => -3,
            c if FREQUENT.contains(c) => 3,
            _ => 0,
        };
        before = c;
    }
    sum
}

/// Reads Excel's own first line, `sep=;`.
fn excel_line(text: &str) -> (Option<char>, usize) {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let sep = line.trim().to_ascii_lowercase();
    match sep.strip_prefix("sep=").and_then(|rest| rest.chars().next()) {
        Some(delimiter) => (Some(delimiter), line.len()),
        None => (None, 0),
    }
}

impl Table<'_> {
    /// Returns headings of the best record, then how many records have as many fields as most have.
    fn likeness(&self, known: Known<'_>) -> (usize, usize) {
        let mut widths = std::collections::BTreeMap::<usize, usize>::new();
        let mut headings = 0;
        for record in self.records().take(HEAD_RECORDS) {
            headings = headings.max(record.fields.iter().filter(|f| known(f)).count());
            if record.fields.len() > 1 {
                *widths.entry(record.fields.len()).or_default() += 1;
            }
        }
        let alike = widths.iter().max_by_key(|(_, n)| **n).map_or(0, |(width, n)| width * n);
        (headings, alike)
    }

    /// Returns whether it is a table: a record has two headings that are known, or it is even.
    pub fn is_table(&self, known: Known<'_>) -> bool {
        self.likeness(known).0 > 1 || self.is_even()
    }

    /// Returns whether three records and more have the same three fields and more, and few differ.
    pub fn is_even(&self) -> bool {
        let widths: Vec<usize> =
            self.records().take(HEAD_RECORDS).map(|r| r.fields.len()).filter(|n| *n > 2).collect();
        let Some(first) = widths.first() else { return false };
        let alike = widths.iter().filter(|n| *n == first).count();
        alike >= 3 && alike * 10 >= widths.len() * 9
    }

    /// Returns the records in order; a blank line is one with a blank field.
    pub fn records(&self) -> Records<'_> {
        Records {
            text: &self.text,
            at: self.start,
            delimiter: self.delimiter,
            unclosed: false,
            lead: self.start > 0,
        }
    }
}

/// The records of a text (RFC 4180, and what is written instead).
pub struct Records<'a> {
    text: &'a str,
    at: usize,
    delimiter: char,
    /// A quote that is never closed is a character like others, and so are those behind it.
    unclosed: bool,
    lead: bool,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if std::mem::take(&mut self.lead) {
            // Excel's own line is a record, so that rows keep their numbers.
            let record = Record { range: 0..self.at, fields: Vec::new() };
            self.line_end();
            return Some(record);
        }
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let mut fields = Vec::new();
        loop {
            fields.push(self.field());
            match self.rest().chars().next() {
                Some(c) if c == self.delimiter => self.at += c.len_utf8(),
                _ => break,
            }
        }
        let range = start..self.at;
        self.line_end();
        Some(Record { range, fields })
    }
}

impl<'a> Records<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line_end(&mut self) {
        let rest = self.rest();
        let len = if rest.starts_with("\r\n") { 2 } else { rest.starts_with(['\r', '\n']).into() };
        self.at += len;
    }

    /// Takes a field, without what ends it.
    fn field(&mut self) -> Cow<'a, str> {
        let quoted = if self.unclosed { None } else { self.quoted() };
        let plain = self.plain();
        match quoted {
            None => Cow::Borrowed(plain),
            Some(quoted) if plain.is_empty() => quoted,
            Some(quoted) => Cow::Owned(quoted.into_owned() + plain),
        }
    }

    fn plain(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find([self.delimiter, '\r', '\n']).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn quoted(&mut self) -> Option<Cow<'a, str>> {
        let inner = self.rest().strip_prefix('"')?;
        let mut from = 0;
        let mut doubled = false;
        loop {
            let Some(found) = inner.get(from..)?.find('"') else {
                self.unclosed = true;
                return None;
            };
            let close = from + found;
            if inner.get(close + 1..)?.starts_with('"') {
                doubled = true;
                from = close + 2;
                continue;
            }
            self.at += close + 2;
            let text = inner.get(..close)?;
            return Some(if doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) });
        }
    }
}

/// Reads a text table as a workbook of one sheet.
pub(super) fn read(bytes: &[u8], charset: Option<&str>, known: Known<'_>) -> Result<Book, Fault> {
    let table = guess(bytes, charset, known);
    let mut cells = Vec::new();
    for (record, row) in table.records().zip(0_u32..) {
        for (field, column) in record.fields.into_iter().zip(0_u32..) {
            if !field.trim().is_empty() {
                if cells.len() == MAX_CELLS {
                    return Err(Fault::TooLarge("cells", MAX_CELLS as u64));
                }
                cells.push(((row, column), Cell::Text(field.into_owned())));
            }
        }
    }
    let sheet = Sheet::new(String::new(), cells, Vec::new());
    Ok(Book { sheets: vec![sheet], since_1904: false, charset: Some((table.charset.name(), table.fits)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(cell: &str) -> bool {
        [
            "箱号",
            "櫃號",
            "コンテナ番号",
            "컨테이너번호",
            "หมายเลขตู้",
            "container",
            "số cont",
            "订舱号",
            "訂艙號",
            "本船名",
            "선박명",
            "ชื่อเรือ",
        ]
        .contains(&cell.trim().to_lowercase().as_str())
    }

    #[test]
    fn charsets_are_told_apart_by_headings() {
        for (text, charset) in [
            ("箱号,订舱号\n上海,1\n", GB18030),
            ("櫃號,訂艙號\n高雄,1\n", BIG5),
            ("コンテナ番号,本船名\n横浜,1\n", SHIFT_JIS),
            ("컨테이너번호,선박명\n부산,1\n", EUC_KR),
            ("หมายเลขตู้,ชื่อเรือ\nแหลมฉบัง,1\n", WINDOWS_874),
            ("Container,Café\nX,1\n", WINDOWS_1252),
        ] {
            let (bytes, _, lost) = charset.encode(text);
            assert!(!lost);
            let table = guess(&bytes, None, &known);
            assert_eq!((table.charset.name(), &*table.text), (charset.name(), text));
        }
        let wide: Vec<u8> = "\u{FEFF}箱号\t1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let table = guess(&wide, None, &known);
        assert_eq!((&*table.text, table.delimiter), ("箱号\t1", '\t'));
        assert_eq!(&*guess(b"\xEF\xBB\xBFa;b", None, &known).text, "a;b");
    }

    #[test]
    fn records_are_cut_as_spreadsheet_programs_do() {
        let table = guess(b"sep=;\r\na;\"b;\"\"c\"\"\nd\";e\r\n\r\n;\"never closed\nf\"x;y", None, &known);
        let fields: Vec<Vec<String>> =
            table.records().map(|r| r.fields.into_iter().map(Cow::into_owned).collect()).collect();
        let expected: [&[&str]; 5] =
            [&[], &["a", "b;\"c\"\nd", "e"], &[""], &["", "never closed\nfx", "y"], &[]];
        assert_eq!(
            fields[..4],
            expected[..4]
                .iter()
                .map(|r| r.iter().map(ToString::to_string).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        );
        let table = guess(b"a,\"b\nc,d\n", None, &known);
        assert_eq!(table.records().map(|r| r.fields.len()).collect::<Vec<_>>(), [2, 2]);
    }

    proptest! {
        #[test]
        fn every_character_is_in_a_record_or_a_line_end(text in "[a\",;\r\né]{0,40}") {
            let table = Table { text: Cow::Borrowed(&text), charset: UTF_8, fits: true, delimiter: ',', start: 0 };
            let mut end = 0;
            for record in table.records() {
                prop_assert!(text.get(end..record.range.start).unwrap().chars().all(|c| matches!(c, '\r' | '\n')));
                end = record.range.end;
            }
            prop_assert!(text.get(end..).unwrap().chars().all(|c| matches!(c, '\r' | '\n')));
        }
    }
}
