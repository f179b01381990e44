//! Sample submissions, and messages as large and varied as real ones, for tests and for measuring.

use crate::{CompressedChunk, EncodedMessage, Work};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_data::container::{ContainerNumber, SizeType};
use sealane_data::observation::{
    Classifier, DeclaredPlace, Equipment, Kind, Load, Observation, Plan, Span, Trade,
};
use sealane_data::partner::{Mode, PartyId};
use sealane_data::recorded::{Entry, MessageRecord, ReadingVersion};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::{Content, Erasure, Receipt, Sha256, Source, SubmissionId};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{CarrierCode, ImoNumber, VesselRef};
use std::sync::Arc;

/// Returns message number `number` with that many observations; equal numbers give equal messages.
pub fn message(number: u64, observations: u32) -> MessageRecord {
    let digest = Sha256::of(&number.to_le_bytes()).0;
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    let written = DeclaredTime::minute(jiff::civil::date(2026, 9, 5).at(14, 20, 0, 0));
    MessageRecord {
        ordinal: u32::try_from(number % 1_000_000).unwrap_or(0) + 1,
        family: "COARRI:D:95B:UN:ITG12".into(),
        document: Text::from(format!("D{number:012}")),
        revision: sealane_data::observation::Revision::Original,
        written: Some(written),
        parties: vec!["CARRIER".into()],
        key,
        reading: ReadingVersion { parser: "edifact/coarri".into(), version: 3, profile: 0x5ea1_a9e5 },
        test: false,
        mode: Mode::Live,
        observations: (0..observations).map(|i| observation(number, i, &digest)).collect(),
        findings: Vec::new(),
    }
}

fn observation(message: u64, index: u32, digest: &[u8; 32]) -> Observation {
    // A multiplicative hash: container numbers, weights and seals of neighbours have nothing in common.
    let mixed = (message << 20 | u64::from(index)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let minutes = i64::from(index) * 2 + i64::from(digest[0]);
    let start = jiff::civil::date(2026, 9, 5).at(6, 0, 0, 0);
    let local = start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(start);
    let load = if mixed.is_multiple_of(4) { Load::Empty } else { Load::Laden };
    let reference = Reference::new(ReferenceKind::Booking, &format!("4{:09}", mixed / 7 % 1_000_000_000));
    Observation {
        time: Some(DeclaredTime::minute(local)),
        place: Some(Arc::new(DeclaredPlace {
            locode: Some("CNYSN".into()),
            facility: Some("YSSD3".into()),
            name: None,
        })),
        equipment: Some(Equipment {
            number: ContainerNumber::read(&format!("TSLU{:06}", mixed % 1_000_000)),
            size_type: Some(SizeType::read(["22G1", "42G1", "45G1", "45R1"][(mixed / 3 % 4) as usize])),
            load,
            trade: Some(Trade::Export),
            seals: [Text::from(format!("SL{:07}", mixed / 11 % 10_000_000))].into(),
            gross_kg: Some(u32::try_from(mixed / 13 % 28_000).unwrap_or(0) + 2_200),
        }),
        vessel: Some(Arc::new(VesselRef {
            imo: Some(ImoNumber::read("9074729")),
            call_sign: Some("9VSAMPLE".into()),
            name: Some("SAMPLE TRADER".into()),
            carrier: Some(CarrierCode { code: "SMP".into(), list: "172:20".into() }),
            voyage: Some("0SL4EW1MA".into()),
            ..VesselRef::default()
        })),
        references: [reference].into(),
        plan: Some(Arc::new(Plan {
            load: Some(DeclaredPlace::locode("CNYSN").into()),
            discharge: Some(DeclaredPlace::locode(["MYPKG", "SGSIN", "VNVUT"][(mixed % 3) as usize]).into()),
            ..Plan::default()
        })),
        span: Span { segment: index * 9 + 4, start: u64::from(index) * 310 + 200, len: 310 },
        ..Observation::new(Kind::Loaded, Classifier::Actual)
    }
}

/// A submission to be committed.
pub struct Sample<'a> {
    /// Its id.
    pub id: SubmissionId,
    /// Who sent it.
    pub party: PartyId,
    /// What was sent.
    pub bytes: &'a [u8],
    /// The idempotency key.
    pub key: Option<&'a str>,
    /// What it holds.
    pub content: Content,
    /// How it came.
    pub transport: &'a str,
}

/// Returns a feed of a party with these bytes.
pub fn submission<'a>(id: &str, party: &str, bytes: &'a [u8]) -> Sample<'a> {
    Sample {
        id: SubmissionId(id.into()),
        party: PartyId(party.into()),
        bytes,
        key: None,
        content: Content::Feed,
        transport: "file",
    }
}

/// Returns when every sample was received, to the nanosecond.
pub(crate) fn at() -> Timestamp {
    Timestamp::constant(1_788_589_200, 123_456_789)
}

#[allow(clippy::unwrap_used, reason = "sample messages can be encoded")]
impl Sample<'_> {
    pub(crate) fn begin(&self) -> Work {
        Work::Begin {
            id: self.id.clone(),
            party: self.party.clone(),
            source: Source { transport: self.transport.into(), name: "ship list.edi".into() },
            content: self.content,
            received: at(),
            idempotency_key: self.key.map(str::to_owned),
            sha256: Some(Sha256::of(self.bytes)),
        }
    }

    pub(crate) fn chunks(&self) -> Vec<Work> {
        let chunks = CompressedChunk::all(self.bytes).unwrap().into_iter();
        let work =
            |(i, bytes)| Work::Chunk { submission: self.id.clone(), index: u32::try_from(i).unwrap(), bytes };
        chunks.enumerate().map(work).collect()
    }

    pub(crate) fn message(&self, record: MessageRecord) -> Work {
        let message = EncodedMessage::encode(record).unwrap();
        Work::Message { submission: self.id.clone(), at: at(), party: self.party.clone(), message }
    }

    pub(crate) fn publish(&self, certificate: &str) -> Work {
        let entry = Entry::Published { certificate: CertificateId(certificate.into()) };
        Work::Entry { submission: self.id.clone(), at: at(), party: self.party.clone(), entry }
    }

    pub(crate) fn erase(&self, reason: &str) -> Work {
        let erasure = Erasure { by: "Officer".into(), reason: reason.to_owned() };
        Work::Erase { submission: self.id.clone(), at: at(), party: PartyId::operator(), erasure }
    }

    pub(crate) fn finish(&self) -> Work {
        Work::Finish {
            submission: self.id.clone(),
            sha256: Sha256::of(self.bytes),
            length: self.bytes.len() as u64,
            receipt: Receipt { messages: 7, ..Receipt::default() },
        }
    }

    /// Returns all its work, with messages 1, 2 and so on; message `n` has `n` observations.
    pub fn work(&self, messages: u32) -> Vec<Work> {
        self.work_with((1..=messages).map(|n| message(u64::from(n), n)))
    }

    pub(crate) fn work_with(&self, messages: impl IntoIterator<Item = MessageRecord>) -> Vec<Work> {
        let mut work = vec![self.begin()];
        work.extend(self.chunks());
        work.extend(messages.into_iter().map(|m| self.message(m)));
        work.push(self.finish());
        work
    }
}

#[cfg(test)]
pub(crate) mod arbitrary;
