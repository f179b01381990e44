//! Registries: asking those who issue or verify certificates, through one port of seven verbs.
//!
//! No interface of the announced regimes is published, so an adapter is a profile (TOML) and no
//! code. Everything that decides is a state machine with the clock passed in; only `http`, behind
//! the feature `registries`, waits for anything. A fault of a registry is never a verdict about a
//! certificate, and no key that signs certificates is ever in this process.

mod answer;
mod auth;
mod breaker;
mod budget;
mod calendar;
mod cases;
mod check;
mod gate;
#[cfg(feature = "registries")]
mod http;
mod merge;
mod outbox;
mod pages;
mod port;
mod profile;
mod regimes;
mod retry;
mod secret;
mod status;
mod template;

pub use auth::{Auth, Pushing, Signer};
pub use breaker::{Breaker, BreakerState};
pub use budget::Budget;
pub use calendar::Window;
pub use cases::{CASES, Case, Expected};
pub use gate::{Admission, Gate};
#[cfg(feature = "registries")]
pub use http::HttpRegistry;
pub use merge::read_profile;
pub use outbox::{Asking, Open, Outbox, Settled};
pub use pages::{CHECK_PAGES, CheckPage, MANUAL_DAYS, check_pages};
pub use port::{Exchange, Fault, FaultKind, Outcome, Question, Registry, Reply};
pub use profile::{
    Answering, Environment, Limits, Profile, ProfileProblem, Publication, Reconciling, Resting, Retrying,
    Shelf, Talk, When,
};
pub use regimes::{REGIMES, Regime, announced, regime};
pub use retry::{Again, again};
pub use secret::{Secret, read_secret};
pub use status::{
    HookOrder, Looker, ManualCheck, RegistriesStatus, RegistryDesk, RegistryStatus, Requested,
    RequestedState, SwitchOrder, Waiting, Wish,
};
