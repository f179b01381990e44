//! Hooks: what a site's system asked under stays with the certificate.

use super::{BOX, assert_problem, told};
use crate::routes::router;
use crate::testing::House;
use axum::http::StatusCode;
use jiff::SignedDuration;
use sealane_data::certificate::{
    CertificateAct, CertificateEvent, CertificateId, VerificationReceipt, VerificationState,
};
use sealane_data::partner::PartyId;
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::registry::RegistryId;
use sealane_origin::registries::{
    Looker, ManualCheck, RegistriesStatus, RegistryDesk, Requested, RequestedState, SwitchOrder, Wish,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A desk whose registry answers later.
struct Later;

fn never<'a, T: Send + 'a>() -> Pending<'a, Result<T, IntakeError>> {
    Box::pin(async { Err(IntakeError::NotFound) })
}

impl RegistryDesk for Later {
    fn status(&self) -> RegistriesStatus {
        RegistriesStatus::default()
    }

    fn request(&self, _: CertificateId, _: Wish) -> Pending<'_, Result<Requested, IntakeError>> {
        Box::pin(async {
            Ok(Requested {
                registry: RegistryId("later".into()),
                key: None,
                state: RequestedState::Waits,
                stale_if_error: SignedDuration::ZERO,
            })
        })
    }

    fn switch(&self, _: RegistryId, _: SwitchOrder) -> Pending<'_, Result<(), IntakeError>> {
        never()
    }

    fn record(&self, _: CertificateId, _: Looker, _: ManualCheck) -> Pending<'_, Result<(), IntakeError>> {
        never()
    }

    fn pushed(
        &self,
        _: RegistryId,
        _: BTreeMap<String, String>,
        _: Vec<u8>,
    ) -> Pending<'_, Result<(), IntakeError>> {
        never()
    }

    fn exchange(&self, _: String) -> Pending<'_, Result<String, IntakeError>> {
        never()
    }
}

async fn connected() -> House {
    let mut house = told().await;
    house.doors.registries = Some(Arc::new(Later));
    house.router = router(house.doors.clone());
    house
}

/// What was asked under, each with its trigger.
fn references(asked: &Value) -> Vec<(&str, &str)> {
    let all = asked.as_array().unwrap();
    assert!(all.iter().all(|a| a["basis"] == "asserted"), "{asked}");
    all.iter().filter_map(|a| Some((a["trigger"].as_str()?, a["reference"].as_str()?))).collect()
}

#[tokio::test]
async fn a_verdict_names_the_orders_that_it_was_asked_for_whenever_it_comes() {
    let house = connected().await;
    let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001"), ("EQ", BOX)]).await;
    let hook = async |which: &str, reference: &str| {
        let body = json!({ "certificate": id, "reference": reference }).to_string();
        house.post(&house.owner, &format!("/v1/hooks/{which}"), body).await
    };
    for (which, reference) in [("inquiry", "ASK-1"), ("order", "PO-77"), ("order", "PO-77"), ("order", "")] {
        let told = hook(which, reference).await;
        assert_eq!(told.status, StatusCode::ACCEPTED, "{}", String::from_utf8_lossy(&told.bytes));
    }
    assert_problem(&hook("order", &"x".repeat(201)).await, 409, "API-021");
    let stranger = json!({ "certificate": id, "reference": "MINE" }).to_string();
    assert_problem(&house.post(&house.stranger, "/v1/hooks/order", stranger).await, 404, "API-007");
    let path = format!("/v1/certificates/{id}");
    let list = house.get(&house.owner, &format!("{path}/verifications")).await.json();
    let expected = [("order", "PO-77"), ("inquiry", "ASK-1")];
    assert_eq!(references(&list["asked_for"]), expected, "newest first, each once");
    // The verdict comes: what its sites are told of it names them.
    let receipt = VerificationReceipt {
        gateway: "later".into(),
        outcome: VerificationState::Confirmed,
        code: Some("E-1".into()),
        checked_at: "2026-09-20T08:00:00Z".parse().unwrap(),
        fresh_until: None,
        evidence_sha256: None,
        trial: false,
    };
    let certificate = CertificateId(id.as_str().into());
    let act = CertificateAct::Verified(receipt);
    let event = CertificateEvent {
        certificate: certificate.clone(),
        source_sha256: String::new(),
        reason: String::new(),
        act,
    };
    house.doors.desk.note(PartyId::operator(), event).await.unwrap();
    let standing =
        house.doors.shared.standing(&certificate, "2026-09-20T08:00:00Z".parse().unwrap()).unwrap();
    let told = &standing.aspects["verification"];
    assert_eq!(
        (told.kind.as_str(), references(&told.data["asked_for"])),
        ("certificate.verified", expected.to_vec())
    );
    // Whose orders these are is nobody else's business.
    house.post(&house.owner, &format!("{path}/publish"), "").await;
    let authority = super::consistency::pass(&house, &path, "authority").await;
    for key in [&house.public, &authority] {
        for tail in ["", "/verifications", "/events", "/route"] {
            let got = house.get(key, &format!("{path}{tail}")).await.json().to_string();
            assert!(!got.contains("PO-77") && !got.contains("asked"), "{tail}: {got}");
        }
    }
    let events = house.get(&house.owner, &format!("{path}/events")).await.json().to_string();
    assert!(events.contains("PO-77"), "{events}");
}
