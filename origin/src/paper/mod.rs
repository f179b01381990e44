//! Certificates on paper: the text layer of a PDF, and what of it fills a form before a person looks at it.
//!
//! Nothing that is read here is believed: it is a suggestion, and a certificate is what a person sends
//! after comparing it with the paper. Scans have no text layer and give nothing.

mod named;
mod prefill;

pub use named::{NamedPaper, named_paper};
pub use prefill::prefill;

use lopdf::{Document, LoadOptions};
use sealane_data::submission::Source;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The largest file that is read, in bytes.
pub const MAX_PAPER: usize = 4 << 20;
/// How papers arrive: what comes so is kept as it is and read by no reader of certificates.
pub const PAPER: &str = Source::PAPER;
/// How files arrive that go with an exporter's answer: kept as they are, read by nobody, and never erased.
pub const ANSWER_FILE: &str = Source::ANSWER_FILE;
/// The most pages whose text is read.
const MAX_PAGES: usize = 20;
/// What one stream of objects may unpack to, in bytes: objects take some sixty times as much in memory.
const MAX_OBJECTS: usize = 128 << 10;
/// What the text of one page may unpack to, in bytes.
const MAX_STREAM: usize = 512 << 10;
/// The most streams of objects that a file may have.
const MAX_PACKED: usize = 16;
/// The longest text that is looked at, in characters.
const MAX_TEXT: usize = 200_000;

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// How many pages it has.
    pub pages: usize,
    /// Its text layer; empty for a scan.
    pub text: String,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It does not begin as a PDF does.
    #[error("the file is no PDF")]
    NotPdf,
    /// It is locked with a password.
    #[error("the PDF is locked with a password")]
    Locked,
    /// It has more streams of objects than a certificate needs.
    #[error("the PDF is packed into too many streams; print it to a PDF again")]
    TooPacked,
    /// Its parts do not fit together.
    #[error("the PDF is damaged")]
    Damaged,
}

/// Reads the text layer of a PDF. Whatever the bytes are, it ends, within bounds and without a panic.
pub fn read_paper(bytes: &[u8]) -> Result<Paper, Unread> {
    if !bytes.starts_with(b"%PDF-") || bytes.len() > MAX_PAPER {
        return Err(Unread::NotPdf);
    }
    if packed(bytes) > MAX_PACKED {
        return Err(Unread::TooPacked);
    }
    // Whoever wrote the file chose every byte of it: a mistake of the reader must not end the process.
    catch_unwind(AssertUnwindSafe(|| text_of(bytes))).unwrap_or(Err(Unread::Damaged))
}

/// Counts what may be a stream of objects, also where the letters of its name are written as codes.
fn packed(bytes: &[u8]) -> usize {
    const CODES: [&[u8]; 6] = [b"4F", b"62", b"6A", b"53", b"74", b"6D"];
    let coded = |at: usize| {
        bytes.get(at + 1..at + 3).is_some_and(|code| CODES.iter().any(|c| c.eq_ignore_ascii_case(code)))
    };
    let named = bytes.windows(6).filter(|name| *name == b"ObjStm").count();
    named + bytes.iter().enumerate().filter(|(at, byte)| **byte == b'#' && coded(*at)).count()
}

fn text_of(bytes: &[u8]) -> Result<Paper, Unread> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_OBJECTS), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Unread::Damaged)?;
    if document.is_encrypted() {
        return Err(Unread::Locked);
    }
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let looked: Vec<u32> = pages.iter().copied().take(MAX_PAGES).collect();
    // A page that cannot be read is as one without text.
    let text = document.extract_text_with_limit(&looked, MAX_STREAM).unwrap_or_default();
    let shown = |c: &char| !c.is_control() || *c == '\n';
    Ok(Paper { pages: pages.len(), text: text.chars().filter(shown).take(MAX_TEXT).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use krilla::geom::Point;
    use krilla::page::PageSettings;
    use krilla::text::{Font, TextDirection};

    const FONT: &[u8] = include_bytes!("../../fonts/NotoSans-latin.ttf");

    /// A page with lines, as an issuing body's system might print them.
    fn pdf(lines: &[&str]) -> Vec<u8> {
        let font = Font::new(FONT.to_vec().into(), 0).unwrap();
        let mut document = krilla::Document::new();
        let mut page = document.start_page_with(PageSettings::from_wh(595.0, 842.0).unwrap());
        let mut surface = page.surface();
        for (at, line) in (1_u8..).zip(lines) {
            let point = Point::from_xy(40.0, 14.0 * f32::from(at));
            surface.draw_text(point, font.clone(), 10.0, line, false, TextDirection::Auto);
        }
        surface.finish();
        page.finish();
        document.finish().unwrap()
    }

    #[test]
    fn a_file_of_many_packed_streams_is_not_unpacked() {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        for _ in 0..=MAX_PACKED {
            bytes.extend_from_slice(
                b"1 0 obj <</Type/Obj#53tm/N 1/First 4/Length 0>> stream endstream endobj ",
            );
        }
        assert_eq!(read_paper(&bytes), Err(Unread::TooPacked));
    }

    #[test]
    fn the_text_layer_of_a_printed_form_fills_the_boxes_it_names() {
        let paper = read_paper(&pdf(&[
            "REGIONAL COMPREHENSIVE ECONOMIC PARTNERSHIP AGREEMENT",
            "Certificate No. EXAMPLE-26-0907",
            "1. Goods consigned from (Exporter's name, address and country)",
            "Example Pump Works Co., Ltd.",
            "1 Example Road, Ningbo, China",
            "2. Goods consigned to (Importer's/Consignee's name, address, country)",
            "Contoh Industri Sdn. Bhd.",
            "Jalan Contoh 1, Klang, Malaysia",
            "4. Means of transport and route (if known)",
            "Departure Date: SEP. 5, 2026",
            "Vessel's name/Aircraft flight number, etc.: EXAMPLE STAR V.2609S",
            "Port of Discharge: PORT KLANG",
            "Container No: CSQU3054383",
        ]))
        .unwrap();
        assert_eq!(paper.pages, 1);
        let filled = prefill(&paper.text);
        for (path, value) in [
            ("/regime", "RCEP"),
            ("/number", "EXAMPLE-26-0907"),
            ("/exporter/name", "Example Pump Works Co., Ltd."),
            ("/exporter/country", "CN"),
            ("/consignee/name", "Contoh Industri Sdn. Bhd."),
            ("/consignee/country", "MY"),
            ("/transport/departure_date", "2026-09-05"),
            ("/transport/conveyance_text", "EXAMPLE STAR V.2609S"),
            ("/transport/port_of_discharge_text", "PORT KLANG"),
            ("/bindings/0/value", "CSQU3054383"),
        ] {
            assert_eq!(
                filled.pointer(path).and_then(|v| v.as_str()),
                Some(value),
                "{path} in {filled} of {}",
                paper.text
            );
        }
    }

    #[test]
    fn what_is_no_pdf_or_a_broken_one_is_told_and_never_panics() {
        assert_eq!(read_paper(b"PK\x03\x04"), Err(Unread::NotPdf));
        assert_eq!(read_paper(b"%PDF-1.7\n"), Err(Unread::Damaged));
        let whole = pdf(&["Certificate No. EXAMPLE-1"]);
        for cut in (0..whole.len()).step_by(97) {
            let _ = read_paper(&whole[..cut]);
            let mut flipped = whole.clone();
            flipped[cut] ^= 0x55;
            let _ = read_paper(&flipped);
        }
    }
}
