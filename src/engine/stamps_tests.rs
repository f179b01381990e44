//! A day is stamped by a real authority: OpenSSL's, behind a small server of our own.

use super::*;
use crate::engine::{Engine, Options};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use sealane_data::certificate::{
    CertificateAct, CertificateEvent, CertificateId, CertificateRecord, Emitted,
};
use sealane_data::submission::Sha256;
use sealane_origin::trust::stamped_at;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn openssl(at: &Path, arguments: &[&str]) -> bool {
    let done = Command::new("openssl").current_dir(at).args(arguments).output().unwrap();
    if !done.status.success() {
        eprintln!("{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    done.status.success()
}

const CONFIG: &str = "[tsa]\ndefault_tsa = own\n[own]\nserial = ./serial\nsigner_cert = ./tsa.pem\nsigner_key = ./tsa.key\n\
    signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\nordering = no\ntsa_name = no\ness_cert_id_chain = no\n";

/// Makes an authority of time stamps that signs itself.
fn authority(at: &Path) {
    std::fs::write(at.join("tsa.cnf"), CONFIG).unwrap();
    std::fs::write(at.join("serial"), "01\n").unwrap();
    let key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test stamps"];
    let usage =
        ["-addext", "extendedKeyUsage=critical,timeStamping", "-keyout", "tsa.key", "-out", "tsa.pem"];
    assert!(openssl(at, &[&key[..], &usage[..]].concat()));
}

/// Answers a request as the authority does.
async fn reply(State(at): State<Arc<PathBuf>>, request: Bytes) -> Vec<u8> {
    std::fs::write(at.join("request.tsq"), &request).unwrap();
    let command = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "answer.tsr"];
    assert!(openssl(&at, &command));
    std::fs::read(at.join("answer.tsr")).unwrap()
}

/// Answers for another root: an answer that somebody kept.
async fn replay(State(at): State<Arc<PathBuf>>, _request: Bytes) -> Vec<u8> {
    std::fs::read(at.join("answer.tsr")).unwrap_or_default()
}

async fn serve(at: &Path) -> String {
    let state = Arc::new(at.to_owned());
    let router = Router::new().route("/tsa", post(reply)).route("/replay", post(replay)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A certificate of which something was signed at an instant.
fn signed(id: &str, at: &str) -> Vec<Entry> {
    let certificate = CertificateId(id.into());
    let document = serde_json::json!({"number": id, "regime": "RCEP"});
    let record = CertificateRecord {
        id: certificate.clone(),
        natural_key: id.to_owned(),
        sha256: String::new(),
        document,
    };
    let link = Emitted {
        link: 1,
        what: "route:internal".into(),
        sha256: Sha256::of(id.as_bytes()).hex(),
        prev: String::new(),
        binding: String::new(),
        seq: 1,
        at: at.parse().unwrap(),
        jws: "x".to_owned(),
    };
    let act = CertificateAct::Emitted(link);
    let event = CertificateEvent { certificate, source_sha256: String::new(), reason: String::new(), act };
    vec![Entry::Certificate(Box::new(record)), Entry::CertificateEvent(Box::new(event))]
}

#[test]
#[expect(clippy::too_many_lines, reason = "one authority is asked through one story")]
fn each_day_that_is_over_is_stamped_once_and_only_by_a_token_over_its_root() {
    let installed = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join("openssl").is_file()));
    if !installed {
        assert!(std::env::var_os("SEALANE_NO_SKIP").is_none(), "openssl is missing");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    authority(at);
    let data = at.join("data");
    let engine =
        Engine::open(&data, Options::from(&crate::config::Config::load(None).unwrap()), &mut |_, _| {})
            .unwrap();
    let handle = engine.handle().clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let address = serve(at).await;
        for (id, when) in [
            ("eco_1", "2024-11-19T10:00:00Z"),
            ("eco_2", "2024-11-20T10:00:00Z"),
            ("eco_3", "2024-11-21T00:00:00Z"),
        ] {
            let work = reading::event("test", Timestamp::now(), signed(id, when)).unwrap();
            handle.ask(Task::Work(work)).await.unwrap();
        }
        let today = "2024-11-21".parse().unwrap();
        let days = handle.unstamped(today);
        assert_eq!(
            days.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2024-11-19", "2024-11-20"],
            "today is not over"
        );
        handle.stamp(&format!("{address}/tsa"), days[0]).await.unwrap();
        assert_eq!(handle.unstamped(today), [days[1]]);
        // Another day's token is no token for this one.
        let refused = handle.stamp(&format!("{address}/replay"), days[1]).await.unwrap_err();
        assert!(refused.to_string().contains("something else"), "{refused}");
        assert_eq!(handle.unstamped(today), [days[1]]);
        let (kept, leaves) = handle.shared.read(|_, register| {
            (register.stamp_of(days[0]).cloned().unwrap(), register.links_of(days[0]).to_vec())
        });
        assert_eq!(kept.root, root(&leaves).hex());
        let token = STANDARD.decode(&kept.token).unwrap();
        assert_eq!(stamped_at(&token, &root(&leaves)), Ok(kept.at));
        // OpenSSL, which knows nothing of us, says the same of token and root.
        std::fs::write(at.join("token.der"), &token).unwrap();
        let check = |root: &str| {
            openssl(
                at,
                &["ts", "-verify", "-digest", root, "-in", "token.der", "-token_in", "-CAfile", "tsa.pem"],
            )
        };
        assert!(check(&kept.root));
        assert!(!check(&"0".repeat(64)), "another root");
        // What is signed late changes the root: the day is stamped anew, and the old token is served no more.
        let late = reading::event("test", Timestamp::now(), signed("eco_4", "2024-11-19T23:59:59Z")).unwrap();
        handle.ask(Task::Work(late)).await.unwrap();
        assert_eq!(handle.shared.read(|_, register| register.stamp_of(days[0]).cloned()), None);
        handle.stamp(&format!("{address}/tsa"), days[0]).await.unwrap();
        assert_eq!(handle.unstamped(today), [days[1]]);
    });
    drop(engine);
    // It is in the log: the next start finds nothing to do for that day.
    let engine =
        Engine::open(&data, Options::from(&crate::config::Config::load(None).unwrap()), &mut |_, _| {})
            .unwrap();
    assert_eq!(engine.handle().unstamped("2024-11-21".parse().unwrap()).len(), 1);
}
