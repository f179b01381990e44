//! edifact-rs is the oracle for well-formed input: same segments, elements and components.

use proptest::prelude::*;
use sealane_ingest::formats::edifact::{Charset, Cut, Cutter};
use std::ops::ControlFlow;

type Parts = Vec<(String, Vec<Vec<String>>)>;

/// A value of printable ASCII; service characters are released.
fn value() -> impl Strategy<Value = String> {
    "[ -~]{0,12}".prop_map(|s| {
        let s = s.trim();
        s.chars().fold(String::new(), |mut out, c| {
            if "+:'?".contains(c) {
                out.push('?');
            }
            out.push(c);
            out
        })
    })
}

fn segment() -> impl Strategy<Value = String> {
    let element = prop::collection::vec(value(), 1..5).prop_map(|c| c.join(":"));
    ("[A-TV-Z][A-Z]{2}", prop::collection::vec(element, 1..6))
        .prop_map(|(tag, e)| format!("{tag}+{}'", e.join("+")))
}

fn interchange() -> impl Strategy<Value = String> {
    (prop::collection::vec(segment(), 0..20), prop::sample::select(vec!["", "\n", "\r\n"])).prop_map(
        |(segments, end)| {
            let mut all =
                vec!["UNB+UNOA:2+A+B+260905:1430+R1'".to_owned(), "UNH+1+ANYTHG:D:95B:UN'".to_owned()];
            let count = segments.len() + 2;
            all.extend(segments);
            all.extend([format!("UNT+{count}+1'"), "UNZ+1+R1'".to_owned()]);
            all.into_iter().map(|s| s + end).collect()
        },
    )
}

/// What our index says, message segments only. Empty components at the end of an element are left out.
fn ours(bytes: &[u8]) -> Parts {
    let mut parts = Parts::new();
    let charset = Charset::default();
    let _ = Cutter::new(None).feed(bytes, true, &mut |cut| {
        if let Cut::Message(w) = cut {
            for at in 0..w.index.len() {
                let s = w.index.segment(w.bytes, at).unwrap();
                let element = |e| (1..8).map(|c| charset.text(s.value(e, c), b'?').0.to_string()).collect();
                let elements = (1..10).map(element).map(trimmed).collect();
                parts.push((String::from_utf8_lossy(s.tag_bytes()).into_owned(), elements));
            }
        }
        ControlFlow::Continue(())
    });
    parts
}

/// What the oracle says, in the same form.
fn oracle(bytes: &[u8]) -> Parts {
    let segments: Vec<_> = edifact_rs::from_bytes(bytes).collect::<Result<_, _>>().unwrap();
    segments
        .iter()
        .filter(|s| s.tag != "UNB" && s.tag != "UNZ")
        .map(|s| {
            let component = |e: usize, c: usize| s.component_str(e, c).unwrap_or_default().to_owned();
            let elements = (0..9).map(|e| trimmed((0..7).map(|c| component(e, c)).collect())).collect();
            (s.tag.to_string(), elements)
        })
        .collect()
}

fn trimmed(mut components: Vec<String>) -> Vec<String> {
    while components.last().is_some_and(String::is_empty) {
        components.pop();
    }
    components
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_what_the_oracle_reads(text in interchange()) {
        prop_assert_eq!(ours(text.as_bytes()), oracle(text.as_bytes()));
    }
}
