//! The verbs: every regime's system answers them in its own words.

use super::language::{self, Language};
use super::magic::{self, Magic};
use super::state::{Given, Later, Mood, Sandbox};
use super::{LANGUAGES, auth};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use ring::hmac;
use sealane_data::registry::Verb;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How soon a caller that asked too often may come again.
const AGAIN: &str = "1";
/// How often a push is tried.
const PUSHES: u32 = 5;

/// Says what this is.
pub(crate) async fn about() -> Json<Value> {
    let regimes: Vec<_> = LANGUAGES.iter().map(|l| l.regime).collect();
    let endings: Vec<Value> = magic::ENDINGS
        .iter()
        .map(|(ending, magic)| json!({"ending": ending, "answers": format!("{magic:?}")}))
        .collect();
    Json(json!({
        "sandbox": "issues nothing and verifies nothing: the end of a number decides what is answered",
        "regimes": regimes,
        "endings": endings,
    }))
}

/// An order to behave otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    mood: Mood,
}

/// Changes the mood.
pub(crate) async fn control(State(sandbox): State<Arc<Sandbox>>, Json(order): Json<Order>) -> StatusCode {
    sandbox.memory().mood = order.mood;
    sandbox.moods.send_replace(order.mood);
    StatusCode::NO_CONTENT
}

/// Says what was counted.
pub(crate) async fn counts(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    let memory = sandbox.memory();
    Json(json!({
        "mood": memory.mood, "calls": memory.calls, "effects": memory.effects, "repeats": memory.repeats,
        "received": memory.received,
    }))
}

/// Answers a verb. What was asked is done, also when the caller is gone before it hears the answer.
pub(crate) async fn verb(
    State(sandbox): State<Arc<Sandbox>>,
    Path((regime, verb)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(why) = auth::is_known(&sandbox, &headers, &body) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": why}))).into_response();
    }
    let asked = match asked(&regime, &verb, query.as_deref().unwrap_or_default(), &headers, &body) {
        Ok(asked) => asked,
        Err(status) => return (status, Json(json!({"error": "no such verb, or no number"}))).into_response(),
    };
    let done = tokio::spawn(async move {
        if let Some(answer) = misbehave(&sandbox, asked.language, &asked.key).await {
            return answer;
        }
        match known(&sandbox, &asked.key) {
            Some(given) => (given.status, Json(given.body)).into_response(),
            None => answer(&sandbox, &asked).await,
        }
    });
    done.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn asked(
    regime: &str,
    verb: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Asked, StatusCode> {
    let language = language::of(regime).ok_or(StatusCode::NOT_FOUND)?;
    let (verb, _) = Verb::WORDS.iter().find(|(_, word)| *word == verb).ok_or(StatusCode::NOT_FOUND)?;
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    let of_query = || query.split('&').find_map(|p| p.strip_prefix(&format!("{}=", language.number)));
    let number = sent[language.number].as_str().or_else(of_query).filter(|n| !n.is_empty());
    let number = number.ok_or(StatusCode::UNPROCESSABLE_ENTITY)?.to_owned();
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let callback = sent["callback"].as_str().map(str::to_owned);
    Ok(Asked { language, verb: *verb, number, key, callback })
}

struct Asked {
    language: &'static Language,
    verb: Verb,
    number: String,
    key: String,
    callback: Option<String>,
}

/// Does what the mood and the options say, whatever the number.
async fn misbehave(sandbox: &Sandbox, language: &Language, key: &str) -> Option<Response> {
    let (mood, calls) = {
        let mut memory = sandbox.memory();
        memory.calls += 1;
        let received = memory.received.entry(key.to_owned()).or_default();
        *received += 1;
        if *received > 1 {
            memory.repeats += 1;
        }
        (memory.mood, memory.calls)
    };
    tokio::time::sleep(sandbox.options.latency).await;
    let every = sandbox.options.fail_every;
    let down = || StatusCode::SERVICE_UNAVAILABLE.into_response();
    match mood {
        Mood::Down => Some(down()),
        Mood::Slow => {
            let mut moods = sandbox.moods.subscribe();
            let _ = tokio::time::timeout(sandbox.options.silence, moods.wait_for(|m| *m != Mood::Slow)).await;
            None
        }
        Mood::Wrong => {
            let body = json!({language.outcome: language.words[0], language.number: "ANOTHER-00", language.code: "SBX-WRONG"});
            Some(Json(body).into_response())
        }
        Mood::Up if every > 0 && calls.is_multiple_of(every) => Some(down()),
        Mood::Up => None,
    }
}

/// Returns what was answered under an idempotency key.
fn known(sandbox: &Sandbox, key: &str) -> Option<Given> {
    sandbox.memory().given.get(key).cloned()
}

async fn answer(sandbox: &Arc<Sandbox>, asked: &Asked) -> Response {
    let magic = magic::of(&asked.number);
    match magic {
        Magic::Limited => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, AGAIN)]).into_response(),
        Magic::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Magic::Silent => {
            tokio::time::sleep(sandbox.options.silence).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Magic::Malformed => {
            let whole = verdict(asked.language, &asked.number, &asked.key, 0).to_string();
            let half = whole.get(..whole.len() / 2).unwrap_or_default().to_owned();
            ([(header::CONTENT_TYPE, "application/json")], half).into_response()
        }
        Magic::Pending if matches!(asked.verb, Verb::Verify | Verb::Issue) => pending(sandbox, asked),
        _ => settled(sandbox, asked, magic),
    }
}

