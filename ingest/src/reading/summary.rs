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
            reference: e.reference.clone(),
            place: self.header.clone(),
        })
    }

    /// Rejects the interchange because its control reference was used before for other content, as who
    /// remembers earlier interchanges can tell: data element 0085 says 26, a `TA1` says 025.
    pub fn reject_repeat(&mut self) {
        (self.rejects, self.sound) = (true, false);
        self.rejected = Some("26");
        if let Some(receipt) = &mut self.x12 {
            receipt.note = "025".into();
        }
    }
}

/// Returns a digest cut to 16 bytes.
pub(super) fn short(digest: Sha256) -> [u8; 16] {
    digest.0.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::{ReadContext, acknowledgement, read};
    use sealane_data::partner::{Acknowledge, Partner, PartyId};

    #[test]
    fn a_repeated_reference_can_be_rejected_by_who_remembers() {
        let unb =
            "UNB+UNOA:2+LINE:ZZ+HALL:ZZ+260905:1430+IC7'UNH+7+CODECO:D:95B:UN'BGM+34+X+9'UNT+3+7'UNZ+1+IC7'";
        let blank = " ".repeat(10);
        let isa = format!(
            "ISA*00*{blank}*00*{blank}*ZZ*SIMA           *02*PORT           *260905*1430*U*00401*000000321*0*P*>~GS*QO*L*N*20260905*1430*77*X*004010~ST*315*0001~SE*2*0001~GE*1*77~IEA*1*000000321~"
        );
        let partner = Partner { acknowledge: Acknowledge::Always, ..Partner::new(PartyId("p".into())) };
        let cx = ReadContext { partner: &partner, wants_ack: false };
        for (text, accepted, rejected) in [
            (unb, "UCI+IC7+LINE:ZZ+HALL:ZZ+7'", "UCI+IC7+LINE:ZZ+HALL:ZZ+4+26+UNB'UNT"),
            (&isa, "AK9*A*1*1*1~", "~TA1*000000321*260905*1430*R*025~IEA*0*"),
        ] {
            let mut reading = read(text.as_bytes(), cx);
            assert!(reading.acknowledgement.unwrap().contains(accepted));
            reading.interchanges[0].reject_repeat();
            let answer = acknowledgement(&reading.interchanges, cx).unwrap();
            assert!(answer.contains(rejected), "{answer}");
        }
    }
}
