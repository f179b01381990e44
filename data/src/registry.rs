//! Registries: who was asked about a certificate, what came of it, and what the operator switched.
//!
//! A request is kept before the call and its receipt after it, so that a process that is killed
//! between the two asks again under the same idempotency key and nothing has effect twice.

use crate::Text;
use crate::certificate::{CertificateId, VerificationState};
use crate::partner::PartyId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// A registry's id: lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegistryId(pub Text);

impl fmt::Display for RegistryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a registry can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Apply for a certificate.
    Issue,
    /// Hand over a certificate.
    Push,
    /// Say whether a certificate stands.
    Verify,
    /// Give the certified certificate.
    Retrieve,
    /// Give what a page shows.
    Display,
    /// Tell changes of its state from now on.
    Subscribe,
    /// Give the text of its QR code.
    Qr,
}

impl Verb {
    /// Every verb with its word.
    pub const WORDS: &[(Self, &str)] = &[
        (Self::Issue, "issue"),
        (Self::Push, "push"),
        (Self::Verify, "verify"),
        (Self::Retrieve, "retrieve"),
        (Self::Display, "display"),
        (Self::Subscribe, "subscribe"),
        (Self::Qr, "qr"),
    ];

    /// Returns the verb of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(verb, _)| *verb)
    }

    /// Returns whether it changes something at the registry: what was taken once is not sent again.
    pub fn acts(self) -> bool {
        matches!(self, Self::Issue | Self::Push | Self::Subscribe)
    }

    /// Returns the verb's word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(verb, _)| *verb == self).map_or("verify", |(_, word)| word)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a registry is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Somebody who may wanted it.
    Asked,
    /// The certificate was made public.
    Published,
    /// A site got an inquiry.
    Inquiry,
    /// A site got an order.
    Order,
    /// The last answer is no longer fresh.
    Renewal,
    /// It was asked long ago: the registry is asked again by its profile's policy, fresh or not.
    Reconciliation,
}

/// A request to a registry, kept before the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryAsk {
    /// The idempotency key: a digest of certificate, version, verb and registry.
    pub key: Text,
    /// Whom.
    pub registry: RegistryId,
    /// What.
    pub verb: Verb,
    /// About which certificate.
    pub certificate: CertificateId,
    /// SHA-256 of the certificate as it is asked about, hexadecimal.
    pub version: String,
    /// How often the same was asked and answered before.
    #[serde(default)]
    pub round: u32,
    /// Why.
    pub trigger: Trigger,
    /// By whom.
    pub by: PartyId,
    /// Whether the answer is only kept, and nothing follows from it.
    #[serde(default)]
    pub shadow: bool,
    /// When it is given up.
    pub until: Timestamp,
}

/// What came of a request, kept after the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryTold {
    /// The request's idempotency key.
    pub key: Text,
    /// Who was asked.
    pub registry: RegistryId,
    /// About which certificate.
    pub certificate: CertificateId,
    /// Calls until then, by this process.
    pub attempts: u32,
    /// Whether nothing follows from it.
    #[serde(default)]
    pub shadow: bool,
    /// When it came.
    pub at: Timestamp,
    /// SHA-256 of the exchange as it is kept in the archive, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// What it was.
    pub told: Told,
}

/// What came of asking a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// It answered about the certificate: a verdict.
    Answered {
        /// What it said.
        outcome: VerificationState,
        /// Its verification code, e-Cert ID or consultation number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Text>,
        /// Until when it says that holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Timestamp>,
        /// Its reasons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<String>,
        /// What else its profile names: the certified document, what a page shows, the text of a QR code.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        fields: Map<String, Value>,
    },
    /// It will answer later.
    Waits {
        /// By which it knows the question.
        handle: Text,
        /// When it is asked again.
        again: Timestamp,
    },
    /// It could not be asked: a fault, never a verdict.
    Failed {
        /// The kind of fault, a stable word.
        fault: Text,
        /// What happened, for the operator.
        detail: String,
    },
}

impl Told {
    /// Returns whether the request is done with.
    pub fn settles(&self) -> bool {
        !matches!(self, Self::Waits { .. })
    }
}

/// The operator switched a registry off (the kill switch), or on again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrySwitch {
    /// Which.
    pub registry: RegistryId,
    /// Whether it may be called.
    pub on: bool,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::Entry;
    use serde_json::json;

    #[test]
    fn requests_and_receipts_are_entries_of_the_log() {
        let told = RegistryTold {
            key: "k1".into(),
            registry: RegistryId("rcep-smart".into()),
            certificate: CertificateId("eco_1".into()),
            attempts: 2,
            shadow: false,
            at: "2026-09-06T02:00:00Z".parse().unwrap(),
            exchange: None,
            told: Told::Failed { fault: "timeout".into(), detail: "no answer in 10s".into() },
        };
        assert!(told.told.settles());
        let entry = Entry::RegistryTold(Box::new(told));
        let kept = serde_json::to_value(&entry).unwrap();
        assert_eq!(kept["type"], "registry_told");
        assert_eq!(kept["told"], json!({"told": "failed", "fault": "timeout", "detail": "no answer in 10s"}));
        assert_eq!(serde_json::from_value::<Entry>(kept).unwrap(), entry);
        let again = "2026-09-06T02:00:05Z".parse().unwrap();
        assert!(!Told::Waits { handle: "h".into(), again }.settles());
    }

    #[test]
    fn every_verb_has_the_word_that_the_log_has() {
        for (verb, word) in Verb::WORDS {
            assert_eq!(serde_json::to_value(verb).unwrap(), *word);
        }
        assert_eq!(Verb::WORDS.len(), 7);
        assert_eq!((Verb::of_word("qr"), Verb::of_word("brew")), (Some(Verb::Qr), None));
    }
}
