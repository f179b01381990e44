//! A registry over HTTP, as its profile says: the only part of this room that waits for anything.

mod sign;
mod token;

use super::answer;
use super::auth::Auth;
use super::port::{Exchange, Fault, FaultKind, Question, Registry, Reply};
use super::profile::{Environment, Profile, Talk};
use super::secret::{Secret, read_secret};
use super::template::Filler;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, Response, Url};
use sealane_data::ports::Pending;
use sealane_data::registry::Verb;
use std::sync::Arc;
use token::Tokens;

/// The longest answer that is read.
const LONGEST: usize = 1 << 20;
/// The longest wait that a registry may ask for.
const LONGEST_WAIT: i64 = 3600;

/// A registry over HTTP.
pub struct HttpRegistry {
    profile: Profile,
    client: Client,
    base: String,
    tokens: Tokens,
}

/// What is sent, before anybody says who we are.
struct Prepared {
    method: Method,
    url: Url,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl HttpRegistry {
    /// Returns the adapter of a profile.
    pub fn new(profile: Profile) -> Result<Self, Fault> {
        let place =
            profile.place().ok_or_else(|| Fault::new(FaultKind::Unavailable, "no environment is chosen"))?;
        let client = client(&profile, place)?;
        let base = place.base.clone();
        Ok(Self { profile, client, base, tokens: Tokens::default() })
    }

    fn prepare(&self, talk: &Talk, question: &Question, handle: &str) -> Result<Prepared, Fault> {
        let filler = Filler { question, handle };
        let path = filler.path(&talk.path)?;
        let bad = |e: &dyn std::fmt::Display| {
            Fault::new(FaultKind::Contract, format!("the profile makes no request: {e}"))
        };
        let url = Url::parse(&format!("{}{path}", self.base)).map_err(|e| bad(&e))?;
        let method = Method::from_bytes(talk.method.as_bytes()).map_err(|e| bad(&e))?;
        let mut headers = Vec::new();
        for (name, template) in &talk.headers {
            headers.push((name.to_string(), filler.text(template)?));
        }
        let body = match &talk.body {
            Some(template) => filler.body(template)?.map(|b| b.to_string().into_bytes()),
            None => None,
        };
        Ok(Prepared { method, url, headers, body })
    }

    async fn exchange(&self, talk: &Talk, question: &Question, handle: &str) -> Exchange {
        let prepared = match self.prepare(talk, question, handle) {
            Ok(prepared) => prepared,
            Err(fault) => return Exchange { result: Err(fault), record: String::new() },
        };
        let mut record =
            format!("{} {}\nidempotency-key: {}\n\n", prepared.method, prepared.url, question.key);
        record += &String::from_utf8_lossy(prepared.body.as_deref().unwrap_or_default());
        let mut said = self.call(&prepared, question).await;
        // A token may have been withdrawn before its time: one more try with a new one.
        if token::uses(&self.profile.auth) && matches!(&said, Ok((401, ..))) {
            self.tokens.forget();
            said = self.call(&prepared, question).await;
        }
        let result = match said {
            Ok((status, after, body)) => {
                record += &format!("\n\nstatus {status}\n\n{}", String::from_utf8_lossy(&body));
                let number = question.document["number"].as_str().unwrap_or_default();
                let read: Result<Reply, Fault> = self.profile.answering(talk).read(status, &body, number);
                read.map_err(|fault| Fault { after, ..fault })
            }
            Err(fault) => {
                record += &format!("\n\n{fault}");
                Err(fault)
            }
        };
        Exchange { result, record }
    }

    async fn call(
        &self,
        prepared: &Prepared,
        question: &Question,
    ) -> Result<(u16, Option<SignedDuration>, Vec<u8>), Fault> {
        let mut request = self
            .client
            .request(prepared.method.clone(), prepared.url.clone())
            .header("accept", "application/json")
            .header("idempotency-key", question.key.as_str());
        for (name, value) in &prepared.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &prepared.body {
            request = request.header("content-type", "application/json").body(body.clone());
        }
        match &self.profile.auth {
            Auth::None | Auth::Mtls { .. } => {}
            Auth::ApiKey { header, prefix, secret } => {
                request = request.header(header.as_str(), format!("{prefix}{}", credential(secret)?));
            }
            Auth::Basic { user, secret } => {
                request = request.header("authorization", basic(user, &credential(secret)?));
            }
            auth => {
                let token = self.tokens.get(auth, &self.base, &self.client).await?;
                request = request.header("authorization", format!("Bearer {token}"));
            }
        }
        if let Some(signer) = &self.profile.signer {
            let payload = prepared.body.as_deref().unwrap_or_default();
            let signature = sign::sign(signer, &self.client, payload).await?;
            request = request.header(signer.header.as_str(), STANDARD.encode(signature));
        }
        let response = request.send().await.map_err(|e| trouble(&e))?;
        let (status, after) = (response.status().as_u16(), asked_to_wait(response.headers()));
        Ok((status, after, read(response).await?))
    }
}

impl Registry for HttpRegistry {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn ask<'a>(&'a self, verb: Verb, question: &'a Question) -> Pending<'a, Exchange> {
        Box::pin(async move {
            match self.profile.verbs.get(&verb) {
                Some(talk) => self.exchange(talk, question, "").await,
                None => not_offered(&format!("its profile has no verb `{verb}`")),
            }
        })
    }

