//! Records of any content.

use super::*;
use jiff::civil::DateTime;
use proptest::option::{self, of};
use proptest::prelude::*;
use sealane_data::certificate::{CertificateId, CertificateRecord};
use sealane_data::feed::FeedId;
use sealane_data::finding::{Finding, Place, Severity};
use sealane_data::fix::Fix;
use sealane_data::node::NodeId;
use sealane_data::observation::Revision;
use sealane_data::partner::Partner;
use sealane_data::prediction::{Predicted, Prediction};
use sealane_data::recorded::FeedNote;
use sealane_data::recorded::{Reread, RereadSubmission};
use sealane_data::registry::{RegistryAsk, RegistryId, RegistrySwitch, RegistryTold, Told, Trigger, Verb};
use sealane_data::stamp::DayStamp;
use sealane_data::time::Precision;
use sealane_data::vessel::Mmsi;
use sealane_data::webhook::{Announced, Delivered, DeliveryState};
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
    (text(), severity, place, "\\PC{0,60}", "\\PC{0,60}")
        .prop_map(|(code, severity, place, message, help)| Finding { code, severity, place, message, help })
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
            Entry::Reread(Box::new(Reread { id, why, undoes, retracted, restored, appended, submissions }))
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

/// A request to a registry, or what came of one.
fn registry() -> impl Strategy<Value = Entry> {
    (text(), text(), any::<bool>(), 0..4_000_000_000_i64).prop_map(|(key, word, asked, second)| {
        let at = Timestamp::from_second(second).unwrap_or_default();
        let (registry, certificate) = (RegistryId(word.clone()), CertificateId(word.clone()));
        if asked {
            let (verb, trigger, by) = (Verb::Verify, Trigger::Order, PartyId(word));
            let (version, round, shadow) = (key.to_string(), 1, false);
            let ask = RegistryAsk {
                key,
                registry,
                verb,
                certificate,
                version,
                round,
                trigger,
                by,
                shadow,
                until: at,
            };
            return Entry::RegistryAsked(Box::new(ask));
        }
        let told = Told::Waits { handle: word, again: at };
        let told =
            RegistryTold { key, registry, certificate, attempts: 3, shadow: true, at, exchange: None, told };
        Entry::RegistryTold(Box::new(told))
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
    let feed =
        (text(), prop::collection::vec(text(), 0..3), any::<Option<i32>>()).prop_map(|(id, nodes, at)| {
            Entry::Feed(FeedNote {
                feed: FeedId(id),
                nodes: nodes.into_iter().map(NodeId).collect(),
                stale_since: at.map(|s| Timestamp::from_second(s.into()).unwrap_or_default()),
            })
        });
    let predicted = (any::<bool>(), text(), 0..4_000_000_000_i64).prop_map(|(known, ship, second)| {
        let at = Timestamp::from_second(second).unwrap_or_default();
        let none = Prediction::none(ship, NodeId("SG-SIN".into()), at);
        let stop = Prediction { eta: known.then_some(at), ..none };
        Entry::Predicted(Box::new(Predicted { made: at, stops: vec![stop] }))
    });
    let switched = (text(), any::<bool>(), "\\PC{0,20}").prop_map(|(id, on, reason)| {
        Entry::RegistrySwitched(RegistrySwitch { registry: RegistryId(id), on, reason })
    });
    let said = prop::collection::btree_map(text(), text(), 0..3);
    let announced = (text(), any::<bool>(), said).prop_map(|(id, about, says)| {
        let certificate = about.then(|| CertificateId(id.clone()));
        let (party, data) = (PartyId(id.clone()), serde_json::json!({ "id": id }));
        let told = Announced { party, certificate, kind: "shipment.stop".into(), only: None, data, says };
        Entry::Announced(Box::new(told))
    });
    let delivered = (text(), any::<u64>(), any::<u32>(), text()).prop_map(|(hook, event, attempts, why)| {
        let state = if attempts % 2 == 0 { DeliveryState::Taken } else { DeliveryState::Dead };
        Entry::Delivered(Box::new(Delivered { hook, event, state, attempts, why }))
    });
    let webhook = prop_oneof![announced, delivered];
    let stamped = (text(), "[0-9a-f]{64}", 0..4_000_000_000_i64).prop_map(|(by, root, second)| {
        let at = Timestamp::from_second(second).unwrap_or_default();
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        Entry::Stamped(Box::new(DayStamp { day, root, token: "AAEC".to_owned(), at, by }))
    });
    prop_oneof![
        certificate,
        published,
        erased,
        profile,
        feed,
        predicted,
        switched,
        stamped,
        registry(),
        reread(),
        webhook
    ]
}
