//! The conformance report: what an adapter makes of every answer that the sandbox can give.

use super::{Options, Sandbox, router};
use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use sealane_data::registry::Verb;
use sealane_data::submission::Sha256;
use sealane_origin::registries::{
    Auth, CASES, Case, Environment, Exchange, Expected, Fault, FaultKind, HttpRegistry, Outcome, Profile,
    Question, Registry, read_secret,
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long the adapter waits for an answer during the report.
const TIMEOUT: SignedDuration = SignedDuration::from_millis(700);
/// How long pending answers and revocations take during the report.
const SOON: Duration = Duration::from_millis(250);
/// The longest wait for an answer that was promised.
const PATIENCE: Duration = Duration::from_secs(10);

/// One line of the report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    /// What was asked.
    pub(crate) case: String,
    /// What it shows.
    pub(crate) about: String,
    /// Whether the adapter did right.
    pub(crate) good: bool,
    /// What it did.
    pub(crate) got: String,
}

/// Runs every case of an adapter's profile against a sandbox of its own.
///
/// The profile's addresses are replaced by the sandbox's; its credentials are what the sandbox wants.
pub(crate) async fn report(mut profile: Profile) -> Result<Vec<Line>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let options = Options {
        pending: SOON,
        revoked_after: SOON,
        secret: secret(&profile.auth).context("the adapter's secret cannot be read")?,
        ..Options::default()
    };
    let sandbox = Arc::new(Sandbox::new(options)?);
    let serving = tokio::spawn(axum::serve(listener, router(sandbox.clone())).into_future());
    redirect(&mut profile, &base);
    let regime = profile.id.0.clone();
    let adapter = HttpRegistry::new(profile).map_err(|e| anyhow::anyhow!("{regime}: {e}"))?;
    let mut lines = Vec::new();
    for case in CASES {
        lines.push(judge(&adapter, case).await);
    }
    lines.push(repeats(&adapter, &sandbox).await);
    lines.push(revoked(&adapter).await);
    lines.push(another(&adapter, &sandbox).await);
    serving.abort();
    Ok(lines)
}

fn secret(auth: &Auth) -> Result<String> {
    match auth {
        Auth::ApiKey { secret, .. } | Auth::Basic { secret, .. } | Auth::Oauth2 { secret, .. } => {
            Ok(read_secret(secret)?)
        }
        Auth::None | Auth::PrivateKeyJwt { .. } | Auth::Mtls { .. } => Ok(Options::default().secret),
    }
}

/// Points every address of a profile at the sandbox.
fn redirect(profile: &mut Profile, base: &str) {
    let place = Environment { base: format!("{base}/{}", profile.id), ca: None, trial: None };
    profile.environments = BTreeMap::from([("sandbox".into(), place)]);
    profile.environment = "sandbox".into();
    profile.connected = true;
    profile.limits.timeout = TIMEOUT;
    let sign = format!("{base}/sign");
    match &mut profile.auth {
        Auth::Oauth2 { token, .. } => "/oauth/token".clone_into(token),
        Auth::PrivateKeyJwt { token, signer, .. } => {
            "/oauth/token".clone_into(token);
            sign.clone_into(&mut signer.url);
            signer.secret = None;
        }
        // The sandbox of the report has no TLS; `sealane sandbox --client-ca` has.
        auth @ Auth::Mtls { .. } => *auth = Auth::None,
        _ => {}
    }
    if let Some(signer) = &mut profile.signer {
        signer.url = sign;
        signer.secret = None;
    }
}

/// Returns a question about a certificate whose number has an ending.
fn question(name: &str, ending: &str) -> Question {
    let number = format!("CONFORMANCE-{}-{ending}", name.to_ascii_uppercase());
    let document = json!({
        "number": number, "regime": "RCEP", "form": "certificate_of_origin",
        "issuer": {"country": "CN", "body": "EXAMPLE issuing body"},
        "exporter": {"name": "Example Exporter", "country": "CN"}, "importing_party": "MY",
        "lifecycle": {"issued_on": "2026-09-03"},
    });
    let version = Sha256::of(document.to_string().as_bytes()).hex();
    let key = Sha256::of(format!("{version}/{name}").as_bytes()).hex().into();
    Question { document, version, key, callback: None }
}