fn settled(sandbox: &Arc<Sandbox>, asked: &Asked, magic: Magic) -> Response {
    let word = match magic {
        Magic::Refuted => 1,
        Magic::Inconclusive => 2,
        Magic::RevokedLater if is_revoked(sandbox, asked) => 1,
        _ => 0,
    };
    let mut body = verdict(asked.language, &asked.number, &asked.key, word);
    match asked.verb {
        Verb::Retrieve => body["document"] = json!({"number": asked.number, "certified_by": "sandbox"}),
        Verb::Display => body["display"] = json!({"title": "Sandbox certificate", "number": asked.number}),
        Verb::Subscribe => body["subscription"] = json!(format!("sub-{}", asked.number)),
        Verb::Qr => body["qr"] = json!(format!("sandbox:{}:{}", asked.language.regime, asked.number)),
        _ => {}
    }
    remember(sandbox, &asked.key, &body);
    Json(body).into_response()
}

/// Keeps an answer under its key: the same question again is answered the same, and has no effect.
fn remember(sandbox: &Sandbox, key: &str, body: &Value) {
    let mut memory = sandbox.memory();
    memory.effects += 1;
    if !key.is_empty() {
        memory.given.insert(key.to_owned(), Given { status: StatusCode::OK, body: body.clone() });
    }
}

/// Notes since when such a number stands; when its time is over, it does no more, and who gave an
/// address is told.
fn is_revoked(sandbox: &Arc<Sandbox>, asked: &Asked) -> bool {
    let after = sandbox.options.revoked_after;
    let mut memory = sandbox.memory();
    let first = !memory.standing.contains_key(&asked.number);
    let since = *memory.standing.entry(asked.number.clone()).or_insert_with(Instant::now);
    drop(memory);
    let left = after.saturating_sub(since.elapsed());
    if !first && left.is_zero() {
        return true;
    }
    // Who asks first is told, and whoever subscribes.
    if let Some(callback) = asked.callback.as_ref().filter(|_| first || asked.verb == Verb::Subscribe) {
        let body = verdict(asked.language, &asked.number, &asked.key, 1);
        push(sandbox.clone(), callback.clone(), body, left);
    }
    false
}

fn pending(sandbox: &Arc<Sandbox>, asked: &Asked) -> Response {
    let (language, wait) = (asked.language, sandbox.options.pending);
    let handle = format!("q-{}-{}", language.regime, asked.key.get(..16).unwrap_or(&asked.key));
    let later = Later {
        regime: language.regime,
        number: asked.number.clone(),
        key: asked.key.clone(),
        ready: Instant::now() + wait,
    };
    sandbox.memory().later.insert(handle.clone(), later);
    let body = json!({
        language.outcome: language.words[3], language.number: asked.number, language.handle: handle,
        language.again: wait.as_secs_f64(),
    });
    remember(sandbox, &asked.key, &body);
    if let Some(callback) = &asked.callback {
        push(sandbox.clone(), callback.clone(), verdict(language, &asked.number, &asked.key, 0), wait);
    }
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// Says what became of a question.
pub(crate) async fn poll(
    State(sandbox): State<Arc<Sandbox>>,
    Path((regime, handle)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(language) = language::of(&regime) else { return StatusCode::NOT_FOUND.into_response() };
    if auth::is_known(&sandbox, &headers, &[]).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(answer) = misbehave(&sandbox, language, "").await {
        return answer;
    }
    let later = sandbox.memory().later.get(&handle).cloned();
    let Some(later) = later.filter(|l| l.regime == language.regime) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let left = later.ready.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Json(verdict(language, &later.number, &later.key, 0)).into_response();
    }
    let body = json!({
        language.outcome: language.words[3], language.number: later.number, language.handle: handle,
        language.again: left.as_secs_f64(),
    });
    Json(body).into_response()
}

/// Returns a verdict in a regime's words; `word` is its place among them.
fn verdict(language: &Language, number: &str, key: &str, word: usize) -> Value {
    let mut body = json!({
        language.outcome: language.words[word], language.number: number, "idempotency_key": key,
    });
    match word {
        0 => {
            let digest = ring::digest::digest(
                &ring::digest::SHA256,
                format!("{}/{number}", language.regime).as_bytes(),
            );
            let code: String = digest.as_ref().iter().take(5).map(|b| format!("{b:02X}")).collect();
            body[language.code] = json!(format!("SBX-{code}"));
            body[language.valid_until] = json!("2099-12-31");
        }
        1 => body[language.reasons] = json!(["the sandbox knows no such certificate, or it was revoked"]),
        _ => body[language.reasons] = json!(["the sandbox has no ending for this number"]),
    }
    body
}

/// Pushes a signed verdict after a while, a few times until it is taken.
fn push(sandbox: Arc<Sandbox>, callback: String, body: Value, after: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(after).await;
        let bytes = body.to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, sandbox.options.secret.as_bytes());
        let mark: String =
            hmac::sign(&key, bytes.as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
        for attempt in 0..PUSHES {
            let sent = reqwest::Client::new().post(&callback).header("x-signature", format!("sha256={mark}"));
            match sent.body(bytes.clone()).send().await {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) => tracing::warn!(status = %answer.status(), "a push was not taken"),
                Err(error) => tracing::warn!(error = %error.without_url(), "a push did not arrive"),
            }
            tokio::time::sleep(Duration::from_millis(200 << attempt)).await;
        }
    });
}
