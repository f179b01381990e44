//! The worker: finds what is due, calls through the gates, and keeps what came of it.

use super::archive::Archive;
use super::board::{Inner, Try};
use super::follows::{Came, entries, event, kept};
use super::reconciling::Reconciliation;
use crate::engine::Handle;
use crate::engine::folder::TomlFolder;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{CertificateAct, CertificateId};
use sealane_data::places::Places;
use sealane_data::ports::IntakeError;
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryAsk, Told, Verb};
use sealane_origin::registries::{
    Admission, Again, Exchange, Open, Outcome, Profile, Question, Registry, When, again,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often files, fresh answers and the outbox are looked at when nothing else happens.
const EVERY: Duration = Duration::from_millis(500);
/// How soon what could not be kept is tried again.
const UNKEPT: SignedDuration = SignedDuration::from_secs(5);
/// How long calls under way may take to end when the process stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// A call that may be made now.
struct Due {
    open: Open,
    registry: Arc<dyn Registry>,
}

/// Asks registries until it is told to stop. What is open then is found open at the next start.
pub(crate) async fn run(handle: Handle, stop: CancellationToken) {
    let folder = handle.data.join("registries");
    let places = Places::embedded();
    let mut files: TomlFolder<Profile> = TomlFolder::new(folder.clone());
    let mut archive: Option<Arc<Archive>> = None;
    let mut calls = JoinSet::new();
    let mut looked: Option<Instant> = None;
    let mut published = 0;
    let mut reconciling = Reconciliation::default();
    while !stop.is_cancelled() {
        if looked.is_none_or(|at| at.elapsed() >= EVERY) {
            looked = Some(Instant::now());
            if files.refresh(&places).0 {
                handle.registries.take_over(files.held(), files.problems());
                published = 0;
            }
            if archive.is_none() && files.held().any(|p| p.connected) {
                archive = open(&folder);
            }
            handle.lapse().await;
            handle.give_up(Timestamp::now()).await;
            handle.tell_faults().await;
            published = handle.want_published(published).await;
            reconciling.look(&handle).await;
        }
        let (due, next) = handle.due(Timestamp::now());
        for due in due {
            calls.spawn(call(handle.clone(), archive.clone(), due));
        }
        let wait = next.map_or(EVERY, |at| wait_until(at).min(EVERY));
        tokio::select! {
            () = stop.cancelled() => {}
            () = handle.registries.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            Some(_) = calls.join_next() => {}
        }
    }
    let all = async { while calls.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(PATIENCE, all).await;
}

fn open(folder: &std::path::Path) -> Option<Arc<Archive>> {
    match Archive::open(folder) {
        Ok(archive) => Some(Arc::new(archive)),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the archive of registries cannot be opened");
            None
        }
    }
}

fn wait_until(at: Timestamp) -> Duration {
    let wait = at.duration_since(Timestamp::now()).max(SignedDuration::from_millis(5));
    wait.unsigned_abs()
}

impl Handle {
    /// Returns the calls that may be made now, each counted as under way, and when to look again.
    fn due(&self, now: Timestamp) -> (Vec<Due>, Option<Timestamp>) {
        self.shared.read(|_, register| {
            let outbox = register.outbox();
            let mut inner = self.registries.lock();
            let inner = &mut *inner;
            inner.tries.retain(|key, tried| tried.under_way || outbox.open(key).is_some());
            for (id, station) in &mut inner.stations {
                station.gate.switch(outbox.off(id).is_none());
            }
            let mut open: Vec<&Open> = outbox.all_open().collect();
            open.sort_by(|a, b| (a.at, &a.ask.key).cmp(&(b.at, &b.ask.key)));
            let mut due = Vec::new();
            let mut next: Option<Timestamp> = None;
            for open in open {
                match admit(inner, open, now) {
                    Ok(Some(registry)) => due.push(Due { open: open.clone(), registry }),
                    Ok(None) => {}
                    Err(at) => next = Some(next.map_or(at, |n| n.min(at))),
                }
            }
            (due, next)
        })
    }

    /// Keeps what came of a request that is still open; one that a push has settled meanwhile is settled.
    async fn settle(&self, key: &str, entries: Vec<Entry>) -> Result<(), IntakeError> {
        let _one = self.registries.settling.lock().await;
        if self.shared.read(|_, register| register.outbox().open(key).is_none()) {
            return Ok(());
        }
        self.keep(entries).await
    }

    /// Returns how an answer came in just now.
    pub(super) fn came<'a>(
        &self,
        ask: &RegistryAsk,
        attempts: u32,
        digest: Option<&'a str>,
        profile: Option<&Profile>,
    ) -> Came<'a> {
        let life = self.shared.read(|_, r| r.get(&ask.certificate).map(|c| c.life(None).state));
        let (at, life) = (self.clock.now(), life.unwrap_or_default());
        let fresh = profile.map_or(SignedDuration::ZERO, |p| p.cache.fresh);
        let trial = profile.is_some_and(Profile::is_trial);
        Came { at, attempts, digest, archived: true, fresh, trial, life }
    }

    /// Settles requests whose time is over: a fault, never a verdict. It is the fault of the last try, where there
    /// was one.
    async fn give_up(&self, now: Timestamp) {
        let overdue: Vec<Open> = self.shared.read(|_, register| {
            let inner = self.registries.lock();
            let idle = |o: &&Open| inner.tries.get(&o.ask.key).is_none_or(|t| !t.under_way);
            register.outbox().all_open().filter(|o| o.ask.until < now).filter(idle).cloned().collect()
        });
        for open in overdue {
            let tried = self.registries.lock().tries.get(&open.ask.key).cloned().unwrap_or_default();
            let told = overdue_for(&tried);
            let entries = entries(&open.ask, told, &self.came(&open.ask, tried.attempts, None, None));
            if let Err(error) = self.settle(&open.ask.key, entries).await {
                return tracing::warn!(%error, "a request whose time is over cannot be settled yet");
            }
            self.registries.tell_settled();
        }
    }

    /// Says of confirmations that are no longer fresh that they are not, and asks again where a profile
    /// wants that.
    async fn lapse(&self) {
        let now = self.clock.now();
        let lapsed = self.shared.read(|_, register| register.outbox().lapsed(now));
        if lapsed.is_empty() {
            return;
        }
        let event = |(id, fresh_until): &(CertificateId, Timestamp)| {
            event(id, None, "", CertificateAct::Lapsed { fresh_until: *fresh_until })
        };
        // Asked first: who is killed in between finds it lapsed again, and asks for nothing twice.
        let mut over = Vec::new();
        for lapse in &lapsed {
            if self.want(&lapse.0, When::Stale).await {
                over.push(event(lapse));
            }
        }
        if !over.is_empty()
            && let Err(error) = self.keep(over).await
        {
            tracing::warn!(%error, "it cannot be kept yet that answers are no longer fresh");
        }
    }

    /// Asks about certificates that were made public since the last look, where a profile wants that.
    /// Returns how many need no look any more.
    async fn want_published(&self, seen: usize) -> usize {
        let new = self.shared.read(|_, register| register.published_since(seen).to_vec());
        for (done, id) in new.iter().enumerate() {
            let known = self.shared.read(|_, register| {
                let outbox = register.outbox();
                let verifies = |ask: &RegistryAsk| ask.verb == Verb::Verify;
                outbox.settled(id).iter().any(|s| verifies(&s.ask))
                    || outbox.open_of(id).any(|o| verifies(&o.ask))
            });
            if !known && !self.want(id, When::Published).await {
                return seen + done;
            }
        }
        seen + new.len()
    }
}

