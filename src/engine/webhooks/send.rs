//! Sending events (Standard Webhooks): signed, again and again with full jitter, until one is taken or dead.

use super::agenda::Agenda;
use super::{Room, Underway};
use crate::engine::webhooks::refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use sealane_api::hooks::Hook;
use sealane_api::webhook_body;
use sealane_data::Text;
use sealane_data::recorded::{Entry, Seq};
use sealane_data::webhook::{Delivered, DeliveryState};
use sealane_origin::registries::{Again, Fault, FaultKind, Retrying, again};
use sealane_origin::{Bulletin, Event};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Events that are on their way to one webhook at once.
const AT_ONCE: usize = 4;
/// The longest wait between two attempts.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);
/// How long an event is tried at most.
const DEADLINE: SignedDuration = SignedDuration::from_hours(72);
/// How soon what could not be kept is tried again.
const UNKEPT: SignedDuration = SignedDuration::from_secs(5);

impl Room {
    /// Sends what is due; returns when to look again.
    pub(super) fn send_due(&self, hooks: &[Hook], calls: &mut JoinSet<()>) -> Option<Timestamp> {
        let now = Timestamp::now();
        let mut agendas = self.lock();
        agendas.retain(|id, _| hooks.iter().any(|hook| *id == hook.id.as_str()));
        let next = hooks.iter().filter_map(|hook| {
            let agenda = agendas.entry(hook.id.as_str().into()).or_default();
            self.handle.shared.bulletin(|bulletin| {
                for event in bulletin.after(&hook.party, agenda.seen) {
                    agenda.seen = event.seq;
                    if is_open(bulletin, hook, event) {
                        agenda.add(event.seq, event.at.min(now));
                    }
                }
                while let Some(seq) = agenda.start(now, AT_ONCE) {
                    match bulletin.event(&hook.party, seq) {
                        Some(event) if is_open(bulletin, hook, event) => {
                            let slot = Slot { room: self.clone(), hook: hook.id.as_str().into(), seq };
                            calls.spawn(slot.deliver(hook.clone(), event.clone()));
                        }
                        Some(_) => agenda.done(seq),
                        None => lose(agenda, hook, seq),
                    }
                }
            });
            agenda.next().filter(|at| *at > now)
        });
        next.min()
    }

    async fn deliver(&self, hook: Hook, event: Arc<Event>) {
        let (id, seq) = (Text::from(hook.id.as_str()), event.seq);
        let attempts = self.lock().get(&id).map_or(0, |agenda| agenda.attempts(seq)) + 1;
        let Err(failed) = self.send(&hook, &event).await else {
            return self.settle(&id, seq, DeliveryState::Taken, attempts, String::new()).await;
        };
        let now = Timestamp::now();
        if self.is_given_up(&failed, &event, attempts, now) {
            return self.settle(&id, seq, DeliveryState::Dead, attempts, failed.detail).await;
        }
        let next = self.next(&failed, attempts, now);
        self.later(&id, seq, Underway { attempts, next, why: failed.detail });
    }

    /// Keeps what came of an event.
    async fn settle(&self, hook: &Text, event: Seq, state: DeliveryState, attempts: u32, why: String) {
        let told = Delivered { hook: hook.clone(), event, state, attempts, why: why.as_str().into() };
        if let Err(error) = self.keep(vec![Entry::Delivered(Box::new(told))]).await {
            tracing::warn!(%error, "what came of an event cannot be kept yet");
            let next = Timestamp::now().checked_add(UNKEPT).ok();
            return self.later(hook, event, Underway { attempts: attempts - 1, next, why });
        }
        if let Some(agenda) = self.lock().get_mut(hook) {
            agenda.done(event);
        }
    }

    fn later(&self, hook: &Text, event: Seq, tried: Underway) {
        if let Some(agenda) = self.lock().get_mut(hook) {
            agenda.later(event, tried);
        }
    }

    /// Returns whether an event is given up.
    fn is_given_up(&self, failed: &Fault, event: &Event, attempts: u32, now: Timestamp) -> bool {
        let over = now.duration_since(event.at) > DEADLINE;
        attempts >= self.sending.attempts || over || failed.kind == FaultKind::Contract
    }

    fn next(&self, failed: &Fault, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        let first = SignedDuration::from_millis(self.sending.first_wait_ms.into());
        let retrying = Retrying { first, cap: LONGEST_WAIT, ..Retrying::default() };
        let random = f64::from(getrandom::u32().unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        match again(failed, &retrying, attempts, now, Timestamp::MAX, random) {
            Again::At(at) => Some(at),
            Again::Never => None,
        }
    }

    async fn send(&self, hook: &Hook, event: &Event) -> Result<(), Fault> {
        // The file may have been written by hand, and what was allowed then may not be now.
        if let Some(why) = refusal(&hook.url, self.sending.private) {
            return Err(Fault::new(FaultKind::Contract, why));
        }
        let key = hook.key().ok_or_else(|| Fault::new(FaultKind::Contract, "its secret is none"))?;
        let (id, body) = webhook_body(event);
        let second = Timestamp::now().as_second().to_string();
        let signature = signature(&key, &id, &second, &body);
        let request = self
            .client
            .post(&hook.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", second)
            .header("webhook-signature", signature)
            .body(body);
        let answer = request.send().await.map_err(|error| {
            let kind = if error.is_timeout() { FaultKind::Timeout } else { FaultKind::Unavailable };
            Fault::new(kind, format!("not reached: {:#}", anyhow::Error::new(error.without_url())))
        })?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            // The receiver wants nothing more of this event, now or later.
            410 => Err(Fault::new(FaultKind::Contract, "the site answers 410: it is gone")),
            status => Err(Fault::new(FaultKind::Unavailable, format!("the site answers {status}"))),
        }
    }
}

/// A place among those that are sent at once. It is given back also where sending ends in a panic: the
/// event is then sent again.
struct Slot {
    room: Room,
    hook: Text,
    seq: Seq,
}

impl Slot {
    async fn deliver(self, hook: Hook, event: Arc<Event>) {
        self.room.deliver(hook, event).await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut agendas = self.room.lock();
        if let Some(agenda) = agendas.get_mut(&self.hook).filter(|agenda| agenda.is_out(self.seq)) {
            let (next, attempts) = (Timestamp::now().checked_add(UNKEPT).ok(), agenda.attempts(self.seq) + 1);
            agenda.later(self.seq, Underway { attempts, next, why: "sending ended early".to_owned() });
        }
        drop(agendas);
        self.room.bell.notify_one();
    }
}

/// Returns whether an event is for a webhook and nothing came of it yet.
fn is_open(bulletin: &Bulletin, hook: &Hook, event: &Event) -> bool {
    hook.is_due(event) && bulletin.settled(&hook.id, event.seq).is_none()
}

/// Takes note that an event cannot be sent any more: newer ones have taken its place.
fn lose(agenda: &mut Agenda, hook: &Hook, seq: Seq) {
    if agenda.lost == 0 {
        tracing::warn!(webhook = %hook.id, event = seq, "a webhook is so far behind that events leave unsent; the log has them");
    }
    agenda.lost += 1;
    agenda.done(seq);
    metrics::counter!("sealane_webhook_lost_total").increment(1);
}

/// Returns the signature of what is sent: `v1,` and HMAC-SHA-256 of id, time and body.
fn signature(key: &[u8], id: &str, second: &str, body: &[u8]) -> String {
    let signed = [id.as_bytes(), b".", second.as_bytes(), b".", body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &signed);
    format!("v1,{}", STANDARD.encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_standard() {
        // The example of the Standard Webhooks specification's reference libraries.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let told = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(told, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
