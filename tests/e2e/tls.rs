//! HTTPS with real handshakes, and what a proxy may say.

use super::server::{Server, data};
use super::{installed, run, sealane, skip};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Makes a certificate of its own for `localhost`.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (cert, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    command.args(["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    command
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"])
        .arg(&cert)
        .arg("-keyout")
        .arg(&key);
    let made = command.output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (cert, key)
}

/// Asks over HTTPS and trusts one certificate only; returns the status and the certificate shown.
async fn ask(address: &str, trusted: &Path, path: &str) -> Result<(u16, Vec<u8>), Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted)?)?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost")?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let shown = stream.get_ref().1.peer_certificates().ok_or("no certificate")?[0].to_vec();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", "localhost").body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    answer.into_body().collect().await?;
    driver.abort();
    Ok((status, shown))
}

fn serve(data: &Path, more: &[&str]) -> Command {
    let mut command = sealane();
    command.args(["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]).args(more);
    command
}

#[test]
fn https_is_served_and_a_new_certificate_is_taken_over_while_it_runs() {
    if !installed("openssl") {
        return skip("https_is_served_and_a_new_certificate_is_taken_over_while_it_runs", "openssl");
    }
    let (dir, data) = data();
    let (first, second) = (certificate(dir.path(), "first"), certificate(dir.path(), "second"));
    let (cert, key) = (dir.path().join("chain.pem"), dir.path().join("private.pem"));
    let install = |pair: &(PathBuf, PathBuf)| {
        std::fs::copy(&pair.0, &cert).unwrap();
        std::fs::copy(&pair.1, &key).unwrap();
    };
    install(&first);
    let files = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let server = Server::start(serve(&data, &files));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let get = |trusted: &Path| runtime.block_on(ask(&server.address, trusted, "/livez"));
    assert_eq!(get(&first.0).unwrap().0, 200);
    assert!(get(&second.0).is_err(), "a client that trusts another certificate goes away");
    // Whoever speaks no TLS, or nothing at all, holds nobody up.
    let silent = std::net::TcpStream::connect(&server.address).unwrap();
    assert_eq!(get(&first.0).unwrap().0, 200);
    drop(silent);
    // The local socket speaks plain HTTP to the commands of this machine.
    let data_text = data.to_str().unwrap();
    let days = ["--from", "2026-09-01", "--to", "2026-09-02"];
    let kpi = run(&[&["kpi", "teu", "--data", data_text, "--node", "SGICT"], &days[..]].concat());
    assert!(kpi.status.success());

    let hangup = || {
        let pid = server.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    };
    std::fs::write(&cert, "no certificate").unwrap();
    hangup();
    assert_eq!(get(&first.0).unwrap().0, 200, "a bad file leaves the old one in use");
    install(&second);
    hangup();
    let taken_over = (0..2_000).any(|_| get(&second.0).is_ok());
    assert!(taken_over, "the new certificate is shown");
    assert!(get(&first.0).is_err());
}

#[test]
fn a_certificate_without_its_key_is_refused_at_the_start() {
    if !installed("openssl") {
        return skip("a_certificate_without_its_key_is_refused_at_the_start", "openssl");
    }
    let (dir, data) = data();
    let (first, second) = (certificate(dir.path(), "first"), certificate(dir.path(), "second"));
    let cert = first.0.to_str().unwrap();
    let complaint = |more: &[&str]| {
        let output = serve(&data, more).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(complaint(&["--tls-cert", cert]).contains("both a certificate and a key"));
    let other = complaint(&["--tls-cert", cert, "--tls-key", second.1.to_str().unwrap()]);
    assert!(other.contains("is not the key of"), "{other}");
    assert!(complaint(&["--tls-cert", cert, "--tls-key", cert]).contains("cannot read a private key"));
}

#[test]
fn only_behind_a_proxy_does_a_header_say_who_asks() {
    for (more, client) in
        [(&[][..], "client=127.0.0.1 secure=false"), (&["--behind-proxy"], "client=203.0.113.9 secure=true")]
    {
        let (dir, data) = data();
        let log = dir.path().join("log");
        let mut command = serve(&data, more);
        command.env("SEALANE_LOG", "debug").stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
        let server = Server::start(command);
        let forwarded = [("x-forwarded-for", "10.9.9.9, 203.0.113.9"), ("x-forwarded-proto", "https")];
        assert_eq!(server.ask_with("GET", "/livez", &forwarded, None, b"").status, 200);
        drop(server);
        let log = std::fs::read_to_string(log).unwrap();
        assert!(log.contains(client), "`{client}` is not in {log}");
        assert!(!log.contains("10.9.9.9"), "hearsay is not believed");
    }
}

#[test]
fn a_hangup_ends_no_server_that_has_no_certificate() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    server.get("/v1/submissions");
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    for _ in 0..20 {
        server.get("/v1/submissions");
    }
}
