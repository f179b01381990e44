//! The port through which doors reach the registries, and what it tells.

use super::breaker::BreakerState;
use super::profile::Publication;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::certificate::{CertificateId, VerificationState};
use sealane_data::operate::ProfileProblem;
use sealane_data::partner::PartyId;
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::registry::{RegistryId, Trigger, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the registries are, for the operator.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RegistriesStatus {
    /// Each registry.
    pub registries: Vec<RegistryStatus>,
    /// Files that are not in use, or in doubt, and why.
    pub problems: Vec<ProfileProblem>,
    /// What waits to be asked, oldest first, at most a thousand.
    pub outbox: Vec<Waiting>,
}

/// How one registry is.
#[derive(Clone, Debug, Serialize)]
pub struct RegistryStatus {
    /// Its id.
    pub id: RegistryId,
    /// Its name.
    pub name: String,
    /// What is known of its interface.
    pub interface: Publication,
    /// Whether it may be called at all.
    pub connected: bool,
    /// Whether nothing follows from its answers.
    pub shadow: bool,
    /// The environment that is used.
    pub environment: Text,
    /// How we say who we are.
    pub auth: &'static str,
    /// The regimes that it is asked about.
    pub regimes: Vec<Text>,
    /// What it can be asked.
    pub verbs: Vec<Verb>,
    /// Whether calls go through.
    pub breaker: BreakerState,
    /// Calls under way.
    pub under_way: u32,
    /// Requests that wait.
    pub waiting: usize,
    /// Until when it rests by its calendar.
    pub rests_until: Option<Timestamp>,
    /// Since when the operator has switched it off, and why.
    pub switched_off: Option<(Timestamp, String)>,
    /// Calls of this process that ended in an answer.
    pub answered: u64,
    /// Calls of this process that ended in a fault.
    pub faults: u64,
    /// The last fault.
    pub last_fault: Option<String>,
}

/// A request that waits.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// Its idempotency key.
    pub key: Text,
    /// Whom.
    pub registry: RegistryId,
    /// What.
    pub verb: Verb,
    /// About which certificate.
    pub certificate: CertificateId,
    /// Why.
    pub trigger: Trigger,
    /// Since when.
    pub since: Timestamp,
    /// When it is given up.
    pub until: Timestamp,
    /// Calls of this process so far.
    pub attempts: u32,
    /// When it is tried next, where that is known.
    pub next: Option<Timestamp>,
    /// Why it waits: `maintenance`, `breaker`, `rate`, `asked_to_wait`, `switched_off`, `not_connected`, `retry` or `pending`.
    pub why: Option<&'static str>,
    /// The last fault.
    pub last_fault: Option<String>,
}

/// What somebody wants a registry to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What.
    pub verb: Verb,
    /// Whom, if several can be asked.
    pub registry: Option<RegistryId>,
    /// Who wants it.
    pub by: PartyId,
    /// Why.
    pub trigger: Trigger,
    /// How long the answer is waited for.
    pub patience: SignedDuration,
}

impl Wish {
    /// Returns the wish that a certificate be verified.
    pub fn verify(by: PartyId, trigger: Trigger, patience: SignedDuration) -> Self {
        Self { verb: Verb::Verify, registry: None, by, trigger, patience }
    }
}

/// What came of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The registry.
    pub registry: RegistryId,
    /// The request's idempotency key; none where a verification that is there is fresh.
    pub key: Option<Text>,
    /// Where it stands.
    pub state: RequestedState,
    /// For how long an answer that is not fresh may still be given, named stale.
    pub stale_if_error: SignedDuration,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestedState {
    /// The answer that is there is fresh: nobody was asked.
    Fresh,
    /// The registry was asked and something came of it.
    Settled,
    /// It waits, or is under way.
    Waits,
}

/// An order to switch a registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchOrder {
    /// Whether it may be called.
    pub on: bool,
    /// Why, for people.
    #[serde(default)]
    pub reason: String,
}

/// What a person saw on an issuer's public page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualCheck {
    /// The page, one of `/v1/regimes`.
    pub page: Text,
    /// What it said: `confirmed`, `refuted` or `inconclusive`.
    pub outcome: VerificationState,
    /// The code that it gave or asked for.
    #[serde(default)]
    pub code: Option<Text>,
    /// When it was looked at.
    pub checked_at: Timestamp,
    /// SHA-256 of the screenshot or file, hexadecimal.
    pub file_sha256: String,
}

/// Who looked at an issuer's public page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looker {
    /// The operator, or a party with a key of its own.
    Party(PartyId),
    /// Whoever holds a link that the owner gave out, by the link's id.
    Link(Text),
}

/// What a site's inquiry or order system sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HookOrder {
    /// The certificate, by our id.
    pub certificate: Option<CertificateId>,
    /// Or by its number.
    pub number: Option<String>,
    /// The site's own reference, given back.
    pub reference: Option<String>,
}

/// What the doors ask of the registries.
pub trait RegistryDesk: Send + Sync {
    /// Returns how they are.
    fn status(&self) -> RegistriesStatus;

    /// Has a registry asked about a certificate, unless its answer is fresh or it did what it was asked;
    /// waits for the answer as long as said.
    fn request(&self, certificate: CertificateId, wish: Wish) -> Pending<'_, Result<Requested, IntakeError>>;

    /// Switches a registry off or on.
    fn switch(&self, registry: RegistryId, order: SwitchOrder) -> Pending<'_, Result<(), IntakeError>>;

    /// Keeps what a person saw on an issuer's page.
    fn record(
        &self,
        certificate: CertificateId,
        by: Looker,
        check: ManualCheck,
    ) -> Pending<'_, Result<(), IntakeError>>;

    /// Takes what a registry pushes, with the headers of its request by lower-case name. What is not
    /// signed as its profile says is not found.
    fn pushed(
        &self,
        registry: RegistryId,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Pending<'_, Result<(), IntakeError>>;

    /// Returns one exchange of the archive by its digest.
    fn exchange(&self, sha256: String) -> Pending<'_, Result<String, IntakeError>>;
}
