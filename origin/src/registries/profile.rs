//! A registry as its profile describes it: one TOML file each.

use super::auth::{Auth, Pushing, Signer};
use super::calendar::Window;
use super::port::{Fault, FaultKind, Reply};
use jiff::SignedDuration;
use sealane_data::Text;
use sealane_data::registry::{RegistryId, Trigger, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is known of a registry's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publication {
    /// Announced; no specification is published, so the shapes are our own guess.
    AnnouncedOnly,
    /// Its specification is public.
    Published,
    /// Agreed with its operator in private.
    Private,
}

/// A registry as its profile describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its id; the name of its file.
    pub id: RegistryId,
    /// Its name for people.
    pub name: String,
    /// What is known of its interface.
    pub interface: Publication,
    /// The regimes of certificates that it is asked about, such as `RCEP`.
    pub regimes: Vec<Text>,
    /// Whether it may be called at all.
    #[serde(default)]
    pub connected: bool,
    /// Whether it is called and nothing follows from its answers.
    #[serde(default)]
    pub shadow: bool,
    /// When it is asked without anybody asking.
    #[serde(default)]
    pub when: Vec<When>,
    /// Which of its environments is used.
    #[serde(default)]
    pub environment: Text,
    /// Its environments.
    #[serde(default)]
    pub environments: BTreeMap<Text, Environment>,
    /// How we say who we are.
    #[serde(default)]
    pub auth: Auth,
    /// What signs each request, away from this process.
    #[serde(default)]
    pub signer: Option<Signer>,
    /// How much and how fast it is asked.
    #[serde(default)]
    pub limits: Limits,
    /// What is tried again.
    #[serde(default)]
    pub retry: Retrying,
    /// When it is left alone.
    #[serde(default)]
    pub breaker: Resting,
    /// How long its answers hold.
    #[serde(default)]
    pub cache: Shelf,
    /// How often what it answered is asked again, fresh or not; without it only as `when` says.
    #[serde(default)]
    pub reconcile: Option<Reconciling>,
    /// When it is known to rest.
    #[serde(default)]
    pub maintenance: Vec<Window>,
    /// How its answers are read; a verb may have its own.
    #[serde(default)]
    pub answer: Option<Answering>,
    /// What it can be asked, and how.
    #[serde(default)]
    pub verbs: BTreeMap<Verb, Talk>,
    /// How it is asked what became of an earlier question.
    #[serde(default)]
    pub poll: Option<Talk>,
    /// How what it pushes is known to be its own.
    #[serde(default)]
    pub push: Option<Pushing>,
}

/// When a registry is asked without anybody asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// A certificate is made public.
    Published,
    /// Its last answer is no longer fresh.
    Stale,
}

impl When {
    /// Returns the trigger that requests of this kind name.
    pub fn trigger(self) -> Trigger {
        match self {
            Self::Published => Trigger::Published,
            Self::Stale => Trigger::Renewal,
        }
    }
}

/// One environment of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Its address, without a slash at the end.
    pub base: String,
    /// An authority of certificates to trust instead of the machine's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Whether its answers are for trials only; without it, every environment but `production` is.
    #[serde(default)]
    pub trial: Option<bool>,
}

/// How much and how fast a registry is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long one call may take.
    pub timeout: SignedDuration,
    /// Calls at once (the bulkhead).
    pub in_flight: u32,
    /// Calls a minute in the long run.
    pub per_minute: u32,
    /// Calls that may come at once after a rest.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: SignedDuration::from_secs(10), in_flight: 4, per_minute: 60, burst: 10 }
    }
}

/// What is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retrying {
    /// The longest wait after the first fault.
    pub first: SignedDuration,
    /// The longest wait of all.
    pub cap: SignedDuration,
    /// How long a question is tried.
    pub deadline: SignedDuration,
    /// The kinds of fault after which it is tried again.
    pub again: Vec<FaultKind>,
}

impl Default for Retrying {
    fn default() -> Self {
        Self {
            first: SignedDuration::from_secs(1),
            cap: SignedDuration::from_mins(5),
            deadline: SignedDuration::from_hours(24),
            again: vec![FaultKind::Limited, FaultKind::Unavailable, FaultKind::Timeout],
        }
    }
}

/// When a registry is left alone (the circuit breaker).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resting {
    /// Faults in a row.
    pub failures: u32,
    /// The first pause; it doubles up to sixteen times.
    pub pause: SignedDuration,
}

impl Default for Resting {
    fn default() -> Self {
        Self { failures: 5, pause: SignedDuration::from_secs(30) }
    }
}