/// Lets a request through its gate; or says when to look at it again, or nothing where only an event
/// can change that.
fn admit(inner: &mut Inner, open: &Open, now: Timestamp) -> Result<Option<Arc<dyn Registry>>, Timestamp> {
    let tried = inner.tries.entry(open.ask.key.clone()).or_default();
    if tried.under_way {
        return Ok(None);
    }
    let Some(station) = inner.stations.get_mut(&open.ask.registry) else {
        (tried.why, tried.next) = (Some("not_connected"), None);
        return Ok(None);
    };
    let Some(registry) = station.registry.clone() else {
        (tried.why, tried.next) = (Some("not_connected"), None);
        return Ok(None);
    };
    let waits = open.waits.as_ref().map(|(_, at)| *at);
    if let Some(at) = tried.next.max(waits).filter(|at| *at > now) {
        tried.why = Some(if tried.next.is_some_and(|next| next > now) {
            tried.why.unwrap_or("retry")
        } else {
            "pending"
        });
        return Err(at);
    }
    match station.gate.enter(now) {
        Admission::Go => {
            (tried.under_way, tried.why, tried.next) = (true, None, None);
            tried.attempts += 1;
            Ok(Some(registry))
        }
        Admission::Wait { until, why } => {
            (tried.why, tried.next) = (Some(why), None);
            Err(until)
        }
        Admission::Full => {
            tried.why = Some("rate");
            Ok(None)
        }
        Admission::Off => {
            (tried.why, tried.next) = (Some("switched_off"), None);
            Ok(None)
        }
    }
}

