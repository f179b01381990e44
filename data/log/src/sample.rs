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
}

/// Returns a feed of a party with these bytes.
pub fn submission<'a>(id: &str, party: &str, bytes: &'a [u8]) -> Sample<'a> {
    Sample {
        id: SubmissionId(id.into()),
        party: PartyId(party.into()),
        bytes,
        key: None,
        content: Content::Feed,
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
            source: Source { transport: "file".into(), name: "ship list.edi".into() },
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
pub(crate) mod arbitrary {
    //! Records of any content.

    use super::*;
    use jiff::civil::DateTime;
    use proptest::option::{self, of};
    use proptest::prelude::*;
    use sealane_data::certificate::CertificateRecord;
    use sealane_data::finding::{Finding, Place, Severity};
    use sealane_data::fix::Fix;
    use sealane_data::observation::Revision;
    use sealane_data::partner::Partner;
    use sealane_data::recorded::{Reread, RereadSubmission};
    use sealane_data::time::Precision;
    use sealane_data::vessel::Mmsi;
    use serde_json::Value;

    fn text() -> impl Strategy<Value = Text> {
        prop_oneof!["[A-Z0-9 ]{0,14}", "\\PC{0,40}"].prop_map(Text::from)
    }

    fn time() -> impl Strategy<Value = DeclaredTime> {
        let local = (-9999_i16..=9999, 1_i8..=12, 1_i8..=28, 0_i8..24, 0_i8..60, 0_i32..1_000_000_000)
            .prop_map(|(y, m, d, h, min, ns)| DateTime::constant(y, m, d, h, min, 59, ns));
        let precision = prop_oneof![Just(Precision::Day), Just(Precision::Minute), Just(Precision::Second)];
        (local, of(any::<i16>()), precision).prop_map(|(local, offset_minutes, precision)| DeclaredTime {
            local,
            offset_minutes,
            precision,
        })
    }

    fn place() -> impl Strategy<Value = Arc<DeclaredPlace>> {
        (of(text()), of(text()), of(text()))
            .prop_map(|(locode, facility, name)| Arc::new(DeclaredPlace { locode, facility, name }))
    }

    fn equipment() -> impl Strategy<Value = Equipment> {
        let load = prop_oneof![Just(Load::Laden), Just(Load::Empty), Just(Load::Unknown)];
        let trade = prop_oneof![Just(Trade::Restow), Just(Trade::Import), Just(Trade::RemainOnBoard)];
        let seals = prop::collection::vec(text(), 0..3);
        (text(), of(text()), load, of(trade), seals, of(any::<u32>())).prop_map(
            |(number, size, load, trade, seals, gross_kg)| Equipment {
                number: ContainerNumber::read(&number),
                size_type: size.map(|s| SizeType::read(&s)),
                load,
                trade,
                seals: seals.into(),
                gross_kg,
            },
        )
    }

    fn vessel() -> impl Strategy<Value = Arc<VesselRef>> {
        let carrier = (text(), text()).prop_map(|(code, list)| CarrierCode { code, list });
        (of(text()), of(text()), of(text()), of(text()), of(carrier), of(text())).prop_map(
            |(imo, call_sign, mmsi, name, carrier, voyage)| {
                Arc::new(VesselRef {
                    imo: imo.map(|t| ImoNumber::read(&t)),
                    call_sign,
                    mmsi: mmsi.map(|t| Mmsi::read(&t)),
                    name,
                    carrier,
                    voyage,
                })
            },
        )
    }

    fn observation() -> impl Strategy<Value = Observation> {
        let kind = prop_oneof![Just(Kind::GateIn), Just(Kind::OnBoard), Just(Kind::Status)];
        let classifier =
            prop_oneof![Just(Classifier::Planned), Just(Classifier::Estimated), Just(Classifier::Actual)];
        let reference = (0..ReferenceKind::WORDS.len(), text())
            .prop_map(|(i, t)| Reference::new(ReferenceKind::WORDS[i].0, &t));
        let via = prop::collection::vec(place(), 0..2);
        let plan = (of(place()), of(place()), via, of(place()), of(place())).prop_map(
            |(receipt, load, via, discharge, delivery)| {
                Arc::new(Plan { receipt, load, via, discharge, delivery })
            },
        );
        let span = any::<(u32, u64, u32)>().prop_map(|(segment, start, len)| Span { segment, start, len });
        let said = (of(time()), of(place()), of(equipment()), of(vessel()));
        let fix = (-90.0..90.0, -180.0..180.0, of(any::<u16>()), of(any::<u16>())).prop_map(
            |(latitude, longitude, speed_tenths, course_tenths)| {
                let mut fix = Fix::new(latitude, longitude)?;
                (fix.speed_tenths, fix.course_tenths) = (speed_tenths, course_tenths);
                Some(Box::new(fix))
            },
        );
        let more = (prop::collection::vec(reference, 0..3), of(plan), fix, of(text()), of(text()), span);
        ((kind, classifier), said, more).prop_map(|((kind, classifier), said, more)| {
            let (time, place, equipment, vessel) = said;
            let (references, plan, fix, status, stowage, span) = more;
            Observation {
                kind,
                classifier,
                time,
                place,
                equipment,
                vessel,
                references: references.into(),
                plan,
                fix,
                status,
                stowage,
                span,
            }
        })
    }

    fn finding() -> impl Strategy<Value = Finding> {
        let place = (any::<u64>(), any::<u32>(), text(), of(any::<u16>()), of(any::<u16>())).prop_map(
            |(byte, n, tag, element, component)| Place {
                byte,
                len: n,
                line: n,
                segment: n,
                tag,
                element,
                component,
            },
        );
        let severity = prop_oneof![Just(Severity::Info), Just(Severity::Warning), Just(Severity::Error)];
        (text(), severity, place, "\\PC{0,60}", "\\PC{0,60}").prop_map(
            |(code, severity, place, message, help)| Finding { code, severity, place, message, help },
        )
    }

    /// Any message.
    pub(crate) fn message() -> impl Strategy<Value = MessageRecord> {
        let revision = prop_oneof![Just(Revision::Original), Just(Revision::Replace), Just(Revision::Cancel)];
        let reading = (text(), any::<u16>(), any::<u64>())
            .prop_map(|(parser, version, profile)| ReadingVersion { parser, version, profile });
        let head = (any::<u32>(), text(), text(), revision, of(time()));
        let body = (
            prop::collection::vec(text(), 0..3),
            any::<[u8; 16]>(),
            reading,
            (any::<bool>(), mode()),
            prop::collection::vec(observation(), 0..12),
            prop::collection::vec(finding(), 0..3),
        );
        (head, body).prop_map(|(head, body)| {
            let (ordinal, family, document, revision, written) = head;
            let (parties, key, reading, (test, mode), observations, findings) = body;
            MessageRecord {
                ordinal,
                family,
                document,
                revision,
                written,
                parties,
                key,
                reading,
                test,
                mode,
                observations,
                findings,
            }
        })
    }

    fn mode() -> impl Strategy<Value = Mode> {
        prop_oneof![Just(Mode::Live), Just(Mode::Shadow), Just(Mode::Held)]
    }

    fn reread() -> impl Strategy<Value = Entry> {
        let places = || prop::collection::vec(any::<u64>(), 0..4);
        let receipt = || {
            (any::<[u64; 3]>(), prop::collection::vec(finding(), 0..3), any::<bool>()).prop_map(
                |([messages, events, duplicates], findings, held)| Receipt {
                    messages,
                    events,
                    duplicates,
                    findings,
                    held,
                    ..Receipt::default()
                },
            )
        };
        let of = (text(), receipt(), receipt()).prop_map(|(id, before, after)| RereadSubmission {
            id: SubmissionId(id),
            before,
            after,
        });
        let head = (text(), "\\PC{0,40}", option::of(text()));
        (head, (places(), places(), places()), prop::collection::vec(of, 0..3)).prop_map(
            |((id, why, undoes), (retracted, restored, appended), submissions)| {
                Entry::Reread(Box::new(Reread {
                    id,
                    why,
                    undoes,
                    retracted,
                    restored,
                    appended,
                    submissions,
                }))
            },
        )
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-z_]{1,12}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Any entry that is no message.
    pub(crate) fn entry() -> impl Strategy<Value = Entry> {
        let certificate =
            (text(), "\\PC{0,60}", "[0-9a-f]{64}", json()).prop_map(|(id, key, sha256, document)| {
                let id = CertificateId(id);
                Entry::Certificate(Box::new(CertificateRecord { id, natural_key: key, sha256, document }))
            });
        let erased = (text(), "\\PC{0,60}").prop_map(|(by, reason)| Entry::Erased(Erasure { by, reason }));
        let published = text().prop_map(|t| Entry::Published { certificate: CertificateId(t) });
        let profile = (text(), "\\PC{0,20}", mode()).prop_map(|(id, name, mode)| {
            Entry::Profile(Box::new(Partner { name, mode, ..Partner::new(PartyId(id)) }))
        });
        prop_oneof![certificate, published, erased, profile, reread()]
    }
}
