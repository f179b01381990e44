//! Telling sites: what their certificates' events are, and sending them until they are taken or dead.
//!
//! Where a certificate stands is compared with what its sites were told last; the difference is kept in
//! the log and then sent. Whoever is killed in between sends it again under the same id.

mod agenda;
mod announce;
mod guard;
mod send;

pub(crate) use guard::refusal;

use super::job::Task;
use super::{Handle, reading};
use agenda::Agenda;
use guard::Guarded;
use jiff::{SignedDuration, Timestamp};
use sealane_api::hooks::Hooks;
use sealane_data::Text;
use sealane_data::partner::PartyId;
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::recorded::{Entry, Seq};
use sealane_data::webhook::{Announced, Delivered, DeliveryState, Mailroom, Underway};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often webhooks and what is due are looked at when nothing else happens.
const EVERY: Duration = Duration::from_millis(500);
/// How long sending may go on when the process stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// How events are sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// Whether addresses that are not public may be reached, and plain HTTP used.
    pub private: bool,
    /// How often an event is sent before it is dead.
    pub attempts: u32,
    /// The longest wait after the first failure, in milliseconds; it doubles up to six hours.
    pub first_wait_ms: u32,
}

impl Default for Sending {
    fn default() -> Self {
        Self { private: false, attempts: 12, first_wait_ms: 10_000 }
    }
}

/// The room where events are sent from.
#[derive(Clone)]
pub(crate) struct Room {
    handle: Handle,
    hooks: Arc<Hooks>,
    sending: Sending,
    client: reqwest::Client,
    /// By webhook.
    agendas: Arc<Mutex<HashMap<Text, Agenda>>>,
    bell: Arc<Notify>,
    /// Held while a trial is looked for and made.
    trials: Arc<tokio::sync::Mutex<()>>,
}

impl Room {
    /// Returns the room of an engine; nothing is sent until it runs.
    pub(crate) fn new(handle: Handle, hooks: Arc<Hooks>, sending: Sending) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(15))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Guarded { private: sending.private }))
            .user_agent(concat!("sealane/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            handle,
            hooks,
            sending,
            client,
            agendas: Arc::default(),
            bell: Arc::default(),
            trials: Arc::default(),
        })
    }

    /// Announces and sends until it is told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut parties = None::<BTreeSet<PartyId>>;
        let mut waiting = BTreeSet::new();
        let mut calls = JoinSet::new();
        while !stop.is_cancelled() {
            waiting.extend(self.handle.shared.take_touched());
            let hooks = self.hooks.all();
            let now: BTreeSet<PartyId> = hooks.iter().map(|h| h.party.clone()).collect();
            let changed = parties.as_ref().map(|before| before ^ &now);
            // All at the start: what changed while nothing ran was not touched.
            if changed.as_ref().is_none_or(|some| !some.is_empty()) {
                waiting.extend(self.all_of(changed.as_ref()));
                parties = Some(now);
            }
            let kept = self.announce(&hooks, &mut waiting).await;
            let next = self.send_due(&hooks, &mut calls);
            let more = kept && !waiting.is_empty();
            let wait = if more { Duration::ZERO } else { next.map_or(EVERY, |at| until(at).min(EVERY)) };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.handle.shared.touched() => {}
                () = self.bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
                Some(_) = calls.join_next() => {}
            }
        }
        let all = async { while calls.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Text, Agenda>> {
        self.agendas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the trial of a webhook of which nothing came yet.
    fn open_trial(&self, party: &PartyId, hook: &Text) -> Option<Seq> {
        self.handle.shared.bulletin(|bulletin| {
            let mut trials = bulletin.after(party, 0).filter(|e| e.told.only.as_ref() == Some(hook));
            trials.find(|e| bulletin.settled(hook, e.seq).is_none()).map(|e| e.seq)
        })
    }

    /// Keeps what sites are told, or what came of it, and applies it.
    async fn keep(&self, entries: Vec<Entry>) -> Result<(), IntakeError> {
        let storage = |e: &dyn std::fmt::Display| IntakeError::Storage(e.to_string());
        let work = reading::event("webhooks", Timestamp::now(), entries).map_err(|e| storage(&e))?;
        self.handle.room.check(0)?;
        self.handle.ask(Task::Work(work)).await?;
        self.bell.notify_one();
        Ok(())
    }
}

fn until(at: Timestamp) -> Duration {
    at.duration_since(Timestamp::now()).max(SignedDuration::from_millis(5)).unsigned_abs()
}

impl Mailroom for Room {
    fn refuses(&self, address: &str) -> Option<String> {
        refusal(address, self.sending.private)
    }

    fn again(&self, hook: Text, event: Seq) -> Pending<'_, Result<(), IntakeError>> {
        let (state, why) = (DeliveryState::Again, Text::default());
        let delivered = Delivered { hook: hook.clone(), event, state, attempts: 0, why };
        Box::pin(async move {
            self.keep(vec![Entry::Delivered(Box::new(delivered))]).await?;
            if let Some(agenda) = self.lock().get_mut(&hook) {
                agenda.add(event, Timestamp::now());
            }
            self.bell.notify_one();
            Ok(())
        })
    }

    fn trial(&self, party: PartyId, hook: Text) -> Pending<'_, Result<bool, IntakeError>> {
        Box::pin(async move {
            // Held from the look to the act, so that two at once make one trial.
            let _one = self.trials.lock().await;
            if let Some(open) = self.open_trial(&party, &hook) {
                let mut agendas = self.lock();
                let waited = agendas.get_mut(&hook).is_some_and(|a| a.hasten(open, Timestamp::now()));
                self.bell.notify_one();
                return Ok(waited);
            }
            let data = json!({ "webhook": hook, "text": "this webhook works" });
            let told = Announced {
                party,
                certificate: None,
                kind: "webhook.test".into(),
                only: Some(hook),
                data,
                says: BTreeMap::new(),
            };
            self.keep(vec![Entry::Announced(Box::new(told))]).await?;
            Ok(true)
        })
    }

    fn underway(&self, hook: &str) -> BTreeMap<Seq, Underway> {
        self.lock().get(hook).map(|agenda| agenda.tries().clone()).unwrap_or_default()
    }

    fn lost(&self, hook: &str) -> u64 {
        self.lock().get(hook).map_or(0, |agenda| agenda.lost)
    }

    fn wake(&self) {
        self.bell.notify_one();
    }
}
