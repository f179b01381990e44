//! CTNJJD as a platform file: the list of containers that is handed over with a ship's papers.
//!
//! Only the first fields of record 50 are published: bill of lading, container, seal, size-type and
//! status. Records 11 (ship) and 12 (places) are kept unread, so the list ties containers to bills
//! and says nothing of where or when.

use super::records::{Unread, id};
use crate::formats::edifact::{Segment, Tag};
use crate::messages::reader::{Outcome, Reader};
use crate::messages::{Ignored, MessageFamily};
use sealane_data::observation::{Classifier, Kind, Observation};
use sealane_data::reference::{Reference, ReferenceKind};

/// The family.
pub(super) struct Ctnjjd;

const IGNORED: &[Ignored] = &[(Tag::two(b"01"), "other receivers of the file")];

impl MessageFamily for Ctnjjd {
    fn id(&self) -> &'static str {
        "CTNJJD"
    }

    fn about(&self) -> &'static str {
        "container lists of Chinese ports: which containers, seals and size-types belong to which bill of lading"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let mut unread = Unread::default();
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = match &id(&s).unwrap_or_default() {
                b"00" => m.flat_head(&s),
                b"99" => Outcome::Used,
                b"50" => container(m, &s),
                _ => unread.other(m, &s, IGNORED),
            };
            m.count(outcome);
        }
        unread.say(m);
    }
}

/// Reads one container with its bill of lading.
fn container(m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
    let Some(equipment) = m.flat_container(s, 2) else { return Outcome::Found };
    let bill = m.text(s, 1, 1).map(|bill| Reference::new(ReferenceKind::MasterBl, &bill));
    m.observations.push(Observation {
        time: m.written,
        equipment: Some(equipment),
        references: bill.into_iter().collect(),
        span: m.span(s, s.at()),
        ..Observation::new(Kind::Booked, Classifier::Actual)
    });
    Outcome::Used
}
