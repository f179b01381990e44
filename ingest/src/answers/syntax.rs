//! What a partner's profile lets an acknowledgement reject: the form of messages, held against what the
//! directories from D.95B to D.24A have in common.
//!
//! Lengths and numbers of components are the longest of all directories, so that what is named here is
//! wrong in each of them. Segments that differ too much between directories are not held against anything.

use crate::findings as f;
use crate::formats::edifact::{MessageHeader, Segment, Tag};
use crate::messages::{self, Reader};
use sealane_data::finding::Finding;

/// What is wrong with a message, in the codes of data element 0085.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Its header.
    pub header: MessageHeader,
    /// What is wrong with the message as a whole, and the service segment that shows it.
    pub whole: Option<(&'static str, &'static str)>,
    /// What is wrong with its segments, in their order.
    pub segments: Vec<Fault>,
}

/// What is wrong with one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Its place in the message, the header being 1.
    pub position: u32,
    /// What is wrong with it as a whole.
    pub code: Option<&'static str>,
    /// What is wrong with its values: the code, element and component.
    pub values: Vec<(&'static str, u16, Option<u16>)>,
}

const VALUE_MISSING: &str = "13";
const TOO_MANY: &str = "16";
const NO_AGREEMENT: &str = "17";
const DUPLICATE: &str = "26";
const REFERENCES: &str = "28";
const COUNT: &str = "29";
const OUTSIDE: &str = "33";
const TOO_LONG: &str = "39";

/// Faults of one message that are named at most.
const NAMED: usize = 99;

/// Findings about a message's frame that reject it, with their codes.
const FRAME: &[(&str, &str, &str)] = &[
    (f::UNT_REFERENCE.code, REFERENCES, "UNT"),
    (f::UNT_COUNT.code, COUNT, "UNT"),
    (f::NO_UNT.code, VALUE_MISSING, "UNT"),
    (f::DUPLICATE_REFERENCE.code, DUPLICATE, "UNH"),
];

