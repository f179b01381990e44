//! What is kept of an interchange once it is read, and what makes it known again.

use crate::answers::aperak::Told;
use crate::answers::syntax::Verdict;
use crate::formats::edifact::{Envelope, Interchange, MessageFault};
use crate::formats::x12::Receipt;
use sealane_data::Text;
use sealane_data::finding::Place;
use sealane_data::submission::{InterchangeMark, Sha256};

/// One interchange after reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterchangeSummary {
    /// What its header said.
    pub envelope: Envelope,
    /// How many messages it held.
    pub messages: u64,
    /// Whether its trailer came and told the truth.
    pub sound: bool,
    /// What a syntax acknowledgement says about single messages.
    pub faults: Vec<MessageFault>,
    /// Whether it held anything but acknowledgements.
    pub worth_an_answer: bool,
    /// What the answer to an X12 interchange says; nothing for EDIFACT.
    pub x12: Option<Box<Receipt>>,
    /// Whether the profile rejects what is wrong.
    pub rejects: bool,
    /// The code of what the whole interchange is rejected for (data element 0085, or TA105).
    pub rejected: Option<&'static str>,
    /// What is wrong with the form of its messages, where the profile rejects.
    pub verdicts: Vec<Verdict>,
    /// What is wrong with what its messages say, where the profile wants to hear it.
    pub told: Vec<Told>,
    /// Where its header stands.
    pub header: Place,
    /// Digest of its messages.
    pub content: [u8; 16],
}

impl InterchangeSummary {
    /// Returns what is kept of an interchange.
    pub(super) fn of(interchange: &Interchange) -> Self {
        Self {
            envelope: interchange.envelope.clone(),
            messages: interchange.messages,
            sound: interchange.trailed && interchange.sound,
            faults: interchange.faults.clone(),
            worth_an_answer: interchange.worth_an_answer,
            x12: interchange.x12.clone(),
            ..Self::default()
        }
    }

    /// Returns what the interchange is known by again; nothing for one without a control reference,
    /// and none for acknowledgements.
    pub fn mark(&self) -> Option<InterchangeMark> {
        let e = &self.envelope;
        if !e.declared || e.reference.is_empty() || !self.worth_an_answer {
            return None;
        }
        let parts = [&e.sender.0, &e.sender.1, &e.recipient.0, &e.recipient.1, &e.reference];
        let mut key: Vec<&str> = parts.into_iter().map(Text::as_str).collect();
        key.extend([e.prepared.0.as_str(), e.prepared.1.as_str(), if e.test { "test" } else { "" }]);
        Some(InterchangeMark {
            key: short(Sha256::of(key.join("\0").as_bytes())),
            content: self.content,
            older: None,
            reference: e.reference.clone(),
            place: self.header.clone(),
        })
    }
}

/// Returns a digest cut to 16 bytes.
pub(super) fn short(digest: Sha256) -> [u8; 16] {
    digest.0.first_chunk().copied().unwrap_or_default()
}
