//! What the tests of the doors share: a small house whose intake folds at once.

use crate::keys::{KeyKind, Keys};
use crate::settings::{Doors, Settings};
use crate::shared::Shared;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use sealane_data::certificate::{CertificateId, CertificateRecord};
use sealane_data::container::ContainerNumber;
use sealane_data::finding::Severity;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Kind, Load, Observation};
use sealane_data::partner::{Authority, Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::ports::{Intake, IntakeError, KpiError, Kpis, Pending, TeuAnswer, TeuQuery};
use sealane_data::recorded::{Entry, MessageRecord, ReadingVersion, Recorded, Seq};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::{
    CertificateOutcome, CertificateReceipt, Content, NewSubmission, Receipt, Sha256, SubmissionId, SubmissionSummary,
};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{ImoNumber, VesselRef};
use sealane_mapper::World;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

/// Returns the smallest log entry.
pub(crate) fn published(seq: Seq, at: Timestamp) -> Recorded {
    let entry = Entry::Published { certificate: CertificateId("eco_x".into()) };
    Recorded { seq, at, party: PartyId::operator(), submission: SubmissionId("sub_x".into()), entry }
}

/// An intake in memory: it knows certificates, and takes messages as JSON of a [`MessageRecord`].
pub(crate) struct Memory {
    shared: Arc<Shared>,
    kept: Mutex<Vec<(SubmissionSummary, Vec<u8>)>>,
}

impl Memory {
    fn record(&self, party: &PartyId, entry: Entry) -> Seq {
        let seq = self.shared.seq() + 1;
        let at = Timestamp::from_second(1_800_000_000 + i64::try_from(seq).unwrap()).unwrap();
        let submission = SubmissionId("sub_test".into());
        self.shared.apply(&[Recorded { seq, at, party: party.clone(), submission, entry }]);
        seq
    }

    fn take(&self, submission: &NewSubmission) -> Receipt {
        let mut receipt = Receipt { id: format!("sub_{:04}", self.kept.lock().unwrap().len()).into(), ..Receipt::default() };
        match submission.content {
            Content::Certificate => self.certificate(submission, &mut receipt),
            Content::Feed => match serde_json::from_slice::<MessageRecord>(&submission.bytes) {
                Ok(message) => {
                    (receipt.messages, receipt.events) = (1, message.observations.len() as u64);
                    self.record(&submission.party, Entry::Message(message));
                }
                Err(_) => panic!("the test intake reads message records"),
            },
        }
        if submission.wants_acknowledgement {
            receipt.acknowledgement = Some("UNB+UNOA:3'".into());
        }
        receipt
    }

    fn certificate(&self, submission: &NewSubmission, receipt: &mut Receipt) {
        let (intended, findings) = sealane_origin::read(&submission.bytes);
        let bad = findings.iter().any(|f| f.severity == Severity::Error);
        receipt.findings = findings;
        let Some(intended) = intended.filter(|_| !bad) else {
            receipt.certificate = Some(CertificateReceipt { id: "".into(), outcome: CertificateOutcome::Invalid });
            return;
        };
        let known = self.shared.read(|_, register| {
            register.by_key(&submission.party, &intended.natural_key).map(|c| (c.id.0.clone(), c.record.sha256.clone()))
        });
        let (id, outcome) = match known {
            Some((id, sha256)) if sha256 == intended.sha256 => (id, CertificateOutcome::Same),
            Some((id, _)) => (id, CertificateOutcome::Conflict),
            None => {
                let id = CertificateId(format!("eco_{:026}", self.shared.seq() + 1).into());
                let record = CertificateRecord {
                    id: id.clone(),
                    natural_key: intended.natural_key,
                    sha256: intended.sha256,
                    document: intended.document,
                };
                self.record(&submission.party, Entry::Certificate(Box::new(record)));
                (id.0, CertificateOutcome::Created)
            }
        };
        receipt.certificate = Some(CertificateReceipt { id, outcome });
    }
}

impl Intake for Memory {
    fn submit(&self, submission: NewSubmission) -> Pending<'_, Result<Receipt, IntakeError>> {
        Box::pin(async move {
            let receipt = self.take(&submission);
            let summary = SubmissionSummary {
                id: receipt.id.clone(),
                party: submission.party,
                source: submission.source,
                received: submission.received,
                bytes: submission.bytes.len() as u64,
                sha256: Sha256::of(&submission.bytes).hex(),
                receipt: receipt.clone(),
            };
            self.kept.lock().unwrap().push((summary, submission.bytes));
            Ok(receipt)
        })
    }

    fn publish(&self, party: PartyId, certificate: String) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            self.record(&party, Entry::Published { certificate: CertificateId(certificate.into()) });
            Ok(())
        })
    }

    fn submissions(
        &self,
        party: Option<PartyId>,
        before: Option<String>,
        limit: usize,
    ) -> Pending<'_, Result<Vec<SubmissionSummary>, IntakeError>> {
        Box::pin(async move {
            let kept = self.kept.lock().unwrap();
            let mine = kept.iter().rev().map(|(s, _)| s).filter(|s| party.as_ref().is_none_or(|p| s.party == *p));
            let page = mine.filter(|s| before.as_ref().is_none_or(|b| s.id.as_str() < b.as_str()));
            Ok(page.take(limit).cloned().collect())
        })
    }

    fn submission(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<(SubmissionSummary, Vec<u8>), IntakeError>> {
        Box::pin(async move {
            let kept = self.kept.lock().unwrap();
            let found = kept.iter().find(|(s, _)| s.id == id && party.as_ref().is_none_or(|p| s.party == *p));
            found.cloned().ok_or(IntakeError::NotFound)
        })
    }
}

