//! Sending events (Standard Webhooks): signed, again and again with full jitter, until one is taken or dead.

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
use sealane_origin::Event;
use sealane_origin::registries::{Again, Fault, FaultKind, Retrying, again};
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
        let mut next: Option<Timestamp> = None;
        for hook in hooks {
            let id: Text = hook.id.as_str().into();
            let open: Vec<Arc<Event>> = self.handle.shared.bulletin(|bulletin| {
                let meant = bulletin.after(&hook.party, 0).filter(|e| hook.is_due(e));
                meant.filter(|e| bulletin.settled(&hook.id, e.seq).is_none()).cloned().collect()
            });
            let mut inner = self.lock();
            let mut out = inner.out.iter().filter(|(of, _)| *of == id).count();
            for event in open {
                let key = (id.clone(), event.seq);
                if out >= AT_ONCE || inner.out.contains(&key) {
                    continue;
                }
                match inner.tries.get(&key).and_then(|tried| tried.next) {
                    Some(at) if at > now => next = Some(next.map_or(at, |n| n.min(at))),
                    _ => {
                        inner.out.insert(key);
                        out += 1;
                        calls.spawn(self.clone().deliver(hook.clone(), event));
                    }
                }
            }
        }
        next
    }

    async fn deliver(self, hook: Hook, event: Arc<Event>) {
        let key = (Text::from(hook.id.as_str()), event.seq);
        let attempts = self.lock().tries.get(&key).map_or(0, |tried| tried.attempts) + 1;
        let sent = self.send(&hook, &event).await;
        let now = Timestamp::now();
        let settled = match &sent {
            Ok(()) => Some((DeliveryState::Taken, String::new())),
            Err(failed) => self.given_up(failed, &event, attempts, now).map(|why| (DeliveryState::Dead, why)),
        };
        if let Some((state, why)) = settled {
            self.settle(&key, state, attempts, why).await;
        } else {
            let failed = sent.err();
            let next = failed.as_ref().and_then(|f| self.next(f, attempts, now));
            let why = failed.map(|f| f.detail).unwrap_or_default();
            self.lock().tries.insert(key.clone(), Underway { attempts, next, why });
        }
        self.lock().out.remove(&key);
        self.bell.notify_one();
    }

    /// Keeps what came of an event.
    async fn settle(&self, key: &(Text, Seq), state: DeliveryState, attempts: u32, why: String) {
        let (hook, event) = key.clone();
        let told = Delivered { hook, event, state, attempts, why: why.as_str().into() };
        match self.keep(vec![Entry::Delivered(Box::new(told))]).await {
            Ok(()) => {
                self.lock().tries.remove(key);
            }
            Err(error) => {
                tracing::warn!(%error, "what came of an event cannot be kept yet");
                let next = Timestamp::now().checked_add(UNKEPT).ok();
                self.lock().tries.insert(key.clone(), Underway { attempts: attempts - 1, next, why });
            }
        }
    }

    /// Returns why an event is given up, if it is.
    fn given_up(&self, failed: &Fault, event: &Event, attempts: u32, now: Timestamp) -> Option<String> {
        let over = now.duration_since(event.at) > DEADLINE;
        let gone = failed.kind == FaultKind::Contract;
        (attempts >= self.sending.attempts || over || gone).then(|| failed.detail.clone())
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
