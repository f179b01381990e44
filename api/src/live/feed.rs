//! A feed: what one reader is sent, the same for server-sent events and a WebSocket.

use super::delta::Delta;
use super::hub::{Place, Topic};
use super::{TopicKey, event_id};
use crate::documents::Document;
use crate::settings::App;
use axum::body::Bytes;
use futures_util::future::select_all;
use sealane_data::recorded::Seq;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::watch;

/// A topic, and what its reader calls it.
pub(crate) type Named = (TopicKey, String);

/// What one reader follows of one topic.
struct Watched {
    name: String,
    topic: Arc<Topic>,
    bell: watch::Receiver<Seq>,
    sent: Option<Arc<Document>>,
}

/// One thing to send.
#[derive(Debug, PartialEq)]
pub(crate) struct Message {
    /// `snapshot` or `change`.
    pub(crate) kind: &'static str,
    /// The topic's name.
    pub(crate) topic: String,
    /// The event id; only the last message of what is sent together has one.
    pub(crate) id: Option<String>,
    /// A JSON object: the delta.
    pub(crate) body: Bytes,
}

/// The body of a message, but for the clock.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    delta: Delta,
    as_of_seq: Seq,
    #[serde(skip_serializing_if = "Value::is_null")]
    sealane: &'a Value,
}

/// What one reader follows.
pub(crate) struct Feed {
    app: App,
    watched: Vec<Watched>,
    /// Held for its end: it makes room for another stream.
    _place: Option<Arc<Place>>,
}

impl Feed {
    /// Follows topics from the log position a reader has seen, or from nothing.
    pub(crate) async fn new(app: App, keys: &[Named], after: Option<Seq>, place: Option<Arc<Place>>) -> Self {
        for (key, _) in keys {
            if let TopicKey::Certificate(id, _) = key {
                app.shared.ready(id).await;
            }
        }
        let watched = keys.iter().map(|named| Self::watch(&app, named, after)).collect();
        Self { app, watched, _place: place }
    }

    /// The bell is taken before the document is read, so that no change falls between both.
    fn watch(app: &App, (key, name): &Named, after: Option<Seq>) -> Watched {
        let shared = &app.shared;
        let (topic, bell) = shared.hub().follow(key);
        if let Some(document) = shared.topic_document(key) {
            topic.offer(document);
        }
        let sent = after.and_then(|seq| topic.as_of(seq));
        Watched { name: name.clone(), topic, bell, sent }
    }

    /// Returns what the reader has not been sent yet.
    pub(crate) fn flush(&mut self) -> Vec<Message> {
        let published = self.app.shared.hub().published();
        let mut messages = Vec::new();
        let mut last = 0;
        for watched in &mut self.watched {
            watched.bell.mark_unchanged();
            let Some(newest) = watched.topic.newest() else { continue };
            let message = match &watched.sent {
                Some(sent) if sent.etag == newest.etag => continue,
                Some(sent) => message(&watched.name, "change", change(sent, &newest)),
                None => message(&watched.name, "snapshot", snapshot(&newest)),
            };
            last = last.max(newest.seq);
            watched.sent = Some(newest);
            messages.push(message);
        }
        if let Some(message) = messages.last_mut() {
            // Never beyond what every topic is known to hold: the id must be safe to come back with.
            message.id = Some(event_id(self.app.shared.epoch(), last.min(published)));
        }
        messages
    }

    /// Waits until a topic rings; without topics, for ever.
    pub(crate) async fn rung(&mut self) {
        let bells: Vec<_> = self.watched.iter_mut().map(|w| Box::pin(w.bell.changed())).collect();
        if bells.is_empty() {
            std::future::pending::<()>().await;
        }
        let _ = select_all(bells).await;
    }

    /// Returns a body with the clock in it, and with `head` fields in front of it.
    pub(crate) fn dress(&self, head: &str, body: &[u8]) -> String {
        let clock = serde_json::to_string(&self.app.clock()).unwrap_or_else(|_| "null".to_owned());
        let inner = body.get(1..body.len().saturating_sub(1)).unwrap_or_default();
        format!("{{{head}{},\"clock\":{clock}}}", String::from_utf8_lossy(inner))
    }
}

fn message(name: &str, kind: &'static str, body: Bytes) -> Message {
    Message { kind, topic: name.to_owned(), id: None, body }
}

fn snapshot(document: &Document) -> Bytes {
    write(Delta::snapshot(document.features()), document)
}

fn change(before: &Document, after: &Document) -> Bytes {
    after.delta_from(before, || write(Delta::between(before.features(), after.features()), after))
}

fn write(delta: Delta, document: &Document) -> Bytes {
    let body = Body { delta, as_of_seq: document.seq, sealane: document.meta() };
    // Values that came from JSON always go back to it.
    serde_json::to_vec(&body).unwrap_or_else(|_| b"{}".to_vec()).into()
}
