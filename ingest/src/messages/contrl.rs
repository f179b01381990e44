//! CONTRL inbound: a receiver's syntax acknowledgement of what was sent to it.
//!
//! It gives no observation. Receipt and acceptance (action 7 and 8) are said once, every rejection
//! (4, of the interchange, a group or a message) is said by itself. It is never acknowledged.

use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use crate::message_findings as mf;

/// The family.
pub(super) struct Contrl;

const UCI: Tag = Tag::new(b"UCI");
const UCF: Tag = Tag::new(b"UCF");
const UCM: Tag = Tag::new(b"UCM");

const WHERE: &str = "says where in a rejected message the error is; the rejection itself is said";

const IGNORED: &[Ignored] =
    &[(Tag::new(b"UCS"), WHERE), (Tag::new(b"UCD"), WHERE), (Tag::new(b"UNS"), why::STRUCTURE)];

impl MessageFamily for Contrl {
    fn id(&self) -> &'static str {
        "CONTRL"
    }

    fn about(&self) -> &'static str {
        "syntax acknowledgements of receivers: what of ours was received, accepted or rejected"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = match s.tag() {
                UNH | UNT => Outcome::Used,
                // The action stands behind sender and recipient, behind the message, or behind the group.
                UCI => said(m, &s, "interchange", 4),
                UCF => said(m, &s, "group", 4),
                UCM => said(m, &s, "message", 3),
                _ => m.other(&s, IGNORED),
            };
            m.count(outcome);
        }
    }
}

/// Says what became of an interchange, group or message.
fn said(m: &mut Reader<'_>, s: &Segment<'_>, what: &str, action: u16) -> Outcome {
    let reference = m.text(s, 1, 1).unwrap_or_default();
    let error = m.text(s, action + 1, 1).map(|e| format!(", error {e}")).unwrap_or_default();
    match s.first(action) {
        b"7" => m.find(&mf::ACCEPTED, s, (action, 1), format!("{what} `{reference}` was accepted")),
        b"8" => m.find(&mf::ACCEPTED, s, (action, 1), format!("{what} `{reference}` was received")),
        b"4" => m.find(&mf::REJECTED, s, (action, 1), format!("{what} `{reference}` was rejected{error}")),
        other => {
            let code = String::from_utf8_lossy(other).into_owned();
            m.find(&mf::REJECTED, s, (action, 1), format!("{what} `{reference}`: action `{code}`{error}"));
        }
    }
    Outcome::Found
}
