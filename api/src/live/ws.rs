//! The same feeds over one WebSocket.

use super::feed::{Feed, Message};
use super::hub::{Closing, Place};
use super::parse_event_id;
use super::sse::pinger;
use super::wish::{HIDDEN, Subscribe, TOO_MANY};
use crate::auth::Caller;
use crate::settings::App;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, close_code};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The subprotocol.
pub(crate) const PROTOCOL: &str = "sealane.live.v1+json";

/// The longest message a client may send, in bytes.
pub(crate) const MAX_MESSAGE: usize = 64 << 10;

/// A client that takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(45);

/// What a client says: everything it wants to follow from now on, which replaces what it followed
/// before. Topics start with a snapshot unless `after` is an id it can go on from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    subscribe: Subscribe,
    #[serde(default)]
    after: Option<String>,
}

struct Talk {
    app: App,
    caller: Caller,
    socket: WebSocket,
    feed: Feed,
    place: Arc<Place>,
    /// Pings that were not answered yet.
    unanswered: u32,
}

/// Why a talk ends.
enum End {
    /// The other side left or is gone.
    Gone,
    /// We end it, with a close code and a word.
    Close(u16, &'static str),
}

/// Talks to one client until it leaves, its key is revoked, or the process ends.
pub(crate) async fn talk(app: App, caller: Caller, socket: WebSocket, place: Place) {
    let place = Arc::new(place);
    let feed = Feed::new(app.clone(), &[], None, None).await;
    let closing = app.shared.hub().closing();
    let mut talk = Talk { app, caller, socket, feed, place, unanswered: 0 };
    if let Err(End::Close(code, reason)) = talk.run(closing).await {
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = talk.send(Frame::Close(Some(frame))).await;
    }
}

impl Talk {
    async fn run(&mut self, mut closing: Closing) -> Result<(), End> {
        let mut ping = pinger();
        loop {
            tokio::select! {
                frame = self.socket.recv() => match frame {
                    Some(Ok(frame)) => self.hear(frame).await?,
                    _ => return Err(End::Gone),
                },
                // Whoever may no longer read is not sent what rang.
                () = self.feed.rung() => if self.caller.is_live(&self.app) { self.flush().await? },
                _ = ping.tick() => self.ping().await?,
                () = closing.closed() => return Err(End::Close(close_code::AWAY, "closing")),
            }
            if !self.caller.is_live(&self.app) {
                return Err(End::Close(close_code::POLICY, "the key was revoked"));
            }
        }
    }

    async fn send(&mut self, frame: Frame) -> Result<(), End> {
        match tokio::time::timeout(PATIENCE, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }

    async fn ping(&mut self) -> Result<(), End> {
        self.unanswered += 1;
        if self.unanswered > 3 {
            return Err(End::Gone);
        }
        self.send(Frame::Ping(axum::body::Bytes::new())).await
    }

    async fn hear(&mut self, frame: Frame) -> Result<(), End> {
        self.unanswered = 0;
        match frame {
            Frame::Text(text) => self.wish(text.as_str()).await,
            Frame::Binary(_) => Err(End::Close(close_code::UNSUPPORTED, "send JSON as text")),
            Frame::Close(_) => Err(End::Gone),
            Frame::Ping(_) | Frame::Pong(_) => Ok(()),
        }
    }

    async fn wish(&mut self, text: &str) -> Result<(), End> {
        let wish: Wish = match serde_json::from_str(text) {
            Ok(wish) => wish,
            Err(error) => return self.complain(None, &format!("message is not understood: {error}")).await,
        };
        let Some((keys, hidden)) = wish.subscribe.topics(&self.app, &self.caller) else {
            return self.complain(None, TOO_MANY).await;
        };
        for topic in hidden {
            self.complain(Some(&topic), HIDDEN).await?;
        }
        let after = wish.after.and_then(|id| parse_event_id(self.app.shared.epoch(), &id));
        self.feed = Feed::new(self.app.clone(), &keys, after, Some(self.place.clone())).await;
        self.flush().await
    }

    async fn complain(&mut self, topic: Option<&str>, detail: &str) -> Result<(), End> {
        let text = json!({ "type": "error", "topic": topic, "detail": detail }).to_string();
        self.send(Frame::Text(text.into())).await
    }

    async fn flush(&mut self) -> Result<(), End> {
        for message in self.feed.flush() {
            let text = self.write(&message);
            self.send(Frame::Text(text.into())).await?;
        }
        Ok(())
    }

    fn write(&self, message: &Message) -> String {
        let mut head = format!("\"type\":\"{}\",\"topic\":{},", message.kind, json!(message.topic));
        if let Some(id) = &message.id {
            let _ = write!(head, "\"id\":{},", json!(id));
        }
        self.feed.dress(&head, &message.body)
    }
}
