//! Server-sent events of one topic.

use super::feed::{Feed, Message};
use super::hub::Closing;
use crate::auth::Caller;
use crate::settings::App;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

/// How often a quiet stream says that it lives.
pub(crate) const PING: Duration = Duration::from_secs(15);

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

struct State {
    app: App,
    caller: Caller,
    feed: Feed,
    waiting: VecDeque<Event>,
    ping: Interval,
    closing: Closing,
}

/// Returns the stream of a feed. It ends when the caller's key is revoked or the process ends.
pub(crate) fn response(app: App, caller: Caller, feed: Feed) -> Response {
    let mut response = Sse::new(events(app, caller, feed)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn events(app: App, caller: Caller, mut feed: Feed) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut waiting = VecDeque::from([Event::default().retry(RETRY).comment("sealane")]);
    waiting.extend(feed.flush().into_iter().map(|m| event(&feed, m)));
    let closing = app.shared.hub().closing();
    let state = State { app, caller, feed, waiting, ping: pinger(), closing };
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
                () = self.feed.rung() => {
                    let messages = self.feed.flush();
                    self.waiting.extend(messages.into_iter().map(|m| event(&self.feed, m)));
                }
                _ = self.ping.tick() => self.waiting.push_back(Event::default().comment("ping")),
                () = self.closing.closed() => return None,
            }
            if !self.caller.is_live(&self.app) {
                return None;
            }
        }
    }
}

/// Returns a clock that ticks every fifteen seconds, first after fifteen.
pub(crate) fn pinger() -> Interval {
    let mut ping = interval_at(tokio::time::Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping
}

fn event(feed: &Feed, message: Message) -> Event {
    let event = Event::default().event(message.kind).data(feed.dress("", &message.body));
    match message.id {
        Some(id) => event.id(id),
        None => event,
    }
}