impl Kpis for Memory {
    fn teu(&self, query: TeuQuery) -> Pending<'_, Result<TeuAnswer, KpiError>> {
        Box::pin(async move { Err(KpiError::UnknownNode(query.node)) })
    }
}

/// A house with an operator and three parties: `terminal` is believed everywhere, `owner` holds
/// certificates, `stranger` nothing.
pub(crate) struct House {
    pub(crate) doors: Doors,
    pub(crate) router: Router,
    pub(crate) operator: String,
    pub(crate) terminal: String,
    pub(crate) owner: String,
    pub(crate) stranger: String,
    /// A publishable key of the owner, bound to `https://shop.example`.
    pub(crate) public: String,
    _folder: tempfile::TempDir,
}

pub(crate) fn party(id: &str) -> PartyId {
    PartyId(id.into())
}

pub(crate) fn house(settings: Settings) -> House {
    let believed = Authority { nodes: vec!["*".into()], kinds: Vec::new() };
    let terminal = Partner { authority: vec![believed], ..Partner::new(party("terminal")) };
    let partners =
        [Partner::operator(), terminal, Partner::new(party("owner")), Partner::new(party("stranger"))];
    let world = World::new(Places::embedded(), &partners);
    let shared = Arc::new(Shared::new(world, [7; 32], "e1".to_owned()));
    let memory = Arc::new(Memory { shared: shared.clone(), kept: Mutex::default() });
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(Keys::open(folder.path().join("keys.json")).unwrap());
    let secret = |id: &str| keys.add(KeyKind::Secret, &party(id), &[], id).unwrap();
    let (operator, terminal) = (secret("operator"), secret("terminal"));
    let (owner, stranger) = (secret("owner"), secret("stranger"));
    let public = keys.add(KeyKind::Publishable, &party("owner"), &["https://shop.example".into()], "").unwrap();
    let doors = Doors { shared, intake: memory.clone(), kpis: memory, keys, settings };
    let router = crate::router(doors.clone());
    House { doors, router, operator, terminal, owner, stranger, public, _folder: folder }
}

