//! Where a certificate stands: what sites are told of it, aspect by aspect.

use super::Shared;
use crate::views;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_data::observation::Classifier;
use sealane_data::partner::PartyId;
use sealane_mapper::World;
use sealane_mapper::route::JourneyKey;
use sealane_origin::disclosure::Profile;
use sealane_origin::{Bulletin, Certificate, Register};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

/// One aspect of a certificate as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Aspect {
    /// What tells it from what was said before.
    pub value: Text,
    /// The kind of event that says it.
    pub kind: Text,
    /// What the event says.
    pub data: Value,
}

/// Where a certificate stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whose certificate it is.
    pub owner: PartyId,
    /// When it was taken in.
    pub received: Timestamp,
    /// Its aspects by name.
    pub aspects: BTreeMap<Text, Aspect>,
}

/// What was touched since somebody asked last, for who tells others.
#[derive(Default)]
pub(super) struct News {
    touched: std::sync::Mutex<BTreeSet<CertificateId>>,
    pub(super) bell: tokio::sync::Notify,
}

impl News {
    pub(super) fn add(&self, touched: &BTreeSet<CertificateId>) {
        if !touched.is_empty() {
            self.touched.lock().unwrap_or_else(PoisonError::into_inner).extend(touched.iter().cloned());
            self.bell.notify_one();
        }
    }
}

impl Shared {
    /// Returns the certificates that were touched since this was asked last.
    pub fn take_touched(&self) -> BTreeSet<CertificateId> {
        std::mem::take(&mut *self.news.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is touched.
    pub async fn touched(&self) {
        self.news.bell.notified().await;
    }

    /// Returns what the sites of parties were told.
    pub fn bulletin<T>(&self, f: impl FnOnce(&Bulletin) -> T) -> T {
        f(&self.bulletin.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns where a certificate stands, as its owner may know it.
    ///
    /// It may read the log and takes some milliseconds: ask on a thread that may block.
    pub fn standing(&self, id: &CertificateId, now: Timestamp) -> Option<Standing> {
        let judged = self.judged(id)?;
        self.read(|world, register| {
            let certificate = register.get(id)?;
            let mut aspects = papers(certificate, now);
            let consistency = judged.axis(Profile::Internal);
            let said = json!({ "state": consistency.state, "text": consistency.text });
            add(&mut aspects, "consistency", consistency.state, "certificate.consistency_changed", said);
            stops(certificate, world, register, &mut aspects);
            let number = &certificate.record.document["number"];
            for aspect in aspects.values_mut() {
                aspect.data["certificate"] = json!({ "id": id, "number": number });
            }
            let (owner, received) = (certificate.owner.clone(), certificate.received);
            Some(Standing { owner, received, aspects })
        })
    }
}

type Aspects = BTreeMap<Text, Aspect>;

fn add(aspects: &mut Aspects, name: &str, value: &str, kind: &str, data: Value) {
    aspects.insert(name.into(), Aspect { value: value.into(), kind: kind.into(), data });
}

/// Adds what is said of the certificate itself.
fn papers(certificate: &Certificate, now: Timestamp) -> Aspects {
    let mut aspects = Aspects::new();
    let life = certificate.life(None);
    add(&mut aspects, "received", "yes", "certificate.received", json!({ "received": certificate.received }));
    if certificate.is_public() {
        add(&mut aspects, "published", "yes", "certificate.published", json!({ "published": true }));
    }
    let state = life.lifecycle.state;
    let said = json!({ "state": state, "source": life.lifecycle.source, "replaced_by": life.replaced_by });
    add(&mut aspects, "lifecycle", state, &format!("certificate.{state}"), said);
    let shown = life.verification.shown_at(now);
    let kind = match shown.state {
        "confirmed" => "certificate.verified",
        "refuted" => "certificate.refuted",
        _ => "certificate.verification_changed",
    };
    let mut said = views::verification::axis(certificate, &shown);
    if certificate.asks().next().is_some() {
        said["asked_for"] = views::verification::asks(certificate);
    }
    let checked = shown.receipt.as_ref().map(|r| r.checked_at.to_string()).unwrap_or_default();
    if shown.state != "not_checked" {
        add(&mut aspects, "verification", &format!("{} {checked}", shown.state), kind, said);
    }
    aspects
}

/// Adds what has happened to the goods at the stops of their way.
fn stops(certificate: &Certificate, world: &World, register: &Register, aspects: &mut Aspects) {
    let journeys: BTreeSet<JourneyKey> =
        register.bound(certificate, world).into_iter().map(|b| b.journey).collect();
    let route = world.route(&journeys.into_iter().collect::<Vec<_>>());
    for stop in &route.stops {
        let role = views::route::role(stop.role);
        for event in stop.events.iter().filter(|e| e.classifier == Classifier::Actual) {
            let mut said = views::route::event(event);
            let name = format!("stop/{role}/{}/{}", stop.node, said["kind"].as_str().unwrap_or_default());
            let at = event.at.map(|at| at.to_string()).unwrap_or_default();
            said["node"] = json!(stop.node);
            said["role"] = json!(role);
            said["containers"] = json!(stop.containers);
            add(aspects, &name, &at, "shipment.stop", said);
        }
    }
}
