//! What is read by its usual form is what is read by its separators.

use super::*;
use crate::formats::edifact::{Charset, Delimiters, Envelope, Index, MessageHeader, Segment, Syntax, Window};
use crate::messages::{KnownPlaces, Reader};
use proptest::prelude::*;
use sealane_data::partner::Partner;

/// Runs `act` on a message of one segment, with a reader that knows usual forms.
fn with<T>(segment: &str, act: impl FnOnce(&mut Reader<'_>, &Segment<'_>) -> T) -> T {
    let text = format!("{segment}'");
    let mut index = Index::default();
    index.read_all(text.as_bytes());
    let (envelope, header, partner) = (Envelope::default(), MessageHeader::default(), Partner::operator());
    let window = Window {
        bytes: text.as_bytes(),
        index: &index,
        start: 0,
        line: 1,
        envelope: &Envelope { charset: Charset::default(), ..envelope },
        delimiters: Delimiters::default(),
        wrapped: false,
        findings: Vec::new(),
        syntax: Syntax::Edifact,
        header: None,
    };
    let mut known = KnownPlaces::default();
    let mut reader = Reader::new(&window, None, &header, &partner, &mut known);
    let s = reader.segment(0).unwrap();
    act(&mut reader, &s)
}

/// Parts of segments that are put together at random, usual ones often.
fn parts(usual: &'static [&'static str]) -> impl Strategy<Value = String> {
    let odd = &["+", ":", "", "X", " ", "0", "12345678", "?'", "203"][..];
    let part = prop_oneof![4 => prop::sample::select(usual), 1 => prop::sample::select(odd)];
    prop::collection::vec(part, 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn qualifiers_are_first_components(rest in parts(&["9", "11", "165", "ABCD", "+", ":", "+CNSHA:139:6"])) {
        let segment = format!("LOC+{rest}");
        with(&segment, |m, s| {
            let lead = m.lead(s);
            prop_assert_eq!(lead.code, s.code(), "{}", &segment);
            if let Some(behind) = lead.behind() {
                prop_assert_eq!(Some(behind.as_bytes()), s.fields().from(2));
            }
            Ok(())
        })?;
    }

    #[test]
    fn references_are_the_same(what in parts(&["BN", ":1793141911", ":  793141911", "  ", "\u{1}", "\u{3000}", "+", ":"])) {
        let segment = format!("RFF+{what}");
        with(&segment, |m, s| {
            if let Some(rest) = m.lead(s).rest.and_then(value) {
                let text = m.text(s, 1, 2);
                prop_assert_eq!(text.as_deref(), Some(rest), "{}", &segment);
            }
            Ok(())
        })?;
    }

    #[test]
    fn masses_are_the_same(what in parts(&["AAE+VGM", "VGM+", "AAE+G", "AAE+T", "WT+", "+KGM:", "+LBR:", "7335", "0"])) {
        let segment = format!("MEA+{what}");
        with(&segment, |m, s| {
            if let Some(mass) = m.usual(s).and_then(mass) {
                prop_assert_eq!(mass, m.any_mass(s), "{}", &segment);
            }
            Ok(())
        })?;
    }

    #[test]
    fn containers_are_the_same(
        number in "([A-Z]{4}[0-9]{7}|[A-Z]{4} [0-9]{6}|[A-Z0-9]{10,11} ?)",
        size in "([24L][25][GRT][01]|[A-Z0-9 ]{3,5}|)",
        rest in parts(&[":102:5", "+", "++", "+++", "3", "4", "5", "6"]),
    ) {
        let segment = format!("EQD+CN+{number}+{size}{rest}");
        with(&segment, |m, s| {
            let usual = m.read_equipment(s);
            let said = std::mem::take(&mut m.findings);
            prop_assert_eq!(usual, m.any_equipment(s), "{}", &segment);
            prop_assert_eq!(said, std::mem::take(&mut m.findings));
            Ok(())
        })?;
    }

    #[test]
    fn dates_are_the_same(rest in parts(&["7", ":202603100657", ":203", ":102", ":", "+"])) {
        let segment = format!("DTM+{rest}");
        with(&segment, |m, s| {
            if let Some(digits) = m.lead(s).rest.and_then(minute) {
                prop_assert_eq!(&digits[..], s.value(1, 2));
                prop_assert_eq!(s.value(1, 3), b"203");
            }
            Ok(())
        })?;
    }
}

#[test]
fn usual_forms_are_seen_as_such() {
    with("EQD+CN+CSQU3054383+45G1:102:5++3+5", |m, s| assert!(m.usual(s).and_then(container).is_some()));
    with("EQD+CN+CSQU3054383+45G1+++4", |m, s| assert!(m.usual(s).and_then(container).is_some()));
    with("MEA+AAE+VGM+KGM:7335", |m, s| assert!(m.usual(s).and_then(mass).is_some()));
    with("DTM+203:202603100657:203", |m, s| assert!(m.lead(s).rest.and_then(minute).is_some()));
    with("RFF+BN:1793141911", |m, s| assert_eq!(m.lead(s).rest.and_then(value), Some("1793141911")));
    with("RFF+BN:1793141911  ", |m, s| assert_eq!(m.lead(s).rest.and_then(value), None));
    with("LOC+147+0230482::5", |m, s| assert_eq!(cell(&m.lead(s)), Some("0230482")));
    with("LOC+147+230482::5", |m, s| assert_eq!(cell(&m.lead(s)), None));
}