/// An answer.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl House {
    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Got { status, headers, bytes }
    }

    pub(crate) async fn get(&self, key: &str, path: &str) -> Got {
        self.send(request("GET", key, path, Body::empty())).await
    }

    pub(crate) async fn post(&self, key: &str, path: &str, body: impl Into<Body>) -> Got {
        self.send(request("POST", key, path, body.into())).await
    }

    /// Sends a message and expects that it was taken.
    pub(crate) async fn tell(&self, key: &str, message: &MessageRecord) {
        let got = self.post(key, "/v1/submissions", serde_json::to_vec(message).unwrap()).await;
        assert_eq!(got.status, StatusCode::OK, "{}", String::from_utf8_lossy(&got.bytes));
    }

    /// Sends the sample certificate under a number with references; returns its id.
    pub(crate) async fn certify(&self, key: &str, number: &str, bindings: &[(&str, &str)]) -> String {
        let got = self.post(key, "/v1/certificates", certificate(number, bindings)).await;
        assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
        got.json()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn request(method: &str, key: &str, path: &str, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !key.is_empty() {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request.body(body).unwrap()
}

/// Returns a certificate of our own making, as JSON.
pub(crate) fn certificate(number: &str, bindings: &[(&str, &str)]) -> Vec<u8> {
    let bindings: Vec<Value> =
        bindings.iter().map(|(kind, value)| serde_json::json!({ "type": kind, "value": value })).collect();
    serde_json::to_vec(&serde_json::json!({
        "number": number,
        "regime": "RCEP",
        "form": "certificate_of_origin",
        "issuer": { "country": "CN", "body": "Harbour Chamber" },
        "lifecycle": { "state": "issued", "issued_on": "2026-09-03" },
        "exporter": { "name": "Blue Lamp Works", "address": "1 Quay Road", "country": "CN" },
        "producer": { "mode": "same_as_exporter" },
        "consignee": { "name": "Hill Stores", "address": "2 Market Road", "country": "MY" },
        "importing_party": "MY",
        "transport": { "departure_date": "2026-09-05", "conveyance_text": "SEA", "port_of_discharge_text": "PORT KLANG" },
        "items": [{
            "no": 1, "hs6": "940511", "hs_edition": "HS2022", "description": "Lamps", "marks": "N/M",
            "packages": { "count": 10, "kind": "CT" },
            "criterion": { "main": "CTC", "modifiers": [] },
            "rcep_country_of_origin": "CN",
            "quantity": { "value": 100, "unit": "KGM" },
            "fob": null,
            "invoices": [{ "no": "LAMP-77", "date": "2026-09-01" }]
        }],
        "bindings": bindings
    }))
    .unwrap()
}

/// One movement of a container.
pub(crate) struct Move {
    pub(crate) kind: Kind,
    pub(crate) container: &'static str,
    pub(crate) booking: &'static str,
    pub(crate) place: &'static str,
    pub(crate) at: &'static str,
}

/// Returns a message about movements; `parties` are named as the booking's parties.
pub(crate) fn message(moves: &[Move], parties: &[&str]) -> MessageRecord {
    let text = format!("{:?}{parties:?}", moves.iter().map(|m| (m.kind, m.container, m.place, m.at)).collect::<Vec<_>>());
    let mut key = [0; 16];
    key.copy_from_slice(&Sha256::of(text.as_bytes()).0[..16]);
    MessageRecord {
        ordinal: 1,
        family: "COARRI:D:95B:UN".into(),
        document: "DOC1".into(),
        revision: sealane_data::observation::Revision::Original,
        written: None,
        parties: parties.iter().map(|p| (*p).into()).collect(),
        key,
        reading: ReadingVersion::default(),
        test: false,
        observations: moves.iter().map(observation).collect(),
        findings: Vec::new(),
    }
}

fn observation(m: &Move) -> Observation {
    let mut said = Observation::new(m.kind, Classifier::Actual);
    said.time = Some(DeclaredTime::minute(m.at.parse().unwrap()));
    said.place = Some(DeclaredPlace::locode(m.place));
    said.equipment = Some(Equipment {
        number: ContainerNumber::read(m.container),
        size_type: None,
        load: Load::Laden,
        trade: None,
        seals: Vec::new(),
        gross_kg: None,
    });
    said.vessel = Some(VesselRef {
        imo: Some(ImoNumber::read("9074729")),
        name: Some("BLUE HERON".into()),
        voyage: Some("026S".into()),
        ..VesselRef::default()
    });
    if !m.booking.is_empty() {
        said.references.push(Reference::new(ReferenceKind::Booking, m.booking));
    }
    said
}
