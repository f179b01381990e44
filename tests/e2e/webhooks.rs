//! Webhooks from end to end: a site of a real process is told what happens to its certificates, signed, until
//! it has it or it is dead, also through a kill.

use super::certificates::{discharge, enter, gate_and_load};
use super::server::{Server, data, eventually};
use super::{run, run_ok};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

/// What a site got: headers by name, and the body.
#[derive(Clone)]
struct Got {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Verifies as a receiver does: the bytes, the id and the time together.
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let head = format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = [head.as_bytes(), &self.body].concat();
        let told = self.header("webhook-signature").strip_prefix("v1,").unwrap();
        hmac::verify(&key, &signed, &STANDARD.decode(told).unwrap()).is_ok()
    }
}

/// A site that keeps what it gets and answers what it is told to.
struct Site {
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<AtomicU16>,
    url: String,
    _runtime: tokio::runtime::Runtime,
}

type Kept = (Arc<Mutex<Vec<Got>>>, Arc<AtomicU16>);

async fn take(State((got, answers)): State<Kept>, headers: HeaderMap, body: Bytes) -> StatusCode {
    got.lock().unwrap().push(Got { headers, body: body.to_vec() });
    StatusCode::from_u16(answers.load(Ordering::SeqCst)).unwrap()
}

impl Site {
    fn open(answer: u16) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (got, answers) = (Arc::new(Mutex::default()), Arc::new(AtomicU16::new(answer)));
        let router = Router::new().route("/hook", post(take)).with_state((got.clone(), answers.clone()));
        runtime.spawn(axum::serve(listener, router).into_future());
        Self { got, answers, url, _runtime: runtime }
    }

    fn kinds(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|g| g.json()["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until an event of a kind came.
    fn waits_for(&self, kind: &str) -> Got {
        eventually(|| self.got.lock().unwrap().iter().find(|g| g.json()["type"] == kind).cloned())
    }
}

fn allow(data: &Path, attempts: u32) {
    allow_with(data, attempts, 20);
}

fn allow_with(data: &Path, attempts: u32, first_wait_ms: u32) {
    std::fs::create_dir_all(data).unwrap();
    let settings =
        format!("[webhooks]\nprivate = true\nattempts = {attempts}\nfirst_wait_ms = {first_wait_ms}\n");
    std::fs::write(data.join("sealane.toml"), settings).unwrap();
}

fn register(server: &Server, url: &str, kinds: &[&str]) -> (String, String) {
    let body = json!({ "url": url, "kinds": kinds }).to_string();
    let made = server.ask("POST", "/v1/webhooks", body.as_bytes());
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

#[test]
fn a_site_hears_of_its_certificates_signed_and_may_read_it_all_again() {
    let (_dir, data) = data();
    allow(&data, 12);
    let server = Server::serve(&data);
    let before = enter(&server, "EXAMPLE-0001");
    let site = Site::open(204);
    let (hook, secret) = register(&server, &site.url, &[]);
    assert!(!server.get("/v1/webhooks").to_string().contains(&secret), "a secret is shown once");
    server.ask("POST", &format!("/v1/webhooks/{hook}/test"), b"");
    assert!(site.waits_for("webhook.test").is_signed_with(&secret));
    let id = enter(&server, "EXAMPLE-0002");
    let first = site.waits_for("certificate.received");
    assert!(first.is_signed_with(&secret), "{}", first.header("webhook-signature"));
    assert_eq!(first.json()["data"]["certificate"], json!({ "id": id, "number": "EXAMPLE-0002" }));
    assert_eq!(server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
    site.waits_for("certificate.published");
    gate_and_load(&server);
    let stop = site.waits_for("shipment.stop").json();
    assert_eq!(stop["data"]["classifier"], "actual", "{stop}");
    assert_eq!(server.ask("POST", "/v1/submissions", discharge().as_bytes()).status, 200);
    let revoke = server.ask("POST", &format!("/v1/certificates/{id}/events"), br#"{"to": "revoked"}"#);
    assert!(revoke.status.is_success(), "{}", String::from_utf8_lossy(&revoke.body));
    let revoked = site.waits_for("certificate.revoked");
    assert_eq!(revoked.json()["data"]["state"], "revoked");
    site.waits_for("certificate.consistency_changed");
    // Read again by cursor, page by page: the same events in their order, none twice.
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let page = server.get(&format!("/v1/events?after={cursor}&limit=3"));
        seen.extend(page["events"].as_array().unwrap().clone());
        cursor = page["cursor"].as_str().unwrap().to_owned();
        if page["more"] == false {
            break;
        }
    }
    let of = |kind: &str| seen.iter().filter(|e| e["type"] == kind).count();
    assert_eq!(
        (of("certificate.received"), of("certificate.published"), of("certificate.revoked")),
        (1, 1, 1)
    );
    let same = seen.iter().find(|e| e["id"] == revoked.header("webhook-id")).unwrap();
    assert_eq!(same["data"], revoked.json()["data"]);
    let told = seen.iter().filter(|e| e["data"]["certificate"]["id"] == before.as_str());
    assert!(told.into_iter().all(|e| e["type"] != "certificate.received"), "it was here before the webhook");
    assert_eq!(server.get(&format!("/v1/events?after={cursor}"))["events"], json!([]));
    assert_eq!(server.ask("GET", "/v1/events?after=x", b"").status, 400);
}

#[test]
fn what_a_site_does_not_take_is_sent_again_through_a_kill_and_under_the_same_id() {
    let (_dir, data) = data();
    allow(&data, 1_000_000);
    let mut server = Server::serve(&data);
    let site = Site::open(503);
    let (hook, secret) = register(&server, &site.url, &["certificate.received"]);
    enter(&server, "EXAMPLE-0001");
    let first = site.waits_for("certificate.received");
    eventually(|| (site.kinds().len() >= 3).then_some(()));
    let waiting = server.get(&format!("/v1/webhooks/{hook}/deliveries?state=waiting"));
    assert_eq!(waiting["deliveries"][0]["event"], first.header("webhook-id"), "{waiting}");
    server.kill();
    let before = site.got.lock().unwrap().len();
    site.answers.store(200, Ordering::SeqCst);
    let server = Server::serve(&data);
    let again = eventually(|| site.got.lock().unwrap().get(before).cloned());
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    assert!(again.is_signed_with(&secret) && again.body == first.body);
    let open = || server.get(&format!("/v1/webhooks/{hook}/deliveries"))["deliveries"] == json!([]);
    eventually(|| open().then_some(()));
    // Whatever else happens is of no kind that this webhook wants, and the event is not sent twice.
    register(&server, &site.url, &["webhook.test"]);
    enter(&server, "EXAMPLE-0002");
    eventually(|| (site.got.lock().unwrap().len() >= before + 2).then_some(()));
    let ids: Vec<String> =
        site.got.lock().unwrap()[before..].iter().map(|g| g.header("webhook-id").to_owned()).collect();
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn one_trial_at_a_time_goes_to_a_webhook_and_who_mends_it_does_not_wait() {
    let (_dir, data) = data();
    // Nobody waits as long as this for the second attempt.
    allow_with(&data, 1_000, 2_000_000_000);
    let server = Server::serve(&data);
    let site = Site::open(500);
    let (hook, _) = register(&server, &site.url, &[]);
    let trial = || server.ask("POST", &format!("/v1/webhooks/{hook}/test"), b"").status.as_u16();
    let trials = || server.get("/v1/events")["events"].as_array().unwrap().len();
    let path = format!("/v1/webhooks/{hook}/deliveries");
    let told: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(trial)).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(told.contains(&202) && told.iter().all(|s| [202, 429].contains(s)), "{told:?}");
    assert_eq!(trials(), 1, "eight at once make one trial");
    eventually(|| server.get(&path)["deliveries"][0]["next"].is_string().then_some(()));
    site.answers.store(200, Ordering::SeqCst);
    eventually(|| (trial() == 202).then_some(()));
    eventually(|| (server.get(&path)["deliveries"] == json!([])).then_some(()));
    assert_eq!(trials(), 1, "the same one was sent again");
    assert_eq!((trial(), trials()), (202, 2));
}

#[test]
fn what_is_never_taken_is_dead_after_its_attempts_seen_and_sent_once_more() {
    let (_dir, data) = data();
    allow(&data, 3);
    let server = Server::serve(&data);
    let site = Site::open(500);
    let (hook, _) = register(&server, &site.url, &["certificate.received"]);
    enter(&server, "EXAMPLE-0001");
    let path = format!("/v1/webhooks/{hook}/deliveries");
    let dead = eventually(|| {
        let told = server.get(&format!("{path}?state=dead"));
        (told["deliveries"] != json!([])).then_some(told)
    });
    let line = &dead["deliveries"][0];
    assert_eq!((&line["attempts"], &line["why"]), (&json!(3), &json!("the site answers 500")), "{dead}");
    assert_eq!(site.kinds().len(), 3);
    site.answers.store(200, Ordering::SeqCst);
    let event = line["event"].as_str().unwrap();
    assert_eq!(server.ask("POST", &format!("{path}/{event}/again"), b"").status, 202);
    eventually(|| (server.get(&path)["deliveries"] == json!([])).then_some(()));
    assert_eq!(site.kinds().len(), 4);
    assert_eq!(
        server.ask("POST", &format!("{path}/{event}/again"), b"").status,
        404,
        "it is not dead any more"
    );
}

#[test]
fn addresses_that_are_not_public_are_refused_and_strangers_see_nothing() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let path = data.to_str().unwrap();
    for url in [
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://localhost/",
    ] {
        let refused = server.ask("POST", "/v1/webhooks", json!({ "url": url }).to_string().as_bytes());
        assert_eq!(refused.status, 409, "{url}");
        let output = run(&["webhooks", "--data", path, "add", "--party", "acme", "--url", url]);
        assert!(!output.status.success(), "{url}");
    }
    let made =
        run_ok(&["webhooks", "--data", path, "add", "--party", "acme", "--url", "https://shop.example/hook"]);
    let (id, secret) = made.trim().split_once('\n').unwrap();
    assert!(secret.starts_with("whsec_"));
    assert!(run_ok(&["webhooks", "--data", path, "list"]).contains(id));
    let key = |party: &str| run_ok(&["keys", "--data", path, "add", "--party", party]).trim().to_owned();
    let (own, stranger) = (key("acme"), key("stranger"));
    let ask = |key: &str, path: &str| server.ask_with("GET", path, &[], Some(key), b"");
    assert_eq!(ask(&own, "/v1/webhooks").json()["webhooks"][0]["id"], id);
    assert_eq!(ask(&stranger, "/v1/webhooks").json()["webhooks"], json!([]));
    assert_eq!(ask(&stranger, &format!("/v1/webhooks/{id}/deliveries")).status, 404);
    let remove = format!("/v1/webhooks/{id}/remove");
    assert_eq!(server.ask_with("POST", &remove, &[], Some(&stranger), b"").status, 404);
    assert_eq!(server.ask_with("POST", &remove, &[], Some(&own), b"").status, 204);
    assert_eq!(ask(&own, "/v1/webhooks").json()["webhooks"], json!([]));
}