    fn poll<'a>(&'a self, question: &'a Question, handle: &'a str) -> Pending<'a, Exchange> {
        Box::pin(async move {
            match &self.profile.poll {
                Some(talk) => self.exchange(talk, question, handle).await,
                None => not_offered("its profile does not say how to ask again"),
            }
        })
    }
}

fn not_offered(why: &str) -> Exchange {
    Exchange { result: Err(Fault::new(FaultKind::Invalid, why)), record: String::new() }
}

fn client(profile: &Profile, place: &Environment) -> Result<Client, Fault> {
    let told = |what: &dyn std::fmt::Display, e: &dyn std::fmt::Display| {
        Fault::new(FaultKind::Auth, format!("`{what}`: {e}"))
    };
    let timeout = profile.limits.timeout.unsigned_abs();
    let mut client = Client::builder().timeout(timeout).redirect(reqwest::redirect::Policy::none());
    if let Some(ca) = &place.ca {
        let pem = std::fs::read(ca).map_err(|e| told(&ca.display(), &e))?;
        let bundle = reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| told(&ca.display(), &e))?;
        client = bundle
            .into_iter()
            .fold(client.tls_built_in_root_certs(false), reqwest::ClientBuilder::add_root_certificate);
    }
    if let Auth::Mtls { cert, key } = &profile.auth {
        let mut pem = std::fs::read(cert).map_err(|e| told(&cert.display(), &e))?;
        pem.push(b'\n');
        pem.extend(std::fs::read(key).map_err(|e| told(&key.display(), &e))?);
        let identity =
            reqwest::Identity::from_pem(&pem).map_err(|_| told(&key.display(), &"no chain and key"))?;
        client = client.identity(identity).use_rustls_tls();
    }
    client.build().map_err(|e| told(&"client", &e.without_url()))
}

/// Returns a credential; the fault names where it should be, never what is there.
fn credential(secret: &Secret) -> Result<String, Fault> {
    read_secret(secret).map_err(|e| Fault::new(FaultKind::Auth, e.to_string()))
}

fn basic(user: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")))
}

/// Returns the fault of a call without an answer.
fn trouble(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::new(FaultKind::Timeout, "no answer in time");
    }
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        causes.push(next.to_string());
        cause = next.source();
    }
    let last = causes.pop().unwrap_or_else(|| "the way broke".to_owned());
    Fault::new(FaultKind::Unavailable, format!("cannot be reached: {last}"))
}

fn asked_to_wait(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<i64>().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Some(at.duration_since(Timestamp::now()).as_secs())
    })?;
    Some(SignedDuration::from_secs(seconds.clamp(0, LONGEST_WAIT)))
}

/// Reads an answer up to the longest that is taken.
async fn read(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| trouble(&e))? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return Err(Fault::new(FaultKind::Contract, "the answer is longer than 1 MiB"));
        }
    }
    Ok(body)
}

/// Asks a service beside the registry: the token endpoint, or the signer.
async fn ask_beside(request: reqwest::RequestBuilder, what: &str) -> Result<serde_json::Value, Fault> {
    let response = request.header("accept", "application/json").send().await;
    let response = response.map_err(|e| {
        let fault = trouble(&e);
        Fault { detail: format!("{what} {}", fault.detail), ..fault }
    })?;
    let status = response.status().as_u16();
    if let Some(fault) = answer::status_fault(status, &format!(" from {what}")) {
        // Who is refused there is not known to the registry: what was asked is not at fault.
        let kind = if fault.kind == FaultKind::Invalid { FaultKind::Auth } else { fault.kind };
        return Err(Fault { kind, ..fault });
    }
    let body = read(response).await?;
    // Whatever it is: it may hold a token, so it is not shown.
    serde_json::from_slice(&body)
        .map_err(|_| Fault::new(FaultKind::Contract, format!("{what} gives no JSON")))
}

impl HttpRegistry {
    /// Returns the adapter as the port.
    pub fn shared(profile: Profile) -> Result<Arc<dyn Registry>, Fault> {
        Ok(Arc::new(Self::new(profile)?))
    }
}
