//! An address that is asked again and again, and goes on where the last stored answer ended.

use super::backoff::Backoff;
use super::line::Line;
use super::websocket::Ended;
use super::{cursor, secret};
use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use sealane_data::feed::{Cursor, Poll};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest wait that a source may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// Pages that are fetched in one go; a source that never ends is asked again later.
const PAGES: usize = 1000;

pub(super) async fn run(line: &Line, poll: &Poll, stop: &CancellationToken) {
    let client = match client(poll) {
        Ok(client) => client,
        Err(ended) => return line.health().reconnect(ended.reason, ended.trouble),
    };
    let mut backoff = Backoff::default();
    loop {
        let wait = tokio::select! {
            asked = round(line, poll, &client, stop) => match asked {
                Ok(()) => {
                    backoff.good();
                    poll.every.unsigned_abs()
                }
                Err((ended, wanted)) => {
                    line.health().reconnect(ended.reason, ended.trouble);
                    wanted.unwrap_or_else(|| backoff.wait().max(poll.every.unsigned_abs() / 4))
                }
            },
            () = stop.cancelled() => return,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

fn client(poll: &Poll) -> Result<Client, Ended> {
    let mut client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
    if let Some(ca) = &poll.ca {
        let told = |e: String| Ended::new("tls", format!("`{}`: {e}", ca.display()));
        let pem = std::fs::read(ca).map_err(|e| told(e.to_string()))?;
        for certificate in reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| told(e.to_string()))? {
            client = client.add_root_certificate(certificate);
        }
        client = client.tls_built_in_root_certs(false);
    }
    client.build().map_err(|e| Ended::new("tls", e))
}

/// Why a round ended, and how long the source asks to wait.
type Failed = (Ended, Option<Duration>);

/// Asks until there is no further page; each answer is stored before the next one is asked for.
async fn round(line: &Line, poll: &Poll, client: &Client, stop: &CancellationToken) -> Result<(), Failed> {
    let mut before = line.cursor().or_else(|| poll.cursor.as_ref()?.first.clone());
    // Only a round's first page is set back: set back again and again, a round would never get ahead.
    let mut asked =
        before.as_ref().zip(poll.cursor.as_ref()).map(|(cursor, how)| cursor::set_back(how.overlap, cursor));
    for _ in 0..PAGES {
        let answer = ask(poll, client, asked.as_deref()).await?;
        let at = line.now();
        line.health().connected(at);
        let told = |pointed: &Cursor| {
            answer.headers().get(pointed.header.as_deref()?)?.to_str().ok().map(str::to_owned)
        };
        let by_header = poll.cursor.as_ref().and_then(told);
        let body = body(answer, poll.max_answer).await.map_err(|ended| (ended, None))?;
        let after = poll.cursor.as_ref().and_then(|c| match &c.pointer {
            Some(pointer) => cursor::find(&serde_json::from_slice(&body).ok()?, pointer),
            None => by_header.filter(|h| !h.is_empty() && h.len() <= cursor::LONGEST),
        });
        if !body.is_empty() {
            line.health().frame(at, body.len());
            match line.store(body, "", at, stop).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err((Ended::new("refused", error), None)),
                None => return Ok(()),
            }
        }
        match after {
            Some(after) if Some(&after) != asked.as_ref() => {
                if is_ahead(&after, before.as_deref()) {
                    line.save_cursor(&after);
                    before = Some(after.clone());
                }
                asked = Some(after);
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

async fn ask(poll: &Poll, client: &Client, cursor: Option<&str>) -> Result<Response, Failed> {
    let request = request(poll, client, cursor).map_err(|ended| (ended, None))?;
    // Without its address: a query may hold what others must not read.
    let answer =
        request.send().await.map_err(|e| (Ended::new("unreachable", chain(&e.without_url())), None))?;
    match answer.status() {
        StatusCode::OK | StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => Ok(answer),
        status => {
            let wanted = answer.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
            let wanted = wanted.map(|s| Duration::from_secs(s).min(LONGEST_WAIT));
            let reason = match status.as_u16() {
                401 | 403 => "unauthorized",
                429 => "too_often",
                _ => "http",
            };
            Err((Ended::new(reason, format!("the source answers {status}")), wanted))
        }
    }
}

/// Returns an error with its causes: the outermost alone says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told = format!("{told}: {inner}");
        cause = inner.source();
    }
    told
}

fn request(poll: &Poll, client: &Client, cursor: Option<&str>) -> Result<reqwest::RequestBuilder, Ended> {
    let mut url = Url::parse(&poll.url).map_err(|e| Ended::new("address", e))?;
    if let (Some(how), Some(cursor)) = (&poll.cursor, cursor) {
        url.query_pairs_mut().append_pair(&how.parameter, cursor);
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &poll.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|e| Ended::new("address", e))?;
        headers.insert(name, HeaderValue::try_from(value).map_err(|e| Ended::new("address", e))?);
    }
    if let Some(given) = &poll.auth {
        let (name, value) = secret::header(given).map_err(|e| Ended::new("secret", e))?;
        let name = HeaderName::try_from(name).map_err(|e| Ended::new("secret", e))?;
        let told = |_| Ended::new("secret", "the secret cannot stand in a header");
        let mut value = HeaderValue::try_from(value).map_err(told)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(client.get(url).headers(headers))
}

/// Whether a cursor lies ahead of another one; instants are compared, of any other only that it differs is known.
fn is_ahead(cursor: &str, before: Option<&str>) -> bool {
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    match (instant(cursor), before.and_then(instant)) {
        (Some(cursor), Some(before)) => cursor > before,
        _ => Some(cursor) != before,
    }
}

/// Reads an answer, no longer than is allowed.
async fn body(mut answer: Response, longest: usize) -> Result<Vec<u8>, Ended> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|e| Ended::new("io", chain(&e.without_url())))? {
        if body.len() + part.len() > longest {
            return Err(Ended::new("too_long", format!("the answer has more than {longest} bytes")));
        }
        body.extend(&part);
    }
    Ok(body)
}