/// An element: whether it must be there, and the longest value of each component.
type Element = (bool, &'static [usize]);

const fn must(lengths: &'static [usize]) -> Element {
    (true, lengths)
}

const fn may(lengths: &'static [usize]) -> Element {
    (false, lengths)
}

const PLACE: &[usize] = &[35, 17, 3, 256];

/// Segments by tag, with their elements.
const SEGMENTS: &[(Tag, &[Element])] = &[
    (Tag::new(b"BGM"), &[may(&[3, 17, 3, 35]), may(&[70, 9, 9]), may(&[3]), may(&[3]), may(&[3]), may(&[3])]),
    (Tag::new(b"DTM"), &[must(&[3, 35, 3])]),
    (Tag::new(b"RFF"), &[must(&[3, 70, 8, 35, 9])]),
    (
        Tag::new(b"TDT"),
        &[
            must(&[3]),
            may(&[17]),
            may(&[3, 17]),
            may(&[8, 17, 3, 35]),
            may(&[17, 17, 3, 128]),
            may(&[3]),
            may(&[3, 3, 17]),
            may(&[35, 17, 3, 70, 3]),
            may(&[3]),
            may(&[3, 17, 3, 17]),
        ],
    ),
    (Tag::new(b"LOC"), &[must(&[3]), may(PLACE), may(PLACE), may(PLACE), may(&[3])]),
    (
        Tag::new(b"NAD"),
        &[
            must(&[3]),
            may(&[35, 17, 3]),
            may(&[35, 35, 35, 35, 35]),
            may(&[70, 70, 70, 70, 70, 3]),
            may(&[256, 256, 256, 256]),
            may(&[35]),
            may(&[9, 17, 3, 70]),
            may(&[17]),
            may(&[3]),
        ],
    ),
    (
        Tag::new(b"EQD"),
        &[
            must(&[3]),
            may(&[17, 17, 3, 3]),
            may(&[10, 17, 3, 35]),
            may(&[3]),
            may(&[3]),
            may(&[3]),
            may(&[3]),
        ],
    ),
    (Tag::new(b"EQN"), &[may(&[15, 3])]),
    (Tag::new(b"MEA"), &[must(&[3]), may(&[17, 3, 17, 70]), may(&[8, 18, 18, 18, 2]), may(&[3])]),
    (Tag::new(b"DIM"), &[must(&[3]), must(&[8, 15, 15, 15])]),
    (Tag::new(b"TMP"), &[must(&[3]), may(&[15, 8])]),
    (Tag::new(b"RNG"), &[must(&[3]), may(&[8, 18, 18])]),
    (Tag::new(b"SEL"), &[may(&[35]), may(&[3, 17, 3, 70]), may(&[3]), may(&[35, 35]), may(&[17])]),
    (
        Tag::new(b"FTX"),
        &[must(&[3]), may(&[3]), may(&[17, 17, 3]), may(&[512, 512, 512, 512, 512]), may(&[3]), may(&[3])],
    ),
    (Tag::new(b"CNT"), &[must(&[3, 18, 8])]),
    (Tag::new(b"QTY"), &[must(&[3, 35, 8])]),
    (Tag::new(b"TMD"), &[may(&[3, 35]), may(&[35]), may(&[3])]),
];

/// Judges a message that was read: by the findings about its frame, by what its reader could not place,
/// and by the form of its segments. Nothing where nothing is wrong.
pub fn judge(reader: &Reader<'_>, header: &MessageHeader, found: &[Finding]) -> Option<Verdict> {
    let whole = FRAME
        .iter()
        .find(|(code, ..)| found.iter().any(|finding| finding.code == *code))
        .map(|(_, error, segment)| (*error, *segment))
        .or_else(|| (!is_agreed(header)).then_some((NO_AGREEMENT, "UNH")));
    let mut segments: Vec<Fault> = Vec::new();
    for at in 0..reader.len() {
        let Some(segment) = reader.segment(at) else { break };
        let position = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let strange = [f::UNEXPECTED.code, f::BAD_TAG.code];
        let outside = found.iter().any(|x| x.place.segment == position && strange.contains(&x.code.as_str()));
        let fault = if outside {
            Some(Fault { position, code: Some(OUTSIDE), values: Vec::new() })
        } else {
            form(&segment, position)
        };
        segments.extend(fault);
        if segments.len() >= NAMED {
            break;
        }
    }
    (whole.is_some() || !segments.is_empty()).then(|| Verdict { header: header.clone(), whole, segments })
}

/// Whether messages of this type and version are read at all.
fn is_agreed(header: &MessageHeader) -> bool {
    let release = header.release.as_bytes();
    let shaped = release.len() == 3 && release[..2].iter().all(u8::is_ascii_digit);
    let version = matches!(header.version.as_str(), "D" | "S");
    messages::family(&header.kind).is_some() && version && shaped && header.agency == "UN"
}

/// Returns what is wrong with the values of a segment.
fn form(s: &Segment<'_>, position: u32) -> Option<Fault> {
    let (_, elements) = SEGMENTS.iter().find(|(tag, _)| *tag == s.tag())?;
    let mut fault = Fault { position, ..Fault::default() };
    for (e, (mandatory, lengths)) in (1_u16..).zip(*elements) {
        if *mandatory && s.value(e, 1).is_empty() {
            let component = (lengths.len() > 1).then_some(1);
            fault.values.push((VALUE_MISSING, e, component));
        }
        let known = u16::try_from(lengths.len()).unwrap_or(u16::MAX);
        if s.value_range(e, known + 1).is_some() {
            fault.values.push((TOO_MANY, e, Some(known + 1)));
        }
        for (c, most) in (1_u16..).zip(*lengths) {
            let length = characters(s.value(e, c));
            if length > *most {
                fault.values.push((TOO_LONG, e, (lengths.len() > 1).then_some(c)));
            }
        }
    }
    let known = u16::try_from(elements.len()).unwrap_or(u16::MAX);
    if s.value_range(known + 1, 1).is_some() {
        fault.code = Some(TOO_MANY);
    }
    (fault.code.is_some() || !fault.values.is_empty()).then_some(fault)
}

/// Returns how many characters a value has at least: release characters stand for none, and bytes that
/// continue a UTF-8 character neither.
fn characters(value: &[u8]) -> usize {
    let released = value.windows(2).filter(|w| w[0] == b'?').count();
    let continued = value.iter().filter(|b| (0x80..0xC0).contains(*b)).count();
    value.len().saturating_sub(released + continued)
}
