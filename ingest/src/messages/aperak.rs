//! APERAK inbound: what a receiver's application says of a message that was sent to it.
//!
//! It gives no observation. Every error (`ERC`) is said with the reference it belongs to; without
//! one the message was accepted.

use super::parts::{BGM, DOC, DTM, LOC, NAD, RFF};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::{Tag, UNH, UNT};
use crate::message_findings as mf;

/// The family.
pub(super) struct Aperak;

const ERC: Tag = Tag::new(b"ERC");

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"CNT"), why::GOODS),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

impl MessageFamily for Aperak {
    fn id(&self) -> &'static str {
        "APERAK"
    }

    fn about(&self) -> &'static str {
        "application answers of receivers: which errors they found in what was sent to them"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let (mut about, mut errors, mut bgm) = (String::new(), 0, 0);
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = match s.tag() {
                UNH | UNT => Outcome::Used,
                BGM => {
                    bgm = at;
                    m.read_bgm(&s)
                }
                DTM if m.read_written(&s) => Outcome::Used,
                RFF => {
                    if let (0, Some(reference)) = (errors, m.text(&s, 1, 2)) {
                        about = format!(" about `{reference}`");
                    }
                    Outcome::Used
                }
                ERC => {
                    errors += 1;
                    let code = m.text(&s, 1, 1).unwrap_or_default();
                    m.find(&mf::APPLICATION_ERROR, &s, (1, 1), format!("error `{code}`{about} is reported"));
                    Outcome::Found
                }
                DTM | LOC | NAD | DOC => Outcome::Ignored,
                _ => m.other(&s, IGNORED),
            };
            m.count(outcome);
        }
        if let Some(s) = m.segment(bgm).filter(|_| errors == 0) {
            m.find(&mf::ACCEPTED, &s, (0, 0), format!("no error{about} is reported"));
        }
    }
}
