//! The port: seven verbs, four outcomes, and faults that are never one of them.

use super::profile::Profile;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::certificate::VerificationState;
use sealane_data::ports::Pending;
use sealane_data::registry::Verb;
use serde_json::{Map, Value};

/// What a registry said about a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stands.
    Confirmed,
    /// It is not the registry's, or not so.
    Refuted {
        /// Why, as the registry says.
        reasons: Vec<String>,
    },
    /// Neither way.
    Inconclusive {
        /// Why, as the registry says.
        reason: String,
    },
    /// The answer will come.
    Pending {
        /// By which the registry knows the question.
        handle: Text,
        /// How soon to ask again.
        again: SignedDuration,
    },
}

impl Outcome {
    /// Returns the state that the log knows.
    pub fn state(&self) -> VerificationState {
        match self {
            Self::Confirmed => VerificationState::Confirmed,
            Self::Refuted { .. } => VerificationState::Refuted,
            Self::Inconclusive { .. } => VerificationState::Inconclusive,
            Self::Pending { .. } => VerificationState::Pending,
        }
    }

    /// Returns the registry's reasons.
    pub fn reasons(&self) -> Vec<String> {
        match self {
            Self::Refuted { reasons } => reasons.clone(),
            Self::Inconclusive { reason } if !reason.is_empty() => vec![reason.clone()],
            _ => Vec::new(),
        }
    }
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The registry does not take the question as it is.
    Invalid,
    /// It does not know us, or we have no credentials.
    Auth,
    /// We asked too often.
    Limited,
    /// It cannot be reached, or says that it is down.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It answered what its profile does not foresee.
    Contract,
}

impl FaultKind {
    /// Returns the kind's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Auth => "auth",
            Self::Limited => "limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Contract => "contract",
        }
    }
}

/// A registry could not be asked: never a verdict about the certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", kind.word())]
pub struct Fault {
    /// The kind.
    pub kind: FaultKind,
    /// What happened, for the operator; never a secret.
    pub detail: String,
    /// How long the registry asks to wait.
    pub after: Option<SignedDuration>,
}

impl Fault {
    /// Returns a fault with its sentence: lower-case, no final dot.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), after: None }
    }
}

/// What a registry answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What it said about the certificate.
    pub outcome: Outcome,
    /// Its verification code, e-Cert ID or consultation number.
    pub code: Option<Text>,
    /// Until when it says that holds.
    pub valid_until: Option<Timestamp>,
    /// The idempotency key or number that it names, for what it pushes.
    pub about: Option<Text>,
    /// What else its profile names.
    pub fields: Map<String, Value>,
}

/// A question to a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The certificate as it was submitted.
    pub document: Value,
    /// SHA-256 of its canonical form, hexadecimal.
    pub version: String,
    /// The idempotency key.
    pub key: Text,
    /// Where the registry may push its answer.
    pub callback: Option<String>,
}

/// One call: what came of it, and the bytes that went and came, secrets left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// What came of it.
    pub result: Result<Reply, Fault>,
    /// Method, address, body and answer, for the archive.
    pub record: String,
}

/// A registry that can be asked.
pub trait Registry: Send + Sync {
    /// Returns how it is described.
    fn profile(&self) -> &Profile;

    /// Asks it.
    fn ask<'a>(&'a self, verb: Verb, question: &'a Question) -> Pending<'a, Exchange>;

    /// Asks what became of an earlier question.
    fn poll<'a>(&'a self, question: &'a Question, handle: &'a str) -> Pending<'a, Exchange>;

    /// Applies for a certificate.
    fn issue<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Issue, question)
    }

    /// Hands a certificate over.
    fn push<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Push, question)
    }

    /// Asks whether a certificate stands.
    fn verify<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Verify, question)
    }

    /// Asks for the certified certificate.
    fn retrieve<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Retrieve, question)
    }

    /// Asks for what a page shows.
    fn display<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Display, question)
    }

    /// Asks to be told of changes.
    fn subscribe<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Subscribe, question)
    }

    /// Asks for the text of its QR code.
    fn qr<'a>(&'a self, question: &'a Question) -> Pending<'a, Exchange> {
        self.ask(Verb::Qr, question)
    }
}