/// Calls once and keeps what came of it.
async fn call(handle: Handle, archive: Option<Arc<Archive>>, due: Due) {
    let Due { open, registry } = due;
    let ask = &open.ask;
    let exchange = match handle.question(&open, registry.as_ref()) {
        Some(question) => match &open.waits {
            Some((waits, _)) => registry.poll(&question, waits).await,
            None => registry.ask(ask.verb, &question).await,
        },
        None => return handle.ended(&open, None, None),
    };
    let now = Timestamp::now();
    let record = exchange.record.clone();
    let kept = match archive {
        Some(archive) => tokio::task::spawn_blocking(move || archive.keep(now, &record)).await.ok(),
        None => None,
    };
    let digest = match kept {
        Some(Ok(digest)) => Some(digest),
        Some(Err(error)) => {
            tracing::error!(registry = %ask.registry, error = format!("{error:#}"), "an exchange cannot be archived");
            None
        }
        None => None,
    };
    let attempts = handle.registries.lock().tries.get(&ask.key).map_or(1, |t| t.attempts);
    let told = match told(&exchange, &open, registry.profile(), attempts, now) {
        Ok(told) => told,
        Err(at) => return handle.ended(&open, Some(&exchange), Some(at)),
    };
    // That it still waits is nothing new: the log has the handle.
    if let (Told::Waits { handle: named, again }, Some((known, _))) = (&told, &open.waits)
        && named == known
    {
        return handle.ended(&open, Some(&exchange), Some(*again));
    }
    let came = handle.came(ask, attempts, digest.as_deref(), Some(registry.profile()));
    let entries = entries(ask, told, &came);
    match handle.settle(&ask.key, entries).await {
        Ok(()) => handle.ended(&open, Some(&exchange), None),
        // It stays open and is asked again under the same key.
        Err(error) => {
            tracing::error!(registry = %ask.registry, %error, "what a registry told cannot be kept yet");
            handle.ended(&open, Some(&exchange), now.checked_add(UNKEPT).ok());
        }
    }
}

/// Returns what is kept of a request whose time is over.
fn overdue_for(tried: &Try) -> Told {
    let (fault, why) = match (&tried.last_fault, tried.why) {
        (Some(fault), _) => (fault.kind.word(), fault.detail.as_str()),
        (None, why) => ("deadline", why.unwrap_or("never asked")),
    };
    Told::Failed { fault: fault.into(), detail: format!("given up at its deadline: {why}") }
}

/// Returns what is to be kept of a call, or when it is tried again.
fn told(
    exchange: &Exchange,
    open: &Open,
    profile: &Profile,
    attempts: u32,
    now: Timestamp,
) -> Result<Told, Timestamp> {
    match &exchange.result {
        Ok(reply) => Ok(match &reply.outcome {
            Outcome::Pending { handle, again } => {
                let at = now.checked_add(*again).unwrap_or(now);
                if at > open.ask.until {
                    let detail = "no answer before the deadline".to_owned();
                    Told::Failed { fault: "timeout".into(), detail }
                } else {
                    Told::Waits { handle: handle.clone(), again: at }
                }
            }
            outcome => Told::Answered {
                outcome: outcome.state(),
                code: reply.code.clone(),
                valid_until: reply.valid_until,
                reasons: outcome.reasons(),
                fields: kept(&reply.fields),
            },
        }),
        Err(fault) => match again(fault, &profile.retry, attempts, now, open.ask.until, random()) {
            Again::At(at) => Err(at),
            Again::Never => {
                Ok(Told::Failed { fault: fault.kind.word().into(), detail: fault.detail.clone() })
            }
        },
    }
}

impl Handle {
    fn question(&self, open: &Open, registry: &dyn Registry) -> Option<Question> {
        let document = self
            .shared
            .read(|_, register| register.get(&open.ask.certificate).map(|c| c.record.document.clone()))?;
        let push = registry.profile().push.as_ref().filter(|p| !p.reached_at.is_empty());
        let callback = push.map(|p| format!("{}/v1/registries/{}/push", p.reached_at, open.ask.registry));
        Some(Question { document, version: open.ask.version.clone(), key: open.ask.key.clone(), callback })
    }

    /// Takes note that a call has ended, and when it is to be tried again.
    fn ended(&self, open: &Open, exchange: Option<&Exchange>, again: Option<Timestamp>) {
        let fault = exchange.and_then(|e| e.result.as_ref().err());
        let id = open.ask.registry.to_string();
        {
            let mut inner = self.registries.lock();
            if let Some(station) = inner.stations.get_mut(&open.ask.registry) {
                station.gate.leave(Timestamp::now(), exchange);
                match (exchange, fault) {
                    (Some(_), None) => station.answered += 1,
                    (_, fault) => {
                        station.faults += 1;
                        station.last_fault = fault.map(ToString::to_string).or(station.last_fault.take());
                    }
                }
            }
            let tried = inner.tries.entry(open.ask.key.clone()).or_default();
            (tried.under_way, tried.next) = (false, again);
            tried.why = again.map(|_| "retry");
            if let Some(fault) = fault {
                // Said aloud once for each request; `/v1/registries` has the rest.
                if tried.attempts <= 1 {
                    tracing::warn!(registry = id, %fault, "a registry could not be asked");
                } else {
                    tracing::debug!(registry = id, %fault, attempts = tried.attempts, "nor again");
                }
                tried.last_fault = Some(fault.clone());
            }
        }
        let result = if fault.is_some() { "fault" } else { "answer" };
        metrics::counter!("sealane_registry_calls_total", "registry" => id, "result" => result).increment(1);
        self.registries.tell_settled();
        self.registries.wake.notify_one();
    }
}

/// Returns a number from 0 up to 1; without random numbers the whole bound is waited.
fn random() -> f64 {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).map_or(1.0, |()| f64::from(u32::from_be_bytes(bytes)) / 4_294_967_296.0)
}
