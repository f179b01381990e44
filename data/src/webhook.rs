//! What the sites of a party are told: events of its certificates, and what came of sending them.
//!
//! An event is kept before it is sent and its outcome after it: a process that is killed in between
//! sends it again under the same id.

use crate::Text;
use crate::certificate::CertificateId;
use crate::partner::PartyId;
use crate::ports::{IntakeError, Pending};
use crate::recorded::Seq;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every kind of event with what it means; the state of a certificate's life follows `certificate.`.
pub const KINDS: &[(&str, &str)] = &[
    ("certificate.received", "a certificate was taken in"),
    ("certificate.published", "a certificate was made public"),
    ("certificate.verified", "the issuer confirmed a certificate"),
    ("certificate.refuted", "the issuer says that a certificate does not stand"),
    ("certificate.verification_changed", "another answer about a certificate, or none any more"),
    ("certificate.consistency_changed", "the movement agrees, or no longer agrees"),
    ("certificate.draft", "a certificate's life: draft"),
    ("certificate.submitted", "a certificate's life: submitted"),
    ("certificate.issued", "a certificate's life: issued"),
    ("certificate.presented", "a certificate's life: presented"),
    ("certificate.partly_utilised", "a certificate's life: partly used"),
    ("certificate.utilised", "a certificate's life: used"),
    ("certificate.denied", "a certificate's life: denied by the importing Party"),
    ("certificate.rejected", "a certificate's life: rejected by the issuer"),
    ("certificate.cancelled", "a certificate's life: cancelled"),
    ("certificate.replaced", "a certificate's life: replaced by another"),
    ("certificate.revoked", "a certificate's life: revoked"),
    ("certificate.expired", "a certificate's life: its time is over"),
    ("certificate.unknown", "a certificate's life: not known"),
    ("shipment.stop", "something happened to the goods at a stop"),
    ("webhook.test", "somebody tries the webhook out"),
];

/// What [`Announced::says`] calls whether the movement agreed where nobody is told: kept so that it can be read
/// as of then.
pub const FOUND: &str = "found";

/// An event that the sites of a party are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The party whose certificate it is about.
    pub party: PartyId,
    /// The certificate; none for a trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateId>,
    /// One of [`KINDS`]; empty for where a certificate stood when the party's first webhook was made, and for
    /// what was found where no webhook is ([`FOUND`]): nobody is told.
    pub kind: Text,
    /// The one webhook that is told; all of the party's without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Text>,
    /// What is sent.
    pub data: Value,
    /// What it says of the certificate, by aspect: what was said once is not said again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub says: BTreeMap<Text, Text>,
}

/// What came of sending an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The site has it.
    Taken,
    /// It was given up.
    Dead,
    /// Somebody wants it sent once more.
    Again,
}

/// What came of sending an event to one webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The webhook.
    pub hook: Text,
    /// The event.
    pub event: Seq,
    /// What came of it.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// What was said last; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub why: Text,
}

/// An event on its way to one webhook, as this process knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Underway {
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent again.
    pub next: Option<Timestamp>,
    /// Why it was not taken.
    pub why: String,
}

impl Underway {
    /// Returns since when it is due, or from when on.
    pub fn due(&self) -> Timestamp {
        self.next.unwrap_or(Timestamp::MIN)
    }
}

/// Acts on webhooks: durable before it answers.
pub trait Mailroom: Send + Sync {
    /// Says why events cannot be sent to an address; nothing if they can.
    fn refuses(&self, address: &str) -> Option<String>;

    /// Sends an event that is dead once more.
    fn again(&self, hook: Text, event: Seq) -> Pending<'_, Result<(), IntakeError>>;

    /// Sends a trial to one webhook of a party, the one before where it was not taken yet; returns whether it is
    /// sent now, and not on its way already.
    fn trial(&self, party: PartyId, hook: Text) -> Pending<'_, Result<bool, IntakeError>>;

    /// Returns what this process knows of events on their way to a webhook.
    fn underway(&self, hook: &str) -> BTreeMap<Seq, Underway>;

    /// Returns how many events left the newest of their party before a webhook took them, since the process began.
    fn lost(&self, hook: &str) -> u64;

    /// Looks at the webhooks again at once.
    fn wake(&self);
}
