//! An intake in memory, for the doors' own tests; the engine's is tested with the whole house.

use crate::shared::Shared;
use jiff::Timestamp;
use sealane_data::answer::{AnswerState, AnswerWay};
use sealane_data::certificate::{CertificateEvent, CertificateId, CertificateRecord};
use sealane_data::desk::{Desk, SourceMessage};
use sealane_data::finding::Severity;
use sealane_data::partner::PartyId;
use sealane_data::ports::{Intake, IntakeError, KpiError, Kpis, Pending, TeuAnswer, TeuQuery};
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Seq};
use sealane_data::submission::{
    CertificateOutcome, CertificateReceipt, Content, MarkedSheet, NewSubmission, Receipt, Sha256, Source,
    SubmissionId, SubmissionSummary,
};
use sealane_origin::paper::ANSWER_FILE;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// An intake in memory: it knows certificates, and takes messages as JSON of a [`MessageRecord`].
pub(crate) struct Memory {
    pub(super) shared: Arc<Shared>,
    pub(super) kept: Mutex<Vec<(SubmissionSummary, Vec<u8>)>>,
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
        let mut receipt = Receipt {
            id: format!("sub_{:04}", self.kept.lock().unwrap().len()).into(),
            ..Receipt::default()
        };
        match submission.content {
            Content::Certificate if submission.source.transport == ANSWER_FILE => {}
            Content::Certificate => self.certificate(submission, &mut receipt),
            Content::Feed | Content::Profile | Content::Event => {
                match serde_json::from_slice::<MessageRecord>(&submission.bytes) {
                    Ok(message) => {
                        (receipt.messages, receipt.events) = (1, message.observations.len() as u64);
                        self.record(&submission.party, Entry::Message(message));
                    }
                    Err(error) => panic!("the test intake reads message records: {error}"),
                }
            }
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
            receipt.certificate =
                Some(CertificateReceipt { id: "".into(), outcome: CertificateOutcome::Invalid });
            return;
        };
        let known = self.shared.read(|_, register| {
            register
                .by_key(&submission.party, &intended.natural_key)
                .map(|c| (c.id.0.clone(), c.record.sha256.clone()))
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
                answer: None,
                erased: None,
            };
            self.kept.lock().unwrap().push((summary, submission.bytes));
            Ok(receipt)
        })
    }

    fn submit_file(
        &self,
        party: PartyId,
        path: PathBuf,
        source: Source,
    ) -> Pending<'_, Result<Receipt, IntakeError>> {
        let bytes = std::fs::read(path).expect("the test's file is there");
        self.submit(NewSubmission {
            party,
            source,
            content: Content::Feed,
            received: Timestamp::now(),
            idempotency_key: None,
            bytes,
            wants_acknowledgement: false,
            wants_workbook: false,
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
            let mine =
                kept.iter().rev().map(|(s, _)| s).filter(|s| party.as_ref().is_none_or(|p| s.party == *p));
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

    fn summary(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<SubmissionSummary, IntakeError>> {
        Box::pin(async move { Ok(self.submission(party, id).await?.0) })
    }

    fn came_in(&self, messages: Vec<Seq>) -> Pending<'_, Result<HashMap<Seq, SubmissionId>, IntakeError>> {
        // Every record of this intake is filed under one submission.
        Box::pin(async move {
            Ok(messages.into_iter().map(|seq| (seq, SubmissionId("sub_test".into()))).collect())
        })
    }

    fn answer_fetched(&self, submission: SubmissionSummary) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let mut kept = self.kept.lock().unwrap();
            let found = kept.iter_mut().find(|(s, _)| s.id == submission.id).ok_or(IntakeError::NotFound)?;
            let at = submission.received;
            found.0.answer = Some(AnswerState::new(AnswerWay::Reply, at, [Some(at), None, Some(at)]));
            Ok(())
        })
    }

    /// Nothing reads here, so nothing is a spreadsheet.
    fn marked(
        &self,
        _party: Option<PartyId>,
        _id: String,
        _xlsx: bool,
    ) -> Pending<'_, Result<(SubmissionSummary, MarkedSheet), IntakeError>> {
        Box::pin(async { Err(IntakeError::NotFound) })
    }
}

/// When this desk notes things: long ago, so that the day is over.
fn noted_at() -> Timestamp {
    "2026-09-20T08:00:00Z".parse().unwrap()
}

impl Desk for Memory {
    fn note(&self, party: PartyId, event: CertificateEvent) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let admitted = self.shared.read(|_, register| {
                sealane_origin::admit(register, &party, event, noted_at()).map_err(|refusal| match refusal {
                    sealane_origin::Refusal::NotFound => IntakeError::NotFound,
                    other => IntakeError::Refused(other.to_string()),
                })
            })?;
            if let Some(event) = admitted {
                self.record(&party, Entry::CertificateEvent(Box::new(event)));
            }
            Ok(())
        })
    }

    fn sources(&self, _messages: BTreeSet<Seq>) -> Pending<'_, Result<Vec<SourceMessage>, IntakeError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl Kpis for Memory {
    fn teu(&self, query: TeuQuery) -> Pending<'_, Result<TeuAnswer, KpiError>> {
        Box::pin(async move { Err(KpiError::UnknownNode(query.node)) })
    }
}
