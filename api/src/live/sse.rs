//! Server-sent events, of one topic or of several.

use super::feed::{Feed, Message};
use super::hub::Closing;
use crate::auth::Caller;
use crate::settings::App;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use serde_json::json;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

/// How often a quiet stream says that it lives.
pub(crate) const PING: Duration = Duration::from_secs(15);

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Whether events name their topic, as they must where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topics {
    /// The address says what is followed.
    One,
    /// Each event has a `topic`.
    Several,
}

struct State {
    app: App,
    caller: Caller,
    feed: Feed,
    topics: Topics,
    waiting: VecDeque<Event>,
    ping: Interval,
    closing: Closing,
}

/// Returns the stream of a feed after some first events. It ends when the caller's key is revoked or the process ends.
pub(crate) fn response(app: App, caller: Caller, feed: Feed, topics: Topics, first: Vec<Event>) -> Response {
    let mut response = Sse::new(events(app, caller, feed, topics, first)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn events(
    app: App,
    caller: Caller,
    feed: Feed,
    topics: Topics,
    first: Vec<Event>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut waiting = VecDeque::from([Event::default().retry(RETRY).comment("sealane")]);
    waiting.extend(first);
    let closing = app.shared.hub().closing();
    let mut state = State { app, caller, feed, topics, waiting, ping: pinger(), closing };
    state.flush();
    stream::unfold(state, |mut state| async move {
        let event = state.next().await?;
        Some((Ok(event), state))
    })
}

impl State {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            tokio::select! {
                () = self.feed.rung() => self.flush(),
                _ = self.ping.tick() => self.waiting.push_back(Event::default().comment("ping")),
                () = self.closing.closed() => return None,
            }
            if !self.caller.is_live(&self.app) {
                return None;
            }
        }
    }

    fn flush(&mut self) {
        for message in self.feed.flush() {
            let event = self.event(message);
            self.waiting.push_back(event);
        }
    }

    fn event(&self, message: Message) -> Event {
        let head = match self.topics {
            Topics::One => String::new(),
            Topics::Several => format!("\"topic\":{},", json!(message.topic)),
        };
        let event = Event::default().event(message.kind).data(self.feed.dress(&head, &message.body));
        match message.id {
            Some(id) => event.id(id),
            None => event,
        }
    }
}

/// Returns the event for a topic that the caller may not follow.
pub(crate) fn refusal(topic: &str, detail: &str) -> Event {
    Event::default().event("refusal").data(json!({ "topic": topic, "detail": detail }).to_string())
}

/// Returns a clock that ticks every fifteen seconds, first after fifteen.
pub(crate) fn pinger() -> Interval {
    let mut ping = interval_at(tokio::time::Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping
}