/// How long a registry's answers hold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shelf {
    /// How long an answer counts as fresh; never longer than the registry itself says.
    pub fresh: SignedDuration,
    /// For how long after that it is still given, named stale, while the registry cannot be asked.
    pub stale_if_error: SignedDuration,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { fresh: SignedDuration::from_hours(24), stale_if_error: SignedDuration::from_hours(30 * 24) }
    }
}

/// How often answers are asked for again: registries change their minds and tell nobody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciling {
    /// How old an answer, or the fault in place of one, may become.
    pub every: SignedDuration,
    /// Questions an hour at most, the oldest answers first.
    #[serde(default = "per_hour")]
    pub per_hour: u32,
}

fn per_hour() -> u32 {
    60
}

/// How one verb is asked.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// `GET`, `POST` or `PUT`.
    #[serde(default = "post")]
    pub method: Text,
    /// The path below the environment's base, with placeholders.
    pub path: String,
    /// Headers, with placeholders.
    #[serde(default)]
    pub headers: BTreeMap<Text, String>,
    /// The JSON body, with placeholders.
    #[serde(default)]
    pub body: Option<toml::Value>,
    /// How its answer is read, if not as the profile says.
    #[serde(default)]
    pub answer: Option<Answering>,
}

fn post() -> Text {
    "POST".into()
}

/// How an answer is read: JSON paths, and the words that mean an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answering {
    /// Where the outcome's word stands.
    pub outcome: String,
    /// Words that confirm.
    pub confirmed: Vec<Text>,
    /// Words that refute.
    pub refuted: Vec<Text>,
    /// Words that say neither.
    pub inconclusive: Vec<Text>,
    /// Words that promise an answer.
    pub pending: Vec<Text>,
    /// HTTP statuses that are an outcome by themselves, such as `404 = "refuted"`.
    pub statuses: BTreeMap<Text, Text>,
    /// Where the verification code stands.
    pub code: String,
    /// Where the end of its validity stands: an instant or a day.
    pub valid_until: String,
    /// Where the reasons stand: a text or a list.
    pub reasons: String,
    /// Where the handle of a pending answer stands.
    pub handle: String,
    /// Where the seconds until it should be asked again stand.
    pub again: String,
    /// Where the registry repeats the certificate's number: another one is no answer to our question.
    pub number: String,
    /// Where the registry names the question that it answers, in what it pushes.
    pub about: String,
    /// What else is taken, by name.
    pub fields: BTreeMap<Text, String>,
}

/// What is wrong with a profile, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileProblem {
    /// The path of the setting, such as `verbs.verify.path`.
    pub at: String,
    /// What is wrong, in one sentence.
    pub text: String,
    /// What to do.
    pub help: String,
}

impl std::fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`: {}; {}", self.at, self.text, self.help)
    }
}

/// The environment whose answers are no trials.
const PRODUCTION: &str = "production";

/// Environments that are for trials by their names.
const TRIALS: &[&str] = &["demo", "sandbox", "staging", "test", "trial", "uat"];

impl Profile {
    /// Returns the environment that is used.
    pub fn place(&self) -> Option<&Environment> {
        self.environments.get(&self.environment)
    }

    /// Returns whether its answers are for trials only: they say nothing about a certificate.
    pub fn is_trial(&self) -> bool {
        self.place().and_then(|place| place.trial).unwrap_or(self.environment != PRODUCTION)
    }

    /// Returns why it is doubtful whether its answers are trials: the environment is named neither
    /// `production` nor as one for trials, and says nothing of it.
    pub fn doubt(&self) -> Option<String> {
        let name = self.environment.as_str();
        let plain = name == PRODUCTION || TRIALS.contains(&name);
        let says = self.place().is_none_or(|place| place.trial.is_some());
        (self.connected && !plain && !says).then(|| {
            format!(
                "what the environment `{name}` answers is a trial, and never green; \
                 say `trial = false` in `[environments.{name}]` if it is the real one, else `trial = true`"
            )
        })
    }

    /// Returns how the answer to a verb is read.
    pub fn answering(&self, talk: &Talk) -> Answering {
        talk.answer.clone().or_else(|| self.answer.clone()).unwrap_or_default()
    }

    /// Reads what the registry pushes.
    pub fn read_pushed(&self, body: &[u8]) -> Result<Reply, Fault> {
        self.answer.clone().unwrap_or_default().pushed(body)
    }

    /// Returns whether it is to be asked about certificates of a regime.
    pub fn covers(&self, regime: &str) -> bool {
        self.connected && self.regimes.iter().any(|r| r.eq_ignore_ascii_case(regime))
    }
}
