//! 997, 999 and TA1: what partners say of what was sent to them. Kept as what they are; no data.

use super::super::reader::{Outcome, Reader};
use super::super::{Ignored, MessageFamily};
use super::parts::{SE, ST};
use crate::formats::edifact::{Segment, Tag};
use crate::x12_findings as x;

/// Acknowledgements of groups.
pub(super) struct S997;
/// Acknowledgements of groups, by implementation.
pub(super) struct S999;
/// Acknowledgements of interchanges.
pub(super) struct Ta1;

/// The details of a refusal, which the finding about it does not repeat.
const IGNORED: &[Ignored] = &[
    (Tag::new(b"AK3"), DETAIL),
    (Tag::new(b"AK4"), DETAIL),
    (Tag::new(b"IK3"), DETAIL),
    (Tag::new(b"IK4"), DETAIL),
    (Tag::new(b"CTX"), DETAIL),
];

const DETAIL: &str = "says where in our own message the fault is";

const TA1: Tag = Tag::new(b"TA1");
const AK1: Tag = Tag::new(b"AK1");
const AK2: Tag = Tag::new(b"AK2");
const AK5: Tag = Tag::new(b"AK5");
const AK9: Tag = Tag::new(b"AK9");
const IK5: Tag = Tag::new(b"IK5");

/// Reads the whole message: which group or interchange it answers, and what was refused.
fn read(m: &mut Reader<'_>) {
    let mut set = String::new();
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = segment(m, &s, &mut set);
        m.count(outcome);
    }
    if let Some(s) = m.segment(0) {
        let what =
            if m.document.is_empty() { "nothing by number".into() } else { format!("`{}`", m.document) };
        m.find(&x::ACKNOWLEDGEMENT, &s, (0, 0), format!("it acknowledges {what}"));
    }
}

/// Reads one segment.
fn segment(m: &mut Reader<'_>, s: &Segment<'_>, set: &mut String) -> Outcome {
    let name = |m: &mut Reader<'_>, e| m.text(s, e, 1).unwrap_or_default().to_string();
    match s.tag() {
        ST | SE => Outcome::Used,
        AK1 | TA1 => {
            m.document = name(m, if s.tag() == TA1 { 1 } else { 2 }).into();
            let (code, note) = (name(m, 4), name(m, 5));
            if s.tag() == TA1 && code != "A" {
                m.find(
                    &x::REFUSED,
                    s,
                    (4, 1),
                    format!("interchange `{}` was answered with `{code}` ({note})", m.document),
                );
            }
            Outcome::Used
        }
        AK2 => {
            *set = format!("{} {}", name(m, 1), name(m, 2));
            Outcome::Used
        }
        AK5 | IK5 | AK9 => {
            let code = name(m, 1);
            if code != "A" {
                let what = if s.tag() == AK9 {
                    format!("group {}", m.document)
                } else {
                    format!("transaction set {set}")
                };
                m.find(&x::REFUSED, s, (1, 1), format!("{what} was answered with `{code}`"));
            }
            Outcome::Used
        }
        _ => m.other(s, IGNORED),
    }
}

/// Writes the family of one acknowledgement.
macro_rules! acknowledgement {
    ($name:ident, $id:literal, $about:literal) => {
        impl MessageFamily for $name {
            fn id(&self) -> &'static str {
                $id
            }

            fn about(&self) -> &'static str {
                $about
            }

            fn version(&self) -> u16 {
                1
            }

            fn ignored(&self) -> &'static [Ignored] {
                IGNORED
            }

            fn read(&self, m: &mut Reader<'_>) {
                read(m);
            }
        }
    };
}

acknowledgement!(S997, "997", "acknowledgements of groups that were sent to the partner");
acknowledgement!(S999, "999", "acknowledgements of groups that were sent to the partner, by implementation");
acknowledgement!(Ta1, "TA1", "acknowledgements of interchanges that were sent to the partner");