async fn judge(adapter: &HttpRegistry, case: &Case) -> Line {
    let question = question(case.verb.word(), case.ending);
    let exchange = adapter.ask(case.verb, &question).await;
    let mut good = case.expected.is(&exchange.result);
    let mut got = told(&exchange);
    if let (true, Expected::PendingThenConfirmed, Ok(reply)) = (good, case.expected, &exchange.result)
        && let Outcome::Pending { handle, .. } = &reply.outcome
    {
        let later = ask_later(adapter, &question, handle).await;
        good = Expected::Confirmed.is(&later.result);
        got = format!("{got}, then {}", told(&later));
    }
    Line { case: format!("{} …{}", case.verb, case.ending), about: case.about.to_owned(), good, got }
}

/// Asks until a promised answer is there.
async fn ask_later(adapter: &HttpRegistry, question: &Question, handle: &str) -> Exchange {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let exchange = adapter.poll(question, handle).await;
        let waits = matches!(&exchange.result, Ok(reply) if matches!(reply.outcome, Outcome::Pending { .. }));
        if !waits || tokio::time::Instant::now() > until {
            return exchange;
        }
        tokio::time::sleep(SOON / 5).await;
    }
}

/// The same question twice is one thing done.
async fn repeats(adapter: &HttpRegistry, sandbox: &Sandbox) -> Line {
    let before = sandbox.memory().effects;
    let question = question("repeat", "00");
    let first = adapter.push(&question).await;
    let second = adapter.push(&question).await;
    let effects = sandbox.memory().effects - before;
    let good = effects == 1 && first.result == second.result && first.result.is_ok();
    line("push twice", "the same idempotency key is one thing done", good, format!("{effects} done"))
}

/// What was confirmed may be revoked later.
async fn revoked(adapter: &HttpRegistry) -> Line {
    let first = adapter.verify(&question("revoked", "20")).await;
    tokio::time::sleep(SOON + SOON / 2).await;
    let mut again = question("revoked", "20");
    again.key = Sha256::of(b"second round").hex().into();
    let second = adapter.verify(&again).await;
    let good = Expected::Confirmed.is(&first.result) && Expected::Refuted.is(&second.result);
    let got = format!("{}, then {}", told(&first), told(&second));
    line("verify …20 twice", "a confirmation that is revoked is refuted when it is asked again", good, got)
}

/// An answer about another certificate is none.
async fn another(adapter: &HttpRegistry, sandbox: &Sandbox) -> Line {
    sandbox.memory().mood = super::state::Mood::Wrong;
    let exchange = adapter.ask(Verb::Verify, &question("another", "00")).await;
    let good = matches!(&exchange.result, Err(Fault { kind: FaultKind::Contract, .. }));
    line(
        "verify, answered about another",
        "an answer about another certificate is a fault",
        good,
        told(&exchange),
    )
}

fn line(case: &str, about: &str, good: bool, got: String) -> Line {
    Line { case: case.to_owned(), about: about.to_owned(), good, got }
}

fn told(exchange: &Exchange) -> String {
    match &exchange.result {
        Ok(reply) => match (&reply.outcome, &reply.code) {
            (Outcome::Confirmed, Some(code)) => format!("confirmed, code {code}"),
            (Outcome::Confirmed, None) => "confirmed without a code".to_owned(),
            (Outcome::Refuted { .. }, _) => "refuted".to_owned(),
            (Outcome::Inconclusive { .. }, _) => "inconclusive".to_owned(),
            (Outcome::Pending { .. }, _) => "pending".to_owned(),
        },
        Err(fault) => format!("fault {fault}"),
    }
}
