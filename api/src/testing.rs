//! What the tests of the doors share: a small house whose intake folds at once.

mod memory;
mod said;

use crate::keys::{KeyKind, Keys};
use crate::oauth::{Fetch, Issuer, OAuth};
use crate::settings::{Doors, Settings};
use crate::shared::Shared;
use crate::signing::Signing;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use memory::Memory;
use sealane_data::certificate::CertificateId;
use sealane_data::partner::{Authority, Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Seq};
use sealane_data::submission::SubmissionId;
use sealane_mapper::World;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

pub(crate) use said::{Move, certificate, message};

/// Returns the smallest log entry.
pub(crate) fn published(seq: Seq, at: Timestamp) -> Recorded {
    let entry = Entry::Published { certificate: CertificateId("eco_x".into()) };
    Recorded { seq, at, party: PartyId::operator(), submission: SubmissionId("sub_x".into()), entry }
}

/// A house with an operator and three parties: `terminal` is believed everywhere, `owner` holds
/// certificates, `stranger` nothing.
pub(crate) struct House {
    pub(crate) doors: Doors,
    pub(crate) router: Router,
    pub(crate) operator: String,
    pub(crate) terminal: String,
    pub(crate) owner: String,
    pub(crate) stranger: String,
    /// A publishable key of the owner, bound to `https://shop.example`.
    pub(crate) public: String,
    _folder: tempfile::TempDir,
}

pub(crate) fn party(id: &str) -> PartyId {
    PartyId(id.into())
}

pub(crate) fn house(settings: Settings) -> House {
    house_with(settings, Vec::new(), Arc::new(|_| Box::pin(async { Err("nobody is there".to_owned()) })))
}

/// A house that takes tokens of other issuers too.
pub(crate) fn house_with(mut settings: Settings, issuers: Vec<Issuer>, fetch: Fetch) -> House {
    let believed = Authority { nodes: vec!["*".into()], kinds: Vec::new() };
    let terminal = Partner { authority: vec![believed], ..Partner::new(party("terminal")) };
    let partners =
        [Partner::operator(), terminal, Partner::new(party("owner")), Partner::new(party("stranger"))];
    let world = World::new(Places::embedded(), &partners);
    let shared = Arc::new(Shared::new(world, [7; 32], "e1".to_owned()));
    let memory = Arc::new(Memory { shared: shared.clone(), kept: Mutex::default() });
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(Keys::open(folder.path().join("keys.json")).unwrap());
    let secret = |id: &str| keys.add(KeyKind::Secret, &party(id), &[], id).unwrap();
    let (operator, terminal) = (secret("operator"), secret("terminal"));
    let (owner, stranger) = (secret("owner"), secret("stranger"));
    let public =
        keys.add(KeyKind::Publishable, &party("owner"), &["https://shop.example".into()], "").unwrap();
    let signing = Arc::new(Signing::open(folder.path().join("signing.json"), "maps.example").unwrap());
    let tokens = Arc::new(Signing::open(folder.path().join("oauth.json"), "maps.example").unwrap());
    let oauth = OAuth::new("https://maps.example", tokens, keys.clone(), issuers, fetch).unwrap();
    settings.oauth = Some(Arc::new(oauth));
    let doors = Doors {
        shared,
        intake: memory.clone(),
        desk: memory.clone(),
        signing,
        kpis: memory,
        operate: None,
        feeds: None,
        registries: None,
        keys,
        settings,
    };
    let router = crate::router(doors.clone());
    House { doors, router, operator, terminal, owner, stranger, public, _folder: folder }
}

/// An answer.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl House {
    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Got { status, headers, bytes }
    }

    pub(crate) async fn get(&self, key: &str, path: &str) -> Got {
        self.send(request("GET", key, path, Body::empty())).await
    }

    pub(crate) async fn post(&self, key: &str, path: &str, body: impl Into<Body>) -> Got {
        self.send(request("POST", key, path, body.into())).await
    }

    /// Sends a message and expects that it was taken.
    pub(crate) async fn tell(&self, key: &str, message: &MessageRecord) {
        let got = self.post(key, "/v1/submissions", serde_json::to_vec(message).unwrap()).await;
        assert_eq!(got.status, StatusCode::OK, "{}", String::from_utf8_lossy(&got.bytes));
    }

    /// Sends the sample certificate under a number with references; returns its id.
    pub(crate) async fn certify(&self, key: &str, number: &str, bindings: &[(&str, &str)]) -> String {
        let got = self.post(key, "/v1/certificates", certificate(number, bindings)).await;
        assert_eq!(got.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&got.bytes));
        got.json()["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn request(method: &str, key: &str, path: &str, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !key.is_empty() {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request.body(body).unwrap()
}
